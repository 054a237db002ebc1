/* suites.h - the list of suites, one a room: add a line here and a file tests/test_<room>.c */
#ifndef LW_SUITES_H
#define LW_SUITES_H

#include <check.h>
#include <stdbool.h>

#define ROOMS \
	ROOM(buffer) \
	ROOM(spamd) \
	ROOM(serve) \
	ROOM(desk) \
	ROOM(milter) \
	ROOM(text) \
	ROOM(concepts) \
	ROOM(features) \
	ROOM(model) \
	ROOM(learn) \
	ROOM(care) \
	ROOM(past) \
	ROOM(killed) \
	ROOM(inside) \
	ROOM(evaluate) \
	ROOM(read) \
	ROOM(gsm) \
	ROOM(chats) \
	ROOM(mail) \
	ROOM(sms) \
	ROOM(write)

#define ROOM(name) Suite *name##_suite(void);
ROOMS
#undef ROOM

#endif
