/*
 * reader.c - walks the messages of a file, of a directory's files, or of standard input
 *
 * A file that cannot be read ends the walk with an error and a reason; inside a
 * directory or an archive it is an error message in its place and the walk goes on.
 */
#include "read/archive.h"
#include "read/charset.h"
#include "read/format.h"
#include "read/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { HEAD = 4096 };           /* bytes that tell a format */

struct lw_reader {
	struct lw_read_options options;
	const struct lw_format *forced, *format;
	const char *path;           /* of the current file */
	struct lw_buffer root;
	struct lw_walk *walk;       /* NULL: a single file */
	struct lw_archive *archive; /* the file of the walk, or the single one, whose members are read; NULL: it is none */
	struct lw_stream *piped;    /* what an archive on standard input is read through */
	struct lw_buffer archive_path, member_path;
	lurewatch_error pending;    /* the first member of an archive failed: said at the first call */
	bool done;
	struct lw_source source;    /* stream NULL: no file is open */
	struct lw_buffer before, reason, told;
	bool before_given;
	uint64_t consumed, record;
	struct lw_message message;
};

/* "path: reason" to told, for the caller. */
static lurewatch_error
tell(struct lw_reader *r, lurewatch_error e)
{
	const char *why = r->reason.len > 0 ? r->reason.at : lurewatch_strerror(e);

	r->told.len = 0;
	if (!lw_buffer_addf(&r->told, "%s: %s", strcmp(r->path, "-") == 0 ? "standard input" : r->path, why))
		return LUREWATCH_E_MEMORY;
	return e;
}

static void
close_file(struct lw_reader *r)
{
	if (r->format != NULL && r->format->close != NULL && r->source.stream != NULL)
		r->format->close(&r->source);
	if (r->source.stream != NULL && r->archive == NULL)
		r->consumed += lw_stream_consumed(r->source.stream);
	lw_stream_close(r->source.stream);
	r->source.stream = NULL;
	r->source.state = NULL;
}

static void
close_archive(struct lw_reader *r)
{
	if (r->archive == NULL)
		return;
	r->consumed += lw_archive_consumed(r->archive);
	lw_archive_close(r->archive);
	lw_stream_close(r->piped);
	r->archive = NULL;
	r->piped = NULL;
}

static lurewatch_error
choose_format(struct lw_reader *r)
{
	struct lw_span head;
	const char *foreign;
	lurewatch_error e;

	r->format = r->forced;
	if (r->walk != NULL && r->format == NULL && lw_walk_in_maildir(r->walk))
		r->format = &lw_format_maildir;
	if (r->format != NULL)
		return LUREWATCH_OK;
	e = lw_stream_peek(r->source.stream, HEAD);
	if (e != LUREWATCH_OK && lw_stream_window(r->source.stream).len == 0)
		return e;
	head = lw_stream_window(r->source.stream);
	foreign = lw_format_foreign(head);
	if (foreign != NULL)
		return lw_source_fail(&r->source, "this is %s, not a dump of messages (name a format with -f to read it all the same)",
		    foreign);
	r->format = lw_format_detect(r->path, head);
	return LUREWATCH_OK;
}

static void
begin_file(struct lw_reader *r)
{
	r->record = 0;
	r->reason.len = 0;
	r->format = NULL;
	r->source = (struct lw_source){ .options = &r->options, .path = r->path, .before = &r->before, .reason = &r->reason };
}

/* Plain text in another charset than UTF-8: the one it is said to be, else the one it looks like. The format may show only then. */
static lurewatch_error
recode(struct lw_reader *r)
{
	struct lw_stream *stream = r->source.stream;
	const char *charset = r->options.encoding;
	lurewatch_error e;

	/* a log that is being written, its format named, is not kept waiting for bytes to guess from */
	if (charset == NULL && r->forced != NULL && lw_stream_is_live(stream))
		return LUREWATCH_OK;
	e = charset == NULL ? lw_stream_peek(stream, HEAD) : LUREWATCH_OK;
	if (e != LUREWATCH_OK && lw_stream_window(stream).len == 0)
		return e;
	if (charset == NULL)
		charset = lw_charset_of_file(lw_stream_window(stream));
	if (charset == NULL)
		return LUREWATCH_OK;
	e = lw_stream_recode(stream, charset);
	return e == LUREWATCH_OK && r->options.encoding != NULL ? choose_format(r) : e;
}

