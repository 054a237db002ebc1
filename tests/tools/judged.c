/*
 * judged.c - what would be judged of each message of a dump, for scripts/compare-mail
 *
 *   judged [-f FORMAT] FILE...
 *
 * A JSON line a message: {"id","judged"}, or {"id","error"}. Status 2 with a reason on stderr when a file cannot be read.
 */
#include "write/write.h"
#include "read/read.h"

#include <stdio.h>
#include <string.h>

static int
die(const char *why)
{
	fprintf(stderr, "judged: %s\n", why);
	return 2;
}

static bool
put_message(const struct lw_message *m, struct lw_buffer *room, struct lw_buffer *line)
{
	struct lw_buffer id = { 0 };
	struct lw_span judged = { m->error, m->error != NULL ? strlen(m->error) : 0 };
	bool done = (m->error != NULL || lw_message_judged(m, room, &judged) == LUREWATCH_OK) && lw_write_id(&id, m);

	line->len = 0;
	done = done && lw_buffer_add_text(line, "{\"id\":") && lw_put_json_string(line, (struct lw_span){ id.at, id.len }) &&
	    lw_buffer_add_text(line, m->error != NULL ? ",\"error\":" : ",\"judged\":") && lw_put_json_string(line, judged) &&
	    lw_buffer_add_text(line, "}\n");
	lw_buffer_free(&id);
	return done && fwrite(line->at, 1, line->len, stdout) == line->len;
}

static int
put_all(const char *path, const struct lw_read_options *options)
{
	struct lw_buffer room = { 0 }, line = { 0 };
	const struct lw_message *m;
	struct lw_reader *reader;
	lurewatch_error e = lw_reader_open(path, options, &reader);
	bool written = true;
	int status = 0;

	while (e == LUREWATCH_OK && written && (e = lw_reader_next(reader, &m)) == LUREWATCH_OK && m != NULL)
		written = put_message(m, &room, &line);
	if (e != LUREWATCH_OK)
		status = die(reader != NULL ? lw_reader_reason(reader) : lurewatch_strerror(e));
	else if (!written)
		status = die("cannot write");
	lw_reader_close(reader);
	lw_buffer_free(&room);
	lw_buffer_free(&line);
	return status;
}

int
main(int argc, char **argv)
{
	struct lw_read_options options = { 0 };
	int first = 1, status = 0;

	if (argc > 2 && strcmp(argv[1], "-f") == 0) {
		options.format = argv[2];
		first = 3;
	}
	for (int i = first; i < argc && status == 0; i++)
		status = put_all(argv[i], &options);
	return status;
}
