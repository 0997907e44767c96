/* JSON: each file of json/accept has its canonical text (RFC 8785) beside it, each file of
 * json/refuse begins with the code it must be refused with; json/numbers.txt holds doubles and
 * what ECMAScript prints for them. To add a case, add a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"

#define CASES EPO_SOURCE "/tests/unit/base/json"

static int fresh(void **state) {
    *state = epo_pool_create();
    return 0;
}

static int gone(void **state) {
    epo_pool_free(*state);
    return 0;
}

static struct epo_span read_case(struct epo_pool *pool, const char *folder, const char *name,
                                 const char *end) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s/%s%s", CASES, folder, name, end);
    FILE *file = fopen(path, "re");
    if (!file)
        fail_msg("%s cannot be opened", path);
    char *text = epo_pool_alloc(pool, 1u << 20);
    size_t len = fread(text, 1, 1u << 20, file);
    fclose(file);
    return (struct epo_span){text, len};
}

static struct epo_span canonical(struct epo_pool *pool, const struct epo_json *value) {
    struct epo_buffer buffer;
    epo_buffer_init(&buffer, 1u << 20);
    epo_json_write_canonical(&buffer, value);
    assert_false(buffer.failed);
    struct epo_span text = epo_pool_copy(pool, epo_buffer_get(&buffer));
    epo_buffer_clear(&buffer);
    return text;
}

static void same(const char *name, struct epo_span got, struct epo_span expected) {
    if (!epo_span_equal(got, expected))
        fail_msg("%s: got\n%.*s\ninstead of\n%.*s", name, EPO_ARG(got), EPO_ARG(expected));
}

static int each_case(struct epo_pool *pool, const char *folder,
                     void (*check)(struct epo_pool *, const char *)) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", CASES, folder);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char *end = strstr(entry->d_name, ".json");
        if (!end || end[5])
            continue;
        *end = '\0';
        check(pool, entry->d_name);
        count++;
    }
    closedir(dir);
    return count;
}

static void check_accept(struct epo_pool *pool, const char *name) {
    struct epo_error error = {0};
    struct epo_json *value = epo_json_parse(pool, read_case(pool, "accept", name, ".json"), &error);
    if (!value)
        fail_msg("%s is refused: %s at %s", name, error.text, error.where);
    same(name, canonical(pool, value), read_case(pool, "accept", name, ".canonical"));
    same(name, canonical(pool, epo_json_copy(pool, value)),
         read_case(pool, "accept", name, ".canonical"));
    /* What is printed plainly reads back as the same tree. */
    struct epo_json *again = epo_json_parse(pool, epo_json_print(pool, value), &error);
    assert_non_null(again);
    same(name, canonical(pool, again), canonical(pool, value));
}

static void accepted_texts_have_their_canonical_form(void **state) {
    assert_true(each_case(*state, "accept", check_accept) >= 9);
}

static void check_refuse(struct epo_pool *pool, const char *name) {
    struct epo_error error = {0};
    if (epo_json_parse(pool, read_case(pool, "refuse", name, ".json"), &error))
        fail_msg("%s is accepted", name);
    struct epo_span rest, code = epo_span_cut(epo_span(name), '-', &rest);
    same(name, epo_span(error.code), code);
    assert_int_equal(error.kind, EPO_ERROR_BAD_INPUT);
    if (!strchr(error.where, ':'))
        fail_msg("%s: no line:column", name);
    assert_null(epo_json_parse(pool, read_case(pool, "refuse", name, ".json"), NULL));
}

static void refused_texts_say_why_and_where(void **state) {
    assert_true(each_case(*state, "refuse", check_refuse) >= 45);
}

static void numbers_are_written_as_ecmascript_does(void **state) {
    (void)state;
    FILE *file = fopen(CASES "/numbers.txt", "re");
    assert_non_null(file);
    uint64_t bits;
    char expected[64];
    int count = 0;
    while (fscanf(file, "%" SCNx64 " %63s", &bits, expected) == 2) {
        struct epo_json number = {.type = EPO_JSON_REAL};
        memcpy(&number.real, &bits, sizeof bits);
        struct epo_buffer buffer;
        epo_buffer_init(&buffer, 100);
        epo_json_write(&buffer, &number);
        same(expected, epo_buffer_get(&buffer), epo_span(expected));
        epo_buffer_clear(&buffer);
        count++;
    }
    fclose(file);
    assert_true(count > 1500);
}

