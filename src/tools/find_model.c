/*
 * find_model.c - which model a tool uses
 *
 * A model that is named but cannot be opened is an error, never a reason to try another.
 */
#include "tools/find_model.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INSTALLED LW_PREFIX "/share/lurewatch/models"
#define INSTALLED_MODEL INSTALLED "/default.lwm"

static lurewatch_error
open_named(const char *path, lurewatch **out, char **why)
{
	lurewatch_error e = lurewatch_open(path, out);
	const char *cause = e == LUREWATCH_E_IO ? strerror(errno) : lurewatch_strerror(e);

	if (e != LUREWATCH_OK && asprintf(why, "model %s: %s", path, cause) < 0)
		*why = NULL;
	return e;
}

/* models/ and what follows beside the directory the program is in; NULL: not known. */
static char *
in_source_tree(const char *rest)
{
	char *program = realpath("/proc/self/exe", NULL), *path = NULL, *slash;

	if (program == NULL)
		return NULL;
	slash = strrchr(program, '/');
	if (slash != NULL && asprintf(&path, "%.*s/../models%s", (int)(slash - program), program, rest) < 0)
		path = NULL;
	free(program);
	return path;
}

char *
lw_find_model_path(const char *named, char **why)
{
	char *tree;

	*why = NULL;
	if (named == NULL)
		named = getenv("LUREWATCH_MODEL");
	if (named != NULL && *named != '\0')
		return strdup(named);
	if (access(INSTALLED_MODEL, F_OK) == 0)
		return strdup(INSTALLED_MODEL);
	tree = in_source_tree("/default.lwm");
	if (tree != NULL && access(tree, F_OK) == 0)
		return tree;
	if (asprintf(why, "no model: neither %s nor %s is there; name one with -m or $LUREWATCH_MODEL", INSTALLED_MODEL,
	    tree != NULL ? tree : "models/default.lwm") < 0)
		*why = NULL;
	free(tree);
	return NULL;
}

lurewatch_error
lw_find_model(const char *named, lurewatch **out, char **why)
{
	char *path = lw_find_model_path(named, why);
	lurewatch_error e = path != NULL ? open_named(path, out, why) : *why != NULL ? LUREWATCH_E_IO : LUREWATCH_E_MEMORY;

	free(path);
	return e;
}

char *
lw_find_vocabulary(const char *named)
{
	char *tree;

	if (named != NULL)
		return strdup(named);
	if (access(INSTALLED "/concepts.tsv", F_OK) == 0)
		return strdup(INSTALLED);
	tree = in_source_tree("/concepts.tsv");
	if (tree == NULL || access(tree, F_OK) != 0) {
		free(tree);
		return NULL;
	}
	*strrchr(tree, '/') = '\0';
	return tree;
}
