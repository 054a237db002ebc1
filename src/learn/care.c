/* care.c - conflicts, thin languages and families, suspects; only memory can fail */
#include "learn/care.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* ---- conflicts ---- */

struct member {
	uint64_t key;                   /* group, or hash of all slots */
	uint32_t row;
};

static int
by_key(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

/* Runs of one key with more than one label: how many, and their rows, which are marked unless mark is NULL. */
static void
count_mixed(const struct lw_corpus *c, struct member *m, size_t *runs, size_t *rows, bool *mark)
{
	if (c->n > 0)
		qsort(m, c->n, sizeof *m, by_key);
	for (size_t first = 0, end; first < c->n; first = end) {
		bool mixed = false;

		for (end = first; end < c->n && m[end].key == m[first].key; end++)
			mixed = mixed || c->row[m[end].row].label != c->row[m[first].row].label;
		if (!mixed)
			continue;
		++*runs;
		*rows += end - first;
		for (size_t i = first; mark != NULL && i < end; i++)
			mark[m[i].row] = true;
	}
}

static bool
find_conflicts(const struct lw_lessons *l, struct lw_care *out)
{
	const struct lw_matrix *m = &l->matrix;
	struct lw_conflicts *f = &out->conflicts;
	struct member *member = malloc((m->n + 1) * sizeof *member);

	f->same_text = calloc(m->n + 1, sizeof *f->same_text);
	if (member == NULL || f->same_text == NULL) {
		free(member);
		return false;
	}
	for (uint32_t i = 0; i < m->n; i++)
		member[i] = (struct member){ XXH3_64bits(m->slot[i], m->end[i][LW_BLOCKS - 1] * sizeof *m->slot[i]), i };
	count_mixed(l->corpus, member, &f->texts, &f->text_rows, f->same_text);
	for (uint32_t i = 0; i < m->n; i++) {
		member[i] = (struct member){ l->group[i], i };
		out->templates += l->group[i] == i;
	}
	count_mixed(l->corpus, member, &f->groups, &f->group_rows, NULL);
	free(member);
	return true;
}

/* ---- languages and families ---- */

static int
thinnest_first(const void *a, const void *b)
{
	const struct lw_thin *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

/* Names with few rows, or (when sides count) few on one side. */
static bool
find_thin(const struct lw_lessons *l, size_t names, bool languages, struct lw_thin **out, size_t *n)
{
	const struct lw_corpus *c = l->corpus;
	struct lw_thin *all = calloc(names + 1, sizeof *all);

	*n = 0;
	*out = all;
	if (all == NULL)
		return false;
	for (uint32_t k = 0; k < names; k++)
		all[k].name = k;
	for (size_t i = 0; i < c->n; i++) {
		uint32_t name = languages ? c->row[i].lang : c->row[i].family;

		if (name == LW_NO_NAME)
			continue;
		all[name].n++;
		all[name].flagged += l->flagged[c->row[i].label];
	}
	for (size_t k = 0; k < names; k++)
		if (languages ? all[k].flagged < LW_FEW || all[k].n - all[k].flagged < LW_FEW : all[k].n < LW_FEW)
			all[(*n)++] = all[k];
	qsort(all, *n, sizeof *all, thinnest_first);
	return true;
}

lurewatch_error
lw_care_look(const struct lw_lessons *l, const struct lw_train_options *o, struct lw_care *out)
{
	const struct lw_corpus *c = l->corpus;
	lurewatch_error e;

	*out = (struct lw_care){ .rows = c->n, .learned = l->n };
	for (size_t i = 0; i < c->files; i++) {
		out->unreadable += c->file[i].unreadable;
		out->unlabelled += c->file[i].unlabelled;
	}
	e = find_conflicts(l, out) && find_thin(l, c->lang.n, true, &out->lang, &out->langs) &&
	    find_thin(l, c->family.n, false, &out->family, &out->families) ? lw_style_look(l, o, out) : LUREWATCH_E_MEMORY;
	if (e != LUREWATCH_OK)
		lw_care_free(out);
	return e;
}

/* ---- suspects ---- */

static int
most_doubtful_first(const void *a, const void *b)
{
	const struct lw_suspect *x = a, *y = b;

	if (x->own != y->own)
		return x->own < y->own ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

lurewatch_error
lw_care_suspect(const struct lw_lessons *l, const struct lw_trained *t, struct lw_care *care)
{
	const struct lw_corpus *c = l->corpus;
	uint32_t labels = (uint32_t)c->label.n;
	size_t room = 0;

	for (size_t i = 0; i < l->n; i++) {
		uint32_t own = c->row[l->some[i]].label, said = 0;
		bool conflict = care->conflicts.same_text[l->some[i]];
		double p[LW_LABELS_MAX];

		lw_calibrated(t->calibration, l->experts, labels, t->margin + i * l->width, p);
		for (uint32_t k = 1; k < labels; k++)
			said = p[k] > p[said] ? k : said;
		if (p[own] > LW_SUSPECT && !conflict)
			continue;
		if (!lw_grow(&care->suspect, &room, care->suspects + 1, sizeof *care->suspect))
			return LUREWATCH_E_MEMORY;
		care->suspect[care->suspects++] = (struct lw_suspect){ (uint32_t)i, said, p[own], conflict };
	}
	if (care->suspects > 0)
		qsort(care->suspect, care->suspects, sizeof *care->suspect, most_doubtful_first);
	return LUREWATCH_OK;
}

void
lw_care_free(struct lw_care *c)
{
	free(c->conflicts.same_text);
	free(c->lang);
	free(c->family);
	free(c->suspect);
	*c = (struct lw_care){ 0 };
}
