/*
 * metrics.h - how good a judge is, in figures
 *
 * Every figure is defined here once. Scores that tie are never ordered: a
 * threshold takes all of them or none. A figure that has no answer (recall
 * without a positive) is NAN.
 */
#ifndef LW_METRICS_H
#define LW_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lurewatch.h"

struct lw_scored {
	double risk, weight;
	bool positive, flagged;
	uint32_t group;                 /* for resampling, of no account to the figures */
};

enum { LW_RECALL_1, LW_RECALL_05, LW_RECALL_01, LW_RECALL_3, LW_RECALLS }; /* at FPR 1 %, 0.5 %, 0.1 %, 3 % */
extern const double lw_recall_fpr[LW_RECALLS];

struct lw_metrics {
	size_t n, positives;
	double auc;                     /* P(positive scores higher than negative), ties half */
	double average_precision;       /* sum over thresholds of (recall step) * precision */
	double precision, recall, f1, fpr; /* with risk >= threshold flagged */
	double recall_at[LW_RECALLS];   /* highest recall of a threshold whose FPR is at most that */
	double ece;                     /* sum over 15 equal bins of risk: share of the bin * |mean risk - share of positives| */
};

/* The figures one by one, for all who list them: name in files, title for people, where it is, whether more is better. */
enum lw_figure { LW_AUC, LW_AVERAGE_PRECISION, LW_PRECISION, LW_RECALL, LW_F1, LW_FPR, LW_RECALL_AT_3, LW_RECALL_AT_1,
	LW_RECALL_AT_05, LW_RECALL_AT_01, LW_ECE, LW_FIGURES };
extern const struct lw_figure_about {
	const char *name, *title;
	size_t at;                      /* in lw_metrics */
	bool more_is_better;
} lw_figure[LW_FIGURES];
double lw_figure_of(const struct lw_metrics *, enum lw_figure);

/* Highest risk first; positives first where risks tie. */
void lw_metrics_sort(struct lw_scored *, size_t n);

/* Sorts the scores and flags those from the threshold on. Weights multiply the count of a message. */
void lw_metrics_binary(struct lw_scored *, size_t n, double threshold, struct lw_metrics *out);

/* Of scores already sorted, flagged as they say; a weight of 0 leaves a message out, of `n` and `positives` too. */
void lw_metrics_sorted(const struct lw_scored *, size_t n, struct lw_metrics *out);

/*
 * The smallest threshold whose (weighted) FPR is at most `target`: half way between the
 * highest negative risk that must stay below it and the next risk above that.
 * Sorts the scores. Without a negative: 0.5.
 */
double lw_threshold_for(struct lw_scored *, size_t n, double target);

/* confusion[truth * k + said], row by row. */
struct lw_class_metrics {
	double precision, recall, f1;
	uint64_t truth, said;
};
void lw_metrics_class(const uint64_t *confusion, size_t k, size_t label, struct lw_class_metrics *out);
double lw_metrics_accuracy(const uint64_t *confusion, size_t k);
/* Mean F1 of the labels that are there or were said. */
double lw_metrics_macro_f1(const uint64_t *confusion, size_t k);

#endif
