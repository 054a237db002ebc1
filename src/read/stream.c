/*
 * stream.c - bytes in: plain, gzip or zstd by their magic bytes; UTF-16 by its byte order mark, other charsets by name
 *
 * Three layers, each optional but the first: stored bytes are read, unpacked,
 * recoded. A read that fails, an archive that is cut or damaged and memory that
 * is gone are errors with a reason; what was unpacked before stays readable.
 */
#include "read/stream.h"

#include "read/read.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unicode/ucnv.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { CHUNK = 1 << 16 };

struct packing {
	struct lw_span magic;
	lurewatch_error (*open)(struct lw_stream *);
	lurewatch_error (*step)(struct lw_stream *, struct lw_buffer *out);
	void (*close)(struct lw_stream *);
};

struct order {                  /* of UTF-16's two bytes; or UTF-8 with a mark */
	struct lw_span mark;
	bool wide;
	int high;                   /* place of the high byte */
};

struct lw_stream {
	struct lw_input input;
	int fd;                     /* -1: the input is no file */
	const int *stop;            /* readable: no more is read; NULL: never */
	struct lw_buffer *reason;
	uint64_t consumed;

	const struct packing *packing;
	struct lw_buffer packed;    /* stored bytes not yet unpacked, from packed_at on */
	size_t packed_at;
	bool packed_ended;
	bool inside;                /* within a gzip member or a zstd frame */
	z_stream gzip;
	ZSTD_DStream *zstd;

	const struct order *order;
	UConverter *converter;      /* of any other charset */
	struct lw_buffer widths;    /* for each byte of the window: how many stored bytes its character came from, 0 past its first */
	struct lw_buffer wide;      /* UTF-16 or the other charset as unpacked: from wide_at on not yet taken, from wide_done on not yet recoded */
	size_t wide_at, wide_done;

	struct lw_buffer window;
	size_t at;
	bool ended;
	lurewatch_error failed;     /* stays: what follows a failure is not read */
};

static lurewatch_error
fail(struct lw_stream *s, lurewatch_error e, const char *why)
{
	s->reason->len = 0;
	if (!lw_buffer_add(s->reason, why, strlen(why) + 1))
		return LUREWATCH_E_MEMORY;
	s->failed = e;
	return e;
}

/* ---- stored bytes ---- */

/* Waits until there is something to read, or nothing more shall be. */
static bool
told_to_stop(const struct lw_stream *s)
{
	struct pollfd p[] = { { s->fd, POLLIN, 0 }, { *s->stop, POLLIN, 0 } };

	while (poll(p, 2, -1) < 0 && errno == EINTR)
		;
	return p[1].revents != 0;
}

