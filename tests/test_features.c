/* test_features.c - the extractor: same bytes, same slots; ASCII's straight path; what counts as the same */
#include "scratch.h"

#include "features/features.h"

#include <stdlib.h>
#include <string.h>

static struct lw_buffer bytes;
static struct lw_vocabulary *vocabulary;
static struct lw_settings settings;
static struct lw_extractor *extractor, *other;

static void
set_up(void)
{
	lw_settings_default(&settings);
	settings.bits = 14;
	vocabulary = scratch_vocabulary(scratch_concepts, scratch_en, scratch_es, scratch_zh, scratch_indicators, &bytes, NULL);
	ck_assert_ptr_nonnull(vocabulary);
	ck_assert_int_eq(lw_extractor_new(&settings, vocabulary, NULL, &extractor), LUREWATCH_OK);
	ck_assert_int_eq(lw_extractor_new(&settings, vocabulary, NULL, &other), LUREWATCH_OK);
	lw_texter_straight(lw_extractor_texter(other), false);
}

static void
tear_down(void)
{
	lw_extractor_free(extractor);
	lw_extractor_free(other);
	lw_vocabulary_free(vocabulary);
	lw_buffer_free(&bytes);
}

static const struct lw_features *
features_of(struct lw_extractor *x, const char *text, size_t len, bool traced)
{
	const struct lw_features *f = NULL;

	ck_assert_int_eq(lw_extract(x, text, len, traced ? LW_WITH_PLACES : LW_ALL_SETS, &f), LUREWATCH_OK);
	return f;
}

static bool
same(const struct lw_features *a, const struct lw_features *b)
{
	for (int k = 0; k < LW_BLOCKS; k++)
		if (a->block[k].n != b->block[k].n ||
		    (a->block[k].n > 0 && memcmp(a->block[k].slot, b->block[k].slot, a->block[k].n * sizeof(uint32_t)) != 0))
			return false;
	return a->indicators == b->indicators && a->notes == b->notes;
}

static bool
alike(const char *a, const char *b)
{
	return same(features_of(extractor, a, strlen(a), false), features_of(other, b, strlen(b), false));
}

