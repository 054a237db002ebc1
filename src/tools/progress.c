/* progress.c - nothing is shown in the first two seconds, nor when stderr is no terminal; without memory nothing at all */
#include "tools/progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 24, WIDE_ENOUGH = 79 };    /* columns */

static const double PATIENCE = 2, PERIOD = 0.5;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

unsigned
lw_terminal_columns(int descriptor)
{
	struct winsize size;

	if (isatty(descriptor) != 1)
		return 0;
	return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void
lw_progress_start(struct lw_progress *p, uint64_t total)
{
	*p = (struct lw_progress){ .total = total, .columns = lw_terminal_columns(STDERR_FILENO) };
	p->on = p->columns > 0;
	if (p->on)
		p->begun = p->last = now();
}

static bool
put_bar(struct lw_buffer *b, double part)
{
	int full = (int)(part * BAR);
	bool done = lw_buffer_add(b, "[", 1);

	for (int i = 0; done && i < BAR; i++)
		done = lw_buffer_add(b, i < full ? "#" : "-", 1);
	return done && lw_buffer_addf(b, "] %3.0f %%  ", part * 100);
}

static bool
put_time(struct lw_buffer *b, double seconds)
{
	unsigned long s = seconds < 360000 ? (unsigned long)(seconds + 0.5) : 360000;

	if (s >= 3600)
		return lw_buffer_addf(b, ", %lu h %02lu min left", s / 3600, s / 60 % 60);
	if (s >= 60)
		return lw_buffer_addf(b, ", %lu min %02lu s left", s / 60, s % 60);
	return lw_buffer_addf(b, ", %lu s left", s);
}

bool
lw_progress_line(struct lw_buffer *b, const struct lw_progress *p, uint64_t messages, uint64_t bytes, double seconds)
{
	bool known = p->total > 0 && bytes > 0;
	double part = known ? (double)bytes / (double)p->total : 0;

	part = part < 1 ? part : 1;
	if (known && p->columns >= WIDE_ENOUGH && !put_bar(b, part))
		return false;
	if (!lw_buffer_addf(b, "%llu messages, %.0f/s", (unsigned long long)messages, (double)messages / seconds))
		return false;
	return !known || put_time(b, seconds / part - seconds);
}

void
lw_progress_show(struct lw_progress *p, uint64_t messages, uint64_t bytes)
{
	struct lw_buffer line = { 0 };
	double t;

	/* the clock is looked at now and then only */
	if (!p->on || (p->calls++ & 15) != 0)
		return;
	t = now();
	if (t - p->begun < PATIENCE || t - p->last < PERIOD)
		return;
	p->last = t;
	if (lw_progress_line(&line, p, messages, bytes, t - p->begun)) {
		p->shown = true;
		fprintf(stderr, "\r\x1b[K%.*s", (int)line.len, line.at);
		fflush(stderr);
	}
	lw_buffer_free(&line);
}

void
lw_progress_clear(struct lw_progress *p)
{
	if (p->shown)
		fputs("\r\x1b[K", stderr);
	p->shown = false;
}
