/* What goes into the tiles: the table of rules by itself, and a small map base read back by GDAL:
 * borders once, pieces of a street joined, a point for each name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <gdal.h>
#include <ogr_api.h>

#include "folder.h"
#include "maps/build.h"
#include "maps/maps.h"
#include "maps/tiles_mercator.h"
#include "maps/tiles_rules.h"

static int set_up(void **state) {
    (void)state;
    struct epo_error error;
    return epo_store_setup(&error) ? 0 : -1;
}

/* ---- the table ---- */

static void each_rule_can_be_followed(void **state) {
    (void)state;
    for (size_t i = 0; i < EPO_TILE_RULE_COUNT; i++) {
        const struct epo_tile_rule *rule = &EPO_TILE_RULES[i];
        int64_t zoom;
        assert_true(epo_span_integer(epo_span(rule->min_zoom), &zoom));
        assert_in_range(zoom, 10, 16);
        bool known = rule->label == NULL;
        for (size_t k = 0; !known && k < EPO_TILE_LABEL_COUNT; k++)
            known = strcmp(EPO_TILE_LABELS[k].kind, rule->label) == 0;
        if (!known)
            fail_msg("%s: no label \"%s\"", rule->layer, rule->label);
        if (rule->kinds != NULL) /* the words of one rule, a rule without words behind it */
            assert_ptr_equal(rule,
                             epo_tile_rule_for(rule->layer, epo_span_cut(epo_span(rule->kinds), ' ',
                                                                         &(struct epo_span){0})));
    }
}

