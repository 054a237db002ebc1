/* progress.h - a bar on a terminal's stderr: how far a long run is, how fast, how long still */
#ifndef LW_PROGRESS_H
#define LW_PROGRESS_H

#include "text/buffer.h"

struct lw_progress {
	bool on;                /* stderr is a terminal */
	bool shown;
	unsigned calls;
	double begun, last;     /* seconds */
	uint64_t total;         /* bytes of all inputs, 0: not known */
	unsigned columns;       /* of the terminal */
};

void lw_progress_start(struct lw_progress *, uint64_t total);
void lw_progress_show(struct lw_progress *, uint64_t messages, uint64_t bytes); /* cheap; shows at most twice a second */
void lw_progress_clear(struct lw_progress *);   /* before anything else goes to the terminal */

/* The line alone, after so many seconds; false: memory is gone. */
bool lw_progress_line(struct lw_buffer *, const struct lw_progress *, uint64_t messages, uint64_t bytes, double seconds);

/* Columns of the terminal behind a descriptor, 0 when there is none. */
unsigned lw_terminal_columns(int descriptor);

#endif
