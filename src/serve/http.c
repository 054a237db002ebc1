/*
 * http.c - the HTTP door's plumbing: libmicrohttpd's loop, requests to the desk and back, limits
 *
 * libmicrohttpd's thread reads requests and sends answers; between the two a request is suspended and belongs
 * to a worker. What is refused (no such path, no token, too large, no room) is refused before its body is
 * read. libmicrohttpd's own time limit is on silence alone, so a peer that sends a byte now and then is cut
 * off by the tick: a request has client-timeout seconds from its start, an answer as many again.
 */
#include "serve/counters.h"
#include "serve/http.h"
#include "serve/join.h"
#include "serve/nets.h"
#include "serve/privilege.h"
#include "serve/sms.h"
#include "write/write.h"

#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LISTENERS_MAX = 32, HEAD_MEMORY = 1 << 16, DRAIN = 4 };

struct link {                   /* one connection, for the tick */
	struct link *previous, *next;
	int fd;
	int64_t since;          /* when what is waited for began; 0: nothing is, a worker has the request */
};

struct http {
	struct lw_server *server;
	struct MHD_Daemon *daemon[LISTENERS_MAX];
	int listener[LISTENERS_MAX];
	size_t listeners;
	struct lw_buffer token, certificate, key;       /* NUL-terminated; empty: none */
	struct lw_nets allow;
	struct lw_joiner *joiner;
	pthread_mutex_t lock;   /* over the links and flying */
	pthread_cond_t landed;
	struct link *links;
	size_t flying;          /* requests at the desk */
	atomic_bool stopping;
};

struct exchange {               /* one request and its answer */
	struct lw_request request;      /* first: what handlers see */
	struct lw_job job;
	struct http *http;
	struct MHD_Connection *connection;
	struct link *link;
	const struct lw_route *route;
	struct lw_buffer body;
	char *path;
	char peer[64];
	size_t charged;
	bool answered;          /* status and out are set */
	enum lw_outcome trouble;        /* LW_JUDGED: none so far */
	uint64_t swallowed;
};

/* ---- what handlers use ---- */

static struct exchange *
exchange_of(const struct lw_request *r)
{
	return (struct exchange *)(uintptr_t)r;
}

const char *
lw_request_header(const struct lw_request *r, const char *name)
{
	return MHD_lookup_connection_value(exchange_of(r)->connection, MHD_HEADER_KIND, name);
}

struct lw_span
lw_request_query(const struct lw_request *r, const char *name)
{
	struct lw_span value = { NULL, 0 };

	if (MHD_lookup_connection_value_n(exchange_of(r)->connection, MHD_GET_ARGUMENT_KIND, name, strlen(name), &value.at,
	    &value.len) != MHD_YES)
		value = (struct lw_span){ NULL, 0 };
	return value;
}

bool
lw_request_query_is(const struct lw_request *r, const char *name, const char *value)
{
	struct lw_span s = lw_request_query(r, name);

	return s.at != NULL && lw_span_is(s, value);
}

void
lw_request_refuse(struct lw_request *r, unsigned status, const char *why)
{
	r->status = status;
	r->type = "application/json";
	r->out.len = 0;
	lw_buffer_add_text(&r->out, "{\"error\":");
	lw_put_json_string(&r->out, (struct lw_span){ why, strlen(why) });
	lw_buffer_add_text(&r->out, "}\n");
}

/* ---- one exchange ---- */

static void
name_peer(struct exchange *x)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *from = info != NULL ? info->client_addr : NULL;
	const void *address = NULL;

	if (from != NULL && from->sa_family == AF_INET)
		address = &((const struct sockaddr_in *)(const void *)from)->sin_addr;
	else if (from != NULL && from->sa_family == AF_INET6)
		address = &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
	if (address == NULL || inet_ntop(from->sa_family, address, x->peer, sizeof x->peer) == NULL)
		snprintf(x->peer, sizeof x->peer, "unix");
	x->request.peer = x->peer;
}

