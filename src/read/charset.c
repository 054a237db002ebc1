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

enum { LONGEST = 1 << 24, GUESSED = 8192, SURE_ENOUGH = 10 };

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

static bool
is_single_byte(UConverter *c)
{
	return ucnv_getMaxCharSize(c) == 1;
}

/* The likeliest converter, NULL when there is no guess better than UTF-8. */
static UConverter *
guess(struct lw_span bytes)
{
	UErrorCode status = U_ZERO_ERROR;
	UCharsetDetector *detector = ucsdet_open(&status);
	const UCharsetMatch *match;
	UConverter *found = NULL;
	const char *name = "windows-1252";

	if (bytes.len > GUESSED)
		bytes.len = GUESSED;
	ucsdet_setText(detector, bytes.at, (int32_t)bytes.len, &status);
	match = ucsdet_detect(detector, &status);
	if (U_SUCCESS(status) && match != NULL && ucsdet_getConfidence(match, &status) >= SURE_ENOUGH)
		name = meant_by(ucsdet_getName(match, &status));
	if (name != NULL && strcmp(name, "UTF-8") != 0) {
		status = U_ZERO_ERROR;
		found = ucnv_open(name, &status);
	}
	ucsdet_close(detector);
	return found;
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
	if (from != NULL && valid && is_single_byte(from)) {
		ucnv_close(from);
		from = NULL;
	}
	if (from == NULL && valid)
		return lw_buffer_add(out, bytes.at, bytes.len);
	if (from == NULL)
		from = guess(bytes);
	if (from == NULL)
		return lw_utf8_repair(out, bytes);
	done = convert(out, bytes, from);
	ucnv_close(from);
	return done;
}
