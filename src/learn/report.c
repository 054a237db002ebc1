/*
 * report.c - the page: style, contents, sections in order
 *
 * Everything is in the page: style, drawings (SVG), no script. Light and dark follow the reader's system; colours are
 * those of Okabe and Ito (2008), told apart by colour-blind readers too; messages have dir=auto, so right-to-left text
 * reads right; what is wider than the screen scrolls inside itself.
 */
#include "learn/page.h"

#include <stdlib.h>

static const char style[] =
    "<style>\n"
    ":root{color-scheme:light dark;--ink:#1b1f24;--soft:#59626d;--line:#dde2e7;--paper:#fff;--card:#f6f8fa;--blue:#0072b2;"
    "--orange:#c04f00;--grey:#737d88;--bar:#d3e6f3;--for:#ffd9b8;--against:#cfe6f6}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e4e8ec;--soft:#9ba5b0;--line:#333b44;--paper:#13171b;--card:#1b2026;"
    "--blue:#56b4e9;--orange:#f0a030;--grey:#8c96a1;--bar:#1d4059;--for:#6a3d10;--against:#16415c}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:66rem;padding:1rem 1rem 4rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}\n"
    "h1{font-size:1.15rem;color:var(--soft);font-weight:600;margin:.5rem 0}\n"
    "h2{font-size:1.2rem;margin:2.5rem 0 .5rem;padding-top:.6rem;border-top:1px solid var(--line)}\n"
    "h3{font-size:1rem;margin:1rem 0 .3rem}\n"
    "h4{font-size:.85rem;margin:.6rem 0 .2rem;color:var(--soft);font-weight:600}\n"
    "p{margin:.5rem 0;max-width:46rem}\n"
    ".lead{font-size:1.35rem;line-height:1.4}.lead b{color:var(--blue)}.lead b.bad{color:var(--orange)}\n"
    ".soft,figcaption{color:var(--soft);font-size:.9rem}\n"
    "nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.9rem;margin:1rem 0}\n"
    "a{color:var(--blue)}\n"
    ".charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem 2rem}\n"
    "figure{margin:0;min-width:0;max-width:34rem}\n"
    "svg{display:block;width:100%;height:auto;font:12px system-ui,sans-serif}\n"
    "svg text{fill:var(--ink)}svg text.axis{fill:var(--soft)}\n"
    ".grid{stroke:var(--line);fill:none}.diagonal{stroke:var(--grey);stroke-dasharray:4 4;fill:none}\n"
    ".line{fill:none;stroke-width:2.5;stroke-linejoin:round}.line.thin{stroke-width:1.5}.line.grey{stroke-dasharray:6 4}\n"
    ".line.blue{stroke:var(--blue)}.line.orange{stroke:var(--orange)}.line.grey{stroke:var(--grey)}\n"
    ".band{stroke:none;opacity:.18}.band.blue,.dot.blue{fill:var(--blue)}.band.orange,.dot.orange{fill:var(--orange)}"
    ".band.grey,.dot.grey{fill:var(--grey)}.dot{stroke:var(--paper)}\n"
    ".wrap{overflow:auto;max-width:100%;max-height:36rem;margin:.8rem 0}thead th{position:sticky;top:0;background:var(--paper)}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.92rem}\n"
    "th,td{padding:.25rem .6rem;text-align:end;border-bottom:1px solid var(--line);white-space:nowrap}\n"
    "th{color:var(--soft);font-weight:600;vertical-align:bottom}\n"
    "th:first-child,td:first-child{text-align:start;padding-inline-start:0}\n"
    "tbody tr:hover{background:var(--card)}\n"
    "td.bar{background:linear-gradient(var(--bar),var(--bar)) no-repeat 0/var(--w) 100%;min-width:5rem}\n"
    "td.wide{white-space:normal;min-width:16rem;text-align:start}\n"
    "td.up{color:var(--orange)}td.down{color:var(--blue)}\n"
    ".kinds{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:0 2rem}\n"
    ".kinds table{width:100%;table-layout:fixed}.kinds td{padding:.15rem .3rem}\n"
    ".kinds td:first-child{width:56%;white-space:normal;overflow-wrap:anywhere}.kinds td.bar{min-width:0}\n"
    "blockquote{margin:.6rem 0;padding:.5rem .8rem;border-inline-start:4px solid var(--grey);background:var(--card);"
    "white-space:pre-wrap;overflow-wrap:anywhere}\n"
    ".wrong{border-inline-start-color:var(--orange)}.missed{border-inline-start-color:var(--blue)}\n"
    ".about{display:block;font-size:.85rem;color:var(--soft);white-space:normal}\n"
    "mark{color:inherit;border-radius:3px;padding:0 .1em}mark.for{background:var(--for);border-bottom:2px solid var(--orange)}"
    "mark.against{background:var(--against);border-bottom:2px dotted var(--blue)}\n"
    "@media print{nav{display:none}blockquote,figure,tr{break-inside:avoid}.wrap{max-height:none}}\n"
    "</style>\n";

