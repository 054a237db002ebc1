/*
 * findings_json.c - findings as one JSON object
 *
 * Every figure keeps its place; the 95 % intervals stand beside them, in "interval_95" of the same object.
 */
#include "learn/figures_out.h"

#include <math.h>
#include <stdlib.h>

json_t *
lw_json_number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

json_t *
lw_json_interval(const struct lw_estimate *e)
{
	return isfinite(e->low) ? json_pack("[f, f]", e->low, e->high) : json_null();
}

/* A figure into its object, its interval into the object's interval_95 (NULL: none are wanted). */
static void
set(json_t *object, json_t *intervals, const char *name, const struct lw_estimate *e)
{
	json_object_set_new(object, name, lw_json_number(e->is));
	if (intervals != NULL)
		json_object_set_new(intervals, name, lw_json_interval(e));
}

static json_t *
intervals_of(const struct lw_findings *s)
{
	return s->resamples > 0 ? json_object() : NULL;
}

static json_t *
figures(const struct lw_findings *s, const struct lw_figures *f, bool overall)
{
	json_t *all = json_pack("{s:I, s:I}", "n", (json_int_t)f->n, "positives", (json_int_t)f->positives);
	json_t *intervals = intervals_of(s);

	for (int i = 0; i < LW_FIGURES; i++)
		set(all, intervals, lw_figure[i].name, &f->at[i]);
	if (overall) {
		set(all, intervals, "accuracy", &s->accuracy);
		set(all, intervals, "macro_f1", &s->macro_f1);
	}
	if (intervals != NULL) {
		json_object_set_new(all, "groups", json_integer((json_int_t)f->groups));
		json_object_set_new(all, "interval_95", intervals);
	}
	return all;
}

static json_t *
view(const struct lw_findings *s, enum lw_by by)
{
	json_t *all = json_object();

	for (size_t i = 0; i < s->view[by].n; i++)
		json_object_set_new(all, s->view[by].part[i].name, figures(s, &s->view[by].part[i].figures, false));
	return all;
}

static json_t *
labels(const struct lw_findings *s)
{
	json_t *all = json_object();

	for (size_t k = 0; k < s->of->width; k++) {
		const struct lw_label_figures *l = &s->label[k];
		json_t *one, *intervals = NULL;

		if (s->of->truth[k] == LW_NO_NAME)
			continue;
		one = json_pack("{s:I}", "n", (json_int_t)l->n);
		intervals = intervals_of(s);
		set(one, intervals, "precision", &l->precision);
		set(one, intervals, "recall", &l->recall);
		set(one, intervals, "f1", &l->f1);
		set(one, intervals, "flagged", &l->flagged);
		if (intervals != NULL)
			json_object_set_new(one, "interval_95", intervals);
		json_object_set_new(all, s->of->label[k], one);
	}
	return all;
}

static json_t *
confusion(const struct lw_evaluation *v)
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
label_names(const struct lw_evaluation *v)
{
	json_t *names = json_array();

	for (size_t k = 0; k < v->width; k++)
		json_array_append_new(names, json_string(v->label[k]));
	return names;
}

json_t *
lw_json_findings(const struct lw_findings *s)
{
	const struct lw_evaluation *v = s->of;
	json_t *all = json_object();

	json_object_set_new(all, "overall", figures(s, &s->overall, true));
	for (int by = 0; by < LW_VIEWS; by++)
		json_object_set_new(all, lw_view[by].name, view(s, by));
	json_object_set_new(all, "by_label", labels(s));
	json_object_set_new(all, "labels", label_names(v));
	json_object_set_new(all, "confusion", confusion(v));
	json_object_set_new(all, "threshold", lw_json_number(v->threshold));
	json_object_set_new(all, "resamples", json_integer(s->resamples));
	if (v->held_out != NULL)
		json_object_set_new(all, "held_out", json_string(v->held_out));
	return all;
}

char *
lw_findings_json(const struct lw_findings *s)
{
	json_t *all = lw_json_findings(s);
	char *text = json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(6));

	json_decref(all);
	return text;
}
