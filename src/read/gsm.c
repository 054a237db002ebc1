/* gsm.c - short messages as networks carry them; see gsm.h for what happens to what is damaged */
#include "read/gsm.h"

#include "read/charset.h"
#include "read/format.h"
#include "read/gsm_tables.h"

#include <string.h>

/* ---- the user data header ---- */

enum {                          /* identifiers of information elements */
	PARTS_8_BIT = 0x00,
	PARTS_16_BIT = 0x08,
	SINGLE_SHIFT = 0x24,
	LOCKING_SHIFT = 0x25
};

static void
take_parts(struct lw_udh *h, unsigned reference, unsigned total, unsigned number)
{
	if (number == 0 || number > total)
		return;
	h->reference = reference;
	h->total = total;
	h->number = number;
}

static void
take_element(struct lw_udh *h, unsigned id, const unsigned char *p, size_t len)
{
	if (id == PARTS_8_BIT && len == 3)
		take_parts(h, p[0], p[1], p[2]);
	else if (id == PARTS_16_BIT && len == 4)
		take_parts(h, (unsigned)p[0] << 8 | p[1], p[2], p[3]);
	else if (id == SINGLE_SHIFT && len == 1)
		h->single = p[0];
	else if (id == LOCKING_SHIFT && len == 1)
		h->locking = p[0];
}

struct lw_udh
lw_udh_read(struct lw_span user_data)
{
	const unsigned char *p = (const unsigned char *)user_data.at;
	struct lw_udh h = { 0 };

	if (user_data.len == 0 || (size_t)p[0] + 1 > user_data.len)
		return h;
	h.len = (size_t)p[0] + 1;
	for (size_t i = 1; i + 2 <= h.len && i + 2 + p[i + 1] <= h.len; i += 2 + (size_t)p[i + 1])
		take_element(&h, p[i], p + i + 2, p[i + 1]);
	return h;
}

/* ---- data coding ---- */

/* The alphabet bits of a GSM data coding scheme: 3GPP TS 23.038, section 4. */
static const char *
alphabet(unsigned bits)
{
	return bits == 1 ? "ISO-8859-1" : bits == 2 ? "UTF-16BE" : "GSM";
}

const char *
lw_sms_charset(unsigned data_coding)
{
	static const char *const smpp[16] = { "GSM", "US-ASCII", "ISO-8859-1", "ISO-8859-1", "ISO-8859-1", "Shift_JIS",
		"ISO-8859-5", "ISO-8859-8", "UTF-16BE", "Shift_JIS", "ISO-2022-JP", "GSM", "GSM", "EUC-JP", "EUC-KR", "GSM" };

	data_coding &= 0xff;
	if (data_coding < 0x10)
		return smpp[data_coding];
	if (data_coding < 0x80)         /* general, with message class or deletion: bit 5 is compression */
		return (data_coding & 0x20) != 0 ? NULL : alphabet(data_coding >> 2 & 3);
	if (data_coding >= 0xf0)        /* message class: bit 2 is 8-bit data */
		return alphabet(data_coding >> 2 & 1);
	if (data_coding >= 0xe0)        /* message waiting, in UCS-2 */
		return "UTF-16BE";
	return "GSM";
}

/* ---- septets ---- */

bool
lw_gsm_unpack(struct lw_buffer *out, struct lw_span packed, unsigned fill, size_t n)
{
	const unsigned char *p = (const unsigned char *)packed.at;
	size_t bits = packed.len <= SIZE_MAX / 8 ? packed.len * 8 : 0;
	size_t held = bits > fill ? (bits - fill) / 7 : 0;
	bool exact = n <= held;

	if (!exact)
		n = held;
	if (!lw_buffer_reserve(out, n))
		return false;
	for (size_t i = 0, bit = fill; i < n; i++, bit += 7) {
		unsigned two = p[bit / 8] | (bit / 8 + 1 < packed.len ? (unsigned)p[bit / 8 + 1] << 8 : 0);

		out->at[out->len++] = (char)(two >> bit % 8 & 0x7f);
	}
	if (!exact && n > 0 && (fill + n * 7) % 8 == 0 && out->at[out->len - 1] == '\0')
		out->len--;
	return true;
}