static ssize_t
read_file(void *from, char *to, size_t len, const char **why)
{
	const struct lw_stream *s = from;
	ssize_t n;

	do
		n = read(s->fd, to, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		*why = strerror(errno);
	return n;
}

/* Appends what one read gives; nothing at the end. */
static lurewatch_error
read_stored(struct lw_stream *s, struct lw_buffer *out)
{
	const char *why = NULL;
	ssize_t n;

	if (s->packed_ended)
		return LUREWATCH_OK;
	if (!lw_buffer_reserve(out, CHUNK))
		return fail(s, LUREWATCH_E_MEMORY, "out of memory");
	if (s->stop != NULL && told_to_stop(s))
		return fail(s, LUREWATCH_E_IO, "interrupted");
	n = s->input.read(s->input.from, out->at + out->len, CHUNK, &why);
	if (n < 0)
		return fail(s, LUREWATCH_E_IO, why);
	s->packed_ended = n == 0;
	out->len += (size_t)n;
	s->consumed += (uint64_t)n;
	return LUREWATCH_OK;
}

static lurewatch_error
refill(struct lw_stream *s)
{
	if (s->packed_at < s->packed.len)
		return LUREWATCH_OK;
	s->packed_at = s->packed.len = 0;
	return read_stored(s, &s->packed);
}

static lurewatch_error
plain_step(struct lw_stream *s, struct lw_buffer *out)
{
	if (s->packed_at == s->packed.len)
		return read_stored(s, out);
	if (!lw_buffer_add(out, s->packed.at + s->packed_at, s->packed.len - s->packed_at))
		return fail(s, LUREWATCH_E_MEMORY, "out of memory");
	s->packed_at = s->packed.len;
	return LUREWATCH_OK;
}

/* ---- gzip ---- */

static lurewatch_error
gzip_open(struct lw_stream *s)
{
	return inflateInit2(&s->gzip, 15 + 16) == Z_OK ? LUREWATCH_OK : fail(s, LUREWATCH_E_MEMORY, "out of memory");
}

/* Between members: another member goes on; zero padding, as tapes leave, is passed over. */
static lurewatch_error
gzip_between(struct lw_stream *s)
{
	while (s->packed_at < s->packed.len && s->packed.at[s->packed_at] == '\0')
		s->packed_at++;
	if (s->packed_at == s->packed.len)
		return LUREWATCH_OK;
	if (inflateReset(&s->gzip) != Z_OK)
		return fail(s, LUREWATCH_E_IO, "damaged gzip data");
	s->inside = true;
	return LUREWATCH_OK;
}

static lurewatch_error
gzip_step(struct lw_stream *s, struct lw_buffer *out)
{
	size_t had = s->packed.len - s->packed_at;
	int status;

	if (had == 0)
		return s->inside ? fail(s, LUREWATCH_E_IO, "gzip data ends too early") : LUREWATCH_OK;
	if (!s->inside)
		return gzip_between(s);
	if (!lw_buffer_reserve(out, CHUNK))
		return fail(s, LUREWATCH_E_MEMORY, "out of memory");
	s->gzip.next_in = (Bytef *)(s->packed.at + s->packed_at);
	s->gzip.avail_in = (uInt)had;
	s->gzip.next_out = (Bytef *)(out->at + out->len);
	s->gzip.avail_out = CHUNK;
	status = inflate(&s->gzip, Z_NO_FLUSH);
	s->packed_at += had - s->gzip.avail_in;
	out->len += CHUNK - s->gzip.avail_out;
	if (status == Z_STREAM_END)
		s->inside = false;
	else if (status == Z_MEM_ERROR)
		return fail(s, LUREWATCH_E_MEMORY, "out of memory");
	else if (status != Z_OK && status != Z_BUF_ERROR)
		return fail(s, LUREWATCH_E_IO, "damaged gzip data");
	return LUREWATCH_OK;
}

static void
gzip_close(struct lw_stream *s)
{
	inflateEnd(&s->gzip);
}

/* ---- zstd ---- */

static lurewatch_error
zstd_open(struct lw_stream *s)
{
	s->zstd = ZSTD_createDStream();
	return s->zstd != NULL ? LUREWATCH_OK : fail(s, LUREWATCH_E_MEMORY, "out of memory");
}

static lurewatch_error
zstd_step(struct lw_stream *s, struct lw_buffer *out)
{
	ZSTD_inBuffer in = { s->packed.at, s->packed.len, s->packed_at };
	ZSTD_outBuffer to;
	size_t left;

	if (in.pos == in.size)
		return s->inside ? fail(s, LUREWATCH_E_IO, "zstd data ends too early") : LUREWATCH_OK;
	if (!lw_buffer_reserve(out, CHUNK))
		return fail(s, LUREWATCH_E_MEMORY, "out of memory");
	to = (ZSTD_outBuffer){ out->at + out->len, CHUNK, 0 };
	left = ZSTD_decompressStream(s->zstd, &to, &in);
	if (ZSTD_isError(left))
		return fail(s, LUREWATCH_E_IO, "damaged zstd data");
	s->packed_at = in.pos;
	out->len += to.pos;
	s->inside = left != 0;
	return LUREWATCH_OK;
}

static void
zstd_close(struct lw_stream *s)
{
	ZSTD_freeDStream(s->zstd);
}

static const struct packing packings[] = {
	{ { "\x1f\x8b", 2 }, gzip_open, gzip_step, gzip_close },
	{ { "\x28\xb5\x2f\xfd", 4 }, zstd_open, zstd_step, zstd_close },
};

/* Appends at least one unpacked byte; nothing at the end. */
static lurewatch_error
unpack(struct lw_stream *s, struct lw_buffer *out)
{
	size_t had = out->len;
	lurewatch_error e = LUREWATCH_OK;

	if (s->packing == NULL)
		return plain_step(s, out);
	while (e == LUREWATCH_OK && out->len == had) {
		e = refill(s);
		if (e != LUREWATCH_OK)
			break;
		e = s->packing->step(s, out);
		if (s->packed_ended && s->packed_at == s->packed.len && !s->inside)
			break;
	}
	return e;
}

/* ---- UTF-16 ---- */

static const struct order orders[] = {
	{ { "\xef\xbb\xbf", 3 }, false, 0 },
	{ { "\xff\xfe", 2 }, true, 1 },
	{ { "\xfe\xff", 2 }, true, 0 },
};

static uint32_t
unit_at(const struct lw_stream *s, size_t i)
{
	const unsigned char *p = (const unsigned char *)s->wide.at + i;

	return (uint32_t)p[s->order->high] << 8 | p[1 - s->order->high];
}

static size_t
put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Recodes what is whole, or all at the end; a bad sequence becomes U+FFFD. No charset needs LONGEST bytes for a character. */
static lurewatch_error
convert(struct lw_stream *s, bool last)
{
	enum { LONGEST = 16 };
	const char *end = s->wide.at + s->wide.len;

	while (s->wide.len - s->wide_done > (last ? 0 : LONGEST)) {
		UErrorCode status = U_ZERO_ERROR;
		const char *from = s->wide.at + s->wide_done, *at = from;
		UChar32 c = ucnv_getNextUChar(s->converter, &at, end, &status);
		size_t n;

		if (!lw_buffer_reserve(&s->window, 4) || !lw_buffer_reserve(&s->widths, 4))
			return fail(s, LUREWATCH_E_MEMORY, "out of memory");
		if (status == U_INDEX_OUTOFBOUNDS_ERROR) {      /* shifts, and no character after them */
			if (last)
				s->wide_done = s->wide.len;
			break;
		}
		if (U_FAILURE(status))
			ucnv_resetToUnicode(s->converter);
		if (at == from)
			at = end;
		n = put_utf8(s->window.at + s->window.len, U_FAILURE(status) ? 0xfffd : (uint32_t)c);
		memset(s->widths.at + s->widths.len, 0, n);
		s->widths.at[s->widths.len] = (char)(at - from);
		s->window.len += n;
		s->widths.len += n;
		s->wide_done += (size_t)(at - from);
	}
	return LUREWATCH_OK;
}

/* Recodes what is whole. At the end half a pair and an odd byte become U+FFFD. */
static lurewatch_error
recode(struct lw_stream *s, bool last)
{
	size_t left = s->wide.len - s->wide_done;

	if (s->converter != NULL)
		return convert(s, last);
	if (left > (SIZE_MAX - 8) / 2 || !lw_buffer_reserve(&s->window, left * 2 + 8))
		return fail(s, LUREWATCH_E_MEMORY, "out of memory");
	for (; left >= 2; left = s->wide.len - s->wide_done) {
		uint32_t c = unit_at(s, s->wide_done), low;
		size_t used = 2;

		if ((c & 0xfc00) == 0xd800) {
			if (left < 4 && !last)
				break;
			low = left >= 4 ? unit_at(s, s->wide_done + 2) : 0;
			if ((low & 0xfc00) == 0xdc00) {
				c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
				used = 4;
			}
		}
		if (c >= 0xd800 && c <= 0xdfff)
			c = 0xfffd;
		s->window.len += put_utf8(s->window.at + s->window.len, c);
		s->wide_done += used;
	}
	if (last && left == 1) {
		s->window.len += put_utf8(s->window.at + s->window.len, 0xfffd);
		s->wide_done++;
	}
	return LUREWATCH_OK;
}

/* How many stored bytes n bytes of the window came from: of UTF-16 a character of four bytes from four, any other from two. */
static size_t
stored_length(const struct lw_stream *s, size_t n)
{
	size_t stored = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s->window.at[s->at + i];

		if (s->converter != NULL)
			stored += (unsigned char)s->widths.at[s->at + i];
		else if ((c & 0xc0) != 0x80)
			stored += c >= 0xf0 ? 4 : 2;
	}
	/* the last character can have come from an odd byte, and shifts may follow it */
	if (s->converter != NULL && s->ended && s->at + n == s->window.len)
		return s->wide.len - s->wide_at;
	return stored < s->wide.len - s->wide_at ? stored : s->wide.len - s->wide_at;
}

