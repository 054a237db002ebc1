/*
 * sample.h - N of the messages that come out, each as likely as any other
 *
 * A reservoir: memory is that of N, however many go by. The same messages and the
 * same seed give the same sample.
 */
#ifndef LW_SAMPLE_H
#define LW_SAMPLE_H

#include "text/buffer.h"

struct lw_sample;

struct lw_sample *lw_sample_new(size_t n, uint64_t seed);       /* NULL: memory is gone */
void lw_sample_free(struct lw_sample *);
bool lw_sample_offer(struct lw_sample *, struct lw_span rendered);
/* Those chosen, in the order in which they were offered; false past the end. Offer nothing more after the first. */
bool lw_sample_get(struct lw_sample *, size_t i, struct lw_span *);

#endif
