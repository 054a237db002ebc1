/* when.c - what is no time of a known kind is not known; nothing else fails but for want of memory */
#include "write/when.h"

#include <string.h>
#include <strings.h>

enum { DAY = 86400 };

/* Days since 1970-01-01 of the Gregorian calendar, counted in eras of 400 years that begin in March. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = year - (month <= 2), era = y / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void
date_of(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
	int64_t z = days + 719468, era = z / 146097, of_era = z - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;

	*day = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = y + era * 400 + (*month <= 2);
}

/* ---- pieces; each cuts what it understood off ---- */

static bool
literal(struct lw_span *s, char c)
{
	if (s->len == 0 || s->at[0] != c)
		return false;
	s->at++;
	s->len--;
	return true;
}

static bool
number(struct lw_span *s, size_t least, size_t most, int64_t *out)
{
	size_t n = 0;

	*out = 0;
	while (n < s->len && n < most && s->at[n] >= '0' && s->at[n] <= '9')
		*out = *out * 10 + (s->at[n++] - '0');
	if (n < least)
		return false;
	s->at += n;
	s->len -= n;
	return true;
}

static void
blanks(struct lw_span *s)
{
	while (literal(s, ' ') || literal(s, '\t') || literal(s, '\r') || literal(s, '\n'))
		;
}

/* HH:MM[:SS[.fraction]] as seconds of the day */
static bool
clock_time(struct lw_span *s, int64_t *seconds)
{
	struct lw_span rest = *s;
	int64_t hour, minute, second = 0, fraction;

	if (!number(&rest, 1, 2, &hour) || !literal(&rest, ':') || !number(&rest, 2, 2, &minute))
		return false;
	if (literal(&rest, ':') && !number(&rest, 2, 2, &second))
		return false;
	if (literal(&rest, '.'))
		number(&rest, 1, 18, &fraction);
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*seconds = hour * 3600 + minute * 60 + second;
	*s = rest;
	return true;
}

/* Z, GMT, UT, +HHMM or +HH:MM, as seconds to be taken off */
static bool
zone(struct lw_span *s, int64_t *offset)
{
	bool west;
	int64_t hours, minutes = 0;

	*offset = 0;
	blanks(s);
	if (literal(s, 'Z') || (s->len >= 3 && memcmp(s->at, "GMT", 3) == 0) || (s->len >= 2 && memcmp(s->at, "UT", 2) == 0))
		return true;
	west = literal(s, '-');
	if (!west && !literal(s, '+'))
		return false;
	if (!number(s, 2, 2, &hours))
		return false;
	literal(s, ':');
	number(s, 2, 2, &minutes);
	*offset = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return true;
}

static struct lw_when
when(int64_t year, int64_t month, int64_t day, struct lw_span rest)
{
	struct lw_when w = { 0 };
	int64_t seconds = 0, offset = 0;

	if (month < 1 || month > 12 || day < 1 || day > 31)
		return w;
	w.known = true;
	w.day = days_of(year, month, day);
	if (clock_time(&rest, &seconds))
		w.zoned = zone(&rest, &offset);
	w.seconds = w.day * DAY + seconds - (w.zoned ? offset : 0);
	return w;
}

/* ---- kinds of writing ---- */

static struct lw_when
iso(struct lw_span s)
{
	int64_t year, month, day;

	if (!number(&s, 4, 4, &year) || !literal(&s, '-') || !number(&s, 1, 2, &month) || !literal(&s, '-') ||
	    !number(&s, 1, 2, &day))
		return (struct lw_when){ 0 };
	if (!literal(&s, 'T'))
		blanks(&s);
	return when(year, month, day, s);
}

static struct lw_when
mail_date(struct lw_span s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *comma = memchr(s.at, ',', s.len < 10 ? s.len : 10);
	int64_t day, month = 1, year;

	if (comma != NULL) {
		s.len -= (size_t)(comma + 1 - s.at);
		s.at = comma + 1;
	}
	blanks(&s);
	if (!number(&s, 1, 2, &day))
		return (struct lw_when){ 0 };
	blanks(&s);
	while (month <= 12 && (s.len < 3 || strncasecmp(s.at, months + (month - 1) * 3, 3) != 0))
		month++;
	if (month > 12)
		return (struct lw_when){ 0 };
	s.at += 3;
	s.len -= 3;
	blanks(&s);
	if (!number(&s, 4, 4, &year))
		return (struct lw_when){ 0 };
	blanks(&s);
	return when(year, month, day, s);
}

/* Seconds, milliseconds or microseconds, by their size: all of 1973 to 5138. */
static struct lw_when
count(struct lw_span s)
{
	struct lw_when w = { 0 };
	int64_t n;

	if (!number(&s, 9, 17, &n) || (s.len > 0 && s.at[0] != '.'))
		return w;
	while (n >= 100000000000)
		n /= 1000;
	return (struct lw_when){ .known = true, .zoned = true, .seconds = n, .day = n / DAY };
}

struct lw_when
lw_when_read(struct lw_span s)
{
	struct lw_when w;

	if (s.len == 0)
		return (struct lw_when){ 0 };
	blanks(&s);
	w = count(s);
	if (!w.known)
		w = iso(s);
	return w.known || s.len == 0 ? w : mail_date(s);
}

bool
lw_put_day(struct lw_buffer *b, struct lw_when w)
{
	int64_t year, month, day;

	date_of(w.day, &year, &month, &day);
	return lw_buffer_addf(b, "%04d-%02d-%02d", (int)year, (int)month, (int)day);
}

bool
lw_put_when(struct lw_buffer *b, struct lw_when w)
{
	int64_t day = w.seconds / DAY - (w.seconds % DAY < 0);
	int of_day = (int)(w.seconds - day * DAY);

	w.day = day;
	return lw_put_day(b, w) &&
	    lw_buffer_addf(b, "T%02d:%02d:%02d%s", of_day / 3600, of_day / 60 % 60, of_day % 60, w.zoned ? "Z" : "");
}
