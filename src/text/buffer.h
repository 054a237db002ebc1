/*
 * buffer.h - growable byte buffer, spans, and growable arrays
 *
 * Text travels as pointer and length everywhere; a span borrows, a buffer owns.
 * Growing fails by returning false and leaves the buffer as it was.
 */
#ifndef LW_BUFFER_H
#define LW_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lw_span {
	const char *at;         /* may be NULL when len is 0; not NUL-terminated */
	size_t len;
};

struct lw_buffer {
	char *at;
	size_t len, room;
};

#define LW_SPAN(literal) ((struct lw_span){ (literal), sizeof(literal) - 1 })

bool lw_span_is(struct lw_span, const char *text);  /* equal to the NUL-terminated text */
bool lw_span_same(struct lw_span, struct lw_span);  /* equal but for the case of ASCII letters */
struct lw_span lw_span_trim(struct lw_span);        /* without blanks at either end */
struct lw_span lw_span_line(struct lw_span *rest);  /* cuts the first line off, with its newline */

bool lw_buffer_reserve(struct lw_buffer *, size_t more); /* room for `more` bytes past len */
bool lw_buffer_add(struct lw_buffer *, const char *, size_t);
bool lw_buffer_add_text(struct lw_buffer *, const char *text);
bool lw_buffer_addf(struct lw_buffer *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void lw_buffer_free(struct lw_buffer *);

/* Makes room for `want` items of `size` bytes; *room counts items. Doubles, so appending is linear in all. */
bool lw_grow_slow(void *array_pointer, size_t *room, size_t want, size_t size);

static inline bool
lw_grow(void *array_pointer, size_t *room, size_t want, size_t size)
{
	return want <= *room || lw_grow_slow(array_pointer, room, want, size);
}

#endif
