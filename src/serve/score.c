/*
 * score.c - POST /v1/score: one message or many, and their verdicts in the same order
 *
 *      application/json        an object gives an object, an array an array
 *      application/x-ndjson    a line gives a line
 *      anything else           the body is one text, in the charset of its Content-Type
 *
 * Every message has its verdict or its error in its place. ?explain=1 adds the evidence.
 */
#include "read/format.h"
#include "read/json.h"
#include "read/charset.h"
#include "serve/http.h"
#include "write/write.h"

#include <stdio.h>
#include <string.h>

struct scoring {
	struct lw_request *request;
	struct lw_seat *seat;
	struct lw_answer answer;
	struct lw_buffer room, number;
	uint64_t n;                     /* messages so far */
	bool explain, bad;              /* bad: memory is gone */
	enum lw_outcome last;
};

static void
add(struct scoring *s, const char *text)
{
	s->bad = !lw_buffer_add_text(&s->request->out, text) || s->bad;
}

/* Judges and writes one record, with its newline. */
static void
score_message(struct scoring *s, struct lw_message *m)
{
	struct lw_request *r = s->request;
	struct lw_note note = { .door = LW_DOOR_HTTP, .id = m->id, .client = { r->peer, strlen(r->peer) }, .answer = &s->answer,
		.begun = r->begun };
	struct lw_result result = { .message = m, .judged = { "", 0 }, .explain = s->explain };
	static const char *const causes[LW_OUTCOMES] = { NULL, "overloaded", "no verdict in time", "no verdict", "too large" };

	m->path = "request";
	m->record = ++s->n;
	note.outcome = LW_FAILED;
	if (m->error == NULL && lw_message_judged(m, &s->room, &result.judged) == LUREWATCH_OK) {
		note.outcome = lw_judge(s->seat, result.judged, s->explain, &s->answer);
		m->error = causes[note.outcome];
	}
	if (note.outcome == LW_JUDGED) {
		result.model = s->answer.model;
		result.verdict = &s->answer.verdict;
		result.evidence = s->answer.evidence;
		result.evidences = s->answer.evidences;
	}
	note.error = m->error;
	note.text = result.judged;
	s->last = note.outcome;
	s->bad = !lw_output_named("jsonl")->record(&r->out, &result) || s->bad;
	lw_report(r->server, &note);
}

/* ---- JSON ---- */

static void
take_id(struct scoring *s, struct lw_message *m, const json_t *id)
{
	s->number.len = 0;
	if (json_is_string(id))
		m->id = lw_json_string(id);
	if (!json_is_integer(id) || !lw_buffer_addf(&s->number, "%lld", (long long)json_integer_value(id)))
		return;
	m->id = (struct lw_span){ s->number.at, s->number.len };
	m->id_is_number = true;
}

/* The text by its usual names, the best first, as in dumps. */
static void
score_object(struct scoring *s, json_t *object)
{
	struct lw_message m = { .format = "json", .text = { "", 0 } };
	int best = -1;
	const char *key;
	json_t *value;

	take_id(s, &m, json_object_get(object, "id"));
	if (json_is_string(json_object_get(object, "subject")))
		m.subject = lw_json_string(json_object_get(object, "subject"));
	json_object_foreach(object, key, value) {
		struct lw_span name = { key, strlen(key) };
		int rank = lw_field_is_text(name) && json_is_string(value) ? lw_field_rank(name) : -1;

		if (rank < 0 || (best >= 0 && rank > best))
			continue;
		best = rank;
		m.text = lw_json_string(value);
	}
	if (!json_is_object(object))
		m.error = "not a JSON object";
	else if (best < 0 && m.subject.len == 0)
		m.error = "no field with the text (text, message, body, sms, content)";
	score_message(s, &m);
}

static void
drop_newline(struct lw_buffer *b)
{
	if (b->len > 0 && b->at[b->len - 1] == '\n')
		b->len--;
}

static void
score_array(struct scoring *s, json_t *array)
{
	size_t i;
	json_t *value;

	add(s, "[");
	json_array_foreach(array, i, value) {
		add(s, i > 0 ? ",\n" : "\n");
		score_object(s, value);
		drop_newline(&s->request->out);
	}
	add(s, "\n]\n");
}

