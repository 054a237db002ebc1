/*
 * solver.h - linear support vector machines, whoever solves them
 *
 * For rows x_i, sides y_i in {-1,+1} and costs C_i (one for each side), with an unpenalised bias b:
 *      min over w, b of  1/2 |w|^2 + sum_i C_i max(0, 1 - y_i (w . x_i + b))
 *
 * Two solvers give the same solution to within their tolerance:
 *   libsvm     C_SVC by chunking; ends with a check of the optimality (KKT) conditions over all rows
 *   liblinear  dual coordinate descent, faster and a little less exact: its bias is penalised
 *              (a feature of value LW_BIAS_FEATURE), then set to its best value with w kept
 */
#ifndef LW_SOLVER_H
#define LW_SOLVER_H

#include "learn/rows.h"

#define LW_BIAS_FEATURE 3.0

struct lw_task {
	const int8_t *y;                /* of each row, -1 or +1 */
	double cost[2];                 /* of a row on side -1, on side +1 */
};

struct lw_solution {
	float *w;                       /* of each column */
	double bias;
	double primal;                  /* the objective above */
	double dual;                    /* a lower bound of it (libsvm), NAN when not known */
	double violation;               /* worst breach of the KKT conditions over all rows, NAN when not checked */
	size_t support, working;        /* rows with a multiplier above 0, rows in the last working set */
	unsigned rounds;                /* of chunking */
};

struct lw_solver_options {
	double tolerance;               /* KKT breaches up to this are none; default 0.01 */
	uint64_t seed;
	unsigned threads;               /* tasks solved side by side */
	size_t memory;                  /* bytes all libsvm runs together may take for their kernel matrices */
};

struct lw_solver {
	const char *name;
	/* One solution a task, to be freed by lw_solution_free. */
	lurewatch_error (*solve)(const struct lw_rows *, const struct lw_task *, size_t tasks,
	    const struct lw_solver_options *, struct lw_solution *out);
};

extern const struct lw_solver lw_solver_libsvm, lw_solver_liblinear;

const struct lw_solver *lw_solver_named(const char *); /* NULL: no such solver */
void lw_solution_free(struct lw_solution *);

/* A solution without weights. Its bias is the sign of the only side that has rows, which then answers the task; else 0. */
lurewatch_error lw_solution_make(const struct lw_rows *, const struct lw_task *, struct lw_solution *out);
bool lw_one_sided(const struct lw_rows *, const struct lw_task *);

double lw_primal(const struct lw_rows *, const struct lw_task *, const struct lw_solution *);

/* The bias that is best with these margins (which hold no bias yet). */
lurewatch_error lw_best_bias(const double *margin, size_t n, const struct lw_task *, double *out);

/*
 * How far a solution is from optimal: the worst breach over all rows of
 *      alpha_i = 0: y_i m_i >= 1,  0 < alpha_i < C_i: y_i m_i = 1,  alpha_i = C_i: y_i m_i <= 1
 */
double lw_kkt_violation(const struct lw_rows *, const struct lw_task *, const struct lw_solution *, const double *alpha);

#endif
