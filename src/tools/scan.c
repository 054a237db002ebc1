/*
 * scan.c - the run of the scoring tool
 *
 * One thread reads, in order; N judge, each with a scorer of its own, and render
 * into the message's own buffer; the reading thread writes the buffers in order.
 * So the output is the same at any N. With one thread nothing is copied.
 *
 * A file or record that cannot be read is reported and passed over; a model that
 * cannot be opened and output that cannot be written end the run. All give status 2.
 */
#include "tools/scan.h"

#include "tools/find_model.h"
#include "tools/progress.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	EVIDENCE = 8,                   /* passages shown */
	BATCH = 256,                    /* messages */
	BATCH_BYTES = 1 << 20,
	KEPT_ROOM = 1 << 20,            /* a buffer that grew beyond is released after use */
	COMPLAINTS = 10                 /* records reported one by one */
};

struct job {
	struct lw_message message;
	struct lw_buffer room, judged, out;
	bool flagged;
	lurewatch_error error;          /* scoring or rendering failed, by lack of memory */
};

struct batch {
	struct job job[BATCH];
	size_t n, bytes;
	bool done;
};

struct scan {
	const struct lw_scan_options *options;
	lurewatch *model;
	bool several;                   /* more than one file comes in */

	const char *format;             /* of what was filtered so far */
	struct lw_buffer before;        /* header written last */
	bool in_list;                   /* a record was written since: the next of a document needs its joint */
	bool file_begins;               /* the next record written is a file's first */
	char last[2];                   /* bytes written last */
	struct lw_progress progress;
	uint64_t scanned, flagged, unread, bytes;
	bool failed;                    /* something was reported: status 2 */
	bool stop;

	/* more than one thread: batches go round a ring; written <= taken <= filled */
	pthread_t *thread;
	unsigned threads;
	struct batch *ring;
	size_t ring_size, written, taken, filled;
	bool quit;
	pthread_mutex_t lock;
	pthread_cond_t work, finished;
};

static void
report(struct scan *s, const char *what, const char *why)
{
	lw_progress_clear(&s->progress);
	s->failed = true;
	fprintf(stderr, "lurewatch: %s%s%s\n", what, why != NULL ? ": " : "", why != NULL ? why : "");
}

/* A name from a dump goes to the terminal: made visible first. */
static void
report_record(struct scan *s, const struct lw_message *m)
{
	struct lw_buffer id = { 0 }, shown = { 0 };

	s->failed = true;
	if (s->unread++ >= COMPLAINTS)
		return;
	if (lw_write_id(&id, m) && lw_put_visible(&shown, (struct lw_span){ id.at, id.len }, SIZE_MAX) &&
	    lw_buffer_add_text(&shown, ": ") &&
	    lw_put_visible(&shown, (struct lw_span){ m->error, strlen(m->error) }, SIZE_MAX) && lw_buffer_add(&shown, "", 1))
		report(s, shown.at, NULL);
	lw_buffer_free(&id);
	lw_buffer_free(&shown);
}

/* ---- judging: any thread ---- */

static bool
comes_out(const struct scan *s, const lurewatch_verdict *v)
{
	switch (s->options->which) {
	case LW_EVERY:
		return true;
	case LW_FLAGGED:
		return v != NULL && v->flagged;
	case LW_CLEAN:
		return v != NULL && !v->flagged;
	case LW_BY_OUTPUT:
		break;
	}
	return s->options->annotate || s->options->output->every || (v != NULL && v->flagged);
}

static bool
is_own_file(const char *format)
{
	return format != NULL && (strcmp(format, "eml") == 0 || strcmp(format, "maildir") == 0);
}

/* Mails from files of their own come out as one mbox: joined bare, nothing would part them. */
static bool
render_original(const struct scan *s, struct job *j, const struct lw_result *r)
{
	struct lw_buffer mail = { 0 };
	struct lw_span raw = r->message->raw;
	bool as_mbox = s->several && is_own_file(r->message->format);
	bool done;

	if (!as_mbox && s->options->annotate)
		return lw_annotate(&j->out, r);
	if (!as_mbox)
		return lw_buffer_add(&j->out, raw.at, raw.len);
	done = !s->options->annotate || lw_annotate(&mail, r);
	if (done && s->options->annotate)
		raw = (struct lw_span){ mail.at, mail.len };
	done = done && (raw.len == 0 || lw_write_as_mbox(&j->out, raw));
	lw_buffer_free(&mail);
	return done;
}

