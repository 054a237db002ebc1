/* scorer.h - all scratch memory of one thread */
#ifndef LW_SCORER_H
#define LW_SCORER_H

#include "model/file.h"

struct lurewatch_scorer {
	const lurewatch *model;
	struct lw_extractor *extractor;
	double threshold;
	double margin[LW_ROWS_MAX], probability[LW_LABELS_MAX];
	double factor[LW_BLOCKS][LW_EXPERTS_MAX];       /* weight_b over the norm of block b, of the last message */
	uint32_t *unit;                 /* for evidence: where each word or letter begins, and the end */
	double *gain;                   /* what each added */
	size_t unit_room, gain_room;
};

/* Fills s->margin and s->factor. */
void lw_scorer_margins(lurewatch_scorer *, const struct lw_features *);

#endif
