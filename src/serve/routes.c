/* routes.c - the table of paths, and the handlers that are a few lines */
#include "serve/counters.h"
#include "serve/desk.h"
#include "serve/http.h"
#include "serve/sms.h"
#include "write/write.h"

#include <string.h>

const struct lw_route lw_routes[] = {
	{ "GET", "/", false, false, true, LW_DOOR_PAGE, lw_http_page, NULL },
	{ "POST", "/", false, false, false, LW_DOOR_PAGE, lw_http_check, lw_http_check_unjudged },
	{ "GET", "/page.css", false, false, true, LW_DOOR_HTTP, lw_http_css, NULL },
	{ "GET", "/status", true, false, true, LW_DOOR_HTTP, lw_http_status, NULL },
	{ "GET", "/healthz", false, false, true, LW_DOOR_HTTP, lw_http_health, NULL },
	{ "GET", "/readyz", false, false, true, LW_DOOR_HTTP, lw_http_ready, NULL },
	{ "GET", "/metrics", true, false, true, LW_DOOR_HTTP, lw_http_metrics, NULL },
	{ "POST", "/v1/score", true, false, false, LW_DOOR_HTTP, lw_http_score, lw_http_score_unjudged },
	{ "POST", "/v1/reload", true, false, false, LW_DOOR_HTTP, lw_http_reload, NULL },
	{ "POST", "/v1/feedback", true, false, false, LW_DOOR_HTTP, lw_http_feedback, NULL },
	{ "GET", "/sms/kannel", true, true, false, LW_DOOR_KANNEL, lw_http_kannel, lw_http_kannel_unjudged },
	{ "POST", "/sms/kannel", true, true, false, LW_DOOR_KANNEL, lw_http_kannel, lw_http_kannel_unjudged },
	{ "GET", "/sms/jasmin", true, true, false, LW_DOOR_JASMIN, lw_http_jasmin, lw_http_jasmin_unjudged },
	{ "POST", "/sms/jasmin", true, true, false, LW_DOOR_JASMIN, lw_http_jasmin, lw_http_jasmin_unjudged },
	{ "GET", "/sms/webhook", true, true, false, LW_DOOR_WEBHOOK, lw_http_webhook, lw_http_webhook_unjudged },
	{ "POST", "/sms/webhook", true, true, false, LW_DOOR_WEBHOOK, lw_http_webhook, lw_http_webhook_unjudged },
	{ NULL, NULL, false, false, false, LW_DOOR_HTTP, NULL, NULL },
};

const struct lw_route *
lw_route_find(const char *method, const char *path, const char **allowed)
{
	*allowed = NULL;
	for (const struct lw_route *r = lw_routes; r->path != NULL; r++) {
		if (strcmp(r->path, path) != 0)
			continue;
		*allowed = r->method;
		if (strcmp(r->method, method) == 0 || (strcmp(method, "HEAD") == 0 && strcmp(r->method, "GET") == 0))
			return r;
	}
	return NULL;
}

void
lw_http_health(struct lw_request *r, struct lw_seat *seat)
{
	(void)seat;
	r->type = "text/plain";
	lw_buffer_add_text(&r->out, "ok\n");
}

/* Not ready while the queue is so full that new messages get the policy's answer. */
void
lw_http_ready(struct lw_request *r, struct lw_seat *seat)
{
	struct lw_desk_state s;

	(void)seat;
	lw_desk_look(r->server->desk, &s);
	r->type = "text/plain";
	if (s.queued < s.queue_limit && s.memory < s.memory_limit) {
		lw_buffer_add_text(&r->out, "ready\n");
		return;
	}
	r->status = 503;
	lw_buffer_add_text(&r->out, "overloaded\n");
}

void
lw_http_metrics(struct lw_request *r, struct lw_seat *seat)
{
	(void)seat;
	r->type = "text/plain; version=0.0.4; charset=utf-8";
	if (!lw_metrics(r->server, &r->out))
		lw_request_refuse(r, 500, "out of memory");
}

void
lw_http_reload(struct lw_request *r, struct lw_seat *seat)
{
	struct lw_buffer why = { 0 };
	struct lw_held *held;

	(void)seat;
	if (!lw_desk_reload(r->server, &why) && lw_buffer_add(&why, "", 1)) {
		lw_request_refuse(r, 409, why.at);
	} else {
		held = lw_desk_model(r->server->desk);
		lw_buffer_addf(&r->out, "{\"model\":\"%s\"}\n", lw_held_identity(held));
		lw_held_release(held);
	}
	lw_buffer_free(&why);
}
