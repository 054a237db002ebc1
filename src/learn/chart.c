/*
 * chart.c - one small chart in SVG: two axes with ticks, lines, bands, dots
 *
 * Colours are classes of the page's style, so that charts follow light and dark. What lies outside the axes is drawn at
 * their edge. False when memory is gone.
 */
#include "learn/markup.h"

#include <math.h>

enum { WIDE = 400, HIGH = 290, LEFT = 52, TOP = 14, RIGHT = 16, BOTTOM = 44, TICKS_MOST = 8 };

static const char *const colour[] = { [LW_BLUE] = "blue", [LW_ORANGE] = "orange", [LW_GREY] = "grey" };

/* Where on its axis a value stands, 0 to 1. */
static double
place(const struct lw_axis *a, double x)
{
	double p;

	if (a->log)
		p = x > a->least ? log(x / a->least) / log(a->most / a->least) : 0;
	else
		p = (x - a->least) / (a->most - a->least);
	return p < 0 ? 0 : p > 1 ? 1 : p;
}

static double
x_of(const struct lw_chart *c, double x)
{
	return LEFT + place(&c->across, x) * (WIDE - LEFT - RIGHT);
}

static double
y_of(const struct lw_chart *c, double y)
{
	return HIGH - BOTTOM - place(&c->up, y) * (HIGH - TOP - BOTTOM);
}

/* Round values: powers of ten, or up to five steps of 1, 2 or 5 times a power. */
static size_t
ticks_of(const struct lw_axis *a, double *tick)
{
	double step, from;
	size_t n = 0;

	if (a->log) {
		double each = a->most / a->least > 50 ? 10 : 2;

		from = each == 10 ? pow(10, ceil(log10(a->least) - 1e-9)) : a->least;
		for (double x = from; x <= a->most * 1.001 && n < TICKS_MOST; x *= each)
			tick[n++] = x;
		return n;
	}
	step = pow(10, floor(log10((a->most - a->least) / 4)));
	if ((a->most - a->least) / step > 12)
		step *= 5;
	else if ((a->most - a->least) / step > 5)
		step *= 2;
	from = ceil(a->least / step - 1e-9);
	for (int i = 0; n < TICKS_MOST && (from + i) * step <= a->most + step * 1e-6; i++)
		tick[n++] = (from + i) * step;
	return n;
}

static bool
put_tick(struct lw_buffer *b, const struct lw_axis *a, double x)
{
	double shown = a->percent ? 100 * x : x;
	int decimals = shown > 0 && shown < .0995 ? 2 : fabs(shown - rint(shown)) > 1e-6 ? 1 : 0;

	if (!a->percent && shown >= 10000)
		return lw_markup_number(b, shown / 1000, 0) && lw_buffer_add_text(b, "k");
	return lw_markup_number(b, shown, decimals) && (!a->percent || lw_buffer_add_text(b, "%"));
}

static bool
put_place(struct lw_buffer *b, double x, double y)
{
	return lw_markup_number(b, x, 1) && lw_buffer_add_text(b, " ") && lw_markup_number(b, y, 1);
}

static bool
put_axes(struct lw_chart *c)
{
	struct lw_buffer *b = c->out;
	double tick[TICKS_MOST];
	size_t n = ticks_of(&c->up, tick);
	bool done = true;

	for (size_t i = 0; i < n && done; i++)
		done = lw_buffer_add_text(b, "<path class=\"grid\" d=\"M") && put_place(b, LEFT, y_of(c, tick[i])) &&
		    lw_buffer_addf(b, "H%d\"/><text text-anchor=\"end\" x=\"%d\" y=\"", WIDE - RIGHT, LEFT - 6) &&
		    lw_markup_number(b, y_of(c, tick[i]) + 4, 1) && lw_buffer_add_text(b, "\">") && put_tick(b, &c->up, tick[i]) &&
		    lw_buffer_add_text(b, "</text>");
	n = ticks_of(&c->across, tick);
	for (size_t i = 0; i < n && done; i++)
		done = lw_buffer_add_text(b, "<path class=\"grid\" d=\"M") && put_place(b, x_of(c, tick[i]), TOP) &&
		    lw_buffer_addf(b, "V%d\"/><text text-anchor=\"middle\" y=\"%d\" x=\"", HIGH - BOTTOM, HIGH - BOTTOM + 16) &&
		    lw_markup_number(b, x_of(c, tick[i]), 1) && lw_buffer_add_text(b, "\">") && put_tick(b, &c->across, tick[i]) &&
		    lw_buffer_add_text(b, "</text>");
	return done && lw_buffer_addf(b, "<text class=\"axis\" text-anchor=\"middle\" x=\"%d\" y=\"%d\">", (WIDE + LEFT - RIGHT) / 2, HIGH - 8) &&
	    lw_markup_text(b, c->across.title) && lw_buffer_addf(b, "</text><text class=\"axis\" text-anchor=\"middle\" "
	    "transform=\"translate(12 %d) rotate(-90)\">", (HIGH - BOTTOM + TOP) / 2) && lw_markup_text(b, c->up.title) &&
	    lw_buffer_add_text(b, "</text>\n");
}

