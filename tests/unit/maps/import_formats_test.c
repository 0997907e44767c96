/* Every format that cities have, written here by GDAL or by hand, must give the same map. */
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "import_helpers.h"

/* A square of 200 m with a Czech name around the start-up check point, and one beside it. */
static void add_square(OGRLayerH layer, const char *name, int code, double x, double y) {
    OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
    char *wkt = epo_pool_printf(pool, "POLYGON((%f %f,%f %f,%f %f,%f %f,%f %f))", x, y, x + 200, y,
                                x + 200, y + 200, x, y + 200, x, y);
    OGRGeometryH geometry = NULL;
    assert_int_equal(OGR_G_CreateFromWkt(&wkt, NULL, &geometry), OGRERR_NONE);
    OGR_F_SetFieldString(feature, 0, name);
    OGR_F_SetFieldInteger(feature, 1, code);
    OGR_F_SetGeometryDirectly(feature, geometry);
    assert_int_equal(OGR_L_CreateFeature(layer, feature), OGRERR_NONE);
    OGR_F_Destroy(feature);
}

static void add_layer(GDALDatasetH data, const char *name, char **options) {
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    OSRImportFromEPSG(srs, 5514);
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    OGRLayerH layer = GDALDatasetCreateLayer(data, name, srs, wkbPolygon, options);
    assert_non_null(layer);
    OGRFieldDefnH text = OGR_Fld_Create("NAZEV", OFTString);
    OGRFieldDefnH number = OGR_Fld_Create("KOD", OFTInteger);
    OGR_L_CreateField(layer, text, 1);
    OGR_L_CreateField(layer, number, 1);
    OGR_Fld_Destroy(text);
    OGR_Fld_Destroy(number);
    add_square(layer, "Žlutý kopec", 7, -822100, -1070100);
    add_square(layer, "Řepčín", 8, -821800, -1070100);
    OSRDestroySpatialReference(srs);
}

static const char *write_by(const char *driver, const char *file, char **options) {
    GDALAllRegister();
    GDALDatasetH data =
        GDALCreate(GDALGetDriverByName(driver), path_of(file), 0, 0, 0, GDT_Unknown, NULL);
    assert_non_null(data);
    add_layer(data, "zona", options);
    GDALClose(data);
    return file;
}

static void has_both(const char *layer) {
    const char *names =
        ask(epo_pool_printf(pool,
                            "SELECT group_concat(a.code || a.name, ',') FROM (SELECT * FROM area"
                            " ORDER BY code) a JOIN layer l ON l.id = a.layer WHERE l.name = '%s'",
                            layer));
    assert_string_equal(names, "7Žlutý kopec,8Řepčín");
    /* its edge is where it was written, to the metre: another operation would be 12 m off */
    for (int beyond = 0; beyond < 2; beyond++) {
        struct epo_point at;
        assert_true(
            epo_transform_to_4326((struct epo_point){-821900.5 + beyond, -1070000}, &at, &error));
        struct epo_json *found =
            epo_json_find(facts_at(at.x, at.y), epo_pool_printf(pool, "layers.%s", layer));
        assert_int_equal(found == NULL, beyond);
    }
}

static void written_by_gdal(void **state) {
    (void)state;
    char *utf8[] = {"ENCODING=UTF-8", NULL};
    char *cp1250[] = {"ENCODING=CP1250", NULL};
    char *lon_lat[] = {"RFC7946=NO", NULL};
    import(write_by("GPKG", "zona.gpkg", NULL), "gpkg");
    has_both("gpkg");
    import(write_by("FlatGeobuf", "zona.fgb", NULL), "fgb");
    has_both("fgb");
    import(write_by("GML", "zona.gml", NULL), "gml");
    assert_int_not_equal(access(path_of("zona.gfs"), F_OK), 0); /* reading leaves nothing behind */
    has_both("gml");
    import(write_by("GeoJSON", "zona.geojson", lon_lat), "geojson"); /* "crs" says 5514 */
    has_both("geojson");
    import(write_by("ESRI Shapefile", "zona.shp", utf8), "shp");
    has_both("shp");
    /* a Shapefile of a Czech office: windows-1250, and neither .cpg nor .prj says so */
    import(write_by("ESRI Shapefile", "office.shp", cp1250), "office");
    has_both("office");
    assert_int_equal(remove(path_of("office.cpg")), 0);
    assert_int_equal(remove(path_of("office.prj")), 0);
    import("office.shp", "office");
    has_both("office");
    assert_false(result.changed);
}

