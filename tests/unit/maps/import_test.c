/* Files of the city into the map base: systems, wrong axes, crooked rows; and that a failed import
 * leaves the old map as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "folder.h"
#include "maps/maps.h"
#include "store/store.h"

static struct test_folder folder;

static int set_up(void **state) {
    (void)state;
    struct epo_error error;
    test_folder_make(&folder);
    return epo_store_setup(&error) ? 0 : -1;
}
static int tear_down(void **state) {
    (void)state;
    test_folder_remove(&folder);
    return 0;
}

static const char *file(struct epo_pool *pool, const char *name) {
    return epo_pool_printf(pool, "%s/%s", folder.path, name);
}

static struct epo_json *facts_at(struct epo_pool *pool, double lon, double lat) {
    struct epo_error error = {0};
    struct epo_maps *maps = epo_maps_open(folder.path, &error);
    if (maps == NULL)
        fail_msg("%s", error.text);
    struct epo_place place;
    struct epo_json *facts = NULL;
    const char *text =
        epo_pool_printf(pool, "{\"type\":\"Point\",\"coordinates\":[%.7f,%.7f]}", lon, lat);
    assert_true(epo_place_read(pool, epo_json_parse(pool, epo_span(text), &error), &place, &error));
    assert_true(epo_locate(maps, pool, &place, &facts, &error));
    epo_maps_close(maps);
    return facts;
}

/* A square of 0.002 degrees around the start-up check point of Plzeň. */
static void in_degrees(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error = {0};
    test_folder_write(
        &folder, "zone.geojson",
        "{\"type\":\"FeatureCollection\",\"features\":["
        "{\"type\":\"Feature\",\"properties\":{\"NAZEV\":\"Zóna A\",\"KOD\":\"7\"},\"geometry\":"
        "{\"type\":\"Polygon\",\"coordinates\":[[[13.382,49.744],[13.385,49.744],[13.385,49.747],"
        "[13.382,49.747],[13.382,49.744]]]}},"
        /* axes exchanged, no place at all, another shape: left out, the rest is taken */
        "{\"type\":\"Feature\",\"properties\":{\"NAZEV\":\"Prohozená\"},\"geometry\":"
        "{\"type\":\"Polygon\",\"coordinates\":[[[49.744,13.382],[49.744,13.385],[49.747,13.385],"
        "[49.744,13.382]]]}},"
        "{\"type\":\"Feature\",\"properties\":{},\"geometry\":null},"
        "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\","
        "\"coordinates\":[13.38,49.74]}},"
        /* a bow tie is mended */
        "{\"type\":\"Feature\",\"properties\":{\"NAZEV\":\"Motýlek\"},\"geometry\":"
        "{\"type\":\"Polygon\",\"coordinates\":[[[13.40,49.70],[13.41,49.71],[13.41,49.70],"
        "[13.40,49.71],[13.40,49.70]]]}}]}");
    if (!epo_map_import(folder.path, file(pool, "zone.geojson"), "zone", NULL, NULL, &error))
        fail_msg("%s", error.text);
    struct epo_json *facts = facts_at(pool, 13.3836990, 49.7453480);
    const struct epo_json *zones = epo_json_find(facts, "layers.zone");
    assert_non_null(zones);
    assert_int_equal(zones->count, 1);
    assert_true(epo_span_is(epo_json_get_text(zones->items[0], "name"), "Zóna A"));
    assert_true(epo_span_is(epo_json_get_text(zones->items[0], "id"), "7"));
    facts = facts_at(pool, 13.4002, 49.7050);
    zones = epo_json_find(facts, "layers.zone");
    assert_true(zones != NULL && zones->count == 1);
    epo_pool_free(pool);
}

/* The trap: the same square written in S-JTSK without saying so must land on the same ground. A
 * wrong operation would put its edge 12 m off, and this square is only 20 m wide. */
