/* scratch.c - files of a test's own; anything that fails ends the test */
#include "scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/lurewatch-test-XXXXXX";
static bool made;
static pid_t owner;

static int
drop(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static void
clean_up(void)
{
	if (getpid() == owner)
		nftw(folder, drop, 16, FTW_DEPTH | FTW_PHYS);
}

const char *
scratch_folder(void)
{
	if (!made) {
		ck_assert_ptr_nonnull(mkdtemp(folder));
		owner = getpid();
		atexit(clean_up);
		made = true;
	}
	return folder;
}

const char *
scratch_path(const char *name)
{
	static char path[4][256];
	static unsigned next;
	char *p = path[next++ % 4];

	snprintf(p, sizeof path[0], "%s/%s", scratch_folder(), name);
	return p;
}

const char *
scratch_file(const char *name, const void *bytes, size_t len)
{
	const char *path = scratch_path(name);
	FILE *f = fopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
	return path;
}

const char scratch_concepts[] =
    "# a comment\nFREE\tperk\tfree\nTICKET\ttravel\tticket\nNO\tlogic\tno\nEXPERIENCE\trequirement\texperience\n"
    "DIE\tfraud\tdie\nWARN\twarning\twarn\nSHARE\tverb\tshare\nNEVER_SHARE\tcredential\tnever share\nCODE\tcredential\tcode\n"
    "LOL\tchat\tlol\nHIRE\twork\thire\nFUNCTION_WORD\tlogic\tnothing\nSHAPE_MONEY\tshape\tsum\nSHAPE_LINK\tshape\tlink\n"
    "COUNTRY_CAMBODIA\ticu\tCambodia\nCOUNTRY_OTHER\ticu\tothers\nCURRENCY\ticu\tcurrencies\nMONTH\ticu\tmonths\nWEEKDAY\ticu\tdays\n";
const char scratch_en[] =
    "FREE\tfree\tfree of charge\nTICKET\tticket*\t*flight\nNO\tno\tnot\nEXPERIENCE\t*xperien*\nDIE\tdie\nSHARE\tshare\n"
    "NEVER_SHARE\tnever share\nCODE\tcode\nWARN\twarn\twarn you\nLOL\t555\t\xf0\x9f\x98\x82\nFUNCTION_WORD\tthe\tis\tto\tyour\n";
const char scratch_es[] =
    "FUNCTION_WORD\tdie\tque\tel\tla\nFREE\tgratis\nTICKET\tboleto\nNO\tsin\nEXPERIENCE\texperiencia\nHIRE\tse busca\n";
const char scratch_zh[] = "HIRE\t招聘\t直招\nFREE\t免\t免费\nTICKET\t机票\nNO\t无需\nEXPERIENCE\t经验\n";
const char scratch_indicators[] =
    "@GIVEN\tFREE|HIRE\n"
    "free-travel\tlure\t@GIVEN ~1 TICKET !* WARN\ttravel is paid for\n"
    "no-experience\tlure\tNO >1 EXPERIENCE ; EXPERIENCE >2 NO !1 CODE\tno experience is asked for\n"
    "asks-code\tfraud\tSHARE >2 CODE !2 NEVER_SHARE|NO\ta code is asked for\n";

struct lw_vocabulary *
scratch_vocabulary(const char *concepts, const char *en, const char *es, const char *zh, const char *indicators,
    struct lw_buffer *bytes, struct lw_buffer *why)
{
	const struct { const char *name, *text; } files[] = { { "v/concepts.tsv", concepts }, { "v/concepts/en.tsv", en },
		{ "v/concepts/es.tsv", es }, { "v/concepts/zh-Hans.tsv", zh }, { "v/indicators.tsv", indicators } };
	struct lw_vocabulary *v = NULL;

	mkdir(scratch_path("v"), 0700);
	mkdir(scratch_path("v/concepts"), 0700);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		remove(scratch_path(files[i].name));
		if (files[i].text != NULL)
			scratch_file(files[i].name, files[i].text, strlen(files[i].text));
	}
	if (lw_vocabulary_compile(scratch_path("v"), bytes, why) != LUREWATCH_OK)
		return NULL;
	ck_assert_int_eq(lw_vocabulary_open(bytes->at, bytes->len, &v), LUREWATCH_OK);
	return v;
}

lurewatch *
scratch_model(const char *name, double bias)
{
	struct lw_buffer bytes = { 0 };
	struct lw_vocabulary *vocabulary = scratch_vocabulary(scratch_concepts, scratch_en, NULL, NULL, scratch_indicators,
	    &bytes, NULL);
	struct lw_model_parts parts = { .experts = 1, .labels = 2, .label = (const char *const[]){ "ham", "recruitment" },
		.flagged = (const bool[]){ false, true }, .bias = (const double[]){ -bias, bias },
		.calibration = (const double[]){ 1, 0, 0, 0, 1, 0 }, .threshold = .5, .record = "{}" };
	const char *path = scratch_path(name);
	lurewatch *model;

	ck_assert_ptr_nonnull(vocabulary);
	lw_settings_default(&parts.settings);
	parts.settings.bits = 10;
	parts.vocabulary = (struct lw_span){ bytes.at, bytes.len };
	parts.dimension = lw_dimension(&parts.settings, vocabulary);
	parts.weight = calloc((size_t)parts.dimension * 2, sizeof *parts.weight);
	parts.rarity = calloc(parts.dimension, 1);
	ck_assert(parts.weight != NULL && parts.rarity != NULL);
	ck_assert_int_eq(lw_model_write(path, &parts), LUREWATCH_OK);
	ck_assert_int_eq(lurewatch_open(path, &model), LUREWATCH_OK);
	free((void *)(uintptr_t)parts.weight);
	free((void *)(uintptr_t)parts.rarity);
	lw_vocabulary_free(vocabulary);
	lw_buffer_free(&bytes);
	return model;
}
