/* test_model.c - the model file and what it says: round trip, every kind of damage, margins by hand, evidence, threads */
#include "scratch.h"

#include "model/file.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static struct lw_buffer vocabulary_bytes, file;
static struct lw_vocabulary *vocabulary;
static struct lw_settings settings;
static float *weight;
static uint8_t *rarity;
static uint32_t dimension;
static const char *path;

static uint64_t
chance(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

static void
read_file(void)
{
	FILE *f = fopen(path, "rb");
	char piece[4096];
	size_t n;

	ck_assert_ptr_nonnull(f);
	file.len = 0;
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		ck_assert(lw_buffer_add(&file, piece, n));
	fclose(f);
}

/* Two experts and a gate over three labels, weights by chance. */
static struct lw_model_parts
parts(void)
{
	static const char *const label[] = { "ham", "fraud", "漢字" };
	static const bool flagged[] = { false, true, true };
	static double bias[7] = { .1, -.2, -.3, .2, -.1, -.2, .05 }, calibration[26];

	for (int i = 0; i < 26; i++)
		calibration[i] = i % 5 == 0 ? 2 : .1 * (i % 3);
	return (struct lw_model_parts){ .settings = settings, .vocabulary = { vocabulary_bytes.at, vocabulary_bytes.len },
		.experts = 2, .labels = 3, .label = label, .flagged = flagged, .dimension = dimension, .weight = weight,
		.rarity = rarity, .bias = bias, .calibration = calibration, .threshold = .25, .record = "{\"test\":true}" };
}

static void
set_up(void)
{
	uint64_t state = 5;
	struct lw_model_parts p;

	lw_settings_default(&settings);
	settings.bits = 10;
	vocabulary = scratch_vocabulary(scratch_concepts, scratch_en, NULL, scratch_zh, scratch_indicators, &vocabulary_bytes,
	    NULL);
	ck_assert_ptr_nonnull(vocabulary);
	dimension = lw_dimension(&settings, vocabulary);
	weight = calloc((size_t)dimension * 7, sizeof *weight);
	rarity = calloc((size_t)dimension * 2, 1);
	ck_assert(weight != NULL && rarity != NULL);
	for (size_t s = 0; s < dimension; s++)
		for (size_t r = 0; r < 7; r++) {
			rarity[s * 2 + (r / 3 == 1)] = (uint8_t)(16 + s % 100);
			weight[s * 7 + r] = (float)((int)(chance(&state) % 2001) - 1000) / 50;
		}
	path = strdup(scratch_path("test.lwm"));
	p = parts();
	ck_assert_int_eq(lw_model_write(path, &p), LUREWATCH_OK);
	read_file();
}

static void
tear_down(void)
{
	lw_vocabulary_free(vocabulary);
	lw_buffer_free(&vocabulary_bytes);
	lw_buffer_free(&file);
	free(weight);
	free(rarity);
	free((void *)(uintptr_t)path);
}

static lurewatch *
open_test_model(void)
{
	lurewatch *m = NULL;

	ck_assert_int_eq(lurewatch_open(path, &m), LUREWATCH_OK);
	return m;
}

static lurewatch_scorer *
new_scorer(const lurewatch *m)
{
	lurewatch_scorer *s = NULL;

	ck_assert_int_eq(lurewatch_scorer_new(m, &s), LUREWATCH_OK);
	return s;
}

START_TEST(says_what_it_is)
{
	lurewatch *m = open_test_model();

	ck_assert_uint_eq(lurewatch_labels(m), 3);
	ck_assert_str_eq(lurewatch_label(m, 2), "漢字");
	ck_assert_ptr_null(lurewatch_label(m, 3));
	ck_assert(!lurewatch_label_flagged(m, 0) && lurewatch_label_flagged(m, 1) && !lurewatch_label_flagged(m, 9));
	ck_assert_double_eq(lurewatch_threshold(m), .25);
	ck_assert_str_eq(lurewatch_record(m), "{\"test\":true}");
	ck_assert_uint_eq(lurewatch_indicators(m), 3);
	ck_assert_str_eq(lurewatch_indicator_name(m, 0), "free-travel");
	ck_assert_str_eq(lurewatch_indicator_side(m, 2), "fraud");
	ck_assert_str_eq(lurewatch_indicator_meaning(m, 2), "a code is asked for");
	ck_assert_ptr_null(lurewatch_indicator_meaning(m, 3));
	lurewatch_close(m);
	lurewatch_close(NULL);
}
END_TEST

/* The formula of model.h, from the weights as they were given. */
START_TEST(margins_are_the_formula)
{
	static const char text[] = "free ticket, no experience! 直招 500 usd https://example.com";
	lurewatch *m = open_test_model();
	lurewatch_scorer *s = new_scorer(m);
	struct lw_extractor *x;
	const struct lw_features *f;
	const double *margin;
	size_t rows;
	struct lw_model_parts p = parts();

	ck_assert_int_eq(lw_score_margins(s, text, sizeof text - 1, &margin, &rows), LUREWATCH_OK);
	ck_assert_uint_eq(rows, 7);
	ck_assert_int_eq(lw_extractor_new(&settings, vocabulary, NULL, &x), LUREWATCH_OK);
	ck_assert_int_eq(lw_extract(x, text, sizeof text - 1, LW_ALL_SETS, &f), LUREWATCH_OK);
	for (uint32_t r = 0; r < 7; r++) {
		double want = p.bias[r];
		uint32_t e = r / 3 == 1;

		for (int b = 0; b < LW_BLOCKS; b++) {
			double sum = 0, squares = 0;

			for (size_t i = 0; i < f->block[b].n; i++) {
				uint32_t slot = f->block[b].slot[i];

				sum += (double)weight[slot * 7 + r];
				squares += rarity[slot * 2 + e] * rarity[slot * 2 + e];
			}
			if (squares > 0)
				want += (double)settings.weight[b] / sqrt(squares) * sum;
		}
		ck_assert_double_eq_tol(margin[r], want, .2);  /* weights are kept in 255 steps */
	}
	lw_extractor_free(x);
	lurewatch_scorer_free(s);
	lurewatch_close(m);
}
END_TEST

START_TEST(verdicts_hold_together)
{
	lurewatch *m = open_test_model();
	lurewatch_scorer *s = new_scorer(m);
	uint64_t state = 9;
	char text[200];

	for (int round = 0; round < 500; round++) {
		size_t len = chance(&state) % sizeof text;
		lurewatch_verdict v;
		double sum = 0, risk = 0;

		for (size_t i = 0; i < len; i++)
			text[i] = (char)chance(&state);
		ck_assert_int_eq(lurewatch_score(s, text, len, &v), LUREWATCH_OK);
		for (size_t k = 0; k < v.labels; k++) {
			sum += v.probability[k];
			risk += lurewatch_label_flagged(m, k) ? v.probability[k] : 0;
		}
		ck_assert_double_eq_tol(sum, 1, 1e-9);
		ck_assert_double_eq_tol(risk, v.risk, 1e-9);
		ck_assert_int_eq(v.flagged, v.risk >= .25);
		ck_assert_int_eq(lurewatch_label_flagged(m, v.label), v.flagged);
	}
	ck_assert_int_eq(lurewatch_scorer_threshold(s, 1.5), LUREWATCH_E_ARGUMENT);
	ck_assert_int_eq(lurewatch_scorer_threshold(s, NAN), LUREWATCH_E_ARGUMENT);
	ck_assert_int_eq(lurewatch_scorer_threshold(s, 0), LUREWATCH_OK);
	lurewatch_scorer_free(s);
	lurewatch_close(m);
}
END_TEST

START_TEST(evidence_lies_in_the_message)
{
	static const char text[] = "we hire: free ticket and no experience\xff 免费机票直招 send the code";
	lurewatch *m = open_test_model();
	lurewatch_scorer *s = new_scorer(m);
	lurewatch_evidence e[6];
	size_t n = 6;

	ck_assert_int_eq(lurewatch_explain(s, text, sizeof text - 1, e, &n), LUREWATCH_OK);
	ck_assert_uint_ge(n, 1);
	for (size_t i = 0; i < n; i++) {
		ck_assert_uint_lt(e[i].start, e[i].end);
		ck_assert_uint_le(e[i].end, sizeof text - 1);
		ck_assert(i == 0 || fabs(e[i].weight) <= fabs(e[0].weight) + 1e-9);
		for (size_t k = 0; k < i; k++)
			ck_assert(e[i].end <= e[k].start || e[k].end <= e[i].start);
	}
	n = 0;
	ck_assert_int_eq(lurewatch_explain(s, text, sizeof text - 1, e, &n), LUREWATCH_OK);
	ck_assert_uint_eq(n, 0);
	n = 6;
	ck_assert_int_eq(lurewatch_explain(s, "", 0, e, &n), LUREWATCH_OK);
	ck_assert_uint_eq(n, 0);
	lurewatch_scorer_free(s);
	lurewatch_close(m);
}
END_TEST

static lurewatch_error
open_bytes(const char *bytes, size_t len)
{
	const char *damaged = scratch_file("damaged.lwm", bytes, len);
	lurewatch *m = NULL;
	lurewatch_error e = lurewatch_open(damaged, &m);

	if (e == LUREWATCH_OK)
		lurewatch_close(m);
	return e;
}

START_TEST(damage_is_found)
{
	char *copy = malloc(file.len + 1);
	struct lw_file_header *h = (void *)copy;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, file.at, file.len);
	for (size_t i = 0; i < file.len; i += i < sizeof *h + 64 ? 1 : 1013) {
		copy[i] = (char)(copy[i] ^ 4);
		ck_assert_int_ne(open_bytes(copy, file.len), LUREWATCH_OK);
		copy[i] = (char)(copy[i] ^ 4);
	}
	for (size_t len = 0; len < file.len; len += len < sizeof *h + 64 ? 1 : 4099) {
		lurewatch_error e = open_bytes(copy, len);

		ck_assert(e == LUREWATCH_E_MODEL_TRUNCATED || (len == 0 && e == LUREWATCH_E_MODEL_FOREIGN));
	}
	copy[file.len] = 'x';
	ck_assert_int_eq(open_bytes(copy, file.len + 1), LUREWATCH_E_MODEL_DAMAGED);
	ck_assert_int_eq(open_bytes("From nobody Thu Oct 10\n", 23), LUREWATCH_E_MODEL_FOREIGN);
	h->version++;
	ck_assert_int_eq(open_bytes(copy, file.len), LUREWATCH_E_MODEL_NEWER);
	h->version = 0;
	ck_assert_int_eq(open_bytes(copy, file.len), LUREWATCH_E_MODEL_OLDER);
	h->order = __builtin_bswap32(LW_MODEL_ORDER);
	ck_assert_int_eq(open_bytes(copy, file.len), LUREWATCH_E_MODEL_ENDIAN);
	free(copy);
}
END_TEST

