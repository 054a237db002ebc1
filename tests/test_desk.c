/* test_desk.c - the desk: verdicts, a full queue, deadlines, models refused and taken, and a storm of reloads */
#include "scratch.h"

#include "model/model.h"
#include "serve/counters.h"
#include "serve/desk.h"
#include "serve/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STORM_THREADS = 3, STORM_RELOADS = 30 };

static struct lw_config config;
static struct lw_server server;
static char *present, *other, *constant;        /* models of all tests: made once, a vocabulary takes its time */

/* Weights by chance from a seed; seed 0: none, so that every message is judged alike. */
static void
write_model(const char *path, uint64_t seed)
{
	static const char *const label[] = { "ham", "fraud" };
	static const bool flagged[] = { false, true };
	static const double bias[2], calibration[6] = { 1, 0, 0, 0, 1, 0 };
	struct lw_settings settings;
	struct lw_vocabulary *vocabulary;
	struct lw_buffer bytes = { 0 };
	struct lw_model_parts p;
	uint32_t dimension;
	float *weight;
	uint8_t *rarity;

	lw_settings_default(&settings);
	settings.bits = 10;
	vocabulary = scratch_vocabulary(scratch_concepts, scratch_en, NULL, scratch_zh, scratch_indicators, &bytes, NULL);
	dimension = lw_dimension(&settings, vocabulary);
	weight = calloc((size_t)dimension * 2, sizeof *weight);
	rarity = malloc(dimension);
	ck_assert(weight != NULL && rarity != NULL);
	memset(rarity, 64, dimension);
	for (size_t i = 0; seed != 0 && i < (size_t)dimension * 2; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		weight[i] = (float)((int)(seed >> 33 & 1023) - 512) / 50;
	}
	p = (struct lw_model_parts){ .settings = settings, .vocabulary = { bytes.at, bytes.len }, .experts = 1, .labels = 2,
		.label = label, .flagged = flagged, .dimension = dimension, .weight = weight, .rarity = rarity, .bias = bias,
		.calibration = calibration, .threshold = .5, .record = "{}" };
	ck_assert_int_eq(lw_model_write(path, &p), LUREWATCH_OK);
	free(weight);
	free(rarity);
	lw_vocabulary_free(vocabulary);
	lw_buffer_free(&bytes);
}

static void
write_models(void)
{
	present = strdup(scratch_path("present.lwm"));
	other = strdup(scratch_path("other.lwm"));
	constant = strdup(scratch_path("constant.lwm"));
	ck_assert(present != NULL && other != NULL && constant != NULL);
	write_model(present, 5);
	write_model(other, 77);
	write_model(constant, 0);
}

static void
free_models(void)
{
	free(present);
	free(other);
	free(constant);
}

/* A file of its own each time: what a test does to it in its place does not touch the models above. */
static void
put_model(const char *from)
{
	FILE *in = fopen(from, "rb"), *out;
	char piece[4096];
	size_t n;

	unlink(config.model);
	out = fopen(config.model, "wb");
	ck_assert(in != NULL && out != NULL);
	while ((n = fread(piece, 1, sizeof piece, in)) > 0)
		ck_assert_uint_eq(fwrite(piece, 1, n, out), n);
	ck_assert_int_eq(fclose(out), 0);
	fclose(in);
}

static void
set_up(void)
{
	struct lw_buffer why = { 0 };

	ck_assert(lw_config_defaults(&config));
	ck_assert(lw_config_set(&config, "model", scratch_path("desk.lwm"), &why) && lw_config_set(&config, "log", "none", &why) &&
	    lw_config_set(&config, "threads", "1", &why) && lw_config_set(&config, "queue", "2", &why) &&
	    lw_config_set(&config, "deadline", "60000", &why));
	put_model(present);
	server = (struct lw_server){ .config = &config, .counters = lw_counters_new(), .log = lw_log_new(&config) };
	server.desk = lw_desk_open(&server, &why);
	ck_assert_msg(server.desk != NULL, "%.*s", (int)why.len, why.at);
	lw_buffer_free(&why);
}

static void
tear_down(void)
{
	lw_desk_close(server.desk);
	lw_log_free(server.log);
	lw_counters_free(server.counters);
	lw_config_free(&config);
}

/* A job that holds its worker until it is let go. */
struct held_job {
	struct lw_job job;
	pthread_mutex_t lock;
	pthread_cond_t change;
	bool begun, let_go;
	enum lw_outcome outcome;
	atomic_int runs;
};

