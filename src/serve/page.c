/*
 * page.c - the page for a person: paste a message, see the verdict and its reasons
 *
 * A plain form, so it works in any browser without a script. What is pasted is judged, shown back and forgotten:
 * the page promises so, and its text is never in the log, whatever log-text says.
 */
#include "read/format.h"
#include "serve/files.h"
#include "serve/form.h"
#include "serve/http.h"
#include "write/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL_BOX = 4, LARGE_BOX = 9 };  /* rows */
#define FAINT 0.2                       /* passages that weigh less than this share of the heaviest are left unmarked */

struct page {
	struct lw_request *request;
	struct lw_buffer *out;
	struct lw_buffer text;          /* good UTF-8, line breaks as \n */
	struct lw_answer answer;
	bool lost;                      /* memory is gone */
};

static struct lw_span
span(const char *text)
{
	return (struct lw_span){ text, strlen(text) };
}

static void
put(struct page *p, const char *section, const struct lw_value *value, size_t n)
{
	p->lost = !lw_put_section(p->out, lw_page_file(), section, value, n) || p->lost;
}

static bool
has_section(const char *name)
{
	return lw_section(lw_page_file(), name).at != NULL;
}

/* Sections are texts with a line break at their end; inside a sentence it is not wanted. */
static struct lw_span
words(const char *section)
{
	struct lw_span s = lw_section(lw_page_file(), section);

	return s.at != NULL ? lw_span_trim(s) : s;
}

static void
begin(struct page *p, struct lw_span title)
{
	struct lw_value value = { "title", title, false };

	p->request->type = "text/html; charset=utf-8";
	p->request->out.len = 0;
	put(p, "head", &value, 1);
}

static void
put_form(struct page *p, const char *label, struct lw_span text, unsigned rows)
{
	char number[16];
	struct lw_value value[] = { { "label", span(label), false }, { "rows", { number, 0 }, true }, { "text", text, false } };

	value[1].value.len = (size_t)snprintf(number, sizeof number, "%u", rows);
	put(p, "form", value, 3);
}

static void
finish(struct page *p)
{
	put(p, "foot", NULL, 0);
	if (p->lost)
		lw_request_refuse(p->request, 503, "out of memory");
	lw_answer_free(&p->answer);
	lw_buffer_free(&p->text);
}

void
lw_http_page(struct lw_request *r, struct lw_seat *seat)
{
	struct page p = { .request = r, .out = &r->out };

	(void)seat;
	begin(&p, span("Lurewatch: is this offer or message a trap?"));
	put(&p, "intro", NULL, 0);
	put_form(&p, "The offer or message", span(""), LARGE_BOX);
	finish(&p);
}

void
lw_http_css(struct lw_request *r, struct lw_seat *seat)
{
	struct lw_span css = lw_css_file();

	(void)seat;
	r->type = "text/css; charset=utf-8";
	if (!lw_buffer_add(&r->out, css.at, css.len))
		lw_request_refuse(r, 503, "out of memory");
}

/* ---- the verdict ---- */

/* What the sections are named by: the label where it has words of its own. */
static const char *
kind_of(const struct page *p, char *room, size_t size)
{
	const struct lw_answer *a = &p->answer;
	const lurewatch_verdict *v = &a->verdict;
	double threshold = p->request->server->config->threshold;

	if (threshold < 0)
		threshold = lurewatch_threshold(a->model);
	if (!v->flagged && v->risk >= threshold / 2)
		return "unsure";
	snprintf(room, size, "title-%s", lurewatch_label(a->model, v->label));
	if (has_section(room))
		return room + strlen("title-");
	return v->flagged ? "flagged" : "clean";
}

static struct lw_span
section_of(const char *what, const char *kind)
{
	char name[96];

	snprintf(name, sizeof name, "%s-%s", what, kind);
	return words(name);
}

static void
put_odds(struct lw_buffer *b, double risk, bool *lost)
{
	char n[16];
	struct lw_value value = { "n", { n, 0 }, true };
	const char *section = risk > 0.99 ? "odds-high" : risk < 0.01 ? "odds-low" : "odds";

	value.value.len = (size_t)snprintf(n, sizeof n, "%d", (int)(risk * 100 + 0.5));
	*lost = !lw_template_put(b, words(section), LW_ESCAPE_MARKUP, &value, 1) || *lost;
}

