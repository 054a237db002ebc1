/* line.c - fails only without memory */
#include "write/line.h"

enum { LEAST = 24 };            /* columns of the last cell, however narrow the terminal */

static const char *const codes[] = {
	[LW_WHERE] = "\x1b[36m", [LW_BAD] = "\x1b[1;31m", [LW_GOOD] = "\x1b[32m", [LW_PLAIN] = "\x1b[0m",
};

size_t
lw_put_cell(struct lw_buffer *b, struct lw_span s, size_t most)
{
	bool isolate = lw_is_right_to_left(s);
	size_t columns;

	if (isolate && !lw_buffer_add_text(b, "\xe2\x81\xa8"))
		return LW_NO_COLUMNS;
	columns = lw_put_columns(b, s, most);
	return !isolate || lw_buffer_add_text(b, "\xe2\x81\xa9") ? columns : LW_NO_COLUMNS;
}

static void
colour(struct lw_line *l, enum lw_colour c)
{
	if (l->style != NULL && l->style->colour && !lw_buffer_add_text(l->b, codes[c]))
		l->failed = true;
}

/* To the column where the next cell begins, by at least two blanks. */
static void
pad(struct lw_line *l)
{
	size_t blanks = l->used + 2 > l->at ? 2 : l->at - l->used;

	if (l->at == 0)
		return;
	l->used += blanks;
	for (; blanks > 0 && !l->failed; blanks--)
		l->failed = !lw_buffer_add(l->b, " ", 1);
}

void
lw_line_cell(struct lw_line *l, struct lw_span s, size_t columns, enum lw_colour c)
{
	size_t used = 0;

	if (l->failed)
		return;
	pad(l);
	if (c != LW_PLAIN)
		colour(l, c);
	if (!l->failed)
		used = lw_put_cell(l->b, s, SIZE_MAX);
	if (c != LW_PLAIN)
		colour(l, LW_PLAIN);
	l->failed = l->failed || used == LW_NO_COLUMNS;
	l->used += used;
	l->at += columns + 2;
}

void
lw_line_rest(struct lw_line *l, struct lw_span s, size_t columns)
{
	if (l->failed)
		return;
	pad(l);
	if (l->style != NULL && l->style->columns > 0)
		columns = l->style->columns > l->used + LEAST ? l->style->columns - l->used : LEAST;
	l->failed = l->failed || lw_put_cell(l->b, s, columns) == LW_NO_COLUMNS;
}

bool
lw_line_end(struct lw_line *l)
{
	return !l->failed && lw_buffer_add(l->b, "\n", 1);
}
