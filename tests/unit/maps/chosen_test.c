/* Places by what was chosen, on the demo city: parcels and buildings by id and under a point,
 * circles, routes along the streets; and that what comes out gives the same again when it goes in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <pthread.h>

#include "demo_city.h"
#include "store/store.h"

#define ALL                                                                                        \
    (EPO_ASKED_POINT | EPO_ASKED_LINE | EPO_ASKED_AREA | EPO_ASKED_ADDRESS | EPO_ASKED_PARCEL |    \
     EPO_ASKED_ROUTE)
#define STREET_POINT "[13.37775,49.74836]" /* beside a house in the middle of the city */

static struct test_folder folder;
static struct epo_maps *maps;
static struct epo_pool *pool;

static int set_up(void **state) {
    (void)state;
    struct epo_error error = {0};
    if (!epo_store_setup(&error))
        return -1;
    test_folder_make(&folder);
    test_demo_city(&folder);
    pool = epo_pool_create();
    maps = epo_maps_open(folder.path, &error);
    return maps != NULL ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    epo_maps_close(maps);
    epo_pool_free(pool);
    test_folder_remove(&folder);
    return 0;
}

static struct epo_json *json(const char *text) {
    struct epo_error error = {0};
    struct epo_json *value = epo_json_parse(pool, epo_span(text), &error);
    if (value == NULL)
        fail_msg("%s: %s in %s", error.where, error.text, text);
    return value;
}

static const char *print(const struct epo_json *value) {
    return epo_pool_string(pool, epo_json_print(pool, value));
}

static struct epo_chosen choose(const struct epo_json *given, unsigned asked) {
    struct epo_chosen chosen;
    struct epo_error error = {0};
    if (!epo_chosen_read(maps, pool, given, asked, &chosen, &error))
        fail_msg("%s (%s %s): %s", error.text, error.code, error.where, print(given));
    return chosen;
}

static const char *refused(const char *given, unsigned asked, const char *code) {
    struct epo_chosen chosen;
    struct epo_error error = {0};
    if (epo_chosen_read(maps, pool, json(given), asked, &chosen, &error))
        fail_msg("accepted: %s", given);
    if (strcmp(error.code, code) != 0)
        fail_msg("%s instead of %s for %s", error.code, code, given);
    return epo_pool_string(pool, epo_span(error.where));
}

/* The same place from the Feature it became; and, where only `alone` is asked, from its geometry.
 */
static void comes_back(const struct epo_chosen *chosen, unsigned asked, unsigned alone) {
    struct epo_json *feature = epo_json_object(pool);
    epo_json_set_string(pool, feature, "type", "Feature");
    epo_json_set(pool, feature, "geometry", epo_json_copy(pool, chosen->geometry));
    epo_json_set(pool, feature, "properties", epo_json_copy(pool, chosen->properties));
    struct epo_chosen again = choose(feature, asked);
    assert_string_equal(again.kind, chosen->kind);
    assert_string_equal(print(again.properties), print(chosen->properties));
    assert_string_equal(print(again.geometry), print(chosen->geometry));
    if (alone == 0)
        return;
    again = choose(chosen->geometry, alone);
    assert_string_equal(again.kind, chosen->kind);
    assert_string_equal(print(again.geometry), print(chosen->geometry));
}

static struct epo_json *facts_at(const char *position) {
    struct epo_error error = {0};
    struct epo_place place;
    struct epo_json *facts;
    assert_true(epo_place_read(
        pool, json(epo_pool_printf(pool, "{\"type\":\"Point\",\"coordinates\":%s}", position)),
        &place, &error));
    assert_true(epo_locate(maps, pool, &place, &facts, &error));
    return facts;
}

