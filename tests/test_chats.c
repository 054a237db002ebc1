/* test_chats.c - exports of chats, whole and cut and damaged: no message lost, reordered or invented, no byte changed */
#include "scratch.h"
#include "read/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- all of a file ---- */

struct taken {
	struct lw_message *m;
	struct lw_buffer *room;
	size_t n, messages, rooms;
	struct lw_buffer joined;        /* every byte that came, in order */
	lurewatch_error error;
	char format[16];
};

static void
join(struct taken *t, const struct lw_message *m)
{
	ck_assert(lw_buffer_add(&t->joined, m->before.at, m->before.len));
	ck_assert(lw_buffer_add(&t->joined, m->joint.at, m->joint.len));
	ck_assert(lw_buffer_add(&t->joined, m->raw.at, m->raw.len));
}

static struct taken
take_as(const char *path, const char *format)
{
	struct lw_read_options options = { .format = format };
	struct taken t = { 0 };
	struct lw_reader *reader;
	const struct lw_message *m = NULL;

	t.error = lw_reader_open(path, &options, &reader);
	while (t.error == LUREWATCH_OK && (t.error = lw_reader_next(reader, &m)) == LUREWATCH_OK && m != NULL) {
		ck_assert(lw_grow(&t.m, &t.messages, t.n + 1, sizeof *t.m));
		ck_assert(lw_grow(&t.room, &t.rooms, t.n + 1, sizeof *t.room));
		t.room[t.n] = (struct lw_buffer){ 0 };
		ck_assert_int_eq(lw_message_copy(m, &t.room[t.n], &t.m[t.n]), LUREWATCH_OK);
		join(&t, &t.m[t.n]);
		t.n++;
	}
	join(&t, lw_reader_tail(reader));
	if (lw_reader_format(reader) != NULL)
		snprintf(t.format, sizeof t.format, "%s", lw_reader_format(reader));
	lw_reader_close(reader);
	return t;
}

static void
drop(struct taken *t)
{
	for (size_t i = 0; i < t->n; i++)
		lw_buffer_free(&t->room[i]);
	free(t->room);
	free(t->m);
	lw_buffer_free(&t->joined);
}

#define is(span, literal) ck_assert_msg(lw_span_is(span, literal), "got \"%.*s\", not \"%s\"", \
    (int)(span).len, (span).at, literal)

/* ---- samples ---- */

static const char telegram_chat[] =
    "{\n \"name\": \"Jobs\",\n \"type\": \"private_group\",\n \"id\": 41,\n \"messages\": [\n"
    "  {\n   \"id\": 1,\n   \"type\": \"service\",\n   \"actor\": \"Mira\",\n   \"action\": \"create_group\",\n   \"text\": \"\"\n  },\n"
    "  {\n   \"id\": 2,\n   \"type\": \"message\",\n   \"date\": \"2024-03-01T10:00:00\",\n   \"from\": \"Tomas\",\n"
    "   \"forwarded_from\": \"Overseas\",\n   \"text\": [\"apply \", {\"type\": \"text_link\", \"text\": \"here\", "
    "\"href\": \"https://example.com/a\"}, \"!\"]\n  },\n"
    "  {\n   \"id\": 3,\n   \"type\": \"message\",\n   \"from\": \"Mira\",\n   \"text\": \"a } \\\" ] \\\\\"\n  }\n ]\n}";
static const char telegram_account[] =
    "{\"about\":\"Data\",\"contacts\":{\"list\":[{\"name\":\"[\"}]},\"chats\":{\"list\":["
    "{\"name\":\"A\",\"type\":\"personal_chat\",\"id\":7,\"messages\":[{\"id\":1,\"text\":\"one\"},{\"id\":2,\"text\":\"two\"}]},"
    "{\"type\":\"saved_messages\",\"id\":8,\"messages\":[{\"id\":1,\"text\":\"three\"}]},"
    "{\"name\":\"B\",\"id\":9,\"messages\":[]}]},"
    "\"left_chats\":{\"list\":[{\"name\":\"C\",\"type\":\"public_channel\",\"id\":10,\"messages\":[{\"id\":5,\"text\":\"four\"}]}]}}\n";

