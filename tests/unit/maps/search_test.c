/* Searching on a small made-up country: two towns and a village, with all that people may type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "folder.h"
#include "maps/build.h"
#include "maps/maps.h"

static struct test_folder folder;
static struct epo_maps *maps;

/* ---- the country: houses stand in a row, 20 m apart, each street 100 m north of the one before */

static const struct {
    const char *street, *part, *city, *district, *postcode;
    int from, count; /* orientation numbers; without a street house numbers */
} STREETS[] = {
    {"Americká", "Východní Předměstí", "Plzeň", "Plzeň 3", "301 00", 1, 60},
    {"17. listopadu", "Východní Předměstí", "Plzeň", "Plzeň 3", "301 00", 1, 20},
    {"náměstí Republiky", "Vnitřní Město", "Plzeň", "Plzeň 3", "301 00", 1, 30},
    {"Klatovská třída", "Jižní Předměstí", "Plzeň", "Plzeň 3", "301 00", 1, 40},
    {"Dr. E. Beneše", "Jižní Předměstí", "Plzeň", "Plzeň 3", "301 00", 1, 9},
    {"generála Svobody", "Bolevec", "Plzeň", "Plzeň 1", "323 00", 1, 9},
    {"nábřeží Míru", "Bolevec", "Plzeň", "Plzeň 1", "323 00", 1, 9},
    {"Nová", "Bolevec", "Plzeň", "Plzeň 1", "323 00", 1, 9},
    {"Nová Ves", "Bolevec", "Plzeň", "Plzeň 1", "323 00", 1, 9},
    {"K Hrádku", "Bolevec", "Plzeň", "Plzeň 1", "323 00", 1, 9},
    {"", "Koterov", "Plzeň", "Plzeň 2-Slovany", "326 00", 1, 30},
    {"Americká", "Staré Brno", "Brno", "", "602 00", 1, 200},
    {"Božetěchova", "Staré Brno", "Brno", "", "602 00", 1, 30},
    {"", "Lhota pod Horami", "Lhota pod Horami", "", "261 01", 1, 120},
};
static const double X = -822000, Y = -1070000, BRNO_EAST_M = 220000;

static struct epo_span point(char out[21], double x, double y) {
    memcpy(out, "\1\1\0\0\0", 5);
    memcpy(out + 5, &x, 8);
    memcpy(out + 13, &y, 8);
    return (struct epo_span){out, 21};
}
static struct epo_span square(char out[93], double x, double y, double side) {
    double ring[] = {x, y, x + side, y, x + side, y + side, x, y + side, x, y};
    memcpy(out, "\1\3\0\0\0\1\0\0\0\5\0\0\0", 13);
    memcpy(out + 13, ring, sizeof ring);
    return (struct epo_span){out, 93};
}

