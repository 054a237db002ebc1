/*
 * mbox.c - mails one after the other, each begun by a From_ line
 *
 * A From_ line counts when it opens the file or follows an empty line, and holds
 * a time of day: a sentence that begins with "From " does not part a mail. A
 * Content-Length (mboxcl, mboxcl2) is believed when a From_ line or the end follows
 * the body it measures. One level of ">From " quoting (mboxrd, and mboxo with it) is
 * undone for reading, never in raw. No bytes are malformed: what has no From_ line
 * is a mail without one.
 */
#include "read/format.h"
#include "read/mail.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_BODY = 32 << 20 };       /* a Content-Length beyond is not looked into: it may be a lie that fills memory */

struct mbox {
	struct lw_mail mail;
	struct lw_buffer unquoted;
};

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_separator(struct lw_span line)
{
	if (line.len < 11 || memcmp(line.at, "From ", 5) != 0)
		return false;
	for (size_t i = 5; i + 5 <= line.len; i++)
		if (digit(line.at[i]) && digit(line.at[i + 1]) && line.at[i + 2] == ':' && digit(line.at[i + 3]) &&
		    digit(line.at[i + 4]))
			return true;
	return false;
}

static bool
is_empty(struct lw_span line)
{
	return lw_span_is(line, "\n") || lw_span_is(line, "\r\n");
}

static int
mbox_sniff(struct lw_span head)
{
	while (head.len > 0 && (head.at[0] == '\n' || head.at[0] == '\r')) {
		head.at++;
		head.len--;
	}
	return is_separator(lw_span_line(&head)) ? 90 : 0;
}

static lurewatch_error
mbox_open(struct lw_source *s)
{
	const char *missing = lw_mail_start();

	if (missing != NULL)
		return lw_source_fail(s, "mail cannot be read: %s could not be loaded", missing);
	s->state = calloc(1, sizeof(struct mbox));
	return s->state != NULL ? LUREWATCH_OK : lw_source_no_memory(s);
}

static void
mbox_close(struct lw_source *s)
{
	struct mbox *b = s->state;

	if (b == NULL)
		return;
	lw_mail_free(&b->mail);
	lw_buffer_free(&b->unquoted);
	free(b);
}

/* The number a Content-Length header gives, 0 for any other line. */
static size_t
content_length(struct lw_span line)
{
	static const char name[] = "Content-Length:";
	size_t n = 0;

	if (line.len < sizeof name || !lw_span_same((struct lw_span){ line.at, sizeof name - 1 }, LW_SPAN("Content-Length:")))
		return 0;
	line = lw_span_trim((struct lw_span){ line.at + sizeof name - 1, line.len - (sizeof name - 1) });
	for (size_t i = 0; i < line.len && n <= LONGEST_BODY; i++) {
		if (!digit(line.at[i]))
			return 0;
		n = n * 10 + (size_t)(line.at[i] - '0');
	}
	return n;
}

/* Passes over the body that begins at cut->to when it is as long as it says. */
static lurewatch_error
pass_body(struct lw_source *s, struct lw_cut *cut, size_t length)
{
	struct lw_span rest;
	lurewatch_error e;

	if (length == 0 || length > LONGEST_BODY)
		return LUREWATCH_OK;
	e = lw_stream_peek(s->stream, cut->to + length + 256);
	if (e != LUREWATCH_OK)
		return e;
	rest = lw_stream_window(s->stream);
	if (rest.len < cut->to + length)
		return LUREWATCH_OK;
	rest = (struct lw_span){ rest.at + cut->to + length, rest.len - cut->to - length };
	while (rest.len > 0 && (rest.at[0] == '\n' || rest.at[0] == '\r'))
		rest = (struct lw_span){ rest.at + 1, rest.len - 1 };
	if (rest.len == 0 ? lw_stream_ended(s->stream) : is_separator(lw_span_line(&rest)))
		cut->to += length;
	return LUREWATCH_OK;
}

/* Where the mail at the window's start ends: before the next From_ line, or at the end. */
static lurewatch_error
frame(struct lw_source *s, struct lw_cut *cut)
{
	bool begun = false, in_headers = true, after_empty = false;
	size_t length = 0;

	for (;;) {
		struct lw_span line;
		lurewatch_error e = lw_stream_line(s->stream, cut);

		if (e != LUREWATCH_OK || cut->from == cut->to)
			return e;
		line = (struct lw_span){ lw_stream_window(s->stream).at + cut->from, cut->to - cut->from };
		if (begun && after_empty && is_separator(line)) {
			cut->to = cut->from;
			return LUREWATCH_OK;
		}
		after_empty = is_empty(line);
		if (in_headers && length == 0)
			length = content_length(line);
		if (in_headers && begun && after_empty) {
			in_headers = false;
			e = pass_body(s, cut, length);
		}
		if (e != LUREWATCH_OK)
			return e;
		begun |= !after_empty;
	}
}

static size_t
arrows(struct lw_span line)
{
	size_t n = 0;

	while (n < line.len && line.at[n] == '>')
		n++;
	return n;
}

/* The mail without its From_ line and without one level of >From quoting. Borrows from raw or from the buffer. */
static bool
unquote(struct lw_span raw, struct lw_buffer *room, struct lw_span *out)
{
	struct lw_span rest = raw, line, body;

	do {
		body = rest;
		line = lw_span_line(&rest);
	} while (rest.len > 0 && is_empty(line));
	if (is_separator(line))
		body = rest;
	*out = body;
	if (body.len == 0 || memmem(body.at, body.len, ">From ", 6) == NULL)
		return true;
	room->len = 0;
	while (body.len > 0) {
		size_t n;

		line = lw_span_line(&body);
		n = arrows(line);
		if (n > 0 && line.len >= n + 5 && memcmp(line.at + n, "From ", 5) == 0)
			line = (struct lw_span){ line.at + 1, line.len - 1 };
		if (!lw_buffer_add(room, line.at, line.len))
			return false;
	}
	*out = (struct lw_span){ room->at, room->len };
	return true;
}

static lurewatch_error
mbox_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct mbox *b = s->state;
	struct lw_cut cut = { 0 };
	struct lw_span window, mail;
	lurewatch_error e = frame(s, &cut);

	if (e != LUREWATCH_OK)
		return e;
	*got = cut.to > 0 || cut.dropped;
	if (!*got)
		return LUREWATCH_OK;
	window = (struct lw_span){ lw_stream_window(s->stream).at, cut.to };
	m->raw = lw_stream_take(s->stream, cut.to);
	if (cut.dropped) {
		m->raw = (struct lw_span){ "", 0 };
		m->error = LW_TOO_LONG;
		return LUREWATCH_OK;
	}
	if (!unquote(window, &b->unquoted, &mail) || !lw_mail_read(mail, &b->mail))
		return lw_source_no_memory(s);
	lw_mail_fill(&b->mail, m);
	return LUREWATCH_OK;
}

static const char *const extensions[] = { ".mbox", ".mbx", NULL };
const struct lw_format lw_format_mbox = { "mbox", extensions, mbox_sniff, mbox_open, mbox_next, mbox_close };
