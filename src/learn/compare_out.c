/* compare_out.c - a comparison as JSON, as text, and the messages that changed side; fails only without memory */
#include "learn/compare.h"
#include "learn/figures_out.h"
#include "read/format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 10, SNIPPET = 90, TIDY_ROWS = 60 };      /* messages of a kind and rows of a table in the text; bytes of a message */

/* ---- JSON ---- */

static json_t *
json_text(struct lw_span s)
{
	struct lw_buffer room = { 0 };
	json_t *text = lw_utf8_repair(&room, s) ? json_stringn(room.at != NULL ? room.at : "", room.len) : NULL;

	lw_buffer_free(&room);
	return text;
}

static json_t *
json_name(const struct lw_names *names, uint32_t i)
{
	const char *name = lw_name(names, i);

	return json_text((struct lw_span){ name, strlen(name) });
}

static json_t *
compared(const struct lw_compared *c)
{
	json_t *before = json_object(), *change = json_object(), *interval = json_object();

	for (int f = 0; f < LW_FIGURES; f++) {
		json_object_set_new(before, lw_figure[f].name, lw_json_number(c->at[f].before));
		json_object_set_new(change, lw_figure[f].name, lw_json_number(c->at[f].change.is));
		json_object_set_new(interval, lw_figure[f].name, lw_json_interval(&c->at[f].change));
	}
	return json_pack("{s:I, s:I, s:o, s:o, s:o}", "n", (json_int_t)c->n, "positives", (json_int_t)c->positives, "before", before,
	    "difference", change, "interval_95", interval);
}

static json_t *
view(const struct lw_comparison *c, enum lw_by by)
{
	json_t *all = json_object();

	for (size_t i = 0; i < c->view[by].n; i++)
		json_object_set_new(all, c->view[by].part[i].name, compared(&c->view[by].part[i]));
	return all;
}

static json_t *
changed_row(const struct lw_comparison *c, uint32_t row)
{
	const struct lw_corpus *k = c->now->corpus;
	const struct lw_row *r = &k->row[row];
	const struct lw_judgement *a = &c->before->judged[row], *b = &c->now->judged[row];
	json_t *one = json_pack("{s:o, s:s, s:o, s:f, s:f, s:b, s:b, s:o}", "id", json_text(lw_corpus_id(k, row)), "change",
	    lw_change[lw_change_of(c, row)].name, "label", json_name(&k->label, r->label), "risk_before", a->risk, "risk", b->risk,
	    "flagged_before", a->flagged, "flagged", b->flagged, "source", json_name(&k->source, r->source));

	if (r->lang != LW_NO_NAME)
		json_object_set_new(one, "lang", json_name(&k->lang, r->lang));
	if (r->family != LW_NO_NAME)
		json_object_set_new(one, "family", json_name(&k->family, r->family));
	json_object_set_new(one, "text", json_text(lw_corpus_text(k, row)));
	return one;
}

static json_t *
against(const struct lw_comparison *c)
{
	json_t *all = json_pack("{s:o, s:o, s:b, s:f, s:o}", "model", json_text((struct lw_span){ c->name, strlen(c->name) }),
	    "verdict", json_text((struct lw_span){ c->verdict.at, c->verdict.len - 1 }), "worse", (int)c->worse,
	    "tolerance", c->tolerance, "overall", compared(&c->overall));
	json_t *counts = json_object(), *list = json_array();

	for (int by = 0; by < LW_VIEWS; by++)
		json_object_set_new(all, lw_view[by].name, view(c, by));
	for (int k = 0; k < LW_CHANGES; k++)
		json_object_set_new(counts, lw_change[k].name, json_integer((json_int_t)c->count[k]));
	for (size_t i = 0; i < c->changes; i++)
		json_array_append_new(list, changed_row(c, c->changed[i]));
	json_object_set_new(all, "changes", counts);
	json_object_set_new(all, "changed", list);
	return all;
}

char *
lw_comparison_json(const struct lw_comparison *c, const struct lw_findings *s)
{
	json_t *all = lw_json_findings(s);
	char *text;

	json_object_set_new(all, "against", against(c));
	text = json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
	json_decref(all);
	return text;
}

