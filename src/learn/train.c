/* train.c - folds, calibration, threshold, final fit; an error leaves *out empty */
#include "learn/calibration.h"
#include "learn/train.h"

#include <stdlib.h>
#include <string.h>

enum { MIXTURE_ROUNDS = 4 };

/* Folds only show how margins spread: liblinear's own tolerance gives the same figures in half the time. */
#define FOLD_TOLERANCE 0.1

void
lw_train_defaults(struct lw_train_options *o)
{
	static const char *const flag[] = { "fraud", "recruitment" };

	*o = (struct lw_train_options){ .flag = flag, .flags = 2, .cost = 1, .balance = 0, .prior = 1, .target_fpr = 0.005,
		.folds = 5, .least = 2, .per_source = 0, .per_group = 5, .core_share = 0.2, .seed = 1, .threads = 1,
		.memory = (size_t)3000000000u };
}

static struct lw_expert_options
expert_options(const struct lw_train_options *o, const struct lw_solver *solver)
{
	return (struct lw_expert_options){ .solver = solver, .solving = { .tolerance = 0.01, .seed = o->seed,
		.threads = o->threads, .memory = o->memory }, .cost = o->cost, .balance = o->balance, .least = o->least,
		.block_weight = o->settings->weight };
}

lurewatch_error
lw_train_experts(const struct lw_lessons *l, const struct lw_train_options *o, const struct lw_solver *solver,
    const bool *keep, struct lw_expert *out)
{
	struct lw_expert_options options = expert_options(o, solver);
	uint32_t *rows = malloc((l->n + 1) * sizeof *rows);
	bool *general = malloc((l->n + 1) * sizeof *general);
	lurewatch_error e = rows != NULL && general != NULL ? LUREWATCH_OK : LUREWATCH_E_MEMORY;

	if (keep != NULL)
		options.solving.tolerance = FOLD_TOLERANCE;
	memset(out, 0, l->experts * sizeof *out);
	for (uint32_t x = 0; x < l->experts && e == LUREWATCH_OK; x++) {
		size_t n = 0;

		for (size_t i = 0; i < l->n; i++) {
			if ((x == 1 && !l->core[i]) || (keep != NULL && !keep[i]))
				continue;
			general[n] = !l->core[i];
			rows[n++] = l->some[i];
		}
		e = lw_expert_fit(l->corpus, &l->matrix, rows, x == 0 && l->experts == 2 ? general : NULL, n, &options, &out[x]);
	}
	free(rows);
	free(general);
	for (uint32_t x = 0; x < l->experts && e != LUREWATCH_OK; x++)
		lw_expert_free(&out[x]);
	return e;
}

void
lw_train_margins(const struct lw_lessons *l, const struct lw_expert *expert, size_t row, double *out)
{
	size_t labels = l->corpus->label.n;
	double general[LW_LABELS_MAX + 1];

	lw_expert_margins(&expert[0], &l->matrix, row, general);
	memcpy(out, general, labels * sizeof *out);
	if (l->experts < 2)
		return;
	lw_expert_margins(&expert[1], &l->matrix, row, out + labels);
	out[2 * labels] = general[labels];
}

lurewatch_error
lw_train_held_out(const struct lw_lessons *l, const struct lw_train_options *o, const struct lw_folds *folds,
    const char *phase, double *out)
{
	bool *keep = malloc((l->n + 1) * sizeof *keep);
	lurewatch_error e = keep != NULL ? LUREWATCH_OK : LUREWATCH_E_MEMORY;

	for (uint32_t f = 0; f < folds->k && e == LUREWATCH_OK; f++) {
		struct lw_expert expert[LW_EXPERTS_MAX];

		lw_watch(o->watcher, phase, (double)f / folds->k);
		e = lw_folds_training(folds, f, l->group, l->some, l->n, l->corpus->n, keep);
		if (e == LUREWATCH_OK)
			e = lw_train_experts(l, o, &lw_solver_liblinear, keep, expert);
		if (e != LUREWATCH_OK)
			break;
		for (size_t i = 0; i < l->n; i++)
			if (folds->fold[i] == f)
				lw_train_margins(l, expert, l->some[i], out + i * l->width);
		for (uint32_t x = 0; x < l->experts; x++)
			lw_expert_free(&expert[x]);
	}
	free(keep);
	return e;
}

/* Core messages together weigh core_share of all. */
void
lw_train_weigh(const struct lw_lessons *l, const struct lw_train_options *o, double *weight)
{
	size_t core = 0;
	double each;

	for (size_t i = 0; i < l->n; i++)
		core += l->core[i];
	each = l->experts == 2 ? o->core_share / (1 - o->core_share) * (double)(l->n - core) / (double)core : 1;
	for (size_t i = 0; i < l->n; i++)
		weight[i] = l->core[i] && each > 1 ? each : 1;
}

