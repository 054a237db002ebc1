/*
 * form.c - form bodies and hexadecimal
 *
 * A percent sign that begins no pair of digits stands for itself. Fails only without memory.
 */
#include "serve/form.h"

#include <stdlib.h>
#include <string.h>

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Appends a name or value, decoded. It never grows, so room for the whole body was enough. */
static void
decode(struct lw_buffer *b, struct lw_span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];
		int high = c == '%' && s.len - i > 2 ? digit(s.at[i + 1]) : -1, low = high >= 0 ? digit(s.at[i + 2]) : -1;

		if (low >= 0) {
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		b->at[b->len++] = c;
	}
}

bool
lw_form_decode(struct lw_buffer *b, struct lw_span value)
{
	if (!lw_buffer_reserve(b, value.len))
		return false;
	decode(b, value);
	return true;
}

bool
lw_form_read(struct lw_form *f, struct lw_span body)
{
	f->n = f->bytes.len = 0;
	if (!lw_buffer_reserve(&f->bytes, body.len))
		return false;
	while (body.len > 0) {
		const char *end = memchr(body.at, '&', body.len);
		size_t len = end != NULL ? (size_t)(end - body.at) : body.len, skip = len + (end != NULL);
		const char *equals = memchr(body.at, '=', len);
		size_t name = equals != NULL ? (size_t)(equals - body.at) : len;
		struct lw_field *field;

		if (!lw_grow(&f->field, &f->room, f->n + 1, sizeof *f->field))
			return false;
		field = &f->field[f->n++];
		field->name = f->bytes.len;
		decode(&f->bytes, (struct lw_span){ body.at, name });
		field->name_len = f->bytes.len - field->name;
		field->value = f->bytes.len;
		if (equals != NULL)
			decode(&f->bytes, (struct lw_span){ equals + 1, len - name - 1 });
		field->value_len = f->bytes.len - field->value;
		body.at += skip;
		body.len -= skip;
	}
	return true;
}

struct lw_span
lw_form_get(const struct lw_form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct lw_field *field = &f->field[i];

		if (lw_span_is((struct lw_span){ f->bytes.at + field->name, field->name_len }, name))
			return (struct lw_span){ f->bytes.at + field->value, field->value_len };
	}
	return (struct lw_span){ NULL, 0 };
}

void
lw_form_free(struct lw_form *f)
{
	lw_buffer_free(&f->bytes);
	free(f->field);
	*f = (struct lw_form){ 0 };
}

bool
lw_unhex(struct lw_buffer *b, struct lw_span hex, bool *good)
{
	size_t before = b->len;

	*good = false;
	if (!lw_buffer_reserve(b, hex.len / 2))
		return false;
	if (hex.len % 2 != 0)
		return true;
	for (size_t i = 0; i < hex.len; i += 2) {
		int high = digit(hex.at[i]), low = digit(hex.at[i + 1]);

		if (high < 0 || low < 0) {
			b->len = before;
			return true;
		}
		b->at[b->len++] = (char)(high << 4 | low);
	}
	*good = true;
	return true;
}
