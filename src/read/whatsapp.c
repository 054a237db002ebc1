/*
 * whatsapp.c - the text a WhatsApp chat is exported to, from any phone and locale
 *
 * A line that begins with date and time begins a record; lines after it are the
 * message's. What stands before the first such line is a record of its own. A
 * line without a sender (somebody joined, the group was renamed) is judged like
 * any other, and so is what the app writes in place of a picture: a group's name
 * may be the lure, and a line that is left out would be a place to hide one.
 *
 * Whether 3/4 is in March or April is not said: a file is taken as the order
 * that fits its dates, else as month first when they look American. No bytes
 * are malformed.
 */
#include "read/format.h"
#include "read/stamp.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 1 << 16, LONGEST_NAME = 200 };    /* bytes looked at to tell the order of dates; of a sender's name */

struct whatsapp {
	enum lw_date_order order;
	bool certain;
	struct lw_buffer conversation, time;
};

static bool
begins_message(const struct lw_source *s, struct lw_span line)
{
	struct lw_stamp stamp;

	(void)s;
	return lw_stamp_head(line, &stamp) > 0;
}

/* Marks of direction and the ~ of somebody who is not in the phone's contacts. */
static struct lw_span
bare_name(struct lw_span name)
{
	size_t n;

	do {
		n = lw_stamp_marks(name);
		n += n < name.len && name.at[n] == '~';
		name.at += n;
		name.len -= n;
	} while (n > 0);
	return lw_span_trim(name);
}

/* "Anna: text" */
static bool
cut_sender(struct lw_span *text, struct lw_span *sender)
{
	struct lw_span rest = *text, line = lw_span_line(&rest);
	const char *colon = memchr(line.at, ':', line.len > LONGEST_NAME ? LONGEST_NAME : line.len);

	for (; colon != NULL; colon = memchr(colon + 1, ':', (size_t)(line.at + line.len - colon - 1))) {
		size_t len = (size_t)(colon - line.at);

		if (len == 0 || len > LONGEST_NAME)
			return false;
		if (len + 1 < line.len && strchr(" \r\n", colon[1]) == NULL)
			continue;
		*sender = bare_name((struct lw_span){ line.at, len });
		text->at += len + 1;
		text->len -= len + 1;
		return sender->len > 0;
	}
	return false;
}

/* ---- day and month ---- */

static void
learn_order(struct whatsapp *w, const struct lw_stamp *stamp)
{
	enum lw_date_order says = lw_stamp_order(stamp);

	if (says != LW_ORDER_UNKNOWN) {
		w->order = says;
		w->certain = true;
	} else if (!w->certain && w->order == LW_ORDER_UNKNOWN) {
		w->order = stamp->slashes && stamp->half != LW_HALF_NONE && stamp->digits[2] == 2 ? LW_MONTH_FIRST :
		    LW_DAY_FIRST;
	}
}

static void
learn_from_head(struct whatsapp *w, struct lw_span head)
{
	while (head.len > 0 && !w->certain) {
		struct lw_stamp stamp;

		if (lw_stamp_head(lw_span_line(&head), &stamp) > 0)
			learn_order(w, &stamp);
	}
}

/* ---- the chat's name ---- */

/* Longer beginnings first. */
static const char *const before_name[] = { "WhatsApp Chat with ", "WhatsApp Chat - ", "WhatsApp-Chat mit ", "WhatsApp-chat met ",
	"Chat de WhatsApp con ", "Conversa do WhatsApp com ", "Conversa WhatsApp com ", "Discussion WhatsApp avec ",
	"Chat WhatsApp con ", "Chat WhatsApp dengan ", "Obrolan WhatsApp dengan ", "Sembang WhatsApp dengan ",
	"Cuộc trò chuyện WhatsApp với ", "แชท WhatsApp กับ ", "แชทใน WhatsApp กับ ", "Чат WhatsApp с контактом ", "Чат WhatsApp с ",
	"Чат WhatsApp із ", "WhatsApp Sohbeti - ", "محادثة واتساب مع ", "دردشة واتساب مع ", "WhatsApp 聊天 - ",
	"WhatsApp 對話 - ", "WhatsApp聊天记录：", "与", "與", "WhatsApp のチャット - ", "WhatsApp 대화 - ", "Čet WhatsApp - ",
	"Czat WhatsApp z: ", "WhatsApp चैट - " };
static const char *const after_name[] = { "的 WhatsApp 聊天", "的 WhatsApp 聊天记录", "的 WhatsApp 對話", "とのWhatsAppチャット",
	"님과 나눈 WhatsApp 대화" };

