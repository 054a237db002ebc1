/*
 * http.h - the HTTP door (libmicrohttpd): requests, and the handlers behind its paths
 *
 * Adding a path: write a handler and name it in the table in routes.c.
 */
#ifndef LW_HTTP_H
#define LW_HTTP_H

#include "serve/serve.h"

extern const struct lw_door_kind lw_door_http;

struct lw_request {             /* as a handler sees it; all is borrowed until it returns */
	struct lw_server *server;
	struct lw_joiner *joiner;       /* SMS that wait for their other parts */
	const char *method, *path, *peer;
	struct lw_span body;
	int64_t begun;                  /* when the last byte was there */
	unsigned status;                /* 200 unless the handler says otherwise */
	const char *type;               /* Content-Type of out; static or the configuration's */
	unsigned retry_after;           /* seconds; 0: not said */
	struct lw_buffer out;
};

const char *lw_request_header(const struct lw_request *, const char *name);    /* NULL: not there */
struct lw_span lw_request_query(const struct lw_request *, const char *name);  /* decoded, may hold any byte; at NULL: not there */
bool lw_request_query_is(const struct lw_request *, const char *name, const char *value);

/* An error the client is told: {"error":"..."}. */
void lw_request_refuse(struct lw_request *, unsigned status, const char *why);

struct lw_route {
	const char *method, *path;
	bool needs_token;               /* where one is configured */
	bool token_in_query;            /* for gateways that cannot set a header */
	bool at_once;                   /* on the loop, without a worker: never judges, never waits; seat is NULL */
	enum lw_door door;              /* whose policy answers when there is no worker for it */
	void (*handle)(struct lw_request *, struct lw_seat *);
	void (*unjudged)(struct lw_request *, enum lw_outcome);        /* the policy's answer, reported; NULL: 503 */
};
extern const struct lw_route lw_routes[];       /* ends with a path of NULL */
/* *allowed: methods of this path, for 405; NULL when there is no such path. */
const struct lw_route *lw_route_find(const char *method, const char *path, const char **allowed);

/* Handlers, by file. */
void lw_http_score(struct lw_request *, struct lw_seat *);             /* score.c */
void lw_http_score_unjudged(struct lw_request *, enum lw_outcome);
void lw_http_health(struct lw_request *, struct lw_seat *);            /* routes.c */
void lw_http_ready(struct lw_request *, struct lw_seat *);
void lw_http_metrics(struct lw_request *, struct lw_seat *);
void lw_http_reload(struct lw_request *, struct lw_seat *);
void lw_http_page(struct lw_request *, struct lw_seat *);              /* page.c */
void lw_http_css(struct lw_request *, struct lw_seat *);
void lw_http_check(struct lw_request *, struct lw_seat *);
void lw_http_check_unjudged(struct lw_request *, enum lw_outcome);
void lw_http_status(struct lw_request *, struct lw_seat *);            /* status.c */
void lw_http_feedback(struct lw_request *, struct lw_seat *);          /* feedback.c */

#endif
