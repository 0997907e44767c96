/* Spans, numbers in text, UTF-8, folding for search, bounded buffers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/pool.h"
#include "base/text.h"

static struct epo_pool *pool;

static int fresh(void **state) {
    (void)state;
    pool = epo_pool_create();
    return 0;
}

static int gone(void **state) {
    (void)state;
    epo_pool_free(pool);
    return 0;
}

static void spans_are_cut_and_trimmed(void **state) {
    (void)state;
    struct epo_span rest, first = epo_span_cut(EPO_SPAN("a=b=c"), '=', &rest);
    assert_true(epo_span_is(first, "a"));
    assert_true(epo_span_is(rest, "b=c"));
    first = epo_span_cut(EPO_SPAN("alone"), '=', &rest);
    assert_true(epo_span_is(first, "alone"));
    assert_int_equal(rest.len, 0);
    first = epo_span_cut(epo_span(NULL), '=', &rest);
    assert_int_equal(first.len + rest.len, 0);
    assert_true(epo_span_is(epo_span_trim(EPO_SPAN(" \t\r\n x y \v\f")), "x y"));
    assert_int_equal(epo_span_trim(EPO_SPAN("   ")).len, 0);
    assert_true(epo_span_starts(EPO_SPAN("dog_fee"), EPO_SPAN("dog_")));
    assert_false(epo_span_starts(EPO_SPAN("do"), EPO_SPAN("dog_")));
    assert_true(epo_span_equal(epo_span(NULL), EPO_SPAN("")));
}

static void integers_are_whole_or_refused(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"+7", true, 7},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"0x1", false, 0},
        {"--1", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t value = 42;
        bool ok = epo_span_integer(epo_span(cases[i].text), &value);
        if (ok != cases[i].ok || (ok && value != cases[i].value))
            fail_msg("\"%s\" gave %d, %lld", cases[i].text, ok, (long long)value);
    }
}

static void reals_are_finite_or_refused(void **state) {
    (void)state;
    double value;
    assert_true(epo_span_real(EPO_SPAN("-822000.5"), &value) && value == -822000.5);
    assert_true(epo_span_real(EPO_SPAN("1e3"), &value) && value == 1000);
    static const char *const refused[] = {"",  "1,5", "nan", "inf",   "1e999", "0x1p3", "1 ",
                                          ".", "e",   "-",   "1.2.3", "--1",   "1e+",   NULL};
    for (int i = 0; refused[i]; i++)
        if (epo_span_real(epo_span(refused[i]), &value))
            fail_msg("\"%s\" was accepted", refused[i]);
    char endless[200];
    memset(endless, '1', sizeof endless);
    assert_false(epo_span_real((struct epo_span){endless, sizeof endless}, &value));
}

static void only_well_formed_utf8_is_valid(void **state) {
    (void)state;
    static const char *const good[] = {"",
                                       "kůň",
                                       "\xe2\x82\xac",
                                       "\xf0\x9f\x98\x80",
                                       "\xf4\x8f\xbf\xbf",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       NULL};
    static const char *const bad[] = {"\x80",             /* continuation alone */
                                      "\xc3",             /* cut */
                                      "\xc0\xaf",         /* overlong */
                                      "\xc1\xbf",         /* overlong */
                                      "\xe0\x80\xaf",     /* overlong */
                                      "\xf0\x80\x80\xaf", /* overlong */
                                      "\xed\xa0\x80",     /* surrogate */
                                      "\xf4\x90\x80\x80", /* above U+10FFFF */
                                      "\xf8\x88\x80\x80\x80",
                                      "\xff",
                                      "a\xe2\x82",
                                      "\xe2\x28\xa1",
                                      NULL};
    for (int i = 0; good[i]; i++)
        if (!epo_text_valid(epo_span(good[i])))
            fail_msg("good %d refused", i);
    for (int i = 0; bad[i]; i++)
        if (epo_text_valid(epo_span(bad[i])))
            fail_msg("bad %d accepted", i);
    assert_false(epo_text_valid((struct epo_span){"a\0b", 3}));
    assert_int_equal(epo_text_length(EPO_SPAN("žluťoučký kůň €")), 15);
}

static void folds(const char *text, const char *expected) {
    struct epo_span got = epo_text_fold(pool, epo_span(text));
    if (!epo_span_is(got, expected))
        fail_msg("\"%s\" folds to \"%.*s\", not \"%s\"", text, EPO_ARG(got), expected);
}

static void text_folds_for_search(void **state) {
    (void)state;
    folds("PŘÍLIŠ ŽLUŤOUČKÝ KŮŇ ÚPĚL ĎÁBELSKÉ ÓDY", "prilis zlutoucky kun upel dabelske ody");
    folds("Pr\xcc\x8ci\xcc\x81lis\xcc\x8c", "prilis"); /* decomposed */
    folds("  nám.  Republiky 12/3b ", "nam republiky 12 3b");
    folds("Plzeň–město — „Bory“… 5 €", "plzen mesto bory 5");
    folds("U\xc2\xa0pošty", "u posty");
    folds("Straße, Łódź, Győr, Đorđe", "strase lodz gyor dorde");
    folds("Київ 3×4", "Київ 3 4"); /* other scripts stay as they are */
    folds("a\xff\xc5"
          "b",
          "a b"); /* broken bytes separate and are not read past */
    folds("...", "");
    folds("", "");
}

/* fold.txt: every letter of U+00C0 … U+017F with its base letter, from the Unicode data. */
static void every_latin_letter_has_its_base(void **state) {
    (void)state;
    FILE *file = fopen(EPO_SOURCE "/tests/unit/base/fold.txt", "re");
    assert_non_null(file);
    char letter[8], base[8];
    int count = 0;
    while (fscanf(file, "%7s %7s", letter, base) == 2) {
        folds(letter, base);
        count++;
    }
    fclose(file);
    assert_int_equal(count, 192 - 2);
}

static void a_buffer_fails_for_good_at_its_maximum(void **state) {
    (void)state;
    struct epo_buffer buffer;
    epo_buffer_init(&buffer, 300);
    for (int i = 0; i < 29; i++)
        epo_buffer_string(&buffer, "0123456789");
    assert_false(buffer.failed);
    epo_buffer_printf(&buffer, "%09d", 7);
    epo_buffer_byte(&buffer, 'x');
    assert_int_equal(buffer.len, 300);
    assert_false(buffer.failed);
    epo_buffer_byte(&buffer, 'y');
    assert_true(buffer.failed);
    epo_buffer_append(&buffer, "", 0);
    epo_buffer_string(&buffer, "z");
    assert_true(buffer.failed);
    assert_int_equal(buffer.len, 300);
    epo_buffer_clear(&buffer);
    assert_false(buffer.failed);
    epo_buffer_printf(&buffer, "%0280d", 1); /* longer than the small room inside */
    assert_int_equal(buffer.len, 280);
    epo_buffer_printf(&buffer, "%0280d", 1);
    assert_true(buffer.failed);
    epo_buffer_clear(&buffer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_are_cut_and_trimmed),
        cmocka_unit_test(integers_are_whole_or_refused),
        cmocka_unit_test(reals_are_finite_or_refused),
        cmocka_unit_test(only_well_formed_utf8_is_valid),
        cmocka_unit_test_setup_teardown(text_folds_for_search, fresh, gone),
        cmocka_unit_test_setup_teardown(every_latin_letter_has_its_base, fresh, gone),
        cmocka_unit_test(a_buffer_fails_for_good_at_its_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