static uint64_t
chance(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

static const char *const real[] = {
	"Your OTP is 482913. Never share it with anyone.", "URGENT HIRING!! free ticket + free room, no experience, wa.me/12025550101",
	"ok lol see u @ 8pm :)", "c4sh pr1ze w1nner!!! call 0207 946 0000 now", "h i r i n g  n o w", "$$$ 5,000 USD/month $$$", "", " ",
	"a", "\n\n", "HTTP://EXAMPLE.COM/LOGIN?a=b&c=d", "f*r*e*e t.i.c.k.e.t", "email me: nobody.one+x@example.co.uk",
};

/* One texter goes the straight way, the other the general one. */
START_TEST(ascii_has_the_same_features_on_both_paths)
{
	uint64_t state = 3;
	char text[160];

	for (size_t i = 0; i < sizeof real / sizeof real[0]; i++)
		ck_assert_msg(alike(real[i], real[i]), "%s", real[i]);
	for (int round = 0; round < 4000; round++) {
		size_t len = chance(&state) % sizeof text;

		for (size_t i = 0; i < len; i++)
			text[i] = (char)(round % 2 == 0 ? 32 + chance(&state) % 95 : chance(&state) % 128);
		ck_assert(same(features_of(extractor, text, len, false), features_of(other, text, len, false)));
	}
}
END_TEST

START_TEST(nothing_is_remembered)
{
	const char *text = "free ticket, no experience 缅北直招";
	size_t n[LW_BLOCKS];

	for (int b = 0; b < LW_BLOCKS; b++)
		n[b] = features_of(other, text, strlen(text), false)->block[b].n;
	features_of(extractor, "something else entirely, die boleto", 34, true);
	ck_assert(alike(text, text));
	for (int b = 0; b < LW_BLOCKS; b++)
		ck_assert_uint_eq(features_of(extractor, text, strlen(text), false)->block[b].n, n[b]);
}
END_TEST

static const struct {
	const char *a, *b;
	bool same;
} pairs[] = {
	{ "pay 482913 now", "pay 105577 now", true },                                   /* digits are one class */
	{ "go to https://example.com/a", "go to http://www.example.org/bcd", true },    /* hosts are not told apart */
	{ "go to https://example.com", "go to https://example.xyz", false },            /* but kinds of domain are */
	{ "ask @nobody_one", "ask @someone_else", true },
	{ "call +95 555 0111 222", "call +95 555 0199 777", true },
	{ "call +95 555 0111 222", "call +44 555 0111 222", false },
	{ "HELLO THERE MY FRIEND", "hello there my friend", false },                    /* capitals are a shape */
	{ "ab", "ba", false },
};

START_TEST(what_counts_as_the_same)
{
	ck_assert_int_eq(alike(pairs[_i].a, pairs[_i].b), pairs[_i].same);
}
END_TEST

/* All but character n-grams, which count as often as they stand there. */
START_TEST(slots_are_distinct_and_in_their_block)
{
	const char *text = "free free ticket ticket no experience no experience hire 直招直招 500 usd 500 usd https://example.com";
	const struct lw_features *f = features_of(extractor, text, strlen(text), true);
	uint8_t *seen = calloc(lw_dimension(&settings, vocabulary) + 1, 1);

	ck_assert_ptr_nonnull(seen);
	for (int b = 0; b < LW_BLOCKS; b++) {
		ck_assert_uint_gt(f->block[b].n, 0);
		for (size_t i = 0; i < f->block[b].n; i++) {
			uint32_t slot = f->block[b].slot[i];

			ck_assert_uint_ge(slot, lw_block_start(&settings, vocabulary, b));
			ck_assert_uint_lt(slot, lw_block_start(&settings, vocabulary, b + 1));
			ck_assert(seen[slot]++ == 0 || b == LW_CHARS);
			ck_assert_uint_le(f->block[b].where[i].start, f->block[b].where[i].end);
			ck_assert_uint_le(f->block[b].where[i].end, strlen(text));
		}
	}
	free(seen);
}
END_TEST

/* The grams of all chunks are those of the whole text, so that a chunk's may be summed by itself. */
START_TEST(chunks_make_up_the_block)
{
	const char *text = "  Free ticket, c4sh!! now\t直招 abc直招 free  h i r i n g Бесплатно";
	const struct lw_text *t;
	const struct lw_features *f = features_of(extractor, text, strlen(text), false);
	size_t all = f->block[LW_CHARS].n, n = 0;
	int *balance = calloc(lw_dimension(&settings, vocabulary) + 1, sizeof *balance);

	ck_assert_ptr_nonnull(balance);
	for (size_t i = 0; i < all; i++)
		balance[f->block[LW_CHARS].slot[i]]++;
	ck_assert_int_eq(lw_extract(extractor, text, strlen(text), LW_WITHOUT_CHARS, &f), LUREWATCH_OK);
	ck_assert_uint_eq(f->block[LW_CHARS].n, 0);
	t = lw_extractor_text(extractor);
	ck_assert_uint_eq(t->sym[0], ' ');
	ck_assert_uint_eq(t->sym[t->n - 1], ' ');
	for (uint32_t begin = 0, end; begin + 1 < t->n; begin = end - 1) {
		const struct lw_feature_set *set;

		for (end = begin + 1; t->sym[end] != ' '; end++)
			;
		end++;
		ck_assert_int_eq(lw_extract_chunk(extractor, begin, end, &set), LUREWATCH_OK);
		for (size_t i = 0; i < set->n; i++)
			balance[set->slot[i]]--;
		n += set->n;
	}
	ck_assert_uint_eq(n, all);
	for (uint32_t s = 0; s < lw_dimension(&settings, vocabulary); s++)
		ck_assert_int_eq(balance[s], 0);
	free(balance);
}
END_TEST

START_TEST(unknown_slots_are_left_out)
{
	const char *text = "free ticket to somewhere";
	uint32_t dimension = lw_dimension(&settings, vocabulary);
	uint8_t *known = calloc(dimension / 8 + 1, 1);
	const struct lw_features *f = features_of(extractor, text, strlen(text), false);
	struct lw_extractor *picky;
	uint32_t kept = f->block[LW_WORDS].slot[0];

	ck_assert_ptr_nonnull(known);
	known[kept >> 3] = (uint8_t)(1u << (kept & 7));
	ck_assert_int_eq(lw_extractor_new(&settings, vocabulary, known, &picky), LUREWATCH_OK);
	for (int round = 0; round < 3; round++) {
		f = features_of(picky, text, strlen(text), false);
		for (int b = 0; b < LW_BLOCKS; b++)
			ck_assert_uint_eq(f->block[b].n, b == LW_WORDS);
		ck_assert_uint_eq(f->block[LW_WORDS].slot[0], kept);
	}
	lw_extractor_free(picky);
	free(known);
}
END_TEST

START_TEST(settings_are_checked)
{
	struct lw_settings s = settings;
	struct lw_extractor *x;

	ck_assert(lw_settings_valid(&s));
	s.bits = 30;
	ck_assert_int_eq(lw_extractor_new(&s, vocabulary, NULL, &x), LUREWATCH_E_ARGUMENT);
	s = settings;
	s.spaced_min = 5;
	ck_assert(!lw_settings_valid(&s));
	s = settings;
	s.weight[LW_SHAPES] = -1;
	ck_assert(!lw_settings_valid(&s));
}
END_TEST

Suite *
features_suite(void)
{
	Suite *s = suite_create("features");
	TCase *c = tcase_create("features");

	tcase_add_unchecked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 120);
	tcase_add_test(c, ascii_has_the_same_features_on_both_paths);
	tcase_add_test(c, nothing_is_remembered);
	tcase_add_loop_test(c, what_counts_as_the_same, 0, sizeof pairs / sizeof pairs[0]);
	tcase_add_test(c, slots_are_distinct_and_in_their_block);
	tcase_add_test(c, chunks_make_up_the_block);
	tcase_add_test(c, unknown_slots_are_left_out);
	tcase_add_test(c, settings_are_checked);
	suite_add_tcase(s, c);
	return s;
}
