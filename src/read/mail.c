/*
 * mail.c - one mail as text to judge, by GMime
 *
 * GMime itself gives up only when memory does (it aborts, as GLib does); a mail
 * it cannot parse is judged as plain text, headers and all.
 */
#include "read/mail.h"

#include "read/charset.h"
#include "read/format.h"

#include "read/libraries_names.h"

#include <string.h>

enum {
	DEEPEST = 50,               /* nested parts; deeper ones are an attack, not a mail */
	ENOUGH = 1 << 20,           /* bytes of text: many times what is judged */
	HTML_SAYS_MORE = 4          /* HTML with so many times the plain text's length is what is meant to be seen */
};

const char *
lw_mail_start(void)
{
	return lw_libraries_load();
}

static bool
new_line(struct lw_buffer *b)
{
	return b->len == 0 || b->at[b->len - 1] == '\n' || lw_buffer_add(b, "\n", 1);
}

/* ---- one part ---- */

static bool
decoded(GMimePart *part, struct lw_buffer *out)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *memory;
	GByteArray *bytes;
	bool done;

	if (content == NULL)
		return true;
	memory = g_mime_stream_mem_new();
	g_mime_data_wrapper_write_to_stream(content, memory);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
	done = lw_buffer_add(out, (const char *)bytes->data, bytes->len);
	g_object_unref(memory);
	return done;
}

static struct lw_span
span_of(const struct lw_buffer *b)
{
	return b->len > 0 ? (struct lw_span){ b->at, b->len } : (struct lw_span){ "", 0 };
}

static bool
says(GMimeContentType *type, const char *parameter, const char *value)
{
	const char *is = g_mime_content_type_get_parameter(type, parameter);

	return is != NULL && lw_span_same((struct lw_span){ is, strlen(is) }, (struct lw_span){ value, strlen(value) });
}

static bool
add_page(struct lw_mail *m, const char *charset)
{
	struct lw_buffer name = { 0 };
	bool done;

	if (charset == NULL && lw_charset_declared(span_of(&m->scratch), &name))
		charset = name.at;
	done = lw_recode(&m->html, span_of(&m->scratch), charset) && lw_html_text(&m->text, span_of(&m->html));
	lw_buffer_free(&name);
	return done;
}

static bool
add_text(struct lw_mail *m, GMimePart *part, GMimeContentType *type)
{
	const char *charset = g_mime_content_type_get_parameter(type, "charset");
	bool html = g_mime_content_type_is_type(type, "text", "html") ||
	    g_mime_content_type_is_type(type, "text", "xhtml");

	m->scratch.len = m->html.len = 0;
	if (!decoded(part, &m->scratch) || !new_line(&m->text))
		return false;
	if (html)
		return add_page(m, charset);
	if (!says(type, "format", "flowed"))
		return lw_recode(&m->text, span_of(&m->scratch), charset);
	return lw_recode(&m->html, span_of(&m->scratch), charset) &&
	    lw_mail_unflow(&m->text, span_of(&m->html), says(type, "delsp", "yes"));
}

static bool
add_name(struct lw_mail *m, const char *name)
{
	return name == NULL || *name == '\0' ||
	    (new_line(&m->text) && lw_buffer_addf(&m->text, "[%s]", name));
}

/* An unnamed part of an unknown type is text that was mislabelled. */
static bool
is_text(GMimeContentType *type, const char *name)
{
	return g_mime_content_type_is_type(type, "text", "*") ||
	    (name == NULL && g_mime_content_type_is_type(type, "application", "octet-stream"));
}

static bool
is_signature(GMimeContentType *type)
{
	return g_mime_content_type_is_type(type, "application", "pgp-signature") ||
	    g_mime_content_type_is_type(type, "application", "pkcs7-signature") ||
	    g_mime_content_type_is_type(type, "application", "x-pkcs7-signature");
}

static bool
add_leaf(struct lw_mail *m, GMimePart *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
	const char *name = g_mime_part_get_filename(part);

	if (is_signature(type))
		return true;
	if (g_mime_part_is_attachment(part) || !is_text(type, name))
		return add_name(m, name);
	return add_text(m, part, type);
}

