/*
 * lurewatch-eval.c - the evaluation tool's command line
 *
 * A wrong argument, a corpus or a model that cannot be read give a line that says which, and status 2.
 */
#include "learn/report.h"
#include "learn/summary.h"
#include "tools/arguments.h"
#include "tools/find_model.h"
#include "tools/phases.h"
#include "tools/training.h"

#include <errno.h>
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
"  lurewatch-eval --leave-out lang --core cases.jsonl public.jsonl\n"
"\n"
"  -m, --model MODEL      else $LUREWATCH_MODEL, else the installed model\n"
"  -o, --output OUTPUT    text, json or html (one page, no network)\n"
"      --split SPLIT      train, dev or all (all)\n"
"      --threshold P      another threshold than the model's\n"
"      --leave-out WHAT   source or lang: learns from all but one, judges that\n"
"                         one, in turn; takes the options of lurewatch-train\n"
"      --resamples N      for the 95 % intervals; 0: without (1000)\n"
"      --seed N           chance, always the same for the same N (1)\n"
"  -j, --threads N        work on N threads; the figures are the same\n"
"  -h, --help             this;  -V, --version\n"
"\n"
"Status: 0, or 2 for an error.\n";

enum { THRESHOLD = 256, LEAVE_OUT, RESAMPLES };

static const struct option longs[] = {
	LW_TRAINING_OPTIONS,
	{ "model", required_argument, NULL, 'm' },
	{ "output", required_argument, NULL, 'o' },
	{ "threshold", required_argument, NULL, THRESHOLD },
	{ "leave-out", required_argument, NULL, LEAVE_OUT },
	{ "resamples", required_argument, NULL, RESAMPLES },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

struct arguments {
	const char *model;
	enum { AS_TEXT, AS_JSON, AS_HTML } output;
	bool transfer;
	enum lw_leave_out leave_out;
	double threshold;
	unsigned resamples;
	struct lw_training training;
};

static void
take_option(struct arguments *a, int option, char *value)
{
	switch (option) {
	case 'm':
		a->model = value;
		break;
	case 'o':
		a->output = strcmp(value, "json") == 0 ? AS_JSON : strcmp(value, "html") == 0 ? AS_HTML : AS_TEXT;
		if (a->output == AS_TEXT && strcmp(value, "text") != 0)
			lw_refuse(tool, "-o", value, "text, json or html is meant");
		break;
	case THRESHOLD:
		a->threshold = lw_number_argument(tool, "--threshold", value, 0, 1);
		break;
	case LEAVE_OUT:
		a->transfer = true;
		a->leave_out = strcmp(value, "source") == 0 ? LW_LEAVE_SOURCE : LW_LEAVE_LANG;
		if (a->leave_out == LW_LEAVE_LANG && strcmp(value, "lang") != 0)
			lw_refuse(tool, "--leave-out", value, "source or lang is meant");
		break;
	case RESAMPLES:
		a->resamples = (unsigned)lw_count_argument(tool, "--resamples", value, 0, 100000);
		break;
	case 'h':
		lw_say(tool, help);
	case 'V':
		lw_say(tool, "lurewatch-eval " LUREWATCH_VERSION "\n");
	default:
		if (!lw_training_option(&a->training, option, value))
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
report(const struct arguments *a, const struct lw_summary *s)
{
	struct lw_buffer page = { 0 };
	char *text = a->output == AS_JSON ? lw_summary_json(s) : a->output == AS_TEXT ? lw_summary_text(s) : NULL;
	bool done;

	if (a->output == AS_HTML && lw_report_html(s->of, "Lurewatch evaluation", &page) && lw_buffer_add(&page, "", 1))
		text = page.at;
	else
		lw_buffer_free(&page);
	if (text == NULL)
		return fail(lurewatch_strerror(LUREWATCH_E_MEMORY), "");
	done = fputs(text, stdout) >= 0 && (a->output != AS_JSON || putchar('\n') != EOF) && fflush(stdout) == 0;
	free(text);
	return done || fail("standard output", strerror(errno));
}

static lurewatch_error
score(struct arguments *a, const struct lw_watcher *watcher, struct lw_evaluation *out, lurewatch **model)
{
	char *why = NULL;
	lurewatch_error e = lw_find_model(a->model, model, &why);

	if (e != LUREWATCH_OK)
		fail(why != NULL ? why : lurewatch_strerror(e), "");
	free(why);
	if (e != LUREWATCH_OK)
		return e;
	e = lw_evaluate(&a->training.corpus, *model, a->threshold, a->training.options.threads, watcher, out);
	if (e != LUREWATCH_OK)
		fail(lurewatch_strerror(e), "");
	return e;
}

static lurewatch_error
transfer(struct arguments *a, const struct lw_watcher *watcher, struct lw_evaluation *out)
{
	lurewatch_error e;

	if (!lw_training_lessons(&a->training, watcher))
		return LUREWATCH_E_ARGUMENT;
	e = lw_evaluate_transfer(&a->training.lessons, &a->training.options, a->leave_out, out);
	if (e != LUREWATCH_OK)
		fail(lurewatch_strerror(e), "");
	return e;
}

static bool
summarise(const struct arguments *a, const struct lw_watcher *watcher, const struct lw_evaluation *v, struct lw_summary *out)
{
	struct lw_resampling how = { .resamples = a->resamples, .threads = a->training.options.threads,
		.seed = a->training.options.seed, .watcher = watcher };
	lurewatch_error e = lw_summary_make(v, &how, out);

	return e == LUREWATCH_OK || fail(lurewatch_strerror(e), "");
}

static bool
run(struct arguments *a, char **paths, int n)
{
	struct lw_evaluation evaluation = { 0 };
	struct lw_summary summary = { 0 };
	struct lw_phases phases;
	struct lw_watcher watcher = { lw_phases_call, &phases };
	lurewatch *model = NULL;
	bool done;

	if (!lw_training_load(&a->training, paths, n, a->transfer))
		return false;
	if (a->training.corpus.n == 0)
		return fail("there is no labelled message of that split", "");
	lw_phases_start(&phases);
	done = (a->transfer ? transfer(a, &watcher, &evaluation) : score(a, &watcher, &evaluation, &model)) == LUREWATCH_OK &&
	    summarise(a, &watcher, &evaluation, &summary);
	lw_phases_end(&phases);
	done = done && report(a, &summary);
	lw_summary_free(&summary);
	lw_evaluation_free(&evaluation);
	lurewatch_close(model);
	return done;
}

int
main(int argc, char **argv)
{
	static char name[] = "lurewatch-eval";
	struct arguments a = { .threshold = -1, .resamples = LW_RESAMPLES };
	int option;
	bool done;

	argv[0] = name;
	lw_training_start(&a.training, tool, argc, LW_SPLIT_ALL);
	while ((option = getopt_long(argc, argv, "m:o:j:hV", longs, NULL)) != -1)
		take_option(&a, option, optarg);
	if (optind == argc && a.training.cores == 0)
		lw_refuse(tool, "CORPUS", "", "a file of labelled messages is wanted");
	signal(SIGPIPE, SIG_IGN);
	done = run(&a, argv + optind, argc - optind);
	lw_training_end(&a.training);
	return done ? EXIT_SUCCESS : LW_EXIT_BAD_ARGUMENT;
}
