/* milter.h - the milter door, for Postfix and Sendmail, by libmilter */
#ifndef LW_MILTER_H
#define LW_MILTER_H

#include "serve/serve.h"

extern const struct lw_door_kind lw_door_milter;

#endif
