/* test_text.c - the text layer: decoding, normalising, tricks undone, contacts, sums, the straight path */
#include "suites.h"

#include "text/money.h"
#include "text/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lw_texter *texter;

static void
set_up(void)
{
	ck_assert_int_eq(lw_texter_new(LW_SEGMENT_ALL, &texter), LUREWATCH_OK);
}

static void
tear_down(void)
{
	lw_texter_free(texter);
}

static const struct lw_text *
text_of(const char *utf8, size_t len)
{
	const struct lw_text *t = NULL;

	ck_assert_int_eq(lw_text_read(texter, utf8, len, &t), LUREWATCH_OK);
	return t;
}

/* The symbols as UTF-8, contacts as <0> to <6>, for comparing. */
static const char *
spelt(const char *utf8)
{
	static char out[4096];
	const struct lw_text *t = text_of(utf8, strlen(utf8));
	size_t n = 0;

	for (uint32_t i = 0; i < t->n && n + 8 < sizeof out; i++) {
		uint32_t c = t->sym[i];

		if (c >= LW_SYM_CONTACT)
			n += (size_t)sprintf(out + n, "<%u>", c - LW_SYM_CONTACT);
		else if (c < 0x80)
			out[n++] = (char)c;
		else if (c < 0x800)
			n += (size_t)sprintf(out + n, "%c%c", (int)(0xc0 | c >> 6), (int)(0x80 | (c & 63)));
		else if (c < 0x10000)
			n += (size_t)sprintf(out + n, "%c%c%c", (int)(0xe0 | c >> 12), (int)(0x80 | (c >> 6 & 63)),
			    (int)(0x80 | (c & 63)));
		else
			n += (size_t)sprintf(out + n, "%c%c%c%c", (int)(0xf0 | c >> 18), (int)(0x80 | (c >> 12 & 63)),
			    (int)(0x80 | (c >> 6 & 63)), (int)(0x80 | (c & 63)));
	}
	out[n] = '\0';
	return out;
}

static const struct {
	const char *in, *out;
	unsigned notes;
} spellings[] = {
	{ "", " ", 0 },
	{ "Hello  World", " hello world ", 0 },
	{ "CaFÉ", " café ", 0 },
	{ "cafe\xcc\x81", " café ", 0 },                                /* decomposed */
	{ "\xef\xbc\xa8\xef\xbd\x89", " hi ", 0 },                      /* full width */
	{ "h\xe2\x80\x8bi\xe2\x80\x8bring", " hiring ", LUREWATCH_NOTE_HIDDEN },
	{ "p\xd0\xb0ypal", " paypal ", LUREWATCH_NOTE_LOOKALIKE },      /* Cyrillic a */
	{ "работа в офисе", " работа в офисе ", 0 },                    /* genuine Cyrillic stays */
	{ "pабота", " работа ", LUREWATCH_NOTE_LOOKALIKE },             /* Latin p in Cyrillic */
	{ "h i r i n g now", " hiring now ", 0 },
	{ "h.i.r.i.n.g", " hiring ", 0 },
	{ "I am a b", " i am a b ", 0 },                                /* two single letters are no trick */
	{ "缅·北", " 缅北 ", 0 },
	{ "c4sh", " c0sh cash ", 0 },                                   /* a twin at the end */
	{ "20k and 3rd", " 00k and 0rd ", 0 },                          /* no twins */
	{ "looooove", " looove ", 0 },
	{ "don't", " dont ", 0 },
	{ "a\x80" "b", " a\xef\xbf\xbd" "b ", LUREWATCH_NOTE_BAD_UTF8 },
	{ "İŞ iş IŞ", " iş iş iş ", 0 },                                /* Turkish i, dotted and not */
	{ "ёлка", " елка ", 0 },
	{ "أحمد", " احمد ", 0 },
	{ "see https://example.com/x?y=1.", " see <0> . ", 0 },
	{ "bit.ly/abc", " <1> ", 0 },
	{ "t.me/nobody_1", " <2> ", 0 },
	{ "mail me@example.org now", " mail <3> now ", 0 },
	{ "@nobody_hr", " <4> ", 0 },
	{ "+855 12 555 0142", " <5> ", 0 },
	{ "1234567890123", " <6> ", 0 },
	{ "on 2026-11-27 at 10.30", " on 0000-00-00 at 00.00 ", 0 },
	{ "薪资2万加V", " 薪资 0 万加 v ", 0 },
};

