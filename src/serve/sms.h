/* sms.h - the SMS doors: Kannel's get-url and post-url, Jasmin's MO callback, a webhook of any form */
#ifndef LW_SMS_H
#define LW_SMS_H

#include "serve/http.h"

void lw_http_kannel(struct lw_request *, struct lw_seat *);
void lw_http_kannel_unjudged(struct lw_request *, enum lw_outcome);
void lw_http_jasmin(struct lw_request *, struct lw_seat *);
void lw_http_jasmin_unjudged(struct lw_request *, enum lw_outcome);
void lw_http_webhook(struct lw_request *, struct lw_seat *);
void lw_http_webhook_unjudged(struct lw_request *, enum lw_outcome);

/* Judges messages whose missing parts did not come in time: nothing that was taken is lost. all: whatever waits, at the end. */
void lw_sms_tick(struct lw_server *, struct lw_joiner *, bool all);

/* Names that kannel-answer and webhook-answer may use, NULL-terminated. */
extern const char *const lw_sms_places[];

#endif
