/* features.c - settings, the layout of the dimensions, and the order of the extractor's steps; only memory can fail */
#include "features/extract.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const lw_block_name[LW_BLOCKS] = { "chars", "words", "concepts", "concept-pairs", "indicators", "shapes" };

void
lw_settings_default(struct lw_settings *s)
{
	*s = (struct lw_settings){ .bits = 18, .spaced_min = 1, .spaced_max = 4, .unspaced_min = 1, .unspaced_max = 3,
		.pair_window = 10, .segment = 0, .blocks = (1u << LW_BLOCKS) - 1,
		.weight = { 1.0f, 1.0f, 1.0f, 2.0f, 0.4f, 0.7f } };
}

bool
lw_settings_valid(const struct lw_settings *s)
{
	for (int b = 0; b < LW_BLOCKS; b++)
		if (!(s->weight[b] >= 0 && s->weight[b] <= 1000))
			return false;
	return s->bits >= 10 && s->bits <= 22 && s->spaced_min >= 1 && s->spaced_min <= s->spaced_max && s->spaced_max <= 8 &&
	    s->unspaced_min >= 1 && s->unspaced_min <= s->unspaced_max && s->unspaced_max <= 8 && s->pair_window <= 16 &&
	    (s->segment & ~(uint32_t)LW_SEGMENT_ALL) == 0 && (s->blocks >> LW_BLOCKS) == 0;
}

uint32_t
lw_block_start(const struct lw_settings *s, const struct lw_vocabulary *v, int block)
{
	const uint32_t size[LW_BLOCKS] = {
		[LW_CHARS] = 1u << s->bits,
		[LW_WORDS] = 1u << (s->bits - 1),
		[LW_CONCEPTS] = lw_vocabulary_concepts(v),
		[LW_CONCEPT_PAIRS] = 1u << (s->bits - 2),
		[LW_INDICATORS] = lw_vocabulary_indicators(v) + (1u << LW_INDICATOR_PAIR_BITS),
		[LW_SHAPES] = 1u << LW_SHAPE_BITS,
	};
	uint32_t start = 0;

	for (int b = 0; b < block; b++)
		start += size[b];
	return start;
}

uint32_t
lw_dimension(const struct lw_settings *s, const struct lw_vocabulary *v)
{
	return lw_block_start(s, v, LW_BLOCKS);
}

lurewatch_error
lw_extractor_new(const struct lw_settings *s, const struct lw_vocabulary *v, const uint8_t *known,
    struct lw_extractor **out)
{
	struct lw_extractor *x;
	lurewatch_error e;

	if (!lw_settings_valid(s))
		return LUREWATCH_E_ARGUMENT;
	x = calloc(1, sizeof *x);
	if (x == NULL)
		return LUREWATCH_E_MEMORY;
	x->settings = s;
	x->vocabulary = v;
	for (int b = 0; b <= LW_BLOCKS; b++)
		x->start[b] = lw_block_start(s, v, b);
	x->seen = calloc((size_t)x->start[LW_BLOCKS] / 8 + 1, 1);
	for (size_t i = 0; known != NULL && x->seen != NULL && i <= x->start[LW_BLOCKS] / 8; i++)
		x->seen[i] = (uint8_t)~known[i];
	x->place = calloc((size_t)lw_vocabulary_indicators(v) + 1, sizeof *x->place);
	e = x->seen != NULL && x->place != NULL && lw_grow(&x->features.indicator, &x->features.indicator_room,
	    (size_t)lw_vocabulary_indicators(v) + 1, sizeof *x->features.indicator) ? LUREWATCH_OK : LUREWATCH_E_MEMORY;
	if (e == LUREWATCH_OK)
		e = lw_texter_new(s->segment, &x->texter);
	if (e == LUREWATCH_OK)
		e = lw_matcher_new(v, x->texter, &x->matcher);
	if (e != LUREWATCH_OK) {
		lw_extractor_free(x);
		return e;
	}
	*out = x;
	return LUREWATCH_OK;
}

void
lw_extractor_free(struct lw_extractor *x)
{
	if (x == NULL)
		return;
	for (int b = 0; b < LW_BLOCKS; b++) {
		free(x->features.block[b].slot);
		free(x->features.block[b].where);
	}
	free(x->features.indicator);
	free(x->sums.at);
	free(x->place);
	free(x->seen);
	lw_matcher_free(x->matcher);
	lw_texter_free(x->texter);
	free(x);
}

bool
lw_set_grow(struct lw_extractor *x, enum lw_block block, size_t more)
{
	struct lw_feature_set *set = &x->features.block[block];

	return lw_grow(&set->slot, &set->room, set->n + more, sizeof *set->slot) &&
	    (!x->traced || lw_grow(&set->where, &set->where_room, set->n + more, sizeof *set->where));
}

/* The bits of the last message's slots: a message costs what it has, not what the model has. */
static void
forget(struct lw_extractor *x)
{
	for (int b = 0; b < LW_BLOCKS; b++) {
		struct lw_feature_set *set = &x->features.block[b];

		for (size_t i = 0; b != LW_CHARS && i < set->n; i++)
			x->seen[set->slot[i] >> 3] &= (uint8_t)~(1u << (set->slot[i] & 7));
		set->n = 0;
	}
	x->features.indicators = 0;
}

lurewatch_error
lw_extract(struct lw_extractor *x, const char *utf8, size_t len, enum lw_purpose purpose,
    const struct lw_features **out)
{
	static const struct {
		unsigned blocks;
		lurewatch_error (*step)(struct lw_extractor *);
	} steps[] = {
		{ 1u << LW_CHARS, lw_extract_grams },
		{ 1u << LW_WORDS, lw_extract_words },
		{ 1u << LW_CONCEPTS | 1u << LW_CONCEPT_PAIRS | 1u << LW_INDICATORS, lw_extract_concepts },
		{ 1u << LW_SHAPES, lw_extract_shapes },
	};
	unsigned blocks = x->settings->blocks & (purpose == LW_WITHOUT_CHARS ? ~(1u << LW_CHARS) : ~0u);
	lurewatch_error e;

	forget(x);
	x->traced = purpose == LW_WITH_PLACES;
	x->bytes = utf8;
	e = lw_text_read(x->texter, utf8, len, &x->text);
	if (e != LUREWATCH_OK)
		return e;
	x->len = x->text->from[x->text->n];
	e = lw_find_sums(x->text, &x->sums);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0] && e == LUREWATCH_OK; i++)
		if ((blocks & steps[i].blocks) != 0)
			e = steps[i].step(x);
	if (e != LUREWATCH_OK)
		return e;
	x->features.notes = x->text->notes;
	*out = &x->features;
	return LUREWATCH_OK;
}

void
lw_extractor_records(struct lw_extractor *x, const void *records, size_t stride)
{
	x->records = records;
	x->stride = stride;
}

const struct lw_text *
lw_extractor_text(const struct lw_extractor *x)
{
	return x->text;
}

struct lw_texter *
lw_extractor_texter(struct lw_extractor *x)
{
	return x->texter;
}

const struct lw_sequence *
lw_extractor_sequence(const struct lw_extractor *x)
{
	return &x->sequence;
}
