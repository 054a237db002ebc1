/*
 * contacts.c - links, addresses, phones and handles in the normalised text
 *
 * A contact becomes one symbol of its kind, so that no model learns that one
 * corpus used example.com or one country's numbers. What is worth telling apart
 * (a cheap top-level domain, a messenger, a country code) is kept as a short
 * static name. Contacts are ASCII and are found inside runs of ASCII, which in
 * scripts without spaces begin and end anywhere.
 */
#include "text/parts.h"
#include "text/buffer.h"

#include <string.h>

/* Top-level domains that end a host without a scheme or path. Ambiguous ones ("is", "me", "in", "to") need a path. */
static const char *const plain_domains[] = { "com", "net", "org", "info", "biz", "xyz", "top", "vip", "shop", "site",
	"online", "club", "live", "app", "dev", "icu", "cyou", "buzz", "store", "pro", "work", "link", "click", "fun",
	"win", "loan", "cc", "cn", "ru", "vn", "th", "ph", "mm", "kh", "la", "jp", "kr", "hk", "tw", "sg", "uk", "de",
	"fr", "br", "mx", "ng", "ke", "za", "tz", "lk", "bd", "np", "pk", "ir", "tr", "ua", "pl", "kz", "uz", "kg", "eu",
	"gov", "edu", "mil", "example", "test", "invalid", "io", "co", "tk", "ml", "ga", "cf", "gq", "ly", "gl", "page",
	"web", "mobi", "asia", "tech", "world", "space", "bid", "cash", "money", "finance", "bank", "jobs", "careers" };

/* Domains worth telling apart: the cheap ones that lures and phishing live on. */
static const char *const cheap_domains[] = { "xyz", "top", "vip", "icu", "cyou", "buzz", "club", "site", "online",
	"shop", "live", "click", "link", "fun", "win", "loan", "cc", "tk", "ml", "ga", "cf", "gq", "work", "bid" };

static const char *const shorteners[] = { "bit.ly", "tinyurl.com", "t.co", "goo.gl", "is.gd", "cutt.ly", "rb.gy",
	"s.id", "shorturl.at", "ow.ly", "t.ly", "tiny.cc", "rebrand.ly", "u.to", "v.gd", "clck.ru", "vk.cc", "t.cn",
	"url.cn", "dwz.cn", "suo.im", "reurl.cc", "lihi.cc", "shope.ee", "bitly.com", "x.co", "buff.ly", "shorte.st",
	"adf.ly", "ux.nu", "qr.ae", "linktr.ee", "short.example", "s.example" };

static const struct {
	const char *host, *name;
} messengers[] = {
	{ "wa.me", "whatsapp" }, { "api.whatsapp.com", "whatsapp" }, { "chat.whatsapp.com", "whatsapp" },
	{ "wa.link", "whatsapp" }, { "t.me", "telegram" }, { "telegram.me", "telegram" }, { "telegram.dog", "telegram" },
	{ "line.me", "line" }, { "lin.ee", "line" }, { "line.naver.jp", "line" }, { "zalo.me", "zalo" },
	{ "m.me", "messenger" }, { "u.wechat.com", "wechat" }, { "viber.com", "viber" }, { "open.kakao.com", "kakao" },
	{ "signal.me", "signal" }, { "discord.gg", "discord" },
};

/* Calling codes of the countries that matter here; the longest match wins. */
static const char *const calling_codes[] = { "1", "7", "20", "27", "33", "34", "39", "44", "49", "51", "52", "54", "55",
	"57", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
	"212", "233", "234", "243", "249", "250", "251", "252", "254", "255", "256", "260", "263", "380", "850", "852",
	"853", "855", "856", "880", "886", "966", "971", "977", "992", "994", "995", "996", "998" };

/* RFC 1035 and 5321; they also keep the search linear in the length of the text. */
enum { HOST_MAX = 253, LOCAL_MAX = 64 };

