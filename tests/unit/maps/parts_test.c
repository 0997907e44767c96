/* Lines and areas on a small made-up town: parcels, shares, streets touched, against SpatiaLite
 * asked the same. A net of bent parcels, two districts, streets along every fifth row, a zone with
 * a hole in two parts, trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "folder.h"
#include "maps/build.h"
#include "maps/maps.h"

enum { SIDE = 20, CELL_M = 40 };
static const double WEST = -822000, SOUTH = -1070000;

static struct test_folder folder;
static struct epo_maps *maps;
static struct epo_store *store; /* the same file, for SpatiaLite as a second opinion */
static struct epo_db *db;

static double uniform(uint64_t *seed, double from, double to) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return from + (to - from) * (double)(*seed >> 11) / 9007199254740992.0;
}

/* ---- the town ---- */

static struct epo_point corners[SIDE + 1][SIDE + 1];
static void bend_net(void) {
    uint64_t seed = 3;
    for (int r = 0; r <= SIDE; r++)
        for (int c = 0; c <= SIDE; c++) {
            bool border = r == 0 || c == 0 || r == SIDE || c == SIDE;
            double bend = border ? 0 : 9;
            corners[r][c] = (struct epo_point){
                WEST + round((c * CELL_M + uniform(&seed, -bend, bend)) * 1000) / 1000,
                SOUTH + round((r * CELL_M + uniform(&seed, -bend, bend)) * 1000) / 1000};
        }
}

struct wkb {
    char bytes[2048];
    size_t len;
};
static void add_u32(struct wkb *wkb, uint32_t value) {
    memcpy(wkb->bytes + wkb->len, &value, 4);
    wkb->len += 4;
}
static void add_head(struct wkb *wkb, uint32_t type, uint32_t count) {
    wkb->bytes[wkb->len++] = 1;
    add_u32(wkb, type);
    add_u32(wkb, count);
}
static void add_points(struct wkb *wkb, const struct epo_point *at, uint32_t count) {
    memcpy(wkb->bytes + wkb->len, at, count * sizeof *at);
    wkb->len += count * sizeof *at;
}
static void add_square(struct wkb *wkb, double x, double y, double side) {
    struct epo_point ring[] = {{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}};
    add_u32(wkb, 5);
    add_points(wkb, ring, 5);
}

static bool feature(struct epo_build *build, int64_t layer, const char *code, const char *name,
                    const char *kind, double measure, const struct wkb *wkb,
                    struct epo_error *error) {
    return epo_build_feature(build,
                             &(struct epo_build_feature){.layer = layer,
                                                         .code = code,
                                                         .name = name,
                                                         .kind = kind,
                                                         .belongs = "Ves",
                                                         .measure = measure,
                                                         .wkb = {wkb->bytes, wkb->len}},
                             error);
}

static bool layer(struct epo_build *build, const char *name, const char *role,
                  enum epo_layer_shape shape, int64_t *id, struct epo_error *error) {
    return epo_build_layer(build,
                           &(struct epo_build_layer){.name = name,
                                                     .title_cs = name,
                                                     .title_en = name,
                                                     .shape = shape,
                                                     .role = role,
                                                     .source = "test"},
                           id, error);
}

static bool add_parcels(struct epo_build *build, struct epo_error *error) {
    static const char *const OWNERS[] = {"city", "state", "private"};
    int64_t id;
    bool ok = layer(build, "parcel", "parcel", EPO_SHAPE_AREA, &id, error);
    for (int r = 0; r < SIDE && ok; r++)
        for (int c = 0; c < SIDE && ok; c++) {
            char code[16];
            struct wkb wkb = {.len = 0};
            struct epo_point ring[] = {corners[r][c], corners[r][c + 1], corners[r + 1][c + 1],
                                       corners[r + 1][c], corners[r][c]};
            snprintf(code, sizeof code, "%d-%d", r, c);
            add_head(&wkb, 3, 1);
            add_u32(&wkb, 5);
            add_points(&wkb, ring, 5);
            ok = feature(build, id, code, code, OWNERS[(r * 7 + c) % 3], 1600, &wkb, error);
        }
    return ok;
}

static bool add_streets(struct epo_build *build, struct epo_error *error) {
    static const char *const NAMES[] = {"Dolní", "Příčná", "Horní", "", "Horní"};
    int64_t id;
    bool ok = layer(build, "street", "street", EPO_SHAPE_LINE, &id, error);
    for (int i = 0; i < 5 && ok; i++) {
        char code[16];
        struct wkb wkb = {.len = 0};
        snprintf(code, sizeof code, "%d", i);
        add_head(&wkb, 2, SIDE + 1);
        add_points(&wkb, corners[i * 5], SIDE + 1);
        ok = feature(build, id, code, NAMES[i], "", i == 0 ? 0 : 4 + 4 * i, &wkb, error);
    }
    return ok;
}

