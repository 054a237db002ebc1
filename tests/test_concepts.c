/* test_concepts.c - compiling a vocabulary, matching forms by each script's habits, indicators, damaged blocks */
#include "scratch.h"

#include "concepts/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lw_buffer bytes;
static struct lw_vocabulary *vocabulary;
static struct lw_texter *texter;
static struct lw_matcher *matcher;
static struct lw_sums sums;

static void
set_up(void)
{
	vocabulary = scratch_vocabulary(scratch_concepts, scratch_en, scratch_es, scratch_zh, scratch_indicators, &bytes, NULL);
	ck_assert_ptr_nonnull(vocabulary);
	ck_assert_int_eq(lw_texter_new(0, &texter), LUREWATCH_OK);
	ck_assert_int_eq(lw_matcher_new(vocabulary, texter, &matcher), LUREWATCH_OK);
}

static void
tear_down(void)
{
	lw_matcher_free(matcher);
	lw_texter_free(texter);
	lw_vocabulary_free(vocabulary);
	lw_buffer_free(&bytes);
	free(sums.at);
	sums = (struct lw_sums){ 0 };
}

static struct lw_sequence
sequence_of(const char *utf8)
{
	const struct lw_text *t;
	struct lw_sequence q;

	ck_assert_int_eq(lw_text_read(texter, utf8, strlen(utf8), &t), LUREWATCH_OK);
	ck_assert_int_eq(lw_find_sums(t, &sums), LUREWATCH_OK);
	ck_assert_int_eq(lw_match(matcher, t, &sums, &q), LUREWATCH_OK);
	return q;
}

static const char *
concepts_of(const char *utf8)
{
	static char out[1024];
	struct lw_sequence q = sequence_of(utf8);
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < q.n; i++)
		n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", i > 0 ? " " : "",
		    lw_vocabulary_concept(vocabulary, q.hit[i].concept));
	return out;
}

static const struct {
	const char *text, *concepts;
} matches[] = {
	{ "", "" },
	{ "Free TICKETS", "FREE TICKET" },                              /* stem* */
	{ "free of charge", "FREE" },                                   /* the longest form wins */
	{ "freedom", "" },                                              /* whole words */
	{ "nightflight", "TICKET" },                                    /* *stem */
	{ "inexperienced", "EXPERIENCE" },                              /* *stem* */
	{ "share the code", "SHARE CODE" },                             /* words without content are left out */
	{ "never share your code", "NEVER_SHARE CODE" },
	{ "never, share", "SHARE" },                                    /* a comma parts a phrase */
	{ "warn you", "WARN" },
	{ "fr3e tick3ts", "FREE TICKET" },                              /* leet twins */
	{ "f r e e ticket", "FREE TICKET" },
	{ "fr\xd0\xb5" "e ticket", "FREE TICKET" },                     /* Cyrillic e */
	{ "直招客服,免费机票", "HIRE FREE TICKET" },                     /* inside runs, longest first */
	{ "无·需·经·验", "NO EXPERIENCE" },
	{ "die free ticket", "DIE FREE TICKET" },                       /* English by its other words */
	{ "die gratis boleto la experiencia", "FREE TICKET EXPERIENCE" }, /* and another language's word without content */
	{ "555", "LOL" },                                               /* digits as written */
	{ "444", "" },
	{ "ok \xf0\x9f\x98\x82", "LOL" },
	{ "free 500 usd https://example.com", "FREE SHAPE_MONEY SHAPE_LINK" },
	{ "Cambodia in Juli", "COUNTRY_CAMBODIA MONTH" },               /* ICU's names, in any language */
	{ "в Камбоджа", "COUNTRY_CAMBODIA" },
	{ "柬埔寨直招", "COUNTRY_CAMBODIA HIRE" },
};

START_TEST(finds_forms)
{
	ck_assert_str_eq(concepts_of(matches[_i].text), matches[_i].concepts);
}
END_TEST

START_TEST(hits_say_where)
{
	struct lw_sequence q = sequence_of("so FREE, ticket 免费");

	ck_assert_uint_eq(q.n, 3);
	ck_assert_uint_eq(q.hit[0].start, 3);
	ck_assert_uint_eq(q.hit[0].end, 7);
	ck_assert_uint_eq(q.hit[1].start, 9);
	ck_assert_uint_eq(q.hit[2].start, 16);
	ck_assert_uint_eq(q.hit[2].end, 22);
}
END_TEST

static const struct {
	const char *text, *indicators;
} patterns[] = {
	{ "free ticket", "free-travel" },
	{ "ticket free", "free-travel" },                               /* ~ either side */
	{ "ticket code free", "" },                                     /* too far */
	{ "free ticket, I warn", "" },                                  /* !* anywhere */
	{ "no experience", "no-experience" },
	{ "experience no", "no-experience" },                           /* the second clause */
	{ "experience no code", "" },                                   /* !1 beside the match */
	{ "share code", "asks-code" },
	{ "never share code", "" },                                     /* the longest form has no SHARE in it */
	{ "code share", "" },                                           /* > keeps the order */
	{ "se busca boleto, sin experiencia", "free-travel no-experience" },
};

START_TEST(finds_indicators)
{
	struct lw_sequence q = sequence_of(patterns[_i].text);
	uint16_t found[8];
	struct lw_place where[8];
	size_t n, len = 0;
	char out[256] = "";

	ck_assert_int_eq(lw_match_indicators(matcher, &q, found, where, &n), LUREWATCH_OK);
	for (size_t i = 0; i < n; i++) {
		len += (size_t)snprintf(out + len, sizeof out - len, "%s%s", i > 0 ? " " : "",
		    lw_vocabulary_indicator(vocabulary, found[i]));
		ck_assert_uint_le(where[i].first, where[i].last);
		ck_assert_uint_lt(where[i].last, q.n);
	}
	ck_assert_str_eq(out, patterns[_i].indicators);
}
END_TEST

