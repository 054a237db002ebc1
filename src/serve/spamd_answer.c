/*
 * spamd_answer.c - verdicts in the words of spamd
 *
 * A client finds what it looks for: the Spam: line, and in the mail X-Spam-Status and
 * X-Spam-Flag as SpamAssassin writes them (rspamd reads its rules' names there), beside
 * X-Lurewatch. All three that came with the mail go first.
 */
#include "serve/spamd_protocol.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST = 900 };         /* bytes of one header */

int
lw_spamd_score(double risk, double threshold)
{
	double tenths;

	if (risk >= threshold)
		tenths = threshold < 1 ? 50 + 50 * (risk - threshold) / (1 - threshold) : 100;
	else
		tenths = 50 * risk / threshold;
	if (risk < threshold && tenths > 49)
		return 49;              /* not rounded up to the threshold */
	return (int)(tenths + 0.5);
}

static bool
put_tenths(struct lw_buffer *b, int tenths)
{
	return lw_buffer_addf(b, "%d.%d", tenths / 10, tenths % 10);
}

static const lurewatch_verdict *
verdict_of(const struct lw_spamd_verdict *v)
{
	return v->result->verdict;
}

static int
score_of(const struct lw_spamd_verdict *v)
{
	return verdict_of(v) != NULL ? lw_spamd_score(verdict_of(v)->risk, v->threshold) : 0;
}

static bool
is_spam(const struct lw_spamd_verdict *v)
{
	return verdict_of(v) != NULL && verdict_of(v)->flagged;
}

/* free-travel as LUREWATCH_FREE_TRAVEL, the shape rule names have. */
static bool
put_symbol(struct lw_buffer *b, const char *name)
{
	if (!lw_buffer_add_text(b, "LUREWATCH_"))
		return false;
	for (; *name != '\0'; name++) {
		char c = isalnum((unsigned char)*name) ? (char)toupper((unsigned char)*name) : '_';

		if (!lw_buffer_add(b, &c, 1))
			return false;
	}
	return true;
}

/* The label when flagged and what was seen, with commas; as many as fit in `most` bytes. */
static bool
put_symbols(struct lw_buffer *b, const struct lw_spamd_verdict *v, size_t most)
{
	const lurewatch_verdict *found = verdict_of(v);
	size_t start = b->len;

	if (is_spam(v) && !put_symbol(b, lurewatch_label(v->result->model, found->label)))
		return false;
	for (size_t i = 0; found != NULL && i < found->indicators; i++) {
		size_t before = b->len;

		if ((b->len > start && !lw_buffer_add(b, ",", 1)) ||
		    !put_symbol(b, lurewatch_indicator_name(v->result->model, found->indicator[i])))
			return false;
		if (b->len - start > most) {
			b->len = before;
			break;
		}
	}
	return true;
}

/* ---- the report ---- */

static bool
put_indicators_of(struct lw_buffer *b, const struct lw_result *r, bool honest, const char *title)
{
	bool any = false;

	for (size_t i = 0; i < r->verdict->indicators; i++) {
		size_t which = r->verdict->indicator[i];

		if ((strcmp(lurewatch_indicator_side(r->model, which), "honest") == 0) != honest)
			continue;
		if ((!any && !lw_buffer_addf(b, "\n%s:\n", title)) ||
		    !lw_buffer_addf(b, "  %-24s %s\n", lurewatch_indicator_name(r->model, which),
		    lurewatch_indicator_meaning(r->model, which)))
			return false;
		any = true;
	}
	return true;
}

static bool
put_report(struct lw_buffer *b, const struct lw_spamd_verdict *v)
{
	const struct lw_result *r = v->result;

	if (r->verdict == NULL)
		return lw_buffer_add_text(b, "Lurewatch could not judge this mail; it was let through.\n");
	return lw_buffer_addf(b, "Lurewatch: %s, %s, risk ", r->verdict->flagged ? "flagged" : "not flagged",
	    lurewatch_label(r->model, r->verdict->label)) && lw_put_fixed(b, r->verdict->risk, 4) &&
	    lw_buffer_add_text(b, " (flagged from ") && lw_put_fixed(b, v->threshold, 4) &&
	    lw_buffer_add_text(b, " on).\n") && put_indicators_of(b, r, false, "What was seen") &&
	    put_indicators_of(b, r, true, "What speaks for an honest mail");
}

