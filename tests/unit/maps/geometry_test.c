/* GeoJSON of strangers: what is taken, how it is tidied, and as much that is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "maps/maps.h"

static struct epo_pool *pool;

static int fresh(void **state) {
    (void)state;
    pool = epo_pool_create();
    return 0;
}
static int done(void **state) {
    (void)state;
    epo_pool_free(pool);
    return 0;
}

static bool read_text(const char *text, struct epo_place *place, struct epo_error *error) {
    memset(error, 0, sizeof *error);
    struct epo_json *json = epo_json_parse(pool, epo_span(text), error);
    return json != NULL && epo_place_read(pool, json, place, error);
}

static const struct {
    const char *code, *text;
} REFUSED[] = {
    {"place.not_geojson", "null"},
    {"place.not_geojson", "5"},
    {"place.not_geojson", "[]"},
    {"place.not_geojson", "{}"},
    {"place.not_geojson", "{\"type\":1}"},
    {"place.not_geojson", "{\"type\":\"Feature\"}"},
    {"place.not_geojson", "{\"type\":\"Feature\",\"geometry\":null}"},
    {"place.kind", "{\"type\":\"FeatureCollection\",\"features\":[]}"},
    {"place.kind", "{\"type\":\"MultiPoint\",\"coordinates\":[[13.4,49.7]]}"},
    {"place.kind", "{\"type\":\"point\",\"coordinates\":[13.4,49.7]}"},
    {"place.not_geojson", "{\"type\":\"Point\"}"},
    {"place.not_geojson", "{\"type\":\"Point\",\"coordinates\":[]}"},
    {"place.not_geojson", "{\"type\":\"Point\",\"coordinates\":[13.4]}"},
    {"place.not_geojson", "{\"type\":\"Point\",\"coordinates\":[\"13.4\",49.7]}"},
    {"place.not_geojson", "{\"type\":\"Point\",\"coordinates\":[13.4,null]}"},
    {"place.not_geojson", "{\"type\":\"Point\",\"coordinates\":[[13.4,49.7]]}"},
    {"place.not_geojson", "{\"type\":\"Point\",\"coordinates\":[13.4,49.7,0,0]}"},
    {"place.out_of_range", "{\"type\":\"Point\",\"coordinates\":[200,95]}"},
    {"place.out_of_range", "{\"type\":\"Point\",\"coordinates\":[0,0]}"},
    {"place.out_of_range", "{\"type\":\"Point\",\"coordinates\":[1e308,49.7]}"},
    {"place.swapped", "{\"type\":\"Point\",\"coordinates\":[49.7475,13.3776]}"},
    {"place.not_geojson", "{\"type\":\"LineString\",\"coordinates\":[13.4,49.7]}"},
    {"place.empty_line", "{\"type\":\"LineString\",\"coordinates\":[[13.4,49.7]]}"},
    {"place.empty_line", "{\"type\":\"LineString\",\"coordinates\":[[13.4,49.7],[13.4,49.7]]}"},
    {"place.not_geojson", "{\"type\":\"Polygon\",\"coordinates\":[[13.4,49.7]]}"},
    {"place.empty_area", "{\"type\":\"Polygon\",\"coordinates\":[[]]}"},
    {"place.empty_area", "{\"type\":\"Polygon\",\"coordinates\":[[[13.4,49.7],[13.41,49.7]]]}"},
    {"place.empty_area",
     "{\"type\":\"Polygon\",\"coordinates\":[[[13.4,49.7],[13.41,49.7],[13.4,49.7]]]}"},
    {"place.empty_area", "{\"type\":\"Polygon\",\"coordinates\":"
                         "[[[13.4,49.7],[13.41,49.7],[13.42,49.7],[13.4,49.7]]]}"},
    {"place.self_crossing", "{\"type\":\"Polygon\",\"coordinates\":"
                            "[[[13.4,49.7],[13.41,49.71],[13.41,49.7],[13.4,49.71],[13.4,49.7]]]}"},
    /* a hole that pokes out, and a hole outside */
    {"place.self_crossing",
     "{\"type\":\"Polygon\",\"coordinates\":[[[13.4,49.7],[13.42,49.7],[13.42,49.72],[13.4,49.72]],"
     "[[13.41,49.71],[13.43,49.71],[13.43,49.715]]]}"},
    {"place.self_crossing",
     "{\"type\":\"Polygon\",\"coordinates\":[[[13.4,49.7],[13.42,49.7],[13.42,49.72],[13.4,49.72]],"
     "[[13.5,49.71],[13.51,49.71],[13.51,49.715]]]}"},
};

static void refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct epo_place place;
        struct epo_error error;
        if (read_text(REFUSED[i].text, &place, &error))
            fail_msg("taken: %s", REFUSED[i].text);
        if (strcmp(error.code, REFUSED[i].code) != 0)
            fail_msg("%s: %s instead of %s", REFUSED[i].text, error.code, REFUSED[i].code);
        assert_int_equal(error.kind, EPO_ERROR_BAD_INPUT);
    }
}

