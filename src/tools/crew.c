/*
 * crew.c - batches of messages go round a ring; written <= taken <= filled
 *
 * Fails only without memory or threads, at the start or for one message.
 */
#include "tools/crew.h"

#include <pthread.h>
#include <stdlib.h>

enum {
	BATCH = 256,                    /* messages */
	BATCH_BYTES = 1 << 20
};

struct batch {
	struct lw_job job[BATCH];
	size_t n, bytes;
	bool done;
};

struct lw_crew {
	const struct lw_judge *judge;
	void (*done)(void *, struct lw_job *);
	void *data;

	lurewatch_scorer *scorer;       /* one thread: the giver judges */
	struct lw_job job;

	pthread_t *thread;
	unsigned threads;
	struct batch *ring;             /* NULL: one thread */
	size_t ring_size, written, taken, filled;
	bool quit;
	pthread_mutex_t lock;
	pthread_cond_t work, finished;
};

static void *
worker(void *data)
{
	struct lw_crew *c = data;
	lurewatch_scorer *scorer = NULL;
	lurewatch_error broken = lw_judge_scorer(c->judge, &scorer);

	pthread_mutex_lock(&c->lock);
	for (;;) {
		struct batch *b;

		while (c->taken == c->filled && !c->quit)
			pthread_cond_wait(&c->work, &c->lock);
		if (c->taken == c->filled)
			break;
		b = &c->ring[c->taken++ % c->ring_size];
		pthread_mutex_unlock(&c->lock);
		for (size_t i = 0; i < b->n; i++) {
			b->job[i].error = broken;
			if (broken == LUREWATCH_OK)
				lw_judge_message(c->judge, scorer, &b->job[i].message, &b->job[i]);
		}
		pthread_mutex_lock(&c->lock);
		b->done = true;
		pthread_cond_signal(&c->finished);
	}
	pthread_mutex_unlock(&c->lock);
	lurewatch_scorer_free(scorer);
	return NULL;
}

static lurewatch_error
start_threads(struct lw_crew *c, unsigned threads)
{
	c->ring_size = 2 * (size_t)threads + 1;
	c->ring = calloc(c->ring_size, sizeof *c->ring);
	c->thread = calloc(threads, sizeof *c->thread);
	if (c->ring == NULL || c->thread == NULL)
		return LUREWATCH_E_MEMORY;
	while (c->threads < threads && pthread_create(&c->thread[c->threads], NULL, worker, c) == 0)
		c->threads++;
	return c->threads > 0 ? LUREWATCH_OK : LUREWATCH_E_MEMORY;
}

lurewatch_error
lw_crew_start(const struct lw_judge *judge, unsigned threads, void (*done)(void *, struct lw_job *), void *data,
    struct lw_crew **out)
{
	struct lw_crew *c = calloc(1, sizeof *c);
	lurewatch_error e;

	*out = c;
	if (c == NULL)
		return LUREWATCH_E_MEMORY;
	c->judge = judge;
	c->done = done;
	c->data = data;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->work, NULL);
	pthread_cond_init(&c->finished, NULL);
	e = threads < 2 ? lw_judge_scorer(judge, &c->scorer) : start_threads(c, threads);
	if (e == LUREWATCH_OK)
		return e;
	lw_crew_stop(c);
	*out = NULL;
	return e;
}

/* Gives batches back that are done, in order; waits until at most `left` are under way. */
static void
take_back(struct lw_crew *c, size_t left)
{
	while (c->written < c->filled) {
		struct batch *b = &c->ring[c->written % c->ring_size];
		bool done;

		pthread_mutex_lock(&c->lock);
		while (!b->done && c->filled - c->written > left)
			pthread_cond_wait(&c->finished, &c->lock);
		done = b->done;
		pthread_mutex_unlock(&c->lock);
		if (!done)
			return;
		for (size_t i = 0; i < b->n; i++) {
			c->done(c->data, &b->job[i]);
			lw_job_shrink(&b->job[i]);
		}
		b->n = b->bytes = 0;
		b->done = false;
		c->written++;
	}
}

static void
submit(struct lw_crew *c)
{
	if (c->ring[c->filled % c->ring_size].n == 0)
		return;
	pthread_mutex_lock(&c->lock);
	c->filled++;
	pthread_cond_signal(&c->work);
	pthread_mutex_unlock(&c->lock);
	take_back(c, c->ring_size - 1);
}

lurewatch_error
lw_crew_give(struct lw_crew *c, const struct lw_message *m)
{
	struct batch *b;
	struct lw_job *j;

	if (c->ring == NULL) {
		lw_judge_message(c->judge, c->scorer, m, &c->job);
		c->done(c->data, &c->job);
		lw_job_shrink(&c->job);
		return LUREWATCH_OK;
	}
	b = &c->ring[c->filled % c->ring_size];
	j = &b->job[b->n];
	if (lw_message_copy(m, &j->room, &j->message) != LUREWATCH_OK)
		return LUREWATCH_E_MEMORY;
	j->result.message = &j->message;
	b->bytes += j->room.len;
	b->n++;
	if (b->n == BATCH || b->bytes > BATCH_BYTES)
		submit(c);
	return LUREWATCH_OK;
}

void
lw_crew_drain(struct lw_crew *c)
{
	if (c->ring == NULL)
		return;
	submit(c);
	take_back(c, 0);
}

void
lw_crew_stop(struct lw_crew *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->quit = true;
	pthread_cond_broadcast(&c->work);
	pthread_mutex_unlock(&c->lock);
	for (unsigned i = 0; i < c->threads; i++)
		pthread_join(c->thread[i], NULL);
	for (size_t i = 0; c->ring != NULL && i < c->ring_size; i++)
		for (size_t k = 0; k < BATCH; k++)
			lw_job_free(&c->ring[i].job[k]);
	lw_job_free(&c->job);
	lurewatch_scorer_free(c->scorer);
	pthread_cond_destroy(&c->work);
	pthread_cond_destroy(&c->finished);
	pthread_mutex_destroy(&c->lock);
	free(c->ring);
	free(c->thread);
	free(c);
}
