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
	struct lw_span raw;      /* the record's own bytes, separators included: the raws of a file joined are the file */
	struct lw_span text;     /* UTF-8 as found: what is judged, after the subject */
	struct lw_span subject, sender, time, id;
	struct lw_span label, lang, channel, source, split, group, family;
	bool synthetic;
	uint64_t record;         /* 1 for the first record of its file */
	const char *path;        /* NUL-terminated; "-" for standard input */
	const char *error;       /* why this record could not be read, NULL if it could; borrowed like the spans */
};

#endif
