/*
 * tokens.c - from normalised characters to symbols, chunks and words
 *
 * Chunks are parted by single spaces. Inside a chunk stand words (letters and
 * digits of one kind of script), punctuation and emoji. Tricks are undone here,
 * each leaving a count behind: look-alike letters, letters stood apart
 * (h i r i n g), digits for letters (c4sh, added as a twin at the end).
 */
#include "text/parts.h"
#include "text/buffer.h"

enum { REPEATS = 3, DIGITS = 7 };       /* longer runs of one symbol say nothing more */

struct run { uint32_t begin, end; };    /* in norm */

/*
 * Every symbol of the normalised text becomes at most one symbol here, or two with a space, and once more in a twin
 * with its own space; lw_tokenise makes room for all before the first.
 */
#define MOST_SYMBOLS(norms) (4 * (size_t)(norms) + 16)

static lurewatch_error
push(struct lw_texter *t, uint32_t c, uint32_t from)
{
	struct lw_text *x = &t->text;

	x->sym[x->n] = c;
	x->from[x->n++] = from;
	return LUREWATCH_OK;
}

static lurewatch_error
push_space(struct lw_texter *t, uint32_t from)
{
	struct lw_text *x = &t->text;

	return x->n > 0 && x->sym[x->n - 1] == ' ' ? LUREWATCH_OK : push(t, ' ', from);
}

/* Not more than `most` of one symbol in a row within the word or mark that began at `since`. */
static lurewatch_error
push_bounded(struct lw_texter *t, uint32_t c, uint32_t from, uint32_t since, uint32_t most)
{
	const struct lw_text *x = &t->text;
	uint32_t same = 0;

	while (same < most && x->n > since + same && x->sym[x->n - 1 - same] == c)
		same++;
	return same == most ? LUREWATCH_OK : push(t, c, from);
}

static lurewatch_error
add_hashed_word(struct lw_texter *t, uint32_t begin, uint64_t hash, uint8_t script, uint8_t flags)
{
	struct lw_text *x = &t->text;

	if (begin == x->n)
		return LUREWATCH_OK;
	if (x->words == t->word_room && !lw_grow(&x->word, &t->word_room, (size_t)x->words + 1, sizeof *x->word))
		return LUREWATCH_E_MEMORY;
	x->word[x->words++] = (struct lw_word){ .hash = hash, .begin = begin, .end = x->n, .script = script, .flags = flags };
	return LUREWATCH_OK;
}

static lurewatch_error
add_word(struct lw_texter *t, uint32_t begin, uint8_t script, uint8_t flags)
{
	uint64_t hash = 0;

	for (uint32_t i = begin; i < t->text.n; i++)
		hash = lw_hash_add(hash, t->text.sym[i]);
	return add_hashed_word(t, begin, hash, script, flags);
}

static const struct lw_char *
at(struct lw_texter *t, uint32_t i)
{
	return lw_char_at(t, t->text.norm[i]);
}

static bool
wordlike(const struct lw_char *c)
{
	return lw_letterlike(c) || c->kind == LW_DIGIT;
}

static bool
unspaced(const struct lw_char *c)
{
	return c->script >= LW_UNSPACED && lw_letterlike(c);
}

static bool
apostrophe(uint32_t c)
{
	return c == '\'' || c == '`' || c == 0x2018 || c == 0x2019 || c == 0x02bb || c == 0x02bc;
}

/* The character of the message that norm[i] was made from: look-alikes are told by how they look. */
static uint32_t
as_written(const struct lw_texter *t, uint32_t i)
{
	uint32_t low = 0, high = t->raws, from = t->text.norm_from[i];

	while (low + 1 < high) {
		uint32_t middle = low + (high - low) / 2;

		if (t->raw_from[middle] <= from)
			low = middle;
		else
			high = middle;
	}
	return t->raw[low];
}

/* Letters of a word that only one of the two alphabets has, and those that both seem to have. */
struct letters { uint32_t latin, latin_only, cyrillic, cyrillic_only, other, seeming, all; };

