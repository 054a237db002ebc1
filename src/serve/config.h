/*
 * config.h - what the operator may set: one table for lurewatchd.conf, the command line and --check-config
 *
 * Adding an option: a member of lw_config, a row in the table in config.c, a line in lurewatchd.conf.5.
 */
#ifndef LW_CONFIG_H
#define LW_CONFIG_H

#include "text/buffer.h"

enum lw_door { LW_DOOR_HTTP, LW_DOOR_PAGE, LW_DOOR_KANNEL, LW_DOOR_JASMIN, LW_DOOR_WEBHOOK, LW_DOOR_SPAMD,
	LW_DOOR_MILTER, LW_DOORS };
const char *lw_door_name(enum lw_door); /* http page kannel jasmin webhook spamd milter */

/* What a door answers when a message has no verdict: let it pass, ask to try again, or let it pass marked unsure. */
enum lw_policy { LW_ACCEPT, LW_TEMPFAIL, LW_UNSURE, LW_POLICIES };
const char *lw_policy_name(enum lw_policy);

struct lw_list {
	char **at;
	size_t n, room;
};

struct lw_config {
	char *model, *user, *log, *log_verdicts, *feedback;
	bool log_text, watch, page;
	uint64_t threads, queue, deadline, message_size, memory, connections, client_timeout;
	double threshold;               /* < 0: the model's */
	enum lw_policy policy[LW_DOORS];
	struct lw_list http, http_allow, spamd, milter, milter_actions;
	char *http_token, *http_certificate, *http_key;
	char *kannel_answer, *webhook_text, *webhook_id, *webhook_answer, *webhook_type;
	uint64_t join_time, join_parts;
};

bool lw_config_defaults(struct lw_config *);            /* false: memory is gone; free it all the same */
void lw_config_free(struct lw_config *);

/* Sets one option by its name; a list grows. false: *why says what is wrong with the value. */
bool lw_config_set(struct lw_config *, const char *name, const char *value, struct lw_buffer *why);

/* Lines `name = value`, # comments. Every error is added to *why as "path:line: cause"; false when there was any. */
bool lw_config_read(struct lw_config *, const char *path, struct lw_buffer *why);
/* What no single line can get wrong: a certificate without a key. */
bool lw_config_check(const struct lw_config *, struct lw_buffer *why);

bool lw_config_print(const struct lw_config *, struct lw_buffer *);     /* as a file that sets the same */
bool lw_config_help(struct lw_buffer *);        /* a line an option, for --help */
const char *lw_config_option(size_t i);         /* names in the table's order, NULL past the end */
void lw_config_clear(struct lw_config *, const char *name);     /* empties a list: the command line's replaces the file's */

/* ---- addresses: "host:port", "[v6]:port", "port" (loopback), "*:port", "unix:/path[,mode=0660]" ---- */

struct lw_address {
	char *host, *port;              /* host NULL: every interface */
	char *path;                     /* of a Unix socket, else NULL */
	unsigned mode;
};
bool lw_address_parse(const char *text, struct lw_address *, struct lw_buffer *why);
void lw_address_free(struct lw_address *);

/*
 * A listening, non-blocking, close-on-exec socket; a stale Unix socket is replaced, one in use is not.
 * owner: uid the Unix socket shall belong to, or (uid_t)-1. -1: *why says the reason.
 */
int lw_listen(const char *address, unsigned owner, struct lw_buffer *why);
/* Sockets systemd handed over (LISTEN_FDS) under this name (FileDescriptorName=); one a call, from *next on; -1 past the last. */
int lw_listen_inherited(const char *name, int *next);

#endif
