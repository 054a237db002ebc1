/* test_write.c - numbers, strings, outputs and annotations; no model needed: verdicts are made by hand */
#include "suites.h"
#include "write/sample.h"
#include "write/when.h"
#include "write/write.h"

#include <string.h>

#define is(b, literal) ck_assert_msg(lw_span_is((struct lw_span){ (b).at, (b).len }, literal), "got \"%.*s\", not \"%s\"", \
    (int)(b).len, (b).at, literal)

static const struct {
	double value;
	int decimals;
	const char *text;
} numbers[] = {
	{ 0.9731, 4, "0.9731" }, { 0, 4, "0.0000" }, { 1, 4, "1.0000" }, { 0.99996, 4, "1.0000" }, { -1.304, 2, "-1.30" },
	{ -0.001, 2, "0.00" }, { 12.5, 0, "13" }, { 1e300, 2, "0.00" }, { 0.0 / 1.0, 1, "0.0" }, { 123.456, 1, "123.5" },
};

START_TEST(numbers_are_fixed)
{
	struct lw_buffer b = { 0 };

	ck_assert(lw_put_fixed(&b, numbers[_i].value, numbers[_i].decimals));
	is(b, numbers[_i].text);
	lw_buffer_free(&b);
}
END_TEST

static const struct {
	struct lw_span in;
	const char *json, *visible;
} strings[] = {
	{ { "plain", 5 }, "\"plain\"", "plain" },
	{ { "q\"b\\", 4 }, "\"q\\\"b\\\\\"", "q\"b\\" },
	{ { "\n\r\t\0\x1b[31m", 9 }, "\"\\n\\r\\t\\u0000\\u001b[31m\"", "\\n\\r\\t\\x00\\x1b[31m" },
	{ { "\xe0\xb8\x87", 3 }, "\"\xe0\xb8\x87\"", "\xe0\xb8\x87" },
	{ { "a\xff" "b", 3 }, "\"a\\ufffdb\"", "a\xef\xbf\xbd" "b" },
	{ { "\xef\xbf\xbd", 3 }, "\"\xef\xbf\xbd\"", "\xef\xbf\xbd" },
	{ { "\xed\xa0\x80", 3 }, "\"\\ufffd\\ufffd\\ufffd\"", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ { "\xe0\x80\x80", 3 }, "\"\\ufffd\\ufffd\\ufffd\"", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ { "\xe2\x80\xae" "evil", 7 }, "\"\\u202eevil\"", "\\u202eevil" },
	{ { "\xf0\x9f\x98\x80", 4 }, "\"\xf0\x9f\x98\x80\"", "\xf0\x9f\x98\x80" },
	{ { "\xf3\xa0\x81\x81", 4 }, "\"\\udb40\\udc41\"", "\\ue0041" },
	{ { "\xc2\x9b" "1m", 4 }, "\"\\u009b1m\"", "\\u009b1m" },
	{ { "cut\xe0\xb8", 5 }, "\"cut\\ufffd\\ufffd\"", "cut\xef\xbf\xbd\xef\xbf\xbd" },
	{ { NULL, 0 }, "\"\"", "" },
};

START_TEST(strings_are_safe)
{
	struct lw_buffer b = { 0 };

	ck_assert(lw_put_json_string(&b, strings[_i].in));
	is(b, strings[_i].json);
	b.len = 0;
	ck_assert(lw_put_visible(&b, strings[_i].in, 100));
	is(b, strings[_i].visible);
	lw_buffer_free(&b);
}
END_TEST

START_TEST(long_text_is_cut_between_characters)
{
	struct lw_buffer b = { 0 };

	ck_assert(lw_put_visible(&b, LW_SPAN("\xe4\xbd\xa0\xe5\xa5\xbd\xe5\x90\x97"), 5));
	is(b, "\xe4\xbd\xa0\xe5\xa5\xbd\xe2\x80\xa6");
	lw_buffer_free(&b);
}
END_TEST

