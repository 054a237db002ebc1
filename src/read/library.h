/* library.h - a shared library opened by name when it is first wanted; it stays for the life of the process */
#ifndef LW_LIBRARY_H
#define LW_LIBRARY_H

#include <stddef.h>

struct lw_library_call {
	const char *name;
	void *pointer;              /* where the function's address goes */
};

/* NULL, or the library's name when it or a function is not there. Not for two threads with one table: pthread_once(). */
const char *lw_library_load(const char *library, const struct lw_library_call *, size_t n);

#endif
