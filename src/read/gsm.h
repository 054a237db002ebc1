/*
 * gsm.h - short messages as networks carry them, as text
 *
 * 3GPP TS 23.038 (alphabets, septets) and 23.040 (user data header), and SMPP's data_coding.
 * One message is lw_sms_text(). A message in parts:
 *
 *	struct lw_udh h = lw_udh_read(user_data)                of each part, where a header is announced
 *	lw_sms_payload(&joined, user_data, &h, charset)         each part in its order, into one buffer
 *	lw_sms_decode(&text, joined, charset, &h)               the whole: a character or an escape may straddle parts
 *
 * No bytes are malformed: what cannot be text becomes U+FFFD, a header that lies about its
 * length is no header. Everything here appends, and fails (false) only when memory is gone.
 */
#ifndef LW_GSM_H
#define LW_GSM_H

#include "text/buffer.h"

enum { LW_ESM_UDH = 0x40 };     /* bit of SMPP's esm_class: the user data begin with a header */

struct lw_udh {                 /* a user data header; all zero: there is none */
	size_t len;                 /* bytes, with its own length byte */
	unsigned reference;         /* of a message in parts: 8 or 16 bits */
	unsigned total, number;     /* parts in all, this one from 1 on; total 0: a message by itself */
	unsigned locking, single;   /* national language identifiers of the shift tables, 0: the default alphabet */
};

/* What a header says; an element that is cut, or numbers a part beyond the total, says nothing. */
struct lw_udh lw_udh_read(struct lw_span user_data);

/*
 * The charset's name by SMPP's data_coding, or a GSM data coding scheme above its values: "GSM", "UTF-16BE",
 * "ISO-8859-1" and so on, as gateways and ICU spell it. NULL: compressed (3GPP TS 23.042), which nobody sends.
 */
const char *lw_sms_charset(unsigned data_coding);

/*
 * Unpacks septets, one a byte: `fill` bits are passed over first, and no more than `n` septets come out (SIZE_MAX:
 * all there are; a last one of seven zero bits that end a byte is padding).
 */
bool lw_gsm_unpack(struct lw_buffer *, struct lw_span packed, unsigned fill, size_t n);

/*
 * One part's user data without its header. Of charset GSM, septets that came packed are unpacked, told by what is
 * neither UTF-8 nor like Latin-1, which some send under this coding, and is words when unpacked (8 bytes or more).
 */
bool lw_sms_payload(struct lw_buffer *, struct lw_span user_data, const struct lw_udh *, const char *charset);

/*
 * Payload to UTF-8. GSM: septets one a byte, by the header's shift tables; with bytes above 127 in it, UTF-8 if it is that,
 * else Latin-1. UTF-16: a byte order mark outranks the name. Any other charset: see charset.h.
 */
bool lw_sms_decode(struct lw_buffer *, struct lw_span payload, const char *charset, const struct lw_udh *);

/* A whole message. Compressed text gives nothing. */
bool lw_sms_text(struct lw_buffer *, struct lw_span user_data, unsigned data_coding, unsigned esm_class);

#endif
