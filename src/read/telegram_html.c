/*
 * telegram_html.c - messages*.html as Telegram Desktop exports them
 *
 * A page is a list of <div class="message ...">; each with all that is inside is
 * a record, all between them is the page's structure. As in result.json a
 * service message is a record with no text. A message without a name is its
 * predecessor's sender's. Where a closing tag is missing the message ends before
 * the next one begins; nothing is malformed, a page cut short is read as far as it goes.
 */
#include "read/format.h"
#include "read/html.h"
#include "read/mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char begin[] = "<div class=\"message ";
enum { BEGIN = sizeof begin - 1 };

struct telegram_html {
	struct lw_buffer conversation, sender, forwarded, shown, text, links, time, href;
	bool named;                 /* the page's head was read */
	bool no_memory;

	/* of the message that is parsed: depths of elements, 0: outside */
	int depth;
	int saying, hidden, naming, forward, contact;
	bool service, dated;
};

/* ---- telling it apart ---- */

static bool
has(struct lw_span in, const char *what)
{
	return memmem(in.at, in.len, what, strlen(what)) != NULL;
}

static int
telegram_html_sniff(struct lw_span head)
{
	struct lw_span rest = lw_span_trim(head);

	return rest.len > 0 && rest.at[0] == '<' && has(rest, "<div class=\"page_wrap\"") &&
	    has(rest, "<div class=\"page_body chat_page\"") ? 95 : 0;
}

static lurewatch_error
telegram_html_open(struct lw_source *s)
{
	const char *missing = lw_mail_start();

	if (missing != NULL)
		return lw_source_fail(s, "HTML cannot be read: %s could not be loaded", missing);
	s->state = calloc(1, sizeof(struct telegram_html));
	if (s->state == NULL)
		return lw_source_no_memory(s);
	s->document = true;
	return LUREWATCH_OK;
}

static void
telegram_html_close(struct lw_source *s)
{
	struct telegram_html *t = s->state;

	if (t == NULL)
		return;
	lw_buffer_free(&t->conversation);
	lw_buffer_free(&t->sender);
	lw_buffer_free(&t->forwarded);
	lw_buffer_free(&t->shown);
	lw_buffer_free(&t->text);
	lw_buffer_free(&t->links);
	lw_buffer_free(&t->time);
	lw_buffer_free(&t->href);
	free(t);
}

/* ---- what a message says ---- */

static const char *
attribute(const xmlChar **list, const char *name)
{
	for (; list != NULL && list[0] != NULL; list += 2)
		if (strcmp((const char *)list[0], name) == 0)
			return list[1] != NULL ? (const char *)list[1] : "";
	return "";
}

static bool
is_class(const char *classes, const char *one)
{
	size_t n = strlen(one);

	for (const char *p = classes; (p = strstr(p, one)) != NULL; p += n)
		if ((p == classes || p[-1] == ' ') && (p[n] == '\0' || p[n] == ' '))
			return true;
	return false;
}

static bool
is_any(const char *classes, const char *const *list)
{
	while (*list != NULL)
		if (is_class(classes, *list++))
			return true;
	return false;
}

/* "12.02.2025 08:37:48 UTC+03:00", the zone not in old exports */
static void
read_time(struct telegram_html *t, const char *title)
{
	int day, month, year, hour, minute, second, used = 0;
	const char *zone = strstr(title, "UTC");

	if (t->dated || sscanf(title, "%2d.%2d.%4d %2d:%2d:%2d%n", &day, &month, &year, &hour, &minute, &second, &used) != 6)
		return;
	t->dated = true;
	if (!lw_buffer_addf(&t->time, "%04d-%02d-%02dT%02d:%02d:%02d%s", year, month, day, hour, minute, second,
	    zone != NULL ? zone + 3 : ""))
		t->no_memory = true;
}

static void
put(struct telegram_html *t, struct lw_buffer *to, const char *at, size_t len)
{
	if (!lw_buffer_add(to, at, len))
		t->no_memory = true;
}

static void
begin_line(struct telegram_html *t)
{
	while (t->text.len > 0 && t->text.at[t->text.len - 1] == ' ')
		t->text.len--;
	if (t->text.len > 0 && t->text.at[t->text.len - 1] != '\n')
		put(t, &t->text, "\n", 1);
}

