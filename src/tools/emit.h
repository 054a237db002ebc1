/*
 * emit.h - what was judged goes out, in the order in which it came in
 *
 * One thread's. Output that cannot be written is reported once and sets `stop`.
 */
#ifndef LW_EMIT_H
#define LW_EMIT_H

#include "tools/judge.h"
#include "tools/report.h"
#include "write/conversations.h"
#include "write/delivery.h"
#include "write/sample.h"
#include "write/summary.h"

struct lw_emitter {
	const struct lw_scan_options *options;
	struct lw_report *report;
	uint64_t scanned, flagged;
	bool stop;                      /* nothing more can go out */

	/* NULL where they were not asked for */
	struct lw_summary *summary;
	struct lw_conversations *conversations;
	struct lw_sample *sample;
	struct lw_delivery *delivery;

	bool to_terminal;               /* where the progress line is, too */
	const char *format;             /* of what was filtered so far */
	struct lw_buffer before;        /* header written last */
	bool in_list;                   /* a record was written since: the next of a document needs its joint */
	bool file_begins;               /* the next record written is a file's first */
	char last[2];                   /* bytes written last */
};

bool lw_emit_start(struct lw_emitter *, const struct lw_scan_options *, struct lw_report *);    /* false: it was reported */
void lw_emit_job(void *emitter, struct lw_job *);
void lw_emit_before(struct lw_emitter *, const struct lw_message *);    /* bytes that belong to no record */
void lw_emit_flush(struct lw_emitter *);
void lw_emit_end(struct lw_emitter *);          /* what comes after the last message */
void lw_emit_free(struct lw_emitter *);

#endif
