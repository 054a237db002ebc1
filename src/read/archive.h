/*
 * archive.h - the members of a ZIP archive, one after the other, as they come
 *
 * Nothing is written to disk and nothing held whole: a member is read like a
 * stream, so an archive that unpacks to any size costs no memory. libarchive
 * reads; it is loaded when the first archive comes. An archive that is cut
 * short gives what it has, then an error.
 */
#ifndef LW_ARCHIVE_H
#define LW_ARCHIVE_H

#include "read/stream.h"

struct lw_archive;

bool lw_archive_is_one(struct lw_span head);

/* Reads from the file, or, where the path is "-", from what the stream has and will have: it then must outlive the archive. */
lurewatch_error lw_archive_open(const char *path, struct lw_stream *, struct lw_buffer *reason, struct lw_archive **out);
void lw_archive_close(struct lw_archive *);

/*
 * The next member that may hold messages: *name borrows until the next call, NULL at the end. Folders, hidden files
 * and what a Mac adds are passed over. On an error with a name that member cannot be read, the next one may be.
 */
lurewatch_error lw_archive_next(struct lw_archive *, const char **name);

struct lw_input lw_archive_member(struct lw_archive *); /* the bytes of the member given last */
uint64_t lw_archive_consumed(const struct lw_archive *); /* bytes of the archive read so far */

#endif
