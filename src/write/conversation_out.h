/* conversation_out.h - how the table of outputs (outputs.c) writes a conversation */
#ifndef LW_CONVERSATION_OUT_H
#define LW_CONVERSATION_OUT_H

#include "write/conversations.h"

bool lw_conversation_text(struct lw_buffer *, const struct lw_conversation *); /* nothing where no message could be read */
bool lw_conversation_json(struct lw_buffer *, const struct lw_conversation *);
bool lw_conversation_tsv_head(struct lw_buffer *);
bool lw_conversation_tsv(struct lw_buffer *, const struct lw_conversation *);

#endif
