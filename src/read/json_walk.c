/* json_walk.c - the records of a JSON document that may be larger than memory; see json_walk.h for what damage costs */
#include "read/json_walk.h"

#include <string.h>

static bool
set(struct lw_buffer *b, const char *at, size_t len)
{
	b->len = 0;
	return lw_buffer_add(b, at, len);
}

/* Takes n bytes of the window as structure. */
static lurewatch_error
keep(struct lw_source *s, const struct lw_json_walk *t, size_t n)
{
	struct lw_span bytes = lw_stream_take(s->stream, n);

	if (s->before->len > LW_RECORD_MAX)
		return lw_source_fail(s, "no record in %zu MiB of JSON: %s", LW_RECORD_MAX >> 20, t->not_ours);
	return lw_buffer_add(s->before, bytes.at, bytes.len) ? LUREWATCH_OK : lw_source_no_memory(s);
}

/* The byte at the window's start, -1 at the end. */
static lurewatch_error
peek(struct lw_source *s, int *c)
{
	lurewatch_error e = lw_stream_peek(s->stream, 1);
	struct lw_span window = lw_stream_window(s->stream);

	*c = window.len > 0 ? (unsigned char)window.at[0] : -1;
	return window.len > 0 ? LUREWATCH_OK : e;
}

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Length of the run of bytes at the window's start: a string with its quotes, blanks, or a word. It may end with the stream. */
static lurewatch_error
run_length(struct lw_source *s, int first, size_t *len)
{
	bool escaped = false;

	for (size_t i = 1;; i++) {
		struct lw_span w = lw_stream_window(s->stream);
		lurewatch_error e;
		int c;

		while (i >= w.len) {
			if (lw_stream_ended(s->stream) || i > LW_RECORD_MAX) {
				*len = i;
				return LUREWATCH_OK;
			}
			e = lw_stream_more(s->stream);
			if (e != LUREWATCH_OK)
				return e;
			w = lw_stream_window(s->stream);
		}
		c = (unsigned char)w.at[i];
		*len = i;
		if (first == '"') {
			*len = i + 1;
			if ((c == '"' && !escaped) || c == '\n')
				return LUREWATCH_OK;
			escaped = c == '\\' && !escaped;
		} else if (is_blank(first) ? !is_blank(c) : strchr("\"{}[]:, \t\r\n", c) != NULL && c != '\0') {
			return LUREWATCH_OK;
		}
	}
}

static lurewatch_error
open_bracket(struct lw_source *s, struct lw_json_walk *t, char bracket)
{
	char first = '\0';

	for (size_t i = 1; bracket == '[' && first == '\0'; i++) {
		lurewatch_error e = lw_stream_peek(s->stream, i + 1);
		struct lw_span w = lw_stream_window(s->stream);

		if (e != LUREWATCH_OK && w.len <= i)
			return e;
		if (w.len <= i || i > LW_RECORD_MAX)
			break;
		first = is_blank((unsigned char)w.at[i]) ? '\0' : w.at[i];
	}
	t->in_list = t->first = bracket == '[' && t->wants(t, first);
	t->depth++;
	if (t->opened != NULL)
		t->opened(t, bracket);
	t->key.len = 0;
	return LUREWATCH_OK;
}

/* Passes over one token. */
static lurewatch_error
structure(struct lw_source *s, struct lw_json_walk *t, int c)
{
	struct lw_span token = { lw_stream_window(s->stream).at, 1 };
	lurewatch_error e = LUREWATCH_OK;
	bool done = true;

	if (c == '{' || c == '[') {
		e = open_bracket(s, t, (char)c);
	} else if (c == '}' || c == ']') {
		t->depth -= t->depth > 0;
		t->key.len = 0;
	} else if (c == ':') {
		done = set(&t->key, t->string.at, t->string.len);
	} else if (c == ',') {
		t->key.len = 0;
	} else {
		e = run_length(s, c, &token.len);
		token.at = lw_stream_window(s->stream).at;
		if (e == LUREWATCH_OK && !is_blank(c)) {
			if (t->depth == 0)
				return lw_source_fail(s, "%s", t->not_ours);
			done = (t->value == NULL || t->value(t, token)) && (c != '"' || set(&t->string, token.at, token.len));
		}
	}
	if (e != LUREWATCH_OK)
		return e;
	return done ? keep(s, t, token.len) : lw_source_no_memory(s);
}

/* ---- one record ---- */

struct frame {
	size_t at;
	size_t indent;              /* of the line that the record begins on; SIZE_MAX: it does not begin one */
	int depth;
	bool string, escaped;
	bool dropped, broken;
};

/* Whether what stands before `at` is a line break and `indent` blanks; *end is set to before them and before a comma. */
static bool
begins_line(struct lw_span w, size_t at, size_t indent, size_t *end)
{
	size_t i = at;

	while (i > 0 && w.at[i - 1] == ' ')
		i--;
	if (i == 0 || w.at[i - 1] != '\n' || at - i != indent)
		return false;
	while (i > 0 && is_blank((unsigned char)w.at[i - 1]))
		i--;
	*end = i > 0 && w.at[i - 1] == ',' ? i - 1 : i;
	return true;
}

