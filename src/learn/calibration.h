/*
 * calibration.h - from margins to probabilities
 *
 *      P(k | m) = softmax_k(A m + c)
 *
 * fitted to out-of-fold margins by weighted maximum likelihood with a small
 * Gaussian prior: minimise
 *      - sum_i w_i sum_k t_ik log P(k | m_i)  +  prior/2 (|A|^2)
 * with targets t_ik of Lin, Lin and Weng (2007), the correction of Platt's (1999)
 * for K labels: (N_k + 1) / (N_k + K) for row i's own label k, 1 / (N_k + K) for each other,
 * N_k being rows of its label. With two labels and one margin that is Platt's sigmoid.
 */
#ifndef LW_CALIBRATION_H
#define LW_CALIBRATION_H

#include "lurewatch.h"

struct lw_calibration_data {
	size_t n, rows;                 /* messages; margins a message */
	uint32_t labels;
	const double *margin;           /* n x rows */
	const uint32_t *label;          /* n, below labels */
	const double *weight;           /* n */
};

/* out: labels x (rows + 1), the constant last. The same data give the same bytes. */
lurewatch_error lw_calibrate(const struct lw_calibration_data *, double prior, double *out);

#endif
