/*
 * gram.h - inner products of a working set, in the form libsvm's PRECOMPUTED kernel reads
 *
 * libsvm's own linear kernel merges two sparse rows for every pair: 2 us at 350
 * non-zeros, most of a training run. Here a column's rows are listed once and
 * each pair is touched only where both have a value, several times cheaper.
 */
#ifndef LW_GRAM_H
#define LW_GRAM_H

#include "learn/rows.h"

struct lw_gram {
	uint32_t *all;                  /* see gram.c */
	size_t bytes;
	uint32_t **row;                 /* where libsvm's row of each member begins: to be cast to struct svm_node * */
};

size_t lw_gram_bytes(size_t n);

/* `member`: n row numbers. */
lurewatch_error lw_gram_make(const struct lw_rows *, const uint32_t *member, size_t n, struct lw_gram *out);
void lw_gram_free(struct lw_gram *);

#endif
