/*
 * emit.c - standard output: lines, or records as they came in, one after the other
 *
 * Records of several files must be readable again as one: a file that lacks its last
 * line end gets one, a header that all have is written once, formats are not mixed.
 */
#include "tools/emit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
fail(struct lw_emitter *s, const char *what, const char *why)
{
	lw_complain(s->report, what, why);
	s->stop = true;
}

static void
put(struct lw_emitter *s, const char *at, size_t len)
{
	if (len == 0 || s->stop)
		return;
	s->last[0] = len > 1 ? at[len - 2] : s->last[1];
	s->last[1] = at[len - 1];
	if (s->to_terminal)
		lw_progress_clear(&s->report->progress);
	if (fwrite(at, 1, len, stdout) != len)
		fail(s, "standard output", strerror(errno));
}

void
lw_emit_flush(struct lw_emitter *s)
{
	if (!s->stop && fflush(stdout) != 0)
		fail(s, "standard output", strerror(errno));
}

static bool
originals(const struct lw_emitter *s)
{
	return (s->options->filter || s->options->annotate) && s->options->output_dir == NULL;
}

/* A file may end without a line end, an mbox without its empty line: the next one's records must not stick to it. */
static void
part_files(struct lw_emitter *s, const struct lw_message *m)
{
	bool mbox;

	s->file_begins = false;
	if (s->last[1] == '\0' || m->recoded || m->format == NULL)
		return;
	mbox = strcmp(m->format, "mbox") == 0;
	if (s->last[1] != '\n')
		put(s, s->options->read.null ? "" : "\n", 1);
	if (mbox && s->last[0] != '\n')
		put(s, "\n", 1);
}

/* Once, however many files have the same header. */
void
lw_emit_before(struct lw_emitter *s, const struct lw_message *m)
{
	struct lw_span before = m->before;
	struct lw_buffer shown = { 0 };
	bool same = !m->document && before.len == s->before.len && before.len > 0 &&
	    memcmp(before.at, s->before.at, before.len) == 0;

	if (!originals(s) || before.len == 0 || same)
		return;
	s->before.len = 0;
	if (lw_buffer_add(&s->before, before.at, before.len) &&
	    (s->options->annotate ? lw_annotate_before(&shown, m) : lw_buffer_add(&shown, before.at, before.len)))
		put(s, shown.at, shown.len);
	else
		fail(s, lurewatch_strerror(LUREWATCH_E_MEMORY), NULL);
	s->in_list = false;
	lw_buffer_free(&shown);
}

/* What was filtered must be readable again: one format only. */
static bool
fits(struct lw_emitter *s, const struct lw_message *m)
{
	const char *why = s->options->annotate ? lw_annotate_refusal(m) : NULL;

	if (!originals(s) || m->format == NULL)
		return true;
	if (why == NULL && s->format != NULL && strcmp(s->format, m->format) != 0 &&
	    !(lw_is_one_mail(s->format) && lw_is_one_mail(m->format)))
		why = "not the format of the files before it: filter each format by itself";
	s->format = m->format;
	if (why == NULL)
		return true;
	fail(s, m->path, why);
	return false;
}

/* What comes out at the end. false: memory is gone. */
static bool
note(struct lw_emitter *s, struct lw_job *j)
{
	bool done = s->summary == NULL || lw_summary_add(s->summary, &j->result);

	if (done && s->conversations != NULL && j->result.message->conversation.len > 0)
		done = lw_conversations_add(s->conversations, &j->result);
	if (s->sample == NULL)
		return done;
	if (done && j->result.verdict != NULL && j->out.len > 0)
		done = lw_sample_offer(s->sample, (struct lw_span){ j->out.at, j->out.len });
	j->out.len = 0;
	return done;
}

/* A mail that could not be read stays where it is, and was reported. */
static void
deliver(struct lw_emitter *s, const struct lw_job *j)
{
	const struct lw_message *m = j->result.message;
	struct lw_span changed = { j->out.at, j->out.len };
	int e;

	if (j->result.verdict == NULL)
		return;
	if (!lw_is_one_mail(m->format)) {
		fail(s, m->path, "only files that are one mail each can be sorted into maildirs; use --filter");
		return;
	}
	e = lw_deliver(s->delivery, m, j->result.verdict->flagged, s->options->annotate ? &changed : NULL);
	if (e == 0)
		return;
	lw_complain(s->report, m->path, strerror(e));
	s->stop = e == ENOSPC || e == EDQUOT || e == ENOMEM || e == EROFS;
}

static void
emit_record(struct lw_emitter *s, const struct lw_job *j)
{
	const struct lw_message *m = j->result.message;

	s->file_begins |= m->record <= 1;
	if (s->file_begins && originals(s) && (m->before.len > 0 || j->out.len > 0))
		part_files(s, m);
	lw_emit_before(s, m);
	if (j->out.len == 0)
		return;
	if (originals(s) && s->in_list)
		put(s, m->joint.at, m->joint.len);
	put(s, j->out.at, j->out.len);
	s->in_list = true;
}