static const char whatsapp_android[] =
    "12/25/23, 9:04\xe2\x80\xafPM - Messages are encrypted.\r\n12/25/23, 9:05\xe2\x80\xafPM - Mira: one: a\r\n\r\n10:00 two\r\n"
    "1/2/24, 12:06\xe2\x80\xaf" "AM - ~ Tomas:\r\n1/2/24, 12:07\xe2\x80\xaf" "AM - Mira: last";
static const char whatsapp_iphone[] =
    "\xe2\x80\x8e[07.03.26, 21:22:39] Jobs: \xe2\x80\x8eimage omitted\n[07.03.26, 21:22:40] Mira: x\n";

static const char line_phone[] =
    "\xef\xbb\xbf[LINE] Chat history with Mira Example\r\nSaved on: 2024/03/01 10:00\r\n\r\n2024/02/28(Wed)\r\n"
    "10:05\tMira Example\tHello\tyou\r\n10:06\tTomas\t\"two\r\nlines\"\r\n\r\n2024/02/29(Thu)\r\n午後1:23\t\tTomas left\r\n";
static const char line_computer[] =
    "2024.02.28 Wednesday\n10:05 Mira Hello you\n10:06 Tomas two\nlines\n2024.02.29 Thursday\n23:59 Mira bye";
static const char signal_export[] =
    "{\"version\":1,\"backupTimeMs\":\"1734990000000\"}\n{\"recipient\":{\"id\":\"1\",\"self\":{}}}\n"
    "{\"recipient\":{\"id\":\"2\",\"contact\":{\"e164\":\"12025550143\",\"profileGivenName\":\"Mira\",\"profileFamilyName\":\"Example\"}}}\n"
    "{\"recipient\":{\"id\":\"3\",\"group\":{\"snapshot\":{\"title\":{\"title\":\"Jobs\"}}}}}\n{\"chat\":{\"id\":\"7\",\"recipientId\":\"3\"}}\n"
    "{\"chatItem\":{\"chatId\":\"7\",\"authorId\":\"2\",\"dateSent\":\"1734989094736\",\"incoming\":{},\"standardMessage\":"
    "{\"text\":{\"body\":\"see\"},\"linkPreview\":[{\"url\":\"https://example.com\",\"title\":\"Prize\"}]}}}\n"
    "{\"chatItem\":{\"chatId\":\"7\",\"authorId\":\"1\",\"dateSent\":\"1734989095000\",\"directionless\":{},\"updateMessage\":{}}}\n";
static const char telegram_page[] =
    "<!DOCTYPE html>\n<html>\n <body>\n  <div class=\"page_wrap\">\n   <div class=\"page_header\"><div class=\"text bold\">\nJobs &amp; more\n</div></div>\n"
    "   <div class=\"page_body chat_page\"><div class=\"history\">\n<div class=\"message service\" id=\"message-1\"><div class=\"body details\">1 May</div></div>\n"
    "<div class=\"message default clearfix\" id=\"message2\"><div class=\"body\"><div class=\"pull_right date details\" title=\"12.02.2025 08:37:48 UTC+03:00\">08:37</div>"
    "<div class=\"from_name\">\nMira\n</div><div class=\"text\">\nOne<br>two &lt;div\n</div></div></div>\n"
    "<div class=\"message default clearfix joined\" id=\"message3\"><div class=\"body\"><div class=\"text\"><a href=\"https://example.com/a\">here</a></div></div></div>\n"
    "</div></div></div></body></html>\n";

static const struct {
	const char *file, *format, *text;
	size_t records;
} samples[] = {
	{ "line.txt", "line", line_phone, 3 },
	{ "computer.txt", "line", line_computer, 3 },
	{ "main.jsonl", "signal", signal_export, 2 },
	{ "messages.html", "telegram-html", telegram_page, 3 },
	{ "WhatsApp Chat with Mira.txt", "whatsapp", whatsapp_android, 4 },
	{ "_chat.txt", "whatsapp", whatsapp_iphone, 2 },
	{ "result.json", "telegram", telegram_chat, 3 },
	{ "account.json", "telegram", telegram_account, 4 },
};

enum { SAMPLES = sizeof samples / sizeof samples[0] };

static struct taken
take_sample(int i)
{
	return take_as(scratch_file(samples[i].file, samples[i].text, strlen(samples[i].text)), NULL);
}

