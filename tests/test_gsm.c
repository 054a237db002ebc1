/* test_gsm.c - alphabets against ICU's and against words of each language, septets at every fill, headers that lie */
#include "suites.h"
#include "read/gsm.h"
#include "read/gsm_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucnv.h>

#define is(buffer, literal) ck_assert_msg(lw_span_is((struct lw_span){ (buffer).at, (buffer).len }, literal), \
    "got \"%.*s\", not \"%s\"", (int)(buffer).len, (buffer).at, literal)

/* Hex, blanks passed over, to bytes that last until the next call. */
static struct lw_span
bytes(const char *hex)
{
	static char room[512];
	size_t n = 0;

	for (; *hex != '\0'; hex++) {
		unsigned byte;

		if (*hex == ' ')
			continue;
		ck_assert_int_eq(sscanf(hex++, "%2x", &byte), 1);
		room[n++] = (char)byte;
	}
	return (struct lw_span){ room, n };
}

/* ---- alphabets ---- */

START_TEST(default_alphabet_is_that_of_icu)
{
	UErrorCode status = U_ZERO_ERROR;
	UConverter *icu = ucnv_open("gsm-03.38-2009", &status);

	ck_assert(U_SUCCESS(status));
	for (unsigned i = 0; i < 128; i++) {
		char one[] = { (char)i }, two[] = { LW_GSM_ESCAPE, (char)i };
		UChar c[4];

		if (i == LW_GSM_ESCAPE)
			continue;
		status = U_ZERO_ERROR;
		ck_assert_int_eq(ucnv_toUChars(icu, c, 4, one, 1, &status), 1);
		/* capital or small: the standard's c-cedilla is the capital since 2009, and so is ICU's */
		ck_assert_msg(lw_gsm_basic(0, i) == c[0], "septet %02x: %04x, not %04x", i, lw_gsm_basic(0, i), c[0]);
		status = U_ZERO_ERROR;
		if (ucnv_toUChars(icu, c, 4, two, 2, &status) != 1 || c[0] == 0xfffd || U_FAILURE(status))
			ck_assert_uint_eq(lw_gsm_shifted(0, i), 0);
		else
			ck_assert_uint_eq(lw_gsm_shifted(0, i), c[0]);
	}
	ucnv_close(icu);
}
END_TEST

/* A word by its septets, in the language's locking shift; and escaped characters in its single shift. */
static const struct word {
	unsigned language;
	const char *septets, *text, *shifted, *characters;
} words[] = {
	{ 1, "0b 07 1c 1d 40", "\u011eı\u015eşİ", "47 49 53 63 65 67 69 73", "ĞİŞç€ğış" },
	{ 2, "0b", "Ø", "09 41 49 4f 55 61 69 6f 75 65", "çÁÍÓÚáíóú€" },
	{ 3, "0b 0c 19 1a 5b 7c", "ÔôÓ|Ãõ", "05 0b 0f 5b 5c 61 7b 7f", "êÔáÃÕÂãâ" },
	{ 4, "2f 50 40 51 78", "নাবিx", "19 1a 1c 23 2c", "০১২৯৳" },     /* the taka sign */
	{ 5, "2f 42 60 51", "નમૐિ", "19 1c 25", "।૦૯" },
	{ 6, "2f 42 4c 5f 27 59", "नमस्ते", "1c 25 2c 34", "०९\u0958\u095f" },
	{ 7, "23 24 25", "ಠಡಢ", "1c 26 2a", "೦ೞೲ" },
	{ 8, "2f 2e 60", "ന.ൗ", "2e 34", "ൺൿ" },
	{ 9, "2f 42 60", "ନମୖ", "26 2c", "\u0b5cୱ" },
	{ 10, "2f 42 7c", "ਨਮੱ", "26 2d", "\u0a59ੵ" },
	{ 11, "2f 42 45 15", "நமறக", "26 2e", "௳௺" },
	{ 12, "2f 42 5f", "నమ\u0c4d", "1c 32", "౦౿" },
	{ 13, "4d 50 4e 70", "\u0644\u06ba\u0645p", "19 3f 35", "\u0600\u06d4\u0652" },
};

START_TEST(words_of_each_language)
{
	const struct word *w = &words[_i];
	struct lw_udh h = { .locking = w->language, .single = w->language };
	struct lw_buffer out = { 0 }, escaped = { 0 };
	struct lw_span s = bytes(w->septets);

	ck_assert(lw_sms_decode(&out, s, "GSM", &h));
	is(out, w->text);
	s = bytes(w->shifted);
	for (size_t i = 0; i < s.len; i++)
		ck_assert(lw_buffer_add(&escaped, "\x1b", 1) && lw_buffer_add(&escaped, s.at + i, 1));
	out.len = 0;
	ck_assert(lw_sms_decode(&out, (struct lw_span){ escaped.at, escaped.len }, "GSM", &h));
	is(out, w->characters);
	lw_buffer_free(&escaped);
	lw_buffer_free(&out);
}
END_TEST

