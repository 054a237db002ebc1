/* test_mail.c - mails as sent in the wild: what of them is judged, and where one ends in an mbox */
#include "scratch.h"
#include "read/mail.h"
#include "read/read.h"

#include <string.h>

#define is(span, literal) ck_assert_msg(lw_span_is(span, literal), "got \"%.*s\", not \"%s\"", \
    (int)(span).len, (span).at, literal)

static const struct {
	const char *mail, *judged;
} mails[] = {
	/* the sender's name and where an answer goes */
	{ "From: Bank Support <a@example.com>\nSubject: s\n\nt", "s\nBank Support\nt" },
	{ "From: a@example.com\nReply-To: <a@EXAMPLE.com>\nSubject: s\n\nt", "s\nt" },
	{ "From: \"a@example.com\" <a@example.com>\nSubject: s\n\nt", "s\nt" },
	{ "From: Bank <a@example.com>\nReply-To: b@example.org\nSubject: s\n\nt", "s\nBank\nb@example.org\nt" },
	{ "From: Bank <a@example.com>\nReply-To: Bank <b@example.org>\n\nt", "Bank\nb@example.org\nt" },
	{ "From: Bank <a@example.com>\nReply-To: Mr Agent <b@example.org>\n\nt", "Bank\nMr Agent b@example.org\nt" },
	{ "From: =?utf-8?B?4LiH4Liy4LiZ?= <a@example.com>\nSubject: s\n\nt", "s\nงาน\nt" },
	{ "From:\nReply-To: nobody\nSubject: s\n\nt", "s\nnobody\nt" },
	{ "From: undisclosed:;\nSubject: s\n\nt", "s\nundisclosed\nt" },
	/* headers with bytes of a charset of their own, named by the mail or not */
	{ "From: J\xfcrgen <a@example.com>\nSubject: Gr\xfc\xdf" "e\n\nt", "Grüße\nJürgen\nt" },
	{ "Content-Type: text/plain; charset=gb2312\nSubject: \xd6\xd0\xb9\xfa\xb9\xa4\xd7\xf7\n\n\xb9\xa4\xd7\xf7", "中国工作\n工作" },
	{ "Content-Type: text/plain; charset=windows-1251\nSubject: \xf0\xe0\xe1\xee\xf2\xe0\n\n\xf0\xe0\xe1\xee\xf2\xe0", "работа\nработа" },
	{ "Subject: \xe0\xb8\x87\xe0\xb8\xb2\xe0\xb8\x99\n\nt", "งาน\nt" },
	/* RFC 2047: words cut anywhere, of stateful charsets too; no such charset; not closed */
	{ "Subject: =?utf-8?q?Gr=C3=BC?= =?utf-8?q?=C3=9Fe?=\n\nt", "Grüße\nt" },
	{ "Subject: =?iso-2022-jp?B?GyRCO0U7dhsoQg==?=\n =?iso-2022-jp?B?GyRCO0U7dhsoQg==?=\n =?iso-2022-jp?B?GyRCO0U7dhsoQg==?=\n\nt",
	    "仕事仕事仕事\nt" },
	{ "Subject: =?utf-8?q?never closed\n\nt", "=?utf-8?q?never closed\nt" },
	/* charsets declared wrong */
	{ "Content-Type: text/plain; charset=iso-8859-1\n\n\xd6\xd0\xb9\xfa\xc8\xcb\xc3\xf1\xd4\xda\xbd\xf1\xcc\xec\xb5\xc4\xb9\xa4\xd7\xf7\xd6\xd0"
	    "\xd2\xd1\xbe\xad\xd3\xd0\xc1\xcb\xba\xdc\xb4\xf3\xb5\xc4\xb1\xe4\xbb\xaf", "中国人民在今天的工作中已经有了很大的变化" },
	{ "Content-Type: text/plain; charset=utf-8\n\nbad \xff byte, \xe0\xb8\x87\xe0\xb8\xb2\xe0\xb8\x99 all the same",
	    "bad \xef\xbf\xbd byte, งาน all the same" },
	/* base64 and quoted-printable that were damaged: the rest is read */
	{ "Content-Transfer-Encoding: base64\n\nRnJlZSB!2aXNh IG5vdw\n", "Free visa no" },
	{ "Content-Transfer-Encoding: base64\n\nRnJlZSB2aX", "Free v" },
	{ "Content-Transfer-Encoding: quoted-printable\n\n=46ree=ZZ =4", "Free=ZZ" },
	{ "Content-Transfer-Encoding: no-such-thing\n\nFree=41", "Free=41" },
	/* line ends: those of the wire are those of a file, and at the end they mean nothing */
	{ "Subject: s\r\n\r\none\r\ntwo\r\n\r\n \r\n", "s\none\ntwo" },
	{ "Subject: s\n\none\ntwo", "s\none\ntwo" },
	/* flowed text: paragraphs come back, quotes and signatures stay lines */
	{ "Content-Type: text/plain; format=flowed\n\nOne \ntwo\n> three \n> four\n five \n-- \nname", "One two\n> three four\nfive -- \nname" },
	{ "Content-Type: text/plain; format=flowed; delsp=yes\n\nงา \nน\n", "งาน" },
	{ "Content-Type: text/plain; format=flowed\n\n> a \nb\r\nc \r\n", "> a \nb\nc" },
	/* wrappers: what is signed is read, what is encrypted is not, signatures are no text */
	{ "Content-Type: multipart/signed; boundary=b\n\n--b\n\nsigned text\n--b\nContent-Type: application/pgp-signature; name=signature.asc\n\n"
	    "xyz\n--b--\n", "signed text" },
	{ "Subject: s\nContent-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n"
	    "Content-Type: application/octet-stream\n\nhQEMA\n--b--\n", "s" },
	{ "Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIAG\n", "[smime.p7m]" },
	/* attachments by name, nested deep */
	{ "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n"
	    "<p>Pay &euro;50</p>\n--b\nContent-Type: image/png; name=\"qr.png\"\n\nx\n--b--\n--a\nContent-Type: text/plain\n"
	    "Content-Disposition: attachment; filename*=utf-8''%E0%B8%87.txt\n\nunread\n--a--\n", "Pay €50\n[qr.png]\n[ง.txt]" },
	/* HTML: names of characters without their semicolon, odd declarations, what is hidden */
	{ "Content-Type: text/html\n\nA&nbsp&nbspB &copy 2 &lt3 AT&T a&b=c &amp;nbsp", "A\xc2\xa0\xc2\xa0" "B © 2 <3 AT&T a&b=c &nbsp" },
	{ "Content-Type: text/html\n\n<![if !x]>a<![endif]>b<!unseen>c<!-- <p>no</p> <!x> -->d<!---->e", "abcde" },
	{ "Content-Type: text/html\n\n<p style='VISIBILITY: hidden'>no</p><p style='opacity:0'>no</p><p style='mso-hide:all'>no</p>"
	    "<p style='max-height:0px'>no</p><p style='opacity:0.8'>yes</p>", "yes" },
	{ "Content-Type: text/html\n\nopen <!-- never closed", NULL },
};

