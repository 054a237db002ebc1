/* find_model.h - which model, and which vocabulary, a tool uses when several could be meant */
#ifndef LW_FIND_MODEL_H
#define LW_FIND_MODEL_H

#include "lurewatch.h"

/*
 * Opens the first of: `named` (from -m; NULL: not given), $LUREWATCH_MODEL, the
 * installed model, the source tree's. One that is named must open; the last two
 * are passed over when they are not there. On an error *why says what and where
 * (to be freed by the caller; NULL when memory is gone).
 */
lurewatch_error lw_find_model(const char *named, lurewatch **out, char **why);

/* The same choice without opening it; to be freed. NULL: there is none, *why as above. */
char *lw_find_model_path(const char *named, char **why);

/* The folder of concepts and indicators: `named`, the installed one, or the source tree's. To be freed; NULL: there is none. */
char *lw_find_vocabulary(const char *named);

#endif
