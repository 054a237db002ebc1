/*
 * chars.h - what the text layer must know of one code point, looked up once
 *
 * The facts come from ICU and are gathered a page (256 code points) at a time,
 * when a page is first met: a table for all of Unicode would cost more at
 * start-up than most messages do. A table belongs to one thread.
 */
#ifndef LW_CHARS_H
#define LW_CHARS_H

#include <stdbool.h>
#include <stdint.h>

#include "lurewatch.h"

enum lw_kind { LW_OTHER, LW_SPACE, LW_LETTER, LW_MARK, LW_DIGIT, LW_PUNCT, LW_SYMBOL, LW_EMOJI };

/* Scripts the layers above tell apart; everything else is LW_SCRIPT_OTHER. */
enum lw_script {
	LW_COMMON, LW_LATIN, LW_CYRILLIC, LW_GREEK, LW_ARMENIAN, LW_ARABIC, LW_HEBREW, LW_INDIC, LW_ETHIOPIC, LW_HANGUL,
	LW_SCRIPT_OTHER,
	LW_HAN, LW_KANA, LW_THAI, LW_LAO, LW_KHMER, LW_MYANMAR, /* written without spaces, from here on */
	LW_SCRIPTS
};
#define LW_UNSPACED LW_HAN

enum {
	LW_CHAR_BOUNDARY = 1,   /* NFKC_Casefold never joins it to what stands before */
	LW_CHAR_IGNORABLE = 2,  /* default-ignorable: dropped by NFKC_Casefold */
	LW_CHAR_UPPER = 4,
	LW_CHAR_NORMAL = 8      /* its own NFKC_Casefold, and quick-check YES */
};

#define LW_FOLD_LONG 0xffffffffu        /* NFKC_Casefold gives none or several: ask ICU */

struct lw_char {
	uint32_t fold;          /* NFKC_Casefold, then lw_orthographic(); or LW_FOLD_LONG */
	uint8_t kind, script;   /* of fold where it is one code point, else of the character itself */
	uint8_t flags;
	uint8_t ccc;            /* canonical combining class */
	char lookalike;         /* the lower-case ASCII letter it is taken for, 0 if none */
};

struct lw_chars;

lurewatch_error lw_chars_new(struct lw_chars **out);
void lw_chars_free(struct lw_chars *);

/* c <= 0x10ffff. NULL when memory ran out. */
const struct lw_char *lw_chars_page(struct lw_chars *, uint32_t page);
struct lw_char_pages { const struct lw_char *page[0x1100]; };
struct lw_char_pages *lw_chars_pages(struct lw_chars *);

static inline const struct lw_char *
lw_char_of(struct lw_chars *chars, struct lw_char_pages *pages, uint32_t c)
{
	const struct lw_char *page = pages->page[c >> 8];

	if (page == NULL && (page = lw_chars_page(chars, c >> 8)) == NULL)
		return NULL;
	return &page[c & 255];
}

/* NFKC_Casefold of `n` code points into out (room for LW_NORMAL_ROOM(n)); gives the number written. */
#define LW_NORMAL_ROOM(n) ((n) * 18 + 18)
lurewatch_error lw_chars_normalise(struct lw_chars *, const uint32_t *in, uint32_t n, uint32_t *out, uint32_t *written);

/* Appends c as UTF-16 at out[n]; gives the new length. ICU's macro trips over -Wconversion. */
static inline int32_t
lw_put16(uint16_t *out, int32_t n, uint32_t c)
{
	if (c < 0x10000) {
		out[n] = (uint16_t)c;
		return n + 1;
	}
	out[n] = (uint16_t)((c >> 10) + 0xd7c0);
	out[n + 1] = (uint16_t)((c & 0x3ff) | 0xdc00);
	return n + 2;
}

/* Spellings of one letter that NFKC_Casefold keeps apart: Arabic hamza and kaf, Russian yo, dotless i. 0: drop it. */
uint32_t lw_orthographic(uint32_t c);

/* The Cyrillic letter a Latin one (or a digit) stands in for in Cyrillic text; 0 if none. */
uint32_t lw_cyrillic_twin(uint32_t latin);

#endif