START_TEST(what_is_judged)
{
	struct lw_mail mail = { 0 };
	struct lw_message m = { 0 };
	struct lw_buffer room = { 0 };
	struct lw_span judged;
	size_t len = strlen(mails[_i].mail);

	ck_assert_ptr_null(lw_mail_start());
	/* cut anywhere it is still a mail */
	for (size_t cut = 0; cut <= len; cut++) {
		ck_assert(lw_mail_read((struct lw_span){ mails[_i].mail, cut }, &mail));
		lw_mail_fill(&mail, &m);
		ck_assert_int_eq(lw_message_judged(&m, &room, &judged), LUREWATCH_OK);
	}
	if (mails[_i].judged != NULL)
		is(judged, mails[_i].judged);
	lw_buffer_free(&room);
	lw_mail_free(&mail);
}
END_TEST

/* ---- mboxcl: a body as long as its header says, a lie, and one that is too long ---- */

static const struct {
	const char *mbox;
	size_t mails;
} boxes[] = {
	{ "From a Thu Oct 10 12:32:05 2002\nContent-Length: 45\nSubject: s\n\nx\n\nFrom b Thu Oct 10 12:32:05 2002\nnot a mail\n\n"
	    "From c Thu Oct 10 12:32:05 2002\n\ny\n", 2 },
	{ "From a Thu Oct 10 12:32:05 2002\nContent-Length: 45\n\nx\n\nFrom b Thu Oct 10 12:32:05 2002\nnot a mail\n", 1 },
	{ "From a Thu Oct 10 12:32:05 2002\nContent-Length: 40\n\nx\n\nFrom b Thu Oct 10 12:32:05 2002\n\nno mail?\n", 2 },
	{ "From a Thu Oct 10 12:32:05 2002\nContent-Length: 99999999999999999999999\n\nx\n\nFrom b Thu Oct 10 12:32:05 2002\n\ny\n", 2 },
	{ "From a Thu Oct 10 12:32:05 2002\nContent-Length: 4x\n\nx\n\nFrom b Thu Oct 10 12:32:05 2002\n\ny\n", 2 },
	{ "From a Thu Oct 10 12:32:05 2002\nContent-Length: 900\n\nx\n\nFrom b Thu Oct 10 12:32:05 2002\n\ny\n", 2 },
};

START_TEST(mails_of_a_box)
{
	struct lw_reader *reader;
	struct lw_buffer joined = { 0 };
	const struct lw_message *m;
	size_t n = 0, len = strlen(boxes[_i].mbox);

	ck_assert_int_eq(lw_reader_open(scratch_file("box", boxes[_i].mbox, len), &(struct lw_read_options){ .format = "mbox" }, &reader),
	    LUREWATCH_OK);
	while (lw_reader_next(reader, &m) == LUREWATCH_OK && m != NULL) {
		ck_assert(lw_buffer_add(&joined, m->raw.at, m->raw.len));
		n++;
	}
	ck_assert_uint_eq(n, boxes[_i].mails);
	ck_assert(joined.len == len && memcmp(joined.at, boxes[_i].mbox, len) == 0);
	lw_reader_close(reader);
	lw_buffer_free(&joined);
}
END_TEST

Suite *
mail_suite(void)
{
	Suite *s = suite_create("mail");
	TCase *t = tcase_create("mail");

	tcase_add_loop_test(t, what_is_judged, 0, sizeof mails / sizeof mails[0]);
	tcase_add_loop_test(t, mails_of_a_box, 0, sizeof boxes / sizeof boxes[0]);
	suite_add_tcase(s, t);
	return s;
}