static void
hold(struct lw_job *job, struct lw_seat *seat)
{
	struct held_job *h = (struct held_job *)job;
	struct lw_answer a = { 0 };

	pthread_mutex_lock(&h->lock);
	h->begun = true;
	pthread_cond_broadcast(&h->change);
	while (!h->let_go)
		pthread_cond_wait(&h->change, &h->lock);
	h->outcome = lw_judge(seat, LW_SPAN("held"), false, &a);
	pthread_mutex_unlock(&h->lock);
	lw_answer_free(&a);
	atomic_fetch_add(&h->runs, 1);
}

static void
wait_begun(struct held_job *h)
{
	pthread_mutex_lock(&h->lock);
	while (!h->begun)
		pthread_cond_wait(&h->change, &h->lock);
	pthread_mutex_unlock(&h->lock);
}

static void
let_go(struct held_job *h)
{
	pthread_mutex_lock(&h->lock);
	h->let_go = true;
	pthread_cond_broadcast(&h->change);
	pthread_mutex_unlock(&h->lock);
}

#define HELD { .job.run = hold, .lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER }

START_TEST(verdicts_outlive_the_worker)
{
	struct lw_answer a = { 0 }, b = { 0 };

	ck_assert_int_eq(lw_desk_judge(server.desk, LW_SPAN("free ticket and visa"), true, &a), LW_JUDGED);
	ck_assert_int_eq(lw_desk_judge(server.desk, LW_SPAN("hello"), false, &b), LW_JUDGED);
	ck_assert_uint_eq(a.verdict.labels, 2);
	ck_assert(a.verdict.probability[0] + a.verdict.probability[1] > 0.999);
	ck_assert_str_eq(lurewatch_label(a.model, 1), "fraud");
	ck_assert_uint_eq(b.evidences, 0);
	lw_answer_free(&a);
	lw_answer_free(&b);
}
END_TEST

START_TEST(a_full_queue_answers_at_once)
{
	struct held_job first = HELD, second = HELD, third = HELD;
	struct lw_answer a = { 0 };

	ck_assert_int_eq(lw_desk_put(server.desk, &first.job), LW_JUDGED);
	wait_begun(&first);
	ck_assert_int_eq(lw_desk_put(server.desk, &second.job), LW_JUDGED);
	ck_assert_int_eq(lw_desk_put(server.desk, &third.job), LW_JUDGED);
	ck_assert_int_eq(lw_desk_judge(server.desk, LW_SPAN("x"), false, &a), LW_OVERLOADED);
	ck_assert_ptr_null(a.model);
	let_go(&first);
	let_go(&second);
	let_go(&third);
	lw_answer_free(&a);
	lw_desk_close(server.desk);
	server.desk = NULL;
	ck_assert_int_eq(first.runs + second.runs + third.runs, 3);
	ck_assert_int_eq(third.outcome, LW_JUDGED);
}
END_TEST

START_TEST(deadlines_are_kept)
{
	struct held_job first = HELD, late = HELD;
	struct lw_answer a = { 0 };
	int64_t begun = lw_now();

	config.deadline = 50;
	first.job.expires = begun + 60 * LW_SECOND;
	ck_assert_int_eq(lw_desk_put(server.desk, &first.job), LW_JUDGED);
	wait_begun(&first);
	/* one that waits gets its answer though the worker is busy */
	ck_assert_int_eq(lw_desk_judge(server.desk, LW_SPAN("x"), false, &a), LW_LATE);
	ck_assert_int_lt(lw_now() - begun, 20 * LW_SECOND);
	/* one that does not is answered by the tick */
	late.let_go = true;
	late.job.expires = lw_now() - 1;
	ck_assert_int_eq(lw_desk_put(server.desk, &late.job), LW_JUDGED);
	lw_desk_tick(server.desk);
	ck_assert_int_eq(late.runs, 1);
	ck_assert_int_eq(late.outcome, LW_LATE);
	let_go(&first);
	lw_answer_free(&a);
	lw_desk_close(server.desk);
	server.desk = NULL;
}
END_TEST

START_TEST(memory_is_bounded)
{
	ck_assert(lw_desk_take(server.desk, config.memory));
	ck_assert(!lw_desk_take(server.desk, 1));
	lw_desk_give(server.desk, config.memory);
	ck_assert(lw_desk_take(server.desk, 1));
	lw_desk_give(server.desk, 1);
}
END_TEST

static void
write_text(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "wb");

	ck_assert(f != NULL && fwrite(text, 1, len, f) == len && fclose(f) == 0);
}

