/*
 * fuzz_read.c - any bytes as any format: no crash, no hang, and raw joined is the input
 *
 * The first byte picks the format (the last value is auto), the rest is the file.
 */
#include "read/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static int
file_of(const uint8_t *data, size_t len)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		abort();
	return fd;
}

static size_t
formats(void)
{
	size_t n = 0;

	while (lw_format_name(n) != NULL)
		n++;
	return n;
}

static bool
is_packed(const uint8_t *data, size_t len)
{
	return len >= 2 && ((data[0] == 0x1f && data[1] == 0x8b) || (data[0] == 0x28 && data[1] == 0xb5));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct lw_read_options options = { 0 };
	struct lw_buffer joined = { 0 }, room = { 0 };
	struct lw_reader *reader;
	const struct lw_message *m;
	struct lw_span judged;
	lurewatch_error e;
	char path[64];
	int fd;

	if (len < 1)
		return 0;
	options.format = lw_format_name(data[0] % (formats() + 1));
	data++;
	len--;
	fd = file_of(data, len);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	e = lw_reader_open(path, &options, &reader);
	while (e == LUREWATCH_OK && (e = lw_reader_next(reader, &m)) == LUREWATCH_OK && m != NULL) {
		if (!lw_buffer_add(&joined, m->before.at, m->before.len) || !lw_buffer_add(&joined, m->joint.at, m->joint.len) ||
		    !lw_buffer_add(&joined, m->raw.at, m->raw.len) ||
		    lw_message_judged(m, &room, &judged) != LUREWATCH_OK)
			abort();
	}
	if (e == LUREWATCH_OK) {
		m = lw_reader_tail(reader);
		if (!lw_buffer_add(&joined, m->before.at, m->before.len))
			abort();
		if (!is_packed(data, len) && (joined.len != len || (len > 0 && memcmp(joined.at, data, len) != 0)))
			abort();
	}
	lw_reader_close(reader);
	lw_buffer_free(&joined);
	lw_buffer_free(&room);
	close(fd);
	return 0;
}
