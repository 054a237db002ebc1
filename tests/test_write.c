/* test_write.c - numbers, strings, outputs and annotations; no model needed: verdicts are made by hand */
#include "suites.h"
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

	ck_assert(lw_put_visible(&b, LW_SPAN("\xe4\xbd\xa0\xe5\xa5\xbd\xe5\x90\x97"), 2));
	is(b, "\xe4\xbd\xa0\xe5\xa5\xbd\xe2\x80\xa6");
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

#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

Suite *
write_suite(void)
{
	Suite *s = suite_create("write");
	TCase *t = tcase_create("write");

	tcase_add_loop_test(t, numbers_are_fixed, 0, COUNT(numbers));
	tcase_add_loop_test(t, strings_are_safe, 0, COUNT(strings));
	tcase_add_test(t, long_text_is_cut_between_characters);
	tcase_add_test(t, ids);
	tcase_add_test(t, unreadable_records_are_in_their_place);
	tcase_add_test(t, some_formats_have_no_place);
	tcase_add_test(t, header_rows_get_columns);
	tcase_add_loop_test(t, mail_headers_are_replaced, 0, COUNT(edits));
	tcase_add_test(t, mails_of_their_own_files_make_an_mbox);
	suite_add_tcase(s, t);
	return s;
}
