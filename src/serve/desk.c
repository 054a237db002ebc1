/*
 * desk.c - the queue, the workers and the present model
 *
 * One lock over the queue and the pointer to the model. A worker takes a job and a reference to the model
 * together, so a job has one model from its start to its end, and a reload never waits for a job.
 */
#include "serve/desk.h"
#include "serve/counters.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct lw_seat {
	struct lw_desk *desk;
	unsigned number;
	pthread_t thread;
	struct lw_held *held;           /* during a job; NULL at the seat where the late are turned away */
	int64_t expires;
	struct lw_buffer scratch;
};

struct lw_desk {
	struct lw_server *server;
	pthread_mutex_t lock;           /* over all down to stopping */
	pthread_cond_t work;
	struct lw_job *first, **last;
	size_t queued;
	unsigned busy;
	struct lw_held *held;
	bool stopping;
	pthread_mutex_t reloading;      /* one reload at a time */
	atomic_size_t memory;
	unsigned seats;
	struct lw_seat seat[];
};

enum { SCRATCH_KEPT = 1 << 20 };        /* room a seat may keep from job to job */

int64_t
lw_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * LW_SECOND + t.tv_nsec;
}

const char *
lw_outcome_name(enum lw_outcome o)
{
	static const char *const names[LW_OUTCOMES] = { "judged", "overloaded", "late", "failed", "too-large" };

	return names[o];
}

/* ---- workers ---- */

static void
run(struct lw_seat *s, struct lw_job *job)
{
	s->expires = job->expires;
	s->scratch.len = 0;
	job->run(job, s);
	if (s->scratch.room > SCRATCH_KEPT)
		lw_buffer_free(&s->scratch);
}

static struct lw_job *
next_job(struct lw_desk *d)
{
	struct lw_job *job = d->first;

	if (job == NULL)
		return NULL;
	d->first = job->next;
	if (d->first == NULL)
		d->last = &d->first;
	d->queued--;
	return job;
}