/* ---- the window ---- */

static bool
is_converted(const struct lw_stream *s)
{
	return s->converter != NULL || (s->order != NULL && s->order->wide);
}

static void
slide(struct lw_buffer *b, size_t *at)
{
	if (*at == 0)
		return;
	memmove(b->at, b->at + *at, b->len - *at);
	b->len -= *at;
	*at = 0;
}

lurewatch_error
lw_stream_more(struct lw_stream *s)
{
	bool wide = is_converted(s);
	struct lw_buffer *to = wide ? &s->wide : &s->window;
	size_t had, before;
	lurewatch_error e = s->failed;

	if (e != LUREWATCH_OK)
		return e;
	if (s->converter != NULL)
		slide(&s->widths, &(size_t){ s->at });
	slide(&s->window, &s->at);
	s->wide_done -= s->wide_at;
	slide(&s->wide, &s->wide_at);
	for (before = s->window.len; !s->ended && s->window.len == before;) {
		had = to->len;
		e = unpack(s, to);
		if (e != LUREWATCH_OK)
			break;
		s->ended = to->len == had;
		if (wide)
			e = recode(s, s->ended);
		if (e != LUREWATCH_OK)
			break;
	}
	return e;
}

static const struct packing *
packing_of(const struct lw_stream *s)
{
	for (size_t i = 0; i < sizeof packings / sizeof packings[0]; i++) {
		struct lw_span magic = packings[i].magic;

		if (s->packed.len >= magic.len && memcmp(s->packed.at, magic.at, magic.len) == 0)
			return &packings[i];
	}
	return NULL;
}

