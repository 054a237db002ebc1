/*
 * bootstrap.h - how far figures may be off, by resampling (Efron 1979)
 *
 * A resample draws as many groups as there are, with replacement; a message counts as often as its group was drawn.
 * Groups, because copies of a template are one finding, not many. The interval of a figure holds the middle 95 % of its
 * values over the resamples. Resample r has a chance of its own, so the threads do not matter.
 */
#ifndef LW_BOOTSTRAP_H
#define LW_BOOTSTRAP_H

#include "learn/matrix.h"

struct lw_estimate {
	double is, low, high;           /* low and high NAN: not known */
};

/* Figures of one resample: out[figures], NAN for one that has no answer. times: how often each group was drawn. */
typedef void (*lw_measure)(void *context, const uint32_t *times, unsigned thread, double *out);

struct lw_bootstrap {
	size_t groups, figures;
	unsigned resamples, threads;
	uint64_t seed;
	lw_measure measure;
	void *context;
	const struct lw_watcher *watcher; /* NULL: nobody */
	double from, to;                /* the part of the work that this is */
};

/*
 * Sets low and high of out[figures], when the figure had an answer in nine of ten resamples and there is more than one group.
 * Only memory can fail.
 */
lurewatch_error lw_bootstrap(const struct lw_bootstrap *, struct lw_estimate *out);

/*
 * A share that is 0 or 1 is so in every resample. Then the bound it does not touch is Wilson's (1927), over `n` groups.
 */
void lw_bound_share(struct lw_estimate *, size_t n);

#endif
