/*
 * chars.c - what the text layer must know of one code point, looked up once
 *
 * A page is filled from ICU on first use. Failing to get an ICU service at
 * creation is LUREWATCH_E_UNICODE; memory running out later is a NULL page.
 */
#include "text/chars.h"

#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

struct lw_chars {
	struct lw_char_pages pages;
	const UNormalizer2 *normaliser;
	USpoofChecker *spoof;   /* opened when a script with look-alikes is first met */
	UChar *in, *out;        /* scratch of lw_chars_normalise */
	int32_t in_room, out_room;
};

/*
 * Small letters whose likeness UTS 39 sees only in capitals, or not at all, and
 * that evaders use all the same. Looked up by the character as written.
 */
static const struct {
	uint32_t c;
	char lookalike;
} seen_alike[] = {
	{ 0x03b1, 'a' }, { 0x03b2, 'b' }, { 0x03b3, 'y' }, { 0x03b5, 'e' }, { 0x03b7, 'n' }, { 0x03b9, 'i' },
	{ 0x03ba, 'k' }, { 0x03bc, 'u' }, { 0x03bd, 'v' }, { 0x03bf, 'o' }, { 0x03c1, 'p' }, { 0x03c4, 't' },
	{ 0x03c5, 'u' }, { 0x03c7, 'x' }, { 0x03c9, 'w' }, { 0x03f2, 'c' },
	{ 0x0432, 'b' }, { 0x0433, 'r' }, { 0x043a, 'k' }, { 0x043c, 'm' }, { 0x043d, 'h' }, { 0x043f, 'n' },
	{ 0x0442, 't' }, { 0x0454, 'e' }, { 0x0457, 'i' }, { 0x04af, 'y' }, { 0x04bb, 'h' },
	{ 0x0578, 'n' }, { 0x057d, 'u' }, { 0x0585, 'o' }, { 0x0570, 'h' }, { 0x0584, 'p' },
	{ 0x0251, 'a' }, { 0x0261, 'g' }, { 0x026a, 'i' }, { 0x028f, 'y' }, { 0x0280, 'r' }, { 0x0274, 'n' },
};

static const struct {
	uint32_t from, to;
} orthographic[] = {
	{ 0x0131, 'i' },                                /* dotless i: casefold without a locale parts it from i */
	{ 0x0307, 0 },                                  /* and gives dotted capital I a combining dot */
	{ 0x0451, 0x0435 },                             /* yo is written ye more often than not */
	{ 0x0622, 0x0627 }, { 0x0623, 0x0627 }, { 0x0625, 0x0627 }, { 0x0671, 0x0627 }, /* alef with hamza, madda, wasla */
	{ 0x0629, 0x0647 }, { 0x06c1, 0x0647 }, { 0x06be, 0x0647 },     /* ta marbuta and the Urdu hehs */
	{ 0x0649, 0x064a }, { 0x06cc, 0x064a },                         /* alef maksura, Persian yeh */
	{ 0x06a9, 0x0643 },                                             /* keheh */
	{ 0x0640, 0 },                                                  /* tatweel */
	{ 0x064b, 0 }, { 0x064c, 0 }, { 0x064d, 0 }, { 0x064e, 0 }, { 0x064f, 0 }, { 0x0650, 0 }, { 0x0651, 0 },
	{ 0x0652, 0 }, { 0x0670, 0 },                                   /* vowel signs nobody types */
};

uint32_t
lw_orthographic(uint32_t c)
{
	if (c < 0x0131 || c > 0x06cc)
		return c != 0 ? c : ' ';        /* a NUL parts words like any control character */
	for (size_t i = 0; i < sizeof orthographic / sizeof orthographic[0]; i++)
		if (orthographic[i].from == c)
			return orthographic[i].to;
	return c;
}

uint32_t
lw_cyrillic_twin(uint32_t latin)
{
	static const struct {
		char latin;
		uint32_t cyrillic;
	} twins[] = {
		{ 'a', 0x0430 }, { 'b', 0x0432 }, { 'c', 0x0441 }, { 'e', 0x0435 }, { 'h', 0x043d }, { 'i', 0x0438 },
		{ 'k', 0x043a }, { 'm', 0x043c }, { 'n', 0x043f }, { 'o', 0x043e }, { 'p', 0x0440 }, { 'r', 0x0433 },
		{ 't', 0x0442 }, { 'u', 0x0438 }, { 'x', 0x0445 }, { 'y', 0x0443 }, { '0', 0x043e }, { '3', 0x0437 },
		{ '4', 0x0447 }, { '6', 0x0431 },
	};

	for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++)
		if ((uint32_t)twins[i].latin == latin)
			return twins[i].cyrillic;
	return 0;
}

