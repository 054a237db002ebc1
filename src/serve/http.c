/*
 * http.c - the HTTP door: libmicrohttpd's loop, listeners, connections and their limits
 *
 * libmicrohttpd's thread reads requests and sends answers (exchange.c has each of them). Its own time limit is on
 * silence alone, so a peer that sends a byte now and then is cut off by the tick: a request has client-timeout
 * seconds from its start, an answer as many again.
 */
#include "serve/counters.h"
#include "serve/http_parts.h"
#include "serve/join.h"
#include "serve/privilege.h"
#include "serve/sms.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD_MEMORY = 1 << 16, SPARE = 32 };     /* bytes of a request's head; connections beyond the limit, on their way out */

/* ---- connections ---- */

/*
 * At the limit the peer that has been silent or slow for longest goes, so that a crowd of them cannot keep others
 * out. With the lock.
 */
static void
make_place(struct lw_http *h)
{
	struct lw_link *longest = NULL;

	for (struct lw_link *l = h->links; l != NULL; l = l->next)
		if (l->since != 0 && l->fd >= 0 && (longest == NULL || l->since < longest->since))
			longest = l;
	if (longest == NULL)
		return;
	lw_count(h->server->counters, LW_COUNT_CONNECTIONS_REFUSED);
	shutdown(longest->fd, SHUT_RDWR);
	longest->fd = -1;
}

static void
link_connection(struct lw_http *h, struct MHD_Connection *connection, void **context)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct lw_link *l = calloc(1, sizeof *l);

	*context = l;
	lw_count(h->server->counters, LW_COUNT_CONNECTIONS);
	if (l == NULL)
		return;
	l->fd = info != NULL ? info->connect_fd : -1;
	l->since = lw_now();
	pthread_mutex_lock(&h->lock);
	if (++h->open > h->limit)
		make_place(h);
	l->next = h->links;
	if (l->next != NULL)
		l->next->previous = l;
	h->links = l;
	pthread_mutex_unlock(&h->lock);
}

static void
on_connection(void *of, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what)
{
	struct lw_http *h = of;
	struct lw_link *l = *context;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		link_connection(h, connection, context);
		return;
	}
	if (l == NULL)
		return;
	pthread_mutex_lock(&h->lock);
	h->open--;
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
	struct lw_http *h = of;

	(void)len;
	if (lw_nets_hold(&h->allow, from))
		return MHD_YES;
	lw_count(h->server->counters, LW_COUNT_CONNECTIONS_REFUSED);
	return MHD_NO;
}

static void
http_tick(void *state)
{
	struct lw_http *h = state;
	int64_t latest = lw_now() - (int64_t)h->server->config->client_timeout * LW_SECOND;

	pthread_mutex_lock(&h->lock);
	for (struct lw_link *l = h->links; l != NULL; l = l->next)
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
read_token(struct lw_http *h, struct lw_buffer *why)
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
open_listeners(struct lw_http *h, struct lw_buffer *why)
{
	const struct lw_config *config = h->server->config;
	int next = 0, fd;

	while (h->listeners < LW_LISTENERS_MAX && (fd = lw_listen_inherited("http", &next)) >= 0)
		h->listener[h->listeners++] = fd;
	for (size_t i = 0; i < config->http.n && h->listeners < LW_LISTENERS_MAX; i++) {
		fd = lw_listen(config->http.at[i], lw_config_owner(config), why);
		if (fd < 0)
			return false;
		h->listener[h->listeners++] = fd;
	}
	return true;
}

static void
free_http(struct lw_http *h)
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
	struct lw_http *h = calloc(1, sizeof *h);

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
start_one(struct lw_http *h, int listener)
{
	const struct lw_config *config = h->server->config;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
	struct MHD_OptionItem tls[] = { { MHD_OPTION_HTTPS_MEM_CERT, 0, h->certificate.at },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, h->key.at }, { MHD_OPTION_END, 0, NULL } };
	struct MHD_OptionItem plain[] = { { MHD_OPTION_END, 0, NULL } };
	bool secure = h->certificate.len > 0;

	return MHD_start_daemon(flags | (secure ? MHD_USE_TLS : 0), 0, on_accept, h, lw_exchange_step, h,
	    MHD_OPTION_LISTEN_SOCKET, listener,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)(h->limit + SPARE),
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)config->client_timeout,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MEMORY,
	    MHD_OPTION_NOTIFY_COMPLETED, lw_exchange_completed, h,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
	    MHD_OPTION_ARRAY, secure ? tls : plain, MHD_OPTION_END);
}

static bool
http_start(void *state, struct lw_buffer *why)
{
	struct lw_http *h = state;

	h->limit = lw_connection_limit(h->server->config);
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
	struct lw_http *h = state;

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