bool
lw_chart_begin(struct lw_chart *c, const char *title, const char *about)
{
	struct lw_buffer *b = c->out;

	c->legends = 0;
	return lw_buffer_add_text(b, "<figure><h3>") && lw_markup_text(b, title) && lw_buffer_addf(b, "</h3><svg viewBox=\"0 0 %d %d\" role=\"img\" "
	    "aria-label=\"", WIDE, HIGH) && lw_markup_text(b, about) && lw_buffer_add_text(b, "\">") && put_axes(c);
}

bool
lw_chart_line(struct lw_chart *c, const struct lw_point *p, size_t n, enum lw_colour k, const char *name)
{
	struct lw_buffer *b = c->out;
	bool done = lw_buffer_addf(b, "<path class=\"line %s\" d=\"", colour[k]);

	for (size_t i = 0; i < n && done; i++)
		done = lw_buffer_add_text(b, i == 0 ? "M" : "L") && put_place(b, x_of(c, p[i].x), y_of(c, p[i].y));
	done = done && lw_buffer_add_text(b, "\"/>\n");
	if (done && name != NULL) {
		int y = HIGH - BOTTOM - 10 - 16 * c->legends++;

		done = lw_buffer_addf(b, "<path class=\"line %s\" d=\"M%d %dh18\"/><text x=\"%d\" y=\"%d\">", colour[k], LEFT + 8, y - 4,
		    LEFT + 32, y) && lw_markup_text(b, name) && lw_buffer_add_text(b, "</text>");
	}
	return done;
}

bool
lw_chart_band(struct lw_chart *c, const struct lw_point *p, size_t n, enum lw_colour k)
{
	struct lw_buffer *b = c->out;
	bool done = lw_buffer_addf(b, "<path class=\"band %s\" d=\"", colour[k]), first = true;

	for (size_t i = 0; i < n && done; i++) {
		if (!isfinite(p[i].low))
			continue;
		done = lw_buffer_add_text(b, first ? "M" : "L") && put_place(b, x_of(c, p[i].x), y_of(c, p[i].high));
		first = false;
	}
	for (size_t i = n; i-- > 0 && done;)
		if (isfinite(p[i].low))
			done = lw_buffer_add_text(b, "L") && put_place(b, x_of(c, p[i].x), y_of(c, p[i].low));
	return done && lw_buffer_add_text(b, "\"/>\n");
}

bool
lw_chart_dot(struct lw_chart *c, struct lw_point p, enum lw_colour k, double radius, const char *text)
{
	struct lw_buffer *b = c->out;
	bool done = true;

	if (isfinite(p.low))
		done = lw_buffer_addf(b, "<path class=\"line thin %s\" d=\"M", colour[k]) && put_place(b, x_of(c, p.x), y_of(c, p.low)) &&
		    lw_buffer_add_text(b, "V") && lw_markup_number(b, y_of(c, p.high), 1) && lw_buffer_add_text(b, "\"/>");
	return done && lw_buffer_addf(b, "<circle class=\"dot %s\" cx=\"", colour[k]) && lw_markup_number(b, x_of(c, p.x), 1) &&
	    lw_buffer_add_text(b, "\" cy=\"") && lw_markup_number(b, y_of(c, p.y), 1) && lw_buffer_add_text(b, "\" r=\"") &&
	    lw_markup_number(b, radius, 1) && lw_buffer_add_text(b, "\"><title>") && lw_markup_text(b, text) &&
	    lw_buffer_add_text(b, "</title></circle>\n");
}

bool
lw_chart_diagonal(struct lw_chart *c)
{
	return lw_buffer_addf(c->out, "<path class=\"diagonal\" d=\"M%d %dL%d %d\"/>\n", LEFT, HIGH - BOTTOM, WIDE - RIGHT, TOP);
}

bool
lw_chart_end(struct lw_chart *c, const char *caption)
{
	if (!lw_buffer_add_text(c->out, "</svg>"))
		return false;
	if (caption != NULL && !(lw_buffer_add_text(c->out, "<figcaption>") && lw_buffer_add_text(c->out, caption) &&
	    lw_buffer_add_text(c->out, "</figcaption>")))
		return false;
	return lw_buffer_add_text(c->out, "</figure>\n");
}
