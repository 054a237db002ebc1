/*
 * model.h - what a model file holds, as the training side hands it over
 *
 * A model has E experts (1 or 2: sets of linear one-vs-rest SVMs, each learned from its own part of the
 * corpora) and K labels. Its R rows of weights are expert 0's labels, expert 1's, and with two experts
 * the gate, which has expert 0's features. The margin of row r is
 *      m_r = bias_r + sum over blocks b of  weight_b / sqrt(sum over slots s of rarity[s]^2) * sum over slots s of w[s][r]
 * over the message's slots of block b that the row's expert knows (rarity above 0), each as often as the block's set has it;
 * weight_b is settings.weight[b].
 * w holds the rarity as a factor already.
 * Each expert's probabilities are softmax(A m + c) of its own K margins, A of K x K; with two
 *      P = g P_0 + (1 - g) P_1,  g = 1 / (1 + exp(-(a m_gate + b)))
 */
#ifndef LW_MODEL_H
#define LW_MODEL_H

#include "features/features.h"

enum { LW_LABELS_MAX = 32, LW_EXPERTS_MAX = 2, LW_ROWS_MAX = LW_EXPERTS_MAX * LW_LABELS_MAX + 1 };

/* R of a model with so many experts and labels, and the expert whose features a row has. */
static inline uint32_t
lw_model_rows(uint32_t experts, uint32_t labels)
{
	return experts * labels + (experts == 2);
}

static inline uint32_t
lw_expert_of(uint32_t row, uint32_t labels)
{
	return row / labels == 1 ? 1 : 0;
}

struct lw_model_parts {
	struct lw_settings settings;
	struct lw_span vocabulary;       /* as lw_vocabulary_compile() gave it; may be empty */
	uint32_t experts, labels;        /* 1 <= E <= LW_EXPERTS_MAX, 2 <= K <= LW_LABELS_MAX */
	const char *const *label;        /* K names */
	const bool *flagged;             /* K */
	uint32_t dimension;              /* D = lw_dimension() */
	const float *weight;             /* D x R, row-major: weight[slot * R + row], 0 where unknown */
	const uint8_t *rarity;           /* D x E: of each slot to each expert, 0 for one it never met */
	const double *bias;              /* R */
	const double *calibration;       /* E times K x (K + 1), the constants last; then a and b of the gate */
	double threshold;                /* on risk */
	const char *record;              /* training record, one JSON object */
};

/* Writes to a temporary file beside path, fsyncs, renames: a reader sees the old model or the new one, whole. */
lurewatch_error lw_model_write(const char *path, const struct lw_model_parts *);

/* Margins (R) of a message, for calibration and tests; borrows from the scorer. */
lurewatch_error lw_score_margins(lurewatch_scorer *, const char *utf8, size_t len, const double **margin, size_t *rows);

/* Probabilities (labels) from margins (rows). */
void lw_calibrated(const double *calibration, uint32_t experts, uint32_t labels, const double *margin, double *out);
/* One expert's: softmax(A m + c), A of labels x rows. */
void lw_softmax(const double *calibration, uint32_t labels, size_t rows, const double *margin, double *out);
/* The general expert's share: gate is { a, b }. */
double lw_gate(const double *gate, double margin);

const struct lw_settings *lw_model_settings(const lurewatch *);
const struct lw_vocabulary *lw_model_vocabulary(const lurewatch *);
struct lw_span lw_model_vocabulary_bytes(const lurewatch *);
uint32_t lw_model_experts(const lurewatch *);
/* A weight, without the block weight; 0 for an unknown slot. */
double lw_model_weight(const lurewatch *, uint32_t slot, uint32_t row);
uint32_t lw_model_rarity(const lurewatch *, uint32_t slot, uint32_t expert); /* 0: it never met the slot */
double lw_model_bias(const lurewatch *, uint32_t row);
const double *lw_model_calibration(const lurewatch *); /* as in lw_model_parts */

#endif