static void
same_bytes(const struct taken *t, const char *text, size_t len)
{
	ck_assert_uint_eq(t->joined.len, len);
	ck_assert(len == 0 || memcmp(t->joined.at, text, len) == 0);
}

START_TEST(sample_is_told_and_kept)
{
	struct taken t = take_sample(_i);

	ck_assert_int_eq(t.error, LUREWATCH_OK);
	ck_assert_str_eq(t.format, samples[_i].format);
	ck_assert_uint_eq(t.n, samples[_i].records);
	for (size_t i = 0; i < t.n; i++)
		ck_assert_ptr_null(t.m[i].error);
	same_bytes(&t, samples[_i].text, strlen(samples[_i].text));
	drop(&t);
}
END_TEST

START_TEST(cut_at_every_byte)
{
	size_t last = 0;

	for (size_t len = 0; len < strlen(samples[_i].text); len++) {
		struct taken t = take_as(scratch_file(samples[_i].file, samples[_i].text, len), samples[_i].format);

		same_bytes(&t, samples[_i].text, len);
		/* half a line may pass for a message until the rest shows it is none */
		ck_assert_uint_ge(t.n + 1, last);
		ck_assert_uint_le(t.n, samples[_i].records + 1);
		last = t.n;
		drop(&t);
	}
}
END_TEST

/* Every byte in turn made wrong: all bytes come out, and messages before the damage as they were. */
START_TEST(one_byte_wrong)
{
	size_t len = strlen(samples[_i].text);
	char *bad = strdup(samples[_i].text);
	static const char wrong[] = "\"\\{}[],\n\0\xff";

	for (size_t at = 0; at < len; at++) {
		struct taken t;
		char was = bad[at];

		bad[at] = wrong[at % (sizeof wrong - 1)];
		t = take_as(scratch_file(samples[_i].file, bad, len), samples[_i].format);
		if (t.error == LUREWATCH_OK)
			same_bytes(&t, bad, len);
		drop(&t);
		bad[at] = was;
	}
	free(bad);
}
END_TEST

/* ---- Telegram ---- */

START_TEST(telegram_fields)
{
	struct taken t = take_sample(6);

	is(t.m[0].text, "");
	is(t.m[0].sender, "Mira");
	is(t.m[1].id, "41/2");
	is(t.m[1].text, "apply here!\nhttps://example.com/a");
	is(t.m[1].sender, "Tomas (forwarded from Overseas)");
	is(t.m[1].time, "2024-03-01T10:00:00");
	is(t.m[1].conversation, "Jobs");
	is(t.m[1].channel, "telegram");
	is(t.m[2].text, "a } \" ] \\");
	drop(&t);
	t = take_sample(7);
	is(t.m[1].conversation, "A");
	is(t.m[1].joint, ",");
	is(t.m[2].joint, "");
	is(t.m[2].conversation, "saved_messages 8");
	is(t.m[3].id, "10/5");
	drop(&t);
}
END_TEST

static const struct {
	const char *text;
	size_t records;
	const char *errors;             /* a letter a record: . read, x not */
	lurewatch_error error;
} damaged[] = {
	{ "{\"type\":\"personal_chat\",\"messages\":[1,{\"text\":\"a\"},null,\"{\",{\"text\":\"b\"}]}", 5, "x.xx.", LUREWATCH_OK },
	{ "{\"type\":\"personal_chat\",\"messages\":[}{\"text\":\"a\"}]}", 2, "x.", LUREWATCH_OK },
	{ "{\"type\":\"personal_chat\",\"messages\":[{\"text\":\"bell \\x07\"}]}", 1, ".", LUREWATCH_OK },
	{ "{\"messages\":[\n {\"text\":[{\n  \"text\":\"a\"\n },\n {\"text\":\"b\"}]}", 2, "x.", LUREWATCH_OK },
	{ "{\"messages\":[{\"text\":\"a\"}", 1, ".", LUREWATCH_E_IO },
	{ "{\"messages\":[{\"text\":\"a", 1, "x", LUREWATCH_E_IO },
	{ "{\"messages\":[]} {\"messages\":[{\"text\":\"a\"}]}\n", 1, ".", LUREWATCH_OK },
	{ "plain", 0, "", LUREWATCH_E_IO },
	{ "", 0, "", LUREWATCH_OK },
};

