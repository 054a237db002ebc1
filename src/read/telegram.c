/*
 * telegram.c - result.json as Telegram Desktop exports it: one chat, or an account with all its chats
 *
 * The file may be larger than memory: a scanner that knows strings and brackets
 * walks the stream, and jansson sees one message at a time. Every element of a
 * list called "messages" is a record. A service message (joined, pinned, called)
 * is one too, with no text: it gets the verdict of an empty text, and with
 * --filter stays on the clean side. All other bytes are the document's structure
 * and go to `before`, the comma between two messages to `joint`.
 *
 * What is no message object is an error in its place. A message that was cut
 * short ends where the next one begins, if that stands on a line of its own as
 * far in as the first: so damage costs one message. A file that ends inside its
 * brackets is an error after its last message.
 */
#include "read/format.h"
#include "read/json.h"

#include <stdlib.h>
#include <string.h>

struct chat {
	struct lw_buffer name, type, id;
};

struct telegram {
	struct chat chat;
	struct lw_buffer string;    /* the last string of the structure, still quoted: a name when a colon follows */
	struct lw_buffer key;       /* name of the value that comes now */
	size_t depth;               /* brackets open around the place where the scanner is */
	bool in_list, first;        /* in a list of messages; before its first one */

	json_t *message;
	struct lw_buffer joint, mended, text, sender, id, conversation, error;
};

/* ---- telling it apart ---- */

static const char *
find(struct lw_span in, const char *what)
{
	return memmem(in.at, in.len, what, strlen(what));
}

static bool
has_any(struct lw_span head, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (find(head, names[i]) != NULL)
			return true;
	return false;
}

/* A chat says what kind it is before its messages; an account begins with a word about the export. */
static int
telegram_sniff(struct lw_span head)
{
	static const char *const kinds[] = { "\"personal_chat\"", "\"bot_chat\"", "\"private_group\"",
		"\"private_supergroup\"", "\"public_supergroup\"", "\"private_channel\"", "\"public_channel\"",
		"\"saved_messages\"", "\"replies\"", "\"verification_codes\"" };
	static const char *const sections[] = { "\"personal_information\"", "\"contacts\"", "\"frequent_contacts\"",
		"\"profile_pictures\"", "\"stories\"", "\"sessions\"", "\"chats\"", "\"left_chats\"" };
	struct lw_span rest = lw_span_trim(head), inside;
	const char *messages;

	if (rest.len == 0 || rest.at[0] != '{')
		return 0;
	inside = lw_span_trim((struct lw_span){ rest.at + 1, rest.len - 1 });
	if (inside.len > 7 && memcmp(inside.at, "\"about\"", 7) == 0 &&
	    has_any(inside, sections, sizeof sections / sizeof sections[0]))
		return 95;
	messages = find(inside, "\"messages\"");
	if (messages == NULL)
		return 0;
	inside.len = (size_t)(messages - inside.at);
	return has_any(inside, kinds, sizeof kinds / sizeof kinds[0]) ? 95 : 0;
}

static lurewatch_error
telegram_open(struct lw_source *s)
{
	s->state = calloc(1, sizeof(struct telegram));
	if (s->state == NULL)
		return lw_source_no_memory(s);
	s->document = true;
	return LUREWATCH_OK;
}

static void
telegram_close(struct lw_source *s)
{
	struct telegram *t = s->state;

	if (t == NULL)
		return;
	json_decref(t->message);
	lw_buffer_free(&t->chat.name);
	lw_buffer_free(&t->chat.type);
	lw_buffer_free(&t->chat.id);
	lw_buffer_free(&t->string);
	lw_buffer_free(&t->key);
	lw_buffer_free(&t->joint);
	lw_buffer_free(&t->mended);
	lw_buffer_free(&t->text);
	lw_buffer_free(&t->sender);
	lw_buffer_free(&t->id);
	lw_buffer_free(&t->conversation);
	lw_buffer_free(&t->error);
	free(t);
}

/* ---- the structure around the messages ---- */

static bool
set(struct lw_buffer *b, const char *at, size_t len)
{
	b->len = 0;
	return lw_buffer_add(b, at, len);
}

