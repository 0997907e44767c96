/* Conditions against a table made with JsonLogic's reference implementation; limits of depth and
 * cost. */
#include "forms/condition.h"
#include "forms_helpers.h"

static void table(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *file =
        parse_json(pool, read_file(pool, EPO_SOURCE "/tests/unit/forms/conditions.json"));
    const struct epo_json *cases = epo_json_get(file, "cases");
    assert_true(cases->count > 100);
    for (uint32_t i = 0; i < cases->count; i++) {
        struct epo_json *value = NULL;
        struct epo_error error = {0};
        const struct epo_json *row = cases->items[i];
        if (!epo_condition_value(pool, row->items[0], epo_json_get(file, "answers"), &value,
                                 &error))
            fail_msg("line %u: %s", row->line, error.text);
        struct epo_span got = epo_json_print(pool, value);
        struct epo_span wanted = epo_json_print(pool, row->items[1]);
        if (!epo_span_equal(got, wanted))
            fail_msg("line %u: %.*s gives %.*s instead of %.*s", row->line,
                     EPO_ARG(epo_json_print(pool, row->items[0])), EPO_ARG(got), EPO_ARG(wanted));
    }
    epo_pool_free(pool);
}

/* {"!":{"!": … true}}, as deep as JSON itself may be. */
static void depth(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *rule = epo_json_boolean(pool, true);
    struct epo_error error = {0};
    bool holds;
    for (int i = 0; i < 60; i++) {
        struct epo_json *outer = epo_json_object(pool);
        epo_json_set(pool, outer, "!", rule);
        rule = outer;
        bool good = epo_condition_holds(pool, rule, epo_json_object(pool), NULL, &holds, &error);
        assert_int_equal(good, i < EPO_CONDITION_DEPTH_MAX - 1);
        if (good)
            assert_int_equal(holds, i % 2 == 1);
    }
    assert_string_equal(error.code, "form.condition");
    epo_pool_free(pool);
}

/* some in some in some over 100 items is a million steps: refused, and soon. */
static void cost(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *answers = epo_json_object(pool), *list = epo_json_array(pool);
    for (int i = 0; i < 100; i++)
        epo_json_push(pool, list, epo_json_integer(pool, i));
    epo_json_set(pool, answers, "l", list);
    struct epo_json *rule = parse_json(
        pool, EPO_SPAN("{\"some\":[{\"var\":\"l\"},{\"some\":[[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,"
                       "16,17,18,19,20],{\"some\":[[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,"
                       "19,20],{\"==\":[{\"var\":\"\"},99]}]}]}]}"));
    struct epo_error error = {0};
    bool holds;
    int64_t started = epo_clock_monotonic_us();
    assert_false(epo_condition_holds(pool, rule, answers, NULL, &holds, &error));
    assert_int_equal(error.kind, EPO_ERROR_TOO_LARGE);
    assert_true(epo_clock_monotonic_us() - started < 1000000);
    epo_pool_free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(depth),
                                       cmocka_unit_test(cost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
