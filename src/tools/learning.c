/*
 * learning.c - the run of the training tool
 *
 * What cannot be written is found out before the work: every target is tried, and room for the
 * model is asked for as soon as its size is known. Ctrl-C while the model is written takes effect after.
 */
#include "tools/learning.h"
#include "learn/care.h"
#include "learn/grid.h"
#include "learn/report.h"
#include "model/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECORD_BYTES = 1 << 16 };        /* a generous training record */

/* Tries a file beside the target, with room for so many bytes. */
static bool
can_write(const struct lw_training *a, const char *path, size_t bytes)
{
	struct lw_buffer other = { 0 };
	int fd = -1, cause = ENOMEM;

	if (path == NULL)
		return true;
	if (lw_buffer_addf(&other, "%s.%ld.tmp", path, (long)getpid())) {
		fd = open(other.at, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		cause = fd < 0 ? errno : bytes > 0 ? posix_fallocate(fd, 0, (off_t)bytes) : 0;
		/* a file system that cannot promise room */
		cause = cause == EOPNOTSUPP || cause == EINVAL ? 0 : cause;
	}
	if (fd >= 0) {
		close(fd);
		unlink(other.at);
	}
	lw_buffer_free(&other);
	return cause == 0 || lw_training_fail(a, path, strerror(cause));
}

static size_t
model_bytes(const struct lw_training *a)
{
	const struct lw_corpus *c = &a->corpus;
	size_t dimension = lw_dimension(&a->settings, a->vocabulary);
	uint32_t experts = 1;

	for (size_t i = 0; i < c->files; i++)
		experts = c->file[i].core ? 2 : experts;
	return dimension * lw_model_stride(experts, (uint32_t)c->label.n) + dimension / 8 + a->options.vocabulary_bytes.len +
	    RECORD_BYTES;
}

static bool
no_memory(const struct lw_training *a)
{
	return lw_training_fail(a, lurewatch_strerror(LUREWATCH_E_MEMORY), "");
}

static void
print_summary(const struct lw_lessons *l, const struct lw_trained *t)
{
	const struct lw_metrics *m = &t->metrics;

	printf("%zu messages learned from, %u feature slots\n\n%-7s %-14s %8s %10s %8s %7s %12s\n", l->n, l->matrix.dimension,
	    "expert", "label", "rows", "support", "rounds", "KKT", "objective");
	for (uint32_t x = 0; x < l->experts; x++)
		for (uint32_t k = 0; k < t->expert[x].outputs; k++) {
			const struct lw_solution *s = &t->expert[x].solution[k];

			printf("%-7s %-14s %8zu %10zu %8u ", l->experts == 1 ? "-" : x == 0 ? "general" : "core",
			    k < l->corpus->label.n ? lw_name(&l->corpus->label, k) : "gate", t->expert[x].rows, s->support, s->rounds);
			if (s->violation == s->violation)
				printf("%7.4f %12.3f\n", s->violation, s->primal);
			else
				printf("%7s %12.3f\n", "-", s->primal);
		}
	printf("\nout of fold: AUC %.4f, average precision %.4f, ECE %.4f\n"
	    "threshold %.4f: recall %.4f, false positives %.4f, F1 %.4f\n", m->auc, m->average_precision, m->ece,
	    t->threshold, m->recall, m->fpr, m->f1);
}

static bool
write_file(const struct lw_training *a, const struct lw_buffer *b, const char *path)
{
	FILE *f = fopen(path, "wb");
	bool done = f != NULL && fwrite(b->at != NULL ? b->at : "", 1, b->len, f) == b->len;

	done = (f == NULL || fclose(f) == 0) && done;
	return done || lw_training_fail(a, path, strerror(errno));
}

/* Of the folds' verdicts, explained by the model that was just written. */
static lurewatch_error
make_report(struct lw_training *a, const struct lw_trained *t, const struct lw_care *care, const lurewatch *model,
    struct lw_buffer *page)
{
	struct lw_resampling how = { .resamples = LW_RESAMPLES, .threads = a->options.threads, .seed = a->options.seed,
		.watcher = a->options.watcher };
	struct lw_evaluation v = { 0 };
	struct lw_findings summary = { 0 };
	struct lw_growth growth = { 0 };
	struct lw_report_page report = { .title = "Lurewatch training: every message judged by a fold that did not see it", .summary = &summary,
		.model = model, .growth = &growth, .care = care, .of_folds = true, .threads = how.threads, .watcher = how.watcher };
	lurewatch_error e = lw_evaluate_trained(&a->lessons, t, &v);

	if (e == LUREWATCH_OK)
		e = lw_findings_make(&v, &how, &summary);
	if (e == LUREWATCH_OK)
		e = lw_growth_measure(&a->lessons, &a->options, t, &growth);
	if (e == LUREWATCH_OK)
		e = lw_report_html(&report, page);
	lw_findings_free(&summary);
	lw_evaluation_free(&v);
	return e;
}

static bool
write_report(struct lw_training *a, const struct lw_trained *t, const struct lw_care *care, const struct lw_targets *to)
{
	struct lw_buffer page = { 0 };
	lurewatch *model = NULL;
	lurewatch_error e = lurewatch_open(to->model, &model);
	bool done;

	if (e == LUREWATCH_OK)
		e = make_report(a, t, care, model, &page);
	lw_training_clear(a);
	done = e == LUREWATCH_OK ? write_file(a, &page, to->report) : lw_training_fail(a, to->report, lurewatch_strerror(e));
	lurewatch_close(model);
	lw_buffer_free(&page);
	return done;
}

static bool
write_suspects(const struct lw_training *a, const struct lw_care *care, const struct lw_trained *t, const char *path)
{
	struct lw_buffer lines = { 0 };
	bool done = lw_care_suspects_jsonl(care, &a->lessons, t, &lines) || no_memory(a);

	done = done && write_file(a, &lines, path);
	lw_buffer_free(&lines);
	return done;
}

/* Doubts, a line each, where they are not taken for results. */
static bool
warn(const struct lw_training *a, const struct lw_care *care)
{
	struct lw_buffer lines = { 0 };
	bool done = lw_care_lines(care, &a->corpus, &lines) || no_memory(a);

	for (char *line = lines.at, *end; done && line != NULL && line < lines.at + lines.len; line = end + 1) {
		end = strchr(line, '\n');
		fprintf(stderr, "%s: warning: %.*s\n", a->tool, (int)(end - line), line);
	}
	lw_buffer_free(&lines);
	return done;
}

static void
warn_of_suspects(const struct lw_training *a, const struct lw_care *care, const char *path)
{
	if (care->suspects > 0)
		fprintf(stderr, "%s: warning: %zu labels are doubtful (the folds give them %.0f %% or less)%s%s\n", a->tool,
		    care->suspects, 100 * LW_SUSPECT, path != NULL ? ", the worst first in " : ": --suspects FILE lists them",
		    path != NULL ? path : "");
}

/* A Ctrl-C that comes while the model is written waits until it is there whole. */
static bool
write_model(const struct lw_training *a, const struct lw_trained *t, const struct lw_care *care, const char *path)
{
	lurewatch_error e;
	sigset_t polite, before;

	sigemptyset(&polite);
	sigaddset(&polite, SIGINT);
	sigaddset(&polite, SIGTERM);
	sigaddset(&polite, SIGHUP);
	sigprocmask(SIG_BLOCK, &polite, &before);
	e = lw_train_write(&a->lessons, &a->options, t, care, path);
	if (e != LUREWATCH_OK)
		lw_training_fail(a, path, e == LUREWATCH_E_IO ? strerror(errno) : lurewatch_strerror(e));
	sigprocmask(SIG_SETMASK, &before, NULL);
	return e == LUREWATCH_OK;
}

static void
tell_choice(const struct lw_training *a, const struct lw_grid *g)
{
	fprintf(stderr, "%s: average precision by cost:", a->tool);
	for (size_t i = 0; i < g->n; i++)
		fprintf(stderr, " %g: %.4f%s", g->cost[i], g->average_precision[i], i == g->best ? " (chosen)" : "");
	fputc('\n', stderr);
}

/* Features, groups, doubts, folds, fit. */
static bool
work(struct lw_training *a, struct lw_trained *trained, struct lw_care *care)
{
	lurewatch_error e;

	if (!lw_training_lessons(a, a->options.watcher))
		return false;
	e = lw_care_look(&a->lessons, &a->options, care);
	lw_training_clear(a);
	if (e == LUREWATCH_OK && !warn(a, care))
		return false;
	if (e == LUREWATCH_OK && a->options.grid.n > 0) {
		e = lw_grid_choose(&a->lessons, &a->options);
		lw_training_clear(a);
		tell_choice(a, &a->options.grid);
	}
	if (e == LUREWATCH_OK)
		e = lw_train(&a->lessons, &a->options, trained);
	if (e == LUREWATCH_OK)
		e = lw_care_suspect(&a->lessons, trained, care);
	return e == LUREWATCH_OK || lw_training_fail(a, lurewatch_strerror(e), "");
}

static bool
learn(struct lw_training *a, const struct lw_targets *to)
{
	struct lw_trained trained = { 0 };
	struct lw_care care = { 0 };
	bool done = work(a, &trained, &care);

	lw_training_clear(a);
	if (done)
		warn_of_suspects(a, &care, to->suspects);
	done = done && (to->suspects == NULL || write_suspects(a, &care, &trained, to->suspects)) &&
	    write_model(a, &trained, &care, to->model) &&
	    (to->report == NULL || write_report(a, &trained, &care, to));
	if (done)
		print_summary(&a->lessons, &trained);
	lw_trained_free(&trained);
	lw_care_free(&care);
	return done && (fflush(stdout) == 0 || lw_training_fail(a, "standard output", strerror(errno)));
}

bool
lw_learn(struct lw_training *a, char **corpora, int n, const struct lw_targets *to)
{
	struct lw_phases phases;
	struct lw_watcher watcher = { lw_phases_call, &phases };
	bool done;

	/* a reader that went away and a full quota are errors like any other, not a silent death */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (!can_write(a, to->model, 0) || !can_write(a, to->report, 0) || !can_write(a, to->suspects, 0))
		return false;
	lw_phases_start(&phases);
	a->phases = &phases;
	a->options.watcher = &watcher;
	done = lw_training_load(a, corpora, n, true) && can_write(a, to->model, model_bytes(a)) && learn(a, to);
	lw_training_clear(a);
	a->phases = NULL;
	return done;
}
