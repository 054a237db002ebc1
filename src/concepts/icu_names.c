/*
 * icu_names.c - what ICU knows in every language: countries, currencies, months, weekdays
 *
 * Every locale of a language as such (not of a country) is asked. A name that ICU
 * lacks is passed over; only memory can fail.
 */
#include "concepts/compile.h"

#include <stdio.h>
#include <string.h>

#include <unicode/ucurr.h>
#include <unicode/udat.h>
#include <unicode/uldnames.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

static const struct {
	const char *region, *concept;
} regions[] = {
	{ "MM", "COUNTRY_MYANMAR" }, { "KH", "COUNTRY_CAMBODIA" }, { "LA", "COUNTRY_LAOS" }, { "TH", "COUNTRY_THAILAND" },
	{ "PH", "COUNTRY_PHILIPPINES" }, { "AE", "COUNTRY_UAE" }, { "CN", "COUNTRY_CHINA" }, { "MY", "COUNTRY_MALAYSIA" },
	{ "VN", "COUNTRY_VIETNAM" }, { "MO", "PLACE_MACAU_HK" }, { "HK", "PLACE_MACAU_HK" },
};

/* Those that messages about jobs and money name. */
static const char *const currencies[] = { "USD", "EUR", "GBP", "CNY", "TWD", "HKD", "MOP", "VND", "THB", "IDR", "MYR", "SGD",
	"AUD", "CAD", "CHF", "PHP", "MMK", "KHR", "LAK", "INR", "NPR", "PKR", "BDT", "LKR", "NGN", "KES", "TZS", "UGX", "RWF",
	"ETB", "SOS", "ZAR", "GHS", "XOF", "XAF", "MGA", "BRL", "MXN", "COP", "PEN", "ARS", "CLP", "RUB", "KZT", "KGS", "UZS",
	"UAH", "PLN", "TRY", "IRR", "EGP", "MAD", "DZD", "TND", "SAR", "AED", "QAR", "KWD", "OMR", "JPY", "KRW", "BTN" };

struct names {
	struct lw_compiler *compiler;
	const char *locale;
	uint8_t language;
	lurewatch_error error;
};

static void
add_utf16(struct names *n, const UChar *s, int32_t len, uint32_t concept)
{
	char utf8[1024];
	int32_t bytes = 0;
	UErrorCode status = U_ZERO_ERROR;

	if (n->error != LUREWATCH_OK || len <= 0 || concept == LW_NO_CONCEPT)
		return;
	u_strToUTF8(utf8, (int32_t)sizeof utf8, &bytes, s, len, &status);
	if (U_SUCCESS(status) && bytes < (int32_t)sizeof utf8)
		n->error = lw_compile_form(n->compiler, (struct lw_span){ utf8, (size_t)bytes }, concept, n->language,
		    LW_FROM_ICU);
}

/* "Myanmar (Burma)" is two names. */
static void
add_name(struct names *n, const UChar *s, int32_t len, uint32_t concept)
{
	int32_t open = 0;

	while (open < len && s[open] != '(' && s[open] != 0xff08)
		open++;
	add_utf16(n, s, open, concept);
	if (open + 2 < len)
		add_utf16(n, s + open + 1, len - open - 2, concept);
}

static uint32_t
concept_named(const struct names *n, const char *name)
{
	return lw_compile_concept(n->compiler, (struct lw_span){ name, strlen(name) });
}

static uint32_t
concept_of_region(const struct names *n, const char *region)
{
	for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++)
		if (strcmp(regions[i].region, region) == 0)
			return concept_named(n, regions[i].concept);
	return concept_named(n, "COUNTRY_OTHER");
}

static void
add_regions(struct names *n)
{
	static const UDisplayContext lengths[] = { UDISPCTX_LENGTH_FULL, UDISPCTX_LENGTH_SHORT };
	const char *const *region = uloc_getISOCountries();

	for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
		UDisplayContext context[2] = { lengths[k], UDISPCTX_NO_SUBSTITUTE };
		UErrorCode status = U_ZERO_ERROR;
		ULocaleDisplayNames *names = uldn_openForContext(n->locale, context, 2, &status);

		for (size_t i = 0; U_SUCCESS(status) && region[i] != NULL; i++) {
			UChar name[256];
			UErrorCode found = U_ZERO_ERROR;
			int32_t len = uldn_regionDisplayName(names, region[i], name, 256, &found);

			if (U_SUCCESS(found) && len < 256)
				add_name(n, name, len, concept_of_region(n, region[i]));
		}
		if (names != NULL)
			uldn_close(names);
	}
}

