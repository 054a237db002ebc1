/* interrupt.h - SIGINT and SIGTERM as a descriptor to wait on: work in hand is finished, no more is begun */
#ifndef LW_INTERRUPT_H
#define LW_INTERRUPT_H

#include <stdbool.h>

/* The descriptor, readable from the first signal on; a second signal kills. NULL: signals keep their old meaning. */
const int *lw_interrupt_catch(void);
bool lw_interrupted(void);

#endif