START_TEST(telegram_damage_stays_in_its_place)
{
	size_t len = strlen(damaged[_i].text);
	struct taken t = take_as(scratch_file("damaged.json", damaged[_i].text, len), "telegram");

	ck_assert_uint_eq(t.n, damaged[_i].records);
	ck_assert_int_eq(t.error, damaged[_i].error);
	for (size_t i = 0; i < t.n; i++)
		ck_assert_msg((t.m[i].error != NULL) == (damaged[_i].errors[i] == 'x'), "record %zu: %s", i, t.m[i].error);
	if (t.error == LUREWATCH_OK)
		same_bytes(&t, damaged[_i].text, len);
	drop(&t);
}
END_TEST

/* ---- WhatsApp ---- */

START_TEST(whatsapp_fields)
{
	struct taken t = take_sample(4);

	is(t.m[0].sender, "");
	is(t.m[0].text, "Messages are encrypted.");
	is(t.m[1].sender, "Mira");
	is(t.m[1].text, "one: a\r\n\r\n10:00 two");
	is(t.m[1].time, "2023-12-25T21:05");
	is(t.m[1].conversation, "Mira");
	is(t.m[1].channel, "whatsapp");
	is(t.m[2].sender, "Tomas");
	is(t.m[2].text, "");
	is(t.m[2].time, "2024-01-02T00:06");
	drop(&t);
	t = take_sample(5);
	is(t.m[0].sender, "Jobs");
	is(t.m[0].text, "image omitted");
	is(t.m[0].time, "2026-03-07T21:22:39");
	drop(&t);
}
END_TEST

/* The head of a line as phones of the world write it, and the time it says. */
static const struct {
	const char *head, *time;
} heads[] = {
	{ "12/25/23, 9:05\xe2\x80\xafPM - ", "2023-12-25T21:05" },
	{ "2023-12-20, 5:46 p.m. - ", "2023-12-20T17:46" },
	{ "[14/10/2021, 3:34:09 PM] ", "2021-10-14T15:34:09" },
	{ "[07.03.26, 21:22:39] ", "2026-03-07T21:22:39" },
	{ "03.08.21, 12:30 - ", "2021-08-03T12:30" },
	{ "21/12/23, 12:10 a.\xc2\xa0m. - ", "2023-12-21T00:10" },
	{ "2023/12/20 下午5:46 - ", "2023-12-20T17:46" },
	{ "[2023/12/20 上午12:01:09] ", "2023-12-20T00:01:09" },
	{ "2023. 12. 20. 오후 5:46 - ", "2023-12-20T17:46" },
	{ "[2023. 12. 20. 오전 9:46:03] ", "2023-12-20T09:46:03" },
	{ "2023/12/20 17:46 - ", "2023-12-20T17:46" },
	{ "٢٠\xe2\x80\x8f/١٢\xe2\x80\x8f/٢٠٢٣، ٥:٤٦ م - ", "2023-12-20T17:46" },
	{ "۲۰/۱۲/۲۰۲۳، ۱۷:۴۶ - ", "2023-12-20T17:46" },
	{ "20/12/2566 17:46 - ", "2023-12-20T17:46" },
	{ "๒๑/๑๒/๖๖ ๑๗:๔๗ - ", "2023-12-21T17:47" },
	{ "[20.12.2023 klo 17.46.03] ", "2023-12-20T17:46:03" },
	{ "20/12/2023 à 17:46 - ", "2023-12-20T17:46" },
	{ "20.12.23 г., 17:46 ч. - ", "2023-12-20T17:46" },
	{ "20/12/23, 5:46 CH - ", "2023-12-20T17:46" },
	{ "20/12/23 5:46 μ.μ. - ", "2023-12-20T17:46" },
	{ "[17:46, 12/20/2023] ", "2023-12-20T17:46" },
	{ "[17:46, 20/12/2023] ", "2023-12-20T17:46" },
	{ "20-12-2023 17:46 - ", "2023-12-20T17:46" },
	{ "२०/१२/२०२३, ५:४६ अपराह्न - ", "2023-12-20T17:46" },
	{ "3/4/23, 5:46 PM - ", "2023-03-04T17:46" },
	{ "03/04/2023, 17:46 - ", "2023-04-03T17:46" },
	{ "20/12/1402, 17:46 - ", "" },            /* Persian: no date is better than a wrong one */
};