static void
on_start(void *data, const xmlChar *name, const xmlChar **list)
{
	static const char *const said[] = { "text", "title", "description", "question", "answer", "bot_button", NULL };
	static const char *const passed_over[] = { "details", "userpic_wrap", "initials", "signature", NULL };
	struct telegram_html *t = data;
	const char *classes = attribute(list, "class"), *href = attribute(list, "href");

	t->depth++;
	t->service |= is_class(classes, "message") && is_class(classes, "service");
	if (t->contact == 0 && is_class(classes, "media_contact"))
		t->contact = t->depth;
	if (t->forward == 0 && is_class(classes, "forwarded"))
		t->forward = t->depth;
	if (is_class(classes, "date"))
		read_time(t, attribute(list, "title"));
	if (t->naming == 0 && is_class(classes, "from_name")) {
		t->naming = t->depth;
		(t->forward != 0 ? &t->forwarded : &t->sender)->len = 0;
	}
	if (t->saying == 0 && (is_any(classes, said) || (t->contact != 0 && is_class(classes, "status")))) {
		t->saying = t->depth;
		begin_line(t);
	} else if (t->hidden == 0 && is_any(classes, passed_over)) {
		t->hidden = t->depth;
	}
	if (t->saying != 0 && strcmp((const char *)name, "br") == 0)
		put(t, &t->text, "\n", 1);
	if (t->saying != 0 && strcmp((const char *)name, "a") == 0 && strstr(href, "://") != NULL) {
		put(t, &t->links, href, strlen(href));
		put(t, &t->links, "\n", 1);
	}
}

static void
on_end(void *data, const xmlChar *name)
{
	struct telegram_html *t = data;
	int *open[] = { &t->saying, &t->hidden, &t->naming, &t->forward, &t->contact };

	(void)name;
	for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
		if (*open[i] == t->depth)
			*open[i] = 0;
	t->depth -= t->depth > 0;
}

/* Runs of blanks are one, none at the beginning of a line. */
static void
put_words(struct telegram_html *t, struct lw_buffer *to, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool blank = text[i] == ' ' || (text[i] >= '\t' && text[i] <= '\r');
		bool after_blank = to->len == 0 || to->at[to->len - 1] == ' ' || to->at[to->len - 1] == '\n';

		if (!blank)
			put(t, to, text + i, 1);
		else if (!after_blank)
			put(t, to, " ", 1);
	}
}

static void
on_text(void *data, const xmlChar *text, int len)
{
	struct telegram_html *t = data;

	if (len <= 0 || t->hidden != 0)
		return;
	if (t->naming != 0)
		put_words(t, t->forward != 0 ? &t->forwarded : &t->sender, (const char *)text, (size_t)len);
	else if (t->saying != 0)
		put_words(t, &t->text, (const char *)text, (size_t)len);
}

/* Links that the text does not show. */
static void
add_links(struct telegram_html *t)
{
	struct lw_span rest = { t->links.at, t->links.len };

	while (rest.len > 0) {
		struct lw_span link = lw_span_trim(lw_span_line(&rest));

		if (t->text.len > 0 && memmem(t->text.at, t->text.len, link.at, link.len) != NULL)
			continue;
		begin_line(t);
		put(t, &t->text, link.at, link.len);
	}
}

static struct lw_span
trimmed(const struct lw_buffer *b)
{
	return lw_span_trim((struct lw_span){ b->len > 0 ? b->at : "", b->len });
}

/* "Anna", or "Anna (forwarded from Jobs)", as in result.json */
static void
show_sender(struct telegram_html *t)
{
	struct lw_span from = trimmed(&t->sender), forwarded = trimmed(&t->forwarded);

	t->shown.len = 0;
	put(t, &t->shown, from.at, from.len);
	if (forwarded.len == 0)
		return;
	put(t, &t->shown, " (forwarded from ", 17);
	put(t, &t->shown, forwarded.at, forwarded.len);
	put(t, &t->shown, ")", 1);
}

static bool
parse(struct telegram_html *t, struct lw_span html, struct lw_message *m)
{
	static const htmlSAXHandler events = { .startElement = on_start, .endElement = on_end, .characters = on_text,
		.ignorableWhitespace = on_text };
	bool joined = html.len > 64 && has((struct lw_span){ html.at, 64 }, " joined\"");

	t->text.len = t->links.len = t->time.len = 0;
	if (!joined)
		t->forwarded.len = 0;
	t->depth = t->saying = t->hidden = t->naming = t->forward = t->contact = 0;
	t->service = t->dated = false;
	if (!lw_html_events(&events, t, html))
		return false;
	add_links(t);
	show_sender(t);
	if (!t->service) {
		m->text = trimmed(&t->text);
		m->sender = trimmed(&t->shown);
	}
	m->time = trimmed(&t->time);
	m->conversation = trimmed(&t->conversation);
	m->channel = LW_SPAN("telegram");
	return !t->no_memory;
}