static void
score_json(struct scoring *s)
{
	struct lw_request *r = s->request;
	json_error_t error;
	json_t *value = lw_json_parse(r->body, &s->room, &error);
	char why[JSON_ERROR_TEXT_LENGTH + 64];

	if (value == NULL) {
		snprintf(why, sizeof why, "bad JSON at line %d, column %d: %s", error.line, error.column, error.text);
		lw_request_refuse(r, 400, why);
	} else if (json_is_array(value)) {
		score_array(s, value);
	} else if (json_is_object(value)) {
		score_object(s, value);
	} else {
		lw_request_refuse(r, 400, "a JSON object or an array of them is meant");
	}
	json_decref(value);
}

static void
score_line(struct scoring *s, struct lw_span line)
{
	json_error_t error;
	json_t *value = lw_json_parse(line, &s->room, &error);
	char why[JSON_ERROR_TEXT_LENGTH + 64];
	struct lw_message m = { .format = "json", .error = why };

	if (value != NULL) {
		score_object(s, value);
	} else {
		snprintf(why, sizeof why, "bad JSON at column %d: %s", error.column, error.text);
		score_message(s, &m);
	}
	json_decref(value);
}

static void
score_lines(struct scoring *s)
{
	struct lw_span rest = s->request->body;

	s->request->type = "application/x-ndjson";
	while (rest.len > 0) {
		struct lw_span line = lw_span_trim(lw_span_line(&rest));

		if (line.len > 0)
			score_line(s, line);
	}
}

/* ---- raw text ---- */

static struct lw_span
charset_of(const char *type)
{
	const char *at = type != NULL ? strcasestr(type, "charset=") : NULL;
	size_t quote;

	if (at == NULL)
		return (struct lw_span){ "", 0 };
	at += strlen("charset=");
	quote = *at == '"';
	return (struct lw_span){ at + quote, strcspn(at + quote, quote ? "\"" : "; \t") };
}

static void
score_text(struct scoring *s, const char *type)
{
	struct lw_span charset = charset_of(type);
	struct lw_buffer text = { 0 }, name = { 0 };
	struct lw_message m = { .format = "text", .text = { "", 0 } };

	if (!lw_buffer_add(&name, charset.at, charset.len) || !lw_buffer_add(&name, "", 1) ||
	    !lw_recode(&text, s->request->body, charset.len > 0 ? name.at : NULL))
		m.error = "out of memory";
	else if (text.len > 0)
		m.text = (struct lw_span){ text.at, text.len };
	m.id = lw_request_query(s->request, "id");
	score_message(s, &m);
	lw_buffer_free(&text);
	lw_buffer_free(&name);
}

/* ---- the request ---- */

static bool
type_is(const char *type, const char *name)
{
	size_t len = strlen(name);

	return type != NULL && strncasecmp(type, name, len) == 0 && strchr("; \t", type[len]) != NULL;
}

void
lw_http_score(struct lw_request *r, struct lw_seat *seat)
{
	const char *type = lw_request_header(r, "Content-Type");
	struct scoring s = { .request = r, .seat = seat, .explain = lw_request_query_is(r, "explain", "1") };

	if (type_is(type, "application/json"))
		score_json(&s);
	else if (type_is(type, "application/x-ndjson") || type_is(type, "application/jsonl") || type_is(type, "application/ndjson"))
		score_lines(&s);
	else
		score_text(&s, type);
	if (s.bad)
		lw_request_refuse(r, 503, "out of memory");
	else if (s.n == 1 && s.last != LW_JUDGED && s.last != LW_FAILED && r->status == 200)
		lw_http_score_unjudged(r, s.last);
	lw_answer_free(&s.answer);
	lw_buffer_free(&s.room);
	lw_buffer_free(&s.number);
}

/* accept and unsure let the message pass: 200 with a verdict that says what it is. */
void
lw_http_score_unjudged(struct lw_request *r, enum lw_outcome outcome)
{
	enum lw_policy policy = lw_server_policy(r->server, LW_DOOR_HTTP);

	if (policy == LW_TEMPFAIL) {
		r->retry_after = 1;
		lw_request_refuse(r, 503, lw_outcome_name(outcome));
		return;
	}
	r->status = 200;
	r->out.len = 0;
	lw_buffer_addf(&r->out, "{\"label\":%s,\"flagged\":false,\"unjudged\":\"%s\"}\n",
	    policy == LW_UNSURE ? "\"unsure\"" : "null", lw_outcome_name(outcome));
}
