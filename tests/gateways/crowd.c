/*
 * crowd.c - clients that only take up room, for the tests of the daemon
 *
 *      crowd PORT IDLE SLOW SECONDS
 *
 * opens IDLE connections that say nothing and SLOW ones that send a request a byte every half second, holds them for
 * SECONDS, and prints how many of each could be opened.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 5000 };

static int
join(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = 2 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

int
main(int argc, char **argv)
{
	static const char request[] = "POST /v1/score HTTP/1.1\r\nHost: x\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	static int slow[MOST];
	struct rlimit r;
	struct timespec pause = { .tv_nsec = 500000000 };
	int idle, slows, idled = 0, slowed = 0;
	size_t sent = 0;
	double seconds;

	if (argc != 5)
		return 2;
	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
	idle = atoi(argv[2]);
	slows = atoi(argv[3]) < MOST ? atoi(argv[3]) : MOST;
	for (int i = 0; i < idle; i++)
		idled += join((uint16_t)atoi(argv[1])) >= 0;
	for (int i = 0; i < slows; i++) {
		slow[slowed] = join((uint16_t)atoi(argv[1]));
		slowed += slow[slowed] >= 0;
	}
	printf("%d idle, %d slow\n", idled, slowed);
	fflush(stdout);
	for (seconds = atof(argv[4]); seconds > 0; seconds -= 0.5) {
		for (int i = 0; i < slowed && sent < sizeof request - 1; i++)
			if (send(slow[i], request + sent, 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
				continue;
		sent++;
		nanosleep(&pause, NULL);
	}
	return 0;
}
