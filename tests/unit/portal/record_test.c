/* Records of registers, and whose they are. */
#include "portal_fixture.h"

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/person_link.h"
#include "portal/record.h"

#define AGENDA EPO_SPAN("dog_fee")

struct job {
    struct epo_record record;
    enum epo_record_put done;
    struct epo_person_linking linking;
    struct epo_span day;
};

static bool run_put(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct job *job = arg;
    return epo_record_put(&portal, writer, &job->record, &job->done, error);
}
static bool run_end(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct job *job = arg;
    return epo_record_end(&portal, writer, AGENDA, job->record.key, job->day, error);
}
static bool run_link(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct job *job = arg;
    return epo_person_link_make(&portal, writer, &job->linking, error);
}
static bool run_unlink(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct job *job = arg;
    return epo_person_link_end(&portal, writer, job->linking.account, AGENDA, EPO_SPAN("shell"),
                               error);
}

static enum epo_record_put put(const char *key, const char *person, const char *data) {
    struct epo_error error = {0};
    struct job job = {.record = {.agenda = AGENDA,
                                 .key = epo_span(key),
                                 .person = epo_span(person),
                                 .kind = EPO_SPAN("dog"),
                                 .data = epo_span(data),
                                 .from = EPO_SPAN("2026-01-15")}};
    if (!epo_store_write(portal.store, run_put, &job, &error))
        fail_msg("%s", error.text);
    return job.done;
}

static void records_are_put_changed_and_ended(void **state) {
    struct epo_error error = {0};
    struct epo_json *found;
    (void)state;
    assert_int_equal(put("chip-1", "71", "{\"name\":\"Rek\"}"), EPO_RECORD_ADDED);
    assert_int_equal(put("chip-1", "71", "{\"name\":\"Rek\"}"), EPO_RECORD_SAME);
    assert_int_equal(put("chip-1", "71", "{\"name\":\"Brok\"}"), EPO_RECORD_CHANGED);
    assert_true(epo_record_find(&portal, db, pool, AGENDA, EPO_SPAN("chip-1"), &found, &error));
    assert_true(epo_span_is(epo_json_get_text(epo_json_get(found, "data"), "name"), "Brok"));
    assert_int_equal(epo_json_get(found, "until")->type, EPO_JSON_NULL);
    assert_true(epo_record_find(&portal, db, pool, EPO_SPAN("waste_fee"), EPO_SPAN("chip-1"),
                                &found, &error));
    assert_null(found);

    struct job job = {.record = {.key = EPO_SPAN("chip-1")}, .day = EPO_SPAN("2026-01-14")};
    assert_false(epo_store_write(portal.store, run_end, &job, &error));
    assert_string_equal(error.code, "record.ends_before");
    job.day = EPO_SPAN("2026-08-31");
    assert_true(epo_store_write(portal.store, run_end, &job, &error));
    job.record.key = EPO_SPAN("chip-9");
    assert_false(epo_store_write(portal.store, run_end, &job, &error));
    assert_string_equal(error.code, "record.unknown");
}

static void records_are_listed_in_pages_and_by_person(void **state) {
    struct epo_error error = {0};
    struct epo_json *page;
    int64_t count;
    (void)state;
    for (int i = 0; i < 25; i++)
        put(epo_pool_printf(pool, "list-%02d", i), i % 5 == 0 ? "80" : "81", "{}");
    struct epo_record_query query = {.agenda = AGENDA,
                                     .person = EPO_SPAN("80"),
                                     .kind = EPO_SPAN(""),
                                     .after = EPO_SPAN(""),
                                     .limit = 3};
    assert_true(epo_records_list(&portal, db, pool, &query, &page, &error));
    assert_int_equal(page->count, 3);
    query.after = epo_json_get_text(page->items[2], "key");
    assert_true(epo_records_list(&portal, db, pool, &query, &page, &error));
    assert_int_equal(page->count, 2);
    assert_true(epo_span_is(epo_json_get_text(page->items[1], "key"), "list-20"));
    query.kind = EPO_SPAN("cat");
    assert_true(epo_records_list(&portal, db, pool, &query, &page, &error));
    assert_int_equal(page->count, 0);
    assert_true(epo_records_count(&portal, db, AGENDA, &count, &error));
    assert_int_equal(count, 26);
}

