/*
 * match.c - finding forms in a text
 *
 * One walk over the symbols, a bounded number of table look-ups a symbol, however large the
 * vocabulary. Only memory can fail; a damaged table gives wrong hits, never a read outside it.
 */
#include "concepts/matcher.h"

#include <stdlib.h>

enum { PHRASE_WORDS = 8, GAP = 2, VOTING_LANGUAGES = 3, MONEY_HIGH_BAND = 4 };

lurewatch_error
lw_matcher_new(const struct lw_vocabulary *v, struct lw_texter *texter, struct lw_matcher **out)
{
	struct lw_matcher *m = calloc(1, sizeof *m);

	if (m == NULL)
		return LUREWATCH_E_MEMORY;
	m->vocabulary = v;
	m->chars = lw_texter_chars(texter);
	m->pages = lw_texter_pages(texter);
	if (v->block != NULL) {
		m->present = calloc(v->block->set_words, sizeof *m->present);
		m->matched = calloc((size_t)v->block->indicators + 1, sizeof *m->matched);
		m->place = calloc((size_t)v->block->indicators + 1, sizeof *m->place);
		if (m->present == NULL || m->matched == NULL || m->place == NULL ||
		    !lw_memo_make(&m->words, sizeof(struct word_values))) {
			lw_matcher_free(m);
			return LUREWATCH_E_MEMORY;
		}
	}
	*out = m;
	return LUREWATCH_OK;
}

void
lw_matcher_free(struct lw_matcher *m)
{
	if (m == NULL)
		return;
	lw_memo_free(&m->words);
	free(m->main.at);
	free(m->twins.at);
	free(m->shapes.at);
	free(m->merged.at);
	free(m->hit);
	free(m->present);
	free(m->matched);
	free(m->place);
	free(m);
}

static bool
add(struct found_list *list, uint32_t value, uint32_t start, uint32_t end)
{
	if (!lw_grow(&list->at, &list->room, list->n + 1, sizeof *list->at))
		return false;
	list->at[list->n++] = (struct found){ .value = value, .start = start, .end = end };
	return true;
}

/* NULL only when memory is gone, and then the symbol is taken for a boundary. */
static const struct lw_char *
facts(struct lw_matcher *m, uint32_t symbol)
{
	return symbol < LW_SYM_CONTACT ? lw_char_of(m->chars, m->pages, symbol) : NULL;
}

static bool
is_mark(struct lw_matcher *m, uint32_t i)
{
	const struct lw_char *c = i < m->text->n ? facts(m, m->text->sym[i]) : NULL;

	return c != NULL && c->kind == LW_MARK;
}

static bool
in_spaced_word(struct lw_matcher *m, uint32_t i)
{
	const struct lw_char *c = i < m->text->n ? facts(m, m->text->sym[i]) : NULL;

	return c != NULL && (c->kind == LW_LETTER || c->kind == LW_MARK || c->kind == LW_DIGIT) && c->script < LW_UNSPACED;
}

/* Whether a form of a run may end before symbol i: not inside a grapheme, a Burmese syllable or a spaced word. */
static bool
may_end(struct lw_matcher *m, uint32_t i)
{
	const uint32_t *s = m->text->sym;

	if (is_mark(m, i) || (in_spaced_word(m, i - 1) && in_spaced_word(m, i)))
		return false;
	return !(i + 1 < m->text->n && s[i] >= 0x1000 && s[i] <= 0x1021 && s[i + 1] == 0x103a);
}

static bool
names_concept(uint32_t value)
{
	return (value & LW_CELL_AMBIGUOUS) != 0 || LW_CELL_CONCEPT(value) != LW_NO_CONCEPT;
}

/* The longest form of a run at symbol i: its end, or i. */
static uint32_t
run_at(struct lw_matcher *m, uint32_t i, uint32_t *value)
{
	const struct lw_text *x = m->text;
	uint64_t h = lw_key_begin(LW_KEY_RUN);
	uint32_t best = i, v;

	if (!lw_mark_is_set(m->vocabulary->marks, lw_hash_add(h, x->sym[i])) || is_mark(m, i))
		return i;
	for (uint32_t k = i; k < x->n; k++) {
		h = lw_hash_add(h, x->sym[k]);
		if (!lw_cell_find(m->vocabulary, lw_hash_end(h), &v))
			break;
		if (names_concept(v) && may_end(m, k + 1)) {
			best = k + 1;
			*value = v;
		}
		if ((v & LW_CELL_GOES_ON) == 0)
			break;
	}
	return best;
}

static bool
is_plain_word(const struct lw_word *w)
{
	return (w->flags & (LW_WORD_UNSPACED | LW_WORD_CONTACT | LW_WORD_TWIN)) == 0;
}

