/* matcher.h - what a matcher keeps between its steps: for the files of this room */
#ifndef LW_MATCHER_H
#define LW_MATCHER_H

#include "concepts/block.h"
#include "concepts/match.h"
#include "text/memo.h"

enum { LW_VOTERS = 64 };                /* bits of a language set */
#define LW_NO_VALUE UINT32_MAX          /* as a cell's value: there is no cell */

struct found {
	uint32_t value, start, end;
	bool yields;            /* a plain number: a form in its place is worth more (555) */
};

/* Of a word: the value of its own cell, and of its best stem where that names no concept; LW_NO_VALUE: none. */
struct word_values { uint32_t whole, stem; };

struct found_list {
	struct found *at;
	size_t n, room;
};

struct lw_matcher {
	const struct lw_vocabulary *vocabulary;
	struct lw_chars *chars;
	struct lw_char_pages *pages;
	const struct lw_text *text;     /* of the call under way */
	bool unspaced;                  /* it has letters of scripts without spaces */
	struct lw_memo words;           /* words looked up before, with their struct word_values */
	struct found_list main, twins, shapes, merged;
	struct lw_hit *hit;
	size_t hit_room;
	uint32_t votes[LW_VOTERS];
	uint64_t *present;              /* sets that have a concept here, set_words */
	uint32_t *matched;              /* of each indicator, the clause that matched */
	struct lw_place *place;         /* and where */
};

#endif