static bool add_areas(struct epo_build *build, struct epo_error *error) {
    double side = SIDE * CELL_M;
    int64_t id;
    struct wkb zone = {.len = 0}, tree = {.len = 0};
    if (!layer(build, "district", "district", EPO_SHAPE_AREA, &id, error))
        return false;
    for (int i = 0; i < 2; i++) {
        struct wkb wkb = {.len = 0};
        struct epo_point ring[SIDE + 5], *at = ring; /* along the middle row, then the outside */
        for (int c = 0; c <= SIDE; c++)
            *at++ = corners[SIDE / 2][c];
        *at++ = (struct epo_point){WEST + side, SOUTH + (i == 0 ? 0 : side)};
        *at++ = (struct epo_point){WEST, SOUTH + (i == 0 ? 0 : side)};
        *at++ = ring[0];
        add_head(&wkb, 3, 1);
        add_u32(&wkb, (uint32_t)(at - ring));
        add_points(&wkb, ring, (uint32_t)(at - ring));
        if (!feature(build, id, i == 0 ? "1" : "2", i == 0 ? "Ves 1" : "Ves 2", "", 0, &wkb, error))
            return false;
    }
    add_head(&zone, 6, 2);
    add_head(&zone, 3, 2);
    add_square(&zone, WEST + 100, SOUTH + 100, 300);
    add_square(&zone, WEST + 200, SOUTH + 200, 80);
    add_head(&zone, 3, 1);
    add_square(&zone, WEST + 500, SOUTH + 450, 150);
    tree.bytes[tree.len++] = 1;
    add_u32(&tree, 1);
    add_points(&tree, &(struct epo_point){WEST + 240, SOUTH + 240}, 1);
    return layer(build, "zone", "fact", EPO_SHAPE_AREA, &id, error) &&
           feature(build, id, "A", "zóna A", "a", 0, &zone, error) &&
           layer(build, "tree", "fact", EPO_SHAPE_POINT, &id, error) &&
           feature(build, id, "lípa", "lípa", "", 0, &tree, error);
}

static bool fill(struct epo_build *build, void *arg, struct epo_error *error) {
    (void)arg;
    bend_net();
    return add_parcels(build, error) && add_streets(build, error) && add_areas(build, error);
}

static int set_up(void **state) {
    (void)state;
    struct epo_error error = {0};
    test_folder_make(&folder);
    if (!epo_store_setup(&error) || !epo_build_map(folder.path, false, fill, NULL, &error) ||
        (maps = epo_maps_open(folder.path, &error)) == NULL) {
        fprintf(stderr, "%s: %s\n", error.code, error.text);
        return -1;
    }
    store = epo_store_open(
        test_folder_file(&folder, "map.db"),
        &(struct epo_store_options){.spatial = true, .read_only = true, .label = "t"}, &error);
    db = store == NULL ? NULL : epo_store_connect(store, &error);
    return db == NULL ? -1 : 0;
}

static int tear_down(void **state) {
    (void)state;
    epo_db_close(db);
    epo_store_close(store);
    epo_maps_close(maps);
    test_folder_remove(&folder);
    return 0;
}

/* ---- asking ---- */

static struct epo_json *facts_of(struct epo_pool *pool, const char *type,
                                 const struct epo_point *metres, int count,
                                 struct epo_place *place) {
    struct epo_error error = {0};
    struct epo_json *geometry = epo_json_object(pool), *list = epo_json_array(pool), *facts = NULL;
    for (int i = 0; i < count; i++) {
        struct epo_point at;
        struct epo_json *position = epo_json_array(pool);
        assert_true(epo_transform_to_4326(metres[i], &at, &error));
        epo_json_push(pool, position, epo_json_real(pool, at.x));
        epo_json_push(pool, position, epo_json_real(pool, at.y));
        epo_json_push(pool, list, position);
    }
    epo_json_set_string(pool, geometry, "type", type);
    if (strcmp(type, "Polygon") == 0) {
        struct epo_json *rings = epo_json_set(pool, geometry, "coordinates", epo_json_array(pool));
        epo_json_push(pool, rings, list);
    } else {
        epo_json_set(pool, geometry, "coordinates", list);
    }
    if (!epo_place_read(pool, geometry, place, &error) ||
        !epo_locate(maps, pool, place, &facts, &error))
        fail_msg("%s: %s", error.code, error.text);
    return facts;
}

static const struct epo_statement PARTS = {
    "t.parts",
    "SELECT l.name, a.code, ST_Area(ST_Intersection(a.geometry, GeomFromWKB($1, 5514))),"
    " ST_Length(ST_Intersection(a.geometry, GeomFromWKB($1, 5514))), a.kind"
    " FROM area a JOIN layer l ON l.id = a.layer"
    " WHERE ST_Intersects(a.geometry, GeomFromWKB($1, 5514))",
    NULL};
