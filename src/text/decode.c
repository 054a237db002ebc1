/*
 * decode.c - lenient UTF-8, and the straight path for ASCII
 *
 * Every byte sequence decodes: a byte that begins no well-formed character
 * (overlong, surrogate, above U+10FFFF, cut short) is one U+FFFD and the next
 * byte is tried afresh, so at least one byte is consumed each time.
 */
#include "text/parts.h"
#include "text/buffer.h"

#include <string.h>

bool
lw_is_ascii(const char *s, size_t len)
{
	size_t i = 0;
	uint64_t any = 0;

	for (; i + 8 <= len; i += 8) {
		uint64_t eight;

		memcpy(&eight, s + i, 8);
		any |= eight;
	}
	for (; i < len; i++)
		any |= (unsigned char)s[i];
	return (any & 0x8080808080808080u) == 0;
}

static uint32_t
decode_one(const unsigned char *s, size_t len, size_t *used)
{
	uint32_t c = s[0], least;
	size_t more;

	*used = 1;
	if (c < 0x80)
		return c;
	if (c >= 0xc2 && c < 0xe0)
		more = 1, c &= 0x1f, least = 0x80;
	else if (c >= 0xe0 && c < 0xf0)
		more = 2, c &= 0x0f, least = 0x800;
	else if (c >= 0xf0 && c < 0xf5)
		more = 3, c &= 0x07, least = 0x10000;
	else
		return 0xfffd;
	if (len <= more)
		return 0xfffd;
	for (size_t i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0xfffd;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0xfffd;
	*used = more + 1;
	return c;
}

lurewatch_error
lw_decode(struct lw_texter *t)
{
	const unsigned char *s = (const unsigned char *)t->bytes;
	size_t i = 0, used;

	if (!lw_grow(&t->raw, &t->raw_room, t->len + 1, sizeof *t->raw) ||
	    !lw_grow(&t->raw_from, &t->raw_from_room, t->len + 1, sizeof *t->raw_from))
		return LUREWATCH_E_MEMORY;
	t->raws = 0;
	while (i < t->len) {
		uint32_t c = decode_one(s + i, t->len - i, &used);

		if (c == 0xfffd && used == 1)
			t->text.notes |= LUREWATCH_NOTE_BAD_UTF8;
		t->raw[t->raws] = c;
		t->raw_from[t->raws++] = (uint32_t)i;
		i += used;
	}
	t->raw_from[t->raws] = (uint32_t)t->len;
	return LUREWATCH_OK;
}

/* Same result as decode and normalise on ASCII: a test holds the two together. */
lurewatch_error
lw_normalise_ascii(struct lw_texter *t)
{
	struct lw_text *x = &t->text;
	const struct lw_char *page = t->pages->page[0];
	uint32_t letters = 0, upper = 0;

	if (!lw_grow(&x->norm, &t->norm_room, t->len + 1, sizeof *x->norm) ||
	    !lw_grow(&x->norm_from, &t->norm_from_room, t->len + 1, sizeof *x->norm_from))
		return LUREWATCH_E_MEMORY;
	for (uint32_t i = 0; i < t->len; i++) {
		const struct lw_char *c = &page[(unsigned char)t->bytes[i]];

		x->norm[i] = c->fold;
		x->norm_from[i] = i;
		letters += c->kind == LW_LETTER;
		upper += (c->flags & LW_CHAR_UPPER) != 0;
	}
	x->norms = (uint32_t)t->len;
	x->norm_from[x->norms] = (uint32_t)t->len;
	x->letters[LW_LATIN] = letters;
	x->upper = upper;
	return LUREWATCH_OK;
}
