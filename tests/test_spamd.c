/* test_spamd.c - the spamd protocol: heads, lengths, packed mails, and answers as clients look for them */
#include "scratch.h"

#include "serve/spamd_protocol.h"

#include <string.h>
#include <zlib.h>

#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

static struct lw_span
span(const char *text)
{
	return (struct lw_span){ text, strlen(text) };
}

/* ---- heads ---- */

static const struct {
	const char *head;
	struct lw_spamd_request is;
	const char *user;
} good[] = {
	{ "CHECK SPAMC/1.2\r\nContent-length: 5\r\n\r\n", { .command = LW_SPAMD_CHECK, .has_length = true, .length = 5 }, "" },
	{ "HEADERS SPAMC/1.5\r\nUser: root\r\nContent-length: 0\r\n\r\n",
	    { .command = LW_SPAMD_HEADERS, .has_length = true }, "root" },
	{ "REPORT_IFSPAM SPAMC/1.3\nuser:  a b \nX-New: passes\nno colon\n\n", { .command = LW_SPAMD_REPORT_IFSPAM }, "a b" },
	{ "PROCESS SPAMC/1.4\r\nCompress: zlib\r\nContent-Length: 12\r\nContent-length: 12\r\n\r\n",
	    { .command = LW_SPAMD_PROCESS, .packed = true, .has_length = true, .length = 12 }, "" },
	{ "SYMBOLS SPAMC/1.2\r\n\r\n", { .command = LW_SPAMD_SYMBOLS }, "" },
	{ "REPORT SPAMC/1.2\r\n\r\n", { .command = LW_SPAMD_REPORT }, "" },
	{ "TELL SPAMC/1.3\r\nMessage-class: spam\r\nSet: local\r\n\r\n", { .command = LW_SPAMD_TELL }, "" },
	{ "PING SPAMC/1.2\r\n", { .command = LW_SPAMD_PING }, "" },
	{ "SKIP SPAMC/1.2\r\n", { .command = LW_SPAMD_SKIP }, "" },
};

START_TEST(heads_are_read)
{
	struct lw_buffer all = { 0 };
	struct lw_spamd_request r;
	const char *why;
	size_t len = strlen(good[_i].head);

	ck_assert(lw_buffer_add_text(&all, good[_i].head) && lw_buffer_add_text(&all, "To: x\r\n\r\nUser: y\r\n"));
	for (size_t n = 0; n < len; n++)        /* not before it is whole */
		ck_assert_int_eq(lw_spamd_head((struct lw_span){ all.at, n }, &r, &why), LW_SPAMD_MORE);
	ck_assert_int_eq(lw_spamd_head((struct lw_span){ all.at, all.len }, &r, &why), LW_SPAMD_READY);
	ck_assert_uint_eq(r.head, len);
	ck_assert_int_eq(r.command, good[_i].is.command);
	ck_assert_int_eq(r.packed, good[_i].is.packed);
	ck_assert_int_eq(r.has_length, good[_i].is.has_length);
	ck_assert_uint_eq(r.length, good[_i].is.length);
	ck_assert(lw_span_is(r.user, good[_i].user));
	lw_buffer_free(&all);
}
END_TEST

static const struct {
	const char *head, *why;
} bad[] = {
	{ "GET / HTTP/1.1\r\n", "unknown command" },
	{ "check SPAMC/1.2\r\n", "unknown command" },
	{ "\r\n", "unknown command" },
	{ "CHECK\r\n", "the version must be SPAMC/1.x" },
	{ "CHECK SPAMC/2.0\r\n", "the version must be SPAMC/1.x" },
	{ "CHECK SPAMC/1.2\r\nContent-length: -1\r\n", "Content-length: not a number" },
	{ "CHECK SPAMC/1.2\r\nContent-length:\r\n", "Content-length: not a number" },
	{ "CHECK SPAMC/1.2\r\nContent-length: 12 \v3\r\n", "Content-length: not a number" },
	{ "CHECK SPAMC/1.2\r\nContent-length: 99999999999999999999999\r\n", "Content-length: not a number" },
	{ "CHECK SPAMC/1.2\r\nContent-length: 1\r\nContent-length: 2\r\n", "Content-length: two that differ" },
	{ "CHECK SPAMC/1.2\r\nCompress: gzip\r\n", "Compress: only zlib is known" },
};

START_TEST(bad_heads_have_a_reason)
{
	struct lw_spamd_request r;
	const char *why;

	ck_assert_int_eq(lw_spamd_head(span(bad[_i].head), &r, &why), LW_SPAMD_BAD);
	ck_assert_str_eq(why, bad[_i].why);
}
END_TEST

