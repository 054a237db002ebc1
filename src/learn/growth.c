/* growth.c - the learning curve, on nested parts of the groups; only memory can fail */
#include "learn/growth.h"
#include "text/random.h"

#include <stdlib.h>

enum { RESAMPLES = 300 };

struct growing {
	const struct lw_lessons *lessons;
	const struct lw_train_options *options;
	const struct lw_trained *trained;
	struct lw_folds folds;
	struct lw_scored *scored;       /* of the rows held out */
	size_t n;
	bool *keep;
	uint32_t *scratch;
	double done;                    /* fits */
};

/* Whether a group is in a part: the smaller part's groups are in all larger ones. */
static bool
is_in(const struct growing *g, uint32_t group, double part)
{
	return (double)(lw_mix(g->options->seed ^ lw_mix(group)) >> 11) * 0x1p-53 < part;
}

/* Learns from a part of what is not in the fold, and judges the fold. */
static lurewatch_error
judge_fold(struct growing *g, uint32_t fold, double part, size_t *learned)
{
	const struct lw_lessons *l = g->lessons;
	struct lw_expert expert[LW_EXPERTS_MAX];
	double margin[LW_ROWS_MAX];
	lurewatch_error e = lw_folds_training(&g->folds, fold, l->group, l->some, l->n, l->corpus->n, g->keep);

	for (size_t i = 0; i < l->n && e == LUREWATCH_OK; i++) {
		g->keep[i] = g->keep[i] && is_in(g, l->group[l->some[i]], part);
		*learned += g->keep[i];
	}
	if (e == LUREWATCH_OK)
		e = lw_train_experts(l, g->options, &lw_solver_liblinear, g->keep, expert);
	if (e != LUREWATCH_OK)
		return e;
	for (size_t i = 0; i < l->n; i++) {
		uint32_t row = l->some[i];

		if (g->folds.fold[i] != fold)
			continue;
		lw_train_margins(l, expert, row, margin);
		g->scored[g->n++] = (struct lw_scored){ .risk = lw_risk_of(l, g->trained->calibration, margin), .weight = 1,
			.positive = l->flagged[l->corpus->row[row].label], .group = l->group[row] };
	}
	for (uint32_t x = 0; x < l->experts; x++)
		lw_expert_free(&expert[x]);
	return LUREWATCH_OK;
}

static lurewatch_error
measure_part(struct growing *g, double part, struct lw_growth *out)
{
	struct lw_resampling how = { .resamples = RESAMPLES, .threads = g->options->threads, .seed = g->options->seed };
	size_t learned = 0;
	lurewatch_error e = LUREWATCH_OK;

	g->n = 0;
	for (uint32_t f = 0; f < LW_GROWTH_FOLDS && e == LUREWATCH_OK; f++) {
		e = judge_fold(g, f, part, &learned);
		/* a fit takes time as its part does */
		g->done += part / LW_GROWTH_FOLDS;
		lw_watch(g->options->watcher, "learning curve", g->done / (2 - 1. / (1 << (LW_GROWTH_POINTS - 1))));
	}
	if (e != LUREWATCH_OK)
		return e;
	lw_metrics_sort(g->scored, g->n);
	out->at[out->n].messages = learned / LW_GROWTH_FOLDS;
	e = lw_figures_make(g->scored, g->n, g->scratch, &how, &out->at[out->n].figures);
	out->n += e == LUREWATCH_OK;
	return e;
}

lurewatch_error
lw_growth_measure(const struct lw_lessons *l, const struct lw_train_options *o, const struct lw_trained *t, struct lw_growth *out)
{
	struct growing g = { .lessons = l, .options = o, .trained = t, .scored = malloc((l->n + 1) * sizeof *g.scored),
		.keep = malloc((l->n + 1) * sizeof *g.keep), .scratch = lw_number_scratch(l->corpus) };
	lurewatch_error e = LUREWATCH_E_MEMORY;

	*out = (struct lw_growth){ 0 };
	if (g.scored != NULL && g.keep != NULL && g.scratch != NULL)
		e = lw_folds_random(l->corpus, l->group, l->some, l->n, o->folds, o->seed, &g.folds);
	for (int p = LW_GROWTH_POINTS - 1; p >= 0 && e == LUREWATCH_OK && g.folds.k >= LW_GROWTH_FOLDS; p--)
		e = measure_part(&g, 1. / (1 << p), out);
	lw_folds_free(&g.folds);
	free(g.scored);
	free(g.keep);
	free(g.scratch);
	return e;
}
