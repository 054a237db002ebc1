/*
 * spamd.c - the spamd door: one request a connection, as spamd does
 *
 * By the policy accept a mail without a verdict is answered as not spam and comes back without a trace;
 * by unsure it is marked; by tempfail the answer is EX_TEMPFAIL. A mail that is not here whole cannot be
 * given back, so what asks for it then has EX_TEMPFAIL by any policy: spamc passes its own copy on.
 */
#include "read/mail.h"
#include "serve/spamd.h"
#include "serve/spamd_protocol.h"
#include "serve/loop.h"

#include <string.h>
#include <sysexits.h>

struct request {                /* of lw_client.state */
	size_t charged;                 /* for the answer */
};

/* ---- answers ---- */

static bool
gives_mail_back(const struct lw_spamd_request *r)
{
	return r->command == LW_SPAMD_PROCESS || r->command == LW_SPAMD_HEADERS;
}

static enum lw_step
say_error(struct lw_client *c, int sysexit, const char *why)
{
	c->out.len = 0;
	if (!lw_spamd_answer_error(&c->out, sysexit, why))
		c->out.len = 0;
	return LW_CLOSE;
}

static void
report(struct lw_client *c, struct lw_span user, enum lw_outcome outcome, const struct lw_answer *answer, struct lw_span text)
{
	lw_report(c->server, &(struct lw_note){ .door = LW_DOOR_SPAMD, .outcome = outcome, .answer = answer, .id = user,
	    .client = { c->peer, strlen(c->peer) }, .text = text, .begun = c->begun });
}

/* mail NULL: it is not here whole. */
static void
answer_unjudged(struct lw_client *c, const struct lw_spamd_request *r, const struct lw_span *mail, enum lw_outcome outcome)
{
	enum lw_policy policy = lw_server_policy(c->server, LW_DOOR_SPAMD);
	struct lw_message message = { .raw = mail != NULL ? *mail : (struct lw_span){ "", 0 } };
	struct lw_result result = { .message = &message };
	struct lw_spamd_verdict v = { &result, 0, policy == LW_UNSURE ? lw_outcome_name(outcome) : NULL };

	if (policy == LW_TEMPFAIL || r == NULL || (mail == NULL && gives_mail_back(r)) || !lw_spamd_answer(&c->out, r, &v))
		say_error(c, EX_TEMPFAIL, lw_outcome_name(outcome));
}

static bool
answer_judged(struct lw_client *c, const struct lw_spamd_request *r, struct lw_span mail, const struct lw_answer *a)
{
	double threshold = c->server->config->threshold;
	struct lw_message message = { .raw = mail };
	struct lw_result result = { .message = &message, .model = a->model, .verdict = &a->verdict };

	return lw_spamd_answer(&c->out, r,
	    &(struct lw_spamd_verdict){ &result, threshold >= 0 ? threshold : lurewatch_threshold(a->model), NULL });
}

/* ---- on a worker ---- */

static void
serve_mail(struct lw_client *c, struct lw_seat *seat, const struct lw_spamd_request *r, struct lw_span mail)
{
	struct lw_answer answer = { 0 };
	struct lw_mail parts = { 0 };
	struct lw_span text = { "", 0 };
	enum lw_outcome outcome = LW_FAILED;

	if (lw_mail_judged(mail, &parts, lw_seat_scratch(seat), &text) == LUREWATCH_OK)
		outcome = lw_judge(seat, text, false, &answer);
	if (outcome == LW_JUDGED && !answer_judged(c, r, mail, &answer)) {
		c->out.len = 0;
		outcome = LW_FAILED;
	}
	if (outcome != LW_JUDGED)
		answer_unjudged(c, r, &mail, outcome);
	report(c, r->user, outcome, &answer, text);
	lw_mail_free(&parts);
	lw_answer_free(&answer);
}

static void
serve_packed(struct lw_client *c, struct lw_seat *seat, const struct lw_spamd_request *r, struct lw_span packed)
{
	size_t most = c->server->config->message_size;
	struct lw_buffer mail = { 0 };
	const char *why;

	if (!lw_desk_take(c->server->desk, most)) {
		answer_unjudged(c, r, NULL, LW_OVERLOADED);
		report(c, r->user, LW_OVERLOADED, NULL, (struct lw_span){ "", 0 });
		return;
	}
	switch (lw_spamd_unpack(&mail, packed, most, &why)) {
	case LW_SPAMD_READY:
		serve_mail(c, seat, r, (struct lw_span){ mail.at, mail.len });
		break;
	case LW_SPAMD_BAD:
		say_error(c, EX_DATAERR, why);
		break;
	case LW_SPAMD_MORE:
		answer_unjudged(c, r, NULL, LW_FAILED);
		report(c, r->user, LW_FAILED, NULL, (struct lw_span){ "", 0 });
	}
	lw_desk_give(c->server->desk, most);
	lw_buffer_free(&mail);
}

