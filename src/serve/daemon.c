/*
 * daemon.c - the daemon's life
 *
 * Sockets are bound first, then privileges go, then the model is opened and the workers and doors start, so
 * that what cannot be done is said before the first message is taken. The main thread then has the signals,
 * the clock and the model file: it looks at the file's stat once a second, which sees a rename, a new target
 * of a symbolic link and a copy over a network alike, and reloads once the file has stood still for a second.
 */
#include "serve/counters.h"
#include "serve/daemon.h"
#include "serve/desk.h"
#include "serve/log.h"
#include "serve/notify.h"
#include "serve/privilege.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DOORS_MAX = 16, EXIT_CANNOT = 2, TICK_MS = 1000 };

struct daemon {
	struct lw_server server;
	void *state[DOORS_MAX];
	bool started[DOORS_MAX];
	int signals;
	struct stat model, seen;        /* of the model in use; at the last tick */
};

static bool
no_memory(struct lw_buffer *why)
{
	lw_buffer_add_text(why, "out of memory");
	return false;
}

static bool
take_signals(struct daemon *d, struct lw_buffer *why)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGPIPE);       /* blocked here and in every thread: a client that went away is an error of write */
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigdelset(&set, SIGPIPE);
	d->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (d->signals < 0)
		lw_buffer_addf(why, "signals: %s", strerror(errno));
	return d->signals >= 0;
}

static bool
open_doors(struct daemon *d, struct lw_buffer *why)
{
	bool any = false;

	for (int i = 0; lw_doors[i] != NULL; i++) {
		if (!lw_doors[i]->open(&d->server, &d->state[i], why))
			return false;
		any = any || d->state[i] != NULL;
	}
	if (!any)
		lw_buffer_add_text(why, "no door is open: name an address, as --http 8073, --spamd 783 or --milter unix:/run/lurewatch/milter");
	return any;
}

static bool
start_doors(struct daemon *d, struct lw_buffer *why)
{
	for (int i = 0; lw_doors[i] != NULL; i++)
		if (d->state[i] != NULL) {
			d->started[i] = true;
			if (!lw_doors[i]->start(d->state[i], why))
				return false;
		}
	return true;
}

static bool
open_daemon(struct daemon *d, struct lw_buffer *why)
{
	struct lw_server *s = &d->server;

	if (!take_signals(d, why))
		return false;
	lw_raise_descriptor_limit();
	s->counters = lw_counters_new();
	s->log = lw_log_new(s->config);
	if (s->counters == NULL || s->log == NULL)
		return no_memory(why);
	if (!open_doors(d, why) || !lw_drop_privileges(s->config, why))
		return false;
	/* before it is opened: a change in between is seen as one */
	stat(s->config->model, &d->model);
	d->seen = d->model;
	s->desk = lw_desk_open(s, why);
	return s->desk != NULL && start_doors(d, why);
}

static void
close_daemon(struct daemon *d)
{
	for (int i = 0; lw_doors[i] != NULL; i++)
		if (d->state[i] != NULL)
			lw_doors[i]->stop(d->state[i]);
	lw_desk_close(d->server.desk);
	lw_log_free(d->server.log);
	lw_counters_free(d->server.counters);
	if (d->signals >= 0)
		close(d->signals);
}

/* ---- the model file ---- */

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void
reload(struct daemon *d)
{
	struct lw_buffer why = { 0 };

	lw_notify("RELOADING=1");
	stat(d->server.config->model, &d->model);
	d->seen = d->model;
	lw_desk_reload(&d->server, &why);
	lw_notify("READY=1");
	lw_buffer_free(&why);
}

static void
look_at_model(struct daemon *d)
{
	struct stat now;

	if (!d->server.config->watch || stat(d->server.config->model, &now) != 0)
		return;
	if (!same_file(&now, &d->model) && same_file(&now, &d->seen))
		reload(d);
	d->seen = now;
}

/* ---- the loop ---- */

/* false: stop. */
static bool
take_signal(struct daemon *d)
{
	struct signalfd_siginfo info;

	if (read(d->signals, &info, sizeof info) != (ssize_t)sizeof info)
		return true;
	if (info.ssi_signo != SIGHUP)
		return false;
	reload(d);
	return true;
}

static void
tick(struct daemon *d)
{
	lw_desk_tick(d->server.desk);
	for (int i = 0; lw_doors[i] != NULL; i++)
		if (d->state[i] != NULL && lw_doors[i]->tick != NULL)
			lw_doors[i]->tick(d->state[i]);
	look_at_model(d);
	if (getenv("WATCHDOG_USEC") != NULL)
		lw_notify("WATCHDOG=1");
}

static void
serve(struct daemon *d)
{
	struct pollfd p = { .fd = d->signals, .events = POLLIN };
	int64_t next = lw_now();

	for (;;) {
		int64_t now = lw_now();

		if (now >= next) {
			tick(d);
			next = now + TICK_MS * LW_MILLISECOND;
		}
		if (poll(&p, 1, (int)((next - now) / LW_MILLISECOND) + 1) > 0 && !take_signal(d))
			return;
	}
}

int
lw_daemon(const struct lw_config *config)
{
	struct daemon d = { .server.config = config, .signals = -1 };
	struct lw_buffer why = { 0 };
	bool opened = open_daemon(&d, &why);

	if (opened) {
		struct lw_held *held = lw_desk_model(d.server.desk);

		lw_log(d.server.log, "event=start version=%s model=%s", lurewatch_version(), lw_held_identity(held));
		lw_held_release(held);
		lw_notify("READY=1");
		serve(&d);
		lw_notify("STOPPING=1");
		lw_log(d.server.log, "event=stop");
	} else {
		fprintf(stderr, "lurewatchd: %.*s\n", (int)why.len, why.at);
	}
	lw_buffer_free(&why);
	close_daemon(&d);
	return opened ? EXIT_SUCCESS : EXIT_CANNOT;
}
