/* names.c - slots back to words; only memory can fail */
#include "features/names.h"
#include "features/extract.h"

#include <stdlib.h>
#include <string.h>

struct pair {
	uint32_t a, b;
	double common;                  /* of the rarer of the two, 0 when the slot has no pair */
};

struct lw_slot_names {
	const struct lw_settings *settings;
	const struct lw_vocabulary *vocabulary;
	uint32_t start[LW_BLOCKS + 1];
	struct pair *concepts, *indicators; /* of each slot of pairs */
};

/* ---- pairs ---- */

/* Fills slot -> likeliest pair of `n` things whose slots begin at `first`. */
static lurewatch_error
pair_up(uint32_t first, uint32_t n, uint32_t bits, lw_how_common how_common, const void *context, struct pair **out)
{
	struct pair *pair = calloc((size_t)1 << bits, sizeof *pair);
	double *common = malloc(((size_t)n + 1) * sizeof *common);

	*out = pair;
	if (pair == NULL || common == NULL) {
		free(common);
		return LUREWATCH_E_MEMORY;
	}
	for (uint32_t i = 0; i < n; i++)
		common[i] = how_common(context, first + i);
	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = a + 1; b < n && common[a] > 0; b++) {
			struct pair *p = &pair[lw_pair_slot(a, b, bits)];

			if (common[b] > 0 && common[a] * common[b] > p->common)
				*p = (struct pair){ a, b, common[a] * common[b] };
		}
	free(common);
	return LUREWATCH_OK;
}

lurewatch_error
lw_slot_names_new(const struct lw_settings *s, const struct lw_vocabulary *v, lw_how_common how_common,
    const void *context, struct lw_slot_names **out)
{
	struct lw_slot_names *n = calloc(1, sizeof *n);
	lurewatch_error e;

	if (n == NULL)
		return LUREWATCH_E_MEMORY;
	n->settings = s;
	n->vocabulary = v;
	for (int b = 0; b <= LW_BLOCKS; b++)
		n->start[b] = lw_block_start(s, v, b);
	e = pair_up(n->start[LW_CONCEPTS], lw_vocabulary_concepts(v), s->bits - 2, how_common, context, &n->concepts);
	if (e == LUREWATCH_OK)
		e = pair_up(n->start[LW_INDICATORS], lw_vocabulary_indicators(v), LW_INDICATOR_PAIR_BITS, how_common, context,
		    &n->indicators);
	if (e != LUREWATCH_OK) {
		lw_slot_names_free(n);
		return e;
	}
	*out = n;
	return LUREWATCH_OK;
}

void
lw_slot_names_free(struct lw_slot_names *n)
{
	if (n == NULL)
		return;
	free(n->concepts);
	free(n->indicators);
	free(n);
}

static bool
name_concept_pair(const struct lw_slot_names *n, uint32_t slot, struct lw_buffer *out)
{
	const struct pair *p = &n->concepts[slot];

	return p->common <= 0 || lw_buffer_addf(out, "%s+%s", lw_vocabulary_concept(n->vocabulary, p->a),
	    lw_vocabulary_concept(n->vocabulary, p->b));
}

static bool
name_indicator(const struct lw_slot_names *n, uint32_t slot, struct lw_buffer *out)
{
	uint32_t all = lw_vocabulary_indicators(n->vocabulary);
	const struct pair *p;

	if (slot < all)
		return lw_buffer_add_text(out, lw_vocabulary_indicator(n->vocabulary, slot));
	p = &n->indicators[slot - all];
	return p->common <= 0 || lw_buffer_addf(out, "%s+%s", lw_vocabulary_indicator(n->vocabulary, p->a),
	    lw_vocabulary_indicator(n->vocabulary, p->b));
}

/* ---- shapes ---- */

static const char *const contact_names[LW_CONTACT_KINDS] = { "link", "short-link", "messenger", "e-mail", "handle",
	"phone", "number" };