START_TEST(spells)
{
	const char *in = spellings[_i].in;

	ck_assert_str_eq(spelt(in), spellings[_i].out);
	ck_assert_uint_eq(text_of(in, strlen(in))->notes, spellings[_i].notes);
}
END_TEST

static const struct {
	const char *in;
	int kind;
	const char *what;
} contacts[] = {
	{ "http://pay.example.xyz/a", LW_LINK, "xyz" },
	{ "www.example.com", LW_LINK, "" },
	{ "example.com", LW_LINK, "" },
	{ "hxxps://example.top", LW_LINK, "top" },
	{ "wa.me/12025550101", LW_MESSENGER, "whatsapp" },
	{ "t.me/nobody", LW_MESSENGER, "telegram" },
	{ "+95 555 0123 4", LW_PHONE, "95" },
	{ "0044 555 0123", LW_PHONE, "44" },
	{ "tinyurl.com/x", LW_SHORTLINK, "" },
	{ "end.Start", -1, "" },
	{ "1,000,000", -1, "" },
	{ "24/11/2026", -1, "" },
	{ "e.g. me.", -1, "" },
};

START_TEST(finds_contacts)
{
	const struct lw_text *t = text_of(contacts[_i].in, strlen(contacts[_i].in));

	ck_assert_uint_eq(t->contacts, contacts[_i].kind >= 0);
	if (contacts[_i].kind < 0)
		return;
	ck_assert_int_eq(t->contact[0].kind, contacts[_i].kind);
	ck_assert_str_eq(t->contact[0].what, contacts[_i].what);
}
END_TEST

static const struct {
	const char *in;
	bool money;
	int band;
} sums[] = {
	{ "salary 2000 USD", true, 4 }, { "$500", true, 3 }, { "US$ 1,500.00", true, 4 }, { "底薪2万元", true, 4 },
	{ "Rp 15 juta", true, 3 }, { "15.000.000 đồng", true, 3 }, { "৳500", true, 1 }, { "40 000 ₽", true, 3 },
	{ "3k usd", true, 4 }, { "page 12", false, 0 }, { "code 482913", false, 0 }, { "ฟรี 900 บาท", true, 2 },
};

START_TEST(reads_sums)
{
	struct lw_sums found = { 0 };
	const struct lw_text *t = text_of(sums[_i].in, strlen(sums[_i].in));

	ck_assert_int_eq(lw_find_sums(t, &found), LUREWATCH_OK);
	ck_assert_uint_eq(found.n, 1);
	ck_assert_int_eq(found.at[0].money, sums[_i].money);
	ck_assert_int_eq(found.at[0].band, sums[_i].band);
	free(found.at);
}
END_TEST

/* Whatever the bytes: offsets ascend, words lie inside the symbols, the text ends where the bytes do. */
static void
assert_sound(const struct lw_text *t, size_t len)
{
	uint32_t end = 0;

	ck_assert_uint_ge(t->n, 1);
	ck_assert_uint_eq(t->sym[0], ' ');
	ck_assert_uint_eq(t->sym[t->n - 1], ' ');
	ck_assert_uint_eq(t->from[t->n], len);
	for (uint32_t i = 0; i < t->n; i++)
		ck_assert_uint_le(t->from[i], len);
	for (uint32_t w = 0; w < t->words; w++) {
		ck_assert_uint_lt(t->word[w].begin, t->word[w].end);
		ck_assert_uint_ge(t->word[w].begin, end);
		end = t->word[w].end;
	}
	ck_assert_uint_le(end, t->n);
}