static void
put_verdict(struct page *p, const char *kind)
{
	double risk = p->answer.verdict.risk;
	const char *class = p->answer.verdict.flagged ? "danger" : strcmp(kind, "unsure") == 0 ? "unsure" : "fine";
	struct lw_buffer number = { 0 }, odds = { 0 };
	char percent[32];

	if (risk > 0.99 || risk < 0.01)
		snprintf(percent, sizeof percent, "%s", risk > 0.5 ? "over 99 %" : "under 1 %");
	else
		snprintf(percent, sizeof percent, "%d %%", (int)(risk * 100 + 0.5));
	put_odds(&odds, risk, &p->lost);
	p->lost = !lw_put_fixed(&number, risk, 4) || p->lost;
	{
		struct lw_value value[] = { { "class", span(class), false }, { "title", section_of("title", kind), false },
			{ "words", section_of("words", kind), false }, { "risk", { number.at, number.len }, true },
			{ "percent", span(percent), false }, { "odds", { odds.at, odds.len }, true } };

		put(p, "verdict", value, sizeof value / sizeof value[0]);
	}
	lw_buffer_free(&number);
	lw_buffer_free(&odds);
}

/* ---- the message with its passages ---- */

static int
by_place(const void *a, const void *b)
{
	const lurewatch_evidence *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static double
size_of(double weight)
{
	return weight < 0 ? -weight : weight;
}

static bool
put_passage(struct lw_buffer *b, struct lw_span text, const lurewatch_evidence *e, double most)
{
	bool strong = size_of(e->weight) >= most / 2;

	return lw_buffer_addf(b, "<mark class=\"%s%s\">", e->weight > 0 ? "for" : "against", strong ? " strong" : "") &&
	    lw_put_escaped(b, (struct lw_span){ text.at + e->start, e->end - e->start }, LW_ESCAPE_MARKUP) &&
	    lw_buffer_add_text(b, "</mark>");
}

static bool
put_marked(struct lw_buffer *b, struct lw_span text, lurewatch_evidence *e, size_t n)
{
	size_t at = 0;
	double most = n > 0 ? size_of(e[0].weight) : 0;
	bool done = true;

	qsort(e, n, sizeof *e, by_place);
	for (size_t i = 0; done && i < n; i++) {
		if (size_of(e[i].weight) < most * FAINT)
			continue;
		done = lw_put_escaped(b, (struct lw_span){ text.at + at, e[i].start - at }, LW_ESCAPE_MARKUP) &&
		    put_passage(b, text, &e[i], most);
		at = e[i].end;
	}
	return done && lw_put_escaped(b, (struct lw_span){ text.at + at, text.len - at }, LW_ESCAPE_MARKUP);
}

static void
put_message(struct page *p)
{
	static const struct {
		unsigned note;
		const char *section;
	} noted[] = { { LUREWATCH_NOTE_HIDDEN, "note-hidden" }, { LUREWATCH_NOTE_LOOKALIKE, "note-lookalike" },
		{ LUREWATCH_NOTE_CUT, "note-cut" } };
	struct lw_buffer marked = { 0 }, notes = { 0 };
	struct lw_value value[2] = { { "message", { "", 0 }, true }, { "notes", { "", 0 }, true } };

	p->lost = !put_marked(&marked, (struct lw_span){ p->text.at, p->text.len }, p->answer.evidence, p->answer.evidences) ||
	    p->lost;
	for (size_t i = 0; i < sizeof noted / sizeof noted[0]; i++)
		if ((p->answer.verdict.notes & noted[i].note) != 0)
			p->lost = !lw_put_section(&notes, lw_page_file(), noted[i].section, NULL, 0) || p->lost;
	value[0].value = (struct lw_span){ marked.at, marked.len };
	value[1].value = (struct lw_span){ notes.at, notes.len };
	put(p, "message", value, 2);
	lw_buffer_free(&marked);
	lw_buffer_free(&notes);
}

/* ---- the signs ---- */

static bool
put_sign(struct lw_buffer *b, const lurewatch *model, size_t i)
{
	const char *name = lurewatch_indicator_name(model, i), *meaning = lurewatch_indicator_meaning(model, i);
	struct lw_buffer plain = { 0 };
	bool done = lw_buffer_add_text(&plain, name);
	struct lw_value value[2] = { { "name", { "", 0 }, false }, { "meaning", span(meaning), false } };

	for (size_t k = 0; done && k < plain.len; k++)
		if (plain.at[k] == '-')
			plain.at[k] = ' ';
	value[0].value = (struct lw_span){ plain.at, plain.len };
	done = done && lw_put_section(b, lw_page_file(), "sign", value, 2);
	lw_buffer_free(&plain);
	return done;
}

/* Those of one side, or a sentence that there are none. */
static void
put_signs(struct page *p, const char *section, bool honest, const char *none)
{
	const lurewatch *model = p->answer.model;
	struct lw_buffer list = { 0 };
	struct lw_value value = { "list", { "", 0 }, true };
	bool any = false, done = true;

	for (size_t i = 0; i < p->answer.verdict.indicators; i++) {
		size_t number = p->answer.verdict.indicator[i];

		if ((strcmp(lurewatch_indicator_side(model, number), "honest") == 0) != honest)
			continue;
		done = done && (any || lw_buffer_add_text(&list, "<ul class=\"signs\">\n")) && put_sign(&list, model, number);
		any = true;
	}
	done = done && (any ? lw_buffer_add_text(&list, "</ul>") : lw_put_section(&list, lw_page_file(), none, NULL, 0));
	p->lost = !done || p->lost;
	value.value = (struct lw_span){ list.at, list.len };
	put(p, section, &value, 1);
	lw_buffer_free(&list);
}

/* ---- the request ---- */

/* Line breaks of forms are CR LF; judged is what was pasted. */
static bool
take_text(struct lw_span body, struct lw_buffer *text)
{
	struct lw_form form = { 0 };
	bool done = lw_form_read(&form, body) && lw_utf8_repair(text, lw_form_get(&form, "text"));
	size_t to = 0;

	for (size_t i = 0; i < text->len; i++)
		if (text->at[i] != '\r' || i + 1 == text->len || text->at[i + 1] != '\n')
			text->at[to++] = text->at[i];
	text->len = to;
	lw_form_free(&form);
	return done;
}

static void
put_busy(struct page *p, enum lw_outcome outcome)
{
	struct lw_value value = { "words", words(outcome == LW_TOO_LARGE ? "large-words" : "busy-words"), false };

	p->request->status = outcome == LW_TOO_LARGE ? 413 : 503;
	begin(p, span("Lurewatch: no verdict"));
	put(p, "busy", &value, 1);
	put_form(p, "The offer or message", (struct lw_span){ p->text.at, p->text.len }, LARGE_BOX);
}

static void
put_answer(struct page *p)
{
	const lurewatch_verdict *v = &p->answer.verdict;
	char room[80];
	const char *kind = kind_of(p, room, sizeof room);

	begin(p, section_of("title", kind));
	put_verdict(p, kind);
	put_message(p);
	put_signs(p, "signs", false, "no-signs");
	put_signs(p, "honest", true, v->flagged ? "no-honest" : "no-honest-clean");
	put(p, v->flagged && strcmp(kind, "recruitment") == 0 ? "next-recruitment" : v->flagged ? "next-fraud" : "next-clean", NULL, 0);
	put(p, "again", NULL, 0);
	put_form(p, "Another offer or message", span(""), SMALL_BOX);
}

void
lw_http_check(struct lw_request *r, struct lw_seat *seat)
{
	struct page p = { .request = r, .out = &r->out };
	struct lw_note note = { .door = LW_DOOR_PAGE, .client = { r->peer, strlen(r->peer) }, .answer = &p.answer,
		.begun = r->begun };

	p.lost = !take_text(r->body, &p.text);
	note.outcome = p.lost ? LW_FAILED : lw_judge(seat, (struct lw_span){ p.text.at, p.text.len }, true, &p.answer);
	lw_report(r->server, &note);
	if (note.outcome == LW_JUDGED)
		put_answer(&p);
	else
		put_busy(&p, note.outcome);
	finish(&p);
}

void
lw_http_check_unjudged(struct lw_request *r, enum lw_outcome outcome)
{
	struct page p = { .request = r, .out = &r->out };

	p.lost = outcome != LW_TOO_LARGE && !take_text(r->body, &p.text);
	put_busy(&p, outcome);
	finish(&p);
}
