/* compare.c - paired resampling of two models' figures; only memory can fail, or models that flag different labels */
#include "learn/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct lw_change_about lw_change[LW_CHANGES] = {
	[LW_LOST] = { "lost", "caught before, missed now" },
	[LW_FALSE_ALARM] = { "false-alarm", "rightly passed before, flagged now" },
	[LW_CAUGHT] = { "caught", "missed before, caught now" },
	[LW_CLEARED] = { "cleared", "wrongly flagged before, passed now" },
};

int
lw_sure(const struct lw_difference *d, enum lw_figure f)
{
	int more = d->change.low > 0 ? 1 : d->change.high < 0 ? -1 : 0;

	return lw_figure[f].more_is_better ? more : -more;
}

enum lw_change
lw_change_of(const struct lw_comparison *c, uint32_t row)
{
	if (c->now->positive[row])
		return c->now->judged[row].flagged ? LW_CAUGHT : LW_LOST;
	return c->now->judged[row].flagged ? LW_FALSE_ALARM : LW_CLEARED;
}

/* ---- figures ---- */

struct pair {
	struct lw_scored *before, *now; /* n of each, one row a thread */
	size_t n;
};

static void
weigh(struct lw_scored *s, size_t n, const uint32_t *times, struct lw_metrics *out)
{
	for (size_t i = 0; i < n; i++)
		s[i].weight = times[s[i].group];
	lw_metrics_sorted(s, n, out);
}

static void
measure(void *of, const uint32_t *times, unsigned thread, double *out)
{
	const struct pair *p = of;
	struct lw_metrics before, now;

	weigh(p->before + thread * p->n, p->n, times, &before);
	weigh(p->now + thread * p->n, p->n, times, &now);
	for (int f = 0; f < LW_FIGURES; f++)
		out[f] = lw_figure_of(&now, f) - lw_figure_of(&before, f);
}

struct comparing {
	struct lw_comparison *out;
	const struct lw_resampling *how;
	uint32_t *scratch;
	double done, all;
};

static struct lw_scored *
repeat(const struct lw_scored *s, size_t n, unsigned times)
{
	struct lw_scored *all = malloc((n * times + 1) * sizeof *all);

	for (unsigned t = 0; all != NULL && t < times; t++)
		memcpy(all + t * n, s, n * sizeof *s);
	return all;
}

static lurewatch_error
resample(struct comparing *x, const struct lw_scored *before, const struct lw_scored *now, size_t n, size_t groups,
    struct lw_compared *out)
{
	unsigned threads = lw_threads_for(2 * n, x->how);
	struct pair p = { repeat(before, n, threads), repeat(now, n, threads), n };
	struct lw_estimate change[LW_FIGURES];
	struct lw_bootstrap b = { .groups = groups, .figures = LW_FIGURES, .resamples = x->how->resamples, .threads = threads,
		.seed = x->how->seed, .measure = measure, .context = &p, .watcher = x->how->watcher, .from = x->done / x->all };
	lurewatch_error e = LUREWATCH_E_MEMORY;

	x->done += (double)n;
	b.to = x->done / x->all;
	if (p.before != NULL && p.now != NULL)
		e = lw_bootstrap(&b, change);
	for (int f = 0; f < LW_FIGURES && e == LUREWATCH_OK; f++) {
		out->at[f].change.low = change[f].low;
		out->at[f].change.high = change[f].high;
	}
	free(p.before);
	free(p.now);
	return e;
}

static lurewatch_error
compare_part(struct comparing *x, const uint32_t *key, uint32_t which, struct lw_compared *out)
{
	size_t n, groups;
	struct lw_scored *before = lw_evaluation_scores(x->out->before, key, which, &n);
	struct lw_scored *now = lw_evaluation_scores(x->out->now, key, which, &n);
	struct lw_metrics a, b;
	lurewatch_error e = LUREWATCH_E_MEMORY;

	if (before != NULL && now != NULL) {
		lw_metrics_sorted(before, n, &a);
		lw_metrics_sorted(now, n, &b);
		out->n = n;
		out->positives = b.positives;
		for (int f = 0; f < LW_FIGURES; f++) {
			struct lw_difference *d = &out->at[f];

			*d = (struct lw_difference){ lw_figure_of(&a, f), lw_figure_of(&b, f), { 0, NAN, NAN } };
			d->change.is = d->now - d->before;
		}
		groups = lw_number_groups(before, now, n, x->scratch);
		if (groups != SIZE_MAX)
			e = x->how->resamples > 0 ? resample(x, before, now, n, groups, out) : LUREWATCH_OK;
	}
	free(before);
	free(now);
	return e;
}

