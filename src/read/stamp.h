/*
 * stamp.h - dates and times at the head of a line, as chat exports write them in any locale
 *
 * Digits of any script; dots, slashes, dashes, brackets; 12 and 24 hours; the
 * date before the time or after it; bidi marks anywhere. Nothing here fails.
 */
#ifndef LW_STAMP_H
#define LW_STAMP_H

#include "read/format.h"

enum lw_half { LW_HALF_NONE, LW_HALF_AM, LW_HALF_PM };

struct lw_stamp {
	int part[3];                /* of the date, in the order they stand */
	int digits[3];
	int hour, minute, second;   /* second -1: not said */
	enum lw_half half;
	bool dated, slashes;
	bool lettered;              /* a date after Latin letters: "Mon, " */
};

enum lw_date_order { LW_ORDER_UNKNOWN, LW_DAY_FIRST, LW_MONTH_FIRST };

/* Length of "date, time - " or "[date, time] " at the start of the line; 0: the line does not begin so. */
size_t lw_stamp_head(struct lw_span line, struct lw_stamp *);

bool lw_stamp_clock(struct lw_span text, struct lw_stamp *);    /* all of the text is a time of day */
bool lw_stamp_date(struct lw_span line, struct lw_stamp *);     /* all of the line is a date, but for words: a weekday */

/* What this date says of the file's order of day and month; unknown when both fit. */
enum lw_date_order lw_stamp_order(const struct lw_stamp *);

/* ISO 8601, local time as it was written; nothing when it is no date of the Gregorian or Buddhist calendar. False: no memory. */
bool lw_stamp_iso(const struct lw_stamp *, enum lw_date_order, struct lw_buffer *);

size_t lw_stamp_marks(struct lw_span);      /* length of invisible marks and blanks at its start */

#endif
