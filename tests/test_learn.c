/* test_learn.c - chance, groups, folds, metrics, calibration, solvers, and whole training runs */
#include "scratch.h"

#include "learn/calibration.h"
#include "learn/growth.h"
#include "learn/groups.h"
#include "learn/strongest.h"
#include "text/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lw_vocabulary *nothing;
static struct lw_settings settings;

static void
set_up(void)
{
	ck_assert_int_eq(lw_vocabulary_open(NULL, 0, &nothing), LUREWATCH_OK);
	lw_settings_default(&settings);
	settings.bits = 14;
	settings.spaced_min = 3;        /* single letters say nothing of made-up words */
}

static void
tear_down(void)
{
	lw_vocabulary_free(nothing);
}

START_TEST(chance_is_the_same_everywhere)
{
	struct lw_random r;
	uint32_t a[5] = { 0, 1, 2, 3, 4 }, seen = 0;

	/* xoshiro256** seeded by splitmix64(1): first words, as the authors' reference code gives them */
	lw_random_seed(&r, 1);
	ck_assert_uint_eq(lw_random_next(&r), UINT64_C(0xb3f2af6d0fc710c5));
	ck_assert_uint_eq(lw_random_next(&r), UINT64_C(0x853b559647364cea));
	for (int i = 0; i < 1000; i++)
		ck_assert_uint_lt(lw_random_below(&r, 7), 7);
	lw_random_shuffle(&r, a, 5);
	for (int i = 0; i < 5; i++)
		seen |= 1u << a[i];
	ck_assert_uint_eq(seen, 31);
}
END_TEST

/* liblinear must draw from ours: see solver_liblinear.c. */
START_TEST(rand_is_ours)
{
	srand(1);
	ck_assert_int_ne(rand(), 1804289383);   /* glibc's first after srand(1) */
}
END_TEST

/* Risks .9+ .8- .7+ .6+ .5- .4- : worked by hand. */
START_TEST(metrics_by_hand)
{
	static const double risk[] = { .4, .9, .8, .7, .6, .5 };
	struct lw_scored s[6];
	struct lw_metrics m;

	for (int i = 0; i < 6; i++)
		s[i] = (struct lw_scored){ .risk = risk[i], .weight = 1, .positive = i == 1 || i == 3 || i == 4 };

	lw_metrics_binary(s, 6, .65, &m);
	ck_assert_double_eq_tol(m.auc, 7. / 9, 1e-12);
	ck_assert_double_eq_tol(m.average_precision, (1 + 2. / 3 + 3. / 4) / 3, 1e-12);
	ck_assert_double_eq_tol(m.precision, 2. / 3, 1e-12);
	ck_assert_double_eq_tol(m.recall, 2. / 3, 1e-12);
	ck_assert_double_eq_tol(m.f1, 2. / 3, 1e-12);
	ck_assert_double_eq_tol(m.fpr, 1. / 3, 1e-12);
	ck_assert_double_eq_tol(m.recall_at[LW_RECALL_01], 1. / 3, 1e-12);
	ck_assert_double_eq_tol(lw_threshold_for(s, 6, .34), .55, 1e-12);
	ck_assert_double_eq_tol(lw_threshold_for(s, 6, 0), .85, 1e-12);
	lw_metrics_binary(s, 0, .5, &m);
	ck_assert(isnan(m.auc) && isnan(m.recall));
}
END_TEST

/* Ties are never ordered: all equal is a coin. */
START_TEST(ties_are_half)
{
	struct lw_scored s[4];
	struct lw_metrics m;

	for (int i = 0; i < 4; i++)
		s[i] = (struct lw_scored){ .risk = .5, .weight = 1, .positive = i % 2 == 0 };

	lw_metrics_binary(s, 4, .5, &m);
	ck_assert_double_eq(m.auc, .5);
	ck_assert_double_eq(m.recall, 1);
	ck_assert_double_eq(m.fpr, 1);
}
END_TEST

START_TEST(calibration_finds_the_sigmoid)
{
	enum { N = 20000 };
	static double margin[N], weight[N];
	static uint32_t label[N];
	double out[4];
	struct lw_random r;

	lw_random_seed(&r, 3);
	for (int i = 0; i < N; i++) {
		margin[i] = (double)lw_random_below(&r, 4000) / 1000 - 2;
		weight[i] = 1;
		label[i] = (double)lw_random_below(&r, 1000000) / 1e6 < 1 / (1 + exp(-(2 * margin[i] - .5)));
	}
	ck_assert_int_eq(lw_calibrate(&(struct lw_calibration_data){ .n = N, .rows = 1, .labels = 2, .margin = margin,
		.label = label, .weight = weight }, 1e-3, out), LUREWATCH_OK);
	ck_assert_double_eq_tol(out[2] - out[0], 2, .1);
	ck_assert_double_eq_tol(out[3] - out[1], -.5, .1);
}
END_TEST

