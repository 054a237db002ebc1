/*
 * parallel.c - worker threads over a shared counter
 *
 * The caller works too. When a thread cannot be started the others do its
 * share, so only the jobs themselves can fail.
 */
#include "learn/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct work {
	lw_job job;
	void *context;
	size_t items;
	atomic_size_t next;
	atomic_uint threads;
	atomic_bool stop;
	pthread_mutex_t lock;   /* over the two below */
	size_t failed_item;
	lurewatch_error error;
};

static void
note_error(struct work *w, size_t item, lurewatch_error e)
{
	pthread_mutex_lock(&w->lock);
	if (w->error == LUREWATCH_OK || item < w->failed_item) {
		w->error = e;
		w->failed_item = item;
	}
	pthread_mutex_unlock(&w->lock);
	atomic_store(&w->stop, true);
}

static void *
run(void *of)
{
	struct work *w = of;
	unsigned thread = atomic_fetch_add(&w->threads, 1);

	while (!atomic_load(&w->stop)) {
		size_t item = atomic_fetch_add(&w->next, 1);
		lurewatch_error e;

		if (item >= w->items)
			break;
		e = w->job(w->context, item, thread);
		if (e != LUREWATCH_OK)
			note_error(w, item, e);
	}
	return NULL;
}

lurewatch_error
lw_parallel(size_t items, unsigned threads, lw_job job, void *context)
{
	struct work w = { .job = job, .context = context, .items = items, .lock = PTHREAD_MUTEX_INITIALIZER };
	unsigned helpers = threads > items ? (unsigned)items : threads, started = 0;
	pthread_t *helper = NULL;

	if (helpers > 1)
		helper = calloc(helpers - 1, sizeof *helper);
	while (helper != NULL && started < helpers - 1 && pthread_create(&helper[started], NULL, run, &w) == 0)
		started++;
	run(&w);
	for (unsigned i = 0; i < started; i++)
		pthread_join(helper[i], NULL);
	free(helper);
	pthread_mutex_destroy(&w.lock);
	return w.error;
}
