/* figures_out.h - what the writers of figures share: values for JSON, and columns of text. False or NULL when memory is gone. */
#ifndef LW_FIGURES_OUT_H
#define LW_FIGURES_OUT_H

#include "learn/findings.h"

#include <jansson.h>

json_t *lw_json_number(double);                         /* null for one that has no answer */
json_t *lw_json_interval(const struct lw_estimate *);   /* [low, high], null when not known */
json_t *lw_json_findings(const struct lw_findings *);

/* "  0.1234", or a dash. */
bool lw_put_figure(struct lw_buffer *, double);
/* "   12- 34%", or "  0.1-0.3%", of ten columns, blank when not known. */
bool lw_put_interval(struct lw_buffer *, const struct lw_estimate *);
bool lw_put_findings(struct lw_buffer *, const struct lw_findings *);

#endif
