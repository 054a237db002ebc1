/*
 * text.c - from the bytes of a message to symbols and words: the order of the steps
 *
 * Any bytes give a text. The only failures are memory and an ICU service that
 * is not to be had; the texter stays usable after either.
 */
#include "text/parts.h"

#include <stdlib.h>

lurewatch_error
lw_texter_new(uint32_t segment, struct lw_texter **out)
{
	struct lw_texter *t = calloc(1, sizeof *t);
	lurewatch_error error;

	if (t == NULL)
		return LUREWATCH_E_MEMORY;
	t->segment = segment;
	error = lw_chars_new(&t->chars);
	if (error != LUREWATCH_OK) {
		lw_texter_free(t);
		return error;
	}
	t->pages = lw_chars_pages(t->chars);
	if (lw_chars_page(t->chars, 0) == NULL) {
		lw_texter_free(t);
		return LUREWATCH_E_MEMORY;
	}
	*out = t;
	return LUREWATCH_OK;
}

void
lw_texter_free(struct lw_texter *t)
{
	if (t == NULL)
		return;
	lw_chars_free(t->chars);
	lw_segmenter_free(t->segmenter);
	lw_zawgyi_free(t);
	free(t->text.sym);
	free(t->text.from);
	free(t->text.word);
	free(t->text.segment);
	free(t->text.contact);
	free(t->text.norm);
	free(t->text.norm_from);
	free(t->raw);
	free(t->raw_from);
	free(t->scratch);
	free(t->scratch_out);
	free(t);
}

void
lw_texter_straight(struct lw_texter *t, bool on)
{
	t->no_straight_path = !on;
}

struct lw_char_pages *
lw_texter_pages(struct lw_texter *t)
{
	return t->pages;
}

struct lw_chars *
lw_texter_chars(struct lw_texter *t)
{
	return t->chars;
}

static void
reset(struct lw_text *text)
{
	text->n = text->words = text->segments = text->contacts = text->norms = 0;
	for (size_t i = 0; i < LW_SCRIPTS; i++)
		text->letters[i] = 0;
	text->upper = text->hidden = text->lookalikes = text->spaced_out = text->twins = text->emoji = 0;
	text->notes = 0;
}

/* Not inside a character: a cut must not make a bad byte of a good one. */
static size_t
cut_at(const char *utf8, size_t max)
{
	size_t at = max;

	for (int back = 0; back < 3 && at > 0 && ((unsigned char)utf8[at] & 0xc0) == 0x80; back++)
		at--;
	return ((unsigned char)utf8[at] & 0xc0) == 0x80 ? max : at;
}

lurewatch_error
lw_text_read(struct lw_texter *t, const char *utf8, size_t len, const struct lw_text **out)
{
	lurewatch_error (*const general[])(struct lw_texter *) = {
		lw_decode, lw_zawgyi, lw_normalise, lw_find_contacts, lw_tokenise, lw_segment
	};
	lurewatch_error (*const straight[])(struct lw_texter *) = {
		lw_normalise_ascii, lw_find_contacts, lw_tokenise
	};
	bool ascii;
	lurewatch_error error = LUREWATCH_OK;

	reset(&t->text);
	if (len > LUREWATCH_TEXT_MAX) {
		len = cut_at(utf8, LUREWATCH_TEXT_MAX);
		t->text.notes |= LUREWATCH_NOTE_CUT;
	}
	t->bytes = utf8;
	t->len = len;
	ascii = !t->no_straight_path && lw_is_ascii(utf8, len);
	for (size_t i = 0; i < (ascii ? 3 : 6) && error == LUREWATCH_OK; i++)
		error = ascii ? straight[i](t) : general[i](t);
	if (error != LUREWATCH_OK)
		return error;
	*out = &t->text;
	return LUREWATCH_OK;
}
