/*
 * gsm_tables.c - the alphabets of 3GPP TS 23.038, annexes A.2 and A.3
 *
 * A string holds characters by their septet. The ten Indian tables are one: the
 * standard puts the same place of each Unicode block under the same septet, so a
 * script is its block, the places it does not use, and six characters of its own.
 */
#include "read/gsm_tables.h"

#include <stddef.h>
#include <uchar.h>

enum { DEFAULT, TURKISH, SPANISH, PORTUGUESE, BENGALI, URDU = 13, LANGUAGES };

/* ---- basic tables, those of locking shifts ---- */

static const char16_t default_basic[] =
    u"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    u"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
static const char16_t turkish_basic[] =
    u"@£$¥€éùıòÇ\nĞğ\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ŞşßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    u"İABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§çabcdefghijklmnopqrstuvwxyzäöñüà";
static const char16_t portuguese_basic[] =
    u"@£$¥êéúíóç\nÔô\rÁáΔ_ªÇÀ∞^\\€Ó| ÂâÊÉ !\"#º%&'()*+,-./0123456789:;<=>?"
    u"ÍABCDEFGHIJKLMNOPQRSTUVWXYZÃÕÚÜ§~abcdefghijklmnopqrstuvwxyzãõ`üà";
static const char16_t urdu_basic[] =
    u"\u0627\u0622\u0628\u067b\u0680\u067e\u06a6\u062a\u06c2\u067f\n\u0679\u067d\r\u067a\u067c"
    u"\u062b\u062c\u0681\u0684\u0683\u0685\u0686\u0687\u062d\u062e\u062f \u068c\u0688\u0689\u068a"
    u" !\u068f\u068d\u0630\u0631\u0691\u0693)(\u0699\u0632,\u0696.\u0698"
    u"0123456789:;\u069a\u0633\u0634?"
    u"\u0635\u0636\u0637\u0638\u0639\u0641\u0642\u06a9\u06aa\u06ab\u06af\u06b3\u06b1\u0644\u0645\u0646"
    u"\u06ba\u06bb\u06bc\u0648\u06c4\u06d5\u06c1\u06be\u0621\u06cc\u06d0\u06d2\u064d\u0650\u064f\u0657"
    u"\u0654abcdefghijklmnopqrstuvwxyz\u0655\u0651\u0653\u0656\u0670";

/* Indian scripts: places in the block are marked by the high bit, 0xe0 is the first of the script's own characters. */
enum { PLACE = 0x80, OWN = 0xe0, OWN_LAST = 0xe5 };

static const unsigned char indian_basic[] = {
	0x81, 0x82, 0x83, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, '\n', 0x8c, 0x8d, '\r', 0x8e, 0x8f,
	0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, ' ',  0x9b, 0x9c, 0x9d, 0x9e,
	' ',  '!',  0x9f, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, ')',  '(',  0xa5, 0xa6, ',',  0xa7, '.',  0xa8,
	'0',  '1',  '2',  '3',  '4',  '5',  '6',  '7',  '8',  '9',  ':',  ';',  0xa9, 0xaa, 0xab, '?',
	0xac, 0xad, 0xae, 0xaf, 0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xbc, 0xbd,
	0xbe, 0xbf, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcd,
	OWN,  'a',  'b',  'c',  'd',  'e',  'f',  'g',  'h',  'i',  'j',  'k',  'l',  'm',  'n',  'o',
	'p',  'q',  'r',  's',  't',  'u',  'v',  'w',  'x',  'y',  'z',  0xe1, 0xe2, 0xe3, 0xe4, OWN_LAST,
};

