/* Pools: alignment, zeroes, copies, clean-ups in reverse, and poison under ASan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/pool.h"

static void pieces_are_aligned_zeroed_and_apart(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    unsigned char *pieces[400];
    for (size_t i = 0; i < 400; i++) {
        size_t size = i * 37 % 5000;
        pieces[i] = epo_pool_alloc(pool, size);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(pieces[i][k], 0);
        memset(pieces[i], (int)(i & 0xff), size);
    }
    for (size_t i = 0; i < 400; i++)
        for (size_t k = 0; k < i * 37 % 5000; k++)
            assert_int_equal(pieces[i][k], i & 0xff);
    unsigned char *large = epo_pool_alloc(pool, 3u << 20);
    large[(3u << 20) - 1] = 1;
    assert_true(epo_pool_used(pool) > (3u << 20));
    epo_pool_free(pool);
    epo_pool_free(NULL);
}

static void fill(unsigned char *piece, size_t size) {
    for (size_t k = 0; k < size; k++) {
        assert_int_equal(piece[k], 0);
        piece[k] = (unsigned char)(k * 7 % 251);
    }
}
static void what_lies_on_disk_is_still_there(void **state) {
    enum { PIECES = 60, SIZE = 70000, LARGE = 5000000 };
    (void)state;
    char folder[] = "/tmp/epo-pool-XXXXXX";
    assert_non_null(mkdtemp(folder));
    /* the second folder has no disk: the same in memory alone */
    for (int missing = 0; missing < 2; missing++) {
        struct epo_pool *pool =
            epo_pool_create_on_disk(missing ? "/proc/nowhere" : folder, 1 << 20);
        unsigned char *pieces[PIECES];
        for (size_t i = 0; i < PIECES; i++) {
            fill(pieces[i] = epo_pool_alloc(pool, SIZE), SIZE);
            epo_pool_rest(pool);
        }
        unsigned char *large = epo_pool_alloc(pool, LARGE);
        fill(large, LARGE);
        epo_pool_rest(pool);
        for (size_t i = 0; i < PIECES; i++)
            for (size_t k = 0; k < SIZE; k += 97)
                assert_int_equal(pieces[i][k], k * 7 % 251);
        assert_int_equal(large[LARGE - 1], (LARGE - 1) * 7 % 251);
        epo_pool_free(pool);
    }
    assert_int_equal(rmdir(folder), 0); /* nothing lies in it */
}

static void copies_end_with_nul(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_span copy = epo_pool_copy(pool, (struct epo_span){"abcdef", 3});
    assert_int_equal(copy.len, 3);
    assert_string_equal(copy.at, "abc");
    assert_string_equal(epo_pool_string(pool, epo_span(NULL)), "");
    assert_string_equal(epo_pool_printf(pool, "%s-%05d", "Plzeň", 42), "Plzeň-00042");
    epo_pool_free(pool);
}

static char order[8];
static void remember(void *arg) {
    size_t len = strlen(order);
    order[len] = *(const char *)arg;
    order[len + 1] = '\0';
}

static void clean_ups_run_last_first(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    order[0] = '\0';
    epo_pool_defer(pool, remember, "a");
    epo_pool_defer(pool, remember, "b");
    /* What a clean-up needs may live in the pool itself. */
    epo_pool_defer(pool, remember, epo_pool_string(pool, EPO_SPAN("c")));
    assert_string_equal(order, "");
    epo_pool_free(pool);
    assert_string_equal(order, "cba");
}

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
static void memory_not_handed_out_is_poisoned(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    char *piece = epo_pool_alloc(pool, 10);
    assert_false(__asan_address_is_poisoned(piece));
    assert_false(__asan_address_is_poisoned(piece + 9));
    assert_true(__asan_address_is_poisoned(piece + 10));
    char *next = epo_pool_alloc(pool, 16);
    assert_true(__asan_address_is_poisoned(next + 16));
    epo_pool_free(pool);
    assert_true(__asan_address_is_poisoned(piece));
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_zeroed_and_apart),
        cmocka_unit_test(what_lies_on_disk_is_still_there),
        cmocka_unit_test(copies_end_with_nul),
        cmocka_unit_test(clean_ups_run_last_first),
#ifdef __SANITIZE_ADDRESS__
        cmocka_unit_test(memory_not_handed_out_is_poisoned),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
