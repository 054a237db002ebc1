/*
 * read.h - message dumps in
 *
 * A source is a file, a directory or standard input; a reader walks its
 * messages in order, streaming, through gzip and zstd where the bytes say so.
 * One record in, one message out: a record that cannot be read is a message
 * with `error` set in its place. Only what stops the whole file (it cannot be
 * opened, a read fails, memory is gone) ends the walk early, with an error.
 *
 * Adding a format: write one file that fills a `struct lw_format`, and name it
 * in the table in formats.c. Nothing else changes.
 */
#ifndef LW_READ_H
#define LW_READ_H

#include "lurewatch.h"
#include "read/message.h"

#define LW_RECORD_MAX ((size_t)256 << 20)  /* bytes of one record; a longer one is an error in its place */

struct lw_read_options {
	const char *format;      /* a name of the table; NULL or "auto": told from name and first bytes */
	const char *label;       /* label given to every message (LABEL=PATH on the command line); NULL: the record's own */
	const char *field;       /* CSV column or JSON field that holds the text; NULL: "text" and its usual names */
};

struct lw_reader;

/* path "-" is standard input. A directory is walked in byte order of its names. */
lurewatch_error lw_reader_open(const char *path, const struct lw_read_options *, struct lw_reader **out);

/* *out is NULL at the end. */
lurewatch_error lw_reader_next(struct lw_reader *, const struct lw_message **out);

const char *lw_reader_format(const struct lw_reader *);  /* name of the format in use, NULL before the first message */
const char *lw_reader_reason(const struct lw_reader *);  /* what the last error was, with the path; never NULL */
uint64_t lw_reader_consumed(const struct lw_reader *);   /* bytes of the files as stored read so far, for progress */
void lw_reader_close(struct lw_reader *);

/* Bytes that are judged: subject, a line break, text; or text alone without a subject. Borrows from m or from room. */
lurewatch_error lw_message_judged(const struct lw_message *m, struct lw_buffer *room, struct lw_span *out);

#endif
