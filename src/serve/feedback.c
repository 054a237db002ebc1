/*
 * feedback.c - POST /v1/feedback: a corrected verdict, kept for the next training
 *
 *      {"id":"42","text":"...","label":"ham","said":"fraud","risk":0.8123}
 *
 * becomes one line of the feedback file, with the time, synced to disk before it is answered. `said` and
 * `risk` are what the gateway was told; where they are left out the present model is asked. A line is whole or
 * not there: what could only be written in part is cut off again.
 */
#include "read/json.h"
#include "serve/counters.h"
#include "serve/http.h"
#include "write/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct correction {
	struct lw_span id, text, label, said;
	double risk;
	struct lw_buffer number;
	struct lw_answer answer;
};

static bool
is_label(const lurewatch *model, struct lw_span name)
{
	for (size_t i = 0; i < lurewatch_labels(model); i++)
		if (lw_span_is(name, lurewatch_label(model, i)))
			return true;
	return false;
}

static void
refuse_label(struct lw_request *r, const lurewatch *model)
{
	struct lw_buffer why = { 0 };
	bool done = lw_buffer_add_text(&why, "label: one of the model's is meant:");

	for (size_t i = 0; done && i < lurewatch_labels(model); i++)
		done = lw_buffer_addf(&why, " %s", lurewatch_label(model, i));
	lw_request_refuse(r, 400, done && lw_buffer_add(&why, "", 1) ? why.at : "out of memory");
	lw_buffer_free(&why);
}

/* Asks the model in use; its labels are also those a correction may name. */
static bool
fill(struct lw_request *r, struct lw_seat *seat, const json_t *object, struct correction *c)
{
	enum lw_outcome outcome;

	c->text = lw_json_string(json_object_get(object, "text"));
	c->label = lw_json_string(json_object_get(object, "label"));
	c->said = lw_json_string(json_object_get(object, "said"));
	if (!json_is_string(json_object_get(object, "text"))) {
		lw_request_refuse(r, 400, "text: a string is meant");
		return false;
	}
	outcome = lw_judge(seat, c->text, false, &c->answer);
	if (outcome != LW_JUDGED || !lw_json_add_scalar(&c->number, json_object_get(object, "id"))) {
		lw_request_refuse(r, 503, lw_outcome_name(outcome));
		return false;
	}
	c->id = (struct lw_span){ c->number.at, c->number.len };
	if (!is_label(c->answer.model, c->label)) {
		refuse_label(r, c->answer.model);
		return false;
	}
	if (c->said.len == 0) {
		const char *said = lurewatch_label(c->answer.model, c->answer.verdict.label);

		c->said = (struct lw_span){ said, strlen(said) };
	}
	c->risk = json_is_number(json_object_get(object, "risk")) ? json_number_value(json_object_get(object, "risk")) :
	    c->answer.verdict.risk;
	return true;
}

static bool
put_line(struct lw_buffer *b, const struct correction *c)
{
	time_t now = time(NULL);
	char when[32] = "";
	struct tm utc;

	if (gmtime_r(&now, &utc) != NULL)
		strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
	return (c->id.len == 0 ? lw_buffer_add_text(b, "{") : lw_buffer_add_text(b, "{\"id\":") && lw_put_json_string(b, c->id) &&
	    lw_buffer_add_text(b, ",")) && lw_buffer_add_text(b, "\"text\":") && lw_put_json_string(b, c->text) &&
	    lw_buffer_add_text(b, ",\"label\":") && lw_put_json_string(b, c->label) && lw_buffer_add_text(b, ",\"said\":") &&
	    lw_put_json_string(b, c->said) && lw_buffer_add_text(b, ",\"risk\":") && lw_put_fixed(b, c->risk, 4) &&
	    lw_buffer_addf(b, ",\"time\":\"%s\"}\n", when);
}

/* Opened for each line, so that a rotated file is followed; locked, so that a line cut off is no other's. */
static bool
append(const char *path, const struct lw_buffer *line)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600), cause;
	struct stat before;
	bool whole;

	if (fd < 0)
		return false;
	whole = flock(fd, LOCK_EX) == 0 && fstat(fd, &before) == 0;
	if (whole) {
		ssize_t n = write(fd, line->at, line->len);

		cause = n < 0 ? errno : ENOSPC;
		whole = n == (ssize_t)line->len && fsync(fd) == 0;
		if (!whole && ftruncate(fd, before.st_size) == 0)
			errno = cause;
	}
	cause = errno;
	close(fd);
	errno = cause;
	return whole;
}

static void
store(struct lw_request *r, const struct correction *c)
{
	struct lw_buffer line = { 0 };

	if (!put_line(&line, c)) {
		lw_request_refuse(r, 503, "out of memory");
	} else if (!append(r->server->config->feedback, &line)) {
		lw_log(r->server->log, "event=feedback result=failed error=\"%s\"", strerror(errno));
		lw_request_refuse(r, 503, "the feedback could not be stored");
	} else {
		lw_count(r->server->counters, LW_COUNT_FEEDBACK);
		lw_buffer_add_text(&r->out, "{\"stored\":true}\n");
	}
	lw_buffer_free(&line);
}

void
lw_http_feedback(struct lw_request *r, struct lw_seat *seat)
{
	struct correction c = { 0 };
	struct lw_buffer room = { 0 };
	json_error_t error;
	json_t *object;

	if (r->server->config->feedback == NULL) {
		lw_request_refuse(r, 404, "no feedback file is configured");
		return;
	}
	object = lw_json_parse(r->body, &room, &error);
	if (!json_is_object(object))
		lw_request_refuse(r, 400, "a JSON object with text and label is meant");
	else if (fill(r, seat, object, &c))
		store(r, &c);
	json_decref(object);
	lw_answer_free(&c.answer);
	lw_buffer_free(&c.number);
	lw_buffer_free(&room);
}
