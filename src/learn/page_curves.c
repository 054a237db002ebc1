/* page_curves.c - recall, precision and reliability drawn, with bands of 95 %; the learning curve; false when memory is gone */
#include "learn/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GRID = 49, BINS = 10, RESAMPLES = 300 };

/* Recall at GRID false-positive rates, evenly spread on a logarithmic axis, then precision at GRID recalls. */
struct curve {
	double rate[GRID];
	struct lw_estimate recall[GRID], precision[GRID];
};

struct walk {
	struct lw_scored *scored;       /* n, one row a thread */
	size_t n;
	const double *rate;
};

static double
recall_of(int k)
{
	return (k + .5) / GRID;
}

/* One walk down the risks: out[k] is recall at rate[k], out[GRID + k] the precision where recall first reaches recall_of(k). */
static void
walk_down(const struct lw_scored *s, size_t n, const double *rate, double *out)
{
	double positive = 0, negative = 0, hit = 0, wrong = 0;
	int r = 0, p = 0;

	for (size_t i = 0; i < n; i++)
		*(s[i].positive ? &positive : &negative) += s[i].weight;
	for (size_t i = 0; i < n;) {
		double risk = s[i].risk, before = hit;

		for (; i < n && s[i].risk == risk; i++)
			*(s[i].positive ? &hit : &wrong) += s[i].weight;
		while (r < GRID && wrong > rate[r] * negative * (1 + 1e-9))
			out[r++] = before / positive;
		while (p < GRID && hit >= recall_of(p) * positive && hit > 0)
			out[GRID + p++] = hit / (hit + wrong);
	}
	while (r < GRID)
		out[r++] = hit / positive;
	while (p < GRID)
		out[GRID + p++] = NAN;
}

static void
measure(void *of, const uint32_t *times, unsigned thread, double *out)
{
	const struct walk *w = of;
	struct lw_scored *s = w->scored + thread * w->n;

	for (size_t i = 0; i < w->n; i++)
		s[i].weight = times[s[i].group];
	walk_down(s, w->n, w->rate, out);
}

/* The lowest rate drawn: one message of the negatives, in a round figure. */
static double
lowest_rate(size_t negatives)
{
	return negatives >= 10000 ? 1e-4 : negatives >= 1000 ? 1e-3 : 1e-2;
}

static bool
find_curve(const struct lw_page *page, const struct lw_evaluation *v, struct curve *c)
{
	const struct lw_figures *all = &page->report->summary->overall;
	double least = lowest_rate(all->n - all->positives), is[2 * GRID];
	struct lw_estimate band[2 * GRID];
	size_t n, groups;
	unsigned threads = page->report->threads;
	struct lw_scored *s = lw_evaluation_scores(v, NULL, 0, &n);
	uint32_t *scratch = lw_number_scratch(v->corpus);
	struct walk w = { malloc((n * threads + 1) * sizeof *w.scored), n, c->rate };
	bool done = s != NULL && scratch != NULL && w.scored != NULL;

	for (int k = 0; k < GRID; k++)
		c->rate[k] = least * pow(1 / least, (double)k / (GRID - 1));
	if (done) {
		walk_down(s, n, c->rate, is);
		groups = lw_number_groups(s, NULL, n, scratch);
		for (unsigned t = 0; t < threads; t++)
			memcpy(w.scored + t * n, s, n * sizeof *s);
		done = groups != SIZE_MAX && lw_bootstrap(&(struct lw_bootstrap){ .groups = groups, .figures = 2 * GRID,
			.resamples = RESAMPLES, .threads = threads, .seed = 1, .measure = measure, .context = &w }, band) == LUREWATCH_OK;
	}
	for (int k = 0; k < GRID && done; k++) {
		c->recall[k] = (struct lw_estimate){ is[k], band[k].low, band[k].high };
		c->precision[k] = (struct lw_estimate){ is[GRID + k], band[GRID + k].low, band[GRID + k].high };
	}
	free(s);
	free(scratch);
	free(w.scored);
	return done;
}

/* Points of a line; those without an answer are left out. */
static size_t
points_of(const struct lw_estimate *e, const double *x, struct lw_point *out)
{
	size_t n = 0;

	for (int k = 0; k < GRID; k++)
		if (isfinite(e[k].is))
			out[n++] = (struct lw_point){ x != NULL ? x[k] : recall_of(k), e[k].low, e[k].is, e[k].high };
	return n;
}

