/*
 * block.h - how a compiled vocabulary lies in memory and in the model file
 *
 * A header with a table of sections, then the sections, each 8-byte aligned and
 * little-endian, without pointers. What is small (patterns, names) is checked when a
 * vocabulary is opened; the cells, which are most of it, are checked as they are read.
 *
 * Cells are an open-addressing table from keys to concepts. A key is the hash of a
 * form's symbols after the text layer, under a seed of its kind:
 *   WORD    words of scripts with spaces, from a word's beginning to a word's end
 *   RUN     any symbols, in scripts without spaces and for signs; every prefix has a cell that says "goes on"
 *   HEAD    stem*: how words begin;  TAIL  *stem: how they end, read backwards;  INNER  *stem*: what they hold
 *   DIGITS  digits as written (555), which the text layer makes one class
 * Marks are a bit set of what stems and runs begin with: the first four symbols of a HEAD, TAIL or INNER, or all of
 * a shorter one, and the first of a RUN. Most words need no look at the table beyond their own.
 * 32 bits of the key choose the cell, the other 32 are kept in it.
 */
#ifndef LW_BLOCK_H
#define LW_BLOCK_H

#include "concepts/vocabulary.h"
#include "text/hash.h"

#define LW_BLOCK_MAGIC 0x31766c77u      /* "wlv1" */

enum lw_section {
	LW_SECTION_TEXT,        /* names, each with its NUL; the last byte is a NUL */
	LW_SECTION_CONCEPT,     /* uint32_t[concepts]: the name's place in TEXT */
	LW_SECTION_INDICATOR,   /* struct lw_block_indicator[] */
	LW_SECTION_CLAUSE,      /* struct lw_block_clause[] */
	LW_SECTION_TERM,        /* struct lw_block_term[] */
	LW_SECTION_SETS,        /* uint64_t[concepts][set_words]: the sets a concept is in */
	LW_SECTION_CELL,        /* struct lw_cell[] */
	LW_SECTION_LANGUAGES,   /* uint64_t[]: sets of languages */
	LW_SECTION_CHOICE,      /* struct lw_choice[]: concepts of ambiguous forms, `last` ends each list */
	LW_SECTION_MARKS,       /* uint64_t[LW_MARK_WORDS] */
	LW_SECTION_PHRASES,     /* uint64_t[LW_PHRASE_MARKS]: bits of the first two words of every phrase */
	LW_SECTIONS
};

struct lw_block {
	uint32_t magic, size;   /* size: of all, in bytes */
	uint32_t concepts, indicators, clauses, terms, set_words, cells, language_sets, choices;
	uint32_t function_word; /* concept that is matched, then left out; LW_NO_CONCEPT: none */
	uint32_t shape[12];     /* concepts of enum lw_shape_concept */
	uint32_t has_digits;    /* whether any DIGITS cell is there */
	struct { uint32_t at, len; } section[LW_SECTIONS];
};

struct lw_block_indicator { uint32_t name, meaning, side, clause, clauses, no_set; };
#define LW_NO_SET UINT32_MAX

/* Terms [term, term + terms) in a chain, then no concept of absent[i].set within absent[i].reach of the match. */
struct lw_block_clause { uint32_t term, terms, absent, absents; };

/* For the first term of a chain `reach` is 0. For an absent set `ordered` is 0. */
struct lw_block_term { uint32_t set, reach, ordered; };

struct lw_cell { uint32_t print, value; };
struct lw_choice { uint32_t concept, languages, last; };

/* value: concept (11 bits), "goes on", "ambiguous" (then the rest is a choice, else a language set). */
#define LW_NO_CONCEPT 2047u
#define LW_CELL_CONCEPT(v) ((v) & 2047u)
#define LW_CELL_GOES_ON 2048u
#define LW_CELL_AMBIGUOUS 4096u
#define LW_CELL_REST(v) ((v) >> 13)
#define LW_CELL_REST_MAX ((1u << 19) - 1)

enum { LW_PROBES = 64, LW_MARK_WORDS = 2048, LW_PHRASE_MARKS = 16384, LW_MARK_LENGTH = 4, LW_SHORTEST_STEM = 2, LW_SHORTEST_INNER = 3 };

enum lw_key_kind { LW_KEY_WORD = 1, LW_KEY_RUN, LW_KEY_HEAD, LW_KEY_TAIL, LW_KEY_INNER, LW_KEY_DIGITS };

static inline uint64_t
lw_key_begin(enum lw_key_kind kind)
{
	return (uint64_t)kind * 0x9e3779b97f4a7c15u;
}

/* A form of words: its words' own hashes, with the symbols between them. */
static inline uint64_t
lw_key_of_word(uint64_t word_hash)
{
	return lw_hash_add(lw_key_begin(LW_KEY_WORD), word_hash);
}

/* The bit of a mark: the first symbols of a stem, hashed under its kind. */
static inline uint32_t
lw_mark_bit(uint64_t h)
{
	return (uint32_t)(lw_hash_end(h) % (LW_MARK_WORDS * 64));
}

static inline bool
lw_mark_is_set(const uint64_t *marks, uint64_t h)
{
	uint32_t bit = lw_mark_bit(h);

	return (marks[bit / 64] >> bit % 64 & 1) != 0;
}

static inline uint32_t
lw_phrase_bit(uint64_t key)
{
	return (uint32_t)(key >> 20) % (LW_PHRASE_MARKS * 64);
}

static inline bool
lw_phrase_is_set(const uint64_t *phrases, uint64_t key)
{
	uint32_t bit = lw_phrase_bit(key);

	return (phrases[bit / 64] >> bit % 64 & 1) != 0;
}

static inline uint32_t
lw_key_cell(uint64_t key, uint32_t cells)
{
	return (uint32_t)((key >> 32) * cells >> 32);
}

static inline uint32_t
lw_key_print(uint64_t key)
{
	return (uint32_t)key == 0 ? 1 : (uint32_t)key;  /* 0 is an empty cell */
}

struct lw_vocabulary {
	const struct lw_block *block;   /* NULL: no concepts */
	const char *text;
	uint32_t text_len;
	const uint32_t *concept;
	const struct lw_block_indicator *indicator;
	const struct lw_block_clause *clause;
	const struct lw_block_term *term;
	const uint64_t *sets;
	const struct lw_cell *cell;
	const uint64_t *languages;
	const struct lw_choice *choice;
	const uint64_t *marks, *phrases;
	uint64_t *clause_needs;         /* of each clause, set_words: sets that must all be there */
	uint32_t *by_set;               /* clauses, by their term's set that the fewest concepts are in: none without it */
	uint32_t *set_start;            /* of each set, where its clauses begin in by_set; one more for the end */
	uint32_t *clause_owner;         /* of each clause, its indicator */
};

/* The cell of a key, its value by pointer; false when there is none. */
static inline bool
lw_cell_find(const struct lw_vocabulary *v, uint64_t key, uint32_t *value)
{
	uint32_t cells = v->block->cells, i = lw_key_cell(key, cells), print = lw_key_print(key);

	for (int probe = 0; probe < LW_PROBES; probe++) {
		if (v->cell[i].print == print) {
			*value = v->cell[i].value;
			return true;
		}
		if (v->cell[i].print == 0)
			return false;
		i = i + 1 < cells ? i + 1 : 0;
	}
	return false;
}

#endif
