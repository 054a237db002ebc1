/*
 * test_killed.c - a training run that is killed: at every phase, and in the middle of writing
 *
 * Whatever happens the model that was there is still there, whole. Each run is a process of its own that kills itself.
 */
#include "scratch.h"

#include "learn/care.h"
#include "learn/grid.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char old_model[] = "the model that was there";

/* Where a run dies: when it has come so far in a phase; NULL: while it writes. */
static const struct {
	const char *phase;
	double part;
} deaths[] = {
	{ "extracting", 0 }, { "grouping", 0 }, { "grouping", .5 }, { "comparing sources", .5 }, { "trying costs", .5 },
	{ "folds", 0 }, { "folds", .5 }, { "calibrating", 0 }, { "fitting", 0 }, { "fitting", 1 }, { NULL, 0 },
};

static void
die(void *of, const char *phase, double part)
{
	const int *death = of;

	if (deaths[*death].phase != NULL && strcmp(phase, deaths[*death].phase) == 0 && part >= deaths[*death].part)
		raise(SIGKILL);
}

static void
train(struct lw_corpus *c, const char *path, int death)
{
	struct lw_watcher watcher = { die, &death };
	struct lw_settings settings;
	struct lw_vocabulary *nothing;
	struct lw_train_options o;
	struct lw_buffer why = { 0 };
	struct lw_lessons l;
	struct lw_trained t;
	struct lw_care care;

	lw_settings_default(&settings);
	settings.bits = 12;
	lw_train_defaults(&o);
	o.settings = &settings;
	o.watcher = &watcher;
	o.solver = &lw_solver_liblinear;
	o.grid = (struct lw_grid){ .cost = { 0.1, 1 }, .n = 2 };
	if (lw_vocabulary_open(NULL, 0, &nothing) != LUREWATCH_OK)
		_exit(1);
	o.vocabulary = nothing;
	if (lw_lessons_make(c, &o, &l, &why) != LUREWATCH_OK || lw_care_look(&l, &o, &care) != LUREWATCH_OK ||
	    lw_grid_choose(&l, &o) != LUREWATCH_OK || lw_train(&l, &o, &t) != LUREWATCH_OK)
		_exit(1);
	/* the system kills a process that writes beyond this */
	signal(SIGXFSZ, SIG_DFL);
	if (deaths[death].phase == NULL && setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 10000, 10000 }) != 0)
		_exit(1);
	_exit(lw_train_write(&l, &o, &t, &care, path) == LUREWATCH_OK ? 0 : 1);
}

START_TEST(a_killed_run_leaves_the_old_model)
{
	const char *path = scratch_file("old.lwm", old_model, sizeof old_model - 1), *rows;
	struct lw_corpus c = { 0 };
	struct lw_buffer b = { 0 }, why = { 0 };
	char found[64] = { 0 };
	FILE *f;
	pid_t child;
	int status;

	for (int i = 0; i < 80; i++)
		ck_assert(lw_buffer_addf(&b, "{\"text\":\"%s %c%d\",\"label\":\"%s\",\"source\":\"s%d\"}\n", i % 2 ? "claim the prize" : "see you at school",
		    'a' + i % 26, i * i * 7919, i % 2 ? "fraud" : "ham", i % 3));
	rows = scratch_file("killed.jsonl", b.at, b.len);
	path = scratch_path("old.lwm");
	ck_assert_int_eq(lw_corpus_add(&c, scratch_path("killed.jsonl"), false, LW_SPLIT_ALL, &why), LUREWATCH_OK);
	ck_assert_ptr_nonnull(rows);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		train(&c, path, _i);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFSIGNALED(status), "the run was not killed: status %d", status);
	f = fopen(path, "rb");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fread(found, 1, sizeof found, f), sizeof old_model - 1);
	ck_assert_str_eq(found, old_model);
	fclose(f);
	lw_corpus_free(&c);
	lw_buffer_free(&b);
}
END_TEST

Suite *
killed_suite(void)
{
	Suite *s = suite_create("killed");
	TCase *c = tcase_create("killed");

	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, a_killed_run_leaves_the_old_model, 0, sizeof deaths / sizeof deaths[0]);
	suite_add_tcase(s, c);
	return s;
}
