/* The demo city as a whole: made once here, then asked in every way that the rooms above ask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "demo_city.h"
#include "maps/maps.h"
#include "store/store.h"

static struct test_folder folder;
static struct epo_maps *maps;
static struct epo_store *store; /* the same file, for SpatiaLite as a second opinion */
static struct epo_db *db;

/* The same city once more, at the same time on another thread: its content must be the same. */
static struct test_folder other;
static void *build_again(void *arg) {
    struct epo_error error = {0};
    (void)arg;
    return epo_demo_city_build(other.path, 1, NULL, &error) ? NULL : &other;
}

static int set_up(void **state) {
    (void)state;
    struct epo_error error = {0};
    pthread_t again;
    void *failed = NULL;
    test_folder_make(&folder);
    test_folder_make(&other);
    if (!epo_store_setup(&error) || pthread_create(&again, NULL, build_again, NULL) != 0)
        return -1;
    test_demo_city(&folder);
    pthread_join(again, &failed);
    if (failed != NULL || (maps = epo_maps_open(folder.path, &error)) == NULL) {
        fprintf(stderr, "%s: %s\n", error.code, error.text);
        return -1;
    }
    char path[128];
    snprintf(path, sizeof path, "%s/map.db", folder.path);
    store = epo_store_open(
        path, &(struct epo_store_options){.spatial = true, .read_only = true, .label = "t"},
        &error);
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

static struct epo_json *locate_text(struct epo_pool *pool, const char *geojson) {
    struct epo_error error = {0};
    struct epo_place place;
    struct epo_json *facts = NULL, *json = epo_json_parse(pool, epo_span(geojson), &error);
    if (json == NULL || !epo_place_read(pool, json, &place, &error) ||
        !epo_locate(maps, pool, &place, &facts, &error))
        fail_msg("%s: %s", error.code, error.text);
    return facts;
}

static struct epo_json *locate(struct epo_pool *pool, double lon, double lat) {
    return locate_text(
        pool, epo_pool_printf(pool, "{\"type\":\"Point\",\"coordinates\":[%.7f,%.7f]}", lon, lat));
}

static const char *text(struct epo_pool *pool, const struct epo_json *facts, const char *path) {
    const struct epo_json *found = epo_json_find(facts, path);
    return epo_json_is_text(found) ? epo_pool_string(pool, found->text) : "";
}

/* ---- districts and points ---- */

/* The points whose district and cadastral area RÚIAN gives. */
static void districts_lie_where_they_do(void **state) {
    (void)state;
    static const struct {
        double lon, lat;
        const char *code, *name;
        int number;
        const char *cadastral;
    } POINTS[] = {{13.37775, 49.74836, "546003", "Plzeň 3", 3, "721981"},
                  {13.4, 49.725, "545988", "Plzeň 2-Slovany", 2, "721981"},
                  {13.372, 49.776, "545970", "Plzeň 1", 1, "722120"}};
    for (size_t i = 0; i < sizeof POINTS / sizeof *POINTS; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_json *facts = locate(pool, POINTS[i].lon, POINTS[i].lat);
        assert_string_equal(text(pool, facts, "district.code"), POINTS[i].code);
        assert_string_equal(text(pool, facts, "district.name"), POINTS[i].name);
        assert_int_equal(epo_json_get_integer(epo_json_get(facts, "district"), "number", 0),
                         POINTS[i].number);
        assert_string_equal(text(pool, facts, "cadastral_area.code"), POINTS[i].cadastral);
        assert_true(epo_json_get_boolean(facts, "in_city", false));
        epo_pool_free(pool);
    }
}

static void outside_is_outside(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *facts = locate(pool, 14.4, 50.08); /* Prague */
    assert_false(epo_json_get_boolean(facts, "in_city", true));
    assert_int_equal(epo_json_get(facts, "district")->type, EPO_JSON_NULL);
    assert_int_equal(epo_json_get(facts, "parcel")->type, EPO_JSON_NULL);
    assert_int_equal(epo_json_get(facts, "address")->type, EPO_JSON_NULL);
    epo_pool_free(pool);
}

/* Parcels, districts and cadastral areas tile the city: no point falls between. */
static void nothing_falls_between(void **state) {
    (void)state;
    int inside = 0, gaps = 0;
    for (double lon = 13.295; lon < 13.465; lon += 0.00411)
        for (double lat = 49.693; lat < 49.802; lat += 0.00307) {
            struct epo_pool *pool = epo_pool_create();
            struct epo_json *facts = locate(pool, lon, lat);
            if (epo_json_get_boolean(facts, "in_city", false)) {
                inside++;
                assert_true(epo_json_get(facts, "district")->type == EPO_JSON_OBJECT);
                assert_true(epo_json_get(facts, "cadastral_area")->type == EPO_JSON_OBJECT);
                gaps += epo_json_get(facts, "parcel")->type != EPO_JSON_OBJECT;
            }
            epo_pool_free(pool);
        }
    assert_true(inside > 800);
    assert_int_equal(gaps, 0);
}

/* ---- a second opinion: plain SQL with SpatiaLite over the R*Tree ---- */

static const struct epo_statement AT = {
    "t.at",
    "SELECT l.name, a.code FROM area a JOIN layer l ON l.id = a.layer"
    " WHERE a.id IN (SELECT pkid FROM idx_area_geometry WHERE xmin <= $1 AND xmax >= $1"
    " AND ymin <= $2 AND ymax >= $2)"
    " AND ST_Intersects(a.geometry, MakePoint($1, $2, 5514)) ORDER BY a.id",
    NULL};
static const struct epo_statement NEAREST = {
    "t.nearest",
    "SELECT ST_Distance(geometry, MakePoint($1, $2, 5514)) FROM address WHERE id IN"
    " (SELECT pkid FROM idx_address_geometry WHERE xmin <= $1 + 500 AND xmax >= $1 - 500"
    " AND ymin <= $2 + 500 AND ymax >= $2 - 500) ORDER BY 1 LIMIT 1",
    NULL};

static void expect(struct epo_pool *pool, const struct epo_json *facts, const char *layer,
                   const char *code) {
    static const struct {
        const char *layer, *path;
    } PATHS[] = {{"district", "district.code"},
                 {"cadastral_area", "cadastral_area.code"},
                 {"parcel", "parcel.id"},
                 {"public_space", "public_space.id"}};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++)
        if (strcmp(PATHS[i].layer, layer) == 0)
            assert_string_equal(text(pool, facts, PATHS[i].path), code);
}

