/*
 * evaluate.h - what a model says of labelled messages, and how good that is
 *
 * A message is positive when the model flags its label; a label the model does not know is not flagged.
 */
#ifndef LW_EVALUATE_H
#define LW_EVALUATE_H

#include "learn/train.h"

struct lw_judgement {
	double risk;
	uint32_t said;                  /* label of the model */
	bool flagged, judged;           /* not judged: left out of every figure */
};

struct lw_evaluation {
	const struct lw_corpus *corpus;
	double threshold;               /* with held_out, one of two: each half of the groups has its own */
	struct lw_judgement *judged;    /* of every row of the corpus */
	bool *positive;
	uint32_t *group;                /* of every row, below corpus->n: messages of one are one finding */
	size_t width;                   /* of the confusion: the model's labels, then those only the corpus has */
	const char *label[2 * LW_LABELS_MAX];
	bool label_flagged[2 * LW_LABELS_MAX];
	uint32_t truth[2 * LW_LABELS_MAX]; /* corpus label of each, LW_NO_NAME when it has none */
	uint64_t *confusion;            /* [truth * width + said] */
	const char *held_out;           /* "source" or "language" when each group was judged by experts that never saw it; else NULL */
};

/*
 * threshold < 0: the model's. Groups are what the corpora's `group` says, else messages of the same bytes.
 * Both borrowed. More labels than there is room for are LUREWATCH_E_ARGUMENT.
 */
lurewatch_error lw_evaluate(const struct lw_corpus *, const lurewatch *, double threshold, unsigned threads,
    const struct lw_watcher *, struct lw_evaluation *out);

enum lw_leave_out { LW_LEAVE_SOURCE, LW_LEAVE_LANG };

/*
 * Each source or language (zh-Hans and zh-Hant are one) judged by experts that learned from all the others, copies of
 * its templates left out too. Margins become risks by a calibration fitted to the held-out margins of the other half
 * of the groups, and the threshold is the one for the target on those: nothing of a group is used to judge it.
 * Core messages that are left out stay out of the general expert too. Only rows of the lessons are judged.
 */
lurewatch_error lw_evaluate_transfer(const struct lw_lessons *, const struct lw_train_options *, enum lw_leave_out,
    struct lw_evaluation *out);
void lw_evaluation_free(struct lw_evaluation *);

/* Scores of the rows for which key[row] is `which` (key NULL: of all), sorted; freed by the caller. NULL when memory is gone. */
struct lw_scored *lw_evaluation_scores(const struct lw_evaluation *, const uint32_t *key, uint32_t which, size_t *n);

/* Their figures. False when memory is gone. */
bool lw_evaluation_metrics(const struct lw_evaluation *, const uint32_t *key, uint32_t which, struct lw_metrics *out);

/* What training itself saw: the out-of-fold risks of its lessons. */
lurewatch_error lw_evaluate_trained(const struct lw_lessons *, const struct lw_trained *, struct lw_evaluation *out);

/* For the ways of judging: positives and confusion from `judged`, with names and flags of the labels set. group may be NULL: copies. */
lurewatch_error lw_evaluation_gather(struct lw_evaluation *, const uint32_t *group);

#endif
