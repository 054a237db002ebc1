/*
 * charset.c - bytes of a declared, misdeclared or undeclared charset to UTF-8
 *
 * ICU converts, so no locale and no iconv tables are needed. A bad sequence
 * becomes U+FFFD; an unknown name is as good as none. Fails only without memory.
 */
#include "read/charset.h"

#include "read/format.h"

#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/utf8.h>

enum { LONGEST = 1 << 24, GUESSED = 8192, SURE_ENOUGH = 10, FEW = 3 };

static const char western[] = "windows-1252";

/* Names that in practice mean a larger set, or nothing at all (NULL). */
static const struct {
	const char *declared, *meant;
} aliases[] = {
	{ "us-ascii", NULL }, { "ascii", NULL }, { "ansi_x3.4-1968", NULL }, { "unknown-8bit", NULL },
	{ "x-unknown", NULL }, { "unknown", NULL }, { "default", NULL }, { "binary", NULL }, { "8bit", NULL },
	{ "x-user-defined", NULL }, { "utf-8", "UTF-8" }, { "utf8", "UTF-8" },
	{ "iso-8859-1", "windows-1252" }, { "latin1", "windows-1252" }, { "iso-8859-9", "windows-1254" },
	{ "gb2312", "gb18030" }, { "gb_2312-80", "gb18030" }, { "gbk", "gb18030" }, { "cp936", "gb18030" },
	{ "ks_c_5601-1987", "windows-949" }, { "euc-kr", "windows-949" }, { "shift_jis", "ibm-943" },
	{ "iso-8859-11", "windows-874" }, { "tis-620", "windows-874" },
};

static const char *
meant_by(const char *charset)
{
	struct lw_span name;

	if (charset == NULL)
		return NULL;
	name = lw_span_trim((struct lw_span){ charset, strlen(charset) });
	for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
		if (lw_span_same(name, (struct lw_span){ aliases[i].declared, strlen(aliases[i].declared) }))
			return aliases[i].meant;
	return charset;
}

const char *
lw_charset_named(const char *name)
{
	UErrorCode status = U_ZERO_ERROR;
	UConverter *c;

	name = meant_by(name);
	if (name == NULL)
		return NULL;
	c = ucnv_open(name, &status);
	ucnv_close(c);
	return U_SUCCESS(status) ? name : NULL;
}

static bool
convert(struct lw_buffer *out, struct lw_span bytes, UConverter *from)
{
	/* no charset needs more than three bytes of UTF-8 for one of its own */
	size_t room = bytes.len * 3 + 16;
	UErrorCode status = U_ZERO_ERROR;
	int32_t n;

	if (!lw_buffer_reserve(out, room))
		return false;
	n = ucnv_toAlgorithmic(UCNV_UTF8, from, out->at + out->len, (int32_t)room, bytes.at, (int32_t)bytes.len, &status);
	if (n > 0)
		out->len += (size_t)n < room ? (size_t)n : room;
	return status != U_MEMORY_ALLOCATION_ERROR;
}

/* ---- guessing ---- */

/* Thai needs its letters in order: a mark above or below follows a letter, a leading vowel goes before one. ICU knows no Thai. */
static bool
is_thai(struct lw_span s)
{
	size_t letters = 0, marks = 0;
	unsigned before = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned c = (unsigned char)s.at[i];
		bool mark = c == 0xd1 || (c >= 0xd4 && c <= 0xda) || (c >= 0xe7 && c <= 0xee), leads = before >= 0xe0 && before <= 0xe4;
		bool letter = c >= 0xa1 && c <= 0xce;

		if ((c >= 0x80 && c < 0xa0) || (c > 0xda && c < 0xdf) || c > 0xfb || (mark && before < 0xa1) || (leads && !letter))
			return false;
		letters += letter;
		marks += mark;
		before = c;
	}
	return letters >= 4 && marks * 8 >= letters;
}

/* Decoded, it holds no controls, no characters of private use, and nothing but what the charset knows. */
static bool
is_sane(struct lw_span bytes, const char *charset)
{
	UErrorCode status = U_ZERO_ERROR;
	UConverter *c = ucnv_open(charset, &status);
	const char *at = bytes.at, *end = bytes.at + bytes.len;
	size_t all = 0, odd = 0;

	while (U_SUCCESS(status) && at < end) {
		UChar32 u = ucnv_getNextUChar(c, &at, end, &status);

		all++;
		/* what was cut at the end is not held against it */
		odd += at < end && (u == 0xfffd || (u >= 0x7f && u < 0xa0) || (u < 0x20 && !(u >= '\t' && u <= '\r')) ||
		    (u >= 0xe000 && u <= 0xf8ff));
	}
	ucnv_close(c);
	return all > 0 && odd * 50 <= all && (U_SUCCESS(status) || at == end);
}