static void several_layers(void **state) {
    (void)state;
    GDALDatasetH data =
        GDALCreate(GDALGetDriverByName("GPKG"), path_of("city.gpkg"), 0, 0, 0, GDT_Unknown, NULL);
    add_layer(data, "prvni", NULL);
    add_layer(data, "lampy", NULL);
    add_layer(data, "Zona_B", NULL);
    GDALClose(data);
    assert_false(import_with((struct epo_import_options){.file = "city.gpkg", .layer = "tree"}));
    assert_string_equal(error.code, "import.source");
    assert_non_null(strstr(error.text, "prvni, lampy, Zona_B"));
    assert_true(import_with(
        (struct epo_import_options){.file = "city.gpkg", .layer = "tree", .source = "lampy"}));
    has_both("tree");
    assert_false(import_with(
        (struct epo_import_options){.file = "city.gpkg", .layer = "tree", .source = "none"}));
    import("city.gpkg", "zona_b"); /* by its own name */
    has_both("zona_b");
    /* or as layers.json says: all at once */
    test_folder_write(
        &folder, "layers.json",
        "{\"layers\": {\"bench\": {\"sources\": [{\"layer\": \"prvni\", \"where\": "
        "{\"kod\": \"7\"}}, {\"layer\": \"LAMPY\", \"where\": {\"KOD\": [\"8\"]}}]}}}");
    assert_true(import_with((struct epo_import_options){.file = "city.gpkg", .layer = "bench"}));
    has_both("bench");
    remove(path_of("layers.json"));
}

/* One point as people write it; each must lie where the check point lies. */
static void coordinates_in_columns(void **state) {
    (void)state;
    static const struct {
        const char *text, *srs;
    } CASES[] = {
        {"id,lon,lat\n1,13.38369896,49.745348\n", NULL},
        {"id;Zem. šířka;Zem. délka\n1;49,745348;13,38369896\n", NULL},
        {"id;Y;X\n1;822000,00;1070000,00\n", NULL},
        {"id;X;Y\n1;1070000;822000\n", NULL},
        {"id;x;y\n1;-822000;-1070000\n", NULL},
        {"id,x,y\n1,1489866.55,6402290.84\n", NULL},        /* web mercator */
        {"id,x,y\n1,383556.27,5511571.57\n", NULL},         /* UTM 33 */
        {"id,x,y\n1,383556.27,5511571.57\n", "EPSG:25833"}, /* and said to be so */
        {"id,x,y\n1,1070000,822000\n", "EPSG:5513"},        /* Krovak pointing south-west */
        {"id,WKT\n1,POINT(13.38369896 49.745348)\n", NULL},
        {"id,WKT\n1,POINT(49.745348 13.38369896)\n", NULL}, /* latitude first */
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        test_folder_write(&folder, "point.csv", CASES[i].text);
        if (!import_with((struct epo_import_options){
                .file = "point.csv", .layer = "lamp", .srs = CASES[i].srs}))
            fail_msg("%s: %s", CASES[i].text, error.text);
        const char *at = ask("SELECT abs(xmin + 822000) < 1.5 AND abs(ymin + 1070000) < 1.5"
                             " FROM idx_point_geometry");
        if (strcmp(at, "1") != 0)
            fail_msg("%s lies at %s", CASES[i].text,
                     ask("SELECT xmin || ' ' || ymin FROM idx_point_geometry"));
    }
    test_folder_write(&folder, "point.csv",
                      "id;X;Y\n1;1070000;822000\n2;;\n3;a;b\n4;1;1\n5;NaN;822000\n");
    import("point.csv", "lamp");
    assert_int_equal(result.taken, 1);
    assert_int_equal(result.left_out, 4);
}

static void texts_in_windows_1250(void **state) {
    (void)state;
    test_folder_write(&folder, "lamp.csv",
                      "id;n\xe1zev;lon;lat\n1;\x8elu\x9d"
                      "ou\xe8k\xfd;13.38;49.74\n2;\x81;13.38;49.74\n");
    import("lamp.csv", "lamp");
    assert_string_equal(ask("SELECT name FROM point WHERE code = '1'"), "Žluťoučký");
    assert_int_equal(result.left_out, 1);
    test_folder_write(&folder, "latin2.csv",
                      "id;name;lon;lat\n1;\xae"
                      "ena;13.38;49.74\n");
    assert_true(import_with((struct epo_import_options){
        .file = "latin2.csv", .layer = "lamp", .encoding = "ISO-8859-2"}));
    assert_string_equal(ask("SELECT name FROM point"), "Žena");
}

static void addresses_from_anywhere(void **state) {
    (void)state;
    test_folder_write(&folder, "adresy.csv",
                      "kod;ulice;cislo;psc;obec;lon;lat\n"
                      "a;Americká;42/8A;30100;Plzeň;13.38;49.74\n"
                      "b;;č.ev. 17;323 00;Plzeň;13.381;49.74\n"
                      "c;Úzká;;30100;Plzeň;13.382;49.74\n");
    import("adresy.csv", "address");
    assert_int_equal(result.taken, 2);
    assert_string_equal(ask("SELECT group_concat(code || street || conscription || '/' ||"
                            " orientation || letter || evidence || postcode, ',') FROM address"),
                        "aAmerická42/8a0301 00,b17/01323 00");
}