/* ---- the mail with its headers ---- */

static bool
put_lurewatch(struct lw_buffer *b, const struct lw_spamd_verdict *v)
{
	if (!lw_buffer_add_text(b, LW_MAIL_HEADER ": "))
		return false;
	if (verdict_of(v) == NULL)
		return lw_buffer_addf(b, "unsure; error=%s", v->unjudged);
	return lw_put_mail_verdict(b, v->result);
}

static bool
put_status(struct lw_buffer *b, const struct lw_spamd_verdict *v)
{
	size_t start;

	if (!lw_buffer_addf(b, "X-Spam-Status: %s, score=", is_spam(v) ? "Yes" : "No") || !put_tenths(b, score_of(v)) ||
	    !lw_buffer_add_text(b, " required=5.0 tests="))
		return false;
	start = b->len;
	return put_symbols(b, v, LONGEST) && (b->len > start || lw_buffer_add_text(b, "none")) &&
	    lw_buffer_addf(b, " autolearn=no autolearn_force=no version=%s", lurewatch_version());
}

/* Let through without a trace, the mail still loses what was forged. */
static bool
put_mail(struct lw_buffer *b, const struct lw_spamd_verdict *v, size_t *head)
{
	static const char *const ours[] = { LW_MAIL_HEADER, "X-Spam-Status", "X-Spam-Flag", NULL };
	bool silent = verdict_of(v) == NULL && v->unjudged == NULL;
	struct lw_buffer own = { 0 }, status = { 0 };
	struct lw_span add[3];
	bool done;

	done = silent || (put_lurewatch(&own, v) && put_status(&status, v));
	add[0] = (struct lw_span){ own.at, own.len };
	add[1] = (struct lw_span){ status.at, status.len };
	add[2] = LW_SPAN("X-Spam-Flag: YES");
	done = done && lw_mail_edit(b, v->result->message->raw, &(struct lw_mail_edit){ ours, add,
	    silent ? 0 : is_spam(v) ? 3 : 2 }, head);
	lw_buffer_free(&own);
	lw_buffer_free(&status);
	return done;
}

static bool
put_body(struct lw_buffer *b, const struct lw_spamd_request *r, const struct lw_spamd_verdict *v)
{
	size_t head;

	switch (r->command) {
	case LW_SPAMD_SYMBOLS:
		return put_symbols(b, v, SIZE_MAX);
	case LW_SPAMD_REPORT:
		return put_report(b, v);
	case LW_SPAMD_REPORT_IFSPAM:
		return !is_spam(v) || put_report(b, v);
	case LW_SPAMD_PROCESS:
		return put_mail(b, v, &head);
	case LW_SPAMD_HEADERS:
		if (!put_mail(b, v, &head))
			return false;
		b->len = head;
		return true;
	case LW_SPAMD_CHECK:
	case LW_SPAMD_PING:
	case LW_SPAMD_SKIP:
	case LW_SPAMD_TELL:
		break;
	}
	return true;
}

bool
lw_spamd_answer(struct lw_buffer *b, const struct lw_spamd_request *r, const struct lw_spamd_verdict *v)
{
	struct lw_buffer body = { 0 };
	bool done;

	done = put_body(&body, r, v) &&
	    lw_buffer_addf(b, "SPAMD/1.1 0 EX_OK\r\nContent-length: %zu\r\nSpam: %s ; ", body.len,
	    is_spam(v) ? "True" : "False") && put_tenths(b, score_of(v)) &&
	    lw_buffer_add_text(b, " / 5.0\r\n\r\n") && lw_buffer_add(b, body.at, body.len);
	lw_buffer_free(&body);
	return done;
}

bool
lw_spamd_answer_ping(struct lw_buffer *b)
{
	return lw_buffer_add_text(b, "SPAMD/1.5 0 PONG\r\n");
}

/* The line alone, as spamd: an empty line after it and spamc, which does not look at the number, takes it for a success. */
bool
lw_spamd_answer_error(struct lw_buffer *b, int sysexit, const char *why)
{
	return lw_buffer_addf(b, "SPAMD/1.0 %d %s\r\n", sysexit, why);
}
