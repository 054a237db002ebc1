/* page_features.c - what weighs most for each label, and the weights of indicators; false when memory is gone */
#include "learn/page.h"

#include <math.h>
#include <stdlib.h>

static const char *const block_title[LW_BLOCKS] = { [LW_CHARS] = "letters in a row (␣ is a space)", [LW_WORDS] = "words and pairs of words",
	[LW_CONCEPTS] = "concepts", [LW_CONCEPT_PAIRS] = "concepts close together", [LW_INDICATORS] = "indicators", [LW_SHAPES] = "shapes" };

static const char *
expert_name(const struct lw_page *p, uint32_t expert)
{
	if (lw_model_experts(p->report->model) == 1)
		return "";
	return expert == 1 ? "learned from core messages" : "learned from all messages";
}

static bool
put_feature(struct lw_buffer *b, const struct lw_strongest *all, const struct lw_telling *f, double most)
{
	return lw_buffer_add_text(b, "<tr>") && lw_markup_cell_name(b, all->names.at + f->name) &&
	    lw_buffer_addf(b, "<td class=\"soft\">%zu</td><td class=\"bar\" style=\"--w:", f->messages) &&
	    lw_markup_number(b, 100 * f->strength / most, 1) && lw_buffer_add_text(b, "%\" title=\"weight ") &&
	    lw_markup_number(b, f->weight, 3) && lw_buffer_add_text(b, "\">") &&
	    lw_markup_number(b, 100 * (double)f->own / (double)f->messages, 0) && lw_buffer_add_text(b, "&nbsp;%</td></tr>\n");
}

/* The features from `from` that have its expert, label and block; the next one's number. */
static bool
put_kind(const struct lw_page *p, size_t *from)
{
	const struct lw_strongest *all = p->strongest;
	const struct lw_telling *first = &all->at[*from];
	bool done = lw_buffer_addf(p->out, "<div><h4>%s</h4><table><tbody>\n", block_title[first->block]);

	for (; *from < all->n && done; ++*from) {
		const struct lw_telling *f = &all->at[*from];

		if (f->expert != first->expert || f->label != first->label || f->block != first->block)
			break;
		done = put_feature(p->out, all, f, first->strength);
	}
	return done && lw_buffer_add_text(p->out, "</tbody></table></div>\n");
}

bool
lw_page_features(const struct lw_page *p)
{
	const struct lw_strongest *all = p->strongest;
	struct lw_buffer *b = p->out;
	bool done = lw_buffer_addf(b, "<p class=\"soft\">The strongest features of each label, as they stand in %zu of these messages. A bar is "
	    "the strength beside the strongest of the kind: the weight, times how much the feature varies over the messages. Then "
	    "how many messages have the feature, and how many of those bear the label.</p>\n", all->looked);

	for (size_t i = 0; i < all->n && done;) {
		uint32_t label = all->at[i].label, expert = all->at[i].expert;

		done = lw_buffer_add_text(b, "<h3>") && lw_markup_text(b, lurewatch_label(p->report->model, label)) &&
		    lw_buffer_addf(b, " <span class=\"soft\">%s</span></h3><div class=\"kinds\">\n", expert_name(p, expert));
		while (i < all->n && all->at[i].label == label && all->at[i].expert == expert && done)
			done = put_kind(p, &i);
		done = done && lw_buffer_add_text(b, "</div>\n");
	}
	return done && (all->n > 0 || lw_buffer_add_text(b, "<p>None of its features is in these messages.</p>\n"));
}

/* ---- indicators ---- */

struct weighed {
	uint32_t indicator;
	double most;                    /* its largest weight, whatever its sign */
};

static int
heaviest_first(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;

	if (x->most != y->most)
		return x->most > y->most ? -1 : 1;
	return x->indicator < y->indicator ? -1 : 1;
}

static double
largest(const lurewatch *m, uint32_t indicator)
{
	double most = 0;

	for (uint32_t e = 0; e < lw_model_experts(m); e++)
		for (uint32_t k = 0; k < lurewatch_labels(m); k++)
			most = fmax(most, fabs(lw_indicator_weight(m, indicator, e, k)));
	return most;
}

static bool
put_indicator(const struct lw_page *p, uint32_t i)
{
	const lurewatch *m = p->report->model;
	const struct lw_indicator_use *use = &p->strongest->indicator[i];
	struct lw_buffer *b = p->out;
	bool done = lw_buffer_add_text(b, "<tr>") && lw_markup_cell_name(b, lurewatch_indicator_name(m, i)) &&
	    lw_markup_cell_count(b, use->messages) &&
	    lw_markup_cell_share(b, use->messages > 0 ? (double)use->positive / (double)use->messages : NAN);

	for (uint32_t e = lw_model_experts(m); e-- > 0 && done;)
		for (uint32_t k = 0; k < lurewatch_labels(m) && done; k++) {
			double w = lw_indicator_weight(m, i, e, k);

			done = lw_buffer_addf(b, "<td class=\"%s\">", w > 0 ? "up" : w < 0 ? "down" : "soft") && lw_markup_number(b, w, 2) && lw_buffer_add_text(b, "</td>");
		}
	return done && lw_buffer_add_text(b, "<td class=\"wide\">") && lw_markup_text(b, lurewatch_indicator_meaning(m, i)) && lw_buffer_add_text(b, "</td></tr>\n");
}

static bool
put_indicator_head(const struct lw_page *p)
{
	const lurewatch *m = p->report->model;
	struct lw_buffer *b = p->out;
	bool done = lw_buffer_add_text(b, "<div class=\"wrap\" tabindex=\"0\" role=\"region\" aria-label=\"Indicators\"><table><thead><tr>"
	    "<th scope=\"col\">indicator</th><th scope=\"col\">messages</th><th scope=\"col\">to flag</th>");

	for (uint32_t e = lw_model_experts(m); e-- > 0 && done;)
		for (uint32_t k = 0; k < lurewatch_labels(m) && done; k++)
			done = lw_buffer_add_text(b, "<th scope=\"col\">") && lw_markup_text(b, lurewatch_label(m, k)) &&
			    lw_buffer_add_text(b, lw_model_experts(m) == 1 ? "" : e == 1 ? "<br>core" : "<br>all") && lw_buffer_add_text(b, "</th>");
	return done && lw_buffer_add_text(b, "<th scope=\"col\"></th></tr></thead><tbody>\n");
}

bool
lw_page_indicators(const struct lw_page *p)
{
	const lurewatch *m = p->report->model;
	size_t n = lurewatch_indicators(m);
	struct weighed *order = malloc((n + 1) * sizeof *order);
	bool done = order != NULL && lw_buffer_add_text(p->out, "<p class=\"soft\">Above 0 an indicator speaks for a label, below against it; "
	    "the heaviest first.</p>\n") && put_indicator_head(p);

	for (uint32_t i = 0; i < n && order != NULL; i++)
		order[i] = (struct weighed){ i, largest(m, i) };
	if (order != NULL)
		qsort(order, n, sizeof *order, heaviest_first);
	for (size_t i = 0; i < n && done; i++)
		done = put_indicator(p, order[i].indicator);
	free(order);
	return done && lw_markup_table_end(p->out);
}