/* The longest phrase that begins with word w, whose own cell has the value `whole`: the number of its words, or 0. */
static uint32_t
phrase_at(struct lw_matcher *m, uint32_t w, uint32_t whole, uint32_t *value)
{
	const struct lw_text *x = m->text;
	uint64_t h = lw_key_of_word(x->word[w].hash);
	uint32_t best = 0, v = whole;

	for (uint32_t k = w; v != LW_NO_VALUE; k++) {
		if (names_concept(v)) {
			best = k - w + 1;
			*value = v;
		}
		if ((v & LW_CELL_GOES_ON) == 0 || k + 1 == x->words || k + 1 - w == PHRASE_WORDS ||
		    !is_plain_word(&x->word[k + 1]) || x->word[k + 1].begin - x->word[k].end > GAP)
			break;
		for (uint32_t i = x->word[k].end; i < x->word[k + 1].begin; i++)
			h = lw_hash_add(h, x->sym[i]);
		h = lw_hash_add(h, x->word[k + 1].hash);
		if (k == w && !lw_phrase_is_set(m->vocabulary->phrases, lw_hash_end(h)))
			break;
		if (!lw_cell_find(m->vocabulary, lw_hash_end(h), &v))
			break;
	}
	return best;
}

/* stem* or *stem, by `step` from the symbol at `from`: the longest of at most `most` symbols. */
static bool
stem_of(struct lw_matcher *m, enum lw_key_kind kind, uint32_t from, int step, uint32_t most, uint32_t *value)
{
	const uint32_t *s = m->text->sym + from;
	uint64_t h = lw_key_begin(kind);
	bool marked = false, found = false;
	uint32_t v;

	for (uint32_t n = 1; n <= most; n++, s += step) {
		h = lw_hash_add(h, *s);
		if (n >= LW_SHORTEST_STEM && n <= LW_MARK_LENGTH)
			marked = marked || lw_mark_is_set(m->vocabulary->marks, h);
		if (n >= LW_MARK_LENGTH && !marked)
			return found;
		if (marked && lw_cell_find(m->vocabulary, lw_hash_end(h), &v)) {
			*value = v;
			found = true;
		}
	}
	return found;
}

/* *stem*: the longest anywhere in the word. */
static bool
inner_of(struct lw_matcher *m, const struct lw_word *w, uint32_t *value)
{
	const uint32_t *s = m->text->sym;
	uint32_t v, best = 0;

	for (uint32_t i = w->begin; i + LW_SHORTEST_INNER <= w->end; i++) {
		uint64_t h = lw_key_begin(LW_KEY_INNER);
		bool marked = false;

		for (uint32_t k = i; k < w->end; k++) {
			uint32_t n = k + 1 - i;

			h = lw_hash_add(h, s[k]);
			if (n >= LW_SHORTEST_INNER && n <= LW_MARK_LENGTH)
				marked = marked || lw_mark_is_set(m->vocabulary->marks, h);
			if (n >= LW_MARK_LENGTH && !marked)
				break;
			if (marked && n > best && lw_cell_find(m->vocabulary, lw_hash_end(h), &v)) {
				best = n;
				*value = v;
			}
		}
	}
	return best > 0;
}

static struct word_values
look_up(struct lw_matcher *m, const struct lw_word *w)
{
	struct word_values v = { LW_NO_VALUE, LW_NO_VALUE };
	uint32_t n = w->end - w->begin, value;

	if (lw_cell_find(m->vocabulary, lw_hash_end(lw_key_of_word(w->hash)), &value))
		v.whole = value;
	if (v.whole != LW_NO_VALUE && names_concept(v.whole))
		return v;
	if (stem_of(m, LW_KEY_HEAD, w->begin, 1, n, &value) || stem_of(m, LW_KEY_TAIL, w->end - 1, -1, n, &value) ||
	    inner_of(m, w, &value))
		v.stem = value;
	return v;
}

static struct word_values
values_of(struct lw_matcher *m, const struct lw_word *w)
{
	bool known;
	struct word_values *v = lw_memo_find(&m->words, m->text->sym + w->begin, w->end - w->begin, &known);

	if (v == NULL)
		return look_up(m, w);
	if (!known)
		*v = look_up(m, w);
	return *v;
}

/* Digits as they were written, since the symbols make them one class. */
static bool
digits_of(struct lw_matcher *m, const struct lw_word *w, uint32_t *value)
{
	const struct lw_text *x = m->text;
	uint32_t low = 0, high = x->norms, byte = x->from[w->begin];
	uint64_t h = lw_key_begin(LW_KEY_DIGITS);

	if (m->vocabulary->block->has_digits == 0)
		return false;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (x->norm_from[middle] < byte)
			low = middle + 1;
		else
			high = middle;
	}
	for (uint32_t i = low; i < x->norms && i < low + 16; i++) {
		const struct lw_char *c = facts(m, x->norm[i]);

		if (c == NULL || c->kind != LW_DIGIT)
			break;
		h = lw_hash_add(h, x->norm[i]);
	}
	return lw_cell_find(m->vocabulary, lw_hash_end(h), value);
}

