/*
 * listen.c - addresses and listening sockets
 *
 * A port without a host is on the loopback: nothing listens beyond it unless told.
 */
#include "serve/config.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024, MODE = 0660, INHERITED_FROM = 3 };

static bool
refuse(struct lw_buffer *why, const char *address, const char *cause)
{
	lw_buffer_addf(why, "%s: %s", address, cause);
	return false;
}

static bool
parse_mode(const char *text, unsigned *mode)
{
	char *end;
	unsigned long n = strtoul(text, &end, 8);

	*mode = (unsigned)n;
	return end != text && *end == '\0' && n <= 0777;
}

static bool
parse_unix(const char *text, struct lw_address *a, struct lw_buffer *why)
{
	const char *path = text + strlen("unix:"), *comma = strchr(path, ',');
	size_t len = comma != NULL ? (size_t)(comma - path) : strlen(path);

	a->mode = MODE;
	if (len == 0 || len >= sizeof ((struct sockaddr_un *)0)->sun_path)
		return refuse(why, text, "a path of 1 to 107 bytes is meant");
	if (comma != NULL && (strncmp(comma, ",mode=", 6) != 0 || !parse_mode(comma + 6, &a->mode)))
		return refuse(why, text, "unix:PATH,mode=0660 is meant");
	a->path = strndup(path, len);
	return a->path != NULL || refuse(why, text, "out of memory");
}

static bool
is_port(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && n <= 65535;
}

bool
lw_address_parse(const char *text, struct lw_address *a, struct lw_buffer *why)
{
	const char *colon = strrchr(text, ':'), *host = text;
	size_t len;

	*a = (struct lw_address){ 0 };
	if (strncmp(text, "unix:", 5) == 0)
		return parse_unix(text, a, why);
	if (!is_port(colon != NULL ? colon + 1 : text))
		return refuse(why, text, "[HOST:]PORT or unix:PATH is meant");
	len = colon != NULL ? (size_t)(colon - text) : 0;
	if (len > 1 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	} else if (memchr(host, ':', len) != NULL) {
		return refuse(why, text, "an IPv6 address goes in brackets, [::1]:8073");
	}
	if (colon != NULL && len == 0)
		return refuse(why, text, "no host before the colon; *:PORT is every interface");
	a->port = strdup(colon != NULL ? colon + 1 : text);
	if (!(len == 1 && host[0] == '*'))
		a->host = len > 0 ? strndup(host, len) : strdup("127.0.0.1");
	if (a->port != NULL && (a->host != NULL || len == 1))
		return true;
	lw_address_free(a);
	return refuse(why, text, "out of memory");
}

void
lw_address_free(struct lw_address *a)
{
	free(a->host);
	free(a->port);
	free(a->path);
	*a = (struct lw_address){ 0 };
}

/* A socket nobody listens on any more is in the way; anything else there is left alone. */
static bool
clear_stale(const struct sockaddr_un *un)
{
	struct stat st;
	int fd;
	bool alive;

	if (lstat(un->sun_path, &st) != 0)
		return errno == ENOENT;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return false;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	alive = fd >= 0 && connect(fd, (const struct sockaddr *)un, sizeof *un) == 0;
	if (fd >= 0)
		close(fd);
	if (alive) {
		errno = EADDRINUSE;
		return false;
	}
	return unlink(un->sun_path) == 0;
}

static int
listen_unix(const struct lw_address *a, unsigned owner)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd, cause;

	memcpy(un.sun_path, a->path, strlen(a->path) + 1);
	if (!clear_stale(&un))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* nobody can connect before listen(), so the mode is right before it matters */
	if (fd >= 0 && bind(fd, (struct sockaddr *)&un, sizeof un) == 0 && chmod(un.sun_path, a->mode) == 0 &&
	    (owner == (unsigned)-1 || chown(un.sun_path, owner, (gid_t)-1) == 0) && listen(fd, BACKLOG) == 0)
		return fd;
	cause = errno;
	if (fd >= 0)
		close(fd);
	errno = cause;
	return -1;
}

static int
listen_one(const struct addrinfo *i)
{
	int fd = socket(i->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, off = 0, cause;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (i->ai_family == AF_INET6)   /* [::]:PORT takes IPv4 too, as *:PORT promises */
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	if (bind(fd, i->ai_addr, i->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	cause = errno;
	close(fd);
	errno = cause;
	return -1;
}

/* IPv6 first: its socket takes IPv4 as well where no host was said. */
static int
listen_tcp(const struct lw_address *a, const char **cause)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *found;
	int e = getaddrinfo(a->host, a->port, &hints, &found), fd = -1;

	if (e != 0) {
		*cause = gai_strerror(e);
		return -1;
	}
	for (int family = 0; fd < 0 && family < 2; family++)
		for (struct addrinfo *i = found; fd < 0 && i != NULL; i = i->ai_next)
			if ((i->ai_family == AF_INET6) == (family == 0))
				fd = listen_one(i);
	*cause = strerror(errno);
	freeaddrinfo(found);
	return fd;
}

int
lw_listen(const char *address, unsigned owner, struct lw_buffer *why)
{
	struct lw_address a;
	const char *cause;
	int fd;

	if (!lw_address_parse(address, &a, why))
		return -1;
	if (a.path != NULL) {
		fd = listen_unix(&a, owner);
		cause = strerror(errno);
	} else {
		fd = listen_tcp(&a, &cause);
	}
	if (fd < 0)
		refuse(why, address, cause);
	lw_address_free(&a);
	return fd;
}

/* Name number i of a list parted by colons. */
static bool
name_is(const char *names, int i, const char *name)
{
	size_t len = strlen(name);

	for (; names != NULL && i > 0; i--) {
		names = strchr(names, ':');
		names = names != NULL ? names + 1 : NULL;
	}
	return names != NULL && strncmp(names, name, len) == 0 && (names[len] == ':' || names[len] == '\0');
}

int
lw_listen_inherited(const char *name, int *next)
{
	const char *count = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID"), *names = getenv("LISTEN_FDNAMES");
	int n = count != NULL && pid != NULL && strtol(pid, NULL, 10) == (long)getpid() ? (int)strtol(count, NULL, 10) : 0;

	while (*next < n) {
		int i = (*next)++, fd = INHERITED_FROM + i;

		if (!name_is(names, i, name))
			continue;
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0)
			return fd;
	}
	return -1;
}
