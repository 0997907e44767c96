/* The packed tree against looking at everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "maps/index.h"

static int32_t uniform(uint64_t *state, int32_t from_m, int32_t to_m) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return from_m * 1000 + (int32_t)((*state >> 33) % (uint32_t)((to_m - from_m) * 1000 + 1));
}

static struct epo_box *boxes;

struct seen {
    unsigned char *marks;
    size_t count, stop_at;
};
static bool mark(uint32_t item, void *arg) {
    struct seen *seen = arg;
    assert_int_equal(seen->marks[item], 0);
    seen->marks[item] = 1;
    return ++seen->count != seen->stop_at;
}

static double box_distance(uint32_t item, void *arg) {
    const struct epo_box *from = arg;
    double dx = fmax(fmax(boxes[item].min_x - from->max_x, from->min_x - boxes[item].max_x), 0);
    double dy = fmax(fmax(boxes[item].min_y - from->max_y, from->min_y - boxes[item].max_y), 0);
    return sqrt(dx * dx + dy * dy) / 1000;
}

static void agrees_with_brute_force(void **unused) {
    (void)unused;
    static const size_t COUNTS[] = {0, 1, 15, 16, 17, 256, 257, 5000};
    uint64_t state = 7;
    for (size_t c = 0; c < sizeof COUNTS / sizeof *COUNTS; c++) {
        size_t count = COUNTS[c];
        struct epo_pool *pool = epo_pool_create();
        boxes = EPO_NEW_ARRAY(pool, struct epo_box, count + 1);
        for (size_t i = 0; i < count; i++) {
            int32_t x = uniform(&state, -800000, -790000), y = uniform(&state, -1070000, -1060000);
            boxes[i] =
                (struct epo_box){x, y, x + uniform(&state, 0, 200), y + uniform(&state, 0, 200)};
        }
        struct epo_index index;
        epo_index_build(&index, pool, boxes, count);
        for (int q = 0; q < 200; q++) {
            int32_t x = uniform(&state, -801000, -789000), y = uniform(&state, -1071000, -1059000);
            int32_t size = uniform(&state, 0, 500);
            struct epo_box box = {x, y, x + size, y + size};
            struct seen seen = {calloc(count + 1, 1), 0, 0};
            epo_index_search(&index, box, mark, &seen);
            double best = INFINITY;
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(seen.marks[i], epo_box_meets(&boxes[i], &box));
                best = fmin(best, box_distance((uint32_t)i, &box));
            }
            free(seen.marks);
            uint32_t item;
            double distance;
            bool found = epo_index_nearest(&index, box, 700, box_distance, &box, &item, &distance);
            assert_int_equal(found, best <= 700);
            if (found)
                assert_true(distance == best && box_distance(item, &box) == best);
        }
        epo_pool_free(pool);
    }
}

static void search_can_be_stopped(void **unused) {
    (void)unused;
    struct epo_pool *pool = epo_pool_create();
    boxes = EPO_NEW_ARRAY(pool, struct epo_box, 100);
    for (int i = 0; i < 100; i++)
        boxes[i] = (struct epo_box){0, 0, 1, 1};
    struct epo_index index;
    epo_index_build(&index, pool, boxes, 100);
    struct seen seen = {calloc(100, 1), 0, 3};
    epo_index_search(&index, boxes[0], mark, &seen);
    assert_int_equal(seen.count, 3);
    free(seen.marks);
    epo_pool_free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_brute_force),
        cmocka_unit_test(search_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