static uint64_t
chance(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

START_TEST(any_bytes_have_a_text)
{
	uint64_t state = 7;
	char bytes[300];

	for (int round = 0; round < 3000; round++) {
		size_t len = chance(&state) % sizeof bytes;

		for (size_t i = 0; i < len; i++)
			bytes[i] = (char)chance(&state);
		assert_sound(text_of(bytes, len), len);
	}
}
END_TEST

/* The straight path is the general one, cheaper. */
START_TEST(straight_path_agrees)
{
	static const char alphabet[] = "abcXYZ 0129.@:/+-$!?'h t p s w m e\n\t_*|,()#%&\"~";
	uint64_t state = 11;
	char bytes[200];

	for (int round = 0; round < 5000; round++) {
		size_t len = chance(&state) % sizeof bytes;
		const struct lw_text *t;
		uint32_t n, words, contacts_found, upper, letters;
		uint32_t *sym;

		for (size_t i = 0; i < len; i++)
			bytes[i] = round % 3 == 0 ? (char)(chance(&state) % 128) : alphabet[chance(&state) % (sizeof alphabet - 1)];
		lw_texter_straight(texter, true);
		t = text_of(bytes, len);
		n = t->n;
		words = t->words;
		contacts_found = t->contacts;
		upper = t->upper;
		letters = t->letters[LW_LATIN];
		sym = malloc(n * sizeof *sym);
		ck_assert_ptr_nonnull(sym);
		memcpy(sym, t->sym, n * sizeof *sym);
		lw_texter_straight(texter, false);
		t = text_of(bytes, len);
		ck_assert_uint_eq(t->n, n);
		ck_assert_int_eq(memcmp(sym, t->sym, n * sizeof *sym), 0);
		ck_assert_uint_eq(t->words, words);
		ck_assert_uint_eq(t->contacts, contacts_found);
		ck_assert_uint_eq(t->upper, upper);
		ck_assert_uint_eq(t->letters[LW_LATIN], letters);
		free(sym);
	}
}
END_TEST

START_TEST(long_text_is_cut_between_characters)
{
	size_t len = LUREWATCH_TEXT_MAX + 100;
	char *long_text = malloc(len);
	const struct lw_text *t;

	ck_assert_ptr_nonnull(long_text);
	for (size_t i = 0; i + 3 <= len; i += 3)
		memcpy(long_text + i, "\xe4\xb8\xad", 3);
	t = text_of(long_text, len - len % 3);
	ck_assert_uint_eq(t->notes, LUREWATCH_NOTE_CUT);
	ck_assert_uint_eq(t->from[t->n], LUREWATCH_TEXT_MAX - LUREWATCH_TEXT_MAX % 3);
	free(long_text);
}
END_TEST

/* ICU's iterators have been seen to remember the text before (ICU4N#100). */
START_TEST(segments_do_not_remember)
{
	static const char thai[] = "ทำงานออนไลน์ที่ประเทศกัมพูชา", other[] = "ຮັບສະໝັກພະນັກງານ 招聘客服人员 ကမ္ဘောဒီးယား";
	const struct lw_text *t = text_of(thai, sizeof thai - 1);
	uint32_t n = t->segments;

	ck_assert_uint_gt(n, 3);
	text_of(other, sizeof other - 1);
	t = text_of(thai, sizeof thai - 1);
	ck_assert_uint_eq(t->segments, n);
}
END_TEST

START_TEST(zawgyi_is_converted)
{
	/* "Myanmar" in Zawgyi: the medial ra comes first */
	static const char zawgyi[] = "\xe1\x80\xbb\xe1\x80\x99\xe1\x80\x94\xe1\x80\xb9\xe1\x80\x99\xe1\x80\xac";
	static const char unicode[] = "\xe1\x80\x99\xe1\x80\xbc\xe1\x80\x94\xe1\x80\xba\xe1\x80\x99\xe1\x80\xac";
	char converted[256];

	ck_assert_uint_eq(text_of(zawgyi, sizeof zawgyi - 1)->notes & LUREWATCH_NOTE_ZAWGYI, LUREWATCH_NOTE_ZAWGYI);
	snprintf(converted, sizeof converted, "%s", spelt(zawgyi));
	ck_assert_str_eq(converted, spelt(unicode));
	ck_assert_uint_eq(text_of(unicode, sizeof unicode - 1)->notes, 0);
}
END_TEST

Suite *
text_suite(void)
{
	Suite *s = suite_create("text");
	TCase *c = tcase_create("text");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, spells, 0, sizeof spellings / sizeof spellings[0]);
	tcase_add_loop_test(c, finds_contacts, 0, sizeof contacts / sizeof contacts[0]);
	tcase_add_loop_test(c, reads_sums, 0, sizeof sums / sizeof sums[0]);
	tcase_add_test(c, any_bytes_have_a_text);
	tcase_add_test(c, straight_path_agrees);
	tcase_add_test(c, long_text_is_cut_between_characters);
	tcase_add_test(c, segments_do_not_remember);
	tcase_add_test(c, zawgyi_is_converted);
	suite_add_tcase(s, c);
	return s;
}
