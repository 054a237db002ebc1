/*
 * table.c - CSV and TSV with a header row
 *
 * CSV records are framed here, quote by quote as libcsv understands them, so that
 * raw is exact; libcsv then takes the fields apart. A quote that never closes
 * costs its own line, an error, not the rest of the file. TSV has one record a
 * line: a field is unquoted when it is quoted whole, any other quote is a
 * character. A row too short to hold the text is an error record; a header that
 * names no text column stops the file.
 */
#include "read/format.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

enum { NOWHERE = -1, LEAST_PATIENCE = 4096 };

struct table {
	char delimiter;
	bool quotes;                /* CSV: records may go over lines */
	bool headless;              /* the first row is a record already */
	ptrdiff_t *target;          /* a column: offset of its span in struct lw_message, or NOWHERE */
	size_t columns, target_room;
	size_t text_column, synthetic_column;
	size_t patience;            /* how far an open quote may reach: less after each that never closed */
	struct csv_parser parser;
	bool parser_made;
	struct lw_buffer cells;     /* all fields of a row, one after the other */
	size_t *end;                /* where each ends in cells */
	size_t ends, end_room;
	bool no_memory;
	struct lw_buffer error;
};

/* ---- telling tables apart by their first line ---- */

static struct lw_span
cell_of(struct lw_span *line, char delimiter)
{
	const char *cut = line->len > 0 ? memchr(line->at, delimiter, line->len) : NULL;
	struct lw_span cell = { line->at, cut != NULL ? (size_t)(cut - line->at) : line->len };
	size_t used = cell.len + (cut != NULL);

	line->at += used;
	line->len -= used;
	cell = lw_span_trim(cell);
	if (cell.len >= 2 && cell.at[0] == '"' && cell.at[cell.len - 1] == '"')
		cell = (struct lw_span){ cell.at + 1, cell.len - 2 };
	return lw_span_trim(cell);
}

static struct lw_span
first_line(struct lw_span head)
{
	struct lw_span line = { "", 0 };

	while (head.len > 0 && line.len == 0)
		line = lw_span_trim(lw_span_line(&head));
	return line;
}

/* How many cells have a known name; 0 when none of them is the text. */
static int
known_cells(struct lw_span line, char delimiter, const char *field)
{
	int known = 0;
	bool text = false;

	while (line.len > 0) {
		struct lw_span cell = cell_of(&line, delimiter);
		bool wanted = field != NULL && lw_span_is(cell, field);

		known += wanted || lw_field_rank(cell) >= 0;
		text |= wanted || (field == NULL && lw_field_is_text(cell));
	}
	return text ? known : 0;
}

static int
csv_sniff(struct lw_span head)
{
	static const char delimiters[] = { ',', ';', '|' };
	struct lw_span line = first_line(head);

	for (size_t i = 0; i < sizeof delimiters; i++)
		if (known_cells(line, delimiters[i], NULL) >= 2)
			return 60;
	return 0;
}

static int
tsv_sniff(struct lw_span head)
{
	return known_cells(first_line(head), '\t', NULL) >= 2 ? 60 : 0;
}

/* The delimiter that finds the most known columns; without any, the first that occurs. */
static char
delimiter_of(struct lw_span line, const char *field)
{
	static const char delimiters[] = { ',', ';', '\t', '|' };
	char best = '\0', occurs = ',';
	int most = 0;

	for (size_t i = sizeof delimiters; i-- > 0;) {
		int known = known_cells(line, delimiters[i], field);

		if (line.len > 0 && memchr(line.at, delimiters[i], line.len) != NULL)
			occurs = delimiters[i];
		if (known > 0 && known >= most) {
			best = delimiters[i];
			most = known;
		}
	}
	return best != '\0' ? best : occurs;
}

/* ---- framing ---- */

enum state { FIELD_START, PLAIN, QUOTED, QUOTE_IN_QUOTED };

static enum state
step(enum state state, char c, char delimiter)
{
	switch (state) {
	case FIELD_START:
		return c == '"' ? QUOTED : c == delimiter ? FIELD_START : PLAIN;
	case PLAIN:
		return c == delimiter ? FIELD_START : PLAIN;
	case QUOTED:
		return c == '"' ? QUOTE_IN_QUOTED : QUOTED;
	case QUOTE_IN_QUOTED:
		return c == delimiter ? FIELD_START : c == '\r' ? QUOTE_IN_QUOTED : QUOTED;
	}
	return state;
}

static bool
is_blank_line(struct lw_span w, size_t from, size_t to)
{
	return to == from || (to == from + 1 && w.at[from] == '\r');
}