static void parcels(void **state) {
    (void)state;
    const char *id = epo_json_get_text(epo_json_get(facts_at(STREET_POINT), "parcel"), "id").at;
    /* by its id, geometry or not, however the search wrote it; and by a point in it */
    struct epo_chosen one = choose(
        json(epo_pool_printf(pool,
                             "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"kind\":"
                             "\"parcel\",\"ids\":[\"%s\"]}}",
                             id)),
        EPO_ASKED_PARCEL);
    assert_int_equal(one.place.kind, EPO_PLACE_AREA);
    assert_true(one.place.area_m2 > 1);
    comes_back(&one, EPO_ASKED_AREA, EPO_ASKED_PARCEL);
    struct epo_chosen other =
        choose(json(epo_pool_printf(pool,
                                    "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\","
                                    "\"coordinates\":[0,0]},\"properties\":{\"kind\":\"parcel\","
                                    "\"ids\":[\"parcel:%s\",\"%s\"]}}",
                                    id, id)),
               EPO_ASKED_AREA);
    assert_string_equal(print(other.geometry), print(one.geometry));
    assert_string_equal(print(other.properties), print(one.properties));
    struct epo_json *point = json("{\"type\":\"Point\",\"coordinates\":" STREET_POINT "}");
    other = choose(point, EPO_ASKED_PARCEL);
    assert_string_equal(other.kind, "parcel");
    assert_string_equal(print(other.geometry), print(one.geometry));
    /* where points are asked for as well, a point stays one */
    other = choose(point, EPO_ASKED_PARCEL | EPO_ASKED_POINT);
    assert_int_equal(other.place.kind, EPO_PLACE_POINT);
    /* an area that is no outline of parcels is not taken for one */
    refused("{\"type\":\"Polygon\",\"coordinates\":[[[13.377,49.748],[13.379,49.748],"
            "[13.379,49.7487],[13.377,49.748]]]}",
            EPO_ASKED_PARCEL, "place.kind");
    assert_string_equal(refused("{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"kind\":"
                                "\"parcel\",\"ids\":[\"no-such\"]}}",
                                EPO_ASKED_PARCEL, "place.unknown_feature"),
                        "no-such");
}

/* Parcels side by side become one outline without slits, parcels apart a MultiPolygon. */
static void joined_parcels(void **state) {
    (void)state;
    double step = 0.0004, sum = 0;
    struct epo_json *ids = epo_json_array(pool);
    for (int i = 0; i < 12; i++) {
        const char *at = epo_pool_printf(pool, "[%.5f,49.74836]", 13.37775 + (i - 6) * step);
        struct epo_json *parcel = epo_json_get(facts_at(at), "parcel");
        bool there = parcel->type != EPO_JSON_OBJECT;
        for (uint32_t k = 0; k < ids->count && !there; k++)
            there = epo_span_equal(ids->items[k]->text, epo_json_get_text(parcel, "id"));
        if (there)
            continue;
        epo_json_push(pool, ids, epo_json_text(pool, epo_json_get_text(parcel, "id")));
        struct epo_json *alone =
            json("{\"type\":\"Feature\",\"properties\":{\"kind\":\"parcel\"}}");
        struct epo_json *list =
            epo_json_set(pool, epo_json_get(alone, "properties"), "ids", epo_json_array(pool));
        epo_json_push(pool, list, epo_json_text(pool, epo_json_get_text(parcel, "id")));
        sum += choose(alone, EPO_ASKED_PARCEL).place.area_m2;
    }
    assert_true(ids->count >= 3);
    struct epo_json *feature = json("{\"type\":\"Feature\",\"properties\":{\"kind\":\"parcel\"}}");
    epo_json_set(pool, epo_json_get(feature, "properties"), "ids", ids);
    struct epo_chosen all = choose(feature, EPO_ASKED_AREA);
    assert_true(fabs(all.place.area_m2 - sum) < 0.002 * sum);
    comes_back(&all, EPO_ASKED_AREA, EPO_ASKED_PARCEL);
    /* two ends of the city */
    const char *far = epo_json_get_text(epo_json_get(facts_at("[13.4,49.725]"), "parcel"), "id").at;
    ids->count = 1;
    epo_json_push(pool, ids, epo_json_string(pool, far));
    all = choose(feature, EPO_ASKED_AREA);
    assert_true(epo_span_is(epo_json_get_text(all.geometry, "type"), "MultiPolygon"));
    comes_back(&all, EPO_ASKED_AREA, EPO_ASKED_PARCEL);
}

