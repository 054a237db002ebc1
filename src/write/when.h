/* when.h - times as dumps write them: ISO 8601, RFC 5322, seconds or milliseconds since 1970 */
#ifndef LW_WHEN_H
#define LW_WHEN_H

#include "text/buffer.h"

struct lw_when {
	bool known;             /* false: no such time, the rest is 0 */
	bool zoned;             /* seconds are UTC's; else of whatever clock it was written by */
	int64_t seconds;        /* since 1970-01-01T00:00:00, for comparing */
	int64_t day;            /* the day as it was written, since 1970-01-01 */
};

struct lw_when lw_when_read(struct lw_span);
bool lw_put_day(struct lw_buffer *, struct lw_when);    /* 2026-01-31 */
bool lw_put_when(struct lw_buffer *, struct lw_when);   /* 2026-01-31T23:59:00Z, or without Z; false: memory is gone */

#endif
