/*
 * corpora.c - what a training run learns from: vocabulary, corpora of the model it begins from, corpora that are
 * named, and what reviewers corrected; what is wrong is said on stderr
 */
#include "tools/find_model.h"
#include "tools/training.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool
lw_training_begin_from(struct lw_training *a, const char *path)
{
	struct lw_buffer why = { 0 };
	lurewatch_error e = lurewatch_open(path, &a->model);

	a->from = path;
	if (e != LUREWATCH_OK)
		return lw_training_fail(a, path, e == LUREWATCH_E_IO ? strerror(errno) : lurewatch_strerror(e));
	e = lw_past_read(a->model, path, &a->past, &why);
	if (e != LUREWATCH_OK)
		lw_training_fail(a, path, lw_buffer_add(&why, "", 1) && why.len > 1 ? why.at : lurewatch_strerror(e));
	lw_buffer_free(&why);
	if (e != LUREWATCH_OK)
		return false;
	a->settings = *lw_model_settings(a->model);
	lw_past_options(&a->past, a->model, &a->options);
	return true;
}

/* The vocabulary of the model that is begun from. */
static bool
take_vocabulary(struct lw_training *a)
{
	lurewatch_error e;

	a->options.vocabulary_bytes = lw_model_vocabulary_bytes(a->model);
	e = lw_vocabulary_open(a->options.vocabulary_bytes.at, a->options.vocabulary_bytes.len, &a->vocabulary);
	a->options.vocabulary = a->vocabulary;
	return e == LUREWATCH_OK || lw_training_fail(a, "vocabulary", lurewatch_strerror(e));
}

static bool
load_vocabulary(struct lw_training *a)
{
	struct lw_buffer why = { 0 };
	char *dir = NULL;
	lurewatch_error e = LUREWATCH_OK;

	if (a->vocabulary_dir == NULL && a->model != NULL)
		return take_vocabulary(a);
	if (a->vocabulary_dir == NULL || strcmp(a->vocabulary_dir, "none") != 0) {
		dir = lw_find_vocabulary(a->vocabulary_dir);
		if (dir == NULL)
			return lw_training_fail(a, "no vocabulary is installed", "name its folder with --vocabulary, or none");
		e = lw_vocabulary_compile(dir, &a->vocabulary_bytes, &why);
	}
	if (e == LUREWATCH_OK)
		e = lw_vocabulary_open(a->vocabulary_bytes.at, a->vocabulary_bytes.len, &a->vocabulary);
	if (e != LUREWATCH_OK)
		lw_training_fail(a, "vocabulary", lw_buffer_add(&why, "", 1) && why.len > 1 ? why.at : lurewatch_strerror(e));
	lw_buffer_free(&why);
	free(dir);
	a->options.vocabulary = a->vocabulary;
	a->options.vocabulary_bytes = (struct lw_span){ a->vocabulary_bytes.at, a->vocabulary_bytes.len };
	return e == LUREWATCH_OK;
}

/* Records that could not be read. */
static void
warn_of_unreadable(const struct lw_training *a, const struct lw_corpus_file *f)
{
	if (f->unreadable == 0)
		return;
	lw_training_clear(a);
	fprintf(stderr, "%s: %s: %zu records could not be read and are left out, the first:\n%.*s", a->tool, f->argument,
	    f->unreadable, (int)f->first.len, f->first.at);
}

static bool
fail_with(const struct lw_training *a, struct lw_buffer *why, lurewatch_error e)
{
	lw_training_fail(a, lw_buffer_add(why, "", 1) && why->len > 1 ? why->at : lurewatch_strerror(e), "");
	lw_buffer_free(why);
	return false;
}

/* Messages that count twice by mistake would weigh double. */
static bool
is_twice(const struct lw_corpus *c)
{
	const struct lw_corpus_file *last = &c->file[c->files - 1];
	size_t label = lw_corpus_label_length(last->argument);

	for (size_t i = 0; i + 1 < c->files; i++)
		if (memcmp(c->file[i].digest, last->digest, sizeof last->digest) == 0 && c->file[i].split == last->split &&
		    lw_corpus_label_length(c->file[i].argument) == label && strncmp(c->file[i].argument, last->argument, label) == 0)
			return true;
	return false;
}

