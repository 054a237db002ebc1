/* training.c - options of a training run; what is wrong is said on stderr */
#include "tools/training.h"
#include "tools/arguments.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	{ "memory", "bytes that libsvm's matrices may take together (3e9): with less than it needs it is ten times slower", SIZE,
	    OF_TRAINING(memory), 1e6, 1e12, true },
	{ "hold-out", "folds of general messages: 0 at random, 1 whole sources", UNSIGNED, OF_TRAINING(hold_out), 0, 1, true },
};

static _Noreturn void
list_settings(const char *tool)
{
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
		printf("  %-14s %s\n", settings[i].name, settings[i].what);
	lw_say(tool, "");
}

static void
set(struct lw_training *a, const char *value)
{
	size_t n = strcspn(value, "=");

	if (strcmp(value, "help") == 0)
		list_settings(a->tool);
	for (size_t i = 0; i < sizeof settings / sizeof settings[0] && value[n] == '='; i++) {
		const struct setting *s = &settings[i];
		char *to = (s->of_options ? (char *)&a->options : (char *)&a->settings) + s->at;
		double x;

		if (strlen(s->name) != n || strncmp(s->name, value, n) != 0)
			continue;
		x = lw_number_argument(a->tool, "--set", value + n + 1, s->least, s->most);
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
	lw_refuse(a->tool, "--set", value, "there is no such setting; --set help lists them");
}

/* LABEL,LABEL: cut up where it stands. */
static void
take_flags(struct lw_training *a, char *list)
{
	a->flag = realloc(a->flag, (strlen(list) + 1) * sizeof *a->flag);
	if (a->flag == NULL)
		lw_refuse(a->tool, "--flag", list, lurewatch_strerror(LUREWATCH_E_MEMORY));
	a->options.flags = 0;
	for (char *name = strtok(list, ","); name != NULL; name = strtok(NULL, ","))
		a->flag[a->options.flags++] = name;
	a->options.flag = a->flag;
	if (a->options.flags == 0)
		lw_refuse(a->tool, "--flag", "''", "labels parted by commas are meant");
}

/* COST, COST,COST..., or auto: cut up where it stands. */
static void
take_costs(struct lw_training *a, char *list)
{
	char usual[] = "0.1,0.3,1,3";
	struct lw_grid *g = &a->options.grid;

	if (strcmp(list, "auto") == 0)
		list = usual;
	*g = (struct lw_grid){ 0 };
	for (char *rest, *cost = strtok_r(list, ",", &rest); cost != NULL; cost = strtok_r(NULL, ",", &rest)) {
		double c = lw_number_argument(a->tool, "--cost", cost, 1e-6, 1e6);

		if (g->n == LW_GRID_MAX || (g->n > 0 && c <= g->cost[g->n - 1]))
			lw_refuse(a->tool, "--cost", cost, "at most 16 costs are meant, the smallest first");
		g->cost[g->n++] = c;
	}
	if (g->n == 0)
		lw_refuse(a->tool, "--cost", "''", "a cost, some of them parted by commas, or auto is meant");
	a->options.cost = g->cost[0];
	/* one alone leaves no choice */
	if (g->n == 1)
		g->n = 0;
}

void
lw_training_start(struct lw_training *a, const char *tool, int arguments, enum lw_split split)
{
	*a = (struct lw_training){ .tool = tool, .split = split };
	lw_settings_default(&a->settings);
	lw_train_defaults(&a->options);
	a->core = calloc((size_t)arguments + 1, sizeof *a->core);
	a->feedback = calloc((size_t)arguments + 1, sizeof *a->feedback);
	if (a->core == NULL || a->feedback == NULL)
		lw_refuse(tool, "", "", lurewatch_strerror(LUREWATCH_E_MEMORY));
}

bool
lw_training_option(struct lw_training *a, int option, char *value)
{
	switch (option) {
	case LW_OPTION_CORE:
		a->core[a->cores++] = value;
		return true;
	case LW_OPTION_FLAG:
		take_flags(a, value);
		return true;
	case LW_OPTION_SOLVER:
		a->options.solver = lw_solver_named(value);
		if (a->options.solver == NULL && strcmp(value, "auto") != 0)
			lw_refuse(a->tool, "--solver", value, "auto, libsvm or liblinear is meant");
		return true;
	case LW_OPTION_COST:
		take_costs(a, value);
		return true;
	case LW_OPTION_BITS:
		a->settings.bits = (uint32_t)lw_count_argument(a->tool, "--bits", value, 10, 22);
		return true;
	case LW_OPTION_FOLDS:
		a->options.folds = (unsigned)lw_count_argument(a->tool, "--folds", value, 2, 100);
		return true;
	case LW_OPTION_TARGET_FPR:
		a->options.target_fpr = lw_number_argument(a->tool, "--target-fpr", value, 0, 1);
		return true;
	case LW_OPTION_SPLIT:
		if (!lw_split_named(value, &a->split))
			lw_refuse(a->tool, "--split", value, "train, dev or all is meant");
		return true;
	case LW_OPTION_VOCABULARY:
		a->vocabulary_dir = value;
		return true;
	case LW_OPTION_CAP:
		a->options.per_source = (size_t)lw_count_argument(a->tool, "--cap", value, 0, 1u << 30);
		return true;
	case LW_OPTION_SET:
		set(a, value);
		return true;
	case LW_OPTION_SEED:
		a->options.seed = lw_count_argument(a->tool, "--seed", value, 0, UINT64_MAX);
		return true;
	case 'j':
		a->options.threads = (unsigned)lw_count_argument(a->tool, "-j", value, 1, 1024);
		return true;
	default:
		return false;
	}
}

void
lw_training_clear(const struct lw_training *a)
{
	if (a->phases != NULL)
		lw_phases_end(a->phases);
}

bool
lw_training_fail(const struct lw_training *a, const char *what, const char *why)
{
	lw_training_clear(a);
	fprintf(stderr, "%s: %s%s%s\n", a->tool, what, why[0] != '\0' ? ": " : "", why);
	return false;
}

bool
lw_training_lessons(struct lw_training *a, const struct lw_watcher *watcher)
{
	struct lw_buffer why = { 0 };
	lurewatch_error e;

	a->options.settings = &a->settings;
	a->options.watcher = watcher;
	e = lw_lessons_make(&a->corpus, &a->options, &a->lessons, &why);
	if (e != LUREWATCH_OK)
		lw_training_fail(a, lw_buffer_add(&why, "", 1) && why.len > 1 ? why.at : lurewatch_strerror(e), "");
	lw_buffer_free(&why);
	return e == LUREWATCH_OK;
}

void
lw_training_end(struct lw_training *a)
{
	lw_lessons_free(&a->lessons);
	lw_vocabulary_free(a->vocabulary);
	lw_corpus_free(&a->corpus);
	lw_buffer_free(&a->vocabulary_bytes);
	lw_past_free(&a->past);
	lurewatch_close(a->model);
	free(a->core);
	free(a->feedback);
	free(a->flag);
}
