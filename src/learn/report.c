/*
 * report.c - an evaluation as one HTML page
 *
 * Everything is in the page: style, drawings (SVG), no script. Light and dark follow the reader's system; colours are
 * those of Okabe and Ito (2008), told apart by colour-blind readers too; messages have dir=auto, so right-to-left text
 * reads right. Fails only without memory.
 */
#include "learn/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDE = 420, HIGH = 300, LEFT = 48, TOP = 12, RIGHT = 24, BOTTOM = 40, BINS = 10, MISTAKES = 12, SNIPPET = 400 };

static const char style[] =
    "<style>:root{color-scheme:light dark;--ink:#1b1f24;--soft:#5b6470;--line:#d5dae0;--paper:#fff;--a:#0072b2;--b:#d55e00;"
    "--bar:#cfe3f1}@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#9aa4af;--line:#3a424b;--paper:#14181c;"
    "--a:#56b4e9;--b:#e69f00;--bar:#1f3f55}}*{box-sizing:border-box}body{margin:0 auto;max-width:62rem;padding:1rem;"
    "font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}h1{font-size:1.3rem}h2{font-size:1.05rem;"
    "margin:2rem 0 .4rem}.lead{font-size:1.1rem}.soft{color:var(--soft)}.row{display:flex;flex-wrap:wrap;gap:1rem}"
    "figure{margin:0;flex:1 1 17rem;min-width:0;max-width:30rem}svg{width:100%;height:auto;font:12px system-ui,sans-serif;fill:var(--ink)}"
    ".wrap{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{padding:.2rem .5rem;"
    "text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}th:first-child,td:first-child{text-align:left}"
    "th{color:var(--soft);font-weight:600}td.bar{background:linear-gradient(var(--bar),var(--bar)) no-repeat 0/var(--w) 100%}"
    "blockquote{margin:.5rem 0;padding:.4rem .8rem;border-inline-start:4px solid var(--b);white-space:pre-wrap;overflow-wrap:anywhere}"
    "blockquote.missed{border-color:var(--a)}</style>";

static bool
put_escaped(struct lw_buffer *b, const char *at, size_t len)
{
	bool done = true;

	for (size_t i = 0; i < len && done; i++) {
		char c = at[i];

		if (c == '<')
			done = lw_buffer_add_text(b, "&lt;");
		else if (c == '>')
			done = lw_buffer_add_text(b, "&gt;");
		else if (c == '&')
			done = lw_buffer_add_text(b, "&amp;");
		else if (c == '"')
			done = lw_buffer_add_text(b, "&quot;");
		else
			done = ((unsigned char)c < ' ' && c != '\n') || lw_buffer_add(b, &c, 1);
	}
	return done;
}

static bool
put_text(struct lw_buffer *b, const char *text)
{
	return put_escaped(b, text, strlen(text));
}

static bool
put_share(struct lw_buffer *b, double x)
{
	return isfinite(x) ? lw_buffer_addf(b, "%.1f&nbsp;%%", 100 * x) : lw_buffer_add_text(b, "–");
}

static bool
axes(struct lw_buffer *b, const char *across, const char *up, const char *const *ticks, size_t n, const char *title)
{
	bool done = lw_buffer_addf(b, "<figure><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDE, HIGH, title);

	for (int k = 0; k <= 4 && done; k++)
		done = lw_buffer_addf(b, "<path d=\"M%d %.1fH%d\" stroke=\"var(--line)\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d%%</text>",
		    LEFT, TOP + (HIGH - TOP - BOTTOM) * k / 4., WIDE - RIGHT, LEFT - 6, TOP + (HIGH - TOP - BOTTOM) * k / 4. + 4, 100 - 25 * k);
	for (size_t k = 0; k < n && done; k++)
		done = lw_buffer_addf(b, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
		    LEFT + (double)(WIDE - LEFT - RIGHT) * (double)k / (double)(n - 1), HIGH - BOTTOM + 16, ticks[k]);
	return done && lw_buffer_addf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"var(--soft)\">%s</text>"
	    "<text x=\"12\" y=\"%d\" text-anchor=\"middle\" transform=\"rotate(-90 12 %d)\" fill=\"var(--soft)\">%s</text>", (WIDE + LEFT) / 2,
	    HIGH - 6, across, HIGH / 2, HIGH / 2, up);
}