static bool
load_one(struct lw_training *a, const char *argument, bool core, enum lw_split split)
{
	struct lw_corpus *c = &a->corpus;
	struct lw_buffer why = { 0 };
	lurewatch_error e = lw_corpus_add(c, argument, core, split, &why);

	if (e != LUREWATCH_OK)
		return fail_with(a, &why, e);
	lw_buffer_free(&why);
	warn_of_unreadable(a, &c->file[c->files - 1]);
	if (is_twice(c)) {
		lw_training_clear(a);
		fprintf(stderr, "%s: %s: the same messages were named before: passed over\n", a->tool, argument);
		lw_corpus_drop(c);
	}
	return true;
}

/* The corpus was loaded but is another than the model saw. */
static bool
may_change(const struct lw_training *a, const char *argument, struct lw_buffer *why)
{
	bool there = lw_buffer_add(why, "", 1);

	lw_training_clear(a);
	fprintf(stderr, "%s: %s: %s%s\n", a->tool, argument, there ? why->at : "it changed",
	    a->changed ? "" : "; --accept-changes learns from it as it is now");
	lw_buffer_free(why);
	return a->changed;
}

/* Feedback counts as core where there are core messages: it is what the model is for. past: as the model saw it, or NULL. */
static bool
load_feedback(struct lw_training *a, const char *path, const struct lw_past_corpus *past)
{
	struct lw_corpus *c = &a->corpus;
	struct lw_buffer why = { 0 };
	struct lw_feedback f;
	bool core = past != NULL && past->core;
	lurewatch_error e;

	for (size_t i = 0; i < c->files; i++)
		core = core || c->file[i].core;
	e = lw_corpus_feedback(c, path, core, &f, &why);
	if (e != LUREWATCH_OK)
		return fail_with(a, &why, e);
	warn_of_unreadable(a, &c->file[c->files - 1]);
	if (f.corrected + f.confirmed + f.unchanged == 0)
		return lw_training_fail(a, path, "no line is a verdict with its text, as lurewatch -o jsonl --with-text writes them");
	lw_training_clear(a);
	fprintf(stderr, "%s: %s: %zu labels corrected, %zu confirmed, %zu left as they were and passed over", a->tool, path,
	    f.corrected, f.confirmed, f.unchanged);
	fprintf(stderr, f.set_right > 0 ? "; %zu messages of the corpora set right\n" : "\n", f.set_right);
	if (past != NULL && !lw_past_same(past, &c->file[c->files - 1], &why))
		return may_change(a, path, &why);
	return true;
}

/* A corpus of the model that is begun from: it must be what it was, unless that may have changed. */
static bool
load_past(struct lw_training *a, const struct lw_past_corpus *past)
{
	struct lw_buffer why = { 0 };
	size_t files = a->corpus.files;
	bool same;

	if (past->feedback)
		return load_feedback(a, past->argument, past);
	if (!load_one(a, past->argument, past->core, past->split))
		return false;
	same = a->corpus.files == files || lw_past_same(past, &a->corpus.file[files], &why);
	return same || may_change(a, past->argument, &why);
}

/* Of a folder or a pipe nothing is known beforehand: there is less to tell of how far the reading is. */
static uint64_t
bytes_of(const char *argument)
{
	size_t label = lw_corpus_label_length(argument);
	struct stat s;

	return stat(argument + (label > 0 ? label + 1 : 0), &s) == 0 && S_ISREG(s.st_mode) ? (uint64_t)s.st_size : 0;
}

bool
lw_training_load(struct lw_training *a, char **corpora, int n, bool vocabulary)
{
	bool done = lw_settings_valid(&a->settings) ||
	    lw_training_fail(a, "--set", "the shortest n-gram is longer than the longest");

	done = done && (!vocabulary || load_vocabulary(a));
	a->corpus.watcher = a->options.watcher;
	for (size_t i = 0; i < a->past.n; i++)
		a->corpus.bytes += bytes_of(a->past.corpus[i].argument);
	for (int i = 0; i < n; i++)
		a->corpus.bytes += bytes_of(corpora[i]);
	for (size_t i = 0; i < a->cores; i++)
		a->corpus.bytes += bytes_of(a->core[i]);
	for (size_t i = 0; i < a->past.n && done; i++)
		done = load_past(a, &a->past.corpus[i]);
	for (int i = 0; i < n && done; i++)
		done = load_one(a, corpora[i], false, a->split);
	for (size_t i = 0; i < a->cores && done; i++)
		done = load_one(a, a->core[i], true, a->split);
	for (size_t i = 0; i < a->feedbacks && done; i++)
		done = load_feedback(a, a->feedback[i], NULL);
	if (done && lw_corpus_order_labels(&a->corpus) != LUREWATCH_OK)
		done = lw_training_fail(a, lurewatch_strerror(LUREWATCH_E_MEMORY), "");
	return done;
}
