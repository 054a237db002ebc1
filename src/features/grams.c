/* grams.c - n-grams of characters and of words; only memory can fail */
#include "features/extract.h"

static bool
is_unspaced(struct lw_extractor *x, uint32_t symbol)
{
	const struct lw_char *c;

	if (symbol < 0x0e00 || symbol >= LW_SYM_CONTACT)
		return false;
	c = lw_char_of(lw_texter_chars(x->texter), lw_texter_pages(x->texter), symbol);
	return c != NULL && c->script >= LW_UNSPACED;
}

/* All n-grams that begin at symbol i and end in its chunk, or with the space after it. */
static void
grams_at(struct lw_extractor *x, uint32_t i, uint32_t least, uint32_t most)
{
	const struct lw_text *t = x->text;
	uint32_t bits = x->settings->bits, end = i + most < t->n ? i + most : t->n;
	uint64_t h = 0;

	for (uint32_t k = i; k < end; k++) {
		h = lw_hash_add(h, t->sym[k]);
		if (k + 1 - i >= least && !(k == i && t->sym[k] == ' '))
			lw_bag_put(x, LW_CHARS, lw_gram_slot(h, bits), t->from[i], t->from[k + 1]);
		if (t->sym[k] == ' ' && k > i)
			break;
	}
}

static lurewatch_error
grams_between(struct lw_extractor *x, uint32_t begin, uint32_t end)
{
	const struct lw_settings *s = x->settings;
	uint32_t longest = s->spaced_max > s->unspaced_max ? s->spaced_max : s->unspaced_max;

	if (!lw_set_grow(x, LW_CHARS, (size_t)(end - begin) * longest))
		return LUREWATCH_E_MEMORY;
	for (uint32_t i = begin; i < end; i++) {
		if (is_unspaced(x, x->text->sym[i]))
			grams_at(x, i, s->unspaced_min, s->unspaced_max);
		else
			grams_at(x, i, s->spaced_min, s->spaced_max);
	}
	return LUREWATCH_OK;
}

lurewatch_error
lw_extract_grams(struct lw_extractor *x)
{
	return grams_between(x, 0, x->text->n);
}

lurewatch_error
lw_extract_chunk(struct lw_extractor *x, uint32_t begin, uint32_t end, const struct lw_feature_set **out)
{
	x->features.block[LW_CHARS].n = 0;
	*out = &x->features.block[LW_CHARS];
	/* the space at the end begins the next chunk */
	return grams_between(x, begin, end - 1);
}

static uint64_t
hash_segment(const struct lw_text *t, const struct lw_word *w)
{
	uint64_t h = 0;

	for (uint32_t i = w->begin; i < w->end; i++)
		h = lw_hash_add(h, t->sym[i]);
	return h;
}

/* A word, and the pair it makes with the one before it (hash 0: there is none). */
static uint64_t
put_word(struct lw_extractor *x, const struct lw_word *w, uint64_t h, uint64_t before, uint32_t before_start)
{
	const struct lw_text *t = x->text;
	uint32_t bits = x->settings->bits - 1, end = t->from[w->end - 1] + 1;

	if ((w->flags & LW_WORD_TWIN) == 0)
		end = t->from[w->end];
	lw_set_put(x, LW_WORDS, lw_gram_slot(h, bits), t->from[w->begin], end);
	if (before != 0)
		lw_set_put(x, LW_WORDS, lw_gram_slot(lw_hash_add(before * 3, h), bits), before_start, end);
	return h;
}

lurewatch_error
lw_extract_words(struct lw_extractor *x)
{
	const struct lw_text *t = x->text;
	uint64_t before = 0;
	uint32_t start = 0, s = 0;

	if (!lw_set_grow(x, LW_WORDS, 2 * ((size_t)t->words + t->segments)))
		return LUREWATCH_E_MEMORY;
	for (uint32_t w = 0; w < t->words; w++) {
		const struct lw_word *word = &t->word[w];

		/* a run without spaces is no word; the dictionary's words inside it are, where asked for */
		if ((word->flags & LW_WORD_UNSPACED) != 0) {
			for (; s < t->segments && t->segment[s].begin < word->end; s++) {
				before = put_word(x, &t->segment[s], hash_segment(t, &t->segment[s]), before, start);
				start = t->from[t->segment[s].begin];
			}
			if (t->segments == 0)
				before = 0;
			continue;
		}
		before = put_word(x, word, word->hash, (word->flags & LW_WORD_TWIN) != 0 ? 0 : before, start);
		start = t->from[word->begin];
	}
	return LUREWATCH_OK;
}