/* Only drawn, so not in memory: read from the file. */
static void buildings(void **state) {
    (void)state;
    struct epo_json *feature =
        json("{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\","
             "\"coordinates\":[0,0]},\"properties\":{\"kind\":\"building\"}}");
    struct epo_chosen house = {0};
    for (int i = 0; i < 400 && house.place.kind == 0; i++) {
        struct epo_error error = {0};
        struct epo_json *pair = epo_json_find(feature, "geometry.coordinates");
        pair->items[0] = epo_json_real(pool, 13.377 + (i % 20) * 0.0001);
        pair->items[1] = epo_json_real(pool, 49.748 + (i / 20) * 0.00007);
        if (!epo_chosen_read(maps, pool, feature, EPO_ASKED_AREA, &house, &error))
            assert_string_equal(error.code, "place.nothing_here");
    }
    assert_int_equal(house.place.kind, EPO_PLACE_AREA);
    assert_int_equal(epo_json_get(house.properties, "ids")->count, 1);
    comes_back(&house, EPO_ASKED_AREA, 0);
    refused("{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"kind\":\"building\",\"ids\":"
            "[\"1\"]}}",
            EPO_ASKED_PARCEL, "place.kind");
}

static void addresses(void **state) {
    (void)state;
    struct epo_json *address = epo_json_get(facts_at(STREET_POINT), "address");
    const char *given =
        epo_pool_printf(pool,
                        "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":"
                        "[13.5,49.7]},\"properties\":{\"kind\":\"address\",\"ids\":[\"%s\"]}}",
                        epo_json_get_text(address, "id").at);
    struct epo_chosen chosen = choose(json(given), EPO_ASKED_ADDRESS);
    struct epo_json *facts;
    struct epo_error error = {0};
    assert_true(epo_locate(maps, pool, &chosen.place, &facts, &error));
    assert_true(epo_span_equal(epo_json_get_text(epo_json_get(facts, "address"), "id"),
                               epo_json_get_text(address, "id"))); /* not where the client said */
    comes_back(&chosen, EPO_ASKED_ADDRESS, 0);
    refused("{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"kind\":\"address\","
            "\"ids\":[\"0\"]}}",
            EPO_ASKED_POINT, "place.unknown_feature");
    refused(given, EPO_ASKED_AREA, "place.kind");
}

static void circles(void **state) {
    (void)state;
    struct epo_chosen circle =
        choose(json("{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":"
                    "[13.3776,49.7475]},\"properties\":{\"kind\":\"circle\",\"radius_m\":25}}"),
               EPO_ASKED_AREA);
    /* a regular polygon of 64 corners */
    double area = 0.5 * 64 * 25 * 25 * sin(2 * M_PI / 64);
    assert_true(fabs(circle.place.area_m2 - area) < 1);
    assert_int_equal(epo_json_find(circle.geometry, "coordinates.0")->count, 65);
    comes_back(&circle, EPO_ASKED_AREA, 0);
    static const char *const RADII[] = {"0.4", "5001", "\"25\"", "-25", "null"};
    for (size_t i = 0; i < sizeof RADII / sizeof *RADII; i++)
        refused(epo_pool_printf(pool,
                                "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\","
                                "\"coordinates\":[13.3776,49.7475]},\"properties\":{\"kind\":"
                                "\"circle\",\"radius_m\":%s}}",
                                RADII[i]),
                EPO_ASKED_AREA, "place.radius");
    refused("{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[49.7475,"
            "13.3776]},\"properties\":{\"kind\":\"circle\",\"radius_m\":25}}",
            EPO_ASKED_AREA, "place.swapped");
}

/* ---- routes ---- */

/* Every stretch of a way lies on a street, and neighbours join. */
static void along_streets(const struct epo_json *line) {
    const struct epo_json *all = epo_json_get(line, "coordinates");
    assert_true(all->count >= 2);
    for (uint32_t i = 0; i < all->count; i++) {
        struct epo_json *facts = facts_at(print(all->items[i]));
        double away = epo_json_get_real(epo_json_get(facts, "street"), "distance_m", 999);
        if (away > 5) /* a joint from an end to the street beside it is that long */
            fail_msg("%s lies %g m off", print(all->items[i]), away);
    }
}

