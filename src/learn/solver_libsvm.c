/*
 * solver_libsvm.c - libsvm's C_SVC by chunking, folded to weights
 *
 * libsvm's cost grows with the square of the rows it is given, yet only the
 * support vectors matter. So liblinear screens: rows within reach of its margin are the
 * first working set. libsvm solves that, its vectors are folded to weights, the
 * weights price every row, the worst violators of both sides join, rows far beyond the margin
 * leave, and so on until no row violates the KKT conditions by more than the tolerance. Each
 * round keeps all support vectors and adds violators, so the dual objective grows
 * and the rounds end.
 *
 * Threads: svm_train without probabilities draws no random numbers and shares
 * nothing between calls but the pointer of the print function: in libsvm 3.24 the static data are
 * that pointer and a line buffer that only svm_load_model uses, and rand() is called only by
 * svm_cross_validation and for `probability` (both read in its source and seen in
 * Debian's binary). setlocale is called only on loading and saving.
 * So tasks run side by side once the pointer is set.
 *
 * libsvm ends the process when memory is gone; what it needs is bounded below.
 */
#include "learn/gram.h"
#include "learn/parallel.h"
#include "learn/solver.h"

#include <libsvm/svm.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const double REACH = 0.05;       /* y m up to 1 + this counts as near the margin */
static const size_t SMALL = 3000;       /* so few rows are one working set */
static const unsigned ROUNDS = 40;
static const size_t CACHE = (size_t)256 << 20;  /* most that libsvm may keep of kernel columns */

/* Bytes promised to the tasks under way: a task waits until its matrix fits beside the others'. */
struct purse {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	size_t taken, size;
};

struct chunking {
	const struct lw_rows *rows;
	const struct lw_task *task;
	const struct lw_solver_options *options;
	struct purse *purse;
	struct lw_solution *out;
	double *margin;                 /* of every row, y m */
	double *alpha;                  /* of every row */
	uint32_t *member;               /* the working set */
	bool *inside;                   /* whether a row is in it */
	size_t n;
};

static void
silence(const char *text)
{
	(void)text;
}

static void
be_silent(void)
{
	svm_set_print_string_function(silence);
}

static void
purse_take(struct purse *p, size_t bytes)
{
	pthread_mutex_lock(&p->lock);
	while (p->taken > 0 && p->taken + bytes > p->size)
		pthread_cond_wait(&p->freed, &p->lock);
	p->taken += bytes;
	pthread_mutex_unlock(&p->lock);
}

static void
purse_give(struct purse *p, size_t bytes)
{
	pthread_mutex_lock(&p->lock);
	p->taken -= bytes;
	pthread_cond_broadcast(&p->freed);
	pthread_mutex_unlock(&p->lock);
}

static void
price(struct chunking *c)
{
	lw_rows_margins(c->rows, c->out->w, c->out->bias, c->margin);
	for (size_t i = 0; i < c->rows->n; i++)
		c->margin[i] *= c->task->y[i];
}

static void
join(struct chunking *c, uint32_t row)
{
	c->inside[row] = true;
	c->member[c->n++] = row;
}

/* Weights and bias from the multipliers; sums go in row order, so they are the same every time. */
static lurewatch_error
fold(struct chunking *c, const struct svm_model *model)
{
	double *w = calloc((size_t)c->rows->columns + 1, sizeof *w), norm = 0, sum = 0;

	if (w == NULL)
		return LUREWATCH_E_MEMORY;
	memset(c->alpha, 0, c->rows->n * sizeof *c->alpha);
	for (int s = 0; s < model->l; s++)
		c->alpha[c->member[model->sv_indices[s] - 1]] = fabs(model->sv_coef[0][s]);
	for (size_t i = 0; i < c->rows->n; i++) {
		sum += c->alpha[i];
		for (size_t k = c->rows->start[i]; c->alpha[i] > 0 && k < c->rows->start[i + 1]; k++)
			w[c->rows->column[k]] += c->alpha[i] * c->task->y[i] * (double)c->rows->value[k];
	}
	for (uint32_t k = 0; k < c->rows->columns; k++) {
		c->out->w[k] = (float)w[k];
		norm += w[k] * w[k];
	}
	free(w);
	/* label[0] is +1 with two labels of -1 and +1, whichever comes first */
	c->out->bias = -model->rho[0] * model->label[0];
	c->out->dual = sum - norm / 2;
	c->out->support = (size_t)model->l;
	return LUREWATCH_OK;
}

