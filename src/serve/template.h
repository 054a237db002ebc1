/*
 * template.h - texts with places for values: {name}
 *
 * A value is escaped for where it goes, unless it is ready. Braces around anything but a name of lower case
 * letters and dashes are text, so that JSON needs no quoting.
 */
#ifndef LW_TEMPLATE_H
#define LW_TEMPLATE_H

#include "text/buffer.h"

enum lw_escape {
	LW_ESCAPE_PLAIN,        /* as it is */
	LW_ESCAPE_JSON,         /* a JSON string with its quotes */
	LW_ESCAPE_MARKUP        /* HTML and XML, also inside quoted attributes */
};

struct lw_value {
	const char *name;
	struct lw_span value;
	bool ready;             /* put as it is: a number, markup made here */
};

/* A place without a value of its name stays as it is. false: memory is gone. */
bool lw_template_put(struct lw_buffer *, struct lw_span text, enum lw_escape, const struct lw_value *, size_t n);
bool lw_put_escaped(struct lw_buffer *, struct lw_span, enum lw_escape);
enum lw_escape lw_escape_of_type(const char *content_type);

/* The first {name} that is none of the names (NULL-terminated); at NULL: there is none. */
struct lw_span lw_template_unknown(struct lw_span text, const char *const *names);

#endif
