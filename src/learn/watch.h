/* watch.h - how far long work is, for whoever wants to know */
#ifndef LW_WATCH_H
#define LW_WATCH_H

/* Called now and then from any thread, with the part done in [0,1]. */
typedef void (*lw_progress_call)(void *context, const char *phase, double part);

struct lw_watcher {
	lw_progress_call call;          /* NULL: nobody watches */
	void *context;
};

void lw_watch(const struct lw_watcher *, const char *phase, double part);

#endif
