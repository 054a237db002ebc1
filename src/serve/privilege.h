/* privilege.h - the user the daemon runs as, and what it may open */
#ifndef LW_PRIVILEGE_H
#define LW_PRIVILEGE_H

#include "serve/config.h"

unsigned lw_config_owner(const struct lw_config *);     /* uid of the user option; (unsigned)-1: none, or not root */
/* Becomes the user for good, and none that could become another. false: *why says the reason. */
bool lw_drop_privileges(const struct lw_config *, struct lw_buffer *why);

void lw_raise_descriptor_limit(void);                   /* as far as allowed without privileges */
size_t lw_connection_limit(const struct lw_config *);   /* of one door: as configured, but no more than descriptors last */

#endif
