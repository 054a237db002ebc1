/*
 * config.c - the table of options, and its readers: a file, the command line
 *
 * A wrong value is refused with the cause and leaves what was set before.
 */
#include "serve/config.h"
#include "serve/milter_rules.h"
#include "serve/sms.h"
#include "serve/template.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum kind { TEXT, LIST, ADDRESSES, COUNT, SIZE, PROBABILITY, SWITCH, CHOICE, POLICY };

struct option {
	const char *name, *argument, *initial, *help;
	enum kind kind;
	size_t at;                      /* of the member in lw_config */
	uint64_t least, most;           /* of a COUNT or SIZE */
	const char *choices;            /* of a CHOICE: words parted by blanks */
};

#define AT(member) offsetof(struct lw_config, member)
static const struct option options[] = {
	{ "model", "FILE", NULL, "model file; else $LUREWATCH_MODEL, else the installed one", TEXT, AT(model), 0, 0, NULL },
	{ "threshold", "P", NULL, "flag from this risk on, 0 to 1; else the model's own", PROBABILITY, AT(threshold), 0, 0, NULL },
	{ "watch", "yes|no", "yes", "reload the model when its file changes", SWITCH, AT(watch), 0, 0, NULL },
	{ "user", "NAME", NULL, "run as this user once the sockets are open", TEXT, AT(user), 0, 0, NULL },
	{ "threads", "N", NULL, "worker threads; else one a processor", COUNT, AT(threads), 1, 1024, NULL },
	{ "queue", "N", "1000", "messages or requests that may wait for a worker", COUNT, AT(queue), 1, 1000000, NULL },
	{ "deadline", "MS", "5000", "milliseconds a message may take before the policy answers", COUNT, AT(deadline), 1, 600000,
	    NULL },
	{ "message-size", "BYTES", "1M", "longest message or request", SIZE, AT(message_size), 1024, 1 << 30, NULL },
	{ "memory", "BYTES", "256M", "bytes of messages in hand, over all doors", SIZE, AT(memory), 1 << 16, UINT64_C(1) << 40,
	    NULL },
	{ "connections", "N", "2000", "open connections of a door", COUNT, AT(connections), 1, 1000000, NULL },
	{ "client-timeout", "S", "30", "seconds a client may take to send a request or fetch an answer, or keep silent", COUNT,
	    AT(client_timeout), 1, 3600, NULL },
	{ "on-error", "[DOOR=]POLICY", NULL, "accept, tempfail or unsure, when there is no verdict; see lurewatchd(8)", POLICY,
	    AT(policy), 0, 0, NULL },
	{ "log", "WHERE", "stderr", "stderr, syslog or none", CHOICE, AT(log), 0, 0, "stderr syslog none" },
	{ "log-verdicts", "WHICH", "all", "all, flagged or none", CHOICE, AT(log_verdicts), 0, 0, "all flagged none" },
	{ "log-text", "yes|no", "no", "write the text of messages in the log", SWITCH, AT(log_text), 0, 0, NULL },
	{ "http", "ADDRESS", NULL, "HTTP door: [HOST:]PORT or unix:PATH[,mode=0660]; may be repeated", ADDRESSES, AT(http), 0, 0,
	    NULL },
	{ "http-token", "FILE", NULL, "file with the bearer token that requests must carry", TEXT, AT(http_token), 0, 0, NULL },
	{ "http-allow", "NET", NULL, "only these addresses (192.0.2.0/24); may be repeated", LIST, AT(http_allow), 0, 0, NULL },
	{ "http-certificate", "FILE", NULL, "TLS: certificate chain, PEM", TEXT, AT(http_certificate), 0, 0, NULL },
	{ "http-key", "FILE", NULL, "TLS: private key, PEM", TEXT, AT(http_key), 0, 0, NULL },
	{ "page", "yes|no", "yes", "the page at /", SWITCH, AT(page), 0, 0, NULL },
	{ "feedback", "FILE", NULL, "POST /v1/feedback appends to this file", TEXT, AT(feedback), 0, 0, NULL },
	{ "kannel-answer", "TEMPLATE", "", "what Kannel sends back as SMS; empty: nothing", TEXT, AT(kannel_answer), 0, 0, NULL },
	{ "webhook-text", "FIELD", "text", "field of the webhook's form or JSON that holds the text", TEXT, AT(webhook_text), 0, 0,
	    NULL },
	{ "webhook-id", "FIELD", "id", "field that holds the id", TEXT, AT(webhook_id), 0, 0, NULL },
	{ "webhook-answer", "TEMPLATE", "{\"id\":{id},\"label\":{label},\"risk\":{risk},\"flagged\":{flagged}}",
	    "the webhook's answer", TEXT, AT(webhook_answer), 0, 0, NULL },
	{ "webhook-type", "TYPE", "application/json", "its content type", TEXT, AT(webhook_type), 0, 0, NULL },
	{ "join-time", "S", "300", "seconds to wait for the other parts of an SMS", COUNT, AT(join_time), 1, 86400, NULL },
	{ "join-parts", "N", "10000", "parts that may wait", COUNT, AT(join_parts), 1, 1000000, NULL },
	{ "spamd", "ADDRESS", NULL, "SpamAssassin's spamd protocol; may be repeated", ADDRESSES, AT(spamd), 0, 0, NULL },
	{ "milter", "ADDRESS", NULL, "milter for Postfix and Sendmail", ADDRESSES, AT(milter), 0, 0, NULL },
	{ "milter-action", "RULE", NULL, "LABEL RISK subject|quarantine|reject [TEXT]: more than a header; may be repeated", LIST,
	    AT(milter_actions), 0, 0, NULL },
};
enum { OPTIONS = sizeof options / sizeof options[0] };

