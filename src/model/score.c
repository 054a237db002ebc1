/*
 * score.c - from a message to a verdict
 *
 * Weights are integers, so a margin is the same whatever the order of the slots.
 * Nothing is allocated once the scorer has seen a message as long. Only memory can fail.
 */
#include "model/file.h"
#include "model/scorer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NO_OVERFLOW = 256 };

lurewatch_error
lurewatch_scorer_new(const lurewatch *m, lurewatch_scorer **out)
{
	lurewatch_scorer *s = calloc(1, sizeof *s);
	lurewatch_error e;

	if (s == NULL)
		return LUREWATCH_E_MEMORY;
	s->model = m;
	s->threshold = m->header->threshold;
	e = lw_chunks_make(m, &s->chunks) ? lw_extractor_new(&m->header->settings, m->vocabulary, m->known, &s->extractor) :
	    LUREWATCH_E_MEMORY;
	if (e != LUREWATCH_OK) {
		lurewatch_scorer_free(s);
		return e;
	}
	lw_extractor_records(s->extractor, m->slot, m->stride);
	*out = s;
	return LUREWATCH_OK;
}

void
lurewatch_scorer_free(lurewatch_scorer *s)
{
	if (s == NULL)
		return;
	lw_extractor_free(s->extractor);
	lw_memo_free(&s->chunks);
	free(s->unit);
	free(s->gain);
	free(s);
}

lurewatch_error
lurewatch_scorer_threshold(lurewatch_scorer *s, double p)
{
	if (!(p >= 0 && p <= 1))
		return LUREWATCH_E_ARGUMENT;
	s->threshold = p;
	return LUREWATCH_OK;
}

typedef int8_t bytes16 __attribute__((vector_size(LW_RECORD)));
typedef int16_t words16 __attribute__((vector_size(2 * LW_RECORD)));
typedef int32_t longs16 __attribute__((vector_size(4 * LW_RECORD)));

/*
 * Sums of sixteen columns of the records of `n` slots, which the extractor has asked memory for. Sixteen
 * bits hold the sum of NO_OVERFLOW bytes.
 */
static void
add_columns(const lurewatch *m, const uint32_t *slot, size_t n, uint32_t column, struct lw_sums_of *to)
{
	const int8_t *base = m->slot + column;
	longs16 sum;

	memcpy(&sum, to->column + column, sizeof sum);
	for (size_t i = 0; i < n;) {
		size_t end = i + NO_OVERFLOW < n ? i + NO_OVERFLOW : n;
		words16 part = { 0 };

		for (; i < end; i++) {
			bytes16 record;

			memcpy(&record, base + (size_t)slot[i] * m->stride, sizeof record);
			part += __builtin_convertvector(record, words16);
		}
		sum += __builtin_convertvector(part, longs16);
	}
	memcpy(to->column + column, &sum, sizeof sum);
}

static void
add_squares(const lurewatch *m, const uint32_t *slot, size_t n, struct lw_sums_of *to)
{
	const uint8_t *base = (const uint8_t *)m->slot + m->rows;

	for (uint32_t e = 0; e < m->header->experts; e++) {
		uint64_t squares = 0;

		for (size_t i = 0; i < n; i++) {
			uint32_t rarity = base[(size_t)slot[i] * m->stride + e];

			squares += rarity * rarity;
		}
		to->squares[e] += squares;
	}
}

void
lw_sum_slots(const lurewatch *m, const uint32_t *slot, size_t n, struct lw_sums_of *to)
{
	for (uint32_t column = 0; column < m->stride; column += LW_RECORD)
		add_columns(m, slot, n, column, to);
	add_squares(m, slot, n, to);
}

void
lw_sums_clear(const lurewatch *m, struct lw_sums_of *sums)
{
	memset(sums->column, 0, m->stride * sizeof *sums->column);
	memset(sums->squares, 0, sizeof sums->squares);
}

/* What a block adds to the margins. */
static void
add_block(lurewatch_scorer *s, int b, const struct lw_sums_of *sums)
{
	const lurewatch *m = s->model;
	uint32_t labels = m->header->labels;

	for (uint32_t e = 0; e < m->header->experts; e++)
		s->factor[b][e] = sums->squares[e] > 0 ?
		    (double)m->header->settings.weight[b] / sqrt((double)sums->squares[e]) : 0;
	for (uint32_t r = 0; r < m->rows; r++)
		s->margin[r] += s->factor[b][lw_expert_of(r, labels)] * m->scale[r] * sums->column[r];
}

