/* inside.c - weights by name; only memory can fail */
#include "learn/inside.h"
#include "learn/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The share of messages that have it, to the expert that met it most. */
static double
how_common(const void *of, uint32_t slot)
{
	const lurewatch *m = of;
	double most = -1;

	for (uint32_t e = 0; e < lw_model_experts(m); e++) {
		uint32_t rarity = lw_model_rarity(m, slot, e);

		if (rarity > 0)
			most = fmax(most, exp(1 - (double)rarity / LW_RARITY_STEPS));
	}
	return most;
}

lurewatch_error
lw_inside_open(const lurewatch *m, struct lw_inside *out)
{
	*out = (struct lw_inside){ .model = m };
	for (int b = 0; b <= LW_BLOCKS; b++)
		out->start[b] = lw_block_start(lw_model_settings(m), lw_model_vocabulary(m), b);
	for (uint32_t s = 0; s < out->start[LW_BLOCKS]; s++)
		out->known += how_common(m, s) > 0;
	return lw_slot_names_new(lw_model_settings(m), lw_model_vocabulary(m), how_common, m, &out->names);
}

void
lw_inside_close(struct lw_inside *x)
{
	lw_slot_names_free(x->names);
	lw_names_free(&x->seen);
	free(x->text);
	*x = (struct lw_inside){ 0 };
}

uint32_t
lw_inside_outputs(const struct lw_inside *x, uint32_t output, uint32_t *expert, uint32_t *label)
{
	uint32_t labels = (uint32_t)lurewatch_labels(x->model), experts = lw_model_experts(x->model);

	*expert = lw_expert_of(output, labels);
	*label = output < experts * labels ? output % labels : LW_NO_NAME;
	return lw_model_rows(experts, labels);
}

static int
block_of(const struct lw_inside *x, uint32_t slot)
{
	int b = 0;

	while (b < LW_BLOCKS - 1 && slot >= x->start[b + 1])
		b++;
	return b;
}

double
lw_inside_weight(const struct lw_inside *x, uint32_t slot, uint32_t output)
{
	uint32_t labels = (uint32_t)lurewatch_labels(x->model), rarity = lw_model_rarity(x->model, slot, lw_expert_of(output, labels));

	if (rarity == 0)
		return 0;
	return (double)lw_model_settings(x->model)->weight[block_of(x, slot)] * lw_model_weight(x->model, slot, output) / rarity;
}

/* Keeps `out` sorted; a slot that is too weak is dropped. */
static size_t
keep(struct lw_strong *out, size_t n, size_t room, struct lw_strong s)
{
	size_t at = n < room ? n : room;

	while (at > 0 && fabs(out[at - 1].weight) < fabs(s.weight)) {
		if (at < room)
			out[at] = out[at - 1];
		at--;
	}
	if (at < room)
		out[at] = s;
	return n < room ? n + 1 : room;
}

/* named: leaves out slots that cannot be shown. */
static size_t
strongest(const struct lw_inside *x, uint32_t output, int block, int sign, bool named, struct lw_strong *out, size_t room)
{
	struct lw_buffer name = { 0 };
	size_t n = 0;

	for (uint32_t s = x->start[block]; s < x->start[block + 1] && room > 0; s++) {
		double weight = lw_inside_weight(x, s, output);

		if (weight * sign <= 0 || (n == room && fabs(weight) <= fabs(out[n - 1].weight)))
			continue;
		name.len = 0;
		if (!named || (lw_inside_name(x, s, &name) && name.len > 0))
			n = keep(out, n, room, (struct lw_strong){ s, weight });
	}
	lw_buffer_free(&name);
	return n;
}

size_t
lw_inside_strongest(const struct lw_inside *x, uint32_t output, int block, int sign, struct lw_strong *out, size_t room)
{
	return strongest(x, output, block, sign, true, out, room);
}

/* ---- n-grams, found again ---- */