static double uniform(uint64_t *seed, double from, double to) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return from + (to - from) * (double)(*seed >> 11) / 9007199254740992.0;
}

static void agrees_with_spatialite(void **state) {
    (void)state;
    uint64_t seed = 11;
    for (int i = 0; i < 400; i++) {
        struct epo_pool *pool = epo_pool_create();
        double spread = i % 2 ? 0.02 : 0.075;
        double lon = round(uniform(&seed, 13.3776 - spread, 13.3776 + spread) * 1e7) / 1e7;
        double lat = round(uniform(&seed, 49.7475 - spread / 2, 49.7475 + spread / 2) * 1e7) / 1e7;
        struct epo_json *facts = locate(pool, lon, lat);
        struct epo_point at;
        struct epo_error error;
        assert_true(epo_transform_to_metres((struct epo_point){lon, lat}, &at, &error));
        struct epo_rows *rows = epo_db_query(db, &AT, EPO_BIND(EPO_REAL(at.x), EPO_REAL(at.y)));
        bool space = false;
        while (epo_rows_next(rows)) {
            const char *layer = epo_pool_string(pool, epo_rows_text(rows, 0));
            space |= strcmp(layer, "public_space") == 0;
            expect(pool, facts, layer, epo_pool_string(pool, epo_rows_text(rows, 1)));
        }
        assert_true(epo_rows_end(rows, &error));
        assert_int_equal(space, epo_json_get(facts, "public_space")->type == EPO_JSON_OBJECT);
        rows = epo_db_query(db, &NEAREST, EPO_BIND(EPO_REAL(at.x), EPO_REAL(at.y)));
        double nearest = epo_rows_next(rows) ? epo_rows_real(rows, 0) : INFINITY;
        assert_true(epo_rows_end(rows, &error));
        double ours = epo_json_get_real(epo_json_get(facts, "address"), "distance_m", INFINITY);
        assert_true(nearest > 500 ? isinf(ours) : fabs(ours - nearest) < 0.06);
        epo_pool_free(pool);
    }
}

