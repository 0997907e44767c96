/* Files of the city into the map base: systems, wrong axes, crooked rows; and that a failed import
 * leaves the old map as it was. */
#include <math.h>

#include "import_helpers.h"

/* A square of 0.002 degrees around the start-up check point of Plzeň. */
static void in_degrees(void **state) {
    (void)state;
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
    import("zone.geojson", "zone");
    assert_int_equal(result.taken, 2);
    assert_int_equal(result.mended, 1);
    assert_int_equal(result.left_out, 3);
    const char *list = text_of(path_of("zone.geojson.rejected.csv"));
    assert_non_null(strstr(list, "\"zone.geojson\",2,\"2\",\"left out\",\"coordinates out of"));
    assert_non_null(strstr(list, "3,\"3\",\"left out\",\"no place\""));
    assert_non_null(strstr(list, "4,\"4\",\"left out\",\"another shape than the layer's\""));
    assert_non_null(strstr(list, "5,\"5\",\"mended\",\"the outline crossed itself\""));
    struct epo_json *facts = facts_at(13.3836990, 49.7453480);
    const struct epo_json *zones = epo_json_find(facts, "layers.zone");
    assert_non_null(zones);
    assert_int_equal(zones->count, 1);
    assert_true(epo_span_is(epo_json_get_text(zones->items[0], "name"), "Zóna A"));
    assert_true(epo_span_is(epo_json_get_text(zones->items[0], "id"), "7"));
    facts = facts_at(13.4002, 49.7050);
    zones = epo_json_find(facts, "layers.zone");
    assert_true(zones != NULL && zones->count == 1);
}

/* The trap: the same square written in S-JTSK without saying so must land on the same ground. A
 * wrong operation would put its edge 12 m off, and this square is only 20 m wide. */
static void in_metres(void **state) {
    (void)state;
    test_folder_write(&folder, "lamps.csv",
                      "id,nazev,WKT\n"
                      "1,Lampa,\"POLYGON((-822010 -1070010,-821990 -1070010,-821990 -1069990,"
                      "-822010 -1069990,-822010 -1070010))\"\n");
    import("lamps.csv", "lamp");
    struct epo_json *facts = facts_at(13.38369896, 49.74534800);
    assert_true(epo_json_find(facts, "layers.lamp") != NULL);
    assert_true(epo_json_find(facts, "layers.zone") != NULL); /* the earlier layer stays */
    facts = facts_at(13.38369896 + 0.00016, 49.74534800);     /* 11.5 m east */
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
    assert_true(import_with((struct epo_import_options){
        .file = "mercator.csv", .layer = "mercator", .srs = "EPSG:3857"}));
    facts = facts_at(13.38369896, 49.74534800);
    assert_true(epo_json_find(facts, "layers.mercator") != NULL);
    facts = facts_at(13.38369896 + 0.00016, 49.74534800);
    assert_null(epo_json_find(facts, "layers.mercator"));
}

static void known_layers_get_their_part(void **state) {
    (void)state;
    test_folder_write(&folder, "parcels.geojson",
                      "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
                      "\"properties\":{\"parcela\":\"12/3\",\"vlastnik\":\"city\",\"vymera\":412},"
                      "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[13.382,49.744],"
                      "[13.385,49.744],[13.385,49.747],[13.382,49.747],[13.382,49.744]]]}}]}");
    import("parcels.geojson", "parcel");
    struct epo_json *facts = facts_at(13.3836990, 49.7453480);
    const struct epo_json *parcel = epo_json_get(facts, "parcel");
    assert_true(epo_span_is(epo_json_get_text(parcel, "number"), "12/3"));
    assert_true(epo_span_is(epo_json_get_text(parcel, "owner"), "city"));
    assert_int_equal(epo_json_get_integer(parcel, "area_m2", 0), 412);
}

