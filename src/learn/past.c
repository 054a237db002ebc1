/* past.c - corpora and options of a training record */
#include "learn/past.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
lw_digest_hex(const uint64_t digest[2], char out[33])
{
	snprintf(out, 33, "%016llx%016llx", (unsigned long long)digest[0], (unsigned long long)digest[1]);
}

/* ---- paths ---- */

/* The folder of a path, whether or not the file is there; NULL when the folder is not. To be freed. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
	char *real = folder != NULL ? realpath(folder, NULL) : NULL;

	free(folder);
	return real;
}

/* From one absolute path to another. */
static bool
add_relative(struct lw_buffer *b, const char *folder, const char *file)
{
	size_t same = 0;

	/* whole names that both begin with */
	for (size_t i = 0;; i++) {
		bool ends = (folder[i] == '/' || folder[i] == '\0') && file[i] == '/';

		same = ends ? i + 1 : same;
		if (folder[i] == '\0' || folder[i] != file[i])
			break;
	}
	/* a step up for every name left of the folder */
	for (const char *p = same < strlen(folder) ? folder + same - 1 : NULL; p != NULL; p = strchr(p + 1, '/'))
		if (!lw_buffer_add_text(b, "../"))
			return false;
	return lw_buffer_add_text(b, file + same);
}

bool
lw_past_name(const char *argument, const char *model_path, struct lw_buffer *out)
{
	size_t label = lw_corpus_label_length(argument), skip = label > 0 ? label + 1 : 0;
	char *folder = folder_of(model_path), *file = realpath(argument + skip, NULL);
	bool done = lw_buffer_add(out, argument, skip);

	done = done && (folder != NULL && file != NULL ? add_relative(out, folder, file) : lw_buffer_add_text(out, argument + skip));
	free(folder);
	free(file);
	return done && lw_buffer_add(out, "", 1);
}

/* [LABEL=]PATH as recorded, as it can be opened: from the model's folder, else from here. NULL: neither, or no memory. */
static char *
locate(const char *recorded, const char *model_path)
{
	size_t label = lw_corpus_label_length(recorded), skip = label > 0 ? label + 1 : 0;
	const char *slash = strrchr(model_path, '/');
	struct lw_buffer b = { 0 };

	if (!lw_buffer_add(&b, recorded, skip) || !lw_buffer_add(&b, model_path, slash != NULL ? (size_t)(slash - model_path) + 1 : 0) ||
	    !lw_buffer_add_text(&b, recorded + skip) || !lw_buffer_add(&b, "", 1))
		b.len = 0;
	if (b.len > 0 && recorded[skip] != '/' && access(b.at + skip, F_OK) == 0)
		return b.at;
	lw_buffer_free(&b);
	return access(recorded + skip, F_OK) == 0 ? strdup(recorded) : NULL;
}

/* ---- corpora ---- */

static const char *
string_in(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

static lurewatch_error
read_corpora(const json_t *list, const char *model_path, struct lw_past *out, struct lw_buffer *why)
{
	lurewatch_error e = LUREWATCH_OK;
	size_t i;
	json_t *o;

	out->corpus = calloc(json_array_size(list) + 1, sizeof *out->corpus);
	if (out->corpus == NULL)
		return LUREWATCH_E_MEMORY;
	json_array_foreach(list, i, o) {
		struct lw_past_corpus *c = &out->corpus[out->n++];
		const char *file = string_in(o, "file");

		c->argument = locate(file, model_path);
		c->rows = (size_t)json_integer_value(json_object_get(o, "rows"));
		c->core = json_is_true(json_object_get(o, "core"));
		c->feedback = json_is_true(json_object_get(o, "feedback"));
		if (!lw_split_named(string_in(o, "split"), &c->split))
			c->split = LW_SPLIT_TRAIN;
		snprintf(c->digest, sizeof c->digest, "%s", string_in(o, "xxh3_128"));
		if (c->argument != NULL)
			continue;
		e = LUREWATCH_E_IO;
		lw_buffer_addf(why, "%s%s", why->len > 0 ? ", " : "it learned from corpora that are not there any more: ", file);
	}
	return e;
}

lurewatch_error
lw_past_read(const lurewatch *m, const char *model_path, struct lw_past *out, struct lw_buffer *why)
{
	json_t *record = json_loads(lurewatch_record(m), 0, NULL), *list = json_object_get(record, "corpora");
	lurewatch_error e;

	*out = (struct lw_past){ 0 };
	if (json_array_size(list) == 0) {
		json_decref(record);
		return lw_buffer_addf(why, "its record names no corpora to begin from") ? LUREWATCH_E_ARGUMENT : LUREWATCH_E_MEMORY;
	}
	for (size_t k = 0; k < lurewatch_labels(m); k++)
		if (lurewatch_label_flagged(m, k))
			out->flag[out->flags++] = lurewatch_label(m, k);
	e = read_corpora(list, model_path, out, why);
	json_decref(record);
	if (e != LUREWATCH_OK)
		lw_past_free(out);
	return e;
}

void
lw_past_free(struct lw_past *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->corpus[i].argument);
	free(p->corpus);
	*p = (struct lw_past){ 0 };
}

bool
lw_past_same(const struct lw_past_corpus *then, const struct lw_corpus_file *now, struct lw_buffer *why)
{
	char digest[33];

	lw_digest_hex(now->digest, digest);
	if (strcmp(digest, then->digest) == 0)
		return true;
	lw_buffer_addf(why, "it is not as the model saw it: %zu messages then, %zu now", then->rows, now->rows);
	return false;
}

/* ---- options ---- */

static void
real_in(const json_t *o, const char *key, double *to)
{
	const json_t *v = json_object_get(o, key);

	if (json_is_number(v))
		*to = json_number_value(v);
}

static void
count_in(const json_t *o, const char *key, size_t *to)
{
	const json_t *v = json_object_get(o, key);

	if (json_is_integer(v) && json_integer_value(v) >= 0)
		*to = (size_t)json_integer_value(v);
}

void
lw_past_options(const struct lw_past *p, const lurewatch *m, struct lw_train_options *o)
{
	json_t *r = json_loads(lurewatch_record(m), 0, NULL);
	size_t folds = o->folds, least = o->least, seed = (size_t)o->seed, hold_out = o->hold_out;

	o->flag = p->flag;
	o->flags = p->flags;
	o->solver = lw_solver_named(string_in(r, "solver"));
	real_in(r, "cost", &o->cost);
	real_in(r, "balance", &o->balance);
	real_in(r, "prior", &o->prior);
	real_in(r, "core_share", &o->core_share);
	real_in(r, "target_fpr", &o->target_fpr);
	count_in(r, "per_source", &o->per_source);
	count_in(r, "per_group", &o->per_group);
	count_in(r, "folds", &folds);
	count_in(r, "least", &least);
	count_in(r, "seed", &seed);
	count_in(r, "hold_out", &hold_out);
	o->folds = folds >= 2 && folds <= 100 ? (unsigned)folds : o->folds;
	o->least = least >= 1 && least <= 1000 ? (unsigned)least : o->least;
	o->seed = seed;
	o->hold_out = hold_out == LW_HOLD_SOURCES ? LW_HOLD_SOURCES : LW_HOLD_RANDOM;
	json_decref(r);
}
