/*
 * normalise.c - NFKC_Casefold with the byte each result came from
 *
 * The text is walked in normalisation segments: a segment ends before the next
 * character that NFKC_Casefold never joins to what stands before it, so the
 * segments' results joined are the whole text's. Most segments are one
 * character with a known result; ICU is asked only for the others.
 */
#include "text/parts.h"
#include "text/buffer.h"

static lurewatch_error
push(struct lw_texter *t, uint32_t c, uint32_t from)
{
	struct lw_text *x = &t->text;
	const struct lw_char *facts;

	if (!lw_grow(&x->norm, &t->norm_room, (size_t)x->norms + 2, sizeof *x->norm) ||
	    !lw_grow(&x->norm_from, &t->norm_from_room, (size_t)x->norms + 2, sizeof *x->norm_from) ||
	    (facts = lw_char_at(t, c)) == NULL)
		return LUREWATCH_E_MEMORY;
	x->letters[facts->script] += facts->kind == LW_LETTER;
	x->emoji += facts->kind == LW_EMOJI;
	x->norm[x->norms] = c;
	x->norm_from[x->norms++] = from;
	return LUREWATCH_OK;
}

/* Characters that are their own normal form, in canonical order, with nothing that could compose. */
static bool
is_normal(struct lw_texter *t, uint32_t begin, uint32_t end)
{
	uint8_t before = 0;

	for (uint32_t i = begin; i < end; i++) {
		const struct lw_char *c = lw_char_at(t, t->raw[i]);

		if (c == NULL || (c->flags & LW_CHAR_NORMAL) == 0 || (c->ccc != 0 && c->ccc < before))
			return false;
		before = c->ccc;
	}
	return true;
}

/* Scripts and emoji that need joiners to be spelt rightly keep them out of the count. */
static bool
hides(struct lw_texter *t, uint32_t i)
{
	const struct lw_text *x = &t->text;
	const struct lw_char *before, *after;

	if (x->norms == 0 || i + 1 >= t->raws)
		return false;
	before = lw_char_at(t, x->norm[x->norms - 1]);
	after = lw_char_at(t, t->raw[i + 1]);
	if (before == NULL || after == NULL)
		return false;
	if ((after->flags & LW_CHAR_IGNORABLE) != 0)
		return before->kind == LW_LETTER && before->script != LW_ARABIC && before->script < LW_INDIC;
	return before->kind == LW_LETTER && lw_letterlike(after) &&
	    (before->script < LW_ARABIC || before->script == LW_HAN || before->script == LW_KANA) &&
	    (after->script < LW_ARABIC || after->script == LW_HAN || after->script == LW_KANA);
}

static lurewatch_error
segment_by_icu(struct lw_texter *t, uint32_t begin, uint32_t end)
{
	uint32_t n = end - begin, written;
	lurewatch_error error;

	if (!lw_grow(&t->scratch, &t->scratch_room, LW_NORMAL_ROOM((size_t)n), sizeof *t->scratch))
		return LUREWATCH_E_MEMORY;
	error = lw_chars_normalise(t->chars, t->raw + begin, n, t->scratch, &written);
	for (uint32_t i = 0; i < written && error == LUREWATCH_OK; i++) {
		uint32_t c = lw_orthographic(t->scratch[i]);

		if (c != 0)
			error = push(t, c, t->raw_from[begin]);
	}
	return error;
}

lurewatch_error
lw_normalise(struct lw_texter *t)
{
	lurewatch_error error = LUREWATCH_OK;
	uint32_t begin = 0, end;

	if (!lw_grow(&t->text.norm_from, &t->norm_from_room, 1, sizeof *t->text.norm_from))
		return LUREWATCH_E_MEMORY;
	while (begin < t->raws && error == LUREWATCH_OK) {
		const struct lw_char *first = lw_char_at(t, t->raw[begin]), *next;

		if (first == NULL)
			return LUREWATCH_E_MEMORY;
		for (end = begin + 1; end < t->raws; end++) {
			next = lw_char_at(t, t->raw[end]);
			if (next == NULL)
				return LUREWATCH_E_MEMORY;
			if ((next->flags & LW_CHAR_BOUNDARY) != 0)
				break;
		}
		for (uint32_t i = begin; i < end; i++) {
			const struct lw_char *c = lw_char_at(t, t->raw[i]);

			t->text.upper += (c->flags & LW_CHAR_UPPER) != 0;
			if ((c->flags & LW_CHAR_IGNORABLE) != 0 && hides(t, i))
				t->text.hidden++;
		}
		if (end == begin + 1 && first->fold != LW_FOLD_LONG)
			error = push(t, first->fold, t->raw_from[begin]);
		else if (is_normal(t, begin, end))
			for (uint32_t i = begin; i < end && error == LUREWATCH_OK; i++) {
				uint32_t c = lw_orthographic(t->raw[i]);

				if (c != 0)
					error = push(t, c, t->raw_from[i]);
			}
		else
			error = segment_by_icu(t, begin, end);
		begin = end;
	}
	t->text.norm_from[t->text.norms] = (uint32_t)t->len;
	if (t->text.hidden > 0)
		t->text.notes |= LUREWATCH_NOTE_HIDDEN;
	return error;
}
