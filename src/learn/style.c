/*
 * style.c - can sources be told apart by their style alone?
 *
 * Within one label and one language, so that neither what is said nor its language gives the source away. A
 * bounded sample, one message a template, is cut in two; an SVM a source learns from each half and judges the other.
 * Only memory can fail.
 */
#include "learn/care.h"
#include "text/random.h"

#include <stdlib.h>
#include <string.h>

struct sample {
	const struct lw_lessons *lessons;
	const struct lw_train_options *options;
	uint32_t *order;                /* the lessons' rows, shuffled */
	uint32_t *row;                  /* rows of one label and language */
	size_t n;
	struct lw_corpus view;          /* the corpus with sources for labels */
	size_t *of_source;
};

/* Largest sources of the label and language that have enough: number[source], or LW_NO_NAME. */
static size_t
choose_sources(struct sample *s, uint32_t label, uint32_t lang, uint32_t *number)
{
	const struct lw_corpus *c = s->lessons->corpus;
	size_t n = 0;

	memset(s->of_source, 0, c->source.n * sizeof *s->of_source);
	for (size_t i = 0; i < s->lessons->n; i++) {
		const struct lw_row *row = &c->row[s->lessons->some[i]];

		if (row->label == label && row->lang == lang)
			s->of_source[row->source]++;
	}
	memset(number, 0xff, c->source.n * sizeof *number);
	while (n < LW_STYLE_SOURCES) {
		uint32_t best = LW_NO_NAME;

		for (uint32_t k = 0; k < c->source.n; k++)
			if (number[k] == LW_NO_NAME && s->of_source[k] >= LW_STYLE_LEAST &&
			    (best == LW_NO_NAME || s->of_source[k] > s->of_source[best]))
				best = k;
		if (best == LW_NO_NAME)
			break;
		number[best] = (uint32_t)n++;
	}
	return n;
}

/* One message a template, so many a source; their labels in the view are their sources' numbers. */
static void
take_rows(struct sample *s, uint32_t label, uint32_t lang, const uint32_t *number, bool *used)
{
	const struct lw_lessons *l = s->lessons;
	size_t taken[LW_STYLE_SOURCES] = { 0 };

	s->n = 0;
	for (size_t i = 0; i < l->n; i++) {
		uint32_t row = s->order[i], k;
		const struct lw_row *r = &l->corpus->row[row];

		if (r->label != label || r->lang != lang || (k = number[r->source]) == LW_NO_NAME ||
		    taken[k] >= LW_STYLE_MOST || used[l->group[row]])
			continue;
		used[l->group[row]] = true;
		taken[k]++;
		s->view.row[row].label = k;
		s->row[s->n++] = row;
	}
	for (size_t i = 0; i < s->n; i++)
		used[l->group[s->row[i]]] = false;
}

/* How many of rows `from` to `to` an SVM that learned from the others assigns to their source. */
static lurewatch_error
judge_half(const struct sample *s, size_t from, size_t to, size_t *right)
{
	const struct lw_matrix *m = &s->lessons->matrix;
	struct lw_expert_options options = { .solver = &lw_solver_liblinear, .solving = { .tolerance = 0.1,
		.seed = s->options->seed, .threads = s->options->threads, .memory = s->options->memory }, .cost = s->options->cost,
		.least = s->options->least, .block_weight = s->options->settings->weight };
	struct lw_expert x;
	size_t others = from == 0 ? to : 0, n = from == 0 ? s->n - to : from;
	lurewatch_error e = lw_expert_fit(&s->view, m, s->row + others, NULL, n, &options, &x);

	if (e != LUREWATCH_OK)
		return e;
	for (size_t i = from; i < to; i++) {
		double margin[LW_LABELS_MAX + 1];
		uint32_t best = 0;

		lw_expert_margins(&x, m, s->row[i], margin);
		for (uint32_t k = 1; k < x.outputs; k++)
			best = margin[k] > margin[best] ? k : best;
		*right += best == s->view.row[s->row[i]].label;
	}
	lw_expert_free(&x);
	return LUREWATCH_OK;
}

static lurewatch_error
look_at(struct sample *s, size_t sources, size_t *right, size_t *largest)
{
	size_t of[LW_STYLE_SOURCES] = { 0 }, most = 0;
	lurewatch_error e;

	/* the view has so many labels: their names do not matter */
	s->view.label.n = sources;
	for (size_t i = 0; i < s->n; i++) {
		size_t k = ++of[s->view.row[s->row[i]].label];

		most = k > most ? k : most;
	}
	*largest += most;
	e = judge_half(s, 0, s->n / 2, right);
	return e == LUREWATCH_OK ? judge_half(s, s->n / 2, s->n, right) : e;
}

static lurewatch_error
look_at_label(struct sample *s, uint32_t label, uint32_t *number, bool *used, struct lw_care *care)
{
	struct lw_style style = { .label = label };
	size_t right = 0, largest = 0, langs = s->lessons->corpus->lang.n;

	for (size_t k = 0; k <= langs; k++) {
		uint32_t lang = k < langs ? (uint32_t)k : LW_NO_NAME;
		size_t sources = choose_sources(s, label, lang, number);
		lurewatch_error e;

		if (sources < 2)
			continue;
		take_rows(s, label, lang, number, used);
		if (s->n < 4)
			continue;
		if ((e = look_at(s, sources, &right, &largest)) != LUREWATCH_OK)
			return e;
		style.n += s->n;
		style.sources += sources;
	}
	if (style.n == 0)
		return LUREWATCH_OK;
	style.accuracy = (double)right / (double)style.n;
	style.chance = (double)largest / (double)style.n;
	care->style[care->styles++] = style;
	return LUREWATCH_OK;
}

lurewatch_error
lw_style_look(const struct lw_lessons *l, const struct lw_train_options *o, struct lw_care *care)
{
	const struct lw_corpus *c = l->corpus;
	struct sample s = { .lessons = l, .options = o, .view = *c };
	uint32_t *number = malloc((c->source.n + 1) * sizeof *number);
	bool *used = calloc(c->n + 1, sizeof *used);
	struct lw_random random;
	lurewatch_error e = LUREWATCH_E_MEMORY;

	s.order = malloc((l->n + 1) * sizeof *s.order);
	s.row = malloc((l->n + 1) * sizeof *s.row);
	s.view.row = malloc((c->n + 1) * sizeof *s.view.row);
	s.of_source = malloc((c->source.n + 1) * sizeof *s.of_source);
	if (number != NULL && used != NULL && s.order != NULL && s.row != NULL && s.view.row != NULL && s.of_source != NULL) {
		memcpy(s.order, l->some, l->n * sizeof *s.order);
		memcpy(s.view.row, c->row, c->n * sizeof *c->row);
		lw_random_seed(&random, o->seed);
		lw_random_shuffle(&random, s.order, l->n);
		e = LUREWATCH_OK;
	}
	for (uint32_t k = 0; k < c->label.n && e == LUREWATCH_OK; k++) {
		lw_watch(o->watcher, "comparing sources", (double)k / (double)c->label.n);
		e = look_at_label(&s, k, number, used, care);
	}
	free(number);
	free(used);
	free(s.order);
	free(s.row);
	free(s.view.row);
	free(s.of_source);
	return e;
}
