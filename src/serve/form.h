/* form.h - application/x-www-form-urlencoded bodies, and hexadecimal; values may hold any byte */
#ifndef LW_FORM_H
#define LW_FORM_H

#include "text/buffer.h"

struct lw_form {                /* zeroed before first use */
	struct lw_buffer bytes;
	struct lw_field {
		size_t name, name_len, value, value_len;        /* places in bytes */
	} *field;
	size_t n, room;
};

bool lw_form_read(struct lw_form *, struct lw_span body);       /* false: memory is gone */
struct lw_span lw_form_get(const struct lw_form *, const char *name);  /* the first of the name; at NULL: there is none */
void lw_form_free(struct lw_form *);

bool lw_form_decode(struct lw_buffer *, struct lw_span value);         /* appends one value, decoded; false: memory is gone */

/* Appends the bytes of hexadecimal digits. *good false when the text is none (odd, or another character): nothing is added. */
bool lw_unhex(struct lw_buffer *, struct lw_span hex, bool *good);

#endif