struct frame {
	enum state state;
	size_t begin;               /* past leading blank lines, which belong to the record */
	size_t at;                  /* bytes seen */
	size_t line_end;            /* end of the record's first line, 0: not reached */
	bool hopeless;              /* the open quote will not close */
};

/* Sees the window's bytes; true when the record is whole: it ends at f->at. */
static bool
see(struct table *t, struct frame *f, struct lw_span w)
{
	for (; f->at < w.len && !f->hopeless; f->at++) {
		char c = w.at[f->at];
		enum state before = f->state;

		if (c == '\n' && before != QUOTED) {
			if (!is_blank_line(w, f->begin, f->at)) {
				f->at++;
				return true;
			}
			f->begin = f->at + 1;
			f->state = FIELD_START;
			continue;
		}
		if (c == '\n' && f->line_end == 0)
			f->line_end = f->at + 1;
		f->state = step(before, c, t->delimiter);
		/* lines further on, a quote that opens or closes nothing: the one that opened all this was stray */
		f->hopeless = f->line_end > 0 && (f->at > t->patience ||
		    (before == QUOTE_IN_QUOTED && f->state == QUOTED && c != '"'));
	}
	return false;
}

/*
 * Length of the record at the window's start, its newline included; *begin is
 * past leading blank lines. *open: a quote did not close, the length is that of
 * the line alone. begin == len at the end.
 */
static lurewatch_error
frame(struct lw_source *s, size_t *begin, size_t *len, bool *open)
{
	struct table *t = s->state;
	struct frame f = { .state = FIELD_START };

	for (;;) {
		struct lw_span w = lw_stream_window(s->stream);
		bool whole = see(t, &f, w);
		lurewatch_error e;

		*begin = f.begin;
		*len = f.at;
		*open = !whole && (f.hopeless || f.state == QUOTED);
		if (whole)
			t->patience += f.at < LW_RECORD_MAX - t->patience ? f.at : LW_RECORD_MAX - t->patience;
		if (whole || f.hopeless || lw_stream_ended(s->stream) || w.len > LW_RECORD_MAX)
			break;
		e = lw_stream_more(s->stream);
		if (e != LUREWATCH_OK)
			return e;
	}
	if (!*open)
		return LUREWATCH_OK;
	/*
	 * A file full of quotes that never close must not be read to its end once a line:
	 * each failure halves the reach, each record gives back its own length, so all
	 * the reading ahead is linear in the file.
	 */
	t->patience = f.at / 2 > LEAST_PATIENCE ? f.at / 2 : LEAST_PATIENCE;
	if (f.line_end > 0)
		*len = f.line_end;
	return LUREWATCH_OK;
}

/* One record to m->raw, and to *row without its line end. */
static lurewatch_error
next_quoted(struct lw_source *s, struct lw_message *m, struct lw_span *row, bool *got)
{
	size_t begin, len;
	bool open;
	lurewatch_error e = frame(s, &begin, &len, &open);

	if (e != LUREWATCH_OK)
		return e;
	if (len > LW_RECORD_MAX) {
		m->error = LW_TOO_LONG;
		return lw_source_line(s, m, false, got);
	}
	*got = begin < len;
	*row = (struct lw_span){ lw_stream_window(s->stream).at + begin, len - begin };
	m->raw = lw_stream_take(s->stream, len);
	if (!*got)
		return lw_buffer_add(s->before, m->raw.at, m->raw.len) ? LUREWATCH_OK : lw_source_no_memory(s);
	if (row->at[row->len - 1] == '\n')
		row->len--;
	if (row->len > 0 && row->at[row->len - 1] == '\r')
		row->len--;
	if (open)
		m->error = "a quote is not closed";
	return LUREWATCH_OK;
}

static lurewatch_error
next_row(struct lw_source *s, struct lw_message *m, struct lw_span *row, bool *got)
{
	const struct table *t = s->state;
	struct lw_cut cut = { 0 };
	lurewatch_error e;

	if (t->quotes)
		return next_quoted(s, m, row, got);
	do {
		e = lw_stream_line(s->stream, &cut);
		if (e != LUREWATCH_OK)
			return e;
		*row = (struct lw_span){ lw_stream_window(s->stream).at + cut.from, cut.to - cut.from };
		while (row->len > 0 && (row->at[row->len - 1] == '\n' || row->at[row->len - 1] == '\r'))
			row->len--;
	} while (row->len == 0 && cut.from < cut.to && !cut.dropped);
	*got = cut.from < cut.to || cut.dropped;
	m->raw = lw_stream_take(s->stream, cut.to);
	if (!*got)
		return lw_buffer_add(s->before, m->raw.at, m->raw.len) ? LUREWATCH_OK : lw_source_no_memory(s);
	if (cut.dropped) {
		m->raw = *row = (struct lw_span){ "", 0 };
		m->error = LW_TOO_LONG;
	}
	return LUREWATCH_OK;
}