static const struct epo_statement SHARE = {
    "t.share",
    "SELECT COALESCE(SUM(ST_Area(ST_Intersection(a.geometry, GeomFromWKB($1, 5514)))), 0)"
    " FROM area a JOIN layer l ON l.id = a.layer WHERE l.name = $2 AND ($3 = '' OR a.kind = $3)"
    " AND a.id IN (SELECT pkid FROM idx_area_geometry WHERE xmin <= $4 AND xmax >= $5"
    " AND ymin <= $6 AND ymax >= $7)",
    NULL};

static double share_by_sql(const struct epo_place *place, const char *layer, const char *kind) {
    struct epo_error error;
    struct epo_rows *rows =
        epo_db_query(db, &SHARE,
                     EPO_BIND(EPO_BLOB(place->wkb_metres), EPO_STRING(layer), EPO_STRING(kind),
                              EPO_REAL(place->max_x), EPO_REAL(place->min_x),
                              EPO_REAL(place->max_y), EPO_REAL(place->min_y)));
    double area = epo_rows_next(rows) ? epo_rows_real(rows, 0) : NAN;
    assert_true(epo_rows_end(rows, &error));
    return area / place->area_m2;
}

static void areas_agree_with_spatialite(void **state) {
    (void)state;
    uint64_t seed = 5;
    for (int i = 0; i < 30; i++) {
        struct epo_pool *pool = epo_pool_create();
        double lon = uniform(&seed, 13.36, 13.39), lat = uniform(&seed, 49.735, 49.755);
        double size = uniform(&seed, 0.00005, 0.001);
        struct epo_json *json = epo_json_parse(
            pool,
            epo_span(epo_pool_printf(
                pool,
                "{\"type\":\"Polygon\",\"coordinates\":[[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],"
                "[%.7f,%.7f]]]}",
                lon, lat, lon + size, lat + size / 4, lon + size * 0.8, lat + size, lon,
                lat + size)),
            NULL);
        struct epo_place place;
        struct epo_error error;
        struct epo_json *facts;
        assert_true(epo_place_read(pool, json, &place, &error));
        assert_true(epo_locate(maps, pool, &place, &facts, &error));
        const struct epo_json *shares = epo_json_get(facts, "shares");
        assert_true(fabs(epo_json_get_real(shares, "public_space", 0) -
                         share_by_sql(&place, "public_space", "")) < 2e-4);
        double sum = 0;
        static const char *const OWNERS[] = {"city", "state", "private"};
        for (int o = 0; o < 3; o++) {
            double share = epo_json_get_real(epo_json_get(shares, "owner"), OWNERS[o], 0);
            assert_true(fabs(share - share_by_sql(&place, "parcel", OWNERS[o])) < 2e-4);
            sum += share;
        }
        assert_true(fabs(sum - 1) < 1e-3);
        assert_true(fabs(epo_json_get_real(facts, "area_m2", 0) - place.area_m2) < 0.01);
        epo_pool_free(pool);
    }
}

/* ---- rules ---- */

static int refusals(const char *geojson, const char *rules, char first_code[64]) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error = {0};
    struct epo_place place;
    struct epo_json *list = epo_json_parse(pool, epo_span(rules), &error);
    struct epo_json *errors = epo_json_array(pool);
    first_code[0] = '\0';
    if (list == NULL || !epo_place_rules_check(maps, list, &error) ||
        !epo_place_read(pool, epo_json_parse(pool, epo_span(geojson), &error), &place, &error) ||
        !epo_place_rules_apply(maps, pool, list, &place, errors, &error))
        fail_msg("%s: %s", error.code, error.text);
    if (errors->count > 0)
        snprintf(first_code, 64, "%.*s", EPO_ARG(epo_json_get_text(errors->items[0], "code")));
    int count = (int)errors->count;
    epo_pool_free(pool);
    return count;
}

static const char SQUARE_POINT[] = "{\"type\":\"Point\",\"coordinates\":[13.37775,49.74836]}";
/* 22 m by 22 m on náměstí Republiky */
static const char SQUARE_AREA[] = "{\"type\":\"Polygon\",\"coordinates\":[[[13.3775,49.747],"
                                  "[13.3778,49.747],[13.3778,49.7472],[13.3775,49.7472]]]}";
