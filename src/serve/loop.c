/*
 * loop.c - the event loop: listeners, clients, and the jobs that come back from the workers
 *
 * A client is reading, at the desk, writing, or done and being read away. At the desk it belongs to the worker and the loop does not
 * touch it; the worker hands it back through a list and an eventfd. A client that hangs up meanwhile is
 * closed when it comes back. At the limit of connections or descriptors a new client gets the policy's answer
 * without being read.
 */
#include "serve/counters.h"
#include "serve/privilege.h"
#include "serve/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 16384, EVENTS = 64, TICK_MS = 500, HEAD_ROOM = 65536, ROOM_KEPT = 65536 };

struct connection {
	struct lw_client client;        /* first: the protocol's view */
	struct lw_job job;
	struct stream *stream;
	struct connection *previous, *next, *next_done;
	int fd;
	enum { READING, WORKING, WRITING, DRAINING } at;
	bool ended, gone, last;         /* peer sends no more; peer hung up; close after out */
	size_t sent, charged;
	int64_t until;                  /* lw_now() when patience ends */
	char peer[64];
};

struct stream {
	struct lw_server *server;
	const struct lw_protocol *protocol;
	int *listener;
	size_t listeners, listener_room;
	int epoll, wake, spare;
	pthread_t thread;
	bool running, stopping;         /* stopping: under the lock */
	struct connection *first;
	size_t open, limit;
	pthread_mutex_t lock;           /* over done and stopping */
	struct connection *done;
};

static int64_t
patience(const struct stream *s)
{
	return lw_now() + (int64_t)s->server->config->client_timeout * LW_SECOND;
}

/* ---- one client ---- */

static void
drop(struct connection *c)
{
	struct stream *s = c->stream;

	if (c->previous != NULL)
		c->previous->next = c->next;
	else
		s->first = c->next;
	if (c->next != NULL)
		c->next->previous = c->previous;
	s->open--;
	close(c->fd);
	if (s->protocol->release != NULL)
		s->protocol->release(&c->client);
	lw_desk_give(s->server->desk, c->charged);
	lw_buffer_free(&c->client.in);
	lw_buffer_free(&c->client.out);
	free(c->client.state);
	free(c);
}

static void
watch(struct connection *c, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = c };

	epoll_ctl(c->stream->epoll, EPOLL_CTL_MOD, c->fd, &e);
}

static void advance(struct connection *c, enum lw_step step);

/* Memory of requests is charged to the desk by what the buffer really holds. */
static bool
make_room(struct connection *c)
{
	size_t want;

	if (!lw_buffer_reserve(&c->client.in, CHUNK))
		return false;
	want = c->client.in.room;
	if (want > c->charged && !lw_desk_take(c->stream->server->desk, want - c->charged))
		return false;
	c->charged = want > c->charged ? want : c->charged;
	return true;
}

static void
refuse(struct connection *c, enum lw_outcome why)
{
	c->stream->protocol->refuse(&c->client, why);
	advance(c, LW_CLOSE);
}

/* Closing on bytes that were not read makes a reset of it, and the peer may lose the answer: they are read away first. */
static void
drain(struct connection *c)
{
	char away[CHUNK];
	ssize_t n = recv(c->fd, away, sizeof away, 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
		drop(c);
}

static void
finish(struct connection *c)
{
	shutdown(c->fd, SHUT_WR);
	if (c->ended) {
		drop(c);
		return;
	}
	c->at = DRAINING;
	watch(c, EPOLLIN);
}

/* Sends what can be sent. */
static void
send_out(struct connection *c)
{
	while (c->sent < c->client.out.len) {
		ssize_t n = send(c->fd, c->client.out.at + c->sent, c->client.out.len - c->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			watch(c, EPOLLOUT);
			return;
		}
		if (n < 0) {
			drop(c);
			return;
		}
		c->sent += (size_t)n;
	}
	if (c->last) {
		finish(c);
		return;
	}
	c->client.out.len = c->sent = 0;
	if (c->client.in.len == 0 && c->charged > ROOM_KEPT) {
		lw_buffer_free(&c->client.in);
		lw_desk_give(c->stream->server->desk, c->charged);
		c->charged = 0;
	}
	c->at = READING;
	c->client.begun = lw_now();
	c->until = patience(c->stream);
	if (c->client.in.len > 0 || c->ended)
		advance(c, c->stream->protocol->read(&c->client, c->ended));
	else
		watch(c, EPOLLIN);
}

static void
work(struct lw_job *job, struct lw_seat *seat)
{
	struct connection *c = (struct connection *)((char *)job - offsetof(struct connection, job));
	struct stream *s = c->stream;
	uint64_t one = 1;
	ssize_t n;

	c->last = s->protocol->work(&c->client, seat) != LW_READ;
	pthread_mutex_lock(&s->lock);
	c->next_done = s->done;
	s->done = c;
	/* under the lock: the loop may close the eventfd once the last client is back */
	n = write(s->wake, &one, sizeof one);
	(void)n;
	pthread_mutex_unlock(&s->lock);
}

static void
advance(struct connection *c, enum lw_step step)
{
	if (step == LW_READ && c->ended) {
		drop(c);
	} else if (step == LW_READ) {
		watch(c, EPOLLIN);
	} else if (step == LW_WORK) {
		c->at = WORKING;
		c->job = (struct lw_job){ .run = work };
		watch(c, 0);
		if (lw_desk_put(c->stream->server->desk, &c->job) != LW_JUDGED)
			refuse(c, LW_OVERLOADED);
	} else {
		c->last = true;
		c->at = WRITING;
		c->until = patience(c->stream);
		send_out(c);
	}
}

static void
take_bytes(struct connection *c)
{
	struct lw_client *k = &c->client;
	size_t most = c->stream->server->config->message_size + HEAD_ROOM;
	ssize_t n;

	if (!make_room(c)) {
		refuse(c, LW_OVERLOADED);
		return;
	}
	n = recv(c->fd, k->in.at + k->in.len, CHUNK, 0);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return;
	if (n < 0) {
		drop(c);
		return;
	}
	if (k->in.len == 0 && n > 0) {
		k->begun = lw_now();
		c->until = patience(c->stream);
	}
	c->ended = n == 0;
	k->in.len += (size_t)n;
	if (k->in.len > most)
		refuse(c, LW_TOO_LARGE);
	else
		advance(c, c->stream->protocol->read(k, c->ended));
}

/* ---- new clients ---- */

static void
name_peer(struct connection *c, const struct sockaddr_storage *from)
{
	char host[INET6_ADDRSTRLEN] = "";

	if (from->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)from;

		inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
		snprintf(c->peer, sizeof c->peer, "%s:%u", host, ntohs(in->sin_port));
	} else if (from->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)from;

		inet_ntop(AF_INET6, &in->sin6_addr, host, sizeof host);
		snprintf(c->peer, sizeof c->peer, "[%s]:%u", host, ntohs(in->sin6_port));
	} else {
		snprintf(c->peer, sizeof c->peer, "unix");
	}
	c->client.peer = c->peer;
}

