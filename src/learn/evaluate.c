/* evaluate.c - judging a corpus, on several threads, and gathering the figures; only memory can fail */
#include "learn/evaluate.h"
#include "learn/parallel.h"
#include "text/random.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

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

struct copy {
	uint64_t key;
	uint32_t row;
};

static int
by_key(const void *a, const void *b)
{
	const struct copy *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->row < y->row ? -1 : 1;
}

/* group[i]: the first row with the same `group` field, or without one with the same bytes. */
static bool
find_copies(const struct lw_corpus *c, uint32_t *group)
{
	struct copy *copy = malloc((c->n + 1) * sizeof *copy);

	if (copy == NULL)
		return false;
	for (size_t i = 0; i < c->n; i++) {
		const struct lw_row *r = &c->row[i];

		copy[i].key = r->group != LW_NO_NAME ? lw_mix(r->group) : XXH3_64bits(c->text.at + r->at, r->len);
		copy[i].row = (uint32_t)i;
	}
	qsort(copy, c->n, sizeof *copy, by_key);
	for (size_t i = 0; i < c->n; i++)
		group[copy[i].row] = i > 0 && copy[i].key == copy[i - 1].key ? group[copy[i - 1].row] : copy[i].row;
	free(copy);
	return true;
}

static bool
take_groups(struct lw_evaluation *v, const uint32_t *group)
{
	v->group = malloc((v->corpus->n + 1) * sizeof *v->group);
	if (v->group == NULL)
		return false;
	if (group == NULL)
		return find_copies(v->corpus, v->group);
	memcpy(v->group, group, v->corpus->n * sizeof *group);
	return true;
}

lurewatch_error
lw_evaluation_gather(struct lw_evaluation *v, const uint32_t *group)
{
	const struct lw_corpus *c = v->corpus;
	uint32_t *place = calloc(c->label.n + 1, sizeof *place);
	lurewatch_error e = LUREWATCH_E_MEMORY;

	v->positive = calloc(c->n + 1, sizeof *v->positive);
	if (place != NULL && v->positive != NULL && take_groups(v, group))
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
		e = lw_evaluation_gather(out, NULL);
	if (e != LUREWATCH_OK)
		lw_evaluation_free(out);
	return e;
}

void
lw_evaluation_free(struct lw_evaluation *v)
{
	free(v->judged);
	free(v->positive);
	free(v->group);
	free(v->confusion);
	*v = (struct lw_evaluation){ 0 };
}

struct lw_scored *
lw_evaluation_scores(const struct lw_evaluation *v, const uint32_t *key, uint32_t which, size_t *n)
{
	size_t all = 0;
	struct lw_scored *s;

	for (size_t i = 0; i < v->corpus->n; i++)
		all += v->judged[i].judged && (key == NULL || key[i] == which);
	s = malloc((all + 1) * sizeof *s);
	*n = 0;
	for (size_t i = 0; s != NULL && i < v->corpus->n; i++)
		if (v->judged[i].judged && (key == NULL || key[i] == which))
			s[(*n)++] = (struct lw_scored){ v->judged[i].risk, 1, v->positive[i], v->judged[i].flagged, v->group[i] };
	if (s != NULL)
		lw_metrics_sort(s, *n);
	return s;
}

bool
lw_evaluation_metrics(const struct lw_evaluation *v, const uint32_t *key, uint32_t which, struct lw_metrics *out)
{
	size_t n;
	struct lw_scored *s = lw_evaluation_scores(v, key, which, &n);

	if (s == NULL)
		return false;
	lw_metrics_sorted(s, n, out);
	free(s);
	return true;
}
