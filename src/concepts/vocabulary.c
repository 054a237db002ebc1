/*
 * vocabulary.c - opening a compiled vocabulary
 *
 * Any bytes may be given: what is not a vocabulary of this version, or points
 * outside itself, is LUREWATCH_E_MODEL_DAMAGED.
 */
#include "concepts/block.h"

#include <stdlib.h>
#include <string.h>

static const void *
section(const struct lw_block *b, enum lw_section s, uint64_t items, size_t size)
{
	uint64_t at = b->section[s].at, len = b->section[s].len;

	if (at % 8 != 0 || at < sizeof *b || at + len > b->size || len != items * size)
		return NULL;
	return (const char *)b + at;
}

static bool
sections(struct lw_vocabulary *v, const struct lw_block *b)
{
	v->text_len = b->section[LW_SECTION_TEXT].len;
	v->text = section(b, LW_SECTION_TEXT, v->text_len, 1);
	v->concept = section(b, LW_SECTION_CONCEPT, b->concepts, sizeof *v->concept);
	v->indicator = section(b, LW_SECTION_INDICATOR, b->indicators, sizeof *v->indicator);
	v->clause = section(b, LW_SECTION_CLAUSE, b->clauses, sizeof *v->clause);
	v->term = section(b, LW_SECTION_TERM, b->terms, sizeof *v->term);
	v->sets = section(b, LW_SECTION_SETS, (uint64_t)b->concepts * b->set_words, sizeof *v->sets);
	v->cell = section(b, LW_SECTION_CELL, b->cells, sizeof *v->cell);
	v->languages = section(b, LW_SECTION_LANGUAGES, b->language_sets, sizeof *v->languages);
	v->choice = section(b, LW_SECTION_CHOICE, b->choices, sizeof *v->choice);
	v->marks = section(b, LW_SECTION_MARKS, LW_MARK_WORDS, sizeof *v->marks);
	v->phrases = section(b, LW_SECTION_PHRASES, LW_PHRASE_MARKS, sizeof *v->phrases);
	return v->text != NULL && v->concept != NULL && v->indicator != NULL && v->clause != NULL && v->term != NULL &&
	    v->sets != NULL && v->cell != NULL && v->languages != NULL && v->choice != NULL && v->marks != NULL &&
	    v->phrases != NULL;
}

static bool
range(uint32_t first, uint32_t n, uint32_t all)
{
	return first <= all && n <= all - first;
}

static bool
names_are_sound(const struct lw_vocabulary *v)
{
	const struct lw_block *b = v->block;

	if (v->text_len == 0 || v->text[v->text_len - 1] != '\0')
		return false;
	for (uint32_t i = 0; i < b->concepts; i++)
		if (v->concept[i] >= v->text_len)
			return false;
	for (uint32_t i = 0; i < b->indicators; i++)
		if (v->indicator[i].name >= v->text_len || v->indicator[i].meaning >= v->text_len ||
		    v->indicator[i].side >= v->text_len)
			return false;
	return true;
}

static bool
patterns_are_sound(const struct lw_vocabulary *v)
{
	const struct lw_block *b = v->block;
	uint32_t sets = b->set_words * 64;

	for (uint32_t i = 0; i < b->indicators; i++)
		if (!range(v->indicator[i].clause, v->indicator[i].clauses, b->clauses) ||
		    (v->indicator[i].no_set != LW_NO_SET && v->indicator[i].no_set >= sets))
			return false;
	for (uint32_t i = 0; i < b->clauses; i++)
		if (v->clause[i].terms == 0 || v->clause[i].terms > 8 || !range(v->clause[i].term, v->clause[i].terms, b->terms) ||
		    !range(v->clause[i].absent, v->clause[i].absents, b->terms))
			return false;
	for (uint32_t i = 0; i < b->terms; i++)
		if (v->term[i].set >= sets)
			return false;
	return true;
}

static uint32_t
members(const struct lw_vocabulary *v, uint32_t set)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < v->block->concepts; i++)
		n += (uint32_t)(v->sets[(size_t)i * v->block->set_words + set / 64] >> set % 64 & 1);
	return n;
}

/* Of a clause's terms, the set that the fewest concepts are in. */
static uint32_t
rarest(const struct lw_vocabulary *v, const struct lw_block_clause *c, const uint32_t *size)
{
	uint32_t rare = v->term[c->term].set;

	for (uint32_t k = 1; k < c->terms; k++)
		if (size[v->term[c->term + k].set] < size[rare])
			rare = v->term[c->term + k].set;
	return rare;
}

