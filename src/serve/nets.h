/* nets.h - lists of networks: 192.0.2.0/24, 2001:db8::/32, or one address */
#ifndef LW_NETS_H
#define LW_NETS_H

#include "serve/config.h"

#include <sys/socket.h>

struct lw_nets {
	struct lw_net {
		unsigned char address[16];      /* IPv4 as ::ffff:a.b.c.d */
		unsigned bits;
	} *at;
	size_t n, room;
};

bool lw_nets_read(struct lw_nets *, const struct lw_list *, struct lw_buffer *why);
/* An empty list holds everyone; a Unix socket's peers are held by its mode alone. */
bool lw_nets_hold(const struct lw_nets *, const struct sockaddr *);
void lw_nets_free(struct lw_nets *);

#endif
