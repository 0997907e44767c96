/* A move that only one of two clerks can make. The lists have a test of their own: desk_test.c. */
#include "portal_fixture.h"

#include "portal/audit.h"
#include "portal/casework.h"

enum { FILED = 3 };
static const char *numbers[FILED];

static int file_many(void **state) {
    if (set_up(state) != 0)
        return -1;
    for (int i = 0; i < FILED; i++) {
        struct epo_error error = {0};
        struct filing_job job = make_filing("{}");
        if (!file(&job, &error))
            return -1;
        numbers[i] = epo_pool_printf(pool, "%s", job.filed.number);
    }
    return 0;
}

struct move_job {
    struct epo_move move;
};
static bool run_move(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct move_job *job = arg;
    return epo_casework_move(&portal, writer, &job->move, error);
}
static bool move(const char *number, const char *from, const char *to, const char *office,
                 struct epo_error *error) {
    struct move_job job = {.move = {.from = epo_span(from),
                                    .to = epo_span(to),
                                    .note = EPO_SPAN("doplňte prosím přílohu"),
                                    .actor = EPO_SPAN("clerk-1"),
                                    .actor_name = EPO_SPAN("Klára"),
                                    .office = epo_span(office)}};
    memset(error, 0, sizeof *error);
    assert_true(epo_number_read(epo_span(number), &job.move.number));
    return epo_store_write(portal.store, run_move, &job, error);
}

static void one_move_wins_and_is_on_record(void **state) {
    struct epo_error error;
    struct epo_json *found, *rows;
    int64_t count;
    (void)state;
    assert_true(move(numbers[1], "received", "in_progress", "umo-3", &error));
    assert_false(move(numbers[1], "received", "refused", "umo-3", &error));
    assert_string_equal(error.code, "case.moved");
    assert_int_equal(error.kind, EPO_ERROR_CONFLICT);
    assert_false(move(numbers[1], "in_progress", "refused", "umo-4", &error)); /* not theirs */
    assert_int_equal(error.kind, EPO_ERROR_NOT_FOUND);
    assert_true(move(numbers[1], "in_progress", "accepted", "", &error));
    struct epo_viewer admin = {.role = EPO_SPAN("admin")};
    assert_true(
        epo_submission_find(&portal, db, pool, epo_span(numbers[1]), &admin, &found, &error));
    const struct epo_json *history = epo_json_get(found, "history");
    assert_int_equal(history->count, 3);
    assert_true(epo_span_is(epo_json_get_text(history->items[1], "state"), "in_progress"));
    assert_true(epo_span_is(epo_json_get_text(history->items[2], "from"), "in_progress"));
    assert_true(epo_span_is(epo_json_get_text(history->items[2], "by"), "umo-3"));
    assert_true(epo_audit_list(&portal, db, pool, epo_span(numbers[1]), 10, &rows, &error));
    assert_int_equal(rows->count, 3); /* filed and two moves; refused ones left nothing */
    assert_true(epo_audit_verify(&portal, db, &count, &error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_move_wins_and_is_on_record),
    };
    return cmocka_run_group_tests(tests, file_many, tear_down);
}