static bool
listed(const char *const *list, size_t n, const char *name, size_t len, const char **found)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == len && memcmp(list[i], name, len) == 0) {
			if (found != NULL)
				*found = list[i];
			return true;
		}
	return false;
}
#define LISTED(list, name, len, found) listed((list), sizeof(list) / sizeof(list)[0], (name), (len), (found))

static bool
digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static bool
alnum(uint32_t c)
{
	return digit(c) || (c >= 'a' && c <= 'z');
}

static bool
in_host(uint32_t c)
{
	return alnum(c) || c == '-' || c == '.';
}

static bool
in_url(uint32_t c)
{
	return c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '{' && c != '}' && c != '|' && c != '\\';
}

/* A host name copied out as bytes, for looking up; its letters are lower case by now. */
struct host {
	char name[64];          /* longer hosts are nobody we know, but are hosts all the same */
	size_t len;
	bool dotted;
	const char *last;       /* after the last dot */
	size_t last_len;
	unsigned dots;
};

static bool
read_host(const uint32_t *s, uint32_t begin, uint32_t end, struct host *h)
{
	uint32_t label = begin, last = begin;

	if (end <= begin || !alnum(s[begin]) || !alnum(s[end - 1]))
		return false;
	h->dots = 0;
	for (uint32_t i = begin; i < end; i++) {
		if (s[i] != '.')
			continue;
		if (i == label)
			return false;
		h->dots++;
		label = last = i + 1;
	}
	h->dotted = h->dots > 0;
	h->len = 0;
	if (end - begin < sizeof h->name)
		for (uint32_t i = begin; i < end; i++)
			h->name[h->len++] = (char)s[i];
	else
		for (uint32_t i = last; i < end && h->len + 1 < sizeof h->name; i++)
			h->name[h->len++] = (char)s[i];
	h->last_len = end - last < sizeof h->name ? end - last : 0;
	h->last = h->name + h->len - h->last_len;
	return true;
}

static bool
host_stands_alone(const struct host *h, bool followed_by_path)
{
	bool letters = h->last_len >= 2;

	for (size_t i = 0; i < h->last_len; i++)
		letters = letters && h->last[i] >= 'a' && h->last[i] <= 'z';
	if (!h->dotted || !letters)
		return false;
	if (LISTED(plain_domains, h->last, h->last_len, NULL))
		return true;
	return h->last_len == 2 && (followed_by_path || h->dots >= 2);
}

static uint8_t
kind_of_host(const struct host *h, const char **what)
{
	const char *name = h->name;
	size_t len = h->len;

	if (len > 4 && memcmp(name, "www.", 4) == 0) {
		name += 4;
		len -= 4;
	}
	for (size_t i = 0; i < sizeof messengers / sizeof messengers[0]; i++)
		if (strlen(messengers[i].host) == len && memcmp(messengers[i].host, name, len) == 0) {
			*what = messengers[i].name;
			return LW_MESSENGER;
		}
	if (LISTED(shorteners, name, len, NULL))
		return LW_SHORTLINK;
	LISTED(cheap_domains, h->last, h->last_len, what);
	return LW_LINK;
}

static lurewatch_error
add(struct lw_texter *t, uint32_t begin, uint32_t end, uint8_t kind, const char *what)
{
	struct lw_text *x = &t->text;

	if (!lw_grow(&x->contact, &t->contact_room, (size_t)x->contacts + 1, sizeof *x->contact))
		return LUREWATCH_E_MEMORY;
	x->contact[x->contacts++] = (struct lw_contact){ .begin = begin, .end = end, .kind = kind, .what = what };
	return LUREWATCH_OK;
}

static bool
starts(const struct lw_text *x, uint32_t at, const char *word)
{
	for (; *word != '\0'; word++, at++)
		if (at >= x->norms || x->norm[at] != (uint32_t)*word)
			return false;
	return true;
}

