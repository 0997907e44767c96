/* Log lines: valid JSON and one line each whatever is put in; tokens and digests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "base/token.h"

/* What one call writes to stderr. */
static struct epo_span caught(struct epo_pool *pool, const char *format, struct epo_span value) {
    FILE *file = tmpfile();
    assert_non_null(file);
    int kept = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    epo_log_setup(format, EPO_LOG_INFO);
    epo_log(EPO_LOG_WARN, "test.line", EPO_LOG_SPAN("value", value), EPO_LOG_INT("n", 7));
    epo_log(EPO_LOG_DEBUG, "test.silent");
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(file);
    char *text = epo_pool_alloc(pool, 20000);
    size_t len = fread(text, 1, 20000, file);
    fclose(file);
    return (struct epo_span){text, len};
}

static void one_json_line_whatever_is_in_it(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    char longest[9000];
    memset(longest, 'x', sizeof longest);
    const struct epo_span values[] = {
        EPO_SPAN("Plzeň"),        EPO_SPAN("a\nb\r{\"level\":\"error\"}"),
        EPO_SPAN("\xff\xfe\"\\"), EPO_SPAN(""),
        epo_span(NULL),           {longest, sizeof longest}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct epo_error error;
        struct epo_span line = caught(pool, "json", values[i]);
        assert_true(line.len > 10 && line.at[line.len - 1] == '\n');
        assert_null(memchr(line.at, '\n', line.len - 1));
        struct epo_json *read = epo_json_parse(pool, line, &error);
        if (!read)
            fail_msg("%.*s is not JSON: %s", EPO_ARG(line), error.text);
        assert_true(epo_span_is(epo_json_get_text(read, "event"), "test.line"));
        assert_true(epo_span_is(epo_json_get_text(read, "level"), "warn"));
        assert_true(epo_json_get_integer(read, "n", 0) == 7 ||
                    epo_json_get_boolean(read, "cut", false));
    }
    epo_pool_free(pool);
}

static void a_text_line_cannot_be_forged(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_span line = caught(pool, "text", EPO_SPAN("a\n2026-01-01 error forged\x1b[31m"));
    assert_null(memchr(line.at, '\n', line.len - 1));
    assert_null(memchr(line.at, '\x1b', line.len));
    epo_pool_free(pool);
}

static void digests_are_sha256(void **state) {
    (void)state;
    char hex[EPO_SHA256_HEX_SIZE];
    epo_sha256_hex(EPO_SPAN("abc"), hex); /* FIPS 180-2, appendix B.1 */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    epo_sha256_hex(epo_span(NULL), hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void tokens_differ_and_use_the_alphabet(void **state) {
    (void)state;
    char tokens[200][EPO_TOKEN_SIZE];
    for (int i = 0; i < 200; i++) {
        epo_token_make(tokens[i]);
        assert_int_equal(strlen(tokens[i]), 26);
        assert_int_equal(strspn(tokens[i], "0123456789abcdefghjkmnpqrstvwxyz"), 26);
        for (int k = 0; k < i; k++)
            assert_false(epo_token_equal(epo_span(tokens[i]), epo_span(tokens[k])));
    }
    assert_true(epo_token_equal(EPO_SPAN("abc"), EPO_SPAN("abc")));
    assert_false(epo_token_equal(EPO_SPAN("abc"), EPO_SPAN("abcd")));
    assert_true(epo_token_equal(EPO_SPAN(""), epo_span(NULL)));
}

static void errors_are_cut_never_overrun(void **state) {
    (void)state;
    struct epo_error error;
    char longest[1000];
    memset(longest, 'y', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_false(epo_fail(&error, EPO_ERROR_CONFLICT, longest, "%s", longest));
    assert_false(epo_error_at(&error, "%s", longest));
    assert_int_equal(strlen(error.code), sizeof error.code - 1);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    assert_int_equal(strlen(error.where), sizeof error.where - 1);
    assert_false(epo_fail(NULL, EPO_ERROR_BROKEN, "x", "y"));
    assert_false(epo_fail(&error, EPO_ERROR_BROKEN, "a.b", "c"));
    assert_string_equal(error.where, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_json_line_whatever_is_in_it),
        cmocka_unit_test(a_text_line_cannot_be_forged),
        cmocka_unit_test(digests_are_sha256),
        cmocka_unit_test(tokens_differ_and_use_the_alphabet),
        cmocka_unit_test(errors_are_cut_never_overrun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
