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

#include "learn/watch.h"
#include "read/read.h"
#include "text/names.h"

enum lw_split { LW_SPLIT_ALL, LW_SPLIT_TRAIN, LW_SPLIT_DEV };

bool lw_split_named(const char *, enum lw_split *out);
const char *lw_split_name(enum lw_split);

struct lw_row {
	size_t at, len;                 /* judged bytes, in lw_corpus.text */
	size_t id_len;                  /* its id, or FILE:RECORD, stands right after them */
	uint32_t label, source, lang, family; /* in the names of the same word; LW_NO_NAME: not said */
	uint32_t group;                 /* in lw_corpus.group, LW_NO_NAME when the record names none */
	uint32_t file;                  /* in lw_corpus.file */
};

struct lw_corpus_file {
	char *argument;                 /* as given, LABEL= included */
	bool core, feedback;
	enum lw_split split;            /* what was taken of it */
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
	const struct lw_watcher *watcher; /* of the reading; NULL: nobody */
	uint64_t bytes, bytes_read;     /* of all files together, as stored; read of those that are done */
};

/* Adds one argument's messages. On an error `why` says what and where. */
lurewatch_error lw_corpus_add(struct lw_corpus *, const char *argument, bool core, enum lw_split, struct lw_buffer *why);
/* The same of messages in one format that somebody wants; his error, with a reason in `why`, ends the loading. */
struct lw_corpus_filter {
	const char *format;             /* as in lw_read_options */
	lurewatch_error (*wants)(void *context, const struct lw_corpus *, const struct lw_message *, bool *wanted);
	void *context;
};
lurewatch_error lw_corpus_add_some(struct lw_corpus *, const char *argument, bool core, enum lw_split,
    const struct lw_corpus_filter *, struct lw_buffer *why);
/* Takes the last file back; the names it brought stay. */
void lw_corpus_drop(struct lw_corpus *);
/* Length of LABEL in LABEL=PATH, 0 when the argument is a path alone. */
size_t lw_corpus_label_length(const char *argument);

/* What became of the lines of a feedback file; see lw_corpus_feedback. */
struct lw_feedback {
	size_t corrected, confirmed, unchanged, set_right; /* set_right: messages of the corpora that got another label */
};

/*
 * Adds verdicts a reviewer went through: JSON lines with `text` and `label`, and what the label was before, `was` or
 * `said`. A line whose label is still that is taken (a confirmation) unless it is a verdict or a suspect as the tools
 * wrote it, which nobody may have looked at. A message that corpora hold already gets the reviewer's label there too.
 * Labels that no corpus has are refused: a slip of the pen must not become a label (LUREWATCH_E_ARGUMENT).
 */
lurewatch_error lw_corpus_feedback(struct lw_corpus *, const char *path, bool core, struct lw_feedback *,
    struct lw_buffer *why);
/* Renumbers the labels: ham, spam, fraud, recruitment, then others as they came, so that files may come in any order. */
lurewatch_error lw_corpus_order_labels(struct lw_corpus *);
void lw_corpus_free(struct lw_corpus *);

struct lw_span lw_corpus_text(const struct lw_corpus *, size_t row);
struct lw_span lw_corpus_id(const struct lw_corpus *, size_t row);

/* Rows of a label; their share tells what may be learned. */
size_t lw_corpus_count(const struct lw_corpus *, uint32_t label);

#endif
