/*
 * held.c - one model in use: the handle, a scorer for each worker, a count of those who use it
 *
 * All that can fail is done when it is opened, so that taking it into use cannot. It goes with its last user.
 */
#include "serve/desk.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

struct lw_held {
	atomic_uint users;
	lurewatch *model;
	char identity[17];
	int64_t since;
	unsigned seats;
	lurewatch_scorer *scorer[];     /* one a seat */
};

enum { PIECE = 1 << 16 };

#define TEXT(literal) { (literal), sizeof(literal) - 1 }

/* What every model must have a sane verdict on: lures, frauds, honest talk, scripts, and bytes that are no text. */
static const struct lw_span trials[] = {
	{ "", 0 },
	{ "\0\xff\xfe\xc3(\n", 6 },
	TEXT("Hi, are we still on for lunch at noon? I will bring the book you lent me."),
	TEXT("Urgent hiring: customer service abroad, no experience, free ticket and visa, room and food paid, "
	    "salary 1500 USD. Write to our agent on Telegram today."),
	TEXT("Your parcel is held. Pay the customs fee within 24 hours at http://parcel.example.com/pay or it is sent back."),
	TEXT("\xe6\x8b\x9b\xe8\x81\x98\xe5\xae\xa2\xe6\x9c\x8d\xef\xbc\x8c\xe5\x8c\x85\xe5\x90\x83\xe5\x8c\x85\xe4\xbd\x8f"
	    "\xef\xbc\x8c\xe6\x9c\x88\xe8\x96\xaa\xe9\xab\x98"),
	TEXT("\xe0\xb8\xa3\xe0\xb8\xb1\xe0\xb8\x9a\xe0\xb8\xaa\xe0\xb8\xa1\xe0\xb8\xb1\xe0\xb8\x84\xe0\xb8\xa3"
	    "\xe0\xb8\x87\xe0\xb8\xb2\xe0\xb8\x99"),
	TEXT("\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7\xd8\x8c \xd9\x83\xd9\x8a\xd9\x81 \xd8\xad\xd8\xa7\xd9\x84\xd9\x83"),
};
enum { TRIALS = sizeof trials / sizeof trials[0] };

static bool
write_all(int fd, const char *at, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
	return true;
}

static bool
copy(int from, int to, XXH3_state_t *digest, char *piece)
{
	ssize_t n;

	XXH3_64bits_reset(digest);
	while ((n = read(from, piece, PIECE)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || !write_all(to, piece, (size_t)n))
			return false;
		XXH3_64bits_update(digest, piece, (size_t)n);
	}
	return true;
}

/* The file's bytes in memory without a name, and their digest; -1: errno says why not. */
static int
copy_to_memory(const char *path, XXH64_hash_t *identity)
{
	int from = open(path, O_RDONLY | O_CLOEXEC), to = from < 0 ? -1 : memfd_create("model", MFD_CLOEXEC), cause;
	XXH3_state_t *digest = XXH3_createState();
	char *piece = malloc(PIECE);
	bool copied = to >= 0 && digest != NULL && piece != NULL && copy(from, to, digest, piece);

	cause = errno;
	if (copied)
		*identity = XXH3_64bits_digest(digest);
	XXH3_freeState(digest);
	free(piece);
	if (from >= 0)
		close(from);
	if (to >= 0 && !copied)
		close(to);
	errno = cause;
	return copied ? to : -1;
}

static lurewatch *
open_model(const char *path, char *identity, size_t room, struct lw_buffer *why)
{
	XXH64_hash_t digest = 0;
	int fd = copy_to_memory(path, &digest);
	lurewatch *model = NULL;
	char name[32];
	lurewatch_error e;

	if (fd < 0) {
		lw_buffer_addf(why, "%s: %s", path, strerror(errno));
		return NULL;
	}
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	e = lurewatch_open(name, &model);
	if (e != LUREWATCH_OK)
		lw_buffer_addf(why, "%s: %s", path, e == LUREWATCH_E_IO ? strerror(errno) : lurewatch_strerror(e));
	close(fd);
	snprintf(identity, room, "%016llx", (unsigned long long)digest);
	return e == LUREWATCH_OK ? model : NULL;
}