/* Lies with a right checksum: every 32-bit word of the header in turn. */
START_TEST(lies_are_found)
{
	char *copy = malloc(file.len);
	struct lw_file_header *h = (void *)copy;
	size_t from = offsetof(struct lw_file_header, settings);
	static const uint32_t lies[] = { 0, 1, 3, 77, 0x7fffffff, 0xffffffff };

	ck_assert_ptr_nonnull(copy);
	for (size_t at = from; at + 4 <= sizeof *h; at += 4)
		for (size_t k = 0; k < sizeof lies / sizeof lies[0]; k++) {
			lurewatch *m = NULL;

			memcpy(copy, file.at, file.len);
			memcpy(copy + at, &lies[k], 4);
			h->checksum = XXH3_64bits(copy + from, file.len - from);
			if (lurewatch_open(scratch_file("lies.lwm", copy, file.len), &m) == LUREWATCH_OK) {
				lurewatch_scorer *s = new_scorer(m);
				lurewatch_verdict v;

				ck_assert_int_eq(lurewatch_score(s, "free ticket 直招", 16, &v), LUREWATCH_OK);
				lurewatch_scorer_free(s);
				lurewatch_close(m);
			}
		}
	free(copy);
}
END_TEST

START_TEST(what_is_no_file_says_so)
{
	lurewatch *m = NULL;

	ck_assert_int_eq(lurewatch_open("/nowhere/x.lwm", &m), LUREWATCH_E_IO);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(lurewatch_open(scratch_folder(), &m), LUREWATCH_E_IO);
	ck_assert_int_eq(errno, EISDIR);
	ck_assert_ptr_null(m);
	for (int e = 0; e < 60; e++)
		ck_assert_ptr_nonnull(lurewatch_strerror((lurewatch_error)e));
}
END_TEST

