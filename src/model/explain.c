/*
 * explain.c - the passages that moved a verdict
 *
 * Each feature's share of the log-odds of "flagged" is spread over the letters
 * it was found in; the passages are the runs of words whose shares sum highest, or
 * lowest. With P the probability of the flagged labels, the log-odds log P / (1 - P) have the slopes
 *      d/dm_r  =  share_e sum over flagged k of  p_ek (A_kr - sum over j of p_ej A_jr)  /  (P (1 - P))
 * in the margins of expert e around this message. The gate is taken as it stands: which expert has
 * the say is no reason for or against.
 */
#include "model/scorer.h"

#include <math.h>

enum { LONGEST = 16 };                  /* words, or letters where words are not spaced, of a passage */
static const double LEAST = 0.05;       /* log-odds: less is no reason */
static const double KEEN = 0.25;        /* of the best unit's gain: what a unit must bring to lengthen a passage */

static void
slopes(const lurewatch_scorer *s, double *slope)
{
	const lurewatch *m = s->model;
	uint32_t labels = m->header->labels, experts = m->header->experts;
	size_t size = (size_t)labels * (labels + 1);
	double gate = experts == 2 ? lw_gate(m->calibration + 2 * size, s->margin[2 * labels]) : 1, risk = 0, spread;

	for (uint32_t k = 0; k < labels; k++)
		risk += m->flagged[k] != 0 ? s->probability[k] : 0;
	spread = risk * (1 - risk) > 1e-12 ? risk * (1 - risk) : 1e-12;
	for (uint32_t r = 0; r < m->rows; r++)
		slope[r] = 0;
	for (uint32_t e = 0; e < experts; e++) {
		const double *a = m->calibration + e * size;
		double p[LW_LABELS_MAX];

		lw_softmax(a, labels, labels, s->margin + e * labels, p);
		for (uint32_t r = 0; r < labels; r++) {
			double mean = 0, rise = 0;

			for (uint32_t k = 0; k < labels; k++)
				mean += p[k] * a[k * (labels + 1) + r];
			for (uint32_t k = 0; k < labels; k++)
				rise += m->flagged[k] != 0 ? p[k] * (a[k * (labels + 1) + r] - mean) : 0;
			slope[e * labels + r] = (e == 0 ? gate : 1 - gate) * rise / spread;
		}
	}
}

static double
share_of(const lurewatch_scorer *s, uint32_t slot, int block, const double *slope)
{
	const lurewatch *m = s->model;
	const int8_t *w = m->slot + (size_t)slot * m->stride;
	double sum = 0;

	for (uint32_t r = 0; r < m->rows; r++)
		sum += slope[r] * s->factor[block][lw_expert_of(r, m->header->labels)] * m->scale[r] * w[r];
	return sum;
}

/* Words begin after spaces; in scripts without them every letter is a unit. Gives the number, the end not counted. */
static lurewatch_error
find_units(lurewatch_scorer *s, const struct lw_text *t, size_t *n)
{
	uint32_t w = 0;
	size_t units = 0;

	if (!lw_grow(&s->unit, &s->unit_room, (size_t)t->n + 2, sizeof *s->unit) ||
	    !lw_grow(&s->gain, &s->gain_room, (size_t)t->n + 2, sizeof *s->gain))
		return LUREWATCH_E_MEMORY;
	for (uint32_t i = 0; i < t->n; i++) {
		bool apart;

		while (w < t->words && t->word[w].end <= i)
			w++;
		if (w < t->words && (t->word[w].flags & LW_WORD_TWIN) != 0)
			break;          /* twins stand at the end and have their originals' places */
		apart = w < t->words && t->word[w].begin <= i && (t->word[w].flags & LW_WORD_UNSPACED) != 0;
		if (t->sym[i] == ' ' || (i > 0 && t->sym[i - 1] != ' ' && !apart))
			continue;
		if (units > 0 && t->from[i] <= s->unit[units - 1])
			continue;
		s->gain[units] = 0;
		s->unit[units++] = t->from[i];
	}
	s->unit[units] = t->from[t->n];
	*n = units;
	return LUREWATCH_OK;
}

