/*
 * past.h - what a model was learned from, as its training record tells, to begin again from there
 *
 * A corpus is recorded by its path from the model's folder, so model and corpora may move together, and by a
 * digest of its bytes (unpacked), so one that changed is noticed.
 */
#ifndef LW_PAST_H
#define LW_PAST_H

#include "learn/train.h"

struct lw_past_corpus {
	char *argument;                 /* [LABEL=]PATH as it can be opened from here */
	bool core, feedback;
	enum lw_split split;
	char digest[33];
	size_t rows;
};

struct lw_past {
	struct lw_past_corpus *corpus;
	size_t n;
	const char *flag[LW_LABELS_MAX]; /* borrowed from the model, as are the settings */
	size_t flags;
};

/* Every corpus that is not where it was is named in `why` (LUREWATCH_E_IO); a record that tells none is E_ARGUMENT. */
lurewatch_error lw_past_read(const lurewatch *, const char *model_path, struct lw_past *out, struct lw_buffer *why);
void lw_past_free(struct lw_past *);

/* Options as they were; lw_past must outlive them. */
void lw_past_options(const struct lw_past *, const lurewatch *, struct lw_train_options *);

/* Whether the file that was loaded is the one the model saw; if not `why` says how it changed. */
bool lw_past_same(const struct lw_past_corpus *, const struct lw_corpus_file *, struct lw_buffer *why);

/* How a corpus is recorded in a model at this path. */
bool lw_past_name(const char *argument, const char *model_path, struct lw_buffer *out);
void lw_digest_hex(const uint64_t digest[2], char out[33]);

#endif
