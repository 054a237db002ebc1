/*
 * milter.c - the milter door, by libmilter
 *
 * libmilter has state of the whole process: one filter, one socket, threads of its own, a thread that waits
 * for signals. All of that is in this file. A mail is gathered in the state of its connection and judged at
 * its end, where alone a milter may change it (milter_act.c).
 */
#include "read/mail.h"
#include "serve/milter.h"
#include "serve/milter_act.h"
#include "serve/privilege.h"
#include "write/write.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOM_KEPT = 65536 };

/* Not asked for, or not answered, to save the MTA's time. */
#define STEPS_LEFT_OUT (SMFIP_NOHELO | SMFIP_NORCPT | SMFIP_NODATA | SMFIP_NOUNKNOWN)
#define STEPS_UNANSWERED (SMFIP_NR_CONN | SMFIP_NR_MAIL | SMFIP_NR_HDR | SMFIP_NR_EOH)

static struct {
	struct lw_server *server;
	struct lw_milter_rules rules;
	pthread_t thread;
	atomic_bool stopping;
	pthread_rwlock_t lock;          /* read by each callback that uses the server; written when that must end */
} door = { .lock = PTHREAD_RWLOCK_INITIALIZER };

/*
 * libmilter's own thread waits for SIGHUP, SIGTERM and SIGINT by this call and stops the filter at any of
 * them; here they are the daemon's, which reloads at SIGHUP. Nothing else in the process calls it.
 */
__attribute__((visibility("default"))) int
sigwait(const sigset_t *set, int *signal_number)
{
	(void)set;
	(void)signal_number;
	for (;;)
		pause();
}

/* false: the daemon ends, the server must not be touched. true: leave() follows. */
static bool
enter(void)
{
	if (door.stopping)
		return false;
	pthread_rwlock_rdlock(&door.lock);
	if (!door.stopping)
		return true;
	pthread_rwlock_unlock(&door.lock);
	return false;
}

static void
leave(void)
{
	pthread_rwlock_unlock(&door.lock);
}

/* ---- gathering a mail ---- */

static void
release(struct lw_milter_session *s)
{
	lw_buffer_free(&s->raw);
	if (s->charged > 0 && enter()) {
		lw_desk_give(door.server->desk, s->charged);
		leave();
	}
	s->charged = 0;
}

static void
begin(struct lw_milter_session *s)
{
	if (s->raw.room > ROOM_KEPT)
		release(s);
	s->raw.len = s->subject.len = 0;
	s->forged = 0;
	s->full = false;
	s->lost = LW_JUDGED;
}

/* Memory is charged to the desk by what the buffer really holds. */
static enum lw_outcome
make_room(struct lw_milter_session *s, size_t len)
{
	if (!lw_buffer_reserve(&s->raw, len))
		return LW_FAILED;
	if (s->raw.room <= s->charged)
		return LW_JUDGED;
	if (!lw_desk_take(door.server->desk, s->raw.room - s->charged))
		return LW_OVERLOADED;
	s->charged = s->raw.room;
	return LW_JUDGED;
}

static void
gather(struct lw_milter_session *s, const char *at, size_t len)
{
	size_t most;

	if (s->full || s->lost != LW_JUDGED || !enter())
		return;
	most = door.server->config->message_size - s->raw.len;
	s->full = len >= most;
	s->lost = make_room(s, len < most ? len : most);
	if (s->lost == LW_JUDGED)
		lw_buffer_add(&s->raw, at, len < most ? len : most);
	leave();
}

static void
gather_text(struct lw_milter_session *s, const char *text)
{
	gather(s, text, strlen(text));
}

/* ---- libmilter's callbacks ---- */