static struct exchange *
new_exchange(struct http *h, struct MHD_Connection *connection, const char *path, const char *method)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct exchange *x = calloc(1, sizeof *x);

	if (x == NULL || (x->path = strdup(path)) == NULL) {
		free(x);
		return NULL;
	}
	x->http = h;
	x->connection = connection;
	x->link = info != NULL ? info->socket_context : NULL;
	x->request.server = h->server;
	x->request.joiner = h->joiner;
	x->request.path = x->path;
	x->request.method = strcmp(method, "HEAD") == 0 ? "GET" : method;
	x->request.status = MHD_HTTP_OK;
	x->request.type = "application/json";
	name_peer(x);
	return x;
}

static void
free_exchange(struct exchange *x)
{
	lw_desk_give(x->http->server->desk, x->charged);
	lw_buffer_free(&x->body);
	lw_buffer_free(&x->request.out);
	free(x->path);
	free(x);
}

/* begins: something is waited for from now on. Not: a worker has the request. */
static void
set_clock(struct exchange *x, bool begins)
{
	if (x->link == NULL)
		return;
	pthread_mutex_lock(&x->http->lock);
	x->link->since = begins ? lw_now() : 0;
	pthread_mutex_unlock(&x->http->lock);
}

static enum MHD_Result
answer(struct exchange *x)
{
	struct lw_request *r = &x->request;
	struct MHD_Response *response = MHD_create_response_from_buffer(r->out.len, r->out.at, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result done;
	char seconds[16];

	if (response == NULL)
		return MHD_NO;
	/* out lives in the exchange, which outlives the response: both go when the request is completed */
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	if (strncmp(r->type, "text/html", 9) == 0)
		MHD_add_response_header(response, "Content-Security-Policy",
		    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
		    "frame-ancestors 'none'; base-uri 'none'");
	if (r->status == MHD_HTTP_UNAUTHORIZED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
	if (r->retry_after > 0 && snprintf(seconds, sizeof seconds, "%u", r->retry_after) > 0)
		MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
	if (r->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, x->route != NULL ? x->route->method : "GET, POST");
	if (atomic_load(&x->http->stopping))
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	set_clock(x, true);
	done = MHD_queue_response(x->connection, r->status, response);
	MHD_destroy_response(response);
	return done;
}

static enum MHD_Result
refuse(struct exchange *x, unsigned status, const char *why)
{
	lw_count(x->http->server->counters, LW_COUNT_REQUESTS_REFUSED);
	lw_request_refuse(&x->request, status, why);
	return answer(x);
}

/* A message that no worker will see: the door's policy answers, and it is counted like any other. */
static void
answer_by_policy(struct exchange *x, enum lw_outcome outcome)
{
	struct lw_request *r = &x->request;
	struct lw_note note = { .door = x->route->door, .outcome = outcome, .client = { r->peer, strlen(r->peer) },
		.begun = r->begun != 0 ? r->begun : lw_now() };

	if (x->route->unjudged != NULL) {
		lw_report(r->server, &note);
		x->route->unjudged(r, outcome);
		return;
	}
	r->retry_after = 1;
	lw_request_refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, lw_outcome_name(outcome));
}

/* No policy for it: to try again would not help. A person is told on the page. */
static enum MHD_Result
refuse_large(struct exchange *x)
{
	if (x->route->door != LW_DOOR_PAGE)
		return refuse(x, MHD_HTTP_CONTENT_TOO_LARGE, "larger than message-size");
	lw_count(x->http->server->counters, LW_COUNT_REQUESTS_REFUSED);
	x->route->unjudged(&x->request, LW_TOO_LARGE);
	return answer(x);
}

/* ---- who may ---- */

/* The same time whatever the first byte that differs. */
static bool
same_secret(struct lw_span a, struct lw_span b)
{
	unsigned char differ = a.len != b.len;

	for (size_t i = 0; i < b.len; i++)
		differ |= (unsigned char)((i < a.len ? a.at[i] : 0) ^ b.at[i]);
	return differ == 0;
}

static bool
may(struct exchange *x)
{
	const struct http *h = x->http;
	struct lw_span token = { h->token.at, h->token.len > 0 ? h->token.len - 1 : 0 }, given;
	const char *header;

	if (token.len == 0 || !x->route->needs_token)
		return true;
	header = lw_request_header(&x->request, MHD_HTTP_HEADER_AUTHORIZATION);
	if (header != NULL && strncasecmp(header, "Bearer ", 7) == 0)
		return same_secret((struct lw_span){ header + 7, strlen(header + 7) }, token);
	given = lw_request_query(&x->request, "token");
	return x->route->token_in_query && given.at != NULL && same_secret(given, token);
}

/* ---- the loop's side ---- */

/* At the head of a request: everything that can be refused without its body is. */
static enum MHD_Result
begin(struct exchange *x, const char *method)
{
	const char *allowed, *length = lw_request_header(&x->request, MHD_HTTP_HEADER_CONTENT_LENGTH);

	x->route = lw_route_find(method, x->path, &allowed);
	if (x->route == NULL || (x->route->door == LW_DOOR_PAGE && !x->http->server->config->page))
		return refuse(x, allowed != NULL ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_NOT_FOUND, allowed != NULL ?
		    "not this method" : "no such path");
	if (!may(x))
		return refuse(x, MHD_HTTP_UNAUTHORIZED, "a bearer token is needed");
	if (length != NULL && strtoull(length, NULL, 10) > x->http->server->config->message_size)
		return refuse_large(x);
	return MHD_YES;
}

/* A body without a length is read on for a while when it is too much, so that the peer sees the answer. */
static enum MHD_Result
take_body(struct exchange *x, const char *data, size_t len)
{
	const struct lw_config *config = x->http->server->config;

	x->swallowed += len;
	if (x->swallowed > config->message_size * DRAIN)
		return MHD_NO;
	if (x->trouble == LW_JUDGED && x->body.len + len > config->message_size)
		x->trouble = LW_TOO_LARGE;
	if (x->trouble == LW_JUDGED && !lw_desk_take(x->http->server->desk, len))
		x->trouble = LW_OVERLOADED;
	else if (x->trouble == LW_JUDGED)
		x->charged += len;
	if (x->trouble == LW_JUDGED && !lw_buffer_add(&x->body, data, len))
		x->trouble = LW_OVERLOADED;
	return MHD_YES;
}

static void
handle(struct lw_job *job, struct lw_seat *seat)
{
	struct exchange *x = (struct exchange *)((char *)job - offsetof(struct exchange, job));
	struct http *h = x->http;

	x->route->handle(&x->request, seat);
	x->answered = true;
	MHD_resume_connection(x->connection);
	/* last: stopping waits for this, and MHD must not be stopped over a suspended connection */
	pthread_mutex_lock(&h->lock);
	h->flying--;
	if (h->flying == 0)
		pthread_cond_signal(&h->landed);
	pthread_mutex_unlock(&h->lock);
}

static enum MHD_Result
to_desk(struct exchange *x)
{
	struct http *h = x->http;

	set_clock(x, false);
	pthread_mutex_lock(&h->lock);
	h->flying++;
	pthread_mutex_unlock(&h->lock);
	MHD_suspend_connection(x->connection);
	x->job = (struct lw_job){ .run = handle };
	if (lw_desk_put(h->server->desk, &x->job) == LW_JUDGED)
		return MHD_YES;
	answer_by_policy(x, LW_OVERLOADED);
	x->answered = true;
	MHD_resume_connection(x->connection);
	pthread_mutex_lock(&h->lock);
	h->flying--;
	pthread_mutex_unlock(&h->lock);
	return MHD_YES;
}

static enum MHD_Result
finish(struct exchange *x)
{
	struct lw_request *r = &x->request;

	r->begun = lw_now();
	r->body = (struct lw_span){ x->body.at != NULL ? x->body.at : "", x->body.len };
	if (x->trouble == LW_TOO_LARGE)
		return refuse_large(x);
	if (x->trouble != LW_JUDGED || atomic_load(&x->http->stopping)) {
		answer_by_policy(x, LW_OVERLOADED);
		return answer(x);
	}
	if (!x->route->at_once)
		return to_desk(x);
	x->route->handle(r, NULL);
	return answer(x);
}

/* Called for a request's head, for each piece of its body, at its end, and again when it comes back from the desk. */
static enum MHD_Result
on_request(void *of, struct MHD_Connection *connection, const char *path, const char *method, const char *version,
    const char *data, size_t *len, void **state)
{
	struct exchange *x = *state;

	(void)version;
	if (x == NULL) {
		*state = x = new_exchange(of, connection, path, method);
		return x != NULL ? begin(x, method) : MHD_NO;
	}
	if (x->answered)
		return answer(x);
	if (*len > 0) {
		size_t n = *len;

		*len = 0;
		return take_body(x, data, n);
	}
	return finish(x);
}

static void
on_completed(void *of, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *state;

	(void)of;
	(void)connection;
	if (x == NULL)
		return;
	if (why == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED)
		lw_count(x->http->server->counters, LW_COUNT_CLIENTS_TIMED_OUT);
	set_clock(x, true);
	free_exchange(x);
	*state = NULL;
}

static void
link_connection(struct http *h, struct MHD_Connection *connection, void **context)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct link *l = calloc(1, sizeof *l);

	*context = l;
	lw_count(h->server->counters, LW_COUNT_CONNECTIONS);
	if (l == NULL)
		return;
	l->fd = info != NULL ? info->connect_fd : -1;
	l->since = lw_now();
	pthread_mutex_lock(&h->lock);
	l->next = h->links;
	if (l->next != NULL)
		l->next->previous = l;
	h->links = l;
	pthread_mutex_unlock(&h->lock);
}

