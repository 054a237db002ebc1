/* test_evaluate.c - intervals, summaries, comparisons and the report */
#include "suites.h"

#include "learn/markup.h"
#include "learn/report.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- evaluations made by hand: no model, no files ---- */

enum { MOST = 400 };

static struct lw_row row[MOST];
static struct lw_judgement judged[MOST];
static struct lw_corpus corpus;
static struct lw_evaluation evaluation;

static uint32_t
name(struct lw_names *names, const char *text)
{
	return lw_names_add(names, (struct lw_span){ text, strlen(text) });
}

/* n messages, labels ham and fraud in turn, in groups of `each`; risks as given. */
static void
judge_by_hand(size_t n, size_t each, double (*risk)(size_t, bool positive))
{
	static char text[MOST];

	corpus = (struct lw_corpus){ .row = row, .n = n };
	evaluation = (struct lw_evaluation){ .corpus = &corpus, .threshold = .5, .width = 2, .label = { "ham", "fraud" },
		.label_flagged = { false, true } };
	evaluation.judged = calloc(n, sizeof *judged);
	ck_assert_ptr_nonnull(evaluation.judged);
	corpus.text.at = text;
	name(&corpus.label, "ham");
	name(&corpus.label, "fraud");
	for (size_t i = 0; i < n; i++) {
		char group[24];
		double x = risk(i, i % 2 == 1);

		snprintf(group, sizeof group, "g%zu", i / each);
		row[i] = (struct lw_row){ .at = i, .len = 1, .label = i % 2, .source = name(&corpus.source, i < n / 2 ? "a" : "b"),
			.lang = LW_NO_NAME, .family = LW_NO_NAME, .group = name(&corpus.group, group) };
		evaluation.judged[i] = (struct lw_judgement){ x, x >= .5, x >= .5, true };
	}
	ck_assert_int_eq(lw_evaluation_gather(&evaluation, NULL), LUREWATCH_OK);
}

static void
put_away(void)
{
	lw_evaluation_free(&evaluation);
	lw_names_free(&corpus.label);
	lw_names_free(&corpus.source);
	lw_names_free(&corpus.group);
}

static struct lw_findings
summarise(unsigned resamples, unsigned threads, uint64_t seed)
{
	struct lw_findings s;

	ck_assert_int_eq(lw_findings_make(&evaluation, &(struct lw_resampling){ .resamples = resamples, .threads = threads, .seed = seed }, &s), LUREWATCH_OK);
	return s;
}

/* Three of four frauds are found, one of ten others flagged, by turns. */
static double
fair(size_t i, bool positive)
{
	size_t turn = i / 2;

	return positive ? (turn % 4 == 0 ? .3 : .9) + (double)turn * 1e-5 : (turn % 10 == 0 ? .7 : .1) + (double)turn * 1e-5;
}

/* The same, eight messages in a row sharing their luck. */
static double
fair_by_eight(size_t i, bool positive)
{
	return fair(i / 8 * 2, positive) + (double)i * 1e-6;
}

static double
perfect(size_t i, bool positive)
{
	(void)i;
	return positive ? .9 : .1;
}

/* By the binomial the recall of 100 is .75 +- 1.96 * .0433. */
START_TEST(intervals_are_as_wide_as_chance_is)
{
	struct lw_findings s;
	const struct lw_estimate *recall;

	judge_by_hand(200, 1, fair);
	s = summarise(2000, 1, 1);
	recall = &s.overall.at[LW_RECALL];
	ck_assert_uint_eq(s.overall.groups, 200);
	ck_assert_double_eq_tol(recall->is, .75, 1e-12);
	ck_assert_double_eq_tol(recall->low, .75 - 1.96 * .0433, .02);
	ck_assert_double_eq_tol(recall->high, .75 + 1.96 * .0433, .02);
	for (int f = 0; f < LW_ECE; f++) {
		ck_assert_msg(s.overall.at[f].low <= s.overall.at[f].is && s.overall.at[f].is <= s.overall.at[f].high, "%s", lw_figure[f].name);
		ck_assert_double_lt(s.overall.at[f].low, s.overall.at[f].high);
	}
	ck_assert_double_eq_tol(s.accuracy.is, (75. + 90) / 200, 1e-12);
	ck_assert(s.accuracy.low < s.accuracy.is && s.accuracy.is < s.accuracy.high);
	ck_assert_uint_eq(s.view[LW_BY_SOURCE].n, 2);
	ck_assert_uint_eq(s.view[LW_BY_SOURCE].part[1].figures.n, 100);
	ck_assert_uint_eq(s.view[LW_BY_LANG].n, 0);
	lw_findings_free(&s);
	put_away();
}
END_TEST

