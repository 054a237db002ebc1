/*
 * groups.h - copies of one template, found
 *
 * Two messages are copies when their sets of shingles (runs of LW_SHINGLE symbols) overlap by
 * at least LW_COPY (Jaccard), or when the corpus says so by its `group` field. Shingles are taken
 * after normalisation, digits and contacts already being classes, so a new name,
 * sum or link makes no new template. Candidates come from MinHash by one
 * permutation (Li, Owen and Zhang 2012; empty bins filled as Shrivastava and Li
 * 2014 do) and banding; each is checked exactly. A group that holds more than half of a label is dissolved.
 */
#ifndef LW_GROUPS_H
#define LW_GROUPS_H

#include "learn/matrix.h"

#define LW_COPY 0.6

/* group[i]: the first row of row i's group. */
lurewatch_error lw_groups_find(const struct lw_corpus *, const struct lw_matrix *, const struct lw_watcher *,
    uint32_t *group);

/*
 * What is learned from: at most `per_source` rows of one source and label and `per_group` of one group (0:
 * no limit), chosen by the seed. *some (room for all rows) gets their numbers, ascending.
 */
lurewatch_error lw_sample(const struct lw_corpus *, const uint32_t *group, size_t per_source, size_t per_group,
    uint64_t seed, uint32_t *some, size_t *n);

#endif
