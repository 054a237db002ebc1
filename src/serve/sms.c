/*
 * sms.c - the SMS doors
 *
 * Each reads its gateway's fields into one form, user data and charset; from there all go one way: header off, parts
 * joined, decoded, judged, reported. What is answered is each gateway's own affair: Kannel sends any text it gets to
 * the sender, Jasmin wants ACK/Jasmin to the letter, a webhook what its template says.
 */
#include "read/charset.h"
#include "read/json.h"
#include "serve/counters.h"
#include "serve/form.h"
#include "serve/join.h"
#include "serve/sms.h"
#include "serve/template.h"
#include "write/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 1024 };        /* room for two numbers of JSON */

struct sms {
	struct lw_request *request;
	enum lw_door door;
	struct lw_form form;            /* of a POST */
	struct lw_span from, to, id;
	struct lw_buffer data;          /* user data, its header in front */
	const char *charset;            /* static, or in charset_room */
	struct lw_buffer charset_room, number;
	struct lw_udh udh;
	struct lw_joined joined;
	struct lw_buffer text;
	struct lw_answer answer;
	json_t *json;
	bool lost;                      /* memory is gone */
};

static void
free_sms(struct sms *s)
{
	lw_form_free(&s->form);
	lw_buffer_free(&s->data);
	lw_buffer_free(&s->charset_room);
	lw_buffer_free(&s->number);
	lw_joined_free(&s->joined);
	lw_buffer_free(&s->text);
	lw_answer_free(&s->answer);
	json_decref(s->json);
}

/* ---- fields ---- */

static bool
is_form(const struct lw_request *r)
{
	const char *type = lw_request_header(r, "Content-Type");

	return strcmp(r->method, "POST") == 0 && type != NULL &&
	    strncasecmp(type, "application/x-www-form-urlencoded", strlen("application/x-www-form-urlencoded")) == 0;
}

/* Of the form, else of the query; at NULL: not there. */
static struct lw_span
field(const struct sms *s, const char *name)
{
	struct lw_span value = lw_form_get(&s->form, name);

	return value.at != NULL ? value : lw_request_query(s->request, name);
}

static struct lw_span
header(const struct sms *s, const char *name)
{
	const char *value = lw_request_header(s->request, name);

	return (struct lw_span){ value, value != NULL ? strlen(value) : 0 };
}

static struct lw_span
or(struct lw_span a, struct lw_span b)
{
	return a.at != NULL ? a : b;
}

static unsigned
number_of(struct lw_span s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.len && s.at[i] >= '0' && s.at[i] <= '9' && n < 1000; i++)
		n = n * 10 + (unsigned)(s.at[i] - '0');
	return n;
}

/* Hexadecimal where it is that; false: it is not, nothing was added. */
static bool
add_hex(struct sms *s, struct lw_span hex)
{
	bool good = false;

	s->lost = !lw_unhex(&s->data, hex, &good) || s->lost;
	return good;
}

static void
add(struct sms *s, struct lw_span bytes)
{
	s->lost = !lw_buffer_add(&s->data, bytes.at, bytes.len) || s->lost;
}

static void
name_charset(struct sms *s, struct lw_span name)
{
	if (lw_buffer_add(&s->charset_room, name.at, name.len) && lw_buffer_add(&s->charset_room, "", 1))
		s->charset = s->charset_room.at;
	else
		s->lost = true;
}

/* ---- Kannel ---- */

/*
 * %C says what the bytes are. Where it is empty: UCS-2 by %c; else nothing sure, for Kannel has recoded 7-bit
 * text to UTF-8 or Latin-1 by then, and 8-bit data are whatever the phone sent.
 */
static void
kannel_charset(struct sms *s)
{
	struct lw_span name = field(s, "charset"), coding = or(field(s, "coding"), header(s, "X-Kannel-Coding"));
	const char *type = lw_request_header(s->request, "Content-Type");
	const char *named = type != NULL && !is_form(s->request) ? strcasestr(type, "charset=") : NULL;

	if (name.len == 0 && named != NULL) {
		named += strlen("charset=");
		named += *named == '"';
		name = (struct lw_span){ named, strcspn(named, "\"; \t") };
	}
	if (name.len > 0)
		name_charset(s, name);
	else
		s->charset = number_of(coding) == 2 ? "UTF-16BE" : "UTF-8";
}