START_TEST(whatsapp_heads)
{
	char text[256];
	struct taken t;

	snprintf(text, sizeof text, "%sMira: hello\n%sMira: again", heads[_i].head, heads[_i].head);
	t = take_as(scratch_file("x.txt", text, strlen(text)), NULL);
	ck_assert_str_eq(t.format, "whatsapp");
	ck_assert_uint_eq(t.n, 2);
	is(t.m[0].text, "hello");
	is(t.m[1].sender, "Mira");
	is(t.m[1].time, heads[_i].time);
	is(t.m[1].conversation, "x");
	drop(&t);
}
END_TEST

/* A later date tells the order of the earlier ones; a name of a file tells the chat. */
START_TEST(whatsapp_order_and_name)
{
	static const char text[] = "1/2/2024, 10:00 - A: x\n1/13/2024, 10:00 - A: x\n";
	struct taken t = take_as(scratch_file("与Mira的 WhatsApp 聊天.txt", text, strlen(text)), NULL);

	is(t.m[0].time, "2024-01-02T10:00");
	is(t.m[0].conversation, "Mira");
	drop(&t);
}
END_TEST

/* ---- LINE, Signal, Telegram's pages ---- */

START_TEST(line_fields)
{
	struct taken t = take_sample(0);

	is(t.m[0].sender, "Mira Example");
	is(t.m[0].text, "Hello\tyou");
	is(t.m[0].time, "2024-02-28T10:05");
	is(t.m[0].conversation, "Mira Example");
	is(t.m[0].channel, "line");
	is(t.m[1].text, "two\r\nlines");
	is(t.m[2].sender, "");
	is(t.m[2].text, "Tomas left");
	is(t.m[2].time, "2024-02-29T13:23");
	drop(&t);
	t = take_sample(1);
	is(t.m[0].sender, "Mira");
	is(t.m[0].text, "Hello you");
	is(t.m[1].text, "two\nlines");
	is(t.m[2].time, "2024-02-29T23:59");
	drop(&t);
}
END_TEST

START_TEST(signal_fields)
{
	struct taken t = take_sample(2);

	is(t.m[0].text, "see\nPrize\nhttps://example.com");
	is(t.m[0].sender, "Mira Example");
	is(t.m[0].conversation, "Jobs");
	is(t.m[0].time, "2024-12-23T21:24:54Z");
	is(t.m[0].id, "7/1734989094736");
	is(t.m[1].text, "");
	is(t.m[1].sender, "me");
	drop(&t);
}
END_TEST

START_TEST(telegram_page_fields)
{
	struct taken t = take_sample(3);

	is(t.m[0].text, "");
	is(t.m[1].text, "One\ntwo <div");
	is(t.m[1].sender, "Mira");
	is(t.m[1].time, "2025-02-12T08:37:48+03:00");
	is(t.m[1].conversation, "Jobs & more");
	is(t.m[2].text, "here\nhttps://example.com/a");
	is(t.m[2].sender, "Mira");
	drop(&t);
}
END_TEST

/* ---- many ---- */

/* Numbers for texts; every thousandth of a format that can be malformed is. */
static const struct {
	const char *format, *head, *item, *bad, *tail;
} crowds[] = {
	{ "whatsapp", "", "20/12/23, 17:46 - Mira: %\n", NULL, "" },
	{ "line", "[LINE] Chat history with Mira\nSaved on: 2024/03/01 10:00\n\n2024/02/28(Wed)\n", "10:05\tMira\t%\n", NULL, "" },
	{ "signal", "{\"version\":1,\"backupTimeMs\":\"1\"}\n", "{\"chatItem\":{\"chatId\":\"1\",\"standardMessage\":{\"text\":{\"body\":\"%\"}}}}\n",
	    "{\"chatItem\":\n", "" },
	{ "telegram", "{\"type\":\"replies\",\"id\":1,\"messages\":[{\"text\":\"0\"}", ",{\"text\":\"%\"}", ",{\"text\" \"x\"}", "]}" },
	{ "telegram-html", "<div class=\"page_wrap\"><div class=\"page_body chat_page\">",
	    "<div class=\"message default\"><div class=\"text\">%</div></div>\n", NULL, "</div></div>" },
};

