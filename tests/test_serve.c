/* test_serve.c - the daemon's parts: options, addresses, networks, templates, forms, sections, joined SMS, paths, and the page's words */
#include "scratch.h"

#include "serve/config.h"
#include "serve/counters.h"
#include "serve/files.h"
#include "serve/form.h"
#include "serve/http.h"
#include "serve/join.h"
#include "serve/nets.h"
#include "serve/template.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])
#define is(b, literal) ck_assert_msg(lw_span_is((struct lw_span){ (b).at, (b).len }, literal), "got \"%.*s\", not \"%s\"", \
    (int)(b).len, (b).at, literal)

static struct lw_span
span(const char *text)
{
	return (struct lw_span){ text, text != NULL ? strlen(text) : 0 };
}

/* ---- options ---- */

static const struct {
	const char *name, *value, *why;         /* why NULL: taken */
} values[] = {
	{ "threads", "4", NULL },
	{ "threads", "0", "threads: '0': a number from 1 to 1024 is meant" },
	{ "threads", "-1", "threads: '-1': a number from 1 to 1024 is meant" },
	{ "threads", "4x", "threads: '4x': a number from 1 to 1024 is meant" },
	{ "threads", "", "threads: '': a number from 1 to 1024 is meant" },
	{ "threads", "99999999999999999999", "threads: '99999999999999999999': a number from 1 to 1024 is meant" },
	{ "message-size", "64K", NULL },
	{ "message-size", "1G", NULL },
	{ "message-size", "2G", "message-size: '2G': a number from 1024 to 1073741824 is meant, K, M or G may follow" },
	{ "message-size", "5T", "message-size: '5T': a number from 1024 to 1073741824 is meant, K, M or G may follow" },
	{ "threshold", "0.5", NULL },
	{ "threshold", "nan", "threshold: 'nan': a number from 0 to 1 is meant" },
	{ "threshold", "1.1", "threshold: '1.1': a number from 0 to 1 is meant" },
	{ "watch", "no", NULL },
	{ "watch", "maybe", "watch: 'maybe': yes or no is meant" },
	{ "log", "syslog", NULL },
	{ "log", "sys", "log: 'sys': stderr, syslog or none" },
	{ "log", "", "log: '': stderr, syslog or none" },
	{ "on-error", "tempfail", NULL },
	{ "on-error", "milter=accept", NULL },
	{ "on-error", "milter=reject", "on-error: 'milter=reject': accept, tempfail or unsure is meant" },
	{ "on-error", "window=accept",
	    "on-error: 'window=accept': there is no such door: http, page, kannel, jasmin, webhook, spamd, milter" },
	{ "http", "127.0.0.1:8073", NULL },
	{ "http", "somewhere", "somewhere: [HOST:]PORT or unix:PATH is meant" },
	{ "htpp", "8073", "'htpp': there is no such option" },
};

START_TEST(values_are_checked)
{
	struct lw_config c;
	struct lw_buffer why = { 0 };

	ck_assert(lw_config_defaults(&c));
	ck_assert_int_eq(lw_config_set(&c, values[_i].name, values[_i].value, &why), values[_i].why == NULL);
	is(why, values[_i].why != NULL ? values[_i].why : "");
	lw_config_free(&c);
	lw_buffer_free(&why);
}
END_TEST

static const char good_file[] =
	"# a comment\n"
	"\n"
	"  threads=3  \n"
	"http = 8073\r\n"
	"http = unix:/run/lurewatch/http.sock,mode=0600\n"
	"on-error = accept\n"
	"on-error = jasmin=unsure\n"
	"webhook-answer = {\"a\":{label}, \"b\": \"x = y # no comment\"}";

START_TEST(files_set_options)
{
	struct lw_config c;
	struct lw_buffer why = { 0 };
	const char *path = scratch_file("good.conf", good_file, sizeof good_file - 1);

	ck_assert(lw_config_defaults(&c));
	ck_assert(lw_config_read(&c, path, &why) && lw_config_check(&c, &why));
	ck_assert_uint_eq(c.threads, 3);
	ck_assert_uint_eq(c.http.n, 2);
	ck_assert_str_eq(c.http.at[1], "unix:/run/lurewatch/http.sock,mode=0600");
	ck_assert_int_eq(c.policy[LW_DOOR_MILTER], LW_ACCEPT);
	ck_assert_int_eq(c.policy[LW_DOOR_JASMIN], LW_UNSURE);
	ck_assert_str_eq(c.webhook_answer, "{\"a\":{label}, \"b\": \"x = y # no comment\"}");
	lw_config_free(&c);
	lw_buffer_free(&why);
}
END_TEST

