/*
 * money.c - sums of money and other numbers in a normalised text
 *
 * Rates are rough on purpose: only the order of magnitude is used. A currency
 * or multiplier missing here makes a sum a plain number, nothing worse.
 */
#include "text/money.h"
#include "text/buffer.h"

#include <string.h>

struct unit {
	const char *name;       /* UTF-8, casefolded */
	double worth;           /* US dollars, or a factor */
};

static const struct unit currencies[] = {
	{ "$", 1 }, { "usd", 1 }, { "us$", 1 }, { "usdt", 1 }, { "dollar", 1 }, { "dollars", 1 }, { "bucks", 1 }, { "u", 1 },
	{ "美元", 1 }, { "美金", 1 }, { "刀", 1 }, { "dolar", 1 }, { "dólares", 1 }, { "доллар", 1 }, { "долларов", 1 },
	{ "€", 1.1 }, { "eur", 1.1 }, { "euro", 1.1 }, { "euros", 1.1 }, { "евро", 1.1 },
	{ "£", 1.25 }, { "gbp", 1.25 }, { "pounds", 1.25 }, { "quid", 1.25 },
	{ "¥", .14 }, { "cny", .14 }, { "rmb", .14 }, { "yuan", .14 }, { "元", .14 }, { "块", .14 }, { "圆", .14 }, { "塊", .03 },
	{ "nt$", .03 }, { "ntd", .03 }, { "twd", .03 }, { "hk$", .13 }, { "hkd", .13 }, { "mop", .12 },
	{ "₫", 4e-5 }, { "vnd", 4e-5 }, { "vnđ", 4e-5 }, { "đ", 4e-5 }, { "đồng", 4e-5 },
	{ "฿", .028 }, { "thb", .028 }, { "baht", .028 }, { "บาท", .028 },
	{ "rp", 6e-5 }, { "idr", 6e-5 }, { "rupiah", 6e-5 }, { "rm", .22 }, { "myr", .22 }, { "ringgit", .22 },
	{ "s$", .74 }, { "sgd", .74 }, { "a$", .65 }, { "aud", .65 }, { "cad", .72 }, { "chf", 1.1 },
	{ "₱", .018 }, { "php", .018 }, { "peso", .018 }, { "pesos", .018 },
	{ "ks", 3e-4 }, { "mmk", 3e-4 }, { "kyat", 3e-4 }, { "kyats", 3e-4 }, { "ကျပ်", 3e-4 }, { "៛", 2.5e-4 },
	{ "khr", 2.5e-4 }, { "riel", 2.5e-4 }, { "រៀល", 2.5e-4 }, { "ដុល្លារ", 1 }, { "₭", 5e-5 }, { "lak", 5e-5 }, { "kip", 5e-5 },
	{ "ກີບ", 5e-5 }, { "ດອນ", 1 }, { "₹", .012 }, { "inr", .012 }, { "rs", .01 }, { "rupees", .012 }, { "rupaye", .012 },
	{ "रुपये", .012 }, { "रु", .01 }, { "रुपैयाँ", .0075 }, { "npr", .0075 }, { "pkr", .0036 }, { "روپے", .0036 },
	{ "৳", .0085 }, { "bdt", .0085 }, { "tk", .0085 }, { "taka", .0085 }, { "টাকা", .0085 }, { "lkr", .0033 }, { "රු", .0033 },
	{ "₦", 7e-4 }, { "ngn", 7e-4 }, { "naira", 7e-4 }, { "ksh", .0077 }, { "kes", .0077 }, { "tsh", 4e-4 }, { "tzs", 4e-4 },
	{ "shs", 3e-4 }, { "ugx", 2.7e-4 }, { "rwf", 7e-4 }, { "frw", 7e-4 }, { "etb", .008 }, { "birr", .008 }, { "ብር", .008 },
	{ "zar", .055 }, { "rand", .055 }, { "ghs", .07 }, { "fcfa", .0016 }, { "cfa", .0016 },
	{ "r$", .18 }, { "brl", .18 }, { "reais", .18 }, { "mxn", .055 }, { "cop", 2.5e-4 }, { "soles", .27 }, { "s/", .27 },
	{ "₽", .011 }, { "rub", .011 }, { "руб", .011 }, { "рублей", .011 }, { "р", .011 }, { "₸", .002 }, { "kzt", .002 },
	{ "тг", .002 }, { "тенге", .002 }, { "теңге", .002 }, { "сом", .011 }, { "kgs", .011 }, { "сум", 8e-5 }, { "so'm", 8e-5 },
	{ "uzs", 8e-5 }, { "грн", .024 }, { "uah", .024 }, { "₴", .024 }, { "zł", .25 }, { "zl", .25 }, { "pln", .25 },
	{ "aed", .27 }, { "dirham", .27 }, { "dirhams", .27 }, { "dhs", .27 }, { "درهم", .27 }, { "sar", .27 }, { "ريال", .27 },
	{ "جنيه", .02 }, { "egp", .02 }, { "دولار", 1 }, { "تومان", 2e-5 }, { "دلار", 1 }, { "ڈالر", 1 }, { "ডলার", 1 },
	{ "डॉलर", 1 }, { "₺", .03 }, { "tl", .03 }, { "try", .03 }, { "lira", .03 }, { "₩", 7.3e-4 }, { "krw", 7.3e-4 },
	{ "원", 7.3e-4 }, { "円", .0066 }, { "jpy", .0066 }, { "yen", .0066 },
};