static const struct {
	const char *text;
	size_t most, columns;
	const char *shown;
	bool rtl;
} widths[] = {
	{ "abc", 3, 3, "abc", false },
	{ "abcd", 3, 3, "ab\xe2\x80\xa6", false },
	{ "\xe4\xbd\xa0\xe5\xa5\xbd", 4, 4, "\xe4\xbd\xa0\xe5\xa5\xbd", false },
	{ "\xe4\xbd\xa0\xe5\xa5\xbd\xe5\x90\x97", 4, 3, "\xe4\xbd\xa0\xe2\x80\xa6", false },
	{ "e\xcc\x81t", 2, 2, "e\xcc\x81t", false },         /* an accent has no column of its own */
	{ "\xe0\xb8\x97\xe0\xb8\xb5\xe0\xb9\x88", 1, 1, "\xe0\xb8\x97\xe0\xb8\xb5\xe0\xb9\x88", false },
	{ "\xf0\x9f\x98\x80", 2, 2, "\xf0\x9f\x98\x80", false },
	{ "\x1b[m", 6, 6, "\\x1b[m", false },
	{ "\x1b[m", 5, 5, "\\x1b\xe2\x80\xa6", false },
	{ "\x1b[m", 4, 1, "\xe2\x80\xa6", false },            /* an escape is not cut in two */
	{ "\xd9\x85\xd8\xb1\xd8\xad", 9, 3, "\xd9\x85\xd8\xb1\xd8\xad", true },
	{ "1 \xd7\xa9", 9, 3, "1 \xd7\xa9", true },
	{ "", 0, 0, "", false },
};

START_TEST(columns_are_a_terminals)
{
	struct lw_span s = { widths[_i].text, strlen(widths[_i].text) };
	struct lw_buffer b = { 0 };

	ck_assert_uint_eq(lw_put_columns(&b, s, widths[_i].most), widths[_i].columns);
	is(b, widths[_i].shown);
	ck_assert_int_eq(lw_is_right_to_left(s), widths[_i].rtl);
	lw_buffer_free(&b);
}
END_TEST

START_TEST(ids)
{
	struct lw_message m = { .path = "in.mbox", .record = 17 };
	struct lw_buffer b = { 0 };

	ck_assert(lw_write_id(&b, &m));
	is(b, "in.mbox:17");
	b.len = 0;
	m.record = 0;
	ck_assert(lw_write_id(&b, &m));
	is(b, "in.mbox");
	b.len = 0;
	m.id = LW_SPAN("own");
	ck_assert(lw_write_id(&b, &m));
	is(b, "own");
	lw_buffer_free(&b);
}
END_TEST

START_TEST(unreadable_records_are_in_their_place)
{
	struct lw_message m = { .path = "a", .record = 2, .error = "bad \"quote\"" };
	struct lw_result r = { .message = &m };
	struct lw_buffer b = { 0 };

	ck_assert(lw_output_named("jsonl")->record(&b, &r));
	is(b, "{\"id\":\"a:2\",\"error\":\"bad \\\"quote\\\"\"}\n");
	b.len = 0;
	ck_assert(lw_output_named("tsv")->record(&b, &r));
	is(b, "a:2\t\t\t\t\t\tbad \"quote\"\n");
	b.len = 0;
	ck_assert(lw_output_named("text")->record(&b, &r));
	ck_assert_uint_eq(b.len, 0);
	ck_assert_ptr_null(lw_output_named("xml"));
	m.raw = LW_SPAN("{broken");
	m.format = "jsonl";
	ck_assert(lw_annotate(&b, &r));
	is(b, "{broken");
	lw_buffer_free(&b);
}
END_TEST

START_TEST(some_formats_have_no_place)
{
	struct lw_message m = { .format = "lines" };

	ck_assert_ptr_nonnull(lw_annotate_refusal(&m));
	m.format = "jsonl";
	ck_assert_ptr_null(lw_annotate_refusal(&m));
	m.recoded = true;
	ck_assert_ptr_nonnull(lw_annotate_refusal(&m));
}
END_TEST