static void words_of_others_find_their_rule(void **state) {
    (void)state;
    static const struct {
        const char *layer, *kind, *target, *value, *min_zoom;
    } CASES[] = {
        {"street", "trunk_link", "street", "primary", "10"},
        {"street", "living_street", "street", "residential", "13"},
        {"street", "", "street", "residential", "13"},
        {"street", "cycleway", "street", "path", "14"},
        {"building", "kindergarten", "building", "public", "14"},
        {"building", "garages", "building", "yard", "15"},
        {"building", "yes", "building", "house", "14"},
        {"landuse", "forest", "landuse", "wood", "10"},
        {"landuse", "grass", "landuse", "meadow", "12"},
        {"water", "canal", "water", "river", "10"},
        {"rail", "light_rail", "rail", "tram", "14"},
        {"park", "playground", "park", "park", "11"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct epo_tile_rule *rule =
            epo_tile_rule_for(CASES[i].layer, epo_span(CASES[i].kind));
        assert_non_null(rule);
        assert_string_equal(rule->target, CASES[i].target);
        assert_string_equal(rule->value, CASES[i].value);
        assert_string_equal(rule->min_zoom, CASES[i].min_zoom);
    }
    assert_null(epo_tile_rule_for("trees", EPO_SPAN("oak")));
}

/* ---- a small map base ---- */

/* WKB of metres from a corner near náměstí Republiky. */
static struct epo_span wkb(char out[256], bool area, const double (*at)[2], uint32_t count) {
    size_t len = area ? 13 : 9;
    memcpy(out, area ? "\1\3\0\0\0\1\0\0\0" : "\1\2\0\0\0", len - 4);
    memcpy(out + len - 4, &count, 4);
    for (uint32_t i = 0; i < count; i++) {
        double xy[2] = {-822000 + at[i][0], -1070000 + at[i][1]};
        memcpy(out + len + i * 16, xy, 16);
    }
    return (struct epo_span){out, len + count * 16};
}

static const double WEST[][2] = {{0, 0}, {500, 0}, {500, 800}, {0, 800}, {0, 0}};
static const double EAST[][2] = {{500, 0}, {900, 0}, {900, 800}, {500, 800}, {500, 0}};
static const double PIECES[][2][2] = {{{10, 100}, {200, 110}}, {{200, 110}, {430, 90}}};

static bool add(struct epo_build *build, const char *layer, enum epo_layer_shape shape,
                const struct epo_build_feature *features, size_t count, struct epo_error *error) {
    int64_t id;
    struct epo_build_layer about = {.name = layer,
                                    .title_cs = layer,
                                    .title_en = layer,
                                    .shape = shape,
                                    .role = strcmp(layer, "district") == 0 ? "district" : "picture",
                                    .source = "test"};
    bool ok = epo_build_layer(build, &about, &id, error);
    for (size_t i = 0; ok && i < count; i++) {
        struct epo_build_feature feature = features[i];
        feature.layer = id;
        ok = epo_build_feature(build, &feature, error);
    }
    return ok;
}

/* arg: a layer of the city's own labels is there as well. */
static bool fill(struct epo_build *build, void *arg, struct epo_error *error) {
    char bytes[8][256];
    struct epo_span west = wkb(bytes[0], true, WEST, 5), east = wkb(bytes[1], true, EAST, 5);
    const struct epo_build_feature districts[] = {{.code = "1", .name = "Západ", .wkb = west},
                                                  {.code = "2", .name = "Východ", .wkb = east}};
    const struct epo_build_feature parcels[] = {
        {.code = "1", .name = "12/3", .kind = "city", .wkb = west},
        {.code = "2", .name = "12/4", .kind = "private", .wkb = east}};
    const struct epo_build_feature parks[] = {
        {.code = "1", .name = "Borský park", .kind = "park", .wkb = east}};
    const struct epo_build_feature streets[] = {{.code = "1",
                                                 .name = "Příčná",
                                                 .kind = "residential",
                                                 .wkb = wkb(bytes[2], false, PIECES[0], 2)},
                                                {.code = "2",
                                                 .name = "Příčná",
                                                 .kind = "residential",
                                                 .wkb = wkb(bytes[3], false, PIECES[1], 2)}};
    double point[2] = {-821800, -1069800};
    memcpy(bytes[4], "\1\1\0\0\0", 5);
    memcpy(bytes[4] + 5, point, 16);
    const struct epo_build_feature labels[] = {
        {.code = "1", .name = "Náves", .kind = "village", .wkb = {bytes[4], 21}}};
    return add(build, "district", EPO_SHAPE_AREA, districts, 2, error) &&
           add(build, "parcel", EPO_SHAPE_AREA, parcels, 2, error) &&
           add(build, "park", EPO_SHAPE_AREA, parks, 1, error) &&
           add(build, "street", EPO_SHAPE_LINE, streets, 2, error) &&
           (arg == NULL || add(build, "place_label", EPO_SHAPE_POINT, labels, 1, error));
}

struct seen {
    int features;
    double length; /* of lines, mercator metres */
    char names[200];
};

/* One layer of the tiles at zoom 16, as GDAL reads them. */
static struct seen look(const char *file, const char *layer) {
    struct seen seen = {0};
    static const char *const OPTIONS[] = {"ZOOM_LEVEL=16", NULL};
    GDALAllRegister();
    GDALDatasetH tiles = GDALOpenEx(file, GDAL_OF_VECTOR, NULL, OPTIONS, NULL);
    assert_non_null(tiles);
    OGRLayerH found = GDALDatasetGetLayerByName(tiles, layer);
    for (OGRFeatureH f; found != NULL && (f = OGR_L_GetNextFeature(found)) != NULL;) {
        int name = OGR_F_GetFieldIndex(f, "name");
        if (name < 0)
            name = OGR_F_GetFieldIndex(f, "number");
        seen.features++;
        if (OGR_G_GetDimension(OGR_F_GetGeometryRef(f)) == 1)
            seen.length += OGR_G_Length(OGR_F_GetGeometryRef(f));
        if (name >= 0 && strstr(seen.names, OGR_F_GetFieldAsString(f, name)) == NULL) {
            size_t len = strlen(seen.names);
            snprintf(seen.names + len, sizeof seen.names - len, "%s ",
                     OGR_F_GetFieldAsString(f, name));
        }
        OGR_F_Destroy(f);
    }
    GDALClose(tiles);
    return seen;
}

static void build_tiles(struct test_folder *folder, void *labels) {
    struct epo_error error = {0};
    test_folder_make(folder);
    if (!epo_build_map(folder->path, false, fill, labels, &error) ||
        !epo_tiles_build(folder->path, NULL, &error))
        fail_msg("%s", error.text);
    test_folder_file(folder, "tiles.mbtiles");
}

static void names_stand_at_points(void **state) {
    (void)state;
    struct test_folder folder;
    build_tiles(&folder, NULL);
    assert_string_equal(look(folder.file, "place_label").names, "Západ Východ ");
    assert_string_equal(look(folder.file, "nature_label").names, "Borský park ");
    assert_string_equal(look(folder.file, "parcel_label").names, "12/3 12/4 ");
    assert_int_equal(look(folder.file, "place_label").features, 2); /* not one in every tile */
    assert_string_equal(look(folder.file, "parcel").names, "");     /* numbers are labels alone */
    test_folder_remove(&folder);
}

static void own_labels_are_enough(void **state) {
    (void)state;
    struct test_folder folder;
    build_tiles(&folder, &folder);
    assert_string_equal(look(folder.file, "place_label").names, "Náves ");
    assert_int_equal(look(folder.file, "nature_label").features, 0);
    assert_string_equal(look(folder.file, "parcel_label").names, "12/3 12/4 ");
    test_folder_remove(&folder);
}

static void shared_lines_are_drawn_once(void **state) {
    (void)state;
    struct test_folder folder;
    build_tiles(&folder, NULL);
    /* Around both 2 * 900 + 2 * 800, between them 800; mercator stretches by 1 / cos 49.7°. Tiles
     * overlap by their buffer. */
    double metres = look(folder.file, "border").length * 0.6465;
    assert_true(metres > 4100 && metres < 4700);
    struct seen street = look(folder.file, "street");
    assert_string_equal(street.names, "Příčná ");
    assert_true(street.length * 0.6465 > 415 && street.length * 0.6465 < 480);
    test_folder_remove(&folder);
}

static void broken_geometry_is_no_geometry(void **state) {
    (void)state;
    char bytes[256];
    struct epo_span good = wkb(bytes, true, WEST, 5);
    assert_true(epo_gdal_load(NULL));
    OGRGeometryH geometry = epo_mercator_geometry(good);
    assert_non_null(geometry);
    OGR_G_DestroyGeometry(geometry);
    for (size_t len = 0; len < good.len; len++)
        assert_null(epo_mercator_geometry((struct epo_span){bytes, len}));
    memset(bytes + 13, 0, 16); /* 0, 0: nowhere in Czechia */
    assert_null(epo_mercator_geometry(good));
    memcpy(bytes + 1, "\7\0\0\0\377\377\377\377", 8); /* a collection of a lot */
    assert_null(epo_mercator_geometry(good));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_can_be_followed),
        cmocka_unit_test(words_of_others_find_their_rule),
#ifndef __SANITIZE_THREAD__ /* GDAL uses SQLite here, and TSan takes its unlocking for GDAL's */
        cmocka_unit_test(names_stand_at_points),
        cmocka_unit_test(own_labels_are_enough),
        cmocka_unit_test(shared_lines_are_drawn_once),
#endif
        cmocka_unit_test(broken_geometry_is_no_geometry),
    };
#ifdef __SANITIZE_THREAD__
    (void)names_stand_at_points;
    (void)own_labels_are_enough;
    (void)shared_lines_are_drawn_once;
#endif
    return cmocka_run_group_tests(tests, set_up, NULL);
}