static void *
work(void *of)
{
	struct lw_seat *s = of;
	struct lw_desk *d = s->desk;
	struct lw_job *job;

	pthread_mutex_lock(&d->lock);
	for (;;) {
		while ((job = next_job(d)) == NULL && !d->stopping)
			pthread_cond_wait(&d->work, &d->lock);
		if (job == NULL)
			break;
		s->held = lw_held_take(d->held);
		d->busy++;
		pthread_mutex_unlock(&d->lock);
		run(s, job);
		lw_held_release(s->held);
		pthread_mutex_lock(&d->lock);
		d->busy--;
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

struct lw_buffer *
lw_seat_scratch(struct lw_seat *s)
{
	return &s->scratch;
}

/* ---- opening and closing ---- */

/* Workers take no signals: those are the main thread's. */
static bool
start_workers(struct lw_desk *d)
{
	sigset_t all, before;
	unsigned n = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (; n < d->seats; n++) {
		d->seat[n].desk = d;
		d->seat[n].number = n;
		if (pthread_create(&d->seat[n].thread, NULL, work, &d->seat[n]) != 0)
			break;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	d->seats = n;
	return n > 0;
}

struct lw_desk *
lw_desk_open(struct lw_server *server, struct lw_buffer *why)
{
	unsigned seats = (unsigned)server->config->threads;
	struct lw_desk *d = calloc(1, sizeof *d + seats * sizeof d->seat[0]);

	if (d == NULL) {
		lw_buffer_add_text(why, "out of memory");
		return NULL;
	}
	d->server = server;
	d->seats = seats;
	d->last = &d->first;
	pthread_mutex_init(&d->lock, NULL);
	pthread_mutex_init(&d->reloading, NULL);
	pthread_cond_init(&d->work, NULL);
	d->held = lw_held_open(server->config->model, seats, server->config->threshold, why);
	if (d->held != NULL && start_workers(d))
		return d;
	if (d->held != NULL)
		lw_buffer_add_text(why, "no thread could be started");
	d->seats = 0;
	lw_desk_close(d);
	return NULL;
}

void
lw_desk_close(struct lw_desk *d)
{
	if (d == NULL)
		return;
	pthread_mutex_lock(&d->lock);
	d->stopping = true;
	pthread_cond_broadcast(&d->work);
	pthread_mutex_unlock(&d->lock);
	for (unsigned i = 0; i < d->seats; i++) {
		pthread_join(d->seat[i].thread, NULL);
		lw_buffer_free(&d->seat[i].scratch);
	}
	lw_held_release(d->held);
	pthread_cond_destroy(&d->work);
	pthread_mutex_destroy(&d->reloading);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

/* ---- the queue ---- */

enum lw_outcome
lw_desk_put(struct lw_desk *d, struct lw_job *job)
{
	bool taken;

	if (job->expires == 0)
		job->expires = lw_now() + (int64_t)d->server->config->deadline * LW_MILLISECOND;
	job->next = NULL;
	pthread_mutex_lock(&d->lock);
	taken = !d->stopping && d->queued < d->server->config->queue;
	if (taken) {
		*d->last = job;
		d->last = &job->next;
		d->queued++;
		pthread_cond_signal(&d->work);
	}
	pthread_mutex_unlock(&d->lock);
	return taken ? LW_JUDGED : LW_OVERLOADED;
}

/* Takes the job at *at out of the queue; with the lock. */
static void
unlink_job(struct lw_desk *d, struct lw_job **at)
{
	*at = (*at)->next;
	if (*at == NULL)
		d->last = at;
	d->queued--;
}

/* false: a worker has it already. */
static bool
withdraw(struct lw_desk *d, struct lw_job *job)
{
	struct lw_job **at;
	bool found;

	pthread_mutex_lock(&d->lock);
	for (at = &d->first; *at != NULL && *at != job; at = &(*at)->next)
		;
	found = *at != NULL;
	if (found)
		unlink_job(d, at);
	pthread_mutex_unlock(&d->lock);
	return found;
}

void
lw_desk_tick(struct lw_desk *d)
{
	struct lw_job *late = NULL, **end = &late;
	struct lw_seat away = { .desk = d };
	int64_t now = lw_now();

	pthread_mutex_lock(&d->lock);
	for (struct lw_job **at = &d->first; *at != NULL;) {
		struct lw_job *job = *at;

		if (job->expires > now) {
			at = &job->next;
			continue;
		}
		unlink_job(d, at);
		job->next = NULL;
		*end = job;
		end = &job->next;
	}
	pthread_mutex_unlock(&d->lock);
	while (late != NULL) {
		struct lw_job *job = late;

		late = job->next;
		run(&away, job);
	}
	lw_buffer_free(&away.scratch);
}

bool
lw_desk_take(struct lw_desk *d, size_t bytes)
{
	size_t before = atomic_fetch_add(&d->memory, bytes);

	if (before + bytes <= d->server->config->memory)
		return true;
	atomic_fetch_sub(&d->memory, bytes);
	return false;
}

void
lw_desk_give(struct lw_desk *d, size_t bytes)
{
	atomic_fetch_sub(&d->memory, bytes);
}

void
lw_desk_look(struct lw_desk *d, struct lw_desk_state *out)
{
	pthread_mutex_lock(&d->lock);
	*out = (struct lw_desk_state){ .queued = d->queued, .queue_limit = d->server->config->queue,
		.memory = atomic_load(&d->memory), .memory_limit = d->server->config->memory, .workers = d->seats,
		.busy = d->busy };
	pthread_mutex_unlock(&d->lock);
}

/* ---- judging ---- */

static bool
copy_verdict(const lurewatch_verdict *v, struct lw_answer *a)
{
	if (!lw_grow(&a->probability, &a->probability_room, v->labels, sizeof *a->probability) ||
	    !lw_grow(&a->indicator, &a->indicator_room, v->indicators, sizeof *a->indicator))
		return false;
	a->verdict = *v;
	memcpy(a->probability, v->probability, v->labels * sizeof *a->probability);
	a->verdict.probability = a->probability;
	if (v->indicators > 0)
		memcpy(a->indicator, v->indicator, v->indicators * sizeof *a->indicator);
	a->verdict.indicator = a->indicator;
	return true;
}

static void
forget(struct lw_answer *a)
{
	lw_held_release(a->held);
	a->held = NULL;
	a->model = NULL;
	a->evidences = 0;
}

enum lw_outcome
lw_judge(struct lw_seat *s, struct lw_span text, bool explain, struct lw_answer *a)
{
	lurewatch_scorer *scorer;
	lurewatch_verdict v;

	forget(a);
	if (s->held == NULL || lw_now() > s->expires)
		return LW_LATE;
	scorer = lw_held_scorer(s->held, s->number);
	if (lurewatch_score(scorer, text.at, text.len, &v) != LUREWATCH_OK || !copy_verdict(&v, a))
		return LW_FAILED;
	if (explain) {
		a->evidences = LW_EVIDENCE_MAX;
		if (lurewatch_explain(scorer, text.at, text.len, a->evidence, &a->evidences) != LUREWATCH_OK) {
			a->evidences = 0;
			return LW_FAILED;
		}
	}
	a->held = lw_held_take(s->held);
	a->model = lw_held_model(s->held);
	return LW_JUDGED;
}

void
lw_answer_free(struct lw_answer *a)
{
	forget(a);
	free(a->probability);
	free(a->indicator);
	*a = (struct lw_answer){ 0 };
}

struct waiting {
	struct lw_job job;
	struct lw_span text;
	bool explain, done;
	struct lw_answer *answer;
	enum lw_outcome outcome;
	pthread_mutex_t lock;
	pthread_cond_t ready;
};

static void
judge_for_waiting(struct lw_job *job, struct lw_seat *s)
{
	struct waiting *w = (struct waiting *)job;
	enum lw_outcome outcome = lw_judge(s, w->text, w->explain, w->answer);

	pthread_mutex_lock(&w->lock);
	w->outcome = outcome;
	w->done = true;
	pthread_cond_signal(&w->ready);
	pthread_mutex_unlock(&w->lock);
}

/* Until the verdict is there. One that is being made when the deadline passes is waited for: it is a matter of milliseconds. */
static enum lw_outcome
wait_for(struct lw_desk *d, struct waiting *w)
{
	struct timespec until = { .tv_sec = w->job.expires / LW_SECOND, .tv_nsec = w->job.expires % LW_SECOND };
	bool withdrawn = false, asked = false;

	pthread_mutex_lock(&w->lock);
	while (!w->done && !withdrawn) {
		if (asked) {
			pthread_cond_wait(&w->ready, &w->lock);
		} else if (pthread_cond_timedwait(&w->ready, &w->lock, &until) != 0) {
			pthread_mutex_unlock(&w->lock);
			withdrawn = withdraw(d, &w->job);
			pthread_mutex_lock(&w->lock);
			asked = true;
		}
	}
	pthread_mutex_unlock(&w->lock);
	return withdrawn ? LW_LATE : w->outcome;
}

enum lw_outcome
lw_desk_judge(struct lw_desk *d, struct lw_span text, bool explain, struct lw_answer *a)
{
	struct waiting w = { .job.run = judge_for_waiting, .text = text, .explain = explain, .answer = a,
		.lock = PTHREAD_MUTEX_INITIALIZER };
	pthread_condattr_t clock;
	enum lw_outcome outcome;

	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&w.ready, &clock);
	pthread_condattr_destroy(&clock);
	forget(a);
	outcome = lw_desk_put(d, &w.job);
	if (outcome == LW_JUDGED)
		outcome = wait_for(d, &w);
	pthread_cond_destroy(&w.ready);
	pthread_mutex_destroy(&w.lock);
	return outcome;
}

/* ---- the model ---- */

struct lw_held *
lw_desk_model(struct lw_desk *d)
{
	struct lw_held *h;

	pthread_mutex_lock(&d->lock);
	h = lw_held_take(d->held);
	pthread_mutex_unlock(&d->lock);
	return h;
}

bool
lw_desk_reload(struct lw_server *server, struct lw_buffer *why)
{
	struct lw_desk *d = server->desk;
	struct lw_held *fresh, *old = NULL;

	pthread_mutex_lock(&d->reloading);
	fresh = lw_held_open(server->config->model, d->seats, server->config->threshold, why);
	if (fresh != NULL) {
		lw_log(server->log, "event=reload result=ok model=%s", lw_held_identity(fresh));
		pthread_mutex_lock(&d->lock);
		old = d->held;
		d->held = fresh;
		pthread_mutex_unlock(&d->lock);
		lw_held_release(old);
	} else {
		struct lw_buffer value = { 0 };

		lw_log_value(&value, (struct lw_span){ why->at, why->len });
		lw_log(server->log, "event=reload result=refused error=%.*s", (int)value.len, value.at);
		lw_buffer_free(&value);
	}
	lw_count(server->counters, fresh != NULL ? LW_COUNT_RELOADS : LW_COUNT_RELOADS_REFUSED);
	pthread_mutex_unlock(&d->reloading);
	return fresh != NULL;
}
