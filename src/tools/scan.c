/*
 * scan.c - the run of the scoring tool: messages are read, judged (crew.c) and go out (emit.c)
 *
 * A file or record that cannot be read is reported and passed over; a model that
 * cannot be opened and output that cannot be written end the run. All give status 2,
 * and so does a signal: then the records read so far come out whole, and are summed up.
 */
#include "tools/scan.h"

#include "tools/crew.h"
#include "tools/emit.h"
#include "tools/find_model.h"
#include "tools/interrupt.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct scan {
	const struct lw_scan_options *options;
	struct lw_read_options read;
	struct lw_judge judge;
	struct lw_crew *crew;
	struct lw_emitter emitter;
	struct lw_report report;
	uint64_t bytes;                 /* of the files read */
};

static void
scan_messages(struct scan *s, struct lw_reader *reader)
{
	const struct lw_message *m;
	lurewatch_error e;

	while (!s->emitter.stop) {
		if (lw_reader_would_wait(reader)) {
			lw_crew_drain(s->crew);
			lw_emit_flush(&s->emitter);
		}
		e = lw_reader_next(reader, &m);
		if (lw_interrupted() || (e == LUREWATCH_OK && m == NULL))
			break;
		if (e != LUREWATCH_OK) {
			lw_crew_drain(s->crew);
			lw_complain(&s->report, lw_reader_reason(reader), NULL);
			break;
		}
		if (lw_crew_give(s->crew, m) != LUREWATCH_OK) {
			lw_complain(&s->report, m->path, lurewatch_strerror(LUREWATCH_E_MEMORY));
			s->emitter.stop = true;
		}
		lw_progress_show(&s->report.progress, s->emitter.scanned, s->bytes + lw_reader_consumed(reader));
	}
	lw_crew_drain(s->crew);
}

static void
scan_path(struct scan *s, const char *path)
{
	struct lw_reader *reader;

	if (lw_reader_open(path, &s->read, &reader) != LUREWATCH_OK) {
		lw_complain(&s->report, reader != NULL ? lw_reader_reason(reader) : lurewatch_strerror(LUREWATCH_E_MEMORY), NULL);
		lw_reader_close(reader);
		return;
	}
	s->judge.several = lw_reader_is_directory(reader) || s->options->n > 1;
	scan_messages(s, reader);
	if (!lw_interrupted())
		lw_emit_before(&s->emitter, lw_reader_tail(reader));
	s->bytes += lw_reader_consumed(reader);
	lw_reader_close(reader);
}

/* Of all inputs, for the progress line; 0 where it cannot be known. */
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
scan_all(struct scan *s)
{
	const struct lw_scan_options *o = s->options;

	lw_progress_start(&s->report.progress, total_size(o));
	for (int i = 0; i < o->n && !s->emitter.stop && !lw_interrupted(); i++)
		scan_path(s, o->paths[i]);
	if (lw_interrupted())
		lw_complain(&s->report, "interrupted", "what was read until then is complete");
	lw_emit_end(&s->emitter);
}

static bool
prepare(struct scan *s, lurewatch **model)
{
	char *why;
	lurewatch_error e = lw_find_model(s->options->model, model, &why);

	if (e != LUREWATCH_OK) {
		lw_complain(&s->report, why != NULL ? why : lurewatch_strerror(e), NULL);
		free(why);
		return false;
	}
	s->judge = (struct lw_judge){ .options = s->options, .model = *model, .style = s->options->style };
	if (!lw_emit_start(&s->emitter, s->options, &s->report))
		return false;
	e = lw_crew_start(&s->judge, s->options->threads, lw_emit_job, &s->emitter, &s->crew);
	if (e != LUREWATCH_OK)
		lw_complain(&s->report, lurewatch_strerror(e), NULL);
	return e == LUREWATCH_OK;
}

int
lw_scan(const struct lw_scan_options *options)
{
	struct scan s = { .options = options, .read = options->read };
	lurewatch *model = NULL;

	s.read.stop = lw_interrupt_catch();
	if (prepare(&s, &model))
		scan_all(&s);
	lw_crew_stop(s.crew);
	lw_emit_free(&s.emitter);
	lurewatch_close(model);
	if (s.report.failed)
		return LW_EXIT_ERROR;
	return s.emitter.flagged > 0 && !options->exit_zero ? LW_EXIT_FLAGGED : LW_EXIT_CLEAN;
}