static struct letters
count_letters(struct lw_texter *t, struct run w)
{
	struct letters n = { 0 };

	for (uint32_t i = w.begin; i < w.end; i++) {
		const struct lw_char *c = at(t, i);
		bool strict;

		if (c->kind != LW_LETTER)
			continue;
		n.all++;
		if (c->script == LW_LATIN) {
			n.latin++;
			n.latin_only += lw_cyrillic_twin(t->text.norm[i]) == 0;
			n.seeming += t->text.norm[i] >= 0x80 && lw_char_at(t, as_written(t, i))->lookalike != 0;
			continue;
		}
		strict = lw_char_at(t, as_written(t, i))->lookalike != 0;
		n.seeming += strict;
		if (c->script == LW_CYRILLIC) {
			n.cyrillic++;
			n.cyrillic_only += !strict;
		} else
			n.other++;
	}
	return n;
}

enum fold { KEEP, TO_LATIN, TO_CYRILLIC };

/* UTS 39 5.1's "mixed script" and "whole script" confusables, decided by the word's own letters, then by the text's. */
static enum fold
folding(struct lw_texter *t, struct run w)
{
	const struct lw_text *x = &t->text;
	struct letters n = count_letters(t, w);
	bool mixed = n.latin > 0 && n.latin < n.all;

	if (mixed && n.cyrillic > 0) {
		if (n.cyrillic_only > n.latin_only)
			return TO_CYRILLIC;
		if (n.latin_only > 0)
			return TO_LATIN;
		return x->letters[LW_CYRILLIC] > x->letters[LW_LATIN] ? TO_CYRILLIC : TO_LATIN;
	}
	if (mixed)
		return n.seeming > 0 ? TO_LATIN : KEEP;
	if (n.all < 2 || n.seeming < n.all)
		return n.latin == n.all && n.seeming > 0 && n.seeming < n.all ? TO_LATIN : KEEP;
	return x->letters[LW_LATIN] > x->letters[LW_CYRILLIC] + x->letters[LW_GREEK] + x->letters[LW_ARMENIAN] ? TO_LATIN
	    : KEEP;
}

static uint32_t
folded(struct lw_texter *t, uint32_t i, enum fold how)
{
	uint32_t c = t->text.norm[i], other;
	char lookalike;

	if (how == TO_CYRILLIC && c < 0x80 && (other = lw_cyrillic_twin(c)) != 0)
		return other;
	if (how == TO_LATIN && c >= 0x80 && (lookalike = lw_char_at(t, as_written(t, i))->lookalike) != 0)
		return (uint32_t)lookalike;
	return c;
}

static bool
ascii_wordlike(uint32_t c)
{
	return c - 'a' < 26 || c - '0' < 10;
}

/* Letters and digits of one word in a script with spaces; apostrophes between letters are left out. */
static uint32_t
word_end(struct lw_texter *t, uint32_t i, uint32_t stop)
{
	for (; i < stop; i++) {
		const struct lw_char *c;

		if (ascii_wordlike(t->text.norm[i]))
			continue;
		c = at(t, i);
		if (wordlike(c) && !unspaced(c))
			continue;
		if (apostrophe(t->text.norm[i]) && i + 1 < stop && lw_letterlike(at(t, i + 1)) && !unspaced(at(t, i + 1)))
			continue;
		break;
	}
	return i;
}

static bool
ascii_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

/* As put_word, for the many words that need none of its care. */
static lurewatch_error
put_ascii_word(struct lw_texter *t, struct run w, uint8_t flags)
{
	struct lw_text *x = &t->text;
	uint32_t begin = x->n, last = 0, same = 0;
	bool letters = false;
	uint64_t hash = 0;

	for (uint32_t i = w.begin; i < w.end; i++) {
		uint32_t c = x->norm[i];
		bool digit = ascii_digit(c);

		if (c == '\'' || c == '`')
			continue;
		letters = letters || !digit;
		c = digit ? '0' : c;
		same = c == last ? same + 1 : 0;
		last = c;
		if (same < (digit ? DIGITS : REPEATS)) {
			hash = lw_hash_add(hash, c);
			push(t, c, x->norm_from[i]);
		}
	}
	if (ascii_digit(x->norm[w.begin]))
		flags |= LW_WORD_DIGITS;
	return add_hashed_word(t, begin, hash, letters ? LW_LATIN : LW_COMMON, flags);
}