/* get-url: fields in the query. post-url: the text is the body, the rest in X-Kannel headers. */
static void
read_kannel(struct sms *s)
{
	struct lw_span hex = field(s, "hex"), text = field(s, "text"), udh = field(s, "udh");
	struct lw_span none = { NULL, 0 };

	s->from = or(field(s, "from"), header(s, "X-Kannel-From"));
	s->to = or(field(s, "to"), header(s, "X-Kannel-To"));
	s->id = or(field(s, "id"), none);
	kannel_charset(s);
	/* %u is the bytes, or hexadecimal by way of a gateway in between; X-Kannel-UDH is encoded as in a form */
	if (udh.len > 0 && !add_hex(s, udh))
		add(s, udh);
	udh = udh.len == 0 ? header(s, "X-Kannel-UDH") : none;
	if (udh.len > 0 && !add_hex(s, udh))
		s->lost = !lw_form_decode(&s->data, udh) || s->lost;
	if (s->data.len > 0)
		s->udh = lw_udh_read((struct lw_span){ s->data.at, s->data.len });
	if (s->udh.len != s->data.len)
		s->data.len = s->udh.len = 0;
	if (hex.len == 0 || !add_hex(s, hex))
		add(s, text.at != NULL ? text : is_form(s->request) ? none : s->request->body);
}

/* ---- Jasmin ---- */

/* `binary` is the hexadecimal of `content`; its bytes are as `coding` says, a user data header perhaps still in front. */
static void
read_jasmin(struct sms *s)
{
	struct lw_span coding = field(s, "coding"), hex = or(field(s, "binary"), field(s, "hex-content"));
	struct lw_udh udh;

	s->from = field(s, "from");
	s->to = field(s, "to");
	s->id = field(s, "id");
	s->charset = lw_sms_charset(number_of(coding));
	if (hex.len == 0 || !add_hex(s, hex))
		add(s, field(s, "content"));
	if (s->charset == NULL)
		s->charset = "UTF-8";
	/* esm_class is not passed on, so only a header that numbers parts or names a shift table is believed */
	udh = lw_udh_read((struct lw_span){ s->data.at, s->data.len });
	if (udh.total > 0 || udh.single > 0 || udh.locking > 0)
		s->udh = udh;
}

/* ---- webhook ---- */

/* message.text is the member text of the member message. */
static const json_t *
json_at(const json_t *value, const char *path)
{
	while (value != NULL && *path != '\0') {
		size_t len = strcspn(path, ".");
		char name[128];

		if (len >= sizeof name)
			return NULL;
		memcpy(name, path, len);
		name[len] = '\0';
		value = json_object_get(value, name);
		path += len + (path[len] == '.');
	}
	return value;
}

static struct lw_span
webhook_field(struct sms *s, const char *name)
{
	const json_t *value;
	size_t at = s->number.len;

	if (s->json == NULL)
		return field(s, name);
	value = json_at(s->json, name);
	if (json_is_string(value))
		return lw_json_string(value);
	if (!lw_json_add_scalar(&s->number, value))
		s->lost = true;
	return (struct lw_span){ s->number.len > at ? s->number.at + at : NULL, s->number.len - at };
}

static void
read_webhook(struct sms *s)
{
	const struct lw_config *config = s->request->server->config;
	const char *type = lw_request_header(s->request, "Content-Type");
	json_error_t error;

	if (type != NULL && strstr(type, "json") != NULL)
		s->json = lw_json_parse(s->request->body, &s->data, &error);
	s->data.len = 0;
	/* numbers are written one after the other: no growing while spans borrow */
	s->lost = !lw_buffer_reserve(&s->number, NUMBERS) || s->lost;
	s->id = webhook_field(s, config->webhook_id);
	add(s, webhook_field(s, config->webhook_text));
	s->charset = "UTF-8";
}

/* ---- answers ---- */

const char *const lw_sms_places[] = { "id", "from", "label", "risk", "flagged", "indicators", "text", NULL };

