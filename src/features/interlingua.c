/* interlingua.c - features over concepts: each, pairs close together, indicators and their pairs; only memory can fail */
#include "features/extract.h"

static lurewatch_error
put_concepts(struct lw_extractor *x)
{
	const struct lw_sequence *q = &x->sequence;
	uint32_t window = x->settings->pair_window, bits = x->settings->bits - 2;

	if (!lw_set_grow(x, LW_CONCEPTS, q->n) || !lw_set_grow(x, LW_CONCEPT_PAIRS, q->n * window))
		return LUREWATCH_E_MEMORY;
	for (size_t i = 0; i < q->n; i++) {
		const struct lw_hit *a = &q->hit[i];

		lw_set_put(x, LW_CONCEPTS, a->concept, a->start, a->end);
		for (size_t k = i + 1; k < q->n && k <= i + window; k++) {
			const struct lw_hit *b = &q->hit[k];

			if (a->concept != b->concept)
				lw_set_put(x, LW_CONCEPT_PAIRS, lw_pair_slot(a->concept, b->concept, bits), a->start,
				    b->end > a->end ? b->end : a->end);
		}
	}
	return LUREWATCH_OK;
}

static lurewatch_error
put_indicators(struct lw_extractor *x)
{
	struct lw_features *f = &x->features;
	const struct lw_hit *hit = x->sequence.hit;
	uint32_t all = lw_vocabulary_indicators(x->vocabulary);

	if (!lw_set_grow(x, LW_INDICATORS, f->indicators * (f->indicators + 1) / 2))
		return LUREWATCH_E_MEMORY;
	for (size_t i = 0; i < f->indicators; i++) {
		uint32_t start = hit[x->place[i].first].start, end = hit[x->place[i].last].end;

		lw_set_put(x, LW_INDICATORS, f->indicator[i], start, end);
		for (size_t k = 0; k < i; k++)
			lw_set_put(x, LW_INDICATORS, all + lw_pair_slot(f->indicator[k], f->indicator[i], LW_INDICATOR_PAIR_BITS),
			    start, end);
	}
	return LUREWATCH_OK;
}

lurewatch_error
lw_extract_concepts(struct lw_extractor *x)
{
	struct lw_features *f = &x->features;
	lurewatch_error e = lw_match(x->matcher, x->text, &x->sums, &x->sequence);

	if (e == LUREWATCH_OK)
		e = lw_match_indicators(x->matcher, &x->sequence, f->indicator, x->place, &f->indicators);
	if (e == LUREWATCH_OK && (x->settings->blocks & (1u << LW_CONCEPTS | 1u << LW_CONCEPT_PAIRS)) != 0)
		e = put_concepts(x);
	if (e == LUREWATCH_OK && (x->settings->blocks & 1u << LW_INDICATORS) != 0)
		e = put_indicators(x);
	return e;
}
