/*
 * loop.h - an event loop for a door whose protocol is bytes in, bytes out
 *
 * One thread serves all clients of the door and never waits for one: a request is read as it comes, put to the
 * desk when whole, and its answer is sent as fast as the peer takes it. A client has client-timeout seconds for
 * a request from its first byte to its last, whatever the pace; likewise for fetching an answer; likewise for silence.
 */
#ifndef LW_LOOP_H
#define LW_LOOP_H

#include "serve/serve.h"

enum lw_step {
	LW_READ,        /* more bytes are needed */
	LW_WORK,        /* the request is whole: call work() on a worker */
	LW_CLOSE        /* send what is in out, then close */
};

struct lw_client {
	struct lw_server *server;
	struct lw_buffer in, out;       /* what came and was not taken; what is to be sent */
	void *state;                    /* protocol->state bytes, zeroed at the start */
	const char *peer;               /* "192.0.2.1:4711" or "unix" */
	int64_t begun;                  /* lw_now() at the request's first byte */
};

struct lw_protocol {
	const char *name;               /* also FileDescriptorName= of its sockets from systemd */
	size_t state;
	/* On the loop: bytes came, or (ended) the peer will send no more. Must be quick. */
	enum lw_step (*read)(struct lw_client *, bool ended);
	/* On a worker: judges what is in `in`, takes it out of there, fills `out`. LW_READ: the next request may follow. */
	enum lw_step (*work)(struct lw_client *, struct lw_seat *);
	/* No worker will see it (overloaded, too large, late): fills `out` by the policy and reports; the client is closed. */
	void (*refuse)(struct lw_client *, enum lw_outcome);
	void (*release)(struct lw_client *);    /* frees what state holds; NULL: nothing */
};

/* For a door's lw_door_kind: the same calls with the protocol and its addresses. */
bool lw_loop_open(struct lw_server *, const struct lw_protocol *, const struct lw_list *addresses, void **state,
    struct lw_buffer *why);
bool lw_loop_start(void *state, struct lw_buffer *why);
void lw_loop_stop(void *state);

#endif
