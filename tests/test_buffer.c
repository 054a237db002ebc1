/* test_buffer.c - growable buffers and spans */
#include "suites.h"
#include "text/buffer.h"

#include <string.h>

START_TEST(grows_and_keeps)
{
	struct lw_buffer b = { 0 };

	for (int i = 0; i < 1000; i++)
		ck_assert(lw_buffer_addf(&b, "%d,", i));
	ck_assert_uint_eq(b.len, 10 * 2 + 90 * 3 + 900 * 4);
	ck_assert_int_eq(memcmp(b.at, "0,1,2,", 6), 0);
	ck_assert_int_eq(memcmp(b.at + b.len - 4, "999,", 4), 0);
	lw_buffer_free(&b);
	ck_assert_ptr_null(b.at);
}
END_TEST

START_TEST(overflow_is_refused)
{
	struct lw_buffer b = { 0 };
	char *array = NULL;
	size_t room = 0;

	ck_assert(lw_buffer_add_text(&b, "kept"));
	ck_assert(!lw_buffer_reserve(&b, SIZE_MAX));
	ck_assert(!lw_buffer_reserve(&b, SIZE_MAX - 3));
	ck_assert(!lw_grow(&array, &room, SIZE_MAX, 1));
	ck_assert(!lw_grow(&array, &room, SIZE_MAX / 2, 16));
	ck_assert_ptr_null(array);
	ck_assert_int_eq(memcmp(b.at, "kept", 4), 0);
	lw_buffer_free(&b);
}
END_TEST

START_TEST(spans_compare_by_length)
{
	ck_assert(lw_span_is((struct lw_span){ "abc", 3 }, "abc"));
	ck_assert(!lw_span_is((struct lw_span){ "abc", 2 }, "abc"));
	ck_assert(!lw_span_is((struct lw_span){ "abc", 3 }, "abcd"));
	ck_assert(lw_span_is((struct lw_span){ NULL, 0 }, ""));
}
END_TEST

Suite *
buffer_suite(void)
{
	Suite *s = suite_create("buffer");
	TCase *t = tcase_create("buffer");

	tcase_add_test(t, grows_and_keeps);
	tcase_add_test(t, overflow_is_refused);
	tcase_add_test(t, spans_compare_by_length);
	suite_add_tcase(s, t);
	return s;
}
