/* Each type of field against its data file: what is accepted and as which value, what is refused
 * and with which code, from HTML and from JSON. */
#include <dirent.h>

#include "forms_helpers.h"

#define FOLDER EPO_SOURCE "/tests/unit/forms/fields"

static struct epo_catalog *catalog;

static struct epo_form *form_around(struct epo_pool *pool, const struct epo_json *field) {
    struct epo_span text = epo_json_print(pool, field);
    return read_form(
        pool, epo_span(epo_pool_printf(
                  pool,
                  "{\"id\":\"t\",\"title\":{\"cs\":\"t\",\"en\":\"t\"},\"sections\":[{\"id\":\"s\","
                  "\"title\":{\"cs\":\"s\",\"en\":\"s\"},\"fields\":[%.*s]}]}",
                  EPO_ARG(text))));
}

static void check(struct epo_pool *pool, const struct epo_form *form,
                  enum epo_answers_source source, const struct epo_json *typed,
                  struct epo_form_result *result) {
    struct epo_error error = {0};
    struct epo_json *raw = epo_json_object(pool);
    epo_json_set(pool, raw, "f", epo_json_copy(pool, typed));
    if (!epo_form_check(form, pool, source, raw, NULL, catalog, "cs", result, &error))
        fail_msg("%s", error.text);
}

static void check_accepted(struct epo_pool *pool, const char *file, const struct epo_form *form,
                           enum epo_answers_source source, const struct epo_json *rows) {
    for (uint32_t i = 0; i < rows->count; i++) {
        struct epo_form_result result;
        check(pool, form, source, rows->items[i]->items[0], &result);
        struct epo_span errors = epo_json_print(pool, result.errors);
        struct epo_json *value = epo_json_get(result.answers, "f");
        if (value == NULL || result.errors->count > 0)
            fail_msg("%s: row at line %u was refused: %.*s", file, rows->items[i]->line,
                     EPO_ARG(errors));
        struct epo_span got = epo_json_print(pool, value);
        struct epo_span wanted = epo_json_print(pool, rows->items[i]->items[1]);
        if (!epo_span_equal(got, wanted))
            fail_msg("%s:%u: %.*s instead of %.*s", file, rows->items[i]->line, EPO_ARG(got),
                     EPO_ARG(wanted));
    }
}

static void check_refused(struct epo_pool *pool, const char *file, const struct epo_form *form,
                          enum epo_answers_source source, const struct epo_json *rows) {
    for (uint32_t i = 0; i < rows->count; i++) {
        struct epo_form_result result;
        check(pool, form, source, rows->items[i]->items[0], &result);
        if (result.errors->count != 1 || epo_json_get(result.answers, "f") != NULL)
            fail_msg("%s:%u was accepted", file, rows->items[i]->line);
        struct epo_json *error = result.errors->items[0];
        struct epo_span code = epo_json_get_text(error, "code");
        if (!epo_span_equal(code, rows->items[i]->items[1]->text))
            fail_msg("%s:%u: code %.*s", file, rows->items[i]->line, EPO_ARG(code));
        struct epo_span message = epo_json_get_text(error, "message");
        if (message.len == 0 || epo_span_starts(message, EPO_SPAN("error.")) ||
            memchr(message.at, '{', message.len) != NULL)
            fail_msg("%s:%u: message \"%.*s\"", file, rows->items[i]->line, EPO_ARG(message));
        assert_true(epo_span_is(epo_json_get_text(error, "path"), "f"));
    }
}

static void run_file(const char *name) {
    struct epo_pool *pool = epo_pool_create();
    const char *path = epo_pool_printf(pool, FOLDER "/%s", name);
    struct epo_json *file = parse_json(pool, read_file(pool, path));
    struct epo_form *form = form_around(pool, epo_json_get(file, "field"));
    static const char *const sources[] = {"html", "json"};
    for (int source = 0; source < 2; source++) {
        struct epo_json *part = epo_json_get(file, sources[source]);
        check_accepted(pool, name, form, source, epo_json_get(part, "accepted"));
        check_refused(pool, name, form, source, epo_json_get(part, "refused"));
    }
    epo_form_free(form);
    epo_pool_free(pool);
}

static void data_files(void **state) {
    (void)state;
    struct dirent **names;
    int count = scandir(FOLDER, &names, NULL, alphasort), run = 0;
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.') {
            run_file(names[i]->d_name);
            run++;
        }
        free(names[i]);
    }
    free(names);
    assert_true(run >= 14);
}

/* Optional fields may be left out, in JSON by leaving out the member and only so. */
static void optional(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_form *form = form_around(
        pool, parse_json(pool, EPO_SPAN("{\"id\":\"f\",\"type\":\"text\",\"required\":false,"
                                        "\"label\":{\"cs\":\"F\",\"en\":\"F\"}}")));
    struct epo_form_result result;
    struct epo_error error;
    check(pool, form, EPO_ANSWERS_FROM_HTML, epo_json_string(pool, "  "), &result);
    assert_int_equal(result.errors->count + result.answers->count, 0);
    check(pool, form, EPO_ANSWERS_FROM_JSON, epo_json_null(pool), &result);
    assert_int_equal(result.errors->count, 1);
    assert_true(epo_form_check(form, pool, EPO_ANSWERS_FROM_JSON, epo_json_object(pool), NULL,
                               catalog, "en", &result, &error));
    assert_int_equal(result.errors->count + result.answers->count, 0);
    epo_form_free(form);
    epo_pool_free(pool);
}

/* The program's own template with a hint on the field and on one option alone: the other option
 * must not show the field's. */
static void drawn_options(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error = {0};
    struct epo_form *form = form_around(
        pool,
        parse_json(pool, EPO_SPAN("{\"id\":\"f\",\"type\":\"choice\",\"label\":{\"cs\":\"F\","
                                  "\"en\":\"F\"},\"hint\":{\"cs\":\"Pole\",\"en\":\"FieldHint\"},"
                                  "\"options\":[{\"value\":\"a\",\"label\":{\"cs\":\"A\",\"en\":"
                                  "\"A\"}},{\"value\":\"b\",\"label\":{\"cs\":\"B\",\"en\":\"B\"},"
                                  "\"hint\":{\"cs\":\"B\",\"en\":\"OptionHint\"}}]}")));
    struct epo_templates *templates = epo_templates_create(catalog);
    assert_true(epo_templates_add(templates, EPO_SOURCE "/forms/web", "forms", true, &error));
    assert_true(epo_templates_link(templates, &error));
    struct epo_json *view = epo_form_view(form, pool, "en", catalog, NULL);
    struct epo_buffer out;
    epo_buffer_init(&out, 1 << 16);
    assert_true(epo_templates_render(templates, "forms/field_choice", "en",
                                     epo_json_find(view, "sections.0.fields.0"), &out, &error));
    epo_buffer_byte(&out, '\0');
    char *first = strstr(out.at, "FieldHint");
    assert_non_null(first);
    assert_null(strstr(first + 1, "FieldHint"));
    assert_non_null(strstr(out.at, "OptionHint"));
    epo_buffer_clear(&out);
    epo_templates_free(templates);
    epo_form_free(form);
    epo_pool_free(pool);
}

static int setup(void **state) {
    (void)state;
    setenv("TZ", "Europe/Prague", 1);
    catalog = open_catalog();
    return 0;
}

static int teardown(void **state) {
    (void)state;
    epo_catalog_free(catalog);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(data_files), cmocka_unit_test(optional),
                                       cmocka_unit_test(drawn_options)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