/* Clauses sorted by their rarest set, counting first. */
static void
sort_clauses(struct lw_vocabulary *v, uint32_t *size)
{
	const struct lw_block *b = v->block;
	uint32_t sets = b->set_words * 64, start = 0;

	for (uint32_t i = 0; i < sets; i++)
		size[i] = members(v, i);
	for (uint32_t i = 0; i < b->clauses; i++)
		v->set_start[rarest(v, &v->clause[i], size)]++;
	for (uint32_t s = 0; s <= sets; s++) {
		uint32_t n = v->set_start[s];

		v->set_start[s] = start;
		start += n;
	}
	for (uint32_t i = b->clauses; i > 0; i--) {
		uint32_t s = rarest(v, &v->clause[i - 1], size), at = v->set_start[s + 1];

		while (at > v->set_start[s] && v->by_set[at - 1] != UINT32_MAX)
			at--;
		v->by_set[at - 1] = i - 1;
	}
}

static bool
work_out_needs(struct lw_vocabulary *v)
{
	const struct lw_block *b = v->block;
	uint32_t sets = b->set_words * 64, *size = calloc(sets, sizeof *size);

	v->clause_needs = calloc((size_t)b->clauses * b->set_words + 1, sizeof *v->clause_needs);
	v->by_set = malloc(((size_t)b->clauses + 1) * sizeof *v->by_set);
	v->set_start = calloc((size_t)sets + 1, sizeof *v->set_start);
	v->clause_owner = calloc((size_t)b->clauses + 1, sizeof *v->clause_owner);
	if (size == NULL || v->clause_needs == NULL || v->by_set == NULL || v->set_start == NULL || v->clause_owner == NULL) {
		free(size);
		return false;
	}
	memset(v->by_set, 0xff, ((size_t)b->clauses + 1) * sizeof *v->by_set);
	sort_clauses(v, size);
	free(size);
	for (uint32_t i = 0; i < b->clauses; i++)
		for (uint32_t k = 0; k < v->clause[i].terms; k++) {
			uint32_t set = v->term[v->clause[i].term + k].set;

			v->clause_needs[(size_t)i * b->set_words + set / 64] |= (uint64_t)1 << set % 64;
		}
	for (uint32_t i = 0; i < b->indicators; i++)
		for (uint32_t k = 0; k < v->indicator[i].clauses; k++)
			v->clause_owner[v->indicator[i].clause + k] = i;
	return true;
}

lurewatch_error
lw_vocabulary_open(const char *bytes, size_t len, struct lw_vocabulary **out)
{
	struct lw_vocabulary *v = calloc(1, sizeof *v);
	const struct lw_block *b = (const void *)bytes;
	lurewatch_error e = LUREWATCH_E_MODEL_DAMAGED;

	if (v == NULL)
		return LUREWATCH_E_MEMORY;
	if (len == 0) {
		*out = v;
		return LUREWATCH_OK;
	}
	if (len >= sizeof *b && b->magic == LW_BLOCK_MAGIC && b->size == len && b->concepts > 0 &&
	    b->concepts < LW_NO_CONCEPT && b->set_words > 0 && b->set_words <= 64 && b->cells > 0 && sections(v, b)) {
		v->block = b;
		if (names_are_sound(v) && patterns_are_sound(v))
			e = work_out_needs(v) ? LUREWATCH_OK : LUREWATCH_E_MEMORY;
	}
	if (e != LUREWATCH_OK) {
		lw_vocabulary_free(v);
		return e;
	}
	*out = v;
	return LUREWATCH_OK;
}

void
lw_vocabulary_free(struct lw_vocabulary *v)
{
	if (v == NULL)
		return;
	free(v->clause_needs);
	free(v->by_set);
	free(v->set_start);
	free(v->clause_owner);
	free(v);
}

uint32_t
lw_vocabulary_concepts(const struct lw_vocabulary *v)
{
	return v->block != NULL ? v->block->concepts : 0;
}

const char *
lw_vocabulary_concept(const struct lw_vocabulary *v, uint32_t id)
{
	return id < lw_vocabulary_concepts(v) ? v->text + v->concept[id] : NULL;
}

uint32_t
lw_vocabulary_function_word(const struct lw_vocabulary *v)
{
	return v->block != NULL ? v->block->function_word : LW_NO_CONCEPT;
}

uint32_t
lw_vocabulary_indicators(const struct lw_vocabulary *v)
{
	return v->block != NULL ? v->block->indicators : 0;
}

const char *
lw_vocabulary_indicator(const struct lw_vocabulary *v, uint32_t id)
{
	return id < lw_vocabulary_indicators(v) ? v->text + v->indicator[id].name : NULL;
}

const char *
lw_vocabulary_meaning(const struct lw_vocabulary *v, uint32_t id)
{
	return id < lw_vocabulary_indicators(v) ? v->text + v->indicator[id].meaning : NULL;
}

const char *
lw_vocabulary_side(const struct lw_vocabulary *v, uint32_t id)
{
	return id < lw_vocabulary_indicators(v) ? v->text + v->indicator[id].side : NULL;
}