static bool
move_to(struct lw_buffer *b, double x, double y, bool first)
{
	return lw_buffer_addf(b, "%s%.1f %.1f", first ? "M" : "L", LEFT + x * (WIDE - LEFT - RIGHT),
	    TOP + (1 - y) * (HIGH - TOP - BOTTOM));
}

/* False-positive rates below 0.01 % all stand at the left edge of the logarithmic axis. */
static double
log_place(double fpr)
{
	double x = fpr > 1e-4 ? (log10(fpr) + 4) / 4 : 0;

	return x < 1 ? x : 1;
}

static bool
put_curves(struct lw_buffer *b, const struct lw_scored *s, size_t n)
{
	static const char *const rates[] = { "0.01%", "0.1%", "1%", "10%", "100%" }, *const parts[] = { "0%", "25%", "50%", "75%", "100%" };
	double positive = 0, negative = 0, hit = 0, wrong = 0;
	struct lw_buffer roc = { 0 }, pr = { 0 };
	double last_x = -1, last_y = -1;
	bool done = true;

	for (size_t i = 0; i < n; i++)
		*(s[i].positive ? &positive : &negative) += 1;
	for (size_t i = 0; i < n && done;) {
		double risk = s[i].risk, x, y;

		for (; i < n && s[i].risk == risk; i++)
			*(s[i].positive ? &hit : &wrong) += 1;
		x = negative > 0 ? log_place(wrong / negative) : 0;
		y = positive > 0 ? hit / positive : 0;
		/* a point a pixel is enough */
		if (fabs(x - last_x) + fabs(y - last_y) < .004 && i < n)
			continue;
		done = move_to(&roc, x, y, roc.len == 0) && move_to(&pr, y, hit / (hit + wrong), pr.len == 0);
		last_x = x;
		last_y = y;
	}
	done = done && lw_buffer_add_text(b, "<h2 id=\"curves\">How much is caught, at what price</h2><div class=\"row\">") &&
	    axes(b, "false positives (logarithmic)", "recall", rates, 5, "Recall against false-positive rate") &&
	    lw_buffer_add_text(b, "<path fill=\"none\" stroke=\"var(--a)\" stroke-width=\"2.5\" d=\"") && lw_buffer_add(b, roc.at, roc.len) &&
	    lw_buffer_add_text(b, "\"/></svg></figure>") && axes(b, "recall", "precision", parts, 5, "Precision against recall") &&
	    lw_buffer_add_text(b, "<path fill=\"none\" stroke=\"var(--b)\" stroke-width=\"2.5\" d=\"") && lw_buffer_add(b, pr.at, pr.len) &&
	    lw_buffer_add_text(b, "\"/></svg></figure>");
	lw_buffer_free(&roc);
	lw_buffer_free(&pr);
	return done;
}

static bool
put_reliability(struct lw_buffer *b, const struct lw_scored *s, size_t n, double ece)
{
	static const char *const parts[] = { "0%", "25%", "50%", "75%", "100%" };
	double risk[BINS] = { 0 }, positive[BINS] = { 0 }, all[BINS] = { 0 };
	bool done;

	for (size_t i = 0; i < n; i++) {
		int k = (int)(s[i].risk * BINS);

		k = k < BINS ? k : BINS - 1;
		risk[k] += s[i].risk;
		positive[k] += s[i].positive;
		all[k]++;
	}
	done = axes(b, "risk said", "share really fraud or lure", parts, 5, "Reliability") &&
	    lw_buffer_addf(b, "<path stroke=\"var(--soft)\" stroke-dasharray=\"4 4\" d=\"M%d %dL%d %d\"/>", LEFT, HIGH - BOTTOM, WIDE - RIGHT, TOP);
	for (int k = 0; k < BINS && done; k++)
		if (all[k] > 0)
			done = lw_buffer_addf(b, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"var(--a)\"><title>%.0f messages</title></circle>",
			    LEFT + risk[k] / all[k] * (WIDE - LEFT - RIGHT), TOP + (1 - positive[k] / all[k]) * (HIGH - TOP - BOTTOM),
			    3 + log10(all[k] + 1), all[k]);
	return done && lw_buffer_addf(b, "</svg><figcaption class=\"soft\">On the line, a risk is a probability. Expected error %.2f points."
	    "</figcaption></figure></div>", 100 * ece);
}

