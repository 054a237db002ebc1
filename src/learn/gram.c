/*
 * gram.c - inner products of a working set
 *
 * For PRECOMPUTED, libsvm wants a row of svm_node { int index; double value }, sixteen bytes, a
 * member: node 0 holds the member's number (from 1), node k its product with member k.
 * It reads nothing but `value` there (Kernel::kernel_precomputed: x[i][(int)x[j][0].value].value), and of
 * a product nothing but the first digits matter. So four rows are laid into the memory of one, each four bytes
 * further than the one before it: a word of memory is the upper half of one row's value, with its sign, exponent and
 * twenty bits of fraction, and serves the next row's value as its lower half, where any bits are good enough.
 *
 *      words      .  .  .  a0 b0 c0 d0 a1 b1 c1 d1 a2 ...
 *      row a         [node 0   ][node 1   ] ...            value of node k: words 4k + 2 (lower), 4k + 3 (upper)
 *      row b            [node 0   ][node 1   ] ...
 *
 * A product is off by less than a millionth of itself; numbers of members are whole, far below 2^21 and exact once libsvm
 * cuts off the fraction. 25,000 members take 2.5 GB this way instead of 10. Little-endian, as
 * the model file is; loads from addresses that are multiples of four only must be allowed, as on x86 and ARM.
 * Allocation failure gives LUREWATCH_E_MEMORY.
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

enum { ROWS = 4 };              /* laid into one another */

/* Words from one set of rows to the next; some more keep the sets' first nodes out of one set of the cache. */
static size_t
stride(size_t n)
{
	return 4 * (n + 1) + ROWS + 16;
}

static void
put(uint32_t *row, size_t node, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	row[4 * node + 3] = (uint32_t)(bits >> 32);
}

size_t
lw_gram_bytes(size_t n)
{
	size_t bytes = (n + ROWS - 1) / ROWS * stride(n) * sizeof(uint32_t);

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
		put(g->row[i], 0, (double)(i + 1));
		for (size_t k = rows->start[member[i]]; k < rows->start[member[i] + 1]; k++) {
			struct posting *list = p.all + p.start[rows->column[k]];
			uint32_t length = filled[rows->column[k]]++;
			float value = rows->value[k];

			list[length] = (struct posting){ (uint32_t)i, value };
			for (uint32_t j = 0; j <= length; j++)
				sum[list[j].member] += list[j].value * value;
		}
		for (size_t j = 0; j <= i; j++) {
			put(g->row[i], j + 1, (double)sum[j]);
			put(g->row[j], i + 1, (double)sum[j]);
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
	out->row = malloc((n + 1) * sizeof(uint32_t *));
	out->all = aligned_alloc(HUGE_PAGE, out->bytes);
	if (out->row == NULL || out->all == NULL) {
		lw_gram_free(out);
		return LUREWATCH_E_MEMORY;
	}
	/* libsvm's walks jump from row to row: small pages would cost a table walk a step. Only a hint. */
	madvise(out->all, out->bytes, MADV_HUGEPAGE);
	/* rows that the last set lacks would leave their neighbours' lower halves to chance */
	memset(out->all + (n - 1) / ROWS * stride(n), 0, stride(n) * sizeof *out->all);
	for (size_t i = 0; i < n; i++)
		out->row[i] = out->all + i / ROWS * stride(n) + i % ROWS;
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