/* ---- corpora made here ---- */

static const char *const topic[4][4] = {
	{ "see you at dinner", "mum called about school", "the bus is late again", "lovely weather for football" },
	{ "huge sale this weekend", "new arrivals in our shop", "member discount on shoes", "unsubscribe from the newsletter" },
	{ "your account is blocked", "verify your password", "pay the customs fee", "claim the lottery prize" },
	{ "hiring typists abroad", "free flight and visa", "no experience high salary", "chat support in a casino" },
};
static const char *const label_name[4] = { "ham", "spam", "fraud", "recruitment" };

/* n messages of k labels, each a shuffle of its topic's phrases and some common words. */
static const char *
make_corpus(const char *name, int n, int k, const char *extra)
{
	struct lw_buffer b = { 0 };
	struct lw_random r;
	const char *path;

	lw_random_seed(&r, (uint64_t)n);
	for (int i = 0; i < n; i++) {
		int l = i % k;

		ck_assert(lw_buffer_addf(&b, "{\"text\":\"word%d %s thing%d %s other%d\",\"label\":\"%s\",\"lang\":\"%s\",\"source\":\"s%d\"%s}\n",
		    (int)lw_random_below(&r, 50), topic[l][lw_random_below(&r, 4)], (int)lw_random_below(&r, 900) + i,
		    topic[l][lw_random_below(&r, 4)], i, label_name[l], i % 3 == 0 ? "en" : "es", i % 4, extra));
	}
	path = scratch_file(name, b.at, b.len);
	lw_buffer_free(&b);
	return path;
}

static struct lw_train_options
options(void)
{
	struct lw_train_options o;

	lw_train_defaults(&o);
	o.settings = &settings;
	o.vocabulary = nothing;
	o.folds = 3;
	o.per_group = 0;
	return o;
}

static void
load(struct lw_corpus *c, const char *path, bool core)
{
	struct lw_buffer why = { 0 };

	ck_assert_msg(lw_corpus_add(c, path, core, LW_SPLIT_TRAIN, &why) == LUREWATCH_OK, "%.*s", (int)why.len, why.at);
	ck_assert_int_eq(lw_corpus_order_labels(c), LUREWATCH_OK);
	lw_buffer_free(&why);
}

START_TEST(splits_and_labels)
{
	static const char rows[] = "{\"text\":\"a\",\"label\":\"x\",\"split\":\"dev\"}\n{\"text\":\"b\",\"label\":\"ham\",\"split\":\"train\"}\n"
	    "{\"text\":\"c\",\"label\":\"spam\"}\n{\"text\":\"d\"}\nbroken\n";
	const char *path = scratch_file("splits.jsonl", rows, sizeof rows - 1);
	static const struct { enum lw_split split; size_t n; } want[] = { { LW_SPLIT_ALL, 3 }, { LW_SPLIT_TRAIN, 2 }, { LW_SPLIT_DEV, 1 } };

	for (int i = 0; i < 3; i++) {
		struct lw_corpus c = { 0 };
		struct lw_buffer why = { 0 };

		ck_assert_int_eq(lw_corpus_add(&c, path, false, want[i].split, &why), LUREWATCH_OK);
		ck_assert_uint_eq(c.n, want[i].n);
		ck_assert_uint_eq(c.file[0].unreadable, 1);
		ck_assert_uint_eq(c.file[0].unlabelled, want[i].split != LW_SPLIT_DEV);
		ck_assert_int_eq(lw_corpus_order_labels(&c), LUREWATCH_OK);
		if (want[i].split == LW_SPLIT_ALL) {
			ck_assert_str_eq(lw_name(&c.label, 0), "ham");
			ck_assert_str_eq(lw_name(&c.label, c.row[0].label), "x");
		}
		lw_corpus_free(&c);
		lw_buffer_free(&why);
	}
}
END_TEST

