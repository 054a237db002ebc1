/* page_tables.c - the verdict, the other model, and tables of figures; false when memory is gone */
#include "learn/page.h"

#include <math.h>
#include <string.h>

/* "fraud or recruitment" of the labels that are flagged. */
static bool
put_flagged_labels(const struct lw_page *p)
{
	const struct lw_evaluation *v = p->of;
	size_t left = 0, n = 0;
	bool done = true;

	for (size_t k = 0; k < v->width; k++)
		left += v->label_flagged[k];
	for (size_t k = 0; k < v->width && done; k++)
		if (v->label_flagged[k])
			done = lw_buffer_add_text(p->out, n++ == 0 ? "" : --left == 1 ? " or " : ", ") && lw_markup_text(p->out, v->label[k]);
	return done;
}

/* "78 (76 to 80)" of so many. */
static bool
put_of(struct lw_buffer *b, const struct lw_estimate *e, double of, int decimals, const char *class)
{
	bool done = lw_buffer_addf(b, "<b class=\"%s\">", class) && lw_markup_number(b, of * e->is, decimals) && lw_buffer_add_text(b, "</b>");

	if (done && isfinite(e->low))
		done = lw_buffer_add_text(b, " <span class=\"soft\">(") && lw_markup_number(b, of * e->low, decimals) && lw_buffer_add_text(b, " to ") &&
		    lw_markup_number(b, of * e->high, decimals) && lw_buffer_add_text(b, ")</span>");
	return done;
}

static bool
put_sentence(const struct lw_page *p)
{
	const struct lw_figures *f = &p->report->summary->overall;
	struct lw_buffer *b = p->out;
	int decimals = f->at[LW_FPR].is < .01 ? 1 : 0;
	bool done = true;

	if (isfinite(f->at[LW_RECALL].is))
		done = lw_buffer_add_text(b, "Of 100 ") && put_flagged_labels(p) && lw_buffer_add_text(b, " messages ") &&
		    put_of(b, &f->at[LW_RECALL], 100, 0, "good") && lw_buffer_add_text(b, " are caught; ");
	if (done && isfinite(f->at[LW_FPR].is))
		done = lw_buffer_add_text(b, "of 1000 others ") && put_of(b, &f->at[LW_FPR], 1000, decimals, "bad") &&
		    lw_buffer_add_text(b, " are flagged wrongly.");
	return done;
}

bool
lw_page_verdict(const struct lw_page *p)
{
	const struct lw_findings *s = p->report->summary;
	const struct lw_figures *f = &s->overall;
	struct lw_buffer *b = p->out;
	bool done = lw_buffer_add_text(b, "<div id=\"verdict\">");

	if (p->report->comparison != NULL)
		done = done && lw_buffer_add_text(b, "<p class=\"lead\">") && lw_markup_text(b, p->report->comparison->verdict.at) && lw_buffer_add_text(b, "</p>\n");
	done = done && lw_buffer_add_text(b, p->report->comparison != NULL ? "<p>" : "<p class=\"lead\">") && put_sentence(p) &&
	    lw_buffer_addf(b, "</p>\n<p class=\"soft\">%zu messages, %zu to be flagged; threshold ", f->n, f->positives) &&
	    lw_markup_number(b, p->of->threshold, 4) && lw_buffer_add_text(b, ".");
	if (done && p->of->held_out != NULL)
		done = lw_buffer_addf(b, " Each %s was judged by experts that never saw it.", p->of->held_out);
	if (done && s->resamples > 0)
		done = lw_buffer_addf(b, " Ranges hold 95&nbsp;%% of %u resamples of %zu groups of copies.", s->resamples, f->groups);
	return done && lw_buffer_add_text(b, "</p></div>\n");
}

/* ---- the other model ---- */

static bool
put_difference(struct lw_buffer *b, const struct lw_difference *d, enum lw_figure f)
{
	int sure = lw_sure(d, f);
	bool done = lw_buffer_addf(b, "<td class=\"%s\">", sure < 0 ? "up" : sure > 0 ? "down" : "") && lw_markup_number(b, 100 * d->change.is, 2) &&
	    lw_buffer_add_text(b, sure < 0 ? " worse" : sure > 0 ? " better" : "") && lw_buffer_add_text(b, "</td><td class=\"soft\">");

	if (done && isfinite(d->change.low))
		done = lw_markup_number(b, 100 * d->change.low, 2) && lw_buffer_add_text(b, " to ") && lw_markup_number(b, 100 * d->change.high, 2);
	return done && lw_buffer_add_text(b, "</td>");
}

