/*
 * sms_xml.c - the XML of SMS Backup & Restore: sms and mms elements below smses
 *
 * The file may be larger than memory (pictures lie in it as base64): elements are framed here, and libxml2 sees one
 * at a time. What stands between two of them is `joint` when it is blank, else, like what stands around them all,
 * `before`. The app wrote characters beyond the plane as two references to halves of a pair (&#55357;&#56832;), which
 * no XML parser takes: they are joined; so are fields that say "null" no fields.
 *
 * An element that was cut ends where the next sms or mms begins: "<" stands in no value. It is an error in its place,
 * as is one that is no XML. A file that ends inside an element, or before the closing of smses, ends with an error.
 */
#include "read/format.h"
#include "read/libraries.h"

#include "read/libraries_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct sms_xml {
	bool begun, closed;         /* a record was there; smses was closed */
	struct lw_buffer gap, joint;
	struct lw_buffer mended, text, subject, sender, conversation, time;
};

/* ---- framing ---- */

enum { LONGEST_NAME = 8 };      /* bytes that tell what a "<" begins */

static bool
begins(struct lw_span w, const char *tag)
{
	size_t n = strlen(tag);

	return w.len > n && memcmp(w.at, tag, n) == 0 && strchr(" \t\r\n/>", w.at[n]) != NULL && w.at[n] != '\0';
}

static bool
begins_record(struct lw_span w)
{
	return begins(w, "<sms") || begins(w, "<mms");
}

struct frame {
	size_t at;
	char quote;                 /* the one that is open, or NUL */
	bool in_tag;
	bool whole, broken, dropped;
};

/* Goes on from f->at; true when the element ends, at f->at. */
static bool
element_ends(struct frame *f, struct lw_span w, bool all)
{
	for (; f->at < w.len && (all || f->at + LONGEST_NAME <= w.len); f->at++) {
		struct lw_span rest = { w.at + f->at, w.len - f->at };
		char c = rest.at[0];

		if (c == '<' && f->at > 0 && begins_record(rest)) {
			f->broken = true;
			return true;
		}
		if (c == '<' && f->quote == '\0') {
			f->in_tag = true;
		} else if (!f->in_tag) {
			continue;
		} else if (f->quote != '\0') {
			f->quote = c == f->quote ? '\0' : f->quote;
		} else if (c == '"' || c == '\'') {
			f->quote = c;
		} else if (c == '>') {
			struct lw_span tag = { w.at, f->at };
			const char *open = memrchr(tag.at, '<', tag.len);
			bool ends = open == w.at ? w.at[f->at - 1] == '/' : open[1] == '/' && (open[2] == 's' || open[2] == 'm') &&
			    memcmp(open + 2, w.at + 1, 3) == 0;

			f->in_tag = false;
			f->whole = ends;
			if (ends) {
				f->at++;
				return true;
			}
		}
	}
	return false;
}

static lurewatch_error
frame(struct lw_source *s, struct frame *f)
{
	while (!element_ends(f, lw_stream_window(s->stream), lw_stream_ended(s->stream)) && !lw_stream_ended(s->stream)) {
		lurewatch_error e;

		if (f->at > LW_RECORD_MAX) {
			lw_stream_take(s->stream, f->at);
			*f = (struct frame){ .dropped = true };
		}
		e = lw_stream_more(s->stream);
		if (e != LUREWATCH_OK)
			return e;
	}
	return LUREWATCH_OK;
}

static bool
is_blank(struct lw_span s)
{
	return lw_span_trim(s).len == 0;
}

/* What stands before the next record, to gap. *found false: there is no other. */
static lurewatch_error
read_gap(struct lw_source *s, bool *found)
{
	struct sms_xml *x = s->state;

	x->gap.len = 0;
	for (*found = false;;) {
		lurewatch_error e = lw_stream_peek(s->stream, LONGEST_NAME);
		struct lw_span w = lw_stream_window(s->stream), taken;
		const char *next;

		if (w.len == 0)
			return e;
		*found = begins_record(w);
		if (*found)
			return LUREWATCH_OK;
		x->closed |= begins(w, "</smses");
		next = w.len > 1 ? memchr(w.at + 1, '<', w.len - 1) : NULL;
		taken = lw_stream_take(s->stream, next != NULL ? (size_t)(next - w.at) : w.len);
		if (x->gap.len > LW_RECORD_MAX)
			return lw_source_fail(s, "no message in %zu MiB: not a backup of SMS", LW_RECORD_MAX >> 20);
		if (!lw_buffer_add(&x->gap, taken.at, taken.len))
			return lw_source_no_memory(s);
	}
}

/* ---- what XML does not allow and backups hold ---- */

