/*
 * conversations.h - one verdict a conversation: its strongest message, how many were flagged, and when
 *
 * Memory is a conversation's, not its messages'. Conversations of one name are one
 * when their files lie in one folder: exports cut long chats into several files.
 */
#ifndef LW_CONVERSATIONS_H
#define LW_CONVERSATIONS_H

#include "text/names.h"
#include "write/when.h"
#include "write/write.h"

struct lw_conversation {
	struct lw_span name, folder;            /* borrowed */
	uint64_t messages, flagged, unreadable;
	struct lw_when first, last;             /* of the flagged ones */
	struct lw_result strongest;             /* verdict NULL: none could be read */
	struct lw_span id;                      /* of the strongest, as written */
};

struct lw_conversations;

struct lw_conversations *lw_conversations_new(void);    /* NULL: memory is gone */
void lw_conversations_free(struct lw_conversations *);

/* A message of a conversation; nothing of it is kept but what stands above. */
bool lw_conversations_add(struct lw_conversations *, const struct lw_result *);

/* One after the other, in the order of their first message; false past the end. */
bool lw_conversations_get(const struct lw_conversations *, size_t i, struct lw_conversation *);

/* A message without a conversation stands for itself. `room` keeps what the conversation borrows. */
bool lw_conversation_alone(const struct lw_result *, struct lw_buffer *room, struct lw_conversation *);

#endif
