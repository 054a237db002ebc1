/* scratch.h - files of a test's own, and the small vocabulary and model several suites use */
#ifndef LW_SCRATCH_H
#define LW_SCRATCH_H

#include "suites.h"

#include "concepts/vocabulary.h"
#include "model/model.h"

const char *scratch_folder(void);                       /* made at the first call; removed when the tests end */
const char *scratch_file(const char *name, const void *bytes, size_t len); /* its path, good until the next call of the kind */
const char *scratch_path(const char *name);

/* A vocabulary compiled from texts; `en`, `es` and `zh` are tables of forms, each may be NULL. */
struct lw_vocabulary *scratch_vocabulary(const char *concepts, const char *en, const char *es, const char *zh,
    const char *indicators, struct lw_buffer *bytes, struct lw_buffer *why);
extern const char scratch_concepts[], scratch_en[], scratch_es[], scratch_zh[], scratch_indicators[];

/* A model of ham and recruitment that weighs nothing: every message's risk is 1 / (1 + exp(-2 bias)), flagged from .5 on. */
lurewatch *scratch_model(const char *name, double bias);

#endif
