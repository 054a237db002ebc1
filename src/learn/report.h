/* report.h - an evaluation as one HTML page that needs no network: figures, curves, tables, the worst mistakes */
#ifndef LW_REPORT_H
#define LW_REPORT_H

#include "learn/evaluate.h"

/* title: what was judged, by what. *out is appended to; false when memory is gone. */
bool lw_report_html(const struct lw_evaluation *, const char *title, struct lw_buffer *out);

#endif