static lurewatch_error
put_word(struct lw_texter *t, struct run w, uint8_t flags)
{
	struct lw_text *x = &t->text;
	uint32_t begin = x->n, script = LW_COMMON;
	enum fold how = KEEP;
	bool ascii = true, digits;
	lurewatch_error error = LUREWATCH_OK;

	for (uint32_t i = w.begin; i < w.end && ascii; i++)
		ascii = x->norm[i] < 0x80;
	if (ascii)
		return put_ascii_word(t, w, flags);
	digits = at(t, w.begin)->kind == LW_DIGIT;
	if ((how = folding(t, w)) != KEEP) {
		flags |= LW_WORD_LOOKALIKE;
		x->lookalikes++;
		x->notes |= LUREWATCH_NOTE_LOOKALIKE;
	}
	for (uint32_t i = w.begin; i < w.end && error == LUREWATCH_OK; i++) {
		uint32_t c = how == KEEP ? x->norm[i] : folded(t, i, how);
		const struct lw_char *facts = lw_char_at(t, c);

		if (facts == NULL)
			return LUREWATCH_E_MEMORY;
		if (facts->kind == LW_DIGIT)
			error = push_bounded(t, '0', x->norm_from[i], begin, DIGITS);
		else if (wordlike(facts)) {
			if (script == LW_COMMON)
				script = facts->script;
			error = push_bounded(t, c, x->norm_from[i], begin, REPEATS);
		}
	}
	if (error != LUREWATCH_OK)
		return error;
	return add_word(t, begin, (uint8_t)script, (uint8_t)(flags | (digits ? LW_WORD_DIGITS : 0)));
}

/*
 * Letters stood apart: at least three single letters with the same single character
 * between each two. Gives the end of the whole, or i when there is no such thing.
 */
static uint32_t
spaced_out(struct lw_texter *t, uint32_t i, uint32_t stop)
{
	const struct lw_text *x = &t->text;
	uint32_t between, letters = 1;

	if (i + 4 >= stop || ascii_wordlike(x->norm[i + 1]) || wordlike(at(t, i + 1)))
		return i;
	between = x->norm[i + 1];
	if (between != ' ' && between != '.' && between != '-' && between != '*' && between != '_' && between != '|' &&
	    between != '/' && between != '~' && between != '+' && between != 0xb7 && between != 0x2022)
		return i;
	while (i + 2 < stop && x->norm[i + 1] == between && at(t, i + 2)->kind == LW_LETTER && !unspaced(at(t, i + 2)) &&
	    (i + 3 >= stop || !wordlike(at(t, i + 3)))) {
		i += 2;
		letters++;
	}
	return letters >= 3 ? i + 1 : 0;
}

static lurewatch_error
put_spaced_out(struct lw_texter *t, uint32_t i, uint32_t end)
{
	struct lw_text *x = &t->text;
	uint32_t begin = x->n, script = at(t, i)->script;
	lurewatch_error error = LUREWATCH_OK;

	for (; i < end && error == LUREWATCH_OK; i += 2) {
		uint32_t c = x->norm[i];
		char seen = c >= 0x80 && x->letters[LW_LATIN] > x->letters[LW_CYRILLIC] ?
		    lw_char_at(t, as_written(t, i))->lookalike : 0;

		error = push_bounded(t, seen != 0 ? (uint32_t)seen : c, x->norm_from[i], begin, REPEATS);
	}
	x->spaced_out++;
	return error != LUREWATCH_OK ? error : add_word(t, begin, (uint8_t)script, LW_WORD_SPACED_OUT);
}

/* What may stand between the characters of a word to hide it, in scripts without spaces. */
static bool
wedge(uint32_t c)
{
	return c == 0xb7 || c == 0x2022 || c == 0x30fb || c == '*' || c == '_' || c == '|' || c == '~' || c == '+' ||
	    c == '.' || c == '^';
}

