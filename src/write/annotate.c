/*
 * annotate.c - the original record with the verdict added, every other byte unchanged
 *
 * A mail gets one unfolded ASCII header after the last of its headers, with the mail's own
 * line end; X-Lurewatch headers that came in with it are forged and go first.
 * Fails only without memory; lw_annotate_refusal() tells beforehand what cannot be annotated.
 */
#include "write/write.h"

#include <string.h>
#include <strings.h>

enum { LONGEST_HEADER = 900 };  /* bytes; RFC 5322 allows 998 */

static struct lw_span
cut_line(struct lw_span *rest)
{
	const char *end = rest->len > 0 ? memchr(rest->at, '\n', rest->len) : NULL;
	struct lw_span line = { rest->at, end != NULL ? (size_t)(end - rest->at) + 1 : rest->len };

	if (line.len > 0)
		rest->at += line.len;
	rest->len -= line.len;
	return line;
}

/* ---- mail ---- */

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

/* Length of the field name, blanks before the colon allowed as old mail has them; 0: no header. */
static size_t
header_name(struct lw_span line)
{
	size_t n = 0, end;

	while (n < line.len && line.at[n] > ' ' && line.at[n] < 127 && line.at[n] != ':')
		n++;
	for (end = n; end < line.len && (line.at[end] == ' ' || line.at[end] == '\t');)
		end++;
	return end < line.len && line.at[end] == ':' ? n : 0;
}

static bool
is_ours(struct lw_span line)
{
	static const char name[] = "X-Lurewatch";

	return header_name(line) == sizeof name - 1 && strncasecmp(line.at, name, sizeof name - 1) == 0;
}