/* 100 m of the same square */
static const char HUNDRED_M[] = "{\"type\":\"LineString\",\"coordinates\":[[13.3775,49.747],"
                                "[13.37889,49.747]]}";
/* over the houses south of the square */
static const char HOUSES_AREA[] = "{\"type\":\"Polygon\",\"coordinates\":[[[13.3772,49.7462],"
                                  "[13.3786,49.7462],[13.3786,49.7470],[13.3772,49.7470]]]}";

static void rules_hold_and_fail(void **state) {
    (void)state;
    static const struct {
        const char *place, *rules, *code; /* NULL: all hold */
    } CASES[] = {
        {SQUARE_POINT, "[]", NULL},
        {SQUARE_POINT, "[{\"rule\":\"inside\",\"layer\":\"city\"}]", NULL},
        {"{\"type\":\"Point\",\"coordinates\":[14.4,50.08]}",
         "[{\"rule\":\"inside\",\"layer\":\"city\"}]", "place.outside"},
        {SQUARE_POINT, "[{\"rule\":\"inside\",\"layer\":\"public_space\"}]", NULL},
        {SQUARE_POINT, "[{\"rule\":\"outside\",\"layer\":\"public_space\"}]", "place.inside"},
        {SQUARE_POINT, "[{\"rule\":\"owner\",\"any\":[\"city\"]}]", NULL},
        {SQUARE_POINT, "[{\"rule\":\"owner\",\"any\":[\"private\",\"state\"]}]", "place.owner"},
        {SQUARE_AREA,
         "[{\"rule\":\"inside\",\"layer\":\"public_space\",\"share\":0.95},"
         "{\"rule\":\"max_area_m2\",\"value\":500},{\"rule\":\"min_area_m2\",\"value\":1}]",
         NULL},
        {SQUARE_AREA, "[{\"rule\":\"max_area_m2\",\"value\":400}]", "place.too_large"},
        {SQUARE_AREA, "[{\"rule\":\"min_area_m2\",\"value\":600}]", "place.too_small"},
        {HOUSES_AREA, "[{\"rule\":\"inside\",\"layer\":\"public_space\",\"share\":0.95}]",
         "place.outside"},
        {HOUSES_AREA, "[{\"rule\":\"inside\",\"layer\":\"public_space\",\"share\":0.05}]", NULL},
        {SQUARE_POINT, "[{\"rule\":\"near\",\"layer\":\"park\",\"within_m\":10}]", "place.far"},
        {SQUARE_POINT, "[{\"rule\":\"near\",\"layer\":\"park\",\"within_m\":400}]", NULL},
        {SQUARE_AREA, "[{\"rule\":\"near\",\"layer\":\"water\",\"within_m\":1000}]", NULL},
        {SQUARE_AREA, "[{\"rule\":\"near\",\"layer\":\"water\",\"within_m\":50}]", "place.far"},
        {SQUARE_AREA, "[{\"rule\":\"touching\",\"layer\":\"public_space\"}]", NULL},
        {SQUARE_AREA, "[{\"rule\":\"touching\",\"layer\":\"water\"}]", "place.not_touching"},
        {SQUARE_POINT, "[{\"rule\":\"touching\",\"layer\":\"district\"}]", NULL},
        {SQUARE_POINT, "[{\"rule\":\"touching\",\"layer\":\"park\"}]", "place.not_touching"},
        {HUNDRED_M, "[{\"rule\":\"min_length_m\",\"value\":90}]", NULL},
        {HUNDRED_M, "[{\"rule\":\"min_length_m\",\"value\":110}]", "place.too_short"},
        {HUNDRED_M, "[{\"rule\":\"max_length_m\",\"value\":110}]", NULL},
        {HUNDRED_M, "[{\"rule\":\"max_length_m\",\"value\":90}]", "place.too_long"},
        {SQUARE_AREA, "[{\"rule\":\"max_length_m\",\"value\":1}]", NULL}, /* of lines alone */
        {HOUSES_AREA,
         "[{\"rule\":\"inside\",\"layer\":\"public_space\",\"share\":0.9,\"only\":[\"area\"]}]",
         "place.outside"},
        {HOUSES_AREA,
         "[{\"rule\":\"inside\",\"layer\":\"public_space\",\"only\":[\"point\",\"line\"]}]", NULL},
        {SQUARE_AREA, "[{\"rule\":\"free\",\"from\":\"a\",\"to\":\"b\"}]", NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char code[64];
        int count = refusals(CASES[i].place, CASES[i].rules, code);
        if (CASES[i].code == NULL ? count != 0 : strcmp(code, CASES[i].code) != 0)
            fail_msg("%s: %s", CASES[i].rules, code);
    }
}

static void crooked_rules_are_refused(void **state) {
    (void)state;
    static const char *const RULES[] = {
        "{}",
        "[{}]",
        "[5]",
        "[{\"rule\":\"above\",\"layer\":\"city\"}]",
        "[{\"rule\":\"inside\"}]",
        "[{\"rule\":\"inside\",\"layer\":\"atlantis\"}]",
        "[{\"rule\":\"inside\",\"layer\":\"building\"}]", /* only drawn */
        "[{\"rule\":\"inside\",\"layer\":\"city\",\"share\":1.5}]",
        "[{\"rule\":\"inside\",\"layer\":\"city\",\"share\":0}]",
        "[{\"rule\":\"max_area_m2\"}]",
        "[{\"rule\":\"max_area_m2\",\"value\":-1}]",
        "[{\"rule\":\"owner\",\"any\":[]}]",
        "[{\"rule\":\"near\",\"layer\":\"park\"}]",
        "[{\"rule\":\"near\",\"layer\":\"park\",\"within_m\":99999}]",
        "[{\"rule\":\"touching\"}]",
        "[{\"rule\":\"inside\",\"layer\":\"city\",\"only\":[]}]",
        "[{\"rule\":\"inside\",\"layer\":\"city\",\"only\":[\"circle\"]}]",
        "[{\"rule\":\"inside\",\"layer\":\"city\",\"only\":\"area\"}]",
        "[{\"rule\":\"max_length_m\",\"value\":\"5\"}]",
        "[{\"rule\":\"capacity\",\"from\":\"a\",\"to\":\"b\",\"layer\":\"park\"}]",
        "[{\"rule\":\"capacity\",\"from\":\"a\",\"to\":\"b\",\"limit\":5}]",
        "[{\"rule\":\"capacity\",\"from\":\"a\",\"to\":\"b\",\"limit\":5,\"layer\":\"street\"}]",
        "[{\"rule\":\"capacity\",\"from\":\"a\",\"to\":\"b\",\"limit\":5,\"layer\":\"park\","
        "\"within_m\":5}]",
        "[{\"rule\":\"capacity\",\"from\":\"a\",\"to\":\"b\",\"limit\":5,\"within_m\":501}]",
        "[{\"rule\":\"capacity\",\"from\":\"a\",\"to\":\"b\",\"limit\":0,\"within_m\":5}]",
        "[{\"rule\":\"capacity\",\"from\":\"a\",\"limit\":5,\"within_m\":5}]",
        "[{\"rule\":\"capacity\",\"from\":\"a\",\"to\":\"b\",\"limit\":5,\"within_m\":5,"
        "\"units\":0}]",
        "[{\"rule\":\"free\",\"from\":\"a\"}]",
        "[{\"rule\":\"free\",\"from\":\"a\",\"to\":\"b\",\"states\":[]}]",
        "[{\"rule\":\"free\",\"from\":\"a\",\"to\":\"b\",\"states\":[\"not now\"]}]",
        "[{\"rule\":\"free\",\"from\":\"a\",\"to\":\"b\",\"buffer_m\":501}]",
        "[{\"rule\":\"free\",\"from\":\"a\",\"to\":\"b\",\"point_m\":\"5\"}]",
        "[{\"rule\":\"free\",\"from\":\"a\",\"to\":\"b\",\"agenda\":5}]",
    };
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_error error = {0};
        struct epo_json *rules = epo_json_parse(pool, epo_span(RULES[i]), &error);
        assert_non_null(rules);
        if (epo_place_rules_check(maps, rules, &error))
            fail_msg("taken: %s", RULES[i]);
        assert_string_equal(error.code, "place.rule");
        epo_pool_free(pool);
    }
}