static void lines_and_columns_are_told(void **state) {
    struct epo_pool *pool = *state;
    struct epo_error error;
    struct epo_json *value =
        epo_json_parse(pool, EPO_SPAN("{\n \"a\": 1,\n\n \"b\": [\n  true]\n}"), &error);
    assert_non_null(value);
    assert_int_equal(value->line, 1);
    assert_int_equal(epo_json_get(value, "a")->line, 2);
    assert_int_equal(epo_json_get(value, "b")->line, 4);
    assert_int_equal(epo_json_find(value, "b.0")->line, 5);
    assert_null(epo_json_parse(pool, EPO_SPAN("{\n \"a\": 1,\n \"a\": 2\n}"), &error));
    assert_int_equal(strncmp(error.where, "3:", 2), 0);
    assert_null(epo_json_parse(pool, EPO_SPAN("[\n\n\"\\ud800\"]"), &error));
    assert_string_equal(error.where, "3:2");
}

static void integers_and_reals_are_told_apart(void **state) {
    struct epo_json *value = epo_json_parse(
        *state, EPO_SPAN("[1, 1.0, 1e0, 9223372036854775807, 9223372036854775808]"), NULL);
    static const enum epo_json_type expected[] = {EPO_JSON_INTEGER, EPO_JSON_REAL, EPO_JSON_REAL,
                                                  EPO_JSON_INTEGER, EPO_JSON_REAL};
    assert_non_null(value);
    for (int i = 0; i < 5; i++)
        assert_int_equal(value->items[i]->type, expected[i]);
    assert_true(value->items[3]->integer == INT64_MAX);
}

static void numbers_made_by_hand_never_break_the_text(void **state) {
    struct epo_json *array = epo_json_array(*state);
    const double odd[] = {NAN, INFINITY, -INFINITY, -0.0, 1e300};
    for (int i = 0; i < 5; i++)
        epo_json_push(*state, array, epo_json_real(*state, odd[i]));
    same("odd", epo_json_print(*state, array), EPO_SPAN("[null,null,null,0,1e+300]"));
}

static void trees_are_built_and_read(void **state) {
    struct epo_pool *pool = *state;
    struct epo_json *root = epo_json_object(pool);
    epo_json_set_string(pool, root, "name", "Alík");
    epo_json_set_integer(pool, root, "age", 3);
    epo_json_set_boolean(pool, root, "chip", true);
    epo_json_set_string(pool, root, "none", NULL);
    struct epo_json *dogs = epo_json_set(pool, root, "dogs", epo_json_array(pool));
    epo_json_push(pool, dogs, epo_json_string(pool, "Rek"));
    epo_json_set_integer(pool, root, "age", 4); /* replaced, its place kept */
    same("print", epo_json_print(pool, root),
         EPO_SPAN("{\"name\":\"Alík\",\"age\":4,\"chip\":true,\"none\":null,\"dogs\":[\"Rek\"]}"));
    assert_true(epo_span_is(epo_json_find(root, "dogs.0")->text, "Rek"));
    assert_null(epo_json_find(root, "dogs.1"));
    assert_null(epo_json_find(root, "dogs.-1"));
    assert_null(epo_json_find(root, "dogs.x.y"));
    assert_null(epo_json_find(NULL, "a"));
    assert_int_equal(epo_json_get_integer(root, "age", 9), 4);
    assert_int_equal(epo_json_get_integer(root, "name", 9), 9);
    assert_true(epo_json_get_real(root, "age", 0) == 4.0);
    assert_true(epo_json_get_boolean(root, "chip", false));
    assert_true(epo_json_get_boolean(root, "age", true));
    assert_int_equal(epo_json_get_text(root, "age").len, 0);
}

/* Names of 16 bytes whose second half undoes what the hash of base/json.c made of the first: all
 * meet at one slot. The others are spread. */