START_TEST(every_wrong_line_is_named)
{
	static const char text[] = "threads = 2\nbogus = 1\nno value\nqueue = x\n\0 = 1\n";
	struct lw_config c;
	struct lw_buffer why = { 0 }, wanted = { 0 };
	const char *path = scratch_file("bad.conf", text, sizeof text - 1);

	ck_assert(lw_buffer_addf(&wanted, "%s:2: 'bogus': there is no such option\n%s:3: 'name = value' is meant\n"
	    "%s:4: queue: 'x': a number from 1 to 1000000 is meant\n%s:5: a NUL byte", path, path, path, path));
	ck_assert(lw_buffer_add(&wanted, "", 1));
	ck_assert(lw_config_defaults(&c));
	ck_assert(!lw_config_read(&c, path, &why));
	is(why, wanted.at);
	why.len = 0;
	ck_assert(!lw_config_read(&c, scratch_path("missing.conf"), &why));
	ck_assert_ptr_nonnull(memmem(why.at, why.len, "No such file", 12));
	lw_config_free(&c);
	lw_buffer_free(&why);
	lw_buffer_free(&wanted);
}
END_TEST

/* What is printed is a file that sets the same. */
START_TEST(printed_is_read_back)
{
	struct lw_config c, d;
	struct lw_buffer first = { 0 }, second = { 0 }, why = { 0 };
	const char *path = scratch_file("good.conf", good_file, sizeof good_file - 1);

	ck_assert(lw_config_defaults(&c) && lw_config_defaults(&d));
	ck_assert(lw_config_read(&c, path, &why));
	ck_assert(lw_config_print(&c, &first));
	ck_assert(lw_config_read(&d, scratch_file("printed.conf", first.at, first.len), &why));
	ck_assert(lw_config_print(&d, &second) && lw_buffer_add(&second, "", 1));
	is(first, second.at);
	lw_config_free(&c);
	lw_config_free(&d);
	lw_buffer_free(&first);
	lw_buffer_free(&second);
	lw_buffer_free(&why);
}
END_TEST

static const struct {
	const char *name, *value, *why;
} together[] = {
	{ "http-key", "k.pem", "http-certificate and http-key go together" },
	{ "memory", "64K", "message-size is larger than memory" },
	{ "webhook-answer", "{lable}", "webhook-answer: there is no {lable}: id, from, label, risk, flagged, indicators, text" },
	{ "kannel-answer", "{indicators} {x}", "kannel-answer: there is no {x}: id, from, label, risk, flagged, indicators, text" },
};

START_TEST(options_fit_together)
{
	struct lw_config c;
	struct lw_buffer why = { 0 };

	ck_assert(lw_config_defaults(&c));
	ck_assert(lw_config_check(&c, &why));
	ck_assert(lw_config_set(&c, together[_i].name, together[_i].value, &why));
	ck_assert(!lw_config_check(&c, &why));
	is(why, together[_i].why);
	lw_config_free(&c);
	lw_buffer_free(&why);
}
END_TEST

/* ---- addresses and networks ---- */

static const struct {
	const char *text, *host, *port, *path;  /* all NULL: refused */
	unsigned mode;
} addresses[] = {
	{ "8073", "127.0.0.1", "8073", NULL, 0 },
	{ "192.0.2.1:80", "192.0.2.1", "80", NULL, 0 },
	{ "localhost:80", "localhost", "80", NULL, 0 },
	{ "*:80", NULL, "80", NULL, 0 },
	{ "[::1]:80", "::1", "80", NULL, 0 },
	{ "unix:/run/x", NULL, NULL, "/run/x", 0660 },
	{ "unix:/run/x,mode=0600", NULL, NULL, "/run/x", 0600 },
	{ "unix:/run/x,mode=9", NULL, NULL, NULL, 0 },
	{ "unix:/run/x,mode=07777", NULL, NULL, NULL, 0 },
	{ "unix:", NULL, NULL, NULL, 0 },
	{ "::1:80", NULL, NULL, NULL, 0 },
	{ ":80", NULL, NULL, NULL, 0 },
	{ "65536", NULL, NULL, NULL, 0 },
	{ "host:", NULL, NULL, NULL, 0 },
	{ "", NULL, NULL, NULL, 0 },
};