/* Goes on from f->at; true when the value's end is there, at f->at. A string ends with its line: the export escapes line breaks. */
static bool
value_ends(struct frame *f, struct lw_span w)
{
	for (; f->at < w.len; f->at++) {
		char c = w.at[f->at];

		if (f->string) {
			f->string = f->escaped || (c != '"' && c != '\n');
			f->escaped = c == '\\' && !f->escaped;
		} else if (c == '"') {
			f->string = true;
			f->escaped = false;
		} else if (c == '{' || c == '[') {
			f->broken = f->depth > 0 && c == '{' && begins_line(w, f->at, f->indent, &f->at);
			if (f->broken)
				return true;
			f->depth++;
		} else if (c == '}' || c == ']') {
			if (f->depth == 0 && f->at > 0)
				return true;
			f->depth -= f->depth > 0;
			if (f->depth == 0) {
				f->at++;
				return true;
			}
		} else if (c == ',' && f->depth == 0) {
			return true;
		}
	}
	return false;
}

static lurewatch_error
frame(struct lw_source *s, struct frame *f)
{
	while (!value_ends(f, lw_stream_window(s->stream)) && !lw_stream_ended(s->stream)) {
		lurewatch_error e;

		if (f->at > LW_RECORD_MAX) {
			lw_stream_take(s->stream, f->at);
			f->at = 0;
			f->dropped = true;
		}
		e = lw_stream_more(s->stream);
		if (e != LUREWATCH_OK)
			return e;
	}
	return LUREWATCH_OK;
}

/* Blanks and commas before the next record, to joint. */
static lurewatch_error
read_joint(struct lw_source *s, struct lw_json_walk *t, int *c)
{
	lurewatch_error e;

	t->joint.len = 0;
	for (;;) {
		struct lw_span w, bytes;
		size_t n = 0;

		e = peek(s, c);
		if (e != LUREWATCH_OK || !(is_blank(*c) || *c == ','))
			return e;
		w = lw_stream_window(s->stream);
		while (n < w.len && (is_blank((unsigned char)w.at[n]) || w.at[n] == ','))
			n++;
		bytes = lw_stream_take(s->stream, n);
		if (t->joint.len > LW_RECORD_MAX)
			return lw_source_fail(s, "no record in %zu MiB of blanks", LW_RECORD_MAX >> 20);
		if (!lw_buffer_add(&t->joint, bytes.at, bytes.len))
			return lw_source_no_memory(s);
	}
}

/* Blanks since the last line break, SIZE_MAX without one. */
static size_t
indent_of(const struct lw_buffer *joint)
{
	const char *line = joint->len > 0 ? memrchr(joint->at, '\n', joint->len) : NULL;

	return line != NULL ? (size_t)(joint->at + joint->len - line) - 1 : SIZE_MAX;
}

/* The record at the window's start. */
static lurewatch_error
read_record(struct lw_source *s, struct lw_json_walk *t, struct lw_message *m, struct lw_span *record)
{
	struct frame f = { .indent = indent_of(&t->joint) };
	lurewatch_error e;

	if (t->first) {
		if (!lw_buffer_add(s->before, t->joint.at, t->joint.len))
			return lw_source_no_memory(s);
		t->joint.len = 0;
	}
	t->first = false;
	e = frame(s, &f);
	if (e != LUREWATCH_OK)
		return e;
	*record = (struct lw_span){ lw_stream_window(s->stream).at, f.at };
	m->joint = (struct lw_span){ t->joint.len > 0 ? t->joint.at : "", t->joint.len };
	m->raw = lw_stream_take(s->stream, f.at);
	if (f.dropped) {
		m->raw = (struct lw_span){ "", 0 };
		m->error = LW_TOO_LONG;
	} else if (f.depth > 0) {
		m->error = f.broken ? "this record is cut short" : "the file ends inside this record";
	}
	return LUREWATCH_OK;
}

lurewatch_error
lw_json_walk_next(struct lw_source *s, struct lw_json_walk *t, struct lw_message *m, struct lw_span *record, bool *got)
{
	lurewatch_error e;
	int c;

	for (;;) {
		e = t->in_list ? read_joint(s, t, &c) : peek(s, &c);
		if (e != LUREWATCH_OK)
			return e;
		*got = t->in_list && c != -1 && c != ']';
		if (*got)
			return read_record(s, t, m, record);
		if (t->in_list && !lw_buffer_add(s->before, t->joint.at, t->joint.len))
			return lw_source_no_memory(s);
		t->in_list = false;
		if (c == -1)
			break;
		e = structure(s, t, c);
		if (e != LUREWATCH_OK)
			return e;
	}
	return t->depth == 0 ? LUREWATCH_OK :
	    lw_source_fail(s, "the file ends too early: %zu bracket%s still open", t->depth, t->depth == 1 ? " is" : "s are");
}

void
lw_json_walk_free(struct lw_json_walk *t)
{
	lw_buffer_free(&t->key);
	lw_buffer_free(&t->string);
	lw_buffer_free(&t->joint);
}
