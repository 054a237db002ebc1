/* strongest.c - the heaviest slots of a model and what they stand for, found in messages; only memory can fail */
#include "learn/strongest.h"
#include "features/extract.h"
#include "features/names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 3 * LW_STRONGEST, LOOKED_MOST = 10000, LONGEST = 48 };    /* candidates a list; messages; bytes of a text */

/* The slot of an n-gram or a word that is looked for, and the text it mostly stood for so far (Boyer and Moore's vote, 1981). */
struct sought {
	uint32_t slot;
	struct lw_buffer text;
	long votes;
	size_t *of_label;               /* messages of each corpus label */
	size_t last;                    /* the message it was found in, one more */
};

struct search {
	const lurewatch *model;
	const struct lw_evaluation *of;
	struct lw_telling *candidate;
	size_t candidates;
	struct sought *sought;          /* ascending by slot */
	size_t n;
	size_t *of_label;
	struct lw_extractor *extractor;
	struct lw_slot_names *names;
	struct lw_buffer text;          /* room for one */
	uint32_t *having, *marked;      /* of each slot: messages that have it, the last one counted */
	struct lw_indicator_use *indicator; /* borrowed from what comes out */
	size_t step, looked;            /* every step-th message is looked at */
	const struct lw_watcher *watcher;
};

static double
weight_of(const lurewatch *m, int block, uint32_t slot, uint32_t row)
{
	return lw_model_weight(m, slot, row) * (double)lw_model_settings(m)->weight[block];
}

double
lw_indicator_weight(const lurewatch *m, uint32_t indicator, uint32_t expert, uint32_t label)
{
	uint32_t start = lw_block_start(lw_model_settings(m), lw_model_vocabulary(m), LW_INDICATORS);

	return weight_of(m, LW_INDICATORS, start + indicator, expert * (uint32_t)lurewatch_labels(m) + label);
}

/* The heaviest slots of one row and block, appended to the candidates. */
static void
pick(struct search *x, uint32_t expert, uint32_t label, int block)
{
	const struct lw_settings *s = lw_model_settings(x->model);
	const struct lw_vocabulary *v = lw_model_vocabulary(x->model);
	struct lw_telling *best = x->candidate + x->candidates;
	uint32_t row = expert * (uint32_t)lurewatch_labels(x->model) + label;
	size_t n = 0;

	for (uint32_t slot = lw_block_start(s, v, block); slot < lw_block_start(s, v, block + 1); slot++) {
		double share = (double)x->having[slot] / (double)x->looked, w, strength;
		size_t at = n;

		if (x->having[slot] == 0)
			continue;
		w = weight_of(x->model, block, slot, row);
		strength = w * sqrt(share * (1 - share));
		if (!(strength > 0) || (n == KEPT && strength <= best[n - 1].strength))
			continue;
		if (n < KEPT)
			n++;
		else
			at--;
		for (; at > 0 && best[at - 1].strength < strength; at--)
			best[at] = best[at - 1];
		best[at] = (struct lw_telling){ .expert = expert, .label = label, .block = block, .slot = slot, .weight = w,
			.strength = strength };
	}
	x->candidates += n;
}

static lurewatch_error
pick_all(struct search *x)
{
	uint32_t experts = lw_model_experts(x->model), labels = (uint32_t)lurewatch_labels(x->model);

	x->candidate = malloc((size_t)experts * labels * LW_BLOCKS * KEPT * sizeof *x->candidate + 1);
	if (x->candidate == NULL)
		return LUREWATCH_E_MEMORY;
	/* core messages are what a model is for: their expert, the second, comes first */
	for (uint32_t e = experts; e-- > 0;)
		for (uint32_t k = 0; k < labels; k++)
			for (int b = 0; b < LW_BLOCKS; b++)
				pick(x, e, k, b);
	return LUREWATCH_OK;
}

static int
by_slot(const void *a, const void *b)
{
	uint32_t x = ((const struct sought *)a)->slot, y = ((const struct sought *)b)->slot;

	return (x > y) - (x < y);
}

static lurewatch_error
list_sought(struct search *x)
{
	size_t labels = x->of->corpus->label.n, n = 0;

	x->sought = calloc(x->candidates + 1, sizeof *x->sought);
	x->of_label = calloc((x->candidates + 1) * (labels + 1), sizeof *x->of_label);
	if (x->sought == NULL || x->of_label == NULL)
		return LUREWATCH_E_MEMORY;
	for (size_t i = 0; i < x->candidates; i++)
		x->sought[i] = (struct sought){ .slot = x->candidate[i].slot };
	qsort(x->sought, x->candidates, sizeof *x->sought, by_slot);
	for (size_t i = 0; i < x->candidates; i++)
		if (n == 0 || x->sought[n - 1].slot != x->sought[i].slot)
			x->sought[n++] = x->sought[i];
	for (size_t i = 0; i < n; i++)
		x->sought[i].of_label = x->of_label + i * labels;
	x->n = n;
	return LUREWATCH_OK;
}

static struct sought *
find(const struct search *x, uint32_t slot)
{
	struct sought key = { .slot = slot };

	return bsearch(&key, x->sought, x->n, sizeof *x->sought, by_slot);
}

