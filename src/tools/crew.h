/*
 * crew.h - N threads judge what one thread gives and takes back
 *
 * Messages come back in the order in which they were given, on the giver's thread,
 * so the output is the same at any N. With one thread there is no other, and nothing is copied.
 */
#ifndef LW_CREW_H
#define LW_CREW_H

#include "tools/judge.h"

struct lw_crew;

/* `done` gets each job in order; it may not give. The judge outlives the crew and changes only while it is drained. */
lurewatch_error lw_crew_start(const struct lw_judge *, unsigned threads, void (*done)(void *, struct lw_job *), void *data,
    struct lw_crew **out);
lurewatch_error lw_crew_give(struct lw_crew *, const struct lw_message *);
void lw_crew_drain(struct lw_crew *);   /* returns when all that was given has come back */
void lw_crew_stop(struct lw_crew *);    /* NULL is fine */

#endif