static bool
put_compared_parts(const struct lw_page *p, enum lw_by by)
{
	static const enum lw_figure shown[] = { LW_RECALL, LW_FPR };
	const struct lw_comparison *c = p->report->comparison;
	const char *const columns[] = { lw_view[by].title, "messages", "recall before", "now", "points", "95 %", "false positives before", "now",
		"points", "95 %", NULL };
	struct lw_buffer *b = p->out;
	bool done = c->view[by].n == 0 || lw_markup_table(b, lw_view[by].plural, columns);

	for (size_t i = 0; i < c->view[by].n && done; i++) {
		const struct lw_compared *part = &c->view[by].part[i];

		done = lw_buffer_add_text(b, "<tr>") && lw_markup_cell_name(b, part->name) && lw_markup_cell_count(b, part->n);
		for (int f = 0; f < 2 && done; f++)
			done = lw_markup_cell_share(b, part->at[shown[f]].before) && lw_markup_cell_share(b, part->at[shown[f]].now) &&
			    put_difference(b, &part->at[shown[f]], shown[f]);
		done = done && lw_buffer_add_text(b, "</tr>\n");
	}
	return done && (c->view[by].n == 0 || lw_markup_table_end(b));
}

static bool
put_changed(const struct lw_page *p)
{
	enum { SHOWN = 6 };
	const struct lw_comparison *c = p->report->comparison;
	size_t at = 0;
	bool done = true;

	for (int k = 0; k < LW_CHANGES && done; k++) {
		if (c->count[k] > 0)
			done = lw_buffer_addf(p->out, "<h3>%s: %zu</h3>\n", lw_change[k].meaning, c->count[k]);
		for (size_t i = at; i < at + c->count[k] && i < at + SHOWN && done; i++)
			done = lw_page_message(p, c->changed[i], k == LW_LOST ? "missed" : k == LW_FALSE_ALARM ? "wrong" : "");
		if (done && c->count[k] > SHOWN)
			done = lw_buffer_addf(p->out, "<p class=\"soft\">and %zu more (--changed FILE lists all)</p>\n", c->count[k] - SHOWN);
		at += c->count[k];
	}
	return done;
}

bool
lw_page_comparison(const struct lw_page *p)
{
	static const char *const columns[] = { "figure", "before", "now", "points", "95 %", NULL };
	const struct lw_comparison *c = p->report->comparison;
	struct lw_buffer *b = p->out;
	bool done = lw_markup_table(b, "Figures of both models", columns);

	for (int f = 0; f < LW_FIGURES && done; f++)
		done = lw_buffer_add_text(b, "<tr>") && lw_markup_cell_name(b, lw_figure[f].title) && lw_markup_cell_share(b, c->overall.at[f].before) &&
		    lw_markup_cell_share(b, c->overall.at[f].now) && put_difference(b, &c->overall.at[f], f) && lw_buffer_add_text(b, "</tr>\n");
	done = done && lw_markup_table_end(b);
	for (int by = 0; by < LW_VIEWS && done; by++)
		done = put_compared_parts(p, by);
	return done && put_changed(p);
}

/* ---- confusion ---- */

static bool
put_confusion_row(const struct lw_page *p, size_t t)
{
	const struct lw_evaluation *v = p->of;
	const struct lw_label_figures *l = &p->report->summary->label[t];
	struct lw_buffer *b = p->out;
	bool done = lw_buffer_add_text(b, "<tr>") && lw_markup_cell_name(b, v->label[t]) && lw_markup_cell_count(b, l->n);

	for (size_t k = 0; k < v->width && done; k++) {
		double share = (double)v->confusion[t * v->width + k] / (double)l->n;

		done = lw_buffer_add_text(b, "<td class=\"bar\" style=\"--w:") && lw_markup_number(b, 100 * share, 1) &&
		    lw_buffer_addf(b, "%%\">%llu</td>", (unsigned long long)v->confusion[t * v->width + k]);
	}
	return done && lw_markup_cell_share(b, l->flagged.is) && lw_markup_cell_interval(b, &l->flagged) && lw_markup_cell_share(b, l->precision.is) &&
	    lw_markup_cell_interval(b, &l->precision) && lw_markup_cell_share(b, l->recall.is) && lw_markup_cell_interval(b, &l->recall) &&
	    lw_buffer_add_text(b, "</tr>\n");
}

bool
lw_page_confusion(const struct lw_page *p)
{
	const struct lw_findings *s = p->report->summary;
	const char *columns[2 * LW_LABELS_MAX + 10] = { "truth \\ said", "messages" };
	struct lw_buffer *b = p->out;
	size_t n = 2;
	bool done;

	for (size_t k = 0; k < p->of->width; k++)
		columns[n++] = p->of->label[k];
	columns[n++] = "flagged";
	columns[n++] = "95 %";
	columns[n++] = "precision";
	columns[n++] = "95 %";
	columns[n++] = "recall";
	columns[n++] = "95 %";
	done = lw_markup_table(b, "Confusion of labels", columns);
	for (size_t t = 0; t < p->of->width && done; t++)
		if (s->label[t].n > 0)
			done = put_confusion_row(p, t);
	return done && lw_markup_table_end(b) && lw_buffer_add_text(b, "<p class=\"soft\">The right label was said of ") &&
	    lw_markup_percent(b, s->accuracy.is) && lw_buffer_add_text(b, " of messages; mean F1 of the labels ") &&
	    lw_markup_number(b, s->macro_f1.is, 3) && lw_buffer_add_text(b, ".</p>\n");
}

