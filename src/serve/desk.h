/* desk.h - the desk's own calls, for the daemon's main loop; doors need serve.h alone */
#ifndef LW_DESK_H
#define LW_DESK_H

#include "serve/serve.h"

/* Opens the configured model and starts the workers. NULL: *why says the reason. */
struct lw_desk *lw_desk_open(struct lw_server *, struct lw_buffer *why);
/* Every job that was put has run when it returns. NULL is fine. */
void lw_desk_close(struct lw_desk *);
/* Answers jobs whose deadline passed in the queue; once a second. */
void lw_desk_tick(struct lw_desk *);

struct lw_desk_state {
	size_t queued, queue_limit, memory, memory_limit;
	unsigned workers, busy;
};
void lw_desk_look(struct lw_desk *, struct lw_desk_state *);

/* ---- held.c: one model with a scorer for each seat ---- */

/*
 * Reads the file into memory of its own: a file that is overwritten or cut short in its place later (cp
 * instead of mv) cannot pull the pages away from under a mapping. Checks it and tries each scorer on
 * built-in messages. threshold < 0: the model's own. NULL: *why says the reason.
 */
struct lw_held *lw_held_open(const char *path, unsigned seats, double threshold, struct lw_buffer *why);
struct lw_held *lw_held_take(struct lw_held *);         /* one more reference */
lurewatch_scorer *lw_held_scorer(struct lw_held *, unsigned seat);

#endif