/* Eight copies of a template are one finding: fewer findings, more doubt. */
START_TEST(copies_widen_intervals)
{
	struct lw_findings alone, copies;
	const struct lw_estimate *a, *b;

	judge_by_hand(320, 1, fair_by_eight);
	alone = summarise(1000, 1, 1);
	put_away();
	judge_by_hand(320, 8, fair_by_eight);
	copies = summarise(1000, 1, 1);
	a = &alone.overall.at[LW_RECALL];
	b = &copies.overall.at[LW_RECALL];
	ck_assert_uint_eq(copies.overall.groups, 40);
	ck_assert_double_eq(a->is, b->is);
	ck_assert_double_gt(b->high - b->low, 1.5 * (a->high - a->low));
	lw_findings_free(&alone);
	lw_findings_free(&copies);
	put_away();
}
END_TEST

START_TEST(chance_of_intervals_is_the_seeds_alone)
{
	struct lw_findings one, two, other;

	judge_by_hand(400, 2, fair);
	one = summarise(3000, 1, 1);    /* enough to be given to threads */
	two = summarise(3000, 4, 1);
	other = summarise(3000, 4, 2);
	ck_assert_int_eq(memcmp(one.overall.at, two.overall.at, sizeof one.overall.at), 0);
	ck_assert_int_ne(memcmp(one.overall.at, other.overall.at, sizeof one.overall.at), 0);
	lw_findings_free(&one);
	lw_findings_free(&two);
	lw_findings_free(&other);
	put_away();
}
END_TEST

/* No resample can miss what is never missed: Wilson's bound for 50 of 50 is .929. */
START_TEST(never_wrong_is_not_never)
{
	struct lw_findings s;

	judge_by_hand(100, 1, perfect);
	s = summarise(500, 1, 1);
	ck_assert_double_eq(s.overall.at[LW_RECALL].is, 1);
	ck_assert_double_eq(s.overall.at[LW_RECALL].high, 1);
	ck_assert_double_eq_tol(s.overall.at[LW_RECALL].low, .9287, 1e-3);
	ck_assert_double_eq(s.overall.at[LW_FPR].low, 0);
	ck_assert_double_eq_tol(s.overall.at[LW_FPR].high, .0713, 1e-3);
	lw_findings_free(&s);
	put_away();
}
END_TEST

/* One message, or none of a side: figures that have no answer are null, and nothing is claimed. */
START_TEST(small_evaluations_claim_nothing)
{
	struct lw_findings s;
	char *text;
	json_t *all, *overall;

	judge_by_hand(1, 1, perfect);
	s = summarise(100, 2, 1);
	ck_assert(isnan(s.overall.at[LW_RECALL].is) && isnan(s.overall.at[LW_FPR].low));
	text = lw_findings_json(&s);
	all = json_loads(text, 0, NULL);
	overall = json_object_get(all, "overall");
	ck_assert(json_is_null(json_object_get(overall, "auc")));
	ck_assert(json_is_null(json_object_get(json_object_get(overall, "interval_95"), "auc")));
	json_decref(all);
	free(text);
	text = lw_findings_text(&s);
	ck_assert_ptr_nonnull(strstr(text, "1 messages, 0 of them"));
	free(text);
	lw_findings_free(&s);
	s = summarise(0, 1, 1);
	text = lw_findings_json(&s);
	ck_assert_ptr_null(strstr(text, "interval_95"));
	free(text);
	lw_findings_free(&s);
	put_away();
}
END_TEST