START_TEST(many_in_order)
{
	enum { MANY = 100000 };
	struct lw_buffer file = { 0 };
	char number[24];
	struct taken t;
	bool first_is_head = strcmp(crowds[_i].format, "telegram") == 0;

	ck_assert(lw_buffer_add_text(&file, crowds[_i].head));
	for (size_t i = first_is_head; i < MANY; i++) {
		const char *item = i % 1000 == 7 && crowds[_i].bad != NULL ? crowds[_i].bad : crowds[_i].item;
		const char *place = strstr(item, "%");

		ck_assert(lw_buffer_add(&file, item, place != NULL ? (size_t)(place - item) : strlen(item)));
		if (place != NULL)
			ck_assert(lw_buffer_addf(&file, "%zu%s", i, place + 1));
	}
	ck_assert(lw_buffer_add_text(&file, crowds[_i].tail));
	t = take_as(scratch_file("many", file.at, file.len), NULL);
	ck_assert_str_eq(t.format, crowds[_i].format);
	ck_assert_uint_eq(t.n, MANY);
	for (size_t i = 0; i < t.n; i++) {
		bool bad = i % 1000 == 7 && crowds[_i].bad != NULL;

		snprintf(number, sizeof number, "%zu", i);
		ck_assert_uint_eq(t.m[i].record, i + 1);
		ck_assert((t.m[i].error != NULL) == bad);
		ck_assert(bad || lw_span_is(t.m[i].text, number));
	}
	same_bytes(&t, file.at, file.len);
	lw_buffer_free(&file);
	drop(&t);
}
END_TEST

/* ---- telling formats apart ---- */

static const struct {
	const char *file, *text, *format;
} others[] = {
	{ "a.json", "{\"text\":\"hello\"}\n", "jsonl" },
	{ "b.json", "{\"id\":1,\"type\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}\n", "json" },
	{ "f.json", "{\"id\":1,\"messages\":[{\"role\":\"user\"}]}\n{\"id\":2,\"messages\":[]}\n", "jsonl" },
	{ "g.json", "{\"id\":1,\n\"messages\":[{\"text\":\"hi\"}]}\n", "json" },
	{ "h.txt", " [ {\"text\":\"hi\"}]", "json" },
	{ "i.json", "{\"text\":\"hi\",\"links\":[{\"url\":\"x\"}]}", "jsonl" },
	{ "d.txt", "Meeting 20/12/23, 17:46 - bring lunch\n12/03/2024 was a Tuesday\n10:30 tea\n", "lines" },
	{ "e.txt", "20/12/23 - no time\n17:46 - no date\n[1/2] x\n", "lines" },
	{ "f.txt", "2024/02/28\nno time of day here\n10:05 tea\n", "lines" },
	{ "g.html", "<html><div class=\"message \">x</div></html>\n", "lines" },
	{ "h.jsonl", "{\"version\":1,\"text\":\"x\"}\n", "jsonl" },
	{ "c.txt", "{\"about\":\"me\",\"text\":\"x\"}\n", "jsonl" },
};

START_TEST(others_stay_what_they_are)
{
	struct taken t = take_as(scratch_file(others[_i].file, others[_i].text, strlen(others[_i].text)), NULL);

	ck_assert_str_eq(t.format, others[_i].format);
	drop(&t);
}
END_TEST

#define COUNT(table) ((int)(sizeof (table) / sizeof (table)[0]))

Suite *
chats_suite(void)
{
	Suite *s = suite_create("chats");
	TCase *t = tcase_create("chats");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, sample_is_told_and_kept, 0, SAMPLES);
	tcase_add_loop_test(t, cut_at_every_byte, 0, SAMPLES);
	tcase_add_loop_test(t, one_byte_wrong, 0, SAMPLES);
	tcase_add_test(t, line_fields);
	tcase_add_test(t, signal_fields);
	tcase_add_test(t, telegram_page_fields);
	tcase_add_test(t, whatsapp_fields);
	tcase_add_loop_test(t, whatsapp_heads, 0, COUNT(heads));
	tcase_add_test(t, whatsapp_order_and_name);
	tcase_add_test(t, telegram_fields);
	tcase_add_loop_test(t, telegram_damage_stays_in_its_place, 0, COUNT(damaged));
	tcase_add_loop_test(t, many_in_order, 0, COUNT(crowds));
	tcase_add_loop_test(t, others_stay_what_they_are, 0, COUNT(others));
	suite_add_tcase(s, t);
	return s;
}
