/* arguments.c - reading option values */
#include "tools/arguments.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void
lw_refuse(const char *tool, const char *option, const char *value, const char *wanted)
{
	fprintf(stderr, "%s: %s %s: %s\nTry '%s --help'.\n", tool, option, value, wanted, tool);
	exit(LW_EXIT_BAD_ARGUMENT);
}

_Noreturn void
lw_usage(const char *tool)
{
	fprintf(stderr, "Try '%s --help'.\n", tool);
	exit(LW_EXIT_BAD_ARGUMENT);
}

_Noreturn void
lw_say(const char *tool, const char *text)
{
	bool said = fputs(text, stdout) >= 0 && fflush(stdout) == 0;

	if (!said)
		fprintf(stderr, "%s: standard output: %s\n", tool, strerror(errno));
	exit(said ? EXIT_SUCCESS : LW_EXIT_BAD_ARGUMENT);
}

double
lw_number_argument(const char *tool, const char *option, const char *value, double least, double most)
{
	char wanted[96], *end;
	double x = strtod(value, &end);

	if (end != value && *end == '\0' && x >= least && x <= most)
		return x;
	snprintf(wanted, sizeof wanted, "a number from %g to %g is meant", least, most);
	lw_refuse(tool, option, value, wanted);
}

uint64_t
lw_count_argument(const char *tool, const char *option, const char *value, uint64_t least, uint64_t most)
{
	char wanted[96], *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(value, &end, 10);
	if (end != value && *end == '\0' && errno == 0 && n >= least && n <= most && *value != '-')
		return n;
	snprintf(wanted, sizeof wanted, "a number from %llu to %llu is meant", (unsigned long long)least,
	    (unsigned long long)most);
	lw_refuse(tool, option, value, wanted);
}
