/* rows.c - known slots and the rows over them; an error leaves *out empty */
#include "learn/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t
slots_of(const struct lw_matrix *m, size_t row)
{
	return m->end[row][LW_BLOCKS - 1];
}

/* Slots ascend within a row; of one met more than once the first counts as new. */
static bool
is_again(const uint32_t *slot, size_t k)
{
	return k > 0 && slot[k] == slot[k - 1];
}

static uint8_t
rarity_of(size_t n, size_t rows)
{
	double steps = LW_RARITY_STEPS * (log((1.0 + (double)n) / (1.0 + (double)rows)) + 1);

	return (uint8_t)(steps < 255 ? lrint(steps) : 255);
}

lurewatch_error
lw_known_make(const struct lw_matrix *m, const uint32_t *some, size_t n, unsigned least, struct lw_known *out)
{
	uint32_t *seen = calloc((size_t)m->dimension + 1, sizeof *seen);

	*out = (struct lw_known){ 0 };
	if (seen == NULL)
		return LUREWATCH_E_MEMORY;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0, end = slots_of(m, some[i]); k < end; k++)
			seen[m->slot[some[i]][k]] += !is_again(m->slot[some[i]], k);
	out->dimension = m->dimension;
	out->column = seen;
	out->rarity = malloc((size_t)m->dimension + 1);
	if (out->rarity == NULL) {
		lw_known_free(out);
		return LUREWATCH_E_MEMORY;
	}
	for (uint32_t s = 0; s < m->dimension; s++) {
		uint32_t rows = seen[s];

		seen[s] = rows >= least && rows > 0 ? out->columns++ : LW_UNKNOWN;
		if (seen[s] != LW_UNKNOWN)
			out->rarity[seen[s]] = rarity_of(n, rows);
	}
	return LUREWATCH_OK;
}

void
lw_known_free(struct lw_known *k)
{
	free(k->column);
	free(k->rarity);
	*k = (struct lw_known){ 0 };
}

/* Appends one row's known slots with their values. */
static void
add_row(const struct lw_matrix *m, size_t row, const struct lw_known *known, const float *block_weight,
    struct lw_rows *out, size_t at)
{
	size_t k = 0;

	for (int b = 0; b < LW_BLOCKS; b++) {
		size_t first = at;
		uint64_t squares = 0;

		for (; k < m->end[row][b]; k++) {
			uint32_t column = known->column[m->slot[row][k]];

			if (column == LW_UNKNOWN)
				continue;
			squares += (uint64_t)known->rarity[column] * known->rarity[column];
			if (is_again(m->slot[row], k)) {
				out->value[at - 1] += known->rarity[column];
				continue;
			}
			out->value[at] = known->rarity[column];
			out->column[at++] = column;
		}
		for (size_t i = first; i < at; i++)
			out->value[i] = (float)(block_weight[b] * (double)out->value[i] / sqrt((double)squares));
	}
}

static size_t
known_of(const struct lw_matrix *m, size_t row, const struct lw_known *known)
{
	size_t n = 0;

	for (size_t k = 0, end = slots_of(m, row); k < end; k++)
		n += known->column[m->slot[row][k]] != LW_UNKNOWN && !is_again(m->slot[row], k);
	return n;
}

lurewatch_error
lw_rows_make(const struct lw_matrix *m, const uint32_t *some, size_t n, const struct lw_known *known,
    const float *block_weight, struct lw_rows *out)
{
	size_t total = 0;

	*out = (struct lw_rows){ .n = n, .columns = known->columns };
	out->start = malloc((n + 1) * sizeof *out->start);
	if (out->start == NULL)
		return LUREWATCH_E_MEMORY;
	for (size_t i = 0; i < n; i++) {
		out->start[i] = total;
		total += known_of(m, some[i], known);
	}
	out->start[n] = total;
	out->column = malloc((total + 1) * sizeof *out->column);
	out->value = malloc((total + 1) * sizeof *out->value);
	if (out->column == NULL || out->value == NULL) {
		lw_rows_free(out);
		return LUREWATCH_E_MEMORY;
	}
	for (size_t i = 0; i < n; i++)
		add_row(m, some[i], known, block_weight, out, out->start[i]);
	return LUREWATCH_OK;
}

void
lw_rows_free(struct lw_rows *r)
{
	free(r->start);
	free(r->column);
	free(r->value);
	*r = (struct lw_rows){ 0 };
}

double
lw_rows_margin(const struct lw_rows *r, size_t row, const float *w, double bias)
{
	double sum = bias;

	for (size_t k = r->start[row]; k < r->start[row + 1]; k++)
		sum += (double)r->value[k] * (double)w[r->column[k]];
	return sum;
}

void
lw_rows_margins(const struct lw_rows *r, const float *w, double bias, double *out)
{
	for (size_t i = 0; i < r->n; i++)
		out[i] = lw_rows_margin(r, i, w, bias);
}
