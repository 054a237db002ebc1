/*
 * forms.c - a written form becomes keys of the table
 *
 * The form goes through the text layer like any message, so that whatever
 * that folds or joins is folded and joined alike in both.
 */
#include "concepts/compile.h"

#include <string.h>

enum { SHORTEST_ICU = 3, SHORTEST_ICU_UNSPACED = 2 };

struct symbols {
	const uint32_t *at;
	size_t n;
	bool run;               /* to be found inside runs: signs, and scripts without spaces */
	bool digits;            /* nothing but digits */
	size_t words;
};

static lurewatch_error
add(struct lw_compiler *c, uint64_t key, uint32_t concept, uint8_t language, enum lw_origin origin, bool goes_on)
{
	if (!lw_grow(&c->entry, &c->entry_room, c->entries + 1, sizeof *c->entry))
		return LUREWATCH_E_MEMORY;
	c->entry[c->entries] = (struct lw_entry){ .key = lw_hash_end(key), .concept = concept, .order = (uint32_t)c->entries,
		.language = language, .origin = (uint8_t)origin, .goes_on = goes_on };
	c->entries++;
	return LUREWATCH_OK;
}

static uint64_t
key_of(enum lw_key_kind kind, const uint32_t *s, size_t n)
{
	uint64_t h = lw_key_begin(kind);

	for (size_t i = 0; i < n; i++)
		h = lw_hash_add(h, s[i]);
	return h;
}

static uint64_t
key_backwards(enum lw_key_kind kind, const uint32_t *s, size_t n)
{
	uint64_t h = lw_key_begin(kind);

	for (size_t i = n; i > 0; i--)
		h = lw_hash_add(h, s[i - 1]);
	return h;
}

/* As add_run, but only at the ends of words. */
static lurewatch_error
add_phrase(struct lw_compiler *c, struct symbols s, const struct lw_text *x, uint32_t concept, uint8_t language,
    enum lw_origin origin)
{
	uint64_t h = lw_key_begin(LW_KEY_WORD);
	lurewatch_error e = LUREWATCH_OK;

	for (uint32_t w = 0; w < s.words && e == LUREWATCH_OK; w++) {
		bool last = w + 1 == s.words;

		for (uint32_t i = w > 0 ? x->word[w - 1].end : x->word[w].begin; i < x->word[w].begin; i++)
			h = lw_hash_add(h, x->sym[i]);
		h = lw_hash_add(h, x->word[w].hash);
		if (w == 1) {
			uint32_t bit = lw_phrase_bit(lw_hash_end(h));

			c->phrases[bit / 64] |= (uint64_t)1 << bit % 64;
		}
		e = add(c, h, last ? concept : LW_NO_CONCEPT, language, origin, !last);
	}
	return e;
}

static void
set_mark(struct lw_compiler *c, uint64_t h)
{
	uint32_t bit = lw_mark_bit(h);

	c->marks[bit / 64] |= (uint64_t)1 << bit % 64;
}

/* Every beginning has a cell that says the form goes on. */
static lurewatch_error
add_run(struct lw_compiler *c, struct symbols s, uint32_t concept, uint8_t language, enum lw_origin origin)
{
	uint64_t h = lw_key_begin(LW_KEY_RUN);
	lurewatch_error e = LUREWATCH_OK;

	set_mark(c, lw_hash_add(h, s.at[0]));
	for (size_t i = 0; i < s.n && e == LUREWATCH_OK; i++) {
		h = lw_hash_add(h, s.at[i]);
		e = add(c, h, i + 1 == s.n ? concept : LW_NO_CONCEPT, language, origin, i + 1 < s.n);
	}
	return e;
}

