/* evaluate_out.c - an evaluation as JSON for programs and as tables for people; NULL when memory is gone */
#include "learn/evaluate.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TIDY_ROWS = 60 };        /* groups shown in a table of the text */

/* The ways rows are grouped; `of` gives a row's group. */
struct view {
	const char *name, *title;
	const struct lw_names *(*names)(const struct lw_corpus *);
	uint32_t (*of)(const struct lw_row *);
};

static json_t *
number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *
binary(const struct lw_metrics *m)
{
	return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "n", (json_int_t)m->n, "positives",
	    (json_int_t)m->positives, "auc", number(m->auc), "average_precision", number(m->average_precision), "precision",
	    number(m->precision), "recall", number(m->recall), "f1", number(m->f1), "fpr", number(m->fpr),
	    "recall_at_fpr_0.03", number(m->recall_at[LW_RECALL_3]), "recall_at_fpr_0.01", number(m->recall_at[LW_RECALL_1]),
	    "recall_at_fpr_0.005", number(m->recall_at[LW_RECALL_05]), "recall_at_fpr_0.001",
	    number(m->recall_at[LW_RECALL_01]), "ece", number(m->ece));
}

static const struct lw_names *
sources(const struct lw_corpus *c)
{
	return &c->source;
}

static const struct lw_names *
langs(const struct lw_corpus *c)
{
	return &c->lang;
}

static const struct lw_names *
families(const struct lw_corpus *c)
{
	return &c->family;
}

static uint32_t
source_of(const struct lw_row *r)
{
	return r->source;
}

static uint32_t
lang_of(const struct lw_row *r)
{
	return r->lang;
}

static uint32_t
family_of(const struct lw_row *r)
{
	return r->family;
}

enum { VIEWS = 3 };
static const struct view views[VIEWS] = {
	{ "by_source", "source", sources, source_of },
	{ "by_lang", "language", langs, lang_of },
	{ "by_family", "family", families, family_of },
};

static uint32_t *
keys_of(const struct lw_evaluation *v, const struct view *view)
{
	uint32_t *key = malloc((v->corpus->n + 1) * sizeof *key);

	for (size_t i = 0; key != NULL && i < v->corpus->n; i++)
		key[i] = view->of(&v->corpus->row[i]);
	return key;
}

/* ---- JSON ---- */

static json_t *
json_view(const struct lw_evaluation *v, const struct view *view)
{
	const struct lw_names *names = view->names(v->corpus);
	uint32_t *key = keys_of(v, view);
	json_t *all = json_object();

	for (uint32_t k = 0; key != NULL && k < names->n; k++) {
		struct lw_metrics m;

		if (lw_evaluation_metrics(v, key, k, &m) && m.n > 0)
			json_object_set_new(all, lw_name(names, k), binary(&m));
	}
	free(key);
	return all;
}

static uint64_t
flagged_of(const struct lw_evaluation *v, uint32_t label)
{
	uint64_t n = 0;

	for (size_t i = 0; i < v->corpus->n; i++)
		n += v->corpus->row[i].label == label && v->judged[i].judged && v->judged[i].flagged;
	return n;
}

static json_t *
json_labels(const struct lw_evaluation *v)
{
	json_t *all = json_object();

	for (size_t k = 0; k < v->width; k++) {
		struct lw_class_metrics m;

		if (v->truth[k] == LW_NO_NAME)
			continue;
		lw_metrics_class(v->confusion, v->width, k, &m);
		json_object_set_new(all, v->label[k], json_pack("{s:I, s:o, s:o, s:o, s:o}", "n", (json_int_t)m.truth, "precision",
		    number(m.precision), "recall", number(m.recall), "f1", number(m.f1), "flagged",
		    number(m.truth > 0 ? (double)flagged_of(v, v->truth[k]) / (double)m.truth : NAN)));
	}
	return all;
}