static bool add_houses(struct epo_build *build, struct epo_error *error) {
    int code = 0, conscription = 1000;
    bool ok = true;
    for (size_t s = 0; s < sizeof STREETS / sizeof *STREETS; s++)
        for (int i = 0; i < STREETS[s].count && ok; i++) {
            char wkb[21], id[16];
            bool street = STREETS[s].street[0] != '\0';
            double east = strcmp(STREETS[s].city, "Brno") == 0 ? BRNO_EAST_M : 0;
            snprintf(id, sizeof id, "%d", 9000 + ++code);
            struct epo_build_address a = {
                .code = id,
                .street = STREETS[s].street,
                .part = STREETS[s].part,
                .city = STREETS[s].city,
                .district = STREETS[s].district,
                .postcode = STREETS[s].postcode,
                .conscription = street ? ++conscription : STREETS[s].from + i,
                .orientation = street ? STREETS[s].from + i : 0,
                .letter = street && i == 7 ? "a" : "",
                .evidence = !street && i == 4,
                .wkb = point(wkb, X + east + i * 20, Y + (double)s * 100)};
            ok = epo_build_address(build, &a, error);
        }
    return ok;
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

static bool add_features(struct epo_build *build, struct epo_error *error) {
    static const struct {
        const char *layer, *role, *name, *belongs;
    } FEATURES[] = {
        {"district", "district", "Plzeň 3", ""},
        {"district", "district", "Plzeň 1", ""},
        {"parcel", "parcel", "1234/5", "Bolevec"},
        {"parcel", "parcel", "1234/50", "Bolevec"},
        {"parcel", "parcel", "1234", "Bolevec"},
        {"parcel", "parcel", "1234/5", "Plzeň"},
        {"parcel", "parcel", "st. 55", "Bolevec"},
        {"parcel", "parcel", "55", "Bolevec"},
        {"public_space", "public_space", "náměstí Republiky", ""}, /* is a street already */
        {"public_space", "public_space", "Mlýnská strouha", ""},
        {"park", "fact", "Borský park", ""},
    };
    const char *before = "";
    int64_t id = 0;
    for (size_t i = 0; i < sizeof FEATURES / sizeof *FEATURES; i++) {
        char wkb[93], code[16];
        snprintf(code, sizeof code, "f%zu", i);
        if (strcmp(before, FEATURES[i].layer) != 0 &&
            !layer(build, FEATURES[i].layer, FEATURES[i].role, EPO_SHAPE_AREA, &id, error))
            return false;
        before = FEATURES[i].layer;
        if (!epo_build_feature(
                build,
                &(struct epo_build_feature){.layer = id,
                                            .code = code,
                                            .name = FEATURES[i].name,
                                            .belongs = FEATURES[i].belongs,
                                            .wkb = square(wkb, X + (double)i * 50, Y + 150, 40)},
                error))
            return false;
    }
    return true;
}

static bool fill(struct epo_build *build, void *arg, struct epo_error *error) {
    (void)arg;
    return add_houses(build, error) && add_features(build, error) &&
           epo_build_meta(build, "city", "Plzeň", error);
}

static const char OFFICES[] =
    "[{\"id\":\"magistrat\",\"name\":{\"cs\":\"Magistrát města Plzně\",\"en\":\"Pilsen City "
    "Hall\"},"
    "\"address\":\"náměstí Republiky 1, 301 00 Plzeň\"},"
    "{\"id\":\"umo-3\",\"name\":{\"cs\":\"Úřad městského obvodu Plzeň 3\",\"en\":\"District office "
    "Plzeň 3\"},\"point\":[13.378,49.748]},"
    "{\"id\":\"nowhere\",\"name\":{\"cs\":\"Úřad nikde\",\"en\":\"Nowhere\"},"
    "\"address\":\"Neznámá 1\"}]";

static int set_up(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_pool *pool = epo_pool_create();
    test_folder_make(&folder);
    if (!epo_store_setup(&error) || !epo_build_map(folder.path, false, fill, NULL, &error) ||
        (maps = epo_maps_open(folder.path, &error)) == NULL) {
        fprintf(stderr, "%s: %s\n", error.code, error.text);
        return -1;
    }
    epo_maps_set_offices(maps, epo_json_parse(pool, epo_span(OFFICES), &error));
    epo_pool_free(pool);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    epo_maps_close(maps);
    test_folder_remove(&folder);
    return 0;
}

/* ---- asking ---- */

static struct epo_json *search_near(struct epo_pool *pool, const char *query, int limit,
                                    const struct epo_point *near) {
    struct epo_error error = {0};
    struct epo_json *found;
    if (!epo_addresses_search(maps, pool, epo_span(query), limit, near, &found, &error))
        fail_msg("%s: %s", query, error.text);
    return epo_json_get(found, "features");
}

static const char *label(struct epo_pool *pool, const struct epo_json *list, uint32_t at) {
    return at >= list->count
               ? ""
               : epo_pool_string(
                     pool, epo_json_get_text(epo_json_get(list->items[at], "properties"), "label"));
}

static void wanted_comes_first(void **state) {
    (void)state;
    static const struct {
        const char *query, *label, *kind;
    } CASES[] = {
        /* a street, however it is written */
        {"Americká Plzeň", "Americká, Plzeň", "street"},
        {"plzen americka", "Americká, Plzeň", "street"},
        {"AMERICKÁ, BRNO", "Americká, Brno", "street"},
        {"ul. Americká Brno", "Americká, Brno", "street"},
        {"amer plz", "Americká, Plzeň", "street"},
        {"Nová", "Nová, Plzeň", "street"}, /* the whole name before what begins so */
        {"nova ves", "Nová Ves, Plzeň", "street"},
        {"nám. republiky", "náměstí Republiky, Plzeň", "street"},
        {"republiky", "náměstí Republiky, Plzeň", "street"},
        {"Klatovská tř.", "Klatovská třída, Plzeň", "street"},
        {"nábř. Míru", "nábřeží Míru, Plzeň", "street"},
        {"gen. Svobody", "generála Svobody, Plzeň", "street"},
        {"generala svobody", "generála Svobody, Plzeň", "street"},
        {"doktora Beneše", "Dr. E. Beneše, Plzeň", "street"},
        {"Edvarda Beneše", "Dr. E. Beneše, Plzeň", "street"},
        {"E. Beneše", "Dr. E. Beneše, Plzeň", "street"},
        {"k hradku", "K Hrádku, Plzeň", "street"},
        {"17. listopadu", "17. listopadu, Plzeň", "street"},
        {"17listopadu", "17. listopadu, Plzeň", "street"},
        /* a house */
        {"Americká 5 Plzeň", "Americká 1005/5, 301 00 Plzeň", "address"},
        {"5 americká plzeň", "Americká 1005/5, 301 00 Plzeň", "address"},
        {"Americká 1005/5", "Americká 1005/5, 301 00 Plzeň", "address"},
        {"Americká 1005 / 5", "Americká 1005/5, 301 00 Plzeň", "address"},
        {"Americká č.p. 1005", "Americká 1005/5, 301 00 Plzeň", "address"},
        {"Americká č. 5, 301 00", "Americká 1005/5, 301 00 Plzeň", "address"},
        {"Americká 5, 602 00", "Americká 1209/5, 602 00 Brno", "address"},
        {"Americká 5 60200", "Americká 1209/5, 602 00 Brno", "address"},
        {"Americká 8a Plzeň", "Americká 1008/8a, 301 00 Plzeň", "address"},
        {"americka 8 a plzen", "Americká 1008/8a, 301 00 Plzeň", "address"},
        {"Americká 5, Plzeň 3", "Americká 1005/5, 301 00 Plzeň", "address"},
        {"17. listopadu 17", "17. listopadu 1077/17, 301 00 Plzeň", "address"},
        {"17 listopadu 5", "17. listopadu 1065/5, 301 00 Plzeň", "address"},
        {"Americká 12-14 Plzeň", "Americká 1012/12, 301 00 Plzeň", "address"},
        /* without a street */
        {"Koterov 12", "Koterov 12, 326 00 Plzeň", "address"},
        {"č.p. 12 Koterov", "Koterov 12, 326 00 Plzeň", "address"},
        {"Koterov č.ev. 5", "Koterov č.ev. 5, 326 00 Plzeň", "address"},
        {"ev.č. 5 koterov", "Koterov č.ev. 5, 326 00 Plzeň", "address"},
        {"Lhota pod Horami 42", "Lhota pod Horami 42, 261 01 Lhota pod Horami", "address"},
        {"Lhota 42", "Lhota pod Horami 42, 261 01 Lhota pod Horami", "address"},
        {"Lhota pod Horami", "Lhota pod Horami", "part"},
        {"Koterov", "Koterov, Plzeň", "part"},
        {"Bolevec 1160", "generála Svobody 1160/1, 323 00 Plzeň", "address"}, /* by house number */
        /* slips */
        {"Amerikcá 5 Plzeň", "Americká 1005/5, 301 00 Plzeň", "address"},
        {"Amercká 5 Plzeň", "Americká 1005/5, 301 00 Plzeň", "address"},
        {"Americcká 5 Plzeň", "Americká 1005/5, 301 00 Plzeň", "address"},
        {"Amerixká 5 Plzeň", "Americká 1005/5, 301 00 Plzeň", "address"},
        {"Bmericka 5 Plzen", "Americká 1005/5, 301 00 Plzeň", "address"}, /* the first letter */
        {"Americká 5 Plezň", "Americká 1005/5, 301 00 Plzeň", "address"},
        {"Bozetechva", "Božetěchova, Brno", "street"},
        {"Bzoetechva", "Božetěchova, Brno", "street"}, /* two */
        {"Bozetchov", "Božetěchova, Brno", "street"},  /* still typing */
        {"Lohta pod Horami 42", "Lhota pod Horami 42, 261 01 Lhota pod Horami", "address"},
        {"Americká 5 Plzeň zvonek Novák", "Americká 1005/5, 301 00 Plzeň", "address"},
        /* parcels */
        {"1234/5 Bolevec", "parc. č. 1234/5, k. ú. Bolevec", "parcel"},
        {"parc. č. 1234/5 k. ú. Plzeň", "parc. č. 1234/5, k. ú. Plzeň", "parcel"},
        {"p.č. 1234 bolevec", "parc. č. 1234, k. ú. Bolevec", "parcel"},
        {"parcela 1234/50", "parc. č. 1234/50, k. ú. Bolevec", "parcel"},
        {"st. 55 Bolevec", "parc. č. st. 55, k. ú. Bolevec", "parcel"},
        {"p. 55 Bolevec", "parc. č. 55, k. ú. Bolevec", "parcel"},
        {"1234/5 bolvec", "parc. č. 1234/5, k. ú. Bolevec", "parcel"},
        /* places and offices */
        {"Borský park", "Borský park", "place"},
        {"borsky", "Borský park", "place"},
        {"mlynska strouha", "Mlýnská strouha", "place"},
        {"Plzeň 3", "Plzeň 3", "place"},
        {"magistrát", "Magistrát města Plzně", "office"},
        {"city hall", "Magistrát města Plzně", "office"},
        {"úřad plzeň 3", "Úřad městského obvodu Plzeň 3", "office"},
        {"umo 3", "Úřad městského obvodu Plzeň 3", "office"},
        {"magistart", "Magistrát města Plzně", "office"},
    };
    int wrong = 0;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_json *list = search_near(pool, CASES[i].query, 10, NULL);
        struct epo_span kind =
            list->count > 0 ? epo_json_get_text(epo_json_get(list->items[0], "properties"), "kind")
                            : EPO_SPAN("");
        if (strcmp(label(pool, list, 0), CASES[i].label) != 0 ||
            !epo_span_is(kind, CASES[i].kind)) {
            print_error("\"%s\" gives \"%s\" (%.*s), not \"%s\"\n", CASES[i].query,
                        label(pool, list, 0), EPO_ARG(kind), CASES[i].label);
            wrong++;
        }
        epo_pool_free(pool);
    }
    assert_int_equal(wrong, 0);
}