static uint8_t
script_of(uint32_t c)
{
	UErrorCode status = U_ZERO_ERROR;

	switch (uscript_getScript((UChar32)c, &status)) {
	case USCRIPT_COMMON:
	case USCRIPT_INHERITED:
		return LW_COMMON;
	case USCRIPT_LATIN:
		return LW_LATIN;
	case USCRIPT_CYRILLIC:
		return LW_CYRILLIC;
	case USCRIPT_GREEK:
		return LW_GREEK;
	case USCRIPT_ARMENIAN:
		return LW_ARMENIAN;
	case USCRIPT_ARABIC:
		return LW_ARABIC;
	case USCRIPT_HEBREW:
		return LW_HEBREW;
	case USCRIPT_DEVANAGARI:
	case USCRIPT_BENGALI:
	case USCRIPT_GURMUKHI:
	case USCRIPT_GUJARATI:
	case USCRIPT_ORIYA:
	case USCRIPT_TAMIL:
	case USCRIPT_TELUGU:
	case USCRIPT_KANNADA:
	case USCRIPT_MALAYALAM:
	case USCRIPT_SINHALA:
		return LW_INDIC;
	case USCRIPT_ETHIOPIC:
		return LW_ETHIOPIC;
	case USCRIPT_HANGUL:
		return LW_HANGUL;
	case USCRIPT_HAN:
	case USCRIPT_BOPOMOFO:
		return LW_HAN;
	case USCRIPT_HIRAGANA:
	case USCRIPT_KATAKANA:
		return LW_KANA;
	case USCRIPT_THAI:
		return LW_THAI;
	case USCRIPT_LAO:
		return LW_LAO;
	case USCRIPT_KHMER:
		return LW_KHMER;
	case USCRIPT_MYANMAR:
		return LW_MYANMAR;
	default:
		return LW_SCRIPT_OTHER;
	}
}

static uint8_t
kind_of(uint32_t c)
{
	uint32_t mask = U_GET_GC_MASK((UChar32)c);

	if (u_isUWhiteSpace((UChar32)c) || (mask & U_GC_CC_MASK) != 0)
		return LW_SPACE;
	if (c == 0x30fc || c == 0x3005 || c == 0x0e46 || c == 0x0ec6 || c == 0x17d7) /* marks of length and repetition */
		return LW_LETTER;
	if ((mask & U_GC_L_MASK) != 0)
		return LW_LETTER;
	if ((mask & U_GC_M_MASK) != 0)
		return LW_MARK;
	if ((mask & U_GC_ND_MASK) != 0)
		return LW_DIGIT;
	if (c >= 0x2190 && (u_hasBinaryProperty((UChar32)c, UCHAR_EMOJI_PRESENTATION) || (mask & U_GC_SO_MASK) != 0))
		return LW_EMOJI;
	if ((mask & U_GC_P_MASK) != 0)
		return LW_PUNCT;
	if ((mask & U_GC_S_MASK) != 0)
		return LW_SYMBOL;
	return LW_OTHER;
}

static bool
has_lookalikes(uint32_t c)
{
	return (c >= 0x80 && c < 0x590) || (c >= 0x13a0 && c < 0x1400) || (c >= 0x1d00 && c < 0x1dc0) ||
	    (c >= 0x2c60 && c < 0x2d00) || (c >= 0xa4d0 && c < 0xa500) || (c >= 0xab30 && c < 0xabc0);
}

/* The ASCII letter that UTS 39 folds c to, lower case; 0 when that is none or more than one. */
static char
skeleton_letter(struct lw_chars *chars, uint32_t c)
{
	UChar in[2], out[32];
	int32_t len = 0;
	UErrorCode status = U_ZERO_ERROR;

	if (chars->spoof == NULL) {
		chars->spoof = uspoof_open(&status);
		if (U_FAILURE(status))
			return 0;
	}
	len = lw_put16(in, len, c);
	len = uspoof_getSkeleton(chars->spoof, 0, in, len, out, 32, &status);
	if (U_FAILURE(status) || len != 1)
		return 0;
	if (out[0] >= 'A' && out[0] <= 'Z')
		return (char)(out[0] - 'A' + 'a');
	return out[0] >= 'a' && out[0] <= 'z' ? (char)out[0] : 0;
}

static char
lookalike_of(struct lw_chars *chars, uint32_t c)
{
	if (!has_lookalikes(c))
		return 0;
	for (size_t i = 0; i < sizeof seen_alike / sizeof seen_alike[0]; i++)
		if (seen_alike[i].c == c)
			return seen_alike[i].lookalike;
	return skeleton_letter(chars, c);
}