/* What the field expects of each door when there is no verdict; lurewatchd(8) gives the reasons. */
static const enum lw_policy policies[LW_DOORS] = {
	[LW_DOOR_HTTP] = LW_TEMPFAIL, [LW_DOOR_PAGE] = LW_TEMPFAIL, [LW_DOOR_KANNEL] = LW_ACCEPT,
	[LW_DOOR_JASMIN] = LW_TEMPFAIL, [LW_DOOR_WEBHOOK] = LW_TEMPFAIL, [LW_DOOR_SPAMD] = LW_ACCEPT,
	[LW_DOOR_MILTER] = LW_TEMPFAIL,
};
static const char *const door_names[LW_DOORS] = { "http", "page", "kannel", "jasmin", "webhook", "spamd", "milter" };
static const char *const policy_names[LW_POLICIES] = { "accept", "tempfail", "unsure" };

const char *
lw_door_name(enum lw_door d)
{
	return door_names[d];
}

const char *
lw_policy_name(enum lw_policy p)
{
	return policy_names[p];
}

static const struct option *
find(const char *name)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

static void *
member(struct lw_config *c, const struct option *o)
{
	return (char *)c + o->at;
}

static bool
refuse(struct lw_buffer *why, const struct option *o, const char *value, const char *wanted)
{
	lw_buffer_addf(why, "%s: '%s': %s", o->name, value, wanted);
	return false;
}

static bool
no_memory(struct lw_buffer *why)
{
	lw_buffer_add_text(why, "out of memory");
	return false;
}

/* ---- values ---- */

static bool
set_text(char **to, const char *value, struct lw_buffer *why)
{
	char *copy = strdup(value);

	if (copy == NULL)
		return no_memory(why);
	free(*to);
	*to = copy;
	return true;
}

static bool
add_to_list(struct lw_list *l, const char *value, struct lw_buffer *why)
{
	if (!lw_grow(&l->at, &l->room, l->n + 1, sizeof *l->at) || (l->at[l->n] = strdup(value)) == NULL)
		return no_memory(why);
	l->n++;
	return true;
}

static bool
add_address(struct lw_list *l, const char *value, struct lw_buffer *why)
{
	struct lw_address a;

	if (!lw_address_parse(value, &a, why))
		return false;
	lw_address_free(&a);
	return add_to_list(l, value, why);
}

/* A SIZE may end in K, M or G. */
static bool
set_count(const struct option *o, uint64_t *to, const char *value, struct lw_buffer *why)
{
	unsigned long long n, unit = 1;
	char wanted[96], *end;

	errno = 0;
	n = strtoull(value, &end, 10);
	if (o->kind == SIZE && end != value && *end != '\0' && end[1] == '\0')
		unit = *end == 'K' ? 1ULL << 10 : *end == 'M' ? 1ULL << 20 : *end == 'G' ? 1ULL << 30 : 0;
	if (unit > 1)
		end++;
	if (end != value && *end == '\0' && errno == 0 && *value != '-' && unit > 0 && n <= o->most / unit && n * unit >= o->least) {
		*to = n * unit;
		return true;
	}
	snprintf(wanted, sizeof wanted, "a number from %llu to %llu is meant%s", (unsigned long long)o->least,
	    (unsigned long long)o->most, o->kind == SIZE ? ", K, M or G may follow" : "");
	return refuse(why, o, value, wanted);
}

static bool
set_probability(const struct option *o, double *to, const char *value, struct lw_buffer *why)
{
	char *end;
	double p = strtod(value, &end);

	if (end == value || *end != '\0' || !(p >= 0 && p <= 1))
		return refuse(why, o, value, "a number from 0 to 1 is meant");
	*to = p;
	return true;
}

static bool
set_switch(const struct option *o, bool *to, const char *value, struct lw_buffer *why)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return refuse(why, o, value, "yes or no is meant");
	*to = value[0] == 'y';
	return true;
}

