/* findings.c - figures and their intervals for every part of an evaluation; only memory can fail */
#include "learn/findings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct lw_view_about lw_view[LW_VIEWS] = {
	[LW_BY_SOURCE] = { "by_source", "source", "sources" },
	[LW_BY_LANG] = { "by_lang", "language", "languages" },
	[LW_BY_FAMILY] = { "by_family", "family", "families" },
};

static const double WORTH_THREADS = 1e6;

const struct lw_names *
lw_view_names(const struct lw_corpus *c, enum lw_by by)
{
	return by == LW_BY_SOURCE ? &c->source : by == LW_BY_LANG ? &c->lang : &c->family;
}

uint32_t *
lw_view_keys(const struct lw_corpus *c, enum lw_by by)
{
	uint32_t *key = malloc((c->n + 1) * sizeof *key);

	for (size_t i = 0; key != NULL && i < c->n; i++)
		key[i] = by == LW_BY_SOURCE ? c->row[i].source : by == LW_BY_LANG ? c->row[i].lang : c->row[i].family;
	return key;
}

uint32_t *
lw_number_scratch(const struct lw_corpus *c)
{
	uint32_t *scratch = malloc((c->n + 1) * sizeof *scratch);

	if (scratch != NULL)
		memset(scratch, 0xff, (c->n + 1) * sizeof *scratch);
	return scratch;
}

unsigned
lw_threads_for(size_t rows, const struct lw_resampling *how)
{
	return (double)rows * how->resamples > WORTH_THREADS ? how->threads : 1;
}

size_t
lw_number_groups(struct lw_scored *s, struct lw_scored *other, size_t n, uint32_t *scratch)
{
	uint32_t groups = 0;
	uint32_t *first = malloc((n + 1) * sizeof *first);

	if (first == NULL)
		return SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		if (scratch[s[i].group] == LW_NO_NAME) {
			first[groups] = s[i].group;
			scratch[s[i].group] = groups++;
		}
		s[i].group = scratch[s[i].group];
	}
	for (size_t i = 0; other != NULL && i < n; i++)
		other[i].group = scratch[other[i].group];
	for (uint32_t g = 0; g < groups; g++)
		scratch[first[g]] = LW_NO_NAME;
	free(first);
	return groups;
}

/* What the summing of one evaluation carries along. */
struct summing {
	const struct lw_evaluation *of;
	const struct lw_resampling *how;
	uint32_t *scratch;
	double done, all;               /* rows summed, rows to sum */
};

/* Scores whose weights each thread sets for itself. */
struct sample {
	const struct lw_scored *scored;
	struct lw_scored *copy;         /* n, one row a thread */
	size_t n;
};

static void
measure_scores(void *of, const uint32_t *times, unsigned thread, double *out)
{
	const struct sample *s = of;
	struct lw_scored *copy = s->copy + thread * s->n;
	struct lw_metrics m;

	for (size_t i = 0; i < s->n; i++)
		copy[i].weight = times[copy[i].group];
	lw_metrics_sorted(copy, s->n, &m);
	for (int f = 0; f < LW_FIGURES; f++)
		out[f] = lw_figure_of(&m, f);
}

static struct lw_bootstrap
bootstrap(struct summing *x, size_t n, size_t groups, size_t figures, lw_measure measure, void *context)
{
	struct lw_bootstrap b = { .groups = groups, .figures = figures, .resamples = x->how->resamples,
		.threads = lw_threads_for(n, x->how), .seed = x->how->seed, .measure = measure, .context = context, .watcher = x->how->watcher,
		.from = x->done / x->all };

	x->done += (double)n;
	b.to = x->done / x->all;
	return b;
}

/* Groups that have a score of this kind. */
static size_t
groups_with(const struct lw_scored *s, size_t n, bool (*is)(const struct lw_scored *), uint8_t *seen, size_t groups)
{
	size_t found = 0;

	memset(seen, 0, groups);
	for (size_t i = 0; i < n; i++) {
		found += is(&s[i]) && !seen[s[i].group];
		seen[s[i].group] |= is(&s[i]);
	}
	return found;
}

static bool
is_positive(const struct lw_scored *s)
{
	return s->positive;
}

static bool
is_negative(const struct lw_scored *s)
{
	return !s->positive;
}

static bool
is_flagged(const struct lw_scored *s)
{
	return s->flagged;
}

/* Shares that no resample can move. */
static bool
bound_shares(const struct lw_scored *s, size_t n, struct lw_figures *out)
{
	static const struct {
		enum lw_figure figure;
		bool (*of)(const struct lw_scored *);
	} share[] = { { LW_PRECISION, is_flagged }, { LW_RECALL, is_positive }, { LW_FPR, is_negative } };
	uint8_t *seen = malloc(out->groups + 1);

	for (size_t i = 0; seen != NULL && i < sizeof share / sizeof share[0]; i++)
		lw_bound_share(&out->at[share[i].figure], groups_with(s, n, share[i].of, seen, out->groups));
	free(seen);
	return seen != NULL;
}