static sfsistat
unanswered(const struct lw_milter_session *s, unsigned long step)
{
	return (s->steps & step) != 0 ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static struct lw_milter_session *
session_of(SMFICTX *ctx)
{
	struct lw_milter_session *s = smfi_getpriv(ctx);

	if (s != NULL)
		return s;
	s = calloc(1, sizeof *s);
	if (s != NULL)
		smfi_setpriv(ctx, s);
	return s;
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps, unsigned long unused2, unsigned long unused3,
    unsigned long *want_actions, unsigned long *want_steps, unsigned long *want2, unsigned long *want3)
{
	struct lw_milter_session *s = session_of(ctx);

	(void)unused2;
	(void)unused3;
	/* without headers there is nothing to be done: the MTA's default for a missing milter applies */
	if (s == NULL || (~actions & (SMFIF_ADDHDRS | SMFIF_CHGHDRS)) != 0)
		return SMFIS_REJECT;
	*want_actions = actions & (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE);
	*want_steps = s->steps = steps & (STEPS_LEFT_OUT | STEPS_UNANSWERED | SMFIP_SKIP);
	*want2 = *want3 = 0;
	return SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *from)
{
	struct lw_milter_session *s = session_of(ctx);

	if (s == NULL)
		return SMFIS_TEMPFAIL;
	if (from != NULL && from->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)from)->sin_addr, s->peer, sizeof s->peer);
	else if (from != NULL && from->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)from)->sin6_addr, s->peer, sizeof s->peer);
	else
		snprintf(s->peer, sizeof s->peer, "%.32s", host != NULL ? host : "");
	return unanswered(s, SMFIP_NR_CONN);
}

static sfsistat
on_sender(SMFICTX *ctx, char **arguments)
{
	struct lw_milter_session *s = session_of(ctx);

	(void)arguments;
	if (s == NULL)
		return SMFIS_TEMPFAIL;
	begin(s);
	return unanswered(s, SMFIP_NR_MAIL);
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct lw_milter_session *s = session_of(ctx);

	if (s == NULL)
		return SMFIS_TEMPFAIL;
	if (strcasecmp(name, LW_MAIL_HEADER) == 0)
		s->forged++;
	if (strcasecmp(name, "Subject") == 0 && s->subject.len == 0 &&
	    !(lw_buffer_add_text(&s->subject, value) && lw_buffer_add(&s->subject, "", 1)))
		s->lost = LW_FAILED;
	gather_text(s, name);
	gather_text(s, ": ");
	gather_text(s, value);
	gather_text(s, "\r\n");
	return unanswered(s, SMFIP_NR_HDR);
}

static sfsistat
on_headers_end(SMFICTX *ctx)
{
	struct lw_milter_session *s = session_of(ctx);

	if (s == NULL)
		return SMFIS_TEMPFAIL;
	gather_text(s, "\r\n");
	return unanswered(s, SMFIP_NR_EOH);
}

/* The bytes are no string: NULs are theirs. */
static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t len)
{
	struct lw_milter_session *s = session_of(ctx);

	if (s == NULL)
		return SMFIS_TEMPFAIL;
	gather(s, (const char *)bytes, len);
	return (s->full || s->lost != LW_JUDGED) && (s->steps & SMFIP_SKIP) != 0 ? SMFIS_SKIP : SMFIS_CONTINUE;
}

static sfsistat
on_end(SMFICTX *ctx)
{
	struct lw_milter_session *s = session_of(ctx);
	sfsistat status;

	if (s == NULL || !enter())
		return SMFIS_TEMPFAIL;
	status = lw_milter_act(door.server, &door.rules, ctx, s);
	leave();
	begin(s);
	return status;
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct lw_milter_session *s = smfi_getpriv(ctx);

	if (s != NULL)
		begin(s);
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	struct lw_milter_session *s = smfi_getpriv(ctx);

	if (s == NULL)
		return SMFIS_CONTINUE;
	smfi_setpriv(ctx, NULL);
	release(s);
	lw_buffer_free(&s->subject);
	free(s);
	return SMFIS_CONTINUE;
}

/* ---- the door ---- */

static bool
read_rules(const struct lw_list *list, struct lw_buffer *why)
{
	door.rules.at = calloc(list->n + 1, sizeof *door.rules.at);
	if (door.rules.at == NULL) {
		lw_buffer_add_text(why, "out of memory");
		return false;
	}
	for (door.rules.n = 0; door.rules.n < list->n; door.rules.n++)
		if (!lw_milter_rule(list->at[door.rules.n], &door.rules.at[door.rules.n], why))
			return false;
	return true;
}

/* libmilter's own spelling of an address. */
static bool
spell(const struct lw_address *a, struct lw_buffer *b)
{
	if (a->path != NULL)
		return lw_buffer_addf(b, "unix:%s", a->path);
	if (a->host == NULL)
		return lw_buffer_addf(b, "inet:%s", a->port);
	return lw_buffer_addf(b, "%s:%s@%s", strchr(a->host, ':') != NULL ? "inet6" : "inet", a->port, a->host);
}

