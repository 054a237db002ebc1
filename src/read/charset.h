/* charset.h - bytes of a declared, misdeclared or undeclared charset to UTF-8 */
#ifndef LW_CHARSET_H
#define LW_CHARSET_H

#include "text/buffer.h"

/*
 * Appends bytes of a charset as UTF-8; a bad sequence becomes U+FFFD. charset NULL or unknown: UTF-8 if
 * valid, else the likeliest by ICU's guess. False: memory is gone.
 */
bool lw_recode(struct lw_buffer *, struct lw_span bytes, const char *charset);

#endif
