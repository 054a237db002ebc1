/* scorer.h - all scratch memory of one thread */
#ifndef LW_SCORER_H
#define LW_SCORER_H

#include "model/file.h"
#include "text/memo.h"

/* Columns of a record, in whole records. */
enum { LW_COLUMNS = (LW_ROWS_MAX + LW_EXPERTS_MAX + LW_RECORD - 1) / LW_RECORD * LW_RECORD };

/* What the slots of a block, or some of them, add up to. */
struct lw_sums_of {
	int32_t column[LW_COLUMNS] __attribute__((aligned(64)));        /* stride of them; a text's slots cannot overflow them */
	uint64_t squares[LW_EXPERTS_MAX];       /* of the rarities, to each expert: 0 when it knows none */
};

struct lurewatch_scorer {
	const lurewatch *model;
	struct lw_extractor *extractor;
	struct lw_memo chunks;                          /* chunks summed before, with their struct chunk_sums */
	double threshold;
	double margin[LW_ROWS_MAX], probability[LW_LABELS_MAX];
	double factor[LW_BLOCKS][LW_EXPERTS_MAX];       /* weight_b over the norm of block b, of the last message */
	uint32_t *unit;                 /* for evidence: where each word or letter begins, and the end */
	double *gain;                   /* what each added */
	size_t unit_room, gain_room;
};

/* Fills s->margin and s->factor. The features' character block, when it is empty, is summed from the text's chunks. */
lurewatch_error lw_scorer_margins(lurewatch_scorer *, const struct lw_features *);

void lw_sums_clear(const lurewatch *, struct lw_sums_of *);
/* Adds the records of `n` slots. */
void lw_sum_slots(const lurewatch *, const uint32_t *slot, size_t n, struct lw_sums_of *);

bool lw_chunks_make(const lurewatch *, struct lw_memo *);
/* Adds the character n-grams of the extractor's last text. */
lurewatch_error lw_sum_chunks(lurewatch_scorer *, struct lw_sums_of *);

#endif