static bool
set_choice(const struct option *o, char **to, const char *value, struct lw_buffer *why)
{
	const char *found = *value != '\0' && strchr(value, ' ') == NULL ? strstr(o->choices, value) : NULL;
	size_t len = strlen(value);

	if (found == NULL || (found != o->choices && found[-1] != ' ') || (found[len] != ' ' && found[len] != '\0'))
		return refuse(why, o, value, o->help);
	return set_text(to, value, why);
}

static int
place(const char *const *names, int n, const char *name, size_t len)
{
	for (int i = 0; i < n; i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return i;
	return -1;
}

/* "tempfail" is for every door, "milter=accept" for one. */
static bool
set_policy(const struct option *o, enum lw_policy *to, const char *value, struct lw_buffer *why)
{
	const char *equals = strchr(value, '='), *policy = equals != NULL ? equals + 1 : value;
	int p = place(policy_names, LW_POLICIES, policy, strlen(policy));
	int door = equals != NULL ? place(door_names, LW_DOORS, value, (size_t)(equals - value)) : -1;

	if (p < 0)
		return refuse(why, o, value, "accept, tempfail or unsure is meant");
	if (equals != NULL && door < 0)
		return refuse(why, o, value, "there is no such door: http, page, kannel, jasmin, webhook, spamd, milter");
	for (int d = 0; d < LW_DOORS; d++)
		if (equals == NULL || d == door)
			to[d] = (enum lw_policy)p;
	return true;
}

static bool
set(struct lw_config *c, const struct option *o, const char *value, struct lw_buffer *why)
{
	void *to = member(c, o);

	switch (o->kind) {
	case TEXT:
		return set_text(to, value, why);
	case LIST:
		return add_to_list(to, value, why);
	case ADDRESSES:
		return add_address(to, value, why);
	case COUNT:
	case SIZE:
		return set_count(o, to, value, why);
	case PROBABILITY:
		return set_probability(o, to, value, why);
	case SWITCH:
		return set_switch(o, to, value, why);
	case CHOICE:
		return set_choice(o, to, value, why);
	case POLICY:
		return set_policy(o, to, value, why);
	}
	return false;
}

bool
lw_config_set(struct lw_config *c, const char *name, const char *value, struct lw_buffer *why)
{
	const struct option *o = find(name);

	if (o != NULL)
		return set(c, o, value, why);
	lw_buffer_addf(why, "'%s': there is no such option", name);
	return false;
}

/* ---- all of it ---- */

bool
lw_config_defaults(struct lw_config *c)
{
	struct lw_buffer why = { 0 };
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	bool done = true;

	*c = (struct lw_config){ .threshold = -1, .threads = processors > 0 ? (uint64_t)processors : 1 };
	memcpy(c->policy, policies, sizeof policies);
	for (size_t i = 0; done && i < OPTIONS; i++)
		done = options[i].initial == NULL || set(c, &options[i], options[i].initial, &why);
	lw_buffer_free(&why);
	return done;
}

static void
free_list(struct lw_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->at[i]);
	free(l->at);
	*l = (struct lw_list){ 0 };
}

void
lw_config_clear(struct lw_config *c, const char *name)
{
	const struct option *o = find(name);

	if (o != NULL && (o->kind == LIST || o->kind == ADDRESSES))
		free_list(member(c, o));
}

void
lw_config_free(struct lw_config *c)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		const struct option *o = &options[i];

		if (o->kind == TEXT || o->kind == CHOICE)
			free(*(char **)member(c, o));
		else if (o->kind == LIST || o->kind == ADDRESSES)
			free_list(member(c, o));
	}
	*c = (struct lw_config){ 0 };
}

/* ---- a file ---- */

static char *
trimmed(char *s)
{
	size_t len;

	s += strspn(s, " \t\r\n");
	for (len = strlen(s); len > 0 && strchr(" \t\r\n", s[len - 1]) != NULL; len--)
		;
	s[len] = '\0';
	return s;
}

static bool
read_line(struct lw_config *c, char *line, struct lw_buffer *why)
{
	char *name = trimmed(line), *equals;

	if (*name == '\0' || *name == '#')
		return true;
	equals = strchr(name, '=');
	if (equals == NULL) {
		lw_buffer_add_text(why, "'name = value' is meant");
		return false;
	}
	*equals = '\0';
	return lw_config_set(c, trimmed(name), trimmed(equals + 1), why);
}

/* A line with its number in front of what is wrong with it. */
static bool
take_line(struct lw_config *c, const char *path, unsigned number, char *line, size_t len, struct lw_buffer *why)
{
	struct lw_buffer cause = { 0 };
	bool whole = memchr(line, '\0', len) == NULL, good;

	if (!whole)
		lw_buffer_add_text(&cause, "a NUL byte");
	good = whole && read_line(c, line, &cause);
	if (!good)
		lw_buffer_addf(why, "%s%s:%u: %.*s", why->len > 0 ? "\n" : "", path, number, (int)cause.len, cause.at);
	lw_buffer_free(&cause);
	return good;
}

