/* lines.c - one message a line; an empty line is a message too, so lines in are verdicts out; nothing can be malformed */
#include "read/format.h"

static lurewatch_error
lines_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	return lw_source_line(s, m, false, got);
}

const struct lw_format lw_format_lines = { "lines", NULL, NULL, NULL, lines_next, NULL };
