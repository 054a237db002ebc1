/*
 * memo.h - what was worked out about short strings of symbols, remembered from message to message
 *
 * People write the same few thousand words. A memo keeps the last string met at each place, whole, so an answer
 * is only ever found for the very same symbols: what is remembered changes how long a message takes, never its result.
 * Only making one can fail, for memory.
 */
#ifndef LW_MEMO_H
#define LW_MEMO_H

#include "text/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

enum { LW_MEMO_LONGEST = 15, LW_MEMO_BITS = 13, LW_CACHE_LINE = 64 };

struct lw_memo_key {
	uint16_t n;                     /* 0: empty */
	uint16_t sym[LW_MEMO_LONGEST];
};

struct lw_memo {
	char *at;                       /* 2^LW_MEMO_BITS places: a key, then the answer */
	size_t step;
};

/* answer: bytes of one. */
static inline bool
lw_memo_make(struct lw_memo *m, size_t answer)
{
	size_t size = sizeof(struct lw_memo_key) + answer;

	m->step = size <= LW_CACHE_LINE ? size : (size + LW_CACHE_LINE - 1) / LW_CACHE_LINE * LW_CACHE_LINE;
	m->at = calloc((size_t)1 << LW_MEMO_BITS, m->step);
	return m->at != NULL;
}

static inline void
lw_memo_free(struct lw_memo *m)
{
	free(m->at);
	m->at = NULL;
}

/*
 * Where the answer for a string is, aligned to 8 bytes; *known says whether it is there already, else the caller writes it.
 * NULL for a string that is empty, too long or has symbols beyond 16 bits: nothing is remembered of it.
 */
static inline void *
lw_memo_find(struct lw_memo *m, const uint32_t *sym, size_t n, bool *known)
{
	struct lw_memo_key *key;
	uint64_t h = n;
	uint32_t all = 0, other = 0;

	*known = false;
	if (n == 0 || n > LW_MEMO_LONGEST)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		h = lw_hash_add(h, sym[i]);
		all |= sym[i];
	}
	if (all > UINT16_MAX)
		return NULL;
	key = (struct lw_memo_key *)(void *)(m->at + (h >> (64 - LW_MEMO_BITS)) * m->step);
	for (size_t i = 0; i < n; i++)
		other |= key->sym[i] ^ sym[i];
	*known = key->n == n && other == 0;
	if (!*known) {
		key->n = (uint16_t)n;
		for (size_t i = 0; i < n; i++)
			key->sym[i] = (uint16_t)sym[i];
	}
	return key + 1;
}

/* When the answer could not be worked out after all. */
static inline void
lw_memo_forget(void *answer)
{
	((struct lw_memo_key *)answer - 1)->n = 0;
}

#endif
