/* learning.h - the run of the training tool: checks of what will be written, learning, what a person should know */
#ifndef LW_LEARNING_H
#define LW_LEARNING_H

#include "tools/training.h"

struct lw_targets {
	const char *model;
	const char *report, *suspects;  /* NULL: not wanted */
};

/* Loads, learns and writes. What is wrong is on stderr when false; the model that was there is then as it was. */
bool lw_learn(struct lw_training *, char **corpora, int n, const struct lw_targets *);

#endif