static const struct script {
	uint16_t block;
	const char *unused;         /* places of the layout that the script leaves blank */
	char16_t own[7];            /* at 0x60 and 0x7b to 0x7f */
	const char16_t *shifted;    /* single shift: characters from septet 0x19 on, a space where there is none */
} scripts[] = {                 /* from Bengali on, in the order of the identifiers; Urdu is none of them */
	{ 0x0980, "\x0d\x0e\x11\x12\x29\x31\x33\x34\x35\x45\x46\x49\x4a", u"\u09ce\u09d7\u09dc\u09dd\u09f0\u09f1",
	    u"\u09e6\u09e7 \u09e8\u09e9\u09ea\u09eb\u09ec\u09ed\u09ee\u09ef\u09df\u09e0\u09e1\u09e2  "
	    u"\u09e3\u09f2\u09f3\u09f4\u09f5 \u09f6\u09f7\u09f8\u09f9\u09fa" },
	{ 0x0a80, "\x0e\x12\x29\x31\x34\x46\x4a", u"\u0ad0\u0ae0\u0ae1\u0ae2\u0ae3\u0af1",
	    u"\u0964\u0965 \u0ae6\u0ae7\u0ae8\u0ae9\u0aea\u0aeb\u0aec\u0aed\u0aee\u0aef" },
	{ 0x0900, "", u"\u0950\u0972\u097b\u097c\u097e\u097f",
	    u"\u0964\u0965 \u0966\u0967\u0968\u0969\u096a\u096b\u096c\u096d\u096e\u096f\u0951\u0952  "
	    u"\u0953\u0954\u0958\u0959\u095a \u095b\u095c\u095d\u095e\u095f\u0960\u0961\u0962\u0963\u0970\u0971" },
	{ 0x0c80, "\x01\x0d\x11\x29\x34\x45\x49", u"\u0cd5\u0cd6\u0ce0\u0ce1\u0ce2\u0ce3",
	    u"\u0964\u0965 \u0ce6\u0ce7\u0ce8\u0ce9\u0cea\u0ceb\u0cec\u0ced\u0cee\u0cef\u0cde\u0cf1  \u0cf2" },
	{ 0x0d00, "\x01\x0d\x11\x29\x3c\x45\x49", u"\u0d57\u0d60\u0d61\u0d62\u0d63\u0d79",
	    u"\u0964\u0965 \u0d66\u0d67\u0d68\u0d69\u0d6a\u0d6b\u0d6c\u0d6d\u0d6e\u0d6f\u0d70\u0d71  "
	    u"\u0d72\u0d73\u0d74\u0d75\u0d7a \u0d7b\u0d7c\u0d7d\u0d7e\u0d7f" },
	{ 0x0b00, "\x0d\x0e\x11\x12\x29\x31\x34\x45\x46\x49\x4a", u"\u0b56\u0b57\u0b60\u0b61\u0b62\u0b63",
	    u"\u0964\u0965 \u0b66\u0b67\u0b68\u0b69\u0b6a\u0b6b\u0b6c\u0b6d\u0b6e\u0b6f\u0b5c\u0b5d  "
	    u"\u0b5f\u0b70\u0b71" },
	{ 0x0a00, "\x0b\x0c\x0d\x0e\x11\x12\x29\x31\x34\x37\x3d\x43\x44\x45\x46\x49\x4a",
	    u"\u0a51\u0a70\u0a71\u0a72\u0a73\u0a74",
	    u"\u0964\u0965 \u0a66\u0a67\u0a68\u0a69\u0a6a\u0a6b\u0a6c\u0a6d\u0a6e\u0a6f\u0a59\u0a5a  "
	    u"\u0a5b\u0a5c\u0a5e\u0a75" },
	{ 0x0b80, "\x01\x0b\x0c\x0d\x11\x16\x17\x18\x1b\x1d\x20\x21\x22\x25\x26\x27\x2b\x2c\x2d\x3c\x3d\x43\x44\x45\x49",
	    u"\u0bd0\u0bd7\u0bf0\u0bf1\u0bf2\u0bf9",
	    u"\u0964\u0965 \u0be6\u0be7\u0be8\u0be9\u0bea\u0beb\u0bec\u0bed\u0bee\u0bef\u0bf3\u0bf4  "
	    u"\u0bf5\u0bf6\u0bf7\u0bf8\u0bfa" },
	{ 0x0c00, "\x0d\x11\x29\x34\x3c\x45\x49", u"\u0c55\u0c56\u0c60\u0c61\u0c62\u0c63",
	    u"   \u0c66\u0c67\u0c68\u0c69\u0c6a\u0c6b\u0c6c\u0c6d\u0c6e\u0c6f\u0c58\u0c59  "
	    u"\u0c78\u0c79\u0c7a\u0c7b\u0c7c \u0c7d\u0c7e\u0c7f" },
};

