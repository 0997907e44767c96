/* Groups of settings: values in bounds, faults with lines. */
#include "portal_fixture.h"

#include "portal/setting.h"

static const struct epo_setting ROWS[] = {
    {"few", EPO_JSON_INTEGER, 1, 10, 5, false, false, "so many"},
    {"on", EPO_JSON_BOOLEAN, 0, 1, 1, false, false, "or off"},
    {"names", EPO_JSON_ARRAY, 0, 0, 0, true, false, "of things"},
};
static const struct epo_setting_group GROUP = {"group", ROWS, 3};

static const struct epo_json *json(const char *text) {
    struct epo_error error;
    return epo_json_parse(pool, epo_span(text), &error);
}

static void gives_what_is_set_else_the_default(void **state) {
    (void)state;
    assert_int_equal(epo_setting_get(&GROUP, NULL, "few"), 5);
    assert_int_equal(epo_setting_get(&GROUP, NULL, "on"), 1);
    assert_int_equal(epo_setting_get(&GROUP, json("{\"few\": 7, \"on\": false}"), "few"), 7);
    assert_int_equal(epo_setting_get(&GROUP, json("{\"few\": 7, \"on\": false}"), "on"), 0);
    assert_int_equal(epo_setting_get(&GROUP, json("{\"few\": 99}"), "few"), 10);
    assert_int_equal(epo_setting_get(&GROUP, json("{\"few\": -1}"), "few"), 1);
}

struct told {
    int count;
    char text[2048];
};
static void tell(void *arg, uint32_t line, const char *text) {
    struct told *told = arg;
    size_t len = strlen(told->text);
    told->count++;
    snprintf(told->text + len, sizeof told->text - len, "%u: %s\n", line, text);
}

static void tells_each_fault_with_its_line(void **state) {
    struct told told = {0};
    (void)state;
    epo_setting_check(&GROUP, json("{\n\"few\": 11,\n\"on\": 1,\n\"fwe\": 3}"), tell, &told);
    assert_string_equal(told.text,
                        "2: \"group.few\" must be from 1 to 10\n"
                        "3: \"group.on\" must be true or false\n"
                        "1: \"names\" is missing: add it\n"
                        "4: unknown member \"group.fwe\": remove it or correct its name\n");
    told = (struct told){0};
    epo_setting_check(&GROUP, json("{\"few\": 10, \"on\": true, \"names\": []}"), tell, &told);
    assert_int_equal(told.count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_is_set_else_the_default),
        cmocka_unit_test(tells_each_fault_with_its_line),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
