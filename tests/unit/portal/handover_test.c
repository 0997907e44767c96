/* Taking, passing on, merging: who may, what is on record, what the followers of a case go through.
 */
#include "portal_fixture.h"

#include "portal/audit.h"
#include "portal/casework.h"
#include "portal/desk.h"
#include "portal/handover.h"
#include "portal/merging.h"

static struct epo_account klara, karel, other, citizen;
static const char *number;

static int start(void **state) {
    if (set_up(state) != 0)
        return -1;
    klara = add_account("klara", "clerk", "umo-3");
    karel = add_account("karel", "clerk", "umo-3");
    other = add_account("olga", "clerk", "umo-4");
    citizen = add_account("cyril", "citizen", "");
    return 0;
}

static int64_t id_of(const char *text) {
    int64_t id = 0;
    assert_true(epo_number_read(epo_span(text), &id));
    return id;
}

static bool run_handover(struct epo_db *writer, void *arg, struct epo_error *error) {
    return epo_handover_run(&portal, writer, arg, error);
}
static const char *pass(struct epo_handover handover) {
    struct epo_error error = {0};
    handover.number = id_of(number);
    if (handover.actor.len == 0)
        handover.actor = epo_span(klara.id);
    return epo_store_write(portal.store, run_handover, &handover, &error)
               ? "done"
               : epo_pool_printf(pool, "%s", error.code);
}
#define PASS(...) pass((struct epo_handover){__VA_ARGS__})

static void cases_go_from_hand_to_hand(void **state) {
    struct epo_error error = {0};
    struct epo_json *found;
    int64_t count;
    (void)state;
    number = file_one("{}");
    struct epo_span three = EPO_SPAN("umo-3"), four = EPO_SPAN("umo-4");
    assert_string_equal(PASS(.scope = four, .take = true), "case.not_found");
    assert_string_equal(PASS(.scope = three, .take = true), "done");
    assert_string_equal(PASS(.scope = three, .take = true), "handover.same");
    assert_string_equal(PASS(.scope = three, .take = true, .actor = epo_span(karel.id)),
                        "handover.taken");
    /* to those who may handle cases of the office where it lies, and to nobody else */
    assert_string_equal(PASS(.scope = three, .to_account = epo_span(other.id)), "handover.person");
    assert_string_equal(PASS(.scope = three, .to_account = epo_span(citizen.id)),
                        "handover.person");
    assert_string_equal(PASS(.scope = three, .to_account = EPO_SPAN("nobody")), "handover.person");
    assert_string_equal(
        PASS(.scope = three, .to_account = epo_span(karel.id), .note = EPO_SPAN("Znáš to tam.")),
        "done");
    assert_string_equal(PASS(.scope = three, .to_office = four), "done");
    assert_string_equal(PASS(.scope = three, .to_office = three), "case.not_found");
    assert_true(epo_handover_read(&portal, db, pool, id_of(number), &found, &error));
    assert_int_equal(epo_json_get_text(found, "assignee").len, 0);
    const struct epo_json *trail = epo_json_get(found, "trail");
    assert_int_equal(trail->count, 3);
    assert_true(epo_span_is(epo_json_get_text(trail->items[0], "to_office"), "umo-4"));
    assert_true(epo_span_is(epo_json_get_text(trail->items[1], "note"), "Znáš to tam."));
    struct epo_viewer viewer = {.role = EPO_SPAN("clerk"), .office = four};
    assert_true(epo_submission_find(&portal, db, pool, epo_span(number), &viewer, &found, &error));
    viewer.office = three;
    assert_false(epo_submission_find(&portal, db, pool, epo_span(number), &viewer, &found, &error));
    assert_true(epo_audit_verify(&portal, db, &count, &error));
}

/* ---- merging ---- */

