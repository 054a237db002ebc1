/*
 * jsonl.c - one JSON object a line
 *
 * What is no object with a text is an error record with the cause.
 */
#include "read/format.h"
#include "read/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct jsonl {
	json_t *object;
	struct lw_buffer line;      /* the mended line */
	struct lw_buffer number;    /* an id or time that was a number */
	struct lw_buffer error;
};

static int
jsonl_sniff(struct lw_span head)
{
	struct lw_span rest = lw_span_trim(head);

	if (rest.len == 0 || rest.at[0] != '{')
		return 0;
	rest = lw_span_trim((struct lw_span){ rest.at + 1, rest.len - 1 });
	return rest.len > 0 && (rest.at[0] == '"' || rest.at[0] == '}') ? 80 : 0;
}

static lurewatch_error
jsonl_open(struct lw_source *s)
{
	s->state = calloc(1, sizeof(struct jsonl));
	return s->state != NULL ? LUREWATCH_OK : lw_source_no_memory(s);
}

static void
jsonl_close(struct lw_source *s)
{
	struct jsonl *j = s->state;

	if (j == NULL)
		return;
	json_decref(j->object);
	lw_buffer_free(&j->line);
	lw_buffer_free(&j->number);
	lw_buffer_free(&j->error);
	free(j);
}

/* ---- fields ---- */

/* An id or a time may be a number; anything else that is no string is passed over. Strings borrow from the object. */
static struct lw_span
scalar_of(struct jsonl *j, const json_t *value, bool *number)
{
	size_t at = j->number.len;

	*number = json_is_number(value);
	if (json_is_string(value))
		return lw_json_string(value);
	if (json_is_integer(value) && lw_buffer_addf(&j->number, "%lld", (long long)json_integer_value(value)))
		return (struct lw_span){ j->number.at + at, j->number.len - at };
	if (json_is_real(value) && lw_buffer_addf(&j->number, "%.0f", json_real_value(value)))
		return (struct lw_span){ j->number.at + at, j->number.len - at };
	return (struct lw_span){ "", 0 };
}

static bool
is_wanted(const struct lw_source *s, struct lw_span name)
{
	return s->options->field != NULL && lw_span_is(name, s->options->field);
}

static void
complain(struct lw_source *s, struct lw_message *m, const char *what, const char *detail)
{
	struct jsonl *j = s->state;

	j->error.len = 0;
	m->error = lw_buffer_addf(&j->error, "%s%s", what, detail) ? j->error.at : "out of memory";
}

/* Fills one field unless a better name filled it before; best[] remembers the rank by place. */
static void
fill(struct lw_source *s, struct lw_message *m, const char *key, const json_t *value, int *text_rank)
{
	struct jsonl *j = s->state;
	struct lw_span name = { key, strlen(key) };
	struct lw_span *to = lw_field_of(m, name);
	int rank = is_wanted(s, name) ? -1 : lw_field_rank(name);
	bool number;

	if (strcmp(key, "synthetic") == 0)
		m->synthetic = json_is_true(value) || lw_field_says_yes(lw_json_string(value));
	if (is_wanted(s, name))
		to = &m->text;
	if (to == NULL)
		return;
	if (to == &m->text) {
		if (!json_is_string(value) || rank > *text_rank || (s->options->field != NULL && rank >= 0))
			return;
		*text_rank = rank;
		m->text = lw_json_string(value);
		return;
	}
	if (to->len > 0)
		return;
	*to = scalar_of(j, value, &number);
	if (to == &m->id)
		m->id_is_number = number && json_is_integer(value);
}

static void
read_object(struct lw_source *s, struct lw_message *m)
{
	struct jsonl *j = s->state;
	int text_rank = 1 << 20;
	const char *key;
	json_t *value;

	/* numbers are written one after the other: no growing while spans borrow */
	j->number.len = 0;
	if (!lw_buffer_reserve(&j->number, 8192)) {
		m->error = "out of memory";
		return;
	}
	json_object_foreach(j->object, key, value)
		fill(s, m, key, value, &text_rank);
	if (text_rank < 1 << 20 || (m->subject.len > 0 && s->options->field == NULL))
		return;
	if (s->options->field != NULL)
		complain(s, m, "no text in field ", s->options->field);
	else
		complain(s, m, "no field with the text (text, message, body, sms, content)", "");
}

static lurewatch_error
jsonl_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct jsonl *j = s->state;
	struct lw_span line;
	json_error_t error;
	lurewatch_error e = lw_source_line(s, m, true, got);

	if (e != LUREWATCH_OK || !*got || m->error != NULL)
		return e;
	/* blank lines before the object came along in raw; the line itself is in text */
	line = m->text;
	m->text = (struct lw_span){ "", 0 };
	json_decref(j->object);
	j->object = lw_json_parse(line, &j->line, &error);
	if (j->object == NULL) {
		j->error.len = 0;
		m->error = lw_buffer_addf(&j->error, "bad JSON at column %d: %s", error.column, error.text) ?
		    j->error.at : "out of memory";
		return LUREWATCH_OK;
	}
	if (!json_is_object(j->object)) {
		complain(s, m, "not a JSON object", "");
		return LUREWATCH_OK;
	}
	read_object(s, m);
	return LUREWATCH_OK;
}

static const char *const extensions[] = { ".jsonl", ".ndjson", ".json", NULL };
const struct lw_format lw_format_jsonl = { "jsonl", extensions, jsonl_sniff, jsonl_open, jsonl_next, jsonl_close };
