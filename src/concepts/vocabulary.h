/*
 * vocabulary.h - the interlingua, ready to match
 *
 * A vocabulary is compiled from models/concepts.tsv, models/concepts/<lang>.tsv
 * and models/indicators.tsv (and ICU's names of countries, currencies, months
 * and weekdays) when a model is trained, and travels inside the model as one
 * position-independent block of bytes. Scoring maps that block and never parses.
 *
 * Rules of matching. Forms pass the text layer like any message. Where words are spaced a form is a
 * word, a phrase, or a marked stem (stem*, *stem, *stem*) and covers whole words; where they are not it is any
 * stretch between graphemes. The longest form wins, phrases before stems, from left to right. A
 * form that stands for different concepts in different languages takes the one whose languages own most of the
 * message's other forms; within a language the file's earlier line wins, and a written form wins over ICU's.
 */
#ifndef LW_VOCABULARY_H
#define LW_VOCABULARY_H

#include "lurewatch.h"
#include "text/buffer.h"

struct lw_vocabulary;

/* Reads DIR/concepts.tsv, DIR/concepts/<lang>.tsv, DIR/indicators.tsv. On LUREWATCH_E_VOCABULARY
 * and LUREWATCH_E_IO `reason` (if not NULL) says file, line and cause. */
lurewatch_error lw_vocabulary_compile(const char *dir, struct lw_buffer *out, struct lw_buffer *reason);

/* A vocabulary over bytes that stay where they are (8-byte aligned) as long as it lives; checks every
 * offset. An empty block (len 0) is a vocabulary without concepts. */
lurewatch_error lw_vocabulary_open(const char *bytes, size_t len, struct lw_vocabulary **out);
void lw_vocabulary_free(struct lw_vocabulary *);

uint32_t lw_vocabulary_concepts(const struct lw_vocabulary *);
const char *lw_vocabulary_concept(const struct lw_vocabulary *, uint32_t id);   /* its name; NULL past the end */
uint32_t lw_vocabulary_function_word(const struct lw_vocabulary *);              /* the concept of words without content */
uint32_t lw_vocabulary_indicators(const struct lw_vocabulary *);
const char *lw_vocabulary_indicator(const struct lw_vocabulary *, uint32_t id); /* NULL past the end */
const char *lw_vocabulary_meaning(const struct lw_vocabulary *, uint32_t id);
const char *lw_vocabulary_side(const struct lw_vocabulary *, uint32_t id);

#endif
