/* Looking around in a still picture of the map: pixels to degrees and back, steps, what is marked.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/limits.h"
#include "maps/look.h"

static struct epo_pool *pool;
static const struct epo_look HALL = {{13.3776, 49.7475}, 16};

static void reads_and_writes(void **state) {
    (void)state;
    struct epo_look look;
    assert_true(epo_look_read(epo_span(epo_look_write(pool, &HALL)), &look));
    assert_memory_equal(&look.center, &HALL.center, sizeof look.center);
    assert_int_equal(look.zoom, HALL.zoom);
    static const char *const BAD[] = {"",         "13.3,49.7",  "13.3,89.7,16", "13.3,49.7,9",
                                      "13,49,20", "13,49,16,1", "nan,49.7,16",  "13,49,1e1"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_false(epo_look_read(epo_span(BAD[i]), &look));
}

/* The published formula of web mercator: one tile of zoom 16 is 360/65536 degrees of longitude. */
static void a_pixel_is_where_it_should_be(void **state) {
    (void)state;
    struct epo_point middle = epo_look_spot(&HALL, EPO_LOOK_WIDTH / 2, EPO_LOOK_HEIGHT / 2);
    assert_true(fabs(middle.x - HALL.center.x) < 1e-9 && fabs(middle.y - HALL.center.y) < 1e-9);
    struct epo_point east = epo_look_spot(&HALL, EPO_LOOK_WIDTH / 2 + 256, EPO_LOOK_HEIGHT / 2);
    assert_true(fabs(east.x - middle.x - 360.0 / 65536) < 1e-9);
    struct epo_point below = epo_look_spot(&HALL, EPO_LOOK_WIDTH / 2, EPO_LOOK_HEIGHT / 2 + 256);
    double expected = 360.0 / 65536 * cos(49.7475 * M_PI / 180); /* mercator is true to angles */
    assert_true(below.y < middle.y && fabs(middle.y - below.y - expected) < 1e-5);
    assert_true(fabs(epo_look_width_m(&HALL) - 640 * 2.3887 * cos(49.7475 * M_PI / 180)) < 1);
}

static void clicks(void **state) {
    (void)state;
    struct epo_point spot, corner = epo_look_spot(&HALL, 0, EPO_LOOK_HEIGHT);
    assert_true(epo_look_clicked(&HALL, EPO_SPAN("0"), EPO_SPAN("0"), &spot)); /* the keyboard */
    assert_memory_equal(&spot, &HALL.center, sizeof spot);
    assert_true(epo_look_clicked(&HALL, EPO_SPAN("-5"), EPO_SPAN("99999"), &spot));
    assert_memory_equal(&spot, &corner, sizeof spot);
    assert_false(epo_look_clicked(&HALL, EPO_SPAN("x"), EPO_SPAN("1"), &spot));
}

static void steps(void **state) {
    (void)state;
    struct epo_look look = HALL;
    static const char *const THERE[] = {"north", "east", "in", "out", "west", "south"};
    for (size_t i = 0; i < sizeof THERE / sizeof *THERE; i++) {
        struct epo_look before = look;
        assert_true(epo_look_step(&look, epo_span(THERE[i])));
        assert_string_not_equal(epo_look_write(pool, &look), epo_look_write(pool, &before));
    }
    assert_true(fabs(look.center.x - 13.3776) < 1e-9 && fabs(look.center.y - 49.7475) < 1e-9);
    for (int i = 0; i < 40; i++)
        assert_true(epo_look_step(&look, EPO_SPAN("in")));
    assert_int_equal(look.zoom, EPO_LOOK_ZOOM_MAX);
    for (int i = 0; i < 400; i++)
        assert_true(epo_look_step(&look, EPO_SPAN("out")) &&
                    epo_look_step(&look, EPO_SPAN("west")));
    assert_int_equal(look.zoom, EPO_LOOK_ZOOM_MIN);
    assert_true(
        epo_look_read(epo_span(epo_look_write(pool, &look)), &look)); /* never out of range */
    assert_false(epo_look_step(&look, EPO_SPAN("up")));
}

/* A shape of any size goes into an address that a request may have. */
static void marks_fit_into_an_address(void **state) {
    (void)state;
    struct epo_json *ring = epo_json_array(pool), *rings = epo_json_array(pool);
    struct epo_json *area = epo_json_object(pool);
    for (int i = 0; i < EPO_VERTICES_MAX; i++) {
        struct epo_json *pair = epo_json_array(pool);
        epo_json_push(pool, pair, epo_json_real(pool, 13.37761234567 + cos(i) / 100));
        epo_json_push(pool, pair, epo_json_real(pool, 49.74751234567 + sin(i) / 100));
        epo_json_push(pool, ring, pair);
    }
    epo_json_push(pool, rings, ring);
    epo_json_set_string(pool, area, "type", "Polygon");
    epo_json_set(pool, area, "coordinates", rings);
    const char *url = epo_look_url(pool, &HALL, area);
    assert_true(strlen(url) < EPO_URL_BYTES_MAX);
    assert_non_null(strstr(url, "&place=%7B%22type%22:%22LineString%22,"));
    assert_null(strpbrk(url, "{}\"[] "));
    assert_null(strstr(epo_look_url(pool, &HALL, NULL), "place="));
}

static int setup(void **state) {
    (void)state;
    pool = epo_pool_create();
    return 0;
}
static int teardown(void **state) {
    (void)state;
    epo_pool_free(pool);
    return 0;
}

int main(void) {
    static const struct CMUnitTest tests[] = {cmocka_unit_test(reads_and_writes),
                                              cmocka_unit_test(a_pixel_is_where_it_should_be),
                                              cmocka_unit_test(clicks), cmocka_unit_test(steps),
                                              cmocka_unit_test(marks_fit_into_an_address)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
