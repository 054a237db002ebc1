/*
 * names.h - what the slots of concepts, pairs, indicators and shapes stand for
 *
 * Pairs are hashed, so that some share a slot: of those the likeliest is named, the one whose
 * parts are commonest. Character n-grams and words have no names of their own: only a text that holds them shows them.
 */
#ifndef LW_FEATURES_NAMES_H
#define LW_FEATURES_NAMES_H

#include "features/features.h"

struct lw_slot_names;

/* How common the feature of a slot is, on any scale; negative: never met. */
typedef double (*lw_how_common)(const void *context, uint32_t slot);

/* Borrows settings and vocabulary. */
lurewatch_error lw_slot_names_new(const struct lw_settings *, const struct lw_vocabulary *, lw_how_common,
    const void *context, struct lw_slot_names **out);
void lw_slot_names_free(struct lw_slot_names *);

/* Appends the slot's name; nothing for a slot without one. False when memory is gone. */
bool lw_slot_name(const struct lw_slot_names *, uint32_t slot, struct lw_buffer *out);

#endif
