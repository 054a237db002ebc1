/*
 * rows.h - what a solver sees: sparse rows over the slots that training knows
 *
 * A slot is known when at least `least` of the rows learned from have it. The
 * others are left out before the norm, so unknown text does not dilute known
 * text, and known slots are renumbered without gaps (columns).
 *
 * A known slot's rarity is its inverse document frequency (Sparck Jones 1972), ln((1 + n) / (1 + rows that
 * have it)) + 1, in steps of 1/LW_RARITY_STEPS; the model file keeps it in a byte, so both sides use the rounded one.
 */
#ifndef LW_ROWS_H
#define LW_ROWS_H

#include "learn/matrix.h"

#define LW_UNKNOWN UINT32_MAX
#define LW_RARITY_STEPS 16

struct lw_known {
	uint32_t *column;               /* of each slot, LW_UNKNOWN for an unknown one; columns ascend with slots */
	uint32_t dimension, columns;
	uint8_t *rarity;                /* of each column, 1..255 */
};

struct lw_rows {
	size_t n;
	uint32_t columns;
	size_t *start;                  /* n + 1; row i is [start[i], start[i + 1]) of: */
	uint32_t *column;               /* ascending within a row */
	float *value;
};

/* `some`: n row numbers of the matrix. A slot that a row has several times is one column with as many times its value. */
lurewatch_error lw_known_make(const struct lw_matrix *, const uint32_t *some, size_t n, unsigned least, struct lw_known *out);
void lw_known_free(struct lw_known *);

lurewatch_error lw_rows_make(const struct lw_matrix *, const uint32_t *some, size_t n, const struct lw_known *,
    const float *block_weight, struct lw_rows *out);
void lw_rows_free(struct lw_rows *);

/* w . row + bias, of one row and of all of them. */
double lw_rows_margin(const struct lw_rows *, size_t row, const float *w, double bias);
void lw_rows_margins(const struct lw_rows *, const float *w, double bias, double *out);

#endif