/* Single characters parted by single spaces, three or more: their end, or i. */
static uint32_t
apart(struct lw_texter *t, uint32_t i, uint32_t stop)
{
	uint32_t letters = 1;

	while (i + 2 < stop && t->text.norm[i + 1] == ' ' && unspaced(at(t, i + 2)) &&
	    (i + 3 >= stop || !wordlike(at(t, i + 3)))) {
		i += 2;
		letters++;
	}
	return letters >= 3 ? i + 1 : 0;
}

static lurewatch_error
put_unspaced(struct lw_texter *t, uint32_t *i, uint32_t stop)
{
	struct lw_text *x = &t->text;
	uint32_t begin = x->n, k = *i, spread = apart(t, k, stop);
	uint8_t script = at(t, k)->script, flags = LW_WORD_UNSPACED;
	lurewatch_error error = LUREWATCH_OK;

	while (k < stop && error == LUREWATCH_OK) {
		if (unspaced(at(t, k)) || at(t, k)->kind == LW_MARK)
			error = push_bounded(t, x->norm[k], x->norm_from[k], begin, REPEATS);
		else if (!(k < spread && x->norm[k] == ' ') &&
		    !(wedge(x->norm[k]) && k + 1 < stop && unspaced(at(t, k + 1))))
			break;
		else {
			x->spaced_out += (flags & LW_WORD_SPACED_OUT) == 0;
			flags |= LW_WORD_SPACED_OUT;
		}
		k++;
	}
	*i = k;
	return error != LUREWATCH_OK ? error : add_word(t, begin, script, flags);
}

/* The letter that a digit or sign stands for, or the character itself. */
static uint32_t
unleet(uint32_t c)
{
	static const char letter[0x80] = { ['4'] = 'a', ['@'] = 'a', ['3'] = 'e', ['1'] = 'i', ['!'] = 'i', ['0'] = 'o', ['5'] = 's',
		['$'] = 's', ['7'] = 't', ['8'] = 'b', ['9'] = 'g', ['2'] = 'z', ['|'] = 'l' };

	return c < 0x80 && letter[c] != 0 ? (uint32_t)letter[c] : c;
}

static bool
latin_letter(uint32_t c)
{
	return c >= 'a' && c <= 'z';
}

/*
 * The chunk of letters, digits and signs around i, if some digit or sign in it stands where
 * a letter would: letters on both sides, as in c4sh and fr33ze; not 20k, iphone5 or 3rd.
 */
static struct run
leet_chunk(const struct lw_text *x, uint32_t i, uint32_t stop)
{
	struct run w = { i, i };
	uint32_t letters = 0, stand_ins = 0;

	for (; w.end < stop && (latin_letter(x->norm[w.end]) || unleet(x->norm[w.end]) != x->norm[w.end]); w.end++)
		letters += latin_letter(x->norm[w.end]);
	while (w.end > i && (x->norm[w.end - 1] == '!' || x->norm[w.end - 1] == '|'))
		w.end--;
	for (uint32_t k = i + 1, letter = i; k < w.end; k++) {
		if (!latin_letter(x->norm[k]))
			continue;
		stand_ins += k - letter > 1;
		letter = k;
	}
	if (letters < 2 || stand_ins == 0 || w.end - i < 3 || w.end - i > 32)
		w.end = i;
	return w;
}

static lurewatch_error
put_twin(struct lw_texter *t, struct run w)
{
	struct lw_text *x = &t->text;
	uint32_t begin;
	lurewatch_error error = push_space(t, x->norm_from[w.begin]);

	begin = x->n;
	for (uint32_t i = w.begin; i < w.end && error == LUREWATCH_OK; i++)
		error = push_bounded(t, unleet(x->norm[i]), x->norm_from[i], begin, REPEATS);
	x->twins++;
	return error != LUREWATCH_OK ? error : add_word(t, begin, LW_LATIN, LW_WORD_TWIN);
}