static void
same(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		ck_assert(a == NULL && b == NULL);
	else
		ck_assert_str_eq(a, b);
}

START_TEST(addresses_are_read)
{
	struct lw_address a = { 0 };
	struct lw_buffer why = { 0 };
	bool wanted = addresses[_i].port != NULL || addresses[_i].path != NULL;

	ck_assert_int_eq(lw_address_parse(addresses[_i].text, &a, &why), wanted);
	if (wanted) {
		same(a.host, addresses[_i].host);
		same(a.port, addresses[_i].port);
		same(a.path, addresses[_i].path);
		ck_assert_uint_eq(a.mode, addresses[_i].mode);
	} else {
		ck_assert_uint_gt(why.len, 0);
	}
	lw_address_free(&a);
	lw_buffer_free(&why);
}
END_TEST

/* A stale socket is replaced, a living one and a file are not; the mode is as asked. */
START_TEST(unix_sockets)
{
	struct lw_buffer address = { 0 }, why = { 0 };
	const char *path = scratch_path("sock");
	struct stat st;
	int first, second;

	ck_assert(lw_buffer_addf(&address, "unix:%s,mode=0640", path) && lw_buffer_add(&address, "", 1));
	first = lw_listen(address.at, (unsigned)-1, &why);
	ck_assert_int_ge(first, 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0640);
	ck_assert_int_lt(lw_listen(address.at, (unsigned)-1, &why), 0);
	ck_assert_ptr_nonnull(memmem(why.at, why.len, "in use", 6));
	close(first);
	second = lw_listen(address.at, (unsigned)-1, &why);
	ck_assert_int_ge(second, 0);
	close(second);
	unlink(path);
	scratch_file("sock", "data", 4);
	ck_assert_int_lt(lw_listen(address.at, (unsigned)-1, &why), 0);
	unlink(path);
	lw_buffer_free(&address);
	lw_buffer_free(&why);
}
END_TEST

static const struct {
	const char *net, *address;
	bool holds;
} nets[] = {
	{ "192.0.2.0/24", "192.0.2.255", true }, { "192.0.2.0/24", "192.0.3.0", false }, { "192.0.2.7", "192.0.2.7", true },
	{ "192.0.2.7", "192.0.2.6", false }, { "0.0.0.0/0", "198.51.100.1", true }, { "192.0.2.128/25", "192.0.2.127", false },
	{ "2001:db8::/32", "2001:db8:1::1", true }, { "2001:db8::/32", "2001:db9::1", false }, { "::1", "::1", true },
	{ "192.0.2.0/24", "::ffff:192.0.2.9", true }, { "0.0.0.0/0", "::1", false },
};

static struct sockaddr_storage
address_of(const char *text)
{
	struct sockaddr_storage s = { 0 };
	struct sockaddr_in *four = (struct sockaddr_in *)&s;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&s;

	s.ss_family = inet_pton(AF_INET, text, &four->sin_addr) == 1 ? AF_INET : AF_INET6;
	if (s.ss_family == AF_INET6)
		ck_assert_int_eq(inet_pton(AF_INET6, text, &six->sin6_addr), 1);
	return s;
}

START_TEST(networks_hold)
{
	char *one[] = { (char *)(uintptr_t)nets[_i].net };
	struct lw_list list = { one, 1, 1 };
	struct sockaddr_storage from = address_of(nets[_i].address);
	struct lw_nets n = { 0 };
	struct lw_buffer why = { 0 };

	ck_assert(lw_nets_hold(&n, (struct sockaddr *)&from));
	ck_assert(lw_nets_read(&n, &list, &why));
	ck_assert_int_eq(lw_nets_hold(&n, (struct sockaddr *)&from), nets[_i].holds);
	from.ss_family = AF_UNIX;
	ck_assert(lw_nets_hold(&n, (struct sockaddr *)&from));
	lw_nets_free(&n);
	lw_buffer_free(&why);
}
END_TEST

