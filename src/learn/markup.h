/*
 * markup.h - writing a page: text that cannot become markup, numbers in any locale, charts
 *
 * Everything appends to a buffer and is false when memory is gone.
 */
#ifndef LW_MARKUP_H
#define LW_MARKUP_H

#include "learn/bootstrap.h"
#include "text/buffer.h"

/* Any bytes: markup escaped, bad UTF-8 and control characters replaced. */
bool lw_markup_span(struct lw_buffer *, struct lw_span);
bool lw_markup_text(struct lw_buffer *, const char *);

/* With so many decimals, a point whatever the locale; a dash for NAN. */
bool lw_markup_number(struct lw_buffer *, double, int decimals);
bool lw_markup_percent(struct lw_buffer *, double share);         /* "97.3 %" */
bool lw_markup_interval(struct lw_buffer *, const struct lw_estimate *); /* "94–99 %", or nothing */

/* A table that scrolls inside itself: its head's cells are `columns`, NULL-terminated; the first column is text. */
bool lw_markup_table(struct lw_buffer *, const char *label, const char *const *columns);
bool lw_markup_table_end(struct lw_buffer *);
/* Cells; a share is drawn behind the number. */
bool lw_markup_cell_name(struct lw_buffer *, const char *);
bool lw_markup_cell_count(struct lw_buffer *, uint64_t);
bool lw_markup_cell_share(struct lw_buffer *, double share);
bool lw_markup_cell_interval(struct lw_buffer *, const struct lw_estimate *);
bool lw_markup_cell_number(struct lw_buffer *, double, int decimals);

/* ---- charts (SVG) ---- */

struct lw_axis {
	const char *title;
	double least, most;
	bool log;                       /* least must be above 0 */
	bool percent;                   /* ticks as percentages, else as counts */
};

enum lw_colour { LW_BLUE, LW_ORANGE, LW_GREY };

struct lw_chart {
	struct lw_buffer *out;
	struct lw_axis across, up;
	int legends;
};

struct lw_point { double x, low, y, high; };    /* low and high: of a band, a bar */

/* about: what the chart shows, for those who cannot see it. */
bool lw_chart_begin(struct lw_chart *, const char *title, const char *about);
bool lw_chart_line(struct lw_chart *, const struct lw_point *, size_t n, enum lw_colour, const char *name);
bool lw_chart_band(struct lw_chart *, const struct lw_point *, size_t n, enum lw_colour);
/* A dot with its bar, where low is not NAN, and a text shown when pointed at. */
bool lw_chart_dot(struct lw_chart *, struct lw_point, enum lw_colour, double radius, const char *text);
bool lw_chart_diagonal(struct lw_chart *);
/* caption: markup, said below; may be NULL. */
bool lw_chart_end(struct lw_chart *, const char *caption);

#endif
