/*
 * milter_rules.h - what the milter does to a mail beyond its X-Lurewatch header, by label and risk
 *
 *      LABEL RISK subject TEXT         TEXT and a blank go before the subject
 *      LABEL RISK quarantine [TEXT]    the mail is held by the MTA; TEXT is the reason it shows
 *      LABEL RISK reject [TEXT]        550 5.7.1 TEXT
 *
 * LABEL is one of the model's or `flagged`: any that is flagged. Rules are looked at in order; each that
 * holds acts, a reject is the last.
 */
#ifndef LW_MILTER_RULES_H
#define LW_MILTER_RULES_H

#include "lurewatch.h"
#include "text/buffer.h"

enum lw_milter_action { LW_MILTER_HEADER, LW_MILTER_SUBJECT, LW_MILTER_QUARANTINE, LW_MILTER_REJECT };
const char *lw_milter_action_name(enum lw_milter_action);

struct lw_milter_rule {
	struct lw_span label;
	double risk;                    /* from this on */
	enum lw_milter_action action;   /* never HEADER: that is always done */
	const char *text;               /* NUL-terminated, printable ASCII */
};

struct lw_milter_rules {
	struct lw_milter_rule *at;
	size_t n;
};

/* Borrows from the rule's text. false: *why says what is wrong with it. */
bool lw_milter_rule(const char *text, struct lw_milter_rule *, struct lw_buffer *why);
bool lw_milter_rule_holds(const struct lw_milter_rule *, const lurewatch *, const lurewatch_verdict *);
bool lw_milter_rule_fits(const struct lw_milter_rule *, const lurewatch *);    /* false: the model has no such label */

#endif
