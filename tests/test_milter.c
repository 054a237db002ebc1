/* test_milter.c - the milter-action option: what is understood, what is refused, when a rule holds */
#include "scratch.h"

#include "serve/milter_rules.h"

#include <string.h>

#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

static const struct {
	const char *rule, *label;
	double risk;
	enum lw_milter_action action;
	const char *text;
} good[] = {
	{ "flagged 0 subject [scam?]", "flagged", 0, LW_MILTER_SUBJECT, "[scam?]" },
	{ "  recruitment\t0.95   quarantine ", "recruitment", .95, LW_MILTER_QUARANTINE,
	    "Lurewatch: looks like a fraud or a recruitment lure" },
	{ "fraud 1 reject Not accepted: looks like a fraud", "fraud", 1, LW_MILTER_REJECT,
	    "Not accepted: looks like a fraud" },
	{ "fraud .5 reject", "fraud", .5, LW_MILTER_REJECT, "This message looks like a fraud or a recruitment lure" },
};

START_TEST(rules_are_read)
{
	struct lw_milter_rule r;
	struct lw_buffer why = { 0 };

	ck_assert_msg(lw_milter_rule(good[_i].rule, &r, &why), "%.*s", (int)why.len, why.at);
	ck_assert(lw_span_is(r.label, good[_i].label));
	ck_assert_double_eq(r.risk, good[_i].risk);
	ck_assert_int_eq(r.action, good[_i].action);
	ck_assert_str_eq(r.text, good[_i].text);
	lw_buffer_free(&why);
}
END_TEST

static const struct {
	const char *rule, *why;
} bad[] = {
	{ "", "milter-action: '': LABEL RISK ACTION [TEXT] is meant, RISK from 0 to 1" },
	{ "fraud reject", "milter-action: 'fraud reject': LABEL RISK ACTION [TEXT] is meant, RISK from 0 to 1" },
	{ "fraud 1.5 reject", "milter-action: 'fraud 1.5 reject': LABEL RISK ACTION [TEXT] is meant, RISK from 0 to 1" },
	{ "fraud nan reject", "milter-action: 'fraud nan reject': LABEL RISK ACTION [TEXT] is meant, RISK from 0 to 1" },
	{ "fraud 0.9", "milter-action: 'fraud 0.9': ACTION is subject, quarantine or reject" },
	{ "fraud 0.9 discard", "milter-action: 'fraud 0.9 discard': ACTION is subject, quarantine or reject" },
	{ "fraud 0.9 header", "milter-action: 'fraud 0.9 header': ACTION is subject, quarantine or reject" },
	{ "fraud 0.9 subject ", "milter-action: 'fraud 0.9 subject ': what shall go before the subject?" },
	{ "fraud 0.9 reject 100% fraud",
	    "milter-action: 'fraud 0.9 reject 100% fraud': TEXT is at most 400 characters of ASCII without %" },
	{ "fraud 0.9 reject a\r\n250 ok",
	    "milter-action: 'fraud 0.9 reject a\r\n250 ok': TEXT is at most 400 characters of ASCII without %" },
};

START_TEST(bad_rules_have_a_reason)
{
	struct lw_milter_rule r;
	struct lw_buffer why = { 0 };

	ck_assert(!lw_milter_rule(bad[_i].rule, &r, &why));
	ck_assert_msg(lw_span_is((struct lw_span){ why.at, why.len }, bad[_i].why), "%.*s", (int)why.len, why.at);
	lw_buffer_free(&why);
}
END_TEST

static lurewatch *model;

static void
set_up(void)
{
	model = scratch_model("milter.lwm", 1);
}

static void
tear_down(void)
{
	lurewatch_close(model);
}

static const struct {
	const char *rule;
	double risk;
	bool flagged, holds, fits;
} cases[] = {
	{ "recruitment 0.9 reject", .95, true, true, true }, { "recruitment 0.9 reject", .9, true, true, true },
	{ "recruitment 0.9 reject", .89, true, false, true }, { "ham 0 reject", .95, true, false, true },
	{ "flagged 0 reject", .6, true, true, true }, { "flagged 0 reject", .4, false, false, true },
	{ "ham 0 reject", .1, false, true, true }, { "lottery 0 reject", .99, true, false, false },
};

START_TEST(rules_hold_by_label_and_risk)
{
	lurewatch_verdict v = { .risk = cases[_i].risk, .flagged = cases[_i].flagged, .label = cases[_i].flagged };
	struct lw_milter_rule r;
	struct lw_buffer why = { 0 };

	ck_assert(lw_milter_rule(cases[_i].rule, &r, &why));
	ck_assert_int_eq(lw_milter_rule_holds(&r, model, &v), cases[_i].holds);
	ck_assert_int_eq(lw_milter_rule_fits(&r, model), cases[_i].fits);
}
END_TEST

Suite *
milter_suite(void)
{
	Suite *s = suite_create("milter");
	TCase *t = tcase_create("rules");

	tcase_add_unchecked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, rules_are_read, 0, COUNT(good));
	tcase_add_loop_test(t, bad_rules_have_a_reason, 0, COUNT(bad));
	tcase_add_loop_test(t, rules_hold_by_label_and_risk, 0, COUNT(cases));
	suite_add_tcase(s, t);
	return s;
}
