/*
 * summary.h - how many messages, how many flagged: by label, language, file, day and indicator
 *
 * Memory is that of the names counted. Files that are single mails count by their folder.
 */
#ifndef LW_SUMMARY_H
#define LW_SUMMARY_H

#include "write/write.h"

struct lw_summary;

struct lw_summary *lw_summary_new(void);                /* NULL: memory is gone */
void lw_summary_free(struct lw_summary *);
bool lw_summary_add(struct lw_summary *, const struct lw_result *);

bool lw_summary_text(const struct lw_summary *, struct lw_buffer *);    /* the largest ten of each, for people */
bool lw_summary_json(const struct lw_summary *, struct lw_buffer *);    /* one object, all of them */

#endif
