/* Texts: languages, fall-back, placeholders, faults with file:line; and the shipped ones load. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "folder.h"
#include "view/view.h"

static void languages(void **state) {
    (void)state;
    struct test_folder folder;
    struct epo_error error;
    struct epo_catalog *catalog = epo_catalog_create();
    test_folder_make(&folder);
    test_folder_write(&folder, "cs.json", "{\"a\":\"á\",\"only\":\"jen\"}");
    test_folder_write(&folder, "en.json", "{\"a\":\"a\"}");
    test_folder_write(&folder, "readme.txt", "not a text");
    assert_true(epo_catalog_add(catalog, folder.path, "", &error));
    assert_true(epo_catalog_add(catalog, folder.path, "x.", &error));
    assert_string_equal(epo_catalog_text(catalog, "cs", "a").at, "á");
    assert_string_equal(epo_catalog_text(catalog, "en", "x.a").at, "a");
    assert_string_equal(epo_catalog_text(catalog, "en", "only").at, "jen");
    assert_string_equal(epo_catalog_text(catalog, "de", "a").at, "á");
    assert_string_equal(epo_catalog_text(catalog, NULL, "a").at, "á");
    assert_string_equal(epo_catalog_text(catalog, "cs", "none").at, "none");
    epo_catalog_free(catalog);
    test_folder_remove(&folder);
}

static void placeholders(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"{a} a {b}", "1 a <x>"}, {"{none} {a", "{none} {a"}, {"{b}{a}}", "<x>1}"},
        {"plain", "plain"},       {"{ a }", "{ a }"},         {"{o}", "{\"k\":1}"},
    };
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error;
    struct epo_json *model =
        epo_json_parse(pool, EPO_SPAN("{\"a\":1,\"b\":\"<x>\",\"o\":{\"k\":1}}"), &error);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(epo_text_fill(pool, epo_span(cases[i][0]), model).at, cases[i][1]);
    assert_string_equal(epo_text_fill(pool, EPO_SPAN("{a}"), NULL).at, "{a}");
    epo_pool_free(pool);
}

static void faults(void **state) {
    (void)state;
    static const struct {
        const char *text, *where;
    } cases[] = {{"{\n\"a\": \"x\",\n\"b\": 5\n}", "cs.json:3"},
                 {"[]", "cs.json:1"},
                 {"{\n\"a\": \"x\",\n}", "cs.json:3"},
                 {"{\"a\":\"x\",\n\"a\":\"y\"}", "cs.json:2"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct test_folder folder;
        struct epo_error error = {0};
        struct epo_catalog *catalog = epo_catalog_create();
        test_folder_make(&folder);
        test_folder_write(&folder, "cs.json", cases[i].text);
        assert_false(epo_catalog_add(catalog, folder.path, "", &error));
        if (strstr(error.where, cases[i].where) == NULL)
            fail_msg("case %zu: %s", i, error.where);
        epo_catalog_free(catalog);
        test_folder_remove(&folder);
    }
    struct epo_error error = {0};
    struct epo_catalog *catalog = epo_catalog_create();
    assert_false(epo_catalog_add(catalog, "/nowhere/at/all", "", &error));
    assert_string_equal(error.where, "/nowhere/at/all");
    epo_catalog_free(catalog);
}

static void shipped(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_catalog *catalog = epo_catalog_create();
    struct epo_templates *templates = epo_templates_create(catalog);
    bool loaded =
        epo_catalog_add(catalog, EPO_SOURCE "/core/web/texts", "", &error) &&
        epo_catalog_add(catalog, EPO_SOURCE "/forms/texts", "", &error) &&
        epo_templates_add(templates, EPO_SOURCE "/core/web/templates", "web", true, &error) &&
        epo_templates_add(templates, EPO_SOURCE "/forms/web", "forms", true, &error) &&
        epo_templates_link(templates, &error);
    if (!loaded)
        fail_msg("%s: %s", error.where, error.text);
    epo_templates_free(templates);
    epo_catalog_free(catalog);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(languages), cmocka_unit_test(placeholders),
                                       cmocka_unit_test(faults), cmocka_unit_test(shipped)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
