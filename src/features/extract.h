/*
 * extract.h - the extractor's own parts
 */
#ifndef LW_EXTRACT_H
#define LW_EXTRACT_H

#include "concepts/match.h"
#include "features/features.h"

struct lw_extractor {
	const struct lw_settings *settings;
	const struct lw_vocabulary *vocabulary;
	struct lw_texter *texter;
	struct lw_matcher *matcher;
	struct lw_sums sums;
	struct lw_sequence sequence;
	struct lw_place *place;         /* of each indicator that matched */
	const struct lw_text *text;
	const char *bytes;
	size_t len;
	uint8_t *seen;                  /* a bit a slot: already in this message's sets, or never wanted there (n-grams: only that) */
	uint32_t start[LW_BLOCKS + 1];
	const char *records;            /* what will be read of each slot, NULL: nothing */
	size_t stride;
	bool traced;
	struct lw_features features;
};

/* Half a finaliser is enough here: the slot is taken from the top. */
static inline uint32_t
lw_gram_slot(uint64_t h, uint32_t bits)
{
	h = (h ^ h >> 32) * 0xbf58476d1ce4e5b9u;
	return (uint32_t)(h >> (64 - bits));
}

bool lw_set_grow(struct lw_extractor *, enum lw_block, size_t more);

/* Adds a slot of a block each time it is met; room for it must be there (lw_set_grow). */
static inline void
lw_bag_put(struct lw_extractor *x, enum lw_block block, uint32_t slot, uint32_t start, uint32_t end)
{
	struct lw_feature_set *set = &x->features.block[block];

	slot += x->start[block];
	if ((x->seen[slot >> 3] & (1u << (slot & 7))) != 0)
		return;
	if (x->records != NULL)
		__builtin_prefetch(x->records + slot * x->stride);
	if (x->traced)
		set->where[set->n] = (struct lw_range){ start, end };
	set->slot[set->n++] = slot;
}

/* Adds a slot of a block, once; room for it must be there (lw_set_grow). */
static inline void
lw_set_put(struct lw_extractor *x, enum lw_block block, uint32_t slot, uint32_t start, uint32_t end)
{
	struct lw_feature_set *set = &x->features.block[block];
	uint8_t bit;

	slot += x->start[block];
	bit = (uint8_t)(1u << (slot & 7));
	if ((x->seen[slot >> 3] & bit) != 0)
		return;
	x->seen[slot >> 3] |= bit;
	if (x->records != NULL)
		__builtin_prefetch(x->records + slot * x->stride);
	if (x->traced)
		set->where[set->n] = (struct lw_range){ start, end };
	set->slot[set->n++] = slot;
}

lurewatch_error lw_extract_grams(struct lw_extractor *);
lurewatch_error lw_extract_words(struct lw_extractor *);
lurewatch_error lw_extract_concepts(struct lw_extractor *);     /* pairs and indicators too */
lurewatch_error lw_extract_shapes(struct lw_extractor *);

enum { LW_SHAPE_BITS = 12, LW_INDICATOR_PAIR_BITS = 12 };

/* ---- what is hashed, for those who name slots too (names.h) ---- */

/* Unordered pairs of concepts, or of indicators. */
static inline uint32_t
lw_pair_slot(uint32_t a, uint32_t b, uint32_t bits)
{
	uint64_t low = a < b ? a : b, high = a < b ? b : a;

	return lw_gram_slot(lw_hash_add(lw_hash_add(0x70616972, low + 1), high + 1), bits);
}

enum lw_shape {
	LW_S_CONTACT, LW_S_CONTACTS, LW_S_WHAT, LW_S_MONEY, LW_S_MONEYS, LW_S_NUMBER, LW_S_LENGTH, LW_S_WORDS, LW_S_LINES,
	LW_S_MIXED, LW_S_HIDDEN, LW_S_LOOKALIKE, LW_S_SPACED_OUT, LW_S_TWINS, LW_S_EMOJI, LW_S_CAPITALS, LW_S_EXCLAIM, LW_S_ASK,
	LW_S_DIGITS, LW_S_CUT, LW_S_BAD_UTF8
};

static inline uint32_t
lw_shape_slot(enum lw_shape kind, uint64_t value)
{
	return lw_gram_slot(lw_hash_add(lw_hash_add(0x7368617065, (uint64_t)kind + 1), value + 1), LW_SHAPE_BITS);
}

/* The value of LW_S_WHAT, less the kind of contact. */
static inline uint64_t
lw_shape_name_hash(const char *name)
{
	uint64_t h = 0;

	for (; *name != '\0'; name++)
		h = lw_hash_add(h, (unsigned char)*name);
	return h;
}

#endif
