/*
 * random.h - the project's only source of chance
 *
 * xoshiro256** seeded by splitmix64 (Blackman and Vigna, 2018): the same numbers
 * on every machine, so a seed names one training run for good. Not for secrets.
 */
#ifndef LW_RANDOM_H
#define LW_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct lw_random {
	uint64_t s[4];
};

uint64_t lw_mix(uint64_t);                                      /* splitmix64's finaliser: a good integer hash */
void lw_random_seed(struct lw_random *, uint64_t seed);
uint64_t lw_random_next(struct lw_random *);
uint64_t lw_random_below(struct lw_random *, uint64_t n);       /* uniform in [0, n), n >= 1 */
void lw_random_shuffle(struct lw_random *, uint32_t *, size_t n);

#endif