/* Whatever lies at the path, and the old model goes on. */
START_TEST(bad_models_are_refused)
{
	struct lw_buffer why = { 0 };
	struct lw_answer before = { 0 }, after = { 0 };

	ck_assert_int_eq(lw_desk_judge(server.desk, LW_SPAN("free ticket"), false, &before), LW_JUDGED);
	switch (_i) {
	case 0:
		ck_assert_int_eq(unlink(config.model), 0);
		break;
	case 1:
		ck_assert_int_eq(truncate(config.model, 5000), 0);      /* in its place: the old pages must not go with it */
		break;
	case 2:
		write_text(config.model, "no model", 8);
		break;
	case 3:
		write_text(config.model, "", 0);
		break;
	default:
		put_model(constant);
	}
	ck_assert(!lw_desk_reload(&server, &why));
	ck_assert_uint_gt(why.len, 0);
	ck_assert_int_eq(lw_desk_judge(server.desk, LW_SPAN("free ticket"), false, &after), LW_JUDGED);
	ck_assert(after.verdict.risk == before.verdict.risk);
	ck_assert_ptr_eq(after.held, before.held);
	lw_answer_free(&before);
	lw_answer_free(&after);
	lw_buffer_free(&why);
}
END_TEST

START_TEST(a_job_keeps_its_model)
{
	struct held_job first = HELD;
	struct lw_answer old = { 0 }, fresh = { 0 };
	struct lw_buffer why = { 0 };

	ck_assert_int_eq(lw_desk_judge(server.desk, LW_SPAN("free ticket"), false, &old), LW_JUDGED);
	ck_assert_int_eq(lw_desk_put(server.desk, &first.job), LW_JUDGED);
	wait_begun(&first);
	put_model(other);
	ck_assert(lw_desk_reload(&server, &why));       /* does not wait for the job */
	let_go(&first);
	ck_assert_int_eq(lw_desk_judge(server.desk, LW_SPAN("free ticket"), false, &fresh), LW_JUDGED);
	ck_assert_str_ne(lw_held_identity(old.held), lw_held_identity(fresh.held));
	ck_assert_str_eq(lurewatch_label(old.model, 0), "ham");
	lw_answer_free(&old);
	lw_answer_free(&fresh);
	lw_buffer_free(&why);
}
END_TEST

/* ---- a storm ---- */

static atomic_bool calm;
static atomic_ulong judged, unjudged;

static void *
judge_on(void *of)
{
	struct lw_answer a = { 0 };

	(void)of;
	while (!atomic_load(&calm)) {
		enum lw_outcome o = lw_desk_judge(server.desk, LW_SPAN("free ticket, urgent, no experience"), true, &a);

		atomic_fetch_add(o == LW_JUDGED && a.verdict.labels == 2 ? &judged : &unjudged, 1);
	}
	lw_answer_free(&a);
	return NULL;
}

START_TEST(reloads_lose_nothing)
{
	pthread_t thread[STORM_THREADS];
	struct lw_buffer why = { 0 };
	const char *shown;

	lw_desk_close(server.desk);
	config.threads = 2;
	config.queue = 100;
	server.desk = lw_desk_open(&server, &why);
	ck_assert_ptr_nonnull(server.desk);
	for (int i = 0; i < STORM_THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, judge_on, NULL), 0);
	for (int i = 0; i < STORM_RELOADS; i++) {
		if (i % 3 == 2)
			write_text(config.model, "damaged", 7);
		else
			put_model(i % 3 == 0 ? other : present);
		ck_assert_int_eq(lw_desk_reload(&server, &why), i % 3 != 2);
	}
	atomic_store(&calm, true);
	for (int i = 0; i < STORM_THREADS; i++)
		pthread_join(thread[i], NULL);
	ck_assert_uint_gt(atomic_load(&judged), 0);
	ck_assert_uint_eq(atomic_load(&unjudged), 0);
	ck_assert_uint_eq(lw_counters_plain(server.counters, LW_COUNT_RELOADS, &shown), STORM_RELOADS / 3 * 2);
	ck_assert_uint_eq(lw_counters_plain(server.counters, LW_COUNT_RELOADS_REFUSED, &shown), STORM_RELOADS / 3);
	lw_buffer_free(&why);
}
END_TEST

Suite *
desk_suite(void)
{
	Suite *s = suite_create("desk");
	TCase *t = tcase_create("desk");

	tcase_add_unchecked_fixture(t, write_models, free_models);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, verdicts_outlive_the_worker);
	tcase_add_test(t, a_full_queue_answers_at_once);
	tcase_add_test(t, deadlines_are_kept);
	tcase_add_test(t, memory_is_bounded);
	tcase_add_loop_test(t, bad_models_are_refused, 0, 5);
	tcase_add_test(t, a_job_keeps_its_model);
	tcase_add_test(t, reloads_lose_nothing);
	suite_add_tcase(s, t);
	return s;
}
