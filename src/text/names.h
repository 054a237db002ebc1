/* names.h - strings to small numbers and back, numbered in order of first sight */
#ifndef LW_NAMES_H
#define LW_NAMES_H

#include "text/buffer.h"

#define LW_NO_NAME UINT32_MAX

struct lw_names {
	struct lw_buffer text;          /* all names, each with its NUL */
	size_t *at;                     /* of each name, in text */
	size_t n, at_room;
	uint32_t *table;                /* open addressing: number + 1; 0 is free */
	size_t table_size;              /* a power of two */
};

/* The name's number, a new one for a new name; LW_NO_NAME when memory is gone. A name ends at its first NUL. */
uint32_t lw_names_add(struct lw_names *, struct lw_span);
uint32_t lw_names_find(const struct lw_names *, const char *);  /* LW_NO_NAME when it is not there */
const char *lw_name(const struct lw_names *, uint32_t);         /* good until the next add */
void lw_names_free(struct lw_names *);

#endif
