/*
 * fuzz_sms.c - what SMS gateways and browsers send: forms, hexadecimal, user data in parts, templates
 *
 * The input is a form's body. Its fields go the way of the SMS doors: header, parts, charset, text.
 */
#include "read/gsm.h"
#include "serve/form.h"
#include "serve/join.h"
#include "serve/template.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char *const charsets[] = { "GSM", "UTF-16BE", "UTF-8", "ISO-8859-1" };

static void
join(const struct lw_form *form, struct lw_span data, const char *charset)
{
	struct lw_joiner *joiner = lw_joiner_new(3, 10);
	struct lw_part part = { .from = lw_form_get(form, "from"), .to = lw_form_get(form, "to"), .data = data,
		.udh = lw_udh_read(data), .charset = charset };
	struct lw_joined out = { 0 };

	if (joiner == NULL)
		abort();
	/* the message's parts as often as it has parts, each time the next number */
	for (unsigned i = 1; i <= part.udh.total && i <= 4; i++) {
		part.udh.number = i;
		lw_join(joiner, &part, i, &out);
	}
	while (lw_join_expired(joiner, 1000, &out))
		;
	if (lw_joiner_waiting(joiner) != 0)
		abort();
	lw_joined_free(&out);
	lw_joiner_free(joiner);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct lw_form form = { 0 };
	struct lw_buffer data = { 0 }, text = { 0 };
	struct lw_value value = { "text", { "", 0 }, false };
	const char *charset = charsets[len % 4];
	struct lw_span field;
	bool good;

	if (!lw_form_read(&form, (struct lw_span){ (const char *)bytes, len }))
		abort();
	field = lw_form_get(&form, "text");
	if (!lw_unhex(&data, field, &good) || (!good && !lw_buffer_add(&data, field.at, field.len)))
		abort();
	field = (struct lw_span){ data.at, data.len };
	join(&form, field, charset);
	value.value = field;
	if (!lw_template_put(&text, (struct lw_span){ (const char *)bytes, len }, (enum lw_escape)(len % 3), &value, 1))
		abort();
	lw_form_free(&form);
	lw_buffer_free(&data);
	lw_buffer_free(&text);
	return 0;
}
