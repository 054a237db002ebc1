/* counters.h - what the daemon counts, and how /metrics prints it */
#ifndef LW_COUNTERS_H
#define LW_COUNTERS_H

#include "serve/serve.h"

enum lw_counted { LW_COUNT_RELOADS, LW_COUNT_RELOADS_REFUSED, LW_COUNT_FEEDBACK, LW_COUNT_CONNECTIONS,
	LW_COUNT_CONNECTIONS_REFUSED, LW_COUNT_CLIENTS_TIMED_OUT, LW_COUNT_REQUESTS_REFUSED, LW_COUNT_PARTS_EXPIRED,
	LW_COUNTED };

struct lw_counters *lw_counters_new(void);      /* NULL: memory is gone */
void lw_counters_free(struct lw_counters *);

void lw_count(struct lw_counters *, enum lw_counted);
void lw_count_verdict(struct lw_counters *, enum lw_door, const char *label, bool flagged, int64_t nanoseconds);
void lw_count_outcome(struct lw_counters *, enum lw_door, enum lw_outcome);     /* one that is no verdict */

/* For the page of metrics: a label of a door, one a call, false past the last. */
struct lw_count_row {
	enum lw_door door;
	char label[64];
	bool flagged;
	uint64_t n;
};
bool lw_counters_row(struct lw_counters *, size_t i, struct lw_count_row *);
uint64_t lw_counters_outcome(struct lw_counters *, enum lw_outcome);    /* over all doors */
double lw_counters_quantile(struct lw_counters *, double q);    /* upper bound in seconds of the latency of a share q */
uint64_t lw_counters_plain(struct lw_counters *, enum lw_counted, const char **what);  /* *what: a sentence */
int64_t lw_counters_since(const struct lw_counters *);          /* lw_now() of the start */

bool lw_metrics(struct lw_server *, struct lw_buffer *);        /* Prometheus text format 0.0.4; false: memory is gone */

#endif