static const char *
fault_of(const lurewatch_verdict *v)
{
	double sum = 0;

	for (size_t k = 0; k < v->labels; k++) {
		if (!(v->probability[k] >= 0 && v->probability[k] <= 1))
			return "a probability that is none";
		sum += v->probability[k];
	}
	if (!(fabs(sum - 1) < 1e-6))
		return "probabilities that do not sum to 1";
	if (!(v->risk >= 0 && v->risk <= 1) || v->label >= v->labels)
		return "a verdict out of range";
	return NULL;
}

/* A model that calls everything equally likely has learned nothing: most often a wrong file or a failed training. */
static bool
try(lurewatch_scorer *s, struct lw_buffer *why)
{
	double least = 1, most = 0;

	for (size_t i = 0; i < TRIALS; i++) {
		lurewatch_verdict v;
		lurewatch_error e = lurewatch_score(s, trials[i].at, trials[i].len, &v);
		const char *fault = e == LUREWATCH_OK ? fault_of(&v) : lurewatch_strerror(e);

		if (fault != NULL) {
			lw_buffer_addf(why, "refused: built-in message %zu of %d gave %s", i + 1, (int)TRIALS, fault);
			return false;
		}
		least = v.risk < least ? v.risk : least;
		most = v.risk > most ? v.risk : most;
	}
	if (most - least > 1e-6)
		return true;
	lw_buffer_addf(why, "refused: every built-in message has the same risk, %.4f", most);
	return false;
}

struct lw_held *
lw_held_open(const char *path, unsigned seats, double threshold, struct lw_buffer *why)
{
	struct lw_held *h = calloc(1, sizeof *h + seats * sizeof(lurewatch_scorer *));
	lurewatch_error e = LUREWATCH_OK;

	if (h == NULL) {
		lw_buffer_addf(why, "%s: %s", path, lurewatch_strerror(LUREWATCH_E_MEMORY));
		return NULL;
	}
	atomic_init(&h->users, 1);
	h->seats = seats;
	h->since = lw_now();
	h->model = open_model(path, h->identity, sizeof h->identity, why);
	if (h->model == NULL)
		goto failed;
	for (unsigned i = 0; i < seats; i++) {
		e = lurewatch_scorer_new(h->model, &h->scorer[i]);
		if (e == LUREWATCH_OK && threshold >= 0)
			e = lurewatch_scorer_threshold(h->scorer[i], threshold);
		if (e != LUREWATCH_OK)
			lw_buffer_addf(why, "%s: %s", path, lurewatch_strerror(e));
		if (e != LUREWATCH_OK || !try(h->scorer[i], why))
			goto failed;
	}
	return h;
failed:
	lw_held_release(h);
	return NULL;
}

struct lw_held *
lw_held_take(struct lw_held *h)
{
	atomic_fetch_add(&h->users, 1);
	return h;
}

void
lw_held_release(struct lw_held *h)
{
	if (h == NULL || atomic_fetch_sub(&h->users, 1) > 1)
		return;
	for (unsigned i = 0; i < h->seats; i++)
		lurewatch_scorer_free(h->scorer[i]);
	lurewatch_close(h->model);
	free(h);
}

const lurewatch *
lw_held_model(const struct lw_held *h)
{
	return h->model;
}

const char *
lw_held_identity(const struct lw_held *h)
{
	return h->identity;
}

int64_t
lw_held_since(const struct lw_held *h)
{
	return h->since;
}

lurewatch_scorer *
lw_held_scorer(struct lw_held *h, unsigned seat)
{
	return h->scorer[seat];
}