/* ---- addresses ---- */

static const struct {
    const char *query, *first; /* how the first label starts; NULL: nothing is found */
    const char *kind;
} QUERIES[] = {
    {"Americká", "Americká, Plzeň", "street"},
    {"americka", "Americká, Plzeň", "street"},
    {"AMERICKÁ", "Americká, Plzeň", "street"},
    {"amer", "Americká, Plzeň", "street"},
    {"Americká 4", "Americká ", "address"},
    {"4 Americká", "Americká ", "address"},
    {"Americká 4 Plzeň", "Americká ", "address"},
    {"Americká, Plzeň", "Americká, Plzeň", "street"},
    {"klatovska trida", "Klatovská třída", "street"},
    {"Klatovská tř.", "Klatovská třída", "street"},
    {"nám. Republiky", "náměstí Republiky, Plzeň", "street"},
    {"náměstí Republiky 1", "náměstí Republiky ", "address"},
    {"republiky náměstí", "náměstí Republiky, Plzeň", "street"},
    {"ul. Tylova", "Tylova, Plzeň", "street"},
    {"17. listopadu", "17. listopadu, Plzeň", "street"},
    {"17 listopadu 5", "17. listopadu ", "address"},
    {"17. listopadu 5", "17. listopadu ", "address"},
    {"28. října", "28. října, Plzeň", "street"},
    {"sady petatricatniku", "sady Pětatřicátníků, Plzeň", "street"},
    {"slovnska trida", "Slovanská třída", "street"}, /* one letter missing */
    {"koterovksa", "Koterovská", "street"},          /* two exchanged */
    {"Roudnaa", "Na Roudné", "street"},
    {"Bolevec 5", "", "address"},
    {"č.p. 12 Bolevec", "", "address"},
    {"Borský park", "Borský park", "place"},
    {"plzen 3", "Plzeň 3", "place"},
    {"karlovarska 99999", "Karlovarská, Plzeň", "street"}, /* no such number: the street */
    {"xyzzy", NULL, NULL},
    {"", NULL, NULL},
    {"   ,,, ", NULL, NULL},
    {"parcela 12/1 Bolevec", "parc. č. 12/1, k. ú. Bolevec", "parcel"},
    {"p.č. 12/1 Bolevec", "parc. č. 12/1, k. ú. Bolevec", "parcel"},
    {"Chodské náměstí", "Chodské náměstí", "place"},
};

