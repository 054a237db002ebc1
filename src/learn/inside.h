/*
 * inside.h - what a model learned, in words
 *
 * The strongest features of an output (a label to an expert, or the gate), block by block. A feature's weight here is what
 * a message gains in that output's margin if the feature has the whole block; so blocks can be compared.
 */
#ifndef LW_INSIDE_H
#define LW_INSIDE_H

#include "features/names.h"
#include "learn/corpus.h"
#include "model/model.h"

struct lw_strong {
	uint32_t slot;
	double weight;
};

struct lw_seen {
	uint32_t slot, name, times;     /* name: in lw_inside.seen */
};

struct lw_inside {
	const lurewatch *model;
	struct lw_slot_names *names;
	uint32_t start[LW_BLOCKS + 1];
	uint32_t known;                 /* slots that any expert met */
	struct lw_names seen;           /* "slot text" of n-grams and words found again in a corpus */
	struct lw_seen *text;           /* by slot, then the most frequent text first */
	size_t texts;
};

lurewatch_error lw_inside_open(const lurewatch *, struct lw_inside *out);
void lw_inside_close(struct lw_inside *);

/* Outputs of a model: how many, the expert and label of each; label is LW_NO_NAME for the gate. */
uint32_t lw_inside_outputs(const struct lw_inside *, uint32_t output, uint32_t *expert, uint32_t *label);

/* The strongest for (sign > 0) or against, strongest first; gives how many. Slots without a name or a text are left out. */
size_t lw_inside_strongest(const struct lw_inside *, uint32_t output, int block, int sign, struct lw_strong *out, size_t room);

/* Weight of a slot in an output, as above. */
double lw_inside_weight(const struct lw_inside *, uint32_t slot, uint32_t output);

/* Finds texts for the `most` strongest n-grams and words of every output. The corpus needs no labels that the model has. */
lurewatch_error lw_inside_find(struct lw_inside *, const struct lw_corpus *, size_t most);

/* Appends what the slot stands for; nothing when that is not known. */
bool lw_inside_name(const struct lw_inside *, uint32_t slot, struct lw_buffer *out);

#endif
