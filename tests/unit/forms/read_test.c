/* Definitions: every fault is found, at its line, with a suggestion; limits hold. */
#include <dirent.h>

#include "base/clock.h"
#include "forms_helpers.h"

#define FOLDER EPO_SOURCE "/tests/unit/forms/faults"

static void check_line(const char *name, const struct epo_form_fault *fault, struct epo_span line) {
    struct epo_span text, number = epo_span_cut(line, ':', &text);
    char where[300];
    snprintf(where, sizeof(where), "%s:%.*s", name, EPO_ARG(number));
    text = epo_span_trim(text);
    if (fault == NULL)
        fail_msg("%s: nobody says \"%.*s\"", where, EPO_ARG(text));
    if (strcmp(fault->where, where) != 0 ||
        memmem(fault->text, strlen(fault->text), text.at, text.len) == NULL)
        fail_msg("%s: \"%s\" instead of %s: \"%.*s\"", fault->where, fault->text, where,
                 EPO_ARG(text));
}

static void check_file(const char *name) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_form_fault *fault = NULL;
    char *base = epo_pool_string(pool, (struct epo_span){name, strlen(name) - strlen(".json")});
    struct epo_span source = read_file(pool, epo_pool_printf(pool, FOLDER "/%s", name));
    struct epo_span lines = read_file(pool, epo_pool_printf(pool, FOLDER "/%s.expected", base));
    assert_null(epo_form_read(pool, source, name, NULL, &fault));
    while (lines.len > 0) {
        struct epo_span line = epo_span_cut(lines, '\n', &lines);
        check_line(name, fault, line);
        fault = fault->next;
    }
    if (fault != NULL)
        fail_msg("%s: %s was not expected", fault->where, fault->text);
    epo_pool_free(pool);
}

static void faults(void **state) {
    (void)state;
    DIR *folder = opendir(FOLDER);
    struct dirent *entry;
    int run = 0;
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');
        if (dot != NULL && strcmp(dot, ".json") == 0) {
            check_file(entry->d_name);
            run++;
        }
    }
    closedir(folder);
    assert_true(run >= 6);
}

static struct epo_form *form_of(struct epo_pool *pool, int fields, struct epo_form_fault **fault) {
    struct epo_buffer out;
    epo_buffer_init(&out, 1 << 20);
    epo_buffer_string(&out, "{\"id\":\"big\",\"title\":{\"cs\":\"B\",\"en\":\"B\"},\"sections\":[{"
                            "\"id\":\"s\",\"title\":{\"cs\":\"S\",\"en\":\"S\"},\"fields\":[");
    for (int i = 0; i < fields; i++)
        epo_buffer_printf(&out,
                          "%s{\"id\":\"f%d\",\"type\":\"text\",\"required\":false,"
                          "\"label\":{\"cs\":\"Pole %d\",\"en\":\"Field %d\"}}",
                          i > 0 ? ",\n" : "", i, i, i);
    epo_buffer_string(&out, "]}]}");
    struct epo_form *form = epo_form_read(pool, epo_buffer_get(&out), "big.json", NULL, fault);
    epo_buffer_clear(&out);
    return form;
}

/* 400 fields are read, checked and drawn in well under a second; 401 are refused. */
static void many_fields(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_form_fault *fault = NULL;
    struct epo_catalog *catalog = open_catalog();
    int64_t started = epo_clock_monotonic_us();
    struct epo_form *form = form_of(pool, 400, &fault);
    assert_non_null(form);
    struct epo_json *raw = epo_json_object(pool);
    for (int i = 0; i < 400; i++)
        epo_json_set_string(pool, raw, epo_pool_printf(pool, "f%d", i), "answer");
    struct epo_form_result result;
    struct epo_error error;
    assert_true(epo_form_check(form, pool, EPO_ANSWERS_FROM_HTML, raw, NULL, catalog, "cs", &result,
                               &error));
    assert_int_equal(result.answers->count, 400);
    assert_non_null(epo_form_view(form, pool, "cs", catalog, &result));
    assert_non_null(epo_form_schema(form, pool, "cs"));
    assert_true(epo_clock_monotonic_us() - started < 2000000);
    epo_form_free(form);
    assert_null(form_of(pool, 401, &fault));
    assert_non_null(strstr(fault->text, "more than 400 fields"));
    assert_string_equal(fault->where, "big.json:401");
    epo_catalog_free(catalog);
    epo_pool_free(pool);
}

/* The version is of what is said, not of how it is laid out. */
static void version(void **state) {
    (void)state;
    static const char a[] = "{\"id\":\"v\",\"title\":{\"cs\":\"V\",\"en\":\"V\"},\"sections\":[{"
                            "\"id\":\"s\",\"title\":{\"cs\":\"S\",\"en\":\"S\"},\"fields\":[{"
                            "\"id\":\"x\",\"type\":\"yes_no\",\"label\":{\"cs\":\"X\",\"en\":"
                            "\"X\"}}]}]}";
    static const char b[] = "{\"title\":{\"en\":\"V\", \"cs\":\"V\"},\n\"id\":\"v\",\"sections\":[{"
                            "\"id\":\"s\",\"title\":{\"cs\":\"S\",\"en\":\"S\"},\"fields\":[{"
                            "\"id\":\"x\",\"type\":\"yes_no\",\"label\":{\"cs\":\"X\",\"en\":"
                            "\"X\"}}]}]}";
    struct epo_pool *pool = epo_pool_create();
    struct epo_form *one = read_form(pool, EPO_SPAN(a)), *two = read_form(pool, EPO_SPAN(b));
    assert_int_equal(strlen(epo_form_version(one)), 64);
    assert_string_equal(epo_form_version(one), epo_form_version(two));
    assert_string_equal(epo_form_id(one), "v");
    assert_null(epo_form_place_field(one));
    epo_form_free(one);
    epo_form_free(two);
    epo_pool_free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(faults), cmocka_unit_test(many_fields),
                                       cmocka_unit_test(version)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
