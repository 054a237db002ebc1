/*
 * calibration.c - multinomial logistic regression by L-BFGS
 *
 * The problem is convex; limited-memory BFGS (Nocedal 1980) with a halving line search
 * finds its bottom in some tens of passes at any number of labels. It ends when the gradient
 * is small or no step goes down any more; it cannot fail but for memory.
 */
#include "learn/calibration.h"
#include "model/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY = 12, PASSES = 400 };
static const double FLAT = 1e-7;        /* gradient, a message of mean weight */

struct fit {
	const struct lw_calibration_data *data;
	double prior;
	size_t size;                    /* of the parameters */
	double *own, *other;            /* targets, by label */
	double *p;                      /* probabilities of one message */
	double total;                   /* of the weights */
};

static double
dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

/* The objective at x, its gradient in g. */
static double
evaluate(const struct fit *f, const double *x, double *g)
{
	const struct lw_calibration_data *d = f->data;
	double loss = 0;

	memset(g, 0, f->size * sizeof *g);
	for (size_t i = 0; i < d->n; i++) {
		const double *m = d->margin + i * d->rows;

		lw_softmax(x, d->labels, d->rows, m, f->p);
		for (uint32_t k = 0; k < d->labels; k++) {
			double t = k == d->label[i] ? f->own[k] : f->other[d->label[i]];
			double pull = d->weight[i] * (f->p[k] - t), *to = g + k * (d->rows + 1);

			loss -= d->weight[i] * t * log(f->p[k] > 1e-300 ? f->p[k] : 1e-300);
			for (size_t r = 0; r < d->rows; r++)
				to[r] += pull * m[r];
			to[d->rows] += pull;
		}
	}
	for (size_t i = 0; i < f->size; i++) {
		if (i % (d->rows + 1) == d->rows)
			continue;
		loss += f->prior / 2 * x[i] * x[i];
		g[i] += f->prior * x[i];
	}
	return loss;
}

/* The last steps and changes of gradient, newest last. */
struct past {
	double *step[MEMORY], *change[MEMORY], curve[MEMORY];
	size_t n;
};

static void
remember(struct past *past, const double *step, const double *change, size_t size)
{
	double curve = dot(step, change, size), *s = past->step[0], *c = past->change[0];

	if (!(curve > 1e-14 * dot(change, change, size)))
		return;
	if (past->n == MEMORY) {
		memmove(past->step, past->step + 1, (MEMORY - 1) * sizeof past->step[0]);
		memmove(past->change, past->change + 1, (MEMORY - 1) * sizeof past->change[0]);
		memmove(past->curve, past->curve + 1, (MEMORY - 1) * sizeof past->curve[0]);
		past->step[MEMORY - 1] = s;
		past->change[MEMORY - 1] = c;
		past->n--;
	}
	memcpy(past->step[past->n], step, size * sizeof *step);
	memcpy(past->change[past->n], change, size * sizeof *change);
	past->curve[past->n++] = curve;
}

/* way = -H g by the two loops of Nocedal. */
static void
choose_way(const struct past *past, const double *g, size_t size, double *way)
{
	double factor[MEMORY], scale;

	for (size_t i = 0; i < size; i++)
		way[i] = -g[i];
	for (size_t j = past->n; j-- > 0;) {
		factor[j] = dot(past->step[j], way, size) / past->curve[j];
		for (size_t i = 0; i < size; i++)
			way[i] -= factor[j] * past->change[j][i];
	}
	scale = past->n > 0 ? past->curve[past->n - 1] /
	    dot(past->change[past->n - 1], past->change[past->n - 1], size) : 1 / (1 + sqrt(dot(g, g, size)));
	for (size_t i = 0; i < size; i++)
		way[i] *= scale;
	for (size_t j = 0; j < past->n; j++) {
		double back = dot(past->change[j], way, size) / past->curve[j];

		for (size_t i = 0; i < size; i++)
			way[i] += (factor[j] - back) * past->step[j][i];
	}
}

/* Arrays of one size each, in one block: x, gradient, way, next x, next gradient, then the past. */
enum { X, G, WAY, NEXT, NEXT_G, ARRAYS };

static void
descend(struct fit *f, double *block, double *x)
{
	double *at[ARRAYS], value, next_value;
	struct past past = { .n = 0 };

	for (size_t i = 0; i < ARRAYS; i++)
		at[i] = block + i * f->size;
	for (size_t i = 0; i < MEMORY; i++) {
		past.step[i] = block + (ARRAYS + 2 * i) * f->size;
		past.change[i] = block + (ARRAYS + 2 * i + 1) * f->size;
	}
	at[X] = x;
	value = evaluate(f, x, at[G]);
	for (int pass = 0; pass < PASSES && dot(at[G], at[G], f->size) > FLAT * FLAT * f->total * f->total; pass++) {
		double length = 1, slope;

		choose_way(&past, at[G], f->size, at[WAY]);
		slope = dot(at[G], at[WAY], f->size);
		for (;; length /= 2) {
			for (size_t i = 0; i < f->size; i++)
				at[NEXT][i] = x[i] + length * at[WAY][i];
			next_value = evaluate(f, at[NEXT], at[NEXT_G]);
			if (next_value <= value + 1e-4 * length * slope || length < 1e-12)
				break;
		}
		if (!(next_value < value))
			return;
		for (size_t i = 0; i < f->size; i++) {
			at[WAY][i] = at[NEXT][i] - x[i];
			at[G][i] = at[NEXT_G][i] - at[G][i];
		}
		remember(&past, at[WAY], at[G], f->size);
		memcpy(x, at[NEXT], f->size * sizeof *x);
		memcpy(at[G], at[NEXT_G], f->size * sizeof *x);
		value = next_value;
	}
}

static void
set_targets(struct fit *f)
{
	const struct lw_calibration_data *d = f->data;

	for (size_t i = 0; i < d->n; i++) {
		f->own[d->label[i]]++;
		f->total += d->weight[i];
	}
	for (uint32_t k = 0; k < d->labels; k++) {
		double n = f->own[k];

		f->own[k] = (n + 1) / (n + d->labels);
		f->other[k] = 1 / (n + d->labels);
	}
}

lurewatch_error
lw_calibrate(const struct lw_calibration_data *data, double prior, double *out)
{
	struct fit f = { .data = data, .prior = prior, .size = data->labels * (data->rows + 1) };
	double *block = calloc((ARRAYS + 2 * MEMORY) * f.size, sizeof *block);
	lurewatch_error e = LUREWATCH_E_MEMORY;

	f.own = calloc(3 * (size_t)data->labels, sizeof *f.own);
	memset(out, 0, f.size * sizeof *out);
	if (block != NULL && f.own != NULL) {
		f.other = f.own + data->labels;
		f.p = f.other + data->labels;
		set_targets(&f);
		descend(&f, block, out);
		e = LUREWATCH_OK;
	}
	free(block);
	free(f.own);
	return e;
}
