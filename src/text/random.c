/* random.c - xoshiro256** and splitmix64; nothing here can fail */
#include "text/random.h"

static uint64_t
rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

uint64_t
lw_mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

void
lw_random_seed(struct lw_random *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		r->s[i] = lw_mix(seed += 0x9e3779b97f4a7c15u);
}

uint64_t
lw_random_next(struct lw_random *r)
{
	uint64_t *s = r->s;
	uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

uint64_t
lw_random_below(struct lw_random *r, uint64_t n)
{
	/* numbers under this limit would make the first remainders likelier */
	uint64_t limit = -n % n, x;

	do
		x = lw_random_next(r);
	while (x < limit);
	return x % n;
}

void
lw_random_shuffle(struct lw_random *r, uint32_t *a, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)lw_random_below(r, i);
		uint32_t t = a[i - 1];

		a[i - 1] = a[j];
		a[j] = t;
	}
}