/* Damaged, but what else has so many good sequences? */
static bool
is_mostly_utf8(struct lw_span s)
{
	const uint8_t *at = (const uint8_t *)s.at;
	size_t good = 0, bad = 0;
	int32_t i = 0, len = (int32_t)s.len;

	while (i < len) {
		int32_t from = i;
		UChar32 c;

		U8_NEXT(at, i, len, c);
		/* what was cut at the end is not held against it */
		good += c >= 0x80;
		bad += c < 0 && len - from > 3;
	}
	return good > 0 && bad * 2 <= good;
}

/* Found by letter frequencies in messages that are nothing of the kind. */
static bool
is_farfetched(const char *name)
{
	return strncmp(name, "IBM4", 4) == 0 || strncmp(name, "UTF-", 4) == 0 || strncmp(name, "ISO-2022", 8) == 0;
}

size_t
lw_above_127(struct lw_span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += (unsigned char)s.at[i] > 127;
	return n;
}

/* More than every third letter with an accent: no Western language has that. */
static bool
is_western(struct lw_span s)
{
	size_t letters = 0;

	for (size_t i = 0; i < s.len; i++)
		letters += (s.at[i] | 32) >= 'a' && (s.at[i] | 32) <= 'z';
	return lw_above_127(s) * 2 <= letters || lw_above_127(s) < FEW;
}

static const char *
by_frequency(struct lw_span bytes)
{
	UErrorCode status = U_ZERO_ERROR;
	UCharsetDetector *detector = ucsdet_open(&status);
	const UCharsetMatch **match;
	const char *found = NULL;
	int32_t n = 0;

	ucsdet_setText(detector, bytes.at, (int32_t)bytes.len, &status);
	match = ucsdet_detectAll(detector, &n, &status);
	for (int32_t i = 0; found == NULL && U_SUCCESS(status) && i < n; i++) {
		const char *name = ucsdet_getName(match[i], &status);

		if (ucsdet_getConfidence(match[i], &status) < SURE_ENOUGH || U_FAILURE(status))
			break;
		if (is_farfetched(name) || !is_sane(bytes, meant_by(name)))
			continue;
		/* the names are ICU's own, static */
		found = meant_by(name);
	}
	ucsdet_close(detector);
	return found;
}

const char *
lw_charset_likely(struct lw_span bytes, const char *declared)
{
	const char *name = declared != NULL ? lw_charset_named(declared) : NULL;

	if (bytes.len > GUESSED)
		bytes.len = GUESSED;
	if (is_mostly_utf8(bytes))
		return "UTF-8";
	if (name != NULL && is_sane(bytes, name) &&
	    (strcmp(name, western) != 0 || is_western(bytes)))
		return name;
	if (is_thai(bytes))
		return "windows-874";
	name = by_frequency(bytes);
	return name != NULL ? name : western;
}

bool
lw_recode(struct lw_buffer *out, struct lw_span bytes, const char *charset)
{
	UErrorCode status = U_ZERO_ERROR;
	const char *name = meant_by(charset);
	UConverter *from = NULL;
	bool valid, done;

	if (bytes.len > LONGEST)
		bytes.len = LONGEST;
	if (bytes.len == 0)
		return true;
	valid = lw_utf8_valid(bytes);
	if (name != NULL && strcmp(name, "UTF-8") != 0)
		from = ucnv_open(name, &status);
	/* text of a one-byte charset is hardly ever good UTF-8 by chance: the declaration is wrong */
	if (valid && (from == NULL || ucnv_getMaxCharSize(from) == 1)) {
		ucnv_close(from);
		return lw_buffer_add(out, bytes.at, bytes.len);
	}
	if (from == NULL || (strcmp(name, western) == 0 && !is_western(bytes))) {
		ucnv_close(from);
		status = U_ZERO_ERROR;
		name = lw_charset_likely(bytes, NULL);
		from = strcmp(name, "UTF-8") != 0 ? ucnv_open(name, &status) : NULL;
	}
	if (from == NULL)
		return lw_utf8_repair(out, bytes);
	done = convert(out, bytes, from);
	ucnv_close(from);
	return done;
}

const char *
lw_charset_of_file(struct lw_span head)
{
	struct lw_span whole = head;
	const char *name;

	/* the last character may be cut */
	for (int i = 0; i < 3 && whole.len > 0 && (unsigned char)whole.at[whole.len - 1] > 127; i++)
		whole.len--;
	if (lw_utf8_valid(whole) || lw_above_127(head) < FEW)
		return NULL;
	name = lw_charset_likely(head, NULL);
	return strcmp(name, "UTF-8") != 0 && is_sane(head, name) ? name : NULL;
}