/* One libsvm run; x as its kernel wants the members. */
static lurewatch_error
run_libsvm(struct chunking *c, struct svm_node **x, int kernel, size_t cache)
{
	int side[2] = { -1, 1 };
	double weight[2] = { c->task->cost[0], c->task->cost[1] };
	struct svm_parameter parameter = { .svm_type = C_SVC, .kernel_type = kernel, .C = 1,
		.cache_size = (double)cache / (1 << 20), .eps = c->options->tolerance / 10, .nr_weight = 2,
		.weight_label = side, .weight = weight, .shrinking = 1 };
	struct svm_problem problem = { .l = (int)c->n, .x = x, .y = malloc((c->n + 1) * sizeof(double)) };
	struct svm_model *model;
	lurewatch_error e;

	if (problem.y == NULL)
		return LUREWATCH_E_MEMORY;
	for (size_t i = 0; i < c->n; i++)
		problem.y[i] = c->task->y[c->member[i]];
	model = svm_train(&problem, &parameter);
	e = fold(c, model);
	svm_free_and_destroy_model(&model);
	free(problem.y);
	return e;
}

static size_t
cache_for(size_t n)
{
	size_t columns = n * n * sizeof(float) + (1 << 20);

	return columns < CACHE ? columns : CACHE;
}

static lurewatch_error
with_gram(struct chunking *c)
{
	struct lw_gram gram;
	lurewatch_error e = lw_gram_make(c->rows, c->member, c->n, &gram);

	if (e != LUREWATCH_OK)
		return e;
	e = run_libsvm(c, (struct svm_node **)(void *)gram.row, PRECOMPUTED, cache_for(c->n));
	lw_gram_free(&gram);
	return e;
}

/* When the matrix would be too large: libsvm works out its columns itself, many times slower. */
static lurewatch_error
with_rows(struct chunking *c)
{
	size_t total = 0;
	struct svm_node **x = malloc((c->n + 1) * sizeof(struct svm_node *)), *all, *to;
	lurewatch_error e = LUREWATCH_E_MEMORY;

	for (size_t i = 0; i < c->n; i++)
		total += c->rows->start[c->member[i] + 1] - c->rows->start[c->member[i]] + 1;
	all = to = malloc((total + 1) * sizeof *all);
	for (size_t i = 0; x != NULL && all != NULL && i < c->n; i++) {
		x[i] = to;
		for (size_t k = c->rows->start[c->member[i]]; k < c->rows->start[c->member[i] + 1]; k++)
			*to++ = (struct svm_node){ (int)c->rows->column[k] + 1, (double)c->rows->value[k] };
		*to++ = (struct svm_node){ -1, 0 };
	}
	if (x != NULL && all != NULL)
		e = run_libsvm(c, x, LINEAR, cache_for(c->n));
	free(all);
	free(x);
	return e;
}

static lurewatch_error
solve_working_set(struct chunking *c)
{
	size_t bytes = lw_gram_bytes(c->n) + cache_for(c->n);
	lurewatch_error e;

	if (bytes > c->purse->size)
		return with_rows(c);
	purse_take(c->purse, bytes);
	e = with_gram(c);
	purse_give(c->purse, bytes);
	return e;
}

/* Rows that do not press and stand far off leave; the others close ranks. */
static void
drop_far(struct chunking *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++) {
		uint32_t row = c->member[i];

		c->inside[row] = c->alpha[row] > 0 || c->margin[row] < 1 + 3 * REACH;
		if (c->inside[row])
			c->member[kept++] = row;
	}
	c->n = kept;
}

struct priced {
	double margin;
	uint32_t row;
};