static lurewatch_error
compare_view(struct comparing *x, enum lw_by by)
{
	const struct lw_corpus *c = x->out->now->corpus;
	const struct lw_names *names = lw_view_names(c, by);
	uint32_t *key = lw_view_keys(c, by);
	struct lw_compared *part = calloc(names->n + 1, sizeof *part);
	lurewatch_error e = key != NULL && part != NULL ? LUREWATCH_OK : LUREWATCH_E_MEMORY;

	x->out->view[by].part = part;
	for (uint32_t k = 0; k < names->n && e == LUREWATCH_OK; k++) {
		struct lw_compared *p = &part[x->out->view[by].n];

		p->name = lw_name(names, k);
		e = compare_part(x, key, k, p);
		x->out->view[by].n += p->n > 0;
	}
	free(key);
	return e;
}

/* ---- messages ---- */

/* A changed row with what it is ordered by. */
struct move {
	enum lw_change change;
	double by;
	uint32_t row;
};

static int
by_change_and_move(const void *a, const void *b)
{
	const struct move *x = a, *y = b;

	if (x->change != y->change)
		return x->change < y->change ? -1 : 1;
	if (x->by != y->by)
		return x->by > y->by ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static lurewatch_error
find_changed(struct lw_comparison *c)
{
	size_t n = c->now->corpus->n;
	struct move *move = malloc((n + 1) * sizeof *move);

	c->changed = malloc((n + 1) * sizeof *c->changed);
	if (move == NULL || c->changed == NULL) {
		free(move);
		return LUREWATCH_E_MEMORY;
	}
	for (uint32_t i = 0; i < n; i++) {
		const struct lw_judgement *a = &c->before->judged[i], *b = &c->now->judged[i];

		if (a->flagged != b->flagged)
			move[c->changes++] = (struct move){ lw_change_of(c, i), fabs(b->risk - a->risk), i };
	}
	qsort(move, c->changes, sizeof *move, by_change_and_move);
	for (size_t i = 0; i < c->changes; i++) {
		c->changed[i] = move[i].row;
		c->count[move[i].change]++;
	}
	free(move);
	return LUREWATCH_OK;
}

/* ---- all of it ---- */

lurewatch_error
lw_compare(const struct lw_evaluation *before, const struct lw_evaluation *now, const char *name, double tolerance,
    const struct lw_resampling *how, struct lw_comparison *out)
{
	size_t n = now->corpus->n;
	struct comparing x = { out, how, lw_number_scratch(now->corpus), 0, (double)(1 + LW_VIEWS) * (double)n };
	lurewatch_error e = x.scratch != NULL ? LUREWATCH_OK : LUREWATCH_E_MEMORY;

	*out = (struct lw_comparison){ .before = before, .now = now, .name = name, .resamples = how->resamples, .tolerance = tolerance };
	for (size_t i = 0; i < n && e == LUREWATCH_OK; i++)
		if (before->positive[i] != now->positive[i])
			e = LUREWATCH_E_ARGUMENT;
	if (e == LUREWATCH_OK)
		e = compare_part(&x, NULL, 0, &out->overall);
	for (int by = 0; by < LW_VIEWS && e == LUREWATCH_OK; by++)
		e = compare_view(&x, by);
	if (e == LUREWATCH_OK)
		e = find_changed(out);
	if (e == LUREWATCH_OK && !lw_comparison_verdict(out))
		e = LUREWATCH_E_MEMORY;
	free(x.scratch);
	if (e != LUREWATCH_OK)
		lw_comparison_free(out);
	return e;
}

void
lw_comparison_free(struct lw_comparison *c)
{
	for (int by = 0; by < LW_VIEWS; by++)
		free(c->view[by].part);
	free(c->changed);
	lw_buffer_free(&c->verdict);
	*c = (struct lw_comparison){ 0 };
}