/* ---- fields ---- */

static void
add_cell(void *bytes, size_t len, void *data)
{
	struct table *t = data;

	if (!lw_buffer_add(&t->cells, bytes, len) || !lw_grow(&t->end, &t->end_room, t->ends + 1, sizeof *t->end)) {
		t->no_memory = true;
		return;
	}
	t->end[t->ends++] = t->cells.len;
}

static int
never_space(unsigned char c)
{
	(void)c;
	return 0;
}

static int
is_newline(unsigned char c)
{
	return c == '\n';
}

static bool
split_quoted(struct table *t, struct lw_span row)
{
	size_t used = csv_parse(&t->parser, row.at, row.len, add_cell, NULL, t);

	return csv_fini(&t->parser, add_cell, NULL, t) == 0 && used == row.len && !t->no_memory;
}

/* A field quoted whole loses its quotes, and doubled ones inside become one. */
static void
add_tab_cell(struct table *t, struct lw_span cell)
{
	size_t from = t->cells.len, to = from;
	bool quoted = cell.len >= 2 && cell.at[0] == '"' && cell.at[cell.len - 1] == '"';

	if (quoted)
		cell = (struct lw_span){ cell.at + 1, cell.len - 2 };
	add_cell((void *)(uintptr_t)cell.at, cell.len, t);
	if (!quoted || t->no_memory)
		return;
	for (size_t i = from; i < t->cells.len; i++) {
		t->cells.at[to++] = t->cells.at[i];
		if (t->cells.at[i] == '"' && i + 1 < t->cells.len && t->cells.at[i + 1] == '"')
			i++;
	}
	t->cells.len = t->end[t->ends - 1] = to;
}

static bool
split_tabs(struct table *t, struct lw_span row)
{
	for (;;) {
		const char *cut = row.len > 0 ? memchr(row.at, t->delimiter, row.len) : NULL;
		size_t len = cut != NULL ? (size_t)(cut - row.at) : row.len;

		add_tab_cell(t, (struct lw_span){ row.at, len });
		if (cut == NULL)
			return !t->no_memory;
		row.at += len + 1;
		row.len -= len + 1;
	}
}

static bool
split(struct table *t, struct lw_span row)
{
	t->cells.len = t->ends = 0;
	t->no_memory = false;
	return t->quotes ? split_quoted(t, row) : split_tabs(t, row);
}

static struct lw_span
cell_at(const struct table *t, size_t i)
{
	size_t from = i > 0 ? t->end[i - 1] : 0;

	if (t->end[i] == from)
		return (struct lw_span){ "", 0 };
	return (struct lw_span){ t->cells.at + from, t->end[i] - from };
}

/* ---- the header ---- */

/* Two columns for one field: the better name wins, the first among equals. */
static void
yield_to_better(struct table *t, int *rank, size_t column)
{
	for (size_t i = 0; i < column; i++) {
		if (t->target[i] == NOWHERE || t->target[i] != t->target[column])
			continue;
		if (rank[i] <= rank[column])
			t->target[column] = NOWHERE;
		else
			t->target[i] = NOWHERE;
	}
}

static bool
assign_columns(struct lw_source *s)
{
	struct table *t = s->state;
	struct lw_message m = { 0 };
	int *rank = calloc(t->ends + 1, sizeof *rank);

	t->columns = t->ends;
	if (rank == NULL || !lw_grow(&t->target, &t->target_room, t->columns + 1, sizeof *t->target)) {
		free(rank);
		return false;
	}
	for (size_t i = 0; i < t->columns; i++) {
		struct lw_span name = lw_span_trim(cell_at(t, i));
		struct lw_span *to = lw_field_of(&m, name);
		bool wanted = s->options->field != NULL && lw_span_is(name, s->options->field);

		if (wanted)
			to = &m.text;
		else if (s->options->field != NULL && to == &m.text)
			to = NULL;
		rank[i] = wanted ? -1 : lw_field_rank(name);
		t->target[i] = to == NULL ? NOWHERE : (char *)to - (char *)&m;
		if (lw_span_same(name, LW_SPAN("synthetic")))
			t->synthetic_column = i;
		yield_to_better(t, rank, i);
	}
	free(rank);
	t->text_column = t->columns;
	for (size_t i = 0; i < t->columns; i++)
		if (t->target[i] == (ptrdiff_t)offsetof(struct lw_message, text))
			t->text_column = i;
	return true;
}

