/*
 * dump.c - dumps of any size in every format, for the tests that count, split and measure
 *
 *   dump                    the formats, one a line
 *   dump FORMAT N           N records on standard output; every 97th cannot be read, where the format knows such
 *   dump FORMAT 0 BYTES     records until there are so many bytes
 *
 * Record i has i in its text and, where the format has ids, as its id. Every seventh is a lure.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dump {
	const char *name;
	const char *head, *between, *tail;      /* between: parts two records */
	const char *record;                     /* %llu: number; then text */
	const char *broken;                     /* no record; NULL: there is no such thing */
};

#define MAIL "Date: Mon, 05 Jan 2026 10:00:00 +0000\nFrom: \"Mira Example\" <mira@example.com>\nTo: hr@example.org\n" \
	"Subject: message %llu\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n>From here on: %s\n\n"

static const struct dump dumps[] = {
	{ "lines", "", "", "", "%llu %s\n", NULL },
	{ "jsonl", "", "", "", "{\"id\":%llu,\"chat\":\"c\",\"text\":\"%s\"}\n", "{broken\n" },
	{ "json", "{\"export\":[", ",\n", "]}\n", "{\"id\":%llu,\"text\":\"%s\"}", "7" },
	{ "csv", "id,sender,text\n", "", "", "%llu,\"Example, Mira\",\"%s\"\n", "row\n" },
	{ "tsv", "id\tsender\ttext\n", "", "", "%llu\tmira\t%s\n", "row\n" },
	{ "mbox", "", "", "", "From mira@example.com Mon Jan  5 10:00:00 2026\n" MAIL, NULL },
	{ "telegram", "{\"name\":\"c\",\"type\":\"personal_chat\",\"id\":9,\"messages\":[\n", ",\n", "\n]}\n",
	    "{\"id\":%llu,\"type\":\"message\",\"date\":\"2026-01-05T10:00:00\",\"from\":\"Mira\",\"from_id\":\"user1\",\"text\":\"%s\"}",
	    "7" },
	{ "whatsapp", "", "", "", "05/01/2026, 10:00 - Mira Example: %llu %s\n", NULL },
	{ "sms-xml", "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"1\">\n", "", "</smses>\n",
	    "  <sms address=\"+12025550143\" date=\"1767600000000\" type=\"1\" body=\"%llu %s\" contact_name=\"Mira\" />\n", NULL },
	{ "smpp", "", "", "", "{\"id\":\"%llu\",\"source_addr\":\"12025550143\",\"data_coding\":0,\"esm_class\":0,"
	    "\"short_message\":\"%s\"}\n", "{broken\n" },
};

enum { DUMPS = sizeof dumps / sizeof dumps[0], EVERY_BROKEN = 97, EVERY_LURE = 7 };

static const char lure[] = "Hiring customer service in Laos, free visa and free ticket, salary 3000 USD, no experience";
static const char *const honest[] = { "See you at lunch tomorrow, mum says hello", "Il treno parte alle tre, a domani",
	"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x80\xe8\xb5\xb7\xe5\x90\x83\xe5\x8d\x88\xe9\xa5\xad", "ok" };

static uint64_t
put_record(const struct dump *d, uint64_t i)
{
	const char *text = i % EVERY_LURE == 0 ? lure : honest[i % 4];
	int n = printf("%s", i > 1 ? d->between : "");
	int more = d->broken != NULL && i % EVERY_BROKEN == 0 ? printf("%s", d->broken) :
	    printf(d->record, (unsigned long long)i, text);

	if (n < 0 || more < 0) {
		perror("dump");
		exit(1);
	}
	return (uint64_t)n + (uint64_t)more;
}

int
main(int argc, char **argv)
{
	const struct dump *d = NULL;
	uint64_t n, bytes, written = 0;

	for (size_t i = 0; i < DUMPS && argc < 2; i++)
		puts(dumps[i].name);
	for (size_t i = 0; i < DUMPS && argc > 1; i++)
		if (strcmp(dumps[i].name, argv[1]) == 0)
			d = &dumps[i];
	if (argc < 2)
		return 0;
	if (d == NULL || argc < 3) {
		fprintf(stderr, "usage: dump [FORMAT N [BYTES]]\n");
		return 2;
	}
	n = strtoull(argv[2], NULL, 10);
	bytes = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
	fputs(d->head, stdout);
	for (uint64_t i = 1; i <= n || written < bytes; i++)
		written += put_record(d, i);
	fputs(d->tail, stdout);
	return fflush(stdout) == 0 ? 0 : 1;
}