START_TEST(what_is_no_network)
{
	static const char *const bad[] = { "", "192.0.2.0/33", "192.0.2/24", "::1/129", "192.0.2.0/", "192.0.2.0/2x", "host" };

	for (int i = 0; i < COUNT(bad); i++) {
		char *one[] = { (char *)(uintptr_t)bad[i] };
		struct lw_list list = { one, 1, 1 };
		struct lw_nets n = { 0 };
		struct lw_buffer why = { 0 };

		ck_assert_msg(!lw_nets_read(&n, &list, &why), "%s", bad[i]);
		lw_nets_free(&n);
		lw_buffer_free(&why);
	}
}
END_TEST

/* ---- templates and sections ---- */

static const struct {
	const char *text;
	enum lw_escape escape;
	const char *out;
} templates[] = {
	{ "{label} is {risk}", LW_ESCAPE_PLAIN, "a<\"b is 0.5" },
	{ "{\"id\":{label},\"r\":{risk}}", LW_ESCAPE_JSON, "{\"id\":\"a<\\\"b\",\"r\":0.5}" },
	{ "<i a='{label}'>{risk}</i>", LW_ESCAPE_MARKUP, "<i a='a&lt;&quot;b'>0.5</i>" },
	{ "{unknown} {Label} {} {label", LW_ESCAPE_PLAIN, "{unknown} {Label} {} {label" },
	{ "{{label}}", LW_ESCAPE_PLAIN, "{a<\"b}" },
	{ "", LW_ESCAPE_PLAIN, "" },
};

START_TEST(templates_are_filled)
{
	struct lw_value value[] = { { "label", LW_SPAN("a<\"b"), false }, { "risk", LW_SPAN("0.5"), true } };
	struct lw_buffer b = { 0 };

	ck_assert(lw_template_put(&b, span(templates[_i].text), templates[_i].escape, value, 2));
	is(b, templates[_i].out);
	lw_buffer_free(&b);
}
END_TEST

START_TEST(sections_are_found)
{
	struct lw_span file = LW_SPAN("before<!--[a]-->\none {x}\n<!--[ab]-->\ntwo<!--[c]-->\n");
	struct lw_value value = { "x", LW_SPAN("<"), false };
	struct lw_buffer b = { 0 };

	ck_assert(lw_put_section(&b, file, "a", &value, 1) && lw_put_section(&b, file, "none", NULL, 0) &&
	    lw_put_section(&b, file, "ab", NULL, 0) && lw_put_section(&b, file, "c", NULL, 0));
	is(b, "one &lt;\ntwo");
	ck_assert_ptr_null(lw_section(file, "b").at);
	lw_buffer_free(&b);
}
END_TEST

START_TEST(the_page_has_its_sections)
{
	static const char *const names[] = { "head", "intro", "form", "verdict", "title-recruitment", "words-recruitment",
		"title-fraud", "words-fraud", "title-flagged", "words-flagged", "title-unsure", "words-unsure", "title-spam",
		"words-spam", "title-clean", "words-clean", "odds", "odds-high", "odds-low", "message", "note-hidden",
		"note-lookalike", "note-cut", "signs", "no-signs", "honest", "no-honest", "no-honest-clean", "sign",
		"next-recruitment", "next-fraud", "next-clean", "again", "busy", "busy-words", "large-words", "foot" };
	static const char *const status[] = { "head", "facts", "verdicts", "verdict", "no-verdict", "counts", "count", "foot" };

	for (int i = 0; i < COUNT(names); i++)
		ck_assert_msg(lw_section(lw_page_file(), names[i]).len > 0, "%s", names[i]);
	for (int i = 0; i < COUNT(status); i++)
		ck_assert_msg(lw_section(lw_status_file(), status[i]).len > 0, "%s", status[i]);
	ck_assert_uint_gt(lw_css_file().len, 0);
}
END_TEST

/* ---- forms ---- */

static const struct {
	struct lw_span body;
	const char *name;
	struct lw_span value;           /* at NULL: not there */
} forms[] = {
	{ { "text=a+b%20c&x=1", 16 }, "text", { "a b c", 5 } },
	{ { "text=a&text=b", 13 }, "text", { "a", 1 } },
	{ { "text", 4 }, "text", { "", 0 } },
	{ { "text=", 5 }, "text", { "", 0 } },
	{ { "te%78t=%00%ff", 13 }, "text", { "\0\xff", 2 } },
	{ { "text=%4", 7 }, "text", { "%4", 2 } },
	{ { "text=%zz%", 9 }, "text", { "%zz%", 4 } },
	{ { "&&=&text=a=b", 12 }, "text", { "a=b", 3 } },
	{ { "", 0 }, "text", { NULL, 0 } },
	{ { "texts=1", 7 }, "text", { NULL, 0 } },
};

