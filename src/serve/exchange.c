/*
 * exchange.c - one HTTP request and its answer: refused early, or to the desk and back
 *
 * What is refused (no such path, no token, too large, no room) is refused before its body is read. Between its
 * last byte and its answer a request is suspended and belongs to a worker. Memory that is gone ends the request
 * with 503 or, where not even that can be said, the connection.
 */
#include "serve/counters.h"
#include "serve/http_parts.h"
#include "write/write.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { DRAIN = 4 };             /* so many times message-size is read and thrown away, for the peer to see the answer */

/* ---- what handlers use ---- */

static struct lw_exchange *
exchange_of(const struct lw_request *r)
{
	return (struct lw_exchange *)(uintptr_t)r;
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
name_peer(struct lw_exchange *x)
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

static struct lw_exchange *
new_exchange(struct lw_http *h, struct MHD_Connection *connection, const char *path, const char *method)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct lw_exchange *x = calloc(1, sizeof *x);

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
free_exchange(struct lw_exchange *x)
{
	lw_desk_give(x->http->server->desk, x->charged);
	lw_buffer_free(&x->body);
	lw_buffer_free(&x->request.out);
	free(x->path);
	free(x);
}

/* begins: something is waited for from now on. Not: a worker has the request. */
static void
set_clock(struct lw_exchange *x, bool begins)
{
	if (x->link == NULL)
		return;
	pthread_mutex_lock(&x->http->lock);
	x->link->since = begins ? lw_now() : 0;
	pthread_mutex_unlock(&x->http->lock);
}

static enum MHD_Result
answer(struct lw_exchange *x)
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
refuse(struct lw_exchange *x, unsigned status, const char *why)
{
	lw_count(x->http->server->counters, LW_COUNT_REQUESTS_REFUSED);
	lw_request_refuse(&x->request, status, why);
	return answer(x);
}

/* A message that no worker will see: the door's policy answers, and it is counted like any other. */
static void
answer_by_policy(struct lw_exchange *x, enum lw_outcome outcome)
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
refuse_large(struct lw_exchange *x)
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
may(struct lw_exchange *x)
{
	const struct lw_http *h = x->http;
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
begin(struct lw_exchange *x, const char *method)
{
	const char *allowed, *length = lw_request_header(&x->request, MHD_HTTP_HEADER_CONTENT_LENGTH);

	x->route = lw_route_find(method, x->path, &allowed);
	if (x->route != NULL && x->route->door == LW_DOOR_PAGE && !x->http->server->config->page)
		x->route = NULL;
	else if (x->route == NULL && allowed != NULL)
		return refuse(x, MHD_HTTP_METHOD_NOT_ALLOWED, "not this method");
	if (x->route == NULL)
		return refuse(x, MHD_HTTP_NOT_FOUND, "no such path");
	if (!may(x))
		return refuse(x, MHD_HTTP_UNAUTHORIZED, "a bearer token is needed");
	if (length != NULL && strtoull(length, NULL, 10) > x->http->server->config->message_size)
		return refuse_large(x);
	return MHD_YES;
}

/* A body without a length is read on for a while when it is too much, so that the peer sees the answer. */
static enum MHD_Result
take_body(struct lw_exchange *x, const char *data, size_t len)
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
	struct lw_exchange *x = (struct lw_exchange *)((char *)job - offsetof(struct lw_exchange, job));
	struct lw_http *h = x->http;

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
to_desk(struct lw_exchange *x)
{
	struct lw_http *h = x->http;

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
finish(struct lw_exchange *x)
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
enum MHD_Result
lw_exchange_step(void *of, struct MHD_Connection *connection, const char *path, const char *method, const char *version,
    const char *data, size_t *len, void **state)
{
	struct lw_exchange *x = *state;

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

void
lw_exchange_completed(void *of, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
	struct lw_exchange *x = *state;

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
