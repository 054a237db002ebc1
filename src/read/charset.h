/* charset.h - bytes of a declared, misdeclared or undeclared charset to UTF-8 */
#ifndef LW_CHARSET_H
#define LW_CHARSET_H

#include "text/buffer.h"

/*
 * Appends bytes of a charset as UTF-8; a bad sequence becomes U+FFFD. charset NULL or unknown: UTF-8 if valid, else
 * the likeliest. A one-byte charset is not believed for what is valid UTF-8, a Western one not for what has too many
 * accents. False: memory is gone.
 */
bool lw_recode(struct lw_buffer *, struct lw_span bytes, const char *charset);

/* ICU's name for a charset, with the larger set for a name that in practice means one; NULL: unknown, or no charset at all. */
const char *lw_charset_named(const char *name);

/*
 * What bytes that are no UTF-8 probably are, by ICU's guess from letter frequencies and by what is sane in a message;
 * `declared` (or NULL) when they are sane in it. Never NULL: Western when nothing fits better.
 */
const char *lw_charset_likely(struct lw_span bytes, const char *declared);

/* The charset of a file that begins so: NULL when it is UTF-8, damaged or not, says too little, or is no text at all. */
const char *lw_charset_of_file(struct lw_span head);

size_t lw_above_127(struct lw_span);    /* bytes that are no ASCII */

#endif