static const char OSM[] =
    "<?xml version='1.0' encoding='UTF-8'?><osm version=\"0.6\">"
    "<node id=\"1\" lat=\"49.740\" lon=\"13.380\" version=\"1\"/>"
    "<node id=\"2\" lat=\"49.740\" lon=\"13.381\" version=\"1\"/>"
    "<node id=\"3\" lat=\"49.741\" lon=\"13.381\" version=\"1\"/>"
    "<node id=\"4\" lat=\"49.745\" lon=\"13.383\" version=\"1\">"
    "<tag k=\"addr:conscriptionnumber\" v=\"42\"/><tag k=\"addr:housenumber\" v=\"42/8\"/>"
    "<tag k=\"addr:streetnumber\" v=\"8\"/><tag k=\"addr:street\" v=\"Americká\"/></node>"
    "<node id=\"5\" lat=\"49.746\" lon=\"13.384\" version=\"1\"><tag k=\"place\" v=\"suburb\"/>"
    "<tag k=\"name\" v=\"Bory\"/></node>"
    "<way id=\"1\" version=\"1\"><nd ref=\"1\"/><nd ref=\"2\"/><nd ref=\"3\"/>"
    "<tag k=\"highway\" v=\"residential\"/><tag k=\"name\" v=\"Úzká\"/></way>"
    "<way id=\"2\" version=\"1\"><nd ref=\"1\"/><nd ref=\"2\"/><nd ref=\"3\"/><nd ref=\"1\"/>"
    "<tag k=\"building\" v=\"yes\"/><tag k=\"addr:housenumber\" v=\"5\"/></way>"
    "<way id=\"3\" version=\"1\"><nd ref=\"1\"/><nd ref=\"3\"/><tag k=\"highway\" "
    "v=\"steps\"/></way>"
    "<way id=\"4\" version=\"1\"><nd ref=\"1\"/><nd ref=\"2\"/><nd ref=\"3\"/><nd ref=\"1\"/>"
    "<tag k=\"natural\" v=\"water\"/></way>"
    "<way id=\"5\" version=\"1\"><nd ref=\"1\"/><nd ref=\"3\"/><tag k=\"railway\" v=\"rail\"/>"
    "<tag k=\"service\" v=\"yard\"/></way>"
    "<way id=\"6\" version=\"1\"><nd ref=\"1\"/><nd ref=\"3\"/><tag k=\"waterway\" "
    "v=\"stream\"/><tag k=\"name\" v=\"Úslava\"/></way>"
    "<way id=\"7\" version=\"1\"><nd ref=\"2\"/><nd ref=\"3\"/><tag k=\"waterway\" "
    "v=\"stream\"/><tag k=\"tunnel\" v=\"culvert\"/></way></osm>";

static void open_street_map(void **state) {
    (void)state;
    test_folder_write(&folder, "city.osm", OSM);
    import("city.osm", NULL);
    static const struct {
        const char *sql, *answer;
    } CASES[] = {
        {"SELECT code || l.name || kind FROM line l JOIN layer y ON y.id = l.layer WHERE y.name = "
         "'street'",
         "w1Úzkáresidential"},
        {"SELECT kind FROM line l JOIN layer y ON y.id = l.layer WHERE y.name = 'path'", "steps"},
        {"SELECT kind FROM line l JOIN layer y ON y.id = l.layer WHERE y.name = 'rail'", "station"},
        {"SELECT group_concat(code || l.name || kind) FROM line l JOIN layer y ON y.id = l.layer"
         " WHERE y.name = 'stream'",
         "w6Úslavastream"}, /* what flows under ground is not drawn */
        {"SELECT code || kind FROM area a JOIN layer y ON y.id = a.layer WHERE y.name = 'building'",
         "w2house"},
        {"SELECT kind FROM area a JOIN layer y ON y.id = a.layer WHERE y.name = 'water'", "pond"},
        {"SELECT p.name || kind || rank FROM point p JOIN layer y ON y.id = p.layer WHERE y.name = "
         "'place_label'",
         "Boryquarter2"},
        {"SELECT street || conscription || '/' || orientation FROM address WHERE code = 'n4'",
         "Americká42/8"},
        {"SELECT conscription FROM address WHERE code = 'w2'", "5"}, /* a point of the house */
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_string_equal(ask(CASES[i].sql), CASES[i].answer);
    assert_string_equal(ask("SELECT value FROM meta WHERE key = 'attribution'"),
                        "© přispěvatelé OpenStreetMap, ODbL");
    import("city.osm", "street");
    assert_false(result.changed);
    assert_int_equal(result.taken, 1);
    assert_false(import_with((struct epo_import_options){.file = "city.osm", .layer = "tree"}));
    assert_string_equal(error.code, "import.sources");
}

int main(void) {
    const struct CMUnitTest tests[] = {
#ifndef __SANITIZE_THREAD__ /* GDAL uses SQLite here, and TSan takes its unlocking for GDAL's */
        cmocka_unit_test(written_by_gdal),         cmocka_unit_test(several_layers),
#endif
        cmocka_unit_test(coordinates_in_columns),  cmocka_unit_test(texts_in_windows_1250),
        cmocka_unit_test(addresses_from_anywhere),
#ifndef __SANITIZE_THREAD__
        cmocka_unit_test(open_street_map),
#endif
    };
#ifdef __SANITIZE_THREAD__
    (void)written_by_gdal;
    (void)several_layers;
    (void)open_street_map;
#endif
    return cmocka_run_group_tests(tests, import_set_up, import_tear_down);
}