static void in_metres(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error = {0};
    test_folder_write(&folder, "lamps.csv",
                      "id,nazev,WKT\n"
                      "1,Lampa,\"POLYGON((-822010 -1070010,-821990 -1070010,-821990 -1069990,"
                      "-822010 -1069990,-822010 -1070010))\"\n");
    if (!epo_map_import(folder.path, file(pool, "lamps.csv"), "lamp", NULL, NULL, &error))
        fail_msg("%s", error.text);
    struct epo_json *facts = facts_at(pool, 13.38369896, 49.74534800);
    assert_true(epo_json_find(facts, "layers.lamp") != NULL);
    assert_true(epo_json_find(facts, "layers.zone") != NULL);   /* the earlier layer stays */
    facts = facts_at(pool, 13.38369896 + 0.00016, 49.74534800); /* 11.5 m east */
    assert_null(epo_json_find(facts, "layers.lamp"));
    /* Said in web mercator (its formula is simple enough to be written here). */
    double x = 6378137 * 13.38369896 * M_PI / 180;
    double y = 6378137 * log(tan(M_PI / 4 + 49.745348 * M_PI / 360));
    test_folder_write(&folder, "mercator.csv",
                      epo_pool_printf(pool,
                                      "id,nazev,WKT\n1,M,\"POLYGON((%.3f %.3f,%.3f %.3f,%.3f %.3f,"
                                      "%.3f %.3f,%.3f %.3f))\"\n",
                                      x - 15, y - 15, x + 15, y - 15, x + 15, y + 15, x - 15,
                                      y + 15, x - 15, y - 15));
    assert_true(epo_map_import(folder.path, file(pool, "mercator.csv"), "mercator", "EPSG:3857",
                               NULL, &error));
    facts = facts_at(pool, 13.38369896, 49.74534800);
    assert_true(epo_json_find(facts, "layers.mercator") != NULL);
    facts = facts_at(pool, 13.38369896 + 0.00016, 49.74534800);
    assert_null(epo_json_find(facts, "layers.mercator"));
    epo_pool_free(pool);
}

static void known_layers_get_their_part(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error = {0};
    test_folder_write(&folder, "parcels.geojson",
                      "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
                      "\"properties\":{\"parcela\":\"12/3\",\"vlastnik\":\"city\",\"vymera\":412},"
                      "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[13.382,49.744],"
                      "[13.385,49.744],[13.385,49.747],[13.382,49.747],[13.382,49.744]]]}}]}");
    assert_true(
        epo_map_import(folder.path, file(pool, "parcels.geojson"), "parcel", NULL, NULL, &error));
    struct epo_json *facts = facts_at(pool, 13.3836990, 49.7453480);
    const struct epo_json *parcel = epo_json_get(facts, "parcel");
    assert_true(epo_span_is(epo_json_get_text(parcel, "number"), "12/3"));
    assert_true(epo_span_is(epo_json_get_text(parcel, "owner"), "city"));
    assert_int_equal(epo_json_get_integer(parcel, "area_m2", 0), 412);
    epo_pool_free(pool);
}

static void crooked_files_change_nothing(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error = {0};
    struct epo_maps *maps = epo_maps_open(folder.path, &error);
    assert_non_null(maps);
    struct epo_span before = epo_maps_version(maps, pool);
    epo_maps_close(maps);
    test_folder_write(&folder, "broken.geojson",
                      "{\"type\":\"FeatureCollection\",\"features\":[{\"name\":\"a\"quote\"}]}");
    test_folder_write(&folder, "empty.geojson", "{\"type\":\"FeatureCollection\",\"features\":[]}");
    test_folder_write(&folder, "far.csv", "id,WKT\n1,\"POINT(1 1)\"\n"); /* no system, not Krovak */
    static const struct {
        const char *file, *layer, *srs, *code;
    } CASES[] = {
        {"broken.geojson", "zone", NULL, NULL},
        {"missing.geojson", "zone", NULL, "import.open"},
        {"empty.geojson", "zone", NULL, NULL},
        {"far.csv", "zone", NULL, "import.nothing"},
        {"zone.geojson", "Zone; DROP", NULL, "import.layer"},
        {"zone.geojson", "address", NULL, "import.layer"},
        {"zone.geojson", "", NULL, "import.layer"},
        {"zone.geojson", "zone", "EPSG:nonsense", "import.srs"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        if (epo_map_import(folder.path, file(pool, CASES[i].file), CASES[i].layer, CASES[i].srs,
                           NULL, &error))
            fail_msg("taken: %s", CASES[i].file);
        if (CASES[i].code != NULL)
            assert_string_equal(error.code, CASES[i].code);
        assert_int_equal(error.kind, EPO_ERROR_BAD_INPUT);
    }
    maps = epo_maps_open(folder.path, &error);
    assert_non_null(maps);
    assert_true(epo_span_equal(before, epo_maps_version(maps, pool)));
    epo_maps_close(maps);
    assert_int_not_equal(access(file(pool, "aside"), F_OK), 0);
    epo_pool_free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_degrees),
        cmocka_unit_test(in_metres),
        cmocka_unit_test(known_layers_get_their_part),
        cmocka_unit_test(crooked_files_change_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