static lurewatch_error
resample_scores(struct summing *x, const struct lw_scored *s, size_t n, struct lw_figures *out)
{
	struct sample sample = { s, NULL, n };
	struct lw_bootstrap b = bootstrap(x, n, out->groups, LW_FIGURES, measure_scores, &sample);
	lurewatch_error e = LUREWATCH_E_MEMORY;

	sample.copy = malloc((n * b.threads + 1) * sizeof *sample.copy);
	for (unsigned t = 0; sample.copy != NULL && t < b.threads; t++)
		memcpy(sample.copy + t * n, s, n * sizeof *s);
	if (sample.copy != NULL)
		e = lw_bootstrap(&b, out->at);
	free(sample.copy);
	if (e == LUREWATCH_OK && !bound_shares(s, n, out))
		e = LUREWATCH_E_MEMORY;
	return e;
}

static lurewatch_error
sum_scores(struct summing *x, struct lw_scored *s, size_t n, struct lw_figures *out)
{
	struct lw_metrics m;

	lw_metrics_sorted(s, n, &m);
	*out = (struct lw_figures){ .n = m.n, .positives = m.positives, .groups = lw_number_groups(s, NULL, n, x->scratch) };
	for (int f = 0; f < LW_FIGURES; f++)
		out->at[f] = (struct lw_estimate){ lw_figure_of(&m, f), NAN, NAN };
	if (out->groups == SIZE_MAX)
		return LUREWATCH_E_MEMORY;
	return x->how->resamples > 0 ? resample_scores(x, s, n, out) : LUREWATCH_OK;
}

lurewatch_error
lw_figures_make(struct lw_scored *s, size_t n, uint32_t *scratch, const struct lw_resampling *how, struct lw_figures *out)
{
	struct summing x = { .how = how, .scratch = scratch, .all = (double)n + 1 };

	return sum_scores(&x, s, n, out);
}

static lurewatch_error
sum_part(struct summing *x, const uint32_t *key, uint32_t which, struct lw_figures *out)
{
	size_t n;
	struct lw_scored *s = lw_evaluation_scores(x->of, key, which, &n);
	lurewatch_error e = s != NULL ? sum_scores(x, s, n, out) : LUREWATCH_E_MEMORY;

	free(s);
	return e;
}

/* ---- labels ---- */

enum { OF_LABEL = 4 };                  /* figures of a label: precision, recall, F1, share flagged */

struct labels {
	const struct lw_evaluation *of;
	const uint32_t *truth;          /* of every row, its label's place in the confusion */
	const uint32_t *group;          /* of every row, numbered 0, 1, ... */
	uint64_t *confusion;            /* width x width, then how many of each label are flagged: one row a thread */
};

static size_t
confusion_room(const struct lw_evaluation *v)
{
	return v->width * v->width + v->width;
}

static void
label_figures(const struct lw_evaluation *v, const uint64_t *confusion, double *out)
{
	const uint64_t *flagged = confusion + v->width * v->width;

	for (size_t k = 0; k < v->width; k++) {
		struct lw_class_metrics m;

		lw_metrics_class(confusion, v->width, k, &m);
		out[OF_LABEL * k] = m.precision;
		out[OF_LABEL * k + 1] = m.recall;
		out[OF_LABEL * k + 2] = m.f1;
		out[OF_LABEL * k + 3] = m.truth > 0 ? (double)flagged[k] / (double)m.truth : NAN;
	}
	out[OF_LABEL * v->width] = lw_metrics_accuracy(confusion, v->width);
	out[OF_LABEL * v->width + 1] = lw_metrics_macro_f1(confusion, v->width);
}

static void
measure_labels(void *of, const uint32_t *times, unsigned thread, double *out)
{
	const struct labels *l = of;
	const struct lw_evaluation *v = l->of;
	size_t width = v->width, room = confusion_room(v);
	uint64_t *confusion = l->confusion + thread * room;

	memset(confusion, 0, room * sizeof *confusion);
	for (size_t i = 0; i < v->corpus->n; i++) {
		const struct lw_judgement *j = &v->judged[i];
		uint32_t n = j->judged ? times != NULL ? times[l->group[i]] : 1 : 0;

		confusion[l->truth[i] * width + j->said] += n;
		confusion[width * width + l->truth[i]] += j->flagged ? n : 0;
	}
	label_figures(v, confusion, out);
}

