/*
 * json.c - JSON as people have it
 *
 * jansson parses. What it refuses and dumps hold all the same (half a surrogate
 * pair, bytes that are no UTF-8, numbers too big, raw control characters, the
 * \x1F that Telegram Desktop writes) is mended on a second try.
 */
#include "read/json.h"

#include <string.h>

/* The value of \uXXXX at p, or -1. */
static long
escape_at(const char *p, size_t left)
{
	long value = 0;

	if (left < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		const char *d = p[i] != '\0' ? strchr(digits, p[i]) : NULL;

		if (d == NULL)
			return -1;
		value = value << 4 | ((d - digits) & 15);
	}
	return value;
}

/* Half pairs become \ufffd, in place: the length stays. A backslash before a backslash escapes nothing after it. */
static void
mend_surrogates(char *p, size_t len)
{
	for (size_t i = 0; i < len;) {
		long c = escape_at(p + i, len - i), next;

		if (c < 0xd800 || c > 0xdfff) {
			i += p[i] == '\\' ? 2 : 1;
			continue;
		}
		next = escape_at(p + i + 6, len - i - 6);
		if (c < 0xdc00 && next >= 0xdc00 && next <= 0xdfff) {
			i += 12;
			continue;
		}
		memcpy(p + i, "\\ufffd", 6);
		i += 6;
	}
}

/* Raw control characters inside strings, as careless exporters leave them, become blanks; between values they are blanks. */
static void
mend_controls(char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)p[i] < 0x20)
			p[i] = ' ';
}

/* \xHH is no escape of JSON; what it stands for is a control character. */
static void
mend_escapes(char *p, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		if (p[i] != '\\')
			continue;
		if (p[i + 1] == 'x' && i + 4 <= len)
			memset(p + i, ' ', 4);
		else
			i++;
	}
}

json_t *
lw_json_parse(struct lw_span text, struct lw_buffer *room, json_error_t *error)
{
	json_t *value = json_loadb(text.at, text.len, JSON_ALLOW_NUL, error);

	room->len = 0;
	if (value != NULL || !lw_utf8_repair(room, text))
		return value;
	mend_surrogates(room->at, room->len);
	mend_controls(room->at, room->len);
	mend_escapes(room->at, room->len);
	return json_loadb(room->at, room->len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, error);
}

struct lw_span
lw_json_string(const json_t *value)
{
	return (struct lw_span){ json_string_value(value), json_string_length(value) };
}

bool
lw_json_add_scalar(struct lw_buffer *b, const json_t *value)
{
	if (json_is_integer(value))
		return lw_buffer_addf(b, "%lld", (long long)json_integer_value(value));
	if (json_is_real(value))
		return lw_buffer_addf(b, "%.0f", json_real_value(value));
	return lw_buffer_add(b, json_string_value(value), json_string_length(value));
}
