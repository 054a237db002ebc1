/*
 * mail_edit.c - headers out of and into a mail, every other byte unchanged
 *
 * What comes in is one unfolded line a header, after the last header, with the mail's own
 * line end. Headers of the same names that came with the mail are forged, or older, and go first.
 * Fails only without memory.
 */
#include "write/write.h"

#include <string.h>

enum { LONGEST = 900 };         /* bytes of a header's value; RFC 5322 allows lines of 998 */

static bool
is_empty(struct lw_span line)
{
	return lw_span_is(line, "\n") || lw_span_is(line, "\r\n");
}

static bool
is_continuation(struct lw_span line)
{
	return line.len > 0 && (line.at[0] == ' ' || line.at[0] == '\t');
}

/* The field's name, blanks before the colon allowed as old mail has them; empty: no header. */
static struct lw_span
header_name(struct lw_span line)
{
	size_t n = 0, end;

	while (n < line.len && line.at[n] > ' ' && line.at[n] < 127 && line.at[n] != ':')
		n++;
	for (end = n; end < line.len && (line.at[end] == ' ' || line.at[end] == '\t');)
		end++;
	return (struct lw_span){ line.at, end < line.len && line.at[end] == ':' ? n : 0 };
}

static bool
is_one_of(struct lw_span name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (lw_span_same(name, (struct lw_span){ *names, strlen(*names) }))
			return true;
	return false;
}

/* From_ line and empty lines before the headers, as an mbox has them. */
static bool
copy_prologue(struct lw_buffer *b, struct lw_span *rest)
{
	for (;;) {
		struct lw_span ahead = *rest, line = lw_span_line(&ahead);
		bool from = line.len > 5 && memcmp(line.at, "From ", 5) == 0;

		if (!from && !(is_empty(line) && ahead.len > 5 && memcmp(ahead.at, "From ", 5) == 0))
			return true;
		if (!lw_buffer_add(b, line.at, line.len))
			return false;
		*rest = ahead;
		if (from)
			return true;
	}
}

/* Copies the headers that stay. *any: there was one. */
static bool
copy_headers(struct lw_buffer *b, struct lw_span *rest, const char *const *remove, bool *any)
{
	bool skipping = false;

	*any = false;
	while (rest->len > 0) {
		struct lw_span ahead = *rest, line = lw_span_line(&ahead);

		if (!(*any && is_continuation(line))) {
			struct lw_span name = header_name(line);

			if (name.len == 0)
				break;
			skipping = is_one_of(name, remove);
			*any = true;
		}
		*rest = ahead;
		if (!skipping && !lw_buffer_add(b, line.at, line.len))
			return false;
	}
	return true;
}

static bool
add_headers(struct lw_buffer *b, const struct lw_mail_edit *edit, const char *end)
{
	if (b->len > 0 && b->at[b->len - 1] != '\n' && !lw_buffer_add_text(b, end))
		return false;
	for (size_t i = 0; i < edit->adds; i++)
		if (!lw_buffer_add(b, edit->add[i].at, edit->add[i].len) || !lw_buffer_add_text(b, end))
			return false;
	return true;
}

bool
lw_mail_edit(struct lw_buffer *b, struct lw_span mail, const struct lw_mail_edit *edit, size_t *head)
{
	struct lw_span rest = mail, peek = mail, line = lw_span_line(&peek);
	const char *end = line.len > 1 && line.at[line.len - 2] == '\r' ? "\r\n" : "\n";
	size_t start = b->len;
	bool any;

	if (!copy_prologue(b, &rest) || !copy_headers(b, &rest, edit->remove, &any) || !add_headers(b, edit, end))
		return false;
	peek = rest;
	line = lw_span_line(&peek);
	if (is_empty(line)) {
		if (!lw_buffer_add(b, line.at, line.len))
			return false;
		rest = peek;
	} else if (!any && rest.len > 0 && !lw_buffer_add_text(b, end)) {
		return false;           /* a body without any header before it: an empty line keeps it a body */
	}
	if (head != NULL)
		*head = b->len - start;
	return lw_buffer_add(b, rest.at, rest.len);
}

bool
lw_put_mail_verdict(struct lw_buffer *b, const struct lw_result *r)
{
	size_t start = b->len;

	if (!lw_buffer_addf(b, "%s; label=%s; risk=", r->verdict->flagged ? "flagged" : "clean",
	    lurewatch_label(r->model, r->verdict->label)) || !lw_put_fixed(b, r->verdict->risk, 4) ||
	    !lw_buffer_add_text(b, "; indicators=") || !lw_put_indicators(b, r, ","))
		return false;
	if (b->len - start > LONGEST)   /* the last indicator goes whole */
		for (b->len = start + LONGEST; b->at[b->len] != ',';)
			b->len--;
	return true;
}
