/* judge.c - scoring and rendering of one message; fails only without memory, which the job says */
#include "tools/judge.h"

#include "write/conversations.h"

#include <stdlib.h>
#include <string.h>

enum {
	EVIDENCE = 8,                   /* passages shown */
	KEPT_ROOM = 1 << 20             /* a buffer that grew beyond is released after use */
};

lurewatch_error
lw_judge_scorer(const struct lw_judge *judge, lurewatch_scorer **out)
{
	lurewatch_error e = lurewatch_scorer_new(judge->model, out);

	if (e == LUREWATCH_OK && judge->options->threshold >= 0)
		e = lurewatch_scorer_threshold(*out, judge->options->threshold);
	return e;
}

/* ---- rendering ---- */

bool
lw_comes_out(const struct lw_scan_options *o, const lurewatch_verdict *v)
{
	switch (o->which) {
	case LW_EVERY:
		return true;
	case LW_FLAGGED:
		return v != NULL && v->flagged;
	case LW_CLEAN:
		return v == NULL || !v->flagged;        /* what could not be read is in one of the two halves, so nothing is lost */
	case LW_BY_OUTPUT:
		break;
	}
	return o->annotate || o->output->every || (v != NULL && v->flagged);
}

bool
lw_is_one_mail(const char *format)
{
	return format != NULL && (strcmp(format, "eml") == 0 || strcmp(format, "maildir") == 0);
}

/* Mails from files of their own come out as one mbox: joined bare, nothing would part them. */
static bool
render_original(const struct lw_judge *judge, struct lw_job *j)
{
	const struct lw_scan_options *o = judge->options;
	struct lw_buffer mail = { 0 };
	struct lw_span raw = j->result.message->raw;
	bool as_mbox = judge->several && o->output_dir == NULL && lw_is_one_mail(j->result.message->format);
	bool done;

	if (!as_mbox && o->annotate)
		return lw_annotate(&j->out, &j->result);
	if (!as_mbox)
		return lw_buffer_add(&j->out, raw.at, raw.len);
	done = !o->annotate || lw_annotate(&mail, &j->result);
	if (done && o->annotate)
		raw = (struct lw_span){ mail.at, mail.len };
	done = done && (raw.len == 0 || lw_write_as_mbox(&j->out, raw));
	lw_buffer_free(&mail);
	return done;
}

/* A message of a conversation is part of its verdict, which comes at the end. */
static bool
render_alone(const struct lw_judge *judge, struct lw_job *j)
{
	struct lw_buffer room = { 0 };
	struct lw_conversation alone;
	bool done = j->result.message->conversation.len > 0 || (lw_conversation_alone(&j->result, &room, &alone) &&
	    judge->options->output->conversation(&j->out, &alone));

	lw_buffer_free(&room);
	return done;
}

static bool
render(const struct lw_judge *judge, struct lw_job *j)
{
	const struct lw_scan_options *o = judge->options;
	bool original = o->filter || o->annotate;
	bool error_line = j->result.verdict == NULL && !original && o->output->errors;

	/* a mail that is delivered as it is needs no copy */
	if (o->summary_alone || (o->output_dir != NULL && !o->annotate))
		return true;
	if (!error_line && !lw_comes_out(o, j->result.verdict))
		return true;
	if (o->by_conversation)
		return render_alone(judge, j);
	return original ? render_original(judge, j) : o->output->record(&j->out, &j->result);
}

/* ---- scoring ---- */

/* The scorer's next verdict overwrites what this one borrows; the job's result must outlive it. */
static lurewatch_error
keep_indicators(struct lw_job *j)
{
	size_t len = j->verdict.indicators * sizeof *j->verdict.indicator;

	j->indicators.len = 0;
	if (!lw_buffer_add(&j->indicators, (const char *)j->verdict.indicator, len))
		return LUREWATCH_E_MEMORY;
	j->verdict.indicator = (const uint16_t *)(const void *)j->indicators.at;
	return LUREWATCH_OK;
}

static lurewatch_error
explain(lurewatch_scorer *scorer, struct lw_job *j)
{
	struct lw_result *r = &j->result;

	if (j->evidence == NULL)
		j->evidence = calloc(EVIDENCE, sizeof *j->evidence);
	if (j->evidence == NULL)
		return LUREWATCH_E_MEMORY;
	r->evidence = j->evidence;
	r->evidences = EVIDENCE;
	r->explain = true;
	return lurewatch_explain(scorer, r->judged.at, r->judged.len, j->evidence, &r->evidences);
}

static lurewatch_error
score(const struct lw_judge *judge, lurewatch_scorer *scorer, struct lw_job *j)
{
	struct lw_result *r = &j->result;
	lurewatch_error e = lw_message_judged(r->message, &j->text, &r->judged);

	/* the verdict borrows from the scorer until its next call, so the evidence comes first */
	if (e == LUREWATCH_OK && judge->options->explain)
		e = explain(scorer, j);
	if (e == LUREWATCH_OK)
		e = lurewatch_score(scorer, r->judged.at, r->judged.len, &j->verdict);
	if (e == LUREWATCH_OK)
		r->verdict = &j->verdict;
	return e;
}

void
lw_judge_message(const struct lw_judge *judge, lurewatch_scorer *scorer, const struct lw_message *m, struct lw_job *j)
{
	j->out.len = 0;
	j->error = LUREWATCH_OK;
	j->result = (struct lw_result){ .message = m, .model = judge->model, .style = &judge->style,
		.with_text = judge->options->with_text };
	if (m->error == NULL)
		j->error = score(judge, scorer, j);
	if (j->error == LUREWATCH_OK && !render(judge, j))
		j->error = LUREWATCH_E_MEMORY;
	if (j->error == LUREWATCH_OK && j->result.verdict != NULL)
		j->error = keep_indicators(j);
	j->verdict.probability = NULL;  /* rendered already, and not kept */
}

/* ---- memory ---- */

static void
shrink(struct lw_buffer *b)
{
	if (b->room > KEPT_ROOM)
		lw_buffer_free(b);
}

void
lw_job_shrink(struct lw_job *j)
{
	shrink(&j->room);
	shrink(&j->text);
	shrink(&j->out);
}

void
lw_job_free(struct lw_job *j)
{
	lw_buffer_free(&j->room);
	lw_buffer_free(&j->text);
	lw_buffer_free(&j->indicators);
	lw_buffer_free(&j->out);
	free(j->evidence);
	*j = (struct lw_job){ 0 };
}