/* Kinds of shape whose value is a number below `values`: as it is, or a band, or a share in so many parts. */
static const struct simple {
	enum lw_shape kind;
	const char *name;
	enum { PLAIN, BANDS, SHARE } values_are;
	uint32_t values;
} simple[] = {
	{ LW_S_MONEY, "sum-below-10^", PLAIN, 8 }, { LW_S_MONEYS, "sums", BANDS, 8 }, { LW_S_LENGTH, "length", BANDS, 24 },
	{ LW_S_WORDS, "words", BANDS, 24 }, { LW_S_LINES, "lines", BANDS, 24 }, { LW_S_MIXED, "mixed-scripts", PLAIN, 2 },
	{ LW_S_HIDDEN, "hidden-characters", PLAIN, 4 }, { LW_S_LOOKALIKE, "look-alikes", PLAIN, 4 },
	{ LW_S_SPACED_OUT, "spaced-out-words", PLAIN, 4 }, { LW_S_TWINS, "leet-words", PLAIN, 4 },
	{ LW_S_EMOJI, "emoji", BANDS, 24 }, { LW_S_CAPITALS, "capitals", SHARE, 8 }, { LW_S_EXCLAIM, "exclamation-marks", BANDS, 24 },
	{ LW_S_ASK, "question-marks", BANDS, 24 }, { LW_S_DIGITS, "digits", SHARE, 16 }, { LW_S_CUT, "cut", PLAIN, 2 },
	{ LW_S_BAD_UTF8, "bad-utf8", PLAIN, 2 },
};

static bool
name_value(const struct simple *s, uint32_t value, struct lw_buffer *out)
{
	if (!lw_buffer_addf(out, "%s%s", s->name, s->kind == LW_S_MONEY ? "" : ":"))
		return false;
	if (s->values_are == SHARE)
		return lw_buffer_addf(out, "%u-%u%%", 100 * value / s->values, 100 * (value + 1) / s->values);
	if (s->values_are == BANDS && value > 2)
		return lw_buffer_addf(out, "%u-%u", value == 3 ? 3 : 1u << (value - 1), (1u << value) - 1);
	return lw_buffer_addf(out, "%u", value);
}

static bool
name_contact(uint32_t slot, struct lw_buffer *out)
{
	enum lw_contact_kind of;
	const char *what;

	for (uint32_t kind = 0; kind < LW_CONTACT_KINDS; kind++) {
		if (lw_shape_slot(LW_S_CONTACT, kind) == slot)
			return lw_buffer_add_text(out, contact_names[kind]);
		for (uint32_t many = 2; many <= 7; many++)
			if (lw_shape_slot(LW_S_CONTACTS, kind * 16 + many) == slot)
				return lw_buffer_addf(out, "%s:%s", contact_names[kind], many == 2 ? "2" : many == 3 ? "3-7" : "8-or-more");
	}
	for (size_t i = 0; (what = lw_contact_what(i, &of)) != NULL; i++)
		if (lw_shape_slot(LW_S_WHAT, lw_shape_name_hash(what) + of) == slot)
			return lw_buffer_addf(out, "%s:%s", contact_names[of], what);
	return true;
}

/* Numbers: how many digits, and whether they were separated. */
static bool
name_number(uint32_t slot, struct lw_buffer *out)
{
	for (uint32_t value = 0; value < 22; value++)
		if (lw_shape_slot(LW_S_NUMBER, value) == slot)
			return lw_buffer_addf(out, "number-of-%u-digits%s", value / 2, value % 2 ? "-separated" : "");
	return true;
}

static bool
name_shape(uint32_t slot, struct lw_buffer *out)
{
	size_t before = out->len;

	for (size_t i = 0; i < sizeof simple / sizeof simple[0]; i++)
		for (uint32_t value = 0; value <= simple[i].values; value++)
			if (lw_shape_slot(simple[i].kind, value) == slot)
				return name_value(&simple[i], value, out);
	return name_contact(slot, out) && (out->len > before || name_number(slot, out));
}

bool
lw_slot_name(const struct lw_slot_names *n, uint32_t slot, struct lw_buffer *out)
{
	if (slot < n->start[LW_CONCEPTS] || slot >= n->start[LW_BLOCKS])
		return true;
	if (slot < n->start[LW_CONCEPT_PAIRS])
		return lw_buffer_add_text(out, lw_vocabulary_concept(n->vocabulary, slot - n->start[LW_CONCEPTS]));
	if (slot < n->start[LW_INDICATORS])
		return name_concept_pair(n, slot - n->start[LW_CONCEPT_PAIRS], out);
	if (slot < n->start[LW_SHAPES])
		return name_indicator(n, slot - n->start[LW_INDICATORS], out);
	return name_shape(slot - n->start[LW_SHAPES], out);
}