static struct lw_span
last_part(struct lw_span *path)
{
	const char *slash = path->len > 0 ? memrchr(path->at, '/', path->len) : NULL;
	size_t from = slash != NULL ? (size_t)(slash - path->at) + 1 : 0;
	struct lw_span part = { path->at + from, path->len - from };

	path->len = from > 0 ? from - 1 : 0;
	return part;
}

static void
cut_extension(struct lw_span *name)
{
	static const char *const endings[] = { ".gz", ".zst", ".zip", ".txt" };

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		size_t n = strlen(endings[i]);

		if (name->len > n && lw_span_same((struct lw_span){ name->at + name->len - n, n },
		    (struct lw_span){ endings[i], n }))
			name->len -= n;
	}
}

/* From "WhatsApp Chat with Anna.txt"; _chat.txt, as iPhones have it, lies in an archive or a folder that has the name. */
static struct lw_span
chat_name(const char *path)
{
	struct lw_span rest = { path, strlen(path) }, name;

	do {
		name = last_part(&rest);
		cut_extension(&name);
	} while (rest.len > 0 && (lw_span_is(name, "_chat") || name.len == 0));
	for (size_t i = 0; i < sizeof before_name / sizeof before_name[0]; i++) {
		size_t n = strlen(before_name[i]);

		if (name.len > n && memcmp(name.at, before_name[i], n) == 0) {
			name = (struct lw_span){ name.at + n, name.len - n };
			break;
		}
	}
	for (size_t i = 0; i < sizeof after_name / sizeof after_name[0]; i++) {
		size_t n = strlen(after_name[i]);

		if (name.len > n && memcmp(name.at + name.len - n, after_name[i], n) == 0)
			name.len -= n;
	}
	return lw_span_is(name, "_chat") || lw_span_is(name, "-") ? (struct lw_span){ "", 0 } : name;
}

/* ---- the format ---- */

/* The first line begins a message; or, where the beginning is missing, a quarter of all lines and more than one do. */
static int
whatsapp_sniff(struct lw_span head)
{
	size_t lines = 0, begun = 0;

	while (head.len > 0) {
		struct lw_span line = lw_span_line(&head);
		bool begins = begins_message(NULL, line);

		if (begins && lines == 0)
			return 85;
		begun += begins;
		lines += lw_span_trim(line).len > 0;
	}
	return begun > 1 && begun >= lines / 4 ? 60 : 0;
}

static lurewatch_error
whatsapp_open(struct lw_source *s)
{
	struct whatsapp *w = calloc(1, sizeof *w);
	struct lw_span name = chat_name(s->path);

	s->state = w;
	if (w == NULL || !lw_buffer_add(&w->conversation, name.at, name.len))
		return lw_source_no_memory(s);
	/* a failure to read belongs to the records */
	lw_stream_peek(s->stream, HEAD);
	learn_from_head(w, lw_stream_window(s->stream));
	return LUREWATCH_OK;
}

static void
whatsapp_close(struct lw_source *s)
{
	struct whatsapp *w = s->state;

	if (w == NULL)
		return;
	lw_buffer_free(&w->conversation);
	lw_buffer_free(&w->time);
	free(w);
}

static lurewatch_error
whatsapp_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct whatsapp *w = s->state;
	struct lw_stamp stamp;
	struct lw_span text;
	size_t head;
	lurewatch_error e = lw_source_lines(s, begins_message, m, &text, got);

	if (e != LUREWATCH_OK || !*got || m->error != NULL)
		return e;
	head = lw_stamp_head(text, &stamp);
	w->time.len = 0;
	if (head > 0) {
		learn_order(w, &stamp);
		if (!lw_stamp_iso(&stamp, w->order, &w->time))
			return lw_source_no_memory(s);
		text.at += head;
		text.len -= head;
		cut_sender(&text, &m->sender);
		head = lw_stamp_marks(text);
		text.at += head;
		text.len -= head;
	}
	m->text = lw_span_trim(text);
	m->time = (struct lw_span){ w->time.at, w->time.len };
	m->conversation = (struct lw_span){ w->conversation.at, w->conversation.len };
	m->channel = LW_SPAN("whatsapp");
	return LUREWATCH_OK;
}

const struct lw_format lw_format_whatsapp = { "whatsapp", NULL, whatsapp_sniff, whatsapp_open, whatsapp_next, whatsapp_close };
