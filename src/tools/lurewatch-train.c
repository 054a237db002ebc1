/*
 * lurewatch-train.c - the training tool's command line
 *
 * A wrong argument, a corpus that cannot be learned from and a model that cannot be written give a
 * line that says which, and status 2; the old model stays as it was.
 */
#include "tools/arguments.h"
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
"      --suspects FILE    doubtful labels, the worst first, to correct by hand\n"
"      --seed N           chance, always the same for the same N (1)\n"
"  -j, --threads N        labels learned side by side; the model is the same\n"
"  -h, --help             this;  -V, --version\n"
"\n"
"Status: 0 the model is written, 2 an error.\n";

enum { REPORT = 256, SUSPECTS };

static const struct option longs[] = {
	LW_TRAINING_OPTIONS,
	{ "output", required_argument, NULL, 'o' },
	{ "report", required_argument, NULL, REPORT },
	{ "suspects", required_argument, NULL, SUSPECTS },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

int
main(int argc, char **argv)
{
	static char name[] = "lurewatch-train";
	struct lw_training a;
	struct lw_targets to = { .model = "model.lwm" };
	int option;
	bool done;

	/* getopt names the program by it, wherever it was called from */
	argv[0] = name;
	lw_training_start(&a, tool, argc, LW_SPLIT_TRAIN);
	while ((option = getopt_long(argc, argv, "o:j:hV", longs, NULL)) != -1) {
		if (option == 'o')
			to.model = optarg;
		else if (option == REPORT)
			to.report = optarg;
		else if (option == SUSPECTS)
			to.suspects = optarg;
		else if (option == 'h')
			lw_say(tool, help);
		else if (option == 'V')
			lw_say(tool, "lurewatch-train " LUREWATCH_VERSION "\n");
		else if (!lw_training_option(&a, option, optarg))
			lw_usage(tool);
	}
	if (optind == argc && a.cores == 0)
		lw_refuse(tool, "CORPUS", "", "a file of labelled messages is wanted");
	done = lw_learn(&a, argv + optind, argc - optind, &to);
	lw_training_end(&a);
	return done ? EXIT_SUCCESS : LW_EXIT_BAD_ARGUMENT;
}