static void crooked_files_change_nothing(void **state) {
    (void)state;
    struct epo_maps *maps = open_maps();
    struct epo_span before = epo_maps_version(maps, pool);
    epo_maps_close(maps);
    test_folder_write(&folder, "broken.geojson",
                      "{\"type\":\"FeatureCollection\",\"features\":[{\"name\":\"a\"quote\"}]}");
    test_folder_write(&folder, "empty.geojson", "{\"type\":\"FeatureCollection\",\"features\":[]}");
    test_folder_write(&folder, "far.csv", "id,WKT\n1,\"POINT(1 1)\"\n"); /* lies nowhere here */
    test_folder_write(&folder, "zero", "");
    test_folder_write(&folder, "picture.png", "\211PNG\r\n\032\n");
    test_folder_write(&folder, "remote.vrt",
                      "<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/etc/passwd"
                      "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>");
    test_folder_write(&folder, "cut.zip", "PK\3\4 and nothing");
    test_folder_write(&folder, "cut.gz", "\x1f\x8b and nothing");
    static const struct {
        const char *file, *layer, *srs, *code;
    } CASES[] = {
        {"broken.geojson", "zone", NULL, "import.damaged"},
        {"missing.geojson", "zone", NULL, "import.open"},
        {"empty.geojson", "zone", NULL, "import.nothing"},
        {"far.csv", "zone", NULL, "import.nothing"},
        {"zero", "zone", NULL, "import.format"},
        {"picture.png", "zone", NULL, "import.format"},
        {"remote.vrt", "zone", NULL, "import.format"}, /* would read another file */
        {"cut.zip", "zone", NULL, "import.archive"},
        {"cut.gz", "zone", NULL, "import.format"},
        {"zone.geojson", "Zone; DROP", NULL, "import.layer"},
        {"zone.geojson", "", NULL, "import.layer"},
        {"zone.geojson", NULL, NULL, "import.layer"},
        {"zone.geojson", "zone", "EPSG:nonsense", "import.srs"},
        {"zone.geojson", "address", NULL, "import.nothing"}, /* no house numbers in it */
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        if (import_with((struct epo_import_options){
                .file = CASES[i].file, .layer = CASES[i].layer, .srs = CASES[i].srs}))
            fail_msg("taken: %s", CASES[i].file);
        if (strcmp(error.code, CASES[i].code) != 0)
            fail_msg("%s: %s: %s", CASES[i].file, error.code, error.text);
        assert_int_equal(error.kind, EPO_ERROR_BAD_INPUT);
        assert_int_equal(access(path_of("map/aside"), F_OK), -1);
    }
    maps = open_maps();
    assert_true(epo_span_equal(before, epo_maps_version(maps, pool)));
    epo_maps_close(maps);
}

/* The same file again changes nothing, and says so; one feature less is one removed. */
static void again_is_nothing_new(void **state) {
    (void)state;
    const char *before = ask("SELECT value FROM meta WHERE key = 'content'");
    import("zone.geojson", "zone");
    assert_false(result.changed);
    assert_int_equal(result.same, 2);
    test_folder_write(&folder, "less.geojson",
                      "{\"type\":\"Feature\",\"properties\":{\"NAZEV\":\"Zóna A\",\"KOD\":\"7\"},"
                      "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[13.382,49.744],"
                      "[13.385,49.744],[13.385,49.747],[13.382,49.747],[13.382,49.744]]]}}");
    import("less.geojson", "zone");
    assert_true(result.changed);
    assert_int_equal(result.same, 1);
    assert_int_equal(result.removed, 1);
    assert_string_not_equal(before, ask("SELECT value FROM meta WHERE key = 'content'"));
    /* added to what is there */
    assert_true(import_with(
        (struct epo_import_options){.file = "zone.geojson", .layer = "zone", .add = true}));
    assert_int_equal(result.same, 1);
    assert_int_equal(result.added, 1);
    assert_string_equal(ask("SELECT count(*) FROM area a JOIN layer l ON l.id = a.layer"
                            " WHERE l.name = 'zone'"),
                        "2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_degrees),
        cmocka_unit_test(in_metres),
        cmocka_unit_test(known_layers_get_their_part),
        cmocka_unit_test(crooked_files_change_nothing),
        cmocka_unit_test(again_is_nothing_new),
    };
    return cmocka_run_group_tests(tests, import_set_up, import_tear_down);
}
