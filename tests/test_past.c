/* test_past.c - corpora recorded by their path from the model's folder; verdicts that a reviewer went through */
#include "scratch.h"

#include "learn/past.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
	const char *corpus, *model, *name;      /* below the scratch folder */
} places[] = {
	{ "a.jsonl", "m.lwm", "a.jsonl" },
	{ "in/a.jsonl", "m.lwm", "in/a.jsonl" },
	{ "a.jsonl", "in/m.lwm", "../a.jsonl" },
	{ "in/a.jsonl", "in/m.lwm", "a.jsonl" },
	{ "in/a.jsonl", "inner/deep/m.lwm", "../../in/a.jsonl" },
	{ "inner/a.jsonl", "in/m.lwm", "../inner/a.jsonl" },
	{ "in/../a.jsonl", "./in/m.lwm", "../a.jsonl" },
};

START_TEST(a_corpus_is_named_from_the_model)
{
	char corpus[4096], model[4096], labelled[4200];
	struct lw_buffer name = { 0 };

	mkdir(scratch_path("in"), 0777);
	mkdir(scratch_path("inner"), 0777);
	mkdir(scratch_path("inner/deep"), 0777);
	scratch_file("a.jsonl", "", 0);
	scratch_file("in/a.jsonl", "", 0);
	scratch_file("inner/a.jsonl", "", 0);
	snprintf(corpus, sizeof corpus, "%s", scratch_path(places[_i].corpus));
	snprintf(model, sizeof model, "%s", scratch_path(places[_i].model));
	ck_assert(lw_past_name(corpus, model, &name));
	ck_assert_str_eq(name.at, places[_i].name);
	name.len = 0;
	snprintf(labelled, sizeof labelled, "诈骗=%s", corpus);
	ck_assert(lw_past_name(labelled, model, &name));
	ck_assert(strncmp(name.at, "诈骗=", 7) == 0);
	ck_assert_str_eq(name.at + 7, places[_i].name);
	lw_buffer_free(&name);
}
END_TEST

static const char corpus_rows[] =
    "{\"text\":\"one\",\"label\":\"ham\"}\n{\"text\":\"two\",\"label\":\"fraud\"}\n{\"text\":\"three\",\"label\":\"ham\"}\n"
    "{\"text\":\"one\",\"label\":\"ham\"}\n";

static const struct {
	const char *lines;
	struct lw_feedback want;
	size_t rows;                    /* learned from, of the lines */
	const char *why;                /* refused with it; NULL: not refused */
} reviews[] = {
	{ "", { 0 }, 0, NULL },
	/* verdicts as the scoring tool writes them */
	{ "{\"label\":\"ham\",\"said\":\"ham\",\"text\":\"x\",\"probability\":{}}\n"
	  "{\"label\":\"fraud\",\"said\":\"ham\",\"text\":\"y\",\"probability\":{}}\n", { .corrected = 1, .unchanged = 1 }, 1, NULL },
	/* as the daemon stores them: all were looked at */
	{ "{\"text\":\"x\",\"label\":\"ham\",\"said\":\"ham\",\"risk\":0.1,\"time\":\"t\"}\n"
	  "{\"text\":\"y\",\"label\":\"ham\",\"said\":\"fraud\",\"risk\":0.9,\"time\":\"t\"}\n", { .corrected = 1, .confirmed = 1 }, 2, NULL },
	/* suspects: what counts is what the corpus said */
	{ "{\"label\":\"ham\",\"was\":\"ham\",\"said\":\"fraud\",\"text\":\"three\"}\n"
	  "{\"label\":\"fraud\",\"was\":\"ham\",\"said\":\"fraud\",\"text\":\"one\"}\n", { .corrected = 1, .unchanged = 1, .set_right = 2 }, 1, NULL },
	/* a reviewer who changed his mind: the last word counts */
	{ "{\"label\":\"fraud\",\"said\":\"ham\",\"text\":\"one\"}\n{\"label\":\"ham\",\"said\":\"fraud\",\"text\":\"one\"}\n",
	  { .corrected = 2 }, 2, NULL },
	{ "{\"label\":\"fraud\",\"said\":\"ham\"}\nbroken\n{\"said\":\"ham\",\"text\":\"q\"}\n", { 0 }, 0, NULL },
	{ "{\"label\":\"fruad\",\"said\":\"ham\",\"text\":\"x\"}\n", { .corrected = 1 }, 0, "no corpus has a label fruad" },
};

START_TEST(reviews_are_taken)
{
	struct lw_corpus c = { 0 };
	struct lw_buffer why = { 0 };
	struct lw_feedback f;
	char path[4096];
	lurewatch_error e;

	ck_assert_int_eq(lw_corpus_add(&c, scratch_file("rows.jsonl", corpus_rows, sizeof corpus_rows - 1), false, LW_SPLIT_ALL, &why),
	    LUREWATCH_OK);
	snprintf(path, sizeof path, "%s", scratch_file("review.jsonl", reviews[_i].lines, strlen(reviews[_i].lines)));
	e = lw_corpus_feedback(&c, path, false, &f, &why);
	ck_assert_int_eq(e, reviews[_i].why != NULL ? LUREWATCH_E_ARGUMENT : LUREWATCH_OK);
	ck_assert_mem_eq(&f, &reviews[_i].want, sizeof f);
	ck_assert_uint_eq(c.n, 4 + reviews[_i].rows);
	if (f.set_right > 0) {
		ck_assert_str_eq(lw_name(&c.label, c.row[0].label), "fraud");
		ck_assert_str_eq(lw_name(&c.label, c.row[3].label), "fraud");
		ck_assert_str_eq(lw_name(&c.label, c.row[2].label), "ham");
	}
	ck_assert(lw_buffer_add(&why, "", 1));
	ck_assert(reviews[_i].why == NULL ? why.len == 1 : strstr(why.at, reviews[_i].why) != NULL);
	lw_corpus_free(&c);
	lw_buffer_free(&why);
}
END_TEST

Suite *
past_suite(void)
{
	Suite *s = suite_create("past");
	TCase *c = tcase_create("past");

	tcase_add_loop_test(c, a_corpus_is_named_from_the_model, 0, sizeof places / sizeof places[0]);
	tcase_add_loop_test(c, reviews_are_taken, 0, sizeof reviews / sizeof reviews[0]);
	suite_add_tcase(s, c);
	return s;
}
