/* test_sms.c - SMPP logs and phone backups: parts joined in bounded memory, damage that costs one record, no byte lost */
#include "scratch.h"
#include "read/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct taken {
	size_t n, errors;
	struct lw_buffer texts;         /* each with a newline */
	struct lw_buffer joined;        /* before, joint and raw of all, and the tail */
	lurewatch_error error;
};

static struct taken
take(const char *name, struct lw_span bytes, const char *format)
{
	struct taken t = { 0 };
	struct lw_reader *reader;
	const struct lw_message *m = NULL;

	t.error = lw_reader_open(scratch_file(name, bytes.at, bytes.len), &(struct lw_read_options){ .format = format }, &reader);
	while (t.error == LUREWATCH_OK && (t.error = lw_reader_next(reader, &m)) == LUREWATCH_OK && m != NULL) {
		ck_assert_uint_eq(m->record, ++t.n);
		t.errors += m->error != NULL;
		ck_assert(lw_buffer_add(&t.texts, m->text.at, m->text.len) && lw_buffer_add(&t.texts, "\n", 1));
		ck_assert(lw_buffer_add(&t.joined, m->before.at, m->before.len) &&
		    lw_buffer_add(&t.joined, m->joint.at, m->joint.len) && lw_buffer_add(&t.joined, m->raw.at, m->raw.len));
	}
	m = lw_reader_tail(reader);
	ck_assert(lw_buffer_add(&t.joined, m->before.at, m->before.len));
	lw_reader_close(reader);
	return t;
}

static void
drop(struct taken *t)
{
	lw_buffer_free(&t->texts);
	lw_buffer_free(&t->joined);
}

#define is(buffer, literal) ck_assert_msg(lw_span_is((struct lw_span){ (buffer).at, (buffer).len }, literal), \
    "got \"%.*s\", not \"%s\"", (int)(buffer).len, (buffer).at, literal)

static bool
same(const struct lw_buffer *b, struct lw_span s)
{
	return b->len == s.len && (s.len == 0 || memcmp(b->at, s.at, s.len) == 0);
}

/* ---- SMPP ---- */

static bool
add_part(struct lw_buffer *b, unsigned reference, unsigned total, unsigned number, const char *hex)
{
	return lw_buffer_addf(b, "{\"source_addr\":\"1\",\"destination_addr\":2,\"data_coding\":0,\"esm_class\":64,"
	    "\"short_message\":\"050003%02x%02x%02x%s\"}\n", reference, total, number, hex);
}

static void
parts_give(const struct lw_buffer *b, const char *texts)
{
	struct lw_span all = { b->at, b->len };
	struct taken t = take("parts.jsonl", all, NULL);

	ck_assert_int_eq(t.error, LUREWATCH_OK);
	is(t.texts, texts);
	ck_assert(same(&t.joined, all));
	drop(&t);
}

START_TEST(parts_in_any_order)
{
	struct lw_buffer b = { 0 };

	ck_assert(add_part(&b, 1, 3, 2, "42") && add_part(&b, 2, 2, 1, "58") && add_part(&b, 1, 3, 3, "43") &&
	    add_part(&b, 1, 3, 2, "42") && add_part(&b, 1, 3, 1, "41") && lw_buffer_add_text(&b, "\n\n"));
	parts_give(&b, "ABC\nX\nABC\nABC\nABC\n");
	/* the same reference once more: another message */
	b.len = 0;
	ck_assert(add_part(&b, 1, 2, 1, "41") && add_part(&b, 1, 2, 2, "42") && add_part(&b, 1, 2, 1, "43") && add_part(&b, 1, 2, 2, "44"));
	parts_give(&b, "AB\nAB\nCD\nCD\n");
	/* parts that make no sense are messages by themselves */
	b.len = 0;
	ck_assert(add_part(&b, 1, 2, 3, "41") && add_part(&b, 1, 0, 0, "42") && add_part(&b, 1, 1, 1, "43"));
	parts_give(&b, "A\nB\nC\n");
	lw_buffer_free(&b);
}
END_TEST

START_TEST(what_never_completes_waits_no_longer_than_the_window)
{
	struct lw_buffer b = { 0 };
	struct taken t;

	ck_assert(add_part(&b, 1, 2, 1, "41"));
	for (int i = 0; i < 1500; i++)
		ck_assert(lw_buffer_addf(&b, "{\"data_coding\":0,\"esm_class\":0,\"short_message\":\"%02x\"}\n", 'a' + i % 26));
	ck_assert(add_part(&b, 1, 2, 2, "42"));
	t = take("late.jsonl", (struct lw_span){ b.at, b.len }, NULL);
	ck_assert_uint_eq(t.n, 1502);
	ck_assert_int_eq(memcmp(t.texts.at, "A\na\nb\n", 6), 0);
	ck_assert_int_eq(memcmp(t.texts.at + t.texts.len - 3, "\nB\n", 3), 0);
	ck_assert(same(&t.joined, (struct lw_span){ b.at, b.len }));
	drop(&t);
	lw_buffer_free(&b);
}
END_TEST