static void make_name(char name[17], uint64_t i, bool hostile) {
    uint64_t words[2] = {i * 2654435761u + 1, i};
    uint64_t mixed = (16 ^ words[0]) * UINT64_C(0x9e3779b97f4a7c15);
    mixed ^= mixed >> 32;
    if (hostile)
        words[1] = mixed ^ 42;
    memcpy(name, words, 16);
}

static void large_objects_find_each_member(void **state) {
    struct epo_pool *pool = *state;
    for (int hostile = 0; hostile < 2; hostile++) {
        struct epo_json *object = epo_json_object(pool);
        for (int64_t i = 0; i < 3000; i++) {
            char *name = epo_pool_alloc(pool, 17);
            make_name(name, (uint64_t)i, hostile);
            epo_json_put(pool, object, (struct epo_span){name, 16}, epo_json_integer(pool, i));
        }
        struct epo_json *copy = epo_json_copy(pool, object);
        for (int64_t i = 0; i < 3000; i++) {
            char name[17];
            make_name(name, (uint64_t)i, hostile);
            struct epo_span span = {name, 16};
            assert_int_equal(epo_json_get_span(object, span)->integer, i);
            assert_int_equal(epo_json_get_span(copy, span)->integer, i);
            epo_json_put(pool, copy, span, epo_json_integer(pool, -i));
            assert_int_equal(epo_json_get_span(copy, span)->integer, -i);
            make_name(name, (uint64_t)i + 3000, hostile);
            assert_null(epo_json_get_span(object, span));
        }
        assert_int_equal(object->count, 3000);
        assert_int_equal(copy->count, 3000);
    }
}

static void texts_for_people_fall_back(void **state) {
    struct epo_json *value = epo_json_parse(
        *state,
        EPO_SPAN("{\"both\": {\"cs\": \"ano\", \"en\": \"yes\"}, \"cs\": {\"cs\": \"ano\"},"
                 " \"plain\": \"ok\", \"wrong\": 1}"),
        NULL);
    assert_true(epo_span_is(epo_json_localized(epo_json_get(value, "both"), "en"), "yes"));
    assert_true(epo_span_is(epo_json_localized(epo_json_get(value, "cs"), "en"), "ano"));
    assert_true(epo_span_is(epo_json_localized(epo_json_get(value, "plain"), "en"), "ok"));
    assert_int_equal(epo_json_localized(epo_json_get(value, "wrong"), "en").len, 0);
    assert_int_equal(epo_json_localized(NULL, "en").len, 0);
}

/* One body of the largest size with as many names as fit once cost seconds: each new name was
 * compared with all before it. */
static void many_names_take_no_time(void **state) {
    struct epo_buffer body;
    epo_buffer_init(&body, EPO_BODY_BYTES_MAX);
    epo_buffer_byte(&body, '{');
    int count = 0;
    while (body.len + 20 < body.max)
        epo_buffer_printf(&body, "%s\"%x\":0", count ? "," : "", count), count++;
    epo_buffer_byte(&body, '}');
    int64_t from = epo_clock_monotonic_us();
    struct epo_json *value = epo_json_parse(*state, epo_buffer_get(&body), NULL);
    int64_t took_us = epo_clock_monotonic_us() - from;
    assert_non_null(value);
    assert_int_equal(value->count, count);
    assert_true(took_us < 3000000);
    epo_buffer_clear(&body);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(accepted_texts_have_their_canonical_form, fresh, gone),
        cmocka_unit_test_setup_teardown(refused_texts_say_why_and_where, fresh, gone),
        cmocka_unit_test(numbers_are_written_as_ecmascript_does),
        cmocka_unit_test_setup_teardown(lines_and_columns_are_told, fresh, gone),
        cmocka_unit_test_setup_teardown(integers_and_reals_are_told_apart, fresh, gone),
        cmocka_unit_test_setup_teardown(numbers_made_by_hand_never_break_the_text, fresh, gone),
        cmocka_unit_test_setup_teardown(trees_are_built_and_read, fresh, gone),
        cmocka_unit_test_setup_teardown(large_objects_find_each_member, fresh, gone),
        cmocka_unit_test_setup_teardown(texts_for_people_fall_back, fresh, gone),
        cmocka_unit_test_setup_teardown(many_names_take_no_time, fresh, gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