static void routes(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_json *route;
    struct epo_point via[] = {{13.37775, 49.74836}, {13.3855, 49.7440}};
    assert_true(epo_route(maps, pool, via, 2, &route, &error));
    double length_m = epo_json_get_real(route, "length_m", 0);
    double straight_m = hypot((via[1].x - via[0].x) * 71900, (via[1].y - via[0].y) * 111200);
    if (!(length_m > straight_m * 0.8 && length_m < straight_m * 3))
        fail_msg("%g m for %g m as the crow flies", length_m, straight_m);
    assert_true(epo_json_get(route, "streets")->count >= 1);
    along_streets(epo_json_get(route, "geometry"));
    /* the same way back is as long; through a third point it is not shorter */
    struct epo_json *back, *around;
    struct epo_point turned[] = {via[1], via[0]}, third[] = {via[0], {13.3800, 49.7500}, via[1]};
    assert_true(epo_route(maps, pool, turned, 2, &back, &error));
    assert_true(fabs(epo_json_get_real(back, "length_m", 0) - length_m) < 1);
    assert_true(epo_route(maps, pool, third, 3, &around, &error));
    assert_true(epo_json_get_real(around, "length_m", 0) >= length_m - 1);
    /* in a field */
    struct epo_chosen chosen =
        choose(json("{\"type\":\"Feature\",\"geometry\":{\"type\":\"LineString\",\"coordinates\":"
                    "[[13.37775,49.74836],[13.3855,49.744]]},\"properties\":{\"kind\":\"route\"}}"),
               EPO_ASKED_ROUTE);
    assert_string_equal(print(chosen.geometry), print(epo_json_get(route, "geometry")));
    assert_true(fabs(chosen.place.length_m - length_m) < 1);
    comes_back(&chosen, EPO_ASKED_ROUTE, EPO_ASKED_ROUTE);
    /* where lines are asked for too, a bare line is what was drawn */
    struct epo_chosen line = choose(json("{\"type\":\"LineString\",\"coordinates\":[[13.37775,"
                                         "49.74836],[13.3855,49.744]]}"),
                                    EPO_ASKED_ROUTE | EPO_ASKED_LINE);
    assert_string_equal(line.kind, "drawn");
    assert_int_equal(epo_json_get(line.geometry, "coordinates")->count, 2);
}

static void no_routes(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_json *route;
    struct epo_point one = {13.37775, 49.74836}, many[26];
    struct epo_point nowhere[] = {one, {13.2, 49.6}}, swapped[] = {one, {49.74, 13.38}};
    assert_false(epo_route(maps, pool, nowhere, 2, &route, &error));
    assert_string_equal(error.code, "place.no_route");
    assert_false(epo_route(maps, pool, swapped, 2, &route, &error));
    assert_string_equal(error.code, "place.swapped");
    for (int i = 0; i < 26; i++)
        many[i] = one;
    assert_false(epo_route(maps, pool, many, 26, &route, &error));
    assert_string_equal(error.code, "place.via");
    assert_false(epo_route(maps, pool, many, 1, &route, &error));
    assert_false(epo_route(maps, pool, many, 2, &route, &error)); /* there is no way to walk */
    assert_string_equal(error.code, "place.no_route");
    refused("{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[13.3776,"
            "49.7475]},\"properties\":{\"kind\":\"route\"}}",
            EPO_ASKED_ROUTE, "place.via");
}

/* Most of the city's streets hang together: from many places to the middle there is a way. Some
 * quarters of the made-up city are reached by no street. */
static void streets_hang_together(void **state) {
    (void)state;
    struct epo_point middle = {13.37775, 49.74836};
    int asked = 0, found = 0;
    for (int i = 0; i < 100; i++) {
        struct epo_point at = {13.34 + (i % 10) * 0.008, 49.725 + (i / 10) * 0.005};
        const char *position = epo_pool_printf(pool, "[%.6f,%.6f]", at.x, at.y);
        struct epo_json *street = epo_json_get(facts_at(position), "street"), *route;
        struct epo_point via[] = {at, middle};
        struct epo_error error = {0};
        if (epo_json_get_real(street, "distance_m", 999) > 90)
            continue;
        asked++;
        found += epo_route(maps, pool, via, 2, &route, &error);
    }
    if (!(asked >= 30 && found >= asked * 0.8))
        fail_msg("%d of %d", found, asked);
}

