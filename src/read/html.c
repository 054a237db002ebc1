/*
 * html.c - HTML as a person sees it
 *
 * libxml2's HTML parser as a stream of events: no tree, so no depth is too deep.
 * Scripts, styles and what is styled away are left out. Broken HTML is read as
 * far as the parser gets, which is to the end. Fails only without memory.
 */
#include "read/format.h"
#include "read/html.h"
#include "read/mail.h"

#include "read/libraries_names.h"

#include <string.h>

enum gap { NO_GAP, SPACE, BREAK };

struct page {
	struct lw_buffer *out;
	size_t start;               /* where in out the page begins */
	enum gap gap;               /* owed before the next word */
	int depth, hidden_at;       /* element nesting; depth at which hiding began, 0: visible */
	bool no_memory;
};

static bool
named(const char *name, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

static bool
breaks_line(const char *name)
{
	static const char *const blocks[] = { "address", "article", "aside", "blockquote", "br", "center", "dd", "div",
		"dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
		"header", "hr", "li", "main", "nav", "ol", "option", "p", "pre", "section", "table", "tbody", "tfoot",
		"thead", "title", "tr", "ul", NULL };

	return named(name, blocks);
}

static bool
never_shown(const char *name)
{
	static const char *const unseen[] = { "script", "style", "title", "template", "object", "applet", NULL };

	return named(name, unseen);
}

/* Looks for `needle` in a style with its blanks left out; what follows it must not be a decimal part. */
static bool
style_says(const char *style, const char *needle)
{
	for (; *style != '\0'; style++) {
		const char *s = style, *n = needle;

		for (; *n != '\0' && *s != '\0'; s++) {
			if (*s == ' ')
				continue;
			if ((*s | 32) != (*n | 32))
				break;
			n++;
		}
		if (*n == '\0' && *s != '.' && !(*s >= '0' && *s <= '9'))
			return true;
	}
	return false;
}

static bool
hides(const char *style)
{
	static const char *const ways[] = { "display:none", "visibility:hidden", "font-size:0", "opacity:0", "max-height:0",
		"mso-hide:all" };

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		if (style_says(style, ways[i]))
			return true;
	return false;
}

static bool
styled_away(const xmlChar **attribute)
{
	for (; attribute != NULL && attribute[0] != NULL; attribute += 2) {
		const char *name = (const char *)attribute[0], *value = (const char *)attribute[1];

		if (strcmp(name, "hidden") == 0)
			return true;
		if (value != NULL && strcmp(name, "style") == 0 && hides(value))
			return true;
	}
	return false;
}

static void
add(struct page *p, const char *at, size_t len)
{
	if (len == 0)
		return;
	if (p->out->len > p->start && p->gap != NO_GAP && !lw_buffer_add(p->out, p->gap == BREAK ? "\n" : " ", 1))
		p->no_memory = true;
	p->gap = NO_GAP;
	if (!lw_buffer_add(p->out, at, len))
		p->no_memory = true;
}

static void
owe(struct page *p, enum gap gap)
{
	if (p->gap < gap)
		p->gap = gap;
}

static bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
add_words(struct page *p, const char *text, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		if (!blank(text[i]))
			continue;
		add(p, text + from, i - from);
		owe(p, SPACE);
		from = i + 1;
	}
	add(p, text + from, len - from);
}

static void
on_start(void *data, const xmlChar *name, const xmlChar **attribute)
{
	struct page *p = data;

	p->depth++;
	if (p->hidden_at == 0 && (never_shown((const char *)name) || styled_away(attribute)))
		p->hidden_at = p->depth;
	if (breaks_line((const char *)name))
		owe(p, BREAK);
	else if (strcmp((const char *)name, "td") == 0 || strcmp((const char *)name, "th") == 0)
		owe(p, SPACE);
	if (p->hidden_at != 0 || strcmp((const char *)name, "img") != 0)
		return;
	for (; attribute != NULL && attribute[0] != NULL; attribute += 2) {
		if (strcmp((const char *)attribute[0], "alt") != 0 || attribute[1] == NULL)
			continue;
		owe(p, SPACE);
		add_words(p, (const char *)attribute[1], strlen((const char *)attribute[1]));
		owe(p, SPACE);
	}
}

