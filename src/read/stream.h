/*
 * stream.h - the bytes of a file or of standard input, unpacked, and as UTF-8 where it is told what they are
 *
 * A window slides over the bytes. A format looks at the window, asks for more
 * until a record is whole, and takes the record; what was taken stays in place
 * until more is asked for. Memory is the longest record, not the file.
 */
#ifndef LW_STREAM_H
#define LW_STREAM_H

#include "lurewatch.h"
#include "text/buffer.h"

#include <sys/types.h>

struct lw_stream;

/*
 * path "-" is standard input. Why something failed is written to *reason, which outlives the stream.
 * stop: a descriptor that ends all reading once it can be read from, or NULL.
 */
lurewatch_error lw_stream_open(const char *path, const int *stop, struct lw_buffer *reason, struct lw_stream **out);

/* Where a stream's bytes come from when it is no file: read() as in unistd.h, with the cause when it gives -1. */
struct lw_input {
	ssize_t (*read)(void *from, char *to, size_t len, const char **why);
	void *from;
};
lurewatch_error lw_stream_open_input(struct lw_input, struct lw_buffer *reason, struct lw_stream **out);
void lw_stream_close(struct lw_stream *);

struct lw_span lw_stream_window(const struct lw_stream *);
bool lw_stream_ended(const struct lw_stream *);         /* the window is all there is */
lurewatch_error lw_stream_more(struct lw_stream *);     /* a longer window, or the end */
lurewatch_error lw_stream_peek(struct lw_stream *, size_t want); /* at least `want` bytes, or all there are */

/* Takes n bytes off the window and gives them as they were stored: the same bytes, or those of another charset. */
struct lw_span lw_stream_take(struct lw_stream *, size_t n);

/* The line that begins at `to`: from is set there, to after its newline. At the end from == to. */
struct lw_cut {
	size_t from, to;
	bool dropped;           /* the window outgrew LW_RECORD_MAX: all of it went, offsets begin anew */
};
lurewatch_error lw_stream_line(struct lw_stream *, struct lw_cut *);
lurewatch_error lw_stream_until(struct lw_stream *, char end, struct lw_cut *);  /* the same, of a line that ends so */

/*
 * From here on the bytes are of this charset (a name ICU knows). Nothing may be taken before; without effect
 * when a byte order mark says otherwise.
 */
lurewatch_error lw_stream_recode(struct lw_stream *, const char *charset);

struct lw_span lw_stream_mark(const struct lw_stream *);  /* byte order mark, as stored; may be empty */
bool lw_stream_recoded(const struct lw_stream *);         /* is stored in a charset that ASCII cannot be written into: UTF-16 */
uint64_t lw_stream_consumed(const struct lw_stream *);    /* bytes read as stored */
bool lw_stream_would_wait(const struct lw_stream *);
bool lw_stream_is_live(const struct lw_stream *);         /* no file: a pipe or a terminal, whose bytes may come one by one */

#endif
