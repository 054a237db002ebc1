/*
 * file.h - the model file (*.lwm), byte for byte
 *
 * One header of fixed size, then sections at offsets it names, each 8-byte aligned; all
 * numbers little-endian; no pointers. The checksum (XXH3, 64 bits) covers everything after itself.
 *
 * A slot's record is `stride` bytes, a multiple of 16, so that it lies in one cache line: a byte for each of
 * the R rows, w = q * scale[row] with q signed, then a byte for each expert, the rarity; then zeros. The step is
 * the same for all of a row, so sums are sums of integers and do not depend on their order.
 */
#ifndef LW_FILE_H
#define LW_FILE_H

#include "model/model.h"

#define LW_MODEL_MAGIC "LWMODEL"        /* with its NUL: 8 bytes */
#define LW_MODEL_ORDER 0x01020304u
#define LW_MODEL_VERSION 2u        /* 2: character n-grams count as often as they stand there */

enum lw_part { LW_PART_LABELS, LW_PART_FLAGGED, LW_PART_BIAS, LW_PART_SCALE, LW_PART_CALIBRATION, LW_PART_RECORD,
	LW_PART_VOCABULARY, LW_PART_KNOWN, LW_PART_SLOTS, LW_PARTS };

enum { LW_RECORD = 16 };                /* records are so many bytes, or a multiple */

static inline uint32_t
lw_model_stride(uint32_t experts, uint32_t labels)
{
	return (lw_model_rows(experts, labels) + experts + LW_RECORD - 1) / LW_RECORD * LW_RECORD;
}

struct lw_file_header {
	char magic[8];
	uint32_t order, version;
	uint64_t size;                  /* of the file */
	uint64_t checksum;
	struct lw_settings settings;
	uint32_t experts, labels, dimension, icu;       /* icu: major version of ICU it was trained with */
	double threshold;
	struct { uint64_t at, len; } part[LW_PARTS];
};

struct lurewatch {
	const struct lw_file_header *header;    /* the mapping */
	size_t size;
	const char *labels;             /* K names, each with its NUL */
	const char *label[LW_LABELS_MAX];
	const uint8_t *flagged, *known; /* known: a bit a slot, set when any expert knows it */
	const double *bias, *scale, *calibration;
	const char *record;
	const int8_t *slot;             /* D records */
	uint32_t rows, stride;
	struct lw_vocabulary *vocabulary;
};

#endif
