/*
 * join.h - short messages in parts, until the last part is there or time is up
 *
 * Bounded: so many parts wait at most, for so long at most. Any thread.
 */
#ifndef LW_JOIN_H
#define LW_JOIN_H

#include "read/gsm.h"

struct lw_joiner;

struct lw_part {
	struct lw_span from, to, id;
	struct lw_span data;            /* user data with its header, if the header is in there */
	struct lw_udh udh;
	const char *charset;
	int door;                       /* the caller's own, given back with what expired */
};

struct lw_joined {                      /* zeroed before first use; reused at will */
	struct lw_buffer text;          /* UTF-8 */
	struct lw_buffer from, id;      /* of the first part that came */
	int door;
	bool whole;
};

enum lw_join_result {
	LW_JOIN_WAITS,                  /* kept; others are missing */
	LW_JOIN_WHOLE,                  /* *out is the message */
	LW_JOIN_NO_ROOM,                /* not kept: judge the part by itself */
	LW_JOIN_NO_MEMORY
};

struct lw_joiner *lw_joiner_new(size_t parts, int64_t patience);        /* nanoseconds; NULL: memory is gone */
void lw_joiner_free(struct lw_joiner *);

/* A part that came before (a retry) takes its own place again. now: of any clock that never goes back. */
enum lw_join_result lw_join(struct lw_joiner *, const struct lw_part *, int64_t now, struct lw_joined *out);

/* One message whose time is up at `now`, its missing parts left out; false: there is none (or memory is gone). */
bool lw_join_expired(struct lw_joiner *, int64_t now, struct lw_joined *out);
size_t lw_joiner_waiting(struct lw_joiner *);   /* parts */

void lw_joined_free(struct lw_joined *);

#endif