static void
put_template(struct sms *s, const char *template, const char *type, enum lw_outcome outcome)
{
	const struct lw_answer *a = &s->answer;
	bool judged = outcome == LW_JUDGED;
	struct lw_result result = { .model = a->model, .verdict = &a->verdict };
	const char *label = judged ? lurewatch_label(a->model, a->verdict.label) :
	    lw_server_policy(s->request->server, s->door) == LW_UNSURE ? "unsure" : "";
	const char *flagged = judged && a->verdict.flagged ? "true" : "false";
	struct lw_buffer risk = { 0 }, indicators = { 0 };
	struct lw_span text = { s->text.at, s->text.len };
	bool done = judged ? lw_put_fixed(&risk, a->verdict.risk, 4) && lw_put_indicators(&indicators, &result, ",") :
	    lw_buffer_add_text(&risk, "null");
	struct lw_value value[] = { { "id", s->id, false }, { "from", s->from, false }, { "label", { label, strlen(label) }, false },
		{ "risk", { risk.at, risk.len }, true }, { "flagged", { flagged, strlen(flagged) }, true },
		{ "indicators", { indicators.at, indicators.len }, false }, { "text", text, false } };

	s->request->type = type;
	done = done && lw_template_put(&s->request->out, (struct lw_span){ template, strlen(template) }, lw_escape_of_type(type),
	    value, sizeof value / sizeof value[0]);
	s->lost = !done || s->lost;
	lw_buffer_free(&risk);
	lw_buffer_free(&indicators);
}

/* true: the door asks for the message again later. */
static bool
try_again(struct sms *s, enum lw_outcome outcome)
{
	if (outcome == LW_JUDGED || lw_server_policy(s->request->server, s->door) != LW_TEMPFAIL)
		return false;
	s->request->retry_after = 1;
	lw_request_refuse(s->request, 503, lw_outcome_name(outcome));
	return true;
}

/* Whatever is in the body goes to the sender as SMS, so by default nothing is. */
static void
answer_kannel(struct sms *s, enum lw_outcome outcome)
{
	const char *template = s->request->server->config->kannel_answer;

	s->request->type = "text/plain; charset=utf-8";
	if (!try_again(s, outcome) && outcome == LW_JUDGED && s->answer.verdict.flagged)
		put_template(s, template, s->request->type, outcome);
}

static void
answer_jasmin(struct sms *s, enum lw_outcome outcome)
{
	s->request->type = "text/plain";
	if (!try_again(s, outcome))
		lw_buffer_add_text(&s->request->out, "ACK/Jasmin");
}

static void
answer_webhook(struct sms *s, enum lw_outcome outcome)
{
	const struct lw_config *config = s->request->server->config;

	if (!try_again(s, outcome))
		put_template(s, config->webhook_answer, config->webhook_type, outcome);
}

static const struct sms_door {
	enum lw_door door;
	void (*read)(struct sms *);
	void (*answer)(struct sms *, enum lw_outcome);
} kannel = { LW_DOOR_KANNEL, read_kannel, answer_kannel }, jasmin = { LW_DOOR_JASMIN, read_jasmin, answer_jasmin },
    webhook = { LW_DOOR_WEBHOOK, read_webhook, answer_webhook };

/* ---- one way for all ---- */

/* The message's text; false: the other parts are waited for. */
static bool
make_text(struct sms *s)
{
	struct lw_span data = { s->data.at, s->data.len };
	struct lw_part part = { .from = s->from, .to = s->to, .id = s->id, .data = data, .udh = s->udh, .charset = s->charset,
		.door = (int)s->door };
	struct lw_buffer payload = { 0 };
	enum lw_join_result joined = s->udh.total > 1 ? lw_join(s->request->joiner, &part, lw_now(), &s->joined) : LW_JOIN_NO_ROOM;

	if (joined == LW_JOIN_WAITS)
		return false;
	if (joined == LW_JOIN_WHOLE) {
		s->lost = !lw_buffer_add(&s->text, s->joined.text.at, s->joined.text.len) || s->lost;
		return true;
	}
	s->lost = joined == LW_JOIN_NO_MEMORY || !lw_sms_payload(&payload, data, &s->udh, s->charset) ||
	    !lw_sms_decode(&s->text, (struct lw_span){ payload.at, payload.len }, s->charset, &s->udh) || s->lost;
	lw_buffer_free(&payload);
	return true;
}

static void
report(struct sms *s, enum lw_outcome outcome)
{
	struct lw_note note = { .door = s->door, .outcome = outcome, .answer = &s->answer, .id = s->id,
		.client = s->from.at != NULL ? s->from : (struct lw_span){ s->request->peer, strlen(s->request->peer) },
		.text = { s->text.at, s->text.len }, .begun = s->request->begun };

	lw_report(s->request->server, &note);
}

