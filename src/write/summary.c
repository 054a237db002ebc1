/* summary.c - five tables of counts; fails only without memory */
#include "write/summary.h"

#include "text/names.h"
#include "write/line.h"
#include "write/when.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

enum { LABEL, LANGUAGE, FILE_, DAY, INDICATOR, KINDS };
enum { SHOWN = 10, NAME_COLUMNS = 40, LOOKED_AT = 400 /* bytes of a text, for its script */ };

static const struct {
	const char *title, *member;
	bool by_name;                   /* in the order of names, not of counts */
} kinds[KINDS] = {
	[LABEL] = { "label", "by_label", false },
	[LANGUAGE] = { "language", "by_language", false },
	[FILE_] = { "file", "by_file", false },
	[DAY] = { "day", "by_day", true },
	[INDICATOR] = { "indicator", "by_indicator", false },
};

struct count {
	uint64_t messages, flagged;
};

struct table {
	struct lw_names names;
	struct count *count;
	size_t room;
};

struct lw_summary {
	struct table table[KINDS];
	struct count all;
	uint64_t unreadable;
	struct lw_buffer name;
};

struct lw_summary *
lw_summary_new(void)
{
	return calloc(1, sizeof(struct lw_summary));
}

void
lw_summary_free(struct lw_summary *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < KINDS; i++) {
		lw_names_free(&s->table[i].names);
		free(s->table[i].count);
	}
	lw_buffer_free(&s->name);
	free(s);
}

/* ---- counting ---- */

static bool
tally(struct table *t, struct lw_span name, bool flagged)
{
	size_t had = t->names.n;
	uint32_t i;

	if (!lw_grow(&t->count, &t->room, had + 1, sizeof *t->count))
		return false;
	i = lw_names_add(&t->names, name);
	if (i == LW_NO_NAME)
		return false;
	if (i == had)
		t->count[i] = (struct count){ 0 };
	t->count[i].messages++;
	t->count[i].flagged += flagged;
	return true;
}

static bool
tally_text(struct table *t, const char *name, bool flagged)
{
	return tally(t, (struct lw_span){ name, strlen(name) }, flagged);
}

/* Undetermined, but for the script most of its letters are of: und-Thai (BCP 47). */
static bool
put_script(struct lw_buffer *b, struct lw_span text)
{
	int32_t best = USCRIPT_UNKNOWN;
	unsigned seen[USCRIPT_CODE_LIMIT] = { 0 };

	text.len = text.len < LOOKED_AT ? text.len : LOOKED_AT;
	while (text.len > 0) {
		size_t len;
		UChar32 c = (UChar32)lw_next_character(&text, &len);
		int32_t script = u_isalpha(c) ? u_getIntPropertyValue(c, UCHAR_SCRIPT) : USCRIPT_COMMON;

		if (script <= USCRIPT_INHERITED || script >= USCRIPT_CODE_LIMIT)
			continue;
		seen[script]++;
		if (best == USCRIPT_UNKNOWN || seen[script] > seen[best])
			best = script;
	}
	return lw_buffer_add_text(b, "und") && (best == USCRIPT_UNKNOWN ||
	    (lw_buffer_add(b, "-", 1) && lw_buffer_add_text(b, uscript_getShortName((UScriptCode)best))));
}

static bool
tally_language(struct lw_summary *s, const struct lw_result *r, bool flagged)
{
	struct lw_span lang = r->message->lang;

	if (lang.len > 0)
		return tally(&s->table[LANGUAGE], lang, flagged);
	s->name.len = 0;
	return put_script(&s->name, r->judged) && tally(&s->table[LANGUAGE], (struct lw_span){ s->name.at, s->name.len }, flagged);
}

/* A maildir has as many files as mails. */
static bool
tally_file(struct lw_summary *s, const struct lw_message *m, bool flagged)
{
	const char *slash = strrchr(m->path, '/');
	bool one_mail = m->format != NULL && (strcmp(m->format, "maildir") == 0 || strcmp(m->format, "eml") == 0);

	if (one_mail && slash != NULL)
		return tally(&s->table[FILE_], (struct lw_span){ m->path, (size_t)(slash - m->path) }, flagged);
	return tally_text(&s->table[FILE_], m->path, flagged);
}

static bool
tally_day(struct lw_summary *s, struct lw_span time, bool flagged)
{
	struct lw_when w = lw_when_read(time);

	s->name.len = 0;
	if (!w.known)
		return tally_text(&s->table[DAY], "unknown", flagged);
	return lw_put_day(&s->name, w) && tally(&s->table[DAY], (struct lw_span){ s->name.at, s->name.len }, flagged);
}