/* scheme://..., www...., host.tld, host.tld/path. Gives the end of the link, or `at` when there is none. */
static uint32_t
match_link(const struct lw_text *x, uint32_t at, uint8_t *kind, const char **what)
{
	struct host h = { 0 };
	uint32_t begin = at, end, rest;
	bool scheme = false, path;

	if (starts(x, at, "http://") || starts(x, at, "https://") || starts(x, at, "hxxp://") || starts(x, at, "hxxps://")) {
		scheme = true;
		while (x->norm[begin] != ':')
			begin++;
		begin += 3;
	}
	for (end = begin; end < x->norms && end - begin < HOST_MAX && in_host(x->norm[end]); end++)
		;
	while (end > begin && !alnum(x->norm[end - 1]))
		end--;
	if (!read_host(x->norm, begin, end, &h))
		return at;
	path = end < x->norms && (x->norm[end] == '/' || x->norm[end] == '?' || x->norm[end] == ':');
	if (!scheme && !(h.dotted && starts(x, begin, "www.")) && !host_stands_alone(&h, path))
		return at;
	for (rest = end; path && rest < x->norms && in_url(x->norm[rest]); rest++)
		;
	while (rest > end && !alnum(x->norm[rest - 1]) && x->norm[rest - 1] != '/')
		rest--;
	*kind = kind_of_host(&h, what);
	return rest;
}

/* name@host.tld from `at`; `at` begins the local part. */
static uint32_t
match_email(const struct lw_text *x, uint32_t at)
{
	struct host h = { 0 };
	uint32_t i = at, end;

	while (i < x->norms && i - at < LOCAL_MAX && (alnum(x->norm[i]) || x->norm[i] == '.' || x->norm[i] == '_' || x->norm[i] == '-' ||
	    x->norm[i] == '+'))
		i++;
	if (i == at || i >= x->norms || x->norm[i] != '@')
		return at;
	for (end = i + 1; end < x->norms && end - i <= HOST_MAX && in_host(x->norm[end]); end++)
		;
	while (end > i + 1 && !alnum(x->norm[end - 1]))
		end--;
	if (!read_host(x->norm, i + 1, end, &h) || !h.dotted || h.last_len < 2)
		return at;
	return end;
}

static uint32_t
match_handle(const struct lw_text *x, uint32_t at)
{
	uint32_t end = at + 1, letters = 0;

	for (; end < x->norms && (alnum(x->norm[end]) || x->norm[end] == '_' || x->norm[end] == '.'); end++)
		letters += x->norm[end] >= 'a' && x->norm[end] <= 'z';
	while (end > at + 1 && x->norm[end - 1] == '.')
		end--;
	return letters >= 2 && end - at >= 4 ? end : at;
}

static const char *
calling_code(const struct lw_text *x, uint32_t at)
{
	const char *found = "";
	char number[4];
	size_t len = 0;

	for (; at < x->norms && len < 3; at++) {
		if (digit(x->norm[at]))
			number[len++] = (char)x->norm[at];
		else if (x->norm[at] != ' ' && x->norm[at] != '-' && x->norm[at] != '(')
			break;
		LISTED(calling_codes, number, len, &found);
	}
	return found;
}

/* 2026-11-24, 24.11.2026, 24/11: groups of a date. */
static bool
date_like(const uint32_t *group, uint32_t groups, uint32_t separator)
{
	if (groups != 3 || (separator != '-' && separator != '.'))
		return false;
	return (group[0] == 4 && group[1] <= 2 && group[2] <= 2) || (group[0] <= 2 && group[1] <= 2 && group[2] == 4);
}

static bool
thousands(const uint32_t *group, uint32_t groups)
{
	if (groups < 2 || group[0] > 3)
		return false;
	for (uint32_t i = 1; i < groups; i++)
		if (group[i] != 3)
			return false;
	return true;
}

/*
 * A phone number, or a longer run of digits (an account, a card, a parcel). Amounts,
 * dates and times are left for the n-grams and the shapes.
 */
