/* Parameters at a day: manifest, epo.json, what an admin has set; for the city and for a district.
 */
#include "plugin/parameters.h"
#include "plugin_fixture.h"

static struct epo_registry *registry;

static void settings(const char *text) {
    struct epo_error error = {0};
    struct epo_json *json = epo_json_parse(pool, epo_span(text), &error);
    if (!json)
        fail_msg("%s", error.text);
    epo_portal_set_settings(&portal, json);
}

static void load(void) {
    struct epo_error error = {0};
    const char *const folders[] = {test_folder_file(&folder, "agendas")};
    assert_true(epo_registry_load(registry, folders, 1, &error));
}

static const char *faults(void) {
    return epo_json_print(pool, epo_registry_faults(registry, pool)).at;
}

/* The rate in a district on a day; 0: it has none. */
static int64_t rate(const char *district, const char *day) {
    struct epo_agenda *agenda = epo_registry_find(registry, EPO_SPAN("fee"));
    assert_non_null(agenda);
    struct epo_json *all = epo_agenda_parameters(agenda, pool, epo_span(district), day);
    epo_agenda_release(agenda);
    return epo_json_get_integer(all, "rate", 0);
}

struct setting {
    struct epo_parameter_change change;
    int64_t seen;
};
static bool put(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct setting *one = arg;
    return epo_parameter_change_put(&portal, writer, &one->change, one->seen, error);
}
static int64_t set(int64_t seen, const char *district, const char *value, const char *from,
                   const char *until, struct epo_error *error) {
    struct setting one = {.change = {.agenda = EPO_SPAN("fee"),
                                     .district = epo_span(district),
                                     .name = EPO_SPAN("rate"),
                                     .value = epo_span(value),
                                     .reason_cs = EPO_SPAN("dražší"),
                                     .decree = EPO_SPAN("3/2026"),
                                     .from_day = epo_span(from),
                                     .until_day = epo_span(until),
                                     .actor = EPO_SPAN("a1"),
                                     .actor_name = EPO_SPAN("Admin")},
                          .seen = seen};
    return epo_store_write(portal.store, put, &one, error) ? one.change.version : 0;
}

static bool withdraw(struct epo_db *writer, void *arg, struct epo_error *error) {
    return epo_parameter_change_withdraw(&portal, writer, "fee", *(int64_t *)arg, "2026-11-28",
                                         EPO_SPAN("a1"), EPO_SPAN("Admin"), error);
}

#define MANIFEST                                                                                   \
    ",\"parameters\": {\"rate\": 100}, \"parameter_types\": {\"rate\": {\"type\": \"money\", "     \
    "\"max\": 900, \"public\": true, \"label\": {\"cs\": \"Sazba\", \"en\": \"Rate\"}}}"
#define SUPPLIED(values) "{\"parameters\": {\"fee\": " values "}}"

static void each_day_has_its_value(void **state) {
    (void)state;
    write_agenda("fee", MANIFEST);
    settings(SUPPLIED("{\"rate\": [\n"
                      "{\"value\": 200, \"from\": \"2026-01-01\", \"until\": \"2026-12-31\"},\n"
                      "{\"value\": 300, \"from\": \"2027-01-01\"}],\n"
                      "\"districts\": {\"1\": {\"rate\": {\"value\": 50, \"decree\": \"1/2026\", "
                      "\"from\": \"2026-07-01\", \"until\": \"2026-07-31\"}}}}"));
    load();
    assert_string_equal(faults(), "[]");
    assert_int_equal(rate("", "2025-12-31"), 100);
    assert_int_equal(rate("", "2026-01-01"), 200);
    assert_int_equal(rate("", "2026-12-31"), 200);
    assert_int_equal(rate("", "2027-01-01"), 300);
    assert_int_equal(rate("1", "2026-06-30"), 200);
    assert_int_equal(rate("1", "2026-07-01"), 50);
    assert_int_equal(rate("1", "2026-07-31"), 50);
    assert_int_equal(rate("1", "2026-08-01"), 200);
    assert_int_equal(rate("2", "2026-07-01"), 200);
}

static void an_admin_sets_another_from_a_day_on(void **state) {
    struct epo_error error = {0};
    (void)state;
    int64_t first = set(0, "", "400", "2027-01-01", "", &error);
    assert_int_equal(first, 1);
    assert_int_equal(set(0, "", "500", "2027-06-01", "", &error), 0); /* seen before the first */
    assert_string_equal(error.code, "parameter.changed");
    assert_int_equal(set(1, "", "500", "2027-06-01", "2027-06-30", &error), 2);
    assert_int_equal(set(2, "1", "60", "2027-06-15", "", &error), 3);
    assert_int_equal(rate("", "2027-01-01"), 300); /* as it was loaded */
    load();
    assert_string_equal(faults(), "[]");
    assert_int_equal(rate("", "2026-12-31"), 200);
    assert_int_equal(rate("", "2027-01-01"), 400);
    assert_int_equal(rate("", "2027-06-01"), 500);
    assert_int_equal(rate("", "2027-07-01"), 400); /* the one before goes on */
    assert_int_equal(rate("1", "2026-07-10"), 50); /* the district's own, of epo.json */
    assert_int_equal(rate("1", "2027-06-14"), 500);
    assert_int_equal(rate("1", "2027-06-15"), 60);
}

