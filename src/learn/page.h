/* page.h - the sections of the report, for the files that write them: each appends, and is false when memory is gone */
#ifndef LW_PAGE_H
#define LW_PAGE_H

#include "learn/markup.h"
#include "learn/report.h"
#include "learn/strongest.h"

struct lw_page {
	const struct lw_report_page *report;
	const struct lw_evaluation *of; /* report->summary->of */
	const struct lw_strongest *strongest; /* NULL without a model */
	lurewatch_scorer *scorer;       /* NULL without a model */
	struct lw_buffer *out;
};

bool lw_page_verdict(const struct lw_page *);
bool lw_page_comparison(const struct lw_page *);
bool lw_page_curves(const struct lw_page *);
bool lw_page_growth(const struct lw_page *);
bool lw_page_confusion(const struct lw_page *);
bool lw_page_languages(const struct lw_page *);
bool lw_page_sources(const struct lw_page *);
bool lw_page_families(const struct lw_page *);
bool lw_page_features(const struct lw_page *);
bool lw_page_indicators(const struct lw_page *);
bool lw_page_false_alarms(const struct lw_page *);
bool lw_page_missed(const struct lw_page *);
bool lw_page_corpus(const struct lw_page *);

/* A message as a quotation with what it was judged to be; its evidence is marked where there is a scorer. */
bool lw_page_message(const struct lw_page *, uint32_t row, const char *kind);

#endif
