/*
 * jsonl.c - one JSON object a line
 *
 * What is no object with a text is an error record with the cause.
 */
#include "read/format.h"
#include "read/json.h"

#include <stdlib.h>

static int
jsonl_sniff(struct lw_span head)
{
	struct lw_span rest = lw_span_trim(head);

	if (rest.len == 0 || rest.at[0] != '{')
		return 0;
	rest = lw_span_trim((struct lw_span){ rest.at + 1, rest.len - 1 });
	return rest.len > 0 && (rest.at[0] == '"' || rest.at[0] == '}') ? 80 : 0;
}

static lurewatch_error
jsonl_open(struct lw_source *s)
{
	s->state = calloc(1, sizeof(struct lw_json_record));
	return s->state != NULL ? LUREWATCH_OK : lw_source_no_memory(s);
}

static void
jsonl_close(struct lw_source *s)
{
	if (s->state == NULL)
		return;
	lw_json_record_free(s->state);
	free(s->state);
}

static lurewatch_error
jsonl_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct lw_span line;
	lurewatch_error e = lw_source_line(s, m, true, got);

	if (e != LUREWATCH_OK || !*got || m->error != NULL)
		return e;
	/* blank lines before the object came along in raw; the line itself is in text */
	line = m->text;
	m->text = (struct lw_span){ "", 0 };
	lw_json_record_read(s->state, m, line, s->options->field);
	return LUREWATCH_OK;
}

static const char *const extensions[] = { ".jsonl", ".ndjson", ".json", NULL };
const struct lw_format lw_format_jsonl = { "jsonl", extensions, jsonl_sniff, jsonl_open, jsonl_next, jsonl_close };