static struct epo_json *search(struct epo_pool *pool, const char *query, int limit) {
    struct epo_error error = {0};
    struct epo_json *found;
    if (!epo_addresses_search(maps, pool, epo_span(query), limit, NULL, &found, &error))
        fail_msg("%s: %s", query, error.text);
    return epo_json_get(found, "features");
}

static void addresses_are_found(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof QUERIES / sizeof *QUERIES; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_json *list = search(pool, QUERIES[i].query, 10);
        const char *label = text(pool, list, "0.properties.label");
        if (QUERIES[i].first == NULL
                ? list->count != 0
                : strncmp(label, QUERIES[i].first, strlen(QUERIES[i].first)) != 0)
            fail_msg("\"%s\" gives \"%s\"", QUERIES[i].query, label);
        if (QUERIES[i].kind != NULL)
            assert_string_equal(text(pool, list, "0.properties.kind"), QUERIES[i].kind);
        epo_pool_free(pool);
    }
}

static void numbers_are_exact(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *houses = search(pool, "Americká", 50);
    assert_true(houses->count > 20); /* the street, then its houses in order */
    int last = 0;
    for (uint32_t i = 1; i < houses->count; i++) {
        const char *number = text(pool, houses->items[i], "properties.number");
        int conscription, orientation;
        assert_int_equal(sscanf(number, "%d/%d", &conscription, &orientation), 2);
        assert_true(orientation >= last);
        last = orientation;
        /* Every way to write it gives this house first. */
        const char *queries[] = {
            epo_pool_printf(pool, "Americká %s", number),
            epo_pool_printf(pool, "americka %d / %d", conscription, orientation),
            epo_pool_printf(pool, "Americká č.p. %d", conscription),
            epo_pool_printf(pool, "Americká %d", orientation),
        };
        for (size_t q = 0; q < sizeof queries / sizeof *queries; q++) {
            struct epo_json *found = search(pool, queries[q], 5);
            const char *first = text(pool, found, "0.properties.number");
            /* A house number alone may stand in another part of the town along the same street. */
            size_t same = q == 2 ? strcspn(number, "/") + 1 : strlen(number) + 1;
            if (strncmp(first, number, same) != 0)
                fail_msg("%s gives %s", queries[q], text(pool, found, "0.properties.label"));
        }
        /* … and by its id. */
        struct epo_json *again;
        struct epo_error error;
        assert_true(
            epo_address_get(maps, pool, epo_json_get_text(houses->items[i], "id"), &again, &error));
        assert_string_equal(text(pool, again, "properties.label"),
                            text(pool, houses->items[i], "properties.label"));
    }
    epo_pool_free(pool);
}

