/*
 * lurewatch.c - the scoring tool's command line
 *
 * A wrong argument gives a line that says which, and status 2. The run is in scan.c.
 */
#include "read/charset.h"
#include "tools/arguments.h"
#include "tools/scan.h"

#include <getopt.h>
#include <signal.h>
#include <string.h>

static const char help[] =
"usage: lurewatch [OPTION...] [FILE|DIR...]\n"
"Says which messages are likely fraud or recruitment lures. Reads mbox, eml,\n"
"maildir, JSON lines, CSV, TSV or one message a line, also gzip and zstd; no FILE\n"
"or -: standard input.\n"
"\n"
"  lurewatch inbox.mbox                    a line for each flagged message\n"
"  lurewatch -o jsonl dump.csv > out.jsonl a JSON line for every message\n"
"\n"
"  -f, --format FORMAT    auto, lines, jsonl, json, csv, tsv, mbox, eml, maildir,\n"
"                         telegram, whatsapp, sms-xml or smpp\n"
"      --field NAME       column or field (a.b.0) of the text;  --delimiter CHAR\n"
"      --encoding NAME    of text that is no UTF-8;  --null: NUL ends a record\n"
"  -o, --output OUTPUT    text, jsonl or tsv\n"
"      --all              every message;  --only flagged|clean: those\n"
"      --explain          show what moved the score;  --with-text: the text\n"
"      --filter WHICH     write the flagged or clean records as they came in\n"
"      --annotate         write the records with the verdict added to each\n"
"      --threshold P      flag from this risk on, 0 to 1\n"
"  -m, --model MODEL      else $LUREWATCH_MODEL, else the installed model\n"
"  -j, --threads N        judge on N threads; the output is the same\n"
"  -h, --help             this;  -V, --version\n"
"\n"
"Status: 0 nothing flagged, 1 something flagged, 2 an error.\n";

enum { FIELD = 256, ENCODING, DELIMITER, NUL, ALL, ONLY, FILTER, ANNOTATE, EXPLAIN, WITH_TEXT, THRESHOLD };

static const struct option longs[] = {
	{ "model", required_argument, NULL, 'm' },
	{ "format", required_argument, NULL, 'f' },
	{ "output", required_argument, NULL, 'o' },
	{ "threads", required_argument, NULL, 'j' },
	{ "field", required_argument, NULL, FIELD },
	{ "encoding", required_argument, NULL, ENCODING },
	{ "delimiter", required_argument, NULL, DELIMITER },
	{ "null", no_argument, NULL, NUL },
	{ "all", no_argument, NULL, ALL },
	{ "only", required_argument, NULL, ONLY },
	{ "filter", required_argument, NULL, FILTER },
	{ "annotate", no_argument, NULL, ANNOTATE },
	{ "explain", no_argument, NULL, EXPLAIN },
	{ "with-text", no_argument, NULL, WITH_TEXT },
	{ "threshold", required_argument, NULL, THRESHOLD },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char tool[] = "lurewatch";

static enum lw_which
which_of(const char *option, const char *value)
{
	if (strcmp(value, "flagged") == 0)
		return LW_FLAGGED;
	if (strcmp(value, "clean") != 0)
		lw_refuse(tool, option, value, "flagged or clean is meant");
	return LW_CLEAN;
}

static const char *
format_of(const char *value)
{
	const char *name;

	if (strcmp(value, "auto") == 0)
		return NULL;
	for (size_t i = 0; (name = lw_format_name(i)) != NULL; i++)
		if (strcmp(value, name) == 0)
			return value;
	lw_refuse(tool, "-f", value, "there is no such format");
}

static const struct lw_output *
output_of(const char *value)
{
	const struct lw_output *output = lw_output_named(value);

	if (output == NULL)
		lw_refuse(tool, "-o", value, "text, jsonl or tsv is meant");
	return output;
}

static const char *
encoding_of(const char *value)
{
	if (lw_charset_named(value) == NULL)
		lw_refuse(tool, "--encoding", value, "there is no such charset");
	return lw_charset_named(value);
}

static char
delimiter_of(const char *value)
{
	if (strcmp(value, "tab") == 0 || strcmp(value, "\\t") == 0)
		return '\t';
	if (strlen(value) != 1 || *value == '"' || *value == '\n')
		lw_refuse(tool, "--delimiter", value, "one character, or tab, is meant");
	return *value;
}

static void
take_option(struct lw_scan_options *o, int option, const char *value)
{
	switch (option) {
	case 'm':
		o->model = value;
		break;
	case 'f':
		o->read.format = format_of(value);
		break;
	case 'o':
		o->output = output_of(value);
		break;
	case 'j':
		o->threads = (unsigned)lw_count_argument(tool, "-j", value, 1, 1024);
		break;
	case ENCODING:
		o->read.encoding = encoding_of(value);
		break;
	case DELIMITER:
		o->read.delimiter = delimiter_of(value);
		break;
	case NUL:
		o->read.null = true;
		break;
	case FIELD:
		o->read.field = value;
		break;
	case ALL:
		o->which = LW_EVERY;
		break;
	case ONLY:
		o->which = which_of("--only", value);
		break;
	case FILTER:
		o->which = which_of("--filter", value);
		o->filter = true;
		break;
	case ANNOTATE:
		o->annotate = true;
		break;
	case EXPLAIN:
		o->explain = true;
		break;
	case WITH_TEXT:
		o->with_text = true;
		break;
	case THRESHOLD:
		o->threshold = lw_number_argument(tool, "--threshold", value, 0, 1);
		break;
	case 'h':
		lw_say(tool, help);
	case 'V':
		lw_say(tool, "lurewatch " LUREWATCH_VERSION "\n");
	default:
		lw_usage(tool);
	}
}

int
main(int argc, char **argv)
{
	static const char *const standard_input[] = { "-" };
	static char name[] = "lurewatch";
	struct lw_scan_options o = { .output = lw_output_named("text"), .threshold = -1, .threads = 1 };
	int option;

	/* getopt names the program by it, wherever it was called from */
	argv[0] = name;
	while ((option = getopt_long(argc, argv, "m:f:o:j:hV", longs, NULL)) != -1)
		take_option(&o, option, optarg);
	o.paths = optind < argc ? (const char *const *)argv + optind : standard_input;
	o.n = optind < argc ? argc - optind : 1;
	/* a reader that went away is an error like a full disk, not a silent death */
	signal(SIGPIPE, SIG_IGN);
	return lw_scan(&o);
}
