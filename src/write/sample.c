/* sample.c - reservoir sampling (Vitter's algorithm R); fails only without memory */
#include "write/sample.h"

#include "text/random.h"

#include <stdlib.h>

struct chosen {
	uint64_t place;                 /* among all that were offered */
	struct lw_buffer bytes;
};

struct lw_sample {
	struct lw_random random;
	struct chosen *chosen;
	size_t n, room, most;
	uint64_t offered;
	bool sorted;
};

struct lw_sample *
lw_sample_new(size_t n, uint64_t seed)
{
	struct lw_sample *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->most = n;
	lw_random_seed(&s->random, seed);
	return s;
}

void
lw_sample_free(struct lw_sample *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		lw_buffer_free(&s->chosen[i].bytes);
	free(s->chosen);
	free(s);
}

bool
lw_sample_offer(struct lw_sample *s, struct lw_span rendered)
{
	struct chosen *c;
	size_t at;

	s->offered++;
	if (s->n < s->most) {
		if (!lw_grow(&s->chosen, &s->room, s->n + 1, sizeof *s->chosen))
			return false;
		at = s->n++;
		s->chosen[at] = (struct chosen){ 0 };
	} else {
		uint64_t place = lw_random_below(&s->random, s->offered);

		if (place >= s->most)
			return true;
		at = (size_t)place;
	}
	c = &s->chosen[at];
	c->place = s->offered;
	c->bytes.len = 0;
	return lw_buffer_add(&c->bytes, rendered.at, rendered.len);
}

static int
by_place(const void *a, const void *b)
{
	const struct chosen *x = a, *y = b;

	return x->place < y->place ? -1 : x->place > y->place;
}

bool
lw_sample_get(struct lw_sample *s, size_t i, struct lw_span *out)
{
	if (i >= s->n)
		return false;
	if (!s->sorted)
		qsort(s->chosen, s->n, sizeof *s->chosen, by_place);
	s->sorted = true;
	*out = (struct lw_span){ s->chosen[i].bytes.at, s->chosen[i].bytes.len };
	return true;
}
