/*
 * walk.c - the files of a directory in byte order
 *
 * Holds the sorted names of the directories on the way down, not of the whole
 * tree. A directory that cannot be read is reported once and passed over.
 */
#include "read/walk.h"

#include "text/buffer.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct level {
	struct dirent **names;
	int n, next;
	size_t path_len;            /* of the directory, in path */
	bool maildir;               /* the directory is a maildir's root */
	bool inside;                /* it is cur or new of one */
};

struct lw_walk {
	struct lw_buffer path;
	struct level *level;
	size_t levels, room;
	bool no_memory;
	bool begun;
};

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
not_self(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

static bool
set_path(struct lw_walk *w, size_t keep, const char *name)
{
	w->path.len = keep;
	if (keep > 0 && w->path.at[keep - 1] != '/' && !lw_buffer_add(&w->path, "/", 1))
		return false;
	return lw_buffer_add(&w->path, name, strlen(name) + 1);
}

/* The path names a directory; its NUL is part of the buffer. */
static bool
has_folder(struct lw_walk *w, size_t keep, const char *name)
{
	struct stat st;

	return set_path(w, keep, name) && stat(w->path.at, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
enter(struct lw_walk *w, bool inside)
{
	struct level l = { .path_len = w->path.len - 1, .inside = inside };

	if (!lw_grow(&w->level, &w->room, w->levels + 1, sizeof *w->level))
		return ENOMEM;
	l.n = scandir(w->path.at, &l.names, not_self, by_bytes);
	if (l.n < 0)
		return errno;
	l.maildir = !inside && has_folder(w, l.path_len, "cur") && has_folder(w, l.path_len, "new");
	w->level[w->levels++] = l;
	return 0;
}

static void
leave(struct lw_walk *w)
{
	struct level *l = &w->level[--w->levels];

	for (int i = 0; i < l->n; i++)
		free(l->names[i]);
	free(l->names);
}

static bool
is_maildir_folder(const char *name)
{
	return strcmp(name, "cur") == 0 || strcmp(name, "new") == 0;
}

/* Whether to go into a directory of this name, or to read a file of it. */
static bool
wanted(const struct level *l, const char *name, bool directory)
{
	if (l->maildir)
		return directory && (is_maildir_folder(name) || name[0] == '.');
	return name[0] != '.';
}

struct lw_walk *
lw_walk_open(const char *root)
{
	struct lw_walk *w = calloc(1, sizeof *w);

	if (w == NULL || !lw_buffer_add(&w->path, root, strlen(root) + 1)) {
		lw_walk_close(w);
		return NULL;
	}
	return w;
}

static bool
kind_of(const char *path, bool *directory)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return false;
	*directory = S_ISDIR(st.st_mode);
	if (S_ISLNK(st.st_mode) && stat(path, &st) != 0)
		return true;    /* a dangling link is a file that cannot be opened */
	return *directory || S_ISREG(st.st_mode) || S_ISLNK(st.st_mode);
}

const char *
lw_walk_next(struct lw_walk *w, int *error)
{
	*error = 0;
	if (!w->begun) {
		w->begun = true;
		*error = enter(w, false);
		if (*error != 0)
			return w->path.at;
	}
	while (w->levels > 0) {
		struct level *l = &w->level[w->levels - 1];
		const char *name;
		bool directory;

		if (l->next == l->n) {
			leave(w);
			continue;
		}
		name = l->names[l->next++]->d_name;
		if (!set_path(w, l->path_len, name)) {
			w->no_memory = true;
			return NULL;
		}
		if (!kind_of(w->path.at, &directory) || !wanted(l, name, directory))
			continue;
		if (!directory)
			return w->path.at;
		*error = enter(w, l->maildir && is_maildir_folder(name));
		if (*error != 0)
			return w->path.at;
	}
	return NULL;
}

bool
lw_walk_in_maildir(const struct lw_walk *w)
{
	return w->levels > 0 && w->level[w->levels - 1].inside;
}

bool
lw_walk_no_memory(const struct lw_walk *w)
{
	return w->no_memory;
}

void
lw_walk_close(struct lw_walk *w)
{
	if (w == NULL)
		return;
	while (w->levels > 0)
		leave(w);
	free(w->level);
	lw_buffer_free(&w->path);
	free(w);
}
