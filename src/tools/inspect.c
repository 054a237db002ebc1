/* inspect.c - models in words; a model or corpus that cannot be read and a full disk are said on stderr */
#include "tools/inspect.h"
#include "learn/inside.h"
#include "write/write.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STRONGEST = 10, MOVED = 12, WIDTH = 110 };

struct opened {
	lurewatch *model;
	struct lw_inside inside;
	json_t *record;
};

static bool
open_model(const struct lw_training *a, const char *path, struct opened *o)
{
	lurewatch_error e;

	*o = (struct opened){ 0 };
	e = lurewatch_open(path, &o->model);
	if (e != LUREWATCH_OK)
		return lw_training_fail(a, path, e == LUREWATCH_E_IO ? strerror(errno) : lurewatch_strerror(e));
	e = lw_inside_open(o->model, &o->inside);
	o->record = json_loads(lurewatch_record(o->model), 0, NULL);
	return e == LUREWATCH_OK || lw_training_fail(a, path, lurewatch_strerror(e));
}

static void
close_model(struct opened *o)
{
	json_decref(o->record);
	lw_inside_close(&o->inside);
	lurewatch_close(o->model);
}

static bool
printed(const struct lw_training *a)
{
	return (fflush(stdout) == 0 && ferror(stdout) == 0) || lw_training_fail(a, "standard output", strerror(errno));
}

/* ---- the record, whatever is in it ---- */