static bool
always(const struct lw_page *p)
{
	(void)p;
	return true;
}

static bool
is_compared(const struct lw_page *p)
{
	return p->report->comparison != NULL;
}

static bool
has_growth(const struct lw_page *p)
{
	return p->report->growth != NULL && p->report->growth->n > 1;
}

static bool
has_model(const struct lw_page *p)
{
	return p->strongest != NULL;
}

static bool
has_indicators(const struct lw_page *p)
{
	return has_model(p) && lurewatch_indicators(p->report->model) > 0;
}

static bool
has_languages(const struct lw_page *p)
{
	return p->report->summary->view[LW_BY_LANG].n > 0;
}

static bool
has_families(const struct lw_page *p)
{
	return p->report->summary->view[LW_BY_FAMILY].n > 0;
}

static const struct section {
	const char *id, *title;
	bool (*wanted)(const struct lw_page *);
	bool (*put)(const struct lw_page *);
} sections[] = {
	{ "comparison", "Beside the other model", is_compared, lw_page_comparison },
	{ "curves", "How much is caught, at what price", always, lw_page_curves },
	{ "growth", "Is more data worth it?", has_growth, lw_page_growth },
	{ "confusion", "What was said of what", always, lw_page_confusion },
	{ "languages", "By language", has_languages, lw_page_languages },
	{ "sources", "By source", always, lw_page_sources },
	{ "families", "By family", has_families, lw_page_families },
	{ "false-alarms", "Flagged wrongly, the surest first", always, lw_page_false_alarms },
	{ "missed", "Missed, the surest first", always, lw_page_missed },
	{ "features", "What the model looks at", has_model, lw_page_features },
	{ "indicators", "What indicators weigh", has_indicators, lw_page_indicators },
	{ "corpus", "What was judged", always, lw_page_corpus },
};
enum { SECTIONS = sizeof sections / sizeof sections[0] };

static bool
put_contents(const struct lw_page *p)
{
	bool done = lw_buffer_add_text(p->out, "<nav aria-label=\"Contents\">");

	for (size_t i = 0; i < SECTIONS && done; i++)
		if (sections[i].wanted(p))
			done = lw_buffer_addf(p->out, "<a href=\"#%s\">%s</a>", sections[i].id, sections[i].title);
	return done && lw_buffer_add_text(p->out, "</nav>\n");
}

static bool
put_page(const struct lw_page *p)
{
	struct lw_buffer *b = p->out;
	bool done = lw_buffer_add_text(b, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>") && lw_markup_text(b, p->report->title) &&
	    lw_buffer_add_text(b, "</title>\n") && lw_buffer_add_text(b, style) && lw_buffer_add_text(b, "</head><body>\n<h1>") &&
	    lw_markup_text(b, p->report->title) && lw_buffer_add_text(b, "</h1>\n") && lw_page_verdict(p) && put_contents(p);

	for (size_t i = 0; i < SECTIONS && done; i++)
		if (sections[i].wanted(p))
			done = lw_buffer_addf(b, "<section id=\"%s\"><h2>%s</h2>\n", sections[i].id, sections[i].title) && sections[i].put(p) &&
			    lw_buffer_add_text(b, "</section>\n");
	return done && lw_buffer_add_text(b, "</body></html>\n");
}

lurewatch_error
lw_report_html(const struct lw_report_page *r, struct lw_buffer *out)
{
	struct lw_page page = { .report = r, .of = r->summary->of, .out = out };
	struct lw_strongest strongest = { 0 };
	lurewatch_error e = LUREWATCH_OK;

	if (r->model != NULL) {
		e = lw_strongest_find(r->model, page.of, r->watcher, &strongest);
		page.strongest = &strongest;
		if (e == LUREWATCH_OK)
			e = lurewatch_scorer_new(r->model, &page.scorer);
	}
	if (e == LUREWATCH_OK && !put_page(&page))
		e = LUREWATCH_E_MEMORY;
	lurewatch_scorer_free(page.scorer);
	lw_strongest_free(&strongest);
	return e;
}
