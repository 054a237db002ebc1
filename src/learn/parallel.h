/*
 * parallel.h - one job over many items on several threads
 *
 * Items are handed out in order; what a job writes must belong to its item or
 * its thread, so the outcome is the same at any number of threads.
 */
#ifndef LW_PARALLEL_H
#define LW_PARALLEL_H

#include "lurewatch.h"

/* thread counts from 0; an error stops the handing out, and the one of the earliest item is returned. */
typedef lurewatch_error (*lw_job)(void *context, size_t item, unsigned thread);

lurewatch_error lw_parallel(size_t items, unsigned threads, lw_job, void *context);

#endif