static uint32_t
match_number(const struct lw_text *x, uint32_t at, uint8_t *kind, const char **what)
{
	uint32_t i = at, end = at, digits = 0, group[8] = { 0 }, groups = 0, separator = 0;
	bool plus = x->norm[at] == '+', zero;

	if (plus)
		i++;
	zero = i < x->norms && x->norm[i] == '0';
	while (i < x->norms && i - at < 32 && groups < 8) {
		uint32_t from = i, gap = 0;

		while (i < x->norms && digit(x->norm[i]))
			i++;
		if (i == from)
			break;
		group[groups++] = i - from;
		digits += i - from;
		end = i;
		while (i < x->norms && gap < 2 && (x->norm[i] == ' ' || x->norm[i] == '-' || x->norm[i] == '.' ||
		    x->norm[i] == '(' || x->norm[i] == ')')) {
			i++;
			gap++;
		}
		if (i < x->norms && digit(x->norm[i]))
			separator = x->norm[i - 1];
	}
	if (end < x->norms && x->norm[end] >= 'a' && x->norm[end] <= 'z')
		return at;
	if (groups == 1 && !plus && digits >= 12) {
		*kind = LW_NUMBER;
		return end;
	}
	if (digits < 7 || digits > 15 || date_like(group, groups, separator) || (!plus && !zero && thousands(group, groups)))
		return at;
	if (!plus && !zero && digits < 8 && groups < 2)
		return at;
	*kind = LW_PHONE;
	*what = plus ? calling_code(x, at + 1) : zero && starts(x, at, "00") ? calling_code(x, at + 2) : "";
	return end;
}

/* Whatever is a contact has seven digits, an @, or a dot or slashes inside. */
static bool
worth_looking(const struct lw_text *x)
{
	uint32_t digits = 0;

	for (uint32_t i = 0; i < x->norms; i++) {
		uint32_t c = x->norm[i];

		if (c > '@' || c == ' ')
			continue;
		digits += digit(c);
		if (c == '@' || (c == '.' && i + 1 < x->norms && alnum(x->norm[i + 1])) ||
		    (c == '/' && i > 0 && x->norm[i - 1] == '/'))
			return true;
	}
	return digits >= 7;
}

lurewatch_error
lw_find_contacts(struct lw_texter *t)
{
	struct lw_text *x = &t->text;
	uint32_t i = 0;

	if (!worth_looking(x))
		return LUREWATCH_OK;
	while (i < x->norms) {
		uint32_t c = x->norm[i], before = i > 0 ? x->norm[i - 1] : ' ', end = i, run = i;
		uint8_t kind = LW_LINK;
		const char *what = "";

		while (run < x->norms && alnum(x->norm[run]))
			run++;
		/* what follows the first letters and digits tells most words from addresses and links */
		if (run > i && run < x->norms && !alnum(before) && (in_url(x->norm[run]) || x->norm[run] == '@')) {
			if ((end = match_email(x, i)) > i)
				kind = LW_EMAIL;
			else
				end = match_link(x, i, &kind, &what);
		}
		if (end == i && c == '@' && !alnum(before) && (end = match_handle(x, i)) > i)
			kind = LW_HANDLE;
		if (end == i && (digit(c) || (c == '+' && i + 1 < x->norms && digit(x->norm[i + 1]))) && !alnum(before) &&
		    before != '+')
			end = match_number(x, i, &kind, &what);
		if (end > i) {
			lurewatch_error error = add(t, i, end, kind, what);

			if (error != LUREWATCH_OK)
				return error;
			i = end;
			continue;
		}
		i = run > i ? run : i + 1;
	}
	return LUREWATCH_OK;
}

const char *
lw_contact_what(size_t i, enum lw_contact_kind *kind)
{
	const size_t hosts = sizeof messengers / sizeof messengers[0], domains = sizeof cheap_domains / sizeof cheap_domains[0],
	    codes = sizeof calling_codes / sizeof calling_codes[0];

	*kind = i < hosts ? LW_MESSENGER : i < hosts + domains ? LW_LINK : LW_PHONE;
	if (i < hosts)
		return messengers[i].name;
	if (i < hosts + domains)
		return cheap_domains[i - hosts];
	return i < hosts + domains + codes ? calling_codes[i - hosts - domains] : NULL;
}
