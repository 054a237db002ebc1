/*
 * pattern.c - models/indicators.tsv: patterns over concepts
 *
 *      @NAME<TAB>A|B|@OTHER                       a set
 *      name<TAB>side<TAB>pattern<TAB>meaning      an indicator
 *
 * A pattern is clauses parted by " ; ", any of which is enough. A clause is terms, each one concept,
 * set, or several joined by |, with a distance before each but the first: ~n at most n hits from the
 * term before it, either side; >n at most n hits after it. Then !n X: no X within n hits of the
 * place that matched. !* X, wherever it stands, is the whole indicator's: no X in the message.
 *
 * An error says file, line and cause.
 */
#include "concepts/compile.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_CHAIN = 8 };

static size_t
words_of(const struct lw_compiler *c)
{
	return (c->concepts + 63) / 64;
}

/* Equal sets are one. */
static lurewatch_error
new_set(struct lw_compiler *c, const uint64_t *members, uint32_t *out)
{
	size_t words = words_of(c);

	for (size_t i = 0; i < c->sets; i++)
		if (memcmp(c->set + i * words, members, words * sizeof *members) == 0) {
			*out = (uint32_t)i;
			return LUREWATCH_OK;
		}
	if (!lw_grow(&c->set, &c->set_room, (c->sets + 1) * words, sizeof *c->set))
		return LUREWATCH_E_MEMORY;
	memcpy(c->set + c->sets * words, members, words * sizeof *members);
	*out = (uint32_t)c->sets++;
	return LUREWATCH_OK;
}

static lurewatch_error
add_member(struct lw_compiler *c, struct lw_span name, uint64_t *members)
{
	size_t words = words_of(c);
	uint32_t concept;

	if (name.len > 0 && name.at[0] == '@') {
		for (size_t i = 0; i < c->nameds; i++)
			if (c->named[i].name.len == name.len && memcmp(c->named[i].name.at, name.at, name.len) == 0) {
				for (size_t k = 0; k < words; k++)
					members[k] |= c->set[c->named[i].set * words + k];
				return LUREWATCH_OK;
			}
		return lw_compile_fail(c, "no such set: %.*s", (int)name.len, name.at);
	}
	concept = lw_compile_concept(c, name);
	if (concept == LW_NO_CONCEPT)
		return lw_compile_fail(c, "no such concept: %.*s", (int)name.len, name.at);
	members[concept / 64] |= (uint64_t)1 << concept % 64;
	return LUREWATCH_OK;
}

/* A|B|@C */
static lurewatch_error
read_set(struct lw_compiler *c, struct lw_span list, uint32_t *out)
{
	uint64_t *members = calloc(words_of(c), sizeof *members);
	lurewatch_error e = members != NULL ? LUREWATCH_OK : LUREWATCH_E_MEMORY;

	while (e == LUREWATCH_OK && list.len > 0)
		e = add_member(c, lw_cut(&list, '|'), members);
	if (e == LUREWATCH_OK)
		e = new_set(c, members, out);
	free(members);
	return e;
}

static lurewatch_error
name_set(struct lw_compiler *c, struct lw_span name, struct lw_span list)
{
	uint32_t set = 0;
	lurewatch_error e = read_set(c, list, &set);

	if (e != LUREWATCH_OK)
		return e;
	if (!lw_grow(&c->named, &c->named_room, c->nameds + 1, sizeof *c->named))
		return LUREWATCH_E_MEMORY;
	c->named[c->nameds++] = (struct lw_named_set){ name, set };
	return LUREWATCH_OK;
}

static lurewatch_error
add_term(struct lw_compiler *c, struct lw_block_term term)
{
	if (!lw_grow(&c->term, &c->term_room, c->terms + 1, sizeof *c->term))
		return LUREWATCH_E_MEMORY;
	c->term[c->terms++] = term;
	return LUREWATCH_OK;
}

/* ~3, >3, !3: the number; 0 when there is none. */
static uint32_t
distance(struct lw_span word)
{
	uint32_t n = 0;

	for (size_t i = 1; i < word.len; i++) {
		if (word.at[i] < '0' || word.at[i] > '9' || n > 99)
			return 0;
		n = n * 10 + (uint32_t)(word.at[i] - '0');
	}
	return n;
}

