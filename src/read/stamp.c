/* stamp.c - a small scanner for dates and times, and one table of the words for the halves of a day */
#include "read/stamp.h"

#include <string.h>
#include <unicode/uchar.h>

enum {
	LONGEST_GAP = 24,           /* characters between date and time: "klo", "à", "下午" */
	BUDDHIST = 543,
	FIRST_YEAR = 1990
};

struct scan {
	const char *at;
	size_t i, len;
};

static int32_t
next(struct scan *s)
{
	uint32_t c;

	if (s->i == s->len)
		return -1;
	s->i += lw_utf8_next((struct lw_span){ s->at + s->i, s->len - s->i }, &c);
	return (int32_t)c;
}

static int32_t
ahead(const struct scan *s)
{
	struct scan copy = *s;

	return next(&copy);
}

static bool
is_mark(int32_t c)
{
	return c == 0x200e || c == 0x200f || c == 0x61c || c == 0xfeff || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069);
}

static bool
is_space(int32_t c)
{
	return c == ' ' || c == '\t' || c == 0xa0 || c == 0x202f || c == 0x2009 || c == 0x3000;
}

static void
pass(struct scan *s, bool spaces)
{
	while (is_mark(ahead(s)) || (spaces && is_space(ahead(s))))
		next(s);
}

static bool
take(struct scan *s, int32_t wanted)
{
	pass(s, false);
	if (ahead(s) != wanted)
		return false;
	next(s);
	return true;
}

static bool
is_digit(int32_t c)
{
	return c >= 0 && u_charType(c) == U_DECIMAL_DIGIT_NUMBER;
}

/* A number of 1 to `longest` digits; false when there is none or it goes on. */
static bool
number(struct scan *s, int longest, int *value, int *digits)
{
	pass(s, false);
	*value = *digits = 0;
	while (*digits < longest && is_digit(ahead(s))) {
		*value = *value * 10 + (int)u_charDigitValue(next(s));
		++*digits;
	}
	return *digits > 0 && !is_digit(ahead(s));
}

/* ---- halves of the day ---- */

static const struct {
	const char *word;           /* small letters, without dots and blanks */
	enum lw_half half;
} halves[] = {
	{ "am", LW_HALF_AM }, { "pm", LW_HALF_PM }, { "a", LW_HALF_AM }, { "p", LW_HALF_PM },
	{ "上午", LW_HALF_AM }, { "下午", LW_HALF_PM }, { "凌晨", LW_HALF_AM }, { "清晨", LW_HALF_AM },
	{ "早上", LW_HALF_AM }, { "中午", LW_HALF_PM }, { "晚上", LW_HALF_PM }, { "午前", LW_HALF_AM },
	{ "午後", LW_HALF_PM }, { "오전", LW_HALF_AM }, { "오후", LW_HALF_PM }, { "sa", LW_HALF_AM }, { "ch", LW_HALF_PM },
	{ "ص", LW_HALF_AM }, { "م", LW_HALF_PM }, { "قظ", LW_HALF_AM }, { "بظ", LW_HALF_PM },
	{ "πμ", LW_HALF_AM }, { "μμ", LW_HALF_PM }, { "ÖÖ", LW_HALF_AM }, { "ÖS", LW_HALF_PM },
	{ "öö", LW_HALF_AM }, { "ös", LW_HALF_PM }, { "de", LW_HALF_AM }, { "du", LW_HALF_PM },
	{ "pg", LW_HALF_AM }, { "ptg", LW_HALF_PM }, { "pd", LW_HALF_AM }, { "md", LW_HALF_PM },
	{ "ก่อนเที่ยง", LW_HALF_AM }, { "หลังเที่ยง", LW_HALF_PM }, { "ກ່ອນທ່ຽງ", LW_HALF_AM }, { "ຫຼັງທ່ຽງ", LW_HALF_PM },
	{ "ព្រឹក", LW_HALF_AM }, { "ល្ងាច", LW_HALF_PM }, { "နံနက်", LW_HALF_AM }, { "ညနေ", LW_HALF_PM },
	{ "पूर्वाह्न", LW_HALF_AM }, { "अपराह्न", LW_HALF_PM }, { "পূর্বাহ্ণ", LW_HALF_AM }, { "অপরাহ্ণ", LW_HALF_PM },
	{ "முற்பகல்", LW_HALF_AM }, { "பிற்பகல்", LW_HALF_PM }, { "ጥዋት", LW_HALF_AM }, { "ከሰዓት", LW_HALF_PM },
};