static void
fill(struct lw_chars *chars, struct lw_char *page, uint32_t first)
{
	for (uint32_t c = first; c < first + 256; c++) {
		struct lw_char *it = &page[c - first];
		uint32_t folded[LW_NORMAL_ROOM(1)], n = 0, shown = c;

		it->fold = LW_FOLD_LONG;
		if (!U_IS_SURROGATE(c) && lw_chars_normalise(chars, &c, 1, folded, &n) == LUREWATCH_OK && n == 1) {
			uint32_t spelt = lw_orthographic(folded[0]);

			it->fold = spelt != 0 ? spelt : LW_FOLD_LONG;
			shown = folded[0];
			if (folded[0] == c && u_getIntPropertyValue((UChar32)c, UCHAR_NFKC_QUICK_CHECK) == UNORM_YES)
				it->flags |= LW_CHAR_NORMAL;
		}
		it->kind = kind_of(shown);
		it->script = script_of(shown);
		it->ccc = u_getCombiningClass((UChar32)c);
		if (unorm2_hasBoundaryBefore(chars->normaliser, (UChar32)c))
			it->flags |= LW_CHAR_BOUNDARY;
		if (u_hasBinaryProperty((UChar32)c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
			it->flags |= LW_CHAR_IGNORABLE;
		if (u_hasBinaryProperty((UChar32)c, UCHAR_UPPERCASE))
			it->flags |= LW_CHAR_UPPER;
		it->lookalike = lookalike_of(chars, c);
	}
}

const struct lw_char *
lw_chars_page(struct lw_chars *chars, uint32_t page)
{
	struct lw_char *made;

	if (chars->pages.page[page] != NULL)
		return chars->pages.page[page];
	made = calloc(256, sizeof *made);
	if (made == NULL)
		return NULL;
	fill(chars, made, page << 8);
	chars->pages.page[page] = made;
	return made;
}

struct lw_char_pages *
lw_chars_pages(struct lw_chars *chars)
{
	return &chars->pages;
}

static bool
reserve_units(UChar **at, int32_t *room, int64_t want)
{
	UChar *grown;

	if (want <= *room)
		return true;
	if (want > INT32_MAX / 4 || (grown = realloc(*at, (size_t)want * 2 * sizeof **at)) == NULL)
		return false;
	*at = grown;
	*room = (int32_t)want * 2;
	return true;
}

lurewatch_error
lw_chars_normalise(struct lw_chars *chars, const uint32_t *in, uint32_t n, uint32_t *out, uint32_t *written)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t len = 0, i = 0;

	/* 18 is the longest NFKC_Casefold of one code point (U+FDFA), in code points and units. */
	if (!reserve_units(&chars->in, &chars->in_room, 2 * (int64_t)n) ||
	    !reserve_units(&chars->out, &chars->out_room, 2 * (int64_t)LW_NORMAL_ROOM(n)))
		return LUREWATCH_E_MEMORY;
	for (uint32_t k = 0; k < n; k++)
		len = lw_put16(chars->in, len, in[k]);
	len = unorm2_normalize(chars->normaliser, chars->in, len, chars->out, chars->out_room, &status);
	if (U_FAILURE(status))
		return status == U_MEMORY_ALLOCATION_ERROR ? LUREWATCH_E_MEMORY : LUREWATCH_E_UNICODE;
	*written = 0;
	while (i < len) {
		uint32_t c = chars->out[i++];

		if (U16_IS_LEAD(c) && i < len)
			c = (c << 10) + chars->out[i++] - (0xd800u << 10) - 0xdc00u + 0x10000u;
		out[(*written)++] = c;
	}
	return LUREWATCH_OK;
}

lurewatch_error
lw_chars_new(struct lw_chars **out)
{
	struct lw_chars *chars = calloc(1, sizeof *chars);
	UErrorCode status = U_ZERO_ERROR;

	if (chars == NULL)
		return LUREWATCH_E_MEMORY;
	chars->normaliser = unorm2_getNFKCCasefoldInstance(&status);
	if (U_FAILURE(status)) {
		free(chars);
		return LUREWATCH_E_UNICODE;
	}
	*out = chars;
	return LUREWATCH_OK;
}

void
lw_chars_free(struct lw_chars *chars)
{
	if (chars == NULL)
		return;
	for (size_t i = 0; i < sizeof chars->pages.page / sizeof chars->pages.page[0]; i++)
		free((void *)(uintptr_t)chars->pages.page[i]);
	if (chars->spoof != NULL)
		uspoof_close(chars->spoof);
	free(chars->in);
	free(chars->out);
	free(chars);
}
