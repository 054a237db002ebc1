/* verdict.c - a comparison in sentences: better or not, and for whom it is worse; fails only without memory */
#include "learn/compare.h"

#include <math.h>

static const enum lw_figure gate[] = { LW_AVERAGE_PRECISION, LW_F1, LW_FPR };
enum { GATES = sizeof gate / sizeof gate[0], NAMED = 8 };       /* parts named in a sentence */

/* How much worse, negative when better; nothing can be said of a figure without an answer. */
static double
loss(const struct lw_difference *d, enum lw_figure f)
{
	double x = lw_figure[f].more_is_better ? -d->change.is : d->change.is;

	return isfinite(x) ? x : 0;
}

static bool
put_change(struct lw_buffer *b, const struct lw_difference *d, enum lw_figure f)
{
	bool done = lw_buffer_addf(b, "%s %.4f to %.4f (%+.4f", lw_figure[f].title, d->before, d->now, d->change.is);

	if (done && isfinite(d->change.low))
		done = lw_buffer_addf(b, ", 95 %% %+.4f to %+.4f", d->change.low, d->change.high);
	return done && lw_buffer_addf(b, ")");
}

/* "average precision ... , F1 ..." of the gate's figures of this kind; *any tells whether there was one. */
static bool
put_figures(const struct lw_comparison *c, bool (*is)(const struct lw_comparison *, enum lw_figure), bool *any, struct lw_buffer *b)
{
	*any = false;
	for (int i = 0; i < GATES; i++) {
		if (!is(c, gate[i]))
			continue;
		if ((*any && !lw_buffer_addf(b, ", ")) || !put_change(b, &c->overall.at[gate[i]], gate[i]))
			return false;
		*any = true;
	}
	return true;
}

static bool
fails(const struct lw_comparison *c, enum lw_figure f)
{
	return loss(&c->overall.at[f], f) > c->tolerance;
}

static bool
fails_surely(const struct lw_comparison *c, enum lw_figure f)
{
	return fails(c, f) && lw_sure(&c->overall.at[f], f) < 0;
}

static bool
gains(const struct lw_comparison *c, enum lw_figure f)
{
	return lw_sure(&c->overall.at[f], f) > 0;
}

static bool
slips(const struct lw_comparison *c, enum lw_figure f)
{
	return lw_sure(&c->overall.at[f], f) < 0;
}

static bool
any_of(const struct lw_comparison *c, bool (*is)(const struct lw_comparison *, enum lw_figure))
{
	for (int i = 0; i < GATES; i++)
		if (is(c, gate[i]))
			return true;
	return false;
}

static bool
put_all_in_all(struct lw_comparison *c, struct lw_buffer *b)
{
	bool any;

	c->worse = any_of(c, fails);
	if (c->worse)
		return lw_buffer_addf(b, "Worse than %s by more than %.4g: ", c->name, c->tolerance) && put_figures(c, fails, &any, b) &&
		    lw_buffer_addf(b, any_of(c, fails_surely) ? "." : "; so few messages that chance alone may be the cause.") &&
		    (!any_of(c, gains) || (lw_buffer_addf(b, " Yet better: ") && put_figures(c, gains, &any, b) && lw_buffer_addf(b, ".")));
	if (any_of(c, gains) && !any_of(c, slips))
		return lw_buffer_addf(b, "Better than %s: ", c->name) && put_figures(c, gains, &any, b) && lw_buffer_addf(b, ".");
	if (any_of(c, gains))
		return lw_buffer_addf(b, "Better than %s in ", c->name) && put_figures(c, gains, &any, b) && lw_buffer_addf(b, ", worse in ") &&
		    put_figures(c, slips, &any, b) && lw_buffer_addf(b, ", within the tolerance of %.4g.", c->tolerance);
	if (any_of(c, slips))
		return lw_buffer_addf(b, "A little worse than %s, within the tolerance of %.4g: ", c->name, c->tolerance) &&
		    put_figures(c, slips, &any, b) && lw_buffer_addf(b, ".");
	return lw_buffer_addf(b, "No sure difference from %s: ", c->name) &&
	    put_change(b, &c->overall.at[LW_AVERAGE_PRECISION], LW_AVERAGE_PRECISION) && lw_buffer_addf(b, ".");
}

/* A part is worse off when it surely loses recall, or gains false positives, by more than the tolerance. */
static bool
is_worse(const struct lw_comparison *c, const struct lw_compared *p, enum lw_figure f)
{
	return lw_sure(&p->at[f], f) < 0 && loss(&p->at[f], f) > c->tolerance;
}

struct worse {
	const struct lw_compared *part;
	enum lw_by by;
	enum lw_figure figure;
	double loss;
};

/* The NAMED worst off, the worst first; *n is how many there are at all. */
static void
find_worse(const struct lw_comparison *c, struct worse *out, size_t *n)
{
	static const enum lw_figure figure[] = { LW_RECALL, LW_FPR };

	*n = 0;
	for (int by = 0; by < LW_VIEWS; by++)
		for (size_t i = 0; i < 2 * c->view[by].n; i++) {
			struct worse w = { &c->view[by].part[i / 2], by, figure[i % 2], 0 };
			size_t at = *n < NAMED ? *n : NAMED;

			if (!is_worse(c, w.part, w.figure))
				continue;
			w.loss = loss(&w.part->at[w.figure], w.figure);
			for (; at > 0 && out[at - 1].loss < w.loss; at--)
				if (at < NAMED)
					out[at] = out[at - 1];
			if (at < NAMED)
				out[at] = w;
			++*n;
		}
}

static bool
put_for_whom(const struct lw_comparison *c, struct lw_buffer *b)
{
	struct worse worse[NAMED];
	size_t n;
	bool done = true;

	find_worse(c, worse, &n);
	if (n == 0)
		return lw_buffer_addf(b, " Surely worse for no source, language or family.");
	for (size_t i = 0; i < n && i < NAMED && done; i++) {
		const struct worse *w = &worse[i];

		done = lw_buffer_addf(b, "%s %s %s (%s %.2f to %.2f)", i == 0 ? " Surely worse for" : ",", lw_view[w->by].title, w->part->name,
		    lw_figure[w->figure].title, w->part->at[w->figure].before, w->part->at[w->figure].now);
	}
	return done && (n <= NAMED || lw_buffer_addf(b, " and %zu more", n - NAMED)) && lw_buffer_addf(b, ".");
}

bool
lw_comparison_verdict(struct lw_comparison *c)
{
	struct lw_buffer *b = &c->verdict;

	return put_all_in_all(c, b) && (c->resamples == 0 || put_for_whom(c, b)) && lw_buffer_addf(b, " %zu messages changed side: "
	    "%zu caught, %zu lost, %zu new false alarms, %zu cleared.", c->changes, c->count[LW_CAUGHT], c->count[LW_LOST],
	    c->count[LW_FALSE_ALARM], c->count[LW_CLEARED]) && lw_buffer_add(b, "", 1);
}
