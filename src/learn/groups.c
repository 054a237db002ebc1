/* groups.c - MinHash, banding, union-find; only memory can fail */
#include "learn/groups.h"
#include "text/random.h"

#include <stdlib.h>
#include <string.h>

enum { BINS = 64, BAND = 4, BANDS = BINS / BAND };      /* catches 98 % of pairs at overlap 0.7, 5 % at 0.25 */

struct sketch {
	uint32_t least[BINS];
};

struct key {
	uint64_t hash;
	uint32_t row;
};

static uint32_t
root_of(uint32_t *group, uint32_t row)
{
	while (group[row] != row)
		row = group[row] = group[group[row]];
	return row;
}

/* The smaller number becomes the root, so a group is named by its first row. */
static void
unite(uint32_t *group, uint32_t a, uint32_t b)
{
	a = root_of(group, a);
	b = root_of(group, b);
	if (a < b)
		group[b] = a;
	else
		group[a] = b;
}

static void
draw(const struct lw_matrix *m, size_t row, struct sketch *out)
{
	uint32_t least[BINS];

	memset(least, 0xff, sizeof least);
	for (size_t k = 0; k < m->shingles[row]; k++) {
		uint64_t h = lw_mix(m->shingle[row][k] + 0x9e3779b97f4a7c15u);
		uint32_t *bin = &least[h >> 58];

		if ((uint32_t)h < *bin)
			*bin = (uint32_t)h;
	}
	for (unsigned i = 0; i < BINS; i++) {
		unsigned step = 0;

		while (least[(i + step) % BINS] == UINT32_MAX && step < BINS)
			step++;
		out->least[i] = least[(i + step) % BINS] + step * 0x9e3779b1u;
	}
}

static double
overlap(const struct lw_matrix *m, uint32_t a, uint32_t b)
{
	size_t i = 0, j = 0, both = 0, na = m->shingles[a], nb = m->shingles[b];

	while (i < na && j < nb) {
		uint32_t x = m->shingle[a][i], y = m->shingle[b][j];

		both += x == y;
		i += x <= y;
		j += y <= x;
	}
	return (double)both / (double)(na + nb - both);
}

static int
by_hash(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

/*
 * Copies join their groups, unless the groups' first rows have too little in common: a chain of small changes
 * would else make one group of a whole label, and a fold would hold all of it.
 */
static void
join_copies(const struct lw_matrix *m, uint32_t *group, uint32_t a, uint32_t b)
{
	uint32_t x = root_of(group, a), y = root_of(group, b);

	if (x != y && overlap(m, a, b) >= LW_COPY && overlap(m, x, y) >= LW_COPY / 2)
		unite(group, x, y);
}

/* Rows whose sketches agree on a band are compared with the first of them. */
static void
join_band(const struct lw_matrix *m, const struct sketch *sketch, unsigned band, struct key *key, uint32_t *group)
{
	size_t n = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		uint64_t h = band;

		for (unsigned k = 0; k < BAND; k++)
			h = lw_mix(h ^ sketch[i].least[band * BAND + k]);
		key[n++] = (struct key){ h, i };
	}
	qsort(key, n, sizeof *key, by_hash);
	for (size_t first = 0, i = 1; i < n; i++) {
		if (key[i].hash != key[first].hash)
			first = i;
		else
			join_copies(m, group, key[first].row, key[i].row);
	}
}

/* Rows that name the same group are one, across files too: a template in two languages is one template. */
static bool
join_named(const struct lw_corpus *c, uint32_t *group)
{
	uint32_t *first = malloc((c->group.n + 1) * sizeof *first);

	if (first == NULL)
		return false;
	memset(first, 0xff, (c->group.n + 1) * sizeof *first);
	for (uint32_t i = 0; i < c->n; i++) {
		uint32_t g = c->row[i].group;

		if (g == LW_NO_NAME)
			continue;
		if (first[g] == UINT32_MAX)
			first[g] = i;
		unite(group, first[g], i);
	}
	free(first);
	return true;
}

/* A group that is most of a label cannot be held out: nothing would be left to learn that label from. It is dissolved. */
static bool
dissolve_overwhelming(const struct lw_corpus *c, uint32_t *group)
{
	size_t *size = calloc(c->n + 1, sizeof *size);

	if (size == NULL)
		return false;
	for (size_t i = 0; i < c->n; i++)
		size[group[i]]++;
	for (uint32_t k = 0; k < c->label.n; k++) {
		size_t all = lw_corpus_count(c, k);

		for (uint32_t i = 0; i < c->n; i++)
			if (c->row[i].label == k && size[group[i]] > 2 && size[group[i]] * 2 > all)
				group[i] = i;
	}
	free(size);
	return true;
}

lurewatch_error
lw_groups_find(const struct lw_corpus *c, const struct lw_matrix *m, const struct lw_watcher *watcher, uint32_t *group)
{
	struct sketch *sketch = malloc((m->n + 1) * sizeof *sketch);
	struct key *key = malloc((m->n + 1) * sizeof *key);
	lurewatch_error e = LUREWATCH_E_MEMORY;

	for (uint32_t i = 0; i < m->n; i++)
		group[i] = i;
	if (sketch != NULL && key != NULL && join_named(c, group)) {
		for (size_t i = 0; i < m->n; i++)
			draw(m, i, &sketch[i]);
		for (unsigned band = 0; band < BANDS; band++) {
			lw_watch(watcher, "grouping", (double)band / BANDS);
			join_band(m, sketch, band, key, group);
		}
		for (uint32_t i = 0; i < m->n; i++)
			group[i] = root_of(group, i);
		e = dissolve_overwhelming(c, group) ? LUREWATCH_OK : LUREWATCH_E_MEMORY;
	}
	free(sketch);
	free(key);
	return e;
}

static int
ascending(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

lurewatch_error
lw_sample(const struct lw_corpus *c, const uint32_t *group, size_t per_source, size_t per_group, uint64_t seed,
    uint32_t *some, size_t *n)
{
	uint32_t *order = malloc((c->n + 1) * sizeof *order);
	size_t *of_source = calloc(c->source.n * c->label.n + 1, sizeof *of_source);
	size_t *of_group = calloc(c->n + 1, sizeof *of_group);
	bool ready = order != NULL && of_source != NULL && of_group != NULL;
	struct lw_random random;

	*n = 0;
	for (uint32_t i = 0; ready && i < c->n; i++)
		order[i] = i;
	lw_random_seed(&random, seed);
	if (ready)
		lw_random_shuffle(&random, order, c->n);
	for (size_t i = 0; ready && i < c->n; i++) {
		const struct lw_row *row = &c->row[order[i]];
		size_t *taken = &of_source[row->source * c->label.n + row->label], *copies = &of_group[group[order[i]]];

		if ((per_source > 0 && *taken >= per_source) || (per_group > 0 && *copies >= per_group))
			continue;
		++*taken;
		++*copies;
		some[(*n)++] = order[i];
	}
	qsort(some, *n, sizeof *some, ascending);
	free(order);
	free(of_source);
	free(of_group);
	return ready ? LUREWATCH_OK : LUREWATCH_E_MEMORY;
}