START_TEST(header_rows_get_columns)
{
	struct lw_message m = { .format = "csv", .delimiter = ';', .before = LW_SPAN("\xef\xbb\xbfid;text\r\n") };
	struct lw_buffer b = { 0 };

	ck_assert(lw_annotate_before(&b, &m));
	is(b, "\xef\xbb\xbfid;text;lurewatch_flagged;lurewatch_label;lurewatch_risk;lurewatch_indicators\r\n");
	b.len = 0;
	m.before = LW_SPAN("\xef\xbb\xbf");
	ck_assert(lw_annotate_before(&b, &m));
	is(b, "\xef\xbb\xbf");
	b.len = 0;
	m.before = LW_SPAN("");
	ck_assert(lw_annotate_before(&b, &m));
	ck_assert_uint_eq(b.len, 0);
	lw_buffer_free(&b);
}
END_TEST

START_TEST(mails_of_their_own_files_make_an_mbox)
{
	struct lw_buffer b = { 0 };

	ck_assert(lw_write_as_mbox(&b, LW_SPAN("Subject: a\n\nFrom here\n>From there\nend")));
	is(b, "From lurewatch Thu Jan  1 00:00:00 1970\nSubject: a\n\n>From here\n>>From there\nend\n\n");
	b.len = 0;
	ck_assert(lw_write_as_mbox(&b, LW_SPAN("From x Thu Jan  1 00:00:00 1970\nSubject: a\n\nb\n")));
	is(b, "From x Thu Jan  1 00:00:00 1970\nSubject: a\n\nb\n\n");
	lw_buffer_free(&b);
}
END_TEST

static const struct {
	const char *in, *out;
	size_t head;
} edits[] = {
	{ "Subject: a\n\nbody\n", "Subject: a\nX-A: 1\nX-B: 2\n\nbody\n", 26 },
	{ "Subject: a\r\n\r\nbody", "Subject: a\r\nX-A: 1\r\nX-B: 2\r\n\r\nbody", 30 },
	{ "x-a: forged\n  and folded\nSubject: a\n more\nX-B : old\nX-AB: stays\n\nX-A: body\n",
	    "Subject: a\n more\nX-AB: stays\nX-A: 1\nX-B: 2\n\nX-A: body\n", 44 },
	{ "X-A: all there was\n\nbody", "X-A: 1\nX-B: 2\n\nbody", 15 },
	{ "From me Thu Jan  1 00:00:00 1970\nTo: b\n\n", "From me Thu Jan  1 00:00:00 1970\nTo: b\nX-A: 1\nX-B: 2\n\n", 54 },
	{ "no header at all", "X-A: 1\nX-B: 2\n\nno header at all", 15 },
	{ "Subject: headers alone", "Subject: headers alone\nX-A: 1\nX-B: 2\n", 37 },
	{ "Subject: a\nnot a header\n\nb", "Subject: a\nX-A: 1\nX-B: 2\nnot a header\n\nb", 25 },
	{ "", "X-A: 1\nX-B: 2\n", 14 },
};

START_TEST(mail_headers_are_replaced)
{
	const struct lw_span add[] = { LW_SPAN("X-A: 1"), LW_SPAN("X-B: 2") };
	struct lw_mail_edit edit = { (const char *const[]){ "X-B", "X-A", NULL }, add, 2 };
	struct lw_buffer b = { 0 };
	size_t head;

	ck_assert(lw_mail_edit(&b, (struct lw_span){ edits[_i].in, strlen(edits[_i].in) }, &edit, &head));
	is(b, edits[_i].out);
	ck_assert_uint_eq(head, edits[_i].head);
	lw_buffer_free(&b);
}
END_TEST