static lurewatch_error
add_stem(struct lw_compiler *c, struct symbols s, bool open_front, bool open_back, uint32_t concept, uint8_t language)
{
	size_t mark = s.n < LW_MARK_LENGTH ? s.n : LW_MARK_LENGTH;

	if (s.n < LW_SHORTEST_STEM || (open_front && open_back && s.n < LW_SHORTEST_INNER))
		return lw_compile_fail(c, "a stem this short would be found everywhere");
	if (open_front && open_back) {
		set_mark(c, key_of(LW_KEY_INNER, s.at, mark));
		return add(c, key_of(LW_KEY_INNER, s.at, s.n), concept, language, LW_WRITTEN, false);
	}
	if (open_back) {
		set_mark(c, key_of(LW_KEY_HEAD, s.at, mark));
		return add(c, key_of(LW_KEY_HEAD, s.at, s.n), concept, language, LW_WRITTEN, false);
	}
	set_mark(c, key_backwards(LW_KEY_TAIL, s.at + s.n - mark, mark));
	return add(c, key_backwards(LW_KEY_TAIL, s.at, s.n), concept, language, LW_WRITTEN, false);
}

static bool
is_spaced_word(const struct lw_word *w)
{
	return (w->flags & (LW_WORD_UNSPACED | LW_WORD_CONTACT)) == 0;
}

/* What the text layer made of the form, without the spaces around and without leet twins; n 0: nothing to find. */
static struct symbols
symbols_of(const struct lw_text *x)
{
	uint32_t begin = 0, end = x->n, words = x->words;
	struct symbols s = { .digits = x->words > 0 };

	while (words > 0 && (x->word[words - 1].flags & LW_WORD_TWIN) != 0)
		end = x->word[--words].begin;
	while (begin < end && x->sym[begin] == ' ')
		begin++;
	while (end > begin && x->sym[end - 1] == ' ')
		end--;
	s.words = words;
	s.run = words == 0 || x->word[0].begin > begin;
	for (uint32_t w = 0; w < words; w++) {
		if ((x->word[w].flags & LW_WORD_CONTACT) != 0)
			return (struct symbols){ 0 };
		s.run = s.run || !is_spaced_word(&x->word[w]);
	}
	/* a word's form ends where its last word ends: an abbreviation's dot is no part of it */
	if (!s.run && words > 0 && x->word[words - 1].end < end) {
		if (x->sym[x->word[words - 1].end] != '.')
			return (struct symbols){ 0 };
		end = x->word[words - 1].end;
	}
	s.at = x->sym + begin;
	s.n = end - begin;
	for (size_t i = 0; i < s.n; i++)
		s.digits = s.digits && s.at[i] == '0';
	return s;
}

static lurewatch_error
add_digits(struct lw_compiler *c, const struct lw_text *x, uint32_t concept, uint8_t language)
{
	c->has_digits = true;
	return add(c, key_of(LW_KEY_DIGITS, x->norm, x->norms), concept, language, LW_WRITTEN, false);
}

lurewatch_error
lw_compile_form(struct lw_compiler *c, struct lw_span form, uint32_t concept, uint8_t language, enum lw_origin origin)
{
	const struct lw_text *x;
	struct symbols s;
	bool front = origin == LW_WRITTEN && form.len > 1 && form.at[0] == '*';
	bool back = origin == LW_WRITTEN && form.len > 1 && form.at[form.len - 1] == '*';
	lurewatch_error e;

	form.at += front;
	form.len -= (size_t)front + (size_t)back;
	e = lw_text_read(c->texter, form.at, form.len, &x);
	if (e != LUREWATCH_OK)
		return e;
	s = symbols_of(x);
	if (s.n == 0)
		return LUREWATCH_OK;
	if (s.digits)
		return origin == LW_WRITTEN ? add_digits(c, x, concept, language) : LUREWATCH_OK;
	if (origin == LW_FROM_ICU && s.n < (s.run ? SHORTEST_ICU_UNSPACED : SHORTEST_ICU))
		return LUREWATCH_OK;
	if (s.run)
		return add_run(c, s, concept, language, origin);
	/* a stem is one word: a phrase with an open end is found as it stands */
	if ((front || back) && s.words == 1)
		return add_stem(c, s, front, back, concept, language);
	return add_phrase(c, s, x, concept, language, origin);
}
