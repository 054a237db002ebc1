/*
 * formats.c - the one table of formats, and telling them apart
 *
 * A name that is not in the table gives NULL; a file that no format claims is lines.
 */
#include "read/format.h"

#include <string.h>
#include <strings.h>

/* Order decides between equals: the stricter one first. */
static const struct lw_format *const table[] = {
	&lw_format_mbox,
	&lw_format_eml,
	&lw_format_maildir,
	&lw_format_smpp,
	&lw_format_sms_xml,
	&lw_format_jsonl,
	&lw_format_json,
	&lw_format_telegram,
	&lw_format_telegram_html,
	&lw_format_signal,
	&lw_format_line,
	&lw_format_whatsapp,
	&lw_format_csv,
	&lw_format_tsv,
	&lw_format_lines,
};

enum { FORMATS = sizeof table / sizeof table[0] };

const char *
lw_format_name(size_t i)
{
	return i < FORMATS ? table[i]->name : NULL;
}

const struct lw_format *
lw_format_named(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (strcmp(table[i]->name, name) == 0)
			return table[i];
	return NULL;
}

/* The length of the name without .gz or .zst */
static size_t
bare_length(const char *path)
{
	static const char *const packed[] = { ".gz", ".zst", ".zstd" };
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++) {
		size_t tail = strlen(packed[i]);

		if (len > tail && strcasecmp(path + len - tail, packed[i]) == 0)
			return len - tail;
	}
	return len;
}

static bool
has_extension(const struct lw_format *f, const char *path)
{
	size_t len = bare_length(path);

	for (const char *const *e = f->extensions; e != NULL && *e != NULL; e++) {
		size_t tail = strlen(*e);

		if (len > tail && strncasecmp(path + len - tail, *e, tail) == 0)
			return true;
	}
	return false;
}

static const struct lw_format *
surest(const char *path, struct lw_span head, bool by_extension)
{
	const struct lw_format *best = NULL;
	int best_score = by_extension ? -1 : 0;

	for (size_t i = 0; i < FORMATS; i++) {
		int score = table[i]->sniff != NULL ? table[i]->sniff(head) : 0;

		if (score <= best_score || (by_extension && !has_extension(table[i], path)))
			continue;
		best = table[i];
		best_score = score;
	}
	return best;
}

const struct lw_format *
lw_format_detect(const char *path, struct lw_span head)
{
	const struct lw_format *f = surest(path, head, true);

	if (f == NULL)
		f = surest(path, head, false);
	return f != NULL ? f : &lw_format_lines;
}

bool
lw_format_is_media(const char *path)
{
	static const char *const endings[] = { ".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".mp4", ".mov", ".3gp", ".avi",
		".mkv", ".webm", ".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".wav", ".amr", ".tgs", ".css", ".js", NULL };
	static const struct lw_format media = { "media", endings, NULL, NULL, NULL, NULL };

	return has_extension(&media, path);
}

bool
lw_format_is_plain(const struct lw_format *f)
{
	static const struct lw_format *const plain[] = { &lw_format_lines, &lw_format_jsonl, &lw_format_json, &lw_format_csv,
		&lw_format_tsv, &lw_format_whatsapp, &lw_format_line };

	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (plain[i] == f)
			return true;
	return false;
}

const char *
lw_format_foreign(struct lw_span head)
{
	static const struct {
		struct lw_span magic;
		const char *what;
	} foreign[] = {
		{ { "\xfd" "7zXZ", 5 }, "an xz archive" },
		{ { "BZh", 3 }, "a bzip2 archive" },
		{ { "PK\x03\x04", 4 }, "a ZIP archive inside another" },
		{ { "7z\xbc\xaf\x27\x1c", 6 }, "a 7-Zip archive" },
		{ { "Rar!\x1a\x07", 6 }, "a RAR archive" },
		{ { "%PDF-", 5 }, "a PDF document" },
		{ { "SQLite format 3", 15 }, "an SQLite database" },
		{ { "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8 }, "an Outlook or old office document" },
		{ { "!BDN", 4 }, "an Outlook PST store" },
		{ { "\x89PNG", 4 }, "a picture" },
		{ { "\xff\xd8\xff", 3 }, "a picture" },
		{ { "\x7f" "ELF", 4 }, "a program" },
	};

	for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
		if (head.len >= foreign[i].magic.len && memcmp(head.at, foreign[i].magic.at, foreign[i].magic.len) == 0)
			return foreign[i].what;
	return NULL;
}
