/* status.c - the operator's view: what /metrics says, for a person; fails only without memory */
#include "serve/counters.h"
#include "serve/desk.h"
#include "serve/files.h"
#include "serve/http.h"
#include "serve/join.h"
#include "write/write.h"

#include <stdio.h>
#include <string.h>

static struct lw_span
text(const char *s)
{
	return (struct lw_span){ s, strlen(s) };
}

static bool
put(struct lw_buffer *b, const char *section, const struct lw_value *value, size_t n)
{
	return lw_put_section(b, lw_status_file(), section, value, n);
}

static void
print_time(char *to, size_t room, int64_t nanoseconds)
{
	long long seconds = nanoseconds / LW_SECOND;

	if (seconds < 120)
		snprintf(to, room, "%lld s", seconds);
	else if (seconds < 7200)
		snprintf(to, room, "%lld min", seconds / 60);
	else if (seconds < 2 * 86400)
		snprintf(to, room, "%lld h", seconds / 3600);
	else
		snprintf(to, room, "%lld days", seconds / 86400);
}

static bool
put_facts(struct lw_request *r)
{
	struct lw_server *s = r->server;
	struct lw_held *held = lw_desk_model(s->desk);
	struct lw_desk_state d;
	char age[32], uptime[32], number[8][32];
	double threshold = s->config->threshold >= 0 ? s->config->threshold : lurewatch_threshold(lw_held_model(held));
	bool done;

	lw_desk_look(s->desk, &d);
	print_time(age, sizeof age, lw_now() - lw_held_since(held));
	print_time(uptime, sizeof uptime, lw_now() - lw_counters_since(s->counters));
	snprintf(number[0], 32, "%.4f", threshold);
	snprintf(number[1], 32, "%g ms", 1000 * lw_counters_quantile(s->counters, 0.5));
	snprintf(number[2], 32, "%g ms", 1000 * lw_counters_quantile(s->counters, 0.99));
	snprintf(number[3], 32, "%u", d.busy);
	snprintf(number[4], 32, "%zu", d.queued);
	snprintf(number[5], 32, "%zu", d.memory >> 10);
	snprintf(number[6], 32, "%zu", lw_joiner_waiting(r->joiner));
	{
		char workers[32], queue[32], limit[32];
		struct lw_value value[] = { { "model", text(lw_held_identity(held)), false }, { "model-age", text(age), false },
			{ "threshold", text(number[0]), false }, { "uptime", text(uptime), false }, { "median", text(number[1]), false },
			{ "slowest", text(number[2]), false }, { "busy", text(number[3]), false }, { "queued", text(number[4]), false },
			{ "memory", text(number[5]), false }, { "parts", text(number[6]), false }, { "workers", { workers, 0 }, false },
			{ "queue", { queue, 0 }, false }, { "memory-limit", { limit, 0 }, false } };

		value[10].value.len = (size_t)snprintf(workers, sizeof workers, "%u", d.workers);
		value[11].value.len = (size_t)snprintf(queue, sizeof queue, "%zu", d.queue_limit);
		value[12].value.len = (size_t)snprintf(limit, sizeof limit, "%zu", d.memory_limit >> 10);
		done = put(&r->out, "facts", value, sizeof value / sizeof value[0]);
	}
	lw_held_release(held);
	return done;
}

static bool
put_verdicts(struct lw_request *r)
{
	struct lw_count_row row;
	size_t i = 0;
	bool done = put(&r->out, "verdicts", NULL, 0);

	for (; done && lw_counters_row(r->server->counters, i, &row); i++) {
		char n[32];
		struct lw_value value[] = { { "door", text(lw_door_name(row.door)), false }, { "label", text(row.label), false },
			{ "flagged", text(row.flagged ? "yes" : "no"), false }, { "n", { n, 0 }, false } };

		value[3].value.len = (size_t)snprintf(n, sizeof n, "%llu", (unsigned long long)row.n);
		done = put(&r->out, "verdict", value, 4);
	}
	return done && (i > 0 || put(&r->out, "no-verdict", NULL, 0));
}

static bool
put_count(struct lw_buffer *b, const char *name, uint64_t n)
{
	char number[32];
	struct lw_value value[] = { { "name", text(name), false }, { "n", { number, 0 }, false } };

	value[1].value.len = (size_t)snprintf(number, sizeof number, "%llu", (unsigned long long)n);
	return put(b, "count", value, 2);
}

static bool
put_counts(struct lw_request *r)
{
	struct lw_counters *c = r->server->counters;
	bool done = put(&r->out, "counts", NULL, 0);
	const char *help;
	uint64_t n;

	for (int o = LW_JUDGED + 1; done && o < LW_OUTCOMES; o++) {
		char name[64];

		snprintf(name, sizeof name, "Without a verdict: %s", lw_outcome_name(o));
		done = put_count(&r->out, name, lw_counters_outcome(c, o));
	}
	for (int i = 0; done && i < LW_COUNTED; i++) {
		n = lw_counters_plain(c, i, &help);
		done = put_count(&r->out, help, n);
	}
	return done;
}

void
lw_http_status(struct lw_request *r, struct lw_seat *seat)
{
	(void)seat;
	r->type = "text/html; charset=utf-8";
	if (!put(&r->out, "head", NULL, 0) || !put_facts(r) || !put_verdicts(r) || !put_counts(r) ||
	    !put(&r->out, "foot", NULL, 0))
		lw_request_refuse(r, 503, "out of memory");
}
