/*
 * lurewatch-train.c - the training tool's command line
 *
 * A wrong argument, a corpus that cannot be learned from and a model that cannot be written give a
 * line that says which, and status 2; the old model stays as it was.
 */
#include "learn/train.h"
#include "tools/arguments.h"
#include "tools/find_model.h"
#include "tools/phases.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
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
"  -o, --output MODEL     file to write (model.lwm); replaced only when all is done\n"
"      --core CORPUS      messages that matter most: learned by an expert of their own\n"
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
"      --seed N           chance, always the same for the same N (1)\n"
"  -j, --threads N        labels learned side by side; the model is the same\n"
"  -h, --help             this;  -V, --version\n"
"\n"
"Status: 0 the model is written, 2 an error.\n";

enum { CORE = 256, FLAG, SOLVER, COST, BITS, FOLDS, TARGET_FPR, SPLIT, VOCABULARY, CAP, SET, SEED };

static const struct option longs[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "core", required_argument, NULL, CORE },
	{ "flag", required_argument, NULL, FLAG },
	{ "solver", required_argument, NULL, SOLVER },
	{ "cost", required_argument, NULL, COST },
	{ "bits", required_argument, NULL, BITS },
	{ "folds", required_argument, NULL, FOLDS },
	{ "target-fpr", required_argument, NULL, TARGET_FPR },
	{ "split", required_argument, NULL, SPLIT },
	{ "vocabulary", required_argument, NULL, VOCABULARY },
	{ "cap", required_argument, NULL, CAP },
	{ "set", required_argument, NULL, SET },
	{ "seed", required_argument, NULL, SEED },
	{ "threads", required_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

struct arguments {
	const char *output, *vocabulary;
	struct lw_settings settings;
	struct lw_train_options options;
	enum lw_split split;
	const char **core;              /* room for all arguments */
	size_t cores;
	const char **flag;
};

/* Settings that few need: name, where it is, its range. */
static const struct setting {
	const char *name, *what;
	enum { UNSIGNED, FLOAT, DOUBLE, SIZE } kind;
	size_t at;
	double least, most;
	bool of_options;                /* else of the feature settings */
} settings[] = {
#define OF_FEATURES(field) offsetof(struct lw_settings, field)
#define OF_TRAINING(field) offsetof(struct lw_train_options, field)
	{ "spaced-min", "shortest character n-gram where words are spaced", UNSIGNED, OF_FEATURES(spaced_min), 1, 8, false },
	{ "spaced-max", "longest", UNSIGNED, OF_FEATURES(spaced_max), 1, 8, false },
	{ "unspaced-min", "shortest where they are not", UNSIGNED, OF_FEATURES(unspaced_min), 1, 8, false },
	{ "unspaced-max", "longest", UNSIGNED, OF_FEATURES(unspaced_max), 1, 8, false },
	{ "pair-window", "concepts so near make a pair", UNSIGNED, OF_FEATURES(pair_window), 0, 16, false },
	{ "segment", "scripts cut into words by dictionary, a bit each: han 1, kana 2, thai 4, lao 8, khmer 16, myanmar 32",
	    UNSIGNED, OF_FEATURES(segment), 0, 63, false },
	{ "blocks", "feature blocks in use, a bit each: chars 1, words 2, concepts 4, pairs 8, indicators 16, shapes 32",
	    UNSIGNED, OF_FEATURES(blocks), 0, 63, false },
	{ "chars", "weight of the block of character n-grams", FLOAT, OF_FEATURES(weight[LW_CHARS]), 0, 100, false },
	{ "words", "weight of words", FLOAT, OF_FEATURES(weight[LW_WORDS]), 0, 100, false },
	{ "concepts", "weight of concepts", FLOAT, OF_FEATURES(weight[LW_CONCEPTS]), 0, 100, false },
	{ "pairs", "weight of pairs of concepts", FLOAT, OF_FEATURES(weight[LW_CONCEPT_PAIRS]), 0, 100, false },
	{ "indicators", "weight of indicators", FLOAT, OF_FEATURES(weight[LW_INDICATORS]), 0, 100, false },
	{ "shapes", "weight of shapes", FLOAT, OF_FEATURES(weight[LW_SHAPES]), 0, 100, false },
	{ "balance", "the rarer side of a label costs (others / own)^this", DOUBLE, OF_TRAINING(balance), 0, 1, true },
	{ "prior", "strength of the calibration's prior", DOUBLE, OF_TRAINING(prior), 0, 1e6, true },
	{ "core-share", "core messages' share of the calibration", DOUBLE, OF_TRAINING(core_share), 0.01, 0.99, true },
	{ "least", "messages that must have a feature", UNSIGNED, OF_TRAINING(least), 1, 1000, true },
	{ "copies", "at most so many copies of a template; 0: all", SIZE, OF_TRAINING(per_group), 0, 1e9, true },
	{ "hold-out", "folds of general messages: 0 at random, 1 whole sources", UNSIGNED, OF_TRAINING(hold_out), 0, 1, true },
};

static _Noreturn void
list_settings(void)
{
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
		printf("  %-14s %s\n", settings[i].name, settings[i].what);
	lw_say(tool, "");
}

static void
set(struct arguments *a, const char *value)
{
	size_t n = strcspn(value, "=");

	if (strcmp(value, "help") == 0)
		list_settings();
	for (size_t i = 0; i < sizeof settings / sizeof settings[0] && value[n] == '='; i++) {
		const struct setting *s = &settings[i];
		char *to = (s->of_options ? (char *)&a->options : (char *)&a->settings) + s->at;
		double x;

		if (strlen(s->name) != n || strncmp(s->name, value, n) != 0)
			continue;
		x = lw_number_argument(tool, "--set", value + n + 1, s->least, s->most);
		switch (s->kind) {
		case UNSIGNED:
			memcpy(to, &(uint32_t){ (uint32_t)x }, sizeof(uint32_t));
			return;
		case FLOAT:
			memcpy(to, &(float){ (float)x }, sizeof(float));
			return;
		case DOUBLE:
			memcpy(to, &x, sizeof x);
			return;
		case SIZE:
			memcpy(to, &(size_t){ (size_t)x }, sizeof(size_t));
			return;
		}
	}
	lw_refuse(tool, "--set", value, "there is no such setting; --set help lists them");
}

/* LABEL,LABEL: cut up where it stands. */
static void
take_flags(struct arguments *a, char *list)
{
	a->options.flags = 0;
	for (char *name = strtok(list, ","); name != NULL; name = strtok(NULL, ","))
		a->flag[a->options.flags++] = name;
	a->options.flag = a->flag;
	if (a->options.flags == 0)
		lw_refuse(tool, "--flag", "''", "labels parted by commas are meant");
}

static void
take_option(struct arguments *a, int option, char *value)
{
	switch (option) {
	case 'o':
		a->output = value;
		break;
	case CORE:
		a->core[a->cores++] = value;
		break;
	case FLAG:
		a->flag = realloc(a->flag, (strlen(value) + 1) * sizeof *a->flag);
		if (a->flag == NULL)
			lw_refuse(tool, "--flag", "", "out of memory");
		take_flags(a, value);
		break;
	case SOLVER:
		a->options.solver = lw_solver_named(value);
		if (a->options.solver == NULL && strcmp(value, "auto") != 0)
			lw_refuse(tool, "--solver", value, "auto, libsvm or liblinear is meant");
		break;
	case COST:
		a->options.cost = lw_number_argument(tool, "--cost", value, 1e-6, 1e6);
		break;
	case BITS:
		a->settings.bits = (uint32_t)lw_count_argument(tool, "--bits", value, 10, 22);
		break;
	case FOLDS:
		a->options.folds = (unsigned)lw_count_argument(tool, "--folds", value, 2, 100);
		break;
	case TARGET_FPR:
		a->options.target_fpr = lw_number_argument(tool, "--target-fpr", value, 0, 1);
		break;
	case SPLIT:
		if (!lw_split_named(value, &a->split))
			lw_refuse(tool, "--split", value, "train, dev or all is meant");
		break;
	case VOCABULARY:
		a->vocabulary = value;
		break;
	case CAP:
		a->options.per_source = (size_t)lw_count_argument(tool, "--cap", value, 0, 1u << 30);
		break;
	case SET:
		set(a, value);
		break;
	case SEED:
		a->options.seed = lw_count_argument(tool, "--seed", value, 0, UINT64_MAX);
		break;
	case 'j':
		a->options.threads = (unsigned)lw_count_argument(tool, "-j", value, 1, 1024);
		break;
	case 'h':
		lw_say(tool, help);
	case 'V':
		lw_say(tool, "lurewatch-train " LUREWATCH_VERSION "\n");
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

/* A target that cannot be written is found out before the work, not after. */
static bool
can_write(const char *path)
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
	return fd >= 0 ? true : fail(path, strerror(errno));
}

static bool
load_vocabulary(struct arguments *a, struct lw_buffer *bytes, struct lw_vocabulary **out)
{
	struct lw_buffer why = { 0 };
	char *dir = NULL;
	lurewatch_error e = LUREWATCH_OK;

	if (a->vocabulary == NULL || strcmp(a->vocabulary, "none") != 0) {
		dir = lw_find_vocabulary(a->vocabulary);
		if (dir == NULL)
			return fail("no vocabulary is installed", "name its folder with --vocabulary, or none");
		e = lw_vocabulary_compile(dir, bytes, &why);
	}
	if (e == LUREWATCH_OK)
		e = lw_vocabulary_open(bytes->at, bytes->len, out);
	if (e != LUREWATCH_OK)
		fail("vocabulary", lw_buffer_add(&why, "", 1) && why.len > 1 ? why.at : lurewatch_strerror(e));
	lw_buffer_free(&why);
	free(dir);
	a->options.vocabulary = *out;
	a->options.vocabulary_bytes = (struct lw_span){ bytes->at, bytes->len };
	return e == LUREWATCH_OK;
}

static bool
load_one(struct lw_corpus *c, const char *argument, bool core, enum lw_split split)
{
	struct lw_buffer why = { 0 };
	lurewatch_error e = lw_corpus_add(c, argument, core, split, &why);
	const struct lw_corpus_file *f = c->files > 0 ? &c->file[c->files - 1] : NULL;

	if (e != LUREWATCH_OK)
		fail(lw_buffer_add(&why, "", 1) && why.len > 1 ? why.at : lurewatch_strerror(e), "");
	else if (f->unreadable > 0)
		fprintf(stderr, "%s: %s: %zu records could not be read and are left out, the first:\n%.*s", tool, argument,
		    f->unreadable, (int)f->first.len, f->first.at);
	lw_buffer_free(&why);
	return e == LUREWATCH_OK;
}

static void
print_summary(const struct lw_lessons *l, const struct lw_trained *t)
{
	const struct lw_metrics *m = &t->metrics;

	printf("%zu messages learned from, %u feature slots\n\n%-7s %-14s %8s %10s %8s %7s %12s\n", l->n, l->matrix.dimension,
	    "expert", "label", "rows", "support", "rounds", "KKT", "objective");
	for (uint32_t x = 0; x < l->experts; x++)
		for (uint32_t k = 0; k < t->expert[x].labels; k++) {
			const struct lw_solution *s = &t->expert[x].solution[k];

			printf("%-7s %-14s %8zu %10zu %8u ", l->experts == 1 ? "-" : x == 0 ? "general" : "core",
			    lw_name(&l->corpus->label, k), t->expert[x].rows, s->support, s->rounds);
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
run(struct arguments *a, char **corpora, int n)
{
	struct lw_corpus corpus = { 0 };
	struct lw_buffer bytes = { 0 }, why = { 0 };
	struct lw_vocabulary *vocabulary = NULL;
	struct lw_lessons lessons = { 0 };
	struct lw_trained trained = { 0 };
	struct lw_phases phases;
	struct lw_watcher watcher = { lw_phases_call, &phases };
	lurewatch_error e;
	bool done = can_write(a->output) && load_vocabulary(a, &bytes, &vocabulary);

	for (int i = 0; i < n && done; i++)
		done = load_one(&corpus, corpora[i], false, a->split);
	for (size_t i = 0; i < a->cores && done; i++)
		done = load_one(&corpus, a->core[i], true, a->split);
	lw_phases_start(&phases);
	a->options.settings = &a->settings;
	a->options.watcher = &watcher;
	if (done) {
		e = lw_lessons_make(&corpus, &a->options, &lessons, &why);
		if (e == LUREWATCH_OK)
			e = lw_train(&lessons, &a->options, &trained);
		lw_phases_end(&phases);
		done = e == LUREWATCH_OK || fail(lw_buffer_add(&why, "", 1) && why.len > 1 ? why.at : lurewatch_strerror(e), "");
	}
	if (done) {
		e = lw_train_write(&lessons, &a->options, &trained, a->output);
		done = e == LUREWATCH_OK || fail(a->output, e == LUREWATCH_E_IO ? strerror(errno) : lurewatch_strerror(e));
	}
	if (done)
		print_summary(&lessons, &trained);
	lw_trained_free(&trained);
	lw_lessons_free(&lessons);
	lw_vocabulary_free(vocabulary);
	lw_corpus_free(&corpus);
	lw_buffer_free(&bytes);
	lw_buffer_free(&why);
	return done && (fflush(stdout) == 0 || fail("standard output", strerror(errno)));
}

int
main(int argc, char **argv)
{
	static char name[] = "lurewatch-train";
	struct arguments a = { .output = "model.lwm", .split = LW_SPLIT_TRAIN };
	int option;
	bool done;

	argv[0] = name;
	lw_settings_default(&a.settings);
	lw_train_defaults(&a.options);
	a.core = calloc((size_t)argc, sizeof *a.core);
	if (a.core == NULL)
		lw_refuse(tool, "", "", lurewatch_strerror(LUREWATCH_E_MEMORY));
	while ((option = getopt_long(argc, argv, "o:j:hV", longs, NULL)) != -1)
		take_option(&a, option, optarg);
	if (optind == argc && a.cores == 0)
		lw_refuse(tool, "CORPUS", "", "a file of labelled messages is wanted");
	if (!lw_settings_valid(&a.settings))
		lw_refuse(tool, "--set", "", "the shortest n-gram is longer than the longest");
	signal(SIGPIPE, SIG_IGN);
	done = run(&a, argv + optind, argc - optind);
	free(a.core);
	free(a.flag);
	return done ? EXIT_SUCCESS : LW_EXIT_BAD_ARGUMENT;
}