static void crossing_is_shown_where(void **state) {
    (void)state;
    struct epo_place place;
    struct epo_error error;
    assert_false(read_text("{\"type\":\"Polygon\",\"coordinates\":[[[13.40,49.70],[13.41,49.71],"
                           "[13.41,49.70],[13.40,49.71],[13.40,49.70]]]}",
                           &place, &error));
    double lon, lat;
    assert_int_equal(sscanf(error.where, "%lf,%lf", &lon, &lat), 2);
    assert_true(fabs(lon - 13.405) < 1e-5 && fabs(lat - 49.705) < 1e-5);
}

static void too_many_vertices(void **state) {
    (void)state;
    struct epo_buffer text;
    epo_buffer_init(&text, 1 << 20);
    epo_buffer_string(&text, "{\"type\":\"LineString\",\"coordinates\":[");
    for (int i = 0; i <= EPO_VERTICES_MAX; i++)
        epo_buffer_printf(&text, "%s[%.6f,49.7]", i == 0 ? "" : ",", 13.3 + i * 1e-5);
    epo_buffer_string(&text, "]}");
    epo_buffer_byte(&text, '\0');
    struct epo_place place;
    struct epo_error error;
    assert_false(text.failed);
    assert_false(read_text(text.at, &place, &error));
    assert_string_equal(error.code, "place.too_many_vertices");
    epo_buffer_clear(&text);
}

static void point_is_taken(void **state) {
    (void)state;
    struct epo_place place;
    struct epo_error error;
    assert_true(
        read_text("{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\","
                  "\"coordinates\":[13.377599999949,49.7475,312.5]}}",
                  &place, &error));
    assert_int_equal(place.kind, EPO_PLACE_POINT);
    struct epo_span json = epo_json_print(pool, place.geojson);
    assert_string_equal(json.at, "{\"type\":\"Point\",\"coordinates\":[13.3776,49.7475]}");
    assert_int_equal(place.wkb_metres.len, 21);
    assert_int_equal(place.wkb_metres.at[0], 1);
}

/* Left open and drawn clockwise, with a double click: closed, turned, cleaned. */
static void ring_is_tidied(void **state) {
    (void)state;
    struct epo_place place;
    struct epo_error error;
    assert_true(read_text("{\"type\":\"Polygon\",\"coordinates\":[[[13.377,49.747],[13.377,49.748],"
                          "[13.378,49.748],[13.378,49.748],[13.378,49.747]]]}",
                          &place, &error));
    struct epo_span json = epo_json_print(pool, place.geojson);
    assert_string_equal(json.at,
                        "{\"type\":\"Polygon\",\"coordinates\":[[[13.377,49.747],[13.378,49.747],"
                        "[13.378,49.748],[13.377,49.748],[13.377,49.747]]]}");
    /* 0.001 degrees there: 72.05 m by 111.2 m on the ellipsoid; planar 5514 is 0.013 % smaller. */
    assert_true(fabs(place.area_m2 - 8015) < 12);
    assert_true(fabs(place.length_m - 366.6) < 1);
    assert_true(place.anchor_4326.x > 13.377 && place.anchor_4326.x < 13.378);
}

static void hole_counts(void **state) {
    (void)state;
    struct epo_place whole, holed;
    struct epo_error error;
    assert_true(read_text("{\"type\":\"Polygon\",\"coordinates\":[[[13.37,49.74],[13.38,49.74],"
                          "[13.38,49.75],[13.37,49.75],[13.37,49.74]]]}",
                          &whole, &error));
    assert_true(read_text("{\"type\":\"Polygon\",\"coordinates\":[[[13.37,49.74],[13.38,49.74],"
                          "[13.38,49.75],[13.37,49.75],[13.37,49.74]],[[13.372,49.742],"
                          "[13.378,49.742],[13.378,49.748],[13.372,49.748]]]}",
                          &holed, &error));
    assert_true(fabs(holed.area_m2 / whole.area_m2 - 0.64) < 0.001);
    /* The anchor lies in the area, not in the hole. */
    bool in_hole = holed.anchor_4326.x > 13.3721 && holed.anchor_4326.x < 13.3779 &&
                   holed.anchor_4326.y > 49.7421 && holed.anchor_4326.y < 49.7479;
    assert_false(in_hole);
}

static void line_has_a_length(void **state) {
    (void)state;
    struct epo_place place;
    struct epo_error error;
    assert_true(read_text("{\"type\":\"LineString\",\"coordinates\":[[13.377,49.747],"
                          "[13.377,49.748]]}",
                          &place, &error));
    assert_int_equal(place.kind, EPO_PLACE_LINE);
    assert_true(fabs(place.length_m - 111.2) < 0.2);
    assert_true(fabs(place.anchor_4326.y - 49.7475) < 1e-6);
    assert_true(place.area_m2 == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refused, fresh, done),
        cmocka_unit_test_setup_teardown(crossing_is_shown_where, fresh, done),
        cmocka_unit_test_setup_teardown(too_many_vertices, fresh, done),
        cmocka_unit_test_setup_teardown(point_is_taken, fresh, done),
        cmocka_unit_test_setup_teardown(ring_is_tidied, fresh, done),
        cmocka_unit_test_setup_teardown(hole_counts, fresh, done),
        cmocka_unit_test_setup_teardown(line_has_a_length, fresh, done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