static void
on_end(void *data, const xmlChar *name)
{
	struct page *p = data;

	if (p->hidden_at == p->depth)
		p->hidden_at = 0;
	if (p->depth > 0)
		p->depth--;
	if (breaks_line((const char *)name))
		owe(p, BREAK);
}

static void
on_text(void *data, const xmlChar *text, int len)
{
	struct page *p = data;

	if (p->hidden_at == 0 && len > 0)
		add_words(p, (const char *)text, (size_t)len);
}

/* ---- what browsers read otherwise than libxml2 ---- */

/* Length of "&name" that is a character's name without its semicolon, as HTML of old has it; 0: it is not. */
static size_t
bare_entity(struct lw_span s)
{
	char name[12];
	size_t n = 1;

	while (n < s.len && n < sizeof name && ((s.at[n] | 32) >= 'a' && (s.at[n] | 32) <= 'z')) {
		name[n - 1] = s.at[n];
		n++;
	}
	if (n < s.len && s.at[n] == ';')
		return 0;
	for (; n > 2; n--) {
		name[n - 1] = '\0';
		if (htmlEntityLookup((const xmlChar *)name) != NULL)
			return n;
	}
	return 0;
}

/* Length of a comment, or of any other "<!...>" but a document type: nobody sees it. */
static size_t
unseen(struct lw_span s)
{
	bool comment = s.len > 3 && memcmp(s.at, "<!--", 4) == 0;
	const char *end;

	if (s.len < 4 || s.at[1] != '!' || (s.at[2] | 32) == 'd')
		return 0;
	end = comment ? memmem(s.at + 2, s.len - 2, "-->", 3) : memchr(s.at, '>', s.len);
	return end != NULL ? (size_t)(end - s.at) + (comment ? 3 : 1) : 0;
}

/* The page as libxml2 understands it: it takes a NUL for the end, and shows the other two. */
static bool
clean_page(struct lw_buffer *out, struct lw_span html)
{
	while (html.len > 0) {
		size_t plain = 0, n;

		while (plain < html.len && html.at[plain] != '&' && html.at[plain] != '<' && html.at[plain] != '\0')
			plain++;
		if (!lw_buffer_add(out, html.at, plain))
			return false;
		html = (struct lw_span){ html.at + plain, html.len - plain };
		if (html.len == 0)
			break;
		n = html.at[0] == '&' ? bare_entity(html) : html.at[0] == '<' ? unseen(html) : 1;
		if (html.at[0] == '&' && n > 0 && !(lw_buffer_add(out, html.at, n) && lw_buffer_add(out, ";", 1)))
			return false;
		if (html.at[0] == '\0' && !lw_buffer_add(out, " ", 1))
			return false;
		if (n == 0 && !lw_buffer_add(out, html.at, n = 1))
			return false;
		html = (struct lw_span){ html.at + n, html.len - n };
	}
	return true;
}

bool
lw_html_events(const htmlSAXHandler *events, void *data, struct lw_span html)
{
	struct lw_buffer clean = { 0 };
	htmlParserCtxtPtr parser;
	bool done;

	html = lw_span_trim(html);
	if (html.len == 0)
		return true;
	done = clean_page(&clean, html);
	if (clean.len == 0)
		return done;
	parser = done && clean.len <= INT32_MAX ? htmlCreateMemoryParserCtxt(clean.at, (int)clean.len) : NULL;
	if (parser == NULL) {
		lw_buffer_free(&clean);
		return false;
	}
	*parser->sax = *events;
	parser->userData = data;
	htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
	    HTML_PARSE_IGNORE_ENC);
	xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8);
	htmlParseDocument(parser);
	htmlFreeParserCtxt(parser);
	lw_buffer_free(&clean);
	return true;
}

bool
lw_html_text(struct lw_buffer *out, struct lw_span html)
{
	struct page p = { .out = out, .start = out->len };
	htmlSAXHandler events = { .startElement = on_start, .endElement = on_end, .characters = on_text,
		.ignorableWhitespace = on_text };

	return lw_html_events(&events, &p, html) && !p.no_memory;
}