static void nothing_is_nothing(void **state) {
    (void)state;
    static const char *const QUERIES[] = {
        "",
        "   ,,, ",
        "///",
        "xyzzyx",
        "12345678901234567890",
        "🏛🏛🏛",
        "č.p.",
        "parc.",
        "Úřad nikde",
        "Hlavní třída čtvrtá pátá šestá sedmá osmá",
    };
    for (size_t i = 0; i < sizeof QUERIES / sizeof *QUERIES; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_json *list = search_near(pool, QUERIES[i], 10, NULL);
        if (list->count != 0)
            fail_msg("\"%s\" gives \"%s\"", QUERIES[i], label(pool, list, 0));
        epo_pool_free(pool);
    }
}

/* Nearest first where the words say no more. */
static void near_comes_first(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error;
    struct epo_point plzen, brno;
    assert_true(epo_transform_to_4326((struct epo_point){X, Y}, &plzen, &error));
    assert_true(epo_transform_to_4326((struct epo_point){X + BRNO_EAST_M, Y}, &brno, &error));
    assert_string_equal(label(pool, search_near(pool, "Americká", 5, &plzen), 0),
                        "Americká, Plzeň");
    assert_string_equal(label(pool, search_near(pool, "Americká", 5, &brno), 0), "Americká, Brno");
    assert_string_equal(label(pool, search_near(pool, "Americká 5", 5, &brno), 0),
                        "Americká 1209/5, 602 00 Brno");
    epo_pool_free(pool);
}

