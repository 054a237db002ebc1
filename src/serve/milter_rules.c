/* milter_rules.c - the milter-action option: parsed, and held against a verdict */
#include "serve/milter_rules.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST = 400 };         /* bytes of a text: an SMTP reply has 512 */

static const struct {
	const char *name, *otherwise;   /* otherwise: the text where none is given; NULL: one must be */
} actions[] = {
	[LW_MILTER_HEADER] = { "header", "" },
	[LW_MILTER_SUBJECT] = { "subject", NULL },
	[LW_MILTER_QUARANTINE] = { "quarantine", "Lurewatch: looks like a fraud or a recruitment lure" },
	[LW_MILTER_REJECT] = { "reject", "This message looks like a fraud or a recruitment lure" },
};

const char *
lw_milter_action_name(enum lw_milter_action a)
{
	return actions[a].name;
}

static struct lw_span
next_word(const char **at)
{
	struct lw_span word;

	*at += strspn(*at, " \t");
	word = (struct lw_span){ *at, strcspn(*at, " \t") };
	*at += word.len;
	*at += strspn(*at, " \t");
	return word;
}

static bool
read_risk(struct lw_span word, double *risk)
{
	char *end;

	*risk = word.len > 0 ? strtod(word.at, &end) : -1;
	return word.len > 0 && end == word.at + word.len && *risk >= 0 && *risk <= 1;
}

/* No % either: libmilter hands the text to the MTA's format strings. */
static bool
is_sendable(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~' || text[i] == '%')
			return false;
	return len <= LONGEST;
}

static const char *
parse(const char *at, struct lw_milter_rule *r)
{
	struct lw_span action;

	r->label = next_word(&at);
	if (!read_risk(next_word(&at), &r->risk))
		return "LABEL RISK ACTION [TEXT] is meant, RISK from 0 to 1";
	action = next_word(&at);
	for (r->action = LW_MILTER_REJECT; r->action > LW_MILTER_HEADER; r->action--)
		if (lw_span_is(action, actions[r->action].name))
			break;
	if (r->action == LW_MILTER_HEADER)
		return "ACTION is subject, quarantine or reject";
	r->text = *at != '\0' ? at : actions[r->action].otherwise;
	if (r->text == NULL)
		return "what shall go before the subject?";
	return is_sendable(r->text) ? NULL : "TEXT is at most 400 characters of ASCII without %";
}

bool
lw_milter_rule(const char *text, struct lw_milter_rule *r, struct lw_buffer *why)
{
	const char *wrong = parse(text, r);

	if (wrong != NULL)
		lw_buffer_addf(why, "milter-action: '%s': %s", text, wrong);
	return wrong == NULL;
}

static bool
is_any(const struct lw_milter_rule *r)
{
	return lw_span_is(r->label, "flagged");
}

bool
lw_milter_rule_holds(const struct lw_milter_rule *r, const lurewatch *model, const lurewatch_verdict *v)
{
	return v->risk >= r->risk &&
	    (is_any(r) ? v->flagged : lw_span_is(r->label, lurewatch_label(model, v->label)));
}

bool
lw_milter_rule_fits(const struct lw_milter_rule *r, const lurewatch *model)
{
	for (size_t i = 0; i < lurewatch_labels(model); i++)
		if (lw_span_is(r->label, lurewatch_label(model, i)))
			return true;
	return is_any(r);
}
