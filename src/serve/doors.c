/* doors.c - the table of doors: add one here */
#include "serve/http.h"
#include "serve/milter.h"
#include "serve/serve.h"
#include "serve/spamd.h"

const struct lw_door_kind *const lw_doors[] = { &lw_door_http, &lw_door_spamd, &lw_door_milter, NULL };