START_TEST(forms_are_read)
{
	struct lw_form f = { 0 };
	struct lw_span got;

	ck_assert(lw_form_read(&f, forms[_i].body));
	got = lw_form_get(&f, forms[_i].name);
	ck_assert_int_eq(got.at != NULL, forms[_i].value.at != NULL);
	ck_assert_uint_eq(got.len, forms[_i].value.len);
	ck_assert(got.len == 0 || memcmp(got.at, forms[_i].value.at, got.len) == 0);
	lw_form_free(&f);
}
END_TEST

START_TEST(hexadecimal)
{
	static const struct {
		const char *hex;
		bool good;
		size_t len;
	} texts[] = { { "00fFa1", true, 3 }, { "", true, 0 }, { "0", false, 0 }, { "0g", false, 0 }, { "00 0", false, 0 } };

	for (int i = 0; i < COUNT(texts); i++) {
		struct lw_buffer b = { 0 };
		bool good;

		ck_assert(lw_unhex(&b, span(texts[i].hex), &good));
		ck_assert_int_eq(good, texts[i].good);
		ck_assert_uint_eq(b.len, texts[i].len);
		lw_buffer_free(&b);
	}
}
END_TEST

/* ---- parts ---- */

static struct lw_part
part(const char *from, unsigned reference, unsigned number, unsigned total, struct lw_span data)
{
	return (struct lw_part){ .from = span(from), .to = LW_SPAN("100"), .id = LW_SPAN("i"), .data = data,
		.udh = { .len = 0, .reference = reference, .total = total, .number = number }, .charset = "UTF-16BE", .door = 3 };
}

START_TEST(parts_are_joined_in_their_order)
{
	struct lw_joiner *j = lw_joiner_new(10, 100);
	struct lw_joined out = { 0 };
	/* a character of two units cut between the parts */
	struct lw_part second = part("1", 7, 2, 2, (struct lw_span){ "\xde\x00\x00!", 4 });
	struct lw_part first = part("1", 7, 1, 2, (struct lw_span){ "\x00H\xd8\x3d", 4 });
	struct lw_part other = part("2", 7, 1, 2, (struct lw_span){ "\x00X", 2 });

	ck_assert_int_eq(lw_join(j, &second, 0, &out), LW_JOIN_WAITS);
	ck_assert_int_eq(lw_join(j, &other, 0, &out), LW_JOIN_WAITS);
	ck_assert_int_eq(lw_join(j, &second, 1, &out), LW_JOIN_WAITS);
	ck_assert_uint_eq(lw_joiner_waiting(j), 2);
	ck_assert_int_eq(lw_join(j, &first, 2, &out), LW_JOIN_WHOLE);
	is(out.text, "H\xf0\x9f\x98\x80!");
	is(out.from, "1");
	is(out.id, "i");
	ck_assert(out.whole);
	ck_assert_int_eq(out.door, 3);
	ck_assert_uint_eq(lw_joiner_waiting(j), 1);
	lw_joined_free(&out);
	lw_joiner_free(j);
}
END_TEST

START_TEST(parts_wait_no_longer_than_told)
{
	struct lw_joiner *j = lw_joiner_new(10, 100);
	struct lw_joined out = { 0 };
	struct lw_part third = part("1", 7, 3, 3, (struct lw_span){ "\x00" "c", 2 });
	struct lw_part first = part("1", 7, 1, 3, (struct lw_span){ "\x00" "a", 2 });

	ck_assert_int_eq(lw_join(j, &third, 10, &out), LW_JOIN_WAITS);
	ck_assert_int_eq(lw_join(j, &first, 90, &out), LW_JOIN_WAITS);
	ck_assert(!lw_join_expired(j, 109, &out));
	ck_assert(lw_join_expired(j, 110, &out));
	is(out.text, "ac");
	ck_assert(!out.whole);
	ck_assert(!lw_join_expired(j, 1000, &out));
	ck_assert_uint_eq(lw_joiner_waiting(j), 0);
	lw_joined_free(&out);
	lw_joiner_free(j);
}
END_TEST

