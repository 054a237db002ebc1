/*
 * source.c - what formats share: reasons, lines, names of fields, small work on spans
 *
 * Nothing here fails but for want of memory.
 */
#include "read/format.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

lurewatch_error
lw_source_fail(struct lw_source *s, const char *format, ...)
{
	va_list args, again;
	int len;

	s->reason->len = 0;
	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0 || !lw_buffer_reserve(s->reason, (size_t)len + 1)) {
		va_end(again);
		return LUREWATCH_E_MEMORY;
	}
	vsnprintf(s->reason->at, (size_t)len + 1, format, again);
	va_end(again);
	s->reason->len = (size_t)len + 1;
	return LUREWATCH_E_IO;
}

lurewatch_error
lw_source_no_memory(struct lw_source *s)
{
	lw_source_fail(s, "out of memory");
	return LUREWATCH_E_MEMORY;
}

static struct lw_span
without_end(struct lw_span line, char end)
{
	if (line.len > 0 && line.at[line.len - 1] == end) {
		line.len--;
		if (end == '\n' && line.len > 0 && line.at[line.len - 1] == '\r')
			line.len--;
	}
	return line;
}

lurewatch_error
lw_source_line(struct lw_source *s, struct lw_message *m, bool skip_blank, bool *got)
{
	struct lw_cut cut = { 0 };
	struct lw_span line, text;
	char end = s->options->null ? '\0' : '\n';
	lurewatch_error e;

	do {
		e = lw_stream_until(s->stream, end, &cut);
		if (e != LUREWATCH_OK)
			return e;
		line = (struct lw_span){ lw_stream_window(s->stream).at + cut.from, cut.to - cut.from };
		text = without_end(line, end);
	} while (skip_blank && !cut.dropped && cut.from < cut.to && lw_span_trim(text).len == 0);
	*got = cut.from < cut.to || cut.dropped;
	if (!*got) {            /* blank lines at the end belong to no record */
		struct lw_span rest = lw_stream_take(s->stream, cut.to);

		return lw_buffer_add(s->before, rest.at, rest.len) ? LUREWATCH_OK : lw_source_no_memory(s);
	}
	m->raw = lw_stream_take(s->stream, cut.to);
	m->text = text;
	if (cut.dropped) {
		m->raw = m->text = (struct lw_span){ "", 0 };
		m->error = LW_TOO_LONG;
	}
	return LUREWATCH_OK;
}

lurewatch_error
lw_source_lines(struct lw_source *s, bool (*begins)(const struct lw_source *, struct lw_span line), struct lw_message *m,
    struct lw_span *lines, bool *got)
{
	struct lw_cut cut = { 0 };
	lurewatch_error e;

	do {
		e = lw_stream_line(s->stream, &cut);
		if (e != LUREWATCH_OK)
			return e;
	} while (cut.from < cut.to && (cut.from == 0 ||
	    !begins(s, (struct lw_span){ lw_stream_window(s->stream).at + cut.from, cut.to - cut.from })));
	*got = cut.from > 0 || cut.dropped;
	*lines = (struct lw_span){ lw_stream_window(s->stream).at, cut.from };
	m->raw = lw_stream_take(s->stream, cut.from);
	if (cut.dropped) {
		m->raw = *lines = (struct lw_span){ "", 0 };
		m->error = LW_TOO_LONG;
	}
	return LUREWATCH_OK;
}

/* ---- names of fields ---- */

#define AT(field) offsetof(struct lw_message, field)

/* The better name first: a record with both `text` and `body` is judged by its text. */
static const struct {
	const char *name;
	size_t at;
} fields[] = {
	{ "text", AT(text) }, { "message", AT(text) }, { "body", AT(text) }, { "sms", AT(text) },
	{ "content", AT(text) }, { "v2", AT(text) }, { "msg", AT(text) }, { "message_text", AT(text) },
	{ "sms_text", AT(text) }, { "message_body", AT(text) }, { "description", AT(text) },
	{ "label", AT(label) }, { "class", AT(label) }, { "category", AT(label) }, { "v1", AT(label) },
	{ "id", AT(id) }, { "message_id", AT(id) },
	{ "subject", AT(subject) }, { "title", AT(subject) },
	{ "from", AT(sender) }, { "sender", AT(sender) }, { "address", AT(sender) },
	{ "time", AT(time) }, { "date", AT(time) }, { "timestamp", AT(time) },
	{ "lang", AT(lang) }, { "language", AT(lang) },
	{ "conversation", AT(conversation) }, { "conversation_id", AT(conversation) }, { "chat", AT(conversation) },
	{ "chat_id", AT(conversation) }, { "chat_name", AT(conversation) }, { "thread", AT(conversation) },
	{ "thread_id", AT(conversation) },
	{ "channel", AT(channel) }, { "source", AT(source) }, { "split", AT(split) },
	{ "group", AT(group) }, { "family", AT(family) },
};

int
lw_field_rank(struct lw_span name)
{
	name = lw_span_trim(name);
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (lw_span_same(name, (struct lw_span){ fields[i].name, strlen(fields[i].name) }))
			return (int)i;
	return -1;
}

struct lw_span *
lw_field_of(struct lw_message *m, struct lw_span name)
{
	int i = lw_field_rank(name);

	return i < 0 ? NULL : (struct lw_span *)(void *)((char *)m + fields[i].at);
}

bool
lw_field_is_text(struct lw_span name)
{
	int i = lw_field_rank(name);

	return i >= 0 && fields[i].at == AT(text);
}

bool
lw_field_says_yes(struct lw_span value)
{
	value = lw_span_trim(value);
	return lw_span_same(value, LW_SPAN("true")) || lw_span_is(value, "1") || lw_span_same(value, LW_SPAN("yes"));
}

/* ---- UTF-8 ---- */

/* Length of the well-formed character at p (Unicode 15, table 3-7), 0 when it is none. */
static size_t
character(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (left < n || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

size_t
lw_utf8_next(struct lw_span s, uint32_t *c)
{
	const unsigned char *p = (const unsigned char *)s.at;
	size_t n = character(p, s.len);

	*c = n == 0 ? 0xfffd : n == 1 ? p[0] : (uint32_t)(p[0] & 0x7f >> n);
	for (size_t i = 1; i < n; i++)
		*c = *c << 6 | (p[i] & 0x3f);
	return n > 0 ? n : 1;
}

bool
lw_utf8_valid(struct lw_span s)
{
	for (size_t i = 0, n; i < s.len; i += n) {
		n = character((const unsigned char *)s.at + i, s.len - i);
		if (n == 0)
			return false;
	}
	return true;
}

bool
lw_utf8_repair(struct lw_buffer *out, struct lw_span s)
{
	size_t from = 0;

	for (size_t i = 0, n; i < s.len; i += n) {
		n = character((const unsigned char *)s.at + i, s.len - i);
		if (n > 0)
			continue;
		if (!lw_buffer_add(out, s.at + from, i - from) || !lw_buffer_add_text(out, "\xef\xbf\xbd"))
			return false;
		n = 1;
		from = i + 1;
	}
	return lw_buffer_add(out, s.at + from, s.len - from);
}