/* The policy's answer, in one piece or not at all, to a client there is no place for. */
static void
turn_away(struct stream *s, int fd)
{
	struct connection c = { .client = { .server = s->server, .peer = "?", .begun = lw_now() } };
	ssize_t n;

	lw_count(s->server->counters, LW_COUNT_CONNECTIONS_REFUSED);
	c.client.state = calloc(1, s->protocol->state + 1);
	if (c.client.state != NULL) {
		s->protocol->refuse(&c.client, LW_OVERLOADED);
		n = send(fd, c.client.out.at, c.client.out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		(void)n;
		if (s->protocol->release != NULL)
			s->protocol->release(&c.client);
	}
	free(c.client.state);
	lw_buffer_free(&c.client.out);
	shutdown(fd, SHUT_WR);
	close(fd);
}

static void
welcome(struct stream *s, int fd, const struct sockaddr_storage *from)
{
	struct connection *c = s->open < s->limit ? calloc(1, sizeof *c) : NULL;
	struct epoll_event e = { .events = EPOLLIN };

	if (c != NULL)
		c->client.state = calloc(1, s->protocol->state + 1);
	e.data.ptr = c;
	if (c == NULL || c->client.state == NULL || epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) != 0) {
		if (c != NULL)
			free(c->client.state);
		free(c);
		turn_away(s, fd);
		return;
	}
	c->client.server = s->server;
	c->client.begun = lw_now();
	c->stream = s;
	c->fd = fd;
	c->until = patience(s);
	name_peer(c, from);
	c->next = s->first;
	if (c->next != NULL)
		c->next->previous = c;
	s->first = c;
	s->open++;
	lw_count(s->server->counters, LW_COUNT_CONNECTIONS);
}

/* Out of descriptors: the spare one makes room for a client to be told so, instead of leaving it waiting. */
static bool
turn_away_without_descriptors(struct stream *s, int listener)
{
	int fd;

	close(s->spare);
	fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0)
		turn_away(s, fd);
	s->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return fd >= 0;
}

static void
take_clients(struct stream *s, int listener)
{
	for (int taken = 0; taken < EVENTS; taken++) {
		struct sockaddr_storage from = { 0 };
		socklen_t len = sizeof from;
		int fd = accept4(listener, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0)
			welcome(s, fd, &from);
		else if ((errno != EMFILE && errno != ENFILE) || !turn_away_without_descriptors(s, listener))
			break;
	}
}

/* ---- the loop ---- */

static void
take_back(struct stream *s)
{
	struct connection *c;
	uint64_t n;
	ssize_t got = read(s->wake, &n, sizeof n);

	(void)got;
	pthread_mutex_lock(&s->lock);
	c = s->done;
	s->done = NULL;
	pthread_mutex_unlock(&s->lock);
	while (c != NULL) {
		struct connection *next = c->next_done;

		if (c->gone) {
			drop(c);
		} else {
			c->at = WRITING;
			c->until = patience(s);
			send_out(c);
		}
		c = next;
	}
}

