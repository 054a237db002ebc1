/* log.h - where the daemon's lines go */
#ifndef LW_LOG_H
#define LW_LOG_H

#include "serve/serve.h"

struct lw_log *lw_log_new(const struct lw_config *);    /* NULL: memory is gone */
void lw_log_free(struct lw_log *);

#endif
