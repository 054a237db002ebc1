/*
 * corpus.c - labelled messages, loaded whole
 *
 * A record that cannot be read or has no label is counted and passed over; a
 * file that cannot be opened ends the loading with the reason.
 */
#include "learn/corpus.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

enum { NAMED_UNREADABLE = 3, WATCHED = 1024 };   /* records between two looks at the clock */

static const char *const splits[] = { [LW_SPLIT_ALL] = "all", [LW_SPLIT_TRAIN] = "train", [LW_SPLIT_DEV] = "dev" };

const char *
lw_split_name(enum lw_split split)
{
	return splits[split];
}

bool
lw_split_named(const char *name, enum lw_split *out)
{
	for (size_t i = 0; i < sizeof splits / sizeof splits[0]; i++)
		if (strcmp(name, splits[i]) == 0) {
			*out = (enum lw_split)i;
			return true;
		}
	return false;
}

static bool
in_split(struct lw_span split, enum lw_split wanted)
{
	if (wanted == LW_SPLIT_ALL)
		return true;
	if (wanted == LW_SPLIT_DEV)
		return lw_span_is(split, "dev");
	return split.len == 0 || lw_span_is(split, "train");
}

size_t
lw_corpus_label_length(const char *argument)
{
	size_t n = 0;

	/* bytes above ASCII too: labels are in any language */
	while (isalnum((unsigned char)argument[n]) || argument[n] == '-' || argument[n] == '_' || (argument[n] & 0x80) != 0)
		n++;
	if (argument[n] != '=' || access(argument, F_OK) == 0)
		return 0;
	return n;
}

static struct lw_span
stem(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct lw_span s = { slash != NULL ? slash + 1 : path, 0 };

	s.len = strcspn(s.at, ".");
	return s.len > 0 ? s : (struct lw_span){ path, strlen(path) };
}

/* The number of a name that may be missing. */
static bool
number_of(struct lw_names *names, struct lw_span s, uint32_t *out)
{
	*out = LW_NO_NAME;
	if (s.len == 0)
		return true;
	*out = lw_names_add(names, s);
	return *out != LW_NO_NAME;
}

static bool
add_id(struct lw_buffer *b, const struct lw_message *m)
{
	if (m->id.len > 0)
		return lw_buffer_add(b, m->id.at, m->id.len);
	return lw_buffer_addf(b, "%s:%llu", m->path, (unsigned long long)m->record);
}

static bool
add_row(struct lw_corpus *c, const struct lw_message *m, struct lw_buffer *room)
{
	struct lw_row row = { .file = (uint32_t)c->files - 1 };
	struct lw_span judged;

	if (lw_message_judged(m, room, &judged) != LUREWATCH_OK)
		return false;
	if (!number_of(&c->label, m->label, &row.label) || !number_of(&c->lang, m->lang, &row.lang) ||
	    !number_of(&c->source, m->source.len > 0 ? m->source : stem(m->path), &row.source) ||
	    !number_of(&c->family, m->family, &row.family) || !number_of(&c->group, m->group, &row.group))
		return false;
	row.at = c->text.len;
	row.len = judged.len;
	if (!lw_grow(&c->row, &c->row_room, c->n + 1, sizeof *c->row) || !lw_buffer_add(&c->text, judged.at, judged.len) ||
	    !add_id(&c->text, m))
		return false;
	row.id_len = c->text.len - row.at - row.len;
	c->row[c->n++] = row;
	c->file[c->files - 1].rows++;
	return true;
}

static bool
note_unreadable(struct lw_corpus_file *f, const struct lw_message *m)
{
	if (f->unreadable++ >= NAMED_UNREADABLE)
		return true;
	return lw_buffer_addf(&f->first, "%s:%llu: %s\n", m->path, (unsigned long long)m->record, m->error);
}

static lurewatch_error
take(struct lw_corpus *c, const struct lw_message *m, const struct lw_corpus_filter *filter, struct lw_buffer *room)
{
	struct lw_corpus_file *f = &c->file[c->files - 1];
	bool wanted = in_split(m->split, f->split);
	lurewatch_error e = LUREWATCH_OK;

	if (m->error != NULL)
		return note_unreadable(f, m) ? LUREWATCH_OK : LUREWATCH_E_MEMORY;
	if (m->label.len == 0) {
		f->unlabelled += wanted;
		return LUREWATCH_OK;
	}
	if (wanted && filter != NULL)
		e = filter->wants(filter->context, c, m, &wanted);
	if (e != LUREWATCH_OK)
		return e;
	f->left_out += !wanted;
	return !wanted || add_row(c, m, room) ? LUREWATCH_OK : LUREWATCH_E_MEMORY;
}

static void
digest(XXH3_state_t *state, const struct lw_message *m)
{
	if (m->before.len > 0)
		XXH3_128bits_update(state, m->before.at, m->before.len);
	if (m->raw.len > 0)
		XXH3_128bits_update(state, m->raw.at, m->raw.len);
}

static void
watch(const struct lw_corpus *c, uint64_t here)
{
	if (c->bytes > 0)
		lw_watch(c->watcher, "reading", (double)(c->bytes_read + here) / (double)c->bytes);
}

