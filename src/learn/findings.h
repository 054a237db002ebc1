/*
 * findings.h - an evaluation in figures, each with its 95 % interval (bootstrap.h): overall, by label, source, language, family
 */
#ifndef LW_FINDINGS_H
#define LW_FINDINGS_H

#include "learn/bootstrap.h"
#include "learn/evaluate.h"

/* The ways rows are grouped. */
enum lw_by { LW_BY_SOURCE, LW_BY_LANG, LW_BY_FAMILY, LW_VIEWS };
extern const struct lw_view_about { const char *name, *title, *plural; } lw_view[LW_VIEWS];
const struct lw_names *lw_view_names(const struct lw_corpus *, enum lw_by);
/* Of every row, its number in those names; freed by the caller, NULL when memory is gone. */
uint32_t *lw_view_keys(const struct lw_corpus *, enum lw_by);

struct lw_figures {
	size_t n, positives, groups;
	struct lw_estimate at[LW_FIGURES];
};

struct lw_label_figures {
	uint64_t n;                     /* 0: the corpus has no such label */
	struct lw_estimate precision, recall, f1, flagged;
};

struct lw_slice {
	const char *name;
	uint32_t key;
	struct lw_figures figures;
};

struct lw_resampling {
	unsigned resamples;             /* 0: no intervals */
	unsigned threads;
	uint64_t seed;
	const struct lw_watcher *watcher;
};
enum { LW_RESAMPLES = 1000 };

struct lw_findings {
	const struct lw_evaluation *of; /* borrowed */
	unsigned resamples;
	struct lw_figures overall;
	struct lw_estimate accuracy, macro_f1;
	struct lw_label_figures label[2 * LW_LABELS_MAX]; /* as of->label */
	struct { struct lw_slice *part; size_t n; } view[LW_VIEWS];
};

/* Only memory can fail. */
lurewatch_error lw_findings_make(const struct lw_evaluation *, const struct lw_resampling *, struct lw_findings *out);
void lw_findings_free(struct lw_findings *);

/*
 * Groups of scores renumbered 0, 1, ...: their number, SIZE_MAX when memory is gone. `other`, if not NULL, has the same
 * messages in another order. scratch: room for corpus->n numbers, all LW_NO_NAME before and after.
 */
size_t lw_number_groups(struct lw_scored *, struct lw_scored *other, size_t n, uint32_t *scratch);
uint32_t *lw_number_scratch(const struct lw_corpus *);  /* freed by the caller */

/* Figures of sorted scores; their groups are renumbered. scratch: as below. */
lurewatch_error lw_figures_make(struct lw_scored *, size_t n, uint32_t *scratch, const struct lw_resampling *, struct lw_figures *out);

/* Fewer resampled rows than this are not worth a thread. */
unsigned lw_threads_for(size_t rows, const struct lw_resampling *);

/* Freed by the caller; NULL when memory is gone. */
char *lw_findings_json(const struct lw_findings *);
char *lw_findings_text(const struct lw_findings *);

#endif
