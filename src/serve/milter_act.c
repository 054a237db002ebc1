/*
 * milter_act.c - a whole mail: judged, and what the MTA is told to do with it
 *
 * The default is a header, never more. Without a verdict the policy answers: accept and unsure let the mail
 * pass (unsure with a header that says so), tempfail is 451. Forged headers go in any case.
 */
#include "read/mail.h"
#include "serve/milter_act.h"
#include "write/write.h"

#include <string.h>

static char header_name[] = LW_MAIL_HEADER, subject_name[] = "Subject";

static char *
ended(struct lw_buffer *b)
{
	return lw_buffer_add(b, "", 1) ? b->at : NULL;
}

static bool
remove_forged(SMFICTX *ctx, int forged)
{
	bool done = true;

	/* the last first: the others keep their numbers */
	for (int i = forged; i > 0; i--)
		done = smfi_chgheader(ctx, header_name, i, NULL) == MI_SUCCESS && done;
	return done;
}

static bool
add_header(SMFICTX *ctx, struct lw_buffer *value)
{
	char *text = ended(value);
	bool done = text != NULL && smfi_addheader(ctx, header_name, text) == MI_SUCCESS;

	lw_buffer_free(value);
	return done;
}

static bool
add_verdict(SMFICTX *ctx, const struct lw_answer *a)
{
	struct lw_buffer value = { 0 };

	if (lw_put_mail_verdict(&value, &(struct lw_result){ .model = a->model, .verdict = &a->verdict }))
		return add_header(ctx, &value);
	lw_buffer_free(&value);
	return false;
}

static bool
tag_subject(SMFICTX *ctx, const struct lw_milter_session *s, const char *tag)
{
	struct lw_buffer value = { 0 };
	const char *old = s->subject.len > 0 ? s->subject.at : "";
	char *text = NULL;
	int status = MI_FAILURE;

	if (strncmp(old, tag, strlen(tag)) == 0)        /* a mail that passes here again */
		return true;
	if (lw_buffer_add_text(&value, tag) && (*old == '\0' || (lw_buffer_add(&value, " ", 1) && lw_buffer_add_text(&value, old))))
		text = ended(&value);
	if (text != NULL)
		status = s->subject.len > 0 ? smfi_chgheader(ctx, subject_name, 1, text) : smfi_addheader(ctx, subject_name, text);
	lw_buffer_free(&value);
	return status == MI_SUCCESS;
}

static bool
reply(SMFICTX *ctx, const char *code, const char *extended, const char *text)
{
	/* libmilter copies them; its prototype is older than const */
	return smfi_setreply(ctx, (char *)(uintptr_t)code, (char *)(uintptr_t)extended, (char *)(uintptr_t)text) == MI_SUCCESS;
}

static bool
carry_out(SMFICTX *ctx, const struct lw_milter_session *s, const struct lw_milter_rule *r)
{
	if (r->action == LW_MILTER_SUBJECT)
		return tag_subject(ctx, s, r->text);
	if (r->action == LW_MILTER_QUARANTINE)
		return smfi_quarantine(ctx, (char *)(uintptr_t)r->text) == MI_SUCCESS;
	return reply(ctx, "550", "5.7.1", r->text);
}

/* false: the MTA did not take it. *done: the strongest of what was done. */
static bool
act(SMFICTX *ctx, const struct lw_milter_session *s, const struct lw_milter_rules *rules, const struct lw_answer *a,
    enum lw_milter_action *done)
{
	*done = LW_MILTER_HEADER;
	if (!remove_forged(ctx, s->forged) || !add_verdict(ctx, a))
		return false;
	for (size_t i = 0; i < rules->n && *done != LW_MILTER_REJECT; i++) {
		const struct lw_milter_rule *r = &rules->at[i];

		if (!lw_milter_rule_holds(r, a->model, &a->verdict))
			continue;
		if (!carry_out(ctx, s, r))
			return false;
		*done = r->action > *done ? r->action : *done;
	}
	return true;
}

static sfsistat
act_unjudged(struct lw_server *server, SMFICTX *ctx, const struct lw_milter_session *s, enum lw_outcome outcome)
{
	enum lw_policy policy = lw_server_policy(server, LW_DOOR_MILTER);
	struct lw_buffer value = { 0 };

	if (policy == LW_TEMPFAIL) {
		reply(ctx, "451", "4.7.1", "No verdict on this message now, try again later");
		return SMFIS_TEMPFAIL;
	}
	/* what fails from here on is a connection that is gone, and the MTA has a default for that */
	remove_forged(ctx, s->forged);
	if (policy == LW_UNSURE && lw_buffer_addf(&value, "unsure; error=%s", lw_outcome_name(outcome)))
		add_header(ctx, &value);
	return SMFIS_CONTINUE;
}

sfsistat
lw_milter_act(struct lw_server *server, const struct lw_milter_rules *rules, SMFICTX *ctx, const struct lw_milter_session *s)
{
	char *queue_id = smfi_getsymval(ctx, (char[]){ "i" });
	struct lw_answer answer = { 0 };
	struct lw_mail parts = { 0 };
	struct lw_buffer room = { 0 };
	struct lw_span text = { "", 0 };
	enum lw_milter_action done = LW_MILTER_HEADER;
	struct lw_note note = { .door = LW_DOOR_MILTER, .outcome = s->lost, .answer = &answer, .begun = lw_now(),
		.id = { queue_id, queue_id != NULL ? strlen(queue_id) : 0 }, .client = { s->peer, strlen(s->peer) } };
	sfsistat status;

	if (note.outcome == LW_JUDGED)
		note.outcome = lw_mail_judged((struct lw_span){ s->raw.at, s->raw.len }, &parts, &room, &text) == LUREWATCH_OK ?
		    lw_desk_judge(server->desk, text, false, &answer) : LW_FAILED;
	if (note.outcome == LW_JUDGED && !act(ctx, s, rules, &answer, &done)) {
		note.outcome = LW_FAILED;
		note.error = "the MTA did not take the changes";
	}
	if (note.outcome == LW_JUDGED) {
		note.action = lw_milter_action_name(done);
		status = done == LW_MILTER_REJECT ? SMFIS_REJECT : SMFIS_CONTINUE;
	} else {
		status = act_unjudged(server, ctx, s, note.outcome);
	}
	note.text = text;
	lw_report(server, &note);
	lw_mail_free(&parts);
	lw_buffer_free(&room);
	lw_answer_free(&answer);
	return status;
}