static bool
key_is(const struct telegram *t, const char *quoted)
{
	return lw_span_is((struct lw_span){ t->key.at, t->key.len }, quoted);
}

/* Takes n bytes of the window as structure. */
static lurewatch_error
keep(struct lw_source *s, size_t n)
{
	struct lw_span bytes = lw_stream_take(s->stream, n);

	if (s->before->len > LW_RECORD_MAX)
		return lw_source_fail(s, "no message in %zu MiB of JSON: not a Telegram export", LW_RECORD_MAX >> 20);
	return lw_buffer_add(s->before, bytes.at, bytes.len) ? LUREWATCH_OK : lw_source_no_memory(s);
}

/* The byte at the window's start, -1 at the end. */
static lurewatch_error
peek(struct lw_source *s, int *c)
{
	lurewatch_error e = lw_stream_peek(s->stream, 1);
	struct lw_span window = lw_stream_window(s->stream);

	*c = window.len > 0 ? (unsigned char)window.at[0] : -1;
	return window.len > 0 ? LUREWATCH_OK : e;
}

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Length of the run of bytes at the window's start: a string with its quotes, blanks, or a word. It may end with the stream. */
static lurewatch_error
run_length(struct lw_source *s, int first, size_t *len)
{
	bool escaped = false;

	for (size_t i = 1;; i++) {
		struct lw_span w = lw_stream_window(s->stream);
		lurewatch_error e;
		int c;

		while (i >= w.len) {
			if (lw_stream_ended(s->stream) || i > LW_RECORD_MAX) {
				*len = i;
				return LUREWATCH_OK;
			}
			e = lw_stream_more(s->stream);
			if (e != LUREWATCH_OK)
				return e;
			w = lw_stream_window(s->stream);
		}
		c = (unsigned char)w.at[i];
		*len = i;
		if (first == '"') {
			*len = i + 1;
			if ((c == '"' && !escaped) || c == '\n')
				return LUREWATCH_OK;
			escaped = c == '\\' && !escaped;
		} else if (is_blank(first) ? !is_blank(c) : strchr("\"{}[]:, \t\r\n", c) != NULL && c != '\0') {
			return LUREWATCH_OK;
		}
	}
}