static void unknown_number_is_said(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *list = search(pool, "Klatovská 9999", 5);
    assert_true(epo_json_get_boolean(epo_json_find(list, "0.properties"), "number_unknown", false));
    struct epo_json *none;
    struct epo_error error;
    assert_false(epo_address_get(maps, pool, epo_span("demo-0"), &none, &error));
    assert_int_equal(error.kind, EPO_ERROR_NOT_FOUND);
    assert_false(epo_addresses_search(maps, pool, epo_span("a"), 0, NULL, &none, &error));
    assert_false(epo_addresses_search(maps, pool, epo_span("a"), 51, NULL, &none, &error));
    assert_false(epo_addresses_search(maps, pool, epo_span("\xff\xfe"), 5, NULL, &none, &error));
    epo_pool_free(pool);
}

/* ---- the making ---- */

static const struct epo_statement COUNTS = {
    "t.counts",
    "SELECT (SELECT count(*) FROM address),"
    " (SELECT count(*) FROM (SELECT DISTINCT part, conscription FROM address)),"
    " (SELECT count(DISTINCT street) FROM address),"
    " (SELECT count(*) FROM area JOIN layer ON layer.id = layer WHERE layer.name = 'parcel'),"
    " (SELECT count(DISTINCT area.code) FROM area JOIN layer ON layer.id = layer"
    "  WHERE layer.name = 'parcel'),"
    " (SELECT count(*) FROM area WHERE NOT ST_IsValid(geometry)),"
    " (SELECT count(*) FROM address WHERE district = '' OR postcode = '')",
    NULL};

static void content_is_plausible(void **state) {
    (void)state;
    struct epo_error error;
    struct epo_rows *rows = epo_db_query(db, &COUNTS, EPO_BIND_NONE);
    assert_true(epo_rows_next(rows));
    int64_t addresses = epo_rows_integer(rows, 0), parcels = epo_rows_integer(rows, 3);
    assert_true(addresses > 7000 && addresses < 11000);
    assert_int_equal(epo_rows_integer(rows, 1), addresses); /* č.p. unique in its part */
    assert_true(epo_rows_integer(rows, 2) >= 200);
    assert_true(parcels > 11000 && parcels < 17000);
    assert_int_equal(epo_rows_integer(rows, 4), parcels);
    assert_int_equal(epo_rows_integer(rows, 5), 0);
    assert_int_equal(epo_rows_integer(rows, 6), 0);
    assert_true(epo_rows_end(rows, &error));
}

static void same_seed_same_city(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_pool *pool = epo_pool_create();
    struct epo_maps *again = epo_maps_open(other.path, &error);
    assert_non_null(again);
    assert_string_equal(epo_maps_version(again, pool).at, epo_maps_version(maps, pool).at);
    epo_maps_close(again);
    epo_pool_free(pool);
    test_folder_remove(&other);
}

/* ---- tiles ---- */