START_TEST(a_failed_write_leaves_the_old_model)
{
	struct lw_model_parts p = parts();

	ck_assert_int_eq(lw_model_write("/nowhere/x.lwm", &p), LUREWATCH_E_IO);
	ck_assert_int_eq(lw_model_write("/dev/full/x.lwm", &p), LUREWATCH_E_IO);
	p.labels = 1;
	ck_assert_int_eq(lw_model_write(path, &p), LUREWATCH_E_ARGUMENT);
	lurewatch_close(open_test_model());
}
END_TEST

START_TEST(a_replaced_model_serves_on)
{
	lurewatch *m = open_test_model();
	lurewatch_scorer *s = new_scorer(m);
	lurewatch_verdict before, after;
	struct lw_model_parts p = parts();

	ck_assert_int_eq(lurewatch_score(s, "free ticket", 11, &before), LUREWATCH_OK);
	p.threshold = .9;
	ck_assert_int_eq(lw_model_write(path, &p), LUREWATCH_OK);
	ck_assert_int_eq(lurewatch_score(s, "free ticket", 11, &after), LUREWATCH_OK);
	ck_assert_double_eq(before.risk, after.risk);
	ck_assert_double_eq(lurewatch_threshold(m), .25);
	lurewatch_scorer_free(s);
	lurewatch_close(m);
	p.threshold = .25;
	ck_assert_int_eq(lw_model_write(path, &p), LUREWATCH_OK);
}
END_TEST

