/* spamd.h - the spamd door: spamc, Exim and rspamd's scanner connect to it unchanged */
#ifndef LW_SPAMD_H
#define LW_SPAMD_H

#include "serve/serve.h"

extern const struct lw_door_kind lw_door_spamd;

#endif
