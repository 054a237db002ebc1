/*
 * telegram.c - result.json as Telegram Desktop exports it: one chat, or an account with all its chats
 *
 * json_walk.h walks the file; every element of a list called "messages" is a
 * record. A service message (joined, pinned, called) is one too, with no text: it
 * gets the verdict of an empty text, and with --filter stays on the clean side.
 * What is no message object is an error in its place.
 */
#include "read/format.h"
#include "read/json.h"
#include "read/json_walk.h"

#include <stdlib.h>
#include <string.h>

struct chat {
	struct lw_buffer name, type, id;
};

struct telegram {
	struct lw_json_walk walk;
	struct chat chat;

	json_t *message;
	struct lw_buffer mended, text, sender, id, conversation, error;
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

/* ---- the structure around the messages ---- */

static bool
key_is(const struct lw_json_walk *w, const char *quoted)
{
	return lw_span_is((struct lw_span){ w->key.at, w->key.len }, quoted);
}

static bool
wants(const struct lw_json_walk *w, char first)
{
	(void)first;
	return key_is(w, "\"messages\"");
}

/* Notes the string or number that is the chat's name, kind or number. */
static bool
note_value(struct lw_json_walk *w, struct lw_span value)
{
	struct telegram *t = w->data;
	struct lw_buffer *to = key_is(w, "\"name\"") ? &t->chat.name : key_is(w, "\"type\"") ? &t->chat.type :
	    key_is(w, "\"id\"") ? &t->chat.id : NULL;
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
opened(struct lw_json_walk *w, char bracket)
{
	struct telegram *t = w->data;

	if (bracket == '{')
		t->chat.name.len = t->chat.type.len = t->chat.id.len = 0;
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

static lurewatch_error
telegram_open(struct lw_source *s)
{
	struct telegram *t = s->state = calloc(1, sizeof *t);

	if (t == NULL)
		return lw_source_no_memory(s);
	s->document = true;
	t->walk = (struct lw_json_walk){ .wants = wants, .opened = opened, .value = note_value, .data = t,
		.not_ours = "not a Telegram result.json (its messages.html is read with -f telegram-html)" };
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
	lw_json_walk_free(&t->walk);
	lw_buffer_free(&t->mended);
	lw_buffer_free(&t->text);
	lw_buffer_free(&t->sender);
	lw_buffer_free(&t->id);
	lw_buffer_free(&t->conversation);
	lw_buffer_free(&t->error);
	free(t);
}

static lurewatch_error
telegram_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct telegram *t = s->state;
	struct lw_span object;
	lurewatch_error e = lw_json_walk_next(s, &t->walk, m, &object, got);

	if (e != LUREWATCH_OK || !*got || m->error != NULL)
		return e;
	return parse(t, object, m) ? LUREWATCH_OK : lw_source_no_memory(s);
}

static const char *const extensions[] = { ".json", NULL };
const struct lw_format lw_format_telegram = { "telegram", extensions, telegram_sniff, telegram_open, telegram_next,
	telegram_close };
