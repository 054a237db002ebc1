/*
 * roundtrip.c - is a dump the sum of its flagged and its clean half, byte for byte?
 *
 *   roundtrip FORMAT FILE VERDICTS FLAGGED CLEAN
 *
 * VERDICTS is what lurewatch -o jsonl said of FILE; FLAGGED and CLEAN are what --filter wrote. FILE is framed by the
 * reader, but its bytes are taken from the halves alone, by the verdicts; both halves must end with it.
 */
#include "read/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNREADABLE = 3 };        /* exit status: lurewatch cannot read this file either */

struct half {
	const char *name;
	struct lw_buffer bytes;
	size_t at;
	bool in_list;
};

static _Noreturn void
fail(const char *what, const char *why)
{
	fprintf(stderr, "roundtrip: %s: %s\n", what, why);
	exit(1);
}

static void
load(const char *path, struct lw_buffer *b)
{
	char piece[1 << 16];
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		fail(path, "cannot be opened");
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		if (!lw_buffer_add(b, piece, n))
			fail(path, "out of memory");
	fclose(f);
}

/* The next bytes of a half, which must be these. */
static void
take(struct half *h, struct lw_span s, uint64_t record)
{
	char why[96];

	if (s.len == 0)
		return;
	snprintf(why, sizeof why, "differs at byte %zu, near record %llu", h->at, (unsigned long long)record);
	if (h->bytes.len - h->at < s.len || memcmp(h->bytes.at + h->at, s.at, s.len) != 0)
		fail(h->name, why);
	h->at += s.len;
}

static bool
next_verdict(struct lw_buffer *verdicts, size_t *at)
{
	const char *line = verdicts->at + *at, *end;
	bool flagged;

	if (*at >= verdicts->len)
		fail("verdicts", "there are fewer than records");
	end = memchr(line, '\n', verdicts->len - *at);
	if (end == NULL)
		fail("verdicts", "the last line is cut");
	flagged = memmem(line, (size_t)(end - line), "\"flagged\":true", 14) != NULL;
	*at += (size_t)(end - line) + 1;
	return flagged;
}

static void
take_before(struct half *h, struct lw_span before)
{
	take(h, before, 0);
	if (before.len > 0)
		h->in_list = false;
}

static void
step(const struct lw_message *m, struct half *h, struct half *flagged, struct half *clean)
{
	take_before(flagged, m->before);
	take_before(clean, m->before);
	if (h->in_list)
		take(h, m->joint, m->record);
	take(h, m->raw, m->record);
	h->in_list = h->in_list || m->raw.len > 0;
}

static void
walk(struct lw_reader *reader, struct lw_buffer *verdicts, struct half *flagged, struct half *clean)
{
	const struct lw_message *m;
	struct lw_span tail;
	size_t at = 0;

	for (;;) {
		if (lw_reader_next(reader, &m) != LUREWATCH_OK)
			exit(UNREADABLE);
		if (m == NULL)
			break;
		step(m, next_verdict(verdicts, &at) ? flagged : clean, flagged, clean);
	}
	if (at != verdicts->len)
		fail("verdicts", "there are more than records");
	tail = lw_reader_tail(reader)->before;
	take_before(flagged, tail);
	take_before(clean, tail);
}

int
main(int argc, char **argv)
{
	struct half flagged = { .name = "flagged" }, clean = { .name = "clean" };
	struct lw_buffer verdicts = { 0 };
	struct lw_read_options options = { 0 };
	struct lw_reader *reader;

	if (argc != 6)
		fail("usage", "roundtrip FORMAT FILE VERDICTS FLAGGED CLEAN");
	options.format = strcmp(argv[1], "auto") == 0 ? NULL : argv[1];
	load(argv[3], &verdicts);
	load(argv[4], &flagged.bytes);
	load(argv[5], &clean.bytes);
	if (lw_reader_open(argv[2], &options, &reader) != LUREWATCH_OK) {
		lw_reader_close(reader);
		return UNREADABLE;
	}
	walk(reader, &verdicts, &flagged, &clean);
	if (flagged.at != flagged.bytes.len || clean.at != clean.bytes.len)
		fail(argv[2], "a half is longer than the file");
	lw_reader_close(reader);
	lw_buffer_free(&verdicts);
	lw_buffer_free(&flagged.bytes);
	lw_buffer_free(&clean.bytes);
	return 0;
}
