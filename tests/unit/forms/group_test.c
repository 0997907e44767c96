/* Repeated groups: items as a browser names them, what is refused and where, pages without a
 * script, the summary. */
#include "forms_helpers.h"

static struct epo_catalog *catalog;
static struct epo_pool *pool;
static struct epo_form *form;

static int set_up(void **state) {
    (void)state;
    pool = epo_pool_create();
    catalog = open_catalog();
    form = read_form(pool, read_file(pool, EPO_SOURCE "/tests/forms/definitions/groups.json"));
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    epo_form_free(form);
    epo_catalog_free(catalog);
    epo_pool_free(pool);
    return 0;
}

static struct epo_json *json(const char *text) {
    return parse_json(pool, epo_span(text));
}

static struct epo_form_result check(enum epo_answers_source source, const char *raw) {
    struct epo_form_result result;
    struct epo_error error = {0};
    if (!epo_form_check(form, pool, source, json(raw), NULL, catalog, "en", &result, &error))
        fail_msg("%s", error.text);
    return result;
}

static void assert_json(const struct epo_json *got, const char *wanted) {
    struct epo_span text = epo_json_print(pool, got), other = epo_json_print(pool, json(wanted));
    if (!epo_span_equal(text, other))
        fail_msg("%.*s instead of %.*s", EPO_ARG(text), EPO_ARG(other));
}

static const char *code_at(const struct epo_form_result *result, const char *path) {
    for (uint32_t i = 0; i < result->errors->count; i++)
        if (epo_span_is(epo_json_get_text(result->errors->items[i], "path"), path))
            return epo_pool_string(pool, epo_json_get_text(result->errors->items[i], "code"));
    return "none";
}

/* Names with a gap and out of order are items in their order; each sees its own answers before
 * those of the form. */
static void html(void **state) {
    (void)state;
    struct epo_form_result result = check(
        EPO_ANSWERS_FROM_HTML,
        "{\"kind\":\"person\",\"since\":\"1. 5. "
        "2020\",\"stalls\":\"no\",\"dogs.7.dog_name\":\"Bety\","
        "\"dogs.7.marking\":\"none\",\"dogs.7.chip\":\"not asked\",\"dogs.2\":\"1\","
        "\"dogs.2.dog_name\":\"Rek\",\"dogs.2.marking\":\"chip\",\"dogs.2.chip\":"
        "\"203098100123456\",\"dogs.2.licence\":\"x\",\"dogs.2.colours\":[\"black\",\"white\"]}");
    assert_json(result.errors, "[]");
    assert_json(epo_json_get(result.answers, "dogs"),
                "[{\"dog_name\":\"Rek\",\"marking\":\"chip\",\"chip\":\"203098100123456\","
                "\"colours\":[\"black\",\"white\"]},{\"dog_name\":\"Bety\",\"marking\":\"none\"}]");
    assert_null(epo_json_get(result.answers, "stands"));
}

static void html_refused(void **state) {
    (void)state;
    struct epo_form_result result = check(
        EPO_ANSWERS_FROM_HTML,
        "{\"kind\":\"company\",\"since\":\"2020-05-01\",\"stalls\":\"yes\",\"dogs.0\":\"1\","
        "\"dogs.1.dog_name\":\"A\",\"dogs.1.marking\":\"chip\",\"dogs.1.held\":\"2020-04-30\","
        "\"dogs.2\":\"1\",\"dogs.3\":\"1\",\"dogs.4\":\"1\",\"dogs.99999\":\"1\",\"dogs.x\":\"1\","
        "\"stands.0.width\":\"6\"}");
    assert_string_equal(code_at(&result, "dogs.0.dog_name"), "form.required");
    assert_string_equal(code_at(&result, "dogs.1.chip"), "form.required");
    assert_string_equal(code_at(&result, "dogs.1.held"), "form.not_before");
    assert_string_equal(code_at(&result, "dogs"), "form.too_many_items");
    assert_string_equal(code_at(&result, "dogs.4.dog_name"), "none"); /* over the limit: not read */
    assert_string_equal(code_at(&result, "stands"), "form.too_few_items");
    assert_string_equal(code_at(&result, "stands.0.open"), "form.required");
    assert_json(epo_json_find(result.answers, "dogs.1"),
                "{\"dog_name\":\"A\",\"marking\":\"chip\"}");
}

