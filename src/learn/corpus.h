/*
 * corpus.h - labelled messages, loaded whole
 *
 * An argument is PATH, whose records carry their label, or LABEL=PATH for a dump
 * whose messages all have that one. A record without `source` has its file's
 * name, less the folder and what follows the first dot.
 *
 * Splits: `train` takes records marked train and those not marked at all, `dev`
 * takes those marked dev alone, `all` takes everything. So an unmarked corpus can be
 * trained on whatever --split says, and is never mistaken for a held-out one.
 */
#ifndef LW_CORPUS_H
#define LW_CORPUS_H

#include "learn/names.h"
#include "read/read.h"

enum lw_split { LW_SPLIT_ALL, LW_SPLIT_TRAIN, LW_SPLIT_DEV };

bool lw_split_named(const char *, enum lw_split *out);

struct lw_row {
	size_t at, len;                 /* judged bytes, in lw_corpus.text */
	size_t id_len;                  /* its id, or FILE:RECORD, stands right after them */
	uint32_t label, source, lang, family; /* in the names of the same word; LW_NO_NAME: not said */
	uint32_t group;                 /* in lw_corpus.group, LW_NO_NAME when the record names none */
	uint32_t file;                  /* in lw_corpus.file */
};

struct lw_corpus_file {
	char *argument;                 /* as given, LABEL= included */
	bool core;
	uint64_t digest[2];             /* XXH3-128 of its bytes unpacked, high half first */
	size_t rows, unreadable, unlabelled, left_out; /* left_out: of another split */
	struct lw_buffer first;         /* the first unreadable records, a line each: place and reason */
};

struct lw_corpus {
	struct lw_buffer text;
	struct lw_row *row;
	size_t n, row_room;
	struct lw_names label, source, lang, family, group;
	struct lw_corpus_file *file;
	size_t files, file_room;
};

/* Adds one argument's messages. On an error `why` says what and where. */
lurewatch_error lw_corpus_add(struct lw_corpus *, const char *argument, bool core, enum lw_split, struct lw_buffer *why);
/* Renumbers the labels: ham, spam, fraud, recruitment, then others as they came, so that files may come in any order. */
lurewatch_error lw_corpus_order_labels(struct lw_corpus *);
void lw_corpus_free(struct lw_corpus *);

struct lw_span lw_corpus_text(const struct lw_corpus *, size_t row);
struct lw_span lw_corpus_id(const struct lw_corpus *, size_t row);

/* Rows of a label; their share tells what may be learned. */
size_t lw_corpus_count(const struct lw_corpus *, uint32_t label);

#endif
