/* arguments.h - reading option values: what is wrong gives one line that says which option, and exit status 2 */
#ifndef LW_ARGUMENTS_H
#define LW_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LW_EXIT_BAD_ARGUMENT = 2 };

/* `tool` names the program in every message. */
_Noreturn void lw_refuse(const char *tool, const char *option, const char *value, const char *wanted);
_Noreturn void lw_usage(const char *tool);              /* getopt has said what is wrong */
_Noreturn void lw_say(const char *tool, const char *text); /* help and version; a full disk is an error */

double lw_number_argument(const char *tool, const char *option, const char *value, double least, double most);
uint64_t lw_count_argument(const char *tool, const char *option, const char *value, uint64_t least, uint64_t most);

#endif
