/*
 * json_list.c - a JSON document that is a list of objects, or an object that holds one
 *
 * The format's name is json. The list may stand at the top, or anywhere in the top object; of several, all
 * are records. See json_walk.h for damage, json.h for fields.
 */
#include "read/json.h"
#include "read/json_walk.h"

#include <stdlib.h>
#include <string.h>

struct json_list {
	struct lw_json_walk walk;
	struct lw_json_record record;
};

static bool
wants(const struct lw_json_walk *w, char first)
{
	return w->depth == 0 || (w->depth == 1 && first == '{');
}

/* ---- telling it apart from JSON lines ---- */

struct look {
	size_t depth;
	struct lw_span string;      /* the last one */
	bool list, text, spread;    /* a list of objects came; a text before it; a line break between values */
};

static struct lw_span
string_at(struct lw_span s)
{
	size_t n = 1;

	while (n < s.len && s.at[n] != '"')
		n += s.at[n] == '\\' ? 2 : 1;
	return (struct lw_span){ s.at + 1, n < s.len ? n - 1 : s.len - 1 };
}

static void
look_at(struct look *l, struct lw_span head)
{
	for (size_t i = 0; i < head.len; i++) {
		char c = head.at[i];

		if (c == '"') {
			l->string = string_at((struct lw_span){ head.at + i, head.len - i });
			i += l->string.len + 1;
		} else if (c == '[' && l->depth == 1) {
			struct lw_span rest = lw_span_trim((struct lw_span){ head.at + i + 1, head.len - i - 1 });

			l->list |= rest.len > 0 && rest.at[0] == '{';
		}
		if (c == '{' || c == '[')
			l->depth++;
		else if ((c == '}' || c == ']') && --l->depth == 0)
			return;
		l->text |= c == ':' && l->depth == 1 && !l->list && lw_field_is_text(l->string);
		l->spread |= c == '\n' && l->depth > 0;
	}
}

static int
json_sniff(struct lw_span head)
{
	struct look l = { 0 };

	head = lw_span_trim(head);
	if (head.len == 0 || (head.at[0] != '{' && head.at[0] != '['))
		return 0;
	look_at(&l, head);
	if (head.at[0] == '[') {
		head = lw_span_trim((struct lw_span){ head.at + 1, head.len - 1 });
		return head.len > 0 && head.at[0] == '{' ? 85 : 0;
	}
	return l.list && !l.text && (l.spread || memchr(head.at, '\n', head.len) == NULL) ? 85 : 0;
}

static lurewatch_error
json_open(struct lw_source *s)
{
	struct json_list *j = s->state = calloc(1, sizeof *j);

	if (j == NULL)
		return lw_source_no_memory(s);
	s->document = true;
	j->walk = (struct lw_json_walk){ .wants = wants, .not_ours = "not JSON" };
	return LUREWATCH_OK;
}

static void
json_close(struct lw_source *s)
{
	struct json_list *j = s->state;

	if (j == NULL)
		return;
	lw_json_walk_free(&j->walk);
	lw_json_record_free(&j->record);
	free(j);
}

static lurewatch_error
json_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct json_list *j = s->state;
	struct lw_span object;
	lurewatch_error e = lw_json_walk_next(s, &j->walk, m, &object, got);

	if (e == LUREWATCH_OK && *got && m->error == NULL)
		lw_json_record_read(&j->record, m, object, s->options->field);
	return e;
}

static const char *const extensions[] = { ".json", NULL };
const struct lw_format lw_format_json = { "json", extensions, json_sniff, json_open, json_next, json_close };