/* An extractor that passes over everything but what is sought. */
static lurewatch_error
start_extractor(struct search *x)
{
	const struct lw_settings *s = lw_model_settings(x->model);
	const struct lw_vocabulary *v = lw_model_vocabulary(x->model);
	uint8_t *known = calloc(lw_dimension(s, v) / 8 + 1, 1);
	lurewatch_error e = LUREWATCH_E_MEMORY;

	for (size_t i = 0; known != NULL && i < x->n; i++)
		known[x->sought[i].slot / 8] |= (uint8_t)(1u << x->sought[i].slot % 8);
	if (known != NULL)
		e = lw_extractor_new(s, v, known, &x->extractor);
	free(known);
	return e;
}

/* ---- names ---- */

static double
how_common(const void *of, uint32_t slot)
{
	const struct search *x = of;

	return x->having[slot];
}

/* The contact that a byte of the message lies in; NULL: none. */
static const struct lw_contact *
contact_at(const struct lw_text *t, uint32_t byte)
{
	for (uint32_t i = 0; i < t->contacts; i++)
		if (t->norm_from[t->contact[i].begin] <= byte && byte < t->norm_from[t->contact[i].end])
			return &t->contact[i];
	return NULL;
}

/*
 * Bytes of the message as the model takes them: contacts and digits by their class, ASCII letters small; on one line,
 * spaces at the ends shown.
 */
static bool
put_text(struct search *x, struct lw_span text, struct lw_range where)
{
	const struct lw_text *t = lw_extractor_text(x->extractor);
	uint32_t shapes = lw_block_start(lw_model_settings(x->model), lw_model_vocabulary(x->model), LW_SHAPES);
	struct lw_buffer *b = &x->text;
	bool done = true;

	b->len = 0;
	for (uint32_t i = where.start; i < where.end && i < text.len && done; i++) {
		const struct lw_contact *contact = contact_at(t, i);
		char c = text.at[i];

		if (b->len >= LONGEST && ((unsigned char)c & 0xc0) != 0x80)
			return lw_buffer_add_text(b, "…");
		if (contact != NULL) {
			done = lw_buffer_add_text(b, "‹") && lw_slot_name(x->names, shapes + lw_shape_slot(LW_S_CONTACT, contact->kind), b) &&
			    lw_buffer_add_text(b, "›");
			i = t->norm_from[contact->end] - 1;
		} else if ((unsigned char)c <= ' ') {
			done = lw_buffer_add_text(b, i == where.start || i + 1 == where.end ? "␣" : " ");
		} else {
			c = c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c >= '0' && c <= '9' ? '#' : c;
			done = lw_buffer_add(b, &c, 1);
		}
	}
	return done;
}

static bool
vote(struct sought *s, const struct lw_buffer *text)
{
	bool same = s->text.len == text->len && (text->len == 0 || memcmp(s->text.at, text->at, text->len) == 0);

	if (text->len == 0 || (!same && --s->votes >= 0))
		return true;
	if (same) {
		s->votes++;
		return true;
	}
	s->votes = 1;
	s->text.len = 0;
	return lw_buffer_add(&s->text, text->at, text->len);
}

static bool
note(struct search *x, size_t row, const struct lw_features *f)
{
	const struct lw_corpus *c = x->of->corpus;
	struct lw_span text = lw_corpus_text(c, row);

	for (int b = 0; b < LW_BLOCKS; b++)
		for (size_t i = 0; i < f->block[b].n; i++) {
			struct sought *s = find(x, f->block[b].slot[i]);

			if (s == NULL || s->last == row + 1)
				continue;
			s->last = row + 1;
			s->of_label[c->row[row].label]++;
			if (b <= LW_WORDS && (!put_text(x, text, f->block[b].where[i]) || !vote(s, &x->text)))
				return false;
		}
	return true;
}

/* Calls `take` with the features of every message looked at. */
static lurewatch_error
look(struct search *x, const char *phase, bool (*take)(struct search *, size_t row, const struct lw_features *))
{
	const struct lw_corpus *c = x->of->corpus;
	lurewatch_error e = LUREWATCH_OK;

	for (size_t i = 0; i < c->n && e == LUREWATCH_OK; i += x->step) {
		const struct lw_features *f;
		struct lw_span text = lw_corpus_text(c, i);

		if (!x->of->judged[i].judged)
			continue;
		e = lw_extract(x->extractor, text.at, text.len, true, &f);
		if (e == LUREWATCH_OK && !take(x, i, f))
			e = LUREWATCH_E_MEMORY;
		lw_watch(x->watcher, phase, (double)(i + 1) / (double)c->n);
	}
	return e;
}

/* A slot may come more than once of one message. */
static bool
count(struct search *x, size_t row, const struct lw_features *f)
{
	for (int b = 0; b < LW_BLOCKS; b++)
		for (size_t i = 0; i < f->block[b].n; i++) {
			uint32_t slot = f->block[b].slot[i];

			if (x->marked[slot] == row + 1)
				continue;
			x->marked[slot] = (uint32_t)row + 1;
			x->having[slot]++;
		}
	for (size_t k = 0; k < f->indicators; k++) {
		x->indicator[f->indicator[k]].messages++;
		x->indicator[f->indicator[k]].positive += x->of->positive[row];
	}
	x->looked++;
	return true;
}