/* Without a group field the same bytes are one group. */
START_TEST(same_bytes_are_one_group)
{
	judge_by_hand(4, 1, perfect);
	lw_evaluation_free(&evaluation);
	for (int i = 0; i < 4; i++) {
		row[i].group = LW_NO_NAME;
		row[i].at = i < 2 ? 0 : 1;
	}
	corpus.text.at[0] = 'x';
	corpus.text.at[1] = 'y';
	evaluation = (struct lw_evaluation){ .corpus = &corpus, .width = 2, .label = { "ham", "fraud" }, .judged = calloc(4, sizeof *judged) };
	ck_assert_ptr_nonnull(evaluation.judged);
	ck_assert_int_eq(lw_evaluation_gather(&evaluation, NULL), LUREWATCH_OK);
	ck_assert_uint_eq(evaluation.group[1], 0);
	ck_assert_uint_eq(evaluation.group[2], 2);
	ck_assert_uint_eq(evaluation.group[3], 2);
	put_away();
}
END_TEST

/* ---- two models ---- */

static struct lw_evaluation before;

/* The evaluation of now, and one of the same messages by another model. */
static struct lw_comparison
compare(double (*old)(size_t, bool), double (*new)(size_t, bool), size_t n, double tolerance)
{
	struct lw_comparison c;
	struct lw_resampling how = { .resamples = 500, .threads = 2, .seed = 1 };

	judge_by_hand(n, 1, new);
	before = evaluation;
	before.judged = calloc(n, sizeof *before.judged);
	before.positive = NULL;
	before.group = NULL;
	before.confusion = NULL;
	ck_assert_ptr_nonnull(before.judged);
	for (size_t i = 0; i < n; i++) {
		double x = old(i, i % 2 == 1);

		before.judged[i] = (struct lw_judgement){ x, x >= .5, x >= .5, true };
	}
	ck_assert_int_eq(lw_evaluation_gather(&before, NULL), LUREWATCH_OK);
	ck_assert_int_eq(lw_compare(&before, &evaluation, "old.lwm", tolerance, &how, &c), LUREWATCH_OK);
	return c;
}

static void
put_both_away(struct lw_comparison *c)
{
	lw_comparison_free(c);
	lw_evaluation_free(&before);
	put_away();
}

/* As fair, but in source b, the second half, every second fraud is missed. */
static double
worse_in_b(size_t i, bool positive)
{
	return positive && i >= 200 && i % 4 == 1 ? .2 : fair(i, positive);
}

static double
nearly_fair(size_t i, bool positive)
{
	return fair(i, positive) + (i == 3 ? -.8 : 0);
}

static const struct {
	double (*old)(size_t, bool), (*new)(size_t, bool);
	size_t n;
	bool worse;
	const char *says[2];
} verdicts[] = {
	{ fair, fair, 400, false, { "No sure difference from old.lwm", "0 messages changed side" } },
	{ fair, perfect, 400, false, { "Better than old.lwm: average precision", "Surely worse for no source" } },
	{ perfect, fair, 400, true, { "Worse than old.lwm by more than 0.01", "70 messages changed side: 0 caught, 50 lost, 20 new false alarms, 0 cleared" } },
	{ fair, worse_in_b, 400, true, { "Worse than old.lwm", "Surely worse for source b (recall 0.75 to 0.50" } },
	{ fair, nearly_fair, 40, true, { "Worse than old.lwm", "chance alone may be the cause" } },
};

START_TEST(comparisons_say_what_happened)
{
	struct lw_comparison c = compare(verdicts[_i].old, verdicts[_i].new, verdicts[_i].n, .01);
	struct lw_buffer lines = { 0 };
	char *text = lw_comparison_text(&c);
	size_t newlines = 0;

	ck_assert_int_eq(c.worse, verdicts[_i].worse);
	for (int k = 0; k < 2; k++)
		ck_assert_msg(strstr(c.verdict.at, verdicts[_i].says[k]) != NULL, "%s", c.verdict.at);
	ck_assert_ptr_nonnull(text);
	ck_assert(lw_comparison_changed(&c, &lines));
	for (size_t i = 0; i < lines.len; i++)
		newlines += lines.at[i] == '\n';
	ck_assert_uint_eq(newlines, c.changes);
	for (size_t i = 1; i < c.changes; i++)
		ck_assert_int_le(lw_change_of(&c, c.changed[i - 1]), lw_change_of(&c, c.changed[i]));
	free(text);
	lw_buffer_free(&lines);
	put_both_away(&c);
}
END_TEST

