/* training.h - options, corpora and vocabulary of a training run, for the tools that learn */
#ifndef LW_TRAINING_H
#define LW_TRAINING_H

#include "learn/past.h"
#include "tools/phases.h"

#include <getopt.h>

struct lw_training {
	const char *tool;               /* names the program in messages */
	const char *vocabulary_dir;     /* NULL: found by itself; "none" */
	struct lw_settings settings;
	struct lw_train_options options;
	enum lw_split split;
	const char **core;              /* core corpora */
	size_t cores;
	const char **flag;
	lurewatch *model;               /* the one to begin from, NULL: none; the next two are of it */
	const char *from;
	struct lw_past past;
	bool changed;                   /* its corpora may have changed since */
	const char **feedback;          /* files a reviewer went through */
	size_t feedbacks;
	struct lw_phases *phases;       /* whose line must go before another is written; NULL: none */
	struct lw_buffer vocabulary_bytes;
	struct lw_vocabulary *vocabulary;
	struct lw_corpus corpus;
	struct lw_lessons lessons;
};

/* The options both tools have; their values start here. */
enum { LW_OPTION_CORE = 512, LW_OPTION_FLAG, LW_OPTION_SOLVER, LW_OPTION_COST, LW_OPTION_BITS, LW_OPTION_FOLDS,
	LW_OPTION_TARGET_FPR, LW_OPTION_SPLIT, LW_OPTION_VOCABULARY, LW_OPTION_CAP, LW_OPTION_SET, LW_OPTION_SEED };

#define LW_TRAINING_OPTIONS \
	{ "core", required_argument, NULL, LW_OPTION_CORE }, \
	{ "flag", required_argument, NULL, LW_OPTION_FLAG }, \
	{ "solver", required_argument, NULL, LW_OPTION_SOLVER }, \
	{ "cost", required_argument, NULL, LW_OPTION_COST }, \
	{ "bits", required_argument, NULL, LW_OPTION_BITS }, \
	{ "folds", required_argument, NULL, LW_OPTION_FOLDS }, \
	{ "target-fpr", required_argument, NULL, LW_OPTION_TARGET_FPR }, \
	{ "split", required_argument, NULL, LW_OPTION_SPLIT }, \
	{ "vocabulary", required_argument, NULL, LW_OPTION_VOCABULARY }, \
	{ "cap", required_argument, NULL, LW_OPTION_CAP }, \
	{ "set", required_argument, NULL, LW_OPTION_SET }, \
	{ "seed", required_argument, NULL, LW_OPTION_SEED }, \
	{ "threads", required_argument, NULL, 'j' }

/* `arguments`: how many the command line has, the most that --core can come up. Ends the program when memory is gone. */
void lw_training_start(struct lw_training *, const char *tool, int arguments, enum lw_split);

/* Takes one of the options above, or ends the program with what is wrong; false: not one of them. */
bool lw_training_option(struct lw_training *, int option, char *value);

/* Begins from a model: its settings and options now, its corpora and vocabulary when those are loaded. */
bool lw_training_begin_from(struct lw_training *, const char *model);

/* Loads corpora, and the vocabulary where one is learned with. What is wrong is on stderr when false. */
bool lw_training_load(struct lw_training *, char **corpora, int n, bool vocabulary);
/* Features, groups, sample. */
bool lw_training_lessons(struct lw_training *, const struct lw_watcher *);
void lw_training_end(struct lw_training *);

/* Before anything goes to stderr. */
void lw_training_clear(const struct lw_training *);
/* "tool: what: why" on stderr; always false. */
bool lw_training_fail(const struct lw_training *, const char *what, const char *why);

#endif
