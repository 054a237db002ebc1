/*
 * gram.c - inner products of a working set
 *
 * For PRECOMPUTED, libsvm wants a row of svm_node { int index; double value } a
 * member: node 0 holds the member's number (from 1), node k its product with member k.
 * It reads nothing but `value` there (Kernel::kernel_precomputed: x[i][(int)x[j][0].value].value),
 * so half of the memory would be unread indices. Two rows are therefore laid
 * into one: the values of the odd row stand in the index fields of the even one.
 *
 *      even row's nodes   [ .  v0][ .  v1][ .  v2] ...
 *      odd row's nodes        [ .  u0 ][ .  u1 ] ...      one double further
 *      memory               .  v0  u0  v1  u1  v2 ...
 *
 * 12,000 members take 1.15 GB this way. Allocation failure gives LUREWATCH_E_MEMORY.
 */
#include "learn/gram.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

struct posting {
	uint32_t member;
	float value;
};

struct postings {
	size_t *start;                  /* of each column */
	struct posting *all;
};

/* Doubles from one pair of rows to the next; 8 more keep the pairs' first nodes out of one cache set. */
static size_t
stride(size_t n)
{
	return 2 * (n + 1) + 8;
}

size_t
lw_gram_bytes(size_t n)
{
	size_t bytes = (n + 1) / 2 * stride(n) * sizeof(double);

	return (bytes + HUGE_PAGE) / HUGE_PAGE * HUGE_PAGE;
}

static void
free_postings(struct postings *p)
{
	free(p->start);
	free(p->all);
}

/* Which members have a column, ascending, as far as they have been entered. */
static bool
make_postings(const struct lw_rows *rows, const uint32_t *member, size_t n, struct postings *out)
{
	size_t total = 0;

	out->start = calloc((size_t)rows->columns + 1, sizeof *out->start);
	for (size_t i = 0; out->start != NULL && i < n; i++)
		for (size_t k = rows->start[member[i]]; k < rows->start[member[i] + 1]; k++)
			out->start[rows->column[k]]++;
	for (uint32_t c = 0; out->start != NULL && c < rows->columns; c++) {
		size_t count = out->start[c];

		out->start[c] = total;
		total += count;
	}
	out->all = malloc((total + 1) * sizeof *out->all);
	if (out->start == NULL || out->all == NULL) {
		free_postings(out);
		return false;
	}
	return true;
}

static lurewatch_error
fill(const struct lw_rows *rows, const uint32_t *member, size_t n, struct lw_gram *g)
{
	struct postings p = { 0 };
	uint32_t *filled = calloc((size_t)rows->columns + 1, sizeof *filled);
	float *sum = calloc(n + 1, sizeof *sum);
	lurewatch_error e = LUREWATCH_E_MEMORY;

	if (filled != NULL && sum != NULL && make_postings(rows, member, n, &p))
		e = LUREWATCH_OK;
	for (size_t i = 0; i < n && e == LUREWATCH_OK; i++) {
		g->row[i][1] = (double)(i + 1);
		for (size_t k = rows->start[member[i]]; k < rows->start[member[i] + 1]; k++) {
			struct posting *list = p.all + p.start[rows->column[k]];
			uint32_t length = filled[rows->column[k]]++;
			float value = rows->value[k];

			list[length] = (struct posting){ (uint32_t)i, value };
			for (uint32_t j = 0; j <= length; j++)
				sum[list[j].member] += list[j].value * value;
		}
		for (size_t j = 0; j <= i; j++) {
			g->row[i][2 * (j + 1) + 1] = g->row[j][2 * (i + 1) + 1] = (double)sum[j];
			sum[j] = 0;
		}
	}
	if (e == LUREWATCH_OK)
		free_postings(&p);
	free(filled);
	free(sum);
	return e;
}

lurewatch_error
lw_gram_make(const struct lw_rows *rows, const uint32_t *member, size_t n, struct lw_gram *out)
{
	lurewatch_error e;

	*out = (struct lw_gram){ .bytes = lw_gram_bytes(n) };
	out->row = malloc((n + 1) * sizeof(double *));
	out->all = aligned_alloc(HUGE_PAGE, out->bytes);
	if (out->row == NULL || out->all == NULL) {
		lw_gram_free(out);
		return LUREWATCH_E_MEMORY;
	}
	/* libsvm's walks jump from row to row: small pages would cost a table walk a step. Only a hint. */
	madvise(out->all, out->bytes, MADV_HUGEPAGE);
	for (size_t i = 0; i < n; i++)
		out->row[i] = out->all + i / 2 * stride(n) + i % 2;
	e = fill(rows, member, n, out);
	if (e != LUREWATCH_OK)
		lw_gram_free(out);
	return e;
}

void
lw_gram_free(struct lw_gram *g)
{
	free(g->all);
	free(g->row);
	*g = (struct lw_gram){ 0 };
}