/* What is hard for both models does not blur their difference: the paired interval is far narrower than either one's. */
START_TEST(differences_are_paired)
{
	struct lw_comparison c = compare(fair, nearly_fair, 400, .05);
	const struct lw_difference *recall = &c.overall.at[LW_RECALL];

	ck_assert_double_eq_tol(recall->change.is, -1. / 200, 1e-9);
	ck_assert_double_lt(recall->change.high - recall->change.low, .03);
	ck_assert(!c.worse);
	put_both_away(&c);
}
END_TEST

START_TEST(models_of_other_labels_are_not_compared)
{
	struct lw_comparison c = compare(fair, fair, 40, .01), other;
	struct lw_resampling how = { .resamples = 10, .threads = 1 };

	before.positive[0] = !before.positive[0];
	ck_assert_int_eq(lw_compare(&before, &evaluation, "old.lwm", .01, &how, &other), LUREWATCH_E_ARGUMENT);
	put_both_away(&c);
}
END_TEST

/* ---- pages ---- */

static const struct {
	double x;
	int decimals;
	const char *shown;
} numbers[] = {
	{ 0, 0, "0" }, { 1234.5, 0, "1235" }, { .5, 2, "0.50" }, { -.015, 1, "0.0" }, { -1.25, 1, "−1.3" }, { .999, 2, "1.00" }, { NAN, 2, "–" },
	{ INFINITY, 0, "–" }, { 12.007, 3, "12.007" },
};

START_TEST(numbers_are_the_same_in_any_locale)
{
	struct lw_buffer b = { 0 };

	ck_assert(lw_markup_number(&b, numbers[_i].x, numbers[_i].decimals) && lw_buffer_add(&b, "", 1));
	ck_assert_str_eq(b.at, numbers[_i].shown);
	lw_buffer_free(&b);
}
END_TEST

START_TEST(text_is_never_markup)
{
	static const char text[] = "<b a=\"x\" b='y'>&amp;\x01\0\xff\xc3\nok</b>";
	struct lw_buffer b = { 0 };

	ck_assert(lw_markup_span(&b, (struct lw_span){ text, sizeof text - 1 }) && lw_buffer_add(&b, "", 1));
	ck_assert_str_eq(b.at, "&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\nok&lt;/b&gt;");
	lw_buffer_free(&b);
}
END_TEST

/* With nothing to compare, no model, no curve; with one message, or one side alone. */
START_TEST(small_reports_are_whole)
{
	static const size_t sizes[] = { 1, 2, 400 };

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct lw_buffer page = { 0 };
		struct lw_findings s;

		judge_by_hand(sizes[i], 1, fair);
		s = summarise(100, 2, 1);
		ck_assert_int_eq(lw_report_html(&(struct lw_report_page){ .title = "a < b", .summary = &s, .threads = 2 }, &page), LUREWATCH_OK);
		ck_assert(lw_buffer_add(&page, "", 1));
		ck_assert_ptr_nonnull(strstr(page.at, "<title>a &lt; b</title>"));
		ck_assert_ptr_nonnull(strstr(page.at, "id=\"corpus\""));
		ck_assert_ptr_null(strstr(page.at, "id=\"features\""));
		ck_assert_ptr_nonnull(strstr(page.at, "</html>"));
		ck_assert_ptr_null(strstr(page.at, "nan"));
		lw_buffer_free(&page);
		lw_findings_free(&s);
		put_away();
	}
}
END_TEST

Suite *
evaluate_suite(void)
{
	Suite *s = suite_create("evaluate");
	TCase *c = tcase_create("evaluate");

	tcase_set_timeout(c, 300);
	tcase_add_test(c, intervals_are_as_wide_as_chance_is);
	tcase_add_test(c, copies_widen_intervals);
	tcase_add_test(c, chance_of_intervals_is_the_seeds_alone);
	tcase_add_test(c, never_wrong_is_not_never);
	tcase_add_test(c, small_evaluations_claim_nothing);
	tcase_add_test(c, same_bytes_are_one_group);
	tcase_add_loop_test(c, comparisons_say_what_happened, 0, sizeof verdicts / sizeof verdicts[0]);
	tcase_add_test(c, differences_are_paired);
	tcase_add_test(c, models_of_other_labels_are_not_compared);
	tcase_add_loop_test(c, numbers_are_the_same_in_any_locale, 0, sizeof numbers / sizeof numbers[0]);
	tcase_add_test(c, text_is_never_markup);
	tcase_add_test(c, small_reports_are_whole);
	suite_add_tcase(s, c);
	return s;
}
