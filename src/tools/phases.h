/* phases.h - progress of training and evaluation on a terminal's stderr: the phase, how far, time left */
#ifndef LW_PHASES_H
#define LW_PHASES_H

#include "learn/matrix.h"

#include <pthread.h>

struct lw_phases {
	bool on, shown;
	char name[32];
	double begun, last;             /* seconds, of the phase */
	pthread_mutex_t lock;
};

void lw_phases_start(struct lw_phases *);
void lw_phases_call(void *phases, const char *phase, double part);     /* an lw_progress_call */
void lw_phases_end(struct lw_phases *);

#endif