static void
log_part(struct sms *s)
{
	struct lw_buffer id = { 0 };

	if (lw_log_value(&id, s->id))
		lw_log(s->request->server->log, "event=part door=%s id=%.*s part=%u total=%u", lw_door_name(s->door), (int)id.len,
		    id.at, s->udh.number, s->udh.total);
	lw_buffer_free(&id);
}

static void
serve(struct lw_request *r, struct lw_seat *seat, const struct sms_door *door)
{
	struct sms s = { .request = r, .door = door->door, .charset = "UTF-8" };
	enum lw_outcome outcome = LW_FAILED;

	s.lost = is_form(r) && !lw_form_read(&s.form, r->body);
	door->read(&s);
	if (!s.lost && !make_text(&s)) {
		/* a part is no message: silence to Kannel, an acknowledgement to Jasmin */
		log_part(&s);
		r->type = "text/plain";
		if (door == &jasmin)
			lw_buffer_add_text(&r->out, "ACK/Jasmin");
	} else {
		if (!s.lost)
			outcome = lw_judge(seat, (struct lw_span){ s.text.at, s.text.len }, false, &s.answer);
		report(&s, outcome);
		door->answer(&s, outcome);
	}
	free_sms(&s);
}

static void
serve_unjudged(struct lw_request *r, const struct sms_door *door, enum lw_outcome outcome)
{
	struct sms s = { .request = r, .door = door->door, .charset = "UTF-8" };

	door->answer(&s, outcome);
	free_sms(&s);
}

void
lw_http_kannel(struct lw_request *r, struct lw_seat *seat)
{
	serve(r, seat, &kannel);
}

void
lw_http_kannel_unjudged(struct lw_request *r, enum lw_outcome outcome)
{
	serve_unjudged(r, &kannel, outcome);
}

void
lw_http_jasmin(struct lw_request *r, struct lw_seat *seat)
{
	serve(r, seat, &jasmin);
}

void
lw_http_jasmin_unjudged(struct lw_request *r, enum lw_outcome outcome)
{
	serve_unjudged(r, &jasmin, outcome);
}

void
lw_http_webhook(struct lw_request *r, struct lw_seat *seat)
{
	serve(r, seat, &webhook);
}

void
lw_http_webhook_unjudged(struct lw_request *r, enum lw_outcome outcome)
{
	serve_unjudged(r, &webhook, outcome);
}

/* ---- parts whose time is up ---- */

struct expired {
	struct lw_job job;
	struct lw_server *server;
	struct lw_joined joined;
	struct lw_answer answer;
	int64_t begun;
};

static void
finish_expired(struct expired *e, enum lw_outcome outcome)
{
	struct lw_note note = { .door = (enum lw_door)e->joined.door, .outcome = outcome, .answer = &e->answer,
		.id = { e->joined.id.at, e->joined.id.len }, .client = { e->joined.from.at, e->joined.from.len },
		.action = "parts-missing", .text = { e->joined.text.at, e->joined.text.len }, .begun = e->begun };

	lw_report(e->server, &note);
	lw_count(e->server->counters, LW_COUNT_PARTS_EXPIRED);
	lw_joined_free(&e->joined);
	lw_answer_free(&e->answer);
	free(e);
}

static void
judge_expired(struct lw_job *job, struct lw_seat *seat)
{
	struct expired *e = (struct expired *)job;

	finish_expired(e, lw_judge(seat, (struct lw_span){ e->joined.text.at, e->joined.text.len }, false, &e->answer));
}

void
lw_sms_tick(struct lw_server *server, struct lw_joiner *joiner, bool all)
{
	int64_t now = all ? INT64_MAX : lw_now();
	struct expired *e;

	while ((e = calloc(1, sizeof *e)) != NULL && lw_join_expired(joiner, now, &e->joined)) {
		e->job.run = judge_expired;
		e->server = server;
		e->begun = lw_now();
		if (lw_desk_put(server->desk, &e->job) != LW_JUDGED)
			finish_expired(e, LW_OVERLOADED);
	}
	if (e != NULL)
		lw_joined_free(&e->joined);
	free(e);
}
