/*
 * read.h - message dumps in
 *
 * A source is a file, a directory or standard input; a reader walks its
 * messages in order, streaming, through gzip and zstd where the bytes say so.
 * A ZIP archive is walked like a directory, members in the archive's order;
 * their path is ARCHIVE/MEMBER.
 * One record in, one message out: a record that cannot be read is a message
 * with `error` set in its place. Only what stops the whole file (it cannot be
 * opened, a read fails, memory is gone) ends the walk early, with an error;
 * in a directory or an archive that too is a message with `error` (and record 0 when no
 * record was reached), and the walk goes on with the next file.
 *
 * Bytes are never lost: `before`, `joint` and `raw` of all messages, then the
 * tail, joined are the file (unpacked). The one exception is a record longer than
 * LW_RECORD_MAX, an error whose raw is empty.
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
	const char *encoding;    /* charset of text formats, or of data_coding 0 in an SMPP log; NULL: UTF-8, a mark, or the likeliest */
	char delimiter;          /* between the columns of a table; 0: found in its header */
	bool null;               /* lines and JSON lines end with NUL instead of a newline */
	const char *field;       /* CSV column or JSON field that holds the text; NULL: "text" and its usual names */
	const int *stop;         /* a descriptor: once it can be read from, reading ends with an error ("interrupted"); NULL: none */
};

struct lw_reader;

/*
 * path "-" is standard input. A directory is walked in byte order of its names,
 * names that begin with a dot left out; of a maildir, cur and new are read.
 * The options' strings must outlive the reader. On an error too *out is a reader
 * that holds the reason, unless memory is gone (then it is NULL): close it all the same.
 */
lurewatch_error lw_reader_open(const char *path, const struct lw_read_options *, struct lw_reader **out);

/* *out is NULL at the end. */
lurewatch_error lw_reader_next(struct lw_reader *, const struct lw_message **out);

const char *lw_reader_format(const struct lw_reader *);  /* name of the format in use, NULL before the first message */
const char *lw_reader_reason(const struct lw_reader *);  /* what the last error was, with the path; never NULL */
uint64_t lw_reader_consumed(const struct lw_reader *);   /* bytes of the files as stored read so far, for progress */
/* At the end: no record, only what came after the last one, in `before` (a lone CSV header). */
const struct lw_message *lw_reader_tail(struct lw_reader *);
bool lw_reader_is_directory(const struct lw_reader *);
bool lw_reader_would_wait(const struct lw_reader *);     /* the next message may have to wait for a slow pipe */
void lw_reader_close(struct lw_reader *);

/* Names of all formats, one a call, NULL past the end. */
const char *lw_format_name(size_t i);

/* Bytes that are judged: subject, heading and text, those there are, with line breaks between. Borrows from m or from room. */
lurewatch_error lw_message_judged(const struct lw_message *m, struct lw_buffer *room, struct lw_span *out);

/* Copies m with all it borrows into *room, whose old contents are lost. */
lurewatch_error lw_message_copy(const struct lw_message *m, struct lw_buffer *room, struct lw_message *out);

#endif