static bool
render(const struct scan *s, struct job *j, const struct lw_result *r)
{
	bool original = s->options->filter || s->options->annotate;
	bool error_line = r->verdict == NULL && !original && s->options->output->errors;

	if (!error_line && !comes_out(s, r->verdict))
		return true;
	return original ? render_original(s, j, r) : s->options->output->record(&j->out, r);
}

static lurewatch_error
judge(const struct scan *s, lurewatch_scorer *scorer, struct job *j, const struct lw_message *m)
{
	lurewatch_evidence evidence[EVIDENCE];
	lurewatch_verdict verdict;
	struct lw_result r = { .message = m, .model = s->model, .evidence = evidence, .explain = s->options->explain,
		.with_text = s->options->with_text };
	lurewatch_error e = LUREWATCH_OK;

	j->out.len = 0;
	j->flagged = false;
	if (m->error == NULL) {
		e = lw_message_judged(m, &j->judged, &r.judged);
		r.evidences = s->options->explain ? EVIDENCE : 0;
		/* the verdict borrows from the scorer until its next call, so the evidence comes first */
		if (e == LUREWATCH_OK && s->options->explain)
			e = lurewatch_explain(scorer, r.judged.at, r.judged.len, evidence, &r.evidences);
		if (e == LUREWATCH_OK)
			e = lurewatch_score(scorer, r.judged.at, r.judged.len, &verdict);
		if (e != LUREWATCH_OK)
			return e;
		r.verdict = &verdict;
		j->flagged = verdict.flagged;
	}
	return render(s, j, &r) ? LUREWATCH_OK : LUREWATCH_E_MEMORY;
}

static lurewatch_error
new_scorer(const struct scan *s, lurewatch_scorer **out)
{
	lurewatch_error e = lurewatch_scorer_new(s->model, out);

	if (e == LUREWATCH_OK && s->options->threshold >= 0)
		e = lurewatch_scorer_threshold(*out, s->options->threshold);
	return e;
}

/* ---- writing: the reading thread, in order ---- */

static void
put(struct scan *s, const char *at, size_t len)
{
	if (len == 0 || s->stop)
		return;
	if (len > 1)
		s->last[0] = at[len - 2];
	else
		s->last[0] = s->last[1];
	s->last[1] = at[len - 1];
	if (fwrite(at, 1, len, stdout) == len)
		return;
	report(s, "standard output", strerror(errno));
	s->stop = true;
}

static void
flush(struct scan *s)
{
	if (s->stop || fflush(stdout) == 0)
		return;
	report(s, "standard output", strerror(errno));
	s->stop = true;
}

/* A file may end without a line end, an mbox without its empty line: the next one's records must not stick to it. */
static void
part_files(struct scan *s, const struct lw_message *m)
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

/* Bytes of the file that are no record's: once, however many files have the same header. */
static void
put_before(struct scan *s, const struct lw_message *m)
{
	struct lw_span before = m->before;
	struct lw_buffer shown = { 0 };
	bool same = !m->document && before.len == s->before.len && before.len > 0 &&
	    memcmp(before.at, s->before.at, before.len) == 0;

	if (!(s->options->filter || s->options->annotate) || before.len == 0 || same)
		return;
	s->before.len = 0;
	if (!lw_buffer_add(&s->before, before.at, before.len) ||
	    !(s->options->annotate ? lw_annotate_before(&shown, m) :
	    lw_buffer_add(&shown, before.at, before.len))) {
		report(s, lurewatch_strerror(LUREWATCH_E_MEMORY), NULL);
		s->stop = true;
	} else {
		put(s, shown.at, shown.len);
	}
	s->in_list = false;
	lw_buffer_free(&shown);
}

/* What was filtered must be readable again: one format only. */
static bool
fits(struct scan *s, const struct lw_message *m)
{
	const char *why = s->options->annotate ? lw_annotate_refusal(m) : NULL;

	if (!(s->options->filter || s->options->annotate) || m->format == NULL)
		return true;
	if (why == NULL && s->format != NULL && strcmp(s->format, m->format) != 0 &&
	    !(is_own_file(s->format) && is_own_file(m->format)))
		why = "not the format of the files before it: filter each format by itself";
	s->format = m->format;
	if (why == NULL)
		return true;
	report(s, m->path, why);
	s->stop = true;
	return false;
}

static void
put_record(struct scan *s, const struct job *j, const struct lw_message *m)
{
	if (j->out.len == 0)
		return;
	if ((s->options->filter || s->options->annotate) && s->in_list)
		put(s, m->joint.at, m->joint.len);
	put(s, j->out.at, j->out.len);
	s->in_list = true;
}

static void
shrink(struct lw_buffer *b)
{
	if (b->room > KEPT_ROOM)
		lw_buffer_free(b);
}