static enum lw_half
half_of(struct lw_span words)
{
	char word[4 * LONGEST_GAP];
	size_t len = 0;
	struct scan s = { words.at, 0, words.len };

	while (s.i < s.len) {
		size_t from = s.i;
		int32_t c = next(&s);

		if (is_mark(c) || is_space(c) || c == '.' || c == ',' || c == 0x60c)
			continue;
		if (len + s.i - from > sizeof word)
			return LW_HALF_NONE;
		memcpy(word + len, s.at + from, s.i - from);
		len += s.i - from;
	}
	for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++)
		if (lw_span_same((struct lw_span){ word, len }, (struct lw_span){ halves[i].word, strlen(halves[i].word) }))
			return halves[i].half;
	return LW_HALF_NONE;
}

/* Words without digits and line breaks, up to one of `ends`; they may say the half of the day. */
static bool
words(struct scan *s, const char *ends, struct lw_stamp *out)
{
	size_t from = s->i;
	enum lw_half half;

	for (int n = 0; n < LONGEST_GAP; n++) {
		int32_t c = ahead(s);

		if (is_digit(c) || (c >= 0 && c < 0x80 && c != 0 && strchr(ends, (int)c) != NULL)) {
			half = half_of((struct lw_span){ s->at + from, s->i - from });
			if (half != LW_HALF_NONE)
				out->half = half;
			return true;
		}
		if (c < ' ' || c == '[' || c == ']' || c == ':')
			return false;
		next(s);
	}
	return false;
}

/* ---- date and time ---- */

static bool
is_year(const struct lw_stamp *d, int i)
{
	return d->digits[i] == 4;
}

/* 31/12/2024, 31.12.24, 2024-12-31, 2024. 12. 31. */
static bool
date(struct scan *s, struct lw_stamp *out)
{
	int32_t part;

	if (!number(s, 4, &out->part[0], &out->digits[0]))
		return false;
	pass(s, false);
	part = next(s);
	if (part != '/' && part != '.' && part != '-')
		return false;
	pass(s, true);
	if (!number(s, 2, &out->part[1], &out->digits[1]) || !take(s, part))
		return false;
	pass(s, true);
	if (!number(s, 4, &out->part[2], &out->digits[2]))
		return false;
	if (part == '.')
		take(s, '.');
	out->slashes = part == '/';
	out->dated = true;
	return out->digits[0] != 3 && out->digits[2] != 3 && !(is_year(out, 0) && is_year(out, 2));
}

static bool
clock_time(struct scan *s, struct lw_stamp *out)
{
	int32_t part;
	int digits;

	out->second = -1;
	if (!number(s, 2, &out->hour, &digits))
		return false;
	pass(s, false);
	part = next(s);
	if ((part != ':' && part != '.') || !number(s, 2, &out->minute, &digits) || digits != 2)
		return false;
	if (take(s, part) && (!number(s, 2, &out->second, &digits) || digits != 2))
		return false;
	return out->hour < 24 && out->minute < 60 && out->second < 61;
}

static bool
date_and_time(struct scan *s, struct lw_stamp *out)
{
	struct scan begin = *s;

	*out = (struct lw_stamp){ 0 };
	if (date(s, out) && words(s, "", out) && clock_time(s, out))
		return true;
	*s = begin;
	*out = (struct lw_stamp){ 0 };
	return clock_time(s, out) && words(s, "", out) && date(s, out);
}

