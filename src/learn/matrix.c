/*
 * matrix.c - the slots of every message
 *
 * Rows are extracted in any order and stored by number. An error frees what
 * there is and leaves *out empty.
 */
#include "learn/matrix.h"
#include "learn/parallel.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 64 };            /* messages a job */

struct extraction {
	const struct lw_corpus *corpus;
	const struct lw_watcher *watcher;
	struct lw_extractor **extractor; /* one a thread */
	struct lw_matrix *out;
};

void
lw_watch(const struct lw_watcher *watcher, const char *phase, double part)
{
	if (watcher != NULL && watcher->call != NULL)
		watcher->call(watcher->context, phase, part);
}

static int
ascending(const void *a, const void *b)
{
	uint32_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

static bool
store(struct lw_matrix *m, size_t row, const struct lw_features *f)
{
	size_t n = 0;
	uint32_t *slot;

	for (int b = 0; b < LW_BLOCKS; b++)
		n += f->block[b].n;
	slot = malloc((n > 0 ? n : 1) * sizeof *slot);
	if (slot == NULL)
		return false;
	n = 0;
	for (int b = 0; b < LW_BLOCKS; b++) {
		const struct lw_feature_set *set = &f->block[b];

		if (set->n > 0)
			memcpy(slot + n, set->slot, set->n * sizeof *slot);
		qsort(slot + n, set->n, sizeof *slot, ascending);
		n += set->n;
		m->end[row][b] = (uint32_t)n;
	}
	m->slot[row] = slot;
	return true;
}

/* Short texts are one shingle. */
static bool
store_shingles(struct lw_matrix *m, size_t row, const struct lw_text *t)
{
	uint32_t n = t->n > LW_SHINGLE ? t->n - LW_SHINGLE + 1 : 1, kept = 0;
	uint32_t *shingle = malloc(n * sizeof *shingle);

	if (shingle == NULL)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t h = 0;

		for (uint32_t k = i; k < i + LW_SHINGLE && k < t->n; k++)
			h = lw_hash_add(h, t->sym[k]);
		shingle[i] = (uint32_t)(lw_hash_end(h) >> 32);
	}
	qsort(shingle, n, sizeof *shingle, ascending);
	for (uint32_t i = 0; i < n; i++)
		if (i == 0 || shingle[i] != shingle[kept - 1])
			shingle[kept++] = shingle[i];
	m->shingle[row] = shingle;
	m->shingles[row] = kept;
	return true;
}

static lurewatch_error
extract_batch(void *of, size_t batch, unsigned thread)
{
	const struct extraction *x = of;
	const struct lw_corpus *c = x->corpus;
	size_t end = (batch + 1) * BATCH < c->n ? (batch + 1) * BATCH : c->n;

	for (size_t i = batch * BATCH; i < end; i++) {
		const struct lw_features *features;
		lurewatch_error e = lw_extract(x->extractor[thread], c->text.at + c->row[i].at, c->row[i].len,
		    LW_ALL_SETS, &features);

		if (e != LUREWATCH_OK)
			return e;
		if (!store(x->out, i, features) || !store_shingles(x->out, i, lw_extractor_text(x->extractor[thread])))
			return LUREWATCH_E_MEMORY;
	}
	lw_watch(x->watcher, "extracting", (double)end / (double)c->n);
	return LUREWATCH_OK;
}

lurewatch_error
lw_matrix_extract(const struct lw_corpus *c, const struct lw_settings *settings, const struct lw_vocabulary *vocabulary,
    unsigned threads, const struct lw_watcher *watcher, struct lw_matrix *out)
{
	struct extraction x = { .corpus = c, .watcher = watcher, .out = out };
	lurewatch_error e = LUREWATCH_OK;

	*out = (struct lw_matrix){ .n = c->n, .dimension = lw_dimension(settings, vocabulary) };
	out->slot = calloc(c->n + 1, sizeof *out->slot);
	out->end = calloc(c->n + 1, sizeof *out->end);
	out->shingle = calloc(c->n + 1, sizeof *out->shingle);
	out->shingles = calloc(c->n + 1, sizeof *out->shingles);
	x.extractor = calloc(threads, sizeof(struct lw_extractor *));
	if (out->slot == NULL || out->end == NULL || out->shingle == NULL || out->shingles == NULL || x.extractor == NULL)
		e = LUREWATCH_E_MEMORY;
	for (unsigned i = 0; i < threads && e == LUREWATCH_OK; i++)
		e = lw_extractor_new(settings, vocabulary, NULL, &x.extractor[i]);
	if (e == LUREWATCH_OK)
		e = lw_parallel((c->n + BATCH - 1) / BATCH, threads, extract_batch, &x);
	for (unsigned i = 0; x.extractor != NULL && i < threads; i++)
		lw_extractor_free(x.extractor[i]);
	free(x.extractor);
	if (e != LUREWATCH_OK)
		lw_matrix_free(out);
	return e;
}

void
lw_matrix_free(struct lw_matrix *m)
{
	for (size_t i = 0; m->slot != NULL && i < m->n; i++)
		free(m->slot[i]);
	for (size_t i = 0; m->shingle != NULL && i < m->n; i++)
		free(m->shingle[i]);
	free(m->slot);
	free(m->end);
	free(m->shingle);
	free(m->shingles);
	*m = (struct lw_matrix){ 0 };
}