/* Places in the confusion, and groups numbered; how many groups. */
static size_t
line_up(const struct summing *x, uint32_t *truth, uint32_t *group)
{
	const struct lw_evaluation *v = x->of;
	uint32_t groups = 0;

	for (size_t i = 0; i < v->corpus->n; i++) {
		truth[i] = 0;
		for (uint32_t k = 0; k < v->width; k++)
			if (v->truth[k] == v->corpus->row[i].label)
				truth[i] = k;
		group[i] = 0;
		if (!v->judged[i].judged)
			continue;
		if (x->scratch[v->group[i]] == LW_NO_NAME)
			x->scratch[v->group[i]] = groups++;
		group[i] = x->scratch[v->group[i]];
	}
	for (size_t i = 0; i < v->corpus->n; i++)
		x->scratch[v->group[i]] = LW_NO_NAME;
	return groups;
}

static void
take_labels(struct lw_findings *out, const struct lw_estimate *figure)
{
	const struct lw_evaluation *v = out->of;

	for (size_t k = 0; k < v->width; k++) {
		const struct lw_estimate *f = figure + OF_LABEL * k;
		struct lw_class_metrics m;

		lw_metrics_class(v->confusion, v->width, k, &m);
		out->label[k] = (struct lw_label_figures){ m.truth, f[0], f[1], f[2], f[3] };
		lw_bound_share(&out->label[k].precision, (size_t)m.said);
		lw_bound_share(&out->label[k].recall, (size_t)m.truth);
		lw_bound_share(&out->label[k].flagged, (size_t)m.truth);
	}
	out->accuracy = figure[OF_LABEL * v->width];
	out->macro_f1 = figure[OF_LABEL * v->width + 1];
}

static lurewatch_error
sum_labels(struct summing *x, struct lw_findings *out)
{
	const struct lw_evaluation *v = x->of;
	size_t n = v->corpus->n, figures = OF_LABEL * v->width + 2;
	uint32_t *truth = malloc((n + 1) * sizeof *truth), *group = malloc((n + 1) * sizeof *group);
	struct lw_estimate *figure = malloc(figures * sizeof *figure);
	double *is = malloc(figures * sizeof *is);
	struct labels l = { v, truth, group, malloc(x->how->threads * confusion_room(v) * sizeof(uint64_t) + 1) };
	lurewatch_error e = LUREWATCH_E_MEMORY;

	if (truth != NULL && group != NULL && figure != NULL && is != NULL && l.confusion != NULL) {
		struct lw_bootstrap b = bootstrap(x, n, line_up(x, truth, group), figures, measure_labels, &l);

		measure_labels(&l, NULL, 0, is);
		for (size_t f = 0; f < figures; f++)
			figure[f] = (struct lw_estimate){ is[f], NAN, NAN };
		e = b.resamples > 0 ? lw_bootstrap(&b, figure) : LUREWATCH_OK;
	}
	if (e == LUREWATCH_OK)
		take_labels(out, figure);
	free(truth);
	free(group);
	free(figure);
	free(is);
	free(l.confusion);
	return e;
}

/* ---- all of it ---- */

static lurewatch_error
sum_view(struct summing *x, enum lw_by by, struct lw_findings *out)
{
	const struct lw_names *names = lw_view_names(x->of->corpus, by);
	uint32_t *key = lw_view_keys(x->of->corpus, by);
	struct lw_slice *part = calloc(names->n + 1, sizeof *part);
	lurewatch_error e = key != NULL && part != NULL ? LUREWATCH_OK : LUREWATCH_E_MEMORY;

	out->view[by].part = part;
	for (uint32_t k = 0; k < names->n && e == LUREWATCH_OK; k++) {
		struct lw_slice *p = &part[out->view[by].n];

		*p = (struct lw_slice){ .name = lw_name(names, k), .key = k };
		e = sum_part(x, key, k, &p->figures);
		out->view[by].n += p->figures.n > 0;
	}
	free(key);
	return e;
}

lurewatch_error
lw_findings_make(const struct lw_evaluation *v, const struct lw_resampling *how, struct lw_findings *out)
{
	size_t n = v->corpus->n;
	struct summing x = { .of = v, .how = how, .scratch = lw_number_scratch(v->corpus), .all = (double)(2 + LW_VIEWS) * (double)n };
	lurewatch_error e = x.scratch != NULL ? LUREWATCH_OK : LUREWATCH_E_MEMORY;

	*out = (struct lw_findings){ .of = v, .resamples = how->resamples };
	if (e == LUREWATCH_OK)
		e = sum_part(&x, NULL, 0, &out->overall);
	if (e == LUREWATCH_OK)
		e = sum_labels(&x, out);
	for (int by = 0; by < LW_VIEWS && e == LUREWATCH_OK; by++)
		e = sum_view(&x, by, out);
	free(x.scratch);
	if (e != LUREWATCH_OK)
		lw_findings_free(out);
	return e;
}

void
lw_findings_free(struct lw_findings *s)
{
	for (int by = 0; by < LW_VIEWS; by++)
		free(s->view[by].part);
	*s = (struct lw_findings){ 0 };
}