static const struct {
	const char *written, *when, *day;       /* when NULL: no time */
} times[] = {
	{ "2026-01-31T23:59:00Z", "2026-01-31T23:59:00Z", "2026-01-31" },
	{ "2026-01-31T23:59:00.25+02:00", "2026-01-31T21:59:00Z", "2026-01-31" },
	{ "2026-01-01 00:30:00 -0530", "2026-01-01T06:00:00Z", "2026-01-01" },
	{ "2026-01-31T10:00", "2026-01-31T10:00:00", "2026-01-31" },
	{ "2026-1-3", "2026-01-03T00:00:00", "2026-01-03" },
	{ "2000-02-29", "2000-02-29T00:00:00", "2000-02-29" },
	{ "1969-12-31T23:00:00Z", "1969-12-31T23:00:00Z", "1969-12-31" },
	{ "1700000000", "2023-11-14T22:13:20Z", "2023-11-14" },
	{ "1700000000.5", "2023-11-14T22:13:20Z", "2023-11-14" },
	{ "1700000000123", "2023-11-14T22:13:20Z", "2023-11-14" },
	{ "1700000000123456", "2023-11-14T22:13:20Z", "2023-11-14" },
	{ "Mon, 05 Jan 2026 01:00:00 +0200", "2026-01-04T23:00:00Z", "2026-01-05" },
	{ " 5 Jan 2026 01:00 GMT", "2026-01-05T01:00:00Z", "2026-01-05" },
	{ "Thu, 1 jan 2026 10:00:00", "2026-01-01T10:00:00", "2026-01-01" },
	{ "", NULL, NULL },
	{ "yesterday", NULL, NULL },
	{ "2026", NULL, NULL },
	{ "2026-13-01", NULL, NULL },
	{ "17000000001234567890", NULL, NULL },
	{ "Mon, 05 Foo 2026", NULL, NULL },
	{ "Mon,", NULL, NULL },
};

START_TEST(times_are_read)
{
	struct lw_when w = lw_when_read((struct lw_span){ times[_i].written, strlen(times[_i].written) });
	struct lw_buffer b = { 0 };

	ck_assert_int_eq(w.known, times[_i].when != NULL);
	if (!w.known)
		return;
	ck_assert(lw_put_when(&b, w));
	is(b, times[_i].when);
	b.len = 0;
	ck_assert(lw_put_day(&b, w));
	is(b, times[_i].day);
	lw_buffer_free(&b);
}
END_TEST

/* Each of ten is chosen in three samples of ten, give or take chance, over many seeds. */
START_TEST(samples_are_fair)
{
	unsigned seen[10] = { 0 };
	struct lw_span s;

	for (uint64_t seed = 0; seed < 2000; seed++) {
		struct lw_sample *sample = lw_sample_new(3, seed);

		ck_assert_ptr_nonnull(sample);
		for (char c = '0'; c <= '9'; c++)
			ck_assert(lw_sample_offer(sample, (struct lw_span){ &c, 1 }));
		for (size_t i = 0; i < 3; i++) {
			ck_assert(lw_sample_get(sample, i, &s));
			seen[s.at[0] - '0']++;
		}
		ck_assert(!lw_sample_get(sample, 3, &s));
		lw_sample_free(sample);
	}
	for (size_t i = 0; i < 10; i++)
		ck_assert_msg(seen[i] > 520 && seen[i] < 680, "%zu was chosen %u times of 600", i, seen[i]);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

Suite *
write_suite(void)
{
	Suite *s = suite_create("write");
	TCase *t = tcase_create("write");

	tcase_add_loop_test(t, numbers_are_fixed, 0, COUNT(numbers));
	tcase_add_loop_test(t, strings_are_safe, 0, COUNT(strings));
	tcase_add_test(t, long_text_is_cut_between_characters);
	tcase_add_loop_test(t, columns_are_a_terminals, 0, COUNT(widths));
	tcase_add_test(t, ids);
	tcase_add_loop_test(t, times_are_read, 0, COUNT(times));
	tcase_add_test(t, samples_are_fair);
	tcase_add_test(t, unreadable_records_are_in_their_place);
	tcase_add_test(t, some_formats_have_no_place);
	tcase_add_test(t, header_rows_get_columns);
	tcase_add_loop_test(t, mail_headers_are_replaced, 0, COUNT(edits));
	tcase_add_test(t, mails_of_their_own_files_make_an_mbox);
	suite_add_tcase(s, t);
	return s;
}