static const struct {
	const char *concepts, *en, *indicators, *why;
} mistakes[] = {
	{ "FREE\nFREE\n", "", "", "concepts.tsv:2: concept FREE was named before" },
	{ "FREE\n", "# x\n\nNOPE\tx\n", "", "concepts/en.tsv:3: no such concept: NOPE" },
	{ "FREE\n", "FREE\ta*\n", "", "concepts/en.tsv:1: a stem this short" },
	{ "FREE\n", "", "x\tlure\tFREE\n", "indicators.tsv:1: name, side" },
	{ "FREE\n", "", "x\tbad\tFREE\ty\n", "indicators.tsv:1: name, side" },
	{ "FREE\n", "", "x\tlure\tNOPE\ty\n", "indicators.tsv:1: no such concept: NOPE" },
	{ "FREE\n", "", "x\tlure\t@A\ty\n", "indicators.tsv:1: no such set: @A" },
	{ "FREE\n", "", "x\tlure\tFREE FREE\ty\n", "a distance of 1 to 99" },
	{ "FREE\n", "", "x\tlure\tFREE ~ FREE\ty\n", "a distance of 1 to 99" },
	{ "FREE\n", "", "x\tlure\tFREE ~2\ty\n", "a clause is 1 to 8 terms" },
	{ "FREE\n", "", "x\tlure\tFREE !1 FREE ~1 FREE\ty\n", "what must be absent comes last" },
	{ "FREE\n", "", NULL, "indicators.tsv: No such file" },
	{ NULL, "", "", "concepts.tsv: No such file" },
};

START_TEST(mistakes_say_where)
{
	struct lw_buffer block = { 0 }, why = { 0 };

	ck_assert_ptr_null(scratch_vocabulary(mistakes[_i].concepts, mistakes[_i].en, NULL, NULL, mistakes[_i].indicators,
	    &block, &why));
	ck_assert(lw_buffer_add(&why, "", 1));
	ck_assert_msg(strstr(why.at, mistakes[_i].why) != NULL, "%s", why.at);
	lw_buffer_free(&block);
	lw_buffer_free(&why);
}
END_TEST

/* Any block opens or is refused, and what opens can be matched with. */
START_TEST(damaged_blocks_do_no_harm)
{
	static const char text[] = "free ticket no experience 招聘 免费机票 share code 555 die gratis";
	const struct lw_text *t;
	char *copy = malloc(bytes.len);

	ck_assert_ptr_nonnull(copy);
	ck_assert_int_eq(lw_text_read(texter, text, sizeof text - 1, &t), LUREWATCH_OK);
	ck_assert_int_eq(lw_find_sums(t, &sums), LUREWATCH_OK);
	for (size_t i = 0; i < bytes.len; i += i < 4096 ? 1 : 997) {
		struct lw_vocabulary *v;
		struct lw_matcher *m;
		struct lw_sequence q;
		uint16_t found[65536 / 16];
		size_t n;

		memcpy(copy, bytes.at, bytes.len);
		copy[i] = (char)(copy[i] ^ (i % 2 == 0 ? 0xff : 1));
		if (lw_vocabulary_open(copy, bytes.len, &v) != LUREWATCH_OK)
			continue;
		ck_assert_int_eq(lw_matcher_new(v, texter, &m), LUREWATCH_OK);
		ck_assert_int_eq(lw_match(m, t, &sums, &q), LUREWATCH_OK);
		if (lw_vocabulary_indicators(v) <= sizeof found / sizeof found[0])
			ck_assert_int_eq(lw_match_indicators(m, &q, found, NULL, &n), LUREWATCH_OK);
		lw_matcher_free(m);
		lw_vocabulary_free(v);
	}
	for (size_t len = 1; len < bytes.len; len += len < 600 ? 1 : 4099) {
		struct lw_vocabulary *v;

		ck_assert_int_eq(lw_vocabulary_open(bytes.at, len, &v), LUREWATCH_E_MODEL_DAMAGED);
	}
	free(copy);
}
END_TEST

START_TEST(an_empty_vocabulary_matches_nothing)
{
	struct lw_vocabulary *v;
	struct lw_matcher *m;
	struct lw_sequence q;
	const struct lw_text *t;

	ck_assert_int_eq(lw_vocabulary_open(NULL, 0, &v), LUREWATCH_OK);
	ck_assert_int_eq(lw_matcher_new(v, texter, &m), LUREWATCH_OK);
	ck_assert_int_eq(lw_text_read(texter, "free", 4, &t), LUREWATCH_OK);
	ck_assert_int_eq(lw_match(m, t, &sums, &q), LUREWATCH_OK);
	ck_assert_uint_eq(q.n, 0);
	ck_assert_ptr_null(lw_vocabulary_concept(v, 0));
	lw_matcher_free(m);
	lw_vocabulary_free(v);
}
END_TEST

Suite *
concepts_suite(void)
{
	Suite *s = suite_create("concepts");
	TCase *c = tcase_create("concepts");

	tcase_add_unchecked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 300);
	tcase_add_loop_test(c, finds_forms, 0, sizeof matches / sizeof matches[0]);
	tcase_add_test(c, hits_say_where);
	tcase_add_loop_test(c, finds_indicators, 0, sizeof patterns / sizeof patterns[0]);
	tcase_add_loop_test(c, mistakes_say_where, 0, sizeof mistakes / sizeof mistakes[0]);
	tcase_add_test(c, damaged_blocks_do_no_harm);
	tcase_add_test(c, an_empty_vocabulary_matches_nothing);
	suite_add_tcase(s, c);
	return s;
}
