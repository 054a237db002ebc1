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

#endif