static json_t *
json_confusion(const struct lw_evaluation *v)
{
	json_t *rows = json_array();

	for (size_t t = 0; t < v->width; t++) {
		json_t *row = json_array();

		for (size_t s = 0; s < v->width; s++)
			json_array_append_new(row, json_integer((json_int_t)v->confusion[t * v->width + s]));
		json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *
json_label_names(const struct lw_evaluation *v)
{
	json_t *names = json_array();

	for (size_t k = 0; k < v->width; k++)
		json_array_append_new(names, json_string(v->label[k]));
	return names;
}

char *
lw_evaluation_json(const struct lw_evaluation *v)
{
	struct lw_metrics m;
	json_t *all = json_object(), *overall;
	char *text;

	if (!lw_evaluation_metrics(v, NULL, 0, &m))
		return NULL;
	overall = binary(&m);
	json_object_set_new(overall, "accuracy", number(lw_metrics_accuracy(v->confusion, v->width)));
	json_object_set_new(overall, "macro_f1", number(lw_metrics_macro_f1(v->confusion, v->width)));
	json_object_set_new(all, "overall", overall);
	for (int i = 0; i < VIEWS; i++)
		json_object_set_new(all, views[i].name, json_view(v, &views[i]));
	json_object_set_new(all, "by_label", json_labels(v));
	json_object_set_new(all, "labels", json_label_names(v));
	json_object_set_new(all, "confusion", json_confusion(v));
	json_object_set_new(all, "threshold", number(v->threshold));
	if (v->held_out != NULL)
		json_object_set_new(all, "held_out", json_string(v->held_out));
	text = json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
	json_decref(all);
	return text;
}

/* ---- text ---- */

static bool
put_figure(struct lw_buffer *b, double x)
{
	return isfinite(x) ? lw_buffer_addf(b, "  %7.4f", x) : lw_buffer_addf(b, "  %7s", "-");
}

static bool
put_line(struct lw_buffer *b, const char *name, const struct lw_metrics *m)
{
	return lw_buffer_addf(b, "%-24.24s %7zu %7zu", name, m->n, m->positives) && put_figure(b, m->auc) &&
	    put_figure(b, m->recall) && put_figure(b, m->fpr) && put_figure(b, m->recall_at[LW_RECALL_1]) &&
	    put_figure(b, m->ece) && lw_buffer_addf(b, "\n");
}

static bool
put_view(struct lw_buffer *b, const struct lw_evaluation *v, const struct view *view)
{
	const struct lw_names *names = view->names(v->corpus);
	uint32_t *key = keys_of(v, view);
	bool done = key != NULL;

	if (names->n > 0)
		done = done && lw_buffer_addf(b, "\n%-24s %7s %7s  %7s  %7s  %7s  %7s  %7s\n", view->title, "n", "flagged", "AUC",
		    "recall", "FPR", "rec@1%", "ECE");
	for (uint32_t k = 0; done && k < names->n && k < TIDY_ROWS; k++) {
		struct lw_metrics m;

		done = lw_evaluation_metrics(v, key, k, &m) && (m.n == 0 || put_line(b, lw_name(names, k), &m));
	}
	if (done && names->n > TIDY_ROWS)
		done = lw_buffer_addf(b, "... and %zu more (-o json has all)\n", names->n - TIDY_ROWS);
	free(key);
	return done;
}

static bool
put_confusion(struct lw_buffer *b, const struct lw_evaluation *v)
{
	bool done = lw_buffer_addf(b, "\n%-16s %8s  %8s", "truth \\ said", "n", "flagged");

	for (size_t s = 0; done && s < v->width; s++)
		done = lw_buffer_addf(b, "  %12.12s", v->label[s]);
	done = done && lw_buffer_addf(b, "\n");
	for (size_t t = 0; done && t < v->width; t++) {
		struct lw_class_metrics m;

		if (v->truth[t] == LW_NO_NAME)
			continue;
		lw_metrics_class(v->confusion, v->width, t, &m);
		done = lw_buffer_addf(b, "%-16.16s %8llu  %7.2f%%", v->label[t], (unsigned long long)m.truth,
		    m.truth > 0 ? 100.0 * (double)flagged_of(v, v->truth[t]) / (double)m.truth : 0);
		for (size_t s = 0; done && s < v->width; s++)
			done = lw_buffer_addf(b, "  %12llu", (unsigned long long)v->confusion[t * v->width + s]);
		done = done && lw_buffer_addf(b, "\n");
	}
	return done;
}

static bool
put_overall(struct lw_buffer *b, const struct lw_evaluation *v)
{
	struct lw_metrics m;

	if (!lw_evaluation_metrics(v, NULL, 0, &m))
		return false;
	if (v->held_out != NULL && !lw_buffer_addf(b, "each %s judged by experts that never saw it\n", v->held_out))
		return false;
	return lw_buffer_addf(b, "%zu messages, %zu of them to be flagged; threshold %.4f\n\n"
	    "AUC %.4f   average precision %.4f   ECE %.4f\n"
	    "at the threshold: precision %.4f   recall %.4f   F1 %.4f   false positives %.4f\n"
	    "recall at 3 %% false positives %.4f, at 1 %% %.4f, at 0.5 %% %.4f, at 0.1 %% %.4f\n"
	    "labels: accuracy %.4f   macro F1 %.4f\n", m.n, m.positives, v->threshold, m.auc, m.average_precision, m.ece,
	    m.precision, m.recall, m.f1, m.fpr, m.recall_at[LW_RECALL_3], m.recall_at[LW_RECALL_1], m.recall_at[LW_RECALL_05],
	    m.recall_at[LW_RECALL_01], lw_metrics_accuracy(v->confusion, v->width), lw_metrics_macro_f1(v->confusion, v->width));
}

char *
lw_evaluation_text(const struct lw_evaluation *v)
{
	struct lw_buffer b = { 0 };
	bool done = put_overall(&b, v) && put_confusion(&b, v);

	for (int i = 0; done && i < VIEWS; i++)
		done = put_view(&b, v, &views[i]);
	if (!done || !lw_buffer_add(&b, "", 1)) {
		lw_buffer_free(&b);
		return NULL;
	}
	return b.at;
}
