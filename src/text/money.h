/*
 * money.h - sums of money and other numbers in a normalised text
 *
 * A sum is a number beside a currency's sign, code or name. Its band is the
 * number of digits of its worth in US dollars at the rates of 2025, which is all that
 * anybody should read into it: 0 below one dollar, 1 below ten, ... 7 from a million on.
 */
#ifndef LW_MONEY_H
#define LW_MONEY_H

#include "text/text.h"

struct lw_sum {
	uint32_t begin, end;    /* in lw_text.norm, the currency included */
	uint8_t band;           /* 0..7 */
	bool money;             /* false: a plain number, band 0 */
	uint8_t digits;         /* of the number as written, without separators */
	bool separated;         /* had separators or a multiplier */
};

/* Names of one table by their first character, so that most places in a text are passed at once. */
struct lw_unit_index { uint8_t first[256], next[256]; };

/* All zero before the first search. */
struct lw_sums {
	struct lw_sum *at;
	size_t n, room;
	bool indexed;
	struct lw_unit_index currencies, multipliers;
};

/* Contacts are passed over. Ascending, not overlapping. */
lurewatch_error lw_find_sums(const struct lw_text *, struct lw_sums *);

#endif
