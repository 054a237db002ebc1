/*
 * solver_liblinear.c - liblinear's dual coordinate descent for the hinge loss
 *
 * liblinear visits rows in an order it draws from rand(): one stream for the whole
 * process, another in every C library. The rand() below takes its place (a program's own
 * symbol comes before the C library's), with one stream a thread, seeded before
 * each task: so tasks run side by side and a seed gives the same weights
 * everywhere. test_learn.c fails should a linker ever leave the other one in.
 *
 * Its print function is one global pointer: set once, before any thread starts.
 */
#include "learn/parallel.h"
#include "learn/solver.h"
#include "text/random.h"

#include <linear.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local struct lw_random order;

__attribute__((visibility("default"))) int
rand(void)
{
	return (int)(lw_random_next(&order) >> 33);
}

static void
silence(const char *text)
{
	(void)text;
}

static void
be_silent(void)
{
	set_print_string_function(silence);
}

struct nodes {
	struct feature_node *all;
	struct feature_node **row;
};

struct job {
	const struct lw_rows *rows;
	const struct lw_task *task;
	const struct lw_solver_options *options;
	struct nodes nodes;
	struct lw_solution *out;
};

static void
free_nodes(struct nodes *n)
{
	free(n->all);
	free(n->row);
}

/* liblinear's form: index from 1, the bias as the last feature, an end mark. */
static bool
make_nodes(const struct lw_rows *rows, struct nodes *out)
{
	struct feature_node *to;

	out->all = malloc((rows->start[rows->n] + 2 * rows->n + 1) * sizeof *out->all);
	out->row = malloc((rows->n + 1) * sizeof(struct feature_node *));
	if (out->all == NULL || out->row == NULL) {
		free_nodes(out);
		return false;
	}
	to = out->all;
	for (size_t i = 0; i < rows->n; i++) {
		out->row[i] = to;
		for (size_t k = rows->start[i]; k < rows->start[i + 1]; k++)
			*to++ = (struct feature_node){ (int)rows->column[k] + 1, (double)rows->value[k] };
		*to++ = (struct feature_node){ (int)rows->columns + 1, LW_BIAS_FEATURE };
		*to++ = (struct feature_node){ -1, 0 };
	}
	return true;
}

static lurewatch_error
finish(const struct job *j, const struct lw_task *task, struct lw_solution *out)
{
	double *margin = malloc((j->rows->n + 1) * sizeof *margin);
	lurewatch_error e;

	if (margin == NULL)
		return LUREWATCH_E_MEMORY;
	lw_rows_margins(j->rows, out->w, 0, margin);
	e = lw_best_bias(margin, j->rows->n, task, &out->bias);
	free(margin);
	if (e == LUREWATCH_OK)
		out->primal = lw_primal(j->rows, task, out);
	return e;
}

static lurewatch_error
solve_task(void *of, size_t t, unsigned thread)
{
	const struct job *j = of;
	const struct lw_task *task = &j->task[t];
	struct lw_solution *out = &j->out[t];
	struct problem problem = { .l = (int)j->rows->n, .n = (int)j->rows->columns + 1, .x = j->nodes.row,
		.bias = LW_BIAS_FEATURE };
	int side[2] = { -1, 1 };
	double weight[2] = { task->cost[0], task->cost[1] };
	struct parameter parameter = { .solver_type = L2R_L1LOSS_SVC_DUAL, .C = 1, .eps = j->options->tolerance,
		.nr_weight = 2, .weight_label = side, .weight = weight };
	struct model *model;
	double sign;
	lurewatch_error e = lw_solution_make(j->rows, task, out);

	(void)thread;
	if (e != LUREWATCH_OK || lw_one_sided(j->rows, task))
		return e;
	problem.y = malloc(j->rows->n * sizeof *problem.y);
	if (problem.y == NULL)
		return LUREWATCH_E_MEMORY;
	for (size_t i = 0; i < j->rows->n; i++)
		problem.y[i] = task->y[i];
	/* the same stream for every task: its number must not matter, so that a task alone has the same answer */
	lw_random_seed(&order, j->options->seed);
	model = train(&problem, &parameter);
	free(problem.y);
	/* w is for the class that liblinear met first */
	sign = model->label[0];
	for (uint32_t k = 0; k < j->rows->columns; k++)
		out->w[k] = (float)(sign * model->w[k]);
	free_and_destroy_model(&model);
	out->dual = out->violation = NAN;
	return finish(j, task, out);
}

static lurewatch_error
solve(const struct lw_rows *rows, const struct lw_task *task, size_t tasks, const struct lw_solver_options *options,
    struct lw_solution *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct job j = { .rows = rows, .task = task, .options = options, .out = out };
	lurewatch_error e;

	pthread_once(&once, be_silent);
	memset(out, 0, tasks * sizeof *out);
	if (!make_nodes(rows, &j.nodes))
		return LUREWATCH_E_MEMORY;
	e = lw_parallel(tasks, options->threads, solve_task, &j);
	free_nodes(&j.nodes);
	for (size_t t = 0; t < tasks && e != LUREWATCH_OK; t++)
		lw_solution_free(&out[t]);
	return e;
}

const struct lw_solver lw_solver_liblinear = { "liblinear", solve };