static void
expire(struct stream *s)
{
	int64_t now = lw_now();

	for (struct connection *c = s->first, *next; c != NULL; c = next) {
		next = c->next;
		if (c->at == WORKING || now < c->until)
			continue;
		lw_count(s->server->counters, LW_COUNT_CLIENTS_TIMED_OUT);
		drop(c);
	}
}

static void
serve_client(struct connection *c, uint32_t events)
{
	if (c->at == WORKING) {
		/* hung up: silence the descriptor until the worker is done */
		c->gone = true;
		epoll_ctl(c->stream->epoll, EPOLL_CTL_DEL, c->fd, NULL);
	} else if (c->at == WRITING) {
		if ((events & (EPOLLERR | EPOLLHUP)) != 0)
			drop(c);
		else
			send_out(c);
	} else if (c->at == DRAINING) {
		drain(c);
	} else {
		take_bytes(c);
	}
}

static bool
at_the_desk(const struct stream *s)
{
	for (const struct connection *c = s->first; c != NULL; c = c->next)
		if (c->at == WORKING)
			return true;
	return false;
}

static bool
is_listener(const struct stream *s, const void *ptr)
{
	const int *p = ptr;

	return p >= s->listener && p < s->listener + s->listeners;
}

static void *
loop(void *of)
{
	struct stream *s = of;
	struct epoll_event event[EVENTS];
	bool stopping = false;

	while (!stopping || at_the_desk(s)) {
		int n = epoll_wait(s->epoll, event, EVENTS, stopping ? 10 : TICK_MS);
		bool back = false;

		for (int i = 0; i < n; i++) {
			void *what = event[i].data.ptr;

			if (what == s)
				back = true;
			else if (!is_listener(s, what))
				serve_client(what, event[i].events);
			else if (!stopping)
				take_clients(s, *(int *)what);
		}
		/* last: it may close a client that has an event of its own in this round */
		if (back)
			take_back(s);
		expire(s);
		pthread_mutex_lock(&s->lock);
		stopping = s->stopping;
		pthread_mutex_unlock(&s->lock);
	}
	while (s->first != NULL)
		drop(s->first);
	return NULL;
}

/* ---- opening and closing ---- */

static bool
add_listener(struct stream *s, int fd)
{
	if (!lw_grow(&s->listener, &s->listener_room, s->listeners + 1, sizeof *s->listener)) {
		close(fd);
		return false;
	}
	s->listener[s->listeners++] = fd;
	return true;
}

static bool
open_listeners(struct stream *s, const struct lw_list *addresses, struct lw_buffer *why)
{
	int next = 0, fd;

	while ((fd = lw_listen_inherited(s->protocol->name, &next)) >= 0)
		if (!add_listener(s, fd))
			return false;
	for (size_t i = 0; i < addresses->n; i++)
		if ((fd = lw_listen(addresses->at[i], lw_config_owner(s->server->config), why)) < 0 || !add_listener(s, fd))
			return false;
	return true;
}

static void
free_stream(struct stream *s)
{
	for (size_t i = 0; i < s->listeners; i++)
		close(s->listener[i]);
	free(s->listener);
	if (s->epoll >= 0)
		close(s->epoll);
	if (s->wake >= 0)
		close(s->wake);
	if (s->spare >= 0)
		close(s->spare);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

bool
lw_loop_open(struct lw_server *server, const struct lw_protocol *protocol, const struct lw_list *addresses, void **state,
    struct lw_buffer *why)
{
	struct stream *s = calloc(1, sizeof *s);

	*state = NULL;
	if (s == NULL) {
		lw_buffer_add_text(why, "out of memory");
		return false;
	}
	s->server = server;
	s->protocol = protocol;
	s->epoll = s->wake = s->spare = -1;
	pthread_mutex_init(&s->lock, NULL);
	if (!open_listeners(s, addresses, why)) {
		free_stream(s);
		return false;
	}
	if (s->listeners == 0)
		free_stream(s);
	else
		*state = s;
	return true;
}

static bool
prepare(struct stream *s)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = s };

	s->limit = lw_connection_limit(s->server->config);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (s->epoll < 0 || s->wake < 0 || s->spare < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->wake, &e) != 0)
		return false;
	for (size_t i = 0; i < s->listeners; i++) {
		e.data.ptr = &s->listener[i];
		if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->listener[i], &e) != 0)
			return false;
	}
	return true;
}

bool
lw_loop_start(void *state, struct lw_buffer *why)
{
	struct stream *s = state;
	sigset_t all, before;
	int e;

	if (!prepare(s)) {
		lw_buffer_addf(why, "%s: %s", s->protocol->name, strerror(errno));
		return false;
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	e = pthread_create(&s->thread, NULL, loop, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	s->running = e == 0;
	if (e != 0)
		lw_buffer_addf(why, "%s: %s", s->protocol->name, strerror(e));
	return e == 0;
}

void
lw_loop_stop(void *state)
{
	struct stream *s = state;

	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_mutex_unlock(&s->lock);
	if (s->running)
		pthread_join(s->thread, NULL);
	free_stream(s);
}