static enum lw_step
work(struct lw_client *c, struct lw_seat *seat)
{
	struct request *state = c->state;
	struct lw_spamd_request r;
	struct lw_span mail;
	const char *why;

	/* read() let it pass */
	lw_spamd_head((struct lw_span){ c->in.at, c->in.len }, &r, &why);
	mail = (struct lw_span){ c->in.at + r.head, c->in.len - r.head };
	if (r.packed)
		serve_packed(c, seat, &r, mail);
	else
		serve_mail(c, seat, &r, mail);
	if (lw_desk_take(c->server->desk, c->out.room))
		state->charged = c->out.room;
	else
		say_error(c, EX_TEMPFAIL, lw_outcome_name(LW_OVERLOADED));
	return LW_CLOSE;
}

/* ---- on the loop ---- */

static enum lw_step
refuse_large(struct lw_client *c, const struct lw_spamd_request *r)
{
	answer_unjudged(c, r, NULL, LW_TOO_LARGE);
	report(c, r->user, LW_TOO_LARGE, NULL, (struct lw_span){ "", 0 });
	return LW_CLOSE;
}

static enum lw_step
answer_without_mail(struct lw_client *c, const struct lw_spamd_request *r)
{
	if (r->command == LW_SPAMD_PING && !lw_spamd_answer_ping(&c->out))
		c->out.len = 0;
	return LW_CLOSE;
}

static enum lw_step
read_request(struct lw_client *c, bool ended)
{
	struct lw_spamd_request r;
	const char *why;
	enum lw_spamd_state state = lw_spamd_head((struct lw_span){ c->in.at, c->in.len }, &r, &why);

	if (state == LW_SPAMD_READY && (r.command == LW_SPAMD_PING || r.command == LW_SPAMD_SKIP))
		return answer_without_mail(c, &r);
	if (state == LW_SPAMD_READY && r.has_length && r.length > c->server->config->message_size)
		return refuse_large(c, &r);
	if (state == LW_SPAMD_READY)
		state = lw_spamd_body(&r, c->in.len - r.head, ended, &why);
	if (state == LW_SPAMD_BAD)
		return say_error(c, EX_PROTOCOL, why);
	if (state == LW_SPAMD_READY && r.command == LW_SPAMD_TELL)
		return say_error(c, EX_UNAVAILABLE, "Service Unavailable: TELL: Lurewatch learns with lurewatch-train alone");
	return state == LW_SPAMD_READY ? LW_WORK : LW_READ;
}

static void
refuse(struct lw_client *c, enum lw_outcome outcome)
{
	struct lw_spamd_request r;
	struct lw_span mail;
	const char *why;
	bool head = lw_spamd_head((struct lw_span){ c->in.at, c->in.len }, &r, &why) == LW_SPAMD_READY, whole;

	mail = (struct lw_span){ c->in.at + r.head, c->in.len - r.head };
	whole = head && !r.packed && r.has_length && r.length == mail.len;
	answer_unjudged(c, head ? &r : NULL, whole ? &mail : NULL, outcome);
	report(c, head ? r.user : (struct lw_span){ "", 0 }, outcome, NULL, (struct lw_span){ "", 0 });
}

static void
release(struct lw_client *c)
{
	const struct request *state = c->state;

	lw_desk_give(c->server->desk, state->charged);
}

/* ---- the door ---- */

static const struct lw_protocol protocol = { "spamd", sizeof(struct request), read_request, work, refuse, release };

static bool
open_door(struct lw_server *server, void **state, struct lw_buffer *why)
{
	return lw_loop_open(server, &protocol, &server->config->spamd, state, why);
}

static bool
start_door(void *state, struct lw_buffer *why)
{
	const char *missing = lw_mail_start();

	if (missing == NULL)
		return lw_loop_start(state, why);
	lw_buffer_addf(why, "spamd: mail cannot be read: %s could not be loaded", missing);
	return false;
}

const struct lw_door_kind lw_door_spamd = { "spamd", open_door, start_door, lw_loop_stop, NULL };