static const struct unit multipliers[] = {
	{ "k", 1e3 }, { "thousand", 1e3 }, { "千", 1e3 }, { "천", 1e3 }, { "พัน", 1e3 }, { "ribu", 1e3 }, { "rb", 1e3 },
	{ "nghìn", 1e3 }, { "ngàn", 1e3 }, { "mil", 1e3 }, { "тыс", 1e3 }, { "тысяч", 1e3 }, { "mille", 1e3 }, { "bin", 1e3 },
	{ "elfu", 1e3 }, { "हजार", 1e3 }, { "হাজার", 1e3 }, { "ہزار", 1e3 }, { "hazar", 1e3 }, { "hajar", 1e3 }, { "ألف", 1e3 },
	{ "الف", 1e3 }, { "w", 1e4 }, { "万", 1e4 }, { "萬", 1e4 }, { "만", 1e4 }, { "หมื่น", 1e4 }, { "ម៉ឺន", 1e4 }, { "သောင်း", 1e4 },
	{ "lakh", 1e5 }, { "lakhs", 1e5 }, { "lac", 1e5 }, { "लाख", 1e5 }, { "লাখ", 1e5 }, { "لاکھ", 1e5 }, { "แสน", 1e5 },
	{ "သိန်း", 1e5 }, { "ແສນ", 1e5 }, { "m", 1e6 }, { "million", 1e6 }, { "millones", 1e6 }, { "milhões", 1e6 }, { "juta", 1e6 },
	{ "jt", 1e6 }, { "triệu", 1e6 }, { "tr", 1e6 }, { "ล้าน", 1e6 }, { "ລ້ານ", 1e6 }, { "млн", 1e6 }, { "milyon", 1e6 },
	{ "milioni", 1e6 }, { "مليون", 1e6 }, { "laki", 1e5 }, { "crore", 1e7 }, { "亿", 1e8 }, { "億", 1e8 }, { "억", 1e8 },
};

static bool
digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

/* Decimal value of any script's digit is gone after normalising only for ASCII and full-width; the others keep theirs. */
static int
digit_value(uint32_t c)
{
	static const uint32_t zeros[] = { '0', 0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0be6, 0x0c66, 0x0d66, 0x0de6,
		0x0e50, 0x0ed0, 0x1040, 0x17e0 };

	if (digit(c))
		return (int)(c - '0');
	if (c < 0x0660 || c > 0x17ea)
		return -1;
	for (size_t i = 1; i < sizeof zeros / sizeof zeros[0]; i++)
		if (c >= zeros[i] && c < zeros[i] + 10)
			return (int)(c - zeros[i]);
	return -1;
}

/* Next code point of a table's name; the tables hold well-formed UTF-8 only. */
static uint32_t
next(const char **s)
{
	const unsigned char *u = (const unsigned char *)*s;
	uint32_t c = u[0];

	if (c < 0x80) {
		*s += 1;
		return c;
	}
	if (c < 0xe0) {
		*s += 2;
		return (c & 0x1f) << 6 | (u[1] & 0x3f);
	}
	*s += 3;
	return (c & 0x0f) << 12 | (uint32_t)(u[1] & 0x3f) << 6 | (u[2] & 0x3f);
}

static bool
ascii_letter(uint32_t c)
{
	return c >= 'a' && c <= 'z';
}

static uint8_t
first_of(uint32_t c)
{
	return (uint8_t)(c ^ c >> 8);
}

static void
index_units(struct lw_unit_index *index, const struct unit *table, size_t n)
{
	*index = (struct lw_unit_index){ 0 };
	for (size_t i = n; i-- > 0;) {
		const char *name = table[i].name;
		uint8_t first = first_of(lw_orthographic(next(&name)));

		index->next[i + 1] = index->first[first];
		index->first[first] = (uint8_t)(i + 1);
	}
}

static void
index_names(struct lw_sums *sums)
{
	enum { CURRENCIES = sizeof currencies / sizeof currencies[0], MULTIPLIERS = sizeof multipliers / sizeof multipliers[0] };
	_Static_assert(CURRENCIES < 255 && MULTIPLIERS < 255, "an index has a byte for each name");

	index_units(&sums->currencies, currencies, CURRENCIES);
	index_units(&sums->multipliers, multipliers, MULTIPLIERS);
	sums->indexed = true;
}