static int
worst_first(const void *a, const void *b)
{
	const struct priced *x = a, *y = b;

	if (x->margin != y->margin)
		return x->margin < y->margin ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

/* The worst violators of one side join, at most `most`; *found counts them all. */
static lurewatch_error
join_worst(struct chunking *c, int8_t side, size_t most, size_t *found)
{
	struct priced *violator = malloc((c->rows->n + 1) * sizeof *violator);
	size_t n = 0;

	if (violator == NULL)
		return LUREWATCH_E_MEMORY;
	for (uint32_t i = 0; i < c->rows->n; i++)
		if (!c->inside[i] && c->task->y[i] == side && c->margin[i] < 1 - c->options->tolerance)
			violator[n++] = (struct priced){ c->margin[i], i };
	qsort(violator, n, sizeof *violator, worst_first);
	for (size_t i = 0; i < n && i < most; i++)
		join(c, violator[i].row);
	*found += n;
	free(violator);
	return LUREWATCH_OK;
}

static lurewatch_error
round_of(struct chunking *c, bool *over)
{
	size_t found = 0, most;
	lurewatch_error e;

	c->out->rounds++;
	c->out->working = c->n;
	e = solve_working_set(c);
	if (e != LUREWATCH_OK)
		return e;
	price(c);
	drop_far(c);
	most = c->n / 4 > 500 ? c->n / 4 : 500;
	e = join_worst(c, -1, most, &found);
	if (e == LUREWATCH_OK)
		e = join_worst(c, 1, most, &found);
	*over = found == 0;
	return e;
}

/* All rows when they are few, else those near the margin of the screening solution, and some of each side. */
static void
first_working_set(struct chunking *c)
{
	size_t of_side[2] = { 0, 0 };

	if (c->rows->n > SMALL)
		price(c);
	for (uint32_t i = 0; i < c->rows->n; i++) {
		if (c->rows->n > SMALL && c->margin[i] >= 1 + REACH && of_side[c->task->y[i] > 0] > 0)
			continue;
		join(c, i);
		of_side[c->task->y[i] > 0]++;
	}
}

static lurewatch_error
chunk(struct chunking *c)
{
	lurewatch_error e = LUREWATCH_OK;
	bool over = false;

	first_working_set(c);
	while (e == LUREWATCH_OK && !over && c->out->rounds < ROUNDS)
		e = round_of(c, &over);
	if (e != LUREWATCH_OK)
		return e;
	c->out->primal = lw_primal(c->rows, c->task, c->out);
	c->out->violation = lw_kkt_violation(c->rows, c->task, c->out, c->alpha);
	return LUREWATCH_OK;
}

struct job {
	const struct lw_rows *rows;
	const struct lw_task *task;
	const struct lw_solver_options *options;
	struct purse purse;
	struct lw_solution *out;
};

static lurewatch_error
solve_task(void *of, size_t t, unsigned thread)
{
	struct job *j = of;
	struct chunking c = { .rows = j->rows, .task = &j->task[t], .options = j->options, .purse = &j->purse,
		.out = &j->out[t] };
	size_t n = j->rows->n + 1;
	lurewatch_error e = LUREWATCH_E_MEMORY;

	(void)thread;
	if (lw_one_sided(j->rows, c.task))
		return LUREWATCH_OK;
	c.margin = calloc(n, sizeof *c.margin);
	c.alpha = calloc(n, sizeof *c.alpha);
	c.member = calloc(n, sizeof *c.member);
	c.inside = calloc(n, sizeof *c.inside);
	if (c.margin != NULL && c.alpha != NULL && c.member != NULL && c.inside != NULL)
		e = chunk(&c);
	free(c.margin);
	free(c.alpha);
	free(c.member);
	free(c.inside);
	return e;
}

/* What chunking starts from: liblinear's solutions, or nothing when all rows are one working set anyway. */
static lurewatch_error
screen(const struct job *j, size_t tasks)
{
	if (j->rows->n > SMALL)
		return lw_solver_liblinear.solve(j->rows, j->task, tasks, j->options, j->out);
	for (size_t t = 0; t < tasks; t++)
		if (lw_solution_make(j->rows, &j->task[t], &j->out[t]) != LUREWATCH_OK)
			return LUREWATCH_E_MEMORY;
	return LUREWATCH_OK;
}

static lurewatch_error
solve(const struct lw_rows *rows, const struct lw_task *task, size_t tasks, const struct lw_solver_options *options,
    struct lw_solution *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct job j = { .rows = rows, .task = task, .options = options, .out = out,
		.purse = { .lock = PTHREAD_MUTEX_INITIALIZER, .freed = PTHREAD_COND_INITIALIZER,
		    .size = options->memory } };
	lurewatch_error e;

	pthread_once(&once, be_silent);
	memset(out, 0, tasks * sizeof *out);
	e = screen(&j, tasks);
	if (e == LUREWATCH_OK)
		e = lw_parallel(tasks, options->threads, solve_task, &j);
	pthread_cond_destroy(&j.purse.freed);
	pthread_mutex_destroy(&j.purse.lock);
	for (size_t t = 0; t < tasks && e != LUREWATCH_OK; t++)
		lw_solution_free(&out[t]);
	return e;
}

const struct lw_solver lw_solver_libsvm = { "libsvm", solve };
