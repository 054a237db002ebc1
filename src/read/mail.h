/*
 * mail.h - one mail (RFC 5322, MIME) as text to judge
 *
 * Headers are decoded (RFC 2047), parts are unpacked and recoded to UTF-8.
 * text/plain is preferred; HTML is read as a person sees it. Attachments leave
 * their names. A mail cannot be malformed: what cannot be understood is text.
 */
#ifndef LW_MAIL_H
#define LW_MAIL_H

#include "read/message.h"

struct lw_mail {                /* zeroed before first use; reused from mail to mail */
	struct lw_buffer subject, sender, time, text;
	struct lw_buffer scratch, html;
};

/*
 * Before the first mail; cheap when done before. Loads GMime and libxml2.
 * NULL, or the name of the library that could not be loaded: no mail can be read then.
 */
const char *lw_mail_start(void);

bool lw_mail_read(struct lw_span raw, struct lw_mail *);    /* false: memory is gone */
void lw_mail_fill(const struct lw_mail *, struct lw_message *); /* spans that borrow from the mail */
void lw_mail_free(struct lw_mail *);

/* Appends what a person sees of UTF-8 HTML: blocks break lines, pictures leave their alt text. */
bool lw_html_text(struct lw_buffer *, struct lw_span html);

#endif