static bool run_merge(struct epo_db *writer, void *arg, struct epo_error *error) {
    return epo_merging_put(&portal, writer, arg, error);
}
static bool run_undo(struct epo_db *writer, void *arg, struct epo_error *error) {
    return epo_merging_undo(&portal, writer, arg, error);
}
static const char *merge(const char *one, const char *lead, const char *scope) {
    struct epo_error error = {0};
    struct epo_merge job = {id_of(one), lead ? id_of(lead) : 0, epo_span(klara.id),
                            EPO_SPAN("Klára"), epo_span(scope)};
    return epo_store_write(portal.store, lead ? run_merge : run_undo, &job, &error)
               ? "done"
               : epo_pool_printf(pool, "%s", error.code);
}
static bool run_move(struct epo_db *writer, void *arg, struct epo_error *error) {
    return epo_casework_move(&portal, writer, arg, error);
}
static const char *move(const char *one, const char *from, const char *to) {
    struct epo_error error = {0};
    struct epo_move job = {.number = id_of(one),
                           .from = epo_span(from),
                           .to = epo_span(to),
                           .note = EPO_SPAN("Jen pro vás."),
                           .actor = epo_span(klara.id),
                           .actor_name = EPO_SPAN("Klára"),
                           .office = EPO_SPAN("umo-3")};
    return epo_store_write(portal.store, run_move, &job, &error)
               ? "done"
               : epo_pool_printf(pool, "%s", error.code);
}
static const struct epo_json *look(const char *one) {
    struct epo_error error = {0};
    struct epo_json *found;
    struct epo_viewer admin = {.role = EPO_SPAN("admin")};
    assert_true(epo_submission_find(&portal, db, pool, epo_span(one), &admin, &found, &error));
    return found;
}
static const char *state_of(const char *one) {
    return epo_pool_string(pool, epo_json_get_text(look(one), "state"));
}

static void followers_go_where_the_lead_goes(void **state) {
    struct epo_error error = {0};
    struct epo_json *similar;
    (void)state;
    const char *lead = file_one("{\"a\":1}"), *one = file_one("{\"a\":2}");
    const char *two = file_one("{\"a\":3}");
    struct filing_job foreign = make_filing("{}");
    foreign.filing.agenda = "public_space";
    assert_true(file(&foreign, &error));
    assert_true(epo_merging_similar(&portal, db, pool, id_of(one), &similar, &error));
    assert_int_equal(similar->count, 2); /* not the other agenda's, not the other office's */
    assert_int_equal(epo_json_get_integer(similar->items[0], "metres", -1), 0);
    assert_string_equal(move(lead, "received", "in_progress"), "done");
    assert_string_equal(merge(one, lead, "umo-4"), "case.not_found");
    assert_string_equal(merge(lead, lead, "umo-3"), "merge.self");
    assert_string_equal(merge(foreign.filed.number, lead, "umo-3"), "merge.agenda");
    assert_string_equal(merge(one, lead, "umo-3"), "done");
    assert_string_equal(state_of(one), "in_progress");
    assert_string_equal(merge(one, two, "umo-3"), "merge.twice");
    assert_string_equal(merge(two, one, "umo-3"), "merge.led");
    assert_string_equal(merge(lead, two, "umo-3"), "merge.leads");
    assert_string_equal(merge(two, lead, ""), "done");
    assert_string_equal(move(one, "in_progress", "refused"), "case.follows");
    struct epo_desk_filter open = {.office = EPO_SPAN("umo-3"), .open = true, .limit = 100};
    int64_t count;
    assert_true(epo_desk_count(&portal, db, &open, &count, &error));
    assert_int_equal(count, 2); /* the lead stands for three, and the other agenda's */
    assert_string_equal(move(lead, "in_progress", "accepted"), "done");
    assert_string_equal(state_of(one), "accepted");
    assert_string_equal(state_of(two), "accepted");
    /* told of the state, not in the words said to another */
    const struct epo_json *history = epo_json_get(look(one), "history");
    const struct epo_json *last = history->items[history->count - 1];
    assert_true(epo_span_is(epo_json_get_text(last, "state"), "accepted"));
    assert_int_equal(epo_json_get_text(last, "note").len, 0);
    /* and apart again, each where it came from */
    assert_string_equal(merge(two, NULL, "umo-3"), "done");
    assert_string_equal(state_of(two), "received");
    assert_string_equal(merge(two, NULL, "umo-3"), "merge.none");
    assert_string_equal(merge(two, lead, "umo-3"), "merge.closed");
    assert_true(epo_audit_verify(&portal, db, &count, &error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_go_from_hand_to_hand),
        cmocka_unit_test(followers_go_where_the_lead_goes),
    };
    return cmocka_run_group_tests(tests, start, tear_down);
}
