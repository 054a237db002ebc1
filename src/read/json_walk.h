/*
 * json_walk.h - the records of a JSON document that may be larger than memory
 *
 * A scanner that knows strings and brackets walks the stream; only one record is in
 * memory at a time. Every element of a list that `wants` is a record. All other
 * bytes are the document's structure and go to the source's `before`, the comma
 * between two records to `joint` of the later one.
 *
 * A record that was cut short ends where the next one begins, if that stands on a
 * line of its own as far in as it did: so damage costs one record. A document that
 * ends inside its brackets is an error after its last record.
 */
#ifndef LW_JSON_WALK_H
#define LW_JSON_WALK_H

#include "read/format.h"

struct lw_json_walk {           /* zeroed but for what the format sets */
	/* Whether the list that opens now holds records; key and first byte after the bracket (0: none seen) may tell. */
	bool (*wants)(const struct lw_json_walk *, char first);
	void (*opened)(struct lw_json_walk *, char bracket);            /* NULL: it need not know */
	/* A string with its quotes, a number or a word under `key`; false: memory is gone. NULL: it need not know. */
	bool (*value)(struct lw_json_walk *, struct lw_span);
	const char *not_ours;       /* why a file that is no such JSON fails */
	void *data;                 /* the format's own */

	struct lw_buffer key;       /* name of the value that comes now, with its quotes; empty: none */
	size_t depth;               /* brackets open around the place where the scanner is */

	struct lw_buffer string;    /* the last string of the structure, still quoted: a key when a colon follows */
	struct lw_buffer joint;
	bool in_list, first;        /* in a list of records; before its first one */
};

/* Frames the next record into raw and joint, and *record before it is taken; m->error is set when it is not whole. */
lurewatch_error lw_json_walk_next(struct lw_source *, struct lw_json_walk *, struct lw_message *, struct lw_span *record,
    bool *got);
void lw_json_walk_free(struct lw_json_walk *);

#endif
