/*
 * privilege.c - dropping root, and the limit of descriptors
 */
#include "serve/privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { KEPT_FREE = 64, DOORS_SHARING = 3 };     /* descriptors for all else; doors with connections of their own */

unsigned
lw_config_owner(const struct lw_config *c)
{
	const struct passwd *p = c->user != NULL && geteuid() == 0 ? getpwnam(c->user) : NULL;

	return p != NULL ? p->pw_uid : (unsigned)-1;
}

static bool
become(const struct passwd *p)
{
	return initgroups(p->pw_name, p->pw_gid) == 0 && setresgid(p->pw_gid, p->pw_gid, p->pw_gid) == 0 &&
	    setresuid(p->pw_uid, p->pw_uid, p->pw_uid) == 0;
}

bool
lw_drop_privileges(const struct lw_config *c, struct lw_buffer *why)
{
	const struct passwd *p;

	if (geteuid() == 0 && c->user == NULL) {
		lw_buffer_add_text(why, "started as root: name an unprivileged user with 'user'");
		return false;
	}
	if (geteuid() == 0) {
		errno = 0;
		p = getpwnam(c->user);
		if (p == NULL || !become(p)) {
			lw_buffer_addf(why, "user %s: %s", c->user, errno != 0 ? strerror(errno) : "there is no such user");
			return false;
		}
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		lw_buffer_addf(why, "no-new-privileges: %s", strerror(errno));
		return false;
	}
	return true;
}

void
lw_raise_descriptor_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

size_t
lw_connection_limit(const struct lw_config *c)
{
	struct rlimit r;
	size_t lasting = c->connections;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur != RLIM_INFINITY)
		lasting = r.rlim_cur > KEPT_FREE + DOORS_SHARING ? (size_t)(r.rlim_cur - KEPT_FREE) / DOORS_SHARING : 1;
	return lasting < c->connections ? lasting : c->connections;
}