bool
lw_config_read(struct lw_config *c, const char *path, struct lw_buffer *why)
{
	FILE *f = fopen(path, "re");
	bool good = true;
	size_t room = 0;
	unsigned number = 0;
	char *line = NULL;
	ssize_t len;

	while (f != NULL && (len = getline(&line, &room, f)) >= 0)
		good = take_line(c, path, ++number, line, (size_t)len, why) && good;
	if (f == NULL || ferror(f)) {
		lw_buffer_addf(why, "%s: %s", path, strerror(errno));
		good = false;
	}
	free(line);
	if (f != NULL)
		fclose(f);
	return good;
}

static bool
check_template(const char *option, const char *template, struct lw_buffer *why)
{
	struct lw_span unknown = lw_template_unknown((struct lw_span){ template, strlen(template) }, lw_sms_places);

	if (unknown.at != NULL)
		lw_buffer_addf(why, "%s: there is no {%.*s}: id, from, label, risk, flagged, indicators, text", option,
		    (int)unknown.len, unknown.at);
	return unknown.at == NULL;
}

bool
lw_config_check(const struct lw_config *c, struct lw_buffer *why)
{
	const char *wrong = NULL;
	struct lw_milter_rule rule;

	for (size_t i = 0; i < c->milter_actions.n; i++)
		if (!lw_milter_rule(c->milter_actions.at[i], &rule, why))
			return false;

	if ((c->http_certificate == NULL) != (c->http_key == NULL))
		wrong = "http-certificate and http-key go together";
	else if (c->milter.n > 1)
		wrong = "milter: one address; libmilter listens on no more";
	else if (c->message_size > c->memory)
		wrong = "message-size is larger than memory";
	if (wrong == NULL)
		return check_template("kannel-answer", c->kannel_answer, why) &&
		    check_template("webhook-answer", c->webhook_answer, why);
	lw_buffer_add_text(why, wrong);
	return false;
}

/* ---- showing ---- */

static bool
print_list(const struct option *o, const struct lw_list *l, struct lw_buffer *b)
{
	bool done = l->n > 0 || lw_buffer_addf(b, "# %s =\n", o->name);

	for (size_t i = 0; done && i < l->n; i++)
		done = lw_buffer_addf(b, "%s = %s\n", o->name, l->at[i]);
	return done;
}

static bool
print_policies(const struct option *o, const enum lw_policy *p, struct lw_buffer *b)
{
	bool done = true;

	for (int d = 0; done && d < LW_DOORS; d++)
		done = lw_buffer_addf(b, "%s = %s=%s\n", o->name, door_names[d], policy_names[p[d]]);
	return done;
}

static bool
print_option(const struct option *o, const void *at, struct lw_buffer *b)
{
	const char *text;

	switch (o->kind) {
	case TEXT:
	case CHOICE:
		text = *(char *const *)at;
		return text != NULL ? lw_buffer_addf(b, "%s = %s\n", o->name, text) : lw_buffer_addf(b, "# %s =\n", o->name);
	case LIST:
	case ADDRESSES:
		return print_list(o, at, b);
	case COUNT:
	case SIZE:
		return lw_buffer_addf(b, "%s = %llu\n", o->name, (unsigned long long)*(const uint64_t *)at);
	case PROBABILITY:
		return *(const double *)at < 0 ? lw_buffer_addf(b, "# %s =\n", o->name) :
		    lw_buffer_addf(b, "%s = %g\n", o->name, *(const double *)at);
	case SWITCH:
		return lw_buffer_addf(b, "%s = %s\n", o->name, *(const bool *)at ? "yes" : "no");
	case POLICY:
		return print_policies(o, at, b);
	}
	return false;
}

bool
lw_config_print(const struct lw_config *c, struct lw_buffer *b)
{
	bool done = true;

	for (size_t i = 0; done && i < OPTIONS; i++)
		done = print_option(&options[i], (const char *)c + options[i].at, b);
	return done;
}

bool
lw_config_help(struct lw_buffer *b)
{
	bool done = true;

	for (size_t i = 0; done && i < OPTIONS; i++) {
		const struct option *o = &options[i];
		int used = (int)(strlen(o->name) + strlen(o->argument)) + 1;

		done = lw_buffer_addf(b, "  --%s %s%*s%s\n", o->name, o->argument, used < 27 ? 28 - used : 1, "", o->help);
	}
	return done;
}

const char *
lw_config_option(size_t i)
{
	return i < OPTIONS ? options[i].name : NULL;
}