static lurewatch_error
begin(struct lw_stream *s)
{
	lurewatch_error e = LUREWATCH_OK;

	while (e == LUREWATCH_OK && s->packed.len < 4 && !s->packed_ended)
		e = read_stored(s, &s->packed);
	if (e != LUREWATCH_OK)
		return e;
	s->packing = packing_of(s);
	if (s->packing != NULL) {
		s->inside = true;
		e = s->packing->open(s);
	}
	/* a failure further on belongs to the records, not to the opening: it comes again when they are read */
	while (e == LUREWATCH_OK && s->window.len < 3 && !s->ended)
		e = lw_stream_more(s);
	for (size_t i = 0; e == LUREWATCH_OK && i < sizeof orders / sizeof orders[0]; i++) {
		struct lw_span mark = orders[i].mark;

		if (s->window.len < mark.len || memcmp(s->window.at, mark.at, mark.len) != 0)
			continue;
		s->order = &orders[i];
		s->at = mark.len;
		if (!orders[i].wide)
			break;
		s->wide = s->window;
		s->wide_at = s->wide_done = mark.len;
		s->window = (struct lw_buffer){ 0 };
		s->at = 0;
		e = recode(s, s->ended);
		break;
	}
	return e;
}

static int
open_path(const char *path)
{
	struct stat st;
	int fd;

	if (strcmp(path, "-") == 0)
		return STDIN_FILENO;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		errno = EISDIR;
		return -1;
	}
	return fd;
}

static lurewatch_error
start(struct lw_stream *s, struct lw_stream **out)
{
	lurewatch_error e = begin(s);

	if (e != LUREWATCH_OK) {
		lw_stream_close(s);
		return e;
	}
	*out = s;
	return LUREWATCH_OK;
}

lurewatch_error
lw_stream_open(const char *path, const int *stop, struct lw_buffer *reason, struct lw_stream **out)
{
	struct lw_stream *s = calloc(1, sizeof *s);
	lurewatch_error e;

	if (s == NULL)
		return LUREWATCH_E_MEMORY;
	s->reason = reason;
	s->input = (struct lw_input){ read_file, s };
	s->stop = stop;
	s->fd = open_path(path);
	if (s->fd >= 0)
		return start(s, out);
	e = fail(s, LUREWATCH_E_IO, strerror(errno));
	lw_stream_close(s);
	return e;
}

lurewatch_error
lw_stream_open_input(struct lw_input input, struct lw_buffer *reason, struct lw_stream **out)
{
	struct lw_stream *s = calloc(1, sizeof *s);

	if (s == NULL)
		return LUREWATCH_E_MEMORY;
	s->reason = reason;
	s->input = input;
	s->fd = -1;
	return start(s, out);
}

