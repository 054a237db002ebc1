/* about.c - what a model says of itself, errors in words, the version; nothing here can fail */
#include "model/file.h"

static const struct {
	lurewatch_error error;
	const char *text;
} errors[] = {
	{ LUREWATCH_OK, "no error" },
	{ LUREWATCH_E_MEMORY, "out of memory" },
	{ LUREWATCH_E_ARGUMENT, "an argument is out of its range" },
	{ LUREWATCH_E_IO, "a file could not be read or written" },
	{ LUREWATCH_E_MODEL_FOREIGN, "not a Lurewatch model" },
	{ LUREWATCH_E_MODEL_NEWER, "made by a later version of Lurewatch" },
	{ LUREWATCH_E_MODEL_OLDER, "made by an earlier version of Lurewatch that is no longer read" },
	{ LUREWATCH_E_MODEL_ENDIAN, "made for a machine of the other byte order" },
	{ LUREWATCH_E_MODEL_TRUNCATED, "truncated: shorter than it says it is" },
	{ LUREWATCH_E_MODEL_DAMAGED, "damaged: its contents do not fit its checksum or its own description" },
	{ LUREWATCH_E_VOCABULARY, "the vocabulary has an error" },
	{ LUREWATCH_E_UNICODE, "ICU lacks a service that is needed" },
};

const char *
lurewatch_strerror(lurewatch_error e)
{
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
		if (errors[i].error == e)
			return errors[i].text;
	return "unknown error";
}

const char *
lurewatch_version(void)
{
	return LUREWATCH_VERSION;
}

size_t
lurewatch_labels(const lurewatch *m)
{
	return m->header->labels;
}

const char *
lurewatch_label(const lurewatch *m, size_t i)
{
	return i < m->header->labels ? m->label[i] : NULL;
}

bool
lurewatch_label_flagged(const lurewatch *m, size_t i)
{
	return i < m->header->labels && m->flagged[i] != 0;
}

double
lurewatch_threshold(const lurewatch *m)
{
	return m->header->threshold;
}

size_t
lurewatch_indicators(const lurewatch *m)
{
	return lw_vocabulary_indicators(m->vocabulary);
}

const char *
lurewatch_indicator_name(const lurewatch *m, size_t i)
{
	return i <= UINT32_MAX ? lw_vocabulary_indicator(m->vocabulary, (uint32_t)i) : NULL;
}

const char *
lurewatch_indicator_meaning(const lurewatch *m, size_t i)
{
	return i <= UINT32_MAX ? lw_vocabulary_meaning(m->vocabulary, (uint32_t)i) : NULL;
}

const char *
lurewatch_indicator_side(const lurewatch *m, size_t i)
{
	return i <= UINT32_MAX ? lw_vocabulary_side(m->vocabulary, (uint32_t)i) : NULL;
}

const char *
lurewatch_record(const lurewatch *m)
{
	return m->record;
}

const struct lw_settings *
lw_model_settings(const lurewatch *m)
{
	return &m->header->settings;
}

const struct lw_vocabulary *
lw_model_vocabulary(const lurewatch *m)
{
	return m->vocabulary;
}

struct lw_span
lw_model_vocabulary_bytes(const lurewatch *m)
{
	return (struct lw_span){ (const char *)m->header + m->header->part[LW_PART_VOCABULARY].at,
		m->header->part[LW_PART_VOCABULARY].len };
}

uint32_t
lw_model_experts(const lurewatch *m)
{
	return m->header->experts;
}

double
lw_model_weight(const lurewatch *m, uint32_t slot, uint32_t row)
{
	if (slot >= m->header->dimension || row >= m->rows)
		return 0;
	return m->scale[row] * m->slot[(size_t)slot * m->stride + row];
}

uint32_t
lw_model_rarity(const lurewatch *m, uint32_t slot, uint32_t expert)
{
	if (slot >= m->header->dimension || expert >= m->header->experts)
		return 0;
	return (uint8_t)m->slot[(size_t)slot * m->stride + m->rows + expert];
}

double
lw_model_bias(const lurewatch *m, uint32_t row)
{
	return row < m->rows ? m->bias[row] : 0;
}

const double *
lw_model_calibration(const lurewatch *m)
{
	return m->calibration;
}
