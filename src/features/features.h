/*
 * features.h - from bytes to a sparse vector
 *
 * A message becomes sets of slots, one set a block. Within a block a slot that the model
 * knows has its rarity for a value, and the block is L2-normalised on its own to its
 * block weight; unknown text does not dilute known text. A character n-gram counts as often as it stands
 * there, so that the block is a sum over chunks; slots of the other blocks are distinct.
 *
 * Dimensions are laid out block after block; a slot is an index into all of
 * them, 0 <= slot < lw_dimension(settings, vocabulary).
 */
#ifndef LW_FEATURES_H
#define LW_FEATURES_H

#include "lurewatch.h"
#include "concepts/vocabulary.h"
#include "text/text.h"

enum lw_block {
	LW_CHARS,               /* hashed character n-grams inside chunks, the spaces around them included */
	LW_WORDS,               /* hashed words and pairs of neighbouring words */
	LW_CONCEPTS,            /* one a concept */
	LW_CONCEPT_PAIRS,       /* hashed pairs of concepts close together, unordered */
	LW_INDICATORS,          /* one an indicator, then hashed pairs of indicators */
	LW_SHAPES,              /* hashed shapes: kinds of link, money bands, length, mixed scripts ... */
	LW_BLOCKS
};

extern const char *const lw_block_name[LW_BLOCKS];

/* Plain data, stored as it is in the model file. Fields are little-endian there. */
struct lw_settings {
	uint32_t bits;          /* log2 of the slots of the character block, 10..22; words have half, concept pairs a quarter */
	uint32_t spaced_min, spaced_max;     /* n of character n-grams where words are spaced */
	uint32_t unspaced_min, unspaced_max; /* n where they are not */
	uint32_t pair_window;   /* concepts at most this many places apart make a pair; 0: no pairs */
	uint32_t segment;       /* bit set of LW_SEGMENT_*: scripts whose words come from ICU dictionaries */
	uint32_t blocks;        /* bit set of 1 << enum lw_block: blocks in use */
	float weight[LW_BLOCKS + 2]; /* of each block; the last two are unused and 0 */
};

void lw_settings_default(struct lw_settings *);
bool lw_settings_valid(const struct lw_settings *);
uint32_t lw_dimension(const struct lw_settings *, const struct lw_vocabulary *);
/* First slot of a block; lw_block_start(.., LW_BLOCKS) is the dimension. */
uint32_t lw_block_start(const struct lw_settings *, const struct lw_vocabulary *, int block);

struct lw_range { uint32_t start, end; };

struct lw_feature_set {
	uint32_t *slot;         /* distinct, but for character n-grams: there each time it is met */
	size_t n, room;
	struct lw_range *where; /* byte range of each slot's first place in the message, empty for the whole; when traced */
	size_t where_room;
};

struct lw_features {
	struct lw_feature_set block[LW_BLOCKS];
	uint16_t *indicator;    /* indicators that matched, ascending */
	size_t indicators, indicator_room;
	unsigned notes;         /* LUREWATCH_NOTE_* */
};

struct lw_extractor;

/*
 * Borrows settings and vocabulary for its whole life. One per thread. known: a bit a slot, copied; slots whose bit is not
 * set are left out of the sets, as a model has no use for them; NULL: all slots are wanted.
 */
lurewatch_error lw_extractor_new(const struct lw_settings *, const struct lw_vocabulary *, const uint8_t *known,
    struct lw_extractor **out);
void lw_extractor_free(struct lw_extractor *);

enum lw_purpose {
	LW_ALL_SETS,            /* every block's set */
	LW_WITH_PLACES,         /* and `where` of each slot, for evidence */
	LW_WITHOUT_CHARS        /* the character block's set is left empty: for lw_extract_chunk() */
};

/* *out borrows from the extractor until its next call. */
lurewatch_error lw_extract(struct lw_extractor *, const char *utf8, size_t len, enum lw_purpose,
    const struct lw_features **out);

/*
 * The character n-grams of one chunk of the last lw_extract()'s text, the spaces at both its ends included: they depend
 * on nothing else, and those of all chunks are the whole block. *out borrows until the extractor's next call.
 */
lurewatch_error lw_extract_chunk(struct lw_extractor *, uint32_t begin, uint32_t end, const struct lw_feature_set **out);

/* Slot s's record, at records + s * stride, is asked of memory as soon as the slot is found. */
void lw_extractor_records(struct lw_extractor *, const void *records, size_t stride);

/* The text of the last lw_extract(), for evidence and readable reports. */
const struct lw_text *lw_extractor_text(const struct lw_extractor *);
struct lw_texter *lw_extractor_texter(struct lw_extractor *);
/* The concepts of the last lw_extract(). */
struct lw_sequence;
const struct lw_sequence *lw_extractor_sequence(const struct lw_extractor *);

#endif
