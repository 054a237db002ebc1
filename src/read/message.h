/*
 * message.h - one message as a dump or a corpus holds it
 *
 * All spans borrow from the reader that gave the message and live until its
 * next call. A field that the format does not know is an empty span.
 */
#ifndef LW_MESSAGE_H
#define LW_MESSAGE_H

#include "text/buffer.h"

struct lw_message {
	struct lw_span raw;      /* the record's own bytes, separators included */
	struct lw_span before;   /* bytes that precede raw and belong to no record: byte order mark, CSV header, JSON around lists */
	struct lw_span joint;    /* of a document: bytes after before that part raw from the record before it in its list: a comma */
	struct lw_span text;     /* UTF-8 as found: what is judged, after the subject and the heading */
	struct lw_span heading;  /* of a mail, a line each: the sender's display name, a Reply-To that is not the sender's */
	struct lw_span subject, sender, time, id;
	struct lw_span conversation; /* chat, thread or other party it belongs to, as a person would name it */
	struct lw_span label, lang, channel, source, split, group, family;
	bool synthetic;
	bool id_is_number;       /* the id was a JSON number: written back as one */
	bool recoded;            /* raw is UTF-16, text was made UTF-8: nothing can be written into raw */
	bool document;           /* records are parts of one document: `before` is its structure and never left out */
	char delimiter;          /* between the columns of a table; 0: no table */
	uint64_t record;         /* 1 for the first record of its file; 0: the error is the whole file's */
	const char *path;        /* NUL-terminated; "-" for standard input */
	const char *format;      /* name in the table of formats, static; NULL when the file could not be opened */
	const char *error;       /* why this record could not be read, NULL if it could; borrowed like the spans */
};

#endif
