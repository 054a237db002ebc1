/*
 * text.h - from the bytes of a message to symbols and words
 *
 *   decode      lenient UTF-8; a bad byte is U+FFFD, the rest of a long text is cut
 *   normalise   Zawgyi to Unicode, NFKC_Casefold, one spelling a letter; invisible characters dropped and counted
 *   contacts    links, addresses, phones and handles become one symbol each
 *   tokens      look-alikes folded, spaced-out letters joined, leet twins added; digits become one class
 *   segment     words of the scripts without spaces, from ICU's dictionaries (where asked for)
 *
 * A symbol is a code point, or LW_SYM_* for a contact. Chunks of symbols are
 * parted by single spaces; the first and the last symbol are spaces. Every symbol
 * knows the byte of the message it came from.
 */
#ifndef LW_TEXT_H
#define LW_TEXT_H

#include "lurewatch.h"
#include "text/chars.h"
#include "text/hash.h"

#define LW_SYM_CONTACT 0x110000u        /* LW_SYM_CONTACT + enum lw_contact_kind */

enum lw_contact_kind { LW_LINK, LW_SHORTLINK, LW_MESSENGER, LW_EMAIL, LW_HANDLE, LW_PHONE, LW_NUMBER, LW_CONTACT_KINDS };

struct lw_contact {
	uint32_t begin, end;    /* in lw_text.norm */
	uint32_t sym;           /* where its symbol stands in lw_text.sym */
	uint8_t kind;
	const char *what;       /* static: top-level domain, messenger or calling code worth telling apart; "" if none */
};

/* Every `what` there is and the kind of contact that has it, one a call, some twice; NULL past the end. */
const char *lw_contact_what(size_t i, enum lw_contact_kind *);

enum {
	LW_WORD_UNSPACED = 1,   /* a run, or with segmentation a word, of a script without spaces */
	LW_WORD_TWIN = 2,       /* leet twin of an earlier word, at the end of the symbols */
	LW_WORD_SPACED_OUT = 4, /* letters stood apart and were joined */
	LW_WORD_LOOKALIKE = 8,  /* look-alike letters were folded */
	LW_WORD_DIGITS = 16,    /* begins with a digit */
	LW_WORD_CONTACT = 32
};

struct lw_word {
	uint64_t hash;          /* lw_hash_add over its symbols, from 0; 0 in segments */
	uint32_t begin, end;    /* symbols [begin, end) */
	uint8_t script, flags;
};

enum { LW_SEGMENT_HAN = 1, LW_SEGMENT_KANA = 2, LW_SEGMENT_THAI = 4, LW_SEGMENT_LAO = 8, LW_SEGMENT_KHMER = 16,
       LW_SEGMENT_MYANMAR = 32, LW_SEGMENT_ALL = 63 };

struct lw_text {
	uint32_t *sym, *from;           /* n symbols; from[i] is the byte symbol i begins at, from[n] the end */
	uint32_t n;
	struct lw_word *word;
	uint32_t words;
	struct lw_word *segment;        /* words found by dictionary inside unspaced runs, in order */
	uint32_t segments;
	struct lw_contact *contact;
	uint32_t contacts;
	uint32_t *norm, *norm_from;     /* the normalised text before contacts and folding: digits as they are */
	uint32_t norms;
	uint32_t letters[LW_SCRIPTS];   /* of the normalised text, by script */
	uint32_t upper, hidden, lookalikes, spaced_out, twins, emoji;
	unsigned notes;                 /* LUREWATCH_NOTE_* */
};

struct lw_texter;

lurewatch_error lw_texter_new(uint32_t segment, struct lw_texter **out); /* segment: LW_SEGMENT_* bits */
void lw_texter_free(struct lw_texter *);

/* *out borrows from the texter until its next call. */
lurewatch_error lw_text_read(struct lw_texter *, const char *utf8, size_t len, const struct lw_text **out);

/* For the property test: sends ASCII down the general path as well. */
void lw_texter_straight(struct lw_texter *, bool on);

struct lw_char_pages *lw_texter_pages(struct lw_texter *);
struct lw_chars *lw_texter_chars(struct lw_texter *);

#endif
