/*
 * put.c - numbers and strings as outputs need them: no locale, valid UTF-8, nothing a terminal would obey
 *
 * Fails only without memory.
 */
#include "write/write.h"

#include <math.h>
#include <string.h>
#include <unicode/uchar.h>

enum { BAD = 0xfffd };

uint32_t
lw_next_character(struct lw_span *s, size_t *len)
{
	const unsigned char *p = (const unsigned char *)s->at;
	uint32_t c = p[0];
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (n > s->len)
		n = 0;
	if (n > 1)
		c &= 0x7fU >> n;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			n = 0;
			break;
		}
		c = c << 6 | (p[i] & 0x3f);
	}
	if ((n == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) || (n == 4 && (c < 0x10000 || c > 0x10ffff)))
		n = 0;
	*len = n;
	if (n == 0)
		n = 1;
	s->at += n;
	s->len -= n;
	return *len > 0 ? c : BAD;
}

/* Characters that move the cursor, reorder or hide text. */
static bool
is_unsafe(uint32_t c)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = { { 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
		{ 0xe0000, 0xe0fff } };

	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return false;
}

static bool
put_unit(struct lw_buffer *b, uint32_t unit)
{
	return lw_buffer_addf(b, "\\u%04x", unit);
}

static bool
put_escape(struct lw_buffer *b, uint32_t c)
{
	if (c >= 0x10000)
		return put_unit(b, 0xd7c0 + (c >> 10)) && put_unit(b, 0xdc00 + (c & 0x3ff));
	return put_unit(b, c);
}

static const char *
short_escape(uint32_t c)
{
	return c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : NULL;
}

bool
lw_put_json_string(struct lw_buffer *b, struct lw_span s)
{
	bool done = lw_buffer_add(b, "\"", 1);

	while (done && s.len > 0) {
		const char *at = s.at;
		size_t len;
		uint32_t c = lw_next_character(&s, &len);

		if (c == '"' || c == '\\')
			done = lw_buffer_add(b, "\\", 1) && lw_buffer_add(b, at, 1);
		else if (short_escape(c) != NULL)
			done = lw_buffer_add_text(b, short_escape(c));
		else if (len == 0 || is_unsafe(c))
			done = put_escape(b, c);
		else
			done = lw_buffer_add(b, at, len);
	}
	return done && lw_buffer_add(b, "\"", 1);
}

/* Columns that a terminal gives a character: none to marks, two to wide ones (UAX 11). */
static size_t
columns_of(uint32_t c)
{
	int width, type;

	if (c < 0x300)
		return 1;
	type = u_charType((UChar32)c);
	if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR || (c >= 0x1160 && c <= 0x11ff))
		return 0;       /* the last are vowels and finals of Hangul, drawn into the letter before */
	width = u_getIntPropertyValue((UChar32)c, UCHAR_EAST_ASIAN_WIDTH);
	return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

static bool
put_visible_character(struct lw_buffer *b, uint32_t c, const char *at, size_t len)
{
	if (short_escape(c) != NULL)
		return lw_buffer_add_text(b, short_escape(c));
	if (len == 0)
		return lw_buffer_add_text(b, "\xef\xbf\xbd");
	if (!is_unsafe(c))
		return lw_buffer_add(b, at, len);
	return lw_buffer_addf(b, c < 0x80 ? "\\x%02x" : "\\u%04x", c);
}

size_t
lw_put_columns(struct lw_buffer *b, struct lw_span s, size_t most)
{
	size_t used = 0, cut = b->len, cut_used = 0;

	while (s.len > 0) {
		const char *at = s.at;
		size_t len, before = b->len;
		uint32_t c = lw_next_character(&s, &len);

		if (!put_visible_character(b, c, at, len))
			return LW_NO_COLUMNS;
		used += short_escape(c) != NULL || is_unsafe(c) ? b->len - before : columns_of(c);
		if (used > most) {      /* back to where a … still had room */
			b->len = cut;
			return lw_buffer_add_text(b, "\xe2\x80\xa6") ? cut_used + 1 : LW_NO_COLUMNS;
		}
		if (used < most) {
			cut = b->len;
			cut_used = used;
		}
	}
	return used;
}

bool
lw_put_visible(struct lw_buffer *b, struct lw_span s, size_t columns)
{
	return lw_put_columns(b, s, columns) != LW_NO_COLUMNS;
}

bool
lw_is_right_to_left(struct lw_span s)
{
	while (s.len > 0) {
		size_t len;
		UCharDirection d = u_charDirection((UChar32)lw_next_character(&s, &len));

		if (d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC)
			return true;
	}
	return false;
}

bool
lw_put_fixed(struct lw_buffer *b, double value, int decimals)
{
	unsigned long long scale = 1, n;
	bool negative = value < 0;

	for (int i = 0; i < decimals; i++)
		scale *= 10;
	value = fabs(value) * (double)scale;
	n = value < 1e18 ? (unsigned long long)llround(value) : 0;
	if (negative && n > 0 && !lw_buffer_add(b, "-", 1))
		return false;
	if (decimals == 0)
		return lw_buffer_addf(b, "%llu", n);
	return lw_buffer_addf(b, "%llu.%0*llu", n / scale, decimals, n % scale);
}

bool
lw_write_id(struct lw_buffer *b, const struct lw_message *m)
{
	if (m->id.len > 0)
		return lw_buffer_add(b, m->id.at, m->id.len);
	if (m->record == 0)
		return lw_buffer_add_text(b, m->path);
	return lw_buffer_addf(b, "%s:%llu", m->path, (unsigned long long)m->record);
}

static struct lw_span
indicator_name(const struct lw_result *r, size_t i)
{
	const char *name = lurewatch_indicator_name(r->model, r->verdict->indicator[i]);

	if (name == NULL)
		name = "?";
	return (struct lw_span){ name, strlen(name) };
}

bool
lw_put_indicators(struct lw_buffer *b, const struct lw_result *r, const char *separator)
{
	if (r->verdict->indicators == 0)
		return lw_buffer_add(b, "-", 1);
	for (size_t i = 0; i < r->verdict->indicators; i++) {
		struct lw_span name = indicator_name(r, i);

		if ((i > 0 && !lw_buffer_add_text(b, separator)) || !lw_put_visible(b, name, SIZE_MAX))
			return false;
	}
	return true;
}

bool
lw_put_indicator_array(struct lw_buffer *b, const struct lw_result *r)
{
	bool done = lw_buffer_add(b, "[", 1);

	for (size_t i = 0; done && i < r->verdict->indicators; i++)
		done = (i == 0 || lw_buffer_add(b, ",", 1)) && lw_put_json_string(b, indicator_name(r, i));
	return done && lw_buffer_add(b, "]", 1);
}

bool
lw_put_verdict_members(struct lw_buffer *b, const struct lw_result *r)
{
	const char *label = lurewatch_label(r->model, r->verdict->label);

	return lw_buffer_add_text(b, "\"label\":") && lw_put_json_string(b, (struct lw_span){ label, strlen(label) }) &&
	    lw_buffer_add_text(b, ",\"risk\":") && lw_put_fixed(b, r->verdict->risk, 4) &&
	    lw_buffer_add_text(b, r->verdict->flagged ? ",\"flagged\":true" : ",\"flagged\":false");
}
