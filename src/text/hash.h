/*
 * hash.h - hash of a sequence of symbols: n-grams, words, forms
 *
 * Each symbol is folded in by xor and a multiplication with an odd 64-bit constant, as FNV-1a does
 * with bytes; lw_hash_end() is splitmix64's finaliser (Steele, Lea and Flood 2014). One multiplication a symbol, and an
 * n-gram extends the one before it: XXH3, which is as good, would start anew for each.
 */
#ifndef LW_HASH_H
#define LW_HASH_H

#include <stdint.h>

static inline uint64_t
lw_hash_add(uint64_t h, uint64_t symbol)
{
	return (h ^ symbol) * 0x9fb21c651e98df25u;
}

static inline uint64_t
lw_hash_end(uint64_t h)
{
	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
	h = (h ^ h >> 27) * 0x94d049bb133111ebu;
	return h ^ h >> 31;
}

#endif