static lurewatch_error
put_twins(struct lw_texter *t)
{
	const struct lw_text *x = &t->text;
	uint32_t contact = 0, i = 0, letters;
	lurewatch_error error = LUREWATCH_OK;

	while (i < x->norms && error == LUREWATCH_OK) {
		struct run w;

		if (contact < x->contacts && i >= x->contact[contact].begin) {
			i = x->contact[contact++].end;
			continue;
		}
		if (!latin_letter(x->norm[i]) || (i > 0 && x->norm[i - 1] >= 0x80)) {
			i++;
			continue;
		}
		/* letters first, nearly always the whole word: then there is nothing in it to stand for a letter */
		for (letters = i + 1; letters < x->norms && latin_letter(x->norm[letters]); letters++)
			;
		if (letters == x->norms || unleet(x->norm[letters]) == x->norm[letters]) {
			i = letters;
			continue;
		}
		w = leet_chunk(x, i, contact < x->contacts ? x->contact[contact].begin : x->norms);
		if (w.end > w.begin)
			error = put_twin(t, w);
		i = w.end > i ? w.end : letters;
	}
	return error;
}

static lurewatch_error
put_contact(struct lw_texter *t, struct lw_contact *contact)
{
	struct lw_text *x = &t->text;
	uint32_t from = x->norm_from[contact->begin];
	lurewatch_error error = push_space(t, from);

	contact->sym = x->n;
	if (error == LUREWATCH_OK)
		error = push(t, LW_SYM_CONTACT + contact->kind, from);
	if (error == LUREWATCH_OK)
		error = add_word(t, contact->sym, LW_COMMON, LW_WORD_CONTACT);
	if (error == LUREWATCH_OK)
		error = push(t, ' ', x->norm_from[contact->end]);
	return error;
}

/* One word, mark, emoji or space at *i; nothing of it stands at or beyond stop. */
static lurewatch_error
put_next(struct lw_texter *t, uint32_t *i, uint32_t stop)
{
	struct lw_text *x = &t->text;
	const struct lw_char *c;
	bool before;
	lurewatch_error error;
	uint32_t end;

	if (x->norm[*i] == ' ')
		return push_space(t, x->norm_from[(*i)++]);
	c = at(t, *i);
	before = *i > 0 && wordlike(at(t, *i - 1)) && !unspaced(at(t, *i - 1));
	if (c->kind == LW_SPACE || c->kind == LW_OTHER)
		return push_space(t, x->norm_from[(*i)++]);
	if (unspaced(c)) {
		error = before ? push_space(t, x->norm_from[*i]) : LUREWATCH_OK;
		return error != LUREWATCH_OK ? error : put_unspaced(t, i, stop);
	}
	if (!wordlike(c)) {
		error = push_bounded(t, x->norm[*i], x->norm_from[*i], 0, REPEATS);
		(*i)++;
		return error;
	}
	if (*i > 0 && unspaced(at(t, *i - 1)) && (error = push_space(t, x->norm_from[*i])) != LUREWATCH_OK)
		return error;
	if (c->kind == LW_LETTER && !before && (end = spaced_out(t, *i, stop)) > *i) {
		error = put_spaced_out(t, *i, end);
		*i = end;
		return error;
	}
	end = word_end(t, *i, stop);
	error = put_word(t, (struct run){ *i, end }, 0);
	*i = end;
	return error;
}

lurewatch_error
lw_tokenise(struct lw_texter *t)
{
	struct lw_text *x = &t->text;
	uint32_t i = 0, contact = 0;
	lurewatch_error error;

	if (!lw_grow(&x->sym, &t->sym_room, MOST_SYMBOLS(x->norms), sizeof *x->sym) ||
	    !lw_grow(&x->from, &t->from_room, MOST_SYMBOLS(x->norms), sizeof *x->from))
		return LUREWATCH_E_MEMORY;
	error = push(t, ' ', 0);

	while (i < x->norms && error == LUREWATCH_OK) {
		if (contact < x->contacts && i == x->contact[contact].begin) {
			error = put_contact(t, &x->contact[contact]);
			i = x->contact[contact++].end;
			continue;
		}
		error = put_next(t, &i, contact < x->contacts ? x->contact[contact].begin : x->norms);
	}
	if (error == LUREWATCH_OK)
		error = push_space(t, (uint32_t)t->len);
	if (error == LUREWATCH_OK)
		error = put_twins(t);
	if (error == LUREWATCH_OK)
		error = push_space(t, (uint32_t)t->len);
	if (error == LUREWATCH_OK)
		x->from[x->n] = (uint32_t)t->len;
	return error;
}
