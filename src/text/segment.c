/*
 * segment.c - words of the scripts written without spaces, from ICU's dictionaries
 *
 * One break iterator a texter, set to each run's own text afresh, so that a run's
 * words never depend on what was segmented before. If ICU has no iterator
 * there are no segments: n-grams carry those scripts.
 */
#include "text/parts.h"
#include "text/buffer.h"

#include <stdlib.h>

#include <unicode/ubrk.h>
#include <unicode/utf16.h>

struct lw_segmenter {
	UBreakIterator *words;
	UChar *units;
	uint32_t *place;        /* symbol of each unit */
	size_t unit_room, place_room;
};

lurewatch_error
lw_segmenter_new(struct lw_segmenter **out)
{
	struct lw_segmenter *s = calloc(1, sizeof *s);
	UErrorCode status = U_ZERO_ERROR;

	if (s == NULL)
		return LUREWATCH_E_MEMORY;
	s->words = ubrk_open(UBRK_WORD, "en", NULL, 0, &status);
	if (U_FAILURE(status)) {
		free(s);
		return status == U_MEMORY_ALLOCATION_ERROR ? LUREWATCH_E_MEMORY : LUREWATCH_E_UNICODE;
	}
	*out = s;
	return LUREWATCH_OK;
}

void
lw_segmenter_free(struct lw_segmenter *s)
{
	if (s == NULL)
		return;
	ubrk_close(s->words);
	free(s->units);
	free(s->place);
	free(s);
}

static uint32_t
segment_bit(uint8_t script)
{
	return script >= LW_UNSPACED ? 1u << (script - LW_UNSPACED) : 0;
}

static lurewatch_error
segment_run(struct lw_texter *t, const struct lw_word *run)
{
	struct lw_segmenter *s = t->segmenter;
	struct lw_text *x = &t->text;
	UErrorCode status = U_ZERO_ERROR;
	int32_t n = 0, begin, end;
	size_t want = 2 * (size_t)(run->end - run->begin) + 1;

	if (!lw_grow(&s->units, &s->unit_room, want, sizeof *s->units) ||
	    !lw_grow(&s->place, &s->place_room, want, sizeof *s->place))
		return LUREWATCH_E_MEMORY;
	for (uint32_t i = run->begin; i < run->end; i++) {
		int32_t at = n;

		n = lw_put16(s->units, n, x->sym[i]);
		while (at < n)
			s->place[at++] = i;
	}
	s->place[n] = run->end;
	ubrk_setText(s->words, s->units, n, &status);
	if (U_FAILURE(status))
		return LUREWATCH_OK;
	for (begin = ubrk_first(s->words); (end = ubrk_next(s->words)) != UBRK_DONE; begin = end) {
		if (!lw_grow(&x->segment, &t->segment_room, (size_t)x->segments + 1, sizeof *x->segment))
			return LUREWATCH_E_MEMORY;
		x->segment[x->segments++] = (struct lw_word){ .begin = s->place[begin], .end = s->place[end],
			.script = run->script, .flags = LW_WORD_UNSPACED };
	}
	return LUREWATCH_OK;
}

lurewatch_error
lw_segment(struct lw_texter *t)
{
	lurewatch_error error = LUREWATCH_OK;

	for (uint32_t i = 0; i < t->text.words && error == LUREWATCH_OK; i++) {
		const struct lw_word *run = &t->text.word[i];

		if ((run->flags & LW_WORD_UNSPACED) == 0 || (t->segment & segment_bit(run->script)) == 0)
			continue;
		if (t->segmenter == NULL && (error = lw_segmenter_new(&t->segmenter)) != LUREWATCH_OK)
			return error;
		error = segment_run(t, run);
	}
	return error;
}