bool
lw_summary_add(struct lw_summary *s, const struct lw_result *r)
{
	const lurewatch_verdict *v = r->verdict;
	bool done;

	s->all.messages++;
	if (v == NULL) {
		s->unreadable++;
		return true;
	}
	s->all.flagged += v->flagged;
	done = tally_text(&s->table[LABEL], lurewatch_label(r->model, v->label), v->flagged) &&
	    tally_language(s, r, v->flagged) && tally_file(s, r->message, v->flagged) &&
	    tally_day(s, r->message->time, v->flagged);
	for (size_t i = 0; done && i < v->indicators; i++) {
		const char *name = lurewatch_indicator_name(r->model, v->indicator[i]);

		done = tally_text(&s->table[INDICATOR], name != NULL ? name : "?", v->flagged);
	}
	return done;
}

/* ---- telling ---- */

struct row {
	const char *name;
	struct count count;
};

/* Most flagged first, then most seen, then by name. */
static int
by_weight(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->count.flagged != y->count.flagged)
		return x->count.flagged > y->count.flagged ? -1 : 1;
	if (x->count.messages != y->count.messages)
		return x->count.messages > y->count.messages ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->name, ((const struct row *)b)->name);
}

/* The weightiest first, or the `most` weightiest by name. */
static struct row *
rows_of(const struct lw_summary *s, size_t kind, size_t most, size_t *n)
{
	const struct table *t = &s->table[kind];
	struct row *rows = calloc(t->names.n + 1, sizeof *rows);

	*n = t->names.n;
	for (size_t i = 0; rows != NULL && i < *n; i++)
		rows[i] = (struct row){ lw_name(&t->names, (uint32_t)i), t->count[i] };
	if (rows != NULL && *n > 1)
		qsort(rows, *n, sizeof *rows, by_weight);
	if (rows != NULL && kinds[kind].by_name)
		qsort(rows, *n < most ? *n : most, sizeof *rows, by_name);
	return rows;
}

static bool
put_name(struct lw_buffer *b, const char *name, size_t columns)
{
	size_t used;

	if (!lw_buffer_add_text(b, "  "))
		return false;
	used = lw_put_cell(b, (struct lw_span){ name, strlen(name) }, columns);
	if (used == LW_NO_COLUMNS)
		return false;
	for (; used < columns; used++)
		if (!lw_buffer_add(b, " ", 1))
			return false;
	return true;
}

static bool
table_text(const struct lw_summary *s, size_t kind, struct lw_buffer *b)
{
	size_t n;
	struct row *rows = rows_of(s, kind, SHOWN, &n);
	bool done = rows != NULL;

	if (done && n > 0)
		done = lw_buffer_addf(b, "\n%-*s %12s %12s\n", NAME_COLUMNS + 2, kinds[kind].title, "messages", "flagged");
	for (size_t i = 0; done && i < n && i < SHOWN; i++)
		done = put_name(b, rows[i].name, NAME_COLUMNS) && lw_buffer_addf(b, " %12llu %12llu\n",
		    (unsigned long long)rows[i].count.messages, (unsigned long long)rows[i].count.flagged);
	if (done && n > SHOWN)
		done = lw_buffer_addf(b, "  and %zu more\n", n - SHOWN);
	free(rows);
	return done;
}

bool
lw_summary_text(const struct lw_summary *s, struct lw_buffer *b)
{
	bool done = lw_buffer_addf(b, "%llu messages, %llu flagged", (unsigned long long)s->all.messages,
	    (unsigned long long)s->all.flagged);

	if (done && s->unreadable > 0)
		done = lw_buffer_addf(b, ", %llu unreadable", (unsigned long long)s->unreadable);
	done = done && lw_buffer_add(b, "\n", 1);
	for (size_t i = 0; done && i < KINDS; i++)
		done = table_text(s, i, b);
	return done;
}

static bool
put_counts(struct lw_buffer *b, struct count c)
{
	return lw_buffer_addf(b, "{\"messages\":%llu,\"flagged\":%llu}", (unsigned long long)c.messages,
	    (unsigned long long)c.flagged);
}

static bool
table_json(const struct lw_summary *s, size_t kind, struct lw_buffer *b)
{
	size_t n;
	struct row *rows = rows_of(s, kind, SIZE_MAX, &n);
	bool done = rows != NULL && lw_buffer_addf(b, ",\"%s\":{", kinds[kind].member);

	for (size_t i = 0; done && i < n; i++)
		done = (i == 0 || lw_buffer_add(b, ",", 1)) &&
		    lw_put_json_string(b, (struct lw_span){ rows[i].name, strlen(rows[i].name) }) &&
		    lw_buffer_add(b, ":", 1) && put_counts(b, rows[i].count);
	free(rows);
	return done && lw_buffer_add(b, "}", 1);
}

bool
lw_summary_json(const struct lw_summary *s, struct lw_buffer *b)
{
	bool done = lw_buffer_addf(b, "{\"messages\":%llu,\"flagged\":%llu,\"unreadable\":%llu",
	    (unsigned long long)s->all.messages, (unsigned long long)s->all.flagged, (unsigned long long)s->unreadable);

	for (size_t i = 0; done && i < KINDS; i++)
		done = table_json(s, i, b);
	return done && lw_buffer_add_text(b, "}\n");
}