/* The form at the beginning of word w; gives the symbol it ends before, the word's end when there is none. */
static bool
spaced_at(struct lw_matcher *m, uint32_t w, uint32_t *end)
{
	const struct lw_text *x = m->text;
	const struct lw_word *word = &x->word[w];
	struct word_values v = values_of(m, word);
	uint32_t value = LW_NO_VALUE, other = 0, words = phrase_at(m, w, v.whole, &value), run;

	*end = x->word[w + (words > 0 ? words - 1 : 0)].end;
	if (words == 0 && (word->flags & LW_WORD_DIGITS) == 0)
		value = v.stem;
	else if (words == 0)
		digits_of(m, word, &value);
	if (m->unspaced && (run = run_at(m, word->begin, &other)) > (value != LW_NO_VALUE ? *end : word->begin)) {
		*end = run;
		value = other;
	}
	return value == LW_NO_VALUE || add(&m->main, value, x->from[word->begin], x->from[*end]);
}

static bool
find_forms(struct lw_matcher *m)
{
	const struct lw_text *x = m->text;
	uint32_t w = 0, value = 0, end;

	for (uint32_t i = 0; i < x->n;) {
		const struct lw_word *word;

		while (w < x->words && x->word[w].end <= i)
			w++;
		word = w < x->words ? &x->word[w] : NULL;
		if (word != NULL && (word->flags & LW_WORD_TWIN) != 0)
			break;
		if (word != NULL && word->begin <= i && (word->flags & LW_WORD_UNSPACED) == 0) {
			end = word->end;
			if ((word->flags & LW_WORD_CONTACT) == 0 && word->begin == i && !spaced_at(m, w, &end))
				return false;
			i = end;
			continue;
		}
		end = x->sym[i] != ' ' ? run_at(m, i, &value) : i;
		if (end > i && !add(&m->main, value, x->from[i], x->from[end]))
			return false;
		i = end > i ? end : i + 1;
	}
	return true;
}

/* Leet twins stand at the end, each with the place of what it is a twin of. */
static bool
find_twins(struct lw_matcher *m)
{
	const struct lw_text *x = m->text;
	uint32_t first = x->words;

	while (first > 0 && (x->word[first - 1].flags & LW_WORD_TWIN) != 0)
		first--;
	for (uint32_t w = first; w < x->words; w++) {
		const struct lw_word *word = &x->word[w];

		struct word_values v = values_of(m, word);
		uint32_t value = v.whole != LW_NO_VALUE && names_concept(v.whole) ? v.whole : v.stem;

		if (value != LW_NO_VALUE && !add(&m->twins, value, x->from[word->begin], x->from[word->end - 1] + 1))
			return false;
	}
	return true;
}

enum { SHAPE_MONEY = LW_CONTACT_KINDS, SHAPE_MONEY_HIGH, SHAPE_CODE };

static uint32_t
shape_of(const struct lw_sum *s)
{
	if (s->money)
		return s->band >= MONEY_HIGH_BAND ? SHAPE_MONEY_HIGH : SHAPE_MONEY;
	return s->digits >= 4 && s->digits <= 8 && !s->separated ? SHAPE_CODE : LW_NUMBER;
}

/* Contacts and sums, in order of place. */
static bool
find_shapes(struct lw_matcher *m, const struct lw_sums *sums)
{
	const struct lw_text *x = m->text;
	const uint32_t *shape = m->vocabulary->block->shape;
	uint32_t c = 0;
	size_t s = 0;

	while (c < x->contacts || s < sums->n) {
		bool contact = s == sums->n || (c < x->contacts && x->contact[c].begin < sums->at[s].begin);
		uint32_t begin = contact ? x->contact[c].begin : sums->at[s].begin;
		uint32_t end = contact ? x->contact[c].end : sums->at[s].end;
		uint32_t concept = shape[contact ? x->contact[c].kind : shape_of(&sums->at[s])];

		if (concept != LW_NO_CONCEPT) {
			if (!add(&m->shapes, concept, x->norm_from[begin], x->norm_from[end]))
				return false;
			m->shapes.at[m->shapes.n - 1].yields = !contact && !sums->at[s].money;
		}
		c += contact;
		s += !contact;
	}
	return true;
}

