/*
 * lurewatch.c - the scoring tool's command line
 *
 * A wrong argument gives a line that says which, and status 2. The run is in scan.c.
 */
#include "read/charset.h"
#include "tools/arguments.h"
#include "tools/progress.h"
#include "tools/scan.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
"usage: lurewatch [OPTION...] [FILE|DIR...]\n"
"Says which messages are likely fraud or recruitment lures. Reads chat exports,\n"
"phone backups, mailboxes, tables and plain lines, packed or not; no FILE or -:\n"
"standard input.\n"
"\n"
"  lurewatch inbox.mbox                    a line for each flagged message\n"
"  lurewatch -o jsonl dump.csv > out.jsonl a JSON line for every message\n"
"  lurewatch --by conversation result.json a line for each flagged conversation\n"
"\n"
"  -f, --format FORMAT    auto, or one of those named below\n"
"      --field NAME       column or field (a.b.0) of the text;  --delimiter CHAR\n"
"      --encoding NAME    of text that is no UTF-8;  --null: NUL ends a record\n"
"  -o, --output OUTPUT    text, jsonl or tsv\n"
"      --all              every message;  --only flagged|clean: those\n"
"      --by conversation  one verdict a conversation: its strongest message\n"
"      --explain          show what moved the score;  --with-text: the text\n"
"      --summary[=json]   counts by label, language, file, day and indicator\n"
"      --sample N         N of the lines, by chance;  --seed S: another N\n"
"      --filter WHICH     write the flagged or clean records as they came in\n"
"      --annotate         write the records with the verdict added to each\n"
"      --output-dir DIR   sort mails into maildirs DIR/flagged and DIR/clean\n"
"      --threshold P      flag from this risk on, 0 to 1\n"
"  -m, --model MODEL      else $LUREWATCH_MODEL, else the installed model\n"
"  -j, --threads N        judge on N threads; the output is the same\n"
"      --color WHEN       auto, always or never\n"
"      --exit-zero        status 0 for flagged messages too\n"
"  -h, --help             this;  -V, --version\n"
"\n"
"Status: 0 nothing flagged, 1 something flagged, 2 an error.\n"
"Formats:";

enum { FIELD = 256, ENCODING, DELIMITER, NUL, ALL, ONLY, BY, FILTER, ANNOTATE, OUTPUT_DIR, EXPLAIN, WITH_TEXT, SUMMARY, SAMPLE, SEED,
	THRESHOLD, EXIT_ZERO, COLOR };

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
	{ "by", required_argument, NULL, BY },
	{ "filter", required_argument, NULL, FILTER },
	{ "annotate", no_argument, NULL, ANNOTATE },
	{ "output-dir", required_argument, NULL, OUTPUT_DIR },
	{ "summary", optional_argument, NULL, SUMMARY },
	{ "sample", required_argument, NULL, SAMPLE },
	{ "seed", required_argument, NULL, SEED },
	{ "explain", no_argument, NULL, EXPLAIN },
	{ "with-text", no_argument, NULL, WITH_TEXT },
	{ "threshold", required_argument, NULL, THRESHOLD },
	{ "exit-zero", no_argument, NULL, EXIT_ZERO },
	{ "color", required_argument, NULL, COLOR },
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

/* The help ends with the formats there are, in lines of 80 columns. */
static _Noreturn void
say_help(void)
{
	enum { WIDTH = 80 };
	struct lw_buffer b = { 0 };
	size_t line = sizeof "Formats:" - 1;
	const char *name;
	bool done = lw_buffer_add_text(&b, help);

	for (size_t i = 0; done && (name = lw_format_name(i)) != NULL; i++) {
		bool wrap = line + 1 + strlen(name) > WIDTH;

		done = lw_buffer_addf(&b, "%s%s", wrap ? "\n  " : " ", name);
		line = (wrap ? 2 : line + 1) + strlen(name);
	}
	lw_say(tool, done && lw_buffer_add(&b, "\n", 2) ? b.at : help);
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

/* https://no-color.org */
static bool
colour_of(const char *value)
{
	const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");

	if (strcmp(value, "always") == 0)
		return true;
	if (strcmp(value, "never") == 0)
		return false;
	if (strcmp(value, "auto") != 0)
		lw_refuse(tool, "--color", value, "auto, always or never is meant");
	return (no == NULL || *no == '\0') && isatty(STDOUT_FILENO) == 1 && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

static enum lw_summary_as
summary_of(const char *value)
{
	if (value == NULL || strcmp(value, "text") == 0)
		return LW_SUMMARY_TEXT;
	if (strcmp(value, "json") != 0)
		lw_refuse(tool, "--summary", value, "text or json is meant");
	return LW_SUMMARY_JSON;
}

/* Options that do not go together: standard output has one use at a time. */
static void
check(const struct lw_scan_options *o)
{
	const char *records = o->output_dir != NULL ? "--output-dir" : o->filter ? "--filter" : o->annotate ? "--annotate" : NULL;

	if (o->output_dir != NULL && o->filter)
		lw_refuse(tool, "--output-dir", o->output_dir, "it sorts flagged and clean mails already: without --filter");
	if (o->by_conversation && records != NULL)
		lw_refuse(tool, "--by", "conversation", "it gives verdicts, and no records: without --filter, --annotate, --output-dir");
	if (o->by_conversation && (o->sample > 0 || o->explain || o->with_text))
		lw_refuse(tool, "--by", "conversation", "without --sample, --explain and --with-text, which are of messages");
	if (o->sample > 0 && records != NULL)
		lw_refuse(tool, "--sample", "N", "it chooses among verdicts, not records: without --filter, --annotate, --output-dir");
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
		o->summary_alone = false;
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
	case BY:
		if (strcmp(value, "conversation") != 0)
			lw_refuse(tool, "--by", value, "conversation is meant");
		o->by_conversation = true;
		break;
	case OUTPUT_DIR:
		o->output_dir = value;
		break;
	case SUMMARY:
		o->summary = summary_of(value);
		break;
	case SAMPLE:
		o->sample = (size_t)lw_count_argument(tool, "--sample", value, 1, 1000000);
		break;
	case SEED:
		o->seed = lw_count_argument(tool, "--seed", value, 0, UINT64_MAX);
		break;
	case EXIT_ZERO:
		o->exit_zero = true;
		break;
	case COLOR:
		o->style.colour = colour_of(value);
		break;
	case 'h':
		say_help();
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
	struct lw_scan_options o = { .output = lw_output_named("text"), .threshold = -1, .threads = 1, .seed = 1,
		.summary_alone = true };
	int option;

	o.style = (struct lw_style){ colour_of("auto"), lw_terminal_columns(STDOUT_FILENO) };
	/* getopt names the program by it, wherever it was called from */
	argv[0] = name;
	while ((option = getopt_long(argc, argv, "m:f:o:j:hV", longs, NULL)) != -1)
		take_option(&o, option, optarg);
	check(&o);
	if (o.sample > 0 && o.which == LW_BY_OUTPUT)
		o.which = LW_FLAGGED;
	/* the summary comes in place of lines, unless those were asked for */
	o.summary_alone = o.summary_alone && o.summary != LW_NO_SUMMARY && !o.filter && !o.annotate && o.output_dir == NULL &&
	    o.sample == 0 && !o.by_conversation;
	o.paths = optind < argc ? (const char *const *)argv + optind : standard_input;
	o.n = optind < argc ? argc - optind : 1;
	/* a reader that went away is an error like a full disk, not a silent death */
	signal(SIGPIPE, SIG_IGN);
	return lw_scan(&o);
}
