/* files.c - the page's files and their sections; fails only without memory */
#include "serve/files.h"

#include <string.h>

extern const char lw_file_page[], lw_file_page_end[], lw_file_status[], lw_file_status_end[], lw_file_css[],
    lw_file_css_end[];

static const struct lw_span open = { "<!--[", 5 }, closed = { "]-->\n", 5 };

static struct lw_span
span_of(const char *from, const char *to)
{
	return (struct lw_span){ from, (size_t)(to - from) };
}

struct lw_span
lw_page_file(void)
{
	return span_of(lw_file_page, lw_file_page_end);
}

struct lw_span
lw_status_file(void)
{
	return span_of(lw_file_status, lw_file_status_end);
}

struct lw_span
lw_css_file(void)
{
	return span_of(lw_file_css, lw_file_css_end);
}

struct lw_span
lw_section(struct lw_span file, const char *name)
{
	const char *end = file.at + file.len, *at = file.at, *next;
	size_t len = strlen(name);

	while ((at = memmem(at, (size_t)(end - at), open.at, open.len)) != NULL) {
		at += open.len;
		if ((size_t)(end - at) < len + closed.len || memcmp(at, name, len) != 0 ||
		    memcmp(at + len, closed.at, closed.len) != 0)
			continue;
		at += len + closed.len;
		next = memmem(at, (size_t)(end - at), open.at, open.len);
		return span_of(at, next != NULL ? next : end);
	}
	return (struct lw_span){ NULL, 0 };
}

bool
lw_put_section(struct lw_buffer *b, struct lw_span file, const char *name, const struct lw_value *value, size_t n)
{
	return lw_template_put(b, lw_section(file, name), LW_ESCAPE_MARKUP, value, n);
}
