/*
 * evaluate.h - what a model says of labelled messages, and how good that is
 *
 * A message is positive when the model flags its label; a label the model does not know is not flagged.
 */
#ifndef LW_EVALUATE_H
#define LW_EVALUATE_H

#include "learn/corpus.h"
#include "learn/matrix.h"
#include "learn/metrics.h"

struct lw_judgement {
	double risk;
	uint32_t said;                  /* label of the model */
	bool flagged;
};

struct lw_evaluation {
	const struct lw_corpus *corpus;
	const lurewatch *model;
	double threshold;
	struct lw_judgement *judged;    /* of every row of the corpus */
	bool *positive;
	size_t width;                   /* of the confusion: the model's labels, then those only the corpus has */
	const char *label[2 * 32 + 1];
	uint32_t truth[2 * 32 + 1];     /* corpus label of each, LW_NO_NAME when it has none */
	uint64_t *confusion;            /* [truth * width + said] */
};

/* threshold < 0: the model's. Both borrowed. More than 64 labels in all are LUREWATCH_E_ARGUMENT. */
lurewatch_error lw_evaluate(const struct lw_corpus *, const lurewatch *, double threshold, unsigned threads,
    const struct lw_watcher *, struct lw_evaluation *out);
void lw_evaluation_free(struct lw_evaluation *);

/* Of the rows for which key[row] is `which`; key NULL: of all. False when memory is gone. */
bool lw_evaluation_metrics(const struct lw_evaluation *, const uint32_t *key, uint32_t which, struct lw_metrics *out);

/* Both are freed by the caller; NULL when memory is gone. */
char *lw_evaluation_json(const struct lw_evaluation *);
char *lw_evaluation_text(const struct lw_evaluation *);

#endif
