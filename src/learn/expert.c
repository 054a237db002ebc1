/* expert.c - fits and margins of one expert; an error leaves *out empty */
#include "learn/expert.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sides and costs of each label's task, and of the gate's. */
static void
set_tasks(const struct lw_corpus *c, const uint32_t *some, const bool *kind, size_t n, const struct lw_expert_options *o,
    int8_t *side, struct lw_task *task)
{
	for (uint32_t k = 0; k < c->label.n + (kind != NULL); k++) {
		size_t own = 0;
		double other;

		for (size_t i = 0; i < n; i++) {
			bool yes = k < c->label.n ? c->row[some[i]].label == k : kind[i];

			side[k * n + i] = yes ? 1 : -1;
			own += yes;
		}
		other = (double)(n - own);
		task[k] = (struct lw_task){ .y = side + k * n, .cost = { o->cost, o->cost } };
		if (own > 0 && other > 0 && (double)own < other)
			task[k].cost[1] *= pow(other / (double)own, o->balance);
	}
}

lurewatch_error
lw_expert_fit(const struct lw_corpus *c, const struct lw_matrix *m, const uint32_t *some, const bool *kind, size_t n,
    const struct lw_expert_options *o, struct lw_expert *out)
{
	size_t outputs = c->label.n + (kind != NULL);
	struct lw_rows rows = { 0 };
	struct lw_task *task = calloc(outputs, sizeof *task);
	int8_t *side = malloc(outputs * n + 1);
	lurewatch_error e;

	*out = (struct lw_expert){ .outputs = (uint32_t)outputs, .rows = n };
	memcpy(out->block_weight, o->block_weight, sizeof out->block_weight);
	out->solution = calloc(outputs, sizeof *out->solution);
	e = task != NULL && side != NULL && out->solution != NULL ? LUREWATCH_OK : LUREWATCH_E_MEMORY;
	if (e == LUREWATCH_OK)
		e = lw_known_make(m, some, n, o->least, &out->known);
	if (e == LUREWATCH_OK)
		e = lw_rows_make(m, some, n, &out->known, o->block_weight, &rows);
	if (e == LUREWATCH_OK) {
		set_tasks(c, some, kind, n, o, side, task);
		e = o->solver->solve(&rows, task, outputs, &o->solving, out->solution);
	}
	lw_rows_free(&rows);
	free(task);
	free(side);
	if (e != LUREWATCH_OK)
		lw_expert_free(out);
	return e;
}

void
lw_expert_margins(const struct lw_expert *x, const struct lw_matrix *m, size_t row, double *out)
{
	const uint32_t *slot = m->slot[row];
	size_t i = 0;

	for (uint32_t k = 0; k < x->outputs; k++)
		out[k] = x->solution[k].bias;
	for (int b = 0; b < LW_BLOCKS; b++) {
		double sum[LW_LABELS_MAX + 1] = { 0 };
		uint64_t squares = 0;

		for (; i < m->end[row][b]; i++) {
			uint32_t column = x->known.column[slot[i]];
			uint32_t rarity;

			if (column == LW_UNKNOWN)
				continue;
			rarity = x->known.rarity[column];
			squares += (uint64_t)rarity * rarity;
			for (uint32_t k = 0; k < x->outputs; k++)
				sum[k] += rarity * (double)x->solution[k].w[column];
		}
		for (uint32_t k = 0; squares > 0 && k < x->outputs; k++)
			out[k] += (double)x->block_weight[b] / sqrt((double)squares) * sum[k];
	}
}

void
lw_expert_free(struct lw_expert *x)
{
	for (uint32_t k = 0; x->solution != NULL && k < x->outputs; k++)
		lw_solution_free(&x->solution[k]);
	free(x->solution);
	lw_known_free(&x->known);
	*x = (struct lw_expert){ 0 };
}