/* The stream of a file or a member is open: told apart and begun. */
static lurewatch_error
open_source(struct lw_reader *r)
{
	struct lw_span mark = lw_stream_mark(r->source.stream);
	lurewatch_error e;

	if (!lw_buffer_add(&r->before, mark.at, mark.len))
		return lw_source_no_memory(&r->source);
	e = choose_format(r);
	if (e == LUREWATCH_OK && lw_format_is_plain(r->format))
		e = recode(r);
	if (e == LUREWATCH_OK && r->format->open != NULL)
		e = r->format->open(&r->source);
	return e;
}

/* Becomes a walk through the archive when the stream begins as one. */
static lurewatch_error
open_archive(struct lw_reader *r)
{
	lurewatch_error e;

	/* a failure to read is said when the records are */
	if (lw_stream_peek(r->source.stream, 4) != LUREWATCH_OK || !lw_archive_is_one(lw_stream_window(r->source.stream)))
		return LUREWATCH_OK;
	e = lw_archive_open(r->path, r->source.stream, &r->reason, &r->archive);
	if (e != LUREWATCH_OK)
		return e;
	r->archive_path.len = 0;
	if (!lw_buffer_add(&r->archive_path, r->path, strlen(r->path) + 1))
		return LUREWATCH_E_MEMORY;
	r->path = r->archive_path.at;
	if (strcmp(r->path, "-") == 0) {
		r->piped = r->source.stream;
		r->source.stream = NULL;
	}
	close_file(r);
	return LUREWATCH_OK;
}

static lurewatch_error
open_file(struct lw_reader *r)
{
	lurewatch_error e;

	begin_file(r);
	e = lw_stream_open(r->path, r->options.stop, &r->reason, &r->source.stream);
	if (e == LUREWATCH_OK)
		e = open_archive(r);
	return e == LUREWATCH_OK && r->archive == NULL ? open_source(r) : e;
}

/* The archive's next member; *open false at its end. */
static lurewatch_error
next_member(struct lw_reader *r, bool *open)
{
	const char *name;
	lurewatch_error e;

	do {
		r->path = r->archive_path.at;
		begin_file(r);
		e = lw_archive_next(r->archive, &name);
	} while (name != NULL && lw_format_is_media(name));
	*open = name != NULL;
	if (name == NULL)
		return e;
	r->member_path.len = 0;
	if (!lw_buffer_addf(&r->member_path, "%s/%s", r->path, name) || !lw_buffer_add(&r->member_path, "", 1))
		return LUREWATCH_E_MEMORY;
	r->path = r->source.path = r->member_path.at;
	if (e == LUREWATCH_OK)
		e = lw_stream_open_input(lw_archive_member(r->archive), &r->reason, &r->source.stream);
	return e == LUREWATCH_OK ? open_source(r) : e;
}

/* The next path of the walk, or the only one; NULL at the end. */
static const char *
next_path(struct lw_reader *r, int *error)
{
	const char *path;

	if (r->walk == NULL)
		return r->root.at;
	do
		path = lw_walk_next(r->walk, error);
	while (path != NULL && *error == 0 && lw_format_is_media(path));
	return path;
}

/* The next file of the walk, or the only one, or the next member of the archive that it is. *open false at the end. */
static lurewatch_error
next_file(struct lw_reader *r, bool *open)
{
	for (;;) {
		int error = 0;
		const char *path;
		lurewatch_error e = LUREWATCH_OK;

		*open = false;
		if (r->archive != NULL) {
			e = next_member(r, open);
			if (e != LUREWATCH_OK || *open)
				return e;
			close_archive(r);
		}
		if (r->done)
			return LUREWATCH_OK;
		path = next_path(r, &error);
		r->done = path == NULL || r->walk == NULL;
		if (path == NULL)
			return lw_walk_no_memory(r->walk) ? LUREWATCH_E_MEMORY : LUREWATCH_OK;
		r->path = path;
		*open = true;
		if (error != 0) {
			begin_file(r);
			return lw_source_fail(&r->source, "%s", strerror(error));
		}
		e = open_file(r);
		if (e != LUREWATCH_OK || r->archive == NULL)
			return e;
	}
}

