/*
 * mail_text.c - what is put right before and after GMime: headers in a charset of their own, flowed paragraphs
 *
 * Fails only without memory.
 */
#include "read/charset.h"
#include "read/format.h"
#include "read/mail.h"

#include <string.h>

/* ---- headers with bytes above 127 ---- */

static struct lw_span
header_block(struct lw_span mail)
{
	struct lw_span rest = mail, line;

	do
		line = lw_span_line(&rest);
	while (line.len > 0 && !lw_span_is(line, "\n") && !lw_span_is(line, "\r\n"));
	return (struct lw_span){ mail.at, mail.len - rest.len };
}

/* Lines of headers that are no UTF-8, for a guess at what they are. */
static bool
odd_lines(struct lw_buffer *out, struct lw_span block)
{
	while (block.len > 0) {
		struct lw_span line = lw_span_line(&block);

		if (!lw_utf8_valid(line) && !lw_buffer_add(out, line.at, line.len))
			return false;
	}
	return true;
}

/*
 * GMime joins the bytes of neighbouring words of one charset before it decodes them. In ISO-2022, where each word
 * begins and ends in ASCII, iconv stops at the seam: every other word gets another name of the same charset.
 */
static bool
part_stateful_words(struct lw_buffer *out, struct lw_span block)
{
	static const char name[] = "=?iso-2022-jp?", other[] = "=?csISO2022JP?";
	bool odd = false;

	for (size_t i = 0; i + sizeof name - 1 <= block.len; i++) {
		if (!lw_span_same((struct lw_span){ block.at + i, sizeof name - 1 }, LW_SPAN(name)))
			continue;
		if (!lw_buffer_add(out, block.at, i) || !lw_buffer_add_text(out, odd ? other : name))
			return false;
		odd = !odd;
		block = (struct lw_span){ block.at + i + sizeof name - 1, block.len - i - (sizeof name - 1) };
		i = 0;
	}
	return lw_buffer_add(out, block.at, block.len);
}

static bool
replace_block(struct lw_span *mail, size_t block, struct lw_buffer *room)
{
	if (!lw_buffer_add(room, mail->at + block, mail->len - block))
		return false;
	*mail = (struct lw_span){ room->at, room->len };
	return true;
}

bool
lw_mail_mend_headers(struct lw_span *mail, struct lw_buffer *room)
{
	struct lw_span block = header_block(*mail);
	struct lw_buffer declared = { 0 }, odd = { 0 };
	const char *charset = NULL;
	bool done;

	room->len = 0;
	if (lw_utf8_valid(block))
		return memmem(block.at, block.len, "2022", 4) == NULL ||
		    (part_stateful_words(room, block) && replace_block(mail, block.len, room));
	done = odd_lines(&odd, block);
	if (done)
		charset = lw_charset_declared(block, &declared) ? declared.at : NULL;
	if (done)
		charset = lw_charset_likely((struct lw_span){ odd.at, odd.len }, charset);
	done = done && lw_recode(room, block, charset) && replace_block(mail, block.len, room);
	lw_buffer_free(&declared);
	lw_buffer_free(&odd);
	return done;
}

/* The charset named in the first 2 KiB of an HTML page, or in headers; false: none. */
bool
lw_charset_declared(struct lw_span text, struct lw_buffer *name)
{
	static const char key[] = "charset=";
	size_t end;

	if (text.len > 2048)
		text.len = 2048;
	name->len = 0;
	for (size_t i = 0; i + sizeof key < text.len; i++) {
		if (!lw_span_same((struct lw_span){ text.at + i, sizeof key - 1 }, LW_SPAN("charset=")))
			continue;
		i += sizeof key - 1;
		while (i < text.len && (text.at[i] == '"' || text.at[i] == '\'' || text.at[i] == ' '))
			i++;
		for (end = i; end < text.len && text.at[end] != '\0' && strchr("\"' ;>/\r\n\t", text.at[end]) == NULL;)
			end++;
		return lw_buffer_add(name, text.at + i, end - i) && lw_buffer_add(name, "", 1);
	}
	return false;
}

/* ---- format=flowed, RFC 3676 ---- */

struct flow {
	bool open;                  /* the line before goes on */
	size_t depth;               /* of quoting */
};

static bool
add_flowed(struct lw_buffer *out, struct flow *f, struct lw_span line, bool delete_space)
{
	size_t depth = 0;
	bool soft;

	while (line.len > 0 && (line.at[line.len - 1] == '\n' || line.at[line.len - 1] == '\r'))
		line.len--;
	for (; line.len > 0 && line.at[0] == '>'; line = (struct lw_span){ line.at + 1, line.len - 1 })
		depth++;
	if (line.len > 0 && line.at[0] == ' ')
		line = (struct lw_span){ line.at + 1, line.len - 1 };
	soft = line.len > 0 && line.at[line.len - 1] == ' ' && !lw_span_is(line, "-- ");
	if (f->open && f->depth != depth && !lw_buffer_add(out, "\n", 1))
		return false;
	if (!(f->open && f->depth == depth)) {
		for (size_t i = 0; i < depth; i++)
			if (!lw_buffer_add(out, ">", 1))
				return false;
		if (depth > 0 && !lw_buffer_add(out, " ", 1))
			return false;
	}
	*f = (struct flow){ soft, depth };
	return lw_buffer_add(out, line.at, line.len - (soft && delete_space)) && (soft || lw_buffer_add(out, "\n", 1));
}

bool
lw_mail_unflow(struct lw_buffer *out, struct lw_span text, bool delete_space)
{
	struct flow f = { 0 };

	while (text.len > 0)
		if (!add_flowed(out, &f, lw_span_line(&text), delete_space))
			return false;
	return true;
}
