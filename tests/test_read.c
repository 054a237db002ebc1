/* test_read.c - every format, whole and cut and broken: no record lost, reordered or invented, no byte of raw changed */
#include "suites.h"
#include "read/mail.h"
#include "read/read.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

/* ---- a scratch directory ---- */

static char folder[] = "/tmp/lurewatch-test-XXXXXX";
static char place[4096];

static void
make_folder(void)
{
	memcpy(strrchr(folder, '-') + 1, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
remove_folder(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static const char *
path_of(const char *name)
{
	snprintf(place, sizeof place, "%s/%s", folder, name);
	return place;
}

static const char *
put_file(const char *name, const void *bytes, size_t len)
{
	const char *path = path_of(name);
	FILE *f = fopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
	return path;
}

static const char *
put_text(const char *name, const char *text)
{
	return put_file(name, text, strlen(text));
}

/* ---- reading all of a source ---- */

struct record {
	struct lw_message m;
	struct lw_buffer room;
};

struct taken {
	struct record *r;
	size_t n, room;
	struct lw_buffer joined;        /* before and raw of all, and the tail */
	lurewatch_error error;
	char reason[512];
	char format[16];
};

static void
add_span(struct lw_buffer *b, struct lw_span s)
{
	ck_assert(lw_buffer_add(b, s.at, s.len));
}

static struct taken
take(const char *path, const struct lw_read_options *o)
{
	struct taken t = { 0 };
	struct lw_reader *reader;
	const struct lw_message *m = NULL;

	t.error = lw_reader_open(path, o, &reader);
	ck_assert_ptr_nonnull(reader);
	while (t.error == LUREWATCH_OK && (t.error = lw_reader_next(reader, &m)) == LUREWATCH_OK && m != NULL) {
		ck_assert(lw_grow(&t.r, &t.room, t.n + 1, sizeof *t.r));
		t.r[t.n] = (struct record){ 0 };
		ck_assert_int_eq(lw_message_copy(m, &t.r[t.n].room, &t.r[t.n].m), LUREWATCH_OK);
		add_span(&t.joined, m->before);
		add_span(&t.joined, m->raw);
		t.n++;
	}
	if (t.error == LUREWATCH_OK)
		add_span(&t.joined, lw_reader_tail(reader)->before);
	else
		snprintf(t.reason, sizeof t.reason, "%s", lw_reader_reason(reader));
	if (lw_reader_format(reader) != NULL)
		snprintf(t.format, sizeof t.format, "%s", lw_reader_format(reader));
	lw_reader_close(reader);
	return t;
}

static struct taken
take_as(const char *path, const char *format)
{
	return take(path, &(struct lw_read_options){ .format = format });
}

static void
drop(struct taken *t)
{
	for (size_t i = 0; i < t->n; i++)
		lw_buffer_free(&t->r[i].room);
	free(t->r);
	lw_buffer_free(&t->joined);
}

#define is(span, literal) ck_assert_msg(lw_span_is(span, literal), "got \"%.*s\", not \"%s\"", \
    (int)(span).len, (span).at, literal)

static bool
same(struct lw_span a, struct lw_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* ---- samples ---- */

static const char lines_sample[] = "first\nsecond line\r\n\nthird with \xe0\xb8\x87\xe0\xb8\xb2\xe0\xb8\x99\nlast";

static const char jsonl_sample[] =
    "{\"id\":\"a1\",\"text\":\"Hello \\u0e07\",\"label\":\"ham\",\"lang\":\"th\",\"other\":[1,{\"x\":null}]}\n"
    "\n"
    "{\"id\":17,\"subject\":\"Job\",\"body\":\"pay \\ud83d\\ude00 now\",\"from\":\"+15550100\",\"synthetic\":true}\r\n"
    "{\"text\":\"half \\ud83d pair\"}\n"
    "{\"text\":\"nul\\u0000inside\",\"family\":\"chat\",\"group\":\"g\",\"split\":\"dev\",\"source\":\"s\",\"channel\":\"sms\"}\n";

static const char csv_sample[] =
    "id,label,text,lang\r\n"
    "1,ham,\"Hello, \"\"you\"\"\",\"en\"\r\n"
    "2,fraud,\"two\nlines, one record\",es\r\n"
    "\r\n"
    "3,ham,plain text here,id\r\n"
    "4,recruitment,last without end,en";

static const char tsv_sample[] =
    "label\ttext\tid\n"
    "ham\tit's 5\" wide\tx1\n"
    "fraud\t\"quoted \"\"whole\"\" field\"\tx2\n"
    "ham\t\"stray opening\tx3\n"
    "ham\tlast\tx4\n";

static const char mbox_sample[] =
    "From a@example.com Thu Oct 10 12:32:05 2002\n"
    "From: =?utf-8?B?SsO8cmdlbg==?= <a@example.com>\nSubject: =?iso-8859-1?Q?Gr=FC=DFe?=\nDate: Thu, 10 Oct 2002 12:32:05 +0000\n"
    "\nHello\n>From the start, a quoted line\n>>From twice\nFrom here it goes on, no separator\n\nFrom home too\n\n"
    "From b@example.com Thu Oct 10 12:33:05 2002\r\n"
    "Subject: two\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Free <b>visa</b></p><script>x()</script><p>Laos</p>\r\n\r\n"
    "From c@example.com Thu Oct 10 12:34:05 2002\n"
    "Subject: three\n\nno line end at the end";

static const char eml_sample[] =
    "Received: from x\n\tby y\nFrom: Boss <boss@example.com>\nTo: you@example.com\nSubject: Offer\nMIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=\"B\"\n\npreamble\n--B\nContent-Type: multipart/alternative; boundary=C\n\n"
    "--C\nContent-Type: text/plain; charset=windows-1251\nContent-Transfer-Encoding: quoted-printable\n\n"
    "=F0=E0=E1=EE=F2=E0 and text enough to be read\n"
    "--C\nContent-Type: text/html; charset=utf-8\n\n<p>html version</p>\n--C--\n--B\n"
    "Content-Type: application/pdf; name=\"contract.pdf\"\nContent-Disposition: attachment; filename=\"contract.pdf\"\n"
    "Content-Transfer-Encoding: base64\n\nAAAA\n--B--\n";

static const struct sample {
	const char *format, *bytes;
	size_t len, records;
} samples[] = {
	{ "lines", lines_sample, sizeof lines_sample - 1, 5 },
	{ "jsonl", jsonl_sample, sizeof jsonl_sample - 1, 4 },
	{ "csv", csv_sample, sizeof csv_sample - 1, 4 },
	{ "tsv", tsv_sample, sizeof tsv_sample - 1, 4 },
	{ "mbox", mbox_sample, sizeof mbox_sample - 1, 3 },
	{ "eml", eml_sample, sizeof eml_sample - 1, 1 },
};

enum { SAMPLES = sizeof samples / sizeof samples[0] };

/* ---- each format as it should be ---- */

START_TEST(sample_is_told_and_kept)
{
	const struct sample *s = &samples[_i];
	struct taken t = take_as(put_file("dump", s->bytes, s->len), NULL);

	ck_assert_int_eq(t.error, LUREWATCH_OK);
	ck_assert_str_eq(t.format, s->format);
	ck_assert_uint_eq(t.n, s->records);
	ck_assert(same((struct lw_span){ t.joined.at, t.joined.len }, (struct lw_span){ s->bytes, s->len }));
	for (size_t i = 0; i < t.n; i++) {
		ck_assert_msg(t.r[i].m.error == NULL, "%s", t.r[i].m.error);
		ck_assert_uint_eq(t.r[i].m.record, i + 1);
		ck_assert_str_eq(t.r[i].m.format, s->format);
	}
	drop(&t);
}
END_TEST

START_TEST(lines_keep_what_they_hold)
{
	struct taken t = take_as(put_file("a", "x\0y\n\r\nend\r\n", 11), "lines"), again;

	ck_assert_uint_eq(t.n, 3);
	ck_assert(same(t.r[0].m.text, (struct lw_span){ "x\0y", 3 }));
	is(t.r[1].m.text, "");
	is(t.r[2].m.text, "end");
	is(t.r[2].m.raw, "end\r\n");
	again = take_as(put_file("a", "x\0y\n\r\nend", 9), "lines");
	ck_assert_uint_eq(again.n, 3);
	ck_assert(same(again.r[2].m.text, t.r[2].m.text));
	drop(&t);
	drop(&again);
}
END_TEST

START_TEST(jsonl_fields)
{
	struct taken t = take_as(put_text("a", jsonl_sample), "jsonl");

	is(t.r[0].m.text, "Hello \xe0\xb8\x87");
	is(t.r[0].m.id, "a1");
	is(t.r[0].m.label, "ham");
	is(t.r[0].m.lang, "th");
	is(t.r[1].m.text, "pay \xf0\x9f\x98\x80 now");
	is(t.r[1].m.subject, "Job");
	is(t.r[1].m.sender, "+15550100");
	is(t.r[1].m.id, "17");
	ck_assert(t.r[1].m.id_is_number && !t.r[0].m.id_is_number);
	ck_assert(t.r[1].m.synthetic && !t.r[0].m.synthetic);
	is(t.r[2].m.text, "half \xef\xbf\xbd pair");
	ck_assert(same(t.r[3].m.text, (struct lw_span){ "nul\0inside", 10 }));
	is(t.r[3].m.family, "chat");
	is(t.r[3].m.split, "dev");
	drop(&t);
}
END_TEST

static const struct {
	const char *line, *text, *error;        /* error: a part of it */
} odd_json[] = {
	{ "{\"text\":\"cut", NULL, "bad JSON" },
	{ "nonsense", NULL, "bad JSON" },
	{ "[1,2]", NULL, "not a JSON object" },
	{ "\"text\"", NULL, "bad JSON" },
	{ "{}", NULL, "no field with the text" },
	{ "{\"text\":5}", NULL, "no field with the text" },
	{ "{\"subject\":\"only\"}", "", NULL },
	{ "{\"text\":\"\\udc00\\ud800\\ud800\\udc00\"}", "\xef\xbf\xbd\xef\xbf\xbd\xf0\x90\x80\x80", NULL },
	{ "{\"text\":\"\\\\ud83d \\ud83d\"}", "\\ud83d \xef\xbf\xbd", NULL },
	{ "{\"text\":\"\\ud83", NULL, "bad JSON" },
	{ "{\"text\":\"bad \xff utf\"}", "bad \xef\xbf\xbd utf", NULL },
	{ "{\"text\":\"tab\there\"}", "tab here", NULL },
	{ "{\"text\":\"big\",\"n\":123456789012345678901234567890}", "big", NULL },
	{ "{\"body\":\"second\",\"text\":\"first\"}", "first", NULL },
	{ "{\"text\":\"first\",\"body\":\"second\"}", "first", NULL },
	{ "{\"text\":null,\"message\":\"m\"}", "m", NULL },
};

START_TEST(jsonl_odd_lines)
{
	struct taken t = take_as(put_text("a", odd_json[_i].line), "jsonl");

	ck_assert_int_eq(t.error, LUREWATCH_OK);
	ck_assert_uint_eq(t.n, 1);
	is(t.r[0].m.raw, odd_json[_i].line);
	if (odd_json[_i].error != NULL) {
		ck_assert_ptr_nonnull(t.r[0].m.error);
		ck_assert_msg(strstr(t.r[0].m.error, odd_json[_i].error) != NULL, "%s", t.r[0].m.error);
	} else {
		ck_assert_msg(t.r[0].m.error == NULL, "%s", t.r[0].m.error);
		is(t.r[0].m.text, odd_json[_i].text);
	}
	drop(&t);
}
END_TEST

START_TEST(a_named_field)
{
	struct lw_read_options o = { .field = "note" };
	struct taken t = take(put_text("a.jsonl", "{\"text\":\"no\",\"note\":\"yes\"}\n{\"text\":\"no\"}\n"), &o);

	ck_assert_uint_eq(t.n, 2);
	is(t.r[0].m.text, "yes");
	ck_assert_str_eq(t.r[1].m.error, "no text in field note");
	drop(&t);
	t = take(put_text("a.csv", "text,note\nno,yes\n"), &o);
	ck_assert_uint_eq(t.n, 1);
	is(t.r[0].m.text, "yes");
	drop(&t);
	o.field = "2";
	t = take(put_text("a.tsv", "ham\tGo until\nspam\tFree entry\n"), &o);
	ck_assert_uint_eq(t.n, 2);
	is(t.r[1].m.text, "Free entry");
	drop(&t);
	o.field = "absent";
	t = take(put_text("a.csv", "text,note\nno,yes\n"), &o);
	ck_assert_int_eq(t.error, LUREWATCH_E_IO);
	ck_assert_ptr_nonnull(strstr(t.reason, "no column is named absent"));
	drop(&t);
}
END_TEST

START_TEST(a_label_for_all)
{
	struct taken t = take(put_text("a", jsonl_sample), &(struct lw_read_options){ .label = "fraud" });

	for (size_t i = 0; i < t.n; i++)
		is(t.r[i].m.label, "fraud");
	drop(&t);
}
END_TEST

START_TEST(csv_rows)
{
	struct taken t = take_as(put_text("a", csv_sample), "csv");

	is(t.r[0].m.before, "id,label,text,lang\r\n");
	is(t.r[0].m.text, "Hello, \"you\"");
	is(t.r[0].m.id, "1");
	is(t.r[1].m.text, "two\nlines, one record");
	is(t.r[1].m.raw, "2,fraud,\"two\nlines, one record\",es\r\n");
	is(t.r[2].m.text, "plain text here");
	is(t.r[2].m.raw, "\r\n3,ham,plain text here,id\r\n");
	is(t.r[3].m.lang, "en");
	drop(&t);
	t = take_as(put_text("a", "v1;v2;;\nham; spaced ;;\n\"spam\";\"a;b\";;\n"), "csv");
	ck_assert_uint_eq(t.n, 2);
	is(t.r[0].m.text, " spaced ");
	is(t.r[1].m.text, "a;b");
	is(t.r[1].m.label, "spam");
	drop(&t);
	t = take_as(put_text("a.csv", "a,b\n1,2\n"), NULL);
	ck_assert_int_eq(t.error, LUREWATCH_E_IO);
	ck_assert_ptr_nonnull(strstr(t.reason, "names no column with the text"));
	drop(&t);
}
END_TEST

START_TEST(csv_broken_rows)
{
	struct taken t = take_as(put_text("a", "id,text\n1\n2,\"open\n3,fine\n4,also \"fine\"\n"), "csv");

	ck_assert_uint_eq(t.n, 4);
	ck_assert_ptr_nonnull(strstr(t.r[0].m.error, "1 column"));
	ck_assert_str_eq(t.r[1].m.error, "a quote is not closed");
	is(t.r[2].m.text, "fine");
	is(t.r[3].m.text, "also \"fine\"");
	drop(&t);
}
END_TEST

/* Each stray quote would once have been sought to the end of the file: hours. */
START_TEST(csv_stray_quotes_cost_little)
{
	struct lw_buffer b = { 0 };
	struct taken t;
	clock_t begun = clock();

	ck_assert(lw_buffer_add_text(&b, "id,text\n"));
	for (int i = 0; i < 50000; i++)
		ck_assert(lw_buffer_addf(&b, "%d,\"hello there %d\n", i, i));
	t = take_as(put_file("a", b.at, b.len), "csv");
	ck_assert_uint_eq(t.n, 50000);
	ck_assert((clock() - begun) / CLOCKS_PER_SEC < 20);
	ck_assert(same((struct lw_span){ t.joined.at, t.joined.len }, (struct lw_span){ b.at, b.len }));
	drop(&t);
	lw_buffer_free(&b);
}
END_TEST

START_TEST(tsv_rows)
{
	struct taken t = take_as(put_text("a", tsv_sample), "tsv");

	is(t.r[0].m.text, "it's 5\" wide");
	is(t.r[1].m.text, "quoted \"whole\" field");
	is(t.r[2].m.text, "\"stray opening");
	is(t.r[3].m.id, "x4");
	drop(&t);
}
END_TEST

START_TEST(mbox_mails)
{
	struct taken t = take_as(put_text("a", mbox_sample), "mbox");

	is(t.r[0].m.subject, "Gr\xc3\xbc\xc3\x9f" "e");
	is(t.r[0].m.sender, "J\xc3\xbcrgen <a@example.com>");
	is(t.r[0].m.text, "Hello\nFrom the start, a quoted line\n>From twice\nFrom here it goes on, no separator\n\nFrom home too\n\n");
	is(t.r[0].m.channel, "email");
	is(t.r[1].m.text, "Free visa\nLaos");
	is(t.r[2].m.text, "no line end at the end");
	drop(&t);
}
END_TEST

START_TEST(eml_parts)
{
	struct taken t = take_as(put_text("a", eml_sample), NULL);

	is(t.r[0].m.subject, "Offer");
	is(t.r[0].m.text, "\xd1\x80\xd0\xb0\xd0\xb1\xd0\xbe\xd1\x82\xd0\xb0 and text enough to be read\n[contract.pdf]");
	drop(&t);
}
END_TEST

static const struct {
	const char *mail, *text;
} mails[] = {
	/* charsets: wrong, missing, unknown */
	{ "Subject: x\nContent-Type: text/plain; charset=us-ascii\n\ncaf\xc3\xa9", "caf\xc3\xa9" },
	{ "Subject: x\nContent-Type: text/plain; charset=iso-8859-1\n\ncaf\xe9", "caf\xc3\xa9" },
	{ "Subject: x\nContent-Type: text/plain; charset=iso-8859-1\n\ncaf\xc3\xa9", "caf\xc3\xa9" },
	{ "Subject: x\nContent-Type: text/plain; charset=no-such-set\n\nplain", "plain" },
	{ "Subject: x\nContent-Type: text/plain; charset=gb2312\n\n\xb9\xa4\xd7\xf7", "\xe5\xb7\xa5\xe4\xbd\x9c" },
	{ "Subject: x\nContent-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B;E;v\x1b(B", "\xe4\xbb\x95\xe4\xba\x8b" },
	{ "Subject: x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nRnJlZSB2aXNh\n", "Free visa" },
	{ "Subject: x\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nsoft=\n break =41\n", "soft break A\n" },
	/* HTML as it is seen */
	{ "Subject: x\nContent-Type: text/html\n\n<style>p{}</style><p>One<br>two</p><img alt='three'><div style='display: none'>no<p>no</p></div>four",
	    "One\ntwo\nthree\nfour" },
	{ "Subject: x\nContent-Type: text/html\n\n<meta charset=windows-1251><p>\xf0\xe0\xe1\xee\xf2\xe0 &amp; &euro;5",
	    "\xd1\x80\xd0\xb0\xd0\xb1\xd0\xbe\xd1\x82\xd0\xb0 & \xe2\x82\xac" "5" },
	{ "Subject: x\nContent-Type: text/html\n\n<p style=\"font-size:0.9em\">seen</p><p style=\"font-size:0\">unseen</p>", "seen" },
	/* a stub of plain text beside the real thing */
	{ "Subject: x\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nstub\n--b\nContent-Type: text/html\n\n"
	    "<p>Here stands what people see when they open this</p>\n--b--\n", "Here stands what people see when they open this" },
	/* a forwarded mail */
	{ "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\n"
	    "Subject: inner\n\ninner body\n--b--\n", "see below\ninner\ninner body" },
	{ "Subject: no body", "" },
	{ "no header at all\nsecond line\n", "no header at all\nsecond line\n" },
	{ "Subject: x\nContent-Type: multipart/mixed\n\n--b\nno boundary given\n", NULL },
	{ "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nnever closed", "never closed" },
};

START_TEST(mail_texts)
{
	struct lw_mail mail = { 0 };
	struct lw_message m = { 0 };

	ck_assert_ptr_null(lw_mail_start());
	ck_assert(lw_mail_read((struct lw_span){ mails[_i].mail, strlen(mails[_i].mail) }, &mail));
	lw_mail_fill(&mail, &m);
	if (mails[_i].text != NULL)
		is(m.text, mails[_i].text);
	lw_mail_free(&mail);
}
END_TEST

START_TEST(deep_mails_end)
{
	struct lw_buffer b = { 0 };
	struct lw_mail mail = { 0 };

	ck_assert_ptr_null(lw_mail_start());
	for (int i = 0; i < 3000; i++)
		ck_assert(lw_buffer_addf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i));
	ck_assert(lw_mail_read((struct lw_span){ b.at, b.len }, &mail));
	b.len = 0;
	ck_assert(lw_buffer_add_text(&b, "Subject: x\nContent-Type: text/html\n\n"));
	for (int i = 0; i < 100000; i++)
		ck_assert(lw_buffer_add_text(&b, "<div>"));
	ck_assert(lw_buffer_add_text(&b, "deep"));
	ck_assert(lw_mail_read((struct lw_span){ b.at, b.len }, &mail));
	is(((struct lw_span){ mail.text.at, mail.text.len }), "deep");
	lw_mail_free(&mail);
	lw_buffer_free(&b);
}
END_TEST

/* ---- directories ---- */

static void
put_in(const char *dir, const char *name, const char *text)
{
	char both[256];

	mkdir(path_of(dir), 0700);
	snprintf(both, sizeof both, "%s/%s", dir, name);
	put_text(both, text);
}

START_TEST(maildir_in_order)
{
	struct taken t;

	put_in("tmp", "0", "Subject: unfinished\n\nno");
	put_in("new", "2:b", "Subject: two\n\nb");
	put_in("cur", "9", "just a body, no header");
	put_in("cur", "1", "Subject: one\n\na");
	put_in("cur", "3", "");
	t = take_as(folder, NULL);
	ck_assert_int_eq(t.error, LUREWATCH_OK);
	ck_assert_uint_eq(t.n, 3);
	is(t.r[0].m.subject, "one");
	is(t.r[1].m.text, "just a body, no header");
	is(t.r[2].m.subject, "two");
	ck_assert_str_eq(strrchr(t.r[2].m.path, '/'), "/2:b");
	drop(&t);
}
END_TEST

START_TEST(directory_goes_on)
{
	struct taken t;

	put_text("b.txt", "one\ntwo\n");
	put_text("a.jsonl", "{\"text\":\"first\"}\n");
	put_text(".hidden", "not read\n");
	put_in("c", "inner.csv", "text,id\nhere,7\n");
	ck_assert_int_eq(symlink("/nowhere/at/all", path_of("bb")), 0);
	put_file("d.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
	t = take_as(folder, NULL);
	ck_assert_int_eq(t.error, LUREWATCH_OK);
	ck_assert_uint_eq(t.n, 6);
	is(t.r[0].m.text, "first");
	is(t.r[1].m.text, "one");
	ck_assert_uint_eq(t.r[2].m.record, 2);
	ck_assert_str_eq(t.r[3].m.error, "No such file or directory");
	ck_assert_uint_eq(t.r[3].m.record, 0);
	is(t.r[4].m.id, "7");
	ck_assert_str_eq(t.r[5].m.error, "gzip data ends too early");
	drop(&t);
}
END_TEST

START_TEST(what_cannot_be_opened)
{
	struct taken t = take_as(path_of("absent"), NULL);

	ck_assert_int_eq(t.error, LUREWATCH_E_IO);
	ck_assert_ptr_nonnull(strstr(t.reason, "absent: No such file"));
	drop(&t);
	t = take_as(put_text("a", "x"), "no-such-format");
	ck_assert_int_eq(t.error, LUREWATCH_E_ARGUMENT);
	drop(&t);
	t = take_as(put_file("a", "PK\3\4\0\0\0", 7), NULL);
	ck_assert_uint_eq(t.n, 1);
	ck_assert_ptr_nonnull(strstr(t.r[0].m.error, "ZIP archive is cut short"));
	drop(&t);
	t = take_as(put_file("a", "BZh91", 5), NULL);
	ck_assert_ptr_nonnull(strstr(t.reason, "a bzip2 archive"));
	drop(&t);
	t = take_as(folder, "csv");
	ck_assert_int_eq(t.error, LUREWATCH_OK);
	drop(&t);
}
END_TEST

START_TEST(empty_is_no_message)
{
	struct taken t;

	for (size_t i = 0; lw_format_name(i) != NULL; i++) {
		t = take_as(put_text("a", ""), lw_format_name(i));
		ck_assert_int_eq(t.error, LUREWATCH_OK);
		ck_assert_uint_eq(t.n, 0);
		drop(&t);
	}
	t = take_as(put_text("a", ""), NULL);
	ck_assert_int_eq(t.error, LUREWATCH_OK);
	ck_assert_uint_eq(t.n, 0);
	drop(&t);
}
END_TEST

/* ---- packed and recoded ---- */

static struct lw_buffer
gzipped(const char *bytes, size_t len)
{
	struct lw_buffer b = { 0 };
	z_stream z = { 0 };

	ck_assert(lw_buffer_reserve(&b, len + 1000));
	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)bytes;
	z.avail_in = (uInt)len;
	z.next_out = (Bytef *)b.at;
	z.avail_out = (uInt)b.room;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	b.len = b.room - z.avail_out;
	deflateEnd(&z);
	return b;
}

static struct lw_buffer
zstded(const char *bytes, size_t len)
{
	struct lw_buffer b = { 0 };

	ck_assert(lw_buffer_reserve(&b, ZSTD_compressBound(len)));
	b.len = ZSTD_compress(b.at, b.room, bytes, len, 3);
	ck_assert(!ZSTD_isError(b.len));
	return b;
}

/* What a cut dump gives must be the beginning of what the whole one gives, but for the record that was cut. */
static void
check_prefix(const struct taken *cut, const struct taken *whole, size_t until)
{
	for (size_t i = 0; i + 1 < cut->n && i < until; i++)
		ck_assert_msg(same(cut->r[i].m.text, whole->r[i].m.text) && cut->r[i].m.error == NULL, "record %zu", i + 1);
}

static void
cut_everywhere(struct lw_buffer packed, const struct sample *s)
{
	struct taken whole = take_as(put_file("whole", packed.at, packed.len), s->format);

	ck_assert_int_eq(whole.error, LUREWATCH_OK);
	ck_assert_uint_eq(whole.n, s->records);
	ck_assert(same((struct lw_span){ whole.joined.at, whole.joined.len }, (struct lw_span){ s->bytes, s->len }));
	for (size_t len = 0; len < packed.len; len++) {
		struct taken cut = take_as(put_file("cut", packed.at, len), s->format);

		/* shorter than its magic it is plain bytes; from there on a cut is an error with a reason */
		if (len >= 4)
			ck_assert_int_eq(cut.error, LUREWATCH_E_IO);
		if (len >= 4)
			check_prefix(&cut, &whole, whole.n);
		drop(&cut);
	}
	drop(&whole);
	lw_buffer_free(&packed);
}

START_TEST(packed_and_cut_at_every_byte)
{
	cut_everywhere(gzipped(samples[_i].bytes, samples[_i].len), &samples[_i]);
	cut_everywhere(zstded(samples[_i].bytes, samples[_i].len), &samples[_i]);
}
END_TEST

START_TEST(packed_in_parts)
{
	struct lw_buffer a = gzipped("one\ntw", 6), b = gzipped("o\nthree", 7);
	struct taken t;

	add_span(&a, (struct lw_span){ b.at, b.len });
	add_span(&a, (struct lw_span){ "\0\0\0\0", 4 });
	t = take_as(put_file("a.gz", a.at, a.len), NULL);
	ck_assert_int_eq(t.error, LUREWATCH_OK);
	ck_assert_uint_eq(t.n, 3);
	is(t.r[1].m.text, "two");
	drop(&t);
	add_span(&a, (struct lw_span){ "garbage", 7 });
	t = take_as(put_file("a.gz", a.at, a.len), NULL);
	ck_assert_int_eq(t.error, LUREWATCH_E_IO);
	ck_assert_ptr_nonnull(strstr(t.reason, "damaged gzip"));
	drop(&t);
	lw_buffer_free(&a);
	lw_buffer_free(&b);
}
END_TEST

static struct lw_buffer
wide(const char *ascii, size_t len, bool big, bool mark)
{
	struct lw_buffer b = { 0 };

	if (mark)
		add_span(&b, big ? LW_SPAN("\xfe\xff") : LW_SPAN("\xff\xfe"));
	for (size_t i = 0; i < len; i++) {
		char unit[2] = { big ? 0 : ascii[i], big ? ascii[i] : 0 };

		add_span(&b, (struct lw_span){ unit, 2 });
	}
	return b;
}

START_TEST(utf16_is_recoded_and_raw_kept)
{
	struct lw_buffer b = wide("id,text\r\n1,hello\r\n2,there\r\n", 27, _i == 1, true), all;
	struct taken t;

	/* a pair, half a pair, an odd byte */
	add_span(&b, _i == 1 ? LW_SPAN("\0003\0,\xd8\x3d\xde\x00\xd8\x3d\0x\x41") :
	    LW_SPAN("3\0,\0\x3d\xd8\x00\xde\x3d\xd8x\0\x41"));
	t = take_as(put_file("a.csv", b.at, b.len), NULL);
	ck_assert_int_eq(t.error, LUREWATCH_OK);
	ck_assert_uint_eq(t.n, 3);
	is(t.r[1].m.text, "there");
	is(t.r[2].m.text, "\xf0\x9f\x98\x80\xef\xbf\xbdx\xef\xbf\xbd");
	ck_assert(t.r[0].m.recoded);
	all = wide("2,there\r\n", 9, _i == 1, false);
	ck_assert(same(t.r[1].m.raw, (struct lw_span){ all.at, all.len }));
	ck_assert(same((struct lw_span){ t.joined.at, t.joined.len }, (struct lw_span){ b.at, b.len }));
	drop(&t);
	lw_buffer_free(&b);
	lw_buffer_free(&all);
}
END_TEST

START_TEST(mark_of_utf8_is_no_text)
{
	struct taken t = take_as(put_text("a", "\xef\xbb\xbfone\ntwo\n"), NULL);

	ck_assert_uint_eq(t.n, 2);
	is(t.r[0].m.text, "one");
	is(t.r[0].m.before, "\xef\xbb\xbf");
	is(t.r[1].m.before, "");
	drop(&t);
	t = take_as(put_text("a", "\xef\xbb\xbf{\"text\":\"x\"}"), NULL);
	ck_assert_str_eq(t.format, "jsonl");
	is(t.r[0].m.text, "x");
	drop(&t);
	t = take_as(put_text("a", "\xef\xbb\xbftext,id\n"), NULL);
	ck_assert_str_eq(t.format, "csv");
	ck_assert_uint_eq(t.n, 0);
	is(((struct lw_span){ t.joined.at, t.joined.len }), "\xef\xbb\xbftext,id\n");
	drop(&t);
}
END_TEST

/* ---- broken in every way ---- */

START_TEST(cut_at_every_byte)
{
	const struct sample *s = &samples[_i];
	struct taken whole = take_as(put_file("whole", s->bytes, s->len), s->format);

	for (size_t len = 0; len < s->len; len++) {
		const char *path = put_file("cut", s->bytes, len);
		struct taken cut = take_as(path, s->format);

		if (cut.error == LUREWATCH_OK)
			ck_assert(same((struct lw_span){ cut.joined.at, cut.joined.len }, (struct lw_span){ s->bytes, len }));
		/* a CSV cut inside quotes over two lines: the first line is the error */
		check_prefix(&cut, &whole, strcmp(s->format, "csv") == 0 && cut.n > 2 ? cut.n - 2 : whole.n);
		drop(&cut);
		cut = take_as(path, NULL);
		drop(&cut);
	}
	drop(&whole);
}
END_TEST

static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Noise, and samples with bytes changed: raw must still be the file. */
START_TEST(noise_loses_nothing)
{
	uint64_t state = 88172645463325252U;
	const struct sample *s = &samples[_i];
	char bytes[4096];

	for (int round = 0; round < 300; round++) {
		size_t len = round % 2 == 0 ? next_random(&state) % sizeof bytes : s->len;
		struct taken t;

		if (round % 2 == 0)
			for (size_t i = 0; i < len; i++)
				bytes[i] = (char)next_random(&state);
		else
			memcpy(bytes, s->bytes, len);
		for (int k = 0; round % 2 == 1 && k < 1 + round % 7; k++)
			bytes[next_random(&state) % len] = "\0\n\r\",\t\xff{}:\\F "[next_random(&state) % 13];
		t = take_as(put_file("noise", bytes, len), s->format);
		if (t.error == LUREWATCH_OK)
			ck_assert(same((struct lw_span){ t.joined.at, t.joined.len }, (struct lw_span){ bytes, len }));
		drop(&t);
	}
}
END_TEST

START_TEST(a_long_line_is_read)
{
	enum { LEN = 100 << 20 };
	int fd = open(path_of("long"), O_WRONLY | O_CREAT, 0600);
	struct lw_reader *reader;
	const struct lw_message *m;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, LEN), 0);
	close(fd);
	ck_assert_int_eq(lw_reader_open(path_of("long"), &(struct lw_read_options){ .format = "lines" }, &reader), 0);
	ck_assert_int_eq(lw_reader_next(reader, &m), 0);
	ck_assert_uint_eq(m->text.len, LEN);
	ck_assert_int_eq(lw_reader_next(reader, &m), 0);
	ck_assert_ptr_null(m);
	lw_reader_close(reader);
}
END_TEST