START_TEST(what_a_table_lacks)
{
	struct lw_udh none = { 0 }, unknown = { .locking = 200, .single = 99 }, hindi = { .single = 6 };
	struct lw_buffer out = { 0 };

	/* an escaped character that the table lacks is the basic one; escape twice is a space; at the end it is nothing */
	ck_assert(lw_sms_decode(&out, bytes("41 1b 41 1b 1b 42 1b 65 1b"), "GSM", &none));
	is(out, "AA B€");
	out.len = 0;
	ck_assert(lw_sms_decode(&out, bytes("00 1b 65 1b 28"), "GSM", &unknown));
	is(out, "@€{");
	out.len = 0;
	ck_assert(lw_sms_decode(&out, bytes("1b 00 1b 5a 1b 3c 1b 65 1b 7a"), "GSM", &hindi));
	is(out, "@Z[€z");
	/* every code of every table is a character of the plane, never a surrogate */
	for (unsigned language = 0; language < 16; language++)
		for (unsigned i = 0; i < 256; i++) {
			ck_assert_uint_ne(lw_gsm_basic(language, i), 0);
			ck_assert_uint_ne(lw_gsm_basic(language, i) & 0xf800, 0xd800);
			ck_assert_uint_ne(lw_gsm_shifted(language, i) & 0xf800, 0xd800);
		}
	lw_buffer_free(&out);
}
END_TEST

/* ---- septets ---- */

static void
pack(struct lw_buffer *out, struct lw_span septets, unsigned fill)
{
	size_t bits = fill + septets.len * 7;

	out->len = 0;
	ck_assert(lw_buffer_reserve(out, bits / 8 + 1));
	memset(out->at, 0, bits / 8 + 1);
	out->len = (bits + 7) / 8;
	for (size_t i = 0; i < septets.len * 7; i++)
		if (((unsigned char)septets.at[i / 7] >> i % 7 & 1) != 0)
			out->at[(fill + i) / 8] = (char)((unsigned char)out->at[(fill + i) / 8] | 1U << (fill + i) % 8);
}

START_TEST(septets_come_back)
{
	char septets[300];
	struct lw_buffer packed = { 0 }, out = { 0 };

	for (size_t i = 0; i < sizeof septets; i++)
		septets[i] = (char)(1 + i * 53 % 127);
	for (unsigned fill = 0; fill < 7; fill++)
		for (size_t n = 0; n < sizeof septets; n++) {
			pack(&packed, (struct lw_span){ septets, n }, fill);
			out.len = 0;
			ck_assert(lw_gsm_unpack(&out, (struct lw_span){ packed.at, packed.len }, fill, n));
			ck_assert(lw_span_is((struct lw_span){ out.at, out.len }, "") == (n == 0) && out.len == n);
			ck_assert(n == 0 || memcmp(out.at, septets, n) == 0);
			/* without the count, padding may not be told only where a whole septet of it fits */
			out.len = 0;
			ck_assert(lw_gsm_unpack(&out, (struct lw_span){ packed.at, packed.len }, fill, SIZE_MAX));
			ck_assert_uint_eq(out.len, n);
		}
	lw_buffer_free(&packed);
	lw_buffer_free(&out);
}
END_TEST

START_TEST(unpacking_reads_no_more_than_there_is)
{
	struct lw_buffer out = { 0 };

	ck_assert(lw_gsm_unpack(&out, bytes("e8329bfd4697d9ec37"), 0, SIZE_MAX));
	is(out, "hellohello");
	out.len = 0;
	ck_assert(lw_gsm_unpack(&out, bytes("e8329bfd4697d9ec37"), 0, 500));
	is(out, "hellohello");
	out.len = 0;
	ck_assert(lw_gsm_unpack(&out, bytes("e8329bfd4697d9ec37"), 0, 5));
	is(out, "hello");
	out.len = 0;
	ck_assert(lw_gsm_unpack(&out, (struct lw_span){ NULL, 0 }, 6, 9) && lw_gsm_unpack(&out, bytes("ff"), 6, 9));
	ck_assert_uint_eq(out.len, 0);
	lw_buffer_free(&out);
}
END_TEST

/* ---- headers ---- */