static void
print_scalar(const json_t *v)
{
	if (json_is_string(v))
		printf("%s", json_string_value(v));
	else if (json_is_integer(v))
		printf("%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		printf("%g", json_real_value(v));
	else
		printf("%s", json_is_true(v) ? "yes" : json_is_false(v) ? "no" : "-");
}

static void
print_members(const json_t *o)
{
	const char *key, *separator = "";
	json_t *v;

	json_object_foreach((json_t *)o, key, v) {
		if (json_is_array(v))
			continue;
		printf("%s%s ", separator, key);
		if (json_is_object(v))
			print_members(v);
		else
			print_scalar(v);
		separator = ", ";
	}
}

/* A line a member; of a list, a line an element. */
static void
print_record(const json_t *record)
{
	const char *key;
	json_t *v, *element;
	size_t i;

	json_object_foreach((json_t *)record, key, v) {
		if (json_is_array(v))
			continue;
		printf("%-14s ", key);
		if (json_is_object(v))
			print_members(v);
		else
			print_scalar(v);
		putchar('\n');
	}
	json_object_foreach((json_t *)record, key, v)
		json_array_foreach(v, i, element) {
			printf("%-14s ", i == 0 ? key : "");
			print_members(element);
			putchar('\n');
		}
}

/* ---- what the file itself holds ---- */

static void
print_model(const struct opened *o, const char *path)
{
	const struct lw_settings *s = lw_model_settings(o->model);

	printf("%-14s %s\n%-14s", "model", path, "labels");
	for (size_t k = 0; k < lurewatch_labels(o->model); k++)
		printf(" %s%s", lurewatch_label(o->model, k), lurewatch_label_flagged(o->model, k) ? "*" : "");
	printf("   (* flagged, together from risk %.4f on)\n", lurewatch_threshold(o->model));
	printf("%-14s %u slots, %u known; 2^%u for characters, n-grams of %u to %u (%u to %u where words are not spaced); "
	    "concepts up to %u apart make pairs\n", "features", o->inside.start[LW_BLOCKS], o->inside.known, s->bits, s->spaced_min,
	    s->spaced_max, s->unspaced_min, s->unspaced_max, s->pair_window);
	printf("%-14s", "blocks");
	for (int b = 0; b < LW_BLOCKS; b++)
		if ((s->blocks & 1u << b) != 0)
			printf(" %s %g", lw_block_name[b], (double)s->weight[b]);
	putchar('\n');
}

static const char *
output_name(const struct opened *o, uint32_t output, char *room, size_t size)
{
	uint32_t expert, label;

	lw_inside_outputs(&o->inside, output, &expert, &label);
	if (label == LW_NO_NAME)
		return "gate to general";
	snprintf(room, size, "%s%s", lurewatch_label(o->model, label),
	    lw_model_experts(o->model) == 1 ? "" : expert == 0 ? ", general" : ", core");
	return room;
}

/* Each label's log-odds are a weighted sum of the labels' margins. */
static void
print_calibration(const struct opened *o)
{
	size_t labels = lurewatch_labels(o->model);
	const double *at = lw_model_calibration(o->model);
	char room[64];

	for (uint32_t e = 0; e < lw_model_experts(o->model); e++)
		for (uint32_t k = 0; k < labels; k++) {
			printf("%-14s %-22s = softmax of", e + k == 0 ? "calibration" : "",
			    output_name(o, e * (uint32_t)labels + k, room, sizeof room));
			for (size_t j = 0; j < labels; j++)
				printf(" %+.3f %s", at[j], lurewatch_label(o->model, j));
			printf(" %+.3f\n", at[labels]);
			at += labels + 1;
		}
	if (lw_model_experts(o->model) == 2)
		printf("%-14s %-22s = sigmoid of %+.3f gate %+.3f\n", "", "share of general", at[0], at[1]);
}

/* ---- the strongest features ---- */

/* The name of a slot; a piece of text in quotes, for the spaces at its ends. */
static bool
show_name(const struct opened *o, uint32_t slot, int block, struct lw_buffer *out)
{
	struct lw_buffer name = { 0 };
	const char *quote = block <= LW_WORDS ? "\"" : "";
	bool done;

	out->len = 0;
	done = lw_inside_name(&o->inside, slot, &name) && lw_buffer_add_text(out, quote) &&
	    lw_put_visible(out, (struct lw_span){ name.at, name.len }, SIZE_MAX) && lw_buffer_add_text(out, quote) &&
	    lw_buffer_add(out, "", 1);
	lw_buffer_free(&name);
	return done;
}

static bool
print_strongest(const struct opened *o, uint32_t output, int block, int sign)
{
	struct lw_strong top[STRONGEST];
	size_t n = lw_inside_strongest(&o->inside, output, block, sign, top, STRONGEST);
	struct lw_buffer name = { 0 };
	int column = 0;
	bool done = true;

	for (size_t i = 0; i < n && done; i++) {
		if (!(done = show_name(o, top[i].slot, block, &name)))
			break;
		if (column == 0 || column + (int)name.len + 8 > WIDTH)
			column = printf("%s  %-14s%s", column > 0 ? "\n" : "", column > 0 ? "" : lw_block_name[block],
			    column > 0 ? "       " : sign > 0 ? "for    " : "against");
		column += printf("  %.2f %s", fabs(top[i].weight), name.at);
	}
	if (n > 0)
		putchar('\n');
	lw_buffer_free(&name);
	return done;
}

static bool
print_features(const struct opened *o)
{
	uint32_t expert, label, outputs = lw_inside_outputs(&o->inside, 0, &expert, &label);
	char room[64];
	bool done = true;

	printf("\nWeights: what a feature adds to the margin when it has its block to itself. Pairs share slots: "
	    "the likeliest is named.\n");
	for (uint32_t r = 0; r < outputs && done; r++) {
		printf("\n%s   (bias %+.2f)\n", output_name(o, r, room, sizeof room), lw_model_bias(o->model, r));
		for (int b = 0; b < LW_BLOCKS && done; b++)
			done = print_strongest(o, r, b, 1) && print_strongest(o, r, b, -1);
	}
	return done;
}

/* n-grams as the corpora's texts show them. */
static bool
find_texts(struct lw_training *a, struct opened *o, char **corpora, int n)
{
	lurewatch_error e;

	a->split = LW_SPLIT_ALL;
	if (n == 0)
		return true;
	if (!lw_training_load(a, corpora, n, false))
		return false;
	e = lw_inside_find(&o->inside, &a->corpus, STRONGEST);
	return e == LUREWATCH_OK || lw_training_fail(a, lurewatch_strerror(e), "");
}

bool
lw_explain_model(struct lw_training *a, const char *path, char **corpora, int n)
{
	struct opened o;
	bool done = open_model(a, path, &o) && find_texts(a, &o, corpora, n);

	if (done) {
		print_model(&o, path);
		print_calibration(&o);
		print_record(o.record);
		done = print_features(&o) || lw_training_fail(a, lurewatch_strerror(LUREWATCH_E_MEMORY), "");
	}
	close_model(&o);
	return done && printed(a);
}

/* ---- two models ---- */

/* path -> scalar, all the way down; elements of lists go by their name where they have one. */
static void
flatten(const json_t *v, const char *path, json_t *out)
{
	const char *key, *slash = *path != '\0' ? "." : "";
	char longer[512];
	json_t *element;
	size_t i;

	if (!json_is_object(v) && !json_is_array(v)) {
		json_object_set(out, path, (json_t *)v);
		return;
	}
	json_object_foreach((json_t *)v, key, element) {
		/* how the solver got there says nothing of the models */
		if (strcmp(key, "fits") == 0)
			continue;
		snprintf(longer, sizeof longer, "%s%s%s", path, slash, key);
		flatten(element, longer, out);
	}
	json_array_foreach((json_t *)v, i, element) {
		const char *name = json_string_value(json_object_get(element, "file"));

		name = name != NULL ? name : json_string_value(json_object_get(element, "label"));
		name = name != NULL ? name : json_string_value(json_object_get(element, "name"));
		if (name != NULL)
			snprintf(longer, sizeof longer, "%s[%s]", path, name);
		else
			snprintf(longer, sizeof longer, "%s[%zu]", path, i);
		flatten(element, longer, out);
	}
}

static void
print_change(const char *key, const json_t *before, const json_t *after)
{
	if (before != NULL && after != NULL && json_equal(before, after))
		return;
	printf("%-44s ", key);
	print_scalar(before);
	printf(" -> ");
	print_scalar(after);
	putchar('\n');
}

static bool
diff_records(const struct opened *before, const struct opened *after)
{
	json_t *a = json_object(), *b = json_object(), *v;
	const char *key;

	if (a == NULL || b == NULL) {
		json_decref(a);
		json_decref(b);
		return false;
	}
	flatten(before->record, "", a);
	flatten(after->record, "", b);
	json_object_set_new(a, "threshold", json_real(lurewatch_threshold(before->model)));
	json_object_set_new(b, "threshold", json_real(lurewatch_threshold(after->model)));
	json_object_foreach(a, key, v)
		print_change(key, v, json_object_get(b, key));
	json_object_foreach(b, key, v)
		if (json_object_get(a, key) == NULL)
			print_change(key, NULL, v);
	json_decref(a);
	json_decref(b);
	return true;
}

struct moved {
	uint32_t slot;                  /* of the later model */
	double before, after;
};

static int
most_moved_first(const void *a, const void *b)
{
	const struct moved *x = a, *y = b;
	double dx = fabs(x->after - x->before), dy = fabs(y->after - y->before);

	return dx != dy ? (dx < dy ? 1 : -1) : (x->slot > y->slot) - (x->slot < y->slot);
}

/* Concepts and indicators of both models, by name: a later vocabulary numbers them anew. */
static bool
slots_by_name(const struct lw_inside *x, int block, uint32_t n, struct lw_names *out)
{
	struct lw_buffer name = { 0 };
	bool done = true;

	for (uint32_t i = 0; i < n && done; i++) {
		name.len = 0;
		done = lw_inside_name(x, x->start[block] + i, &name) && lw_names_add(out, (struct lw_span){ name.at, name.len }) == i;
	}
	lw_buffer_free(&name);
	return done;
}

static bool
diff_block(const struct opened *before, const struct opened *after, int block, uint32_t n_before, uint32_t n_after,
    uint32_t output_before, uint32_t output_after)
{
	struct lw_names old = { 0 }, new = { 0 };
	struct moved *moved = calloc((size_t)n_after + 1, sizeof *moved);
	bool done = moved != NULL && slots_by_name(&before->inside, block, n_before, &old) &&
	    slots_by_name(&after->inside, block, n_after, &new);

	for (uint32_t i = 0; i < n_after && done; i++) {
		uint32_t was = lw_names_find(&old, lw_name(&new, i));

		moved[i] = (struct moved){ i, was == LW_NO_NAME ? 0 :
			lw_inside_weight(&before->inside, before->inside.start[block] + was, output_before),
			lw_inside_weight(&after->inside, after->inside.start[block] + i, output_after) };
	}
	if (done && n_after > 0)
		qsort(moved, n_after, sizeof *moved, most_moved_first);
	for (uint32_t i = 0; done && i < n_after && i < MOVED && moved[i].before != moved[i].after; i++)
		printf("  %-28s %+.2f -> %+.2f\n", lw_name(&new, moved[i].slot), moved[i].before, moved[i].after);
	free(moved);
	lw_names_free(&old);
	lw_names_free(&new);
	return done;
}

/* The label's output in the other model, of the same expert; UINT32_MAX: it has none. */
static uint32_t
same_output(const struct opened *o, uint32_t expert, const char *label)
{
	size_t labels = lurewatch_labels(o->model);

	for (uint32_t k = 0; k < labels && expert < lw_model_experts(o->model); k++)
		if (strcmp(lurewatch_label(o->model, k), label) == 0)
			return expert * (uint32_t)labels + k;
	return UINT32_MAX;
}

static bool
diff_weights(const struct opened *before, const struct opened *after)
{
	uint32_t expert, label, outputs = lw_inside_outputs(&after->inside, 0, &expert, &label);
	const struct lw_vocabulary *old = lw_model_vocabulary(before->model), *new = lw_model_vocabulary(after->model);
	char room[64];
	bool done = true;

	for (uint32_t r = 0; r < outputs && done; r++) {
		uint32_t was;

		lw_inside_outputs(&after->inside, r, &expert, &label);
		was = label != LW_NO_NAME ? same_output(before, expert, lurewatch_label(after->model, label)) : UINT32_MAX;
		if (was == UINT32_MAX)
			continue;
		printf("\n%s: concepts and indicators whose weight moved most\n", output_name(after, r, room, sizeof room));
		done = diff_block(before, after, LW_CONCEPTS, lw_vocabulary_concepts(old), lw_vocabulary_concepts(new), was, r) &&
		    diff_block(before, after, LW_INDICATORS, lw_vocabulary_indicators(old), lw_vocabulary_indicators(new), was, r);
	}
	return done;
}

bool
lw_diff_models(const struct lw_training *a, const char *before, const char *after)
{
	struct opened x, y = { 0 };
	bool done = open_model(a, before, &x) && open_model(a, after, &y);

	if (done)
		done = (diff_records(&x, &y) && diff_weights(&x, &y)) || lw_training_fail(a, lurewatch_strerror(LUREWATCH_E_MEMORY), "");
	close_model(&x);
	close_model(&y);
	return done && printed(a);
}
