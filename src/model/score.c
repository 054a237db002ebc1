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

enum { NO_OVERFLOW = 256, COLUMNS = (LW_ROWS_MAX + LW_EXPERTS_MAX) / LW_RECORD * LW_RECORD + LW_RECORD };

lurewatch_error
lurewatch_scorer_new(const lurewatch *m, lurewatch_scorer **out)
{
	lurewatch_scorer *s = calloc(1, sizeof *s);
	lurewatch_error e;

	if (s == NULL)
		return LUREWATCH_E_MEMORY;
	s->model = m;
	s->threshold = m->header->threshold;
	e = lw_extractor_new(&m->header->settings, m->vocabulary, m->known, &s->extractor);
	if (e != LUREWATCH_OK) {
		free(s);
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

/*
 * Sums of sixteen columns of the records of `n` slots, which the extractor has asked memory for. Sixteen
 * bits hold the sum of NO_OVERFLOW bytes.
 */
static void
add_columns(const lurewatch *m, const uint32_t *slot, size_t n, uint32_t column, int64_t *sum)
{
	const int8_t *base = m->slot + column;

	for (size_t i = 0; i < n;) {
		size_t end = i + NO_OVERFLOW < n ? i + NO_OVERFLOW : n;
		words16 part = { 0 };

		for (; i < end; i++) {
			bytes16 record;

			memcpy(&record, base + (size_t)slot[i] * m->stride, sizeof record);
			part += __builtin_convertvector(record, words16);
		}
		for (uint32_t k = 0; k < LW_RECORD; k++)
			sum[column + k] += part[k];
	}
}

/* Sum of the squared rarities of the slots to each expert: 0 when it knows none. */
static void
add_squares(const lurewatch *m, const uint32_t *slot, size_t n, uint64_t *squares)
{
	const uint8_t *base = (const uint8_t *)m->slot + m->rows;

	for (size_t i = 0; i < n; i++) {
		const uint8_t *rarity = base + (size_t)slot[i] * m->stride;

		for (uint32_t e = 0; e < m->header->experts; e++)
			squares[e] += (uint32_t)rarity[e] * rarity[e];
	}
}

void
lw_scorer_margins(lurewatch_scorer *s, const struct lw_features *f)
{
	const lurewatch *m = s->model;
	uint32_t labels = m->header->labels;

	for (uint32_t r = 0; r < m->rows; r++)
		s->margin[r] = m->bias[r];
	for (int b = 0; b < LW_BLOCKS; b++) {
		const struct lw_feature_set *set = &f->block[b];
		int64_t sum[COLUMNS] = { 0 };
		uint64_t squares[LW_EXPERTS_MAX] = { 0 };

		for (uint32_t column = 0; column < m->stride; column += LW_RECORD)
			add_columns(m, set->slot, set->n, column, sum);
		add_squares(m, set->slot, set->n, squares);
		for (uint32_t e = 0; e < m->header->experts; e++)
			s->factor[b][e] = squares[e] > 0 ? (double)m->header->settings.weight[b] / sqrt((double)squares[e]) : 0;
		for (uint32_t r = 0; r < m->rows; r++)
			s->margin[r] += s->factor[b][lw_expert_of(r, labels)] * m->scale[r] * (double)sum[r];
	}
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
	lurewatch_error e = lw_extract(s->extractor, utf8, len, false, &f);

	if (e != LUREWATCH_OK)
		return e;
	lw_scorer_margins(s, f);
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
	lurewatch_error e = lw_extract(s->extractor, utf8, len, false, &f);

	if (e != LUREWATCH_OK)
		return e;
	lw_scorer_margins(s, f);
	decide(s, f, out);
	return LUREWATCH_OK;
}