static bool
put_confusion(struct lw_buffer *b, const struct lw_evaluation *v)
{
	bool done = lw_buffer_add_text(b, "<h2 id=\"confusion\">What was said of what</h2><div class=\"wrap\"><table><tr><th>truth \\ said</th>");

	for (size_t k = 0; k < v->width && done; k++)
		done = lw_buffer_add_text(b, "<th>") && put_text(b, v->label[k]) && lw_buffer_add_text(b, "</th>");
	for (size_t t = 0; t < v->width && done; t++) {
		uint64_t all = 0;

		for (size_t k = 0; k < v->width; k++)
			all += v->confusion[t * v->width + k];
		if (all == 0)
			continue;
		done = lw_buffer_add_text(b, "</tr><tr><td>") && put_text(b, v->label[t]) && lw_buffer_add_text(b, "</td>");
		for (size_t k = 0; k < v->width && done; k++)
			done = lw_buffer_addf(b, "<td class=\"bar\" style=\"--w:%.0f%%\">%llu</td>",
			    100. * (double)v->confusion[t * v->width + k] / (double)all, (unsigned long long)v->confusion[t * v->width + k]);
	}
	return done && lw_buffer_add_text(b, "</tr></table></div>");
}

/* Wilson's interval of a share (1927), 95 %. */
static void
wilson(double share, double n, double *low, double *high)
{
	double z = 1.96, middle = (share + z * z / (2 * n)) / (1 + z * z / n);
	double half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n));

	*low = middle - half;
	*high = middle + half;
}

static bool
put_group(struct lw_buffer *b, const char *name, const struct lw_metrics *m)
{
	double low = NAN, high = NAN;
	bool done;

	if (m->positives > 0)
		wilson(m->recall, (double)m->positives, &low, &high);
	done = lw_buffer_add_text(b, "<tr><td>") && put_text(b, name) && lw_buffer_addf(b, "</td><td>%zu</td><td>%zu</td><td class=\"bar\" style=\"--w:%.0f%%\">",
	    m->n, m->positives, m->positives > 0 ? 100 * m->recall : 0) && put_share(b, m->positives > 0 ? m->recall : NAN) &&
	    lw_buffer_add_text(b, "</td><td class=\"soft\">");
	if (done && m->positives > 0)
		done = lw_buffer_addf(b, "%.0f–%.0f", 100 * low, 100 * high);
	return done && lw_buffer_add_text(b, "</td><td>") && put_share(b, m->n > m->positives ? m->fpr : NAN) &&
	    lw_buffer_add_text(b, "</td><td>") && (isfinite(m->auc) ? lw_buffer_addf(b, "%.3f", m->auc) : lw_buffer_add_text(b, "–")) &&
	    lw_buffer_add_text(b, "</td></tr>");
}

static bool
put_view(struct lw_buffer *b, const struct lw_evaluation *v, const char *title, const char *id, const struct lw_names *names,
    const uint32_t *key)
{
	bool done = lw_buffer_addf(b, "<h2 id=\"%s\">By %s</h2><div class=\"wrap\"><table><tr><th>%s</th><th>messages</th><th>to flag</th>"
	    "<th>recall</th><th>95 %%</th><th>false positives</th><th>AUC</th></tr>", id, title, title);

	for (uint32_t k = 0; k < names->n && done; k++) {
		struct lw_metrics m;

		done = lw_evaluation_metrics(v, key, k, &m) && (m.n == 0 || put_group(b, lw_name(names, k), &m));
	}
	return done && lw_buffer_add_text(b, "</table></div>");
}

static bool
put_views(struct lw_buffer *b, const struct lw_evaluation *v)
{
	const struct lw_corpus *c = v->corpus;
	uint32_t *key = malloc((c->n + 1) * sizeof *key);
	bool done = key != NULL;

	for (size_t i = 0; done && i < c->n; i++)
		key[i] = c->row[i].lang;
	done = done && (c->lang.n == 0 || put_view(b, v, "language", "languages", &c->lang, key));
	for (size_t i = 0; done && i < c->n; i++)
		key[i] = c->row[i].source;
	done = done && put_view(b, v, "source", "sources", &c->source, key);
	for (size_t i = 0; done && i < c->n; i++)
		key[i] = c->row[i].family;
	done = done && (c->family.n == 0 || put_view(b, v, "family", "families", &c->family, key));
	free(key);
	return done;
}