static void
emit(struct scan *s, struct job *j, const struct lw_message *m)
{
	if (s->stop || !fits(s, m))
		return;
	if (j->error != LUREWATCH_OK) {
		report(s, m->path, lurewatch_strerror(j->error));
		s->stop = true;
		return;
	}
	s->scanned++;
	s->flagged += j->flagged;
	if (m->error != NULL)
		report_record(s, m);
	s->file_begins |= m->record <= 1;
	if (s->file_begins && (s->options->filter || s->options->annotate) && (m->before.len > 0 || j->out.len > 0))
		part_files(s, m);
	put_before(s, m);
	put_record(s, j, m);
	shrink(&j->out);
	shrink(&j->judged);
	shrink(&j->room);
}

/* ---- more than one thread ---- */

static void *
worker(void *data)
{
	struct scan *s = data;
	lurewatch_scorer *scorer = NULL;
	lurewatch_error broken = new_scorer(s, &scorer);

	pthread_mutex_lock(&s->lock);
	for (;;) {
		struct batch *b;

		while (s->taken == s->filled && !s->quit)
			pthread_cond_wait(&s->work, &s->lock);
		if (s->taken == s->filled)
			break;
		b = &s->ring[s->taken++ % s->ring_size];
		pthread_mutex_unlock(&s->lock);
		for (size_t i = 0; i < b->n; i++)
			b->job[i].error = broken != LUREWATCH_OK ? broken :
			    judge(s, scorer, &b->job[i], &b->job[i].message);
		pthread_mutex_lock(&s->lock);
		b->done = true;
		pthread_cond_signal(&s->finished);
	}
	pthread_mutex_unlock(&s->lock);
	lurewatch_scorer_free(scorer);
	return NULL;
}

static bool
start_threads(struct scan *s)
{
	if (s->options->threads < 2)
		return true;
	s->ring_size = 2 * (size_t)s->options->threads + 1;
	s->ring = calloc(s->ring_size, sizeof *s->ring);
	s->thread = calloc(s->options->threads, sizeof *s->thread);
	if (s->ring == NULL || s->thread == NULL)
		return false;
	while (s->threads < s->options->threads && pthread_create(&s->thread[s->threads], NULL, worker, s) == 0)
		s->threads++;
	return s->threads > 0;
}

static void
stop_threads(struct scan *s)
{
	pthread_mutex_lock(&s->lock);
	s->quit = true;
	pthread_cond_broadcast(&s->work);
	pthread_mutex_unlock(&s->lock);
	for (unsigned i = 0; i < s->threads; i++)
		pthread_join(s->thread[i], NULL);
	for (size_t i = 0; s->ring != NULL && i < s->ring_size; i++) {
		for (size_t k = 0; k < BATCH; k++) {
			lw_buffer_free(&s->ring[i].job[k].room);
			lw_buffer_free(&s->ring[i].job[k].judged);
			lw_buffer_free(&s->ring[i].job[k].out);
		}
	}
	free(s->ring);
	free(s->thread);
}

/* Writes batches that are done, in order; waits until at most `left` are under way. */
static void
write_batches(struct scan *s, size_t left)
{
	while (s->written < s->filled) {
		struct batch *b = &s->ring[s->written % s->ring_size];
		bool done;

		pthread_mutex_lock(&s->lock);
		while (!b->done && s->filled - s->written > left)
			pthread_cond_wait(&s->finished, &s->lock);
		done = b->done;
		pthread_mutex_unlock(&s->lock);
		if (!done)
			return;
		for (size_t i = 0; i < b->n; i++)
			emit(s, &b->job[i], &b->job[i].message);
		b->n = b->bytes = 0;
		b->done = false;
		s->written++;
	}
}

static void
submit(struct scan *s)
{
	if (s->ring[s->filled % s->ring_size].n == 0)
		return;
	pthread_mutex_lock(&s->lock);
	s->filled++;
	pthread_cond_signal(&s->work);
	pthread_mutex_unlock(&s->lock);
	write_batches(s, s->ring_size - 1);
}

static void
drain(struct scan *s)
{
	if (s->ring == NULL)
		return;
	submit(s);
	write_batches(s, 0);
}

static void
hand_over(struct scan *s, const struct lw_message *m)
{
	struct batch *b = &s->ring[s->filled % s->ring_size];
	struct job *j = &b->job[b->n];

	if (lw_message_copy(m, &j->room, &j->message) != LUREWATCH_OK) {
		report(s, m->path, lurewatch_strerror(LUREWATCH_E_MEMORY));
		s->stop = true;
		return;
	}
	b->bytes += j->room.len;
	b->n++;
	if (b->n == BATCH || b->bytes > BATCH_BYTES)
		submit(s);
}

