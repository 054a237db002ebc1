/*
 * line.h - a line for people: cells in columns, as wide as a terminal draws them
 *
 * A cell that is longer than its column pushes the rest aside. Text from right to
 * left is isolated (UAX 9), so that a terminal does not turn the other columns round with it.
 */
#ifndef LW_LINE_H
#define LW_LINE_H

#include "write/write.h"

enum lw_colour { LW_PLAIN, LW_WHERE, LW_BAD, LW_GOOD };

struct lw_line {
	struct lw_buffer *b;
	const struct lw_style *style;   /* NULL: plain */
	size_t used, at;                /* columns filled, and where the next cell begins */
	bool failed;                    /* memory is gone; the rest does nothing */
};

void lw_line_cell(struct lw_line *, struct lw_span, size_t columns, enum lw_colour);
void lw_line_rest(struct lw_line *, struct lw_span, size_t columns);    /* cut to what the terminal has left, or to so many */
bool lw_line_end(struct lw_line *);     /* false: memory is gone */

/* The text of a cell alone, of at most so many columns; those it fills, or LW_NO_COLUMNS. */
size_t lw_put_cell(struct lw_buffer *, struct lw_span, size_t most);

#endif
