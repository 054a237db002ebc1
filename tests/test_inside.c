/* test_inside.c - what a model learned, in words: every feature that can have a name has one, the right one */
#include "scratch.h"

#include "learn/inside.h"
#include "learn/train.h"

#include <string.h>

static const char *const text[][2] = {
	{ "recruitment", "HIRING!! free visa and free flight, salary 1500 USD, no experience, t.me/example_hr +66 2 555 0123" },
	{ "recruitment", "we hire typists abroad, free ticket, 3,000 dollars a month 💰💰💰, whatsapp wa.me/66255501%02d?x now!!!" },
	{ "recruitment", "f r e e visa, fr\xe2\x80\x8b" "ee ticket, free flight: salary 45000 thb http://jobs.example.xyz/a and bit.ly/x" },
	{ "ham", "see you at dinner? the bus is late, call me on 555-0102 or write to a@example.org" },
	{ "ham", "the school has 25 rooms, 1,200 pupils and 3000000 books. Is that true? Really? Yes?\nok\n\n" },
	{ "ham", "a letter of 16 pages\nwith lines\nand lines\nand more of them: 12 34 56 78 901 2345 67890" },
};

static void
train(const struct lw_settings *settings, const struct lw_vocabulary *v, struct lw_span bytes, struct lw_corpus *c, const char *path)
{
	struct lw_train_options o;
	struct lw_buffer rows = { 0 }, why = { 0 };
	struct lw_lessons l;
	struct lw_trained t;

	for (int i = 0; i < 60; i++) {
		ck_assert(lw_buffer_addf(&rows, "{\"label\":\"%s\",\"text\":\"%d ", text[i % 6][0], i));
		for (const char *p = text[i % 6][1]; *p != '\0'; p++)
			ck_assert(*p == '\n' ? lw_buffer_add_text(&rows, "\\n") : lw_buffer_add(&rows, p, 1));
		ck_assert(lw_buffer_add_text(&rows, "\"}\n"));
	}
	ck_assert_int_eq(lw_corpus_add(c, scratch_file("inside.jsonl", rows.at, rows.len), false, LW_SPLIT_ALL, &why), LUREWATCH_OK);
	ck_assert_int_eq(lw_corpus_order_labels(c), LUREWATCH_OK);
	lw_train_defaults(&o);
	o.settings = settings;
	o.vocabulary = v;
	o.vocabulary_bytes = bytes;
	o.solver = &lw_solver_liblinear;
	o.per_group = 0;
	ck_assert_int_eq(lw_lessons_make(c, &o, &l, &why), LUREWATCH_OK);
	ck_assert_int_eq(lw_train(&l, &o, &t), LUREWATCH_OK);
	ck_assert_int_eq(lw_train_write(&l, &o, &t, NULL, path), LUREWATCH_OK);
	lw_trained_free(&t);
	lw_lessons_free(&l);
	lw_buffer_free(&rows);
}

/* Some of the strongest in a block has the name. */
static bool
is_among(const struct lw_inside *x, uint32_t output, int block, int sign, const char *wanted)
{
	struct lw_strong top[64];
	struct lw_buffer name = { 0 };
	bool found = false;

	for (size_t n = lw_inside_strongest(x, output, block, sign, top, 64); n > 0 && !found; n--) {
		name.len = 0;
		ck_assert(lw_inside_name(x, top[n - 1].slot, &name) && lw_buffer_add(&name, "", 1));
		found = strcmp(name.at, wanted) == 0;
	}
	lw_buffer_free(&name);
	return found;
}

START_TEST(every_feature_has_its_name)
{
	struct lw_buffer bytes = { 0 }, why = { 0 }, name = { 0 };
	struct lw_vocabulary *v = scratch_vocabulary(scratch_concepts, scratch_en, scratch_es, scratch_zh, scratch_indicators, &bytes, &why);
	struct lw_settings settings;
	struct lw_corpus c = { 0 };
	struct lw_inside x;
	lurewatch *m;
	uint32_t met = 0;

	ck_assert_ptr_nonnull(v);
	lw_settings_default(&settings);
	settings.bits = 12;
	train(&settings, v, (struct lw_span){ bytes.at, bytes.len }, &c, scratch_path("inside.lwm"));
	ck_assert_int_eq(lurewatch_open(scratch_path("inside.lwm"), &m), LUREWATCH_OK);
	ck_assert_int_eq(lw_inside_open(m, &x), LUREWATCH_OK);
	for (uint32_t s = x.start[LW_CONCEPTS]; s < x.start[LW_BLOCKS]; s++) {
		if (lw_model_rarity(m, s, 0) == 0)
			continue;
		met++;
		name.len = 0;
		ck_assert(lw_inside_name(&x, s, &name));
		ck_assert_msg(name.len > 0, "slot %u of block %s has no name", s - x.start[LW_CONCEPTS], s < x.start[LW_SHAPES] ? "pairs" : "shapes");
	}
	ck_assert_uint_gt(met, 40);
	/* labels: ham is 0, recruitment 1 */
	ck_assert(is_among(&x, 1, LW_SHAPES, 1, "messenger:telegram") || is_among(&x, 1, LW_SHAPES, 1, "messenger"));
	ck_assert(is_among(&x, 0, LW_SHAPES, 1, "e-mail"));
	ck_assert(is_among(&x, 1, LW_SHAPES, 1, "link:xyz"));
	ck_assert(!is_among(&x, 1, LW_WORDS, 1, "visa"));
	ck_assert_int_eq(lw_inside_find(&x, &c, 64), LUREWATCH_OK);
	ck_assert(is_among(&x, 1, LW_WORDS, 1, "visa") || is_among(&x, 1, LW_WORDS, 1, "free"));
	ck_assert(is_among(&x, 0, LW_WORDS, 1, "dinner") || is_among(&x, 0, LW_WORDS, 1, "pages"));
	lw_inside_close(&x);
	lurewatch_close(m);
	lw_vocabulary_free(v);
	lw_corpus_free(&c);
	lw_buffer_free(&bytes);
	lw_buffer_free(&why);
	lw_buffer_free(&name);
}
END_TEST

Suite *
inside_suite(void)
{
	Suite *s = suite_create("inside");
	TCase *c = tcase_create("inside");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, every_feature_has_its_name);
	suite_add_tcase(s, c);
	return s;
}
