/*
 * lurewatch.h - judge a message: is it a recruitment lure or a fraud?
 *
 *      lurewatch *model; lurewatch_scorer *scorer; lurewatch_verdict v;
 *      if (lurewatch_open("default.lwm", &model) == LUREWATCH_OK &&
 *          lurewatch_scorer_new(model, &scorer) == LUREWATCH_OK &&
 *          lurewatch_score(scorer, text, len, &v) == LUREWATCH_OK && v.flagged)
 *              puts(lurewatch_label(model, v.label));
 *
 * The simple calls come first. Every call returns an error or LUREWATCH_OK and
 * gives its result by pointer; on an error results are left untouched. The
 * library never prints, never exits, reads no environment and no locale.
 *
 * Threads: a `lurewatch` is immutable and may be shared by any number of
 * threads; a `lurewatch_scorer` belongs to one thread at a time.
 *
 * Ownership: whatever a *_new or open call gave is released by its *_free or
 * close call. Every other pointer handed out is borrowed: from the model it
 * lives as long as the model, from a verdict until the scorer's next call.
 */
#ifndef LUREWATCH_H
#define LUREWATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LUREWATCH_VERSION_MAJOR 0
#define LUREWATCH_VERSION_MINOR 1
#define LUREWATCH_VERSION_PATCH 0
#define LUREWATCH_VERSION "0.1.0"

#if defined(__GNUC__)
#define LUREWATCH_API __attribute__((visibility("default")))
#else
#define LUREWATCH_API
#endif

/* The numbers are stable; gaps are for later errors of the same kind. */
typedef enum lurewatch_error {
	LUREWATCH_OK = 0,
	LUREWATCH_E_MEMORY = 10,        /* an allocation failed */
	LUREWATCH_E_ARGUMENT = 12,      /* an argument outside its range */
	LUREWATCH_E_IO = 20,            /* a file could not be read or written: see errno */
	LUREWATCH_E_MODEL_FOREIGN = 30, /* not a Lurewatch model */
	LUREWATCH_E_MODEL_NEWER = 31,   /* made by a later version of Lurewatch */
	LUREWATCH_E_MODEL_OLDER = 32,   /* made by an earlier version that is no longer read */
	LUREWATCH_E_MODEL_ENDIAN = 33,  /* bytes in the other order */
	LUREWATCH_E_MODEL_TRUNCATED = 34, /* shorter than it says it is */
	LUREWATCH_E_MODEL_DAMAGED = 35, /* checksum, or an offset or value out of range */
	LUREWATCH_E_VOCABULARY = 40,    /* a concept or indicator file has an error */
	LUREWATCH_E_UNICODE = 50        /* ICU could not give a service it must have */
} lurewatch_error;

LUREWATCH_API const char *lurewatch_strerror(lurewatch_error);
LUREWATCH_API const char *lurewatch_version(void);

typedef struct lurewatch lurewatch;
typedef struct lurewatch_scorer lurewatch_scorer;

/* What was found about the bytes of a message; bits of lurewatch_verdict.notes. */
enum {
	LUREWATCH_NOTE_CUT = 1,         /* longer than LUREWATCH_TEXT_MAX: only the beginning was judged */
	LUREWATCH_NOTE_BAD_UTF8 = 2,    /* had bytes that are no UTF-8 */
	LUREWATCH_NOTE_HIDDEN = 4,      /* invisible characters were dropped */
	LUREWATCH_NOTE_LOOKALIKE = 8,   /* look-alike letters of another script were folded */
	LUREWATCH_NOTE_ZAWGYI = 16      /* was Zawgyi-encoded Burmese */
};

#define LUREWATCH_TEXT_MAX 65536        /* bytes of one message that are judged */

typedef struct lurewatch_verdict {
	double risk;            /* calibrated P(flagged label), in [0,1] */
	bool flagged;           /* risk >= the threshold */
	unsigned label;         /* most likely label on the verdict's side of the threshold */
	unsigned notes;         /* LUREWATCH_NOTE_* */
	size_t labels;          /* length of probability */
	const double *probability; /* of each label, sums to 1; risk is the sum over flagged ones */
	size_t indicators;      /* length of indicator */
	const uint16_t *indicator; /* what was seen, for lurewatch_indicator_name(), ascending */
} lurewatch_verdict;

/* Maps a model file. Everything in it is checked before the call returns. */
LUREWATCH_API lurewatch_error lurewatch_open(const char *model_path, lurewatch **out);
LUREWATCH_API void lurewatch_close(lurewatch *); /* after all its scorers are freed; NULL is fine */

/* All scratch memory of one thread. Scoring allocates nothing once a scorer is warm, but ICU does to convert Zawgyi. */
LUREWATCH_API lurewatch_error lurewatch_scorer_new(const lurewatch *, lurewatch_scorer **out);
LUREWATCH_API void lurewatch_scorer_free(lurewatch_scorer *); /* NULL is fine */

/* Any bytes have a verdict: broken UTF-8, NULs, an empty text. */
LUREWATCH_API lurewatch_error lurewatch_score(lurewatch_scorer *, const char *utf8, size_t len,
    lurewatch_verdict *out);

/* A passage of the message and what it added to the flagged side's margin. */
typedef struct lurewatch_evidence {
	size_t start, end;      /* byte offsets into the message as given, start < end */
	double weight;          /* > 0 speaks for a flagged label, < 0 against */
} lurewatch_evidence;

/*
 * The passages that moved the verdict most, strongest first, not overlapping.
 * *n is the room in `out` on entry and the number written on return.
 */
LUREWATCH_API lurewatch_error lurewatch_explain(lurewatch_scorer *, const char *utf8, size_t len,
    lurewatch_evidence *out, size_t *n);

/* Overrides the model's threshold for this scorer; 0 <= p <= 1. */
LUREWATCH_API lurewatch_error lurewatch_scorer_threshold(lurewatch_scorer *, double p);

/* What a model says of itself. Names are NUL-terminated UTF-8. */
LUREWATCH_API size_t lurewatch_labels(const lurewatch *);
LUREWATCH_API const char *lurewatch_label(const lurewatch *, size_t i);       /* NULL past the end */
LUREWATCH_API bool lurewatch_label_flagged(const lurewatch *, size_t i);
LUREWATCH_API double lurewatch_threshold(const lurewatch *);
LUREWATCH_API size_t lurewatch_indicators(const lurewatch *);
LUREWATCH_API const char *lurewatch_indicator_name(const lurewatch *, size_t i);    /* NULL past the end */
LUREWATCH_API const char *lurewatch_indicator_meaning(const lurewatch *, size_t i); /* one plain sentence */
LUREWATCH_API const char *lurewatch_indicator_side(const lurewatch *, size_t i);    /* lure fraud spam honest */
LUREWATCH_API const char *lurewatch_record(const lurewatch *); /* training record, one JSON object */

#ifdef __cplusplus
}
#endif
#endif
