/*
 * signal.c - main.jsonl, the plain text export of Signal Desktop and Signal's phones
 *
 * A line is a frame of the backup format written as JSON. A frame with a chatItem
 * is a record; the others (people, groups, chats) give names and are structure:
 * they stay when messages are filtered out, so that what is left reads as an
 * export. An item that holds no words (a call, a sticker, somebody joined) has an
 * empty text. A line that is no JSON object is an error in its place.
 */
#include "read/format.h"
#include "read/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct signal {
	json_t *frame;
	json_t *names, *chats;      /* recipient's number to name; chat's number to recipient's */
	struct lw_buffer mended, text, id, time, error;
};

static bool
has(struct lw_span in, const char *what)
{
	return memmem(in.at, in.len, what, strlen(what)) != NULL;
}

static int
signal_sniff(struct lw_span head)
{
	struct lw_span rest = lw_span_trim(head);

	if (rest.len == 0 || rest.at[0] != '{')
		return 0;
	if (has(lw_span_line(&rest), "\"backupTimeMs\""))
		return 95;
	return has(head, "{\"chatItem\":{\"chatId\"") || has(head, "{\"recipient\":{\"id\"") ? 95 : 0;
}

static lurewatch_error
signal_open(struct lw_source *s)
{
	struct signal *g = calloc(1, sizeof *g);

	s->state = g;
	if (g == NULL || (g->names = json_object()) == NULL || (g->chats = json_object()) == NULL)
		return lw_source_no_memory(s);
	s->document = true;
	return LUREWATCH_OK;
}

static void
signal_close(struct lw_source *s)
{
	struct signal *g = s->state;

	if (g == NULL)
		return;
	json_decref(g->frame);
	json_decref(g->names);
	json_decref(g->chats);
	lw_buffer_free(&g->mended);
	lw_buffer_free(&g->text);
	lw_buffer_free(&g->id);
	lw_buffer_free(&g->time);
	lw_buffer_free(&g->error);
	free(g);
}

/* ---- names ---- */

static bool
add_word(struct lw_buffer *b, const json_t *word)
{
	struct lw_span said = lw_json_string(word);

	return said.len == 0 || ((b->len == 0 || lw_buffer_add(b, " ", 1)) && lw_buffer_add(b, said.at, said.len));
}

/* The name in the phone's contacts, else the one they gave themselves, else their number. */
static bool
build_name(struct lw_buffer *b, const json_t *recipient)
{
	static const char *const names[][2] = { { "systemGivenName", "systemFamilyName" },
		{ "profileGivenName", "profileFamilyName" }, { "username", "" }, { "e164", "" } };
	const json_t *contact = json_object_get(recipient, "contact");

	b->len = 0;
	if (json_object_get(recipient, "self") != NULL)
		return lw_buffer_add_text(b, "me");
	if (!add_word(b, lw_json_at(recipient, "group.snapshot.title.title")))
		return false;
	for (size_t i = 0; b->len == 0 && i < sizeof names / sizeof names[0]; i++)
		if (!add_word(b, json_object_get(contact, names[i][0])) || !add_word(b, json_object_get(contact, names[i][1])))
			return false;
	return true;
}

static bool
note(json_t *map, const json_t *key, struct lw_span value)
{
	const char *name = json_string_value(key);

	return name == NULL || value.len == 0 || json_object_set_new_nocheck(map, name, json_stringn_nocheck(value.at, value.len)) == 0;
}

static const json_t *
look_up(const json_t *map, const json_t *key)
{
	return json_is_string(key) ? json_object_get(map, json_string_value(key)) : NULL;
}

/* A frame that is no message. */
static bool
learn(struct signal *g)
{
	const json_t *recipient = json_object_get(g->frame, "recipient"), *chat = json_object_get(g->frame, "chat");

	if (chat != NULL)
		return note(g->chats, json_object_get(chat, "id"), lw_json_string(json_object_get(chat, "recipientId")));
	if (recipient == NULL)
		return true;
	return build_name(&g->text, recipient) &&
	    note(g->names, json_object_get(recipient, "id"), (struct lw_span){ g->text.at, g->text.len });
}

/* ---- one message ---- */

static bool
add_line(struct lw_buffer *b, const json_t *line)
{
	struct lw_span said = lw_json_string(line);

	return said.len == 0 || ((b->len == 0 || lw_buffer_add(b, "\n", 1)) && lw_buffer_add(b, said.at, said.len));
}

static bool
add_previews(struct lw_buffer *b, const json_t *previews)
{
	const json_t *preview;
	size_t i;
	bool done = true;

	json_array_foreach(previews, i, preview)
		done = done && add_line(b, json_object_get(preview, "title")) &&
		    add_line(b, json_object_get(preview, "description")) && add_line(b, json_object_get(preview, "url"));
	return done;
}