static bool
put_line(struct lw_chart *chart, const struct lw_estimate *e, const double *x, enum lw_colour colour, const char *name)
{
	struct lw_point p[GRID];
	size_t n = points_of(e, x, p);

	return lw_chart_band(chart, p, n, colour) && lw_chart_line(chart, p, n, colour, name);
}

static bool
put_both(const struct lw_page *page, const struct curve *now, const struct curve *before)
{
	const struct lw_figures *all = &page->report->summary->overall;
	const struct lw_estimate *recall = &all->at[LW_RECALL], *fpr = &all->at[LW_FPR], *precision = &all->at[LW_PRECISION];
	const char *name = before != NULL ? "now" : NULL, *other = before != NULL ? page->report->comparison->name : NULL;
	struct lw_chart c = { page->out, { "false positives (logarithmic)", now->rate[0], 1, true, true },
		{ "recall", 0, 1, false, true }, 0 };
	bool done = lw_chart_begin(&c, "Recall at a false-positive rate", "Recall against false-positive rate, logarithmic") &&
	    (before == NULL || put_line(&c, before->recall, before->rate, LW_GREY, other)) &&
	    put_line(&c, now->recall, now->rate, LW_BLUE, name);

	if (done && isfinite(recall->is) && isfinite(fpr->is))
		done = lw_chart_dot(&c, (struct lw_point){ fpr->is, NAN, recall->is, NAN }, LW_ORANGE, 5, "at the threshold");
	done = done && lw_chart_end(&c, "The dot is where the threshold stands; the band holds 95&nbsp;% of resamples.");
	c = (struct lw_chart){ page->out, { "recall", 0, 1, false, true }, { "precision", 0, 1, false, true }, 0 };
	done = done && lw_chart_begin(&c, "Precision at a recall", "Precision against recall") &&
	    (before == NULL || put_line(&c, before->precision, NULL, LW_GREY, other)) &&
	    put_line(&c, now->precision, NULL, LW_BLUE, name);
	if (done && isfinite(recall->is) && isfinite(precision->is))
		done = lw_chart_dot(&c, (struct lw_point){ recall->is, NAN, precision->is, NAN }, LW_ORANGE, 5, "at the threshold");
	return done && lw_chart_end(&c, "Precision depends on how many of these messages are to be flagged.");
}

/* ---- reliability ---- */

struct bin {
	double risk, positive, all;
};

/* Wilson's interval of a share (1927), 95 %. */
static struct lw_point
bin_point(const struct bin *b)
{
	const double z = 1.959964;
	double share = b->positive / b->all, n = b->all, middle = (share + z * z / (2 * n)) / (1 + z * z / n);
	double half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n));

	return (struct lw_point){ b->risk / b->all, middle - half, share, middle + half };
}

static bool
put_bin(struct lw_chart *c, const struct bin *b)
{
	struct lw_buffer text = { 0 };
	bool done = lw_buffer_addf(&text, "%.0f messages of risk ", b->all) && lw_markup_number(&text, b->risk / b->all, 2) &&
	    lw_buffer_add_text(&text, ": ") && lw_markup_number(&text, 100 * b->positive / b->all, 1) &&
	    lw_buffer_add_text(&text, " % of them to be flagged") && lw_buffer_add(&text, "", 1) &&
	    lw_chart_dot(c, bin_point(b), LW_BLUE, 2 + 1.2 * log10(b->all + 1), text.at);

	lw_buffer_free(&text);
	return done;
}

static bool
put_reliability(const struct lw_page *page)
{
	const struct lw_evaluation *v = page->of;
	const struct lw_estimate *ece = &page->report->summary->overall.at[LW_ECE];
	struct bin bin[BINS] = { { 0 } };
	struct lw_buffer caption = { 0 };
	struct lw_chart c = { page->out, { "risk said", 0, 1, false, true }, { "share really to be flagged", 0, 1, false, true }, 0 };
	bool done = lw_chart_begin(&c, "Is a risk a probability?", "Reliability: share really to be flagged against the risk said") &&
	    lw_chart_diagonal(&c);

	for (size_t i = 0; i < v->corpus->n; i++) {
		const struct lw_judgement *j = &v->judged[i];
		int k = (int)(j->risk * BINS);

		if (!j->judged)
			continue;
		k = k < BINS ? k : BINS - 1;
		bin[k].risk += j->risk;
		bin[k].positive += v->positive[i];
		bin[k].all++;
	}
	for (int k = 0; k < BINS && done; k++)
		done = bin[k].all == 0 || put_bin(&c, &bin[k]);
	done = done && lw_buffer_add_text(&caption, "On the line it is. Expected error ") && lw_markup_percent(&caption, ece->is) &&
	    lw_buffer_add_text(&caption, isfinite(ece->low) ? ", in resamples " : "") && lw_markup_interval(&caption, ece) &&
	    lw_buffer_add_text(&caption, ".") && lw_buffer_add(&caption, "", 1) && lw_chart_end(&c, caption.at);
	lw_buffer_free(&caption);
	return done;
}