static bool
is_directory(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Opens a single file at once, so that an error comes early. */
static lurewatch_error
start(struct lw_reader *r, const char *path)
{
	bool open;
	lurewatch_error e;

	r->path = path;
	if (!lw_buffer_add(&r->root, path, strlen(path) + 1))
		return LUREWATCH_E_MEMORY;
	r->path = r->root.at;
	if (r->options.format != NULL && strcmp(r->options.format, "auto") != 0) {
		r->forced = lw_format_named(r->options.format);
		if (r->forced == NULL) {
			r->source.reason = &r->reason;
			lw_source_fail(&r->source, "there is no format %s", r->options.format);
			return LUREWATCH_E_ARGUMENT;
		}
	}
	if (is_directory(path)) {
		r->walk = lw_walk_open(path);
		return r->walk != NULL ? LUREWATCH_OK : LUREWATCH_E_MEMORY;
	}
	e = next_file(r, &open);
	if (e != LUREWATCH_OK && e != LUREWATCH_E_MEMORY && r->archive != NULL) {
		r->pending = e;
		return LUREWATCH_OK;
	}
	if (e != LUREWATCH_OK)
		close_file(r);
	return e;
}

lurewatch_error
lw_reader_open(const char *path, const struct lw_read_options *options, struct lw_reader **out)
{
	struct lw_reader *r = calloc(1, sizeof *r);
	lurewatch_error e;

	*out = r;
	if (r == NULL)
		return LUREWATCH_E_MEMORY;
	if (options != NULL)
		r->options = *options;
	e = start(r, path);
	return e == LUREWATCH_OK ? e : tell(r, e);
}

static const struct lw_message *
finish(struct lw_reader *r)
{
	struct lw_message *m = &r->message;

	m->path = r->path;
	m->format = r->format != NULL ? r->format->name : NULL;
	m->record = r->record;
	m->delimiter = r->source.delimiter;
	m->document = r->source.document;
	m->recoded = r->source.stream != NULL && lw_stream_recoded(r->source.stream);
	m->before = (struct lw_span){ r->before.len > 0 ? r->before.at : "", r->before.len };
	r->before_given = true;
	if (r->options.label != NULL)
		m->label = (struct lw_span){ r->options.label, strlen(r->options.label) };
	return m;
}

/* A file of the walk failed: a message that says so takes the place of what is left of it. */
static const struct lw_message *
failed_file(struct lw_reader *r, lurewatch_error e)
{
	const struct lw_message *m;

	if (r->record > 0)
		r->record++;
	r->message = (struct lw_message){ .error = r->reason.len > 0 ? r->reason.at : lurewatch_strerror(e) };
	m = finish(r);
	close_file(r);
	return m;
}

lurewatch_error
lw_reader_next(struct lw_reader *r, const struct lw_message **out)
{
	lurewatch_error e = r->pending;
	bool got = false, open = true;

	if (r->before_given)
		r->before.len = 0;
	r->before_given = false;
	r->pending = LUREWATCH_OK;
	*out = NULL;
	for (;;) {
		if (e == LUREWATCH_OK && r->source.stream == NULL) {
			e = next_file(r, &open);
			if (e == LUREWATCH_OK && !open)
				return e;
		}
		if (e == LUREWATCH_OK) {
			r->message = (struct lw_message){ 0 };
			e = r->format->next(&r->source, &r->message, &got);
		}
		if (e == LUREWATCH_E_MEMORY || (e != LUREWATCH_OK && r->walk == NULL && r->archive == NULL)) {
			close_file(r);
			r->done = true;
			return tell(r, e);
		}
		if (e != LUREWATCH_OK) {
			*out = failed_file(r, e);
			return LUREWATCH_OK;
		}
		if (got) {
			r->record++;
			*out = finish(r);
			return LUREWATCH_OK;
		}
		close_file(r);
	}
}

const char *
lw_reader_format(const struct lw_reader *r)
{
	return r->format != NULL ? r->format->name : NULL;
}

const char *
lw_reader_reason(const struct lw_reader *r)
{
	return r->told.len > 0 ? r->told.at : "out of memory";
}

uint64_t
lw_reader_consumed(const struct lw_reader *r)
{
	if (r->archive != NULL)
		return r->consumed + lw_archive_consumed(r->archive);
	return r->consumed + (r->source.stream != NULL ? lw_stream_consumed(r->source.stream) : 0);
}

const struct lw_message *
lw_reader_tail(struct lw_reader *r)
{
	if (r->before_given)
		r->before.len = 0;
	r->record = 0;
	r->message = (struct lw_message){ 0 };
	return finish(r);
}

bool
lw_reader_is_directory(const struct lw_reader *r)
{
	return r->walk != NULL || r->archive != NULL;
}

bool
lw_reader_would_wait(const struct lw_reader *r)
{
	return r->source.stream != NULL && lw_stream_would_wait(r->source.stream);
}

void
lw_reader_close(struct lw_reader *r)
{
	if (r == NULL)
		return;
	close_file(r);
	close_archive(r);
	lw_walk_close(r->walk);
	lw_buffer_free(&r->archive_path);
	lw_buffer_free(&r->member_path);
	lw_buffer_free(&r->root);
	lw_buffer_free(&r->before);
	lw_buffer_free(&r->reason);
	lw_buffer_free(&r->told);
	free(r);
}
