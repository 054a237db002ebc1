/* grid.c - folds for every cost; only memory can fail */
#include "learn/grid.h"
#include "text/random.h"

#include <stdlib.h>
#include <string.h>

/* At most LW_GRID_ROWS of the lessons' messages; all else is borrowed. */
static bool
draw(const struct lw_lessons *l, uint64_t seed, struct lw_lessons *out)
{
	uint32_t *order = malloc((l->n + 1) * sizeof *order);
	bool *taken = calloc(l->n + 1, sizeof *taken);
	struct lw_random random;
	bool done;

	*out = *l;
	out->some = malloc((l->n + 1) * sizeof *out->some);
	out->core = malloc((l->n + 1) * sizeof *out->core);
	done = order != NULL && taken != NULL && out->some != NULL && out->core != NULL;
	for (uint32_t i = 0; done && i < l->n; i++)
		order[i] = i;
	lw_random_seed(&random, seed);
	if (done)
		lw_random_shuffle(&random, order, l->n);
	for (size_t i = 0; done && i < l->n && i < LW_GRID_ROWS; i++)
		taken[order[i]] = true;
	out->n = 0;
	for (size_t i = 0; done && i < l->n; i++) {
		if (!taken[i])
			continue;
		out->some[out->n] = l->some[i];
		out->core[out->n++] = l->core[i];
	}
	free(order);
	free(taken);
	return done;
}

struct attempt {
	double *margin, *weight, *calibration;
	uint32_t *label;
	struct lw_scored *scored;
	struct lw_folds folds;
};

static lurewatch_error
attempt(const struct lw_lessons *l, const struct lw_train_options *o, struct attempt *a, double *average_precision)
{
	struct lw_metrics m;
	lurewatch_error e = lw_train_held_out(l, o, &a->folds, "trying costs", a->margin);

	if (e == LUREWATCH_OK)
		e = lw_train_calibrate(l, o, a->margin, a->label, l->core, a->weight, l->n, a->calibration);
	if (e != LUREWATCH_OK)
		return e;
	for (size_t i = 0; i < l->n; i++)
		a->scored[i] = (struct lw_scored){ .risk = lw_risk_of(l, a->calibration, a->margin + i * l->width),
			.weight = a->weight[i], .positive = l->flagged[a->label[i]] };
	lw_metrics_binary(a->scored, l->n, 0.5, &m);
	*average_precision = m.average_precision;
	return LUREWATCH_OK;
}

static lurewatch_error
attempt_all(const struct lw_lessons *l, struct lw_train_options *o)
{
	struct attempt a = { .margin = calloc(l->n * l->width + 1, sizeof *a.margin),
		.weight = malloc((l->n + 1) * sizeof *a.weight), .label = malloc((l->n + 1) * sizeof *a.label),
		.scored = malloc((l->n + 1) * sizeof *a.scored),
		.calibration = calloc(lw_calibration_size(l), sizeof *a.calibration) };
	struct lw_grid *g = &o->grid;
	lurewatch_error e = LUREWATCH_E_MEMORY;

	if (a.margin != NULL && a.weight != NULL && a.label != NULL && a.scored != NULL && a.calibration != NULL)
		e = lw_train_folds(l, o, &a.folds);
	if (e == LUREWATCH_OK) {
		lw_train_weigh(l, o, a.weight);
		for (size_t i = 0; i < l->n; i++)
			a.label[i] = l->corpus->row[l->some[i]].label;
	}
	g->best = 0;
	for (size_t i = 0; i < g->n && e == LUREWATCH_OK; i++) {
		o->cost = g->cost[i];
		e = attempt(l, o, &a, &g->average_precision[i]);
		if (e == LUREWATCH_OK && g->average_precision[i] > g->average_precision[g->best])
			g->best = i;
	}
	o->cost = g->cost[g->best];
	lw_folds_free(&a.folds);
	free(a.margin);
	free(a.weight);
	free(a.label);
	free(a.scored);
	free(a.calibration);
	return e;
}

lurewatch_error
lw_grid_choose(const struct lw_lessons *l, struct lw_train_options *o)
{
	struct lw_lessons some;
	lurewatch_error e = draw(l, o->seed, &some) ? attempt_all(&some, o) : LUREWATCH_E_MEMORY;

	free(some.some);
	free(some.core);
	return e;
}
