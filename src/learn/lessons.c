/* lessons.c - what may be learned from: checks of the corpus, features, groups, sample */
#include "learn/groups.h"
#include "learn/train.h"

#include <stdlib.h>
#include <string.h>

static bool
names_all_labels(const struct lw_corpus *c, struct lw_buffer *why)
{
	for (uint32_t k = 0; k < c->label.n; k++)
		if (!lw_buffer_addf(why, "%s %s (%zu)", k > 0 ? "," : "", lw_name(&c->label, k), lw_corpus_count(c, k)))
			return false;
	return true;
}

/* A corpus that nothing can be learned from says so before any work is done. */
static lurewatch_error
check(const struct lw_corpus *c, const struct lw_train_options *o, bool *flagged, struct lw_buffer *why)
{
	size_t found = 0;

	if (c->n == 0)
		return lw_buffer_addf(why, "there is no labelled message to learn from") ? LUREWATCH_E_ARGUMENT :
		    LUREWATCH_E_MEMORY;
	if (c->label.n > LW_LABELS_MAX)
		return lw_buffer_addf(why, "%zu different labels: at most %d can be learned", c->label.n, LW_LABELS_MAX) ?
		    LUREWATCH_E_ARGUMENT : LUREWATCH_E_MEMORY;
	for (size_t i = 0; i < o->flags; i++) {
		uint32_t k = lw_names_find(&c->label, o->flag[i]);

		if (k == LW_NO_NAME)
			continue;
		flagged[k] = true;
		found++;
	}
	if (found > 0 && found < c->label.n)
		return LUREWATCH_OK;
	if (!lw_buffer_addf(why, found == 0 ? "no message has a label that is to be flagged; name them with --flag LABEL,... "
	    "The labels are:" : "every label is to be flagged, so there is nothing to tell apart; the labels are:") ||
	    !names_all_labels(c, why))
		return LUREWATCH_E_MEMORY;
	return LUREWATCH_E_ARGUMENT;
}

/* General rows are capped; core rows are all taken. */
static lurewatch_error
sample(struct lw_lessons *l, const struct lw_train_options *o)
{
	const struct lw_corpus *c = l->corpus;
	bool *taken = calloc(c->n + 1, sizeof *taken);
	size_t core = 0;
	lurewatch_error e;

	l->some = malloc((c->n + 1) * sizeof *l->some);
	l->core = calloc(c->n + 1, sizeof *l->core);
	if (taken == NULL || l->some == NULL || l->core == NULL) {
		free(taken);
		return LUREWATCH_E_MEMORY;
	}
	e = lw_sample(c, l->group, o->per_source, o->per_group, o->seed, l->some, &l->n);
	for (size_t i = 0; i < l->n; i++)
		taken[l->some[i]] = true;
	l->n = 0;
	for (size_t i = 0; i < c->n; i++) {
		bool own = c->file[c->row[i].file].core;

		if (!own && !taken[i])
			continue;
		l->core[l->n] = own;
		l->some[l->n++] = (uint32_t)i;
		core += own;
	}
	l->experts = core > 0 && core < l->n ? 2 : 1;
	l->width = l->experts * c->label.n + (l->experts == 2);
	free(taken);
	return e;
}

lurewatch_error
lw_lessons_make(struct lw_corpus *c, const struct lw_train_options *o, struct lw_lessons *out, struct lw_buffer *why)
{
	lurewatch_error e;

	*out = (struct lw_lessons){ .corpus = c };
	e = check(c, o, out->flagged, why);
	if (e == LUREWATCH_OK)
		e = lw_matrix_extract(c, o->settings, o->vocabulary, o->threads, o->watcher, &out->matrix);
	if (e == LUREWATCH_OK && (out->group = malloc((c->n + 1) * sizeof *out->group)) == NULL)
		e = LUREWATCH_E_MEMORY;
	if (e == LUREWATCH_OK)
		e = lw_groups_find(c, &out->matrix, o->watcher, out->group);
	if (e == LUREWATCH_OK)
		e = sample(out, o);
	if (e != LUREWATCH_OK)
		lw_lessons_free(out);
	return e;
}

void
lw_lessons_free(struct lw_lessons *l)
{
	lw_matrix_free(&l->matrix);
	free(l->group);
	free(l->some);
	free(l->core);
	*l = (struct lw_lessons){ 0 };
}
