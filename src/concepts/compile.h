/* compile.h - making a vocabulary from its files: for the files of this room */
#ifndef LW_COMPILE_H
#define LW_COMPILE_H

#include "concepts/block.h"
#include "text/text.h"

enum { LW_MAX_LANGUAGES = 63 };         /* the last bit of a language set is for languages that only ICU knows */
#define LW_LANGUAGE_OTHER 63

enum lw_origin { LW_WRITTEN, LW_FROM_ICU };

struct lw_entry {
	uint64_t key;
	uint32_t concept;       /* LW_NO_CONCEPT: only "goes on" */
	uint32_t order;         /* earlier wins */
	uint8_t language, origin;
	bool goes_on;
};

struct lw_compiler {
	const char *dir;
	struct lw_buffer *reason;       /* may be NULL */
	struct lw_buffer path;          /* file being read, NUL-terminated */
	size_t line;
	struct lw_texter *texter;

	struct lw_buffer text;          /* all names, each with its NUL; the first is "" */
	uint32_t *concept, *sorted;     /* place of each concept's name in text; concepts by name */
	size_t concepts, concept_room, sorted_room;
	char language[LW_MAX_LANGUAGES][16];
	uint32_t languages;

	struct lw_entry *entry;
	size_t entries, entry_room;
	uint64_t *marks, *phrases;      /* LW_MARK_WORDS, LW_PHRASE_MARKS */
	bool has_digits;

	struct lw_block_indicator *indicator;
	struct lw_block_clause *clause;
	struct lw_block_term *term;
	size_t indicators, indicator_room, clauses, clause_room, terms, term_room;
	uint64_t *set;                  /* sets x concept_words: which concepts are in it */
	size_t sets, set_room;
	struct lw_named_set { struct lw_span name; uint32_t set; } *named; /* names borrow from the file being read */
	size_t nameds, named_room;
};

/* Says "PATH:LINE: ..." and gives LUREWATCH_E_VOCABULARY. */
lurewatch_error lw_compile_fail(struct lw_compiler *, const char *format, ...) __attribute__((format(printf, 2, 3)));

uint32_t lw_compile_concept(const struct lw_compiler *, struct lw_span name); /* LW_NO_CONCEPT: there is none */
bool lw_compile_text(struct lw_compiler *, struct lw_span, uint32_t *at);

/* Calls `take` for each line that is not empty and no comment. */
lurewatch_error lw_compile_lines(struct lw_compiler *, lurewatch_error (*take)(struct lw_compiler *, struct lw_span));
lurewatch_error lw_compile_path(struct lw_compiler *, const char *name, const char *more);
struct lw_span lw_cut(struct lw_span *rest, char at);  /* what stands before the next `at`, or all; *rest is what follows */

/* A form of a concept; one that the text layer leaves nothing of, or makes a contact of, is passed over. */
lurewatch_error lw_compile_form(struct lw_compiler *, struct lw_span form, uint32_t concept, uint8_t language,
    enum lw_origin);

lurewatch_error lw_compile_icu_names(struct lw_compiler *);
lurewatch_error lw_compile_indicators(struct lw_compiler *);

#endif