START_TEST(copies_are_grouped_and_kept_together)
{
	struct lw_buffer b = { 0 }, why = { 0 };
	struct lw_corpus c = { 0 };
	struct lw_train_options o = options();
	struct lw_lessons l;
	struct lw_folds folds;

	/* other frauds too: a group that is most of its label would be dissolved */
	for (int i = 0; i < 150; i++) {
		ck_assert(lw_buffer_addf(&b, "{\"text\":\""));
		for (int k = 0; k < 40; k++)
			ck_assert(lw_buffer_addf(&b, "%c", (i * 7 + k * k * (i + 3)) % 11 == 0 ? ' ' : 'a' + (i * k + k * k * 5 + i) % 26));
		ck_assert(lw_buffer_addf(&b, "\",\"label\":\"fraud\"}\n"));
	}
	for (int i = 0; i < 60; i++)
		ck_assert(lw_buffer_addf(&b, "{\"text\":\"Dear customer %d, your parcel number %d waits at the depot in hall %c, pay the fee\",\"label\":\"fraud\"}\n"
		    "{\"text\":\"note %s %d about %s\",\"label\":\"ham\"}\n", i, i * 77, 'a' + i % 3, topic[i % 4][i / 4 % 4], i,
		    topic[i / 16][i % 4]));
	load(&c, scratch_file("copies.jsonl", b.at, b.len), false);
	ck_assert_int_eq(lw_lessons_make(&c, &o, &l, &why), LUREWATCH_OK);
	for (size_t i = 150; i < c.n; i += 2)
		ck_assert_uint_eq(l.group[i], 150);
	ck_assert_uint_ne(l.group[151], 150);
	ck_assert_int_eq(lw_folds_random(&c, l.group, l.some, l.n, 4, 1, &folds), LUREWATCH_OK);
	for (size_t i = 0; i < l.n; i++)
		for (size_t k = 0; k < i; k++)
			if (l.group[l.some[i]] == l.group[l.some[k]])
				ck_assert_uint_eq(folds.fold[i], folds.fold[k]);
	lw_folds_free(&folds);
	lw_lessons_free(&l);
	o.per_group = 5;
	ck_assert_int_eq(lw_lessons_make(&c, &o, &l, &why), LUREWATCH_OK);
	ck_assert_uint_lt(l.n, c.n);
	lw_lessons_free(&l);
	lw_corpus_free(&c);
	lw_buffer_free(&b);
	lw_buffer_free(&why);
}
END_TEST

/* libsvm by chunking and liblinear solve one problem; libsvm's answer passes its own check. */
START_TEST(solvers_agree)
{
	struct lw_corpus c = { 0 };
	struct lw_buffer why = { 0 };
	struct lw_train_options o = options();
	struct lw_lessons l;
	struct lw_expert a[LW_EXPERTS_MAX], b[LW_EXPERTS_MAX];

	load(&c, make_corpus("solve.jsonl", 4000, 4, ""), false);        /* more than one working set */
	ck_assert_int_eq(lw_lessons_make(&c, &o, &l, &why), LUREWATCH_OK);
	ck_assert_int_eq(lw_train_experts(&l, &o, &lw_solver_libsvm, NULL, a), LUREWATCH_OK);
	ck_assert_int_eq(lw_train_experts(&l, &o, &lw_solver_liblinear, NULL, b), LUREWATCH_OK);
	for (uint32_t k = 0; k < 4; k++) {
		ck_assert_double_le(a[0].solution[k].violation, .02);
		ck_assert_double_ge(a[0].solution[k].primal, a[0].solution[k].dual - 1e-3);
		ck_assert_double_eq_tol(a[0].solution[k].primal, b[0].solution[k].primal, .02 * a[0].solution[k].primal + .05);
	}
	for (size_t row = 0; row < c.n; row += 97) {
		double x[4], y[4];

		lw_expert_margins(&a[0], &l.matrix, row, x);
		lw_expert_margins(&b[0], &l.matrix, row, y);
		for (int k = 0; k < 4; k++)
			ck_assert_double_eq_tol(x[k], y[k], .15);
	}
	lw_expert_free(&a[0]);
	lw_expert_free(&b[0]);
	lw_lessons_free(&l);
	lw_corpus_free(&c);
	lw_buffer_free(&why);
}
END_TEST

static void
train_to(const char *general, const char *core, unsigned threads, const char *path)
{
	struct lw_corpus c = { 0 };
	struct lw_buffer why = { 0 };
	struct lw_train_options o = options();
	struct lw_lessons l;
	struct lw_trained t;

	o.threads = threads;
	load(&c, general, false);
	if (core != NULL)
		load(&c, core, true);
	ck_assert_int_eq(lw_lessons_make(&c, &o, &l, &why), LUREWATCH_OK);
	ck_assert_uint_eq(l.experts, core != NULL ? 2 : 1);
	ck_assert_int_eq(lw_train(&l, &o, &t), LUREWATCH_OK);
	ck_assert_double_gt(t.metrics.auc, .95);
	ck_assert_double_le(t.metrics.fpr, .005 + 1e-6);
	ck_assert_int_eq(lw_train_write(&l, &o, &t, NULL, path), LUREWATCH_OK);
	lw_trained_free(&t);
	lw_lessons_free(&l);
	lw_corpus_free(&c);
	lw_buffer_free(&why);
}

