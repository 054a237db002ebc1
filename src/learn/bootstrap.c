/* bootstrap.c - resampling by groups; only memory can fail */
#include "learn/bootstrap.h"
#include "learn/parallel.h"
#include "text/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct run {
	const struct lw_bootstrap *boot;
	uint32_t *times;                /* groups, one row a thread */
	double *value;                  /* figures, one row a resample */
};

static lurewatch_error
resample(void *of, size_t item, unsigned thread)
{
	const struct run *run = of;
	const struct lw_bootstrap *b = run->boot;
	uint32_t *times = run->times + thread * b->groups;
	struct lw_random chance;

	lw_random_seed(&chance, lw_mix(b->seed) + item);
	memset(times, 0, b->groups * sizeof *times);
	for (size_t i = 0; i < b->groups; i++)
		times[lw_random_below(&chance, b->groups)]++;
	b->measure(b->context, times, thread, run->value + item * b->figures);
	if (b->watcher != NULL)
		lw_watch(b->watcher, "intervals", b->from + (b->to - b->from) * (double)(item + 1) / b->resamples);
	return LUREWATCH_OK;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The middle 95 % of one figure's values; `sorted` is room for all of them. */
static void
bound(const struct run *run, size_t figure, double *sorted, struct lw_estimate *out)
{
	const struct lw_bootstrap *b = run->boot;
	size_t n = 0, cut;

	for (size_t r = 0; r < b->resamples; r++) {
		double x = run->value[r * b->figures + figure];

		if (isfinite(x))
			sorted[n++] = x;
	}
	out->low = out->high = NAN;
	if (n == 0 || 10 * n < 9 * (size_t)b->resamples)
		return;
	qsort(sorted, n, sizeof *sorted, ascending);
	cut = n / 40;
	out->low = sorted[cut];
	out->high = sorted[n - 1 - cut];
}

lurewatch_error
lw_bootstrap(const struct lw_bootstrap *b, struct lw_estimate *out)
{
	struct run run = { .boot = b, .times = malloc((b->threads * b->groups + 1) * sizeof *run.times),
		.value = malloc(((size_t)b->resamples * b->figures + 1) * sizeof *run.value) };
	double *sorted = malloc(((size_t)b->resamples + 1) * sizeof *sorted);
	lurewatch_error e = LUREWATCH_E_MEMORY;

	if (run.times != NULL && run.value != NULL && sorted != NULL)
		e = b->groups > 1 ? lw_parallel(b->resamples, b->threads, resample, &run) : LUREWATCH_OK;
	for (size_t f = 0; f < b->figures && e == LUREWATCH_OK; f++) {
		if (b->groups > 1)
			bound(&run, f, sorted, &out[f]);
		else
			out[f].low = out[f].high = NAN;
	}
	free(run.times);
	free(run.value);
	free(sorted);
	return e;
}

void
lw_bound_share(struct lw_estimate *e, size_t n)
{
	const double z = 1.959964;
	double far = z * z / ((double)n + z * z);

	if (n == 0 || !isfinite(e->low))
		return;
	if (e->is <= 0)
		e->high = far;
	else if (e->is >= 1)
		e->low = 1 - far;
}
