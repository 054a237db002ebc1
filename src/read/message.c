/* message.c - what is judged of a message, and copies that outlive the reader's next call; fails only without memory */
#include "read/read.h"

#include <string.h>

static bool
add_line(struct lw_buffer *room, struct lw_span line)
{
	return line.len == 0 || (lw_buffer_add(room, line.at, line.len) && lw_buffer_add(room, "\n", 1));
}

/* Line ends at the very end come and go on a text's way: they must not change its verdict. */
static struct lw_span
without_end(struct lw_span s)
{
	while (s.len > 0 && strchr(" \t\r\n", s.at[s.len - 1]) != NULL && s.at[s.len - 1] != '\0')
		s.len--;
	return s;
}

lurewatch_error
lw_message_judged(const struct lw_message *m, struct lw_buffer *room, struct lw_span *out)
{
	*out = without_end(m->text);
	if (m->subject.len == 0 && m->heading.len == 0)
		return LUREWATCH_OK;
	room->len = 0;
	if (!add_line(room, m->subject) || !add_line(room, m->heading) || !lw_buffer_add(room, m->text.at, m->text.len))
		return LUREWATCH_E_MEMORY;
	*out = without_end((struct lw_span){ room->at, room->len });
	return LUREWATCH_OK;
}

static void
move(struct lw_buffer *room, struct lw_span *s)
{
	char *to = room->at + room->len;

	if (s->len > 0)
		memcpy(to, s->at, s->len);
	s->at = to;
	room->len += s->len;
}

lurewatch_error
lw_message_copy(const struct lw_message *m, struct lw_buffer *room, struct lw_message *out)
{
	struct lw_message copy = *m;
	struct lw_span error = { m->error, m->error != NULL ? strlen(m->error) + 1 : 0 };
	struct lw_span path = { m->path, m->path != NULL ? strlen(m->path) + 1 : 0 };
	struct lw_span *spans[] = { &copy.raw, &copy.before, &copy.joint, &copy.text, &copy.heading, &copy.subject, &copy.sender,
		&copy.conversation, &copy.time, &copy.id, &copy.label, &copy.lang, &copy.channel, &copy.source,
		&copy.split, &copy.group, &copy.family,
		&error, &path };
	enum { SPANS = sizeof spans / sizeof spans[0] };
	size_t all = 1;

	for (size_t i = 0; i < SPANS; i++)
		all += spans[i]->len;
	room->len = 0;
	if (!lw_buffer_reserve(room, all))
		return LUREWATCH_E_MEMORY;
	for (size_t i = 0; i < SPANS; i++)
		move(room, spans[i]);
	copy.error = error.len > 0 ? error.at : NULL;
	copy.path = path.len > 0 ? path.at : NULL;
	*out = copy;
	return LUREWATCH_OK;
}
