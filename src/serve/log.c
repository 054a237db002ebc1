/*
 * log.c - a line a verdict, and a line an event: key=value, as mail programs write them
 *
 *      door=http id=42 client=127.0.0.1 label=fraud risk=0.9731 flagged=yes indicators=pay-fee,link ms=0.214
 *
 * A line is one write, so lines of threads do not mix. What a peer sent is written so that it can neither
 * break a line nor look like another key. A line that cannot be made or written is lost: judging goes on.
 */
#include "serve/counters.h"
#include "serve/log.h"
#include "write/write.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { VALUE = 200, TEXT = 2000 };      /* characters of a peer's value, of a message's text */

struct lw_log {
	enum { NOWHERE, STDERR, SYSLOG } where;
	enum { EVERY, FLAGGED, NEITHER } verdicts;
	bool text, stamped;
};

struct lw_log *
lw_log_new(const struct lw_config *config)
{
	struct lw_log *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	l->where = strcmp(config->log, "syslog") == 0 ? SYSLOG : strcmp(config->log, "none") == 0 ? NOWHERE : STDERR;
	l->verdicts = strcmp(config->log_verdicts, "flagged") == 0 ? FLAGGED :
	    strcmp(config->log_verdicts, "none") == 0 ? NEITHER : EVERY;
	l->text = config->log_text;
	/* the journal puts the time itself */
	l->stamped = getenv("JOURNAL_STREAM") == NULL;
	if (l->where == SYSLOG)
		openlog("lurewatchd", LOG_PID | LOG_NDELAY, LOG_MAIL);
	return l;
}

void
lw_log_free(struct lw_log *l)
{
	if (l != NULL && l->where == SYSLOG)
		closelog();
	free(l);
}

static bool
put_stamp(struct lw_buffer *b)
{
	struct timespec now;
	struct tm utc;
	char text[32];

	clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &utc) == NULL || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc) == 0)
		return true;
	return lw_buffer_addf(b, "%s.%03ldZ ", text, now.tv_nsec / 1000000);
}

static void
write_line(struct lw_log *l, struct lw_span line)
{
	struct lw_buffer b = { 0 };
	ssize_t written = 0;

	if (l->where == SYSLOG) {
		syslog(LOG_INFO, "%.*s", (int)line.len, line.at);
		return;
	}
	if ((!l->stamped || put_stamp(&b)) && lw_buffer_add_text(&b, "lurewatchd: ") &&
	    lw_buffer_add(&b, line.at, line.len) && lw_buffer_add(&b, "\n", 1))
		written = write(STDERR_FILENO, b.at, b.len);
	(void)written;
	lw_buffer_free(&b);
}

void
lw_log(struct lw_log *l, const char *format, ...)
{
	va_list args;
	char *line = NULL;
	int len;

	if (l->where == NOWHERE)
		return;
	va_start(args, format);
	len = vasprintf(&line, format, args);
	va_end(args);
	if (len < 0)
		return;
	write_line(l, (struct lw_span){ line, (size_t)len });
	free(line);
}

static bool
is_plain(struct lw_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] <= ' ' || s.at[i] >= 127 || strchr("\"=\\", s.at[i]) != NULL)
			return false;
	return s.len > 0;
}

bool
lw_log_value(struct lw_buffer *b, struct lw_span value)
{
	if (value.len > VALUE * 4)
		value.len = VALUE * 4;
	return is_plain(value) ? lw_buffer_add(b, value.at, value.len) : lw_put_json_string(b, value);
}

static bool
put_pair(struct lw_buffer *b, const char *key, struct lw_span value)
{
	return value.len == 0 || (lw_buffer_addf(b, " %s=", key) && lw_log_value(b, value));
}

static bool
put_text_pair(struct lw_buffer *b, const char *key, const char *value)
{
	return value == NULL || put_pair(b, key, (struct lw_span){ value, strlen(value) });
}

static bool
put_verdict(struct lw_buffer *b, const struct lw_answer *a)
{
	struct lw_result r = { .model = a->model, .verdict = &a->verdict };

	return put_text_pair(b, "label", lurewatch_label(a->model, a->verdict.label)) && lw_buffer_add_text(b, " risk=") &&
	    lw_put_fixed(b, a->verdict.risk, 4) &&
	    lw_buffer_add_text(b, a->verdict.flagged ? " flagged=yes" : " flagged=no") &&
	    (a->verdict.indicators == 0 || (lw_buffer_add_text(b, " indicators=") && lw_put_indicators(b, &r, ",")));
}

static bool
put_report(struct lw_server *server, struct lw_buffer *b, const struct lw_note *n, int64_t took)
{
	struct lw_span text = n->text;

	if (text.len > TEXT)
		text.len = TEXT;
	return lw_buffer_addf(b, "door=%s", lw_door_name(n->door)) && put_pair(b, "id", n->id) &&
	    put_pair(b, "client", n->client) && (n->outcome == LW_JUDGED ? put_verdict(b, n->answer) :
	    lw_buffer_addf(b, " unjudged=%s policy=%s", lw_outcome_name(n->outcome),
	    lw_policy_name(lw_server_policy(server, n->door)))) &&
	    put_text_pair(b, "action", n->action) && put_text_pair(b, "error", n->error) &&
	    lw_buffer_add_text(b, " ms=") && lw_put_fixed(b, (double)took / 1e6, 3) &&
	    (!server->log->text || (lw_buffer_add_text(b, " text=") && lw_put_json_string(b, text)));
}

void
lw_report(struct lw_server *server, const struct lw_note *n)
{
	bool judged = n->outcome == LW_JUDGED, flagged = judged && n->answer->verdict.flagged;
	int64_t took = lw_now() - n->begun;
	struct lw_log *l = server->log;
	struct lw_buffer b = { 0 };

	if (judged)
		lw_count_verdict(server->counters, n->door, lurewatch_label(n->answer->model, n->answer->verdict.label), flagged,
		    took);
	else
		lw_count_outcome(server->counters, n->door, n->outcome);
	if (l->where == NOWHERE || (judged && (l->verdicts == NEITHER || (l->verdicts == FLAGGED && !flagged))))
		return;
	if (put_report(server, &b, n, took))
		write_line(l, (struct lw_span){ b.at, b.len });
	lw_buffer_free(&b);
}

enum lw_policy
lw_server_policy(const struct lw_server *server, enum lw_door door)
{
	return server->config->policy[door];
}