/* The graph is made by the first who asks, while others ask. */
static void *ask(void *arg) {
    struct epo_pool *own = epo_pool_create();
    struct epo_point via[] = {{13.37775, 49.74836}, {13.3855, 49.7440}};
    struct epo_error error = {0};
    struct epo_json *route;
    bool ok = epo_route(arg, own, via, 2, &route, &error);
    epo_pool_free(own);
    return ok ? NULL : arg;
}

static void first_asked_by_many(void **state) {
    (void)state;
    struct epo_error error = {0};
    pthread_t threads[4];
    assert_true(epo_maps_reload(maps, &error));
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, maps), 0);
    for (int i = 0; i < 4; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
}

static void drawn(void **state) {
    (void)state;
    static const struct {
        const char *given;
        unsigned asked;
        const char *code;
    } ROWS[] = {
        {"{\"type\":\"Feature\",\"geometry\":null}", ALL, "place.not_geojson"},
        {"{\"type\":\"Feature\"}", ALL, "place.not_geojson"},
        {"{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[13.4,49.7]},"
         "\"properties\":5}",
         ALL, "place.not_geojson"},
        {"{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[13.4,49.7]},"
         "\"properties\":{\"kind\":\"square\"}}",
         ALL, "place.kind"},
        {"{\"type\":\"Point\",\"coordinates\":[13.4,49.7]}", EPO_ASKED_AREA, "place.kind"},
        {"{\"type\":\"LineString\",\"coordinates\":[[13.4,49.7],[13.41,49.7]]}", EPO_ASKED_AREA,
         "place.kind"},
        {"{\"type\":\"MultiPolygon\",\"coordinates\":[]}", ALL, "place.not_geojson"},
        {"{\"type\":\"MultiPolygon\",\"coordinates\":[[]]}", ALL, "place.not_geojson"},
        {"{\"type\":\"MultiPolygon\",\"coordinates\":[[[[13.4,49.7],[13.41,49.7],[13.41,49.71],"
         "[13.4,49.7]]],[[[13.4,49.7],[13.41,49.7],[13.41,49.72],[13.4,49.7]]]]}",
         ALL, "place.self_crossing"},
        {"{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"kind\":\"parcel\",\"ids\":"
         "[]}}",
         ALL, "place.ids"},
        {"{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"kind\":\"parcel\",\"ids\":"
         "[5]}}",
         ALL, "place.ids"},
        {"{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"kind\":\"parcel\"}}", ALL,
         "place.ids"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        refused(ROWS[i].given, ROWS[i].asked, ROWS[i].code);
    struct epo_chosen two =
        choose(json("{\"type\":\"MultiPolygon\",\"coordinates\":[[[[13.4,49.7],[13.41,49.7],[13.41,"
                    "49.71],[13.4,49.7]]],[[[13.42,49.7],[13.43,49.7],[13.43,49.71]]]]}"),
               EPO_ASKED_AREA);
    assert_int_equal(epo_json_get(two.geometry, "coordinates")->count, 2);
    comes_back(&two, EPO_ASKED_AREA, EPO_ASKED_AREA);
}

/* A point beside a street comes to lie on it, and stays there when it is snapped again; one in a
 * field is left where it is, and refused. */
static void snapping(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_place place, again;
    struct epo_json *rules = json("[{\"rule\":\"snap\",\"layer\":\"street\",\"within_m\":60}]");
    struct epo_json *refusals = epo_json_array(pool);
    struct epo_json *point = json("{\"type\":\"Point\",\"coordinates\":" STREET_POINT "}");
    assert_true(epo_place_read(pool, point, &place, &error));
    struct epo_point before = place.anchor_metres;
    assert_true(epo_place_rules_apply(maps, pool, rules, &place, refusals, &error));
    assert_int_equal(refusals->count, 1);
    assert_true(epo_place_snap(maps, pool, rules, &place, &error));
    double moved_m = hypot(place.anchor_metres.x - before.x, place.anchor_metres.y - before.y);
    assert_true(moved_m > 0.5 && moved_m <= 60);
    refusals = epo_json_array(pool);
    assert_true(epo_place_rules_apply(maps, pool, rules, &place, refusals, &error));
    assert_int_equal(refusals->count, 0);
    again = place;
    assert_true(epo_place_snap(maps, pool, rules, &again, &error));
    assert_true(hypot(again.anchor_metres.x - place.anchor_metres.x,
                      again.anchor_metres.y - place.anchor_metres.y) < 0.03);
    assert_true(epo_place_read(pool, json("{\"type\":\"Point\",\"coordinates\":[13.2,49.6]}"),
                               &place, &error));
    before = place.anchor_metres;
    assert_true(epo_place_snap(maps, pool, rules, &place, &error));
    assert_true(place.anchor_metres.x == before.x && place.anchor_metres.y == before.y);
    assert_true(epo_place_rules_apply(maps, pool, rules, &place, refusals, &error));
    assert_string_equal(epo_json_get_text(refusals->items[0], "code").at, "place.far");
}

/* ---- where else ---- */

struct wish {
    int asked;
    bool no;
};
static bool accept(void *arg, const struct epo_place *candidate) {
    struct wish *wish = arg;
    wish->asked++;
    return !wish->no && candidate->kind == EPO_PLACE_AREA;
}

static void alternatives(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_place place, wide;
    struct wish wish = {0};
    bool found, meet;
    struct epo_json *stall =
        json("{\"type\":\"Polygon\",\"coordinates\":[[[13.3776,49.7473],[13.37768,49.7473],"
             "[13.37768,49.74735],[13.3776,49.74735],[13.3776,49.7473]]]}");
    assert_true(epo_place_read(pool, stall, &place, &error));
    struct epo_footprint taken[2];
    assert_true(epo_footprint_of(pool, &place, 0, &taken[0], &error));
    struct epo_alternative wanted = {
        .place = &place,
        .footprint = taken[0],
        .taken = taken,
        .taken_count = 1,
        .within_m = 300,
        .rules = json("[{\"rule\":\"inside\",\"layer\":\"public_space\",\"share\":0.95}]"),
        .accept = accept,
        .arg = &wish};
    assert_true(epo_alternative_find(maps, pool, &wanted, &found, &error));
    assert_true(found && wish.asked == 1);
    assert_true(wanted.distance_m > 4 && wanted.distance_m < 15); /* right beside it */
    assert_true(fabs(wanted.found.area_m2 - place.area_m2) < 0.1);
    assert_true(epo_footprints_meet(wanted.found.wkb_metres, place.wkb_metres, 0, &meet, &error));
    assert_false(meet);
    struct epo_json *none = epo_json_array(pool);
    assert_true(epo_place_rules_apply(maps, pool, wanted.rules, &wanted.found, none, &error) &&
                none->count == 0);
    /* others must stay away: farther */
    double beside_m = wanted.distance_m;
    wanted.apart_m = 20;
    assert_true(epo_alternative_find(maps, pool, &wanted, &found, &error) && found);
    assert_true(wanted.distance_m >= beside_m + 15);
    /* whoever asks has the last word, but only a few times */
    wanted.apart_m = 0;
    wish = (struct wish){.no = true};
    assert_true(epo_alternative_find(maps, pool, &wanted, &found, &error) && !found);
    assert_int_equal(wish.asked, 5);
    /* everything around is taken */
    assert_true(epo_place_read(
        pool,
        json("{\"type\":\"Polygon\",\"coordinates\":[[[13.37,49.742],[13.386,49.742],[13.386,"
             "49.753],[13.37,49.753]]]}"),
        &wide, &error));
    assert_true(epo_footprint_of(pool, &wide, 0, &taken[1], &error));
    wanted.taken_count = 2;
    assert_true(epo_alternative_find(maps, pool, &wanted, &found, &error) && !found);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parcels),
        cmocka_unit_test(joined_parcels),
        cmocka_unit_test(buildings),
        cmocka_unit_test(addresses),
        cmocka_unit_test(circles),
        cmocka_unit_test(drawn),
        cmocka_unit_test(alternatives),
        cmocka_unit_test(snapping),
        cmocka_unit_test(routes),
        cmocka_unit_test(no_routes),
        cmocka_unit_test(first_asked_by_many),
        cmocka_unit_test(streets_hang_together),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
