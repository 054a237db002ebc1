/*
 * spamd_protocol.c - heads, lengths and packed mails of spamd's clients
 *
 * Strict where a misreading would cost a mail (lengths), lenient where clients differ (line
 * ends, unknown headers).
 */
#include "serve/spamd_protocol.h"

#include <string.h>
#include <zlib.h>

static const struct {
	const char *name;
	enum lw_spamd_command command;
} commands[] = {
	{ "CHECK", LW_SPAMD_CHECK }, { "SYMBOLS", LW_SPAMD_SYMBOLS }, { "REPORT", LW_SPAMD_REPORT },
	{ "REPORT_IFSPAM", LW_SPAMD_REPORT_IFSPAM }, { "PROCESS", LW_SPAMD_PROCESS }, { "HEADERS", LW_SPAMD_HEADERS },
	{ "PING", LW_SPAMD_PING }, { "SKIP", LW_SPAMD_SKIP }, { "TELL", LW_SPAMD_TELL },
};

/* Cuts the text before the first `c` off; all of it when there is none. */
static struct lw_span
cut(struct lw_span *rest, char c)
{
	const char *end = rest->len > 0 ? memchr(rest->at, c, rest->len) : NULL;
	struct lw_span first = { rest->at, end != NULL ? (size_t)(end - rest->at) : rest->len };
	size_t used = first.len + (end != NULL);

	if (used > 0)
		rest->at += used;
	rest->len -= used;
	return first;
}

static bool
read_number(struct lw_span digits, size_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < digits.len; i++) {
		if (digits.at[i] < '0' || digits.at[i] > '9' || n > (SIZE_MAX - 9) / 10)
			return false;
		n = n * 10 + (size_t)(digits.at[i] - '0');
	}
	*out = n;
	return digits.len > 0;
}

/* "CHECK SPAMC/1.5" */
static const char *
read_command(struct lw_span line, struct lw_spamd_request *r)
{
	struct lw_span rest = lw_span_trim(line), name = cut(&rest, ' '), version = lw_span_trim(rest);

	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		if (!lw_span_is(name, commands[i].name))
			continue;
		r->command = commands[i].command;
		return version.len > 8 && memcmp(version.at, "SPAMC/1.", 8) == 0 ? NULL : "the version must be SPAMC/1.x";
	}
	return "unknown command";
}

/* Unknown headers pass, as the protocol asks. */
static const char *
read_header(struct lw_span line, struct lw_spamd_request *r)
{
	struct lw_span value = line, name = lw_span_trim(cut(&value, ':'));
	size_t length;

	value = lw_span_trim(value);
	if (lw_span_same(name, LW_SPAN("User"))) {
		r->user = value;
	} else if (lw_span_same(name, LW_SPAN("Compress"))) {
		if (!lw_span_same(value, LW_SPAN("zlib")))
			return "Compress: only zlib is known";
		r->packed = true;
	} else if (lw_span_same(name, LW_SPAN("Content-length"))) {
		if (!read_number(value, &length))
			return "Content-length: not a number";
		if (r->has_length && r->length != length)
			return "Content-length: two that differ";
		r->has_length = true;
		r->length = length;
	}
	return NULL;
}

enum lw_spamd_state
lw_spamd_head(struct lw_span seen, struct lw_spamd_request *r, const char **why)
{
	struct lw_span rest = seen;

	*r = (struct lw_spamd_request){ 0 };
	*why = NULL;
	while (rest.len > 0 && *why == NULL) {
		bool first = rest.at == seen.at;
		struct lw_span line = lw_span_line(&rest);

		r->head = seen.len - rest.len;
		if (line.at[line.len - 1] != '\n' || r->head > LW_SPAMD_HEAD_MAX)
			break;
		if (!first && lw_span_trim(line).len == 0)
			return LW_SPAMD_READY;
		*why = first ? read_command(line, r) : read_header(line, r);
		/* these may come without an empty line */
		if (first && *why == NULL && (r->command == LW_SPAMD_PING || r->command == LW_SPAMD_SKIP))
			return LW_SPAMD_READY;
	}
	if (*why == NULL && seen.len > LW_SPAMD_HEAD_MAX)
		*why = "the head is too long";
	return *why == NULL ? LW_SPAMD_MORE : LW_SPAMD_BAD;
}

enum lw_spamd_state
lw_spamd_body(const struct lw_spamd_request *r, size_t got, bool ended, const char **why)
{
	*why = NULL;
	if (!r->has_length)
		return ended ? LW_SPAMD_READY : LW_SPAMD_MORE;
	if (got == r->length)
		return LW_SPAMD_READY;
	if (got < r->length && !ended)
		return LW_SPAMD_MORE;
	*why = got < r->length ? "Content-length: less came" : "Content-length: more came";
	return LW_SPAMD_BAD;
}

enum lw_spamd_state
lw_spamd_unpack(struct lw_buffer *b, struct lw_span packed, size_t most, const char **why)
{
	z_stream z = { .next_in = (z_const Bytef *)packed.at, .avail_in = (uInt)packed.len };
	enum lw_spamd_state state = LW_SPAMD_MORE;
	size_t start = b->len;
	int status = Z_OK;

	*why = "not zlib";
	if (packed.len == 0 || packed.len > most || (uInt)packed.len != packed.len)
		return LW_SPAMD_BAD;
	if (inflateInit(&z) != Z_OK)
		return LW_SPAMD_MORE;
	while (status == Z_OK && b->len - start <= most && lw_buffer_reserve(b, 16384)) {
		size_t room = b->room - b->len;

		z.next_out = (Bytef *)b->at + b->len;
		z.avail_out = room > 1 << 20 ? 1 << 20 : (uInt)room;
		room = z.avail_out;
		status = inflate(&z, Z_NO_FLUSH);
		b->len += room - z.avail_out;
	}
	inflateEnd(&z);
	if (b->len - start > most) {
		*why = "unpacked, the mail is too long";
		state = LW_SPAMD_BAD;
	} else if (status != Z_OK && status != Z_MEM_ERROR) {
		state = status == Z_STREAM_END ? LW_SPAMD_READY : LW_SPAMD_BAD;
	}
	return state;
}
