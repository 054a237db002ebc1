/*
 * fuzz_spamd.c - any bytes as a spamd client's: no crash, and what is said of a part is never taken back
 *
 * The answers are rendered too, for a mail that was let through unjudged.
 */
#include "serve/spamd_protocol.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { MOST = 1 << 20 };

static void
answer(const struct lw_spamd_request *r, struct lw_span mail)
{
	struct lw_message m = { .raw = mail };
	struct lw_result result = { .message = &m };
	struct lw_spamd_verdict v = { &result, .5, "fuzz" };
	struct lw_buffer out = { 0 };

	if (!lw_spamd_answer(&out, r, &v))
		abort();
	lw_buffer_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct lw_span all = { (const char *)data, len }, mail;
	struct lw_spamd_request r, part;
	enum lw_spamd_state whole = lw_spamd_head(all, &r, &(const char *){ NULL });
	struct lw_buffer unpacked = { 0 };
	const char *why;

	for (size_t n = 0; n < len; n += 1 + len / 64) {
		enum lw_spamd_state early = lw_spamd_head((struct lw_span){ all.at, n }, &part, &why);

		if (early != LW_SPAMD_MORE && early != whole)
			abort();
		if (early == LW_SPAMD_READY && (part.head != r.head || part.length != r.length || part.command != r.command))
			abort();
	}
	if (whole != LW_SPAMD_READY)
		return 0;
	mail = (struct lw_span){ all.at + r.head, len - r.head };
	if (lw_spamd_body(&r, mail.len, true, &why) == LW_SPAMD_READY && !r.packed)
		answer(&r, mail);
	if (r.packed && lw_spamd_unpack(&unpacked, mail, MOST, &why) == LW_SPAMD_READY)
		answer(&r, (struct lw_span){ unpacked.at, unpacked.len });
	lw_buffer_free(&unpacked);
	return 0;
}
