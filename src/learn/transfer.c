/* transfer.c - messages judged by experts that never saw them: other folds', other sources', other languages'; only memory can fail */
#include "learn/evaluate.h"

#include <stdlib.h>
#include <string.h>

/* Group of each of the n rows. Languages count by their first part: zh-Hant has learned from zh-Hans what it must not. */
static bool
keys(const struct lw_lessons *l, enum lw_leave_out by, uint32_t *key, uint32_t *n)
{
	const struct lw_corpus *c = l->corpus;
	struct lw_names first = { 0 };
	bool done = true;

	for (size_t i = 0; i < l->n && done; i++) {
		const struct lw_row *row = &c->row[l->some[i]];
		const char *lang;

		if (by == LW_LEAVE_SOURCE) {
			key[i] = row->source;
			continue;
		}
		lang = row->lang != LW_NO_NAME ? lw_name(&c->lang, row->lang) : "und";
		key[i] = lw_names_add(&first, (struct lw_span){ lang, strcspn(lang, "-_") });
		done = key[i] != LW_NO_NAME;
	}
	*n = (uint32_t)(by == LW_LEAVE_SOURCE ? c->source.n : first.n);
	lw_names_free(&first);
	return done;
}

/* Rows of one half of the groups: margins, labels and weights for the calibration. */
struct half {
	double *margin, *weight;
	uint32_t *label;
	bool *core;
	size_t n;
};

static void
take_half(const struct lw_lessons *l, const double *margin, const double *weight, const uint32_t *key, uint32_t parity,
    struct half *h)
{
	size_t width = l->width;

	h->n = 0;
	for (size_t i = 0; i < l->n; i++) {
		if (key[i] % 2 != parity)
			continue;
		memcpy(h->margin + h->n * width, margin + i * width, width * sizeof *margin);
		h->weight[h->n] = weight[i];
		h->core[h->n] = l->core[i];
		h->label[h->n++] = l->corpus->row[l->some[i]].label;
	}
}

static uint32_t
likeliest(const struct lw_lessons *l, const double *p, bool flagged)
{
	uint32_t best = LW_NO_NAME;

	for (uint32_t k = 0; k < l->corpus->label.n; k++)
		if (l->flagged[k] == flagged && (best == LW_NO_NAME || p[k] > p[best]))
			best = k;
	return best;
}

/* Groups of one parity, judged by a calibration and a threshold that come from the other. */
static lurewatch_error
judge_half(const struct lw_lessons *l, const struct lw_train_options *o, const double *margin, const double *weight,
    const uint32_t *key, uint32_t parity, struct half *h, struct lw_scored *scored, struct lw_evaluation *out)
{
	uint32_t labels = (uint32_t)l->corpus->label.n;
	size_t width = l->width;
	double *calibration = calloc(lw_calibration_size(l), sizeof *calibration), threshold;
	lurewatch_error e;

	if (calibration == NULL)
		return LUREWATCH_E_MEMORY;
	take_half(l, margin, weight, key, 1 - parity, h);
	if (h->n == 0)  /* a single group: there is no other to learn from */
		take_half(l, margin, weight, key, parity, h);
	e = lw_train_calibrate(l, o, h->margin, h->label, h->core, h->weight, h->n, calibration);
	for (size_t i = 0; i < h->n; i++)
		scored[i] = (struct lw_scored){ .risk = lw_risk_of(l, calibration, h->margin + i * width), .weight = h->weight[i],
			.positive = l->flagged[h->label[i]] };
	threshold = lw_threshold_for(scored, h->n, o->target_fpr);
	for (size_t i = 0; i < l->n && e == LUREWATCH_OK; i++) {
		struct lw_judgement *j = &out->judged[l->some[i]];
		double p[LW_LABELS_MAX];

		if (key[i] % 2 != parity)
			continue;
		lw_calibrated(calibration, l->experts, labels, margin + i * width, p);
		j->risk = lw_risk_of(l, calibration, margin + i * width);
		j->flagged = j->risk >= threshold;
		j->said = likeliest(l, p, j->flagged);
		j->judged = true;
	}
	out->threshold = threshold;
	free(calibration);
	return e;
}