/* A number goes on while it is typed; a street alone shows its houses; an unknown number says so.
 */
static void numbers_go_on(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *list = search_near(pool, "Americká 4 Plzeň", 20, NULL); /* no longer typed */
    assert_string_equal(label(pool, list, 0), "Americká 1004/4, 301 00 Plzeň");
    assert_true(strstr(label(pool, list, 1), "/40") == NULL);
    list = search_near(pool, "Plzeň Americká 4", 20, NULL);
    assert_string_equal(label(pool, list, 0), "Americká 1004/4, 301 00 Plzeň");
    assert_string_equal(label(pool, list, 1), "Americká 1040/40, 301 00 Plzeň");
    assert_string_equal(label(pool, list, 2), "Americká 1041/41, 301 00 Plzeň");
    list = search_near(pool, "Americká Plzeň", 20, NULL);
    assert_string_equal(label(pool, list, 1), "Americká 1001/1, 301 00 Plzeň");
    assert_string_equal(label(pool, list, 2), "Americká 1002/2, 301 00 Plzeň");
    list = search_near(pool, "Americká 999 Plzeň", 20, NULL);
    assert_string_equal(label(pool, list, 0), "Americká, Plzeň");
    assert_true(
        epo_json_get_boolean(epo_json_get(list->items[0], "properties"), "number_unknown", false));
    epo_pool_free(pool);
}

