/*
 * write.h - verdicts out
 *
 * Everything is rendered into buffers, so that any thread may render and one
 * writes. Rendering fails only when memory is gone (false).
 *
 * Adding an output: write a function and name it in the table in outputs.c.
 */
#ifndef LW_WRITE_H
#define LW_WRITE_H

#include "lurewatch.h"
#include "read/message.h"

struct lw_style {                               /* of lines for people */
	bool colour;
	unsigned columns;                       /* of the terminal they go to; 0: to none */
};

struct lw_result {
	const struct lw_message *message;
	const lurewatch *model;
	const struct lw_style *style;           /* NULL: plain */
	const lurewatch_verdict *verdict;       /* NULL when the message could not be read */
	struct lw_span judged;                  /* the bytes that were judged; evidence points into them */
	const lurewatch_evidence *evidence;
	size_t evidences;
	bool explain;
	bool with_text;                         /* JSON lines hold the message too */
};

struct lw_conversation;

struct lw_output {
	const char *name;
	bool every;                             /* a line for every message unless asked otherwise; else flagged ones */
	bool (*head)(struct lw_buffer *);       /* NULL: no first line */
	bool (*record)(struct lw_buffer *, const struct lw_result *);
	bool errors;                            /* records that could not be read have a line too */
	bool (*conversation_head)(struct lw_buffer *);
	bool (*conversation)(struct lw_buffer *, const struct lw_conversation *);
};

const struct lw_output *lw_output_named(const char *name);     /* NULL: there is none */

/* The id of a message: its own, or FILE:RECORD. */
bool lw_write_id(struct lw_buffer *, const struct lw_message *);

/* The original record with the verdict added; a record that could not be read comes out as it went in. */
bool lw_annotate(struct lw_buffer *, const struct lw_result *);
bool lw_annotate_before(struct lw_buffer *, const struct lw_message *);     /* its `before`: a header row gets its columns */
const char *lw_annotate_refusal(const struct lw_message *);     /* why this message's format has no place for a verdict, or NULL */

/* ---- a mail's headers ---- */

#define LW_MAIL_HEADER "X-Lurewatch"

struct lw_mail_edit {
	const char *const *remove;      /* names of headers that go, in any case, folded lines too; NULL-terminated */
	const struct lw_span *add;      /* headers that come after the last one: unfolded, ASCII, without line end */
	size_t adds;
};

/* Appends the mail edited, every other byte as it was; *head, unless NULL: bytes appended before the body, empty line included. */
bool lw_mail_edit(struct lw_buffer *, struct lw_span mail, const struct lw_mail_edit *, size_t *head);
bool lw_put_mail_verdict(struct lw_buffer *, const struct lw_result *); /* what X-Lurewatch says; at most 900 bytes */

/* A mail that stood in a file of its own, as part of an mbox: From_ line, quoting, empty line. */
bool lw_write_as_mbox(struct lw_buffer *, struct lw_span mail);

/* ---- pieces ---- */
bool lw_put_fixed(struct lw_buffer *, double, int decimals);    /* no locale; not a number is 0 */
bool lw_put_json_string(struct lw_buffer *, struct lw_span);    /* with quotes; always valid UTF-8 and safe on a terminal */
bool lw_put_visible(struct lw_buffer *, struct lw_span, size_t columns); /* control characters as \n, \x1b, \u202e; cut with … */
uint32_t lw_next_character(struct lw_span *, size_t *len); /* cuts it off; a byte that begins no well-formed one is U+FFFD, of length 0 */
#define LW_NO_COLUMNS SIZE_MAX
size_t lw_put_columns(struct lw_buffer *, struct lw_span, size_t most); /* the same; columns that were filled, or LW_NO_COLUMNS */
bool lw_is_right_to_left(struct lw_span);               /* some of its letters are */
bool lw_put_indicators(struct lw_buffer *, const struct lw_result *, const char *separator); /* "-" when there are none */
bool lw_put_verdict_members(struct lw_buffer *, const struct lw_result *); /* "label":..,"risk":..,"flagged":.. */
bool lw_put_indicator_array(struct lw_buffer *, const struct lw_result *);

#endif
