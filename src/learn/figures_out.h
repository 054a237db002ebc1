/* figures_out.h - what the writers of figures share: values for JSON, and columns of text. False or NULL when memory is gone. */
#ifndef LW_FIGURES_OUT_H
#define LW_FIGURES_OUT_H

#include "learn/summary.h"

#include <jansson.h>

json_t *lw_json_number(double);                         /* null for one that has no answer */
json_t *lw_json_interval(const struct lw_estimate *);   /* [low, high], null when not known */
json_t *lw_json_summary(const struct lw_summary *);

/* "  0.1234", or a dash. */
bool lw_put_figure(struct lw_buffer *, double);
/* "   12- 34%", or "  0.1-0.3%", of ten columns, blank when not known. */
bool lw_put_interval(struct lw_buffer *, const struct lw_estimate *);
bool lw_put_summary(struct lw_buffer *, const struct lw_summary *);

#endif