static void
on_connection(void *of, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what)
{
	struct http *h = of;
	struct link *l = *context;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		link_connection(h, connection, context);
		return;
	}
	if (l == NULL)
		return;
	pthread_mutex_lock(&h->lock);
	if (l->previous != NULL)
		l->previous->next = l->next;
	else
		h->links = l->next;
	if (l->next != NULL)
		l->next->previous = l->previous;
	pthread_mutex_unlock(&h->lock);
	free(l);
	*context = NULL;
}

static enum MHD_Result
on_accept(void *of, const struct sockaddr *from, socklen_t len)
{
	struct http *h = of;

	(void)len;
	if (lw_nets_hold(&h->allow, from))
		return MHD_YES;
	lw_count(h->server->counters, LW_COUNT_CONNECTIONS_REFUSED);
	return MHD_NO;
}

static void
http_tick(void *state)
{
	struct http *h = state;
	int64_t latest = lw_now() - (int64_t)h->server->config->client_timeout * LW_SECOND;

	pthread_mutex_lock(&h->lock);
	for (struct link *l = h->links; l != NULL; l = l->next)
		if (l->since != 0 && l->since < latest && l->fd >= 0) {
			lw_count(h->server->counters, LW_COUNT_CLIENTS_TIMED_OUT);
			shutdown(l->fd, SHUT_RDWR);
			l->fd = -1;
		}
	pthread_mutex_unlock(&h->lock);
	lw_sms_tick(h->server, h->joiner, false);
}

