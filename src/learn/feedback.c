/*
 * feedback.c - verdicts a reviewer went through, as messages to learn from
 *
 * A line that cannot be read, or has no text, is counted and passed over; memory, a file that cannot be
 * opened and a label that no corpus knows end the loading with the reason.
 */
#include "learn/corpus.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum state { UNCHANGED, CONFIRMED, CORRECTED };

/* What a reviewer made of a line. */
static enum state
state_of(struct lw_span raw)
{
	json_t *o = json_loadb(raw.at, raw.len, 0, NULL);
	const char *label = json_string_value(json_object_get(o, "label")), *was = json_string_value(json_object_get(o, "was"));
	bool written = was != NULL || json_object_get(o, "probability") != NULL;
	enum state state;

	if (was == NULL)
		was = json_string_value(json_object_get(o, "said"));
	state = was != NULL && label != NULL && strcmp(label, was) != 0 ? CORRECTED : written ? UNCHANGED : CONFIRMED;
	json_decref(o);
	return state;
}

/* ---- the same message elsewhere ---- */

struct known {
	uint64_t hash;
	uint32_t row;
};

static int
by_hash(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

static bool
same_text(const struct lw_corpus *c, uint32_t a, uint32_t b)
{
	struct lw_span x = lw_corpus_text(c, a), y = lw_corpus_text(c, b);

	return x.len == y.len && (x.len == 0 || memcmp(x.at, y.at, x.len) == 0);
}

static uint64_t
hash_of(const struct lw_corpus *c, uint32_t row)
{
	struct lw_span s = lw_corpus_text(c, row);

	return XXH3_64bits(s.at, s.len);
}

/* The last reviewed row with this text, or `row` itself. */
static uint32_t
last_word(const struct lw_corpus *c, const struct known *known, size_t n, uint32_t row)
{
	uint64_t hash = hash_of(c, row);
	size_t low = 0, high = n;

	/* the end of the hash's run */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (known[middle].hash <= hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low > 0 && known[low - 1].hash == hash; low--)
		if (same_text(c, known[low - 1].row, row))
			return known[low - 1].row;
	return row;
}

/* Rows everywhere take the label of the last reviewed row with their text. */
static lurewatch_error
set_right(struct lw_corpus *c, size_t first, size_t *count)
{
	size_t n = c->n - first;
	struct known *known = malloc((n + 1) * sizeof *known);

	if (known == NULL)
		return LUREWATCH_E_MEMORY;
	for (size_t i = 0; i < n; i++)
		known[i] = (struct known){ hash_of(c, (uint32_t)(first + i)), (uint32_t)(first + i) };
	if (n > 0)
		qsort(known, n, sizeof *known, by_hash);
	for (uint32_t row = 0; row < c->n && n > 0; row++) {
		uint32_t label = c->row[last_word(c, known, n, row)].label;

		*count += row < first && c->row[row].label != label;
		c->row[row].label = label;
	}
	free(known);
	return LUREWATCH_OK;
}

/* ---- loading ---- */

struct reading {
	struct lw_feedback *feedback;
	struct lw_buffer *why;
};

static lurewatch_error
wants(void *of, const struct lw_corpus *c, const struct lw_message *m, bool *wanted)
{
	const struct reading *r = of;
	struct lw_feedback *f = r->feedback;
	enum state state = state_of(m->raw);
	char *label;

	*(state == CORRECTED ? &f->corrected : state == CONFIRMED ? &f->confirmed : &f->unchanged) += 1;
	*wanted = state != UNCHANGED;
	if (!*wanted)
		return LUREWATCH_OK;
	label = strndup(m->label.at, m->label.len);
	if (label == NULL)
		return LUREWATCH_E_MEMORY;
	if (lw_names_find(&c->label, label) == LW_NO_NAME)
		lw_buffer_addf(r->why, "%s:%llu: no corpus has a label %s", m->path, (unsigned long long)m->record, label);
	free(label);
	return r->why->len > 0 ? LUREWATCH_E_ARGUMENT : LUREWATCH_OK;
}

lurewatch_error
lw_corpus_feedback(struct lw_corpus *c, const char *path, bool core, struct lw_feedback *out, struct lw_buffer *why)
{
	struct reading reading = { out, why };
	size_t first = c->n;
	lurewatch_error e;

	*out = (struct lw_feedback){ 0 };
	e = lw_corpus_add_some(c, path, core, LW_SPLIT_ALL,
	    &(struct lw_corpus_filter){ .format = "jsonl", .wants = wants, .context = &reading }, why);
	if (e != LUREWATCH_OK)
		return e;
	c->file[c->files - 1].feedback = true;
	return set_right(c, first, &out->set_right);
}
