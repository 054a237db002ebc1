/*
 * zawgyi.c - Burmese written in the Zawgyi encoding, told by its spelling and converted by ICU
 *
 * Zawgyi uses the code points of Unicode's Myanmar block for other signs, and
 * stores them in the order they are seen. ICU converts ("Zawgyi-my") but does
 * not detect, so each sign whose neighbours are possible in one encoding only
 * counts for it. Ties are Unicode. If ICU has no converter the text stays as it is.
 */
#include "text/parts.h"
#include "text/buffer.h"

#include <stdlib.h>

#include <unicode/ustring.h>
#include <unicode/utrans.h>

static bool
in_block(uint32_t c)
{
	return c >= 0x1000 && c < 0x10a0;
}

static bool
consonant(uint32_t c)
{
	return c >= 0x1000 && c <= 0x1021;
}

static bool
vowel_sign(uint32_t c)
{
	return (c >= 0x102b && c <= 0x1030) || c == 0x1032 || c == 0x1036;
}

static bool
is_zawgyi(const uint32_t *c, uint32_t n)
{
	uint32_t zawgyi = 0, unicode = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t before = i > 0 ? c[i - 1] : 0, after = i + 1 < n ? c[i + 1] : 0;

		if (c[i] == 0x1033 || c[i] == 0x1034 || (c[i] >= 0x1060 && c[i] <= 0x1097))
			zawgyi += 2;    /* medials and stacked letters of Zawgyi; letters of other languages in Unicode */
		else if (c[i] == 0x1031 && !in_block(before) && (consonant(after) || after == 0x103b))
			zawgyi += 2;    /* vowel E before its consonant, as seen */
		else if (c[i] == 0x1031 && (after == 0x102b || after == 0x102c))
			unicode += 2;   /* vowel E after its consonant, as spoken */
		else if (c[i] == 0x1039 && !consonant(after))
			zawgyi += 2;    /* asat; Unicode's virama stacks a consonant */
		else if (c[i] == 0x103a && vowel_sign(after))
			zawgyi += 1;    /* medial ya; Unicode's asat ends a syllable */
		else if (c[i] == 0x103a)
			unicode += 1;
		else if (c[i] == 0x103b && consonant(after) && !consonant(before))
			zawgyi += 2;    /* medial ra before its consonant */
		else if (c[i] == 0x103b && consonant(before) && !consonant(after))
			unicode += 1;
	}
	return zawgyi > unicode;
}

/* One run of Burmese; every converted character is said to come from where the run begins. */
static lurewatch_error
convert(UTransliterator *converter, const uint32_t *in, uint32_t n, uint32_t *out, uint32_t *written)
{
	int32_t room = (int32_t)n * 4 + 16, len = 0, limit;
	UChar *units = malloc((size_t)room * sizeof *units);
	UErrorCode status = U_ZERO_ERROR;

	if (units == NULL)
		return LUREWATCH_E_MEMORY;
	for (uint32_t i = 0; i < n; i++)
		units[len++] = (UChar)in[i]; /* the block lies in the BMP */
	limit = len;
	utrans_transUChars(converter, units, &len, room, 0, &limit, &status);
	*written = 0;
	if (U_SUCCESS(status) && len <= room)
		for (int32_t i = 0; i < len; i++)
			out[(*written)++] = units[i];
	else
		for (uint32_t i = 0; i < n; i++)
			out[(*written)++] = in[i];
	free(units);
	return LUREWATCH_OK;
}

static lurewatch_error
convert_runs(struct lw_texter *t, UTransliterator *converter)
{
	uint32_t n = 0, written, end;
	lurewatch_error error;

	/* No rule of ICU's converter makes a run longer than four times itself (convert() gives it no more room). */
	if (!lw_grow(&t->scratch, &t->scratch_room, (size_t)t->raws * 4 + 16, sizeof *t->scratch) ||
	    !lw_grow(&t->scratch_out, &t->scratch_out_room, (size_t)t->raws * 4 + 16, sizeof *t->scratch_out))
		return LUREWATCH_E_MEMORY;
	for (uint32_t i = 0; i < t->raws; i = end) {
		for (end = i; end < t->raws && in_block(t->raw[end]); end++)
			;
		if (end == i) {
			t->scratch[n] = t->raw[i];
			t->scratch_out[n++] = t->raw_from[i];
			end = i + 1;
			continue;
		}
		error = convert(converter, t->raw + i, end - i, t->scratch + n, &written);
		if (error != LUREWATCH_OK)
			return error;
		for (uint32_t k = 0; k < written; k++)
			t->scratch_out[n + k] = t->raw_from[i];
		n += written;
	}
	if (!lw_grow(&t->raw, &t->raw_room, (size_t)n + 1, sizeof *t->raw) ||
	    !lw_grow(&t->raw_from, &t->raw_from_room, (size_t)n + 1, sizeof *t->raw_from))
		return LUREWATCH_E_MEMORY;
	for (uint32_t i = 0; i < n; i++) {
		t->raw[i] = t->scratch[i];
		t->raw_from[i] = t->scratch_out[i];
	}
	t->raw_from[n] = (uint32_t)t->len;
	t->raws = n;
	return LUREWATCH_OK;
}

lurewatch_error
lw_zawgyi(struct lw_texter *t)
{
	static const UChar name[] = u"Zawgyi-my";
	UErrorCode status = U_ZERO_ERROR;
	lurewatch_error error;
	uint32_t i = 0;

	while (i < t->raws && !in_block(t->raw[i]))
		i++;
	if (i == t->raws || !is_zawgyi(t->raw, t->raws))
		return LUREWATCH_OK;
	if (t->zawgyi == NULL)
		t->zawgyi = utrans_openU(name, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
	if (U_FAILURE(status)) {
		t->zawgyi = NULL;
		return status == U_MEMORY_ALLOCATION_ERROR ? LUREWATCH_E_MEMORY : LUREWATCH_OK;
	}
	error = convert_runs(t, t->zawgyi);
	if (error == LUREWATCH_OK)
		t->text.notes |= LUREWATCH_NOTE_ZAWGYI;
	return error;
}

void
lw_zawgyi_free(struct lw_texter *t)
{
	if (t->zawgyi != NULL)
		utrans_close(t->zawgyi);
}