static void tiles_are_small_and_there(void **state) {
    (void)state;
    struct epo_tile tile;
    struct epo_error error;
    bool found;
    int seen = 0;
    for (int z = 10; z <= 16; z++) {
        int n = 1 << z;
        int x0 = (int)((13.29 + 180) / 360 * n), x1 = (int)((13.47 + 180) / 360 * n);
        double south = 49.69 * M_PI / 180, north = 49.81 * M_PI / 180;
        int y0 = (int)((1 - asinh(tan(north)) / M_PI) / 2 * n);
        int y1 = (int)((1 - asinh(tan(south)) / M_PI) / 2 * n);
        for (int x = x0; x <= x1; x++)
            for (int y = y0; y <= y1; y++) {
                assert_true(epo_tiles_get(maps, z, x, y, &tile, &found, &error));
                if (!found)
                    continue;
                seen++;
                assert_true(tile.len > 20 && tile.len <= 60 * 1024);
                assert_memory_equal(tile.at, "\x1f\x8b", 2);
                epo_tile_release(&tile);
            }
    }
    assert_true(seen > 800);
    assert_true(epo_tiles_get(maps, 16, 0, 0, &tile, &found, &error));
    assert_false(found);
    epo_tile_release(&tile); /* harmless */
    static const int BAD[][3] = {{-1, 0, 0}, {23, 0, 0}, {10, -1, 0}, {10, 0, 1024}, {0, 1, 0}};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_false(epo_tiles_get(maps, BAD[i][0], BAD[i][1], BAD[i][2], &tile, &found, &error));
        assert_int_equal(error.kind, EPO_ERROR_BAD_INPUT);
    }
}

static void tilejson_names_the_layers(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *json;
    struct epo_error error;
    assert_true(epo_tilejson(maps, pool, epo_span("https://plzen.example"), &json, &error));
    assert_string_equal(text(pool, json, "tilejson"), "3.0.0");
    const char *url = text(pool, json, "tiles.0");
    assert_non_null(strstr(url, "https://plzen.example/tiles/city/{z}/{x}/{y}.mvt?v="));
    const struct epo_json *layers = epo_json_get(json, "vector_layers");
    static const char *const WANTED[] = {"district", "water",        "park",       "landuse",
                                         "rail",     "street",       "building",   "parcel",
                                         "address",  "public_space", "place_label"};
    for (size_t w = 0; w < sizeof WANTED / sizeof *WANTED; w++) {
        bool there = false;
        for (uint32_t i = 0; i < layers->count; i++)
            there |= epo_span_is(epo_json_get_text(layers->items[i], "id"), WANTED[w]);
        if (!there)
            fail_msg("no layer %s", WANTED[w]);
    }
    assert_true(epo_json_get_text(json, "attribution").len > 0);
    epo_pool_free(pool);
}

/* ---- many threads while the map is swapped ---- */

static atomic_bool stop;
static void *ask(void *arg) {
    (void)arg;
    long bad = 0;
    while (!atomic_load(&stop)) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_error error;
        struct epo_place place;
        struct epo_json *facts, *found;
        struct epo_tile tile;
        bool there;
        struct epo_json *json = epo_json_parse(pool, epo_span(SQUARE_AREA), &error);
        bad += !epo_place_read(pool, json, &place, &error) ||
               !epo_locate(maps, pool, &place, &facts, &error) ||
               !epo_span_is(epo_json_get_text(epo_json_get(facts, "district"), "code"), "546003");
        bad += !epo_addresses_search(maps, pool, epo_span("Americká 8"), 5, NULL, &found, &error);
        bad += !epo_tiles_get(maps, 14, 8800, 5577, &tile, &there, &error);
        epo_tile_release(&tile);
        epo_pool_free(pool);
    }
    return (void *)bad;
}

static void swapped_under_load(void **state) {
    (void)state;
    pthread_t threads[4];
    struct epo_error error = {0};
    atomic_store(&stop, false);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, NULL), 0);
    for (int i = 0; i < 4; i++)
        assert_true(epo_maps_reload(maps, &error));
    atomic_store(&stop, true);
    for (int i = 0; i < 4; i++) {
        void *bad;
        pthread_join(threads[i], &bad);
        assert_null(bad);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(districts_lie_where_they_do), cmocka_unit_test(outside_is_outside),
        cmocka_unit_test(nothing_falls_between),       cmocka_unit_test(agrees_with_spatialite),
        cmocka_unit_test(areas_agree_with_spatialite), cmocka_unit_test(rules_hold_and_fail),
        cmocka_unit_test(crooked_rules_are_refused),   cmocka_unit_test(addresses_are_found),
        cmocka_unit_test(numbers_are_exact),           cmocka_unit_test(unknown_number_is_said),
        cmocka_unit_test(content_is_plausible),        cmocka_unit_test(tiles_are_small_and_there),
        cmocka_unit_test(tilejson_names_the_layers),   cmocka_unit_test(swapped_under_load),
        cmocka_unit_test(same_seed_same_city),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
