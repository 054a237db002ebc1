/*
 * growth.h - the learning curve: is more data worth it?
 *
 * Experts learn from an eighth, a quarter, a half and all of the groups of copies (each part holds the one before it), by
 * liblinear, and judge the same two folds that none of them saw. Figures are of the ranking alone: the calibration is that
 * of the whole.
 */
#ifndef LW_GROWTH_H
#define LW_GROWTH_H

#include "learn/findings.h"

enum { LW_GROWTH_POINTS = 4, LW_GROWTH_FOLDS = 2 };

struct lw_growth {
	struct { size_t messages; struct lw_figures figures; } at[LW_GROWTH_POINTS];    /* messages: learned from, of a fold on average */
	size_t n;                       /* points: 0 when there is too little to hold out */
};

lurewatch_error lw_growth_measure(const struct lw_lessons *, const struct lw_train_options *, const struct lw_trained *,
    struct lw_growth *out);

#endif