lurewatch_error
lw_train_folds(const struct lw_lessons *l, const struct lw_train_options *o, struct lw_folds *out)
{
	const struct lw_corpus *c = l->corpus;
	struct lw_folds whole = { 0 };
	uint32_t *key;
	lurewatch_error e = lw_folds_random(c, l->group, l->some, l->n, o->folds, o->seed, out);

	if (e != LUREWATCH_OK || o->hold_out == LW_HOLD_RANDOM)
		return e;
	key = malloc((l->n + 1) * sizeof *key);
	for (size_t i = 0; key != NULL && i < l->n; i++)
		key[i] = l->core[i] ? LW_NO_NAME : c->row[l->some[i]].source;
	e = key != NULL ? lw_folds_whole(key, (uint32_t)c->source.n, l->n, o->folds, &whole) : LUREWATCH_E_MEMORY;
	for (size_t i = 0; e == LUREWATCH_OK && i < l->n; i++)
		if (whole.fold[i] != LW_NO_NAME)
			out->fold[i] = whole.fold[i];
	free(key);
	lw_folds_free(&whole);
	if (e != LUREWATCH_OK)
		lw_folds_free(out);
	return e;
}

double
lw_risk_of(const struct lw_lessons *l, const double *calibration, const double *margin)
{
	uint32_t labels = (uint32_t)l->corpus->label.n;
	double p[LW_LABELS_MAX], risk = 0;

	lw_calibrated(calibration, l->experts, labels, margin, p);
	for (uint32_t k = 0; k < labels; k++)
		risk += l->flagged[k] ? p[k] : 0;
	return risk;
}

size_t
lw_calibration_size(const struct lw_lessons *l)
{
	size_t labels = l->corpus->label.n;

	return l->experts * labels * (labels + 1) + (l->experts == 2 ? 2 : 0);
}

/* Held-out margins and what is fitted to them. */
struct mixture {
	const struct lw_lessons *lessons;
	const struct lw_train_options *options;
	const double *margin, *weight;
	const uint32_t *label;
	size_t n;
	double *out;                    /* the calibration */
	double *share;                  /* of each message, how much of it is the general expert's */
	double *own, *part;             /* room for one fit: two rows a message */
	uint32_t *kind;
};

static size_t
expert_size(const struct mixture *x)
{
	size_t labels = x->lessons->corpus->label.n;

	return labels * (labels + 1);
}

/* Each expert's calibration counts a message by its share in it. */
static lurewatch_error
fit_experts(struct mixture *x)
{
	size_t labels = x->lessons->corpus->label.n;
	lurewatch_error e = LUREWATCH_OK;

	for (uint32_t k = 0; k < x->lessons->experts && e == LUREWATCH_OK; k++) {
		for (size_t i = 0; i < x->n; i++) {
			memcpy(x->own + i * labels, x->margin + i * x->lessons->width + k * labels, labels * sizeof *x->own);
			x->part[i] = x->weight[i] * (k == 0 ? x->share[i] : 1 - x->share[i]);
		}
		e = lw_calibrate(&(struct lw_calibration_data){ .n = x->n, .rows = labels, .labels = (uint32_t)labels,
			.margin = x->own, .label = x->label, .weight = x->part }, x->options->prior, x->out + k * expert_size(x));
	}
	return e;
}

/* The sigmoid of the gate's margin that is nearest to the shares: every message counts for both sides. */
static lurewatch_error
fit_gate(struct mixture *x)
{
	size_t width = x->lessons->width;
	double pair[4], *gate = x->out + 2 * expert_size(x);
	lurewatch_error e;

	for (size_t i = 0; i < x->n; i++) {
		x->own[2 * i] = x->own[2 * i + 1] = x->margin[i * width + width - 1];
		x->kind[2 * i] = 1;
		x->kind[2 * i + 1] = 0;
		x->part[2 * i] = x->weight[i] * x->share[i];
		x->part[2 * i + 1] = x->weight[i] * (1 - x->share[i]);
	}
	e = lw_calibrate(&(struct lw_calibration_data){ .n = 2 * x->n, .rows = 1, .labels = 2, .margin = x->own, .label = x->kind,
		.weight = x->part }, x->options->prior, pair);
	if (e == LUREWATCH_OK) {
		gate[0] = pair[2] - pair[0];
		gate[1] = pair[3] - pair[1];
	}
	return e;
}

/* How far each expert accounts for a message's label, by what the gate and both say now. */
static void
take_shares(struct mixture *x)
{
	const struct lw_lessons *l = x->lessons;
	uint32_t labels = (uint32_t)l->corpus->label.n;
	const double *gate = x->out + 2 * expert_size(x);

	for (size_t i = 0; i < x->n; i++) {
		const double *m = x->margin + i * l->width;
		double g = lw_gate(gate, m[l->width - 1]), p[2][LW_LABELS_MAX], general, core;

		lw_softmax(x->out, labels, labels, m, p[0]);
		lw_softmax(x->out + expert_size(x), labels, labels, m + labels, p[1]);
		general = g * p[0][x->label[i]];
		core = (1 - g) * p[1][x->label[i]];
		x->share[i] = general + core > 0 ? general / (general + core) : g;
	}
}

