/*
 * open.c - mapping a model file
 *
 * Each way a file can be wrong has its error; none of them crashes. The file is
 * read once, in pieces, for its checksum, and mapped: only the pages that scoring
 * touches become resident, and processes share them.
 */
#include "model/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

enum { WINDOW = 2 << 20 };
#define CHECKED_FROM offsetof(struct lw_file_header, settings)

static lurewatch_error
read_fully(int fd, void *to, size_t len, off_t at)
{
	char *p = to;

	while (len > 0) {
		ssize_t got = pread(fd, p, len, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return LUREWATCH_E_IO;
		if (got == 0)
			return LUREWATCH_E_MODEL_TRUNCATED;
		p += got;
		len -= (size_t)got;
		at += got;
	}
	return LUREWATCH_OK;
}

/* A window at a time: mapping is quicker than copying, and what was looked at does not stay resident. */
static lurewatch_error
check_sum(int fd, const struct lw_file_header *h)
{
	XXH3_state_t *state = XXH3_createState();
	lurewatch_error e = state != NULL ? LUREWATCH_OK : LUREWATCH_E_MEMORY;

	if (e == LUREWATCH_OK)
		XXH3_64bits_reset(state);
	for (uint64_t at = 0; e == LUREWATCH_OK && at < h->size; at += WINDOW) {
		size_t n = h->size - at < WINDOW ? (size_t)(h->size - at) : WINDOW, skip = at == 0 ? CHECKED_FROM : 0;
		char *window = mmap(NULL, n, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, (off_t)at);

		if (window == MAP_FAILED) {
			e = LUREWATCH_E_IO;
			break;
		}
		XXH3_64bits_update(state, window + skip, n - skip);
		munmap(window, n);
	}
	if (e == LUREWATCH_OK && XXH3_64bits_digest(state) != h->checksum)
		e = LUREWATCH_E_MODEL_DAMAGED;
	XXH3_freeState(state);
	return e;
}

/* What kind of file it is, by its first bytes and its length. */
static lurewatch_error
check_header(int fd, uint64_t size, struct lw_file_header *h)
{
	size_t head = size < sizeof *h ? (size_t)size : sizeof *h;
	lurewatch_error e;

	memset(h, 0, sizeof *h);
	e = read_fully(fd, h, head, 0);
	if (e != LUREWATCH_OK)
		return e;
	if (head == 0 || memcmp(h->magic, LW_MODEL_MAGIC, head < 8 ? head : 8) != 0)
		return LUREWATCH_E_MODEL_FOREIGN;
	if (head < CHECKED_FROM)
		return LUREWATCH_E_MODEL_TRUNCATED;
	if (h->order != LW_MODEL_ORDER)
		return h->order == __builtin_bswap32(LW_MODEL_ORDER) ? LUREWATCH_E_MODEL_ENDIAN : LUREWATCH_E_MODEL_DAMAGED;
	if (h->version != LW_MODEL_VERSION)
		return h->version > LW_MODEL_VERSION ? LUREWATCH_E_MODEL_NEWER : LUREWATCH_E_MODEL_OLDER;
	if (size < h->size || head < sizeof *h)
		return LUREWATCH_E_MODEL_TRUNCATED;
	return size > h->size ? LUREWATCH_E_MODEL_DAMAGED : LUREWATCH_OK;
}

static const void *
part(const lurewatch *m, enum lw_part p, uint64_t items, size_t size)
{
	uint64_t at = m->header->part[p].at, len = m->header->part[p].len;

	if (at % LW_RECORD != 0 || at < sizeof *m->header || at > m->size || len > m->size - at || len != items * size)
		return NULL;
	return (const char *)m->header + at;
}

static const void *
text_part(const lurewatch *m, enum lw_part p)
{
	uint64_t len = m->header->part[p].len;
	const char *text = part(m, p, len, 1);

	return text != NULL && len > 0 && text[len - 1] == '\0' ? text : NULL;
}

static bool
take_labels(lurewatch *m)
{
	const char *at = m->labels, *end = at + m->header->part[LW_PART_LABELS].len;

	for (uint32_t k = 0; k < m->header->labels; k++) {
		if (at >= end)
			return false;
		m->label[k] = at;
		at += strlen(at) + 1;
	}
	return true;
}

static bool
take_parts(lurewatch *m)
{
	const struct lw_file_header *h = m->header;

	m->rows = lw_model_rows(h->experts, h->labels);
	m->stride = lw_model_stride(h->experts, h->labels);
	m->labels = text_part(m, LW_PART_LABELS);
	m->record = text_part(m, LW_PART_RECORD);
	m->flagged = part(m, LW_PART_FLAGGED, h->labels, 1);
	m->bias = part(m, LW_PART_BIAS, m->rows, sizeof *m->bias);
	m->scale = part(m, LW_PART_SCALE, m->rows, sizeof *m->scale);
	m->calibration = part(m, LW_PART_CALIBRATION,
	    (uint64_t)h->experts * h->labels * (h->labels + 1) + (h->experts == 2 ? 2 : 0), sizeof *m->calibration);
	m->known = part(m, LW_PART_KNOWN, h->dimension / 8 + 1, 1);
	m->slot = part(m, LW_PART_SLOTS, (uint64_t)h->dimension * m->stride, 1);
	return m->labels != NULL && m->record != NULL && m->flagged != NULL && m->bias != NULL && m->scale != NULL &&
	    m->calibration != NULL && m->known != NULL && m->slot != NULL && take_labels(m);
}

static lurewatch_error
take_apart(lurewatch *m)
{
	const struct lw_file_header *h = m->header;
	uint64_t len = h->part[LW_PART_VOCABULARY].len;
	const char *vocabulary;
	lurewatch_error e;

	if (h->experts < 1 || h->experts > LW_EXPERTS_MAX || h->labels < 2 || h->labels > LW_LABELS_MAX ||
	    !lw_settings_valid(&h->settings) || !take_parts(m) ||
	    (vocabulary = part(m, LW_PART_VOCABULARY, len, 1)) == NULL)
		return LUREWATCH_E_MODEL_DAMAGED;
	e = lw_vocabulary_open(vocabulary, (size_t)len, &m->vocabulary);
	if (e == LUREWATCH_OK && lw_dimension(&h->settings, m->vocabulary) != h->dimension)
		e = LUREWATCH_E_MODEL_DAMAGED;
	return e;
}

static lurewatch_error
open_fd(int fd, lurewatch **out)
{
	struct lw_file_header header;
	struct stat st;
	lurewatch *m;
	void *map;
	lurewatch_error e;

	if (fstat(fd, &st) != 0)
		return LUREWATCH_E_IO;
	if (!S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return LUREWATCH_E_IO;
	}
	e = check_header(fd, (uint64_t)st.st_size, &header);
	if (e == LUREWATCH_OK)
		e = check_sum(fd, &header);
	if (e != LUREWATCH_OK)
		return e;
	map = mmap(NULL, (size_t)header.size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return LUREWATCH_E_IO;
	/* the file was just read, so its pages are at hand: bring in those that are touched, not their neighbours */
	madvise(map, (size_t)header.size, MADV_RANDOM);
	m = calloc(1, sizeof *m);
	if (m == NULL) {
		munmap(map, (size_t)header.size);
		return LUREWATCH_E_MEMORY;
	}
	m->header = map;
	m->size = (size_t)header.size;
	e = take_apart(m);
	if (e != LUREWATCH_OK) {
		lurewatch_close(m);
		return e;
	}
	*out = m;
	return LUREWATCH_OK;
}

lurewatch_error
lurewatch_open(const char *path, lurewatch **out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), cause;
	lurewatch_error e;

	if (fd < 0)
		return LUREWATCH_E_IO;
	e = open_fd(fd, out);
	cause = errno;
	close(fd);
	errno = cause;
	return e;
}

void
lurewatch_close(lurewatch *m)
{
	if (m == NULL)
		return;
	lw_vocabulary_free(m->vocabulary);
	munmap((void *)(uintptr_t)m->header, m->size);
	free(m);
}
