/*
 * format.h - what a format is, for the files that implement one
 *
 * To add a format, fill a `struct lw_format` in a file of its own and name it
 * in formats.c. `next` frames one record in the stream's window, takes it, and
 * fills the message: raw, text and whatever else the format knows; path, record,
 * before and the label of the command line are the reader's business.
 */
#ifndef LW_FORMAT_H
#define LW_FORMAT_H

#include "read/read.h"
#include "read/stream.h"

struct lw_source {              /* one open file, as a format sees it */
	struct lw_stream *stream;
	const char *path;           /* as the user would name it; "-" for standard input */
	const struct lw_read_options *options;
	void *state;                /* the format's own, from its open */
	char delimiter;             /* of a table's columns, set by its open */
	bool document;              /* the records are parts of one document, set by open: see struct lw_message */
	struct lw_buffer *before;   /* open may add bytes here that belong to no record */
	struct lw_buffer *reason;   /* why open or next failed, NUL-terminated: lw_source_fail() */
};

struct lw_format {
	const char *name;
	const char *const *extensions;  /* with the dot, lower case, NULL-terminated; NULL: none */
	/* How sure it is, from 0 to 100, that a file that begins so is this format; NULL: never. A known extension outweighs it. */
	int (*sniff)(struct lw_span head);
	lurewatch_error (*open)(struct lw_source *);    /* NULL: nothing to prepare */
	/* *got false at the end. A record that cannot be read: message->error set. */
	lurewatch_error (*next)(struct lw_source *, struct lw_message *, bool *got);
	void (*close)(struct lw_source *);              /* called after a failed open too; NULL: nothing to release */
};

extern const struct lw_format lw_format_lines, lw_format_jsonl, lw_format_json, lw_format_smpp, lw_format_sms_xml,
    lw_format_csv, lw_format_tsv, lw_format_mbox, lw_format_eml, lw_format_maildir, lw_format_telegram,
    lw_format_telegram_html, lw_format_whatsapp, lw_format_line, lw_format_signal;

const struct lw_format *lw_format_named(const char *name);      /* NULL: there is none */
/* By extension, else by the first bytes; where formats share an extension the first bytes decide. */
const struct lw_format *lw_format_detect(const char *path, struct lw_span head);
/* By its name a picture, sound, video or decoration, as exports bring along: passed over in a folder or an archive. */
bool lw_format_is_media(const char *path);
/* Text in one charset: recoded to UTF-8 before it is read, where it is something else. */
bool lw_format_is_plain(const struct lw_format *);
/* What a file that is no dump at all seems to be ("a ZIP archive"), NULL when it is none known. */
const char *lw_format_foreign(struct lw_span head);

/* Writes the reason and gives LUREWATCH_E_IO, or LUREWATCH_E_MEMORY when even that failed. */
lurewatch_error lw_source_fail(struct lw_source *, const char *format, ...) __attribute__((format(printf, 2, 3)));
lurewatch_error lw_source_no_memory(struct lw_source *);

/* One line of text: a record of its own. For formats that are lines; *got false at the end, text without its line end. */
lurewatch_error lw_source_line(struct lw_source *, struct lw_message *, bool skip_blank, bool *got);

/*
 * The lines up to the next that `begins` a record; the first is taken whatever it is. Afterwards `lines` is raw as UTF-8.
 * *got false at the end. Lines longer than a record may be are an error in their place.
 */
lurewatch_error lw_source_lines(struct lw_source *, bool (*begins)(const struct lw_source *, struct lw_span line),
    struct lw_message *, struct lw_span *lines, bool *got);

#define LW_TOO_LONG "longer than 256 MiB"

/* ---- fields by name, shared by JSON lines and tables ---- */

/* The span of the message that a field or column of this name fills, in any case; NULL: none. */
struct lw_span *lw_field_of(struct lw_message *, struct lw_span name);
int lw_field_rank(struct lw_span name);     /* for rivals: `text` before `body`; lower is better, -1: no such field */
bool lw_field_is_text(struct lw_span name); /* one of the usual names of the text itself */
bool lw_field_says_yes(struct lw_span value); /* true, 1, yes */

/* ---- helpers ---- */
size_t lw_utf8_next(struct lw_span, uint32_t *c);       /* length of its first character; a bad byte is U+FFFD */
bool lw_utf8_valid(struct lw_span);
bool lw_utf8_repair(struct lw_buffer *, struct lw_span);   /* appends, a bad byte as U+FFFD */

#endif