static void keys_and_numbers_are_printable(void **state) {
    static const char *const WRONG[] = {" a", "a ", "a\tb", "\xff", "a\x7f"};
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        assert_false(epo_record_is_key(epo_span(WRONG[i])));
        assert_false(epo_record_is_person(epo_span(WRONG[i])));
    }
    assert_false(epo_record_is_key(EPO_SPAN("")));
    assert_true(epo_record_is_person(EPO_SPAN("")));
    assert_true(epo_record_is_key(EPO_SPAN("byt č. 5")));
}

static bool link_to(struct job *job, const struct epo_account *account, const char *person,
                    struct epo_error *error) {
    job->linking = (struct epo_person_linking){.account = epo_span(account->id),
                                               .agenda = AGENDA,
                                               .person = epo_span(person),
                                               .how = EPO_SPAN("counter"),
                                               .by = EPO_SPAN("shell")};
    return epo_store_write(portal.store, run_link, job, error);
}

static void an_account_has_one_number_and_a_number_one_account(void **state) {
    struct epo_error error = {0};
    struct epo_account jana = add_account("jana@example.cz", "citizen", "");
    struct epo_account petr = add_account("petr@example.cz", "citizen", "");
    struct job job = {0};
    char person[EPO_PERSON_NUMBER_SIZE];
    struct epo_span holder;
    struct epo_json *rows;
    (void)state;
    assert_true(link_to(&job, &jana, "71", &error));
    assert_true(link_to(&job, &jana, "71", &error)); /* holds already */
    assert_false(link_to(&job, &jana, "72", &error));
    assert_string_equal(error.code, "person.account_linked");
    assert_false(link_to(&job, &petr, "71", &error));
    assert_string_equal(error.code, "person.taken");
    assert_false(link_to(&job, &petr, "", &error));
    assert_string_equal(error.code, "person.number");
    assert_true(
        epo_person_link_account(&portal, db, pool, AGENDA, EPO_SPAN("71"), &holder, &error));
    assert_true(epo_span_is(holder, jana.id));

    job.linking.account = epo_span(jana.id);
    assert_true(epo_store_write(portal.store, run_unlink, &job, &error));
    assert_false(epo_store_write(portal.store, run_unlink, &job, &error));
    assert_string_equal(error.code, "person.not_linked");
    assert_true(epo_person_link_find(&portal, db, epo_span(jana.id), AGENDA, person, &error));
    assert_string_equal(person, "");
    assert_true(link_to(&job, &petr, "71", &error));
    assert_true(epo_audit_list(&portal, db, pool, epo_span(jana.id), 10, &rows, &error));
    assert_true(epo_span_is(epo_json_get_text(rows->items[0], "action"), "person.unlinked"));
    assert_true(epo_span_is(epo_json_get_text(rows->items[1], "action"), "person.linked"));
}

static void a_fresh_number_is_a_variable_symbol(void **state) {
    struct epo_error error = {0};
    char person[EPO_PERSON_NUMBER_SIZE];
    bool fresh;
    (void)state;
    for (int i = 0; i < 200; i++) {
        int sum = 0;
        assert_true(
            epo_person_number_of(&portal, db, AGENDA, EPO_SPAN(""), 0, person, &fresh, &error));
        assert_true(fresh);
        assert_int_equal(strlen(person), 10);
        assert_true(person[0] > '0');
        for (int j = 0; j < 10; j++) {
            int digit = person[9 - j] - '0';
            sum += j % 2 == 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        }
        assert_int_equal(sum % 10, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_put_changed_and_ended),
        cmocka_unit_test(records_are_listed_in_pages_and_by_person),
        cmocka_unit_test(keys_and_numbers_are_printable),
        cmocka_unit_test(an_account_has_one_number_and_a_number_one_account),
        cmocka_unit_test(a_fresh_number_is_a_variable_symbol),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
