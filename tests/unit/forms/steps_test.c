/* Steps: how far each is, which are asked at all, what stands on a page and what travels along. */
#include "forms_helpers.h"

static struct epo_catalog *catalog;
static struct epo_pool *pool;
static struct epo_form *form;

static int set_up(void **state) {
    (void)state;
    pool = epo_pool_create();
    catalog = open_catalog();
    form = read_form(pool, read_file(pool, EPO_SOURCE "/tests/forms/definitions/steps.json"));
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    epo_form_free(form);
    epo_catalog_free(catalog);
    epo_pool_free(pool);
    return 0;
}

static struct epo_form_result check(const char *raw) {
    struct epo_form_result result;
    struct epo_error error = {0};
    if (!epo_form_check(form, pool, EPO_ANSWERS_FROM_HTML, parse_json(pool, epo_span(raw)), NULL,
                        catalog, "en", &result, &error))
        fail_msg("%s", error.text);
    return result;
}

/* One letter a step: - hidden, w waiting, u untouched, b begun, d done. */
static void assert_states(const char *raw, const char *wanted) {
    struct epo_form_result result = check(raw);
    const enum epo_step_state *states = epo_form_step_states(form, pool, &result);
    char got[8] = "";
    for (uint32_t i = 0; i < epo_form_step_count(form); i++)
        got[i] = "-wubd"[states[i]];
    if (strcmp(got, wanted) != 0)
        fail_msg("%s: %s, not %s", raw, got, wanted);
}

static void states(void **state) {
    (void)state;
    assert_states("{}", "uwwu");
    assert_states("{\"steps\":\"who\"}", "bwwu");
    assert_states("{\"steps\":\"end\"}", "uwwd");
    assert_states("{\"steps\":\"who\",\"kind\":\"person\"}", "d-uu");
    assert_states("{\"steps\":\"who\",\"kind\":\"company\"}", "duuu");
    assert_states("{\"steps\":[\"who\",\"what\"],\"kind\":\"person\",\"things.0\":\"1\"}", "d-bu");
    assert_states(
        "{\"steps\":[\"who\",\"what\",\"end\"],\"kind\":\"person\",\"things.0.thing\":\"a\"}",
        "d-dd");
    assert_states("{\"steps\":[\"what\"],\"kind\":\"company\",\"things.0.thing\":\"a\"}", "uwwu");
}

static void ways(void **state) {
    (void)state;
    struct epo_form_result result = check("{\"steps\":\"who\",\"kind\":\"person\"}");
    const enum epo_step_state *of = epo_form_step_states(form, pool, &result);
    assert_int_equal(epo_form_step_next(form, of, 0), 2);
    assert_int_equal(epo_form_step_next(form, of, 3), 4);
    assert_int_equal(epo_form_step_before(of, 2), 0);
    assert_int_equal(epo_form_step_before(of, 0), -1);
    assert_int_equal(epo_form_step_of(form, EPO_SPAN("things.2.thing")), 2);
    assert_int_equal(epo_form_step_of(form, EPO_SPAN("email")), 0);
    assert_int_equal(epo_form_step_of(form, EPO_SPAN("")), -1);
    struct epo_json *model = epo_form_step_model(form, pool, "cs", of, 2);
    assert_int_equal(epo_json_get_integer(model, "number", 0), 2);
    assert_int_equal(epo_json_get_integer(model, "count", 0), 3);
    struct epo_json *tasks = epo_form_tasks(form, pool, "cs", of);
    assert_int_equal(tasks->count, 3);
    assert_true(epo_span_is(epo_json_get_text(tasks->items[0], "state"), "done"));
    assert_true(epo_span_is(epo_json_get_text(tasks->items[1], "title"), "Co"));
}

/* A condition that other steps have decided leaves nothing behind; one of this page may change. */
static void page(void **state) {
    (void)state;
    const char *raw =
        "{\"steps\":[\"who\",\"end\"],\"kind\":\"person\",\"note\":\"n\","
        "\"things.0\":\"1\",\"things.0.thing\":\"t\",\"firm_name\":\"f\",\"other\":\"o\"}";
    struct epo_form_result result = check(raw);
    struct epo_json *view = epo_form_view_step(form, pool, "en", catalog, &result, 2);
    assert_int_equal(epo_json_get(view, "sections")->count, 1);
    struct epo_json *fields = epo_json_find(view, "sections.0.items.0.fields");
    assert_int_equal(fields->count, 2);
    assert_true(epo_span_is(epo_json_get_text(fields->items[1], "id"), "things.0.why"));
    assert_true(
        epo_span_is(epo_json_get_text(view, "known_json"), "{\"kind\":\"person\",\"note\":\"n\"}"));
    struct epo_span hidden = epo_json_print(
        pool, epo_form_hidden_elsewhere(form, pool, parse_json(pool, epo_span(raw)), 2));
    assert_true(epo_span_is(
        hidden, "[{\"name\":\"steps\",\"value\":\"who\"},{\"name\":\"steps\",\"value\":\"end\"},"
                "{\"name\":\"kind\",\"value\":\"person\"},{\"name\":\"note\",\"value\":\"n\"},"
                "{\"name\":\"firm_name\",\"value\":\"f\"}]"));
    result = check("{\"kind\":\"company\"}");
    view = epo_form_view_step(form, pool, "en", catalog, &result, 1);
    assert_int_equal(epo_json_get(view, "errors")->count, 1); /* not those of other steps */
    assert_int_equal(epo_json_find(epo_form_view_step(form, pool, "en", catalog, &result, 2),
                                   "sections.0.items.0.fields")
                         ->count,
                     3);
}

/* {"use"}: the portal's section wins over the program's; what the form gives wins over both. */
static void shared_sections(void **state) {
    (void)state;
    struct epo_form_fault *faults = NULL;
    const char *base = "{\"id\":\"u\",\"title\":{\"cs\":\"u\",\"en\":\"u\"},\"sections\":[%s]}";
    const char *good = "{\"use\":\"applicant\",\"id\":\"who\"},{\"use\":\"bank_account\"}";
    epo_form_share_sections(NULL, EPO_SOURCE "/forms");
    struct epo_form *used = read_form(pool, epo_span(epo_pool_printf(pool, base, good)));
    const struct epo_json *kept = epo_form_definition(used);
    assert_true(epo_span_is(epo_json_find(kept, "sections.0.id")->text, "who"));
    assert_true(epo_span_is(epo_json_find(kept, "sections.1.fields.0.id")->text, "refund_account"));
    struct epo_form *again = read_form(pool, epo_json_print(pool, kept));
    assert_string_equal(epo_form_version(used), epo_form_version(again));
    epo_form_free(used);
    epo_form_free(again);
    const char *const bad[][2] = {
        {"{\"use\":\"nobody\"}", "there is no shared section \"nobody\""},
        {"{\"use\":\"../form.schema\"}", "\"use\" wants the name"},
        {"{\"use\":\"address\",\"titel\":1}", "did you mean \"title\"?"},
        {"{\"use\":\"address\"},{\"use\":\"address\",\"id\":\"b\"}", "stands twice in the form"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct epo_span source = epo_span(epo_pool_printf(pool, base, bad[i][0]));
        assert_null(epo_form_read(pool, source, "u.json", NULL, &faults));
        if (strstr(faults->text, bad[i][1]) == NULL)
            fail_msg("%s: %s", faults->where, faults->text);
    }
    assert_string_equal(faults->where, "sections/address.json:6"); /* in its own file */
    epo_form_share_sections(NULL, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states),
        cmocka_unit_test(ways),
        cmocka_unit_test(page),
        cmocka_unit_test(shared_sections),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