static void json_refused(void **state) {
    (void)state;
    struct epo_form_result result = check(
        EPO_ANSWERS_FROM_JSON,
        "{\"kind\":\"person\",\"since\":\"2020-05-01\",\"stalls\":false,\"stands\":[],\"dog_name\":"
        "1,"
        "\"dogs\":[5,{\"dog_name\":\"A\",\"marking\":\"none\",\"chip\":\"1\",\"vet\":\"x\"}]}");
    assert_string_equal(code_at(&result, "dogs.0"), "form.type");
    assert_string_equal(code_at(&result, "dogs.1.chip"), "form.not_asked");
    assert_string_equal(code_at(&result, "dogs.1.vet"), "form.unknown");
    assert_string_equal(code_at(&result, "dog_name"), "form.unknown");
    assert_string_equal(code_at(&result, "stands"), "form.not_asked");
    result = check(EPO_ANSWERS_FROM_JSON, "{\"dogs\":{}}");
    assert_string_equal(code_at(&result, "dogs"), "form.type");
    result = check(EPO_ANSWERS_FROM_JSON, "{}");
    assert_string_equal(code_at(&result, "dogs"), "form.too_few_items");
}

static struct epo_json *take(const char *raw, const char *action, bool taken) {
    struct epo_json *typed = json(raw);
    assert_int_equal(epo_form_take_groups(form, pool, typed, epo_span(action)), taken);
    return typed;
}

#define TWO                                                                                        \
    "{\"kind\":\"x\",\"dogs.0\":\"1\",\"dogs.0.dog_name\":\"A\",\"dogs.1\":\"1\",\"dogs.1.dog_"    \
    "name\":\"B\"}"

static void without_a_script(void **state) {
    (void)state;
    assert_json(take(TWO, "group:dogs:add", true),
                "{\"kind\":\"x\",\"dogs.0\":\"1\",\"dogs.0.dog_name\":\"A\",\"dogs.1\":\"1\","
                "\"dogs.1.dog_name\":\"B\",\"dogs.2\":\"1\"}");
    assert_json(take(TWO, "group:dogs:remove-1", true),
                "{\"kind\":\"x\",\"dogs.0\":\"1\",\"dogs.0.dog_name\":\"B\"}");
    assert_json(take(TWO, "group:dogs:remove-3", true), TWO);
    assert_json(take("{\"dogs.0\":\"1\"}", "group:dogs:remove-1", true), "{\"dogs.0\":\"1\"}");
    assert_json(take("{}", "group:stands:add", true),
                "{\"stands.0\":\"1\",\"stands.1\":\"1\",\"stands.2\":\"1\"}");
    assert_json(take("{\"stands.0\":\"1\",\"stands.1\":\"1\",\"stands.2\":\"1\"}",
                     "group:stands:add", true),
                "{\"stands.0\":\"1\",\"stands.1\":\"1\",\"stands.2\":\"1\"}");
    assert_json(take(TWO, "group:holder:add", false), TWO);
    assert_json(take(TWO, "review", false), TWO);
}

static struct epo_span text_at(const struct epo_json *root, const char *path) {
    const struct epo_json *found = epo_json_find(root, path);
    return epo_json_is_text(found) ? found->text : EPO_SPAN("(none)");
}

static void assert_text(const struct epo_json *root, const char *path, const char *wanted) {
    struct epo_span got = text_at(root, path);
    if (!epo_span_is(got, wanted))
        fail_msg("%s is \"%.*s\", not \"%s\"", path, EPO_ARG(got), wanted);
}