/* Slots of n-grams and words that somebody may want to see: a byte each. */
static uint8_t *
wanted_slots(const struct lw_inside *x, size_t most)
{
	uint8_t *wanted = calloc((size_t)x->start[LW_CONCEPTS] + 1, 1);
	struct lw_strong *top = malloc((most + 1) * sizeof *top);
	uint32_t expert, label, outputs = lw_inside_outputs(x, 0, &expert, &label);

	if (wanted == NULL || top == NULL) {
		free(wanted);
		free(top);
		return NULL;
	}
	for (uint32_t r = 0; r < outputs; r++)
		for (int block = LW_CHARS; block <= LW_WORDS; block++)
			for (int sign = -1; sign <= 1; sign += 2)
				for (size_t n = strongest(x, r, block, sign, false, top, most); n > 0; n--)
					wanted[top[n - 1].slot] = 1;
	free(top);
	return wanted;
}

static bool
note(struct lw_inside *x, uint32_t slot, struct lw_span text, size_t *room_of, struct lw_buffer *room)
{
	uint32_t name;

	room->len = 0;
	if (!lw_buffer_addf(room, "%u ", slot) || !lw_buffer_add(room, text.at, text.len))
		return false;
	name = lw_names_add(&x->seen, (struct lw_span){ room->at, room->len });
	if (name == LW_NO_NAME || !lw_grow(&x->text, room_of, x->seen.n, sizeof *x->text))
		return false;
	if (name == x->texts)
		x->text[x->texts++] = (struct lw_seen){ slot, name, 0 };
	x->text[name].times++;
	return true;
}

static int
by_slot_and_times(const void *a, const void *b)
{
	const struct lw_seen *x = a, *y = b;

	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	if (x->times != y->times)
		return x->times > y->times ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

static bool
note_all(struct lw_inside *x, const struct lw_features *f, struct lw_span text, const uint8_t *wanted,
    size_t *room_of, struct lw_buffer *room)
{
	for (int b = LW_CHARS; b <= LW_WORDS; b++)
		for (size_t i = 0; i < f->block[b].n; i++) {
			struct lw_range r = f->block[b].where[i];

			if (wanted[f->block[b].slot[i]] && r.end > r.start && r.end <= text.len &&
			    !note(x, f->block[b].slot[i], (struct lw_span){ text.at + r.start, r.end - r.start }, room_of, room))
				return false;
		}
	return true;
}

lurewatch_error
lw_inside_find(struct lw_inside *x, const struct lw_corpus *c, size_t most)
{
	uint8_t *wanted = wanted_slots(x, most);
	struct lw_extractor *extractor = NULL;
	struct lw_buffer room = { 0 };
	size_t room_of = 0;
	lurewatch_error e = wanted != NULL ? lw_extractor_new(lw_model_settings(x->model), lw_model_vocabulary(x->model), NULL,
	    &extractor) : LUREWATCH_E_MEMORY;

	for (size_t i = 0; i < c->n && e == LUREWATCH_OK; i++) {
		struct lw_span text = lw_corpus_text(c, i);
		const struct lw_features *f;

		e = lw_extract(extractor, text.at, text.len, true, &f);
		if (e == LUREWATCH_OK && !note_all(x, f, text, wanted, &room_of, &room))
			e = LUREWATCH_E_MEMORY;
	}
	if (x->texts > 0)
		qsort(x->text, x->texts, sizeof *x->text, by_slot_and_times);
	lw_extractor_free(extractor);
	lw_buffer_free(&room);
	free(wanted);
	return e;
}

/* The text that the slot stood for most often. */
static bool
name_seen(const struct lw_inside *x, uint32_t slot, struct lw_buffer *out)
{
	size_t low = 0, high = x->texts;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (x->text[middle].slot < slot)
			low = middle + 1;
		else
			high = middle;
	}
	return low == x->texts || x->text[low].slot != slot ||
	    lw_buffer_add_text(out, strchr(lw_name(&x->seen, x->text[low].name), ' ') + 1);
}

bool
lw_inside_name(const struct lw_inside *x, uint32_t slot, struct lw_buffer *out)
{
	return slot < x->start[LW_CONCEPTS] ? name_seen(x, slot, out) : lw_slot_name(x->names, slot, out);
}