static lurewatch_error
count_all(struct search *x)
{
	const struct lw_settings *s = lw_model_settings(x->model);
	const struct lw_vocabulary *v = lw_model_vocabulary(x->model);
	uint32_t dimension = lw_dimension(s, v);
	lurewatch_error e = LUREWATCH_E_MEMORY;

	x->having = calloc(dimension, sizeof *x->having);
	x->marked = calloc(dimension, sizeof *x->marked);
	if (x->having != NULL && x->marked != NULL)
		e = lw_extractor_new(s, v, NULL, &x->extractor);
	if (e == LUREWATCH_OK)
		e = look(x, "counting features", count);
	lw_extractor_free(x->extractor);
	x->extractor = NULL;
	return e;
}

/* What a candidate stands for, into x->text: empty when that is not known. PLACE_BANGKOK+FREE is read as "place bangkok + free". */
static bool
name(struct search *x, const struct sought *s, int block)
{
	struct lw_buffer raw = { 0 };
	bool done;

	x->text.len = 0;
	if (block <= LW_WORDS)
		return s->text.len == 0 || lw_buffer_add(&x->text, s->text.at, s->text.len);
	done = lw_slot_name(x->names, s->slot, &raw);
	for (size_t i = 0; i < raw.len && done; i++) {
		char c = raw.at[i] == '_' ? ' ' : raw.at[i] >= 'A' && raw.at[i] <= 'Z' ? (char)(raw.at[i] + 'a' - 'A') : raw.at[i];

		done = c == '+' && block != LW_SHAPES ? lw_buffer_add_text(&x->text, " + ") : lw_buffer_add(&x->text, &c, 1);
	}
	lw_buffer_free(&raw);
	return done;
}

/* The first LW_STRONGEST of each list that can be named. */
static lurewatch_error
take(struct search *x, struct lw_strongest *out)
{
	size_t taken = 0;

	out->at = malloc((x->candidates + 1) * sizeof *out->at);
	if (out->at == NULL)
		return LUREWATCH_E_MEMORY;
	for (size_t i = 0; i < x->candidates; i++) {
		struct lw_telling *c = &x->candidate[i];
		const struct sought *s = find(x, c->slot);
		uint32_t label = x->of->truth[c->label];

		if (i > 0 && (c[-1].expert != c->expert || c[-1].label != c->label || c[-1].block != c->block))
			taken = 0;
		if (taken >= LW_STRONGEST)
			continue;
		if (!name(x, s, c->block))
			return LUREWATCH_E_MEMORY;
		if (x->text.len == 0)
			continue;
		taken++;
		c->name = out->names.len;
		c->messages = x->having[c->slot];
		c->own = label != LW_NO_NAME ? s->of_label[label] : 0;
		if (!lw_buffer_add(&out->names, x->text.at, x->text.len) || !lw_buffer_add(&out->names, "", 1))
			return LUREWATCH_E_MEMORY;
		out->at[out->n++] = *c;
	}
	return LUREWATCH_OK;
}

lurewatch_error
lw_strongest_find(const lurewatch *m, const struct lw_evaluation *v, const struct lw_watcher *watcher, struct lw_strongest *out)
{
	struct search x = { .model = m, .of = v, .step = v->corpus->n / LOOKED_MOST + 1, .watcher = watcher };
	lurewatch_error e;

	*out = (struct lw_strongest){ .indicator = calloc(lurewatch_indicators(m) + 1, sizeof *out->indicator) };
	x.indicator = out->indicator;
	e = out->indicator != NULL ? count_all(&x) : LUREWATCH_E_MEMORY;
	if (e == LUREWATCH_OK)
		e = pick_all(&x);
	if (e == LUREWATCH_OK)
		e = list_sought(&x);
	if (e == LUREWATCH_OK)
		e = start_extractor(&x);
	if (e == LUREWATCH_OK)
		e = lw_slot_names_new(lw_model_settings(m), lw_model_vocabulary(m), how_common, &x, &x.names);
	if (e == LUREWATCH_OK)
		e = look(&x, "naming features", note);
	out->looked = x.looked;
	if (e == LUREWATCH_OK)
		e = take(&x, out);
	for (size_t i = 0; i < x.n; i++)
		lw_buffer_free(&x.sought[i].text);
	free(x.sought);
	free(x.of_label);
	free(x.candidate);
	free(x.having);
	free(x.marked);
	lw_buffer_free(&x.text);
	lw_slot_names_free(x.names);
	lw_extractor_free(x.extractor);
	if (e != LUREWATCH_OK)
		lw_strongest_free(out);
	return e;
}

void
lw_strongest_free(struct lw_strongest *s)
{
	free(s->at);
	free(s->indicator);
	lw_buffer_free(&s->names);
	*s = (struct lw_strongest){ 0 };
}