static void drawn(void **state) {
    (void)state;
    struct epo_form_result result = check(
        EPO_ANSWERS_FROM_HTML, "{\"kind\":\"company\",\"dogs.0\":\"1\",\"dogs.0.dog_name\":\"A\","
                               "\"dogs.1.marking\":\"chip\",\"dogs.1.chip\":\"5\"}");
    struct epo_json *view = epo_form_view(form, pool, "en", catalog, &result);
    assert_text(view, "sections.1.items.0.fields.0.value", "A");
    assert_text(view, "sections.1.items.1.fields.0.id", "dogs.1.dog_name");
    assert_text(view, "sections.1.items.1.fields.2.error", "Fifteen digits.");
    assert_text(view, "sections.1.items.1.fields.0.described_by",
                "field-dogs.1.dog_name-hint field-dogs.1.dog_name-error");
    assert_text(view, "sections.1.items.1.fields.1.options.1.id", "field-dogs.1.marking-2");
    assert_text(view, "sections.1.blank.fields.1.options.0.id", "field-dogs.~.marking");
    assert_text(view, "sections.1.next", "dogs.2");
    assert_false(epo_json_find(view, "sections.1.items.1.fields.2.hidden")->boolean);
    assert_true(epo_json_find(view, "sections.1.items.0.fields.2.hidden")->boolean);
    assert_false(epo_json_find(view, "sections.1.items.0.fields.3.hidden")->boolean); /* kind */
    assert_int_equal(epo_json_find(view, "sections.3.items")->count, 2);
    bool listed = false;
    const struct epo_json *errors = epo_json_get(view, "errors");
    for (uint32_t i = 0; i < errors->count; i++)
        listed |=
            epo_span_is(epo_json_get_text(errors->items[i], "href"), "#field-dogs.1.chip") &&
            epo_span_is(epo_json_get_text(errors->items[i], "message"), "Dog 2 – Fifteen digits.");
    assert_true(listed);
    view = epo_form_view(form, pool, "cs", catalog, NULL);
    assert_int_equal(epo_json_find(view, "sections.1.items")->count, 1);
    assert_text(view, "sections.1.items.0.called", "Pes");
}

static void read_again(void **state) {
    (void)state;
    struct epo_json *answers = json("{\"kind\":\"person\",\"dogs\":[{\"dog_name\":\"Rek\"},{},"
                                    "{\"dog_name\":\"Bety\",\"colours\":[\"white\"]}]}");
    struct epo_json *parts = epo_form_summary(form, pool, "cs", catalog, answers, NULL);
    assert_int_equal(parts->count, 3);
    assert_text(parts, "1.section", "Pes 1");
    assert_text(parts, "2.section", "Pes 3");
    assert_text(parts, "2.rows.1.id", "dogs.2.colours");
    assert_text(parts, "2.rows.1.text", "bílá");
    struct epo_json *hidden = epo_form_hidden(
        form, pool,
        json("{\"dogs.0\":\"1\",\"dogs.0.chip\":\"5\",\"dogs.0.colours\":[\"a\",\"b\"],"
             "\"dogs.0.vet\":\"x\",\"dogs\":\"x\",\"chip\":\"7\",\"vet\":\"v\"}"));
    assert_json(
        hidden,
        "[{\"name\":\"dogs.0\",\"value\":\"1\"},{\"name\":\"dogs.0.chip\",\"value\":\"5\"},"
        "{\"name\":\"dogs.0.colours\",\"value\":\"a\"},{\"name\":\"dogs.0.colours\",\"value\":"
        "\"b\"},{\"name\":\"vet\",\"value\":\"v\"}]");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html),         cmocka_unit_test(html_refused),
        cmocka_unit_test(json_refused), cmocka_unit_test(without_a_script),
        cmocka_unit_test(drawn),        cmocka_unit_test(read_again),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