/* Begins with whose message it is, then some rounds of expectation and maximisation (Jordan and Jacobs 1994). */
static lurewatch_error
fit(struct mixture *x)
{
	lurewatch_error e = x->lessons->experts == 2 ? fit_gate(x) : LUREWATCH_OK;

	if (e == LUREWATCH_OK)
		e = fit_experts(x);
	for (int round = 0; x->lessons->experts == 2 && round < MIXTURE_ROUNDS && e == LUREWATCH_OK; round++) {
		take_shares(x);
		e = fit_gate(x);
		if (e == LUREWATCH_OK)
			e = fit_experts(x);
	}
	return e;
}

lurewatch_error
lw_train_calibrate(const struct lw_lessons *l, const struct lw_train_options *o, const double *margin,
    const uint32_t *label, const bool *core, const double *weight, size_t n, double *out)
{
	size_t wide = l->corpus->label.n > 2 ? l->corpus->label.n : 2;
	struct mixture x = { .lessons = l, .options = o, .margin = margin, .weight = weight, .label = label, .n = n, .out = out,
		.share = malloc((n + 1) * sizeof *x.share), .own = malloc((n + 1) * wide * sizeof *x.own),
		.part = malloc((n + 1) * 2 * sizeof *x.part), .kind = malloc((n + 1) * 2 * sizeof *x.kind) };
	lurewatch_error e = LUREWATCH_E_MEMORY;

	if (x.share != NULL && x.own != NULL && x.part != NULL && x.kind != NULL) {
		for (size_t i = 0; i < n; i++)
			x.share[i] = l->experts == 2 && core[i] ? 0 : 1;
		e = fit(&x);
	}
	free(x.share);
	free(x.own);
	free(x.part);
	free(x.kind);
	return e;
}

static lurewatch_error
calibrate(const struct lw_lessons *l, const struct lw_train_options *o, const double *weight, struct lw_trained *out)
{
	uint32_t *label = malloc((l->n + 1) * sizeof *label);
	struct lw_scored *scored = malloc((l->n + 1) * sizeof *scored);
	lurewatch_error e = LUREWATCH_E_MEMORY;

	out->calibration = calloc(lw_calibration_size(l), sizeof *out->calibration);
	out->risk = malloc((l->n + 1) * sizeof *out->risk);
	for (size_t i = 0; label != NULL && i < l->n; i++)
		label[i] = l->corpus->row[l->some[i]].label;
	if (label != NULL && scored != NULL && out->calibration != NULL && out->risk != NULL)
		e = lw_train_calibrate(l, o, out->margin, label, l->core, weight, l->n, out->calibration);
	for (size_t i = 0; e == LUREWATCH_OK && i < l->n; i++) {
		out->risk[i] = lw_risk_of(l, out->calibration, out->margin + i * l->width);
		scored[i] = (struct lw_scored){ .risk = out->risk[i], .weight = weight[i], .positive = l->flagged[label[i]] };
	}
	if (e == LUREWATCH_OK) {
		out->threshold = lw_threshold_for(scored, l->n, o->target_fpr);
		lw_metrics_binary(scored, l->n, out->threshold, &out->metrics);
	}
	free(label);
	free(scored);
	return e;
}

static lurewatch_error
train(const struct lw_lessons *l, const struct lw_train_options *o, struct lw_trained *out)
{
	struct lw_folds folds = { 0 };
	double *weight = malloc((l->n + 1) * sizeof *weight);
	lurewatch_error e = weight != NULL ? lw_train_folds(l, o, &folds) : LUREWATCH_E_MEMORY;

	out->solver = o->solver != NULL ? o->solver : l->n <= LW_AUTO_ROWS ? &lw_solver_libsvm : &lw_solver_liblinear;
	out->margin = calloc(l->n * l->width + 1, sizeof *out->margin);
	if (e == LUREWATCH_OK && out->margin == NULL)
		e = LUREWATCH_E_MEMORY;
	if (e == LUREWATCH_OK)
		e = lw_train_held_out(l, o, &folds, "folds", out->margin);
	if (e == LUREWATCH_OK) {
		lw_watch(o->watcher, "calibrating", 0);
		lw_train_weigh(l, o, weight);
		e = calibrate(l, o, weight, out);
	}
	lw_watch(o->watcher, "fitting", 0);
	if (e == LUREWATCH_OK)
		e = lw_train_experts(l, o, out->solver, NULL, out->expert);
	lw_watch(o->watcher, "fitting", 1);
	lw_folds_free(&folds);
	free(weight);
	return e;
}

lurewatch_error
lw_train(const struct lw_lessons *l, const struct lw_train_options *o, struct lw_trained *out)
{
	lurewatch_error e;

	*out = (struct lw_trained){ 0 };
	e = train(l, o, out);
	if (e != LUREWATCH_OK)
		lw_trained_free(out);
	return e;
}

void
lw_trained_free(struct lw_trained *t)
{
	for (size_t x = 0; x < LW_EXPERTS_MAX; x++)
		lw_expert_free(&t->expert[x]);
	free(t->calibration);
	free(t->margin);
	free(t->risk);
	*t = (struct lw_trained){ 0 };
}
