/* solver.c - what the solvers share: degenerate tasks, objective, bias, KKT check */
#include "learn/solver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct lw_solver *const solvers[] = { &lw_solver_libsvm, &lw_solver_liblinear };

const struct lw_solver *
lw_solver_named(const char *name)
{
	for (size_t i = 0; i < sizeof solvers / sizeof solvers[0]; i++)
		if (strcmp(name, solvers[i]->name) == 0)
			return solvers[i];
	return NULL;
}

void
lw_solution_free(struct lw_solution *s)
{
	free(s->w);
	*s = (struct lw_solution){ 0 };
}

bool
lw_one_sided(const struct lw_rows *rows, const struct lw_task *task)
{
	for (size_t i = 1; i < rows->n; i++)
		if (task->y[i] != task->y[0])
			return false;
	return true;
}

lurewatch_error
lw_solution_make(const struct lw_rows *rows, const struct lw_task *task, struct lw_solution *out)
{
	*out = (struct lw_solution){ .w = calloc((size_t)rows->columns + 1, sizeof(float)) };
	if (out->w == NULL)
		return LUREWATCH_E_MEMORY;
	if (rows->n > 0 && lw_one_sided(rows, task))
		out->bias = task->y[0];
	return LUREWATCH_OK;
}

static double
cost_of(const struct lw_task *task, size_t row)
{
	return task->cost[task->y[row] > 0];
}

double
lw_primal(const struct lw_rows *rows, const struct lw_task *task, const struct lw_solution *s)
{
	double norm = 0, loss = 0;

	for (uint32_t k = 0; k < rows->columns; k++)
		norm += (double)s->w[k] * (double)s->w[k];
	for (size_t i = 0; i < rows->n; i++) {
		double slack = 1 - task->y[i] * lw_rows_margin(rows, i, s->w, s->bias);

		if (slack > 0)
			loss += cost_of(task, i) * slack;
	}
	return norm / 2 + loss;
}

struct hinge {
	double at, cost;                /* the bias where the row's loss bends, and its slope */
};

static int
by_place(const void *a, const void *b)
{
	const struct hinge *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/*
 * The loss is convex and piecewise linear in the bias. Far left all rows of side +1
 * pull right with their costs; each bend takes its row's cost off the pull (a +1
 * row is satisfied, a -1 row begins to object). The best is where the pull ends; over
 * a flat stretch, its middle.
 */
lurewatch_error
lw_best_bias(const double *margin, size_t n, const struct lw_task *task, double *out)
{
	struct hinge *bend = malloc((n + 1) * sizeof *bend);
	double pull = 0, total = 0;
	size_t i;

	if (bend == NULL)
		return LUREWATCH_E_MEMORY;
	for (i = 0; i < n; i++) {
		bend[i] = (struct hinge){ task->y[i] - margin[i], cost_of(task, i) };
		total += bend[i].cost;
		pull += task->y[i] > 0 ? bend[i].cost : 0;
	}
	qsort(bend, n, sizeof *bend, by_place);
	for (i = 0; i < n && pull > total * 1e-12; i++)
		pull -= bend[i].cost;
	*out = i > 0 ? bend[i - 1].at : 0;
	if (i > 0 && i < n && pull > -total * 1e-12)
		*out = (bend[i - 1].at + bend[i].at) / 2;
	free(bend);
	return LUREWATCH_OK;
}

double
lw_kkt_violation(const struct lw_rows *rows, const struct lw_task *task, const struct lw_solution *s, const double *alpha)
{
	double worst = 0;

	for (size_t i = 0; i < rows->n; i++) {
		double slack = 1 - task->y[i] * lw_rows_margin(rows, i, s->w, s->bias);

		/* a row short of its margin must be at its cost, one beyond it must be at 0 */
		if (slack > worst && alpha[i] < cost_of(task, i))
			worst = slack;
		if (-slack > worst && alpha[i] > 0)
			worst = -slack;
	}
	return worst;
}
