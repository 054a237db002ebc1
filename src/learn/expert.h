/*
 * expert.h - one expert: a linear SVM a label, each against the rest, over the slots it knows
 *
 * An expert may hold a gate too: one SVM more that tells rows of kind 1 from rows of kind 0.
 */
#ifndef LW_EXPERT_H
#define LW_EXPERT_H

#include "learn/solver.h"
#include "model/model.h"

struct lw_expert_options {
	const struct lw_solver *solver;
	struct lw_solver_options solving;
	double cost;                    /* C of every row */
	double balance;                 /* rows of the smaller side cost C (n_other / n_own)^balance; 0: all alike */
	unsigned least;                 /* a slot is known when so many rows have it */
	const float *block_weight;      /* LW_BLOCKS */
};

struct lw_expert {
	struct lw_known known;
	struct lw_solution *solution;   /* one a label, then the gate's */
	uint32_t outputs;               /* labels, and one more with a gate */
	size_t rows;                    /* learned from */
	float block_weight[LW_BLOCKS];
};

/*
 * Learns from `some`, n rows of the corpus; a label without rows there gets no weights and a bias of -1.
 * kind: of each of the n, for the gate; NULL: no gate.
 */
lurewatch_error lw_expert_fit(const struct lw_corpus *, const struct lw_matrix *, const uint32_t *some, const bool *kind,
    size_t n, const struct lw_expert_options *, struct lw_expert *out);

/* Margins (outputs) of any row of the matrix. */
void lw_expert_margins(const struct lw_expert *, const struct lw_matrix *, size_t row, double *out);
void lw_expert_free(struct lw_expert *);

#endif
