/* The inbox of an office: filters, pages, and a move that only one of two clerks can make. */
#include "portal_fixture.h"

#include "portal/audit.h"
#include "portal/casework.h"

enum { FILED = 60 };
static const char *numbers[FILED];

/* Every third goes to umo-4; every fifth is of another agenda. */
static int file_many(void **state) {
    if (set_up(state) != 0)
        return -1;
    for (int i = 0; i < FILED; i++) {
        struct epo_error error = {0};
        struct filing_job job = make_filing("{}");
        if (i % 3 == 0)
            job.filing.office = EPO_SPAN("umo-4");
        if (i % 5 == 0)
            job.filing.agenda = "public_space";
        if (i == 7)
            job.filing.title = EPO_SPAN("Předzahrádka U Salzmannů");
        if (!file(&job, &error))
            return -1;
        numbers[i] = epo_pool_printf(pool, "%s", job.filed.number);
    }
    return 0;
}

static const struct epo_json *list(struct epo_inbox inbox, struct epo_json **page) {
    struct epo_error error = {0};
    if (inbox.limit == 0)
        inbox.limit = 100;
    if (!epo_casework_inbox(&portal, db, pool, &inbox, page, &error))
        fail_msg("%s", error.text);
    return epo_json_get(*page, "cases");
}

static void filters_by_office_agenda_and_words(void **state) {
    struct epo_json *page;
    (void)state;
    assert_int_equal(list((struct epo_inbox){.office = EPO_SPAN("")}, &page)->count, FILED);
    assert_int_equal(list((struct epo_inbox){.office = EPO_SPAN("umo-4")}, &page)->count, 20);
    assert_int_equal(list((struct epo_inbox){.office = EPO_SPAN("umo-3")}, &page)->count, 40);
    assert_int_equal(
        list((struct epo_inbox){.office = EPO_SPAN("umo-4"), .agenda = EPO_SPAN("public_space")},
             &page)
            ->count,
        4);
    assert_int_equal(
        list((struct epo_inbox){.office = EPO_SPAN("umo-3"), .state = EPO_SPAN("received")}, &page)
            ->count,
        40);
    assert_int_equal(
        list((struct epo_inbox){.office = EPO_SPAN("umo-3"), .state = EPO_SPAN("accepted")}, &page)
            ->count,
        0);
    const struct epo_json *found = list(
        (struct epo_inbox){.office = EPO_SPAN("umo-3"), .text = EPO_SPAN("predzahradka")}, &page);
    assert_int_equal(found->count, 1);
    assert_true(epo_span_is(epo_json_get_text(found->items[0], "number"), numbers[7]));
    found = list((struct epo_inbox){.text = epo_span(numbers[9])}, &page);
    assert_int_equal(found->count, 1);
    /* what is special in SQL or LIKE finds nothing and breaks nothing */
    static const char *const hostile[] = {"' OR '1'='1", "100%_%x", "\\", "\"); DROP TABLE cases"};
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
        assert_int_equal(list((struct epo_inbox){.text = epo_span(hostile[i])}, &page)->count,
                         i == 2 ? FILED : 0);
    /* another office's number is not found through the text either */
    assert_int_equal(
        list((struct epo_inbox){.office = EPO_SPAN("umo-4"), .text = epo_span(numbers[7])}, &page)
            ->count,
        0);
}

static void pages_show_each_case_once_newest_first(void **state) {
    struct epo_json *page;
    struct epo_inbox inbox = {.office = EPO_SPAN("umo-3"), .limit = 7};
    int64_t last = INT64_MAX, number = 0;
    int seen = 0, pages = 0;
    (void)state;
    do {
        const struct epo_json *cases = list(inbox, &page);
        for (uint32_t i = 0; i < cases->count; i++, seen++) {
            assert_true(epo_number_read(epo_json_get_text(cases->items[i], "number"), &number));
            assert_true(number < last);
            last = number;
        }
        inbox.before = last;
        pages++;
    } while (epo_json_get(page, "next") != NULL);
    assert_int_equal(seen, 40);
    assert_int_equal(pages, 6);
}

static void points_are_lon_lat(void **state) {
    struct epo_json *page;
    (void)state;
    const struct epo_json *cases = list((struct epo_inbox){.limit = 1}, &page);
    const struct epo_json *point = epo_json_get(cases->items[0], "point");
    assert_non_null(point);
    assert_float_equal(point->items[0]->real, 13.38369896, 1e-6);
    assert_float_equal(point->items[1]->real, 49.74534800, 1e-6);
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
    struct epo_json *found, *page, *rows;
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
    assert_int_equal(
        list((struct epo_inbox){.office = EPO_SPAN("umo-3"), .state = EPO_SPAN("accepted")}, &page)
            ->count,
        1);
    assert_true(epo_audit_list(&portal, db, pool, epo_span(numbers[1]), 10, &rows, &error));
    assert_int_equal(rows->count, 3); /* filed and two moves; refused ones left nothing */
    assert_true(epo_audit_verify(&portal, db, &count, &error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_by_office_agenda_and_words),
        cmocka_unit_test(pages_show_each_case_once_newest_first),
        cmocka_unit_test(points_are_lon_lat),
        cmocka_unit_test(one_move_wins_and_is_on_record),
    };
    return cmocka_run_group_tests(tests, file_many, tear_down);
}