START_TEST(parts_are_bounded)
{
	struct lw_joiner *j = lw_joiner_new(2, 100);
	struct lw_joined out = { 0 };
	struct lw_part a = part("1", 1, 1, 2, LW_SPAN("")), b = part("2", 1, 1, 2, LW_SPAN(""));
	struct lw_part c = part("3", 1, 1, 2, LW_SPAN("")), end = part("1", 1, 2, 2, LW_SPAN("")), bad = part("4", 1, 3, 2, LW_SPAN(""));

	ck_assert_int_eq(lw_join(j, &a, 0, &out), LW_JOIN_WAITS);
	ck_assert_int_eq(lw_join(j, &b, 0, &out), LW_JOIN_WAITS);
	ck_assert_int_eq(lw_join(j, &c, 0, &out), LW_JOIN_NO_ROOM);
	ck_assert_int_eq(lw_join(j, &bad, 0, &out), LW_JOIN_NO_ROOM);
	/* the part that makes one whole is always taken */
	ck_assert_int_eq(lw_join(j, &end, 0, &out), LW_JOIN_WHOLE);
	ck_assert_int_eq(lw_join(j, &c, 0, &out), LW_JOIN_WAITS);
	lw_joined_free(&out);
	lw_joiner_free(j);
}
END_TEST

/* ---- paths and counters ---- */

START_TEST(paths_are_found)
{
	const char *allowed;

	ck_assert_ptr_nonnull(lw_route_find("POST", "/v1/score", &allowed));
	ck_assert_ptr_nonnull(lw_route_find("HEAD", "/healthz", &allowed));
	ck_assert_ptr_null(lw_route_find("GET", "/v1/score", &allowed));
	ck_assert_str_eq(allowed, "POST");
	ck_assert_ptr_null(lw_route_find("GET", "/v1", &allowed));
	ck_assert_ptr_null(allowed);
	/* health is for everyone, verdicts are not */
	ck_assert(!lw_route_find("GET", "/healthz", &allowed)->needs_token);
	for (const struct lw_route *r = lw_routes; r->path != NULL; r++)
		ck_assert_msg(r->needs_token || (strncmp(r->path, "/v1/", 4) != 0 && strncmp(r->path, "/sms/", 5) != 0), "%s", r->path);
}
END_TEST

START_TEST(labels_are_counted)
{
	struct lw_counters *c = lw_counters_new();
	struct lw_count_row row;
	size_t rows = 0;
	uint64_t n = 0;

	ck_assert_ptr_nonnull(c);
	for (int i = 0; i < 1000; i++) {
		char label[16];

		snprintf(label, sizeof label, "label-%d", i);
		lw_count_verdict(c, LW_DOOR_HTTP, label, i % 2 == 0, i < 990 ? 1000000 : 90000000);
	}
	for (; lw_counters_row(c, rows, &row); rows++)
		n += row.n;
	ck_assert_uint_eq(n, 1000);
	ck_assert_uint_le(rows, 256);
	ck_assert(lw_counters_quantile(c, 0.5) == 0.001);
	ck_assert(lw_counters_quantile(c, 0.999) == 0.1);
	lw_counters_free(c);
}
END_TEST

Suite *
serve_suite(void)
{
	Suite *s = suite_create("serve");
	TCase *t = tcase_create("serve");

	tcase_add_loop_test(t, values_are_checked, 0, COUNT(values));
	tcase_add_test(t, files_set_options);
	tcase_add_test(t, every_wrong_line_is_named);
	tcase_add_test(t, printed_is_read_back);
	tcase_add_loop_test(t, options_fit_together, 0, COUNT(together));
	tcase_add_loop_test(t, addresses_are_read, 0, COUNT(addresses));
	tcase_add_test(t, unix_sockets);
	tcase_add_loop_test(t, networks_hold, 0, COUNT(nets));
	tcase_add_test(t, what_is_no_network);
	tcase_add_loop_test(t, templates_are_filled, 0, COUNT(templates));
	tcase_add_test(t, sections_are_found);
	tcase_add_test(t, the_page_has_its_sections);
	tcase_add_loop_test(t, forms_are_read, 0, COUNT(forms));
	tcase_add_test(t, hexadecimal);
	tcase_add_test(t, parts_are_joined_in_their_order);
	tcase_add_test(t, parts_wait_no_longer_than_told);
	tcase_add_test(t, parts_are_bounded);
	tcase_add_test(t, paths_are_found);
	tcase_add_test(t, labels_are_counted);
	suite_add_tcase(s, t);
	return s;
}
