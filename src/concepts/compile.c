/*
 * compile.c - from the vocabulary's files to one block
 *
 * A file that is missing or has an error gives the reason with file and line; nothing is made then.
 */
#include "concepts/compile.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

lurewatch_error
lw_compile_fail(struct lw_compiler *c, const char *format, ...)
{
	char what[256];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	if (c->reason != NULL)
		lw_buffer_addf(c->reason, "%s:%zu: %s", c->path.at, c->line, what);
	return LUREWATCH_E_VOCABULARY;
}

struct lw_span
lw_cut(struct lw_span *rest, char at)
{
	const char *found = rest->len > 0 ? memchr(rest->at, at, rest->len) : NULL;
	struct lw_span head = { rest->at, found != NULL ? (size_t)(found - rest->at) : rest->len };
	size_t used = head.len + (found != NULL);

	rest->at += used;
	rest->len -= used;
	return head;
}

lurewatch_error
lw_compile_path(struct lw_compiler *c, const char *name, const char *more)
{
	c->path.len = 0;
	return lw_buffer_addf(&c->path, "%s/%s%s", c->dir, name, more) && lw_buffer_add(&c->path, "", 1) ? LUREWATCH_OK :
	    LUREWATCH_E_MEMORY;
}

static lurewatch_error
read_all(FILE *f, struct lw_buffer *out)
{
	size_t got;

	do {
		if (!lw_buffer_reserve(out, 1 << 16))
			return LUREWATCH_E_MEMORY;
		got = fread(out->at + out->len, 1, 1 << 16, f);
		out->len += got;
	} while (got > 0);
	return ferror(f) ? LUREWATCH_E_IO : LUREWATCH_OK;
}

lurewatch_error
lw_compile_lines(struct lw_compiler *c, lurewatch_error (*take)(struct lw_compiler *, struct lw_span))
{
	struct lw_buffer all = { 0 };
	struct lw_span rest;
	FILE *f = fopen(c->path.at, "rb");
	lurewatch_error e = f != NULL ? read_all(f, &all) : LUREWATCH_E_IO;

	if (e == LUREWATCH_E_IO && c->reason != NULL)
		lw_buffer_addf(c->reason, "%s: %s", c->path.at, strerror(errno));
	if (f != NULL)
		fclose(f);
	c->line = 0;
	for (rest = (struct lw_span){ all.at, all.len }; e == LUREWATCH_OK && rest.len > 0;) {
		struct lw_span line = lw_cut(&rest, '\n');

		c->line++;
		if (line.len > 0 && line.at[line.len - 1] == '\r')
			line.len--;
		if (line.len > 0 && line.at[0] != '#')
			e = take(c, line);
	}
	lw_buffer_free(&all);
	return e;
}

bool
lw_compile_text(struct lw_compiler *c, struct lw_span s, uint32_t *at)
{
	*at = (uint32_t)c->text.len;
	return lw_buffer_add(&c->text, s.at, s.len) && lw_buffer_add(&c->text, "", 1);
}

static const char *
name_of(const struct lw_compiler *c, uint32_t concept)
{
	return c->text.at + c->concept[concept];
}