/*
 * libmilter answers in pieces, and each would wait 40 ms for the peer to acknowledge the one before. Accepted
 * sockets have this from their listener; libmilter hides it, but it took the lowest free descriptor.
 */
static void
answer_at_once(int listener)
{
	int listens = 0, on = 1;
	socklen_t len = sizeof listens;

	if (getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 && listens)
		setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* Binds by libmilter, which has no call to take a socket; ours tries first, for what it checks and how it complains. */
static bool
bind_socket(const char *text, const struct lw_address *a, unsigned owner, struct lw_buffer *why)
{
	struct lw_buffer spelled = { 0 };
	int fd = lw_listen(text, owner, why);
	mode_t mask = umask(a->path != NULL ? 0777 & ~a->mode : 077);
	bool done = fd >= 0 && spell(a, &spelled) && lw_buffer_add(&spelled, "", 1);

	if (fd >= 0)
		close(fd);
	done = done && smfi_setconn(spelled.at) == MI_SUCCESS && smfi_opensocket(true) == MI_SUCCESS &&
	    (a->path == NULL || owner == (unsigned)-1 || chown(a->path, owner, (gid_t)-1) == 0);
	if (done && a->path == NULL)
		answer_at_once(fd);
	if (!done && fd >= 0)
		lw_buffer_addf(why, "milter: %s: %s", text, strerror(errno));
	umask(mask);
	lw_buffer_free(&spelled);
	return done;
}

static bool
open_door(struct lw_server *server, void **state, struct lw_buffer *why)
{
	static char name[] = "lurewatch";
	struct smfiDesc filter = { .xxfi_name = name, .xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE, .xxfi_negotiate = on_negotiate,
		.xxfi_connect = on_connect, .xxfi_envfrom = on_sender, .xxfi_header = on_header, .xxfi_eoh = on_headers_end,
		.xxfi_body = on_body, .xxfi_eom = on_end, .xxfi_abort = on_abort, .xxfi_close = on_close };
	struct lw_address address;
	bool done;

	*state = NULL;
	if (server->config->milter.n == 0)
		return true;
	*state = &door;
	door.server = server;
	if (!read_rules(&server->config->milter_actions, why) ||
	    !lw_address_parse(server->config->milter.at[0], &address, why))
		return false;
	done = smfi_register(filter) == MI_SUCCESS &&
	    bind_socket(server->config->milter.at[0], &address, lw_config_owner(server->config), why);
	lw_address_free(&address);
	return done;
}

static bool
rules_fit(struct lw_buffer *why)
{
	struct lw_held *held = lw_desk_model(door.server->desk);
	size_t i = 0;

	while (i < door.rules.n && lw_milter_rule_fits(&door.rules.at[i], lw_held_model(held)))
		i++;
	if (i < door.rules.n)
		lw_buffer_addf(why, "milter-action: the model has no label '%.*s'", (int)door.rules.at[i].label.len,
		    door.rules.at[i].label.at);
	lw_held_release(held);
	return i == door.rules.n;
}

/* A filter that ended leaves the MTA without one: better the whole daemon ends and is started again. */
static void *
serve(void *unused)
{
	(void)unused;
	smfi_main();
	if (enter()) {
		lw_log(door.server->log, "event=milter-failed");
		leave();
		kill(getpid(), SIGTERM);
	}
	return NULL;
}

static bool
start_door(void *state, struct lw_buffer *why)
{
	const char *missing = lw_mail_start();
	sigset_t all, before;
	int e;

	(void)state;
	if (missing != NULL) {
		lw_buffer_addf(why, "milter: mail cannot be read: %s could not be loaded", missing);
		return false;
	}
	if (!rules_fit(why))
		return false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	e = pthread_create(&door.thread, NULL, serve, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (e != 0)
		lw_buffer_addf(why, "milter: %s", strerror(e));
	return e == 0;
}

/*
 * Mails at their end are finished; those that come later meet a closed door, which tells the MTA to try
 * again. libmilter is not stopped but ends with the process: smfi_stop() waits seconds for its listener.
 */
static void
stop_door(void *state)
{
	(void)state;
	door.stopping = true;
	pthread_rwlock_wrlock(&door.lock);
	pthread_rwlock_unlock(&door.lock);
	free(door.rules.at);
	door.rules = (struct lw_milter_rules){ 0 };
}

const struct lw_door_kind lw_door_milter = { "milter", open_door, start_door, stop_door, NULL };
