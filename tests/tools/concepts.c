/*
 * concepts.c - what the interlingua sees in a corpus, for scripts/check-corpora
 *
 *   concepts VOCABULARY-DIR FILE...
 *
 * Prints "coverage LANG WORDS MAPPED" for each file's language, and "alike ID ID SHARE" for pairs of messages in
 * different languages whose sets of concepts overlap so far (Jaccard) that one must be the other told again.
 * Words are counted as the text layer cuts them; in scripts without spaces letters are counted. Digits, contacts
 * and single Latin letters are no words. Status 2 with a reason on stderr when something cannot be read.
 */
#include "concepts/match.h"
#include "features/features.h"
#include "read/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SET_WORDS = 32, FEWEST = 10 };   /* a message of fewer concepts is alike too easily */
static const double ALIKE = 0.8;

struct seen {
	char id[64], lang[16];
	uint64_t set[SET_WORDS];
	unsigned n;
};

struct tally {
	char lang[16];
	size_t words, mapped;
};

static int
die(const char *what, const char *why)
{
	fprintf(stderr, "concepts: %s: %s\n", what, why);
	exit(2);
}

static void
copy(char *to, size_t room, struct lw_span s)
{
	size_t n = s.len < room - 1 ? s.len : room - 1;

	memcpy(to, s.at, n);
	to[n] = '\0';
}

/* A byte of the message is mapped when a form covers it; function words count as mapped, so hits are asked with them. */
static void
count_words(const struct lw_text *t, const struct lw_sequence *q, struct tally *tally)
{
	size_t h = 0;

	for (uint32_t w = 0; w < t->words; w++) {
		const struct lw_word *word = &t->word[w];
		bool unspaced = (word->flags & LW_WORD_UNSPACED) != 0;

		if ((word->flags & (LW_WORD_CONTACT | LW_WORD_TWIN | LW_WORD_DIGITS)) != 0 ||
		    (!unspaced && word->end - word->begin < 2))
			continue;
		for (uint32_t i = word->begin; i < (unspaced ? word->end : word->begin + 1); i++) {
			while (h < q->n && q->hit[h].end <= t->from[i])
				h++;
			tally->words++;
			tally->mapped += h < q->n && q->hit[h].start <= t->from[i];
		}
	}
}

static unsigned
overlap(const struct seen *a, const struct seen *b)
{
	unsigned n = 0;

	for (int i = 0; i < SET_WORDS; i++)
		n += (unsigned)__builtin_popcountll(a->set[i] & b->set[i]);
	return n;
}

int
main(int argc, char **argv)
{
	struct lw_settings settings;
	struct lw_buffer block = { 0 }, why = { 0 }, room = { 0 };
	struct lw_vocabulary *v = NULL;
	struct lw_texter *texter = NULL;
	struct lw_matcher *matcher = NULL;
	struct lw_sums sums = { 0 };
	struct seen *seen = NULL;
	struct tally tally[64] = { 0 };
	size_t n = 0, seen_room = 0, langs = 0;

	lw_settings_default(&settings);
	if (argc < 3)
		die("usage", "concepts VOCABULARY-DIR FILE...");
	if (lw_vocabulary_compile(argv[1], &block, &why) != LUREWATCH_OK)
		die(argv[1], lw_buffer_add(&why, "", 1) ? why.at : "out of memory");
	if (lw_vocabulary_open(block.at, block.len, &v) != LUREWATCH_OK || lw_texter_new(0, &texter) != LUREWATCH_OK ||
	    lw_matcher_new(v, texter, &matcher) != LUREWATCH_OK)
		die(argv[1], "cannot be used");
	for (int i = 2; i < argc; i++) {
		struct lw_reader *reader;
		const struct lw_message *m;

		if (lw_reader_open(argv[i], NULL, &reader) != LUREWATCH_OK)
			die(argv[i], lw_reader_reason(reader));
		while (lw_reader_next(reader, &m) == LUREWATCH_OK && m != NULL) {
			const struct lw_text *t;
			struct lw_sequence q;
			struct lw_span judged;
			struct seen *s;
			size_t k = 0;

			if (m->error != NULL)
				die(argv[i], m->error);
			if (lw_message_judged(m, &room, &judged) != LUREWATCH_OK ||
			    lw_text_read(texter, judged.at, judged.len, &t) != LUREWATCH_OK ||
			    lw_find_sums(t, &sums) != LUREWATCH_OK || lw_match_all(matcher, t, &sums, &q) != LUREWATCH_OK ||
			    !lw_grow(&seen, &seen_room, n + 1, sizeof *seen))
				die(argv[i], "out of memory");
			s = &seen[n++];
			memset(s, 0, sizeof *s);
			copy(s->id, sizeof s->id, m->id);
			copy(s->lang, sizeof s->lang, m->lang);
			while (k < langs && strcmp(tally[k].lang, s->lang) != 0)
				k++;
			if (k == langs && langs < sizeof tally / sizeof tally[0])
				memcpy(tally[langs++].lang, s->lang, sizeof s->lang);
			if (k < langs)
				count_words(t, &q, &tally[k]);
			for (size_t h = 0; h < q.n; h++)
				if (q.hit[h].concept < SET_WORDS * 64 && q.hit[h].concept != lw_vocabulary_function_word(v))
					s->set[q.hit[h].concept / 64] |= (uint64_t)1 << q.hit[h].concept % 64;
			for (int w = 0; w < SET_WORDS; w++)
				s->n += (unsigned)__builtin_popcountll(s->set[w]);
		}
		lw_reader_close(reader);
	}
	for (size_t k = 0; k < langs; k++)
		printf("coverage\t%s\t%zu\t%zu\n", tally[k].lang, tally[k].words, tally[k].mapped);
	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b < a; b++) {
			unsigned both;

			if (seen[a].n < FEWEST || seen[b].n < FEWEST || strcmp(seen[a].lang, seen[b].lang) == 0)
				continue;
			both = overlap(&seen[a], &seen[b]);
			if (both >= ALIKE * (seen[a].n + seen[b].n - both))
				printf("alike\t%s\t%s\t%.2f\n", seen[b].id, seen[a].id, both / (double)(seen[a].n + seen[b].n - both));
		}
	free(seen);
	free(sums.at);
	lw_matcher_free(matcher);
	lw_texter_free(texter);
	lw_vocabulary_free(v);
	lw_buffer_free(&block);
	lw_buffer_free(&why);
	lw_buffer_free(&room);
	return 0;
}
