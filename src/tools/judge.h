/*
 * judge.h - one message judged, and rendered as it will come out
 *
 * Any thread may, each with a scorer of its own. A job keeps its buffers from
 * message to message; what its result borrows lives until it is judged again.
 */
#ifndef LW_JUDGE_H
#define LW_JUDGE_H

#include "tools/scan.h"

struct lw_judge {                       /* what all threads share; not changed while they work */
	const struct lw_scan_options *options;
	const lurewatch *model;
	struct lw_style style;
	bool several;                   /* more than one file comes in */
};

struct lw_job {                         /* zeroed before first use */
	struct lw_message message;      /* a copy that outlives the reader's next call, where that is needed */
	struct lw_buffer room;          /* what the copy borrows from */
	struct lw_buffer text, indicators;
	lurewatch_verdict verdict;
	lurewatch_evidence *evidence;
	struct lw_result result;
	struct lw_buffer out;           /* as it comes out; empty: it does not */
	lurewatch_error error;          /* scoring or rendering failed, by lack of memory */
};

lurewatch_error lw_judge_scorer(const struct lw_judge *, lurewatch_scorer **out);
void lw_judge_message(const struct lw_judge *, lurewatch_scorer *, const struct lw_message *, struct lw_job *);
void lw_job_shrink(struct lw_job *);    /* gives back memory that one huge message took */
void lw_job_free(struct lw_job *);

bool lw_comes_out(const struct lw_scan_options *, const lurewatch_verdict *);     /* a message, or a conversation, of this verdict */
bool lw_is_one_mail(const char *format);        /* its files are single mails */

#endif
