/*
 * train.h - from labelled messages to a model
 *
 * Corpora are of two kinds. Core ones hold what the model is for (messages written for this
 * purpose, an analyst's own cases); the others are general. In one problem many general messages drown few core
 * ones, so there are two experts: the general one learns from everything, the core one from core messages alone.
 * A gate, one SVM more, tells general messages from core ones, and a message gets the mixture
 *      P = g P_general + (1 - g) P_core,  g = sigmoid(a m_gate + b)
 * (Jacobs et al. 1991). Without core corpora, or without others, there is one expert and no gate.
 *
 *   groups    copies of one template, kept together and capped
 *   folds     out-of-fold margins of every message, liblinear solving
 *   calibrate margins to probabilities, on out-of-fold margins
 *   threshold the target false-positive rate, on out-of-fold risks of labels that are not flagged
 *   fit       the experts on everything, by the solver asked for
 */
#ifndef LW_TRAIN_H
#define LW_TRAIN_H

#include "learn/expert.h"
#include "learn/folds.h"
#include "learn/metrics.h"

enum lw_hold_out { LW_HOLD_RANDOM, LW_HOLD_SOURCES };

enum { LW_GRID_MAX = 16 };

/* Costs to choose from, ascending; n is 0 when there is nothing to choose. See grid.h. */
struct lw_grid {
	double cost[LW_GRID_MAX], average_precision[LW_GRID_MAX];
	size_t n, best;
};

struct lw_train_options {
	const struct lw_settings *settings;
	const struct lw_vocabulary *vocabulary;
	struct lw_span vocabulary_bytes;
	const struct lw_solver *solver; /* of the final fit; NULL: libsvm up to LW_AUTO_ROWS rows, then liblinear */
	const char *const *flag;        /* labels to be flagged */
	size_t flags;
	double cost, balance;
	struct lw_grid grid;
	double prior;                   /* of the calibration */
	double target_fpr;
	unsigned folds, least;
	size_t per_source, per_group;   /* caps on general corpora, 0: none */
	double core_share;              /* of the calibration's weight that core messages have together */
	enum lw_hold_out hold_out;      /* folds of general messages: at random, or whole sources */
	uint64_t seed;
	unsigned threads;
	size_t memory;                  /* bytes for libsvm's matrices */
	const struct lw_watcher *watcher;
};

#define LW_AUTO_ROWS ((size_t)100000)

void lw_train_defaults(struct lw_train_options *);

/* What may be learned from, and what is known of it. */
struct lw_lessons {
	struct lw_corpus *corpus;
	struct lw_matrix matrix;
	uint32_t *group;                /* of every row of the corpus */
	uint32_t *some;                 /* rows learned from, ascending */
	size_t n;
	bool *core;                     /* of each of the n */
	uint32_t experts;               /* 1 or 2; with two, expert 0 is the general one and has the gate */
	size_t width;                   /* margins a message: experts x labels, and the gate's */
	bool flagged[LW_LABELS_MAX];    /* by label */
};

/* Extracts, groups and samples. The corpus must outlive the lessons. `why` says what is wrong with the corpus (E_ARGUMENT). */
lurewatch_error lw_lessons_make(struct lw_corpus *, const struct lw_train_options *, struct lw_lessons *out,
    struct lw_buffer *why);
void lw_lessons_free(struct lw_lessons *);

/* Experts that learn from the rows kept (keep NULL: all). out: room for lessons->experts. */
lurewatch_error lw_train_experts(const struct lw_lessons *, const struct lw_train_options *, const struct lw_solver *,
    const bool *keep, struct lw_expert *out);

/* Margins (width) of a row of the matrix: expert 0's labels, expert 1's, the gate. */
void lw_train_margins(const struct lw_lessons *, const struct lw_expert *, size_t row, double *out);

/* The folds that the options ask for. */
lurewatch_error lw_train_folds(const struct lw_lessons *, const struct lw_train_options *, struct lw_folds *out);

/* Margins of each of the n rows from experts that did not see its fold. out: n x width. */
lurewatch_error lw_train_held_out(const struct lw_lessons *, const struct lw_train_options *, const struct lw_folds *,
    const char *phase, double *out);

struct lw_trained {
	struct lw_expert expert[LW_EXPERTS_MAX];
	double *calibration;            /* as in lw_model_parts */
	double threshold;
	double *margin;                 /* out of fold, n x width */
	double *risk;                   /* out of fold, n */
	struct lw_metrics metrics;      /* of the out-of-fold risks at the threshold */
	const struct lw_solver *solver;
};

lurewatch_error lw_train(const struct lw_lessons *, const struct lw_train_options *, struct lw_trained *out);
void lw_trained_free(struct lw_trained *);

/* Weights of the n rows in calibration and threshold. */
void lw_train_weigh(const struct lw_lessons *, const struct lw_train_options *, double *weight);

/* Fits gate and calibrations to held-out margins (n x width) of messages with these labels, kinds and weights. */
size_t lw_calibration_size(const struct lw_lessons *);
lurewatch_error lw_train_calibrate(const struct lw_lessons *, const struct lw_train_options *, const double *margin,
    const uint32_t *label, const bool *core, const double *weight, size_t n, double *out);

/* Sum of the probabilities of flagged labels. */
double lw_risk_of(const struct lw_lessons *, const double *calibration, const double *margin);

/* Writes the model with its training record; care (NULL: none was taken) goes into it. */
struct lw_care;
lurewatch_error lw_train_write(const struct lw_lessons *, const struct lw_train_options *, const struct lw_trained *,
    const struct lw_care *care, const char *path);

#endif