/* The reference "&#...;" at the start, its length to *len; 0: there is none. */
static uint32_t
reference(struct lw_span s, size_t *len)
{
	bool hex = s.len > 3 && (s.at[2] | 32) == 'x';
	uint32_t c = 0;
	size_t i = hex ? 3 : 2;

	*len = 0;
	if (s.len < 4 || s.at[0] != '&' || s.at[1] != '#')
		return 0;
	for (; i < s.len && i < 12 && s.at[i] != ';'; i++) {
		int d = s.at[i] >= '0' && s.at[i] <= '9' ? s.at[i] - '0' : hex && (s.at[i] | 32) >= 'a' && (s.at[i] | 32) <= 'f' ?
		    (s.at[i] | 32) - 'a' + 10 : -1;

		if (d < 0)
			return 0;
		c = c * (hex ? 16 : 10) + (uint32_t)d;
	}
	if (i < s.len && s.at[i] == ';')
		*len = i + 1;
	return c;
}

static bool
is_white(char c)
{
	return c == '\t' || c == '\n' || c == '\r';
}

/* References that are no characters become U+FFFD, halves of pairs one character; control characters become blanks. */
static bool
mend(struct lw_buffer *out, struct lw_span s)
{
	while (s.len > 0) {
		size_t plain = 0, len, more;
		uint32_t c, low;

		while (plain < s.len && s.at[plain] != '&' && ((unsigned char)s.at[plain] >= ' ' || is_white(s.at[plain])))
			plain++;
		if (!lw_utf8_repair(out, (struct lw_span){ s.at, plain }))
			return false;
		s = (struct lw_span){ s.at + plain, s.len - plain };
		if (s.len == 0)
			break;
		c = reference(s, &len);
		if (len > 0) {
			low = reference((struct lw_span){ s.at + len, s.len - len }, &more);
			if (c >= 0xd800 && c < 0xdc00 && more > 0 && low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
				len += more;
			} else if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0xd800 && c < 0xe000) ||
			    (c & 0xfffe) == 0xfffe || c > 0x10ffff) {
				c = 0xfffd;
			}
		}
		if (len > 0 ? !lw_buffer_addf(out, "&#%u;", (unsigned)c) : !lw_buffer_add(out, s.at[0] == '&' ? "&" : " ", 1))
			return false;
		len += len == 0;
		s = (struct lw_span){ s.at + len, s.len - len };
	}
	return true;
}

/* ---- fields ---- */

/* The attribute's value, empty when it is missing or "null". It is one node: references were resolved. */
static struct lw_span
attribute(const xmlNode *node, const char *name)
{
	for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
		const char *value = a->children != NULL ? (const char *)a->children->content : NULL;

		if (strcmp((const char *)a->name, name) == 0 && value != NULL && strcmp(value, "null") != 0)
			return (struct lw_span){ value, strlen(value) };
	}
	return (struct lw_span){ "", 0 };
}

