/*
 * counters.c - verdicts by door and label, latencies, and plain counts, under one lock
 *
 * Labels are the model's and may change with it, so they are found by name. When their room is full the rest
 * count as "other".
 */
#include "serve/counters.h"
#include "serve/desk.h"
#include "write/write.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 256, BUCKETS = 13 };

/* Upper bounds in microseconds; the last bucket has none. */
static const uint32_t bounds[BUCKETS] = { 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000,
	5000000 };

struct lw_counters {
	pthread_mutex_t lock;
	struct lw_count_row row[ROWS];
	size_t rows;
	uint64_t outcome[LW_DOORS][LW_OUTCOMES];
	uint64_t bucket[LW_DOORS][BUCKETS + 1];
	uint64_t nanoseconds[LW_DOORS];
	atomic_uint_fast64_t counted[LW_COUNTED];
	int64_t since;
};

struct lw_counters *
lw_counters_new(void)
{
	struct lw_counters *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	pthread_mutex_init(&c->lock, NULL);
	c->since = lw_now();
	return c;
}

void
lw_counters_free(struct lw_counters *c)
{
	if (c == NULL)
		return;
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void
lw_count(struct lw_counters *c, enum lw_counted what)
{
	atomic_fetch_add(&c->counted[what], 1);
}

static struct lw_count_row *
row_of(struct lw_counters *c, enum lw_door door, const char *label, bool flagged)
{
	struct lw_count_row *r;

	for (size_t i = 0; i < c->rows; i++) {
		r = &c->row[i];
		if (r->door == door && r->flagged == flagged && strncmp(r->label, label, sizeof r->label - 1) == 0)
			return r;
	}
	/* the last rows, one a door, are kept for what finds no room */
	if (c->rows >= ROWS - LW_DOORS * 2 && strcmp(label, "other") != 0)
		return row_of(c, door, "other", flagged);
	r = &c->row[c->rows++];
	r->door = door;
	r->flagged = flagged;
	strncpy(r->label, label, sizeof r->label - 1);
	return r;
}

void
lw_count_verdict(struct lw_counters *c, enum lw_door door, const char *label, bool flagged, int64_t nanoseconds)
{
	size_t b = 0;

	while (b < BUCKETS && nanoseconds > (int64_t)bounds[b] * 1000)
		b++;
	pthread_mutex_lock(&c->lock);
	row_of(c, door, label, flagged)->n++;
	c->outcome[door][LW_JUDGED]++;
	c->bucket[door][b]++;
	c->nanoseconds[door] += (uint64_t)nanoseconds;
	pthread_mutex_unlock(&c->lock);
}

void
lw_count_outcome(struct lw_counters *c, enum lw_door door, enum lw_outcome outcome)
{
	pthread_mutex_lock(&c->lock);
	c->outcome[door][outcome]++;
	pthread_mutex_unlock(&c->lock);
}

bool
lw_counters_row(struct lw_counters *c, size_t i, struct lw_count_row *out)
{
	bool there;

	pthread_mutex_lock(&c->lock);
	there = i < c->rows;
	if (there)
		*out = c->row[i];
	pthread_mutex_unlock(&c->lock);
	return there;
}

uint64_t
lw_counters_outcome(struct lw_counters *c, enum lw_outcome outcome)
{
	uint64_t n = 0;

	pthread_mutex_lock(&c->lock);
	for (int d = 0; d < LW_DOORS; d++)
		n += c->outcome[d][outcome];
	pthread_mutex_unlock(&c->lock);
	return n;
}

double
lw_counters_quantile(struct lw_counters *c, double q)
{
	uint64_t bucket[BUCKETS + 1] = { 0 }, all = 0, seen = 0;
	size_t b;

	pthread_mutex_lock(&c->lock);
	for (int d = 0; d < LW_DOORS; d++)
		for (b = 0; b <= BUCKETS; b++) {
			bucket[b] += c->bucket[d][b];
			all += c->bucket[d][b];
		}
	pthread_mutex_unlock(&c->lock);
	for (b = 0; b < BUCKETS; b++) {
		seen += bucket[b];
		if (all == 0 || (double)seen >= q * (double)all)
			break;
	}
	return all == 0 ? 0 : (double)bounds[b < BUCKETS ? b : BUCKETS - 1] / 1e6;
}

/* ---- Prometheus ---- */

static bool
put_head(struct lw_buffer *b, const char *name, const char *type, const char *help)
{
	return lw_buffer_addf(b, "# HELP lurewatch_%s %s\n# TYPE lurewatch_%s %s\n", name, help, name, type);
}

static bool
put_gauge(struct lw_buffer *b, const char *name, const char *help, double value)
{
	return put_head(b, name, "gauge", help) && lw_buffer_addf(b, "lurewatch_%s ", name) && lw_put_fixed(b, value, 3) &&
	    lw_buffer_add(b, "\n", 1);
}

/* A label's name comes from a model file: quotes, backslashes and newlines are escaped. */
static bool
put_label_value(struct lw_buffer *b, const char *text)
{
	bool done = true;

	for (; done && *text != '\0'; text++) {
		if (*text == '\n')
			done = lw_buffer_add_text(b, "\\n");
		else
			done = ((*text != '"' && *text != '\\') || lw_buffer_add(b, "\\", 1)) && lw_buffer_add(b, text, 1);
	}
	return done;
}

static bool
put_verdicts(const struct lw_counters *c, struct lw_buffer *b)
{
	bool done = put_head(b, "verdicts_total", "counter", "Verdicts by door and label.");

	for (size_t i = 0; done && i < c->rows; i++) {
		const struct lw_count_row *r = &c->row[i];

		done = lw_buffer_addf(b, "lurewatch_verdicts_total{door=\"%s\",label=\"", lw_door_name(r->door)) &&
		    put_label_value(b, r->label) && lw_buffer_addf(b, "\",flagged=\"%s\"} %llu\n", r->flagged ? "yes" : "no",
		    (unsigned long long)r->n);
	}
	return done;
}

static bool
put_outcomes(const struct lw_counters *c, struct lw_buffer *b)
{
	bool done = put_head(b, "unjudged_total", "counter", "Messages answered by the failure policy, by door and reason.");

	for (int d = 0; d < LW_DOORS; d++)
		for (int o = LW_JUDGED + 1; done && o < LW_OUTCOMES; o++)
			done = lw_buffer_addf(b, "lurewatch_unjudged_total{door=\"%s\",reason=\"%s\"} %llu\n", lw_door_name(d),
			    lw_outcome_name(o), (unsigned long long)c->outcome[d][o]);
	return done;
}

static bool
put_latency(const struct lw_counters *c, struct lw_buffer *b, enum lw_door d)
{
	const char *door = lw_door_name(d);
	unsigned long long sum = 0;
	bool done = true;

	for (size_t i = 0; done && i < BUCKETS; i++) {
		sum += c->bucket[d][i];
		done = lw_buffer_addf(b, "lurewatch_latency_seconds_bucket{door=\"%s\",le=\"", door) &&
		    lw_put_fixed(b, (double)bounds[i] / 1e6, 5) && lw_buffer_addf(b, "\"} %llu\n", sum);
	}
	sum += c->bucket[d][BUCKETS];
	return done && lw_buffer_addf(b, "lurewatch_latency_seconds_bucket{door=\"%s\",le=\"+Inf\"} %llu\n"
	    "lurewatch_latency_seconds_sum{door=\"%s\"} ", door, sum, door) &&
	    lw_put_fixed(b, (double)c->nanoseconds[d] / 1e9, 6) &&
	    lw_buffer_addf(b, "\nlurewatch_latency_seconds_count{door=\"%s\"} %llu\n", door, sum);
}

static const struct {
	const char *name, *help;
} counted[LW_COUNTED] = {
	[LW_COUNT_RELOADS] = { "reloads_total", "Models taken into use while running." },
	[LW_COUNT_RELOADS_REFUSED] = { "reloads_refused_total", "Models refused; the old one went on." },
	[LW_COUNT_FEEDBACK] = { "feedback_total", "Corrected verdicts stored." },
	[LW_COUNT_CONNECTIONS] = { "connections_total", "Connections taken." },
	[LW_COUNT_CONNECTIONS_REFUSED] = { "connections_refused_total", "Connections closed to make room, or not allowed." },
	[LW_COUNT_CLIENTS_TIMED_OUT] = { "clients_timed_out_total", "Clients too slow with a request or an answer." },
	[LW_COUNT_REQUESTS_REFUSED] = { "requests_refused_total", "Requests that could not be understood or were not allowed." },
	[LW_COUNT_PARTS_EXPIRED] = { "sms_parts_expired_total", "SMS judged in part: the other parts never came." },
};

uint64_t
lw_counters_plain(struct lw_counters *c, enum lw_counted what, const char **help)
{
	*help = counted[what].help;
	return atomic_load(&c->counted[what]);
}

int64_t
lw_counters_since(const struct lw_counters *c)
{
	return c->since;
}

static bool
put_state(struct lw_server *server, struct lw_buffer *b)
{
	struct lw_held *held = lw_desk_model(server->desk);
	struct lw_desk_state s;
	bool done;

	lw_desk_look(server->desk, &s);
	done = put_head(b, "model_info", "gauge", "The model in use, by the digest of its file.") &&
	    lw_buffer_addf(b, "lurewatch_model_info{model=\"%s\",version=\"%s\"} 1\n", lw_held_identity(held),
	    lurewatch_version()) &&
	    put_gauge(b, "model_age_seconds", "Since the model was taken into use.",
	    (double)(lw_now() - lw_held_since(held)) / 1e9) &&
	    put_gauge(b, "model_threshold", "Risk from which on a message is flagged.", server->config->threshold >= 0 ?
	    server->config->threshold : lurewatch_threshold(lw_held_model(held))) &&
	    put_gauge(b, "queue_jobs", "Jobs that wait for a worker.", (double)s.queued) &&
	    put_gauge(b, "queue_limit", "Jobs that may wait.", (double)s.queue_limit) &&
	    put_gauge(b, "workers", "Worker threads.", s.workers) &&
	    put_gauge(b, "workers_busy", "Worker threads with a job in hand.", s.busy) &&
	    put_gauge(b, "memory_bytes", "Bytes of messages in hand.", (double)s.memory) &&
	    put_gauge(b, "memory_limit_bytes", "Bytes of messages that may be in hand.", (double)s.memory_limit) &&
	    put_gauge(b, "uptime_seconds", "Since the start.", (double)(lw_now() - server->counters->since) / 1e9);
	lw_held_release(held);
	return done;
}

bool
lw_metrics(struct lw_server *server, struct lw_buffer *b)
{
	struct lw_counters *c = server->counters;
	bool done;

	pthread_mutex_lock(&c->lock);
	done = put_verdicts(c, b) && put_outcomes(c, b) && put_head(b, "latency_seconds", "histogram",
	    "From a message's last byte to its verdict.");
	for (int d = 0; done && d < LW_DOORS; d++)
		done = put_latency(c, b, d);
	pthread_mutex_unlock(&c->lock);
	for (int i = 0; done && i < LW_COUNTED; i++)
		done = put_head(b, counted[i].name, "counter", counted[i].help) &&
		    lw_buffer_addf(b, "lurewatch_%s %llu\n", counted[i].name, (unsigned long long)atomic_load(&c->counted[i]));
	return done && put_state(server, b);
}
