/*
 * conversation_out.c - a conversation's verdict as text, JSON line and TSV
 *
 * Fails only without memory.
 */
#include "write/conversation_out.h"

#include "write/line.h"

#include <string.h>

enum { NAME_COLUMNS = 20, RISK_COLUMNS = 6, LABEL_COLUMNS = 11, COUNT_COLUMNS = 12, DAYS_COLUMNS = 24, INDICATOR_COLUMNS = 25,
	SHOWN = 101 };

static struct lw_span
span_of(const struct lw_buffer *b)
{
	return (struct lw_span){ b->at, b->len };
}

/* A message that stands for itself has its id for a name. */
static struct lw_span
name_of(const struct lw_conversation *c)
{
	return c->name.len > 0 ? c->name : c->id;
}

/* ---- text ---- */

static bool
put_days(struct lw_buffer *b, const struct lw_conversation *c)
{
	if (!c->first.known)
		return lw_buffer_add(b, "-", 1);
	return lw_put_day(b, c->first) && (c->first.day == c->last.day || (lw_buffer_add_text(b, " to ") && lw_put_day(b, c->last)));
}

bool
lw_conversation_text(struct lw_buffer *b, const struct lw_conversation *c)
{
	const struct lw_result *r = &c->strongest;
	struct lw_line line = { .b = b, .style = r->style };
	struct lw_buffer piece = { 0 };
	const char *label;

	if (r->verdict == NULL)
		return true;
	label = lurewatch_label(r->model, r->verdict->label);
	lw_line_cell(&line, name_of(c), NAME_COLUMNS, LW_WHERE);
	line.failed = line.failed || !lw_put_fixed(&piece, r->verdict->risk, 4);
	lw_line_cell(&line, span_of(&piece), RISK_COLUMNS, LW_PLAIN);
	lw_line_cell(&line, (struct lw_span){ label, strlen(label) }, LABEL_COLUMNS, r->verdict->flagged ? LW_BAD : LW_GOOD);
	piece.len = 0;
	line.failed = line.failed || !lw_buffer_addf(&piece, "%llu of %llu", (unsigned long long)c->flagged,
	    (unsigned long long)c->messages);
	lw_line_cell(&line, span_of(&piece), COUNT_COLUMNS, LW_PLAIN);
	piece.len = 0;
	line.failed = line.failed || !put_days(&piece, c);
	lw_line_cell(&line, span_of(&piece), DAYS_COLUMNS, LW_PLAIN);
	piece.len = 0;
	line.failed = line.failed || !lw_put_indicators(&piece, r, ",");
	lw_line_cell(&line, span_of(&piece), INDICATOR_COLUMNS, LW_PLAIN);
	lw_line_rest(&line, r->judged, SHOWN);
	lw_buffer_free(&piece);
	return lw_line_end(&line);
}

/* ---- JSON lines ---- */

static bool
json_when(struct lw_buffer *b, const char *name, struct lw_when w)
{
	if (!w.known)
		return lw_buffer_addf(b, ",\"%s\":null", name);
	return lw_buffer_addf(b, ",\"%s\":\"", name) && lw_put_when(b, w) && lw_buffer_add(b, "\"", 1);
}

static bool
json_strongest(struct lw_buffer *b, const struct lw_conversation *c)
{
	const struct lw_result *r = &c->strongest;

	return lw_buffer_add_text(b, ",\"strongest\":") && lw_put_json_string(b, c->id) && lw_buffer_add(b, ",", 1) &&
	    lw_put_verdict_members(b, r) && lw_buffer_add_text(b, ",\"indicators\":") && lw_put_indicator_array(b, r);
}

bool
lw_conversation_json(struct lw_buffer *b, const struct lw_conversation *c)
{
	const struct lw_message *m = c->strongest.message;
	const char *error = m != NULL && m->error != NULL ? m->error : "no message of it could be read";

	if (!lw_buffer_add_text(b, "{\"conversation\":") ||
	    !(c->name.len > 0 ? lw_put_json_string(b, c->name) : lw_buffer_add_text(b, "null")) ||
	    !lw_buffer_add_text(b, ",\"folder\":") || !lw_put_json_string(b, c->folder) ||
	    !lw_buffer_addf(b, ",\"messages\":%llu,\"flagged_messages\":%llu,\"unreadable\":%llu", (unsigned long long)c->messages,
	    (unsigned long long)c->flagged, (unsigned long long)c->unreadable) ||
	    !json_when(b, "first_flagged", c->first) || !json_when(b, "last_flagged", c->last))
		return false;
	if (c->strongest.verdict == NULL)
		return lw_buffer_add_text(b, ",\"error\":") && lw_put_json_string(b, (struct lw_span){ error, strlen(error) }) &&
		    lw_buffer_add_text(b, "}\n");
	return json_strongest(b, c) && lw_buffer_add_text(b, "}\n");
}

/* ---- TSV ---- */

bool
lw_conversation_tsv_head(struct lw_buffer *b)
{
	return lw_buffer_add_text(b, "conversation\tfolder\tmessages\tflagged_messages\tunreadable\tfirst_flagged\tlast_flagged\t"
	    "strongest\tlabel\trisk\tflagged\tindicators\ttext\n");
}

static bool
tsv_when(struct lw_buffer *b, struct lw_when w)
{
	return (!w.known || lw_put_when(b, w)) && lw_buffer_add(b, "\t", 1);
}

bool
lw_conversation_tsv(struct lw_buffer *b, const struct lw_conversation *c)
{
	const struct lw_result *r = &c->strongest;

	if (!lw_put_visible(b, c->name, SIZE_MAX) || !lw_buffer_add(b, "\t", 1) || !lw_put_visible(b, c->folder, SIZE_MAX) ||
	    !lw_buffer_addf(b, "\t%llu\t%llu\t%llu\t", (unsigned long long)c->messages, (unsigned long long)c->flagged,
	    (unsigned long long)c->unreadable) || !tsv_when(b, c->first) || !tsv_when(b, c->last) ||
	    !lw_put_visible(b, c->id, SIZE_MAX))
		return false;
	if (r->verdict == NULL)
		return lw_buffer_add_text(b, "\t\t\t\t\t\n");
	return lw_buffer_addf(b, "\t%s\t", lurewatch_label(r->model, r->verdict->label)) &&
	    lw_put_fixed(b, r->verdict->risk, 4) && lw_buffer_add_text(b, r->verdict->flagged ? "\tyes\t" : "\tno\t") &&
	    lw_put_indicators(b, r, ",") && lw_buffer_add(b, "\t", 1) && lw_put_visible(b, r->judged, SHOWN) &&
	    lw_buffer_add(b, "\n", 1);
}