static lurewatch_error
judge(const struct lw_lessons *l, const struct lw_train_options *o, const uint32_t *key, const double *margin,
    struct lw_evaluation *out)
{
	size_t width = l->width;
	struct half h = { .margin = malloc((l->n * width + 1) * sizeof *h.margin),
		.weight = malloc((l->n + 1) * sizeof *h.weight), .label = malloc((l->n + 1) * sizeof *h.label),
		.core = malloc((l->n + 1) * sizeof *h.core) };
	struct lw_scored *scored = malloc((l->n + 1) * sizeof *scored);
	double *weight = malloc((l->n + 1) * sizeof *weight);
	lurewatch_error e = LUREWATCH_E_MEMORY;

	if (h.margin != NULL && h.weight != NULL && h.label != NULL && h.core != NULL && scored != NULL && weight != NULL) {
		lw_train_weigh(l, o, weight);
		e = judge_half(l, o, margin, weight, key, 0, &h, scored, out);
		if (e == LUREWATCH_OK)
			e = judge_half(l, o, margin, weight, key, 1, &h, scored, out);
	}
	free(h.margin);
	free(h.weight);
	free(h.label);
	free(h.core);
	free(scored);
	free(weight);
	return e;
}

/* Labels are the corpus's own; judged is NULL when memory is gone. */
static void
start(const struct lw_lessons *l, struct lw_evaluation *out)
{
	const struct lw_corpus *c = l->corpus;

	*out = (struct lw_evaluation){ .corpus = c, .width = c->label.n };
	for (uint32_t k = 0; k < c->label.n; k++) {
		out->label[k] = lw_name(&c->label, k);
		out->label_flagged[k] = l->flagged[k];
	}
	out->judged = calloc(c->n + 1, sizeof *out->judged);
}

lurewatch_error
lw_evaluate_trained(const struct lw_lessons *l, const struct lw_trained *t, struct lw_evaluation *out)
{
	uint32_t labels = (uint32_t)l->corpus->label.n;
	lurewatch_error e = LUREWATCH_E_MEMORY;

	start(l, out);
	out->threshold = t->threshold;
	for (size_t i = 0; out->judged != NULL && i < l->n; i++) {
		double p[LW_LABELS_MAX];
		bool flagged = t->risk[i] >= t->threshold;

		lw_calibrated(t->calibration, l->experts, labels, t->margin + i * l->width, p);
		out->judged[l->some[i]] = (struct lw_judgement){ t->risk[i], likeliest(l, p, flagged), flagged, true };
	}
	if (out->judged != NULL)
		e = lw_evaluation_gather(out, l->group);
	if (e != LUREWATCH_OK)
		lw_evaluation_free(out);
	return e;
}

lurewatch_error
lw_evaluate_transfer(const struct lw_lessons *l, const struct lw_train_options *o, enum lw_leave_out by,
    struct lw_evaluation *out)
{
	uint32_t *key = malloc((l->n + 1) * sizeof *key), all = 0;
	double *margin = calloc(l->n * l->width + 1, sizeof *margin);
	struct lw_folds folds = { 0 };
	lurewatch_error e = LUREWATCH_E_MEMORY;

	start(l, out);
	out->held_out = by == LW_LEAVE_SOURCE ? "source" : "language";
	if (key != NULL && margin != NULL && out->judged != NULL && keys(l, by, key, &all))
		e = lw_folds_whole(key, all, l->n, all, &folds);
	if (e == LUREWATCH_OK)
		e = lw_train_held_out(l, o, &folds, "leaving out", margin);
	if (e == LUREWATCH_OK)
		e = judge(l, o, key, margin, out);
	if (e == LUREWATCH_OK)
		e = lw_evaluation_gather(out, l->group);
	lw_folds_free(&folds);
	free(key);
	free(margin);
	if (e != LUREWATCH_OK)
		lw_evaluation_free(out);
	return e;
}
