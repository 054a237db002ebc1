/*
 * libraries.c - opens GMime and libxml2 and finds their functions
 *
 * Once opened they stay for the life of the process. When one is missing, mail
 * cannot be read and the reason names the library; everything else still works.
 */
#include "read/libraries.h"
#include "read/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

/* The names the linker would have recorded; a new number means changed functions. */
#define GMIME "libgmime-3.0.so.0"
#define XML "libxml2.so.2"

struct lw_libraries lw_libraries;

#define ENTRY(name) { #name, &lw_libraries.name },
static const struct lw_library_call gmime_calls[] = { LW_GMIME_CALLS(ENTRY) };
static const struct lw_library_call xml_calls[] = { LW_XML_CALLS(ENTRY) };
#undef ENTRY

static const char *failure;

const char *
lw_library_load(const char *library, const struct lw_library_call *call, size_t n)
{
	void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);

	for (size_t i = 0; handle != NULL && i < n; i++) {
		void *found = dlsym(handle, call[i].name);

		if (found == NULL)
			return library;
		memcpy(call[i].pointer, &found, sizeof found);
	}
	return handle != NULL ? NULL : library;
}

static void
load_all(void)
{
	failure = lw_library_load(GMIME, gmime_calls, sizeof gmime_calls / sizeof gmime_calls[0]);
	if (failure == NULL)
		failure = lw_library_load(XML, xml_calls, sizeof xml_calls / sizeof xml_calls[0]);
	if (failure == NULL)
		lw_libraries.g_mime_init();
}

const char *
lw_libraries_load(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load_all);
	return failure;
}
