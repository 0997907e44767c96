/* Numbers have one spelling each; a receipt is the hash that anybody can compute from RFC 8785. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "portal/receipt.h"

static void writes_and_reads_numbers(void **state) {
    char text[EPO_NUMBER_SIZE];
    int64_t number = 0;
    (void)state;
    epo_number_write(2026 * EPO_NUMBER_YEAR + 123, text);
    assert_string_equal(text, "2026-000123");
    assert_true(epo_number_read(EPO_SPAN("2026-000123"), &number));
    assert_int_equal(number, 2026 * EPO_NUMBER_YEAR + 123);
    assert_true(epo_number_read(EPO_SPAN("2026-1234567"), &number));
    assert_int_equal(number, 2026 * EPO_NUMBER_YEAR + 1234567);
}

static void refuses_other_spellings(void **state) {
    static const char *const wrong[] = {
        "",           "2026",         "2026-",        "2026-123",      "2026-0000123",
        "26-000123",  "2026-000000",  "2026-00012x",  "2026--00123",   "2026-+00123",
        "+026-00012", " 2026-000123", "2026-000123 ", "2026-000123\n", "2026-1234567890",
        "-026-000123"};
    int64_t number;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (epo_number_read(epo_span(wrong[i]), &number))
            fail_msg("\"%s\" was read", wrong[i]);
}

static void counts_within_a_year_and_never_back(void **state) {
    (void)state;
    assert_int_equal(epo_number_next(0, 2026), 2026 * EPO_NUMBER_YEAR + 1);
    assert_int_equal(epo_number_next(2026 * EPO_NUMBER_YEAR + 7, 2026), 2026 * EPO_NUMBER_YEAR + 8);
    assert_int_equal(epo_number_next(2026 * EPO_NUMBER_YEAR + 7, 2027), 2027 * EPO_NUMBER_YEAR + 1);
    /* a clock that was set back over New Year must not give a number twice */
    assert_int_equal(epo_number_next(2027 * EPO_NUMBER_YEAR + 3, 2026), 2027 * EPO_NUMBER_YEAR + 4);
}

/* The expected digest was made by another program from the JSON text in receipt.h. */
static void is_the_hash_of_canonical_json(void **state) {
    char a[65], b[65], f[65], made[EPO_SHA256_HEX_SIZE];
    (void)state;
    memset(a, 'a', 64);
    memset(b, 'b', 64);
    memset(f, 'f', 64);
    a[64] = b[64] = f[64] = '\0';
    struct epo_receipt receipt = {.agenda = EPO_SPAN("dog_fee"),
                                  .form = EPO_SPAN("registration"),
                                  .form_version = epo_span(f),
                                  .answers_hash = epo_span(a),
                                  .place_hash = EPO_SPAN(""),
                                  .previous = epo_span(b),
                                  .number = 2026 * EPO_NUMBER_YEAR + 123,
                                  .received_at_us = 1795490580000001};
    epo_receipt_make(&receipt, made);
    assert_string_equal(made, "8c0e9f4a911279e380a7cb18151eb4fddea108acbfcaaebed40ddcbc05a66ac8");
    receipt.place_hash = EPO_SPAN("x");
    epo_receipt_make(&receipt, a);
    assert_string_not_equal(a, made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads_numbers),
        cmocka_unit_test(refuses_other_spellings),
        cmocka_unit_test(counts_within_a_year_and_never_back),
        cmocka_unit_test(is_the_hash_of_canonical_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
