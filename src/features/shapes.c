/*
 * shapes.c - what a message looks like, whatever it says
 *
 * Kinds of contact, sums by band, length, tricks, emoji, capitals. Which script or language it is stays out:
 * collections differ in that, and a model would learn the collection. Only memory can fail.
 */
#include "features/extract.h"

enum { MANY = 64 };             /* more contacts or sums than this say nothing more */

static void
put(struct lw_extractor *x, enum lw_shape kind, uint64_t value, uint32_t start, uint32_t end)
{
	lw_set_put(x, LW_SHAPES, lw_shape_slot(kind, value), start, end);
}

/* 0, 1, 2, 3-4, 5-8, ... */
static uint64_t
band(uint64_t n)
{
	uint64_t b = 0;

	for (uint64_t limit = 1; n >= limit; limit *= 2)
		b++;
	return n <= 2 ? n : n <= 4 ? 3 : b;
}

static void
put_contacts(struct lw_extractor *x)
{
	const struct lw_text *t = x->text;
	uint32_t of_kind[LW_CONTACT_KINDS] = { 0 };

	for (uint32_t i = 0; i < t->contacts && i < MANY; i++) {
		const struct lw_contact *c = &t->contact[i];
		uint32_t start = t->norm_from[c->begin], end = t->norm_from[c->end];

		of_kind[c->kind]++;
		put(x, LW_S_CONTACT, c->kind, start, end);
		if (c->what[0] != '\0')
			put(x, LW_S_WHAT, lw_shape_name_hash(c->what) + c->kind, start, end);
	}
	for (int k = 0; k < LW_CONTACT_KINDS; k++)
		if (of_kind[k] > 1)
			put(x, LW_S_CONTACTS, (uint64_t)k * 16 + band(of_kind[k]), 0, 0);
}

static void
put_sums(struct lw_extractor *x)
{
	const struct lw_text *t = x->text;
	uint32_t moneys = 0;

	for (size_t i = 0; i < x->sums.n && i < MANY; i++) {
		const struct lw_sum *s = &x->sums.at[i];
		uint32_t start = t->norm_from[s->begin], end = t->norm_from[s->end];

		moneys += s->money;
		if (s->money)
			put(x, LW_S_MONEY, s->band, start, end);
		else
			put(x, LW_S_NUMBER, (s->digits < 10 ? s->digits : 10) * 2u + s->separated, start, end);
	}
	put(x, LW_S_MONEYS, band(moneys), 0, 0);
}

/* A script counts when a tenth of the letters are its own. */
static uint64_t
scripts_in_use(const struct lw_text *t, uint32_t *letters)
{
	uint64_t n = 0;

	*letters = 0;
	for (int s = LW_LATIN; s < LW_SCRIPTS; s++)
		*letters += t->letters[s];
	for (int s = LW_LATIN; s < LW_SCRIPTS; s++)
		n += t->letters[s] > 0 && t->letters[s] >= *letters / 10;
	return n;
}

static void
put_counts(struct lw_extractor *x)
{
	const struct lw_text *t = x->text;
	uint32_t letters, cased = 0, exclaim = 0, ask = 0, lines = 1, digits = 0;
	uint64_t scripts = scripts_in_use(t, &letters);

	for (uint32_t i = 0; i < t->norms; i++) {
		uint32_t c = t->norm[i];

		exclaim += c == '!';
		ask += c == '?' || c == 0x061f;
		lines += c == '\n';
		digits += c >= '0' && c <= '9';
	}
	for (int s = LW_LATIN; s <= LW_ARMENIAN; s++)
		cased += t->letters[s];
	put(x, LW_S_LENGTH, band(t->n), 0, 0);
	put(x, LW_S_WORDS, band(t->words), 0, 0);
	put(x, LW_S_LINES, band(lines), 0, 0);
	put(x, LW_S_MIXED, scripts > 1, 0, 0);
	put(x, LW_S_EXCLAIM, band(exclaim), 0, 0);
	put(x, LW_S_ASK, band(ask), 0, 0);
	put(x, LW_S_EMOJI, band(t->emoji), 0, 0);
	put(x, LW_S_DIGITS, t->norms > 0 ? (uint64_t)digits * 16 / t->norms : 0, 0, 0);
	if (cased >= 8)
		put(x, LW_S_CAPITALS, (uint64_t)t->upper * 8 / cased, 0, 0);
}

static void
put_tricks(struct lw_extractor *x)
{
	const struct lw_text *t = x->text;
	const struct {
		enum lw_shape kind;
		uint32_t n;
	} tricks[] = {
		{ LW_S_HIDDEN, t->hidden }, { LW_S_LOOKALIKE, t->lookalikes }, { LW_S_SPACED_OUT, t->spaced_out }, { LW_S_TWINS, t->twins },
	};

	for (size_t i = 0; i < sizeof tricks / sizeof tricks[0]; i++)
		if (tricks[i].n > 0)
			put(x, tricks[i].kind, tricks[i].n < 3 ? tricks[i].n : 3, 0, 0);
	if ((t->notes & LUREWATCH_NOTE_CUT) != 0)
		put(x, LW_S_CUT, 1, 0, 0);
	if ((t->notes & LUREWATCH_NOTE_BAD_UTF8) != 0)
		put(x, LW_S_BAD_UTF8, 1, 0, 0);
}

lurewatch_error
lw_extract_shapes(struct lw_extractor *x)
{
	if (!lw_set_grow(x, LW_SHAPES, 4 * MANY + 64))
		return LUREWATCH_E_MEMORY;
	put_contacts(x);
	put_sums(x);
	put_counts(x);
	put_tricks(x);
	return LUREWATCH_OK;
}
