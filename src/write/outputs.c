/*
 * outputs.c - the table of outputs: text for people, JSON lines and TSV for programs
 *
 * Fails only without memory.
 */
#include "write/conversation_out.h"
#include "write/line.h"

#include <string.h>

enum { SHOWN = 101, SHOWN_PASSAGE = 61 };       /* columns of a text, of a piece of evidence */

static struct lw_span
span_of(const struct lw_buffer *b)
{
	return (struct lw_span){ b->at, b->len };
}

static struct lw_span
passage(const struct lw_result *r, const lurewatch_evidence *e)
{
	return (struct lw_span){ r->judged.at + e->start, e->end - e->start };
}

static bool
put_id_visible(struct lw_buffer *b, const struct lw_message *m)
{
	struct lw_buffer id = { 0 };
	bool done = lw_write_id(&id, m) && lw_put_visible(b, (struct lw_span){ id.at, id.len }, SIZE_MAX);

	lw_buffer_free(&id);
	return done;
}

/* ---- text ---- */

enum { ID_COLUMNS = 20, RISK_COLUMNS = 6, LABEL_COLUMNS = 11, INDICATOR_COLUMNS = 25 };

static bool
text_line(struct lw_buffer *b, const struct lw_result *r)
{
	const char *label = lurewatch_label(r->model, r->verdict->label);
	struct lw_line line = { .b = b, .style = r->style };
	struct lw_buffer piece = { 0 };

	line.failed = !lw_write_id(&piece, r->message);
	lw_line_cell(&line, span_of(&piece), ID_COLUMNS, LW_WHERE);
	piece.len = 0;
	line.failed = line.failed || !lw_put_fixed(&piece, r->verdict->risk, 4);
	lw_line_cell(&line, span_of(&piece), RISK_COLUMNS, LW_PLAIN);
	lw_line_cell(&line, (struct lw_span){ label, strlen(label) }, LABEL_COLUMNS, r->verdict->flagged ? LW_BAD : LW_GOOD);
	piece.len = 0;
	line.failed = line.failed || !lw_put_indicators(&piece, r, ",");
	lw_line_cell(&line, span_of(&piece), INDICATOR_COLUMNS, LW_PLAIN);
	lw_line_rest(&line, r->judged, SHOWN);
	lw_buffer_free(&piece);
	return lw_line_end(&line);
}

static bool
text_reasons(struct lw_buffer *b, const struct lw_result *r)
{
	bool done = true;

	for (size_t i = 0; done && i < r->verdict->indicators; i++) {
		const char *name = lurewatch_indicator_name(r->model, r->verdict->indicator[i]);
		const char *meaning = lurewatch_indicator_meaning(r->model, r->verdict->indicator[i]);

		if (name != NULL && meaning != NULL)
			done = lw_buffer_addf(b, "    %s: %s\n", name, meaning);
	}
	for (size_t i = 0; done && i < r->evidences; i++)
		done = lw_buffer_add_text(b, r->evidence[i].weight < 0 ? "    " : "    +") &&
		    lw_put_fixed(b, r->evidence[i].weight, 2) && lw_buffer_add_text(b, "  \"") &&
		    lw_put_cell(b, passage(r, &r->evidence[i]), SHOWN_PASSAGE) != LW_NO_COLUMNS && lw_buffer_add_text(b, "\"\n");
	return done;
}

static bool
text_record(struct lw_buffer *b, const struct lw_result *r)
{
	if (r->verdict == NULL)
		return true;
	return text_line(b, r) && (!r->explain || text_reasons(b, r));
}

/* ---- JSON lines ---- */

static bool
json_id(struct lw_buffer *b, const struct lw_message *m)
{
	struct lw_buffer id = { 0 };
	bool done;

	if (m->id_is_number)
		return lw_buffer_add(b, m->id.at, m->id.len);
	done = lw_write_id(&id, m) && lw_put_json_string(b, (struct lw_span){ id.at, id.len });
	lw_buffer_free(&id);
	return done;
}

