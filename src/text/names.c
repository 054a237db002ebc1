/* names.c - an interning table; a failed allocation gives LW_NO_NAME and leaves the table whole */
#include "text/names.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

const char *
lw_name(const struct lw_names *names, uint32_t i)
{
	return names->text.at + names->at[i];
}

/* The cell that holds the name, or the free one where it belongs. */
static size_t
cell_of(const struct lw_names *names, struct lw_span s)
{
	size_t mask = names->table_size - 1, i = (size_t)XXH3_64bits(s.at, s.len) & mask;

	while (names->table[i] != 0 && !lw_span_is(s, lw_name(names, names->table[i] - 1)))
		i = (i + 1) & mask;
	return i;
}

static bool
widen(struct lw_names *names)
{
	struct lw_names wide = *names;

	if (names->table_size > 2 * names->n)
		return true;
	wide.table_size = names->table_size == 0 ? 64 : names->table_size * 2;
	wide.table = calloc(wide.table_size, sizeof *wide.table);
	if (wide.table == NULL)
		return false;
	for (uint32_t i = 0; i < names->n; i++) {
		const char *name = lw_name(names, i);

		wide.table[cell_of(&wide, (struct lw_span){ name, strlen(name) })] = i + 1;
	}
	free(names->table);
	*names = wide;
	return true;
}

uint32_t
lw_names_add(struct lw_names *names, struct lw_span s)
{
	size_t cell, before = names->text.len;

	if (s.len > 0)
		s.len = strnlen(s.at, s.len);
	if (!widen(names))
		return LW_NO_NAME;
	cell = cell_of(names, s);
	if (names->table[cell] != 0)
		return names->table[cell] - 1;
	if (names->n >= LW_NO_NAME - 1 || !lw_grow(&names->at, &names->at_room, names->n + 1, sizeof *names->at))
		return LW_NO_NAME;
	if (!lw_buffer_add(&names->text, s.at, s.len) || !lw_buffer_add(&names->text, "", 1)) {
		names->text.len = before;
		return LW_NO_NAME;
	}
	names->at[names->n++] = before;
	names->table[cell] = (uint32_t)names->n;
	return (uint32_t)names->n - 1;
}

uint32_t
lw_names_find(const struct lw_names *names, const char *name)
{
	uint32_t found;

	if (names->n == 0)
		return LW_NO_NAME;
	found = names->table[cell_of(names, (struct lw_span){ name, strlen(name) })];
	return found == 0 ? LW_NO_NAME : found - 1;
}

void
lw_names_free(struct lw_names *names)
{
	lw_buffer_free(&names->text);
	free(names->at);
	free(names->table);
	*names = (struct lw_names){ 0 };
}
