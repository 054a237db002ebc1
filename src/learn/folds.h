/*
 * folds.h - who is held out with whom
 *
 * Random folds are grouped (copies of a template stay together) and stratified
 * by label and source. Held-out folds keep whole sources or languages together instead,
 * to see what text of a new origin would get; a fit for them also leaves out copies of what it holds out.
 */
#ifndef LW_FOLDS_H
#define LW_FOLDS_H

#include "learn/corpus.h"

struct lw_folds {
	uint32_t k;
	uint32_t *fold;                 /* of each of the n rows; LW_NO_NAME: never held out */
};

/* `some`: n rows of the corpus; `group` is of all of its rows. */
lurewatch_error lw_folds_random(const struct lw_corpus *, const uint32_t *group, const uint32_t *some, size_t n,
    uint32_t k, uint64_t seed, struct lw_folds *out);

/* key: of each of the n rows, below `keys` or LW_NO_NAME. Keys are spread over at most k folds, evenly by rows. */
lurewatch_error lw_folds_whole(const uint32_t *key, uint32_t keys, size_t n, uint32_t k, struct lw_folds *out);

/* Marks in keep[n] what a fit for one fold may learn from: not the fold, nor copies of what is in it. */
lurewatch_error lw_folds_training(const struct lw_folds *, uint32_t fold, const uint32_t *group, const uint32_t *some,
    size_t n, size_t all, bool *keep);

void lw_folds_free(struct lw_folds *);

#endif
