/*
 * compare.h - two models on the same messages: is the new one better, for whom is it worse?
 *
 * Differences are new less old, and their intervals are paired: both models are judged on the same resamples, so what is hard
 * for both does not blur the difference. A difference is sure when its interval leaves out 0.
 *
 * The gate looks at three figures: average precision, F1 at the threshold, false positives at the threshold. The new
 * model is worse when one of them is worse by more than the tolerance, sure or not: a doubtful model does not ship by accident.
 */
#ifndef LW_COMPARE_H
#define LW_COMPARE_H

#include "learn/findings.h"

#define LW_TOLERANCE 0.01

/* What became of a message that the models are on different sides of. */
enum lw_change { LW_LOST, LW_FALSE_ALARM, LW_CAUGHT, LW_CLEARED, LW_CHANGES };
extern const struct lw_change_about { const char *name, *meaning; } lw_change[LW_CHANGES];

struct lw_difference {
	double before, now;
	struct lw_estimate change;      /* now less before */
};

struct lw_compared {
	const char *name;
	size_t n, positives;
	struct lw_difference at[LW_FIGURES];
};

struct lw_comparison {
	const struct lw_evaluation *before, *now;
	const char *name;               /* of the old model, for people */
	unsigned resamples;
	double tolerance;
	struct lw_compared overall;
	struct { struct lw_compared *part; size_t n; } view[LW_VIEWS];
	uint32_t *changed;              /* rows, grouped by lw_change, the largest moves of risk first */
	size_t changes, count[LW_CHANGES];
	bool worse;                     /* beyond the tolerance */
	struct lw_buffer verdict;       /* sentences, NUL-terminated: better or not, and for whom it is worse */
};

/* Both of one corpus. LUREWATCH_E_ARGUMENT: the models flag different labels. */
lurewatch_error lw_compare(const struct lw_evaluation *before, const struct lw_evaluation *now, const char *name,
    double tolerance, const struct lw_resampling *, struct lw_comparison *out);
void lw_comparison_free(struct lw_comparison *);

/* < 0: worse, > 0: better, 0: no sure difference. */
int lw_sure(const struct lw_difference *, enum lw_figure);
enum lw_change lw_change_of(const struct lw_comparison *, uint32_t row);

/* Sets c->verdict and c->worse; a part of lw_compare(). False when memory is gone. */
bool lw_comparison_verdict(struct lw_comparison *);

/* Freed by the caller; NULL when memory is gone. The JSON is the new model's summary with "against" added. */
char *lw_comparison_json(const struct lw_comparison *, const struct lw_findings *);
char *lw_comparison_text(const struct lw_comparison *);
/* All messages that changed side, a JSON line each. */
bool lw_comparison_changed(const struct lw_comparison *, struct lw_buffer *out);

#endif
