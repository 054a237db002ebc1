/*
 * lurewatch-train.c - the training tool's command line
 *
 * A wrong argument, a corpus that cannot be learned from and a model that cannot be written give a
 * line that says which, and status 2; the old model stays as it was.
 */
#include "tools/arguments.h"
#include "tools/inspect.h"
#include "tools/learning.h"

#include <stdlib.h>

static const char tool[] = "lurewatch-train";

static const char help[] =
"usage: lurewatch-train [OPTION...] CORPUS...\n"
"Learns a model from labelled messages: JSON lines, CSV or TSV with a label each,\n"
"or LABEL=PATH for a dump whose messages all have that label.\n"
"\n"
"  lurewatch-train -o mine.lwm corpus.jsonl           learn, calibrate, write\n"
"  lurewatch-train -o mine.lwm --core cases.jsonl public.jsonl\n"
"  lurewatch-train --from old.lwm -o new.lwm --feedback corrected.jsonl\n"
"  lurewatch-train --flag spam -o sms.lwm ham=ham.mbox spam=spam.mbox\n"
"\n"
"  -o, --output MODEL     file to write (model.lwm), replaced when all is done\n"
"      --from MODEL       begin with the corpora and settings of MODEL\n"
"      --add CORPUS       one corpus more; from the -o MODEL without --from\n"
"      --feedback FILE    verdicts a reviewer corrected; from -o MODEL likewise\n"
"      --accept-changes   corpora of the old model may have changed since\n"
"      --core CORPUS      messages that matter most: an expert of their own\n"
"      --flag LABEL,...   labels to be flagged (fraud,recruitment)\n"
"      --solver NAME      auto, libsvm or liblinear\n"
"      --cost C[,C...]    price of an error against a wide margin (1); of some,\n"
"                         or auto, the one with the best average precision\n"
"      --bits B           2^B slots for character n-grams, 10 to 22 (18)\n"
"      --folds K          folds for calibration and threshold (5)\n"
"      --target-fpr F     false positives the threshold allows (0.005)\n"
"      --split SPLIT      train (marked so, or not marked), dev or all\n"
"      --vocabulary DIR   concepts and indicators; none: without\n"
"      --cap N            at most N messages of a source and label; 0: no cap\n"
"      --set NAME=VALUE   another setting; --set help lists them\n"
"      --report FILE.html what came out of the folds, as one page\n"
"      --suspects FILE    doubtful labels, the worst first, to correct by hand\n"
"      --seed N           chance, always the same for the same N (1)\n"
"  -j, --threads N        labels learned side by side; the model is the same\n"
"      --explain-model M  what is in a model; with a CORPUS its n-grams too\n"
"      --diff A B         what changed from one model to the other\n"
"  -h, --help             this;  -V, --version\n"
"\n"
"Status: 0 the model is written, 2 an error.\n";

enum { REPORT = 256, SUSPECTS, FROM, ADD, CHANGED, FEEDBACK, EXPLAIN, DIFF };

static const char shorts[] = "o:j:hV";

static const struct option longs[] = {
	LW_TRAINING_OPTIONS,
	{ "output", required_argument, NULL, 'o' },
	{ "report", required_argument, NULL, REPORT },
	{ "from", required_argument, NULL, FROM },
	{ "add", required_argument, NULL, ADD },
	{ "accept-changes", no_argument, NULL, CHANGED },
	{ "feedback", required_argument, NULL, FEEDBACK },
	{ "explain-model", required_argument, NULL, EXPLAIN },
	{ "diff", required_argument, NULL, DIFF },
	{ "suspects", required_argument, NULL, SUSPECTS },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* What a run is about, known before the other options are read: they come on top of the model's. */
struct plan {
	struct lw_targets to;
	const char *from;
	const char *explain, *diff;     /* only look at a model, at two */
	bool adds, reviews, names;      /* corpora beside the model's, feedback, corpora of its own */
};

static void
plan(int argc, char **argv, struct plan *p)
{
	int option;

	*p = (struct plan){ .to.model = "model.lwm" };
	opterr = 0;
	while ((option = getopt_long(argc, argv, shorts, longs, NULL)) != -1)
		switch (option) {
		case 'o':
			p->to.model = optarg;
			break;
		case REPORT:
			p->to.report = optarg;
			break;
		case SUSPECTS:
			p->to.suspects = optarg;
			break;
		case FROM:
			p->from = optarg;
			break;
		case ADD:
			p->adds = true;
			break;
		case FEEDBACK:
			p->reviews = true;
			break;
		case EXPLAIN:
			p->explain = optarg;
			break;
		case DIFF:
			p->diff = optarg;
			break;
		case LW_OPTION_CORE:
			p->names = true;
			break;
		}
	p->names = p->names || optind < argc;
	/* to add to nothing, or correct it, means the model that is there */
	if (p->from == NULL && (p->adds || (p->reviews && !p->names)))
		p->from = p->to.model;
	/* 0 makes getopt begin anew */
	opterr = 1;
	optind = 0;
}

static void
take_option(struct lw_training *a, int option, char **corpora, int *n)
{
	switch (option) {
	case 'o':
	case REPORT:
	case SUSPECTS:
	case FROM:
	case EXPLAIN:
	case DIFF:
		return;
	case ADD:
		corpora[(*n)++] = optarg;
		return;
	case CHANGED:
		a->changed = true;
		return;
	case FEEDBACK:
		a->feedback[a->feedbacks++] = optarg;
		return;
	case 'h':
		lw_say(tool, help);
	case 'V':
		lw_say(tool, "lurewatch-train " LUREWATCH_VERSION "\n");
	default:
		if (!lw_training_option(a, option, optarg))
			lw_usage(tool);
	}
}

int
main(int argc, char **argv)
{
	static char name[] = "lurewatch-train";
	char **corpora = calloc((size_t)argc + 1, sizeof *corpora);
	struct lw_training a;
	struct plan p;
	int option, n = 0;
	bool done;

	/* getopt names the program by it, wherever it was called from */
	argv[0] = name;
	lw_training_start(&a, tool, argc, LW_SPLIT_TRAIN);
	if (corpora == NULL)
		lw_refuse(tool, "", "", lurewatch_strerror(LUREWATCH_E_MEMORY));
	plan(argc, argv, &p);
	done = p.from == NULL || lw_training_begin_from(&a, p.from);
	while (done && (option = getopt_long(argc, argv, shorts, longs, NULL)) != -1)
		take_option(&a, option, corpora, &n);
	while (done && optind < argc)
		corpora[n++] = argv[optind++];
	if (p.diff != NULL && n != 1)
		lw_refuse(tool, "--diff", p.diff, "one more model is wanted, to compare it with");
	if (done && n == 0 && a.cores == 0 && p.from == NULL && p.explain == NULL)
		lw_refuse(tool, "CORPUS", "", "a file of labelled messages is wanted");
	done = done && (p.explain != NULL ? lw_explain_model(&a, p.explain, corpora, n) :
	    p.diff != NULL ? lw_diff_models(&a, p.diff, corpora[0]) : lw_learn(&a, corpora, n, &p.to));
	lw_training_end(&a);
	free(corpora);
	return done ? EXIT_SUCCESS : LW_EXIT_BAD_ARGUMENT;
}
