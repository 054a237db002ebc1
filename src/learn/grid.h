/* grid.h - a cost chosen among some by average precision inside the folds */
#ifndef LW_GRID_H
#define LW_GRID_H

#include "learn/train.h"

#define LW_GRID_ROWS ((size_t)20000)    /* messages it is tried on, drawn by the seed where there are more */

/*
 * Tries each of the grid's costs in turn, notes the average precision of its out-of-fold risks, and makes the best one
 * the options' cost (the smaller of two alike). The figures of a training run are a little too good by that choice.
 */
lurewatch_error lw_grid_choose(const struct lw_lessons *, struct lw_train_options *);

#endif