static size_t
unit_at(const lurewatch_scorer *s, size_t n, uint32_t byte)
{
	size_t low = 0, high = n;

	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;

		if (s->unit[middle] <= byte)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void
spread(lurewatch_scorer *s, size_t n, struct lw_range range, double share)
{
	size_t first, last;

	if (range.start >= range.end || n == 0)
		return;
	first = unit_at(s, n, range.start);
	last = unit_at(s, n, range.end - 1);
	for (size_t i = first; i <= last; i++)
		s->gain[i] += share / (double)(last - first + 1);
}

struct passage { size_t first, last; double weight; };

/* The run of units whose gains, times `sign` and less a price each, sum highest. Used units have no gain (NAN). */
static struct passage
best_passage(const lurewatch_scorer *s, size_t n, double sign)
{
	struct passage best = { 0, 0, 0 };
	double price = 0, most = 0;

	for (size_t i = 0; i < n; i++)
		if (KEEN * sign * s->gain[i] > price)
			price = KEEN * sign * s->gain[i];
	for (size_t i = 0; i < n; i++) {
		double sum = 0, worth = 0;

		if (!(sign * s->gain[i] > price))
			continue;
		for (size_t k = i; k < n && k < i + LONGEST && !isnan(s->gain[k]); k++) {
			sum += sign * s->gain[k];
			worth += sign * s->gain[k] - price;
			if (worth > most) {
				most = worth;
				best = (struct passage){ i, k, sum };
			}
		}
	}
	return best;
}

static struct passage
next_passage(const lurewatch_scorer *s, size_t n)
{
	struct passage up = best_passage(s, n, 1), down = best_passage(s, n, -1);

	if (up.weight >= down.weight)
		return up;
	down.weight = -down.weight;
	return down;
}

/* A passage ends where its last word does: white space after it is cut off. */
static size_t
trimmed(const char *utf8, size_t start, size_t end)
{
	while (end > start + 1 && (unsigned char)utf8[end - 1] <= ' ')
		end--;
	return end;
}

/* A longer passage may weigh more than a denser one that was found before it. */
static void
sort_strongest_first(lurewatch_evidence *out, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		lurewatch_evidence e = out[i];
		size_t k = i;

		for (; k > 0 && fabs(out[k - 1].weight) < fabs(e.weight); k--)
			out[k] = out[k - 1];
		out[k] = e;
	}
}

lurewatch_error
lurewatch_explain(lurewatch_scorer *s, const char *utf8, size_t len, lurewatch_evidence *out, size_t *n)
{
	const lurewatch *m = s->model;
	const struct lw_features *f;
	double slope[LW_ROWS_MAX];
	size_t units, room = *n;
	lurewatch_error e = lw_extract(s->extractor, utf8, len, LW_WITH_PLACES, &f);

	if (e == LUREWATCH_OK)
		e = find_units(s, lw_extractor_text(s->extractor), &units);
	if (e == LUREWATCH_OK)
		e = lw_scorer_margins(s, f);
	if (e != LUREWATCH_OK)
		return e;
	lw_calibrated(m->calibration, m->header->experts, m->header->labels, s->margin, s->probability);
	slopes(s, slope);
	for (int b = 0; b < LW_BLOCKS; b++)
		for (size_t i = 0; i < f->block[b].n; i++)
			spread(s, units, f->block[b].where[i], share_of(s, f->block[b].slot[i], b, slope));
	for (*n = 0; *n < room; ++*n) {
		struct passage p = next_passage(s, units);

		if (fabs(p.weight) < LEAST)
			break;
		out[*n] = (lurewatch_evidence){ s->unit[p.first], trimmed(utf8, s->unit[p.first], s->unit[p.last + 1]), p.weight };
		for (size_t i = p.first; i <= p.last; i++)
			s->gain[i] = NAN;
	}
	sort_strongest_first(out, *n);
	return LUREWATCH_OK;
}