static const struct epo_statement STREETS = {
    "t.streets",
    "SELECT name, ST_Length(ST_Intersection(GeomFromWKB($1, 5514), ST_Buffer(geometry, half)))"
    " FROM (SELECT name, geometry, max(4, min(20, measure / 2)) AS half FROM line WHERE name <> '')"
    " WHERE ST_Distance(geometry, GeomFromWKB($1, 5514)) <= half ORDER BY name",
    NULL};

static const struct epo_json *by_id(const struct epo_json *list, struct epo_span id) {
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        if (epo_span_equal(epo_json_get_text(list->items[i], "id"), id) ||
            epo_span_equal(epo_json_get_text(list->items[i], "code"), id))
            return list->items[i];
    return NULL;
}

/* Every part that SQL finds is told with its amount and share, and none besides. */
static void compare_parts(const struct epo_json *facts, const struct epo_place *place) {
    static const struct {
        const char *layer, *path;
    } LISTS[] = {{"parcel", "parcels"}, {"district", "districts"}, {"zone", "layers.zone"}};
    bool area = place->kind == EPO_PLACE_AREA;
    double whole = area ? place->area_m2 : place->length_m, owned = 0, city = 0;
    uint32_t told = 0, found = 0;
    struct epo_error error;
    struct epo_rows *rows = epo_db_query(db, &PARTS, EPO_BIND(EPO_BLOB(place->wkb_metres)));
    while (epo_rows_next(rows)) {
        const char *path = "";
        double amount = epo_rows_real(rows, area ? 2 : 3);
        for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++)
            if (epo_span_is(epo_rows_text(rows, 0), LISTS[i].layer))
                path = LISTS[i].path;
        const struct epo_json *one = by_id(epo_json_find(facts, path), epo_rows_text(rows, 1));
        if (amount < 0.06) /* a touch: told or not */
            continue;
        assert_non_null(one);
        assert_true(fabs(epo_json_get_real(one, "share", -1) - amount / whole) < 2e-4);
        if (strcmp(path, "layers.zone") != 0)
            assert_true(fabs(epo_json_get_real(one, area ? "part_m2" : "part_m", -1) - amount) <
                        0.02);
        found += strcmp(path, "parcels") == 0;
        if (strcmp(path, "parcels") == 0 && epo_span_is(epo_rows_text(rows, 4), "city"))
            city += amount;
    }
    assert_true(epo_rows_end(rows, &error));
    const struct epo_json *parcels = epo_json_get(facts, "parcels");
    for (uint32_t i = 0; i < parcels->count; i++)
        told += epo_json_get_real(parcels->items[i], area ? "part_m2" : "part_m", 0) >= 0.06;
    assert_int_equal(told, found);
    const struct epo_json *owners = epo_json_find(facts, "shares.owner");
    for (uint32_t i = 0; i < owners->count; i++)
        owned += owners->items[i]->real;
    assert_true(fabs(owned - 1) < 5e-4);
    assert_true(fabs(epo_json_get_real(owners, "city", 0) - city / whole) < 3e-4);
}

static void compare_streets(const struct epo_json *facts, const struct epo_place *place) {
    const struct epo_json *list = epo_json_get(facts, "streets");
    bool line = place->kind == EPO_PLACE_LINE;
    double wanted[3] = {0, 0, 0}, last_m = 0;
    static const char *const NAMES[] = {"Dolní", "Horní", "Příčná"};
    uint32_t count = 0;
    struct epo_error error;
    struct epo_rows *rows = epo_db_query(db, &STREETS, EPO_BIND(EPO_BLOB(place->wkb_metres)));
    while (epo_rows_next(rows))
        for (int i = 0; i < 3; i++)
            if (epo_span_is(epo_rows_text(rows, 0), NAMES[i]))
                wanted[i] += line ? epo_rows_real(rows, 1) : 1;
    assert_true(epo_rows_end(rows, &error));
    for (int i = 0; i < 3; i++) {
        const struct epo_json *street = NULL;
        for (uint32_t k = 0; k < list->count; k++)
            if (epo_span_is(epo_json_get_text(list->items[k], "name"), NAMES[i]))
                street = list->items[k];
        assert_int_equal(street != NULL, wanted[i] > 0);
        count += street != NULL;
        if (street != NULL && line) /* the ends of a strip are rounded by both a little apart */
            assert_true(fabs(epo_json_get_real(street, "length_m", -1) - wanted[i]) < 0.7);
    }
    assert_int_equal(list->count, count);
    for (uint32_t k = 0; line && k < list->count; k++) {
        double from_m = epo_json_get_real(list->items[k], "from_m", -1);
        assert_true(from_m >= last_m && from_m <= place->length_m);
        last_m = from_m;
    }
}