void
lw_emit_job(void *emitter, struct lw_job *j)
{
	struct lw_emitter *s = emitter;
	const struct lw_message *m = j->result.message;

	if (s->stop || !fits(s, m))
		return;
	if (j->error != LUREWATCH_OK) {
		fail(s, m->path, lurewatch_strerror(j->error));
		return;
	}
	s->scanned++;
	s->flagged += j->result.verdict != NULL && j->result.verdict->flagged;
	if (m->error != NULL)
		lw_report_record(s->report, m);
	if (!note(s, j))
		fail(s, lurewatch_strerror(LUREWATCH_E_MEMORY), NULL);
	else if (s->delivery != NULL)
		deliver(s, j);
	else
		emit_record(s, j);
}

static bool
prepare(struct lw_emitter *s, const struct lw_scan_options *o)
{
	if (o->output_dir != NULL) {
		s->delivery = lw_delivery_open(o->output_dir);
		if (s->delivery == NULL) {
			lw_complain(s->report, o->output_dir, strerror(errno));
			return false;
		}
	}
	if (o->summary != LW_NO_SUMMARY)
		s->summary = lw_summary_new();
	if (o->by_conversation)
		s->conversations = lw_conversations_new();
	if (o->sample > 0)
		s->sample = lw_sample_new(o->sample, o->seed);
	if ((o->summary == LW_NO_SUMMARY || s->summary != NULL) && (!o->by_conversation || s->conversations != NULL) &&
	    (o->sample == 0 || s->sample != NULL))
		return true;
	lw_complain(s->report, lurewatch_strerror(LUREWATCH_E_MEMORY), NULL);
	return false;
}

bool
lw_emit_start(struct lw_emitter *s, const struct lw_scan_options *o, struct lw_report *report)
{
	bool (*put_head)(struct lw_buffer *) = o->by_conversation ? o->output->conversation_head : o->output->head;
	struct lw_buffer head = { 0 };

	*s = (struct lw_emitter){ .options = o, .report = report, .to_terminal = isatty(STDOUT_FILENO) == 1 };
	if (!prepare(s, o))
		return false;
	if (!originals(s) && s->delivery == NULL && !o->summary_alone && put_head != NULL && put_head(&head))
		put(s, head.at, head.len);
	lw_buffer_free(&head);
	return true;
}

static void
put_conversations(struct lw_emitter *s)
{
	const struct lw_output *output = s->options->output;
	struct lw_buffer line = { 0 };
	struct lw_conversation c;

	for (size_t i = 0; lw_conversations_get(s->conversations, i, &c) && !s->stop; i++) {
		const lurewatch_verdict *v = c.strongest.verdict;

		if (!lw_comes_out(s->options, v) && !(v == NULL && output->errors))
			continue;
		line.len = 0;
		if (output->conversation(&line, &c))
			put(s, line.at, line.len);
		else
			fail(s, lurewatch_strerror(LUREWATCH_E_MEMORY), NULL);
	}
	lw_buffer_free(&line);
}

static void
put_sample(struct lw_emitter *s)
{
	struct lw_span line;

	for (size_t i = 0; lw_sample_get(s->sample, i, &line); i++)
		put(s, line.at, line.len);
}

static void
put_summary(struct lw_emitter *s)
{
	struct lw_buffer b = { 0 };
	bool json = s->options->summary == LW_SUMMARY_JSON;

	if (!(json ? lw_summary_json(s->summary, &b) : lw_summary_text(s->summary, &b)))
		fail(s, lurewatch_strerror(LUREWATCH_E_MEMORY), NULL);
	else if (s->options->summary_alone)
		put(s, b.at, b.len);
	else
		fprintf(stderr, "%.*s", (int)b.len, b.at);
	lw_buffer_free(&b);
}

void
lw_emit_end(struct lw_emitter *s)
{
	if (s->conversations != NULL && !s->options->summary_alone)
		put_conversations(s);
	if (s->sample != NULL)
		put_sample(s);
	lw_emit_flush(s);
	lw_report_rest(s->report);
	if (s->summary != NULL)
		put_summary(s);
	lw_emit_flush(s);
	if (s->summary != NULL || originals(s) || (s->options->output->every && s->delivery == NULL))
		return;
	fprintf(stderr, "scanned %llu, flagged %llu", (unsigned long long)s->scanned, (unsigned long long)s->flagged);
	if (s->report->unread > 0)
		fprintf(stderr, ", unreadable %llu", (unsigned long long)s->report->unread);
	fputc('\n', stderr);
}

void
lw_emit_free(struct lw_emitter *s)
{
	lw_buffer_free(&s->before);
	lw_summary_free(s->summary);
	lw_conversations_free(s->conversations);
	lw_sample_free(s->sample);
	lw_delivery_close(s->delivery);
}