/* ---- opening and closing ---- */

static bool
read_file(const char *path, struct lw_buffer *b, struct lw_buffer *why)
{
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t n = fd < 0 ? -1 : 1;

	if (path == NULL)
		return true;
	while (n > 0 && lw_buffer_reserve(b, 4096)) {
		n = read(fd, b->at + b->len, 4096);
		b->len += n > 0 ? (size_t)n : 0;
	}
	if (n < 0)
		lw_buffer_addf(why, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return n == 0 && lw_buffer_add(b, "", 1);
}

static bool
read_token(struct http *h, struct lw_buffer *why)
{
	const char *path = h->server->config->http_token;

	if (path == NULL)
		return true;
	if (!read_file(path, &h->token, why))
		return false;
	h->token.len = strcspn(h->token.at, "\r\n");
	h->token.at[h->token.len++] = '\0';
	if (h->token.len > 1)
		return true;
	lw_buffer_addf(why, "%s: the first line is empty: a token is meant", path);
	return false;
}

static bool
open_listeners(struct http *h, struct lw_buffer *why)
{
	const struct lw_config *config = h->server->config;
	int next = 0, fd;

	while (h->listeners < LISTENERS_MAX && (fd = lw_listen_inherited("http", &next)) >= 0)
		h->listener[h->listeners++] = fd;
	for (size_t i = 0; i < config->http.n && h->listeners < LISTENERS_MAX; i++) {
		fd = lw_listen(config->http.at[i], lw_config_owner(config), why);
		if (fd < 0)
			return false;
		h->listener[h->listeners++] = fd;
	}
	return true;
}

static void
free_http(struct http *h)
{
	for (size_t i = 0; i < h->listeners; i++)
		if (h->listener[i] >= 0)
			close(h->listener[i]);
	lw_nets_free(&h->allow);
	lw_joiner_free(h->joiner);
	lw_buffer_free(&h->token);
	lw_buffer_free(&h->certificate);
	lw_buffer_free(&h->key);
	pthread_cond_destroy(&h->landed);
	pthread_mutex_destroy(&h->lock);
	free(h);
}

static bool
http_open(struct lw_server *server, void **state, struct lw_buffer *why)
{
	const struct lw_config *config = server->config;
	struct http *h = calloc(1, sizeof *h);

	*state = NULL;
	if (h == NULL) {
		lw_buffer_add_text(why, "out of memory");
		return false;
	}
	h->server = server;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->landed, NULL);
	h->joiner = lw_joiner_new(config->join_parts, (int64_t)config->join_time * LW_SECOND);
	if (h->joiner == NULL || !open_listeners(h, why) || !read_token(h, why) || !lw_nets_read(&h->allow, &config->http_allow, why) ||
	    !read_file(config->http_certificate, &h->certificate, why) || !read_file(config->http_key, &h->key, why)) {
		free_http(h);
		return false;
	}
	if (h->listeners == 0)
		free_http(h);
	else
		*state = h;
	return true;
}

