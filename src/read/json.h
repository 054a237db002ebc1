/*
 * json.h - JSON values for the formats that hold them
 */
#ifndef LW_JSON_H
#define LW_JSON_H

#include "read/format.h"

#include <jansson.h>

/* The value, to be released; NULL and the error when mending did not help. room is scratch, free to go when this returns. */
json_t *lw_json_parse(struct lw_span text, struct lw_buffer *room, json_error_t *);

struct lw_span lw_json_string(const json_t *);                      /* borrows; empty for anything but a string */
bool lw_json_add_scalar(struct lw_buffer *, const json_t *);        /* a string or a number without its fraction; else nothing */

/* The value at a path of names and places in lists, a.b.0.c; a member with the path as its whole name comes first. NULL: none. */
const json_t *lw_json_at(const json_t *, const char *path);

/* ---- objects whose members are a message's fields ---- */

struct lw_json_record {         /* zeroed before first use; what it filled borrows from it */
	json_t *object;
	struct lw_buffer numbers;   /* ids and times that were numbers */
	struct lw_buffer mended, error;
};

/* The object, and the message's fields from its members; field: the path of the text, NULL: the usual names. m->error when it is none. */
void lw_json_record_read(struct lw_json_record *, struct lw_message *m, struct lw_span text, const char *field);
/* Its two halves: false when m->error is set; false when there is no text. */
bool lw_json_record_parse(struct lw_json_record *, struct lw_message *m, struct lw_span text);
bool lw_json_record_fill(struct lw_json_record *, struct lw_message *m, const char *field);
void lw_json_record_free(struct lw_json_record *);

#endif
