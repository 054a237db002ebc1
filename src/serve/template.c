/* template.c - texts with places for values; fails only without memory */
#include "serve/template.h"
#include "write/write.h"

#include <string.h>

/* The name of the place that begins at the brace; len 0: it is none. */
static struct lw_span
place_at(struct lw_span s)
{
	size_t n = 1;

	while (n < s.len && ((s.at[n] >= 'a' && s.at[n] <= 'z') || s.at[n] == '-'))
		n++;
	if (n > 1 && n < s.len && s.at[n] == '}')
		return (struct lw_span){ s.at + 1, n - 1 };
	return (struct lw_span){ s.at, 0 };
}

static bool
put_markup(struct lw_buffer *b, struct lw_span s)
{
	static const char special[] = "<>&\"'";
	static const char *const as[] = { "&lt;", "&gt;", "&amp;", "&quot;", "&#39;" };
	size_t from = 0;

	for (size_t i = 0; i < s.len; i++) {
		const char *which = s.at[i] != '\0' ? strchr(special, s.at[i]) : NULL;

		if (which == NULL)
			continue;
		if (!lw_buffer_add(b, s.at + from, i - from) || !lw_buffer_add_text(b, as[which - special]))
			return false;
		from = i + 1;
	}
	return lw_buffer_add(b, s.at + from, s.len - from);
}

bool
lw_put_escaped(struct lw_buffer *b, struct lw_span s, enum lw_escape escape)
{
	if (escape == LW_ESCAPE_JSON)
		return lw_put_json_string(b, s);
	return escape == LW_ESCAPE_MARKUP ? put_markup(b, s) : lw_buffer_add(b, s.at, s.len);
}

static const struct lw_value *
value_of(struct lw_span name, const struct lw_value *value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lw_span_is(name, value[i].name))
			return &value[i];
	return NULL;
}

bool
lw_template_put(struct lw_buffer *b, struct lw_span text, enum lw_escape escape, const struct lw_value *value, size_t n)
{
	while (text.len > 0) {
		const char *brace = memchr(text.at, '{', text.len);
		size_t len = brace != NULL ? (size_t)(brace - text.at) : text.len;
		const struct lw_value *v;
		struct lw_span place;

		if (!lw_buffer_add(b, text.at, len))
			return false;
		text.at += len;
		text.len -= len;
		if (text.len == 0)
			break;
		place = place_at(text);
		v = place.len > 0 ? value_of(place, value, n) : NULL;
		len = v != NULL ? place.len + 2 : 1;
		if (!(v == NULL ? lw_buffer_add(b, "{", 1) : lw_put_escaped(b, v->value, v->ready ? LW_ESCAPE_PLAIN : escape)))
			return false;
		text.at += len;
		text.len -= len;
	}
	return true;
}

enum lw_escape
lw_escape_of_type(const char *type)
{
	if (strstr(type, "json") != NULL)
		return LW_ESCAPE_JSON;
	return strstr(type, "xml") != NULL || strstr(type, "html") != NULL ? LW_ESCAPE_MARKUP : LW_ESCAPE_PLAIN;
}

struct lw_span
lw_template_unknown(struct lw_span text, const char *const *names)
{
	for (; text.len > 0; text.at++, text.len--) {
		struct lw_span place = text.at[0] == '{' ? place_at(text) : (struct lw_span){ NULL, 0 };
		bool known = place.len == 0;

		for (size_t i = 0; !known && names[i] != NULL; i++)
			known = lw_span_is(place, names[i]);
		if (!known)
			return place;
	}
	return (struct lw_span){ NULL, 0 };
}