static bool
add_poll(struct lw_buffer *b, const json_t *poll)
{
	const json_t *option;
	size_t i;
	bool done = add_line(b, json_object_get(poll, "question"));

	json_array_foreach(json_object_get(poll, "options"), i, option)
		done = done && add_line(b, json_object_get(option, "option"));
	return done;
}

static bool
add_contact(struct lw_buffer *b, const json_t *contact)
{
	const json_t *number;
	size_t i;
	bool done = add_line(b, lw_json_at(contact, "name.givenName")) && add_line(b, lw_json_at(contact, "name.familyName")) &&
	    add_line(b, json_object_get(contact, "organization"));

	json_array_foreach(json_object_get(contact, "number"), i, number)
		done = done && add_line(b, json_object_get(number, "value"));
	return done;
}

static bool
build_text(struct lw_buffer *b, const json_t *item)
{
	b->len = 0;
	return add_line(b, lw_json_at(item, "standardMessage.text.body")) &&
	    add_previews(b, lw_json_at(item, "standardMessage.linkPreview")) &&
	    add_line(b, lw_json_at(item, "directStoryReplyMessage.textReply.text.body")) &&
	    add_poll(b, json_object_get(item, "poll")) && add_contact(b, lw_json_at(item, "contactMessage.contact"));
}

/* Milliseconds since 1970, as text. */
static bool
build_time(struct lw_buffer *b, const json_t *sent)
{
	char *end;
	long long value = json_is_string(sent) ? strtoll(json_string_value(sent), &end, 10) : json_integer_value(sent);
	time_t seconds = (time_t)(value / 1000);
	struct tm at;

	b->len = 0;
	return value <= 0 || gmtime_r(&seconds, &at) == NULL || lw_buffer_addf(b, "%04d-%02d-%02dT%02d:%02d:%02dZ",
	    at.tm_year + 1900, at.tm_mon + 1, at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec);
}

static bool
build_id(struct lw_buffer *b, const json_t *item)
{
	b->len = 0;
	return lw_json_add_scalar(b, json_object_get(item, "chatId")) && lw_buffer_add(b, "/", 1) &&
	    lw_json_add_scalar(b, json_object_get(item, "dateSent"));
}

static struct lw_span
span_of(const struct lw_buffer *b)
{
	return (struct lw_span){ b->len > 0 ? b->at : "", b->len };
}

static bool
fill(struct signal *g, const json_t *item, struct lw_message *m)
{
	const json_t *sent = json_object_get(item, "dateSent"), *chat = json_object_get(item, "chatId");

	if (!build_text(&g->text, item) || !build_time(&g->time, sent) || !build_id(&g->id, item))
		return false;
	m->text = span_of(&g->text);
	m->time = span_of(&g->time);
	m->id = span_of(&g->id);
	m->sender = lw_json_string(look_up(g->names, json_object_get(item, "authorId")));
	m->conversation = lw_json_string(look_up(g->names, look_up(g->chats, chat)));
	m->channel = LW_SPAN("signal");
	return true;
}

static lurewatch_error
signal_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct signal *g = s->state;
	json_error_t error;
	const json_t *item;
	lurewatch_error e;

	for (;;) {
		*m = (struct lw_message){ 0 };
		e = lw_source_line(s, m, true, got);
		if (e != LUREWATCH_OK || !*got || m->error != NULL)
			return e;
		json_decref(g->frame);
		g->frame = lw_json_parse(m->text, &g->mended, &error);
		m->text = (struct lw_span){ "", 0 };
		item = json_object_get(g->frame, "chatItem");
		if (!json_is_object(g->frame))
			break;
		if (item != NULL)
			return fill(g, item, m) ? LUREWATCH_OK : lw_source_no_memory(s);
		if (!learn(g) || !lw_buffer_add(s->before, m->raw.at, m->raw.len))
			return lw_source_no_memory(s);
	}
	m->error = "not a JSON object";
	if (g->frame != NULL)
		return LUREWATCH_OK;
	g->error.len = 0;
	if (!lw_buffer_addf(&g->error, "bad JSON at column %d: %s", error.column, error.text) || !lw_buffer_add(&g->error, "", 1))
		return lw_source_no_memory(s);
	m->error = g->error.at;
	return LUREWATCH_OK;
}

static const char *const extensions[] = { ".jsonl", NULL };
const struct lw_format lw_format_signal = { "signal", extensions, signal_sniff, signal_open, signal_next, signal_close };