/* ---- reading ---- */

static void
scan_messages(struct scan *s, struct lw_reader *reader, lurewatch_scorer *scorer, struct job *own)
{
	const struct lw_message *m;

	while (!s->stop) {
		if (lw_reader_would_wait(reader)) {
			drain(s);
			flush(s);
		}
		if (lw_reader_next(reader, &m) != LUREWATCH_OK) {
			drain(s);
			report(s, lw_reader_reason(reader), NULL);
			break;
		}
		if (m == NULL)
			break;
		if (s->ring != NULL) {
			hand_over(s, m);
		} else {
			own->error = judge(s, scorer, own, m);
			emit(s, own, m);
		}
		lw_progress_show(&s->progress, s->scanned, s->bytes + lw_reader_consumed(reader));
	}
	drain(s);
}

static void
scan_path(struct scan *s, const char *path, lurewatch_scorer *scorer, struct job *own)
{
	struct lw_reader *reader;

	if (lw_reader_open(path, &s->options->read, &reader) != LUREWATCH_OK) {
		report(s, reader != NULL ? lw_reader_reason(reader) : lurewatch_strerror(LUREWATCH_E_MEMORY), NULL);
		lw_reader_close(reader);
		return;
	}
	s->several = lw_reader_is_directory(reader) || s->options->n > 1;
	scan_messages(s, reader, scorer, own);
	put_before(s, lw_reader_tail(reader));
	s->bytes += lw_reader_consumed(reader);
	lw_reader_close(reader);
}

static uint64_t
total_size(const struct lw_scan_options *o)
{
	uint64_t total = 0;

	for (int i = 0; i < o->n; i++) {
		struct stat st;

		if (strcmp(o->paths[i], "-") == 0 || stat(o->paths[i], &st) != 0 || !S_ISREG(st.st_mode))
			return 0;
		total += (uint64_t)st.st_size;
	}
	return total;
}

static void
summarise(struct scan *s)
{
	bool text = !s->options->filter && !s->options->annotate && !s->options->output->every;

	lw_progress_clear(&s->progress);
	if (s->unread > COMPLAINTS)
		fprintf(stderr, "lurewatch: %llu more records could not be read\n",
		    (unsigned long long)(s->unread - COMPLAINTS));
	if (!text)
		return;
	fprintf(stderr, "scanned %llu, flagged %llu", (unsigned long long)s->scanned, (unsigned long long)s->flagged);
	if (s->unread > 0)
		fprintf(stderr, ", unreadable %llu", (unsigned long long)s->unread);
	fputc('\n', stderr);
}

static bool
prepare(struct scan *s, lurewatch_scorer **scorer)
{
	char *why;
	lurewatch_error e = lw_find_model(s->options->model, &s->model, &why);

	if (e != LUREWATCH_OK) {
		report(s, why != NULL ? why : lurewatch_strerror(e), NULL);
		free(why);
		return false;
	}
	e = new_scorer(s, scorer);
	if (e != LUREWATCH_OK || !start_threads(s)) {
		report(s, lurewatch_strerror(e != LUREWATCH_OK ? e : LUREWATCH_E_MEMORY), NULL);
		return false;
	}
	return true;
}

static void
scan_all(struct scan *s, lurewatch_scorer *scorer)
{
	const struct lw_scan_options *o = s->options;
	struct lw_buffer head = { 0 };
	struct job own = { 0 };

	if (!o->filter && !o->annotate && o->output->head != NULL && o->output->head(&head))
		put(s, head.at, head.len);
	lw_progress_start(&s->progress, total_size(o));
	for (int i = 0; i < o->n && !s->stop; i++)
		scan_path(s, o->paths[i], scorer, &own);
	flush(s);
	summarise(s);
	lw_buffer_free(&head);
	lw_buffer_free(&own.judged);
	lw_buffer_free(&own.out);
}

int
lw_scan(const struct lw_scan_options *options)
{
	struct scan s = { .options = options, .lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER,
		.finished = PTHREAD_COND_INITIALIZER };
	lurewatch_scorer *scorer = NULL;

	if (prepare(&s, &scorer))
		scan_all(&s, scorer);
	stop_threads(&s);
	lurewatch_scorer_free(scorer);
	lurewatch_close(s.model);
	lw_buffer_free(&s.before);
	if (s.failed)
		return LW_EXIT_ERROR;
	return s.flagged > 0 ? LW_EXIT_FLAGGED : LW_EXIT_CLEAN;
}
