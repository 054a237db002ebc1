/*
 * indicators.c - patterns over a sequence of concepts
 *
 * A clause is tried only when the rarest of its sets is in the message, then when all are; terms are followed by
 * backtracking over places within their distance. Nothing here allocates or can fail.
 */
#include "concepts/matcher.h"

static bool
in_set(const struct lw_matcher *m, const struct lw_hit *hit, uint32_t set)
{
	const struct lw_vocabulary *v = m->vocabulary;

	return (v->sets[(size_t)hit->concept * v->block->set_words + set / 64] >> set % 64 & 1) != 0;
}

static bool
is_present(const struct lw_matcher *m, uint32_t set)
{
	return (m->present[set / 64] >> set % 64 & 1) != 0;
}

/* No concept of the absent sets within reach of [first, last]. */
static bool
stands_clear(const struct lw_matcher *m, const struct lw_sequence *q, const struct lw_block_clause *c, size_t first,
    size_t last)
{
	for (uint32_t i = 0; i < c->absents; i++) {
		const struct lw_block_term *t = &m->vocabulary->term[c->absent + i];
		size_t from = first > t->reach ? first - t->reach : 0, to = last + t->reach;

		if (!is_present(m, t->set))
			continue;
		for (size_t k = from; k < q->n && k <= to; k++)
			if (in_set(m, &q->hit[k], t->set))
				return false;
	}
	return true;
}

struct chain { size_t first, last; };

/* Terms from `term` on, the one before standing at `at`. */
static bool
follow(const struct lw_matcher *m, const struct lw_sequence *q, const struct lw_block_clause *c, uint32_t term, size_t at,
    struct chain *span)
{
	const struct lw_block_term *t;
	size_t from, to;

	if (term == c->terms)
		return stands_clear(m, q, c, span->first, span->last);
	t = &m->vocabulary->term[c->term + term];
	from = t->ordered ? at + 1 : at > t->reach ? at - t->reach : 0;
	to = at + t->reach;
	for (size_t k = from; k < q->n && k <= to; k++) {
		struct chain wider = { k < span->first ? k : span->first, k > span->last ? k : span->last };

		if (k == at || !in_set(m, &q->hit[k], t->set))
			continue;
		if (follow(m, q, c, term + 1, k, &wider)) {
			*span = wider;
			return true;
		}
	}
	return false;
}

static bool
clause_matches(const struct lw_matcher *m, const struct lw_sequence *q, uint32_t number, struct lw_place *where)
{
	const struct lw_vocabulary *v = m->vocabulary;
	const struct lw_block_clause *c = &v->clause[number];
	const uint64_t *needs = v->clause_needs + (size_t)number * v->block->set_words;
	uint32_t first = v->term[c->term].set;

	for (uint32_t k = 0; k < v->block->set_words; k++)
		if ((needs[k] & ~m->present[k]) != 0)
			return false;
	for (size_t i = 0; i < q->n; i++) {
		struct chain span = { i, i };

		if (!in_set(m, &q->hit[i], first) || !follow(m, q, c, 1, i, &span))
			continue;
		*where = (struct lw_place){ (uint32_t)span.first, (uint32_t)span.last };
		return true;
	}
	return false;
}

/* The earliest clause of each indicator that matches, among those whose rarest set is here. */
static void
try_clauses(struct lw_matcher *m, const struct lw_sequence *q, uint32_t set)
{
	const struct lw_vocabulary *v = m->vocabulary;

	for (uint32_t i = v->set_start[set]; i < v->set_start[set + 1]; i++) {
		uint32_t clause = v->by_set[i], owner = v->clause_owner[clause];
		const struct lw_block_indicator *d = &v->indicator[owner];
		struct lw_place place;

		if (m->matched[owner] <= clause || (d->no_set != LW_NO_SET && is_present(m, d->no_set)))
			continue;
		if (clause_matches(m, q, clause, &place)) {
			m->matched[owner] = clause;
			m->place[owner] = place;
		}
	}
}

lurewatch_error
lw_match_indicators(struct lw_matcher *m, const struct lw_sequence *q, uint16_t *out, struct lw_place *where, size_t *n)
{
	const struct lw_vocabulary *v = m->vocabulary;
	const struct lw_block *b = v->block;

	*n = 0;
	if (b == NULL || q->n == 0)
		return LUREWATCH_OK;
	for (uint32_t k = 0; k < b->set_words; k++)
		m->present[k] = 0;
	for (size_t i = 0; i < q->n; i++)
		for (uint32_t k = 0; k < b->set_words; k++)
			m->present[k] |= v->sets[(size_t)q->hit[i].concept * b->set_words + k];
	for (uint32_t i = 0; i < b->indicators; i++)
		m->matched[i] = UINT32_MAX;
	for (uint32_t k = 0; k < b->set_words; k++)
		for (uint64_t sets = m->present[k]; sets != 0; sets &= sets - 1)
			try_clauses(m, q, k * 64 + (uint32_t)__builtin_ctzll(sets));
	for (uint32_t i = 0; i < b->indicators; i++) {
		if (m->matched[i] == UINT32_MAX)
			continue;
		if (where != NULL)
			where[*n] = m->place[i];
		out[(*n)++] = (uint16_t)i;
	}
	return LUREWATCH_OK;
}