bool
lw_page_curves(const struct lw_page *page)
{
	const struct lw_comparison *compared = page->report->comparison;
	const struct lw_figures *all = &page->report->summary->overall;
	struct curve now, before;
	bool done = lw_buffer_add_text(page->out, "<div class=\"charts\">");

	if (all->positives > 0 && all->positives < all->n)
		done = done && find_curve(page, page->of, &now) && (compared == NULL || find_curve(page, compared->before, &before)) &&
		    put_both(page, &now, compared != NULL ? &before : NULL);
	return done && put_reliability(page) && lw_buffer_add_text(page->out, "</div>\n");
}

/* ---- growth ---- */

static double
rounded_down(double x)
{
	return x > .1 ? floor(x * 10 - 1e-9) / 10 : 0;
}

static bool
put_growth_words(const struct lw_page *page)
{
	const struct lw_growth *g = page->report->growth;
	const struct lw_estimate *half = &g->at[g->n - 2].figures.at[LW_AVERAGE_PRECISION], *all = &g->at[g->n - 1].figures.at[LW_AVERAGE_PRECISION];
	double gain = 100 * (all->is - half->is);
	struct lw_buffer *b = page->out;

	return lw_buffer_add_text(b, "<p>From half of the messages to all of them average precision ") &&
	    lw_buffer_add_text(b, gain >= 0 ? "rose by <b>" : "fell by <b>") && lw_markup_number(b, fabs(gain), 1) &&
	    lw_buffer_addf(b, " points</b>. %s</p>\n", gain > 1 ? "Twice as many are likely to bring a good part of that again: more data is worth it." :
	    gain > .2 ? "More data of the same kind still helps, a little." :
	    "More of the same kind will change little; messages of other kinds, languages and sources may.");
}

bool
lw_page_growth(const struct lw_page *page)
{
	const struct lw_growth *g = page->report->growth;
	struct lw_point precision[LW_GROWTH_POINTS], recall[LW_GROWTH_POINTS];
	double low = 1;
	struct lw_chart c = { page->out, { "messages learned from (logarithmic)", (double)(g->at[0].messages + 1),
		(double)(g->at[g->n - 1].messages + 2), true, false }, { "of messages held out", 0, 1, false, true }, 0 };
	bool done;

	for (size_t i = 0; i < g->n; i++) {
		const struct lw_estimate *p = &g->at[i].figures.at[LW_AVERAGE_PRECISION], *r = &g->at[i].figures.at[LW_RECALL_AT_1];

		precision[i] = (struct lw_point){ (double)(g->at[i].messages + 1), p->low, p->is, p->high };
		recall[i] = (struct lw_point){ (double)(g->at[i].messages + 1), r->low, r->is, r->high };
		low = fmin(low, fmin(isfinite(r->low) ? r->low : 0, isfinite(p->low) ? p->low : 0));
	}
	c.up.least = rounded_down(low);
	done = put_growth_words(page) && lw_buffer_add_text(page->out, "<div class=\"charts\">") &&
	    lw_chart_begin(&c, "Learning curve", "Average precision and recall against the number of messages learned from") &&
	    lw_chart_band(&c, recall, g->n, LW_ORANGE) && lw_chart_band(&c, precision, g->n, LW_BLUE) &&
	    lw_chart_line(&c, recall, g->n, LW_ORANGE, "recall at 1 % false positives") &&
	    lw_chart_line(&c, precision, g->n, LW_BLUE, "average precision");
	for (size_t i = 0; i < g->n && done; i++)
		done = lw_chart_dot(&c, (struct lw_point){ precision[i].x, NAN, precision[i].y, NAN }, LW_BLUE, 4, "") &&
		    lw_chart_dot(&c, (struct lw_point){ recall[i].x, NAN, recall[i].y, NAN }, LW_ORANGE, 4, "");
	return done && lw_chart_end(&c, "Each point learned from a nested part of the templates and judged the same two folds, which none of them saw.") &&
	    lw_buffer_add_text(page->out, "</div>\n");
}