static bool
is_operator(struct lw_span word)
{
	return word.len > 0 && (word.at[0] == '~' || word.at[0] == '>' || word.at[0] == '!');
}

/* The words of one clause: sets and operators in turn. */
static lurewatch_error
read_clause(struct lw_compiler *c, struct lw_span text, struct lw_block_indicator *of)
{
	struct lw_block_clause clause = { .term = (uint32_t)c->terms };
	struct lw_span before = { 0 };
	lurewatch_error e = LUREWATCH_OK;

	while (e == LUREWATCH_OK && text.len > 0) {
		struct lw_span word = lw_cut(&text, ' ');
		struct lw_block_term term = { 0 };

		if (word.len == 0)
			continue;
		if (is_operator(word)) {
			if (before.len > 0)
				return lw_compile_fail(c, "two distances in a row");
			before = word;
			continue;
		}
		e = read_set(c, word, &term.set);
		if (e != LUREWATCH_OK)
			return e;
		if (before.len == 2 && before.at[0] == '!' && before.at[1] == '*') {
			of->no_set = term.set;
			before.len = 0;
			continue;
		}
		term.reach = before.len > 0 ? distance(before) : 0;
		term.ordered = before.len > 0 && before.at[0] == '>';
		if ((before.len > 0) != (clause.terms > 0) || (before.len > 0 && term.reach == 0))
			return lw_compile_fail(c, "a distance of 1 to 99 is wanted between two terms, and only there");
		if (before.len > 0 && before.at[0] == '!')
			clause.absents++;
		else if (clause.absents > 0)
			return lw_compile_fail(c, "what must be absent comes last in its clause");
		else
			clause.terms++;
		before.len = 0;
		e = add_term(c, term);
	}
	if (e != LUREWATCH_OK)
		return e;
	if (before.len > 0 || clause.terms > LONGEST_CHAIN || clause.terms == 0)
		return lw_compile_fail(c, "a clause is 1 to %d terms", LONGEST_CHAIN);
	clause.absent = clause.term + clause.terms;
	if (!lw_grow(&c->clause, &c->clause_room, c->clauses + 1, sizeof *c->clause))
		return LUREWATCH_E_MEMORY;
	c->clause[c->clauses++] = clause;
	of->clauses++;
	return LUREWATCH_OK;
}

static bool
is_side(struct lw_span s)
{
	return lw_span_is(s, "lure") || lw_span_is(s, "fraud") || lw_span_is(s, "spam") || lw_span_is(s, "honest");
}

static lurewatch_error
take_line(struct lw_compiler *c, struct lw_span line)
{
	struct lw_span name = lw_cut(&line, '\t'), side = lw_cut(&line, '\t'), pattern, meaning;
	struct lw_block_indicator indicator = { .clause = (uint32_t)c->clauses, .no_set = LW_NO_SET };
	lurewatch_error e = LUREWATCH_OK;

	if (name.len > 0 && name.at[0] == '@')
		return name_set(c, name, side);
	pattern = lw_cut(&line, '\t');
	meaning = line;
	if (!is_side(side) || meaning.len == 0)
		return lw_compile_fail(c, "name, side (lure, fraud, spam or honest), pattern and meaning are wanted, by tabs");
	while (e == LUREWATCH_OK && pattern.len > 0)
		e = read_clause(c, lw_cut(&pattern, ';'), &indicator);
	if (e != LUREWATCH_OK)
		return e;
	if (c->indicators >= UINT16_MAX || !lw_compile_text(c, name, &indicator.name) ||
	    !lw_compile_text(c, side, &indicator.side) || !lw_compile_text(c, meaning, &indicator.meaning) ||
	    !lw_grow(&c->indicator, &c->indicator_room, c->indicators + 1, sizeof *c->indicator))
		return LUREWATCH_E_MEMORY;
	c->indicator[c->indicators++] = indicator;
	return LUREWATCH_OK;
}

lurewatch_error
lw_compile_indicators(struct lw_compiler *c)
{
	lurewatch_error e = lw_compile_path(c, "indicators.tsv", "");

	return e != LUREWATCH_OK ? e : lw_compile_lines(c, take_line);
}
