/* care_out.c - doubts about a corpus in lines, in the training record, and as a file to correct; only memory can fail */
#include "learn/care.h"
#include "read/format.h"

#include <stdlib.h>

enum { SHOWN = 8 };             /* names in a line */

/* ---- lines ---- */

static bool
line_of_copies(const struct lw_care *c, struct lw_buffer *b)
{
	if (c->rows < LW_SMALL && !lw_buffer_addf(b, "only %zu messages: take the figures as hints\n", c->rows))
		return false;
	if (c->templates * 2 > c->rows)
		return true;
	return lw_buffer_addf(b, "%zu messages are copies of %zu templates; %zu are learned from (--set copies=0 takes all)\n",
	    c->rows, c->templates, c->learned);
}

static bool
line_of_conflicts(const struct lw_conflicts *f, struct lw_buffer *b)
{
	if (f->texts > 0 &&
	    !lw_buffer_addf(b, "the same text under several labels: %zu messages of %zu texts\n", f->text_rows, f->texts))
		return false;
	/* copies that differ a little may rightly differ in label: only more of them than of the same text is worth a line */
	return f->groups <= f->texts || lw_buffer_addf(b, "near copies under several labels: %zu messages of %zu templates\n",
	    f->group_rows, f->groups);
}

static bool
line_of_labels(const struct lw_corpus *c, struct lw_buffer *b)
{
	for (uint32_t k = 0; k < c->label.n; k++) {
		size_t n = lw_corpus_count(c, k);

		if (n < LW_FEW && !lw_buffer_addf(b, "label %s has only %zu messages: too few to learn\n", lw_name(&c->label, k), n))
			return false;
	}
	return true;
}

static bool
line_of_languages(const struct lw_care *care, const struct lw_corpus *c, struct lw_buffer *b)
{
	if (care->langs == 0)
		return true;
	if (!lw_buffer_addf(b, "languages with fewer than %d messages to flag or not to flag:", LW_FEW))
		return false;
	for (size_t i = 0; i < care->langs && i < SHOWN; i++) {
		const struct lw_thin *t = &care->lang[i];

		if (!lw_buffer_addf(b, "%s %s (%zu, %zu)", i > 0 ? "," : "", lw_name(&c->lang, t->name), t->flagged, t->n - t->flagged))
			return false;
	}
	return (care->langs <= SHOWN || lw_buffer_addf(b, " and %zu more", care->langs - SHOWN)) &&
	    lw_buffer_addf(b, "; what was learned elsewhere serves there\n");
}

static bool
line_of_families(const struct lw_care *care, const struct lw_corpus *c, struct lw_buffer *b)
{
	if (care->families == 0)
		return true;
	if (!lw_buffer_addf(b, "families with fewer than %d messages:", LW_FEW))
		return false;
	for (size_t i = 0; i < care->families && i < SHOWN; i++)
		if (!lw_buffer_addf(b, "%s %s (%zu)", i > 0 ? "," : "", lw_name(&c->family, care->family[i].name), care->family[i].n))
			return false;
	return care->families <= SHOWN ? lw_buffer_addf(b, "\n") : lw_buffer_addf(b, " and %zu more\n", care->families - SHOWN);
}

/* More than half of what chance leaves is told. */
static bool
is_told(const struct lw_style *s)
{
	return s->accuracy - s->chance > (1 - s->chance) / 2;
}

static bool
line_of_style(const struct lw_care *care, const struct lw_corpus *c, struct lw_buffer *b)
{
	bool any = false;

	for (size_t i = 0; i < care->styles; i++) {
		const struct lw_style *s = &care->style[i];

		if (!is_told(s))
			continue;
		if (!lw_buffer_addf(b, "%s %s %.0f %% (chance %.0f %%)", any ? "," : "sources can be told apart by their style alone:",
		    lw_name(&c->label, s->label), 100 * s->accuracy, 100 * s->chance))
			return false;
		any = true;
	}
	return !any || lw_buffer_addf(b, "; see lurewatch-eval --leave-out source\n");
}

bool
lw_care_lines(const struct lw_care *care, const struct lw_corpus *c, struct lw_buffer *b)
{
	return line_of_copies(care, b) && line_of_labels(c, b) && line_of_conflicts(&care->conflicts, b) &&
	    line_of_languages(care, c, b) && line_of_families(care, c, b) && line_of_style(care, c, b);
}

/* ---- record ---- */

static json_t *
thin_json(const struct lw_thin *t, size_t n, const struct lw_names *names)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "name", lw_name(names, t[i].name), "n", (json_int_t)t[i].n,
		    "flagged", (json_int_t)t[i].flagged));
	return list;
}

static json_t *
style_json(const struct lw_care *care, const struct lw_corpus *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < care->styles; i++) {
		const struct lw_style *s = &care->style[i];

		json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:f, s:f}", "label", lw_name(&c->label, s->label), "n",
		    (json_int_t)s->n, "sources", (json_int_t)s->sources, "accuracy", s->accuracy, "chance", s->chance));
	}
	return list;
}

json_t *
lw_care_json(const struct lw_care *care, const struct lw_corpus *c)
{
	const struct lw_conflicts *f = &care->conflicts;

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:{s:I, s:I}, s:{s:I, s:I}, s:I, s:o, s:o, s:o}", "messages",
	    (json_int_t)care->rows, "templates", (json_int_t)care->templates, "learned", (json_int_t)care->learned, "unreadable",
	    (json_int_t)care->unreadable, "unlabelled", (json_int_t)care->unlabelled, "same_text", "messages",
	    (json_int_t)f->text_rows, "texts", (json_int_t)f->texts, "near_copies", "messages", (json_int_t)f->group_rows,
	    "templates", (json_int_t)f->groups, "suspects", (json_int_t)care->suspects, "thin_languages",
	    thin_json(care->lang, care->langs, &c->lang), "thin_families", thin_json(care->family, care->families, &c->family),
	    "style", style_json(care, c));
}

/* ---- suspects ---- */

static json_t *
json_text(struct lw_span s)
{
	struct lw_buffer room = { 0 };
	json_t *text = lw_utf8_repair(&room, s) ? json_stringn(room.at != NULL ? room.at : "", room.len) : NULL;

	lw_buffer_free(&room);
	return text;
}

static json_t *
suspect_json(const struct lw_suspect *s, const struct lw_lessons *l, const struct lw_trained *t)
{
	const struct lw_corpus *c = l->corpus;
	uint32_t row = l->some[s->at];
	const char *label = lw_name(&c->label, c->row[row].label);

	return json_pack("{s:o, s:s, s:s, s:s, s:f, s:f, s:b, s:s, s:o}", "id", json_text(lw_corpus_id(c, row)), "label", label,
	    "was", label, "said", lw_name(&c->label, s->said), "risk", t->risk[s->at], "own", s->own, "conflict",
	    (int)s->conflict, "source", lw_name(&c->source, c->row[row].source), "text", json_text(lw_corpus_text(c, row)));
}

bool
lw_care_suspects_jsonl(const struct lw_care *care, const struct lw_lessons *l, const struct lw_trained *t,
    struct lw_buffer *out)
{
	for (size_t i = 0; i < care->suspects; i++) {
		json_t *line = suspect_json(&care->suspect[i], l, t);
		char *text = line != NULL ? json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(4)) : NULL;
		bool done = text != NULL && lw_buffer_addf(out, "%s\n", text);

		json_decref(line);
		free(text);
		if (!done)
			return false;
	}
	return true;
}
