/* What is otherwise between two texts: taken by what it says, the one becomes the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "http/line_diff.h"

static struct epo_pool *pool;

/* Each row as one character and its text: "-old\n+new\n=same\n…\n". */
static const char *diff(const char *before, const char *after) {
    struct epo_json *rows = epo_line_diff(pool, epo_span(before), epo_span(after));
    struct epo_buffer out;
    epo_buffer_init(&out, 1 << 20);
    for (uint32_t i = 0; i < rows->count; i++) {
        struct epo_span kind = epo_json_get_text(rows->items[i], "kind");
        assert_int_equal(epo_json_get_boolean(rows->items[i], "gone", false),
                         epo_span_is(kind, "gone"));
        assert_int_equal(epo_json_get_boolean(rows->items[i], "new", false),
                         epo_span_is(kind, "new"));
        epo_buffer_printf(&out, "%s%.*s\n",
                          epo_span_is(kind, "gone")   ? "-"
                          : epo_span_is(kind, "new")  ? "+"
                          : epo_span_is(kind, "same") ? "="
                                                      : "...",
                          EPO_ARG(epo_json_get_text(rows->items[i], "text")));
    }
    const char *text = epo_pool_string(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return text;
}

static void what_is_the_same_says_nothing(void **state) {
    (void)state;
    assert_string_equal(diff("", ""), "");
    assert_string_equal(diff("a\nb\n", "a\nb\n"), "");
}

static void lines_come_and_go(void **state) {
    (void)state;
    assert_string_equal(diff("", "a\n"), "+a\n");
    assert_string_equal(diff("a\n", ""), "-a\n");
    assert_string_equal(diff("a\nb\nc\n", "a\nx\nc\n"), "=a\n-b\n+x\n=c\n");
}

static void only_three_lines_around_are_shown(void **state) {
    (void)state;
    assert_string_equal(diff("1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n7\n"), "=3\n=4\n=5\n-6\n+7\n");
    assert_string_equal(diff("0\n1\n2\n3\n4\n5\n", "9\n1\n2\n3\n4\n5\n"), "-0\n+9\n=1\n=2\n=3\n");
    assert_string_equal(diff("0\n1\n2\n3\n4\n5\n6\n7\n8\n", "x\n1\n2\n3\n4\n5\n6\n7\ny\n"),
                        "-0\n+x\n=1\n=2\n=3\n...\n=5\n=6\n=7\n-8\n+y\n");
}

/* Applied to before, what it says makes after: texts without long runs of the same lines. */
static void it_makes_the_one_of_the_other(void **state) {
    static const char LETTERS[] = "ab";
    (void)state;
    for (unsigned x = 0; x < 64; x++)
        for (unsigned y = 0; y < 64; y++) {
            char before[13] = "", after[13] = "", left[64] = "", right[64] = "";
            for (unsigned i = 0; i < 3; i++) { /* at most three lines: nothing is left out */
                if (x >> (i + 3) & 1)
                    strncat(before, (char[]){LETTERS[x >> i & 1], '\n', 0}, 3);
                if (y >> (i + 3) & 1)
                    strncat(after, (char[]){LETTERS[y >> i & 1], '\n', 0}, 3);
            }
            const char *rows = diff(before, after);
            for (const char *row = rows; *row; row = strchr(row, '\n') + 1) {
                if (*row != '+')
                    strncat(left, row + 1, 2);
                if (*row != '-')
                    strncat(right, row + 1, 2);
            }
            if (strcmp(before, after) == 0)
                continue;
            assert_string_equal(left, before);
            assert_string_equal(right, after);
        }
}

static void what_is_too_long_is_shown_whole(void **state) {
    struct epo_buffer before, after;
    (void)state;
    epo_buffer_init(&before, 1 << 20);
    epo_buffer_init(&after, 1 << 20);
    for (int i = 0; i < 3000; i++) {
        epo_buffer_printf(&before, "b%d\n", i);
        epo_buffer_printf(&after, "a%d\n", i);
    }
    struct epo_json *rows = epo_line_diff(pool, epo_buffer_get(&before), epo_buffer_get(&after));
    assert_int_equal(rows->count, 6000);
    assert_true(epo_json_get_boolean(rows->items[0], "gone", false));
    assert_true(epo_json_get_boolean(rows->items[5999], "new", false));
    epo_buffer_clear(&before);
    epo_buffer_clear(&after);
}

static int set_up(void **state) {
    (void)state;
    pool = epo_pool_create();
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    epo_pool_free(pool);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_the_same_says_nothing),
        cmocka_unit_test(lines_come_and_go),
        cmocka_unit_test(only_three_lines_around_are_shown),
        cmocka_unit_test(it_makes_the_one_of_the_other),
        cmocka_unit_test(what_is_too_long_is_shown_whole),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