static void only_what_is_to_come_is_taken_back(void **state) {
    struct epo_error error = {0};
    int64_t none = 99, first = 1, old = 4;
    (void)state;
    assert_false(epo_store_write(portal.store, withdraw, &none, &error));
    assert_string_equal(error.code, "parameter.none");
    assert_int_equal(set(3, "", "410", "2026-11-28", "", &error), 4);
    assert_false(epo_store_write(portal.store, withdraw, &old, &error));
    assert_string_equal(error.code, "parameter.in_force");
    assert_true(epo_store_write(portal.store, withdraw, &first, &error));
    assert_true(epo_store_write(portal.store, withdraw, &first, &error)); /* pressed twice */
    load();
    assert_int_equal(rate("", "2026-11-27"), 200);
    assert_int_equal(rate("", "2026-11-28"), 410);
    assert_int_equal(rate("", "2027-01-01"), 410); /* 400 was taken back */
    struct epo_parameter_change *all;
    size_t count;
    assert_true(epo_parameter_changes(&portal, db, pool, "fee", &all, &count, &error));
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(all[i].withdrawn_at_us > 0, all[i].version == first);
}

static void rows_say_what_is_and_what_comes(void **state) {
    (void)state;
    struct epo_agenda *agenda = epo_registry_find(registry, EPO_SPAN("fee"));
    const struct epo_json *rows =
        epo_parameter_rows(&agenda->parameters, pool, "en", true, "2027-05-01");
    epo_agenda_release(agenda);
    assert_int_equal(rows->count, 1);
    const struct epo_json *row = rows->items[0], *coming = epo_json_get(row, "coming");
    assert_non_null(strstr(epo_json_get_text(row, "text").at, "4.10"));
    assert_int_equal(coming->count, 1);
    assert_non_null(strstr(epo_json_get_text(coming->items[0], "text").at, "5"));
    assert_true(epo_span_is(epo_json_get_text(coming->items[0], "from_text"), "1 June 2027"));
    const struct epo_json *districts = epo_json_get(row, "districts");
    assert_int_equal(districts->count, 2); /* of July 2026, over; of June 2027, to come */
    assert_true(epo_span_is(epo_json_get_text(districts->items[0], "when"), "ended"));
    assert_true(epo_span_is(epo_json_get_text(districts->items[1], "when"), "later"));
}

static void what_does_not_fit_is_named(void **state) {
    struct epo_error error = {0};
    (void)state;
    settings(SUPPLIED("{\"rate\": [\n{\"value\": 1, \"from\": \"2026-01-01\", \"until\": "
                      "\"2026-03-31\"},\n{\"value\": 2, \"from\": \"2026-03-31\"}]}"));
    load();
    assert_non_null(strstr(faults(),
                           "\"file\":\"epo.json\",\"line\":3,\"text\":\"two values of the "
                           "parameter \\\"rate\\\" are in force on 2026-03-31"));
    settings(SUPPLIED("{\"rate\": [\n{\"value\": 1, \"from\": \"2026-01-01\", \"until\": "
                      "\"2026-03-29\"},\n{\"value\": 2, \"from\": \"2026-03-31\"}]}"));
    load();
    assert_non_null(strstr(faults(), "\"line\":3,\"text\":\"no value of the parameter \\\"rate\\\" "
                                     "is in force from 2026-03-30 until 2026-03-30"));
    assert_non_null(strstr(faults(), "\"warning\":true")); /* and the agenda serves */
    assert_int_equal(rate("", "2026-03-30"), 100);
    /* What an admin has set is judged too, as long as it counts or will. */
    settings("{}");
    assert_int_equal(set(4, "", "901", "2099-01-01", "", &error), 5);
    load();
    assert_non_null(strstr(faults(), "\"file\":\"/admin/parameters/fee\",\"line\":5,\"text\":\"the "
                                     "parameter \\\"rate\\\" must be from 0 to 900\""));
}

static int set_up_all(void **state) {
    int failed = set_up(state);
    registry = failed ? NULL : epo_registry_create(&portal, RUNTIMES, 1);
    return failed;
}
static int tear_down_all(void **state) {
    epo_registry_free(registry);
    return tear_down(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_day_has_its_value),
        cmocka_unit_test(an_admin_sets_another_from_a_day_on),
        cmocka_unit_test(only_what_is_to_come_is_taken_back),
        cmocka_unit_test(rows_say_what_is_and_what_comes),
        cmocka_unit_test(what_does_not_fit_is_named),
    };
    return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