/* Where the name is, or belongs, among the sorted ones. */
static size_t
place_of(const struct lw_compiler *c, struct lw_span name, bool *there)
{
	size_t low = 0, high = c->concepts;

	*there = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *other = name_of(c, c->sorted[middle]);
		int order = strncmp(other, name.at, name.len);

		if (order == 0 && other[name.len] == '\0') {
			*there = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t
lw_compile_concept(const struct lw_compiler *c, struct lw_span name)
{
	bool there;
	size_t at = place_of(c, name, &there);

	return there ? c->sorted[at] : LW_NO_CONCEPT;
}

static lurewatch_error
take_concept(struct lw_compiler *c, struct lw_span line)
{
	struct lw_span name = lw_cut(&line, '\t');
	bool there;
	size_t at = place_of(c, name, &there);
	uint32_t text;

	if (there)
		return lw_compile_fail(c, "concept %.*s was named before", (int)name.len, name.at);
	if (c->concepts + 1 >= LW_NO_CONCEPT)
		return lw_compile_fail(c, "there is room for %u concepts", LW_NO_CONCEPT - 1);
	if (!lw_compile_text(c, name, &text) || !lw_grow(&c->concept, &c->concept_room, c->concepts + 1, sizeof *c->concept) ||
	    !lw_grow(&c->sorted, &c->sorted_room, c->concepts + 1, sizeof *c->sorted))
		return LUREWATCH_E_MEMORY;
	memmove(c->sorted + at + 1, c->sorted + at, (c->concepts - at) * sizeof *c->sorted);
	c->sorted[at] = (uint32_t)c->concepts;
	c->concept[c->concepts++] = text;
	return LUREWATCH_OK;
}

static lurewatch_error
take_forms(struct lw_compiler *c, struct lw_span line)
{
	struct lw_span name = lw_cut(&line, '\t');
	uint32_t concept = lw_compile_concept(c, name);
	lurewatch_error e = LUREWATCH_OK;

	if (concept == LW_NO_CONCEPT)
		return lw_compile_fail(c, "no such concept: %.*s", (int)name.len, name.at);
	while (e == LUREWATCH_OK && line.len > 0) {
		struct lw_span form = lw_cut(&line, '\t');

		if (form.len > 0)
			e = lw_compile_form(c, form, concept, (uint8_t)(c->languages - 1), LW_WRITTEN);
	}
	return e;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Languages in a fixed order, since at a tie the earlier wins: en, the others by name, und (any language) last. */
static int
by_turn(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	int first = (strcmp(y, "en.tsv") == 0) - (strcmp(x, "en.tsv") == 0);
	int last = (strcmp(x, "und.tsv") == 0) - (strcmp(y, "und.tsv") == 0);

	return first != 0 ? first : last != 0 ? last : by_name(a, b);
}

static lurewatch_error
list_languages(struct lw_compiler *c, char ***names, size_t *n)
{
	size_t room = 0;
	struct dirent *d;
	DIR *dir;
	lurewatch_error e = lw_compile_path(c, "concepts", "");

	if (e != LUREWATCH_OK)
		return e;
	dir = opendir(c->path.at);
	if (dir == NULL) {
		if (c->reason != NULL)
			lw_buffer_addf(c->reason, "%s: %s", c->path.at, strerror(errno));
		return LUREWATCH_E_IO;
	}
	while (e == LUREWATCH_OK && (d = readdir(dir)) != NULL) {
		size_t len = strlen(d->d_name);

		if (len <= 4 || len >= 16 || d->d_name[0] == '.' || strcmp(d->d_name + len - 4, ".tsv") != 0)
			continue;
		if (!lw_grow(names, &room, *n + 1, sizeof **names) || ((*names)[*n] = strdup(d->d_name)) == NULL)
			e = LUREWATCH_E_MEMORY;
		else
			++*n;
	}
	closedir(dir);
	if (*n > 0)
		qsort(*names, *n, sizeof **names, by_turn);
	return e;
}

static lurewatch_error
read_languages(struct lw_compiler *c)
{
	char **names = NULL;
	size_t n = 0;
	lurewatch_error e = list_languages(c, &names, &n);

	for (size_t i = 0; i < n && e == LUREWATCH_OK; i++) {
		if (c->languages == LW_MAX_LANGUAGES)
			e = lw_compile_fail(c, "there is room for %d languages", LW_MAX_LANGUAGES);
		else
			e = lw_compile_path(c, "concepts/", names[i]);
		if (e != LUREWATCH_OK)
			break;
		memcpy(c->language[c->languages++], names[i], strlen(names[i]) - 4);
		e = lw_compile_lines(c, take_forms);
	}
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return e;
}

/* ---- the table ---- */

/* Same key: by language, written before ICU's, earlier first. */
static int
by_key(const void *a, const void *b)
{
	const struct lw_entry *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if ((x->concept == LW_NO_CONCEPT) != (y->concept == LW_NO_CONCEPT))
		return x->concept == LW_NO_CONCEPT ? 1 : -1;
	if (x->language != y->language)
		return x->language < y->language ? -1 : 1;
	if (x->origin != y->origin)
		return x->origin < y->origin ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

struct table {
	struct lw_cell *cell;
	uint64_t *languages;            /* distinct sets */
	struct lw_choice *choice;
	size_t cells, language_sets, language_room, choices, choice_room;
};

static bool
language_set(struct table *t, uint64_t set, uint32_t *out)
{
	size_t i = t->language_sets;

	/* the newest first: neighbours in the table tend to be of one language, and the sets are few */
	while (i > 0 && t->languages[i - 1] != set)
		i--;
	*out = (uint32_t)i - 1;
	if (i > 0)
		return true;
	if (t->language_sets > LW_CELL_REST_MAX ||
	    !lw_grow(&t->languages, &t->language_room, t->language_sets + 1, sizeof *t->languages))
		return false;
	*out = (uint32_t)t->language_sets;
	t->languages[t->language_sets++] = set;
	return true;
}

/* Languages that speak for a concept; "any language" speaks for none, so that it never outvotes. */
static uint64_t
voice_of(const struct lw_compiler *c, uint8_t language)
{
	if (language < c->languages && strcmp(c->language[language], "und") == 0)
		return 0;
	return (uint64_t)1 << language;
}

/* Concepts of one key with their languages; at most one a language, ICU's own languages only where nobody wrote the form. */
static size_t
concepts_of(const struct lw_compiler *c, const struct lw_entry *e, size_t n, struct lw_choice *out, uint64_t *voices)
{
	uint64_t done = 0;
	size_t found = 0;

	for (size_t i = 0; i < n && e[i].concept != LW_NO_CONCEPT; i++) {
		uint64_t bit = (uint64_t)1 << e[i].language;
		size_t k = 0;

		if ((done & bit) != 0 || (e[i].language == LW_LANGUAGE_OTHER && done != 0))
			continue;
		done |= bit;
		while (k < found && out[k].concept != e[i].concept)
			k++;
		if (k == found)
			out[found++] = (struct lw_choice){ .concept = e[i].concept };
		voices[k] |= voice_of(c, e[i].language);
	}
	return found;
}

static bool
value_of(const struct lw_compiler *c, struct table *t, const struct lw_entry *e, size_t n, uint32_t *out)
{
	struct lw_choice choice[LW_MAX_LANGUAGES + 1];
	uint64_t voices[LW_MAX_LANGUAGES + 1] = { 0 };
	size_t found = concepts_of(c, e, n, choice, voices);
	uint32_t rest = 0;

	*out = LW_NO_CONCEPT;
	for (size_t i = 0; i < n; i++)
		*out |= e[i].goes_on ? LW_CELL_GOES_ON : 0;
	if (found == 0)
		return true;
	if (found == 1) {
		if (!language_set(t, voices[0], &rest))
			return false;
		*out = (*out & LW_CELL_GOES_ON) | choice[0].concept | rest << 13;
		return true;
	}
	rest = (uint32_t)t->choices;
	if (t->choices + found > LW_CELL_REST_MAX ||
	    !lw_grow(&t->choice, &t->choice_room, t->choices + found, sizeof *t->choice))
		return false;
	for (size_t i = 0; i < found; i++) {
		if (!language_set(t, voices[i], &choice[i].languages))
			return false;
		choice[i].last = i + 1 == found;
		t->choice[t->choices++] = choice[i];
	}
	*out |= LW_CELL_AMBIGUOUS | rest << 13;
	return true;
}

static bool
put_cell(struct table *t, uint64_t key, uint32_t value)
{
	size_t i = lw_key_cell(key, (uint32_t)t->cells);

	for (int probe = 0; probe < LW_PROBES; probe++) {
		if (t->cell[i].print == 0) {
			t->cell[i] = (struct lw_cell){ lw_key_print(key), value };
			return true;
		}
		i = i + 1 < t->cells ? i + 1 : 0;
	}
	return false;
}

static size_t
same_key(const struct lw_compiler *c, size_t from)
{
	size_t n = 1;

	while (from + n < c->entries && c->entry[from + n].key == c->entry[from].key)
		n++;
	return n;
}

/* Two thirds full; grows by an eighth in the unlikely case of too long a run of full cells. */
static lurewatch_error
fill_table(struct lw_compiler *c, struct table *t)
{
	size_t keys = 0;
	bool placed = false;

	if (c->entries > 0)
		qsort(c->entry, c->entries, sizeof *c->entry, by_key);
	for (size_t i = 0; i < c->entries; i += same_key(c, i))
		keys++;
	for (t->cells = keys + keys / 2 + 16; !placed; t->cells += t->cells / 8) {
		free(t->cell);
		t->cell = calloc(t->cells, sizeof *t->cell);
		if (t->cell == NULL)
			return LUREWATCH_E_MEMORY;
		t->language_sets = t->choices = 0;
		placed = true;
		for (size_t i = 0, n; i < c->entries && placed; i += n) {
			uint32_t value;

			n = same_key(c, i);
			if (!value_of(c, t, c->entry + i, n, &value))
				return LUREWATCH_E_MEMORY;
			placed = put_cell(t, c->entry[i].key, value);
		}
		if (placed)
			return LUREWATCH_OK;
	}
	return LUREWATCH_OK;
}

/* ---- the block ---- */

static bool
put_section(struct lw_buffer *out, struct lw_block *b, enum lw_section s, const void *at, size_t items, size_t size)
{
	static const char nothing[8] = { 0 };

	if (!lw_buffer_add(out, nothing, (8 - out->len % 8) % 8))
		return false;
	b->section[s].at = (uint32_t)out->len;
	b->section[s].len = (uint32_t)(items * size);
	return lw_buffer_add(out, at, items * size);
}

/* From "which concepts a set has" to "which sets a concept is in". */
static uint64_t *
turned(const struct lw_compiler *c, size_t set_words)
{
	size_t words = (c->concepts + 63) / 64;
	uint64_t *in = calloc(c->concepts * set_words + 1, sizeof *in);

	for (size_t s = 0; in != NULL && s < c->sets; s++)
		for (size_t k = 0; k < c->concepts; k++)
			if ((c->set[s * words + k / 64] >> k % 64 & 1) != 0)
				in[k * set_words + s / 64] |= (uint64_t)1 << s % 64;
	return in;
}

static void
name_shapes(const struct lw_compiler *c, struct lw_block *b)
{
	static const char *const names[] = { "SHAPE_LINK", "SHAPE_SHORTLINK", "SHAPE_MESSENGER", "SHAPE_EMAIL", "SHAPE_HANDLE",
		"SHAPE_PHONE", "SHAPE_NUMBER", "SHAPE_MONEY", "SHAPE_MONEY_HIGH", "SHAPE_CODE" };

	for (size_t i = 0; i < sizeof b->shape / sizeof b->shape[0]; i++)
		b->shape[i] = i < sizeof names / sizeof names[0] ?
		    lw_compile_concept(c, (struct lw_span){ names[i], strlen(names[i]) }) : LW_NO_CONCEPT;
	b->function_word = lw_compile_concept(c, LW_SPAN("FUNCTION_WORD"));
}

static lurewatch_error
write_block(struct lw_compiler *c, const struct table *t, struct lw_buffer *out)
{
	size_t set_words = c->sets > 0 ? (c->sets + 63) / 64 : 1;
	struct lw_block b = { .magic = LW_BLOCK_MAGIC, .concepts = (uint32_t)c->concepts,
		.indicators = (uint32_t)c->indicators, .clauses = (uint32_t)c->clauses, .terms = (uint32_t)c->terms,
		.set_words = (uint32_t)set_words, .cells = (uint32_t)t->cells, .language_sets = (uint32_t)t->language_sets,
		.choices = (uint32_t)t->choices, .has_digits = c->has_digits };
	uint64_t *in = turned(c, set_words);
	bool done;

	name_shapes(c, &b);
	out->len = 0;
	done = in != NULL && lw_buffer_add(out, (const char *)&b, sizeof b) &&
	    put_section(out, &b, LW_SECTION_TEXT, c->text.at, c->text.len, 1) &&
	    put_section(out, &b, LW_SECTION_CONCEPT, c->concept, c->concepts, sizeof *c->concept) &&
	    put_section(out, &b, LW_SECTION_INDICATOR, c->indicator, c->indicators, sizeof *c->indicator) &&
	    put_section(out, &b, LW_SECTION_CLAUSE, c->clause, c->clauses, sizeof *c->clause) &&
	    put_section(out, &b, LW_SECTION_TERM, c->term, c->terms, sizeof *c->term) &&
	    put_section(out, &b, LW_SECTION_SETS, in, c->concepts * set_words, sizeof *in) &&
	    put_section(out, &b, LW_SECTION_CELL, t->cell, t->cells, sizeof *t->cell) &&
	    put_section(out, &b, LW_SECTION_LANGUAGES, t->languages, t->language_sets, sizeof *t->languages) &&
	    put_section(out, &b, LW_SECTION_CHOICE, t->choice, t->choices, sizeof *t->choice) &&
	    put_section(out, &b, LW_SECTION_MARKS, c->marks, LW_MARK_WORDS, sizeof *c->marks) &&
	    put_section(out, &b, LW_SECTION_PHRASES, c->phrases, LW_PHRASE_MARKS, sizeof *c->phrases);
	free(in);
	if (!done)
		return LUREWATCH_E_MEMORY;
	b.size = (uint32_t)out->len;
	memcpy(out->at, &b, sizeof b);
	return LUREWATCH_OK;
}

static lurewatch_error
compile(struct lw_compiler *c, struct lw_buffer *out)
{
	struct table t = { 0 };
	lurewatch_error e = lw_texter_new(0, &c->texter);

	c->marks = calloc(LW_MARK_WORDS, sizeof *c->marks);
	c->phrases = calloc(LW_PHRASE_MARKS, sizeof *c->phrases);
	if (e == LUREWATCH_OK && (c->marks == NULL || c->phrases == NULL || !lw_buffer_add(&c->text, "", 1)))
		e = LUREWATCH_E_MEMORY;
	if (e == LUREWATCH_OK)
		e = lw_compile_path(c, "concepts.tsv", "");
	if (e == LUREWATCH_OK)
		e = lw_compile_lines(c, take_concept);
	if (e == LUREWATCH_OK)
		e = read_languages(c);
	if (e == LUREWATCH_OK)
		e = lw_compile_indicators(c);
	if (e == LUREWATCH_OK)
		e = lw_compile_icu_names(c);
	if (e == LUREWATCH_OK)
		e = fill_table(c, &t);
	if (e == LUREWATCH_OK)
		e = write_block(c, &t, out);
	free(t.cell);
	free(t.languages);
	free(t.choice);
	return e;
}

lurewatch_error
lw_vocabulary_compile(const char *dir, struct lw_buffer *out, struct lw_buffer *reason)
{
	struct lw_compiler c = { .dir = dir, .reason = reason };
	lurewatch_error e = compile(&c, out);

	lw_texter_free(c.texter);
	lw_buffer_free(&c.path);
	lw_buffer_free(&c.text);
	free(c.concept);
	free(c.sorted);
	free(c.entry);
	free(c.marks);
	free(c.phrases);
	free(c.indicator);
	free(c.clause);
	free(c.term);
	free(c.set);
	free(c.named);
	return e;
}
