/* archive.c - ZIP archives through libarchive; every failure has a reason that a person can act on */
#include "read/archive.h"

#include "read/library.h"

#include <archive.h>
#include <archive_entry.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 16 };

#define LIBRARY "libarchive.so.13"
#define CALLS(CALL) \
	CALL(archive_read_new) CALL(archive_read_support_format_zip) CALL(archive_read_open_filename) \
	CALL(archive_read_open) CALL(archive_read_next_header) CALL(archive_read_data) CALL(archive_read_free) \
	CALL(archive_error_string) CALL(archive_filter_bytes) CALL(archive_entry_pathname) \
	CALL(archive_entry_pathname_utf8) CALL(archive_entry_filetype) CALL(archive_entry_is_encrypted)

#define POINTER(name) __typeof__(name) *name;
static struct { CALLS(POINTER) } lib;           /* filled once, never changed after */
#define ENTRY(name) { #name, &lib.name },
static const struct lw_library_call calls[] = { CALLS(ENTRY) };
static const char *missing;

static void
load(void)
{
	missing = lw_library_load(LIBRARY, calls, sizeof calls / sizeof calls[0]);
}

struct lw_archive {
	struct archive *from;
	struct lw_stream *stream;   /* NULL: libarchive opened the file itself */
	struct lw_buffer *reason;
	struct lw_buffer name, said;
	size_t members;
	bool broken;                /* told already; nothing can be read behind it */
};

bool
lw_archive_is_one(struct lw_span head)
{
	return head.len >= 4 && (memcmp(head.at, "PK\3\4", 4) == 0 || memcmp(head.at, "PK\5\6", 4) == 0);
}

static lurewatch_error
fail(struct lw_archive *a, const char *why)
{
	a->reason->len = 0;
	return lw_buffer_add(a->reason, why, strlen(why) + 1) ? LUREWATCH_E_IO : LUREWATCH_E_MEMORY;
}

/* What libarchive says, which may be terse ("failed (-5)") or end in a line break. */
static const char *
cause(struct lw_archive *a)
{
	const char *said = lib.archive_error_string(a->from);
	struct lw_span words = { said, said != NULL ? strlen(said) : 0 };

	while (words.len > 0 && words.at[words.len - 1] == '\n')
		words.len--;
	a->said.len = 0;
	if (!lw_buffer_addf(&a->said, "the ZIP archive is cut short or damaged here%s%.*s", words.len > 0 ? ": " : "",
	    (int)words.len, words.len > 0 ? said : ""))
		return "out of memory";
	return a->said.at;
}

/* What libarchive reads when the archive comes through a pipe. */
static la_ssize_t
feed(struct archive *from, void *data, const void **block)
{
	struct lw_archive *a = data;
	struct lw_span taken;

	(void)from;
	if (lw_stream_peek(a->stream, 1) != LUREWATCH_OK)
		return -1;
	taken = lw_stream_window(a->stream);
	lw_stream_take(a->stream, taken.len);
	*block = taken.at;
	return (la_ssize_t)taken.len;
}

lurewatch_error
lw_archive_open(const char *path, struct lw_stream *stream, struct lw_buffer *reason, struct lw_archive **out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct lw_archive *a = calloc(1, sizeof *a);
	lurewatch_error e = LUREWATCH_OK;
	int status;

	if (a == NULL)
		return LUREWATCH_E_MEMORY;
	a->reason = reason;
	pthread_once(&once, load);
	if (missing != NULL) {
		e = fail(a, "a ZIP archive cannot be read: " LIBRARY " could not be loaded");
	} else {
		a->from = lib.archive_read_new();
		if (a->from == NULL)
			e = LUREWATCH_E_MEMORY;
	}
	if (e == LUREWATCH_OK) {
		lib.archive_read_support_format_zip(a->from);
		a->stream = strcmp(path, "-") == 0 ? stream : NULL;
		status = a->stream != NULL ? lib.archive_read_open(a->from, a, NULL, feed, NULL) :
		    lib.archive_read_open_filename(a->from, path, BLOCK);
		if (status != ARCHIVE_OK)
			e = fail(a, cause(a));
	}
	if (e != LUREWATCH_OK) {
		lw_archive_close(a);
		return e;
	}
	*out = a;
	return LUREWATCH_OK;
}

void
lw_archive_close(struct lw_archive *a)
{
	if (a == NULL)
		return;
	if (a->from != NULL)
		lib.archive_read_free(a->from);
	lw_buffer_free(&a->name);
	lw_buffer_free(&a->said);
	free(a);
}

/* A path with a part that begins with a dot, and the shadow files of a Mac. */
static bool
is_hidden(const char *name)
{
	return name[0] == '.' || strstr(name, "/.") != NULL || strncmp(name, "__MACOSX/", 9) == 0;
}

/* What first lies in office documents, e-books and programs, which are ZIP archives too. */
static bool
is_foreign(const char *name)
{
	static const char *const first[] = { "[Content_Types].xml", "mimetype", "META-INF/", "META-INF/MANIFEST.MF",
		"AndroidManifest.xml" };

	for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
		if (strcmp(name, first[i]) == 0)
			return true;
	return false;
}

/* The name as UTF-8, else as its bytes are. */
static bool
set_name(struct lw_archive *a, struct archive_entry *entry)
{
	const char *name = lib.archive_entry_pathname_utf8(entry);

	if (name == NULL)
		name = lib.archive_entry_pathname(entry);
	a->name.len = 0;
	return name != NULL ? lw_buffer_add(&a->name, name, strlen(name) + 1) :
	    lw_buffer_addf(&a->name, "member %zu", a->members) && lw_buffer_add(&a->name, "", 1);
}

lurewatch_error
lw_archive_next(struct lw_archive *a, const char **name)
{
	*name = NULL;
	while (!a->broken) {
		struct archive_entry *entry;
		int status = lib.archive_read_next_header(a->from, &entry);

		if (status == ARCHIVE_EOF)
			return LUREWATCH_OK;
		if (status < ARCHIVE_WARN) {
			a->broken = true;
			return fail(a, cause(a));
		}
		a->members++;
		if (!set_name(a, entry))
			return LUREWATCH_E_MEMORY;
		if (a->members == 1 && is_foreign(a->name.at)) {
			a->broken = true;
			return fail(a, "this is an office document or a program, not a dump of messages");
		}
		if (is_hidden(a->name.at) || lib.archive_entry_filetype(entry) == AE_IFDIR)
			continue;
		*name = a->name.at;
		return lib.archive_entry_is_encrypted(entry) > 0 ?
		    fail(a, "encrypted: unpack the archive with its password first") : LUREWATCH_OK;
	}
	return LUREWATCH_OK;
}

static ssize_t
read_member(void *from, char *to, size_t len, const char **reason)
{
	struct lw_archive *a = from;
	la_ssize_t n;

	do
		n = lib.archive_read_data(a->from, to, len);
	while (n == ARCHIVE_RETRY);
	if (n >= 0)
		return n;
	a->broken |= n == ARCHIVE_FATAL;
	*reason = cause(a);
	return -1;
}

struct lw_input
lw_archive_member(struct lw_archive *a)
{
	return (struct lw_input){ read_member, a };
}

uint64_t
lw_archive_consumed(const struct lw_archive *a)
{
	int64_t n = lib.archive_filter_bytes(a->from, -1);

	return n > 0 ? (uint64_t)n : 0;
}
