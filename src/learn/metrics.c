/* metrics.c - the figures; nothing here allocates or can fail */
#include "learn/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ECE_BINS = 15 };

const double lw_recall_fpr[LW_RECALLS] = { [LW_RECALL_1] = 0.01, [LW_RECALL_05] = 0.005, [LW_RECALL_01] = 0.001,
	[LW_RECALL_3] = 0.03 };

#define AT(field) offsetof(struct lw_metrics, field)
const struct lw_figure_about lw_figure[LW_FIGURES] = {
	[LW_AUC] = { "auc", "AUC", AT(auc), true },
	[LW_AVERAGE_PRECISION] = { "average_precision", "average precision", AT(average_precision), true },
	[LW_PRECISION] = { "precision", "precision", AT(precision), true },
	[LW_RECALL] = { "recall", "recall", AT(recall), true },
	[LW_F1] = { "f1", "F1", AT(f1), true },
	[LW_FPR] = { "fpr", "false positives", AT(fpr), false },
	[LW_RECALL_AT_3] = { "recall_at_fpr_0.03", "recall at 3 % false positives", AT(recall_at[LW_RECALL_3]), true },
	[LW_RECALL_AT_1] = { "recall_at_fpr_0.01", "recall at 1 % false positives", AT(recall_at[LW_RECALL_1]), true },
	[LW_RECALL_AT_05] = { "recall_at_fpr_0.005", "recall at 0.5 % false positives", AT(recall_at[LW_RECALL_05]), true },
	[LW_RECALL_AT_01] = { "recall_at_fpr_0.001", "recall at 0.1 % false positives", AT(recall_at[LW_RECALL_01]), true },
	[LW_ECE] = { "ece", "calibration error (ECE)", AT(ece), false },
};

struct sums {
	double positive, negative;
};

double
lw_figure_of(const struct lw_metrics *m, enum lw_figure f)
{
	double x;

	memcpy(&x, (const char *)m + lw_figure[f].at, sizeof x);
	return x;
}

static int
riskiest_first(const void *a, const void *b)
{
	const struct lw_scored *x = a, *y = b;

	if (x->risk != y->risk)
		return x->risk < y->risk ? 1 : -1;
	return (int)y->positive - (int)x->positive;
}

void
lw_metrics_sort(struct lw_scored *s, size_t n)
{
	if (n > 0)
		qsort(s, n, sizeof *s, riskiest_first);
}

static struct sums
sum_up(const struct lw_scored *s, size_t n)
{
	struct sums all = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		*(s[i].positive ? &all.positive : &all.negative) += s[i].weight;
	return all;
}

static double
ratio(double a, double b)
{
	return b > 0 ? a / b : NAN;
}

/* A share of at most `limit`, rounding of sums of weights forgiven. */
static bool
within(double part, double whole, double limit)
{
	return part <= limit * whole + whole * 1e-9;
}

static void
at_threshold(const struct lw_scored *s, size_t n, struct sums all, struct lw_metrics *out)
{
	struct sums flagged = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		if (s[i].flagged)
			*(s[i].positive ? &flagged.positive : &flagged.negative) += s[i].weight;
	out->precision = ratio(flagged.positive, flagged.positive + flagged.negative);
	out->recall = ratio(flagged.positive, all.positive);
	out->fpr = ratio(flagged.negative, all.negative);
	out->f1 = ratio(2 * flagged.positive, flagged.positive + flagged.negative + all.positive);
}

