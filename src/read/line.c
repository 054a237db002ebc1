/*
 * line.c - the text a LINE chat is saved to, by phones ("TIME<tab>SENDER<tab>TEXT") and computers ("TIME SENDER TEXT")
 *
 * A line that begins with a time of day begins a record; the lines after it are
 * the message's. Headings and lines that are only a date are structure: they
 * stay when messages are filtered out, for the times hang on them. What stands
 * before the first time of day is a record of its own. No bytes are malformed.
 */
#include "read/format.h"
#include "read/stamp.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 1 << 16, LONGEST_TIME = 32 };

struct line {
	bool spaced;                /* a computer's: blanks, not tabs */
	size_t headings;            /* lines of heading passed over */
	bool begun;
	struct lw_stamp date;
	struct lw_buffer conversation, time;
};

/* Length of the time of day and the tab or blank after it, 0: the line does not begin so. */
static size_t
clock_head(struct lw_span line, char end, struct lw_stamp *clock)
{
	const char *at = line.len > 0 ? memchr(line.at, end, line.len < LONGEST_TIME ? line.len : LONGEST_TIME) : NULL;

	return at != NULL && lw_stamp_clock((struct lw_span){ line.at, (size_t)(at - line.at) }, clock) ?
	    (size_t)(at - line.at) + 1 : 0;
}

static bool
begins_message(const struct lw_source *s, struct lw_span line)
{
	const struct line *l = s->state;
	struct lw_stamp stamp;

	return clock_head(line, l->spaced ? ' ' : '\t', &stamp) > 0 || lw_stamp_date(line, &stamp);
}

/* ---- the heading ---- */

static const char *const before_name[] = { "Chat history with ", "Chat history in ", "ประวัติการสนทนากับ ", "ประวัติการแชทกับ ",
	"Riwayat obrolan dengan ", "與", "与" };
static const char *const after_name[] = { "とのトーク履歴", "のトーク履歴", "的聊天記錄", "的聊天记录", "님과의 대화" };

/* "[LINE] Chat history with Anna", in newer versions without the brackets */
static bool
is_heading(struct lw_span line, struct lw_span *name)
{
	static const char mark[] = "[LINE]";
	size_t marks = lw_stamp_marks(line);
	bool found;

	*name = lw_span_trim((struct lw_span){ line.at + marks, line.len - marks });
	found = name->len > sizeof mark && memcmp(name->at, mark, sizeof mark - 1) == 0;
	if (found)
		*name = lw_span_trim((struct lw_span){ name->at + sizeof mark - 1, name->len - (sizeof mark - 1) });
	for (size_t i = 0; i < sizeof before_name / sizeof before_name[0]; i++) {
		size_t n = strlen(before_name[i]);

		if (name->len <= n || memcmp(name->at, before_name[i], n) != 0)
			continue;
		found |= n > 3;     /* one ideograph alone says nothing */
		*name = (struct lw_span){ name->at + n, name->len - n };
		break;
	}
	for (size_t i = 0; i < sizeof after_name / sizeof after_name[0]; i++) {
		size_t n = strlen(after_name[i]);

		if (name->len <= n || memcmp(name->at + name->len - n, after_name[i], n) != 0)
			continue;
		found = true;
		name->len -= n;
		break;
	}
	return found;
}

/* ---- the format ---- */

/* A line that is a date, and right after it one that begins with a time of day. */
static bool
has_day(struct lw_span head, char end)
{
	struct lw_stamp stamp;
	bool dated = false;

	while (head.len > 0) {
		struct lw_span line = lw_span_line(&head);

		if (dated && clock_head(line, end, &stamp) > 0)
			return true;
		dated = lw_stamp_date(line, &stamp);
	}
	return false;
}

/* With blanks for tabs it may be anybody's notes: then the first line must be a date or a heading. */
static int
line_sniff(struct lw_span head)
{
	struct lw_span rest = head, name, first = lw_span_line(&rest);
	struct lw_stamp date;
	bool heading = is_heading(first, &name);

	if (has_day(head, '\t'))
		return heading ? 95 : 75;
	return (heading || lw_stamp_date(first, &date)) && has_day(head, ' ') ? 75 : 0;
}

static lurewatch_error
line_open(struct lw_source *s)
{
	s->state = calloc(1, sizeof(struct line));
	if (s->state == NULL)
		return lw_source_no_memory(s);
	s->document = true;
	/* a failure to read belongs to the records */
	lw_stream_peek(s->stream, HEAD);
	((struct line *)s->state)->spaced = !has_day(lw_stream_window(s->stream), '\t') &&
	    has_day(lw_stream_window(s->stream), ' ');
	return LUREWATCH_OK;
}