_Static_assert(sizeof default_basic == 129 * sizeof(char16_t) && sizeof turkish_basic == sizeof default_basic &&
    sizeof portuguese_basic == sizeof default_basic && sizeof urdu_basic == sizeof default_basic &&
    sizeof indian_basic == 128, "a table has 128 characters");
_Static_assert(sizeof scripts / sizeof scripts[0] == URDU - BENGALI, "a script for each identifier");

static uint16_t
indian_character(const struct script *s, unsigned septet)
{
	unsigned at = indian_basic[septet];

	if (at < PLACE)
		return (uint16_t)at;
	if (at >= OWN)
		return s->own[at - OWN];
	for (const char *p = s->unused; *p != '\0'; p++)
		if ((unsigned)*p == at - PLACE)
			return ' ';
	return (uint16_t)(s->block + (at - PLACE));
}

uint16_t
lw_gsm_basic(unsigned language, unsigned septet)
{
	septet &= 0x7f;
	if (language >= BENGALI && language < URDU)
		return indian_character(&scripts[language - BENGALI], septet);
	switch (language) {
	case TURKISH:
		return turkish_basic[septet];
	case PORTUGUESE:
		return portuguese_basic[septet];
	case URDU:
		return urdu_basic[septet];
	default:                /* Spanish too: it has no locking shift */
		return default_basic[septet];
	}
}

/* ---- single shift tables ---- */

/* Pairs: the septet, its character. What every language has comes first. */
static const char16_t default_shifted[] = u"\n\f\x14^\x1b ({)}/\\<[=~>]@|e€";
static const char16_t *const latin_shifted[] = {
	[TURKISH] = u"GĞIİSŞcçgğiısş",
	[SPANISH] = u"\tçAÁIÍOÓUÚaáiíoóuú",
	[PORTUGUESE] = u"\x05ê\tç\vÔ\fô\x0eÁ\x0fá\x12Φ\x13Γ\x15Ω\x16Π\x17Ψ\x18Σ\x19Θ\x1fÊAÀIÍOÓUÚ[Ã\\ÕaÂiíoóuú{ã|õ\x7fâ",
};
/* Indian scripts and Urdu: from septet 0 on, then each its own from 0x19, and Latin capitals. */
static const char16_t eastern_shifted[] = u"@£$¥¿\"¤%&'\f*+ -/<=>¡^¡_#*";
static const char16_t urdu_shifted[] =
    u"\u0600\u0601 \u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9\u060c\u060d  \u060e\u060f\u0610\u0611\u0612 "
    u"\u0613\u0614\u061b\u061f\u0640\u0652\u0658\u066b\u066c\u0672\u0673\u06cd   \u06d4";
enum { EASTERN_OWN = sizeof eastern_shifted / sizeof eastern_shifted[0] - 1 };

_Static_assert(EASTERN_OWN == 0x19, "the scripts' own characters follow");

static uint16_t
paired(const char16_t *pairs, unsigned septet)
{
	for (; *pairs != 0; pairs += 2)
		if (pairs[0] == septet)
			return pairs[1];
	return 0;
}

static uint16_t
eastern_character(const char16_t *own, unsigned septet)
{
	if (septet >= 'A' && septet <= 'Z')
		return (uint16_t)septet;
	if (septet < EASTERN_OWN)
		return eastern_shifted[septet] != ' ' ? eastern_shifted[septet] : 0;
	for (size_t i = 0; own[i] != 0; i++)
		if (i == septet - EASTERN_OWN)
			return own[i] != ' ' ? own[i] : 0;
	return 0;
}

uint16_t
lw_gsm_shifted(unsigned language, unsigned septet)
{
	uint16_t own = 0;

	septet &= 0x7f;
	if (language >= TURKISH && language <= PORTUGUESE)
		own = paired(latin_shifted[language], septet);
	else if (language >= BENGALI && language < URDU)
		own = eastern_character(scripts[language - BENGALI].shifted, septet);
	else if (language == URDU)
		own = eastern_character(urdu_shifted, septet);
	return own != 0 ? own : paired(default_shifted, septet);
}
