/* test_care.c - doubts about a corpus: texts under two labels, thin languages, sources told apart, wrong labels */
#include "scratch.h"

#include "learn/care.h"

#include <stdlib.h>
#include <string.h>

static struct lw_vocabulary *nothing;
static struct lw_settings settings;
static struct lw_train_options options;
static struct lw_corpus corpus;
static struct lw_lessons lessons;
static struct lw_care care;
static struct lw_buffer rows, why;

static void
set_up(void)
{
	ck_assert_int_eq(lw_vocabulary_open(NULL, 0, &nothing), LUREWATCH_OK);
	lw_settings_default(&settings);
	settings.bits = 12;
	lw_train_defaults(&options);
	options.settings = &settings;
	options.vocabulary = nothing;
	options.solver = &lw_solver_liblinear;
	options.folds = 3;
}

static void
tear_down(void)
{
	lw_care_free(&care);
	lw_lessons_free(&lessons);
	lw_corpus_free(&corpus);
	lw_buffer_free(&rows);
	lw_buffer_free(&why);
	lw_vocabulary_free(nothing);
}

/* What scam and honest messages are made of. */
static const char *const word[2][6] = {
	{ "dinner", "school", "football", "garden", "holiday", "weather" },
	{ "prize", "deposit", "password", "customs", "lottery", "voucher" },
};

static void
add(int number, int side, const char *label, const char *more)
{
	ck_assert(lw_buffer_addf(&rows, "{\"id\":%d,\"text\":\"%s %s %c%c%c%c %s\",\"label\":\"%s\"%s}\n", number,
	    word[side][number % 6], word[side][number / 6 % 6], 'a' + number % 26, 'a' + number / 7 % 26, 'k' + number % 5,
	    'a' + number / 3 % 26, word[side][number / 36 % 6], label, more));
}

static void
look(void)
{
	const char *path = scratch_file("care.jsonl", rows.at, rows.len);

	ck_assert_int_eq(lw_corpus_add(&corpus, path, false, LW_SPLIT_ALL, &why), LUREWATCH_OK);
	ck_assert_int_eq(lw_corpus_order_labels(&corpus), LUREWATCH_OK);
	ck_assert_int_eq(lw_lessons_make(&corpus, &options, &lessons, &why), LUREWATCH_OK);
	ck_assert_int_eq(lw_care_look(&lessons, &options, &care), LUREWATCH_OK);
}

/* The lines hold the text. */
static bool
says(const char *text)
{
	struct lw_buffer lines = { 0 };
	bool found;

	ck_assert(lw_care_lines(&care, &corpus, &lines) && lw_buffer_add(&lines, "", 1));
	found = strstr(lines.at, text) != NULL;
	lw_buffer_free(&lines);
	return found;
}

START_TEST(a_sound_corpus_is_left_alone)
{
	struct lw_buffer lines = { 0 };

	for (int i = 0; i < 200; i++)
		add(i, i % 2, i % 2 ? "fraud" : "ham", ",\"lang\":\"en\"");
	look();
	ck_assert(lw_care_lines(&care, &corpus, &lines));
	ck_assert_msg(lines.len == 0, "%.*s", (int)lines.len, lines.at);
	ck_assert_uint_eq(care.rows, 200);
	lw_buffer_free(&lines);
}
END_TEST

START_TEST(one_text_under_two_labels_is_seen)
{
	for (int i = 0; i < 200; i++)
		add(i, i % 2, i % 2 ? "fraud" : "ham", "");
	add(0, 0, "fraud", "");
	add(0, 0, "spam", "");
	add(2, 0, "spam", "");
	look();
	ck_assert_uint_eq(care.conflicts.texts, 2);
	ck_assert_uint_eq(care.conflicts.text_rows, 5);
	ck_assert(care.conflicts.same_text[0] && care.conflicts.same_text[200] && !care.conflicts.same_text[1]);
	ck_assert(says("the same text under several labels: 5 messages of 2 texts"));
	ck_assert(says("label spam has only 2 messages"));
}
END_TEST

START_TEST(thin_languages_and_families_are_named)
{
	for (int i = 0; i < 200; i++)
		add(i, i % 2, i % 2 ? "fraud" : "ham", i % 2 == 0 && i < 60 ? ",\"lang\":\"tr\"" : i == 1 ? ",\"lang\":\"sw\",\"family\":\"mule-account\"" :
		    ",\"lang\":\"en\",\"family\":\"chat\"");
	look();
	ck_assert_uint_eq(care.langs, 2);
	ck_assert(says(" sw (1, 0), tr (0, 30);"));
	ck_assert(says("mule-account (1)\n"));
}
END_TEST

/* One source signs its honest messages: within them it gives itself away, within the others it does not. */
START_TEST(a_source_with_a_style_is_noticed)
{
	for (int i = 0; i < 400; i++)
		add(i, i % 2, i % 2 ? "fraud" : "ham", i * i / 7 % 2 ? ",\"source\":\"a\"" :
		    i % 2 ? ",\"source\":\"b\"" : ",\"source\":\"b\",\"subject\":\"via gateway\"");
	look();
	ck_assert_uint_eq(care.styles, 2);
	ck_assert_uint_eq(care.style[0].sources, 2);
	ck_assert_double_ge(care.style[0].accuracy, .95);
	ck_assert_double_le(care.style[0].chance, .8);
	ck_assert_double_le(care.style[1].accuracy, .75);
	ck_assert(says("style alone: ham "));
	ck_assert(!says("fraud "));
}
END_TEST

/* Labels turned round are found, first, and the file of them is one a person can correct. */
START_TEST(wrong_labels_are_listed)
{
	struct lw_trained trained;
	struct lw_buffer lines = { 0 };
	char *rest, *line;
	size_t found = 0, listed = 0;

	for (int i = 0; i < 400; i++)
		add(i, i % 2, i % 2 != (i % 100 == 7) ? "fraud" : "ham", "");
	look();
	ck_assert_int_eq(lw_train(&lessons, &options, &trained), LUREWATCH_OK);
	ck_assert_int_eq(lw_care_suspect(&lessons, &trained, &care), LUREWATCH_OK);
	ck_assert(lw_care_suspects_jsonl(&care, &lessons, &trained, &lines) && lw_buffer_add(&lines, "", 1));
	for (line = strtok_r(lines.at, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		json_t *o = json_loads(line, 0, NULL);
		int id = atoi(json_string_value(json_object_get(o, "id")));

		ck_assert_str_eq(json_string_value(json_object_get(o, "label")), json_string_value(json_object_get(o, "was")));
		ck_assert_uint_gt(json_string_length(json_object_get(o, "text")), 0);
		if (listed++ < 4 && id % 100 == 7) {
			ck_assert_str_eq(json_string_value(json_object_get(o, "said")), "fraud");
			found++;
		}
		json_decref(o);
	}
	ck_assert_uint_eq(found, 4);
	lw_buffer_free(&lines);
	lw_trained_free(&trained);
}
END_TEST

Suite *
care_suite(void)
{
	Suite *s = suite_create("care");
	TCase *c = tcase_create("care");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 120);
	tcase_add_test(c, a_sound_corpus_is_left_alone);
	tcase_add_test(c, one_text_under_two_labels_is_seen);
	tcase_add_test(c, thin_languages_and_families_are_named);
	tcase_add_test(c, a_source_with_a_style_is_noticed);
	tcase_add_test(c, wrong_labels_are_listed);
	suite_add_tcase(s, c);
	return s;
}
