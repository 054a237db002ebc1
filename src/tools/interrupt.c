/*
 * interrupt.c - a pipe that a signal's handler writes to
 *
 * A flag alone would be missed by a read that begins just after it was looked at.
 * Signals are the process's, so this state is too: one tool, one run.
 */
#include "tools/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static int ends[2] = { -1, -1 };
static volatile sig_atomic_t caught;

static void
on_signal(int signal)
{
	int saved = errno;

	(void)signal;
	caught = 1;
	/* the pipe is empty: this is its only byte */
	while (write(ends[1], "", 1) < 0 && errno == EINTR)
		;
	errno = saved;
}

const int *
lw_interrupt_catch(void)
{
	static const int signals[] = { SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)(SA_RESTART | SA_RESETHAND) }, old;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		/* what a shell told us to ignore stays ignored */
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	return &ends[0];
}

bool
lw_interrupted(void)
{
	return caught != 0;
}
