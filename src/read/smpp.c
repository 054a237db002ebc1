/*
 * smpp.c - lines of JSON as SMS gateways log them: an SMPP PDU each, its text still in the bytes of the network
 *
 * short_message (or message_payload) in hexadecimal, data_coding, esm_class, udh in hexadecimal where the gateway keeps
 * it apart, source_addr, destination_addr, sar_msg_ref_num, sar_total_segments, sar_segment_seqnum. What is not
 * hexadecimal is text that the gateway decoded. gsm.h turns the bytes into text.
 *
 * Parts of one message are joined before they are judged, and each of its records has the text, and so the verdict,
 * of the whole: --filter never tears a message apart. For that, records wait while a message before them lacks parts,
 * at most WINDOW records or WINDOW_BYTES; what is not whole by then, or at the end, is judged as it stands. A part that
 * came twice counts once; the same reference used again, once the message is whole, begins another.
 *
 * A line that is no such record is an error in its place.
 */
#include "read/gsm.h"
#include "read/json.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 1000, WINDOW_BYTES = 4 << 20 };

struct set {                    /* a message in parts; lives as long as one of its records waits */
	struct lw_buffer key;       /* addresses, reference, number of parts */
	unsigned total, seen;
	struct lw_buffer *part;     /* payloads, `at` NULL while one is missing */
	const char *charset;
	struct lw_udh header;       /* of the part that came first */
	size_t records;
};

struct record {
	struct lw_message m;
	struct lw_json_record json;
	struct lw_buffer raw, text, sender, conversation;
	struct set *set;            /* NULL: a message by itself */
};

struct smpp {
	struct record *queue[WINDOW];
	size_t first, n, bytes;
	struct record *given;       /* the one that the caller has */
	bool ended;
	lurewatch_error failed;     /* why it ended; comes after the records before it */
	struct lw_buffer tail;      /* blank lines at the end */
	struct lw_buffer user_data, key;
};

/* ---- members ---- */

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL && *text != '\0' ? text : NULL;
}