void
lw_stream_close(struct lw_stream *s)
{
	if (s == NULL)
		return;
	if (s->packing != NULL)
		s->packing->close(s);
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	lw_buffer_free(&s->packed);
	ucnv_close(s->converter);
	lw_buffer_free(&s->widths);
	lw_buffer_free(&s->wide);
	lw_buffer_free(&s->window);
	free(s);
}

struct lw_span
lw_stream_window(const struct lw_stream *s)
{
	if (s->at == s->window.len)
		return (struct lw_span){ "", 0 };
	return (struct lw_span){ s->window.at + s->at, s->window.len - s->at };
}

bool
lw_stream_ended(const struct lw_stream *s)
{
	return s->ended;
}

lurewatch_error
lw_stream_peek(struct lw_stream *s, size_t want)
{
	lurewatch_error e = LUREWATCH_OK;

	while (e == LUREWATCH_OK && !s->ended && s->window.len - s->at < want)
		e = lw_stream_more(s);
	return e;
}

struct lw_span
lw_stream_take(struct lw_stream *s, size_t n)
{
	struct lw_span taken = { "", 0 };

	if (n == 0)
		return taken;
	if (!is_converted(s)) {
		taken = (struct lw_span){ s->window.at + s->at, n };
	} else {
		taken = (struct lw_span){ s->wide.at + s->wide_at, stored_length(s, n) };
		s->wide_at += taken.len;
	}
	s->at += n;
	return taken;
}

lurewatch_error
lw_stream_line(struct lw_stream *s, struct lw_cut *c)
{
	return lw_stream_until(s, '\n', c);
}

lurewatch_error
lw_stream_until(struct lw_stream *s, char last, struct lw_cut *c)
{
	size_t seen = c->to;

	c->from = c->to;
	for (;;) {
		struct lw_span w = lw_stream_window(s);
		const char *end = w.len > seen ? memchr(w.at + seen, last, w.len - seen) : NULL;
		lurewatch_error e;

		if (end != NULL || s->ended) {
			c->to = end != NULL ? (size_t)(end - w.at) + 1 : w.len;
			return LUREWATCH_OK;
		}
		seen = w.len;
		if (w.len > LW_RECORD_MAX) {
			lw_stream_take(s, w.len);
			c->from = c->to = seen = 0;
			c->dropped = true;
		}
		e = lw_stream_more(s);
		if (e != LUREWATCH_OK)
			return e;
	}
}

struct lw_span
lw_stream_mark(const struct lw_stream *s)
{
	return s->order != NULL ? s->order->mark : (struct lw_span){ "", 0 };
}

bool
lw_stream_recoded(const struct lw_stream *s)
{
	return (s->converter != NULL && ucnv_getMinCharSize(s->converter) > 1) || (s->order != NULL && s->order->wide);
}

lurewatch_error
lw_stream_recode(struct lw_stream *s, const char *charset)
{
	UErrorCode status = U_ZERO_ERROR;

	if (s->order != NULL)
		return LUREWATCH_OK;
	s->converter = ucnv_open(charset, &status);
	if (s->converter == NULL)
		return fail(s, LUREWATCH_E_MEMORY, "out of memory");
	s->wide = s->window;
	s->window = (struct lw_buffer){ 0 };
	s->at = s->wide_at = s->wide_done = 0;
	return recode(s, s->ended);
}

uint64_t
lw_stream_consumed(const struct lw_stream *s)
{
	return s->consumed;
}

bool
lw_stream_would_wait(const struct lw_stream *s)
{
	struct pollfd p = { s->fd, POLLIN, 0 };

	if (s->fd < 0 || s->failed != LUREWATCH_OK || s->ended || s->packed_ended || s->packed_at < s->packed.len)
		return false;
	return memchr(lw_stream_window(s).at, '\n', lw_stream_window(s).len) == NULL && poll(&p, 1, 0) == 0;
}

bool
lw_stream_is_live(const struct lw_stream *s)
{
	struct stat st;

	return s->fd >= 0 && fstat(s->fd, &st) == 0 && !S_ISREG(st.st_mode);
}
