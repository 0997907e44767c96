/* Codes of an app against the vectors of RFC 6238, appendix B (their last six digits: ours are
 * shorter), and what is taken as one. */
#include "portal/totp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/token.h"
#include "portal/factor.h"

static const struct epo_span SECRET = {"12345678901234567890", 20};

static void test_vectors(void **state) {
    static const struct {
        int64_t at_s;
        const char *code;
    } rows[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    char code[EPO_TOTP_DIGITS + 1];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        epo_totp_code(SECRET, epo_totp_step(rows[i].at_s * 1000000), code);
        assert_string_equal(code, rows[i].code);
    }
}

static void test_window(void **state) {
    int64_t now = 1111111111LL * 1000000, step = epo_totp_step(now), found = 0;
    char code[EPO_TOTP_DIGITS + 1];
    (void)state;
    for (int off = -2; off <= 2; off++) {
        epo_totp_code(SECRET, step + off, code);
        bool near = off >= -1 && off <= 1;
        assert_int_equal(epo_totp_match(SECRET, epo_span(code), now, 0, &found), near);
        if (near)
            assert_int_equal(found, step + off);
        assert_false(epo_totp_match(SECRET, epo_span(code), now, step + off, &found));
    }
}

static void test_typed(void **state) {
    int64_t now = 1234567890LL * 1000000, step;
    (void)state;
    assert_true(epo_totp_match(SECRET, EPO_SPAN(" 005 924 "), now, 0, &step));
    assert_false(epo_totp_match(SECRET, EPO_SPAN("5924"), now, 0, &step));
    assert_false(epo_totp_match(SECRET, EPO_SPAN("0059240"), now, 0, &step));
    assert_false(epo_totp_match(SECRET, EPO_SPAN("00592x"), now, 0, &step));
    assert_false(epo_totp_match(SECRET, EPO_SPAN(""), now, 0, &step));
}

static void test_base32(void **state) {
    char text[EPO_TOTP_SECRET_SIZE];
    uint8_t back[EPO_TOTP_SECRET_BYTES];
    (void)state;
    epo_totp_write(SECRET, text);
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_true(epo_totp_read(epo_span(text), back));
    assert_memory_equal(back, SECRET.at, sizeof back);
    assert_false(epo_totp_read(EPO_SPAN("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ"), back));
    assert_false(epo_totp_read(EPO_SPAN("gEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), back));
    for (int i = 0; i < 100; i++) {
        uint8_t bytes[EPO_TOTP_SECRET_BYTES];
        epo_token_random(bytes, sizeof bytes);
        epo_totp_write((struct epo_span){(const char *)bytes, sizeof bytes}, text);
        assert_true(epo_totp_read(epo_span(text), back));
        assert_memory_equal(back, bytes, sizeof back);
    }
}

static void test_address(void **state) {
    struct epo_pool *pool = epo_pool_create();
    (void)state;
    assert_string_equal(epo_totp_address(pool, "ABC", EPO_SPAN("Portál"), EPO_SPAN("a@b.cz")),
                        "otpauth://totp/Port%C3%A1l:a%40b%2Ecz?secret=ABC&issuer=Port%C3%A1l");
    epo_pool_free(pool);
}

static void test_recovery_codes(void **state) {
    char codes[EPO_RECOVERY_CODES][EPO_RECOVERY_CODE_SIZE];
    (void)state;
    epo_recovery_codes(codes);
    for (int i = 0; i < EPO_RECOVERY_CODES; i++) {
        assert_int_equal(strlen(codes[i]), EPO_RECOVERY_CODE_SIZE - 1);
        for (int k = 0; k < EPO_RECOVERY_CODE_SIZE - 1; k++)
            assert_int_equal(codes[i][k] == '-', k % 5 == 4);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(codes[i], codes[k]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors), cmocka_unit_test(test_window),
        cmocka_unit_test(test_typed),   cmocka_unit_test(test_base32),
        cmocka_unit_test(test_address), cmocka_unit_test(test_recovery_codes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