static void areas_are_told(void **state) {
    (void)state;
    uint64_t seed = 21;
    for (int i = 0; i < 40; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_place place;
        struct epo_point star[13]; /* any angle, any distance from its middle: bent inwards too */
        double reach = i % 3 == 0 ? 15 : i % 3 == 1 ? 60 : 140;
        double x = uniform(&seed, 150, 650), y = uniform(&seed, 150, 650);
        for (int k = 0; k < 13; k++) {
            double angle = k * 2 * M_PI / 13, far = uniform(&seed, 0.3, 1) * reach;
            star[k] = (struct epo_point){WEST + x + far * cos(angle), SOUTH + y + far * sin(angle)};
        }
        struct epo_json *facts = facts_of(pool, "Polygon", star, 13, &place);
        assert_true(fabs(epo_json_get_real(facts, "area_m2", 0) - place.area_m2) < 0.01);
        assert_true(fabs(epo_json_get_real(facts, "perimeter_m", 0) - place.length_m) < 0.01);
        compare_parts(facts, &place);
        compare_streets(facts, &place);
        epo_pool_free(pool);
    }
}

static void lines_are_told(void **state) {
    (void)state;
    uint64_t seed = 22;
    for (int i = 0; i < 40; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_place place;
        struct epo_point line[4];
        for (int k = 0; k < 4; k++)
            line[k] =
                (struct epo_point){WEST + uniform(&seed, 10, 790), SOUTH + uniform(&seed, 10, 790)};
        struct epo_json *facts = facts_of(pool, "LineString", line, 4, &place);
        assert_true(fabs(epo_json_get_real(facts, "length_m", 0) - place.length_m) < 0.01);
        assert_null(epo_json_get(facts, "area_m2"));
        compare_parts(facts, &place);
        compare_streets(facts, &place);
        epo_pool_free(pool);
    }
}

/* An area around the tree, in the hole of the zone; one in the zone; one that holds the zone's
 * second part whole. */
static void zones_and_points_are_told(void **state) {
    (void)state;
    static const struct {
        double x, y, side;
        bool tree;
        double zone; /* share */
    } CASES[] = {{230, 230, 20, true, 0}, {120, 120, 50, false, 1}, {450, 400, 300, false, 0.25}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_place place;
        double x = WEST + CASES[i].x, y = SOUTH + CASES[i].y, side = CASES[i].side;
        struct epo_point ring[] = {{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}};
        struct epo_json *facts = facts_of(pool, "Polygon", ring, 4, &place);
        assert_int_equal(epo_json_find(facts, "layers.tree.0") != NULL, CASES[i].tree);
        const struct epo_json *zone = epo_json_find(facts, "layers.zone.0");
        assert_int_equal(zone != NULL, CASES[i].zone > 0);
        if (zone != NULL) {
            assert_true(fabs(epo_json_get_real(zone, "share", 0) - CASES[i].zone) < 1e-3);
            assert_true(epo_span_is(epo_json_get_text(zone, "kind"), "a"));
        }
        epo_pool_free(pool);
    }
}

/* Of two neighbours a point belongs to exactly one, on their common border too. */
static void borders_belong_to_one(void **state) {
    (void)state;
    struct epo_error error;
    static const struct epo_statement AT = {
        "t.touching",
        "SELECT count(*) FROM area a JOIN layer l ON l.id = a.layer WHERE l.name = 'parcel'"
        " AND ST_Intersects(a.geometry, MakePoint($1, $2, 5514))",
        NULL};
    int on_border = 0;
    for (int r = 1; r < SIDE; r++)
        for (int c = 1; c < SIDE; c++) {
            struct epo_pool *pool = epo_pool_create();
            struct epo_place place = {.kind = EPO_PLACE_POINT, .anchor_metres = corners[r][c]};
            struct epo_json *facts;
            assert_true(epo_locate(maps, pool, &place, &facts, &error));
            assert_int_equal(epo_json_get(facts, "parcel")->type, EPO_JSON_OBJECT);
            struct epo_rows *rows = epo_db_query(
                db, &AT, EPO_BIND(EPO_REAL(corners[r][c].x), EPO_REAL(corners[r][c].y)));
            on_border += epo_rows_next(rows) && epo_rows_integer(rows, 0) == 4;
            assert_true(epo_rows_end(rows, &error));
            epo_pool_free(pool);
        }
    assert_int_equal(on_border, (SIDE - 1) * (SIDE - 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas_are_told),
        cmocka_unit_test(lines_are_told),
        cmocka_unit_test(zones_and_points_are_told),
        cmocka_unit_test(borders_belong_to_one),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
