/* Ground and days that requests take up: only one gets what many want at once, and it is given back
 * when its case ends without a permit. */
#include "portal_fixture.h"

#include <pthread.h>

#include "portal/casework.h"
#include "portal/occupancy.h"

static struct epo_form_place THE_PLACE = {.field = "area"};

/* A square of 10 m, so many metres east of the middle. */
static struct epo_occupant occupant_at(double east_m, int64_t from_day, int64_t to_day) {
    double x = -822000 + east_m, y = -1070000;
    struct epo_place place;
    struct epo_error error = {0};
    struct epo_point corners[] = {{x, y}, {x + 10, y}, {x + 10, y + 10}, {x, y + 10}};
    struct epo_json *ring = epo_json_array(pool), *rings = epo_json_array(pool);
    for (int i = 0; i < 4; i++) {
        struct epo_point degrees;
        struct epo_json *pair = epo_json_array(pool);
        assert_true(epo_transform_to_4326(corners[i], &degrees, &error));
        epo_json_push(pool, pair, epo_json_real(pool, degrees.x));
        epo_json_push(pool, pair, epo_json_real(pool, degrees.y));
        epo_json_push(pool, ring, pair);
    }
    epo_json_push(pool, rings, ring);
    struct epo_json *geometry = epo_json_object(pool);
    epo_json_set_string(pool, geometry, "type", "Polygon");
    epo_json_set(pool, geometry, "coordinates", rings);
    struct epo_occupant occupant = {.agenda = "public_space",
                                    .form = "occupy",
                                    .place = &THE_PLACE,
                                    .rule = epo_json_object(pool),
                                    .agenda_too = "",
                                    .counted = "",
                                    .feature = "",
                                    .from_day = from_day,
                                    .to_day = to_day};
    assert_true(epo_place_read(pool, geometry, &place, &error));
    assert_true(epo_footprint_of(pool, &place, 1, &occupant.footprint, &error));
    return occupant;
}

struct taking {
    struct filing_job filing;
    struct epo_occupant occupant;
    struct epo_error error;
    bool got;
};
static bool run_taking(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct taking *taking = arg;
    return run_filing(writer, &taking->filing, error) &&
           epo_occupancy_take(&portal, writer, taking->filing.filed.number, &taking->occupant,
                              error);
}

static struct taking make_taking(struct epo_occupant occupant) {
    struct taking taking = {.filing = make_filing("{}"), .occupant = occupant};
    epo_submission_prepare(pool, &taking.filing.filing);
    return taking;
}

static bool take(struct taking *taking) {
    taking->got = epo_store_write(portal.store, run_taking, taking, &taking->error);
    return taking->got;
}

static bool is_free(struct epo_occupant occupant) {
    struct epo_taken taken;
    struct epo_error error = {0};
    assert_true(epo_occupancy_ask(&portal, db, &occupant, &occupant, &taken, &error));
    return !taken.any;
}

/* ---- many at once ---- */

enum { MANY = 50 };
static void *race(void *arg) {
    take(arg);
    return NULL;
}

static void one_of_many(void **state) {
    (void)state;
    pthread_t threads[MANY];
    struct taking all[MANY];
    struct epo_error error = {0};
    int got = 0;
    int64_t filed = 0;
    for (int i = 0; i < MANY; i++) /* each a little elsewhere, each on some of the same days */
        all[i] = make_taking(occupant_at(i * 0.15, 20000 + i % 3, 20003 + i % 5));
    for (int i = 0; i < MANY; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &all[i]), 0);
    for (int i = 0; i < MANY; i++) {
        pthread_join(threads[i], NULL);
        got += all[i].got;
        if (!all[i].got) {
            assert_int_equal(all[i].error.kind, EPO_ERROR_CONFLICT);
            assert_string_equal(all[i].error.code, "place.taken");
        }
    }
    assert_int_equal(got, 1);
    assert_true(epo_submission_verify_chain(&portal, db, &filed, &error)); /* nothing half done */
    assert_int_equal(filed, 1);
}

/* ---- space and time ---- */

