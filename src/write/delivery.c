/*
 * delivery.c - a mail keeps its name, flags and all, and its folder, cur or new
 *
 * Delivering the same file twice leaves one; another mail of the same name gets a number.
 */
#include "write/delivery.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_NAMESAKES = 10000 };

struct lw_delivery {
	struct lw_buffer root, to, tmp;
	uint64_t copies;
};

static bool
path_of(struct lw_buffer *b, const struct lw_delivery *d, const char *which, const char *folder)
{
	b->len = 0;
	return lw_buffer_addf(b, "%.*s/%s%s%s", (int)d->root.len, d->root.at, which, *folder != '\0' ? "/" : "", folder);
}

static bool
make_folders(struct lw_delivery *d)
{
	static const char *const which[] = { "flagged", "clean" }, *const folders[] = { "", "cur", "new", "tmp" };

	if (mkdir(d->root.at, 0777) != 0 && errno != EEXIST)
		return false;
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < 4; k++)
			if (!path_of(&d->to, d, which[i], folders[k]) || (mkdir(d->to.at, 0700) != 0 && errno != EEXIST))
				return false;
	return true;
}

struct lw_delivery *
lw_delivery_open(const char *dir)
{
	struct lw_delivery *d = calloc(1, sizeof *d);

	/* the NUL stays behind the length: the buffer is a string too */
	if (d != NULL && lw_buffer_add(&d->root, dir, strlen(dir) + 1)) {
		d->root.len--;
		if (make_folders(d))
			return d;
	}
	lw_delivery_close(d);
	return NULL;
}

void
lw_delivery_close(struct lw_delivery *d)
{
	int kept = errno;

	if (d == NULL)
		return;
	lw_buffer_free(&d->root);
	lw_buffer_free(&d->to);
	lw_buffer_free(&d->tmp);
	free(d);
	errno = kept;
}

static const char *
name_in(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static bool
is_in_cur(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash - path >= 3 && memcmp(slash - 3, "cur", 3) == 0 && (slash - path == 3 || slash[-4] == '/');
}

/* DIR/WHICH/FOLDER/NAME; the n-th of a name has its number before the flags, which begin at a colon. */
static bool
target(struct lw_delivery *d, const char *which, const char *path, unsigned n)
{
	const char *name = strcmp(path, "-") == 0 ? "standard-input" : name_in(path);
	size_t stem = strcspn(name, ":");

	if (!path_of(&d->to, d, which, is_in_cur(path) ? "cur" : "new"))
		return false;
	if (n == 0)
		return lw_buffer_addf(&d->to, "/%s", name);
	return lw_buffer_addf(&d->to, "/%.*s_%u%s", (int)stem, name, n, name + stem);
}

static bool
same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Links `from` to a free name. 0 or errno. */
static int
link_to(struct lw_delivery *d, const char *from, const char *which, const char *path)
{
	for (unsigned n = 0; n < MOST_NAMESAKES; n++) {
		if (!target(d, which, path, n))
			return ENOMEM;
		if (linkat(AT_FDCWD, from, AT_FDCWD, d->to.at, AT_SYMLINK_FOLLOW) == 0)
			return 0;
		if (errno != EEXIST)
			return errno;
		if (same_file(from, d->to.at))
			return 0;
	}
	return EEXIST;
}

static int
write_all(int fd, struct lw_span s)
{
	while (s.len > 0) {
		ssize_t n = write(fd, s.at, s.len);

		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0) {
			s.at += n;
			s.len -= (size_t)n;
		}
	}
	return 0;
}

static int
copy_to(struct lw_delivery *d, struct lw_span mail, const char *which, const char *path)
{
	int fd, e;

	if (!path_of(&d->tmp, d, which, "tmp") ||
	    !lw_buffer_addf(&d->tmp, "/%ld.%llu", (long)getpid(), (unsigned long long)d->copies++))
		return ENOMEM;
	fd = open(d->tmp.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	e = write_all(fd, mail);
	if (e == 0 && fsync(fd) != 0)
		e = errno;
	if (close(fd) != 0 && e == 0)
		e = errno;
	if (e == 0)
		e = link_to(d, d->tmp.at, which, path);
	/* a file system without hard links: moved, where the name is free */
	if ((e == EPERM || e == EOPNOTSUPP) && access(d->to.at, F_OK) != 0)
		return rename(d->tmp.at, d->to.at) == 0 ? 0 : errno;
	if (unlink(d->tmp.at) != 0 && e == 0)
		e = errno;
	return e;
}

int
lw_deliver(struct lw_delivery *d, const struct lw_message *m, bool flagged, const struct lw_span *changed)
{
	const char *which = flagged ? "flagged" : "clean";
	int e;

	if (changed != NULL)
		return copy_to(d, *changed, which, m->path);
	e = strcmp(m->path, "-") == 0 ? EXDEV : link_to(d, m->path, which, m->path);
	/* another file system, or one without links, or a file that is not ours to link */
	if (e == EXDEV || e == EPERM || e == EMLINK || e == EOPNOTSUPP || e == EACCES)
		e = copy_to(d, m->raw, which, m->path);
	return e;
}
