/* report.c - lines on stderr; when even that cannot be written there is nobody left to tell */
#include "tools/report.h"

#include "write/write.h"

#include <stdio.h>
#include <string.h>

enum { COMPLAINTS = 10 };       /* records reported one by one */

void
lw_complain(struct lw_report *r, const char *what, const char *why)
{
	lw_progress_clear(&r->progress);
	r->failed = true;
	fprintf(stderr, "lurewatch: %s%s%s\n", what, why != NULL ? ": " : "", why != NULL ? why : "");
}

/* A name from a dump goes to the terminal: made visible first. */
void
lw_report_record(struct lw_report *r, const struct lw_message *m)
{
	struct lw_buffer id = { 0 }, shown = { 0 };

	r->failed = true;
	if (r->unread++ >= COMPLAINTS)
		return;
	if (lw_write_id(&id, m) && lw_put_visible(&shown, (struct lw_span){ id.at, id.len }, SIZE_MAX) &&
	    lw_buffer_add_text(&shown, ": ") &&
	    lw_put_visible(&shown, (struct lw_span){ m->error, strlen(m->error) }, SIZE_MAX) && lw_buffer_add(&shown, "", 1))
		lw_complain(r, shown.at, NULL);
	lw_buffer_free(&id);
	lw_buffer_free(&shown);
}

void
lw_report_rest(struct lw_report *r)
{
	lw_progress_clear(&r->progress);
	if (r->unread > COMPLAINTS)
		fprintf(stderr, "lurewatch: %llu more records could not be read\n",
		    (unsigned long long)(r->unread - COMPLAINTS));
}
