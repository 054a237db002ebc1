/*
 * join.c - short messages in parts
 *
 * A set is known by sender, receiver, reference, number of parts and charset. Sets stand in a list, oldest first, so
 * those whose time is up are at its head; a search walks it, which the bound on parts keeps short.
 */
#include "serve/join.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 255 };

struct set {
	struct set *next;
	int64_t until;
	unsigned reference, total, have;
	int door;
	struct lw_buffer key;           /* from, to, charset, each with its NUL */
	struct lw_buffer id;
	size_t charset;                 /* where it is in key */
	struct lw_part_kept {
		struct lw_buffer data;
		struct lw_udh udh;
		bool here;
	} part[];
};

struct lw_joiner {
	pthread_mutex_t lock;
	struct set *first, **last;
	size_t waiting, limit;
	int64_t patience;
};

struct lw_joiner *
lw_joiner_new(size_t parts, int64_t patience)
{
	struct lw_joiner *j = calloc(1, sizeof *j);

	if (j == NULL)
		return NULL;
	pthread_mutex_init(&j->lock, NULL);
	j->last = &j->first;
	j->limit = parts;
	j->patience = patience;
	return j;
}

static void
free_set(struct set *s)
{
	if (s == NULL)
		return;
	for (unsigned i = 0; i < s->total; i++)
		lw_buffer_free(&s->part[i].data);
	lw_buffer_free(&s->key);
	lw_buffer_free(&s->id);
	free(s);
}

void
lw_joiner_free(struct lw_joiner *j)
{
	if (j == NULL)
		return;
	while (j->first != NULL) {
		struct set *s = j->first;

		j->first = s->next;
		free_set(s);
	}
	pthread_mutex_destroy(&j->lock);
	free(j);
}

void
lw_joined_free(struct lw_joined *out)
{
	lw_buffer_free(&out->text);
	lw_buffer_free(&out->from);
	lw_buffer_free(&out->id);
}

/* ---- sets ---- */

static bool
put_key(struct lw_buffer *b, const struct lw_part *p, size_t *charset)
{
	if (!lw_buffer_add(b, p->from.at, p->from.len) || !lw_buffer_add(b, "", 1) || !lw_buffer_add(b, p->to.at, p->to.len) ||
	    !lw_buffer_add(b, "", 1))
		return false;
	*charset = b->len;
	return lw_buffer_add(b, p->charset, strlen(p->charset) + 1);
}

static struct set **
find(struct lw_joiner *j, const struct lw_part *p, const struct lw_buffer *key)
{
	struct set **at = &j->first;

	for (; *at != NULL; at = &(*at)->next) {
		const struct set *s = *at;

		if (s->reference == p->udh.reference && s->total == p->udh.total && s->door == p->door && s->key.len == key->len &&
		    memcmp(s->key.at, key->at, key->len) == 0)
			break;
	}
	return at;
}

/* Takes over the key. */
static struct set *
add_set(struct lw_joiner *j, const struct lw_part *p, struct lw_buffer *key, size_t charset, int64_t now)
{
	struct set *s = calloc(1, sizeof *s + p->udh.total * sizeof s->part[0]);

	if (s == NULL)
		return NULL;
	s->until = now + j->patience;
	s->reference = p->udh.reference;
	s->total = p->udh.total;
	s->door = p->door;
	s->charset = charset;
	s->key = *key;
	*key = (struct lw_buffer){ 0 };
	lw_buffer_add(&s->id, p->id.at, p->id.len);     /* without memory it has no id */
	*j->last = s;
	j->last = &s->next;
	return s;
}

static void
unlink_set(struct lw_joiner *j, struct set **at)
{
	struct set *s = *at;

	*at = s->next;
	if (*at == NULL)
		j->last = at;
	j->waiting -= s->have;
}

static bool
keep(struct lw_joiner *j, struct set *s, const struct lw_part *p)
{
	struct lw_part_kept *k = &s->part[p->udh.number - 1];
	struct lw_buffer data = { 0 };

	if (!lw_buffer_add(&data, p->data.at, p->data.len))
		return false;
	lw_buffer_free(&k->data);
	k->data = data;
	k->udh = p->udh;
	if (!k->here) {
		k->here = true;
		s->have++;
		j->waiting++;
	}
	return true;
}

/* The text of the parts that are there. */
static bool
join(const struct set *s, struct lw_joined *out)
{
	struct lw_buffer payload = { 0 };
	const char *charset = s->key.at + s->charset;
	struct lw_udh udh = { 0 };
	bool done = true;

	out->text.len = out->from.len = out->id.len = 0;
	out->whole = s->have == s->total;
	out->door = s->door;
	for (unsigned i = 0; done && i < s->total; i++) {
		const struct lw_part_kept *k = &s->part[i];

		if (!k->here)
			continue;
		done = lw_sms_payload(&payload, (struct lw_span){ k->data.at, k->data.len }, &k->udh, charset);
		udh = k->udh;
	}
	done = done && lw_sms_decode(&out->text, (struct lw_span){ payload.at, payload.len }, charset, &udh) &&
	    lw_buffer_add_text(&out->from, s->key.at) && lw_buffer_add(&out->id, s->id.at, s->id.len);
	lw_buffer_free(&payload);
	return done;
}

static enum lw_join_result
join_locked(struct lw_joiner *j, const struct lw_part *p, struct lw_buffer *key, size_t charset, int64_t now,
    struct lw_joined *out)
{
	struct set **at = find(j, p, key), *s = *at;
	bool joined;

	if (j->waiting >= j->limit && (s == NULL || s->have + 1 < s->total))
		return LW_JOIN_NO_ROOM;
	if (s == NULL)
		s = add_set(j, p, key, charset, now);
	if (s == NULL || !keep(j, s, p))
		return LW_JOIN_NO_MEMORY;
	if (s->have < s->total)
		return LW_JOIN_WAITS;
	joined = join(s, out);
	for (at = &j->first; *at != s; at = &(*at)->next)
		;
	unlink_set(j, at);
	free_set(s);
	return joined ? LW_JOIN_WHOLE : LW_JOIN_NO_MEMORY;
}

enum lw_join_result
lw_join(struct lw_joiner *j, const struct lw_part *p, int64_t now, struct lw_joined *out)
{
	struct lw_buffer key = { 0 };
	size_t charset = 0;
	enum lw_join_result result = LW_JOIN_NO_MEMORY;

	if (p->udh.total == 0 || p->udh.total > PARTS_MAX || p->udh.number == 0 || p->udh.number > p->udh.total)
		return LW_JOIN_NO_ROOM;
	if (put_key(&key, p, &charset)) {
		pthread_mutex_lock(&j->lock);
		result = join_locked(j, p, &key, charset, now, out);
		pthread_mutex_unlock(&j->lock);
	}
	lw_buffer_free(&key);
	return result;
}

bool
lw_join_expired(struct lw_joiner *j, int64_t now, struct lw_joined *out)
{
	struct set *s;
	bool joined = false;

	pthread_mutex_lock(&j->lock);
	s = j->first;
	if (s != NULL && s->until <= now)
		unlink_set(j, &j->first);
	else
		s = NULL;
	pthread_mutex_unlock(&j->lock);
	if (s != NULL)
		joined = join(s, out);
	free_set(s);
	return joined;
}

size_t
lw_joiner_waiting(struct lw_joiner *j)
{
	size_t n;

	pthread_mutex_lock(&j->lock);
	n = j->waiting;
	pthread_mutex_unlock(&j->lock);
	return n;
}
