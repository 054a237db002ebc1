/*
 * lurewatchd.c - the gateway daemon's command line
 *
 * Every option of lurewatchd.conf is also a flag, from the one table in serve/config.c; the command line wins. A
 * list that the command line names replaces the file's. A wrong option or value gives a line that says
 * which, and status 2.
 */
#include "serve/daemon.h"
#include "tools/arguments.h"
#include "tools/find_model.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USUAL_CONFIG "/etc/lurewatchd.conf"

static const char tool[] = "lurewatchd";

static const char help_head[] =
"usage: lurewatchd [OPTION...]\n"
"Judges messages for mail and SMS gateways, and for people on a page of its own.\n"
"\n"
"  lurewatchd --http 8073                       http://127.0.0.1:8073/\n"
"  lurewatchd -c lurewatchd.conf --check-config\n"
"\n"
"  -c, --config FILE             options, a line each: name = value; else " USUAL_CONFIG "\n"
"      --check-config            say what would be set, or what is wrong, and end\n"
"  -h, --help                    this;  -V, --version\n"
"\n"
"In the file or as a flag:\n";

enum { CHECK = 256, FROM_TABLE };

struct command_line {
	const char *config;
	bool check;
	struct {
		const char *name, *value;
	} *set;
	size_t sets, room;
};

static _Noreturn void
out_of_memory(void)
{
	fprintf(stderr, "%s: out of memory\n", tool);
	exit(LW_EXIT_BAD_ARGUMENT);
}

static _Noreturn void
say_help(void)
{
	struct lw_buffer b = { 0 };

	if (!lw_buffer_add_text(&b, help_head) || !lw_config_help(&b) || !lw_buffer_add(&b, "", 1))
		out_of_memory();
	lw_say(tool, b.at);
}

/* getopt's table: the fixed options, then one for each row of the configuration's. */
static struct option *
long_options(void)
{
	static const struct option fixed[] = { { "config", required_argument, NULL, 'c' },
		{ "check-config", no_argument, NULL, CHECK }, { "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' } };
	size_t n = sizeof fixed / sizeof fixed[0], rows = 0;
	struct option *table;
	const char *name;

	while (lw_config_option(rows) != NULL)
		rows++;
	table = calloc(n + rows + 1, sizeof *table);
	if (table == NULL)
		out_of_memory();
	memcpy(table, fixed, sizeof fixed);
	for (size_t i = 0; (name = lw_config_option(i)) != NULL; i++)
		table[n + i] = (struct option){ name, required_argument, NULL, FROM_TABLE + (int)i };
	return table;
}

static void
note_set(struct command_line *l, size_t row, const char *value)
{
	if (!lw_grow(&l->set, &l->room, l->sets + 1, sizeof *l->set))
		out_of_memory();
	l->set[l->sets].name = lw_config_option(row);
	l->set[l->sets++].value = value;
}

static void
read_command_line(struct command_line *l, int argc, char **argv)
{
	struct option *table = long_options();
	int option;

	while ((option = getopt_long(argc, argv, "c:hV", table, NULL)) != -1) {
		if (option >= FROM_TABLE)
			note_set(l, (size_t)(option - FROM_TABLE), optarg);
		else if (option == 'c')
			l->config = optarg;
		else if (option == CHECK)
			l->check = true;
		else if (option == 'h')
			say_help();
		else if (option == 'V')
			lw_say(tool, "lurewatchd " LUREWATCH_VERSION "\n");
		else
			lw_usage(tool);
	}
	free(table);
	if (optind < argc)
		lw_refuse(tool, "argument", argv[optind], "options are meant");
}

static void
complain(const struct lw_buffer *why)
{
	const char *at = why->at, *end = at + why->len;

	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at));

		line = line != NULL ? line : end;
		fprintf(stderr, "%s: %.*s\n", tool, (int)(line - at), at);
		at = line + 1;
	}
}

static bool
apply(struct lw_config *c, const struct command_line *l, struct lw_buffer *why)
{
	for (size_t i = 0; i < l->sets; i++)
		lw_config_clear(c, l->set[i].name);
	for (size_t i = 0; i < l->sets; i++)
		if (!lw_config_set(c, l->set[i].name, l->set[i].value, why))
			return false;
	return true;
}

static bool
find_model(struct lw_config *c, struct lw_buffer *why)
{
	char *cause = NULL, *path;

	path = lw_find_model_path(c->model, &cause);
	if (path == NULL)
		lw_buffer_add_text(why, cause != NULL ? cause : "out of memory");
	free(cause);
	free(c->model);
	c->model = path;
	return path != NULL;
}

static bool
configure(struct lw_config *c, const struct command_line *l, struct lw_buffer *why)
{
	const char *path = l->config != NULL ? l->config : access(USUAL_CONFIG, F_OK) == 0 ? USUAL_CONFIG : NULL;
	bool good;

	if (!lw_config_defaults(c))
		out_of_memory();
	good = path == NULL || lw_config_read(c, path, why);
	return good && apply(c, l, why) && lw_config_check(c, why) && find_model(c, why);
}

static int
show(const struct lw_config *c)
{
	struct lw_buffer b = { 0 };

	if (!lw_config_print(c, &b) || !lw_buffer_add(&b, "", 1))
		out_of_memory();
	lw_say(tool, b.at);
}

int
main(int argc, char **argv)
{
	static char name[] = "lurewatchd";
	struct command_line line = { 0 };
	struct lw_config config;
	struct lw_buffer why = { 0 };
	int status = LW_EXIT_BAD_ARGUMENT;

	/* getopt names the program by it, wherever it was called from */
	argv[0] = name;
	read_command_line(&line, argc, argv);
	if (!configure(&config, &line, &why))
		complain(&why);
	else
		status = line.check ? show(&config) : lw_daemon(&config);
	lw_config_free(&config);
	lw_buffer_free(&why);
	free(line.set);
	return status;
}