static bool
is_named(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static bool
set(struct lw_buffer *b, struct lw_span s)
{
	b->len = 0;
	return lw_buffer_add(b, s.at, s.len);
}

static bool
add_line(struct lw_buffer *b, const char *before, struct lw_span s, const char *after)
{
	return s.len == 0 || ((b->len == 0 || lw_buffer_add(b, "\n", 1)) && lw_buffer_add_text(b, before) &&
	    lw_buffer_add(b, s.at, s.len) && lw_buffer_add_text(b, after));
}

/* Text as it is, other parts by their names; the layout is neither. */
static bool
add_part(struct lw_buffer *text, const xmlNode *part)
{
	struct lw_span type = attribute(part, "ct"), name = attribute(part, "cl");

	if (lw_span_same(type, LW_SPAN("text/plain")))
		return add_line(text, "", attribute(part, "text"), "");
	if (lw_span_same(type, LW_SPAN("application/smil")))
		return true;
	return add_line(text, "[", name.len > 0 ? name : attribute(part, "name"), "]");
}

static bool
fill_mms(struct sms_xml *x, const xmlNode *mms)
{
	bool done = set(&x->subject, attribute(mms, "sub"));

	for (const xmlNode *list = mms->children; list != NULL; list = list->next) {
		for (const xmlNode *item = list->children; done && item != NULL; item = item->next) {
			if (is_named(item, "part"))
				done = add_part(&x->text, item);
			else if (is_named(item, "addr") && lw_span_is(attribute(item, "type"), "137") &&
			    !lw_span_is(attribute(item, "address"), "insert-address-token"))
				done = set(&x->sender, attribute(item, "address"));
		}
	}
	return done;
}

/* Milliseconds since 1970 as a date and a time of day in UTC. */
static bool
fill_time(struct sms_xml *x, const xmlNode *node)
{
	struct lw_span date = attribute(node, "date");
	time_t seconds = (time_t)(date.len < 16 ? strtoll(date.at, NULL, 10) / 1000 : 0);
	struct tm tm;
	char iso[32];

	x->time.len = 0;
	if (seconds <= 0 || gmtime_r(&seconds, &tm) == NULL || strftime(iso, sizeof iso, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return true;
	return lw_buffer_add_text(&x->time, iso);
}

static bool
fill(struct sms_xml *x, const xmlNode *node)
{
	struct lw_span address = attribute(node, "address"), contact = attribute(node, "contact_name");
	struct lw_span box = attribute(node, "type");

	if (box.len == 0)
		box = attribute(node, "msg_box");
	x->text.len = x->subject.len = x->sender.len = 0;
	if (contact.len == 0 || lw_span_same(contact, LW_SPAN("(Unknown)")))
		contact = address;
	/* what the phone's owner sent has no sender but the owner */
	return set(&x->conversation, contact) && fill_time(x, node) &&
	    (!lw_span_is(box, "1") || set(&x->sender, address)) &&
	    (is_named(node, "mms") ? fill_mms(x, node) :
	    set(&x->subject, attribute(node, "subject")) && set(&x->text, attribute(node, "body")));
}

static struct lw_span
span_of(const struct lw_buffer *b)
{
	return (struct lw_span){ b->len > 0 ? b->at : "", b->len };
}

static bool
parse(struct sms_xml *x, struct lw_span element, struct lw_message *m)
{
	xmlDocPtr document;
	const xmlNode *root;
	bool mms = element.at[1] == 'm', done = true;

	x->mended.len = 0;
	if (!mend(&x->mended, element) || x->mended.len > INT32_MAX)
		return false;
	document = xmlReadMemory(x->mended.at, (int)x->mended.len, NULL, "UTF-8",
	    XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_HUGE);
	root = document != NULL ? document->children : NULL;
	if (root == NULL || !(is_named(root, "sms") || is_named(root, "mms")))
		m->error = "bad XML in this record";
	else
		done = fill(x, root);
	xmlFreeDoc(document);
	if (!done || m->error != NULL)
		return done;
	m->text = span_of(&x->text);
	m->subject = span_of(&x->subject);
	m->sender = span_of(&x->sender);
	m->conversation = span_of(&x->conversation);
	m->time = span_of(&x->time);
	m->channel = mms ? LW_SPAN("mms") : LW_SPAN("sms");
	return true;
}

static lurewatch_error
read_record(struct lw_source *s, struct lw_message *m)
{
	struct sms_xml *x = s->state;
	struct frame f = { 0 };
	struct lw_span element;
	lurewatch_error e = frame(s, &f);

	if (e != LUREWATCH_OK)
		return e;
	x->begun = true;
	element = (struct lw_span){ lw_stream_window(s->stream).at, f.at };
	m->joint = span_of(&x->joint);
	m->raw = lw_stream_take(s->stream, f.at);
	if (f.dropped) {
		m->raw = (struct lw_span){ "", 0 };
		m->error = LW_TOO_LONG;
	} else if (!f.whole) {
		m->error = f.broken ? "this record is cut short" : "the file ends inside this record";
	} else if (!parse(x, element, m)) {
		return lw_source_no_memory(s);
	}
	return LUREWATCH_OK;
}

static lurewatch_error
sms_xml_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct sms_xml *x = s->state;
	lurewatch_error e = read_gap(s, got);
	bool apart = x->begun && *got && is_blank(span_of(&x->gap));

	if (e != LUREWATCH_OK)
		return e;
	if (!set(&x->joint, apart ? span_of(&x->gap) : (struct lw_span){ "", 0 }) ||
	    (!apart && !lw_buffer_add(s->before, x->gap.at, x->gap.len)))
		return lw_source_no_memory(s);
	if (*got)
		return read_record(s, m);
	return x->closed || !x->begun ? LUREWATCH_OK : lw_source_fail(s, "the file ends too early: smses is not closed");
}

static lurewatch_error
sms_xml_open(struct lw_source *s)
{
	const char *missing = lw_libraries_load();

	if (missing != NULL)
		return lw_source_fail(s, "XML cannot be read: %s could not be loaded", missing);
	s->state = calloc(1, sizeof(struct sms_xml));
	s->document = true;
	return s->state != NULL ? LUREWATCH_OK : lw_source_no_memory(s);
}

static void
sms_xml_close(struct lw_source *s)
{
	struct sms_xml *x = s->state;

	if (x == NULL)
		return;
	lw_buffer_free(&x->gap);
	lw_buffer_free(&x->joint);
	lw_buffer_free(&x->mended);
	lw_buffer_free(&x->text);
	lw_buffer_free(&x->subject);
	lw_buffer_free(&x->sender);
	lw_buffer_free(&x->conversation);
	lw_buffer_free(&x->time);
	free(x);
}

static int
sms_xml_sniff(struct lw_span head)
{
	return head.len > 0 && memmem(head.at, head.len, "<smses", 6) != NULL ? 95 : 0;
}

static const char *const extensions[] = { ".xml", NULL };
const struct lw_format lw_format_sms_xml = { "sms-xml", extensions, sms_xml_sniff, sms_xml_open, sms_xml_next, sms_xml_close };