/* ---- phone backups ---- */

static const char backup[] =
    "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<!--File Created By SMS Backup & Restore-->\n"
    "<smses count=\"4\">\n"
    "  <sms protocol=\"0\" address=\"+15550101\" date=\"1285799668193\" type=\"1\" subject=\"null\" body=\"Hi &#55357;&#56832;&amp; &lt;b&gt;&#10;two\" "
    "contact_name=\"(Unknown)\" />\n"
    "  <sms address='+15550102' date='null' type='2' body='she said \"yes\" &#xD83D; &#0; &#xd83d;&#xde00;' contact_name='Mira' />\n"
    "  <mms date=\"1285799668193\" msg_box=\"1\" sub=\"Offer\" address=\"+15550103\" contact_name=\"null\"><parts>\n"
    "    <part seq=\"-1\" ct=\"application/smil\" text=\"&lt;smil/&gt;\" /><part ct=\"text/plain\" text=\"see this\" />\n"
    "    <part ct=\"image/jpeg\" name=\"null\" cl=\"qr.jpg\" data=\"AAAA\" /><part ct=\"text/plain\" text=\"null\" /></parts>\n"
    "    <addrs><addr address=\"+15550103\" type=\"137\" /><addr address=\"+15550100\" type=\"151\" /></addrs></mms>\n"
    "  <sms body=\"\" /></smses>\n";

START_TEST(a_backup)
{
	struct lw_reader *reader;
	const struct lw_message *m;

	ck_assert_int_eq(lw_reader_open(scratch_file("sms.xml", backup, sizeof backup - 1), NULL, &reader), LUREWATCH_OK);
	ck_assert(lw_reader_next(reader, &m) == LUREWATCH_OK && m != NULL && m->error == NULL);
	ck_assert_str_eq(m->format, "sms-xml");
	ck_assert(lw_span_is(m->text, "Hi 😀& <b>\ntwo") && lw_span_is(m->sender, "+15550101") && lw_span_is(m->subject, "") &&
	    lw_span_is(m->conversation, "+15550101") && lw_span_is(m->channel, "sms") && lw_span_is(m->time, "2010-09-29T22:34:28Z"));
	ck_assert(lw_reader_next(reader, &m) == LUREWATCH_OK && m != NULL && m->error == NULL);
	ck_assert(lw_span_is(m->text, "she said \"yes\" \ufffd \ufffd 😀") && lw_span_is(m->sender, "") && lw_span_is(m->time, "") &&
	    lw_span_is(m->conversation, "Mira"));
	ck_assert(lw_reader_next(reader, &m) == LUREWATCH_OK && m != NULL && m->error == NULL);
	ck_assert(lw_span_is(m->text, "see this\n[qr.jpg]") && lw_span_is(m->subject, "Offer") && lw_span_is(m->channel, "mms") &&
	    lw_span_is(m->sender, "+15550103") && lw_span_is(m->conversation, "+15550103"));
	ck_assert(lw_reader_next(reader, &m) == LUREWATCH_OK && m != NULL && m->error == NULL && m->text.len == 0);
	ck_assert(lw_reader_next(reader, &m) == LUREWATCH_OK && m == NULL);
	lw_reader_close(reader);
}
END_TEST

START_TEST(a_backup_cut_anywhere)
{
	for (size_t len = 0; len <= sizeof backup - 1; len++) {
		struct lw_span part = { backup, len };
		struct taken t = take("cut.xml", part, "sms-xml");

		ck_assert_uint_le(t.n, 4);
		ck_assert_uint_le(t.errors, 1);
		ck_assert(same(&t.joined, part));
		drop(&t);
	}
}
END_TEST

START_TEST(damage_costs_one_record)
{
	static const char text[] = "<smses>\n <sms body=\"one\" />\n <sms body=\"cut sho\n <sms body=\"three\" />\n <mms><parts><part\n"
	    " <sms body=\"five\"/>\n <sms body=\"a\" \x01 bad=>\xff</sms>\n <other x=\"<\"/>\n <sms body=\"seven \xff\"></sms>\n</smses>";
	struct taken t = take("damaged.xml", LW_SPAN(text), NULL);

	ck_assert_uint_eq(t.n, 7);
	ck_assert_uint_ge(t.errors, 2);
	is(t.texts, "one\n\nthree\n\nfive\na\nseven \ufffd\n");
	ck_assert(same(&t.joined, LW_SPAN(text)));
	ck_assert_int_eq(t.error, LUREWATCH_OK);
	drop(&t);
}
END_TEST

Suite *
sms_suite(void)
{
	Suite *s = suite_create("sms");
	TCase *t = tcase_create("sms");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, parts_in_any_order);
	tcase_add_test(t, what_never_completes_waits_no_longer_than_the_window);
	tcase_add_test(t, a_backup);
	tcase_add_test(t, a_backup_cut_anywhere);
	tcase_add_test(t, damage_costs_one_record);
	suite_add_tcase(s, t);
	return s;
}