bool
lw_comparison_changed(const struct lw_comparison *c, struct lw_buffer *out)
{
	bool done = true;

	for (size_t i = 0; i < c->changes && done; i++) {
		json_t *row = changed_row(c, c->changed[i]);
		char *line = row != NULL ? json_dumps(row, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;

		done = line != NULL && lw_buffer_addf(out, "%s\n", line);
		free(line);
		json_decref(row);
	}
	return done;
}

/* ---- text ---- */

static bool
put_figures(struct lw_buffer *b, const struct lw_comparison *c)
{
	bool done = lw_buffer_addf(b, "\n%-32s  %7s  %7s  %7s   %s\n", "", "before", "now", "change",
	    c->resamples > 0 ? "95 %" : "");

	for (int f = 0; f < LW_FIGURES && done; f++) {
		const struct lw_difference *d = &c->overall.at[f];
		int sure = lw_sure(d, f);

		done = lw_buffer_addf(b, "%-32s", lw_figure[f].title) && lw_put_figure(b, d->before) && lw_put_figure(b, d->now) &&
		    lw_put_figure(b, d->change.is);
		if (done && isfinite(d->change.low))
			done = lw_buffer_addf(b, "   %+.4f to %+.4f%s", d->change.low, d->change.high, sure > 0 ? "  better" : sure < 0 ? "  worse" : "");
		done = done && lw_buffer_addf(b, "\n");
	}
	return done;
}

/* The beginning of a message on one line, no control characters, whole UTF-8 sequences. */
static bool
put_snippet(struct lw_buffer *b, struct lw_span text)
{
	struct lw_buffer clean = { 0 };
	bool done = lw_utf8_repair(&clean, text);
	size_t len = clean.len < SNIPPET ? clean.len : SNIPPET;

	while (len > 0 && len < clean.len && ((unsigned char)clean.at[len] & 0xc0) == 0x80)
		len--;
	for (size_t i = 0; i < len && done; i++) {
		char at = (unsigned char)clean.at[i] < ' ' || clean.at[i] == 0x7f ? ' ' : clean.at[i];

		done = lw_buffer_add(b, &at, 1);
	}
	done = done && lw_buffer_addf(b, len < clean.len ? "...\n" : "\n");
	lw_buffer_free(&clean);
	return done;
}

static bool
put_changed(struct lw_buffer *b, const struct lw_comparison *c)
{
	const struct lw_corpus *k = c->now->corpus;
	size_t at = 0;
	bool done = true;

	for (int change = 0; change < LW_CHANGES && done; change++) {
		size_t n = c->count[change];

		if (n == 0)
			continue;
		done = lw_buffer_addf(b, "\n%s (%s): %zu\n", lw_change[change].name, lw_change[change].meaning, n);
		for (size_t i = at; i < at + n && i < at + SHOWN && done; i++) {
			uint32_t row = c->changed[i];

			done = lw_buffer_addf(b, "  %.4f to %.4f  %-12s %-6s ", c->before->judged[row].risk, c->now->judged[row].risk,
			    lw_name(&k->label, k->row[row].label), k->row[row].lang != LW_NO_NAME ? lw_name(&k->lang, k->row[row].lang) : "-") &&
			    put_snippet(b, lw_corpus_text(k, row));
		}
		if (done && n > SHOWN)
			done = lw_buffer_addf(b, "  ... and %zu more (--changed FILE has all)\n", n - SHOWN);
		at += n;
	}
	return done;
}

/* A figure without an answer (NAN) has not moved. */
static bool
has_moved(const struct lw_compared *p)
{
	double recall = p->at[LW_RECALL].change.is, fpr = p->at[LW_FPR].change.is;

	return (isfinite(recall) && recall != 0) || (isfinite(fpr) && fpr != 0);
}

static bool
put_change(struct lw_buffer *b, const struct lw_difference *d, enum lw_figure f)
{
	int sure = lw_sure(d, f);

	if (!isfinite(d->change.is))
		return lw_buffer_addf(b, "  %21s", "-");
	return lw_buffer_addf(b, "  %.3f %.3f %+.3f %c", d->before, d->now, d->change.is, sure > 0 ? '+' : sure < 0 ? '!' : ' ');
}

static bool
put_view(struct lw_buffer *b, const struct lw_comparison *c, enum lw_by by)
{
	size_t shown = 0;
	bool done = true;

	for (size_t i = 0; i < c->view[by].n && done; i++) {
		const struct lw_compared *p = &c->view[by].part[i];

		if (!has_moved(p) || shown++ >= TIDY_ROWS)
			continue;
		if (shown == 1)
			done = lw_buffer_addf(b, "\n%-20s %7s %7s  %-21s  %-21s\n", lw_view[by].title, "n", "flagged", "recall before/now", "false positives");
		done = done && lw_buffer_addf(b, "%-20.20s %7zu %7zu", p->name, p->n, p->positives) && put_change(b, &p->at[LW_RECALL], LW_RECALL) &&
		    put_change(b, &p->at[LW_FPR], LW_FPR) && lw_buffer_addf(b, "\n");
	}
	if (done && shown > TIDY_ROWS)
		done = lw_buffer_addf(b, "... and %zu more (-o json has all)\n", shown - TIDY_ROWS);
	return done;
}

char *
lw_comparison_text(const struct lw_comparison *c)
{
	struct lw_buffer b = { 0 };
	bool done = lw_buffer_addf(&b, "%s\n\n%zu messages, %zu of them to be flagged; threshold %.4f before, %.4f now\n", c->verdict.at,
	    c->overall.n, c->overall.positives, c->before->threshold, c->now->threshold) && put_figures(&b, c) && put_changed(&b, c);

	for (int by = 0; by < LW_VIEWS && done; by++)
		done = put_view(&b, c, by);
	if (done && c->resamples > 0)
		done = lw_buffer_addf(&b, "\n! surely worse, + surely better: 95 %% of %u paired resamples; by chance alone one row of forty gets either\n", c->resamples);
	if (!done || !lw_buffer_add(&b, "", 1)) {
		lw_buffer_free(&b);
		return NULL;
	}
	return b.at;
}
