/*
 * record.c - a trained model to its file, with a record of how it came to be
 *
 * The record is one JSON object without a date of the run, so that the same corpus and seed give the same
 * bytes; SOURCE_DATE_EPOCH, read by the tool, may add one. Only memory and the file can fail.
 */
#include "learn/care.h"
#include "learn/past.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *
number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *
corpora(const struct lw_corpus *c, const char *path)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->files; i++) {
		const struct lw_corpus_file *f = &c->file[i];
		struct lw_buffer file = { 0 };
		char digest[33];

		lw_digest_hex(f->digest, digest);
		if (lw_past_name(f->argument, path, &file))
			json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:b, s:b, s:s, s:s}", "file", file.at, "rows",
			    (json_int_t)f->rows, "unreadable", (json_int_t)f->unreadable, "core", (int)f->core, "feedback",
			    (int)f->feedback, "split", lw_split_name(f->split), "xxh3_128", digest));
		lw_buffer_free(&file);
	}
	return list;
}

static json_t *
fits(const struct lw_lessons *l, const struct lw_trained *t)
{
	json_t *list = json_array();

	for (uint32_t x = 0; x < l->experts; x++)
		for (uint32_t k = 0; k < t->expert[x].outputs; k++) {
			const struct lw_solution *s = &t->expert[x].solution[k];

			json_array_append_new(list, json_pack("{s:i, s:s, s:I, s:I, s:I, s:i, s:o, s:o, s:o}", "expert", (int)x, "label",
			    k < l->corpus->label.n ? lw_name(&l->corpus->label, k) : "gate", "rows", (json_int_t)t->expert[x].rows, "support", (json_int_t)s->support,
			    "working_set", (json_int_t)s->working, "rounds", (int)s->rounds, "primal", number(s->primal), "dual",
			    number(s->dual), "kkt_violation", number(s->violation)));
		}
	return list;
}

static json_t *
metrics(const struct lw_metrics *m)
{
	return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "n", (json_int_t)m->n, "positives",
	    (json_int_t)m->positives, "auc", number(m->auc), "average_precision", number(m->average_precision), "recall",
	    number(m->recall), "fpr", number(m->fpr), "precision", number(m->precision), "f1", number(m->f1), "ece",
	    number(m->ece));
}

static json_t *
labels(const struct lw_lessons *l)
{
	json_t *list = json_array();

	for (uint32_t k = 0; k < l->corpus->label.n; k++)
		json_array_append_new(list, json_pack("{s:s, s:I, s:b}", "label", lw_name(&l->corpus->label, k), "rows",
		    (json_int_t)lw_corpus_count(l->corpus, k), "flagged", (int)l->flagged[k]));
	return list;
}

/* Costs that were tried; null when there was no choice. */
static json_t *
grid(const struct lw_grid *g)
{
	json_t *list = g->n > 0 ? json_array() : json_null();

	for (size_t i = 0; i < g->n; i++)
		json_array_append_new(list, json_pack("{s:f, s:o}", "cost", g->cost[i], "average_precision",
		    number(g->average_precision[i])));
	return list;
}

static char *
record_of(const struct lw_lessons *l, const struct lw_train_options *o, const struct lw_trained *t,
    const struct lw_care *care, const char *path)
{
	json_t *r = json_pack("{s:s, s:s, s:I, s:f, s:f, s:f, s:f, s:i, s:i, s:I, s:i, s:I, s:I, s:f, s:I, s:o, s:o, s:o, s:o, s:o}", "version",
	    LUREWATCH_VERSION, "solver", t->solver->name, "rows", (json_int_t)l->n, "cost", o->cost, "balance", o->balance,
	    "prior", o->prior, "core_share", o->core_share, "hold_out", (int)o->hold_out,
	    "folds", (int)o->folds, "seed", (json_int_t)o->seed, "least", (int)o->least, "per_source",
	    (json_int_t)o->per_source, "per_group", (json_int_t)o->per_group, "target_fpr", o->target_fpr, "experts",
	    (json_int_t)l->experts, "labels", labels(l), "out_of_fold", metrics(&t->metrics), "fits", fits(l, t), "corpora",
	    corpora(l->corpus, path),
	    "grid", grid(&o->grid));
	bool done = r != NULL && (care == NULL || json_object_set_new(r, "care", lw_care_json(care, l->corpus)) == 0);
	char *text = done ? json_dumps(r, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;

	json_decref(r);
	return text;
}

/* Weights and biases of all experts, row-major by slot. */
static void
lay_out(const struct lw_lessons *l, const struct lw_trained *t, float *weight, uint8_t *rarity, double *bias)
{
	size_t labels = l->corpus->label.n, rows = l->width;

	for (uint32_t x = 0; x < l->experts; x++) {
		const struct lw_expert *expert = &t->expert[x];

		for (uint32_t k = 0; k < expert->outputs; k++)
			bias[k < labels ? x * labels + k : rows - 1] = expert->solution[k].bias;
		for (uint32_t s = 0; s < l->matrix.dimension; s++) {
			uint32_t column = expert->known.column[s];

			if (column == LW_UNKNOWN)
				continue;
			rarity[(size_t)s * l->experts + x] = expert->known.rarity[column];
			for (uint32_t k = 0; k < expert->outputs; k++)
				weight[s * rows + (k < labels ? x * labels + k : rows - 1)] = (float)expert->known.rarity[column] * expert->solution[k].w[column];
		}
	}
}

lurewatch_error
lw_train_write(const struct lw_lessons *l, const struct lw_train_options *o, const struct lw_trained *t,
    const struct lw_care *care, const char *path)
{
	uint32_t labels = (uint32_t)l->corpus->label.n, rows = (uint32_t)l->width, dimension = l->matrix.dimension;
	const char *name[LW_LABELS_MAX];
	float *weight = calloc((size_t)dimension * rows + 1, sizeof *weight);
	uint8_t *rarity = calloc((size_t)dimension * l->experts + 1, 1);
	double bias[LW_ROWS_MAX];
	char *record = record_of(l, o, t, care, path);
	lurewatch_error e = LUREWATCH_E_MEMORY;

	for (uint32_t k = 0; k < labels; k++)
		name[k] = lw_name(&l->corpus->label, k);
	if (weight != NULL && rarity != NULL && record != NULL) {
		lay_out(l, t, weight, rarity, bias);
		e = lw_model_write(path, &(struct lw_model_parts){ .settings = *o->settings, .vocabulary = o->vocabulary_bytes,
			.experts = l->experts, .labels = labels, .label = name, .flagged = l->flagged, .dimension = dimension,
			.weight = weight, .rarity = rarity, .bias = bias, .calibration = t->calibration,
			.threshold = t->threshold, .record = record });
	}
	free(weight);
	free(rarity);
	free(record);
	return e;
}