START_TEST(too_long_a_record_is_an_error_in_its_place)
{
	static const char *const formats[] = { "lines", "jsonl", "csv", "tsv", "mbox", "eml" };
	const char *format = formats[_i], *head = _i == 2 || _i == 3 ? "text\n" : "";
	int fd = open(path_of("long"), O_WRONLY | O_CREAT, 0600);
	bool one = strcmp(format, "mbox") == 0 || strcmp(format, "eml") == 0;
	struct taken t;

	ck_assert_int_eq(write(fd, head, strlen(head)), (int)strlen(head));
	ck_assert_int_eq(ftruncate(fd, (off_t)LW_RECORD_MAX + 100000), 0);
	ck_assert_int_ge(lseek(fd, 0, SEEK_END), 0);
	ck_assert_int_eq(write(fd, "\n{\"text\":\"after\"}\n", 18), 18);
	close(fd);
	t = take(path_of("long"), &(struct lw_read_options){ .format = format, .field = _i == 3 ? "text" : NULL });
	ck_assert_int_eq(t.error, LUREWATCH_OK);
	ck_assert_uint_eq(t.n, one ? 1 : 2);
	ck_assert_str_eq(t.r[0].m.error, "longer than 256 MiB");
	if (!one)
		ck_assert_ptr_null(t.r[1].m.error);
	drop(&t);
}
END_TEST