/* The quoted string, or a number, that is the chat's name, kind or number. */
static bool
note_value(struct telegram *t, struct lw_span value)
{
	struct lw_buffer *to = key_is(t, "\"name\"") ? &t->chat.name : key_is(t, "\"type\"") ? &t->chat.type :
	    key_is(t, "\"id\"") ? &t->chat.id : NULL;
	json_error_t error;
	json_t *parsed;
	bool done;

	if (to == NULL)
		return true;
	parsed = json_loadb(value.at, value.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	to->len = 0;
	done = lw_json_add_scalar(to, parsed);
	json_decref(parsed);
	return done;
}

static void
open_bracket(struct telegram *t, int c)
{
	t->depth++;
	t->in_list = t->first = c == '[' && key_is(t, "\"messages\"");
	if (c == '{')
		t->chat.name.len = t->chat.type.len = t->chat.id.len = 0;
	t->key.len = 0;
}

/* Passes over one token. */
static lurewatch_error
structure(struct lw_source *s, int c)
{
	struct telegram *t = s->state;
	struct lw_span token = { lw_stream_window(s->stream).at, 1 };
	lurewatch_error e = LUREWATCH_OK;
	bool done = true;

	if (c == '{' || c == '[') {
		open_bracket(t, c);
	} else if (c == '}' || c == ']') {
		t->depth -= t->depth > 0;
		t->key.len = 0;
	} else if (c == ':') {
		done = set(&t->key, t->string.at, t->string.len);
	} else if (c == ',') {
		t->key.len = 0;
	} else {
		e = run_length(s, c, &token.len);
		token.at = lw_stream_window(s->stream).at;
		if (e == LUREWATCH_OK && !is_blank(c)) {
			if (t->depth == 0)
				return lw_source_fail(s, c == '<' ? "this is HTML, not a Telegram result.json: -f telegram-html reads it" :
				    "not a Telegram result.json");
			done = note_value(t, token) && (c != '"' || set(&t->string, token.at, token.len));
		}
	}
	if (e != LUREWATCH_OK)
		return e;
	return done ? keep(s, token.len) : lw_source_no_memory(s);
}

/* ---- one message ---- */

struct frame {
	size_t at;
	size_t indent;              /* of the line that the message begins on; SIZE_MAX: it does not begin one */
	int depth;
	bool string, escaped;
	bool dropped, broken;
};

/* Whether what stands before `at` is a line break and `indent` blanks; *end is set to before them and before a comma. */
static bool
begins_line(struct lw_span w, size_t at, size_t indent, size_t *end)
{
	size_t i = at;

	while (i > 0 && w.at[i - 1] == ' ')
		i--;
	if (i == 0 || w.at[i - 1] != '\n' || at - i != indent)
		return false;
	while (i > 0 && is_blank((unsigned char)w.at[i - 1]))
		i--;
	*end = i > 0 && w.at[i - 1] == ',' ? i - 1 : i;
	return true;
}

/* Goes on from f->at; true when the value's end is there, at f->at. A string ends with its line: the export escapes line breaks. */
static bool
value_ends(struct frame *f, struct lw_span w)
{
	for (; f->at < w.len; f->at++) {
		char c = w.at[f->at];

		if (f->string) {
			f->string = f->escaped || (c != '"' && c != '\n');
			f->escaped = c == '\\' && !f->escaped;
		} else if (c == '"') {
			f->string = true;
			f->escaped = false;
		} else if (c == '{' || c == '[') {
			f->broken = f->depth > 0 && c == '{' && begins_line(w, f->at, f->indent, &f->at);
			if (f->broken)
				return true;
			f->depth++;
		} else if (c == '}' || c == ']') {
			if (f->depth == 0 && f->at > 0)
				return true;
			f->depth -= f->depth > 0;
			if (f->depth == 0) {
				f->at++;
				return true;
			}
		} else if (c == ',' && f->depth == 0) {
			return true;
		}
	}
	return false;
}

static lurewatch_error
frame(struct lw_source *s, struct frame *f)
{
	while (!value_ends(f, lw_stream_window(s->stream)) && !lw_stream_ended(s->stream)) {
		lurewatch_error e;

		if (f->at > LW_RECORD_MAX) {
			lw_stream_take(s->stream, f->at);
			f->at = 0;
			f->dropped = true;
		}
		e = lw_stream_more(s->stream);
		if (e != LUREWATCH_OK)
			return e;
	}
	return LUREWATCH_OK;
}

/* Blanks and commas before the next message, to joint. */
static lurewatch_error
read_joint(struct lw_source *s, int *c)
{
	struct telegram *t = s->state;
	lurewatch_error e;

	t->joint.len = 0;
	for (;;) {
		struct lw_span w, bytes;
		size_t n = 0;

		e = peek(s, c);
		if (e != LUREWATCH_OK || !(is_blank(*c) || *c == ','))
			return e;
		w = lw_stream_window(s->stream);
		while (n < w.len && (is_blank((unsigned char)w.at[n]) || w.at[n] == ','))
			n++;
		bytes = lw_stream_take(s->stream, n);
		if (t->joint.len > LW_RECORD_MAX)
			return lw_source_fail(s, "no message in %zu MiB of blanks", LW_RECORD_MAX >> 20);
		if (!lw_buffer_add(&t->joint, bytes.at, bytes.len))
			return lw_source_no_memory(s);
	}
}

/* Blanks since the last line break, SIZE_MAX without one. */
static size_t
indent_of(const struct lw_buffer *joint)
{
	const char *line = joint->len > 0 ? memrchr(joint->at, '\n', joint->len) : NULL;

	return line != NULL ? (size_t)(joint->at + joint->len - line) - 1 : SIZE_MAX;
}

/* ---- what a message says ---- */

static bool
add_line(struct lw_buffer *b, struct lw_span line)
{
	return line.len == 0 || ((b->len == 0 || lw_buffer_add(b, "\n", 1)) && lw_buffer_add(b, line.at, line.len));
}

static bool
add_member(struct lw_buffer *b, const json_t *object, const char *name)
{
	return add_line(b, lw_json_string(json_object_get(object, name)));
}

/* A string, or a list of strings and of pieces with a text of their own. */
static bool
add_text(struct lw_buffer *b, const json_t *text)
{
	const json_t *piece;
	size_t i;
	bool done = json_is_array(text) || add_line(b, lw_json_string(text));

	json_array_foreach(text, i, piece) {
		struct lw_span said = lw_json_string(json_is_object(piece) ? json_object_get(piece, "text") : piece);

		done = done && lw_buffer_add(b, said.at, said.len);
	}
	return done;
}

/* Where the pieces lead that do not show it. */
static bool
add_links(struct lw_buffer *b, const json_t *pieces)
{
	const json_t *piece;
	size_t i;
	bool done = true;

	json_array_foreach(pieces, i, piece) {
		struct lw_span href = lw_json_string(json_object_get(piece, "href"));
		struct lw_span said = lw_json_string(json_object_get(piece, "text"));

		if (href.len != said.len || href.len == 0 || memcmp(href.at, said.at, href.len) != 0)
			done = done && add_line(b, href);
	}
	return done;
}

/* Rows of buttons; `data` of one that opens a page is the page, of others it is the bot's own. */
static bool
add_buttons(struct lw_buffer *b, const json_t *rows)
{
	const json_t *row, *button;
	size_t i, k;
	bool done = true;

	json_array_foreach(rows, i, row)
		json_array_foreach(row, k, button) {
			struct lw_span data = lw_json_string(json_object_get(button, "data"));

			done = done && add_member(b, button, "text");
			if (data.len > 0 && memmem(data.at, data.len, "://", 3) != NULL)
				done = done && add_line(b, data);
			done = done && add_member(b, button, "url");
		}
	return done;
}

static bool
add_poll(struct lw_buffer *b, const json_t *poll)
{
	const json_t *answer;
	size_t i;
	bool done = add_member(b, poll, "question");

	json_array_foreach(json_object_get(poll, "answers"), i, answer)
		done = done && add_member(b, answer, "text");
	return done;
}

static bool
add_contact(struct lw_buffer *b, const json_t *contact)
{
	struct lw_span last = lw_json_string(json_object_get(contact, "last_name"));

	return add_member(b, contact, "first_name") && (last.len == 0 || lw_buffer_add(b, " ", 1)) &&
	    lw_buffer_add(b, last.at, last.len) && add_member(b, contact, "phone_number");
}

static bool
build_text(struct lw_buffer *b, const json_t *message)
{
	static const char *const plain[] = { "game_title", "game_description", "game_link", "place_name", "address",
		"file_name" };
	const json_t *text = json_object_get(message, "text"), *entities = json_object_get(message, "text_entities");
	const json_t *invoice = json_object_get(message, "invoice_information");
	bool done = add_text(b, text != NULL ? text : entities);

	done = done && add_links(b, json_is_array(entities) ? entities : text) &&
	    add_buttons(b, json_object_get(message, "inline_bot_buttons")) && add_poll(b, json_object_get(message, "poll")) &&
	    add_contact(b, json_object_get(message, "contact_information")) && add_member(b, invoice, "title") &&
	    add_member(b, invoice, "description");
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		done = done && add_member(b, message, plain[i]);
	return done;
}

/* "Anna", or "Anna (forwarded from Jobs)": where a lure came from is what an investigator asks first. */
static bool
build_sender(struct lw_buffer *b, const json_t *message)
{
	const json_t *from = json_object_get(message, "from");
	struct lw_span forwarded = lw_json_string(json_object_get(message, "forwarded_from"));
	struct lw_span name = lw_json_string(from != NULL ? from : json_object_get(message, "actor"));

	if (!lw_buffer_add(b, name.at, name.len) || forwarded.len == 0)
		return forwarded.len == 0;
	return lw_buffer_add_text(b, name.len > 0 ? " (forwarded from " : "(forwarded from ") &&
	    lw_buffer_add(b, forwarded.at, forwarded.len) && lw_buffer_add(b, ")", 1);
}

/* The chat's name; the saved messages, and chats of deleted accounts, have none: kind and number. */
static bool
build_conversation(struct telegram *t)
{
	const struct chat *c = &t->chat;

	if (c->name.len > 0)
		return lw_buffer_add(&t->conversation, c->name.at, c->name.len);
	return lw_buffer_add(&t->conversation, c->type.at, c->type.len) &&
	    (c->id.len == 0 || (lw_buffer_add_text(&t->conversation, " ") &&
	    lw_buffer_add(&t->conversation, c->id.at, c->id.len)));
}

static bool
build_id(struct telegram *t)
{
	const json_t *id = json_object_get(t->message, "id");

	return t->chat.id.len == 0 || !json_is_number(id) || (lw_buffer_add(&t->id, t->chat.id.at, t->chat.id.len) &&
	    lw_buffer_add(&t->id, "/", 1) && lw_json_add_scalar(&t->id, id));
}

static struct lw_span
span_of(const struct lw_buffer *b)
{
	return (struct lw_span){ b->len > 0 ? b->at : "", b->len };
}

static bool
fill(struct telegram *t, struct lw_message *m)
{
	struct lw_span type = lw_json_string(json_object_get(t->message, "type"));

	t->text.len = t->sender.len = t->id.len = t->conversation.len = 0;
	if ((!lw_span_is(type, "service") && !build_text(&t->text, t->message)) || !build_sender(&t->sender, t->message) ||
	    !build_conversation(t) || !build_id(t))
		return false;
	m->text = span_of(&t->text);
	m->sender = span_of(&t->sender);
	m->conversation = span_of(&t->conversation);
	m->id = span_of(&t->id);
	m->time = lw_json_string(json_object_get(t->message, "date"));
	m->channel = LW_SPAN("telegram");
	return true;
}

static bool
parse(struct telegram *t, struct lw_span object, struct lw_message *m)
{
	json_error_t error;

	m->error = "not a message object";
	if (object.at[0] != '{')
		return true;
	json_decref(t->message);
	t->message = lw_json_parse(object, &t->mended, &error);
	m->error = NULL;
	if (t->message != NULL)
		return fill(t, m);
	t->error.len = 0;
	if (!lw_buffer_addf(&t->error, "bad JSON in this message: %s", error.text) || !lw_buffer_add(&t->error, "", 1))
		return false;
	m->error = t->error.at;
	return true;
}

/* The message at the window's start. */
static lurewatch_error
read_message(struct lw_source *s, struct lw_message *m)
{
	struct telegram *t = s->state;
	struct frame f = { .indent = indent_of(&t->joint) };
	lurewatch_error e;
	struct lw_span object;

	if (t->first) {
		if (!lw_buffer_add(s->before, t->joint.at, t->joint.len))
			return lw_source_no_memory(s);
		t->joint.len = 0;
	}
	t->first = false;
	e = frame(s, &f);
	if (e != LUREWATCH_OK)
		return e;
	object = (struct lw_span){ lw_stream_window(s->stream).at, f.at };
	m->joint = span_of(&t->joint);
	m->raw = lw_stream_take(s->stream, f.at);
	if (f.dropped) {
		m->raw = (struct lw_span){ "", 0 };
		m->error = LW_TOO_LONG;
	} else if (f.depth > 0) {
		m->error = f.broken ? "this message is cut short" : "the file ends inside this message";
	} else if (!parse(t, object, m)) {
		return lw_source_no_memory(s);
	}
	return LUREWATCH_OK;
}

static lurewatch_error
telegram_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct telegram *t = s->state;
	lurewatch_error e;
	int c;

	for (;;) {
		e = t->in_list ? read_joint(s, &c) : peek(s, &c);
		if (e != LUREWATCH_OK)
			return e;
		*got = t->in_list && c != -1 && c != ']';
		if (*got)
			return read_message(s, m);
		if (t->in_list && !lw_buffer_add(s->before, t->joint.at, t->joint.len))
			return lw_source_no_memory(s);
		t->in_list = false;
		if (c == -1)
			break;
		e = structure(s, c);
		if (e != LUREWATCH_OK)
			return e;
	}
	return t->depth == 0 ? LUREWATCH_OK :
	    lw_source_fail(s, "the export ends too early: %zu brackets are still open", t->depth);
}

static const char *const extensions[] = { ".json", NULL };
const struct lw_format lw_format_telegram = { "telegram", extensions, telegram_sniff, telegram_open, telegram_next,
	telegram_close };