static struct scan
scan_of(struct lw_span line)
{
	return (struct scan){ line.at, 0, line.len > 512 ? 512 : line.len };
}

size_t
lw_stamp_head(struct lw_span line, struct lw_stamp *out)
{
	struct scan s = scan_of(line);
	bool bracket;

	pass(&s, false);
	bracket = take(&s, '[');
	if (!date_and_time(&s, out))
		return 0;
	/* the words after the time end at the bracket, or at a dash between blanks */
	if (!words(&s, bracket ? "]" : "-", out) || ahead(&s) != (bracket ? ']' : '-') ||
	    (!bracket && s.at[s.i - 1] != ' '))
		return 0;
	next(&s);
	if (!is_space(ahead(&s)) && !is_mark(ahead(&s)))
		return 0;
	pass(&s, true);
	return s.i;
}

bool
lw_stamp_clock(struct lw_span text, struct lw_stamp *out)
{
	struct scan s = scan_of(text);
	struct lw_span rest;

	*out = (struct lw_stamp){ 0 };
	pass(&s, true);
	if (!is_digit(ahead(&s)) && (!words(&s, "", out) || out->half == LW_HALF_NONE))
		return false;
	if (!clock_time(&s, out))
		return false;
	pass(&s, true);
	rest = (struct lw_span){ s.at + s.i, s.len - s.i };
	if (rest.len > 0)
		out->half = half_of(rest);
	return rest.len == 0 || out->half != LW_HALF_NONE;
}

bool
lw_stamp_date(struct lw_span line, struct lw_stamp *out)
{
	struct scan s = scan_of(line);

	*out = (struct lw_stamp){ 0 };
	pass(&s, false);
	out->lettered = (ahead(&s) | 32) >= 'a' && (ahead(&s) | 32) <= 'z';
	if (!words(&s, "", out) || !date(&s, out) || (!is_year(out, 0) && !is_year(out, 2)))
		return false;
	for (int n = 0; ahead(&s) >= ' '; n++)
		if (n > LONGEST_GAP || is_digit(next(&s)))
			return false;
	return true;
}

enum lw_date_order
lw_stamp_order(const struct lw_stamp *d)
{
	if (is_year(d, 0))
		return LW_ORDER_UNKNOWN;
	if (d->part[0] > 12)
		return LW_DAY_FIRST;
	return d->part[1] > 12 ? LW_MONTH_FIRST : LW_ORDER_UNKNOWN;
}

/* Two digits are of this century, or of the Buddhist one (2552 is 2009, when such exports began). */
static int
gregorian(int year)
{
	if (year < 52)
		return 2000 + year;
	if (year < 100)
		return 2500 + year - BUDDHIST;
	return year > FIRST_YEAR + BUDDHIST ? year - BUDDHIST : year;
}

bool
lw_stamp_iso(const struct lw_stamp *d, enum lw_date_order order, struct lw_buffer *out)
{
	bool year_first = is_year(d, 0);
	int year = gregorian(d->part[year_first ? 0 : 2]);
	int month = d->part[year_first || order == LW_DAY_FIRST ? 1 : 0];
	int day = d->part[year_first ? 2 : order == LW_DAY_FIRST ? 0 : 1];
	int hour = d->hour;

	if (!d->dated || year < FIRST_YEAR || month < 1 || month > 12 || day < 1 || day > 31)
		return true;
	if (d->half == LW_HALF_PM && hour < 12)
		hour += 12;
	if (d->half == LW_HALF_AM && hour == 12)
		hour = 0;
	return lw_buffer_addf(out, "%04d-%02d-%02dT%02d:%02d", year, month, day, hour, d->minute) &&
	    (d->second < 0 || lw_buffer_addf(out, ":%02d", d->second));
}

size_t
lw_stamp_marks(struct lw_span text)
{
	struct scan s = scan_of(text);

	pass(&s, true);
	return s.i;
}
