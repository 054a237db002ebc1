/*
 * files.h - the page's files, which are part of the program (page/page.S), and their sections
 *
 * A line <!--[name]--> begins a section, which ends before the next such line. Places in a section are {names}.
 */
#ifndef LW_FILES_H
#define LW_FILES_H

#include "serve/template.h"

struct lw_span lw_page_file(void);
struct lw_span lw_status_file(void);
struct lw_span lw_css_file(void);

struct lw_span lw_section(struct lw_span file, const char *name);      /* at NULL: there is none of that name */

/* Appends a section, its values escaped as markup unless ready; one that is not there adds nothing. false: memory is gone. */
bool lw_put_section(struct lw_buffer *, struct lw_span file, const char *name, const struct lw_value *, size_t n);

#endif
