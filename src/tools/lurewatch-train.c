/*
 * lurewatch-train.c - the training tool's command line
 *
 * A wrong argument, a corpus that cannot be learned from and a model that cannot be written give a
 * line that says which, and status 2; the old model stays as it was.
 */
#include "learn/report.h"
#include "tools/arguments.h"
#include "tools/phases.h"
#include "tools/training.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char tool[] = "lurewatch-train";

static const char help[] =
"usage: lurewatch-train [OPTION...] CORPUS...\n"
"Learns a model from labelled messages: JSON lines, CSV or TSV with a label each,\n"
"or LABEL=PATH for a dump whose messages all have that label.\n"
"\n"
"  lurewatch-train -o mine.lwm corpus.jsonl           learn, calibrate, write\n"
"  lurewatch-train -o mine.lwm --core cases.jsonl public.jsonl\n"
"  lurewatch-train --flag spam -o sms.lwm ham=ham.mbox spam=spam.mbox\n"
"\n"
"  -o, --output MODEL     file to write (model.lwm), replaced when all is done\n"
"      --core CORPUS      messages that matter most: an expert of their own\n"
"      --flag LABEL,...   labels to be flagged (fraud,recruitment)\n"
"      --solver NAME      auto, libsvm or liblinear\n"
"      --cost C           price of an error against a wide margin (1)\n"
"      --bits B           2^B slots for character n-grams, 10 to 22 (18)\n"
"      --folds K          folds for calibration and threshold (5)\n"
"      --target-fpr F     false positives the threshold allows (0.005)\n"
"      --split SPLIT      train (marked so, or not marked), dev or all\n"
"      --vocabulary DIR   concepts and indicators; none: without\n"
"      --cap N            at most N messages of a source and label; 0: no cap\n"
"      --set NAME=VALUE   another setting; --set help lists them\n"
"      --report FILE.html what came out of the folds, as one page\n"
"      --seed N           chance, always the same for the same N (1)\n"
"  -j, --threads N        labels learned side by side; the model is the same\n"
"  -h, --help             this;  -V, --version\n"
"\n"
"Status: 0 the model is written, 2 an error.\n";

enum { REPORT = 256 };

static const struct option longs[] = {
	LW_TRAINING_OPTIONS,
	{ "output", required_argument, NULL, 'o' },
	{ "report", required_argument, NULL, REPORT },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* A target that cannot be written is found out before the work, not after. */
static bool
can_write(const struct lw_training *a, const char *path)
{
	struct lw_buffer other = { 0 };
	int fd = -1;

	if (lw_buffer_addf(&other, "%s.%ld.tmp", path, (long)getpid()) && lw_buffer_add(&other, "", 1)) {
		fd = open(other.at, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (fd >= 0) {
			close(fd);
			unlink(other.at);
		}
	}
	lw_buffer_free(&other);
	return fd >= 0 || lw_training_fail(a, path, strerror(errno));
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
write_report(const struct lw_training *a, const struct lw_trained *t, const char *path)
{
	struct lw_evaluation v;
	struct lw_buffer page = { 0 };
	FILE *f;
	bool done;

	if (lw_evaluate_trained(&a->lessons, t, &v) != LUREWATCH_OK)
		return lw_training_fail(a, lurewatch_strerror(LUREWATCH_E_MEMORY), "");
	done = lw_report_html(&v, "Lurewatch training: every message judged by a fold that did not see it", &page) ||
	    lw_training_fail(a, lurewatch_strerror(LUREWATCH_E_MEMORY), "");
	lw_evaluation_free(&v);
	if (done) {
		f = fopen(path, "wb");
		done = f != NULL && fwrite(page.at, 1, page.len, f) == page.len;
		done = (f == NULL || fclose(f) == 0) && done;
		if (!done)
			lw_training_fail(a, path, strerror(errno));
	}
	lw_buffer_free(&page);
	return done;
}

static bool
learn(struct lw_training *a, const char *output, const char *report)
{
	struct lw_trained trained = { 0 };
	struct lw_phases phases;
	struct lw_watcher watcher = { lw_phases_call, &phases };
	lurewatch_error e = LUREWATCH_OK;
	bool done;

	lw_phases_start(&phases);
	done = lw_training_lessons(a, &watcher);
	if (done)
		e = lw_train(&a->lessons, &a->options, &trained);
	lw_phases_end(&phases);
	if (done && e != LUREWATCH_OK)
		done = lw_training_fail(a, lurewatch_strerror(e), "");
	if (done && (e = lw_train_write(&a->lessons, &a->options, &trained, output)) != LUREWATCH_OK)
		done = lw_training_fail(a, output, e == LUREWATCH_E_IO ? strerror(errno) : lurewatch_strerror(e));
	done = done && (report == NULL || write_report(a, &trained, report));
	if (done)
		print_summary(&a->lessons, &trained);
	lw_trained_free(&trained);
	return done && (fflush(stdout) == 0 || lw_training_fail(a, "standard output", strerror(errno)));
}

int
main(int argc, char **argv)
{
	static char name[] = "lurewatch-train";
	struct lw_training a;
	const char *output = "model.lwm", *report = NULL;
	int option;
	bool done;

	/* getopt names the program by it, wherever it was called from */
	argv[0] = name;
	lw_training_start(&a, tool, argc, LW_SPLIT_TRAIN);
	while ((option = getopt_long(argc, argv, "o:j:hV", longs, NULL)) != -1) {
		if (option == 'o')
			output = optarg;
		else if (option == REPORT)
			report = optarg;
		else if (option == 'h')
			lw_say(tool, help);
		else if (option == 'V')
			lw_say(tool, "lurewatch-train " LUREWATCH_VERSION "\n");
		else if (!lw_training_option(&a, option, optarg))
			lw_usage(tool);
	}
	if (optind == argc && a.cores == 0)
		lw_refuse(tool, "CORPUS", "", "a file of labelled messages is wanted");
	/* a reader that went away is an error like a full disk, not a silent death */
	signal(SIGPIPE, SIG_IGN);
	done = can_write(&a, output) && (report == NULL || can_write(&a, report)) && lw_training_load(&a, argv + optind, argc - optind, true) && learn(&a, output, report);
	lw_training_end(&a);
	return done ? EXIT_SUCCESS : LW_EXIT_BAD_ARGUMENT;
}
