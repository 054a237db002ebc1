/* progress.c - nothing is shown in the first two seconds, nor when stderr is no terminal; nothing can fail */
#include "tools/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const double PATIENCE = 2, PERIOD = 0.5;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void
lw_progress_start(struct lw_progress *p, uint64_t total)
{
	*p = (struct lw_progress){ .on = isatty(STDERR_FILENO) == 1, .total = total };
	if (p->on)
		p->begun = p->last = now();
}

void
lw_progress_show(struct lw_progress *p, uint64_t messages, uint64_t bytes)
{
	double t, spent, part;

	if (!p->on || (messages & 15) != 0)
		return;
	t = now();
	spent = t - p->begun;
	if (spent < PATIENCE || t - p->last < PERIOD)
		return;
	p->last = t;
	p->shown = true;
	fprintf(stderr, "\r\x1b[K%llu messages, %.0f/s", (unsigned long long)messages, (double)messages / spent);
	if (p->total > 0 && bytes > 0) {
		part = (double)bytes / (double)p->total;
		part = part < 1 ? part : 1;
		fprintf(stderr, ", %.0f %%, %.0f s left", part * 100, spent / part - spent);
	}
	fflush(stderr);
}

void
lw_progress_clear(struct lw_progress *p)
{
	if (p->shown)
		fputs("\r\x1b[K", stderr);
	p->shown = false;
}