/* Each list is in order of place. A shape covers the forms inside it (the currency of a sum). */
static bool
merge(struct lw_matcher *m)
{
	const struct found_list *a = &m->main, *b = &m->twins, *c = &m->shapes;
	size_t i = 0, j = 0, k = 0;

	while (i < a->n || j < b->n || k < c->n) {
		bool main_next = i < a->n && (j == b->n || a->at[i].start <= b->at[j].start);
		const struct found *next = main_next ? &a->at[i] : j < b->n ? &b->at[j] : NULL;

		if (next == NULL || (k < c->n && c->at[k].start <= next->start)) {
			const struct found *shape = &c->at[k++];

			if (shape->yields && i < a->n && a->at[i].start == shape->start)
				continue;
			if (!add(&m->merged, shape->value, shape->start, shape->end))
				return false;
			while (i < a->n && a->at[i].start >= shape->start && a->at[i].start < shape->end)
				i++;
			continue;
		}
		if (!add(&m->merged, next->value, next->start, next->end))
			return false;
		i += main_next;
		j += !main_next;
	}
	return true;
}

static uint64_t
languages_of(const struct lw_matcher *m, uint32_t set)
{
	return set < m->vocabulary->block->language_sets ? m->vocabulary->languages[set] : 0;
}

static void
vote(struct lw_matcher *m, uint32_t value)
{
	uint64_t set;

	if ((value & LW_CELL_AMBIGUOUS) != 0)
		return;
	set = languages_of(m, LW_CELL_REST(value));
	if (set == 0 || __builtin_popcountll(set) > VOTING_LANGUAGES)
		return;
	for (; set != 0; set &= set - 1)
		m->votes[__builtin_ctzll(set)]++;
}

static uint32_t
votes_for(const struct lw_matcher *m, uint64_t set)
{
	uint32_t most = 0;

	for (; set != 0; set &= set - 1)
		most = m->votes[__builtin_ctzll(set)] > most ? m->votes[__builtin_ctzll(set)] : most;
	return most;
}

/* The concept whose languages have the most votes; at a tie the earlier. */
static uint32_t
choose(const struct lw_matcher *m, uint32_t at)
{
	uint32_t best = LW_NO_CONCEPT, most = 0;

	for (; at < m->vocabulary->block->choices; at++) {
		const struct lw_choice *c = &m->vocabulary->choice[at];
		uint32_t votes = 1 + votes_for(m, languages_of(m, c->languages));

		if (votes > most) {
			most = votes;
			best = c->concept;
		}
		if (c->last != 0)
			break;
	}
	return best;
}

static bool
settle(struct lw_matcher *m, bool all, struct lw_sequence *out)
{
	const struct lw_block *b = m->vocabulary->block;

	if (!lw_grow(&m->hit, &m->hit_room, m->merged.n, sizeof *m->hit))
		return false;
	out->hit = m->hit;
	out->n = 0;
	for (size_t i = 0; i < m->merged.n; i++) {
		const struct found *f = &m->merged.at[i];
		uint32_t concept = (f->value & LW_CELL_AMBIGUOUS) != 0 ? choose(m, LW_CELL_REST(f->value)) :
		    LW_CELL_CONCEPT(f->value);

		if (concept < b->concepts && (all || concept != b->function_word))
			out->hit[out->n++] = (struct lw_hit){ concept, f->start, f->end };
	}
	return true;
}

static lurewatch_error
match(struct lw_matcher *m, const struct lw_text *text, const struct lw_sums *sums, bool all, struct lw_sequence *out)
{
	*out = (struct lw_sequence){ 0 };
	if (m->vocabulary->block == NULL)
		return LUREWATCH_OK;
	m->text = text;
	m->main.n = m->twins.n = m->shapes.n = m->merged.n = 0;
	m->unspaced = false;
	for (int s = LW_UNSPACED; s < LW_SCRIPTS; s++)
		m->unspaced = m->unspaced || text->letters[s] > 0;
	for (int i = 0; i < LW_VOTERS; i++)
		m->votes[i] = 0;
	if (!find_forms(m) || !find_twins(m) || !find_shapes(m, sums))
		return LUREWATCH_E_MEMORY;
	for (size_t i = 0; i < m->main.n; i++)
		vote(m, m->main.at[i].value);
	return merge(m) && settle(m, all, out) ? LUREWATCH_OK : LUREWATCH_E_MEMORY;
}

lurewatch_error
lw_match(struct lw_matcher *m, const struct lw_text *text, const struct lw_sums *sums, struct lw_sequence *out)
{
	return match(m, text, sums, false, out);
}

lurewatch_error
lw_match_all(struct lw_matcher *m, const struct lw_text *text, const struct lw_sums *sums, struct lw_sequence *out)
{
	return match(m, text, sums, true, out);
}