lurewatch_error
lw_scorer_margins(lurewatch_scorer *s, const struct lw_features *f)
{
	const lurewatch *m = s->model;
	struct lw_sums_of sums;
	bool chunks = f->block[LW_CHARS].n == 0 && (m->header->settings.blocks & 1u << LW_CHARS) != 0;

	for (uint32_t r = 0; r < m->rows; r++)
		s->margin[r] = m->bias[r];
	for (int b = 0; b < LW_BLOCKS; b++) {
		lw_sums_clear(m, &sums);
		if (b == LW_CHARS && chunks) {
			lurewatch_error e = lw_sum_chunks(s, &sums);

			if (e != LUREWATCH_OK)
				return e;
		} else {
			lw_sum_slots(m, f->block[b].slot, f->block[b].n, &sums);
		}
		add_block(s, b, &sums);
	}
	return LUREWATCH_OK;
}

void
lw_softmax(const double *calibration, uint32_t labels, size_t rows, const double *margin, double *out)
{
	double most = -INFINITY, sum = 0;

	for (uint32_t k = 0; k < labels; k++) {
		const double *a = calibration + k * (rows + 1);

		out[k] = a[rows];
		for (size_t r = 0; r < rows; r++)
			out[k] += a[r] * margin[r];
		most = out[k] > most ? out[k] : most;
	}
	for (uint32_t k = 0; k < labels; k++)
		sum += out[k] = exp(out[k] - most);
	for (uint32_t k = 0; k < labels; k++)
		out[k] /= sum;
}

double
lw_gate(const double *gate, double margin)
{
	return 1 / (1 + exp(-(gate[0] * margin + gate[1])));
}

void
lw_calibrated(const double *calibration, uint32_t experts, uint32_t labels, const double *margin, double *out)
{
	size_t size = (size_t)labels * (labels + 1);
	double other[LW_LABELS_MAX], share;

	lw_softmax(calibration, labels, labels, margin, out);
	if (experts < 2)
		return;
	lw_softmax(calibration + size, labels, labels, margin + labels, other);
	share = lw_gate(calibration + 2 * size, margin[2 * labels]);
	for (uint32_t k = 0; k < labels; k++)
		out[k] = share * out[k] + (1 - share) * other[k];
}

lurewatch_error
lw_score_margins(lurewatch_scorer *s, const char *utf8, size_t len, const double **margin, size_t *rows)
{
	const struct lw_features *f;
	lurewatch_error e = lw_extract(s->extractor, utf8, len, LW_WITHOUT_CHARS, &f);

	if (e == LUREWATCH_OK)
		e = lw_scorer_margins(s, f);
	if (e != LUREWATCH_OK)
		return e;
	*margin = s->margin;
	*rows = s->model->rows;
	return LUREWATCH_OK;
}

/* The likeliest label on one side; when the model has none there, the likeliest of all. */
static unsigned
likeliest(const lurewatch *m, const double *p, bool flagged)
{
	uint32_t labels = m->header->labels, best = labels;

	for (uint32_t k = 0; k < labels; k++)
		if ((m->flagged[k] != 0) == flagged && (best == labels || p[k] > p[best]))
			best = k;
	for (uint32_t k = 0; k < labels && best == labels; k++)
		best = k;
	return best;
}

static void
decide(lurewatch_scorer *s, const struct lw_features *f, lurewatch_verdict *v)
{
	const lurewatch *m = s->model;

	lw_calibrated(m->calibration, m->header->experts, m->header->labels, s->margin, s->probability);
	v->risk = 0;
	for (uint32_t k = 0; k < m->header->labels; k++)
		v->risk += m->flagged[k] != 0 ? s->probability[k] : 0;
	v->risk = v->risk < 1 ? v->risk : 1;
	v->flagged = v->risk >= s->threshold;
	v->label = likeliest(m, s->probability, v->flagged);
	v->notes = f->notes;
	v->labels = m->header->labels;
	v->probability = s->probability;
	v->indicators = f->indicators;
	v->indicator = f->indicator;
}

lurewatch_error
lurewatch_score(lurewatch_scorer *s, const char *utf8, size_t len, lurewatch_verdict *out)
{
	const struct lw_features *f;
	lurewatch_error e = lw_extract(s->extractor, utf8, len, LW_WITHOUT_CHARS, &f);

	if (e == LUREWATCH_OK)
		e = lw_scorer_margins(s, f);
	if (e != LUREWATCH_OK)
		return e;
	decide(s, f, out);
	return LUREWATCH_OK;
}
