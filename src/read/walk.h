/*
 * walk.h - the files of a directory, one after the other, in byte order of their names
 *
 * Names that begin with a dot are left out, except a maildir's subfolders; so are
 * links to directories (they may loop) and what is neither file nor directory.
 * In a maildir only cur and new are entered.
 */
#ifndef LW_WALK_H
#define LW_WALK_H

#include <stdbool.h>

struct lw_walk;

struct lw_walk *lw_walk_open(const char *root);         /* NULL: memory is gone */
/* The next path, borrowed until the next call; NULL at the end. *error: why this directory cannot be read, 0 for a file. */
const char *lw_walk_next(struct lw_walk *, int *error);
bool lw_walk_in_maildir(const struct lw_walk *);        /* of the file given last */
bool lw_walk_no_memory(const struct lw_walk *);
void lw_walk_close(struct lw_walk *);

#endif