static void space_and_time(void **state) {
    (void)state;
    struct taking first = make_taking(occupant_at(1000, 21000, 21005));
    assert_true(take(&first));
    assert_false(is_free(occupant_at(1000, 21005, 21005)));
    assert_false(is_free(occupant_at(1009.5, 20990, 21000)));
    assert_true(is_free(occupant_at(1000, 21006, 21010))); /* the day after */
    assert_true(is_free(occupant_at(1000, 20990, 20999)));
    assert_true(is_free(occupant_at(1010, 21000, 21005))); /* side by side is no collision */
    assert_true(is_free(occupant_at(990.005, 21000, 21005)));
    struct epo_occupant apart = occupant_at(1013, 21000, 21005);
    assert_true(is_free(apart));
    apart.apart_m = 5;
    assert_false(is_free(apart));
    struct epo_occupant elsewhere = occupant_at(1000, 21000, 21005);
    elsewhere.form = "other";
    assert_true(is_free(elsewhere)); /* another form's ground, unless the rule names the agenda */
    elsewhere.agenda_too = "public_space";
    assert_false(is_free(elsewhere));
}

static void later_and_near(void **state) {
    (void)state;
    struct epo_error error = {0};
    int64_t day;
    size_t count;
    struct epo_footprint *near;
    static const int64_t DAYS[][2] = {{22000, 22004}, {22006, 22009}, {22013, 22020}};
    for (int i = 0; i < 3; i++) {
        struct taking one = make_taking(occupant_at(2000, DAYS[i][0], DAYS[i][1]));
        assert_true(take(&one));
    }
    /* one day fits into the first gap, three into the second, five nowhere before the end */
    static const int64_t LENGTHS[][2] = {{1, 22005}, {3, 22010}, {5, 22021}};
    for (int i = 0; i < 3; i++) {
        struct epo_occupant wanted = occupant_at(2000, 22000, 22000 + LENGTHS[i][0] - 1);
        assert_true(epo_occupancy_later(&portal, db, &wanted, &wanted, &day, &error));
        assert_int_equal(day, LENGTHS[i][1]);
    }
    struct epo_occupant wanted = occupant_at(2050, 22008, 22014);
    assert_true(epo_occupancy_near(&portal, db, pool, &wanted, 100, &near, &count, &error));
    assert_int_equal(count, 2);
    assert_true(epo_occupancy_near(&portal, db, pool, &wanted, 10, &near, &count, &error));
    assert_int_equal(count, 0);
}

/* ---- what becomes of the case ---- */

static bool run_move(struct epo_db *writer, void *arg, struct epo_error *error) {
    return epo_casework_move(&portal, writer, arg, error);
}

static bool move(const struct taking *taking, const char *from, const char *to,
                 struct epo_error *error) {
    struct epo_move how = {.from = epo_span(from),
                           .to = epo_span(to),
                           .note = EPO_SPAN(""),
                           .actor = EPO_SPAN("clerk"),
                           .actor_name = EPO_SPAN("Clerk")};
    assert_true(epo_number_read(epo_span(taking->filing.filed.number), &how.number));
    return epo_store_write(portal.store, run_move, &how, error);
}

static void given_back(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_occupant ground = occupant_at(3000, 23000, 23003);
    struct taking first = make_taking(ground), second = make_taking(ground);
    assert_true(take(&first));
    assert_true(move(&first, "received", "in_progress", &error));
    assert_false(is_free(ground));
    assert_true(move(&first, "in_progress", "refused", &error));
    assert_true(is_free(ground));
    assert_true(take(&second));
    /* the refused one cannot come back to life on ground that another has now */
    assert_false(move(&first, "refused", "in_progress", &error));
    assert_string_equal(error.code, "case.place_taken");
    assert_true(move(&second, "received", "withdrawn", &error));
    assert_true(move(&first, "refused", "in_progress", &error));
    assert_false(is_free(ground));
}

/* Only a permit keeps others out, where the rule says so. */
static void states_of_the_rule(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_occupant ground = occupant_at(4000, 24000, 24003);
    ground.rule = epo_json_parse(pool, EPO_SPAN("{\"states\":[\"accepted\"]}"), &error);
    struct taking first = make_taking(ground), second = make_taking(ground);
    assert_true(take(&first));
    assert_true(is_free(ground));
    assert_true(take(&second));
    assert_true(move(&first, "received", "accepted", &error));
    assert_false(is_free(ground));
    assert_false(move(&second, "received", "accepted", &error));
    assert_string_equal(error.code, "case.place_taken");
}

/* ---- so many at once ---- */

static struct epo_occupant counted_at(double east_m, int64_t from_day, int64_t to_day, double units,
                                      double most) {
    struct epo_occupant occupant = occupant_at(east_m, from_day, to_day);
    occupant.feature = "public_space/1";
    occupant.counted = "stalls";
    occupant.units = units;
    occupant.most = most;
    return occupant;
}

