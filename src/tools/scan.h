/* scan.h - the run of the scoring tool: messages in, verdicts out */
#ifndef LW_SCAN_H
#define LW_SCAN_H

#include "lurewatch.h"
#include "read/read.h"
#include "write/write.h"

enum lw_summary_as { LW_NO_SUMMARY, LW_SUMMARY_TEXT, LW_SUMMARY_JSON };
enum lw_which { LW_BY_OUTPUT, LW_EVERY, LW_FLAGGED, LW_CLEAN };

struct lw_scan_options {
	const char *model;              /* NULL: found by itself */
	struct lw_read_options read;
	const struct lw_output *output;
	enum lw_which which;            /* messages that come out */
	bool filter;                    /* they come out as they went in */
	bool annotate;                  /* and with the verdict added */
	bool explain;
	bool by_conversation;           /* verdicts are of conversations */
	const char *output_dir;         /* mails are sorted into maildirs below it; NULL: they are not */
	size_t sample;                  /* so many of the lines that would come out; 0: all */
	uint64_t seed;
	enum lw_summary_as summary;
	bool summary_alone;             /* in place of lines */
	bool with_text;                 /* -o jsonl holds the messages too */
	bool exit_zero;                 /* flagged messages are no status of their own */
	struct lw_style style;
	double threshold;               /* < 0: the model's */
	unsigned threads;
	const char *const *paths;
	int n;
};

enum { LW_EXIT_CLEAN = 0, LW_EXIT_FLAGGED = 1, LW_EXIT_ERROR = 2 };

int lw_scan(const struct lw_scan_options *);    /* the exit status; causes of errors are on stderr */

#endif