/* ---- the tree of parts ---- */

static bool add_part(struct lw_mail *, GMimeObject *, int depth);

static bool
holds_html(GMimeObject *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(part);

	return g_mime_content_type_is_type(type, "text", "html") || g_mime_content_type_is_type(type, "multipart", "*");
}

static size_t
letters(const struct lw_buffer *b, size_t from)
{
	size_t n = 0;

	for (size_t i = from; i < b->len; i++)
		n += (unsigned char)b->at[i] > ' ';
	return n;
}

/* The plain version, unless it is a stub beside the HTML: what people see is what is judged. */
static bool
add_alternative(struct lw_mail *m, GMimeMultipart *parts, int depth)
{
	size_t start, middle, end, plain, html;

	if (!new_line(&m->text))
		return false;
	start = m->text.len;
	for (int i = 0; i < g_mime_multipart_get_count(parts); i++)
		if (!holds_html(g_mime_multipart_get_part(parts, i)) &&
		    !add_part(m, g_mime_multipart_get_part(parts, i), depth))
			return false;
	end = m->text.len;
	if (!new_line(&m->text))
		return false;
	middle = m->text.len;
	for (int i = 0; i < g_mime_multipart_get_count(parts); i++)
		if (holds_html(g_mime_multipart_get_part(parts, i)) &&
		    !add_part(m, g_mime_multipart_get_part(parts, i), depth))
			return false;
	html = letters(&m->text, middle);
	plain = letters(&m->text, start) - html;
	if (html > plain * HTML_SAYS_MORE) {
		memmove(m->text.at + start, m->text.at + middle, m->text.len - middle);
		m->text.len -= middle - start;
	} else {
		m->text.len = end;
	}
	return true;
}

static bool
add_forwarded(struct lw_mail *m, GMimeMessage *inner, int depth)
{
	const char *subject;

	if (inner == NULL)
		return true;
	subject = g_mime_message_get_subject(inner);
	if (subject != NULL && (!new_line(&m->text) || !lw_buffer_add_text(&m->text, subject)))
		return false;
	return add_part(m, g_mime_message_get_mime_part(inner), depth);
}

static bool
add_part(struct lw_mail *m, GMimeObject *part, int depth)
{
	GMimeMultipart *parts;

	if (part == NULL || depth > DEEPEST || m->text.len > ENOUGH)
		return true;
	if (GMIME_IS_MESSAGE_PART(part))
		return add_forwarded(m, g_mime_message_part_get_message(GMIME_MESSAGE_PART(part)), depth + 1);
	if (GMIME_IS_PART(part))
		return add_leaf(m, GMIME_PART(part));
	if (!GMIME_IS_MULTIPART(part))
		return true;
	if (g_mime_content_type_is_type(g_mime_object_get_content_type(part), "multipart", "encrypted"))
		return true;
	parts = GMIME_MULTIPART(part);
	if (g_mime_content_type_is_type(g_mime_object_get_content_type(part), "multipart", "alternative"))
		return add_alternative(m, parts, depth + 1);
	for (int i = 0; i < g_mime_multipart_get_count(parts); i++)
		if (!add_part(m, g_mime_multipart_get_part(parts, i), depth + 1))
			return false;
	return true;
}

/* ---- the whole mail ---- */

/* The first address of a list, both parts empty when there is none. */
static void
first_address(InternetAddressList *list, struct lw_span *name, struct lw_span *address)
{
	InternetAddress *first = list != NULL && internet_address_list_length(list) > 0 ?
	    internet_address_list_get_address(list, 0) : NULL;
	const char *n = first != NULL ? internet_address_get_name(first) : NULL;
	const char *a = first != NULL && INTERNET_ADDRESS_IS_MAILBOX(first) ?
	    internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(first)) : NULL;

	*name = lw_span_trim((struct lw_span){ n != NULL ? n : "", n != NULL ? strlen(n) : 0 });
	*address = (struct lw_span){ a != NULL ? a : "", a != NULL ? strlen(a) : 0 };
}