/* Everything found can be had again by its id. */
static void ids_lead_back(void **state) {
    (void)state;
    static const char *const QUERIES[] = {"Americká Plzeň", "Americká 5 Brno", "Koterov",
                                          "1234/5 Bolevec", "Borský park",     "magistrát",
                                          "Plzeň 3"};
    for (size_t i = 0; i < sizeof QUERIES / sizeof *QUERIES; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_error error;
        struct epo_json *again, *list = search_near(pool, QUERIES[i], 1, NULL);
        assert_int_equal(list->count, 1);
        struct epo_span id = epo_json_get_text(list->items[0], "id");
        if (!epo_address_get(maps, pool, id, &again, &error))
            fail_msg("%.*s: %s", EPO_ARG(id), error.text);
        assert_true(
            epo_span_equal(epo_json_print(pool, again), epo_json_print(pool, list->items[0])));
        epo_pool_free(pool);
    }
    static const char *const UNKNOWN[] = {
        "",        "9",        "street:",    "street:Nikde, Plzeň",
        "part:x",  "parcel:",  "place:park", "place:park:none",
        "office:", "place:x:1"};
    for (size_t i = 0; i < sizeof UNKNOWN / sizeof *UNKNOWN; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_error error;
        struct epo_json *again;
        assert_false(epo_address_get(maps, pool, epo_span(UNKNOWN[i]), &again, &error));
        assert_int_equal(error.kind, EPO_ERROR_NOT_FOUND);
        epo_pool_free(pool);
    }
}

static void here_is_told(void **state) {
    (void)state;
    static const char *const WANTED[] = {"Klatovská třída", "Borský park"};
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error;
    struct epo_json *found;
    struct epo_point at;
    /* in the park, the last of the features: 170 m north of the first street, 510 m east of its
     * first house */
    assert_true(epo_transform_to_4326((struct epo_point){X + 510, Y + 170}, &at, &error));
    assert_true(epo_places_at(maps, pool, at, 10, &found, &error));
    const struct epo_json *list = epo_json_get(found, "features");
    for (size_t w = 0; w < sizeof WANTED / sizeof *WANTED; w++) {
        uint32_t i = w == 0 ? 0 : list->count - 1;
        const struct epo_json *p = epo_json_get(list->items[i], "properties");
        double far_m = epo_json_get_real(p, "distance_m", -1);
        if (w == 0) /* the nearest house: 30 m south, in náměstí Republiky's row 200 m north */
            assert_true(far_m >= 29.9 && far_m <= 31.7);
        else
            assert_string_equal(label(pool, list, i), WANTED[w]);
        assert_true(far_m >= 0);
    }
    assert_false(epo_places_at(maps, pool, (struct epo_point){0, 0}, 10, &found, &error));
    assert_false(epo_places_at(maps, pool, at, 0, &found, &error));
    assert_true(epo_places_at(maps, pool, at, 1, &found, &error));
    assert_int_equal(epo_json_get(found, "features")->count, 1);
    epo_pool_free(pool);
}

/* Offices change while others search. */
static atomic_bool stop;
static void *ask(void *arg) {
    (void)arg;
    long bad = 0;
    while (!atomic_load(&stop)) {
        struct epo_pool *pool = epo_pool_create();
        bad += strcmp(label(pool, search_near(pool, "magistrát", 3, NULL), 0),
                      "Magistrát města Plzně") != 0;
        epo_pool_free(pool);
    }
    return (void *)bad;
}
static void offices_change(void **state) {
    (void)state;
    pthread_t thread;
    void *bad;
    atomic_store(&stop, false);
    assert_int_equal(pthread_create(&thread, NULL, ask, NULL), 0);
    for (int i = 0; i < 50; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_error error;
        epo_maps_set_offices(maps, epo_json_parse(pool, epo_span(OFFICES), &error));
        epo_pool_free(pool);
    }
    atomic_store(&stop, true);
    pthread_join(thread, &bad);
    assert_null(bad);
    epo_maps_set_offices(maps, NULL);
    struct epo_pool *pool = epo_pool_create();
    assert_int_equal(search_near(pool, "magistrát", 3, NULL)->count, 0);
    epo_pool_free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wanted_comes_first), cmocka_unit_test(nothing_is_nothing),
        cmocka_unit_test(near_comes_first),   cmocka_unit_test(numbers_go_on),
        cmocka_unit_test(ids_lead_back),      cmocka_unit_test(here_is_told),
        cmocka_unit_test(offices_change),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
