/* markup.c - text, numbers and tables of a page; false when memory is gone */
#include "learn/markup.h"
#include "read/format.h"

#include <math.h>
#include <string.h>

static bool
put_char(struct lw_buffer *b, char c)
{
	switch (c) {
	case '<':
		return lw_buffer_add_text(b, "&lt;");
	case '>':
		return lw_buffer_add_text(b, "&gt;");
	case '&':
		return lw_buffer_add_text(b, "&amp;");
	case '"':
		return lw_buffer_add_text(b, "&quot;");
	case '\'':
		return lw_buffer_add_text(b, "&#39;");
	default:
		/* HTML has no other control characters */
		if (((unsigned char)c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
			return lw_buffer_add_text(b, "\xef\xbf\xbd");
		return lw_buffer_add(b, &c, 1);
	}
}

bool
lw_markup_span(struct lw_buffer *b, struct lw_span s)
{
	struct lw_buffer clean = { 0 };
	bool done = lw_utf8_repair(&clean, s);

	for (size_t i = 0; i < clean.len && done; i++)
		done = put_char(b, clean.at[i]);
	lw_buffer_free(&clean);
	return done;
}

bool
lw_markup_text(struct lw_buffer *b, const char *text)
{
	return lw_markup_span(b, (struct lw_span){ text, strlen(text) });
}

bool
lw_markup_number(struct lw_buffer *b, double x, int decimals)
{
	unsigned long long scale = 1, whole;

	if (!isfinite(x) || fabs(x) > 1e12)
		return lw_buffer_add_text(b, "–");
	for (int i = 0; i < decimals; i++)
		scale *= 10;
	whole = (unsigned long long)llround(fabs(x) * (double)scale);
	if (x < 0 && whole > 0 && !lw_buffer_add_text(b, "−"))
		return false;
	if (decimals == 0)
		return lw_buffer_addf(b, "%llu", whole);
	return lw_buffer_addf(b, "%llu.%0*llu", whole / scale, decimals, whole % scale);
}

bool
lw_markup_percent(struct lw_buffer *b, double x)
{
	return lw_markup_number(b, 100 * x, 1) && (!isfinite(x) || lw_buffer_add_text(b, "&nbsp;%"));
}

bool
lw_markup_interval(struct lw_buffer *b, const struct lw_estimate *e)
{
	int decimals = e->high < .0995 ? 1 : 0;

	if (!isfinite(e->low))
		return true;
	return lw_markup_number(b, 100 * e->low, decimals) && lw_buffer_add_text(b, "–") &&
	    lw_markup_number(b, 100 * e->high, decimals) && lw_buffer_add_text(b, "&nbsp;%");
}

bool
lw_markup_table(struct lw_buffer *b, const char *label, const char *const *columns)
{
	bool done = lw_buffer_add_text(b, "<div class=\"wrap\" tabindex=\"0\" role=\"region\" aria-label=\"") && lw_markup_text(b, label) &&
	    lw_buffer_add_text(b, "\"><table><thead><tr>");

	for (; *columns != NULL && done; columns++)
		done = lw_buffer_add_text(b, "<th scope=\"col\">") && lw_markup_text(b, *columns) && lw_buffer_add_text(b, "</th>");
	return done && lw_buffer_add_text(b, "</tr></thead><tbody>\n");
}

bool
lw_markup_table_end(struct lw_buffer *b)
{
	return lw_buffer_add_text(b, "</tbody></table></div>\n");
}

bool
lw_markup_cell_name(struct lw_buffer *b, const char *name)
{
	return lw_buffer_add_text(b, "<td><bdi>") && lw_markup_text(b, name) && lw_buffer_add_text(b, "</bdi></td>");
}

bool
lw_markup_cell_count(struct lw_buffer *b, uint64_t n)
{
	return lw_buffer_addf(b, "<td>%llu</td>", (unsigned long long)n);
}

bool
lw_markup_cell_share(struct lw_buffer *b, double share)
{
	if (!isfinite(share))
		return lw_buffer_add_text(b, "<td class=\"soft\">–</td>");
	return lw_buffer_add_text(b, "<td class=\"bar\" style=\"--w:") && lw_markup_number(b, 100 * share, 1) &&
	    lw_buffer_add_text(b, "%\">") && lw_markup_percent(b, share) && lw_buffer_add_text(b, "</td>");
}

bool
lw_markup_cell_interval(struct lw_buffer *b, const struct lw_estimate *e)
{
	return lw_buffer_add_text(b, "<td class=\"soft\">") && lw_markup_interval(b, e) && lw_buffer_add_text(b, "</td>");
}

bool
lw_markup_cell_number(struct lw_buffer *b, double x, int decimals)
{
	return lw_buffer_add_text(b, "<td>") && lw_markup_number(b, x, decimals) && lw_buffer_add_text(b, "</td>");
}
