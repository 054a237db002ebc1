/*
 * serve.h - the daemon's core: what every door stands on
 *
 *   door    takes messages in its own protocol: http, spamd, milter, and the SMS doors of http
 *   desk    holds the model, a bounded queue and the workers; each worker has a scorer of its own (a seat)
 *   model   one immutable handle, counted; a reload swaps it, what is in hand keeps the old one
 *
 * A door that waits (a thread of libmilter) calls lw_desk_judge(). A door that must not wait (an event
 * loop) fills a lw_job and puts it: its run() is called on a worker, at a seat, and judges as many messages
 * as it likes. Either way every message ends in one lw_report(), which counts it and writes its line in the log.
 *
 * What goes wrong is an outcome, never a crash: the door answers by its policy (lw_server_policy), at once
 * when the queue or the memory is full.
 */
#ifndef LW_SERVE_H
#define LW_SERVE_H

#include "lurewatch.h"
#include "serve/config.h"
#include "text/buffer.h"

struct lw_server {              /* all of it is set before the first door opens and outlives the last */
	const struct lw_config *config;
	struct lw_desk *desk;
	struct lw_counters *counters;
	struct lw_log *log;
};

/* ---- time ---- */

int64_t lw_now(void);                   /* nanoseconds of a clock that never goes back */
#define LW_SECOND INT64_C(1000000000)
#define LW_MILLISECOND INT64_C(1000000)

/* ---- the model ---- */

struct lw_held;                         /* a model in use; immutable */

void lw_held_release(struct lw_held *); /* NULL is fine */
struct lw_held *lw_desk_model(struct lw_desk *);        /* the present one, to be released */
const lurewatch *lw_held_model(const struct lw_held *);
const char *lw_held_identity(const struct lw_held *);   /* 16 hexadecimal digits of a digest over the file */
int64_t lw_held_since(const struct lw_held *);          /* lw_now() when it was taken into use */

/*
 * Opens, checks and tries the model file, then takes it into use; on a failure the old one goes on and
 * *why says the reason. Any thread; one reload at a time. Counted and logged here.
 */
bool lw_desk_reload(struct lw_server *, struct lw_buffer *why);

/* ---- judging ---- */

enum lw_outcome {
	LW_JUDGED,
	LW_OVERLOADED,                  /* queue or memory full */
	LW_LATE,                        /* the deadline passed */
	LW_FAILED,                      /* memory gone, or a message that could not be read */
	LW_TOO_LARGE,                   /* longer than message-size */
	LW_OUTCOMES
};
const char *lw_outcome_name(enum lw_outcome);   /* judged overloaded late failed too-large */

enum { LW_EVIDENCE_MAX = 16 };

/*
 * A verdict that outlives the worker. Zeroed before first use, reused at will, not to be copied: verdict's
 * arrays are the answer's own. Names come from model by lurewatch_label() and its like.
 */
struct lw_answer {
	struct lw_held *held;
	const lurewatch *model;         /* NULL unless judged */
	lurewatch_verdict verdict;
	lurewatch_evidence evidence[LW_EVIDENCE_MAX];
	size_t evidences;
	double *probability;            /* room for the verdict's */
	uint16_t *indicator;
	size_t probability_room, indicator_room;
};
void lw_answer_free(struct lw_answer *);

struct lw_seat;                         /* a worker's place: scorer, model, the deadline of the job in hand */

struct lw_job {
	struct lw_job *next;            /* the desk's own */
	int64_t expires;                /* 0: the desk sets it from the configured deadline */
	/* On a worker. late: its deadline passed in the queue; lw_judge() will say LW_LATE. */
	void (*run)(struct lw_job *, struct lw_seat *);
};

/* LW_JUDGED: it will run, exactly once. LW_OVERLOADED: it will not; answer by the policy. */
enum lw_outcome lw_desk_put(struct lw_desk *, struct lw_job *);

/* At a seat: any bytes have a verdict. explain fills evidence. On anything but LW_JUDGED the answer has no model. */
enum lw_outcome lw_judge(struct lw_seat *, struct lw_span text, bool explain, struct lw_answer *);
struct lw_buffer *lw_seat_scratch(struct lw_seat *);    /* room to use within one run(); empty at its start */

/* Puts, waits and gives the verdict. For doors whose thread may wait. */
enum lw_outcome lw_desk_judge(struct lw_desk *, struct lw_span text, bool explain, struct lw_answer *);

/*
 * Bytes of messages in hand, over all doors. Take before memory for a message grows, give back when it goes.
 * false: the limit is reached; answer by the policy (LW_OVERLOADED).
 */
bool lw_desk_take(struct lw_desk *, size_t bytes);
void lw_desk_give(struct lw_desk *, size_t bytes);

/* ---- reporting: once a message ---- */

struct lw_note {
	enum lw_door door;
	enum lw_outcome outcome;
	const struct lw_answer *answer; /* read when judged */
	struct lw_span id, client;      /* as the peer gave them: made safe here; may be empty */
	const char *action;             /* what the door did: "header", "quarantine", "reject"; NULL: nothing to tell */
	const char *error;              /* why it failed; NULL: the outcome says it */
	struct lw_span text;            /* written only where log-text is on */
	int64_t begun;                  /* lw_now() when the message was there */
};
void lw_report(struct lw_server *, const struct lw_note *);

enum lw_policy lw_server_policy(const struct lw_server *, enum lw_door);

/* A line in the log that is no verdict: `event=reload ...`. key=value, values with blanks in quotes. */
void lw_log(struct lw_log *, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool lw_log_value(struct lw_buffer *, struct lw_span);  /* a peer's bytes as a safe value */

/* ---- doors ---- */

struct lw_door_kind {
	const char *name;
	/*
	 * open: with the privileges of the start, before any thread: bind the sockets. start: after they are
	 * dropped: take messages. stop: take no more, finish what was taken, free the state. Those that fail
	 * say why. open gives *state NULL when the configuration asks for no such door: nothing else is called.
	 */
	bool (*open)(struct lw_server *, void **state, struct lw_buffer *why);
	bool (*start)(void *state, struct lw_buffer *why);
	void (*stop)(void *state);
	void (*tick)(void *state);      /* once a second on the main thread; NULL: not needed */
};
extern const struct lw_door_kind *const lw_doors[];     /* NULL-terminated; in doors.c: add a door there */

#endif
