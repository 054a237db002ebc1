/*
 * write.c - a model file, written whole or not at all
 *
 * The file is made under another name in the same folder, synced and renamed;
 * on any error that file is removed and the old model stays as it was.
 */
#include "model/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uvernum.h>
#include <unistd.h>
#include <xxhash.h>

static bool
put_part(struct lw_buffer *b, struct lw_file_header *h, enum lw_part p, const void *at, size_t len)
{
	static const char nothing[LW_RECORD] = { 0 };

	if (!lw_buffer_add(b, nothing, (LW_RECORD - b->len % LW_RECORD) % LW_RECORD))
		return false;
	h->part[p].at = b->len;
	h->part[p].len = len;
	return lw_buffer_add(b, at, len);
}

static bool
put_labels(struct lw_buffer *b, struct lw_file_header *h, const struct lw_model_parts *p)
{
	struct lw_buffer names = { 0 };
	bool done = true;

	for (uint32_t k = 0; done && k < p->labels; k++)
		done = lw_buffer_add(&names, p->label[k], strlen(p->label[k]) + 1);
	done = done && put_part(b, h, LW_PART_LABELS, names.at, names.len);
	lw_buffer_free(&names);
	return done;
}

/* The step of each row: its largest weight is 127 steps. */
static void
scales(const struct lw_model_parts *p, double *scale)
{
	uint32_t rows = lw_model_rows(p->experts, p->labels);
	float most[LW_ROWS_MAX] = { 0 };

	for (size_t i = 0; i < (size_t)p->dimension * rows; i++)
		most[i % rows] = fabsf(p->weight[i]) > most[i % rows] ? fabsf(p->weight[i]) : most[i % rows];
	for (uint32_t r = 0; r < rows; r++)
		scale[r] = most[r] > 0 ? (double)most[r] / INT8_MAX : 1;
}

static bool
put_known(struct lw_buffer *b, struct lw_file_header *h, const struct lw_model_parts *p)
{
	size_t len = p->dimension / 8 + 1;
	uint8_t *known = calloc(len, 1);
	bool done;

	for (size_t s = 0; known != NULL && s < p->dimension; s++)
		for (uint32_t e = 0; e < p->experts; e++)
			if (p->rarity[s * p->experts + e] != 0)
				known[s >> 3] |= (uint8_t)(1u << (s & 7));
	done = known != NULL && put_part(b, h, LW_PART_KNOWN, known, len);
	free(known);
	return done;
}

static bool
put_slots(struct lw_buffer *b, struct lw_file_header *h, const struct lw_model_parts *p, const double *scale)
{
	uint32_t rows = lw_model_rows(p->experts, p->labels), stride = lw_model_stride(p->experts, p->labels);
	int8_t *all = calloc((size_t)p->dimension * stride + 1, 1);
	bool done;

	for (size_t s = 0; all != NULL && s < p->dimension; s++) {
		int8_t *record = all + s * stride;

		for (uint32_t r = 0; r < rows; r++)
			record[r] = (int8_t)lrint((double)p->weight[s * rows + r] / scale[r]);
		memcpy(record + rows, p->rarity + s * p->experts, p->experts);
	}
	done = all != NULL && put_part(b, h, LW_PART_SLOTS, all, (size_t)p->dimension * stride);
	free(all);
	return done;
}

static bool
render(struct lw_buffer *b, const struct lw_model_parts *p)
{
	struct lw_file_header h = { .magic = LW_MODEL_MAGIC, .order = LW_MODEL_ORDER, .version = LW_MODEL_VERSION,
		.settings = p->settings, .experts = p->experts, .labels = p->labels, .dimension = p->dimension,
		.icu = U_ICU_VERSION_MAJOR_NUM, .threshold = p->threshold };
	uint32_t rows = lw_model_rows(p->experts, p->labels), own = p->labels * (p->labels + 1);
	uint8_t flagged[LW_LABELS_MAX];
	double scale[LW_ROWS_MAX];

	scales(p, scale);
	for (uint32_t k = 0; k < p->labels; k++)
		flagged[k] = p->flagged[k];
	if (!lw_buffer_add(b, (const char *)&h, sizeof h) || !put_labels(b, &h, p) ||
	    !put_part(b, &h, LW_PART_FLAGGED, flagged, p->labels) ||
	    !put_part(b, &h, LW_PART_BIAS, p->bias, rows * sizeof *p->bias) ||
	    !put_part(b, &h, LW_PART_SCALE, scale, rows * sizeof *scale) ||
	    !put_part(b, &h, LW_PART_CALIBRATION, p->calibration, (p->experts * own + (p->experts == 2 ? 2 : 0)) * sizeof *p->calibration) ||
	    !put_part(b, &h, LW_PART_RECORD, p->record, strlen(p->record) + 1) ||
	    !put_part(b, &h, LW_PART_VOCABULARY, p->vocabulary.at, p->vocabulary.len) ||
	    !put_known(b, &h, p) || !put_slots(b, &h, p, scale))
		return false;
	h.size = b->len;
	memcpy(b->at, &h, sizeof h);
	h.checksum = XXH3_64bits(b->at + offsetof(struct lw_file_header, settings),
	    b->len - offsetof(struct lw_file_header, settings));
	memcpy(b->at, &h, sizeof h);
	return true;
}

static bool
write_fully(int fd, const char *at, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* The rename itself is made lasting too, where the folder can be synced. */
static void
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
	int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

static lurewatch_error
replace(const char *path, const char *other, const struct lw_buffer *b)
{
	int fd = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), cause;
	bool done;

	if (fd < 0)
		return LUREWATCH_E_IO;
	done = write_fully(fd, b->at, b->len) && fsync(fd) == 0;
	cause = errno;
	if (close(fd) != 0 && done) {
		cause = errno;
		done = false;
	}
	if (done && rename(other, path) != 0) {
		cause = errno;
		done = false;
	}
	if (!done) {
		unlink(other);
		errno = cause;
		return LUREWATCH_E_IO;
	}
	sync_folder(path);
	return LUREWATCH_OK;
}

static bool
makes_sense(const struct lw_model_parts *p)
{
	return p->experts >= 1 && p->experts <= LW_EXPERTS_MAX && p->labels >= 2 && p->labels <= LW_LABELS_MAX &&
	    lw_settings_valid(&p->settings);
}

lurewatch_error
lw_model_write(const char *path, const struct lw_model_parts *p)
{
	struct lw_buffer b = { 0 }, other = { 0 };
	lurewatch_error e = LUREWATCH_E_MEMORY;

	if (!makes_sense(p))
		return LUREWATCH_E_ARGUMENT;
	if (render(&b, p) && lw_buffer_addf(&other, "%s.%ld.tmp", path, (long)getpid()) && lw_buffer_add(&other, "", 1))
		e = replace(path, other.at, &b);
	lw_buffer_free(&b);
	lw_buffer_free(&other);
	return e;
}
