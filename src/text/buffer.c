/*
 * buffer.c - growable byte buffer, spans, and growable arrays
 *
 * Every size is checked for overflow before it is asked for; a failed
 * allocation leaves the old contents in place and returns false.
 */
#include "text/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
lw_span_is(struct lw_span s, const char *text)
{
	size_t len = strlen(text);

	return s.len == len && (len == 0 || memcmp(s.at, text, len) == 0);
}

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

bool
lw_span_same(struct lw_span a, struct lw_span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return true;
}

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct lw_span
lw_span_trim(struct lw_span s)
{
	while (s.len > 0 && blank(s.at[0])) {
		s.at++;
		s.len--;
	}
	while (s.len > 0 && blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

struct lw_span
lw_span_line(struct lw_span *rest)
{
	const char *end = rest->len > 0 ? memchr(rest->at, '\n', rest->len) : NULL;
	struct lw_span line = { rest->at, end != NULL ? (size_t)(end - rest->at) + 1 : rest->len };

	if (line.len > 0)
		rest->at += line.len;
	rest->len -= line.len;
	return line;
}

bool
lw_grow_slow(void *array_pointer, size_t *room, size_t want, size_t size)
{
	void *old, *grown;
	size_t n = *room < 16 ? 16 : *room;

	while (n < want) {
		if (n > SIZE_MAX / 2)
			return false;
		n *= 2;
	}
	if (n > SIZE_MAX / size)
		return false;
	memcpy(&old, array_pointer, sizeof old);
	grown = realloc(old, n * size);
	if (grown == NULL)
		return false;
	memcpy(array_pointer, &grown, sizeof grown);
	*room = n;
	return true;
}

bool
lw_buffer_reserve(struct lw_buffer *b, size_t more)
{
	if (more > SIZE_MAX - b->len)
		return false;
	return lw_grow(&b->at, &b->room, b->len + more, 1);
}

bool
lw_buffer_add(struct lw_buffer *b, const char *at, size_t len)
{
	if (len == 0)
		return true;
	if (!lw_buffer_reserve(b, len))
		return false;
	memcpy(b->at + b->len, at, len);
	b->len += len;
	return true;
}

bool
lw_buffer_add_text(struct lw_buffer *b, const char *text)
{
	return lw_buffer_add(b, text, strlen(text));
}

bool
lw_buffer_addf(struct lw_buffer *b, const char *format, ...)
{
	va_list args, again;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0 || !lw_buffer_reserve(b, (size_t)len + 1)) {
		va_end(again);
		return false;
	}
	vsnprintf(b->at + b->len, (size_t)len + 1, format, again);
	va_end(again);
	b->len += (size_t)len;
	return true;
}

void
lw_buffer_free(struct lw_buffer *b)
{
	free(b->at);
	*b = (struct lw_buffer){ 0 };
}
