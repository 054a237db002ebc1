/*
 * annotate.c - the original record with the verdict added, every other byte unchanged
 *
 * A mail gets an X-Lurewatch header (mail_edit.c), a JSON object a member, a table columns.
 * Fails only without memory; lw_annotate_refusal() tells beforehand what cannot be annotated.
 */
#include "write/write.h"

#include <string.h>

/* ---- mail ---- */

static bool
annotate_mail(struct lw_buffer *b, const struct lw_result *r)
{
	struct lw_buffer line = { 0 };
	bool done;

	done = lw_buffer_add_text(&line, LW_MAIL_HEADER ": ") && lw_put_mail_verdict(&line, r) &&
	    lw_mail_edit(b, r->message->raw, &(struct lw_mail_edit){ (const char *const[]){ LW_MAIL_HEADER, NULL },
	    &(struct lw_span){ line.at, line.len }, 1 }, NULL);
	lw_buffer_free(&line);
	return done;
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
	{ "json", annotate_json, NULL },
	{ "smpp", annotate_json, NULL },
	{ "telegram", annotate_json, NULL },
	{ "signal", annotate_json, NULL },
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
		return "this format has no place for a verdict (mail, JSON and tables have); use -o jsonl or -o tsv";
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
		line = lw_span_line(&rest);
		if ((!first && wants_arrow(line) && !lw_buffer_add(b, ">", 1)) || !lw_buffer_add(b, line.at, line.len))
			return false;
	}
	if (b->len > 0 && b->at[b->len - 1] != '\n' && !lw_buffer_add(b, "\n", 1))
		return false;
	return lw_buffer_add(b, "\n", 1);
}