static const struct header {
	const char *user_data;
	struct lw_udh is;
} headers[] = {
	{ "05 00 03 2a 03 02 41", { 6, 0x2a, 3, 2, 0, 0 } },
	{ "06 08 04 01 2a 03 03 41", { 7, 0x12a, 3, 3, 0, 0 } },
	{ "03 25 01 01 41", { 4, 0, 0, 0, 1, 0 } },
	{ "0b 00 03 07 02 01 24 01 02 25 01 03", { 12, 7, 2, 1, 3, 2 } },
	{ "0a 05 04 0b 84 23 f0 24 01 06 00 41", { 11, 0, 0, 0, 0, 6 } },     /* ports, then a language, then half an element */
	{ "05 00 03 2a 03 00 41", { 6, 0, 0, 0, 0, 0 } },                       /* part 0 */
	{ "05 00 03 2a 03 04 41", { 6, 0, 0, 0, 0, 0 } },                       /* part 4 of 3 */
	{ "05 00 03 2a 00 00 41", { 6, 0, 0, 0, 0, 0 } },
	{ "05 00 04 2a 03 02 41", { 6, 0, 0, 0, 0, 0 } },                       /* the element is longer than the header */
	{ "0a 00 03 01 02 01 00 03 02 02 02", { 11, 2, 2, 2, 0, 0 } },          /* twice: the last one holds */
	{ "00 41", { 1, 0, 0, 0, 0, 0 } },
	{ "05 00 03 2a", { 0 } },                                               /* longer than all there is */
	{ "ff", { 0 } },
	{ "", { 0 } },
};

START_TEST(headers_true_and_false)
{
	const struct header *t = &headers[_i];
	struct lw_udh h = lw_udh_read(bytes(t->user_data));

	ck_assert_uint_eq(h.len, t->is.len);
	ck_assert_uint_eq(h.reference, t->is.reference);
	ck_assert_uint_eq(h.total, t->is.total);
	ck_assert_uint_eq(h.number, t->is.number);
	ck_assert_uint_eq(h.locking, t->is.locking);
	ck_assert_uint_eq(h.single, t->is.single);
}
END_TEST

/* ---- whole messages ---- */

static const struct message {
	const char *user_data;
	unsigned data_coding, esm_class;
	const char *text;
} messages[] = {
	{ "48 65 6c 6c 6f 00 02", 0, 0, "Hello@$" },
	{ "e8329bfd4697d9ec37", 0, 0, "hellohello" },                           /* packed, told by what no text holds */
	{ "03 25 01 01 0b 07 1c", 0, 0x40, "ĞıŞ" },
	{ "03 25 01 01 0b 07 1c", 0, 0, "¥%££ØìÆ" },
	{ "4a fc 72 67 65 6e", 0, 0, "Jürgen" },                               /* Latin-1 under coding 0 */
	{ "e0 b8 87 e0 b8 b2 e0 b8 99", 0, 0, "งาน" },                         /* UTF-8 under coding 0 */
	{ "40 24 5b", 1, 0, "@$[" },                                            /* IA5 is ASCII */
	{ "4a fc 72", 3, 0, "Jür" },
	{ "4a fc 72", 4, 0, "Jür" },
	{ "df e0 d8 d2 d5 e2", 6, 0, "привет" },
	{ "0e07 0e32 0e19", 8, 0, "งาน" },
	{ "0e07 0e32 0e", 8, 0, "งา\ufffd" },                                  /* cut at an odd byte */
	{ "d83d de00", 8, 0, "😀" },
	{ "d83d 0041", 8, 0, "\ufffdA" },
	{ "feff 0041", 8, 0, "A" },
	{ "fffe 4100", 8, 0, "A" },
	{ "0e07", 0x18, 0, "ง" }, { "0e07", 0x19, 0, "ง" }, { "0e07", 0xe0, 0, "ง" },
	{ "00", 0x10, 0, "@" }, { "00", 0x51, 0, "@" }, { "00", 0xc8, 0, "@" }, { "00", 0xf1, 0, "@" }, { "00", 0x90, 0, "@" },
	{ "fc", 0xf5, 0, "ü" }, { "fc", 0x15, 0, "ü" },
	{ "0e07", 0x28, 0, "" },                                                /* compressed */
	{ "0500032a0201 0e07", 8, 0x43, "ง" },
	{ "0500032a", 8, 0x40, "\u0500\u032a" },                                /* a header that lies is text */
	{ "ff", 0, 0x40, "ÿ" },
	{ "", 0, 0x40, "" }, { "00", 8, 0x40, "" },
};

START_TEST(whole_messages)
{
	const struct message *t = &messages[_i];
	struct lw_buffer out = { 0 };

	ck_assert(lw_sms_text(&out, bytes(t->user_data), t->data_coding, t->esm_class));
	is(out, t->text);
	lw_buffer_free(&out);
}
END_TEST