START_TEST(a_head_without_end_is_refused)
{
	static const char beginning[] = "CHECK SPAMC/1.2\r\nX: ";
	struct lw_buffer b = { 0 };
	struct lw_spamd_request r;
	const char *why;

	ck_assert(lw_buffer_add_text(&b, beginning));
	while (b.len <= LW_SPAMD_HEAD_MAX) {
		ck_assert_int_eq(lw_spamd_head((struct lw_span){ b.at, b.len }, &r, &why), LW_SPAMD_MORE);
		ck_assert(lw_buffer_add(&b, "x", 1));
	}
	ck_assert_int_eq(lw_spamd_head((struct lw_span){ b.at, b.len }, &r, &why), LW_SPAMD_BAD);
	lw_buffer_free(&b);
}
END_TEST

/* ---- bodies ---- */

static const struct {
	bool has_length;
	size_t length, got;
	bool ended;
	enum lw_spamd_state state;
} bodies[] = {
	{ false, 0, 7, false, LW_SPAMD_MORE }, { false, 0, 7, true, LW_SPAMD_READY }, { false, 0, 0, true, LW_SPAMD_READY },
	{ true, 7, 3, false, LW_SPAMD_MORE }, { true, 7, 7, false, LW_SPAMD_READY }, { true, 7, 7, true, LW_SPAMD_READY },
	{ true, 7, 3, true, LW_SPAMD_BAD }, { true, 7, 8, false, LW_SPAMD_BAD }, { true, 0, 0, false, LW_SPAMD_READY },
};

START_TEST(bodies_are_as_long_as_said)
{
	struct lw_spamd_request r = { .has_length = bodies[_i].has_length, .length = bodies[_i].length };
	const char *why;

	ck_assert_int_eq(lw_spamd_body(&r, bodies[_i].got, bodies[_i].ended, &why), bodies[_i].state);
	ck_assert_int_eq(why != NULL, bodies[_i].state == LW_SPAMD_BAD);
}
END_TEST

START_TEST(packed_mails_are_unpacked_within_bounds)
{
	static char mail[100000];
	unsigned char packed[2000];
	uLongf len = sizeof packed;
	struct lw_buffer b = { 0 };
	struct lw_span in = { (char *)packed, 0 };
	const char *why;

	memset(mail, 'a', sizeof mail);
	ck_assert_int_eq(compress(packed, &len, (Bytef *)mail, sizeof mail), Z_OK);
	in.len = len;
	ck_assert_int_eq(lw_spamd_unpack(&b, in, sizeof mail, &why), LW_SPAMD_READY);
	ck_assert_uint_eq(b.len, sizeof mail);
	ck_assert_int_eq(memcmp(b.at, mail, b.len), 0);
	b.len = 0;
	ck_assert_int_eq(lw_spamd_unpack(&b, in, sizeof mail - 1, &why), LW_SPAMD_BAD);
	ck_assert_str_eq(why, "unpacked, the mail is too long");
	for (in.len = 0; in.len < len; in.len++) {      /* cut at every byte */
		b.len = 0;
		ck_assert_int_eq(lw_spamd_unpack(&b, in, sizeof mail, &why), LW_SPAMD_BAD);
	}
	ck_assert_int_eq(lw_spamd_unpack(&b, LW_SPAN("Subject: not packed"), sizeof mail, &why), LW_SPAMD_BAD);
	ck_assert_str_eq(why, "not zlib");
	lw_buffer_free(&b);
}
END_TEST

/* ---- answers ---- */

static lurewatch *model;

static void
set_up(void)
{
	model = scratch_model("spamd.lwm", 1);
}

static void
tear_down(void)
{
	lurewatch_close(model);
}

static const struct {
	double risk, threshold;
	int score;
} scores[] = {
	{ 0, .5, 0 }, { .5, .5, 50 }, { .4999999, .5, 49 }, { 1, .5, 100 }, { .75, .5, 75 }, { .1, .2, 25 }, { 1, 1, 100 },
	{ .9, 1, 45 }, { 0, 0, 50 }, { 1, 0, 100 },
};

START_TEST(scores_are_on_the_verdicts_side)
{
	ck_assert_int_eq(lw_spamd_score(scores[_i].risk, scores[_i].threshold), scores[_i].score);
}
END_TEST