START_TEST(many_records_in_order)
{
	struct lw_buffer b = { 0 };
	struct taken t;

	for (int i = 0; i < 200000; i++)
		ck_assert(lw_buffer_addf(&b, "%d\n", i));
	t = take_as(put_file("a", b.at, b.len), NULL);
	ck_assert_uint_eq(t.n, 200000);
	for (size_t i = 0; i < t.n; i++)
		ck_assert_uint_eq((unsigned long)atol(t.r[i].m.text.at), i);
	drop(&t);
	lw_buffer_free(&b);
}
END_TEST

START_TEST(judged_is_subject_and_text)
{
	struct lw_message m = { .text = LW_SPAN("body") };
	struct lw_buffer room = { 0 };
	struct lw_span judged;

	ck_assert_int_eq(lw_message_judged(&m, &room, &judged), LUREWATCH_OK);
	is(judged, "body");
	m.subject = LW_SPAN("Subject");
	ck_assert_int_eq(lw_message_judged(&m, &room, &judged), LUREWATCH_OK);
	is(judged, "Subject\nbody");
	lw_buffer_free(&room);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

Suite *
read_suite(void)
{
	Suite *s = suite_create("read");
	TCase *t = tcase_create("formats"), *broken = tcase_create("broken");

	tcase_add_checked_fixture(t, make_folder, remove_folder);
	tcase_add_loop_test(t, sample_is_told_and_kept, 0, SAMPLES);
	tcase_add_test(t, lines_keep_what_they_hold);
	tcase_add_test(t, jsonl_fields);
	tcase_add_loop_test(t, jsonl_odd_lines, 0, COUNT(odd_json));
	tcase_add_test(t, a_named_field);
	tcase_add_test(t, a_label_for_all);
	tcase_add_test(t, csv_rows);
	tcase_add_test(t, csv_broken_rows);
	tcase_add_test(t, tsv_rows);
	tcase_add_test(t, mbox_mails);
	tcase_add_test(t, eml_parts);
	tcase_add_loop_test(t, mail_texts, 0, COUNT(mails));
	tcase_add_test(t, maildir_in_order);
	tcase_add_test(t, directory_goes_on);
	tcase_add_test(t, what_cannot_be_opened);
	tcase_add_test(t, empty_is_no_message);
	tcase_add_test(t, packed_in_parts);
	tcase_add_loop_test(t, utf16_is_recoded_and_raw_kept, 0, 2);
	tcase_add_test(t, mark_of_utf8_is_no_text);
	tcase_add_test(t, judged_is_subject_and_text);
	suite_add_tcase(s, t);
	tcase_set_timeout(broken, 120);
	tcase_add_checked_fixture(broken, make_folder, remove_folder);
	tcase_add_test(broken, deep_mails_end);
	tcase_add_test(broken, csv_stray_quotes_cost_little);
	tcase_add_loop_test(broken, packed_and_cut_at_every_byte, 0, SAMPLES);
	tcase_add_loop_test(broken, cut_at_every_byte, 0, SAMPLES);
	tcase_add_loop_test(broken, noise_loses_nothing, 0, SAMPLES);
	tcase_add_test(broken, a_long_line_is_read);
	tcase_add_loop_test(broken, too_long_a_record_is_an_error_in_its_place, 0, SAMPLES);
	tcase_add_test(broken, many_records_in_order);
	suite_add_tcase(s, broken);
	return s;
}
