/*
 * http_parts.h - what the two halves of the HTTP door share: http.c has the connections, exchange.c the requests on them
 */
#ifndef LW_HTTP_PARTS_H
#define LW_HTTP_PARTS_H

#include "serve/http.h"
#include "serve/nets.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

enum { LW_LISTENERS_MAX = 32 };

struct lw_link {                /* one connection, for the tick */
	struct lw_link *previous, *next;
	int fd;
	int64_t since;          /* when what is waited for began; 0: nothing is, a worker has the request */
};

struct lw_http {
	struct lw_server *server;
	struct MHD_Daemon *daemon[LW_LISTENERS_MAX];
	int listener[LW_LISTENERS_MAX];
	size_t listeners;
	struct lw_buffer token, certificate, key;       /* NUL-terminated; empty: none */
	struct lw_nets allow;
	struct lw_joiner *joiner;
	pthread_mutex_t lock;   /* over all down to flying */
	pthread_cond_t landed;
	struct lw_link *links;
	size_t open, limit;     /* links; how many there should be */
	size_t flying;          /* requests at the desk */
	atomic_bool stopping;
};

struct lw_exchange {            /* one request and its answer */
	struct lw_request request;      /* first: what handlers see */
	struct lw_job job;
	struct lw_http *http;
	struct MHD_Connection *connection;
	struct lw_link *link;
	const struct lw_route *route;
	struct lw_buffer body;
	char *path;
	char peer[64];
	size_t charged;
	bool answered;          /* status and out are set */
	enum lw_outcome trouble;        /* LW_JUDGED: none so far */
	uint64_t swallowed;
};

/* libmicrohttpd's calls, with struct lw_http as their context. */
enum MHD_Result lw_exchange_step(void *http, struct MHD_Connection *, const char *path, const char *method, const char *version,
    const char *data, size_t *len, void **state);
void lw_exchange_completed(void *http, struct MHD_Connection *, void **state, enum MHD_RequestTerminationCode);

#endif
