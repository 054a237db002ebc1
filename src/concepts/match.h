/*
 * match.h - a message as a sequence of concepts
 *
 * Hits come in the order of the message and cover the forms found there, the
 * shapes among them (links, phones, sums ...). Words without content are left out.
 */
#ifndef LW_MATCH_H
#define LW_MATCH_H

#include "concepts/vocabulary.h"
#include "text/money.h"
#include "text/text.h"

struct lw_hit {
	uint32_t concept;
	uint32_t start, end;    /* bytes of the message */
};

struct lw_sequence {
	struct lw_hit *hit;
	size_t n;
};

struct lw_matcher;

/* Borrows both for its whole life; the texter must be the one whose texts it is given. One per thread. */
lurewatch_error lw_matcher_new(const struct lw_vocabulary *, struct lw_texter *, struct lw_matcher **out);
void lw_matcher_free(struct lw_matcher *);

/* *out borrows from the matcher until its next call. */
lurewatch_error lw_match(struct lw_matcher *, const struct lw_text *, const struct lw_sums *, struct lw_sequence *out);

/* As lw_match, with the words without content left in. */
lurewatch_error lw_match_all(struct lw_matcher *, const struct lw_text *, const struct lw_sums *, struct lw_sequence *out);

/*
 * Indicators that match a sequence, ascending: out has room for lw_vocabulary_indicators() numbers. Where
 * `where` is not NULL, where[i] is the first and last hit of the place that matched.
 */
struct lw_place { uint32_t first, last; };
lurewatch_error lw_match_indicators(struct lw_matcher *, const struct lw_sequence *, uint16_t *out, struct lw_place *where,
    size_t *n);

#endif
