#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forms/expression.h"

static const char *const KNOWN[] = {"districts", "owner", "area_m2", "answers",
                                    "weekday",   "zone",  NULL};
static const char VARIABLES[] =
    "{\"districts\":[\"Plzeň 3\",\"Plzeň 1\"],\"owner\":\"city\",\"area_m2\":12.5,\"answers\":"
    "{\"days\":4,\"kind\":\"stall\",\"none\":null},\"weekday\":6,\"zone\":\"\"}";

static bool holds(const char *text) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error = {0};
    struct epo_json *rule, *variables = epo_json_parse(pool, epo_span(VARIABLES), &error);
    bool value = false;
    if (!epo_expression_read(pool, epo_span(text), KNOWN, &rule, &error) ||
        !epo_expression_holds(pool, rule, variables, &value, &error))
        fail_msg("%s: %s", text, error.text);
    epo_pool_free(pool);
    return value;
}

static void rules_hold_or_not(void **state) {
    static const char *const yes[] = {
        "in(districts, \"Plzeň 3\") and owner == \"city\"",
        "\"Plzeň 1\" in districts",
        "owner in [\"city\", \"state\"]",
        "area_m2 > 12 and area_m2 <= 12.5",
        "not (area_m2 > 100) and not owner == \"private\"",
        "not not has(owner)",
        "answers.days * 2 + 1 == 9",
        "2 + 3 * 4 == 14 and (2 + 3) * 4 == 20 and 7 % 4 == 3",
        "weekday >= 6 or owner == \"private\" and false",
        "answers.kind in [\"skip\", \"stall\"] and min(answers.days, 9) == 4",
        "max(1, answers.days, 3) == 4 and -answers.days < 0 and 10 - 4 - 3 == 3",
        "answers.none == null and answers.missing == null and not has(zone)",
        "true",
    };
    static const char *const no[] = {
        "in(districts, \"Plzeň 2-Slovany\")",
        "owner != \"city\" or area_m2 < 12.5",
        "not in(districts, \"Plzeň 3\")",
        "has(answers.none)",
        "false or false or false",
        "true and true and false",
    };
    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!holds(yes[i]))
            fail_msg("does not hold: %s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (holds(no[i]))
            fail_msg("holds: %s", no[i]);
}

static void what_is_wrong_is_named_with_its_column(void **state) {
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"", "column 1: something is missing at the end"},
        {"owner ==", "column 9: something is missing at the end"},
        {"owner = \"city\"", "column 7: this is one thing too many"},
        {"ower == \"city\"", "column 1: there is no \"ower\"; did you mean \"owner\"?"},
        {"owner == \"city", "column 10: the text has no closing \""},
        {"(owner == \"city\"", "column 17: the closing ) is missing"},
        {"in(districts)", "in wants (list, value)"},
        {"os(\"x\")", "unknown function"},
        {"1.2.3 == 1", "this is not a number"},
        {"owner == \"city\" and", "something is missing at the end"},
        {"owner; drop", "this is one thing too many"},
        {"[1, 2", "closing bracket is missing"},
        {"@", "column 1: this is not understood"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_error error = {0};
        struct epo_json *rule;
        if (epo_expression_read(pool, epo_span(cases[i].text), KNOWN, &rule, &error))
            fail_msg("accepted: %s", cases[i].text);
        if (strstr(error.text, cases[i].said) == NULL)
            fail_msg("%s: \"%s\" instead of \"%s\"", cases[i].text, error.text, cases[i].said);
        epo_pool_free(pool);
    }
}

/* Hostile or careless: neither the reader nor the evaluation may run away. */
static void depth_and_length_are_bounded(void **state) {
    static const char *const signs[] = {"(", "not ", "-", "[", "max(", "1+", "1 or ", "1 < "};
    char text[4096];
    (void)state;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_error error = {0};
        struct epo_json *rule, *none = epo_json_object(pool);
        size_t len = 0, step = strlen(signs[i]);
        bool value;
        while (len + step < EPO_EXPRESSION_BYTES_MAX - 2) {
            memcpy(text + len, signs[i], step);
            len += step;
        }
        text[len++] = '1';
        if (epo_expression_read(pool, (struct epo_span){text, len}, KNOWN, &rule, &error))
            assert_true(epo_expression_holds(pool, rule, none, &value, &error));
        memset(text, ' ', sizeof text);
        assert_false(
            epo_expression_read(pool, (struct epo_span){text, sizeof text}, KNOWN, &rule, &error));
        epo_pool_free(pool);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_hold_or_not),
        cmocka_unit_test(what_is_wrong_is_named_with_its_column),
        cmocka_unit_test(depth_and_length_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
