/*
 * gsm_tables.h - the alphabets of 3GPP TS 23.038: the default one and the national languages'
 *
 * `language` is the national language identifier of a user data header: 0 the
 * default alphabet, 1 Turkish, 2 Spanish, 3 Portuguese, 4 Bengali ... 13 Urdu.
 * One that is not known is as good as 0. Nothing here fails.
 */
#ifndef LW_GSM_TABLES_H
#define LW_GSM_TABLES_H

#include <stdint.h>

enum { LW_GSM_ESCAPE = 0x1b };

/* The character of a septet 0 to 127 in the basic table (locking shift). A code without a character is a space. */
uint16_t lw_gsm_basic(unsigned language, unsigned septet);
/* The character of a septet that follows an escape (single shift); 0: the table has none. */
uint16_t lw_gsm_shifted(unsigned language, unsigned septet);

#endif