static void
add_currencies(struct names *n)
{
	static const char *const plurals[] = { "one", "few", "many", "other" };
	uint32_t concept = concept_named(n, "CURRENCY");

	for (size_t i = 0; i < sizeof currencies / sizeof currencies[0]; i++) {
		UChar code[4];
		UErrorCode status = U_ZERO_ERROR;
		int32_t len = 0;
		const UChar *name;

		u_charsToUChars(currencies[i], code, 4);
		name = ucurr_getName(code, n->locale, UCURR_LONG_NAME, NULL, &len, &status);
		if (U_SUCCESS(status))
			add_name(n, name, len, concept);
		for (size_t k = 0; k < sizeof plurals / sizeof plurals[0]; k++) {
			status = U_ZERO_ERROR;
			name = ucurr_getPluralName(code, n->locale, NULL, plurals[k], &len, &status);
			if (U_SUCCESS(status))
				add_name(n, name, len, concept);
		}
		add_utf16(n, code, 3, concept);
	}
}

static void
add_calendar(struct names *n)
{
	static const struct {
		UDateFormatSymbolType type;
		const char *concept;
	} kinds[] = {
		{ UDAT_MONTHS, "MONTH" }, { UDAT_STANDALONE_MONTHS, "MONTH" },
		{ UDAT_WEEKDAYS, "WEEKDAY" }, { UDAT_STANDALONE_WEEKDAYS, "WEEKDAY" },
	};
	UErrorCode status = U_ZERO_ERROR;
	UDateFormat *format = udat_open(UDAT_DEFAULT, UDAT_DEFAULT, n->locale, NULL, 0, NULL, 0, &status);

	if (U_FAILURE(status))
		return;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		uint32_t concept = concept_named(n, kinds[i].concept);
		int32_t all = udat_countSymbols(format, kinds[i].type);

		for (int32_t k = 0; k < all; k++) {
			UChar name[128];
			UErrorCode found = U_ZERO_ERROR;
			int32_t len = udat_getSymbols(format, kinds[i].type, k, name, 128, &found);

			if (U_SUCCESS(found) && len < 128)
				add_utf16(n, name, len, concept);
		}
	}
	udat_close(format);
}

/* zh and zh_Hant are two of our languages, fil is tl, other scripts of a language are its own. */
static uint8_t
language_of(const struct lw_compiler *c, const char *locale)
{
	static const char *const renamed[][2] = { { "zh", "zh-Hans" }, { "zh_Hans", "zh-Hans" }, { "zh_Hant", "zh-Hant" },
		{ "fil", "tl" } };
	char name[ULOC_LANG_CAPACITY];
	const char *wanted = name;
	UErrorCode status = U_ZERO_ERROR;

	if (uloc_getLanguage(locale, name, (int32_t)sizeof name, &status) <= 0 || U_FAILURE(status))
		return LW_LANGUAGE_OTHER;
	for (size_t i = 0; i < sizeof renamed / sizeof renamed[0]; i++)
		if (strcmp(locale, renamed[i][0]) == 0)
			wanted = renamed[i][1];
	for (uint32_t i = 0; i < c->languages; i++)
		if (strcmp(c->language[i], wanted) == 0)
			return (uint8_t)i;
	return LW_LANGUAGE_OTHER;
}

lurewatch_error
lw_compile_icu_names(struct lw_compiler *c)
{
	struct names n = { .compiler = c, .error = LUREWATCH_OK };

	for (int32_t i = 0; i < uloc_countAvailable() && n.error == LUREWATCH_OK; i++) {
		char country[ULOC_COUNTRY_CAPACITY];
		UErrorCode status = U_ZERO_ERROR;

		n.locale = uloc_getAvailable(i);
		if (uloc_getCountry(n.locale, country, (int32_t)sizeof country, &status) > 0)
			continue;
		n.language = language_of(c, n.locale);
		add_regions(&n);
		add_currencies(&n);
		add_calendar(&n);
	}
	return n.error;
}