/* ---- parts ---- */

static bool
put_part(struct lw_buffer *b, const struct lw_slice *part)
{
	const struct lw_figures *f = &part->figures;

	return lw_buffer_add_text(b, "<tr>") && lw_markup_cell_name(b, part->name) && lw_markup_cell_count(b, f->n) &&
	    lw_markup_cell_count(b, f->positives) && lw_markup_cell_share(b, f->at[LW_RECALL].is) && lw_markup_cell_interval(b, &f->at[LW_RECALL]) &&
	    lw_markup_cell_share(b, f->at[LW_FPR].is) && lw_markup_cell_interval(b, &f->at[LW_FPR]) &&
	    lw_markup_cell_share(b, f->at[LW_RECALL_AT_1].is) && lw_markup_cell_number(b, f->at[LW_AUC].is, 3) &&
	    lw_markup_cell_share(b, f->at[LW_ECE].is) && lw_buffer_add_text(b, "</tr>\n");
}

static bool
put_view(const struct lw_page *p, enum lw_by by)
{
	const char *const columns[] = { lw_view[by].title, "messages", "to flag", "recall", "95 %", "false positives", "95 %",
		"recall at 1 %", "AUC", "calibration error", NULL };
	const struct lw_findings *s = p->report->summary;
	bool done = lw_markup_table(p->out, lw_view[by].plural, columns);

	for (size_t i = 0; i < s->view[by].n && done; i++)
		done = put_part(p->out, &s->view[by].part[i]);
	return done && lw_markup_table_end(p->out);
}

bool
lw_page_languages(const struct lw_page *p)
{
	return put_view(p, LW_BY_LANG);
}

bool
lw_page_sources(const struct lw_page *p)
{
	return put_view(p, LW_BY_SOURCE);
}

bool
lw_page_families(const struct lw_page *p)
{
	return put_view(p, LW_BY_FAMILY);
}

/* ---- corpus ---- */

static size_t
rows_of(const struct lw_corpus *c, uint32_t file, uint32_t label)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->row[i].file == file && c->row[i].label == label;
	return n;
}

static bool
put_file(struct lw_buffer *b, const struct lw_corpus *c, uint32_t i)
{
	const struct lw_corpus_file *f = &c->file[i];
	const char *slash = strrchr(f->argument, '/');
	bool done = lw_buffer_add_text(b, "<tr>") && lw_markup_cell_name(b, slash != NULL ? slash + 1 : f->argument) &&
	    lw_markup_cell_name(b, f->core ? "core" : "") && lw_markup_cell_count(b, f->rows);

	for (uint32_t k = 0; k < c->label.n && done; k++)
		done = lw_markup_cell_count(b, rows_of(c, i, k));
	return done && lw_markup_cell_count(b, f->left_out) && lw_markup_cell_count(b, f->unlabelled) && lw_markup_cell_count(b, f->unreadable) &&
	    lw_buffer_addf(b, "<td class=\"soft\"><code>%016llx</code></td></tr>\n", (unsigned long long)f->digest[0]);
}

/* What is doubtful about the corpora, a line each. */
static bool
put_doubts(const struct lw_page *p)
{
	struct lw_buffer lines = { 0 };
	bool done = lw_care_lines(p->report->care, p->of->corpus, &lines) && (lines.len == 0 || lw_buffer_add_text(p->out, "<ul>\n"));

	for (size_t at = 0; at < lines.len && done;) {
		size_t end = at;

		while (end < lines.len && lines.at[end] != '\n')
			end++;
		done = lw_buffer_add_text(p->out, "<li>") && lw_markup_span(p->out, (struct lw_span){ lines.at + at, end - at }) &&
		    lw_buffer_add_text(p->out, "</li>\n");
		at = end + 1;
	}
	done = done && (lines.len == 0 || lw_buffer_add_text(p->out, "</ul>\n"));
	lw_buffer_free(&lines);
	return done;
}

bool
lw_page_corpus(const struct lw_page *p)
{
	const struct lw_corpus *c = p->of->corpus;
	const char *columns[2 * LW_LABELS_MAX + 10] = { "file", "", "messages" };
	size_t n = 3;
	bool done;

	for (uint32_t k = 0; k < c->label.n && k < 2 * LW_LABELS_MAX; k++)
		columns[n++] = lw_name(&c->label, k);
	columns[n++] = "of another split";
	columns[n++] = "without label";
	columns[n++] = "unreadable";
	columns[n++] = "digest";
	done = (p->report->care == NULL || put_doubts(p)) && lw_markup_table(p->out, "Corpora", columns);
	for (uint32_t i = 0; i < c->files && done; i++)
		done = put_file(p->out, c, i);
	return done && lw_markup_table_end(p->out);
}
