/*
 * chunks.c - the character n-grams of a text, summed chunk by chunk
 *
 * A chunk's n-grams depend on its own letters only, and people write the same words again and again: the sum of
 * their records is remembered. It is a sum of integers, the same whether remembered or not. Only memory can fail.
 */
#include "model/scorer.h"

struct chunk_sums {
	uint32_t squares[LW_EXPERTS_MAX];
	int16_t column[];               /* stride */
};

bool
lw_chunks_make(const lurewatch *m, struct lw_memo *chunks)
{
	return lw_memo_make(chunks, sizeof(struct chunk_sums) + m->stride * sizeof(int16_t));
}

static lurewatch_error
sum_chunk(lurewatch_scorer *s, uint32_t begin, uint32_t end, struct lw_sums_of *to)
{
	const struct lw_feature_set *set;
	lurewatch_error e = lw_extract_chunk(s->extractor, begin, end, &set);

	if (e == LUREWATCH_OK)
		lw_sum_slots(s->model, set->slot, set->n, to);
	return e;
}

/* Bytes times slots of a chunk short enough for the memo fit sixteen bits. */
static lurewatch_error
remember(lurewatch_scorer *s, uint32_t begin, uint32_t end, struct chunk_sums *c)
{
	struct lw_sums_of own;
	lurewatch_error e;

	lw_sums_clear(s->model, &own);
	e = sum_chunk(s, begin, end, &own);
	if (e != LUREWATCH_OK) {
		lw_memo_forget(c);
		return e;
	}
	for (uint32_t k = 0; k < s->model->stride; k++)
		c->column[k] = (int16_t)own.column[k];
	for (uint32_t x = 0; x < LW_EXPERTS_MAX; x++)
		c->squares[x] = (uint32_t)own.squares[x];
	return LUREWATCH_OK;
}

lurewatch_error
lw_sum_chunks(lurewatch_scorer *s, struct lw_sums_of *to)
{
	const struct lw_text *t = lw_extractor_text(s->extractor);
	uint32_t stride = s->model->stride;
	lurewatch_error e = LUREWATCH_OK;

	for (uint32_t begin = 0, end; begin + 1 < t->n && e == LUREWATCH_OK; begin = end - 1) {
		struct chunk_sums *c;
		bool known;

		for (end = begin + 1; end < t->n && t->sym[end] != ' '; end++)
			;
		end += end < t->n;
		c = lw_memo_find(&s->chunks, t->sym + begin + 1, end - begin - 2, &known);
		if (c == NULL) {
			e = sum_chunk(s, begin, end, to);
			continue;
		}
		if (!known && (e = remember(s, begin, end, c)) != LUREWATCH_OK)
			return e;
		for (uint32_t k = 0; k < stride; k++)
			to->column[k] += c->column[k];
		for (uint32_t x = 0; x < LW_EXPERTS_MAX; x++)
			to->squares[x] += c->squares[x];
	}
	return e;
}
