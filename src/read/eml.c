/*
 * eml.c - a file that is one mail; a maildir is a directory of such files
 *
 * An empty file holds no mail. Anything else is one: what has no headers is all body.
 */
#include "read/format.h"
#include "read/mail.h"

#include <stdlib.h>
#include <string.h>

/* Length of the field name before the colon, 0 when the line is no header. */
static size_t
header_name(struct lw_span line)
{
	size_t n = 0;

	while (n < line.len && line.at[n] > ' ' && line.at[n] < 127 && line.at[n] != ':')
		n++;
	return n < line.len && line.at[n] == ':' ? n : 0;
}

static bool
is_mail_header(struct lw_span line)
{
	static const char *const names[] = { "From", "To", "Cc", "Subject", "Date", "Received", "Return-Path",
		"Message-ID", "MIME-Version", "Content-Type", "Delivered-To", "Reply-To", "DKIM-Signature", "Sender",
		"Content-Transfer-Encoding", "Envelope-To", "X-Original-To", "ARC-Seal" };
	size_t len = header_name(line);

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (lw_span_same((struct lw_span){ line.at, len }, (struct lw_span){ names[i], strlen(names[i]) }))
			return true;
	return len > 2 && lw_span_same((struct lw_span){ line.at, 2 }, LW_SPAN("X-"));
}

/* Two known headers and nothing else before the empty line or the end of what is seen. */
static int
eml_sniff(struct lw_span head)
{
	int known = 0;

	while (head.len > 0) {
		struct lw_span line = lw_span_line(&head);

		if (lw_span_is(line, "\n") || lw_span_is(line, "\r\n"))
			break;
		if (known > 0 && (line.at[0] == ' ' || line.at[0] == '\t'))
			continue;
		if (header_name(line) == 0 && head.len > 0)
			return 0;
		known += is_mail_header(line);
	}
	return known >= 2 ? 70 : 0;
}

static lurewatch_error
eml_open(struct lw_source *s)
{
	const char *missing = lw_mail_start();

	if (missing != NULL)
		return lw_source_fail(s, "mail cannot be read: %s could not be loaded", missing);
	s->state = calloc(1, sizeof(struct lw_mail));
	return s->state != NULL ? LUREWATCH_OK : lw_source_no_memory(s);
}

static void
eml_close(struct lw_source *s)
{
	if (s->state == NULL)
		return;
	lw_mail_free(s->state);
	free(s->state);
}

/* Reads to the end. What is longer than a record may be is passed over. */
static lurewatch_error
swallow(struct lw_source *s, bool *dropped)
{
	while (!lw_stream_ended(s->stream)) {
		lurewatch_error e = lw_stream_more(s->stream);
		size_t len = lw_stream_window(s->stream).len;

		if (e != LUREWATCH_OK)
			return e;
		if (*dropped || len > LW_RECORD_MAX) {
			lw_stream_take(s->stream, len);
			*dropped = true;
		}
	}
	return LUREWATCH_OK;
}

static lurewatch_error
eml_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct lw_span mail;
	bool dropped = false;
	lurewatch_error e = swallow(s, &dropped);

	if (e != LUREWATCH_OK)
		return e;
	mail = lw_stream_window(s->stream);
	*got = mail.len > 0 || dropped;
	if (dropped)
		m->error = LW_TOO_LONG;
	if (dropped || !*got)
		return LUREWATCH_OK;
	m->raw = lw_stream_take(s->stream, mail.len);
	if (mail.len > 5 && memcmp(mail.at, "From ", 5) == 0)
		lw_span_line(&mail);
	if (!lw_mail_read(mail, s->state))
		return lw_source_no_memory(s);
	lw_mail_fill(s->state, m);
	return LUREWATCH_OK;
}

static const char *const extensions[] = { ".eml", NULL };
const struct lw_format lw_format_eml = { "eml", extensions, eml_sniff, eml_open, eml_next, eml_close };
/* The reader walks cur and new; the files inside are mails like any other. */
const struct lw_format lw_format_maildir = { "maildir", NULL, NULL, eml_open, eml_next, eml_close };
