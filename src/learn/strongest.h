/*
 * strongest.h - what a model looks at, in words
 *
 * A model keeps weights of numbered slots, not what they stand for. The slots that move the verdicts of the messages most
 * are looked for in the messages themselves, and shown as they stand there: n-grams and words as text, the others by name (features/names.h). A
 * slot that no message has is left out; one that several texts share has the text it mostly stood for.
 */
#ifndef LW_STRONGEST_H
#define LW_STRONGEST_H

#include "learn/evaluate.h"

enum { LW_STRONGEST = 8 };              /* features of a label, an expert and a block */

struct lw_telling {
	uint32_t expert, label;         /* the model's numbers */
	int block;
	uint32_t slot;
	double weight;                  /* times the block's; of a label's margin, before the block is normalised */
	double strength;                /* weight times the feature's standard deviation over the messages */
	size_t name;                    /* in names */
	size_t messages, own;           /* that have it, and of these with the label */
};

struct lw_indicator_use {
	size_t messages, positive;
};

struct lw_strongest {
	struct lw_telling *at;          /* by expert, label and block, the strongest first */
	size_t n;
	struct lw_buffer names;         /* each with its NUL */
	struct lw_indicator_use *indicator; /* of each indicator of the model */
	size_t looked;                  /* messages looked at */
};

lurewatch_error lw_strongest_find(const lurewatch *, const struct lw_evaluation *, const struct lw_watcher *,
    struct lw_strongest *out);
void lw_strongest_free(struct lw_strongest *);

/* What an indicator weighs for a label, to one expert: comparable with lw_telling.weight. */
double lw_indicator_weight(const lurewatch *, uint32_t indicator, uint32_t expert, uint32_t label);

#endif
