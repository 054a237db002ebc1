/* progress.h - a line on a terminal's stderr that says how far a long run is */
#ifndef LW_PROGRESS_H
#define LW_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct lw_progress {
	bool on;                /* stderr is a terminal */
	bool shown;
	double begun, last;     /* seconds */
	uint64_t total;         /* bytes of all inputs, 0: not known */
};

void lw_progress_start(struct lw_progress *, uint64_t total);
void lw_progress_show(struct lw_progress *, uint64_t messages, uint64_t bytes); /* cheap; shows at most twice a second */
void lw_progress_clear(struct lw_progress *);   /* before anything else goes to the terminal */

#endif
