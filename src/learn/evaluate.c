/* evaluate.c - judging a corpus, on several threads, and gathering the figures; only memory can fail */
#include "learn/evaluate.h"
#include "learn/parallel.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 64 };

struct judging {
	struct lw_evaluation *out;
	const lurewatch *model;
	lurewatch_scorer **scorer;      /* one a thread */
	const struct lw_watcher *watcher;
};

static lurewatch_error
judge_batch(void *of, size_t batch, unsigned thread)
{
	const struct judging *j = of;
	const struct lw_corpus *c = j->out->corpus;
	size_t end = (batch + 1) * BATCH < c->n ? (batch + 1) * BATCH : c->n;

	for (size_t i = batch * BATCH; i < end; i++) {
		lurewatch_verdict v;
		lurewatch_error e = lurewatch_score(j->scorer[thread], c->text.at + c->row[i].at, c->row[i].len, &v);

		if (e != LUREWATCH_OK)
			return e;
		j->out->judged[i] = (struct lw_judgement){ v.risk, v.label, v.flagged, true };
	}
	lw_watch(j->watcher, "scoring", (double)end / (double)c->n);
	return LUREWATCH_OK;
}

static lurewatch_error
judge(struct lw_evaluation *out, const lurewatch *model, unsigned threads, const struct lw_watcher *watcher)
{
	struct judging j = { .out = out, .model = model, .scorer = calloc(threads, sizeof(lurewatch_scorer *)), .watcher = watcher };
	lurewatch_error e = j.scorer != NULL ? LUREWATCH_OK : LUREWATCH_E_MEMORY;

	for (unsigned i = 0; i < threads && e == LUREWATCH_OK; i++) {
		e = lurewatch_scorer_new(j.model, &j.scorer[i]);
		if (e == LUREWATCH_OK)
			e = lurewatch_scorer_threshold(j.scorer[i], out->threshold);
	}
	if (e == LUREWATCH_OK)
		e = lw_parallel((out->corpus->n + BATCH - 1) / BATCH, threads, judge_batch, &j);
	for (unsigned i = 0; j.scorer != NULL && i < threads; i++)
		lurewatch_scorer_free(j.scorer[i]);
	free(j.scorer);
	return e;
}

/* Rows and columns of the confusion: the model's labels come first, so what it said is a column's number. */
static bool
line_up_labels(struct lw_evaluation *v, uint32_t *place)
{
	const struct lw_names *names = &v->corpus->label;

	for (size_t k = 0; k < v->width; k++)
		v->truth[k] = LW_NO_NAME;
	for (uint32_t t = 0; t < names->n; t++) {
		size_t k = 0;

		while (k < v->width && strcmp(v->label[k], lw_name(names, t)) != 0)
			k++;
		if (k == v->width) {
			if (v->width == sizeof v->label / sizeof v->label[0])
				return false;
			v->label[v->width++] = lw_name(names, t);
		}
		v->truth[k] = t;
		place[t] = (uint32_t)k;
	}
	return true;
}

lurewatch_error
lw_evaluation_gather(struct lw_evaluation *v)
{
	const struct lw_corpus *c = v->corpus;
	uint32_t *place = calloc(c->label.n + 1, sizeof *place);
	lurewatch_error e = LUREWATCH_E_MEMORY;

	v->positive = calloc(c->n + 1, sizeof *v->positive);
	if (place != NULL && v->positive != NULL)
		e = line_up_labels(v, place) ? LUREWATCH_OK : LUREWATCH_E_ARGUMENT;
	if (e == LUREWATCH_OK && (v->confusion = calloc(v->width * v->width, sizeof *v->confusion)) == NULL)
		e = LUREWATCH_E_MEMORY;
	for (size_t i = 0; e == LUREWATCH_OK && i < c->n; i++) {
		uint32_t truth = place[c->row[i].label];

		if (!v->judged[i].judged)
			continue;
		v->positive[i] = v->label_flagged[truth];
		v->confusion[truth * v->width + v->judged[i].said]++;
	}
	free(place);
	return e;
}

lurewatch_error
lw_evaluate(const struct lw_corpus *c, const lurewatch *model, double threshold, unsigned threads,
    const struct lw_watcher *watcher, struct lw_evaluation *out)
{
	lurewatch_error e;

	*out = (struct lw_evaluation){ .corpus = c, .threshold = threshold >= 0 ? threshold : lurewatch_threshold(model),
		.width = lurewatch_labels(model) };
	for (size_t k = 0; k < out->width; k++) {
		out->label[k] = lurewatch_label(model, k);
		out->label_flagged[k] = lurewatch_label_flagged(model, k);
	}
	out->judged = calloc(c->n + 1, sizeof *out->judged);
	e = out->judged != NULL ? judge(out, model, threads, watcher) : LUREWATCH_E_MEMORY;
	if (e == LUREWATCH_OK)
		e = lw_evaluation_gather(out);
	if (e != LUREWATCH_OK)
		lw_evaluation_free(out);
	return e;
}

void
lw_evaluation_free(struct lw_evaluation *v)
{
	free(v->judged);
	free(v->positive);
	free(v->confusion);
	*v = (struct lw_evaluation){ 0 };
}

/* Groups held out are judged at thresholds of their own, so what was flagged is counted, not compared with one number. */
static void
count_flagged(const struct lw_evaluation *v, const uint32_t *key, uint32_t which, struct lw_metrics *out)
{
	double hit = 0, wrong = 0, positive = 0, negative = 0;

	for (size_t i = 0; i < v->corpus->n; i++) {
		if (!v->judged[i].judged || (key != NULL && key[i] != which))
			continue;
		positive += v->positive[i];
		negative += !v->positive[i];
		hit += v->positive[i] && v->judged[i].flagged;
		wrong += !v->positive[i] && v->judged[i].flagged;
	}
	out->precision = hit / (hit + wrong);
	out->recall = hit / positive;
	out->fpr = wrong / negative;
	out->f1 = 2 * hit / (hit + wrong + positive);
}

bool
lw_evaluation_metrics(const struct lw_evaluation *v, const uint32_t *key, uint32_t which, struct lw_metrics *out)
{
	struct lw_scored *s = malloc((v->corpus->n + 1) * sizeof *s);
	size_t n = 0;

	if (s == NULL)
		return false;
	for (size_t i = 0; i < v->corpus->n; i++)
		if (v->judged[i].judged && (key == NULL || key[i] == which))
			s[n++] = (struct lw_scored){ v->judged[i].risk, 1, v->positive[i] };
	lw_metrics_binary(s, n, v->threshold, out);
	if (v->held_out != NULL)
		count_flagged(v, key, which, out);
	free(s);
	return true;
}
