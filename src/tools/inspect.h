/* inspect.h - a model described in words, and two models compared, on standard output */
#ifndef LW_INSPECT_H
#define LW_INSPECT_H

#include "tools/training.h"

/* corpora: to find the texts of n-grams in; none: n-grams are left out. What is wrong is on stderr when false. */
bool lw_explain_model(struct lw_training *, const char *model, char **corpora, int n);
bool lw_diff_models(const struct lw_training *, const char *before, const char *after);

#endif
