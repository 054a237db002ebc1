/* html.h - HTML as events, for formats that are pages; lw_html_text() in mail.h gives its text */
#ifndef LW_HTML_H
#define LW_HTML_H

#include "text/buffer.h"

#include <libxml/HTMLparser.h>

/* Calls the handlers with data, in the order of the page; it may be broken and as deep as it likes. lw_mail_start() before. False: no memory. */
bool lw_html_events(const htmlSAXHandler *, void *data, struct lw_span html);

#endif
