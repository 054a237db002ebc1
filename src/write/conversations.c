/* conversations.c - a table by folder and name; a message that finds no memory leaves the table as it was */
#include "write/conversations.h"

#include <stdlib.h>
#include <string.h>

enum { EXCERPT = 400 };         /* bytes kept of the strongest message: more than any output shows */

struct entry {
	size_t folder_len;              /* its key: folder, a slash, name */
	uint64_t messages, flagged, unreadable;
	struct lw_when first, last;
	bool judged;                    /* the rest is of the strongest message */
	lurewatch_verdict verdict;
	struct lw_result result;
	struct lw_buffer id, text, indicators;
};

struct lw_conversations {
	struct lw_names keys;
	struct lw_buffer key;
	struct entry *entry;
	size_t n, room;
};

struct lw_conversations *
lw_conversations_new(void)
{
	return calloc(1, sizeof(struct lw_conversations));
}

void
lw_conversations_free(struct lw_conversations *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++) {
		lw_buffer_free(&c->entry[i].id);
		lw_buffer_free(&c->entry[i].text);
		lw_buffer_free(&c->entry[i].indicators);
	}
	lw_names_free(&c->keys);
	lw_buffer_free(&c->key);
	free(c->entry);
	free(c);
}

static struct lw_span
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (struct lw_span){ path, slash != NULL ? (size_t)(slash - path) : 0 };
}

static struct entry *
entry_of(struct lw_conversations *c, const struct lw_message *m)
{
	struct lw_span folder = folder_of(m->path);
	uint32_t i;

	c->key.len = 0;
	if (!lw_buffer_add(&c->key, folder.at, folder.len) || !lw_buffer_add(&c->key, "/", 1) ||
	    !lw_buffer_add(&c->key, m->conversation.at, m->conversation.len))
		return NULL;
	if (!lw_grow(&c->entry, &c->room, c->n + 1, sizeof *c->entry))
		return NULL;
	i = lw_names_add(&c->keys, (struct lw_span){ c->key.at, c->key.len });
	if (i == LW_NO_NAME)
		return NULL;
	if (i == c->n)
		c->entry[c->n++] = (struct entry){ .folder_len = folder.len };
	return &c->entry[i];
}

/* A character is not cut in two: what follows a cut is a continuation byte. */
static struct lw_span
excerpt(struct lw_span s)
{
	size_t len = s.len < EXCERPT ? s.len : EXCERPT;

	while (len > 0 && len < s.len && ((unsigned char)s.at[len] & 0xc0) == 0x80)
		len--;
	return (struct lw_span){ s.at, len };
}

static bool
keep(struct entry *e, const struct lw_result *r)
{
	struct lw_span text = excerpt(r->judged);
	size_t indicators = r->verdict->indicators * sizeof *r->verdict->indicator;

	e->id.len = e->text.len = e->indicators.len = 0;
	if (!lw_write_id(&e->id, r->message) || !lw_buffer_add(&e->text, text.at, text.len) ||
	    !lw_buffer_add(&e->indicators, (const char *)r->verdict->indicator, indicators))
		return false;
	e->verdict = *r->verdict;
	e->verdict.indicator = (const uint16_t *)(const void *)e->indicators.at;
	e->result = (struct lw_result){ .model = r->model, .style = r->style };
	e->judged = true;
	return true;
}

/* Files need not be in order of time. */
static void
note_time(struct lw_when *first, struct lw_when *last, struct lw_when w)
{
	if (!w.known)
		return;
	if (!first->known || w.seconds < first->seconds)
		*first = w;
	if (!last->known || w.seconds > last->seconds)
		*last = w;
}

bool
lw_conversations_add(struct lw_conversations *c, const struct lw_result *r)
{
	struct entry *e = entry_of(c, r->message);

	if (e == NULL)
		return false;
	e->messages++;
	if (r->verdict == NULL) {
		e->unreadable++;
		return true;
	}
	if (r->verdict->flagged) {
		e->flagged++;
		note_time(&e->first, &e->last, lw_when_read(r->message->time));
	}
	return (e->judged && r->verdict->risk <= e->verdict.risk) || keep(e, r);
}

bool
lw_conversations_get(const struct lw_conversations *c, size_t i, struct lw_conversation *out)
{
	const struct entry *e;
	const char *key;

	if (i >= c->n)
		return false;
	e = &c->entry[i];
	key = lw_name(&c->keys, (uint32_t)i);
	*out = (struct lw_conversation){
		.name = { key + e->folder_len + 1, strlen(key + e->folder_len + 1) },
		.folder = { key, e->folder_len },
		.messages = e->messages, .flagged = e->flagged, .unreadable = e->unreadable,
		.first = e->first, .last = e->last,
		.strongest = e->result,
		.id = { e->id.at, e->id.len },
	};
	out->strongest.judged = (struct lw_span){ e->text.at, e->text.len };
	out->strongest.verdict = e->judged ? &e->verdict : NULL;
	return true;
}

bool
lw_conversation_alone(const struct lw_result *r, struct lw_buffer *room, struct lw_conversation *out)
{
	struct lw_when w = lw_when_read(r->message->time);

	room->len = 0;
	if (!lw_write_id(room, r->message))
		return false;
	*out = (struct lw_conversation){
		.folder = folder_of(r->message->path),
		.messages = 1,
		.flagged = r->verdict != NULL && r->verdict->flagged,
		.unreadable = r->verdict == NULL,
		.strongest = *r,
		.id = { room->at, room->len },
	};
	if (out->flagged > 0)
		out->first = out->last = w;
	return true;
}