/* From_ line and empty lines before the headers, as an mbox has them. */
static bool
copy_prologue(struct lw_buffer *b, struct lw_span *rest)
{
	for (;;) {
		struct lw_span ahead = *rest, line = cut_line(&ahead);
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

/* Copies the headers but ours. *any: there was one. */
static bool
copy_headers(struct lw_buffer *b, struct lw_span *rest, bool *any)
{
	bool skipping = false;

	*any = false;
	while (rest->len > 0) {
		struct lw_span ahead = *rest, line = cut_line(&ahead);

		if (!(*any && is_continuation(line))) {
			if (header_name(line) == 0)
				break;
			skipping = is_ours(line);
			*any = true;
		}
		*rest = ahead;
		if (!skipping && !lw_buffer_add(b, line.at, line.len))
			return false;
	}
	return true;
}

static bool
put_mail_header(struct lw_buffer *b, const struct lw_result *r)
{
	size_t start = b->len;

	if (!lw_buffer_addf(b, "X-Lurewatch: %s; label=%s; risk=", r->verdict->flagged ? "flagged" : "clean",
	    lurewatch_label(r->model, r->verdict->label)) || !lw_put_fixed(b, r->verdict->risk, 4) ||
	    !lw_buffer_add_text(b, "; indicators=") || !lw_put_indicators(b, r, ","))
		return false;
	if (b->len - start > LONGEST_HEADER)
		b->len = start + LONGEST_HEADER;
	return true;
}

static bool
annotate_mail(struct lw_buffer *b, const struct lw_result *r)
{
	struct lw_span rest = r->message->raw, peek = rest, first = cut_line(&peek);
	const char *end = first.len > 1 && first.at[first.len - 2] == '\r' ? "\r\n" : "\n";
	bool any;

	if (!copy_prologue(b, &rest) || !copy_headers(b, &rest, &any))
		return false;
	if (b->len > 0 && b->at[b->len - 1] != '\n' && !lw_buffer_add_text(b, end))
		return false;
	if (!put_mail_header(b, r) || !lw_buffer_add_text(b, end))
		return false;
	peek = rest;
	/* a body without any header before it: an empty line keeps it a body */
	if (!any && rest.len > 0 && !is_empty(cut_line(&peek)) && !lw_buffer_add_text(b, end))
		return false;
	return lw_buffer_add(b, rest.at, rest.len);
}

/* ---- JSON lines ---- */

/* A member of the same name that is there already stays; readers take the last. */
static bool
annotate_json(struct lw_buffer *b, const struct lw_result *r)
{
	struct lw_span raw = r->message->raw;
	size_t close = raw.len, before;

	while (close > 0 && raw.at[close - 1] != '}')
		close--;
	if (close == 0)
		return lw_buffer_add(b, raw.at, raw.len);
	close--;
	for (before = close; before > 0 && strchr(" \t\r\n", raw.at[before - 1]) != NULL && raw.at[before - 1] != '\0';)
		before--;
	return lw_buffer_add(b, raw.at, close) &&
	    lw_buffer_add_text(b, before > 0 && raw.at[before - 1] == '{' ? "\"lurewatch\":{" : ",\"lurewatch\":{") &&
	    lw_put_verdict_members(b, r) && lw_buffer_add_text(b, ",\"indicators\":") && lw_put_indicator_array(b, r) &&
	    lw_buffer_add(b, "}", 1) && lw_buffer_add(b, raw.at + close, raw.len - close);
}

/* ---- tables ---- */

static size_t
without_line_end(struct lw_span row)
{
	while (row.len > 0 && (row.at[row.len - 1] == '\n' || row.at[row.len - 1] == '\r'))
		row.len--;
	return row.len;
}

static bool
annotate_row(struct lw_buffer *b, const struct lw_result *r)
{
	struct lw_span raw = r->message->raw;
	size_t end = without_line_end(raw);
	char d = r->message->delimiter;

	return lw_buffer_add(b, raw.at, end) && lw_buffer_addf(b, "%c%s%c%s%c", d, r->verdict->flagged ? "yes" : "no", d,
	    lurewatch_label(r->model, r->verdict->label), d) && lw_put_fixed(b, r->verdict->risk, 4) &&
	    lw_buffer_add(b, &d, 1) && lw_put_indicators(b, r, " ") && lw_buffer_add(b, raw.at + end, raw.len - end);
}

static bool
header_row(struct lw_buffer *b, const struct lw_message *m)
{
	struct lw_span before = m->before;
	size_t end = without_line_end(before);
	char d = m->delimiter;

	/* a byte order mark alone is no header */
	if (end == 0 || (end == 3 && memcmp(before.at, "\xef\xbb\xbf", 3) == 0))
		return lw_buffer_add(b, before.at, before.len);
	return lw_buffer_add(b, before.at, end) &&
	    lw_buffer_addf(b, "%clurewatch_flagged%clurewatch_label%clurewatch_risk%clurewatch_indicators", d, d, d, d) &&
	    lw_buffer_add(b, before.at + end, before.len - end);
}

/* ---- by format ---- */

static const struct {
	const char *format;
	bool (*record)(struct lw_buffer *, const struct lw_result *);
	bool (*before)(struct lw_buffer *, const struct lw_message *);
} table[] = {
	{ "mbox", annotate_mail, NULL },
	{ "eml", annotate_mail, NULL },
	{ "maildir", annotate_mail, NULL },
	{ "jsonl", annotate_json, NULL },
	{ "csv", annotate_row, header_row },
	{ "tsv", annotate_row, header_row },
};

enum { ANNOTATED = sizeof table / sizeof table[0] };

static size_t
entry_of(const struct lw_message *m)
{
	size_t i = 0;

	while (i < ANNOTATED && (m->format == NULL || strcmp(table[i].format, m->format) != 0))
		i++;
	return i;
}

const char *
lw_annotate_refusal(const struct lw_message *m)
{
	if (m->format != NULL && entry_of(m) == ANNOTATED)
		return "this format has no place for a verdict (mbox, eml, jsonl, csv and tsv have); use -o jsonl or -o tsv";
	return m->recoded ? "UTF-16 cannot be annotated; recode it to UTF-8 first" : NULL;
}

bool
lw_annotate(struct lw_buffer *b, const struct lw_result *r)
{
	size_t i = entry_of(r->message);

	if (r->verdict == NULL || i == ANNOTATED)
		return lw_buffer_add(b, r->message->raw.at, r->message->raw.len);
	return table[i].record(b, r);
}

bool
lw_annotate_before(struct lw_buffer *b, const struct lw_message *m)
{
	size_t i = entry_of(m);

	if (i == ANNOTATED || table[i].before == NULL)
		return lw_buffer_add(b, m->before.at, m->before.len);
	return table[i].before(b, m);
}

static bool
wants_arrow(struct lw_span line)
{
	while (line.len > 0 && line.at[0] == '>') {
		line.at++;
		line.len--;
	}
	return line.len >= 5 && memcmp(line.at, "From ", 5) == 0;
}

bool
lw_write_as_mbox(struct lw_buffer *b, struct lw_span mail)
{
	struct lw_span rest = mail, line;
	bool first = true;

	/* the mail's own From_ line serves, where it has one */
	if (!(mail.len > 5 && memcmp(mail.at, "From ", 5) == 0) &&
	    !lw_buffer_add_text(b, "From lurewatch Thu Jan  1 00:00:00 1970\n"))
		return false;
	for (; rest.len > 0; first = false) {
		line = cut_line(&rest);
		if ((!first && wants_arrow(line) && !lw_buffer_add(b, ">", 1)) || !lw_buffer_add(b, line.at, line.len))
			return false;
	}
	if (b->len > 0 && b->at[b->len - 1] != '\n' && !lw_buffer_add(b, "\n", 1))
		return false;
	return lw_buffer_add(b, "\n", 1);
}
