/*
 * lurewatch-eval.c - the evaluation tool's command line
 *
 * A wrong argument, a corpus or a model that cannot be read give a line that says which, and status 2;
 * 1 means that the model is worse than the one it was compared with.
 */
#include "learn/compare.h"
#include "learn/report.h"
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
"  lurewatch-eval -m new.lwm --against old.lwm test.jsonl && mv new.lwm old.lwm\n"
"  lurewatch-eval --leave-out lang --core cases.jsonl public.jsonl\n"
"\n"
"  -m, --model MODEL      else $LUREWATCH_MODEL, else the installed model\n"
"  -o, --output OUTPUT    text, json or html (one page, no network)\n"
"      --split SPLIT      train, dev or all (all)\n"
"      --threshold P      another threshold than the model's\n"
"      --against OTHER    is MODEL better than OTHER on these messages, for whom\n"
"                         is it worse, which messages changed side\n"
"      --tolerance T      worse means: average precision or F1 lower, or false\n"
"                         positives higher, by more than T (0.01)\n"
"      --changed FILE     all messages that changed side, as JSON lines\n"
"      --leave-out WHAT   source or lang: learns from all but one, judges that\n"
"                         one, in turn; takes the options of lurewatch-train\n"
"      --resamples N      for the 95 % intervals; 0: without (1000)\n"
"      --seed N           chance, always the same for the same N (1)\n"
"  -j, --threads N        work on N threads; the figures are the same\n"
"  -h, --help             this;  -V, --version\n"
"\n"
"Status: 0; 1 MODEL is worse than OTHER; 2 an error.\n";

enum { THRESHOLD = 256, LEAVE_OUT, RESAMPLES, AGAINST, TOLERANCE, CHANGED };

#define EXIT_WORSE 1

