/*
 * care.h - what is doubtful about a corpus, before anybody trusts a model learned from it
 *
 * Nothing here changes what is learned: a person decides.
 */
#ifndef LW_CARE_H
#define LW_CARE_H

#include "learn/train.h"

#include <jansson.h>

enum {
	LW_FEW = 20,                    /* a language with fewer messages on a side, a family with fewer at all, is thin */
	LW_SMALL = 100,                 /* figures of fewer messages mean little */
	LW_STYLE_LEAST = 30,            /* messages a source must have to be told from others */
	LW_STYLE_MOST = 150,            /* messages of a source that are looked at */
	LW_STYLE_SOURCES = 12           /* sources of one label and language that are looked at, the largest */
};

#define LW_SUSPECT 0.05                 /* a label is doubted when the folds that did not see it give it no more */

/* Rows under more than one label: of one text (all slots alike), and of one group of copies. */
struct lw_conflicts {
	size_t texts, text_rows, groups, group_rows;
	bool *same_text;                /* of each row of the corpus */
};

struct lw_thin {
	uint32_t name;                  /* in lw_corpus.lang or .family */
	size_t n, flagged;
};

/*
 * How well messages of one label can be told apart by their source, within a language, each judged by a half that
 * did not see it: a model may learn the collection and not the fraud. chance: the largest source's share.
 */
struct lw_style {
	uint32_t label;
	size_t n, sources;
	double accuracy, chance;
};

struct lw_suspect {
	uint32_t at;                    /* in lessons->some */
	uint32_t said;                  /* the label out of fold */
	double own;                     /* probability of the row's own label */
	bool conflict;
};

struct lw_care {
	size_t rows, templates, learned; /* all messages, groups of copies among them, messages taken */
	size_t unreadable, unlabelled;
	struct lw_conflicts conflicts;
	struct lw_thin *lang, *family;
	size_t langs, families;
	struct lw_style style[LW_LABELS_MAX];
	size_t styles;
	struct lw_suspect *suspect;     /* the most doubtful first */
	size_t suspects;
};

/* Before the folds: everything but suspects. */
lurewatch_error lw_care_look(const struct lw_lessons *, const struct lw_train_options *, struct lw_care *out);
/* After them: labels that the out-of-fold verdict is strongly against, and texts under two labels. */
lurewatch_error lw_care_suspect(const struct lw_lessons *, const struct lw_trained *, struct lw_care *);
void lw_care_free(struct lw_care *);

lurewatch_error lw_style_look(const struct lw_lessons *, const struct lw_train_options *, struct lw_care *);

/* A line each, for people: what is doubtful. False when memory is gone; so are the others. */
bool lw_care_lines(const struct lw_care *, const struct lw_corpus *, struct lw_buffer *out);
/* The same for the training record; NULL when memory is gone. */
json_t *lw_care_json(const struct lw_care *, const struct lw_corpus *);
/* Suspects as JSON lines that --feedback takes back once their labels are corrected. */
bool lw_care_suspects_jsonl(const struct lw_care *, const struct lw_lessons *, const struct lw_trained *,
    struct lw_buffer *out);

#endif
