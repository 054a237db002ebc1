/* folds.c - greedy, largest first, ties by a seeded order; only memory can fail */
#include "learn/folds.h"
#include "text/random.h"

#include <stdlib.h>
#include <string.h>

struct pile {                   /* rows that must stay together */
	size_t rows;
	uint64_t tie;
	uint32_t number;        /* the group's first row, or the key */
	uint32_t stratum;       /* of a group: label and source of its first row here */
};

static int
largest_first(const void *a, const void *b)
{
	const struct pile *x = a, *y = b;

	if (x->rows != y->rows)
		return x->rows < y->rows ? 1 : -1;
	return (x->tie > y->tie) - (x->tie < y->tie);
}

/* The fold with the least of this stratum; then the least of all; then the first. */
static uint32_t
emptiest(const size_t *of_stratum, const size_t *of_fold, uint32_t k)
{
	uint32_t best = 0;

	for (uint32_t f = 1; f < k; f++)
		if (of_stratum[f] < of_stratum[best] ||
		    (of_stratum[f] == of_stratum[best] && of_fold[f] < of_fold[best]))
			best = f;
	return best;
}

/* where[number] = fold of the pile with that number. */
static bool
deal(struct pile *pile, size_t piles, size_t strata, uint32_t k, uint32_t *where)
{
	size_t *of_stratum = calloc(strata * k + 1, sizeof *of_stratum);
	size_t *of_fold = calloc(k, sizeof *of_fold);
	bool ready = of_stratum != NULL && of_fold != NULL;

	qsort(pile, piles, sizeof *pile, largest_first);
	for (size_t i = 0; ready && i < piles; i++) {
		size_t *stratum = of_stratum + (size_t)pile[i].stratum * k;
		uint32_t f = emptiest(stratum, of_fold, k);

		stratum[f] += pile[i].rows;
		of_fold[f] += pile[i].rows;
		where[pile[i].number] = f;
	}
	free(of_stratum);
	free(of_fold);
	return ready;
}

/* Piles of the rows' groups; at[group] is first used as pile number + 1. */
static size_t
pile_groups(const struct lw_corpus *c, const uint32_t *group, const uint32_t *some, size_t n, uint64_t seed,
    struct pile *pile, uint32_t *at)
{
	struct lw_random random;
	size_t piles = 0;

	lw_random_seed(&random, seed);
	for (size_t i = 0; i < n; i++) {
		const struct lw_row *row = &c->row[some[i]];
		uint32_t g = group[some[i]];

		if (at[g] == 0) {
			pile[piles] = (struct pile){ 0, lw_random_next(&random), g,
				row->source * (uint32_t)c->label.n + row->label };
			at[g] = (uint32_t)++piles;
		}
		pile[at[g] - 1].rows++;
	}
	return piles;
}

lurewatch_error
lw_folds_random(const struct lw_corpus *c, const uint32_t *group, const uint32_t *some, size_t n, uint32_t k,
    uint64_t seed, struct lw_folds *out)
{
	struct pile *pile = malloc((n + 1) * sizeof *pile);
	uint32_t *at = calloc(c->n + 1, sizeof *at);
	bool ready;

	*out = (struct lw_folds){ k, malloc((n + 1) * sizeof *out->fold) };
	ready = pile != NULL && at != NULL && out->fold != NULL &&
	    deal(pile, pile_groups(c, group, some, n, seed, pile, at), c->source.n * c->label.n, k, at);
	for (size_t i = 0; ready && i < n; i++)
		out->fold[i] = at[group[some[i]]];
	free(pile);
	free(at);
	if (!ready)
		lw_folds_free(out);
	return ready ? LUREWATCH_OK : LUREWATCH_E_MEMORY;
}

lurewatch_error
lw_folds_whole(const uint32_t *key, uint32_t keys, size_t n, uint32_t k, struct lw_folds *out)
{
	struct pile *pile = calloc((size_t)keys + 1, sizeof *pile);
	uint32_t *at = calloc((size_t)keys + 1, sizeof *at);
	bool ready;

	*out = (struct lw_folds){ keys < k ? keys : k, malloc((n + 1) * sizeof *out->fold) };
	for (uint32_t i = 0; pile != NULL && i < keys; i++)
		pile[i] = (struct pile){ .tie = i, .number = i };
	for (size_t i = 0; pile != NULL && i < n; i++)
		if (key[i] != LW_NO_NAME)
			pile[key[i]].rows++;
	ready = pile != NULL && at != NULL && out->fold != NULL && (keys == 0 || deal(pile, keys, 1, out->k, at));
	for (size_t i = 0; ready && i < n; i++)
		out->fold[i] = key[i] != LW_NO_NAME ? at[key[i]] : LW_NO_NAME;
	free(pile);
	free(at);
	if (!ready)
		lw_folds_free(out);
	return ready ? LUREWATCH_OK : LUREWATCH_E_MEMORY;
}

lurewatch_error
lw_folds_training(const struct lw_folds *folds, uint32_t fold, const uint32_t *group, const uint32_t *some, size_t n,
    size_t all, bool *keep)
{
	bool *held = calloc(all + 1, sizeof *held);

	if (held == NULL)
		return LUREWATCH_E_MEMORY;
	for (size_t i = 0; i < n; i++)
		if (folds->fold[i] == fold)
			held[group[some[i]]] = true;
	for (size_t i = 0; i < n; i++)
		keep[i] = !held[group[some[i]]];
	free(held);
	return LUREWATCH_OK;
}

void
lw_folds_free(struct lw_folds *f)
{
	free(f->fold);
	*f = (struct lw_folds){ 0 };
}
