/*
 * delivery.h - mails sorted into two maildirs: DIR/flagged and DIR/clean
 *
 * What is delivered unchanged is a hard link where the file system allows, else a
 * copy made in tmp and then moved: nobody ever sees half a mail, and nothing is overwritten.
 */
#ifndef LW_DELIVERY_H
#define LW_DELIVERY_H

#include "read/message.h"

struct lw_delivery;

/* Makes the folders that are not there. NULL, with errno: they could not be made. */
struct lw_delivery *lw_delivery_open(const char *dir);
void lw_delivery_close(struct lw_delivery *);

/* changed: the mail's bytes where they are no longer the file's, else NULL. 0, or what went wrong as errno says it. */
int lw_deliver(struct lw_delivery *, const struct lw_message *, bool flagged, const struct lw_span *changed);

#endif
