/* parts.h - the steps of the text layer, for its own files */
#ifndef LW_TEXT_PARTS_H
#define LW_TEXT_PARTS_H

#include "text/text.h"

struct lw_segmenter;

struct lw_texter {
	struct lw_chars *chars;
	struct lw_char_pages *pages;
	struct lw_text text;
	uint32_t *raw, *raw_from;       /* decoded, before normalising */
	uint32_t raws;
	uint32_t *scratch, *scratch_out;
	size_t raw_room, raw_from_room, sym_room, from_room, norm_room, norm_from_room, word_room, segment_room,
	    contact_room, scratch_room, scratch_out_room;
	const char *bytes;              /* the message being read */
	size_t len;
	uint32_t segment;               /* LW_SEGMENT_* */
	struct lw_segmenter *segmenter; /* made when first needed, like the next */
	void *zawgyi;                   /* ICU's converter */
	bool no_straight_path;
};

bool lw_is_ascii(const char *, size_t);

lurewatch_error lw_decode(struct lw_texter *);          /* bytes -> raw */
lurewatch_error lw_zawgyi(struct lw_texter *);          /* raw -> raw, where it is Zawgyi */
lurewatch_error lw_normalise(struct lw_texter *);       /* raw -> norm */
lurewatch_error lw_normalise_ascii(struct lw_texter *); /* bytes -> norm, ASCII only */
lurewatch_error lw_find_contacts(struct lw_texter *);   /* norm -> contact */
lurewatch_error lw_tokenise(struct lw_texter *);        /* norm, contact -> sym, word */
lurewatch_error lw_segment(struct lw_texter *);         /* sym, word -> segment */

lurewatch_error lw_segmenter_new(struct lw_segmenter **out);
void lw_segmenter_free(struct lw_segmenter *);
void lw_zawgyi_free(struct lw_texter *);

static inline const struct lw_char *
lw_char_at(struct lw_texter *t, uint32_t c)
{
	return lw_char_of(t->chars, t->pages, c);
}

static inline bool
lw_letterlike(const struct lw_char *c)
{
	return c->kind == LW_LETTER || c->kind == LW_MARK;
}

#endif