/* One walk down the risks, a step for each value. */
static void
over_thresholds(const struct lw_scored *s, size_t n, struct sums all, struct lw_metrics *out)
{
	struct sums above = { 0, 0 };
	double pairs = 0, precision = 0;

	for (int r = 0; r < LW_RECALLS; r++)
		out->recall_at[r] = all.positive > 0 && all.negative > 0 ? 0 : NAN;
	for (size_t i = 0; i < n;) {
		struct sums here = { 0, 0 };
		double risk = s[i].risk;

		for (; i < n && s[i].risk == risk; i++)
			*(s[i].positive ? &here.positive : &here.negative) += s[i].weight;
		pairs += here.negative * (above.positive + here.positive / 2);
		above.positive += here.positive;
		above.negative += here.negative;
		if (here.positive > 0)
			precision += here.positive * ratio(above.positive, above.positive + above.negative);
		for (int r = 0; r < LW_RECALLS; r++)
			if (within(above.negative, all.negative, lw_recall_fpr[r]))
				out->recall_at[r] = ratio(above.positive, all.positive);
	}
	out->auc = ratio(pairs, all.positive * all.negative);
	out->average_precision = ratio(precision, all.positive);
}

static double
calibration_error(const struct lw_scored *s, size_t n)
{
	double risk[ECE_BINS] = { 0 }, positive[ECE_BINS] = { 0 }, all = 0, error = 0;

	for (size_t i = 0; i < n; i++) {
		int b = (int)(s[i].risk * ECE_BINS);

		b = b < ECE_BINS ? b : ECE_BINS - 1;
		risk[b] += s[i].weight * s[i].risk;
		positive[b] += s[i].positive ? s[i].weight : 0;
		all += s[i].weight;
	}
	for (int b = 0; b < ECE_BINS; b++)
		error += fabs(risk[b] - positive[b]);
	return ratio(error, all);
}

void
lw_metrics_sorted(const struct lw_scored *s, size_t n, struct lw_metrics *out)
{
	struct sums all = sum_up(s, n);

	*out = (struct lw_metrics){ .ece = calibration_error(s, n) };
	for (size_t i = 0; i < n; i++) {
		out->n += s[i].weight > 0;
		out->positives += s[i].weight > 0 && s[i].positive;
	}
	at_threshold(s, n, all, out);
	over_thresholds(s, n, all, out);
}

void
lw_metrics_binary(struct lw_scored *s, size_t n, double threshold, struct lw_metrics *out)
{
	lw_metrics_sort(s, n);
	for (size_t i = 0; i < n; i++)
		s[i].flagged = s[i].risk >= threshold;
	lw_metrics_sorted(s, n, out);
}

double
lw_threshold_for(struct lw_scored *s, size_t n, double target)
{
	struct sums all = sum_up(s, n);
	double passed = 0, above = 1;

	if (n == 0 || !(all.negative > 0))
		return 0.5;
	lw_metrics_sort(s, n);
	for (size_t i = 0; i < n;) {
		double here = 0, risk = s[i].risk;

		for (; i < n && s[i].risk == risk; i++)
			here += s[i].positive ? 0 : s[i].weight;
		if (!within(passed + here, all.negative, target))
			return above > risk ? risk + (above - risk) / 2 : 1;
		passed += here;
		above = risk;
	}
	return 0;
}

void
lw_metrics_class(const uint64_t *confusion, size_t k, size_t label, struct lw_class_metrics *out)
{
	double hit = (double)confusion[label * k + label];

	*out = (struct lw_class_metrics){ 0 };
	for (size_t i = 0; i < k; i++) {
		out->truth += confusion[label * k + i];
		out->said += confusion[i * k + label];
	}
	out->precision = ratio(hit, (double)out->said);
	out->recall = ratio(hit, (double)out->truth);
	out->f1 = ratio(2 * hit, (double)(out->truth + out->said));
}

double
lw_metrics_accuracy(const uint64_t *confusion, size_t k)
{
	double hit = 0, all = 0;

	for (size_t i = 0; i < k * k; i++) {
		all += (double)confusion[i];
		hit += i % (k + 1) == 0 ? (double)confusion[i] : 0;
	}
	return ratio(hit, all);
}

double
lw_metrics_macro_f1(const uint64_t *confusion, size_t k)
{
	struct lw_class_metrics m;
	double sum = 0, labels = 0;

	for (size_t i = 0; i < k; i++) {
		lw_metrics_class(confusion, k, i, &m);
		if (m.truth + m.said == 0)
			continue;
		sum += m.f1;
		labels++;
	}
	return ratio(sum, labels);
}