static bool
same_bytes(const char *a, const char *b)
{
	FILE *f = fopen(a, "rb"), *g = fopen(b, "rb");
	int x = 0, y = 0;

	ck_assert(f != NULL && g != NULL);
	while (x == y && x != EOF) {
		x = getc(f);
		y = getc(g);
	}
	fclose(f);
	fclose(g);
	return x == y;
}

START_TEST(the_same_corpus_gives_the_same_model)
{
	const char *general = make_corpus("general.jsonl", 800, 4, ""), *core = make_corpus("core.jsonl", 200, 4, "");
	const char *one = scratch_path("one.lwm"), *two = scratch_path("two.lwm");
	lurewatch *m;
	struct lw_corpus c = { 0 };
	struct lw_evaluation v;
	struct lw_metrics all;

	train_to(general, core, 1, one);
	train_to(general, core, 3, two);
	ck_assert(same_bytes(one, two));
	ck_assert_int_eq(lurewatch_open(one, &m), LUREWATCH_OK);
	load(&c, general, false);
	ck_assert_int_eq(lw_evaluate(&c, m, -1, 2, NULL, &v), LUREWATCH_OK);
	ck_assert(lw_evaluation_metrics(&v, NULL, 0, &all));
	ck_assert_double_gt(all.auc, .99);
	lw_evaluation_free(&v);
	lurewatch_close(m);
	lw_corpus_free(&c);
}
END_TEST

START_TEST(groups_left_out_are_judged_unseen)
{
	struct lw_corpus c = { 0 };
	struct lw_buffer why = { 0 };
	struct lw_train_options o = options();
	struct lw_lessons l;
	struct lw_evaluation v;
	struct lw_metrics m;

	load(&c, make_corpus("transfer.jsonl", 600, 4, ""), false);
	ck_assert_int_eq(lw_lessons_make(&c, &o, &l, &why), LUREWATCH_OK);
	ck_assert_int_eq(lw_evaluate_transfer(&l, &o, LW_LEAVE_SOURCE, &v), LUREWATCH_OK);
	ck_assert(lw_evaluation_metrics(&v, NULL, 0, &m));
	ck_assert_uint_eq(m.n, 600);
	ck_assert_double_gt(m.auc, .9);
	ck_assert_str_eq(v.held_out, "source");
	lw_evaluation_free(&v);
	lw_lessons_free(&l);
	lw_corpus_free(&c);
	lw_buffer_free(&why);
}
END_TEST

/* More is learned from at each point, and what was learned is told in the words of the corpus. */
START_TEST(reports_say_what_was_learned)
{
	struct lw_corpus c = { 0 };
	struct lw_buffer why = { 0 };
	struct lw_train_options o = options();
	struct lw_lessons l;
	struct lw_trained t;
	struct lw_growth g;
	struct lw_evaluation v;
	struct lw_strongest s;
	lurewatch *m;
	bool told = false;

	load(&c, make_corpus("growth.jsonl", 600, 4, ""), false);
	ck_assert_int_eq(lw_lessons_make(&c, &o, &l, &why), LUREWATCH_OK);
	ck_assert_int_eq(lw_train(&l, &o, &t), LUREWATCH_OK);
	ck_assert_int_eq(lw_growth_measure(&l, &o, &t, &g), LUREWATCH_OK);
	ck_assert_uint_eq(g.n, LW_GROWTH_POINTS);
	for (size_t i = 0; i < g.n; i++) {
		ck_assert_uint_eq(g.at[i].figures.n, g.at[0].figures.n);
		ck_assert(i == 0 || g.at[i].messages > g.at[i - 1].messages);
	}
	ck_assert_double_gt(g.at[g.n - 1].figures.at[LW_AVERAGE_PRECISION].is, .9);
	ck_assert_int_eq(lw_train_write(&l, &o, &t, NULL, scratch_path("told.lwm")), LUREWATCH_OK);
	ck_assert_int_eq(lurewatch_open(scratch_path("told.lwm"), &m), LUREWATCH_OK);
	ck_assert_int_eq(lw_evaluate_trained(&l, &t, &v), LUREWATCH_OK);
	ck_assert_int_eq(lw_strongest_find(m, &v, NULL, &s), LUREWATCH_OK);
	ck_assert_uint_eq(s.looked, 600);
	for (size_t i = 0; i < s.n; i++) {
		const struct lw_telling *f = &s.at[i];

		ck_assert(s.names.at[f->name] != '\0' && f->messages > 0 && f->own <= f->messages && f->weight > 0);
		/* a word or two of a fraud's phrase */
		for (int k = 0; k < 4; k++)
			told = told || (f->block == LW_WORDS && f->label == 2 && strstr(topic[2][k], s.names.at + f->name) != NULL && f->own == f->messages);
	}
	ck_assert(told);
	lw_strongest_free(&s);
	lw_evaluation_free(&v);
	lurewatch_close(m);
	lw_trained_free(&t);
	lw_lessons_free(&l);
	lw_corpus_free(&c);
	lw_buffer_free(&why);
}
END_TEST

