/*
 * matrix.h - the slots of every message, as the extractor gave them
 *
 * Values are not kept: which slots are known, and how rare they are (rows.h),
 * depends on the part that is learned from. Shingles are for finding copies, whatever the n-grams of the settings are.
 */
#ifndef LW_MATRIX_H
#define LW_MATRIX_H

#include "features/features.h"
#include "learn/corpus.h"

struct lw_matrix {
	size_t n;
	uint32_t dimension;             /* slots are below it */
	uint32_t **slot;                /* of each row: slots, ascending within a block, block after block */
	uint32_t (*end)[LW_BLOCKS];     /* of each row: where each block ends in slot[row] */
	uint32_t **shingle, *shingles;  /* of each row: hashes of its runs of LW_SHINGLE symbols, ascending, distinct; how many */
};

enum { LW_SHINGLE = 4 };

/* Every message of the corpus through the extractor, on `threads` threads. */
lurewatch_error lw_matrix_extract(const struct lw_corpus *, const struct lw_settings *, const struct lw_vocabulary *,
    unsigned threads, const struct lw_watcher *, struct lw_matrix *out);
void lw_matrix_free(struct lw_matrix *);

#endif