/* The most wrong first: honest ones with the highest risk, or others with the lowest. */
static size_t
worst(const struct lw_evaluation *v, bool positive, size_t *row)
{
	size_t n = 0;

	for (size_t i = 0; i < v->corpus->n; i++) {
		const struct lw_judgement *j = &v->judged[i];
		size_t at;

		if (!j->judged || v->positive[i] != positive || j->flagged == positive)
			continue;
		at = n < MISTAKES ? n++ : MISTAKES;
		while (at > 0 && (positive ? v->judged[row[at - 1]].risk > j->risk : v->judged[row[at - 1]].risk < j->risk)) {
			if (at < MISTAKES)
				row[at] = row[at - 1];
			at--;
		}
		if (at < MISTAKES)
			row[at] = i;
	}
	return n;
}

static bool
put_mistakes(struct lw_buffer *b, const struct lw_evaluation *v, bool positive)
{
	size_t row[MISTAKES], n = worst(v, positive, row);
	bool done = lw_buffer_addf(b, "<h2 id=\"%s\">%s</h2>", positive ? "missed" : "false-alarms",
	    positive ? "Missed, the surest first" : "Flagged wrongly, the surest first");

	if (n == 0)
		done = done && lw_buffer_add_text(b, "<p>None.</p>");
	for (size_t i = 0; i < n && done; i++) {
		const struct lw_row *r = &v->corpus->row[row[i]];
		size_t len = r->len < SNIPPET ? r->len : SNIPPET;

		while (len < r->len && len > 0 && ((unsigned char)v->corpus->text.at[r->at + len] & 0xc0) == 0x80)
			len--;
		done = lw_buffer_addf(b, "<blockquote dir=\"auto\"%s><span class=\"soft\">risk %.3f · ", positive ? " class=\"missed\"" : "",
		    v->judged[row[i]].risk) && put_text(b, lw_name(&v->corpus->label, r->label)) && lw_buffer_add_text(b, "</span>\n") &&
		    put_escaped(b, v->corpus->text.at + r->at, len) && lw_buffer_add_text(b, len < r->len ? "…</blockquote>\n" : "</blockquote>\n");
	}
	return done;
}

bool
lw_report_html(const struct lw_evaluation *v, const char *title, struct lw_buffer *b)
{
	struct lw_metrics m;
	size_t n;
	struct lw_scored *s = lw_evaluation_scores(v, NULL, 0, &n);
	bool done = s != NULL && lw_evaluation_metrics(v, NULL, 0, &m);

	done = done && lw_buffer_add_text(b, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>") && put_text(b, title) &&
	    lw_buffer_add_text(b, "</title>") && lw_buffer_add_text(b, style) && lw_buffer_add_text(b, "<h1>") && put_text(b, title) &&
	    lw_buffer_add_text(b, "</h1><p class=\"lead\" id=\"verdict\">Of 100 frauds and lures <b>") &&
	    lw_buffer_addf(b, "%.0f</b> are caught; of 1000 other messages <b>%.1f</b> are flagged wrongly.", 100 * (m.recall >= 0 ? m.recall : 0),
	    1000 * (m.fpr >= 0 ? m.fpr : 0)) &&
	    lw_buffer_addf(b, "</p><p class=\"soft\">%zu messages, %zu to be flagged; threshold %.4f; AUC %.4f; average precision %.4f; F1 %.4f; "
	    "recall at 1&nbsp;%% false positives %.1f&nbsp;%%, at 0.1&nbsp;%% %.1f&nbsp;%%.</p>", m.n, m.positives, v->threshold, m.auc,
	    m.average_precision, m.f1, 100 * m.recall_at[LW_RECALL_1], 100 * m.recall_at[LW_RECALL_01]) &&
	    (v->held_out == NULL || lw_buffer_addf(b, "<p>Each %s was judged by experts that never saw it.</p>", v->held_out)) &&
	    put_curves(b, s, n) && put_reliability(b, s, n, m.ece) && put_confusion(b, v) && put_views(b, v) &&
	    put_mistakes(b, v, false) && put_mistakes(b, v, true) && lw_buffer_add_text(b, "</html>\n");
	free(s);
	return done;
}