START_TEST(a_nul_is_a_character)
{
	struct lw_buffer out = { 0 };

	ck_assert(lw_sms_text(&out, bytes("0069 0073 0000 0041"), 8, 0));
	ck_assert(out.len == 4 && memcmp(out.at, "is\0A", 4) == 0);
	lw_buffer_free(&out);
}
END_TEST

/* Packed parts with headers of both lengths: the fill bits go, an escape and a pair straddle the parts. */
START_TEST(parts_are_joined_before_they_are_decoded)
{
	static const struct {
		const char *header, *first, *second, *charset, *text;
		bool packed;
	} parts[] = {
		{ "05 00 03 2a 02 01", "41 42 43 44 45 46 47 48 49 0a 1b", "65 4a 4b 4c 4d 4e 4f 50 51", "GSM",
		    "ABCDEFGHI\n€JKLMNOPQ", true },
		{ "06 08 04 01 2a 02 01", "41 42 43 44 45 46 47 48 49 0a 1b", "65 4a 4b 4c 4d 4e 4f 50 51", "GSM",
		    "ABCDEFGHI\n€JKLMNOPQ", true },
		{ "05 00 03 2a 02 01", "41 1b", "65", "GSM", "A€", false },
		{ "05 00 03 2a 02 01", "0041 d83d", "de00 0042", "UTF-16BE", "A😀B", false },
		{ "05 00 03 2a 02 01", "0041 d8", "3d de00 0042", "UTF-16BE", "A😀B", false },
		{ "05 00 03 2a 02 01", "41 e0 b8", "87 42", "GSM", "AงB", false },
	};

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		struct lw_buffer packed = { 0 }, part = { 0 }, joined = { 0 }, out = { 0 };
		struct lw_udh h = { 0 };

		for (int k = 0; k < 2; k++) {
			struct lw_span s = bytes(parts[i].header);

			part.len = 0;
			ck_assert(lw_buffer_add(&part, s.at, s.len));
			h = lw_udh_read((struct lw_span){ part.at, part.len });
			ck_assert_uint_eq(h.len, s.len);
			s = bytes(k == 0 ? parts[i].first : parts[i].second);
			if (parts[i].packed) {
				pack(&packed, s, (unsigned)(7 - h.len * 8 % 7) % 7);
				s = (struct lw_span){ packed.at, packed.len };
			}
			ck_assert(lw_buffer_add(&part, s.at, s.len));
			ck_assert(lw_sms_payload(&joined, (struct lw_span){ part.at, part.len }, &h, parts[i].charset));
		}
		ck_assert(lw_sms_decode(&out, (struct lw_span){ joined.at, joined.len }, parts[i].charset, &h));
		is(out, parts[i].text);
		lw_buffer_free(&packed);
		lw_buffer_free(&part);
		lw_buffer_free(&joined);
		lw_buffer_free(&out);
	}
}
END_TEST

START_TEST(noise_has_an_answer)
{
	unsigned seed = 1;
	struct lw_buffer out = { 0 };

	for (int round = 0; round < 20000; round++) {
		char noise[64];
		size_t n = (seed = seed * 1103515245 + 12345) >> 16 & 63;
		char *exact = malloc(n + 1);    /* so that a sanitizer sees a step too far */

		ck_assert_ptr_nonnull(exact);
		for (size_t i = 0; i < n; i++)
			noise[i] = (char)((seed = seed * 1103515245 + 12345) >> 16);
		memcpy(exact, noise, n);
		out.len = 0;
		ck_assert(lw_sms_text(&out, (struct lw_span){ exact, n }, (unsigned)round & 0xff, (unsigned)round >> 2));
		ck_assert_uint_le(out.len, n * 4 + 16);
		free(exact);
	}
	lw_buffer_free(&out);
}
END_TEST

Suite *
gsm_suite(void)
{
	Suite *s = suite_create("gsm");
	TCase *t = tcase_create("gsm");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, default_alphabet_is_that_of_icu);
	tcase_add_loop_test(t, words_of_each_language, 0, sizeof words / sizeof words[0]);
	tcase_add_test(t, what_a_table_lacks);
	tcase_add_test(t, septets_come_back);
	tcase_add_test(t, unpacking_reads_no_more_than_there_is);
	tcase_add_loop_test(t, headers_true_and_false, 0, sizeof headers / sizeof headers[0]);
	tcase_add_loop_test(t, whole_messages, 0, sizeof messages / sizeof messages[0]);
	tcase_add_test(t, a_nul_is_a_character);
	tcase_add_test(t, parts_are_joined_before_they_are_decoded);
	tcase_add_test(t, noise_has_an_answer);
	suite_add_tcase(s, t);
	return s;
}
