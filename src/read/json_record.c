/*
 * json_record.c - a JSON object whose members are a message's fields, for JSON lines, lists of objects and SMPP logs
 *
 * What is no object with a text is an error that says so.
 */
#include "read/json.h"

#include <string.h>

enum { NO_TEXT = 1 << 20, NUMBERS = 8192 };

/* An id or a time may be a number; anything else that is no string is passed over. Strings borrow from the object. */
static struct lw_span
scalar_of(struct lw_json_record *r, const json_t *value)
{
	size_t at = r->numbers.len;

	if (json_is_string(value))
		return lw_json_string(value);
	if (!json_is_number(value) || r->numbers.room - at < 512 || !lw_json_add_scalar(&r->numbers, value))
		return (struct lw_span){ "", 0 };
	return (struct lw_span){ r->numbers.at + at, r->numbers.len - at };
}

static void
complain(struct lw_json_record *r, struct lw_message *m, const char *what, const char *detail)
{
	r->error.len = 0;
	m->error = lw_buffer_addf(&r->error, "%s%s", what, detail) ? r->error.at : "out of memory";
}

/* Fills one field unless a better name filled it before. */
static void
fill(struct lw_json_record *r, struct lw_message *m, const char *key, const json_t *value, bool named, int *text_rank)
{
	struct lw_span name = { key, strlen(key) };
	struct lw_span *to = lw_field_of(m, name);
	int rank = lw_field_rank(name);

	if (strcmp(key, "synthetic") == 0)
		m->synthetic = json_is_true(value) || lw_field_says_yes(lw_json_string(value));
	if (to == &m->text) {
		if (named || !json_is_string(value) || rank > *text_rank)
			return;
		*text_rank = rank;
		m->text = lw_json_string(value);
	} else if (to != NULL && to->len == 0) {
		*to = scalar_of(r, value);
		if (to == &m->id)
			m->id_is_number = json_is_integer(value);
	}
}

const json_t *
lw_json_at(const json_t *value, const char *path)
{
	const json_t *whole = json_object_get(value, path);

	if (whole != NULL)
		return whole;
	while (value != NULL && *path != '\0') {
		const char *end = strchrnul(path, '.');
		size_t len = (size_t)(end - path), index = 0;

		if (json_is_array(value)) {
			for (size_t i = 0; i < len; i++)
				index = path[i] >= '0' && path[i] <= '9' && index < 1 << 24 ? index * 10 + (size_t)(path[i] - '0') : SIZE_MAX / 16;
			value = len > 0 ? json_array_get(value, index) : NULL;
		} else {
			value = json_object_getn(value, path, len);
		}
		path = *end == '.' ? end + 1 : end;
	}
	return value;
}

bool
lw_json_record_parse(struct lw_json_record *r, struct lw_message *m, struct lw_span text)
{
	json_error_t error;

	json_decref(r->object);
	r->object = lw_json_parse(text, &r->mended, &error);
	if (r->object == NULL) {
		r->error.len = 0;
		m->error = lw_buffer_addf(&r->error, "bad JSON at column %d: %s", error.column, error.text) ?
		    r->error.at : "out of memory";
	} else if (!json_is_object(r->object)) {
		complain(r, m, "not a JSON object", "");
	}
	return m->error == NULL;
}

bool
lw_json_record_fill(struct lw_json_record *r, struct lw_message *m, const char *field)
{
	int text_rank = NO_TEXT;
	const char *key;
	json_t *value;

	/* numbers are written one after the other: no growing while spans borrow */
	r->numbers.len = 0;
	if (!lw_buffer_reserve(&r->numbers, NUMBERS)) {
		m->error = "out of memory";
		return false;
	}
	json_object_foreach(r->object, key, value)
		fill(r, m, key, value, field != NULL, &text_rank);
	if (field == NULL)
		return text_rank < NO_TEXT;
	m->text = lw_json_string(lw_json_at(r->object, field));
	return m->text.at != NULL;
}

void
lw_json_record_read(struct lw_json_record *r, struct lw_message *m, struct lw_span text, const char *field)
{
	if (!lw_json_record_parse(r, m, text) || lw_json_record_fill(r, m, field) || m->error != NULL)
		return;
	if (field != NULL)
		complain(r, m, "no text in field ", field);
	else if (m->subject.len == 0)
		complain(r, m, "no field with the text (text, message, body, sms, content)", "");
}

void
lw_json_record_free(struct lw_json_record *r)
{
	json_decref(r->object);
	lw_buffer_free(&r->numbers);
	lw_buffer_free(&r->mended);
	lw_buffer_free(&r->error);
}