static const struct option longs[] = {
	LW_TRAINING_OPTIONS,
	{ "model", required_argument, NULL, 'm' },
	{ "output", required_argument, NULL, 'o' },
	{ "threshold", required_argument, NULL, THRESHOLD },
	{ "leave-out", required_argument, NULL, LEAVE_OUT },
	{ "against", required_argument, NULL, AGAINST },
	{ "tolerance", required_argument, NULL, TOLERANCE },
	{ "changed", required_argument, NULL, CHANGED },
	{ "resamples", required_argument, NULL, RESAMPLES },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

struct arguments {
	const char *model, *against, *changed;
	enum { AS_TEXT, AS_JSON, AS_HTML } output;
	bool transfer;
	enum lw_leave_out leave_out;
	double threshold, tolerance;
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
	case AGAINST:
		a->against = value;
		break;
	case TOLERANCE:
		a->tolerance = lw_number_argument(tool, "--tolerance", value, 0, 1);
		break;
	case CHANGED:
		a->changed = value;
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

/* What one run holds. */
struct run {
	struct arguments *a;
	struct lw_phases phases;
	struct lw_watcher watcher;
	lurewatch *model, *other;
	struct lw_evaluation now, before;       /* of model, of other */
	struct lw_findings summary;
	struct lw_comparison comparison;
};

static const char *
file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static char *
page(struct run *r)
{
	const struct arguments *a = r->a;
	struct lw_report_page report = { .summary = &r->summary, .model = r->model, .comparison = a->against != NULL ? &r->comparison : NULL,
		.threads = a->training.options.threads, .watcher = &r->watcher };
	struct lw_buffer title = { 0 }, b = { 0 };
	bool done = a->transfer ? lw_buffer_addf(&title, "Lurewatch, each %s left out in turn", r->now.held_out) :
	    lw_buffer_addf(&title, "Lurewatch evaluation of %s", a->model != NULL ? file_name(a->model) : "the installed model");

	done = done && lw_buffer_add(&title, "", 1);
	report.title = title.at;
	done = done && lw_report_html(&report, &b) == LUREWATCH_OK && lw_buffer_add(&b, "", 1);
	lw_buffer_free(&title);
	if (!done)
		lw_buffer_free(&b);
	return b.at;
}

static bool
report(struct run *r)
{
	bool compared = r->a->against != NULL, done;
	char *text;

	if (r->a->output == AS_JSON)
		text = compared ? lw_comparison_json(&r->comparison, &r->summary) : lw_findings_json(&r->summary);
	else if (r->a->output == AS_HTML)
		text = page(r);
	else
		text = compared ? lw_comparison_text(&r->comparison) : lw_findings_text(&r->summary);
	if (text == NULL)
		return fail(lurewatch_strerror(LUREWATCH_E_MEMORY), "");
	done = fputs(text, stdout) >= 0 && (r->a->output != AS_JSON || putchar('\n') != EOF) && fflush(stdout) == 0;
	free(text);
	return done || fail("standard output", strerror(errno));
}

static bool
list_changed(const struct run *r, FILE *f)
{
	struct lw_buffer lines = { 0 };
	bool done = lw_comparison_changed(&r->comparison, &lines);

	if (!done)
		fail(lurewatch_strerror(LUREWATCH_E_MEMORY), "");
	else if (fwrite(lines.at != NULL ? lines.at : "", 1, lines.len, f) != lines.len || fflush(f) != 0)
		done = fail(r->a->changed, strerror(errno));
	lw_buffer_free(&lines);
	return done;
}

static bool
score(struct run *r, const char *path, lurewatch **model, struct lw_evaluation *out)
{
	const struct arguments *a = r->a;
	char *why = NULL;
	lurewatch_error e = lw_find_model(path, model, &why);

	if (e != LUREWATCH_OK)
		fail(why != NULL ? why : lurewatch_strerror(e), "");
	free(why);
	if (e != LUREWATCH_OK)
		return false;
	e = lw_evaluate(&a->training.corpus, *model, a->threshold, a->training.options.threads, &r->watcher, out);
	return e == LUREWATCH_OK || fail(lurewatch_strerror(e), "");
}

static bool
transfer(struct run *r)
{
	struct arguments *a = r->a;
	lurewatch_error e;

	if (a->training.options.grid.n > 0)
		lw_refuse(tool, "--cost", "of several", "one is meant here; lurewatch-train chooses");
	if (!lw_training_lessons(&a->training, &r->watcher))
		return false;
	e = lw_evaluate_transfer(&a->training.lessons, &a->training.options, a->leave_out, &r->now);
	return e == LUREWATCH_OK || fail(lurewatch_strerror(e), "");
}

static bool
compare(struct run *r, const struct lw_resampling *how)
{
	lurewatch_error e;

	if (!score(r, r->a->against, &r->other, &r->before))
		return false;
	e = lw_compare(&r->before, &r->now, file_name(r->a->against), r->a->tolerance, how, &r->comparison);
	if (e == LUREWATCH_E_ARGUMENT)
		return fail(r->a->against, "the two models do not flag the same labels of these messages");
	return e == LUREWATCH_OK || fail(lurewatch_strerror(e), "");
}

static bool
judge(struct run *r)
{
	const struct arguments *a = r->a;
	struct lw_resampling how = { .resamples = a->resamples, .threads = a->training.options.threads,
		.seed = a->training.options.seed, .watcher = &r->watcher };
	lurewatch_error e;

	if (!(a->transfer ? transfer(r) : score(r, a->model, &r->model, &r->now)))
		return false;
	if (a->against != NULL && !compare(r, &how))
		return false;
	/* the text of a comparison shows nothing of it */
	if (a->against != NULL && a->output == AS_TEXT)
		return true;
	e = lw_findings_make(&r->now, &how, &r->summary);
	return e == LUREWATCH_OK || fail(lurewatch_strerror(e), "");
}

static bool
run(struct run *r, char **paths, int n)
{
	struct arguments *a = r->a;
	FILE *changed = NULL;
	bool done;

	/* a file that cannot be written is found out before the work */
	if (a->changed != NULL && (changed = fopen(a->changed, "wb")) == NULL)
		return fail(a->changed, strerror(errno));
	done = lw_training_load(&a->training, paths, n, a->transfer) &&
	    (a->training.corpus.n > 0 || fail("there is no labelled message of that split", ""));
	lw_phases_start(&r->phases);
	done = done && judge(r) && (changed == NULL || list_changed(r, changed)) && report(r);
	lw_phases_end(&r->phases);
	if (changed != NULL && fclose(changed) != 0 && done)
		done = fail(a->changed, strerror(errno));
	return done;
}

static int
status_of(struct arguments *a, char **paths, int n)
{
	struct run r = { .a = a, .watcher = { lw_phases_call, &r.phases } };
	bool done = run(&r, paths, n), worse = r.comparison.worse;

	lw_comparison_free(&r.comparison);
	lw_findings_free(&r.summary);
	lw_evaluation_free(&r.now);
	lw_evaluation_free(&r.before);
	lurewatch_close(r.model);
	lurewatch_close(r.other);
	return !done ? LW_EXIT_BAD_ARGUMENT : worse ? EXIT_WORSE : EXIT_SUCCESS;
}

static void
check(const struct arguments *a, int corpora)
{
	if (corpora == 0 && a->training.cores == 0)
		lw_refuse(tool, "CORPUS", "", "a file of labelled messages is wanted");
	if (a->transfer && a->against != NULL)
		lw_refuse(tool, "--against", a->against, "with --leave-out there is no model to compare");
	if (a->changed != NULL && a->against == NULL)
		lw_refuse(tool, "--changed", a->changed, "--against OTHER is wanted too");
}

int
main(int argc, char **argv)
{
	static char name[] = "lurewatch-eval";
	struct arguments a = { .threshold = -1, .tolerance = LW_TOLERANCE, .resamples = LW_RESAMPLES };
	int option, status;

	argv[0] = name;
	lw_training_start(&a.training, tool, argc, LW_SPLIT_ALL);
	while ((option = getopt_long(argc, argv, "m:o:j:hV", longs, NULL)) != -1)
		take_option(&a, option, optarg);
	check(&a, argc - optind);
	signal(SIGPIPE, SIG_IGN);
	status = status_of(&a, argv + optind, argc - optind);
	lw_training_end(&a.training);
	return status;
}
