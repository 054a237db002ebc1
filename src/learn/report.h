/* report.h - an evaluation as one HTML page that needs no network: is the model good, for whom not, why, and where it errs */
#ifndef LW_LEARN_REPORT_H
#define LW_LEARN_REPORT_H

#include "learn/care.h"
#include "learn/compare.h"
#include "learn/growth.h"

struct lw_report_page {
	const char *title;              /* what was judged, by what */
	const struct lw_findings *summary;
	const lurewatch *model;         /* NULL: no features, and mistakes without evidence */
	const struct lw_comparison *comparison; /* NULL: with no other model */
	const struct lw_growth *growth; /* NULL: no learning curve */
	const struct lw_care *care;     /* NULL: nobody looked for doubts */
	bool of_folds;                  /* risks are of folds, evidence of the model that learned from these messages too */
	unsigned threads;
	const struct lw_watcher *watcher;
};

/* *out is appended to. Only memory can fail. */
lurewatch_error lw_report_html(const struct lw_report_page *, struct lw_buffer *out);

#endif