static const struct {
	const char *rows, *why;
} hopeless[] = {
	{ "", "there is no labelled message" },
	{ "{\"text\":\"a\",\"label\":\"ham\"}\n", "--flag" },
	{ "{\"text\":\"a\",\"label\":\"甲\"}\n{\"text\":\"b\",\"label\":\"乙\"}\n", "甲 (1), 乙 (1)" },
	{ "{\"text\":\"a\",\"label\":\"fraud\"}\n", "every label is to be flagged" },
};

START_TEST(hopeless_corpora_say_why)
{
	struct lw_corpus c = { 0 };
	struct lw_buffer why = { 0 };
	struct lw_train_options o = options();
	struct lw_lessons l;

	load(&c, scratch_file("hopeless.jsonl", hopeless[_i].rows, strlen(hopeless[_i].rows)), false);
	ck_assert_int_eq(lw_lessons_make(&c, &o, &l, &why), LUREWATCH_E_ARGUMENT);
	ck_assert(lw_buffer_add(&why, "", 1));
	ck_assert_msg(strstr(why.at, hopeless[_i].why) != NULL, "%s", why.at);
	lw_corpus_free(&c);
	lw_buffer_free(&why);
}
END_TEST

/* So few, or all alike, that nothing can be held out: a model comes out all the same. */
START_TEST(tiny_corpora_train)
{
	static const char *const rows[] = {
		"{\"text\":\"buy now\",\"label\":\"fraud\"}\n{\"text\":\"hello\",\"label\":\"ham\"}\n",
		"{\"text\":\"\",\"label\":\"fraud\"}\n{\"text\":\"\",\"label\":\"ham\"}\n",
		"{\"text\":\"same same same\",\"label\":\"fraud\"}\n{\"text\":\"same same same\",\"label\":\"ham\"}\n"
		"{\"text\":\"same same same\",\"label\":\"ham\"}\n",
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct lw_corpus c = { 0 };
		struct lw_buffer why = { 0 };
		struct lw_train_options o = options();
		struct lw_lessons l;
		struct lw_trained t;
		lurewatch *m;

		load(&c, scratch_file("tiny.jsonl", rows[i], strlen(rows[i])), false);
		ck_assert_int_eq(lw_lessons_make(&c, &o, &l, &why), LUREWATCH_OK);
		ck_assert_int_eq(lw_train(&l, &o, &t), LUREWATCH_OK);
		ck_assert(t.threshold >= 0 && t.threshold <= 1);
		ck_assert_int_eq(lw_train_write(&l, &o, &t, NULL, scratch_path("tiny.lwm")), LUREWATCH_OK);
		ck_assert_int_eq(lurewatch_open(scratch_path("tiny.lwm"), &m), LUREWATCH_OK);
		lurewatch_close(m);
		lw_trained_free(&t);
		lw_lessons_free(&l);
		lw_corpus_free(&c);
		lw_buffer_free(&why);
	}
}
END_TEST

Suite *
learn_suite(void)
{
	Suite *s = suite_create("learn");
	TCase *c = tcase_create("learn");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 300);
	tcase_add_test(c, chance_is_the_same_everywhere);
	tcase_add_test(c, rand_is_ours);
	tcase_add_test(c, metrics_by_hand);
	tcase_add_test(c, ties_are_half);
	tcase_add_test(c, calibration_finds_the_sigmoid);
	tcase_add_test(c, splits_and_labels);
	tcase_add_test(c, copies_are_grouped_and_kept_together);
	tcase_add_test(c, solvers_agree);
	tcase_add_test(c, the_same_corpus_gives_the_same_model);
	tcase_add_test(c, groups_left_out_are_judged_unseen);
	tcase_add_test(c, reports_say_what_was_learned);
	tcase_add_loop_test(c, hopeless_corpora_say_why, 0, sizeof hopeless / sizeof hopeless[0]);
	tcase_add_test(c, tiny_corpora_train);
	suite_add_tcase(s, c);
	return s;
}
