/* page_messages.c - the worst mistakes, with the passages that moved the verdict; false when memory is gone */
#include "learn/page.h"

#include <stdlib.h>

enum { MISTAKES = 12, SNIPPET = 600, LEAD = 80, EVIDENCE = 5 };

/* Bytes of the message shown: the beginning, or where the strongest evidence is. */
static struct lw_range
window(struct lw_span text, const lurewatch_evidence *e, size_t n)
{
	size_t start = 0, end;

	if (n > 0 && e[0].end > SNIPPET)
		start = e[0].start > LEAD ? e[0].start - LEAD : 0;
	end = start + SNIPPET < text.len ? start + SNIPPET : text.len;
	while (start > 0 && start < text.len && ((unsigned char)text.at[start] & 0xc0) == 0x80)
		start--;
	while (end < text.len && end > start && ((unsigned char)text.at[end] & 0xc0) == 0x80)
		end--;
	return (struct lw_range){ (uint32_t)start, (uint32_t)end };
}

static int
by_place(const void *a, const void *b)
{
	const lurewatch_evidence *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static bool
put_marked(struct lw_buffer *b, struct lw_span text, struct lw_range shown, const lurewatch_evidence *e, size_t n)
{
	size_t at = shown.start;
	bool done = shown.start == 0 || lw_buffer_add_text(b, "… ");

	for (size_t i = 0; i < n && done; i++) {
		size_t end = e[i].end < shown.end ? e[i].end : shown.end;

		if (e[i].start < at || e[i].start >= shown.end)
			continue;
		done = lw_markup_span(b, (struct lw_span){ text.at + at, e[i].start - at }) &&
		    lw_buffer_addf(b, "<mark class=\"%s\" title=\"", e[i].weight > 0 ? "for" : "against") && lw_markup_number(b, e[i].weight, 2) &&
		    lw_buffer_add_text(b, "\">") && lw_markup_span(b, (struct lw_span){ text.at + e[i].start, end - e[i].start }) &&
		    lw_buffer_add_text(b, "</mark>");
		at = end;
	}
	return done && lw_markup_span(b, (struct lw_span){ text.at + at, shown.end - at }) && (shown.end == text.len || lw_buffer_add_text(b, " …"));
}

static bool
put_about(const struct lw_page *p, uint32_t row)
{
	const struct lw_corpus *c = p->of->corpus;
	const struct lw_row *r = &c->row[row];
	const struct lw_comparison *compared = p->report->comparison;
	struct lw_buffer *b = p->out;
	bool done = lw_buffer_add_text(b, "<span class=\"about\" dir=\"ltr\">risk ");

	if (done && compared != NULL && compared->before->judged[row].risk != p->of->judged[row].risk)
		done = lw_markup_number(b, compared->before->judged[row].risk, 3) && lw_buffer_add_text(b, " before, now ");
	done = done && lw_markup_number(b, p->of->judged[row].risk, 3) && lw_buffer_add_text(b, " · ") && lw_markup_text(b, lw_name(&c->label, r->label)) &&
	    lw_buffer_add_text(b, ", said ") && lw_markup_text(b, p->of->label[p->of->judged[row].said]);
	if (done && r->lang != LW_NO_NAME)
		done = lw_buffer_add_text(b, " · ") && lw_markup_text(b, lw_name(&c->lang, r->lang));
	return done && lw_buffer_add_text(b, " · ") && lw_markup_text(b, lw_name(&c->source, r->source)) && lw_buffer_add_text(b, " · <bdi>") &&
	    lw_markup_span(b, lw_corpus_id(c, row)) && lw_buffer_add_text(b, "</bdi></span>");
}

bool
lw_page_message(const struct lw_page *p, uint32_t row, const char *kind)
{
	struct lw_span text = lw_corpus_text(p->of->corpus, row);
	lurewatch_evidence e[EVIDENCE];
	size_t n = EVIDENCE;
	struct lw_range shown;

	if (p->scorer == NULL)
		n = 0;
	else if (lurewatch_explain(p->scorer, text.at, text.len, e, &n) != LUREWATCH_OK)
		return false;
	shown = window(text, e, n);
	qsort(e, n, sizeof *e, by_place);
	return lw_buffer_addf(p->out, "<blockquote class=\"%s\" dir=\"auto\">", kind) && put_marked(p->out, text, shown, e, n) &&
	    put_about(p, row) && lw_buffer_add_text(p->out, "</blockquote>\n");
}

/* The most wrong first: honest ones with the highest risk, or others with the lowest. */
static size_t
worst(const struct lw_evaluation *v, bool positive, uint32_t *row, size_t *all)
{
	size_t n = 0;

	*all = 0;
	for (uint32_t i = 0; i < v->corpus->n; i++) {
		const struct lw_judgement *j = &v->judged[i];
		size_t at;

		if (!j->judged || v->positive[i] != positive || j->flagged == positive)
			continue;
		++*all;
		at = n < MISTAKES ? n++ : MISTAKES;
		while (at > 0 && (positive ? v->judged[row[at - 1]].risk > j->risk : v->judged[row[at - 1]].risk < j->risk)) {
			if (at < MISTAKES)
				row[at] = row[at - 1];
			at--;
		}
		if (at < MISTAKES)
			row[at] = i;
	}
	return n;
}

static bool
put_mistakes(const struct lw_page *p, bool positive)
{
	uint32_t row[MISTAKES];
	size_t all, n = worst(p->of, positive, row, &all);
	struct lw_buffer *b = p->out;
	bool done = n == 0 ? lw_buffer_add_text(b, "<p>None.</p>\n") : lw_buffer_addf(b, "<p class=\"soft\">%zu of %zu.%s%s</p>\n", n, all,
	    p->scorer != NULL ? " <mark class=\"for\">Marked so</mark>: what speaks for flagging; <mark class=\"against\">so</mark>: against." : "",
	    p->report->of_folds ? " The risk is what a fold said that did not see the message; the marks are of the finished model, which has." : "");

	for (size_t i = 0; i < n && done; i++)
		done = lw_page_message(p, row[i], positive ? "missed" : "wrong");
	return done;
}

bool
lw_page_false_alarms(const struct lw_page *p)
{
	return put_mistakes(p, false);
}

bool
lw_page_missed(const struct lw_page *p)
{
	return put_mistakes(p, true);
}