static bool
json_probability(struct lw_buffer *b, const struct lw_result *r)
{
	bool done = lw_buffer_add_text(b, ",\"probability\":{");

	for (size_t i = 0; done && i < r->verdict->labels; i++) {
		const char *label = lurewatch_label(r->model, i);

		done = (i == 0 || lw_buffer_add(b, ",", 1)) &&
		    lw_put_json_string(b, (struct lw_span){ label, strlen(label) }) && lw_buffer_add(b, ":", 1) &&
		    lw_put_fixed(b, r->verdict->probability[i], 4);
	}
	return done && lw_buffer_add(b, "}", 1);
}

static bool
json_evidence(struct lw_buffer *b, const struct lw_result *r)
{
	bool done = lw_buffer_add_text(b, ",\"evidence\":[");

	for (size_t i = 0; done && i < r->evidences; i++) {
		const lurewatch_evidence *e = &r->evidence[i];

		done = lw_buffer_add_text(b, i > 0 ? ",{\"text\":" : "{\"text\":") && lw_put_json_string(b, passage(r, e)) &&
		    lw_buffer_addf(b, ",\"start\":%zu,\"end\":%zu,\"weight\":", e->start, e->end) &&
		    lw_put_fixed(b, e->weight, 2) && lw_buffer_add(b, "}", 1);
	}
	return done && lw_buffer_add(b, "]", 1);
}

/* For a reviewer, who changes "label" and leaves "said": lurewatch-train --feedback learns from what differs. */
static bool
json_said(struct lw_buffer *b, const struct lw_result *r)
{
	const char *said = lurewatch_label(r->model, r->verdict->label);

	return lw_buffer_add_text(b, ",\"said\":") && lw_put_json_string(b, (struct lw_span){ said, strlen(said) }) &&
	    lw_buffer_add_text(b, ",\"text\":") && lw_put_json_string(b, r->judged);
}

static bool
json_record(struct lw_buffer *b, const struct lw_result *r)
{
	const char *error = r->message->error;

	if (!lw_buffer_add_text(b, "{\"id\":") || !json_id(b, r->message))
		return false;
	if (r->verdict == NULL)
		return lw_buffer_add_text(b, ",\"error\":") &&
		    lw_put_json_string(b, (struct lw_span){ error, strlen(error) }) && lw_buffer_add_text(b, "}\n");
	return lw_buffer_add(b, ",", 1) && lw_put_verdict_members(b, r) && (!r->with_text || json_said(b, r)) &&
	    json_probability(b, r) &&
	    lw_buffer_add_text(b, ",\"indicators\":") && lw_put_indicator_array(b, r) &&
	    (!r->explain || json_evidence(b, r)) && lw_buffer_add_text(b, "}\n");
}

/* ---- TSV ---- */

static bool
tsv_head(struct lw_buffer *b)
{
	return lw_buffer_add_text(b, "id\tlabel\trisk\tflagged\tindicators\ttext\terror\n");
}

static bool
tsv_record(struct lw_buffer *b, const struct lw_result *r)
{
	const char *error = r->message->error;

	if (!put_id_visible(b, r->message) || !lw_buffer_add(b, "\t", 1))
		return false;
	if (r->verdict == NULL)
		return lw_buffer_add_text(b, "\t\t\t\t\t") &&
		    lw_put_visible(b, (struct lw_span){ error, strlen(error) }, SIZE_MAX) && lw_buffer_add(b, "\n", 1);
	return lw_buffer_add_text(b, lurewatch_label(r->model, r->verdict->label)) && lw_buffer_add(b, "\t", 1) &&
	    lw_put_fixed(b, r->verdict->risk, 4) && lw_buffer_add_text(b, r->verdict->flagged ? "\tyes\t" : "\tno\t") &&
	    lw_put_indicators(b, r, ",") && lw_buffer_add(b, "\t", 1) && lw_put_visible(b, r->judged, SHOWN) &&
	    lw_buffer_add_text(b, "\t\n");
}

static const struct lw_output table[] = {
	{ "text", false, NULL, text_record, false, NULL, lw_conversation_text },
	{ "jsonl", true, NULL, json_record, true, NULL, lw_conversation_json },
	{ "tsv", true, tsv_head, tsv_record, true, lw_conversation_tsv_head, lw_conversation_tsv },
};

const struct lw_output *
lw_output_named(const char *name)
{
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}