/* What the reader gives, to its end. */
static lurewatch_error
take_all(struct lw_corpus *c, struct lw_reader *reader, const struct lw_corpus_filter *filter, XXH3_state_t *state)
{
	struct lw_buffer room = { 0 };
	const struct lw_message *m;
	lurewatch_error e;

	while ((e = lw_reader_next(reader, &m)) == LUREWATCH_OK && m != NULL) {
		if (m->record % WATCHED == 1)
			watch(c, lw_reader_consumed(reader));
		digest(state, m);
		if ((e = take(c, m, filter, &room)) != LUREWATCH_OK)
			break;
	}
	lw_buffer_free(&room);
	if (e == LUREWATCH_OK && (m = lw_reader_tail(reader)) != NULL)
		digest(state, m);
	return e;
}

static lurewatch_error
load(struct lw_corpus *c, const char *path, const char *label, const struct lw_corpus_filter *filter, struct lw_buffer *why)
{
	struct lw_read_options options = { .label = label, .format = filter != NULL ? filter->format : NULL };
	struct lw_corpus_file *f = &c->file[c->files - 1];
	struct lw_reader *reader = NULL;
	XXH3_state_t *state = XXH3_createState();
	XXH128_hash_t hash;
	lurewatch_error e = LUREWATCH_E_MEMORY;

	if (state == NULL)
		return e;
	XXH3_128bits_reset(state);
	e = lw_reader_open(path, &options, &reader);
	if (e == LUREWATCH_OK)
		e = take_all(c, reader, filter, state);
	if (e != LUREWATCH_OK && e != LUREWATCH_E_MEMORY && reader != NULL && why->len == 0)
		lw_buffer_addf(why, "%s", lw_reader_reason(reader));
	if (reader != NULL)
		c->bytes_read += lw_reader_consumed(reader);
	lw_reader_close(reader);
	hash = XXH3_128bits_digest(state);
	f->digest[0] = hash.high64;
	f->digest[1] = hash.low64;
	XXH3_freeState(state);
	return e;
}

lurewatch_error
lw_corpus_add(struct lw_corpus *c, const char *argument, bool core, enum lw_split split, struct lw_buffer *why)
{
	return lw_corpus_add_some(c, argument, core, split, NULL, why);
}

lurewatch_error
lw_corpus_add_some(struct lw_corpus *c, const char *argument, bool core, enum lw_split split,
    const struct lw_corpus_filter *filter, struct lw_buffer *why)
{
	size_t n = lw_corpus_label_length(argument);
	char *own, *label = NULL;
	lurewatch_error e;

	/* rows of nothing but empty texts point into it all the same */
	if (!lw_buffer_reserve(&c->text, 1) || !lw_grow(&c->file, &c->file_room, c->files + 1, sizeof *c->file))
		return LUREWATCH_E_MEMORY;
	own = strdup(argument);
	if (n > 0)
		label = strndup(argument, n);
	if (own == NULL || (n > 0 && label == NULL)) {
		free(own);
		return LUREWATCH_E_MEMORY;
	}
	c->file[c->files++] = (struct lw_corpus_file){ .argument = own, .core = core, .split = split };
	e = load(c, n > 0 ? argument + n + 1 : argument, label, filter, why);
	free(label);
	return e;
}

void
lw_corpus_drop(struct lw_corpus *c)
{
	struct lw_corpus_file *f = &c->file[--c->files];

	c->n -= f->rows;
	free(f->argument);
	lw_buffer_free(&f->first);
}

lurewatch_error
lw_corpus_order_labels(struct lw_corpus *c)
{
	static const char *const known[] = { "ham", "spam", "fraud", "recruitment" };
	struct lw_names ordered = { 0 };
	bool done = true;

	for (size_t i = 0; done && i < sizeof known / sizeof known[0]; i++)
		if (lw_names_find(&c->label, known[i]) != LW_NO_NAME)
			done = lw_names_add(&ordered, (struct lw_span){ known[i], strlen(known[i]) }) != LW_NO_NAME;
	for (uint32_t k = 0; done && k < c->label.n; k++) {
		const char *name = lw_name(&c->label, k);

		done = lw_names_add(&ordered, (struct lw_span){ name, strlen(name) }) != LW_NO_NAME;
	}
	if (!done) {
		lw_names_free(&ordered);
		return LUREWATCH_E_MEMORY;
	}
	for (size_t i = 0; i < c->n; i++)
		c->row[i].label = lw_names_find(&ordered, lw_name(&c->label, c->row[i].label));
	lw_names_free(&c->label);
	c->label = ordered;
	return LUREWATCH_OK;
}

void
lw_corpus_free(struct lw_corpus *c)
{
	for (size_t i = 0; i < c->files; i++) {
		free(c->file[i].argument);
		lw_buffer_free(&c->file[i].first);
	}
	free(c->file);
	free(c->row);
	lw_names_free(&c->label);
	lw_names_free(&c->source);
	lw_names_free(&c->lang);
	lw_names_free(&c->family);
	lw_names_free(&c->group);
	lw_buffer_free(&c->text);
	*c = (struct lw_corpus){ 0 };
}

struct lw_span
lw_corpus_text(const struct lw_corpus *c, size_t row)
{
	return (struct lw_span){ c->text.at + c->row[row].at, c->row[row].len };
}

struct lw_span
lw_corpus_id(const struct lw_corpus *c, size_t row)
{
	return (struct lw_span){ c->text.at + c->row[row].at + c->row[row].len, c->row[row].id_len };
}

size_t
lw_corpus_count(const struct lw_corpus *c, uint32_t label)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->row[i].label == label;
	return n;
}