static bool
add_heading_line(struct lw_buffer *heading, struct lw_span name, struct lw_span address)
{
	return (heading->len == 0 || lw_buffer_add(heading, "\n", 1)) && lw_buffer_add(heading, name.at, name.len) &&
	    (name.len == 0 || address.len == 0 || lw_buffer_add(heading, " ", 1)) &&
	    lw_buffer_add(heading, address.at, address.len);
}

/* Who it says it is from, and where an answer would go if that is elsewhere. */
static bool
add_heading(struct lw_mail *m, InternetAddressList *from, InternetAddressList *reply_to)
{
	struct lw_span name, address, reply_name, reply;

	first_address(from, &name, &address);
	first_address(reply_to, &reply_name, &reply);
	if (name.len > 0 && !lw_span_same(name, address) && !add_heading_line(&m->heading, name, (struct lw_span){ "", 0 }))
		return false;
	if (reply.len == 0 || lw_span_same(reply, address))
		return true;
	if (lw_span_same(reply_name, name) || lw_span_same(reply_name, reply))
		reply_name.len = 0;
	return add_heading_line(&m->heading, reply_name, reply);
}

static bool
add_headers(struct lw_mail *m, GMimeMessage *mail)
{
	const char *subject = g_mime_message_get_subject(mail);
	const char *time = g_mime_object_get_header(GMIME_OBJECT(mail), "Date");
	InternetAddressList *from = g_mime_message_get_from(mail);
	char *sender = from != NULL ? internet_address_list_to_string(from, NULL, FALSE) : NULL;
	bool done;

	done = (subject == NULL || lw_buffer_add_text(&m->subject, subject)) &&
	    (time == NULL || lw_buffer_add_text(&m->time, time)) &&
	    (sender == NULL || lw_buffer_add_text(&m->sender, sender)) &&
	    add_heading(m, from, g_mime_message_get_reply_to(mail));
	g_free(sender);
	return done;
}

static GMimeMessage *
parse(struct lw_span raw)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(raw.at, raw.len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *mail;

	g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
	mail = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	return mail;
}

/* Lines end in CRLF on the wire and in LF in files: one mail has one verdict. */
static void
unify_line_ends(struct lw_buffer *b)
{
	size_t to = 0;

	for (size_t i = 0; i < b->len; i++)
		if (b->at[i] != '\r' || i + 1 == b->len || b->at[i + 1] != '\n')
			b->at[to++] = b->at[i];
	b->len = to;
}

bool
lw_mail_read(struct lw_span raw, struct lw_mail *m)
{
	GMimeMessage *mail;
	bool done;

	m->subject.len = m->heading.len = m->sender.len = m->time.len = m->text.len = 0;
	if (raw.len == 0)
		return true;
	if (!lw_mail_mend_headers(&raw, &m->mended))
		return false;
	mail = parse(raw);
	if (mail == NULL)
		return lw_recode(&m->text, raw, NULL);
	done = add_headers(m, mail) && add_part(m, g_mime_message_get_mime_part(mail), 0);
	unify_line_ends(&m->text);
	g_object_unref(mail);
	return done;
}

void
lw_mail_fill(const struct lw_mail *m, struct lw_message *out)
{
	out->subject = span_of(&m->subject);
	out->heading = span_of(&m->heading);
	out->sender = span_of(&m->sender);
	out->time = span_of(&m->time);
	out->text = span_of(&m->text);
	out->channel = LW_SPAN("email");
}

lurewatch_error
lw_mail_judged(struct lw_span raw, struct lw_mail *m, struct lw_buffer *room, struct lw_span *judged)
{
	struct lw_message message = { 0 };

	if (raw.len > 5 && memcmp(raw.at, "From ", 5) == 0)
		lw_span_line(&raw);
	if (!lw_mail_read(raw, m))
		return LUREWATCH_E_MEMORY;
	lw_mail_fill(m, &message);
	return lw_message_judged(&message, room, judged);
}

void
lw_mail_free(struct lw_mail *m)
{
	lw_buffer_free(&m->subject);
	lw_buffer_free(&m->heading);
	lw_buffer_free(&m->sender);
	lw_buffer_free(&m->time);
	lw_buffer_free(&m->text);
	lw_buffer_free(&m->scratch);
	lw_buffer_free(&m->html);
	lw_buffer_free(&m->mended);
}