static struct MHD_Daemon *
start_one(struct http *h, int listener)
{
	const struct lw_config *config = h->server->config;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
	struct MHD_OptionItem tls[] = { { MHD_OPTION_HTTPS_MEM_CERT, 0, h->certificate.at },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, h->key.at }, { MHD_OPTION_END, 0, NULL } };
	struct MHD_OptionItem plain[] = { { MHD_OPTION_END, 0, NULL } };
	bool secure = h->certificate.len > 0;

	return MHD_start_daemon(flags | (secure ? MHD_USE_TLS : 0), 0, on_accept, h, on_request, h,
	    MHD_OPTION_LISTEN_SOCKET, listener,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)lw_connection_limit(config),
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)config->client_timeout,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MEMORY,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
	    MHD_OPTION_ARRAY, secure ? tls : plain, MHD_OPTION_END);
}

static bool
http_start(void *state, struct lw_buffer *why)
{
	struct http *h = state;

	for (size_t i = 0; i < h->listeners; i++) {
		h->daemon[i] = start_one(h, h->listener[i]);
		if (h->daemon[i] == NULL) {
			lw_buffer_add_text(why, h->certificate.len > 0 ?
			    "http: the server could not be started: are certificate and key good?" :
			    "http: the server could not be started");
			return false;
		}
	}
	return true;
}

static void
http_stop(void *state)
{
	struct http *h = state;

	atomic_store(&h->stopping, true);
	for (size_t i = 0; i < h->listeners; i++)
		if (h->daemon[i] != NULL)
			MHD_quiesce_daemon(h->daemon[i]);
	pthread_mutex_lock(&h->lock);
	while (h->flying > 0)
		pthread_cond_wait(&h->landed, &h->lock);
	pthread_mutex_unlock(&h->lock);
	for (size_t i = 0; i < h->listeners; i++)
		if (h->daemon[i] != NULL)
			MHD_stop_daemon(h->daemon[i]);
	lw_sms_tick(h->server, h->joiner, true);
	free_http(h);
}

const struct lw_door_kind lw_door_http = { "http", http_open, http_start, http_stop, http_tick };