/* The longest name of the table that begins at `at`; a name that ends in an ASCII letter must end its word. */
static uint32_t
match_unit(const struct lw_text *x, uint32_t at, const struct unit *table, const struct lw_unit_index *index, double *worth)
{
	uint32_t best = at;

	for (uint8_t i = index->first[first_of(x->norm[at])]; i != 0; i = index->next[i]) {
		const char *name = table[i - 1].name;
		uint32_t k = at, last = 0;

		while (*name != '\0' && k < x->norms) {
			const char *rest = name;

			last = next(&rest);
			if (lw_orthographic(last) != x->norm[k] && last != x->norm[k])
				break;
			name = rest;
			k++;
		}
		if (*name != '\0' || k <= best || (ascii_letter(last) && k < x->norms && ascii_letter(x->norm[k])))
			continue;
		best = k;
		*worth = table[i - 1].worth;
	}
	return best;
}

static uint32_t
skip_spaces(const struct lw_text *x, uint32_t i)
{
	uint32_t most = i + 2;

	while (i < x->norms && i < most && (x->norm[i] == ' ' || x->norm[i] == 0xa0))
		i++;
	return i;
}

/* A currency that ends just before `at`: back over two spaces at most, then the longest name that fits. */
static uint32_t
currency_before(const struct lw_text *x, const struct lw_sums *sums, uint32_t at, uint32_t floor, double *worth)
{
	uint32_t end = at;

	while (end > floor && at - end < 2 && (x->norm[end - 1] == ' ' || x->norm[end - 1] == '.'))
		end--;
	for (uint32_t begin = end > floor + 8 ? end - 8 : floor; begin < end; begin++) {
		double w;

		if ((begin > 0 && ascii_letter(x->norm[begin]) && ascii_letter(x->norm[begin - 1])) || x->norm[begin] == ' ' ||
		    digit_value(x->norm[begin]) >= 0)
			continue;
		if (match_unit(x, begin, currencies, &sums->currencies, &w) == end) {
			*worth = w;
			return begin;
		}
	}
	return at;
}

/* Digits with separators: 1,000,000 and 1.000.000 and 1 000 000 are whole, 1.5 and 12,50 are not. */
static uint32_t
read_number(const struct lw_text *x, uint32_t at, double *value, struct lw_sum *sum)
{
	uint32_t i = at;
	double scale = 0;
	int d;

	*value = 0;
	while (i < x->norms) {
		uint32_t group = 0;

		d = digit_value(x->norm[i]);
		if (d >= 0) {
			if (scale > 0) {
				*value += d * scale;
				scale /= 10;
			} else
				*value = *value * 10 + d;
			sum->digits = (uint8_t)(sum->digits + (sum->digits < 255));
			i++;
			continue;
		}
		if (x->norm[i] != ',' && x->norm[i] != '.' && x->norm[i] != ' ' && x->norm[i] != 0xa0)
			break;
		while (i + 1 + group < x->norms && group < 4 && digit_value(x->norm[i + 1 + group]) >= 0)
			group++;
		if (group == 0 || scale > 0 || (group != 3 && x->norm[i] == ' '))
			break;
		if (group != 3)
			scale = 0.1;
		sum->separated = true;
		i++;
	}
	return i;
}

static uint8_t
band_of(double dollars)
{
	uint8_t band = 0;

	for (double limit = 1; band < 7 && dollars >= limit; limit *= 10)
		band++;
	return band;
}

static struct lw_sum
read_sum(const struct lw_text *x, const struct lw_sums *sums, uint32_t at, uint32_t floor)
{
	struct lw_sum sum = { .begin = at, .end = at };
	double value, factor = 1, worth = 0;
	uint32_t end, after;

	sum.end = end = read_number(x, at, &value, &sum);
	after = skip_spaces(x, end);
	if (after < x->norms && (end = match_unit(x, after, multipliers, &sums->multipliers, &factor)) > after) {
		sum.end = end;
		sum.separated = true;
		after = skip_spaces(x, end);
	}
	sum.begin = currency_before(x, sums, at, floor, &worth);
	sum.money = sum.begin < at;
	if (!sum.money && after < x->norms && (end = match_unit(x, after, currencies, &sums->currencies, &worth)) > after) {
		sum.money = true;
		sum.end = end;
	}
	if (sum.money)
		sum.band = band_of(value * factor * worth);
	return sum;
}

lurewatch_error
lw_find_sums(const struct lw_text *x, struct lw_sums *sums)
{
	uint32_t contact = 0, floor = 0;

	if (!sums->indexed)
		index_names(sums);
	sums->n = 0;
	for (uint32_t i = 0; i < x->norms; i++) {
		if (contact < x->contacts && i >= x->contact[contact].begin) {
			floor = x->contact[contact].end;
			i = x->contact[contact++].end - 1;
			continue;
		}
		if (digit_value(x->norm[i]) < 0)
			continue;
		if (!lw_grow(&sums->at, &sums->room, sums->n + 1, sizeof *sums->at))
			return LUREWATCH_E_MEMORY;
		sums->at[sums->n] = read_sum(x, sums, i, floor);
		floor = sums->at[sums->n].end;
		i = floor - 1;
		sums->n++;
	}
	return LUREWATCH_OK;
}
