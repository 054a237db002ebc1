/*
 * lurewatch-eval.c - the evaluation tool's command line
 *
 * A wrong argument, a corpus or a model that cannot be read give a line that says which, and status 2.
 */
#include "learn/evaluate.h"
#include "tools/arguments.h"
#include "tools/find_model.h"
#include "tools/phases.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char tool[] = "lurewatch-eval";

static const char help[] =
"usage: lurewatch-eval [OPTION...] CORPUS...\n"
"Scores labelled messages and says how good the verdicts are: overall, by source,\n"
"language, label and family. Corpora as for lurewatch-train.\n"
"\n"
"  lurewatch-eval --split dev corpus.jsonl\n"
"  lurewatch-eval -m mine.lwm -o json test.jsonl > figures.json\n"
"\n"
"  -m, --model MODEL      else $LUREWATCH_MODEL, else the installed model\n"
"  -o, --output OUTPUT    text or json\n"
"      --split SPLIT      train, dev or all (all)\n"
"      --threshold P      another threshold than the model's\n"
"  -j, --threads N        score on N threads; the figures are the same\n"
"  -h, --help             this;  -V, --version\n"
"\n"
"Status: 0, or 2 for an error.\n";

enum { SPLIT = 256, THRESHOLD };

static const struct option longs[] = {
	{ "model", required_argument, NULL, 'm' },
	{ "output", required_argument, NULL, 'o' },
	{ "split", required_argument, NULL, SPLIT },
	{ "threshold", required_argument, NULL, THRESHOLD },
	{ "threads", required_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

struct arguments {
	const char *model;
	enum lw_split split;
	bool json;
	double threshold;
	unsigned threads;
};

static void
take_option(struct arguments *a, int option, const char *value)
{
	switch (option) {
	case 'm':
		a->model = value;
		break;
	case 'o':
		a->json = strcmp(value, "json") == 0;
		if (!a->json && strcmp(value, "text") != 0)
			lw_refuse(tool, "-o", value, "text or json is meant");
		break;
	case SPLIT:
		if (!lw_split_named(value, &a->split))
			lw_refuse(tool, "--split", value, "train, dev or all is meant");
		break;
	case THRESHOLD:
		a->threshold = lw_number_argument(tool, "--threshold", value, 0, 1);
		break;
	case 'j':
		a->threads = (unsigned)lw_count_argument(tool, "-j", value, 1, 1024);
		break;
	case 'h':
		lw_say(tool, help);
	case 'V':
		lw_say(tool, "lurewatch-eval " LUREWATCH_VERSION "\n");
	default:
		lw_usage(tool);
	}
}

static bool
fail(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s%s%s\n", tool, what, why[0] != '\0' ? ": " : "", why);
	return false;
}

static bool
load(struct lw_corpus *c, char **paths, int n, enum lw_split split)
{
	for (int i = 0; i < n; i++) {
		struct lw_buffer why = { 0 };
		lurewatch_error e = lw_corpus_add(c, paths[i], false, split, &why);

		if (e != LUREWATCH_OK)
			fail(lw_buffer_add(&why, "", 1) && why.len > 1 ? why.at : lurewatch_strerror(e), "");
		lw_buffer_free(&why);
		if (e != LUREWATCH_OK)
			return false;
		if (c->file[c->files - 1].unreadable > 0)
			fprintf(stderr, "%s: %s: %zu records could not be read and are left out, the first:\n%.*s", tool, paths[i],
			    c->file[c->files - 1].unreadable, (int)c->file[c->files - 1].first.len, c->file[c->files - 1].first.at);
	}
	return c->n > 0 || fail("there is no labelled message of that split", "");
}

static bool
report(const struct arguments *a, const struct lw_evaluation *v)
{
	char *text = a->json ? lw_evaluation_json(v) : lw_evaluation_text(v);
	bool done = text != NULL ? fputs(text, stdout) >= 0 && (!a->json || putchar('\n') != EOF) && fflush(stdout) == 0 :
	    fail(lurewatch_strerror(LUREWATCH_E_MEMORY), "");

	if (text != NULL && !done)
		fail("standard output", strerror(errno));
	free(text);
	return done;
}

static bool
run(const struct arguments *a, char **paths, int n)
{
	struct lw_corpus corpus = { 0 };
	struct lw_evaluation evaluation = { 0 };
	struct lw_phases phases;
	struct lw_watcher watcher = { lw_phases_call, &phases };
	lurewatch *model = NULL;
	char *why = NULL;
	lurewatch_error e = lw_find_model(a->model, &model, &why);
	bool done = e == LUREWATCH_OK || fail(why != NULL ? why : lurewatch_strerror(e), "");

	free(why);
	done = done && load(&corpus, paths, n, a->split);
	if (done) {
		lw_phases_start(&phases);
		e = lw_evaluate(&corpus, model, a->threshold, a->threads, &watcher, &evaluation);
		lw_phases_end(&phases);
		done = e == LUREWATCH_OK ? report(a, &evaluation) : fail(lurewatch_strerror(e), "");
	}
	lw_evaluation_free(&evaluation);
	lw_corpus_free(&corpus);
	lurewatch_close(model);
	return done;
}

int
main(int argc, char **argv)
{
	static char name[] = "lurewatch-eval";
	struct arguments a = { .split = LW_SPLIT_ALL, .threshold = -1, .threads = 1 };
	int option;

	argv[0] = name;
	while ((option = getopt_long(argc, argv, "m:o:j:hV", longs, NULL)) != -1)
		take_option(&a, option, optarg);
	if (optind == argc)
		lw_refuse(tool, "CORPUS", "", "a file of labelled messages is wanted");
	signal(SIGPIPE, SIG_IGN);
	return run(&a, argv + optind, argc - optind) ? EXIT_SUCCESS : LW_EXIT_BAD_ARGUMENT;
}
