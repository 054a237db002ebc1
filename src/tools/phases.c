/* phases.c - progress of long work; nothing here can fail */
#include "tools/phases.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void
lw_phases_start(struct lw_phases *p)
{
	*p = (struct lw_phases){ .on = isatty(STDERR_FILENO) != 0, .lock = PTHREAD_MUTEX_INITIALIZER };
}

void
lw_phases_call(void *of, const char *phase, double part)
{
	struct lw_phases *p = of;
	double t = now();

	if (!p->on)
		return;
	pthread_mutex_lock(&p->lock);
	if (strncmp(p->name, phase, sizeof p->name - 1) != 0) {
		snprintf(p->name, sizeof p->name, "%s", phase);
		p->begun = t;
		p->last = 0;
	}
	if (t - p->last >= 0.5) {
		double left = part > 0 ? (t - p->begun) * (1 - part) / part : 0;

		p->last = t;
		p->shown = true;
		fprintf(stderr, "\r\033[K%s  %3.0f %%", p->name, 100 * part);
		if (part > 0 && part < 1)
			fprintf(stderr, "  %.0f s left", left);
		fflush(stderr);
	}
	pthread_mutex_unlock(&p->lock);
}

void
lw_phases_end(struct lw_phases *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