static void *
score_many(void *model)
{
	lurewatch_scorer *s = new_scorer(model);
	lurewatch_verdict v;
	double *sum = malloc(sizeof *sum);
	char text[64];

	ck_assert_ptr_nonnull(sum);
	*sum = 0;
	for (int i = 0; i < 300; i++) {
		int len = snprintf(text, sizeof text, "free ticket %d 免费机票 no experience %d", i, i * 7);

		ck_assert_int_eq(lurewatch_score(s, text, (size_t)len, &v), LUREWATCH_OK);
		*sum += v.risk;
	}
	lurewatch_scorer_free(s);
	return sum;
}

START_TEST(threads_share_a_model)
{
	lurewatch *m = open_test_model();
	pthread_t thread[16];
	double *alone = score_many(m);

	for (int i = 0; i < 16; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, score_many, m), 0);
	for (int i = 0; i < 16; i++) {
		void *sum;

		ck_assert_int_eq(pthread_join(thread[i], &sum), 0);
		ck_assert_double_eq(*(double *)sum, *alone);
		free(sum);
	}
	free(alone);
	lurewatch_close(m);
}
END_TEST

Suite *
model_suite(void)
{
	Suite *s = suite_create("model");
	TCase *c = tcase_create("model");

	tcase_add_unchecked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 300);
	tcase_add_test(c, says_what_it_is);
	tcase_add_test(c, margins_are_the_formula);
	tcase_add_test(c, verdicts_hold_together);
	tcase_add_test(c, evidence_lies_in_the_message);
	tcase_add_test(c, damage_is_found);
	tcase_add_test(c, lies_are_found);
	tcase_add_test(c, what_is_no_file_says_so);
	tcase_add_test(c, a_failed_write_leaves_the_old_model);
	tcase_add_test(c, a_replaced_model_serves_on);
	tcase_add_test(c, threads_share_a_model);
	suite_add_tcase(s, c);
	return s;
}