/* Fifty who take three each of a square for twenty, wherever on it: six get them. */
static void so_many_of_many(void **state) {
    (void)state;
    pthread_t threads[MANY];
    struct taking all[MANY];
    int got = 0;
    for (int i = 0; i < MANY; i++)
        all[i] = make_taking(counted_at(5000 + i * 100, 25000 + i % 3, 25003, 3, 20));
    for (int i = 0; i < MANY; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &all[i]), 0);
    for (int i = 0; i < MANY; i++) {
        pthread_join(threads[i], NULL);
        got += all[i].got;
        if (!all[i].got)
            assert_string_equal(all[i].error.code, "place.full");
    }
    assert_int_equal(got, 6);
    assert_true(is_free(counted_at(5000, 25000, 25003, 2, 20)));
    assert_false(is_free(counted_at(5000, 25000, 25003, 2.5, 20)));
    assert_true(is_free(counted_at(5000, 25004, 25009, 20, 20)));
    struct epo_occupant other = counted_at(5000, 25000, 25003, 20, 20);
    other.feature = "public_space/2";
    assert_true(is_free(other));
    other = counted_at(5000, 25000, 25003, 20, 20);
    other.counted = "benches";
    assert_true(is_free(other));
    assert_true(is_free(occupant_at(5000, 25000, 25003))); /* nor does it take up the ground */
}

/* What counts is the fullest day, not the sum of all who come by. */
static void on_the_fullest_day(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_taken taken;
    int64_t day;
    static const int64_t DAYS[][2] = {{26000, 26004}, {26005, 26009}, {26009, 26012}};
    for (int i = 0; i < 3; i++) {
        struct taking one = make_taking(counted_at(20000, DAYS[i][0], DAYS[i][1], 2, 5));
        assert_true(take(&one));
    }
    struct epo_occupant wanted = counted_at(20000, 26000, 26008, 3, 5);
    assert_true(is_free(wanted));
    wanted.to_day = 26020;
    assert_true(epo_occupancy_ask(&portal, db, &wanted, &wanted, &taken, &error));
    assert_true(taken.any);
    assert_int_equal(taken.from_day, 26009);
    assert_int_equal(taken.to_day, 26009);
    assert_true(taken.units == 4);
    wanted = counted_at(20000, 26008, 26009, 3, 5);
    assert_true(epo_occupancy_later(&portal, db, &wanted, &wanted, &day, &error));
    assert_int_equal(day, 26010);
    wanted = counted_at(20000, 26000, 26001, 6, 5); /* more than there is: never */
    assert_true(epo_occupancy_ask(&portal, db, &wanted, &wanted, &taken, &error));
    assert_true(taken.any);
    assert_true(epo_occupancy_later(&portal, db, &wanted, &wanted, &day, &error));
    assert_int_equal(day, 0);
}

/* By distance; and what one request takes at several places is one sum. */
static void within_so_many_metres(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_occupant ground = counted_at(30000, 27000, 27003, 2, 3), beside;
    ground.feature = "";
    ground.apart_m = 50;
    struct taking first = make_taking(ground);
    assert_true(take(&first));
    beside = ground;
    beside.footprint = occupant_at(30055, 27000, 27003).footprint; /* 45 m between them */
    assert_false(is_free(beside));
    beside.footprint = occupant_at(30065, 27000, 27003).footprint;
    assert_true(is_free(beside));
    struct epo_occupant second = counted_at(31000, 27000, 27003, 2, 3), third = second;
    struct taking both = make_taking(second);
    both.occupant.next = &third;
    third.rule_index = 1;
    assert_false(take(&both));
    assert_string_equal(both.error.code, "place.full");
    third.units = both.occupant.units = 1.5;
    both = make_taking(both.occupant);
    assert_true(take(&both));
    assert_true(move(&first, "received", "refused", &error));
    assert_true(is_free(ground));
    struct taking other = make_taking(ground);
    assert_true(take(&other));
    assert_false(move(&first, "refused", "in_progress", &error));
    assert_string_equal(error.code, "case.place_taken");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_many),        cmocka_unit_test(space_and_time),
        cmocka_unit_test(later_and_near),     cmocka_unit_test(given_back),
        cmocka_unit_test(states_of_the_rule), cmocka_unit_test(so_many_of_many),
        cmocka_unit_test(on_the_fullest_day), cmocka_unit_test(within_so_many_metres),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
