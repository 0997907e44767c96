/* A map in another metric system than Czechia's. */
#include "import_helpers.h"

#include <math.h>

#include "maps/crs.h"
#include "maps/metric.h"

/* A street of 100 m. */
static const char STREET[] =
    "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"id\":"
    "\"1\","
    "\"name\":\"Ludwigstraße\"},\"geometry\":{\"type\":\"LineString\",\"coordinates\":"
    "[[11.5,49.94],[11.5,49.941]]}}]}";
static const char PLACES[] = "id;name;x;y\nA;Brunnen;679400.5;5535000\nB;Bank;679410;5535020\n";

static void use(const char *name) {
    if (!epo_metric_use(epo_span(name), &error))
        fail_msg("%s: %s", name, error.text);
}

/* Each test makes a map of its own. */
static int forget_map(void **state) {
    (void)state;
    use("");
    unlink(path_of("map/map.db"));
    return 0;
}

static void meridians_are_where_they_are_defined(void **state) {
    (void)state;
    struct epo_point at, back;
    use("EPSG:25832");
    assert_false(epo_metric_is_krovak());
    assert_string_equal(epo_metric()->uri, "http://www.opengis.net/def/crs/EPSG/0/25832");
    /* By definition: 500 km east of the meridian 9 E; the arc of the meridian from the equator to
     * 50 N on GRS80 is 5,540,847.042 m, times 0.9996. */
    assert_true(epo_transform_to_metres((struct epo_point){9, 50}, &at, &error));
    assert_true(fabs(at.x - 500000) < 0.001);
    assert_true(fabs(at.y - 5540847.042 * 0.9996) < 0.01);
    assert_true(epo_transform_to_4326(at, &back, &error));
    assert_true(fabs(back.x - 9) < 1e-9 && fabs(back.y - 50) < 1e-9);
    assert_false(epo_transform_to_metres((struct epo_point){50, 9}, &at, &error));
    assert_string_equal(error.code, "place.swapped");
    assert_false(epo_transform_to_metres((struct epo_point){14.4, 50.09}, &at, &error));
    assert_string_equal(error.code, "place.out_of_range");
    /* S-JTSK still is what it was. */
    assert_true(
        epo_transform_from_krovak((struct epo_point){-744384.54, -1042569.73}, &at, &error));
    assert_true(fabs(at.x - 14.39860563) < 6e-8 && fabs(at.y - 50.08947989) < 6e-8);
}

static void an_unfit_one_is_refused_with_the_reason(void **state) {
    (void)state;
    static const struct {
        const char *name, *why;
    } CASES[] = {
        {"EPSG:4326", "no projected coordinate system"},
        {"EPSG:99999", "no projected coordinate system"},
        {"EPSG:3857", "measures too wrong"},
        {"EPSG:2263", "does not count metres"}, /* New York: feet */
        {"EPSG:2065", "does not count metres"}, /* S-JTSK to the south and to the west */
        {"EPSG:25832; DROP", "is written like"},
        {"25832", "is written like"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_false(epo_metric_use(epo_span(CASES[i].name), &error));
        assert_string_equal(error.code, "map.crs");
        if (strstr(error.text, CASES[i].why) == NULL)
            fail_msg("%s: %s", CASES[i].name, error.text);
        assert_true(epo_metric_is_krovak());
    }
}

static void axes_keep_their_order_at_the_door_only(void **state) {
    (void)state;
    struct epo_point at;
    use("EPSG:31468"); /* Gauß-Krüger zone 4: northing first */
    assert_true(epo_crs_is_north_first(EPO_CRS_METRIC));
    assert_true(epo_transform_to_metres((struct epo_point){11.58, 49.94}, &at, &error));
    assert_true(at.x > 4400000 && at.x < 4600000 && at.y > 5500000 && at.y < 5560000);
}

/* Northings of over 2147 km, where int32 ends. */
static void a_city_elsewhere_is_imported_and_located(void **state) {
    (void)state;
    use("EPSG:25832");
    test_folder_write(&folder, "street.geojson", STREET);
    test_folder_write(&folder, "places.csv", PLACES);
    import("street.geojson", "street");
    import("places.csv", "bench");
    assert_int_equal(result.taken, 2);
    assert_string_equal(ask("SELECT value FROM meta WHERE key = 'crs'"), "EPSG:25832");
    assert_string_equal(ask("SELECT group_concat(DISTINCT srid) FROM geometry_columns"), "25832");
    assert_string_equal(ask("SELECT auth_srid FROM spatial_ref_sys WHERE srid = 25832"), "25832");
    struct epo_json *facts = facts_at(11.5, 49.9405);
    assert_true(
        epo_span_is(epo_json_get_text(epo_json_get(facts, "street"), "name"), "Ludwigstraße"));
}

static void numbers_that_say_nothing_are_guessed_from_their_ranges(void **state) {
    (void)state;
    use("EPSG:25832");
    test_folder_write(&folder, "degrees.csv", "id;name;lon;lat\nA;Brunnen;11.5;49.94\n");
    test_folder_write(&folder, "metres.csv", PLACES);
    test_folder_write(&folder, "wrong.csv", "id;name;x;y\nA;Brunnen;-5;12000000\n");
    import("degrees.csv", "one");
    assert_int_equal(result.taken, 1);
    import("metres.csv", "two");
    assert_int_equal(result.taken, 2);
    assert_false(import_with((struct epo_import_options){.file = "wrong.csv", .layer = "three"}));
}

static void a_map_in_another_system_is_refused(void **state) {
    (void)state;
    use("EPSG:25832");
    test_folder_write(&folder, "street.geojson", STREET);
    import("street.geojson", "street");
    use("EPSG:25833");
    assert_null(epo_maps_open(map_folder(), &error));
    assert_string_equal(error.code, "map.crs");
    assert_non_null(strstr(error.text, "EPSG:25832"));
    assert_false(
        import_with((struct epo_import_options){.file = "street.geojson", .layer = "street"}));
    assert_string_equal(error.code, "map.crs");
    use("");
    assert_null(epo_maps_open(map_folder(), &error));
    assert_string_equal(error.code, "map.crs");
}

static void what_is_far_from_the_map_meets_nothing(void **state) {
    (void)state;
    use("EPSG:25832");
    test_folder_write(&folder, "street.geojson", STREET);
    import("street.geojson", "street");
    struct epo_json *facts = facts_at(9, 83); /* the system goes so far, int32 does not */
    assert_int_equal(epo_json_get(facts, "street")->type, EPO_JSON_NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(meridians_are_where_they_are_defined, forget_map),
        cmocka_unit_test_teardown(an_unfit_one_is_refused_with_the_reason, forget_map),
        cmocka_unit_test_teardown(axes_keep_their_order_at_the_door_only, forget_map),
        cmocka_unit_test_teardown(a_city_elsewhere_is_imported_and_located, forget_map),
        cmocka_unit_test_teardown(numbers_that_say_nothing_are_guessed_from_their_ranges,
                                  forget_map),
        cmocka_unit_test_teardown(a_map_in_another_system_is_refused, forget_map),
        cmocka_unit_test_teardown(what_is_far_from_the_map_meets_nothing, forget_map),
    };
    return cmocka_run_group_tests(tests, import_set_up, import_tear_down);
}