/* --field 2: the second column of a table without a header. */
static bool
numbered_column(const char *field, size_t *column)
{
	size_t n = 0;

	if (field == NULL || *field == '\0')
		return false;
	for (; *field >= '0' && *field <= '9' && n < 100000; field++)
		n = n * 10 + (size_t)(*field - '0');
	*column = n - 1;
	return *field == '\0' && n > 0;
}

static lurewatch_error
read_header(struct lw_source *s)
{
	struct table *t = s->state;
	struct lw_message header = { 0 };
	struct lw_span row;
	bool got;
	lurewatch_error e = next_row(s, &header, &row, &got);

	if (e != LUREWATCH_OK || !got)
		return e;
	if (header.error != NULL)
		return lw_source_fail(s, "header: %s", header.error);
	if (!lw_buffer_add(s->before, header.raw.at, header.raw.len) || !split(t, row) || !assign_columns(s))
		return lw_source_no_memory(s);
	if (t->text_column < t->columns)
		return LUREWATCH_OK;
	if (s->options->field != NULL)
		return lw_source_fail(s, "no column is named %s", s->options->field);
	return lw_source_fail(s, "the header names no column with the text (text, message, body, sms, content); "
	    "say which with --field NAME, or --field NUMBER where there is no header");
}

static lurewatch_error
table_open(struct lw_source *s, bool quotes)
{
	struct table *t = s->state = calloc(1, sizeof *t);
	lurewatch_error e;

	if (t == NULL)
		return lw_source_no_memory(s);
	if (csv_init(&t->parser, 0) != 0)
		return lw_source_no_memory(s);
	t->parser_made = true;
	t->synthetic_column = SIZE_MAX;
	t->patience = LW_RECORD_MAX;
	e = lw_stream_peek(s->stream, 4096);
	if (e != LUREWATCH_OK)
		return e;
	t->quotes = quotes;
	t->delimiter = s->options->delimiter != '\0' ? s->options->delimiter : quotes ? delimiter_of(first_line(lw_stream_window(s->stream)), s->options->field) : '\t';
	s->delimiter = t->delimiter;
	csv_set_delim(&t->parser, (unsigned char)t->delimiter);
	csv_set_space_func(&t->parser, never_space);
	csv_set_term_func(&t->parser, is_newline);
	csv_set_blk_size(&t->parser, 1 << 14);
	t->headless = numbered_column(s->options->field, &t->text_column);
	return t->headless ? LUREWATCH_OK : read_header(s);
}

static lurewatch_error
csv_open(struct lw_source *s)
{
	return table_open(s, true);
}

static lurewatch_error
tsv_open(struct lw_source *s)
{
	return table_open(s, false);
}

static void
table_close(struct lw_source *s)
{
	struct table *t = s->state;

	if (t == NULL)
		return;
	if (t->parser_made)
		csv_free(&t->parser);
	free(t->target);
	free(t->end);
	lw_buffer_free(&t->cells);
	lw_buffer_free(&t->error);
	free(t);
}

static lurewatch_error
table_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct table *t = s->state;
	struct lw_span row;
	lurewatch_error e = next_row(s, m, &row, got);

	m->text = (struct lw_span){ "", 0 };
	if (e != LUREWATCH_OK || !*got || m->error != NULL)
		return e;
	if (!split(t, row))
		return lw_source_no_memory(s);
	if (t->ends <= t->text_column) {
		t->error.len = 0;
		m->error = lw_buffer_addf(&t->error, "row has %zu column%s, the text is in column %zu", t->ends,
		    t->ends == 1 ? "" : "s", t->text_column + 1) ? t->error.at : "out of memory";
		return LUREWATCH_OK;
	}
	if (t->headless)
		m->text = cell_at(t, t->text_column);
	for (size_t i = 0; i < t->ends && i < t->columns; i++)
		if (t->target[i] != NOWHERE)
			*(struct lw_span *)(void *)((char *)m + t->target[i]) = cell_at(t, i);
	m->synthetic = t->synthetic_column < t->ends && lw_field_says_yes(cell_at(t, t->synthetic_column));
	return LUREWATCH_OK;
}

static const char *const csv_extensions[] = { ".csv", NULL };
static const char *const tsv_extensions[] = { ".tsv", ".tab", NULL };
const struct lw_format lw_format_csv = { "csv", csv_extensions, csv_sniff, csv_open, table_next, table_close };
const struct lw_format lw_format_tsv = { "tsv", tsv_extensions, tsv_sniff, tsv_open, table_next, table_close };
