/*
 * put.c - numbers and strings as outputs need them: no locale, valid UTF-8, nothing a terminal would obey
 *
 * Fails only without memory.
 */
#include "write/write.h"

#include <math.h>
#include <string.h>

enum { BAD = 0xfffd };

/* Cuts the first character off. A byte that begins no well-formed one is U+FFFD, of length 0. */
static uint32_t
next_character(struct lw_span *s, size_t *len)
{
	const unsigned char *p = (const unsigned char *)s->at;
	uint32_t c = p[0];
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (n > s->len)
		n = 0;
	if (n > 1)
		c &= 0x7fU >> n;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			n = 0;
			break;
		}
		c = c << 6 | (p[i] & 0x3f);
	}
	if ((n == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) || (n == 4 && (c < 0x10000 || c > 0x10ffff)))
		n = 0;
	*len = n;
	if (n == 0)
		n = 1;
	s->at += n;
	s->len -= n;
	return *len > 0 ? c : BAD;
}

/* Characters that move the cursor, reorder or hide text. */
static bool
is_unsafe(uint32_t c)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = { { 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
		{ 0xe0000, 0xe0fff } };

	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return false;
}

static bool
put_unit(struct lw_buffer *b, uint32_t unit)
{
	return lw_buffer_addf(b, "\\u%04x", unit);
}

static bool
put_escape(struct lw_buffer *b, uint32_t c)
{
	if (c >= 0x10000)
		return put_unit(b, 0xd7c0 + (c >> 10)) && put_unit(b, 0xdc00 + (c & 0x3ff));
	return put_unit(b, c);
}

static const char *
short_escape(uint32_t c)
{
	return c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : NULL;
}

bool
lw_put_json_string(struct lw_buffer *b, struct lw_span s)
{
	bool done = lw_buffer_add(b, "\"", 1);

	while (done && s.len > 0) {
		const char *at = s.at;
		size_t len;
		uint32_t c = next_character(&s, &len);

		if (c == '"' || c == '\\')
			done = lw_buffer_add(b, "\\", 1) && lw_buffer_add(b, at, 1);
		else if (short_escape(c) != NULL)
			done = lw_buffer_add_text(b, short_escape(c));
		else if (len == 0 || is_unsafe(c))
			done = put_escape(b, c);
		else
			done = lw_buffer_add(b, at, len);
	}
	return done && lw_buffer_add(b, "\"", 1);
}

static bool
put_visible_character(struct lw_buffer *b, uint32_t c, const char *at, size_t len)
{
	if (short_escape(c) != NULL)
		return lw_buffer_add_text(b, short_escape(c));
	if (len == 0)
		return lw_buffer_add_text(b, "\xef\xbf\xbd");
	if (!is_unsafe(c))
		return lw_buffer_add(b, at, len);
	return lw_buffer_addf(b, c < 0x80 ? "\\x%02x" : "\\u%04x", c);
}

bool
lw_put_visible(struct lw_buffer *b, struct lw_span s, size_t characters)
{
	bool done = true;

	for (; done && s.len > 0 && characters > 0; characters--) {
		const char *at = s.at;
		size_t len;
		uint32_t c = next_character(&s, &len);

		done = put_visible_character(b, c, at, len);
	}
	return done && (s.len == 0 || lw_buffer_add_text(b, "\xe2\x80\xa6"));
}

bool
lw_put_fixed(struct lw_buffer *b, double value, int decimals)
{
	unsigned long long scale = 1, n;
	bool negative = value < 0;

	for (int i = 0; i < decimals; i++)
		scale *= 10;
	value = fabs(value) * (double)scale;
	n = value < 1e18 ? (unsigned long long)llround(value) : 0;
	if (negative && n > 0 && !lw_buffer_add(b, "-", 1))
		return false;
	if (decimals == 0)
		return lw_buffer_addf(b, "%llu", n);
	return lw_buffer_addf(b, "%llu.%0*llu", n / scale, decimals, n % scale);
}

bool
lw_write_id(struct lw_buffer *b, const struct lw_message *m)
{
	if (m->id.len > 0)
		return lw_buffer_add(b, m->id.at, m->id.len);
	if (m->record == 0)
		return lw_buffer_add_text(b, m->path);
	return lw_buffer_addf(b, "%s:%llu", m->path, (unsigned long long)m->record);
}

static struct lw_span
indicator_name(const struct lw_result *r, size_t i)
{
	const char *name = lurewatch_indicator_name(r->model, r->verdict->indicator[i]);

	if (name == NULL)
		name = "?";
	return (struct lw_span){ name, strlen(name) };
}

bool
lw_put_indicators(struct lw_buffer *b, const struct lw_result *r, const char *separator)
{
	if (r->verdict->indicators == 0)
		return lw_buffer_add(b, "-", 1);
	for (size_t i = 0; i < r->verdict->indicators; i++) {
		struct lw_span name = indicator_name(r, i);

		if ((i > 0 && !lw_buffer_add_text(b, separator)) || !lw_put_visible(b, name, SIZE_MAX))
			return false;
	}
	return true;
}

bool
lw_put_indicator_array(struct lw_buffer *b, const struct lw_result *r)
{
	bool done = lw_buffer_add(b, "[", 1);

	for (size_t i = 0; done && i < r->verdict->indicators; i++)
		done = (i == 0 || lw_buffer_add(b, ",", 1)) && lw_put_json_string(b, indicator_name(r, i));
	return done && lw_buffer_add(b, "]", 1);
}

bool
lw_put_verdict_members(struct lw_buffer *b, const struct lw_result *r)
{
	const char *label = lurewatch_label(r->model, r->verdict->label);

	return lw_buffer_add_text(b, "\"label\":") && lw_put_json_string(b, (struct lw_span){ label, strlen(label) }) &&
	    lw_buffer_add_text(b, ",\"risk\":") && lw_put_fixed(b, r->verdict->risk, 4) &&
	    lw_buffer_add_text(b, r->verdict->flagged ? ",\"flagged\":true" : ",\"flagged\":false");
}
