/* milter_act.h - what is known of a mail when the MTA has sent it, and what becomes of it */
#ifndef LW_MILTER_ACT_H
#define LW_MILTER_ACT_H

#include "serve/milter_rules.h"
#include "serve/serve.h"

#include <libmilter/mfapi.h>
#include <netinet/in.h>

struct lw_milter_session {      /* of one connection; the mail in hand */
	struct lw_buffer raw, subject;  /* subject: of its first header, NUL-terminated */
	size_t charged;
	int forged;                     /* headers of our name it came with */
	bool full;                      /* has message-size bytes: what follows is not read */
	enum lw_outcome lost;           /* LW_JUDGED: nothing went wrong so far */
	unsigned long steps;            /* as negotiated */
	char peer[INET6_ADDRSTRLEN + 8];
};

/* For xxfi_eom: judges, acts, reports. Uses the server until it returns. */
sfsistat lw_milter_act(struct lw_server *, const struct lw_milter_rules *, SMFICTX *, const struct lw_milter_session *);

#endif
