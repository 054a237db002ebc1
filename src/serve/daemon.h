/* daemon.h - the daemon's life: open, serve until told to stop, close */
#ifndef LW_DAEMON_H
#define LW_DAEMON_H

#include "serve/config.h"

/* 0 after SIGTERM or SIGINT, else an exit status; what went wrong is on stderr. config->model is set. */
int lw_daemon(const struct lw_config *);

#endif