/* Control characters, or accents at every fourth letter: Latin-1 is not like that. A few bytes tell nothing. */
static bool
looks_packed(struct lw_span s)
{
	size_t high = lw_above_127(s);

	if (s.len < 8 || high == 0 || lw_utf8_valid(s))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.at[i] & 0x60) == 0 && s.at[i] != '\n' && s.at[i] != '\r' && s.at[i] != '\t')
			return true;
	return high > s.len / 4;
}

static bool
is_everyday(unsigned c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ' ' || c >= 0x600;
}

/* Three in four characters are letters, digits or spaces: of noise it is hardly more than half. */
static bool
reads_well(struct lw_span septets, unsigned language)
{
	size_t n = 0;

	for (size_t i = 0; i < septets.len; i++)
		n += is_everyday(lw_gsm_basic(language, (unsigned char)septets.at[i]));
	return n >= septets.len - septets.len / 4;
}

static bool
is_gsm(const char *charset)
{
	return charset != NULL && strcmp(charset, "GSM") == 0;
}

bool
lw_sms_payload(struct lw_buffer *out, struct lw_span user_data, const struct lw_udh *h, const char *charset)
{
	size_t had = out->len;
	struct lw_span s;

	if (user_data.len <= h->len)
		return true;
	s = (struct lw_span){ user_data.at + h->len, user_data.len - h->len };
	if (is_gsm(charset) && looks_packed(s)) {
		if (!lw_gsm_unpack(out, s, (unsigned)(7 - h->len * 8 % 7) % 7, SIZE_MAX))
			return false;
		if (reads_well((struct lw_span){ out->at + had, out->len - had }, h->locking))
			return true;
		out->len = had;
	}
	return lw_buffer_add(out, s.at, s.len);
}

static bool
add_character(struct lw_buffer *out, unsigned c)
{
	char utf8[3] = { (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)), (char)(0x80 | (c & 0x3f)) };

	if (c >= 0x800)
		return lw_buffer_add(out, utf8, 3);
	utf8[1] = (char)(c < 0x80 ? c : 0xc0 | c >> 6);
	return c < 0x80 ? lw_buffer_add(out, utf8 + 1, 1) : lw_buffer_add(out, utf8 + 1, 2);
}

/* An escape at the end is nothing; before what its table lacks it is nothing either, as the standard has it. */
static bool
decode_septets(struct lw_buffer *out, struct lw_span s, const struct lw_udh *h)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned septet = (unsigned char)s.at[i], c = 0;

		if (septet == LW_GSM_ESCAPE) {
			if (++i == s.len)
				return true;
			septet = (unsigned char)s.at[i];
			c = lw_gsm_shifted(h->single, septet);
		}
		if (!add_character(out, c != 0 ? c : lw_gsm_basic(h->locking, septet)))
			return false;
	}
	return true;
}

/* ---- text ---- */

static const char *
by_mark(struct lw_span *s, const char *charset)
{
	bool little = s->len >= 2 && memcmp(s->at, "\xff\xfe", 2) == 0;

	if (!little && !(s->len >= 2 && memcmp(s->at, "\xfe\xff", 2) == 0))
		return charset;
	s->at += 2;
	s->len -= 2;
	return little ? "UTF-16LE" : "UTF-16BE";
}

bool
lw_sms_decode(struct lw_buffer *out, struct lw_span payload, const char *charset, const struct lw_udh *h)
{
	if (is_gsm(charset)) {
		if (lw_above_127(payload) == 0)
			return decode_septets(out, payload, h);
		charset = "ISO-8859-1";
	}
	if (charset != NULL && strncmp(charset, "UTF-16", 6) == 0)
		charset = by_mark(&payload, charset);
	return lw_recode(out, payload, charset);
}

bool
lw_sms_text(struct lw_buffer *out, struct lw_span user_data, unsigned data_coding, unsigned esm_class)
{
	const char *charset = lw_sms_charset(data_coding);
	struct lw_udh h = { 0 };
	struct lw_buffer payload = { 0 };
	bool done;

	if (charset == NULL)
		return true;
	if ((esm_class & LW_ESM_UDH) != 0)
		h = lw_udh_read(user_data);
	done = lw_sms_payload(&payload, user_data, &h, charset) &&
	    lw_sms_decode(out, (struct lw_span){ payload.at, payload.len }, charset, &h);
	lw_buffer_free(&payload);
	return done;
}