static const struct {
	enum lw_spamd_command command;
	bool flagged;
	const char *unjudged;           /* NULL: judged; "": let through without a trace */
	const char *spam, *body;
} answers[] = {
	{ LW_SPAMD_CHECK, true, NULL, "True ; 9.5", "" },
	{ LW_SPAMD_CHECK, false, NULL, "False ; 0.5", "" },
	{ LW_SPAMD_CHECK, false, "deadline", "False ; 0.0", "" },
	{ LW_SPAMD_SYMBOLS, true, NULL, "True ; 9.5",
	    "LUREWATCH_RECRUITMENT,LUREWATCH_FREE_TRAVEL,LUREWATCH_NO_EXPERIENCE" },
	{ LW_SPAMD_SYMBOLS, false, NULL, "False ; 0.5", "" },
	{ LW_SPAMD_REPORT, true, NULL, "True ; 9.5",
	    "Lurewatch: flagged, recruitment, risk 0.9500 (flagged from 0.5000 on).\n\nWhat was seen:\n"
	    "  free-travel              travel is paid for\n  no-experience            no experience is asked for\n" },
	{ LW_SPAMD_REPORT_IFSPAM, false, NULL, "False ; 0.5", "" },
	{ LW_SPAMD_HEADERS, true, NULL, "True ; 9.5",
	    "Subject: x\r\nX-Lurewatch: flagged; label=recruitment; risk=0.9500; indicators=free-travel,no-experience\r\n"
	    "X-Spam-Status: Yes, score=9.5 required=5.0 tests="
	    "LUREWATCH_RECRUITMENT,LUREWATCH_FREE_TRAVEL,LUREWATCH_NO_EXPERIENCE"
	    " autolearn=no autolearn_force=no version=" LUREWATCH_VERSION "\r\nX-Spam-Flag: YES\r\n\r\n" },
	{ LW_SPAMD_PROCESS, false, NULL, "False ; 0.5",
	    "Subject: x\r\nX-Lurewatch: clean; label=ham; risk=0.0500; indicators=-\r\nX-Spam-Status: No, score=0.5 "
	    "required=5.0 tests=none autolearn=no autolearn_force=no version=" LUREWATCH_VERSION "\r\n\r\nbody\r\n" },
	{ LW_SPAMD_PROCESS, false, "deadline", "False ; 0.0",
	    "Subject: x\r\nX-Lurewatch: unsure; error=deadline\r\nX-Spam-Status: No, score=0.0 "
	    "required=5.0 tests=none autolearn=no autolearn_force=no version=" LUREWATCH_VERSION "\r\n\r\nbody\r\n" },
	{ LW_SPAMD_PROCESS, false, "", "False ; 0.0",
	    "Subject: x\r\n\r\nbody\r\n" },
};

START_TEST(answers_are_spamds)
{
	static const uint16_t seen[] = { 0, 1 };
	struct lw_message mail = { .raw =
		LW_SPAN("X-Spam-Flag: NO\r\nX-Lurewatch: clean;\r\n forged\r\nSubject: x\r\nx-spam-status: No\r\n\r\nbody\r\n") };
	lurewatch_verdict v = { .risk = answers[_i].flagged ? .95 : .05, .flagged = answers[_i].flagged,
		.label = answers[_i].flagged, .indicators = answers[_i].flagged ? 2 : 0, .indicator = seen };
	const char *unjudged = answers[_i].unjudged;
	struct lw_result result = { .message = &mail, .model = model, .verdict = unjudged == NULL ? &v : NULL };
	struct lw_spamd_verdict verdict = { &result, .5, unjudged == NULL || *unjudged == '\0' ? NULL : unjudged };
	struct lw_buffer b = { 0 }, expected = { 0 };

	ck_assert(lw_buffer_addf(&expected, "SPAMD/1.1 0 EX_OK\r\nContent-length: %zu\r\nSpam: %s / 5.0\r\n\r\n%s",
	    strlen(answers[_i].body), answers[_i].spam, answers[_i].body));
	ck_assert(lw_spamd_answer(&b, &(struct lw_spamd_request){ .command = answers[_i].command }, &verdict));
	ck_assert_msg(lw_span_is((struct lw_span){ b.at, b.len }, expected.at), "got\n%.*s", (int)b.len, b.at);
	lw_buffer_free(&expected);
	lw_buffer_free(&b);
}
END_TEST

Suite *
spamd_suite(void)
{
	Suite *s = suite_create("spamd");
	TCase *t = tcase_create("spamd");

	tcase_add_unchecked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, heads_are_read, 0, COUNT(good));
	tcase_add_loop_test(t, bad_heads_have_a_reason, 0, COUNT(bad));
	tcase_add_test(t, a_head_without_end_is_refused);
	tcase_add_loop_test(t, bodies_are_as_long_as_said, 0, COUNT(bodies));
	tcase_add_test(t, packed_mails_are_unpacked_within_bounds);
	tcase_add_loop_test(t, scores_are_on_the_verdicts_side, 0, COUNT(scores));
	tcase_add_loop_test(t, answers_are_spamds, 0, COUNT(answers));
	suite_add_tcase(s, t);
	return s;
}