/* A number, or a string that is one: 64, "0x40". */
static unsigned
number_of(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (json_is_string(value))
		return (unsigned)strtoul(json_string_value(value), NULL, 0);
	return (unsigned)json_integer_value(value);
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Appends the bytes; *is false, and nothing more, when it is not hexadecimal. */
static bool
add_hex(struct lw_buffer *out, const char *hex, bool *is)
{
	size_t had = out->len, n = hex != NULL ? strlen(hex) : 0;

	*is = n % 2 == 0;
	if (!lw_buffer_reserve(out, n / 2 + 1))
		return false;
	for (size_t i = 0; *is && i < n; i += 2) {
		int high = digit(hex[i]), low = digit(hex[i + 1]);

		*is = high >= 0 && low >= 0;
		if (*is)
			out->at[out->len++] = (char)(high << 4 | low);
	}
	if (!*is)
		out->len = had;
	return true;
}

static struct lw_span
span_of(const struct lw_buffer *b)
{
	return (struct lw_span){ b->len > 0 ? b->at : "", b->len };
}

static bool
fill_addresses(struct record *r)
{
	const json_t *from = json_object_get(r->json.object, "source_addr"), *to = json_object_get(r->json.object, "destination_addr");

	if (!lw_json_add_scalar(&r->sender, from) || !lw_json_add_scalar(&r->conversation, from) ||
	    !lw_buffer_add(&r->conversation, " ", 1) || !lw_json_add_scalar(&r->conversation, to))
		return false;
	if (r->sender.len > 0)
		r->m.sender = span_of(&r->sender);
	if (r->conversation.len > 1)
		r->m.conversation = span_of(&r->conversation);
	r->m.channel = LW_SPAN("sms");
	return true;
}

/* ---- messages in parts ---- */

static void
leave_set(struct set *set)
{
	if (set == NULL || --set->records > 0)
		return;
	for (unsigned i = 0; i < set->total; i++)
		lw_buffer_free(&set->part[i]);
	free(set->part);
	lw_buffer_free(&set->key);
	free(set);
}

static struct set *
new_set(const struct lw_buffer *key, const struct lw_udh *h, const char *charset)
{
	struct set *set = calloc(1, sizeof *set);

	if (set == NULL)
		return NULL;
	set->records = 1;
	set->charset = charset;
	set->header = *h;
	set->part = calloc(h->total, sizeof *set->part);
	if (set->part == NULL || !lw_buffer_add(&set->key, key->at, key->len)) {
		leave_set(set);
		return NULL;
	}
	set->total = h->total;
	return set;
}

static bool
same(const struct lw_buffer *a, const struct lw_buffer *b)
{
	return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

/* The message that waits for this part, or has just this part; NULL: none. */
static struct set *
find_set(const struct smpp *q, unsigned number, const struct lw_buffer *payload)
{
	for (size_t i = q->n; i-- > 0;) {
		struct set *set = q->queue[(q->first + i) % WINDOW]->set;

		if (set == NULL || !same(&set->key, &q->key))
			continue;
		if (set->part[number - 1].at == NULL ? set->seen < set->total : same(&set->part[number - 1], payload))
			return set;
	}
	return NULL;
}

static bool
make_key(struct smpp *q, const struct record *r, const struct lw_udh *h)
{
	q->key.len = 0;
	return lw_buffer_add(&q->key, r->conversation.at, r->conversation.len) &&
	    lw_buffer_addf(&q->key, "\n%u/%u", h->reference, h->total);
}

/* Puts the part into its message; the payload's memory goes over to it, or is released. */
static bool
join(struct smpp *q, struct record *r, const struct lw_udh *h, const char *charset, struct lw_buffer *payload)
{
	struct lw_buffer *part;

	if (!make_key(q, r, h) || !lw_buffer_reserve(payload, 1))
		return false;
	r->set = find_set(q, h->number, payload);
	if (r->set != NULL)
		r->set->records++;
	else
		r->set = new_set(&q->key, h, charset);
	if (r->set == NULL)
		return false;
	part = &r->set->part[h->number - 1];
	if (part->at != NULL)
		return true;
	*part = *payload;
	*payload = (struct lw_buffer){ 0 };
	r->set->seen++;
	return true;
}

/* All parts that are there, in their order. */
static bool
decode_set(struct record *r)
{
	const struct set *set = r->set;
	struct lw_buffer whole = { 0 };
	bool done = true;

	for (unsigned i = 0; done && i < set->total; i++)
		done = lw_buffer_add(&whole, set->part[i].at, set->part[i].len);
	done = done && lw_sms_decode(&r->text, span_of(&whole), set->charset, &set->header);
	lw_buffer_free(&whole);
	return done;
}

/* ---- one record ---- */

/* By TLVs where no header says it. */
static void
number_parts(const json_t *object, struct lw_udh *h)
{
	unsigned total = number_of(object, "sar_total_segments"), number = number_of(object, "sar_segment_seqnum");

	if (h->total > 0 || number == 0 || number > total || total > 255)
		return;
	h->reference = number_of(object, "sar_msg_ref_num");
	h->total = total;
	h->number = number;
}

/* Bytes with their header before them, wherever the gateway keeps it. */
static bool
gather(struct smpp *q, const json_t *object, const char *message, struct lw_udh *h, bool *is_hex)
{
	bool udh_is_hex;

	q->user_data.len = 0;
	*h = (struct lw_udh){ 0 };
	if (!add_hex(&q->user_data, text_of(object, "udh"), &udh_is_hex))
		return false;
	if (q->user_data.len > 0)
		*h = lw_udh_read(span_of(&q->user_data));
	if (!add_hex(&q->user_data, message, is_hex))
		return false;
	if (h->len == 0 && (number_of(object, "esm_class") & LW_ESM_UDH) != 0)
		*h = lw_udh_read(span_of(&q->user_data));
	number_parts(object, h);
	return true;
}

static bool
read_message(struct smpp *q, const struct lw_read_options *options, struct record *r, const char *message)
{
	const json_t *object = r->json.object;
	const char *charset = lw_sms_charset(number_of(object, "data_coding"));
	struct lw_buffer payload = { 0 };
	struct lw_udh h;
	bool is_hex, done;

	if (!gather(q, object, message, &h, &is_hex))
		return false;
	if (!is_hex) {
		r->m.text = (struct lw_span){ message, strlen(message) };
		return true;
	}
	if (charset == NULL) {
		r->m.error = "compressed text (data_coding) cannot be read";
		return true;
	}
	if (options->encoding != NULL && strcmp(charset, "GSM") == 0)
		charset = options->encoding;
	done = lw_sms_payload(&payload, span_of(&q->user_data), &h, charset);
	if (done && h.total > 1)
		done = join(q, r, &h, charset, &payload);
	else if (done)
		done = lw_sms_decode(&r->text, span_of(&payload), charset, &h);
	lw_buffer_free(&payload);
	r->m.text = span_of(&r->text);
	return done;
}

static bool
read_record(struct smpp *q, const struct lw_read_options *options, struct record *r, struct lw_span line)
{
	const char *message;
	bool has_text;

	if (!lw_json_record_parse(&r->json, &r->m, line))
		return true;
	has_text = lw_json_record_fill(&r->json, &r->m, options->field);
	if (r->m.error != NULL || !fill_addresses(r))
		return r->m.error != NULL;
	message = text_of(r->json.object, "short_message");
	if (message == NULL)
		message = text_of(r->json.object, "message_payload");
	if (message != NULL && options->field == NULL)
		return read_message(q, options, r, message);
	if (!has_text && json_object_get(r->json.object, "short_message") == NULL)
		r->m.error = "no short_message, message_payload or text";
	return true;
}

static void
free_record(struct record *r)
{
	if (r == NULL)
		return;
	leave_set(r->set);
	lw_json_record_free(&r->json);
	lw_buffer_free(&r->raw);
	lw_buffer_free(&r->text);
	lw_buffer_free(&r->sender);
	lw_buffer_free(&r->conversation);
	free(r);
}

/* ---- the queue ---- */

static lurewatch_error
enqueue(struct lw_source *s)
{
	struct smpp *q = s->state;
	struct lw_message m = { 0 };
	struct record *r;
	size_t before = s->before->len;
	bool more;
	lurewatch_error e = lw_source_line(s, &m, true, &more);

	q->ended = e != LUREWATCH_OK || !more;
	q->failed = e;
	if (e == LUREWATCH_E_MEMORY)
		return e;
	if (q->ended) {
		/* they come after the records that still wait */
		if (s->before->len > before && !lw_buffer_add(&q->tail, s->before->at + before, s->before->len - before))
			return lw_source_no_memory(s);
		s->before->len = before;
		return LUREWATCH_OK;
	}
	r = calloc(1, sizeof *r);
	if (r == NULL)
		return lw_source_no_memory(s);
	r->m.error = m.error;
	if (!lw_buffer_add(&r->raw, m.raw.at, m.raw.len) || (m.error == NULL && !read_record(q, s->options, r, m.text))) {
		free_record(r);
		return lw_source_no_memory(s);
	}
	q->queue[(q->first + q->n++) % WINDOW] = r;
	q->bytes += r->raw.len;
	return LUREWATCH_OK;
}

static lurewatch_error
give(struct lw_source *s, struct lw_message *m)
{
	struct smpp *q = s->state;
	struct record *r = q->queue[q->first];

	q->given = r;
	q->first = (q->first + 1) % WINDOW;
	q->n--;
	q->bytes -= r->raw.len;
	if (r->set != NULL && !decode_set(r))
		return lw_source_no_memory(s);
	*m = r->m;
	m->raw = span_of(&r->raw);
	if (r->set != NULL)
		m->text = span_of(&r->text);
	return LUREWATCH_OK;
}

static bool
is_ready(const struct smpp *q)
{
	const struct record *r = q->n > 0 ? q->queue[q->first] : NULL;

	return r != NULL && (q->ended || q->n == WINDOW || q->bytes > WINDOW_BYTES || r->set == NULL || r->set->seen == r->set->total);
}

static lurewatch_error
smpp_next(struct lw_source *s, struct lw_message *m, bool *got)
{
	struct smpp *q = s->state;
	lurewatch_error e = LUREWATCH_OK;

	free_record(q->given);
	q->given = NULL;
	while (e == LUREWATCH_OK && !is_ready(q) && !q->ended)
		e = enqueue(s);
	if (e != LUREWATCH_OK)
		return e;
	*got = is_ready(q);
	if (*got)
		return give(s, m);
	if (!lw_buffer_add(s->before, q->tail.at, q->tail.len))
		return lw_source_no_memory(s);
	q->tail.len = 0;
	return q->failed;
}

static lurewatch_error
smpp_open(struct lw_source *s)
{
	s->state = calloc(1, sizeof(struct smpp));
	return s->state != NULL ? LUREWATCH_OK : lw_source_no_memory(s);
}

static void
smpp_close(struct lw_source *s)
{
	struct smpp *q = s->state;

	if (q == NULL)
		return;
	for (size_t i = 0; i < q->n; i++)
		free_record(q->queue[(q->first + i) % WINDOW]);
	free_record(q->given);
	lw_buffer_free(&q->tail);
	lw_buffer_free(&q->user_data);
	lw_buffer_free(&q->key);
	free(q);
}

static bool
has(struct lw_span line, const char *name)
{
	return memmem(line.at, line.len, name, strlen(name)) != NULL;
}

static int
smpp_sniff(struct lw_span head)
{
	struct lw_span rest = lw_span_trim(head), line = lw_span_line(&rest);

	if (line.len == 0 || line.at[0] != '{' || !(has(line, "\"short_message\"") || has(line, "\"message_payload\"")))
		return 0;
	return has(line, "\"data_coding\"") || has(line, "\"esm_class\"") ? 90 : 0;
}

static const char *const extensions[] = { ".jsonl", ".ndjson", ".json", NULL };
const struct lw_format lw_format_smpp = { "smpp", extensions, smpp_sniff, smpp_open, smpp_next, smpp_close };
