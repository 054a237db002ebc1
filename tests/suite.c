/*
 * suite.c - runs every libcheck suite; arguments name the suites to run, none runs all
 *
 * One suite a room, in tests/test_<room>.c. Exit status 0 when all passed.
 */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	Suite *(*make)(void);
} rooms[] = {
#define ROOM(name) { #name, name##_suite },
	ROOMS
#undef ROOM
};

static bool
asked_for(const char *name, int argc, char **argv)
{
	if (argc < 2)
		return true;
	for (int i = 1; i < argc; i++)
		if (strcmp(name, argv[i]) == 0)
			return true;
	return false;
}

int
main(int argc, char **argv)
{
	SRunner *runner;
	int failed;

	/* check's four seconds are too few on a machine with other work; read when a suite is made */
	setenv("CK_DEFAULT_TIMEOUT", "120", 0);
	runner = srunner_create(NULL);
	for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++)
		if (asked_for(rooms[i].name, argc, argv))
			srunner_add_suite(runner, rooms[i].make());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
