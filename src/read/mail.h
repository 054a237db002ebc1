/*
 * mail.h - one mail (RFC 5322, MIME) as text to judge
 *
 * Headers are decoded (RFC 2047; bytes above 127 in the charset they are in),
 * parts are unpacked, recoded to UTF-8 and, where they are flowed (RFC 3676),
 * joined to paragraphs. text/plain is preferred; HTML is read as a person sees
 * it. Attachments leave their names; what is encrypted is left alone, signatures
 * are not text. A mail cannot be malformed: what cannot be understood is text.
 */
#ifndef LW_MAIL_H
#define LW_MAIL_H

#include "lurewatch.h"
#include "read/message.h"

struct lw_mail {                /* zeroed before first use; reused from mail to mail */
	struct lw_buffer subject, heading, sender, time, text;
	struct lw_buffer scratch, html, mended;
};

/*
 * Before the first mail; cheap when done before. Loads GMime and libxml2.
 * NULL, or the name of the library that could not be loaded: no mail can be read then.
 */
const char *lw_mail_start(void);

bool lw_mail_read(struct lw_span raw, struct lw_mail *);    /* false: memory is gone */
void lw_mail_fill(const struct lw_mail *, struct lw_message *); /* spans that borrow from the mail */
void lw_mail_free(struct lw_mail *);

/* From a mail's bytes, with or without a From_ line, to those that are judged: what `-f eml` judges. Borrows from the mail or room. */
lurewatch_error lw_mail_judged(struct lw_span raw, struct lw_mail *, struct lw_buffer *room, struct lw_span *judged);

/* A mail whose headers are no UTF-8 becomes one in room whose headers are, in the charset they look like. */
bool lw_mail_mend_headers(struct lw_span *mail, struct lw_buffer *room);
/* The charset that an HTML page or a block of headers names near its start, NUL-terminated; false: none. */
bool lw_charset_declared(struct lw_span, struct lw_buffer *name);
/* Appends paragraphs that were sent as format=flowed; delete_space: DelSp=yes, the space at a soft line end goes too. */
bool lw_mail_unflow(struct lw_buffer *, struct lw_span, bool delete_space);

/* Appends what a person sees of UTF-8 HTML: blocks break lines, pictures leave their alt text. */
bool lw_html_text(struct lw_buffer *, struct lw_span html);

#endif
