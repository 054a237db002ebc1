/* nets.c - lists of networks; a text that is none is refused with its cause */
#include "serve/nets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { MAPPED = 96 };   /* bits before an IPv4 address in its IPv6 form */

static void
map(unsigned char *to, const void *ipv4)
{
	static const unsigned char head[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(to, head, sizeof head);
	memcpy(to + sizeof head, ipv4, 4);
}

static bool
parse(const char *text, struct lw_net *net)
{
	char address[INET6_ADDRSTRLEN], *end = NULL;
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	unsigned char four[4];
	unsigned long bits = 0, most;

	if (len >= sizeof address)
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	if (inet_pton(AF_INET, address, four) == 1) {
		map(net->address, four);
		most = 32;
	} else if (inet_pton(AF_INET6, address, net->address) == 1) {
		most = 128;
	} else {
		return false;
	}
	if (slash != NULL)
		bits = strtoul(slash + 1, &end, 10);
	if (slash != NULL && (slash[1] < '0' || slash[1] > '9' || *end != '\0' || bits > most))
		return false;
	net->bits = (unsigned)(slash != NULL ? bits : most) + (most == 32 ? MAPPED : 0);
	return true;
}

bool
lw_nets_read(struct lw_nets *nets, const struct lw_list *list, struct lw_buffer *why)
{
	for (size_t i = 0; i < list->n; i++) {
		if (!lw_grow(&nets->at, &nets->room, nets->n + 1, sizeof *nets->at)) {
			lw_buffer_add_text(why, "out of memory");
			return false;
		}
		if (!parse(list->at[i], &nets->at[nets->n])) {
			lw_buffer_addf(why, "'%s': an address or a network is meant, as 192.0.2.0/24", list->at[i]);
			return false;
		}
		nets->n++;
	}
	return true;
}

static bool
holds(const struct lw_net *net, const unsigned char *address)
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;

	return memcmp(net->address, address, whole) == 0 &&
	    (rest == 0 || ((net->address[whole] ^ address[whole]) >> (8 - rest)) == 0);
}

bool
lw_nets_hold(const struct lw_nets *nets, const struct sockaddr *from)
{
	unsigned char address[16];

	if (nets->n == 0 || from == NULL || (from->sa_family != AF_INET && from->sa_family != AF_INET6))
		return true;
	if (from->sa_family == AF_INET)
		map(address, &((const struct sockaddr_in *)(const void *)from)->sin_addr);
	else
		memcpy(address, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, sizeof address);
	for (size_t i = 0; i < nets->n; i++)
		if (holds(&nets->at[i], address))
			return true;
	return false;
}

void
lw_nets_free(struct lw_nets *nets)
{
	free(nets->at);
	*nets = (struct lw_nets){ 0 };
}
