/* scan.h - the run of the scoring tool: messages in, verdicts out */
#ifndef LW_SCAN_H
#define LW_SCAN_H

#include "lurewatch.h"
#include "read/read.h"
#include "write/write.h"

enum lw_which { LW_BY_OUTPUT, LW_EVERY, LW_FLAGGED, LW_CLEAN };

struct lw_scan_options {
	const char *model;              /* NULL: found by itself */
	struct lw_read_options read;
	const struct lw_output *output;
	enum lw_which which;            /* messages that come out */
	bool filter;                    /* they come out as they went in */
	bool annotate;                  /* and with the verdict added */
	bool explain;
	bool with_text;                 /* -o jsonl holds the messages too */
	double threshold;               /* < 0: the model's */
	unsigned threads;
	const char *const *paths;
	int n;
};

enum { LW_EXIT_CLEAN = 0, LW_EXIT_FLAGGED = 1, LW_EXIT_ERROR = 2 };

int lw_scan(const struct lw_scan_options *);    /* the exit status; causes of errors are on stderr */

#endif
