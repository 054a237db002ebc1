/*
 * spamd_protocol.h - what spamc, Exim and rspamd say to spamd, and what spamd answers
 *
 * SPAMC/1.2 to 1.5 over spans and buffers; no sockets here. A client sends a head (command,
 * headers, empty line) and a mail; the answer is one buffer, after which spamd closes.
 * Nothing a client sends is an error of ours: it is answered with a reason and a sysexits number.
 */
#ifndef LW_SPAMD_PROTOCOL_H
#define LW_SPAMD_PROTOCOL_H

#include "write/write.h"

enum lw_spamd_command {
	LW_SPAMD_CHECK, LW_SPAMD_SYMBOLS, LW_SPAMD_REPORT, LW_SPAMD_REPORT_IFSPAM, LW_SPAMD_PROCESS, LW_SPAMD_HEADERS,
	LW_SPAMD_PING, LW_SPAMD_SKIP, LW_SPAMD_TELL /* from PING on nothing is judged; TELL has a mail */
};

struct lw_spamd_request {
	enum lw_spamd_command command;
	struct lw_span user;            /* borrows from the head */
	bool packed;                    /* Compress: zlib */
	bool has_length;
	size_t length;                  /* of the mail as sent, packed or not */
	size_t head;                    /* bytes of the head */
};

enum lw_spamd_state { LW_SPAMD_MORE, LW_SPAMD_READY, LW_SPAMD_BAD /* why is set: static text */ };

#define LW_SPAMD_HEAD_MAX 8192          /* bytes; a longer head is bad */

/* seen: all that has come. READY once the head is whole. */
enum lw_spamd_state lw_spamd_head(struct lw_span seen, struct lw_spamd_request *, const char **why);

/* got: bytes after the head; ended: no more will come. READY once the mail is whole: exactly as long as was said. */
enum lw_spamd_state lw_spamd_body(const struct lw_spamd_request *, size_t got, bool ended, const char **why);

/* Appends the mail unpacked, at most `most` bytes. BAD: not zlib, cut short, or longer than that; MORE: memory is gone. */
enum lw_spamd_state lw_spamd_unpack(struct lw_buffer *, struct lw_span packed, size_t most, const char **why);

/* ---- answers; false when memory is gone ---- */

struct lw_spamd_verdict {
	const struct lw_result *result; /* its verdict NULL: the mail was let through unjudged */
	double threshold;
	const char *unjudged;           /* why, when it was; one word for the header; NULL: leave no trace */
};

bool lw_spamd_answer(struct lw_buffer *, const struct lw_spamd_request *, const struct lw_spamd_verdict *);
bool lw_spamd_answer_ping(struct lw_buffer *);
bool lw_spamd_answer_error(struct lw_buffer *, int sysexit, const char *why);

/* Tenths of a SpamAssassin score: 50 at the threshold, 100 at risk 1, below 50 exactly when risk is below the threshold. */
int lw_spamd_score(double risk, double threshold);

#endif
