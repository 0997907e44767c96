/* Each type of field against its data file: what is accepted and as which value, what is refused
 * and with which code, from HTML and from JSON. */
#include <dirent.h>

#include "forms/czech.h"
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
    assert_true(run >= 23);
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

/* In HTML a range comes as two names; each side is blamed for itself, and both are drawn again. */
static void ranges_from_html(void **state) {
    static const struct {
        const char *from, *to, *code;
    } rows[] = {{"24. 11. 2026", "2026-11-30", NULL},
                {"", "", "form.required"},
                {"", "2026-11-30", "form.range_from"},
                {"24. 11. 2026", "", "form.range_to"},
                {"24. 11. 2026", "zítra", "form.range_to"},
                {"2026-11-30", "2026-11-24", "form.range_order"}};
    struct epo_pool *pool = epo_pool_create();
    struct epo_form *form = form_around(
        pool, parse_json(pool, EPO_SPAN("{\"id\":\"f\",\"type\":\"date_range\",\"label\":{"
                                        "\"cs\":\"F\",\"en\":\"F\"}}")));
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct epo_error error = {0};
        struct epo_form_result result;
        struct epo_json *raw = epo_json_object(pool);
        epo_json_set_string(pool, raw, "f.from", rows[i].from);
        epo_json_set_string(pool, raw, "f.to", rows[i].to);
        assert_true(epo_form_check(form, pool, EPO_ANSWERS_FROM_HTML, raw, NULL, catalog, "cs",
                                   &result, &error));
        assert_int_equal(result.errors->count, rows[i].code != NULL);
        if (rows[i].code != NULL)
            assert_true(
                epo_span_is(epo_json_get_text(result.errors->items[0], "code"), rows[i].code));
        else
            assert_true(epo_span_is(epo_json_print(pool, epo_json_get(result.answers, "f")),
                                    "{\"from\":\"2026-11-24\",\"to\":\"2026-11-30\"}"));
        assert_int_equal(epo_form_hidden(form, pool, raw)->count, 2);
    }
    epo_form_free(form);
    epo_pool_free(pool);
}

/* A single wrong digit is always found in an account, two neighbours swapped too. */
static void slips_in_accounts(void **state) {
    char text[] = "19-2000145399/0800";
    struct epo_account account;
    (void)state;
    assert_int_equal(epo_account_read(epo_span(text), &account), EPO_CZECH_FINE);
    for (char *at = text; *at != '/'; at++) {
        char right = *at;
        for (char digit = '0'; right != '-' && digit <= '9'; digit++) {
            *at = digit;
            assert_true((epo_account_read(epo_span(text), &account) == EPO_CZECH_FINE) ==
                        (digit == right));
        }
        *at = right;
    }
    for (char *at = text + 3; at[1] != '/'; at++) {
        char first = at[0];
        at[0] = at[1];
        at[1] = first;
        assert_true((epo_account_read(epo_span(text), &account) == EPO_CZECH_FINE) ==
                    (at[0] == at[1]));
        at[1] = at[0];
        at[0] = first;
    }
}

/* A birth number without a law is a fault of the definition; with one the agenda is told which. */
static void birth_numbers_need_a_law(void **state) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_form_fault *faults = NULL;
    const char *definition =
        "{\"id\":\"t\",\"title\":{\"cs\":\"t\",\"en\":\"t\"},\"sections\":[{\"id\":\"s\",\"title\":"
        "{"
        "\"cs\":\"s\",\"en\":\"s\"},\"fields\":[{\"id\":\"f\",\"type\":\"birth_number\",%s"
        "\"label\":{\"cs\":\"F\",\"en\":\"F\"}}]}]}";
    char text[400];
    struct epo_span law;
    const char *field;
    (void)state;
    snprintf(text, sizeof text, definition, "");
    assert_null(epo_form_read(pool, epo_span(text), "t.json", NULL, &faults));
    assert_non_null(strstr(faults->text, "a law"));
    snprintf(text, sizeof text, definition, "\"law\":\"https://example.cz/133\",");
    struct epo_form *form = read_form(pool, epo_span(text));
    assert_true(epo_form_law(form, 0, &field, &law));
    assert_string_equal(field, "f");
    assert_true(epo_span_is(law, "https://example.cz/133"));
    assert_false(epo_form_law(form, 1, &field, &law));
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_files),        cmocka_unit_test(optional),
        cmocka_unit_test(drawn_options),     cmocka_unit_test(ranges_from_html),
        cmocka_unit_test(slips_in_accounts), cmocka_unit_test(birth_numbers_need_a_law)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
