/* report.h - what a run tells the person before it: on stderr, one line a trouble, and how far it is */
#ifndef LW_REPORT_H
#define LW_REPORT_H

#include "read/message.h"
#include "tools/progress.h"

struct lw_report {
	struct lw_progress progress;
	uint64_t unread;        /* records that could not be read */
	bool failed;            /* something was told: status 2 */
};

void lw_complain(struct lw_report *, const char *what, const char *why); /* why may be NULL */
void lw_report_record(struct lw_report *, const struct lw_message *);  /* its error; after the tenth they are only counted */
void lw_report_rest(struct lw_report *);                /* how many were only counted */

#endif