static void
line_close(struct lw_source *s)
{
	struct line *l = s->state;

	if (l == NULL)
		return;
	lw_buffer_free(&l->conversation);
	lw_buffer_free(&l->time);
	free(l);
}

/* A heading, the line below it that says when it was saved, a date, or blank. False: no memory. */
static bool
read_structure(struct line *l, struct lw_span line, bool *is_one)
{
	struct lw_stamp date;
	struct lw_span name = { "", 0 };

	*is_one = lw_span_trim(line).len == 0;
	if (*is_one)
		return true;
	*is_one = lw_stamp_date(line, &date);
	if (*is_one)
		l->date = date;
	l->begun |= *is_one;
	if (l->begun)
		return true;
	*is_one = l->headings == 0 ? is_heading(line, &name) : l->headings == 1 && memchr(line.at, '\t', line.len) == NULL;
	l->headings++;
	l->begun = !*is_one;
	return lw_buffer_add(&l->conversation, name.at, *is_one ? name.len : 0);
}

/* Takes the lines of structure at the window's start. */
static lurewatch_error
pass_structure(struct lw_source *s)
{
	for (;;) {
		struct lw_cut cut = { 0 };
		lurewatch_error e = lw_stream_line(s->stream, &cut);
		struct lw_span taken;
		bool is_one;

		if (e != LUREWATCH_OK || cut.dropped || cut.to == 0)
			return e;
		if (!read_structure(s->state, (struct lw_span){ lw_stream_window(s->stream).at, cut.to }, &is_one))
			return lw_source_no_memory(s);
		if (!is_one)
			return LUREWATCH_OK;
		taken = lw_stream_take(s->stream, cut.to);
		if (!lw_buffer_add(s->before, taken.at, taken.len))
			return lw_source_no_memory(s);
	}
}

/* "SENDER<end>TEXT"; without a sender it is the app that speaks */
static void
cut_sender(struct lw_span *text, char end, struct lw_span *sender)
{
	struct lw_span rest = *text, line = lw_span_line(&rest);
	const char *at = line.len > 0 ? memchr(line.at, end, line.len) : NULL;

	if (at == NULL)
		return;
	*sender = lw_span_trim((struct lw_span){ line.at, (size_t)(at - line.at) });
	text->len -= (size_t)(at - text->at) + 1;
	text->at = at + 1;
}

/* A text of several lines stands in quotes in newer exports. */
static struct lw_span
unquoted(struct lw_span text)
{
	text = lw_span_trim(text);
	if (text.len > 2 && text.at[0] == '"' && text.at[text.len - 1] == '"' && memchr(text.at, '\n', text.len) != NULL)
		text = (struct lw_span){ text.at + 1, text.len - 2 };
	return text;
}

static enum lw_date_order
order_of(const struct lw_stamp *date)
{
	enum lw_date_order order = lw_stamp_order(date);

	return order != LW_ORDER_UNKNOWN ? order : date->lettered ? LW_MONTH_FIRST : LW_DAY_FIRST;
}

static lurewatch_error
line_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct line *l = s->state;
	struct lw_stamp clock, when;
	struct lw_span text;
	char end = l->spaced ? ' ' : '\t';
	size_t head;
	lurewatch_error e = pass_structure(s);

	if (e == LUREWATCH_OK)
		e = lw_source_lines(s, begins_message, m, &text, got);
	if (e != LUREWATCH_OK || !*got || m->error != NULL)
		return e;
	l->begun = true;
	l->time.len = 0;
	head = clock_head(text, end, &clock);
	if (head > 0) {
		when = l->date;
		when.hour = clock.hour;
		when.minute = clock.minute;
		when.second = clock.second;
		when.half = clock.half;
		if (!lw_stamp_iso(&when, order_of(&l->date), &l->time))
			return lw_source_no_memory(s);
		text.at += head;
		text.len -= head;
		cut_sender(&text, end, &m->sender);
	}
	m->text = unquoted(text);
	m->time = (struct lw_span){ l->time.at, l->time.len };
	m->conversation = (struct lw_span){ l->conversation.at, l->conversation.len };
	m->channel = LW_SPAN("line");
	return LUREWATCH_OK;
}

const struct lw_format lw_format_line = { "line", NULL, line_sniff, line_open, line_next, line_close };
