/* findings_text.c - findings as tables for people; fails only without memory */
#include "learn/figures_out.h"

#include <math.h>
#include <stdlib.h>

enum { TIDY_ROWS = 60 };                /* parts shown in a table */

bool
lw_put_figure(struct lw_buffer *b, double x)
{
	return isfinite(x) ? lw_buffer_addf(b, "  %7.4f", x) : lw_buffer_addf(b, "  %7s", "-");
}

bool
lw_put_interval(struct lw_buffer *b, const struct lw_estimate *e)
{
	if (!isfinite(e->low))
		return lw_buffer_addf(b, "%10s", "");
	if (e->high < .0995)
		return lw_buffer_addf(b, "  %3.1f-%3.1f%%", 100 * e->low, 100 * e->high);
	return lw_buffer_addf(b, "  %3.0f-%3.0f%%", 100 * e->low, 100 * e->high);
}

static bool
put_row(struct lw_buffer *b, const char *title, const struct lw_estimate *e)
{
	bool done = lw_buffer_addf(b, "%-32s", title) && lw_put_figure(b, e->is);

	if (done && isfinite(e->low))
		done = lw_buffer_addf(b, "   %.4f to %.4f", e->low, e->high);
	return done && lw_buffer_addf(b, "\n");
}

static bool
put_overall(struct lw_buffer *b, const struct lw_findings *s)
{
	const struct lw_figures *f = &s->overall;
	const struct lw_evaluation *v = s->of;
	bool done = v->held_out == NULL || lw_buffer_addf(b, "each %s judged by experts that never saw it\n", v->held_out);

	done = done && lw_buffer_addf(b, "%zu messages, %zu of them to be flagged; threshold %.4f\n\n", f->n, f->positives, v->threshold);
	if (done && s->resamples > 0)
		done = lw_buffer_addf(b, "%41s   95 %% of %u resamples of %zu groups\n", "", s->resamples, f->groups);
	for (int i = 0; done && i < LW_FIGURES; i++)
		done = put_row(b, lw_figure[i].title, &f->at[i]);
	return done && put_row(b, "accuracy of labels", &s->accuracy) && put_row(b, "macro F1 of labels", &s->macro_f1);
}

static bool
put_confusion(struct lw_buffer *b, const struct lw_findings *s)
{
	const struct lw_evaluation *v = s->of;
	bool done = lw_buffer_addf(b, "\n%-16s %8s  %8s", "truth \\ said", "n", "flagged");

	for (size_t k = 0; done && k < v->width; k++)
		done = lw_buffer_addf(b, "  %12.12s", v->label[k]);
	done = done && lw_buffer_addf(b, "\n");
	for (size_t t = 0; done && t < v->width; t++) {
		const struct lw_label_figures *l = &s->label[t];

		if (v->truth[t] == LW_NO_NAME)
			continue;
		done = lw_buffer_addf(b, "%-16.16s %8llu  %7.2f%%", v->label[t], (unsigned long long)l->n,
		    l->n > 0 ? 100 * l->flagged.is : 0);
		for (size_t k = 0; done && k < v->width; k++)
			done = lw_buffer_addf(b, "  %12llu", (unsigned long long)v->confusion[t * v->width + k]);
		done = done && lw_buffer_addf(b, "\n");
	}
	return done;
}

static bool
put_part(struct lw_buffer *b, const struct lw_slice *p)
{
	const struct lw_figures *f = &p->figures;

	return lw_buffer_addf(b, "%-24.24s %7zu %7zu", p->name, f->n, f->positives) && lw_put_figure(b, f->at[LW_AUC].is) &&
	    lw_put_figure(b, f->at[LW_RECALL].is) && lw_put_interval(b, &f->at[LW_RECALL]) && lw_put_figure(b, f->at[LW_FPR].is) &&
	    lw_put_interval(b, &f->at[LW_FPR]) && lw_put_figure(b, f->at[LW_RECALL_AT_1].is) &&
	    lw_put_figure(b, f->at[LW_ECE].is) && lw_buffer_addf(b, "\n");
}

static bool
put_view(struct lw_buffer *b, const struct lw_findings *s, enum lw_by by)
{
	size_t n = s->view[by].n;
	bool done = n == 0 || lw_buffer_addf(b, "\n%-24s %7s %7s  %7s  %7s%10s  %7s%10s  %7s  %7s\n", lw_view[by].title, "n",
	    "flagged", "AUC", "recall", s->resamples > 0 ? "95 %" : "", "FPR", s->resamples > 0 ? "95 %" : "", "rec@1%", "ECE");

	for (size_t i = 0; done && i < n && i < TIDY_ROWS; i++)
		done = put_part(b, &s->view[by].part[i]);
	if (done && n > TIDY_ROWS)
		done = lw_buffer_addf(b, "... and %zu more (-o json has all)\n", n - TIDY_ROWS);
	return done;
}

bool
lw_put_findings(struct lw_buffer *b, const struct lw_findings *s)
{
	bool done = put_overall(b, s) && put_confusion(b, s);

	for (int by = 0; done && by < LW_VIEWS; by++)
		done = put_view(b, s, by);
	return done;
}

char *
lw_findings_text(const struct lw_findings *s)
{
	struct lw_buffer b = { 0 };

	if (!lw_put_findings(&b, s) || !lw_buffer_add(&b, "", 1)) {
		lw_buffer_free(&b);
		return NULL;
	}
	return b.at;
}