/* ---- the page ---- */

/* The chat's name stands in the page's header, in bold. */
static bool
read_name(struct telegram_html *t, struct lw_span head)
{
	static const char header[] = "<div class=\"page_header\"", bold[] = "<div class=\"text bold\">";
	const char *at = memmem(head.at, head.len, header, sizeof header - 1), *end;

	t->named = true;
	if (at != NULL)
		at = memmem(at, (size_t)(head.at + head.len - at), bold, sizeof bold - 1);
	if (at == NULL)
		return true;
	at += sizeof bold - 1;
	end = memmem(at, (size_t)(head.at + head.len - at), "</div", 5);
	return end == NULL || lw_html_text(&t->conversation, (struct lw_span){ at, (size_t)(end - at) });
}

static const char *
find_begin(struct lw_span w, size_t from)
{
	return w.len > from ? memmem(w.at + from, w.len - from, begin, BEGIN) : NULL;
}

/* What stands before the next message is structure. *found false at the end. */
static lurewatch_error
pass_structure(struct lw_source *s, bool *found)
{
	for (;;) {
		struct lw_span w = lw_stream_window(s->stream), taken;
		const char *at = find_begin(w, 0);
		bool ended = lw_stream_ended(s->stream);
		size_t n = at != NULL ? (size_t)(at - w.at) : ended ? w.len : w.len > BEGIN ? w.len - BEGIN : 0;
		lurewatch_error e;

		*found = at != NULL;
		taken = lw_stream_take(s->stream, n);
		if (s->before->len > LW_RECORD_MAX)
			return lw_source_fail(s, "no message in %zu MiB of HTML", LW_RECORD_MAX >> 20);
		if (!lw_buffer_add(s->before, taken.at, taken.len))
			return lw_source_no_memory(s);
		if (*found || ended)
			return LUREWATCH_OK;
		e = lw_stream_more(s->stream);
		if (e != LUREWATCH_OK)
			return e;
	}
}

struct frame {
	size_t at;
	int depth;
};

static bool
is_tag(struct lw_span w, size_t at, struct lw_span tag)
{
	return w.len - at > tag.len && memcmp(w.at + at, tag.at, tag.len) == 0 && strchr(" >\t\r\n", w.at[at + tag.len]) != NULL;
}

/* Goes on from f->at; true when the message's end is there. A tag that may be cut off waits for more bytes. */
static bool
message_ends(struct frame *f, struct lw_span w, bool last)
{
	while (f->at < w.len) {
		const char *tag = memchr(w.at + f->at, '<', w.len - f->at);

		f->at = tag != NULL ? (size_t)(tag - w.at) : w.len;
		if (tag == NULL || (!last && w.len - f->at < BEGIN))
			return false;
		if (f->at > 0 && w.len - f->at >= BEGIN && memcmp(tag, begin, BEGIN) == 0)
			return true;
		if (is_tag(w, f->at, LW_SPAN("<div"))) {
			f->depth++;
		} else if (is_tag(w, f->at, LW_SPAN("</div")) && --f->depth <= 0) {
			f->at += 6;
			return true;
		}
		f->at++;
	}
	return false;
}

static lurewatch_error
telegram_html_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct telegram_html *t = s->state;
	struct frame f = { 0 };
	bool dropped = false;
	struct lw_span html;
	lurewatch_error e = pass_structure(s, got);

	if (e != LUREWATCH_OK || !*got)
		return e;
	if (!t->named && !read_name(t, (struct lw_span){ s->before->at, s->before->len }))
		return lw_source_no_memory(s);
	while (!message_ends(&f, lw_stream_window(s->stream), lw_stream_ended(s->stream)) && !lw_stream_ended(s->stream)) {
		if (f.at > LW_RECORD_MAX) {
			lw_stream_take(s->stream, f.at);
			f.at = 0;
			dropped = true;
		}
		e = lw_stream_more(s->stream);
		if (e != LUREWATCH_OK)
			return e;
	}
	html = (struct lw_span){ lw_stream_window(s->stream).at, f.at };
	m->raw = lw_stream_take(s->stream, f.at);
	if (dropped) {
		m->raw = (struct lw_span){ "", 0 };
		m->error = LW_TOO_LONG;
		return LUREWATCH_OK;
	}
	return parse(t, html, m) ? LUREWATCH_OK : lw_source_no_memory(s);
}

const struct lw_format lw_format_telegram_html = { "telegram-html", NULL, telegram_html_sniff, telegram_html_open,
	telegram_html_next, telegram_html_close };
