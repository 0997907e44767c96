/* The lists of the desk: filters, scopes, orders, pages, counts, and what they cost. */
#include "portal_fixture.h"

#include "portal/casework.h"
#include "portal/desk.h"
#include "portal/desk_parts.h"

enum { FILED = 60 };
static const char *numbers[FILED];
static struct epo_account clerk, other;

/* Every third goes to umo-4; every fifth is of another agenda; every fourth is due, later ones
 * sooner. Each lies ten metres east of the one before. */
static int file_many(void **state) {
    static char due[FILED][16];
    if (set_up(state) != 0)
        return -1;
    for (int i = 0; i < FILED; i++) {
        struct epo_error error = {0};
        struct filing_job job = make_filing("{}");
        struct epo_place place = *job.filing.place;
        place.anchor_metres.x += 10 * i;
        job.filing.place = &place;
        job.filing.applicant = EPO_SPAN("Jana Nováková");
        if (i % 3 == 0)
            job.filing.office = EPO_SPAN("umo-4");
        if (i % 5 == 0)
            job.filing.agenda = "public_space";
        if (i % 4 == 0) {
            snprintf(due[i], sizeof due[i], "2026-12-%02d", 31 - i / 4);
            job.filing.due = epo_span(due[i]);
        }
        if (i == 7)
            job.filing.title = EPO_SPAN("Předzahrádka U Salzmannů");
        if (!file(&job, &error))
            return -1;
        numbers[i] = epo_pool_printf(pool, "%s", job.filed.number);
    }
    clerk = add_account("klara", "clerk", "umo-3");
    other = add_account("karel", "clerk", "umo-4");
    return 0;
}

static const struct epo_json *list(struct epo_desk_filter filter, struct epo_json **page) {
    struct epo_error error = {0};
    int64_t count;
    if (filter.limit == 0)
        filter.limit = 100;
    if (!epo_desk_list(&portal, db, pool, &filter, page, &error) ||
        !epo_desk_count(&portal, db, &filter, &count, &error))
        fail_msg("%s", error.text);
    const struct epo_json *cases = epo_json_get(*page, "cases");
    if (filter.after.number == 0 && epo_json_get(*page, "next") == NULL)
        assert_int_equal(count, cases->count);
    return cases;
}
static uint32_t count_of(struct epo_desk_filter filter) {
    struct epo_json *page;
    return list(filter, &page)->count;
}
#define COUNT(...) count_of((struct epo_desk_filter){__VA_ARGS__})

static int64_t number_of(int i) {
    int64_t number = 0;
    assert_true(epo_number_read(epo_span(numbers[i]), &number));
    return number;
}

static void filters_by_office_agenda_and_words(void **state) {
    struct epo_json *page;
    (void)state;
    assert_int_equal(COUNT(.office = EPO_SPAN("")), FILED);
    assert_int_equal(COUNT(.office = EPO_SPAN("umo-4")), 20);
    assert_int_equal(COUNT(.office = EPO_SPAN("umo-3")), 40);
    assert_int_equal(COUNT(.office = EPO_SPAN("umo-9")), 0);
    assert_int_equal(COUNT(.office = EPO_SPAN("umo-4"), .agenda = EPO_SPAN("public_space")), 4);
    assert_int_equal(COUNT(.office = EPO_SPAN("umo-3"), .state = EPO_SPAN("received")), 40);
    assert_int_equal(COUNT(.office = EPO_SPAN("umo-3"), .open = true), 40);
    assert_int_equal(COUNT(.office = EPO_SPAN("umo-3"), .state = EPO_SPAN("accepted")), 0);
    assert_int_equal(COUNT(.district = EPO_SPAN("546003")), FILED);
    assert_int_equal(COUNT(.district = EPO_SPAN("546208")), 0);
    const struct epo_json *found =
        list((struct epo_desk_filter){.office = EPO_SPAN("umo-3"),
                                      .text = EPO_SPAN("salzmannu PREDZAHRADKA")},
             &page);
    assert_int_equal(found->count, 1);
    assert_true(epo_span_is(epo_json_get_text(found->items[0], "number"), numbers[7]));
    assert_int_equal(COUNT(.text = EPO_SPAN("novakova")), FILED); /* the applicant */
    assert_int_equal(COUNT(.text = EPO_SPAN("novakova salzmann nobody")), 0);
    found = list((struct epo_desk_filter){.text = epo_span(numbers[9])}, &page);
    assert_int_equal(found->count, 1);
    /* what is special in SQL or LIKE finds nothing and breaks nothing */
    static const char *const hostile[] = {"' OR '1'='1", "100%_%x", "\\", "\"); DROP TABLE cases"};
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
        assert_int_equal(COUNT(.text = epo_span(hostile[i])), 0);
    /* another office's number is not found through the text either */
    assert_int_equal(COUNT(.office = EPO_SPAN("umo-4"), .text = epo_span(numbers[7])), 0);
}

static void pages_show_each_case_once_in_each_order(void **state) {
    (void)state;
    for (int order = EPO_DESK_NEWEST; order <= EPO_DESK_DUE; order++) {
        struct epo_desk_filter filter = {.limit = 7, .order = (enum epo_desk_order)order};
        struct epo_json *page, *next;
        char last_due[11] = "";
        bool seen[FILED] = {false};
        int64_t last = order == EPO_DESK_NEWEST ? INT64_MAX : 0;
        int count = 0, pages = 0;
        do {
            const struct epo_json *cases = list(filter, &page);
            for (uint32_t i = 0; i < cases->count; i++, count++) {
                struct epo_span due = epo_json_get_text(cases->items[i], "due");
                int64_t number = 0;
                assert_true(epo_number_read(epo_json_get_text(cases->items[i], "number"), &number));
                seen[number - number_of(0)] = true;
                if (order == EPO_DESK_NEWEST)
                    assert_true(number < last);
                if (order == EPO_DESK_OLDEST)
                    assert_true(number > last);
                if (order == EPO_DESK_DUE) {
                    const char *at = due.len > 0 ? epo_pool_string(pool, due) : "9999-12-31";
                    int by_due = strcmp(at, last_due);
                    assert_true(by_due > 0 || (by_due == 0 && number > last));
                    snprintf(last_due, sizeof last_due, "%s", at);
                }
                last = number;
            }
            next = epo_json_get(page, "next");
            if (next != NULL) {
                epo_number_read(epo_json_get_text(next, "number"), &filter.after.number);
                snprintf(filter.after.due, sizeof filter.after.due, "%.*s",
                         EPO_ARG(epo_json_get_text(next, "due")));
            }
            pages++;
        } while (next != NULL);
        assert_int_equal(count, FILED);
        assert_int_equal(pages, 9);
        for (int i = 0; i < FILED; i++)
            assert_true(seen[i]);
    }
}

static const struct epo_statement RECEIVED = {
    "test.received",
    "UPDATE cases SET received_at_us = 1764547200000000 + (number % 1000000000) * 3600000000",
    NULL,
};

static void days_bound_the_numbers(void **state) {
    const int64_t hour = INT64_C(3600000000), first = INT64_C(1764547200000000) + hour;
    (void)state;
    tamper(&RECEIVED); /* the n-th n hours after midnight */
    assert_int_equal(COUNT(.received_from = first), FILED);
    assert_int_equal(COUNT(.received_from = first + 1), FILED - 1);
    assert_int_equal(COUNT(.received_from = first + 10 * hour, .received_to = first + 20 * hour),
                     10);
    assert_int_equal(COUNT(.received_to = first), 0);
    assert_int_equal(COUNT(.received_from = first + 1000 * hour), 0);
    assert_int_equal(COUNT(.due_to = EPO_SPAN("2026-12-31")), 15);
    assert_int_equal(COUNT(.due_from = EPO_SPAN("2026-12-20"), .due_to = EPO_SPAN("2026-12-21")),
                     2);
}

static void a_box_is_a_box_on_the_map(void **state) {
    struct epo_json *page;
    struct epo_point west = {0, 0}, east = {0, 0};
    (void)state;
    const struct epo_json *cases = list((struct epo_desk_filter){.order = EPO_DESK_OLDEST}, &page);
    const struct epo_json *point = epo_json_get(cases->items[0], "point");
    assert_float_equal(point->items[0]->real, 13.38369896, 1e-6);
    assert_float_equal(point->items[1]->real, 49.74534800, 1e-6);
    west = (struct epo_point){point->items[0]->real, point->items[1]->real};
    point = epo_json_get(cases->items[9], "point");
    east = (struct epo_point){point->items[0]->real, point->items[1]->real};
    assert_int_equal(COUNT(.in_box = true, .west = west.x - 1e-6, .east = east.x + 1e-6,
                           .south = west.y - 0.01, .north = west.y + 0.01),
                     10);
    assert_int_equal(COUNT(.in_box = true, .office = EPO_SPAN("umo-4"), .west = west.x - 1e-6,
                           .east = east.x + 1e-6, .south = west.y - 0.01, .north = west.y + 0.01),
                     4);
    /* north of all of them; and where the metric system says nothing at all */
    assert_int_equal(COUNT(.in_box = true, .west = west.x - 1, .east = east.x + 1,
                           .south = west.y + 0.01, .north = west.y + 0.02),
                     0);
    assert_int_equal(COUNT(.in_box = true, .west = -100, .east = -90, .south = 0, .north = 10), 0);
}

static const struct epo_statement TAKE = {
    "test.take",
    "INSERT INTO assignments (tenant, number, account, at_us)\n"
    "SELECT c.tenant, c.number, a.id, 1 FROM cases AS c JOIN accounts AS a\n"
    "ON a.login = CASE WHEN c.office = 'umo-3' THEN 'klara' ELSE 'karel' END\n"
    "WHERE c.number % 10 < 3",
    NULL,
};
static const struct epo_statement CLOSE_ONE = {
    "test.close", "UPDATE cases SET state = 'accepted' WHERE number % 1000 = 2", NULL};

static void mine_and_nobodys_make_the_whole(void **state) {
    struct epo_json *states, *people, *page;
    struct epo_error error = {0};
    (void)state;
    tamper(&TAKE);
    tamper(&CLOSE_ONE);
    uint32_t mine = COUNT(.view = EPO_DESK_OF_PERSON, .person = epo_span(clerk.id),
                          .office = EPO_SPAN("umo-3"));
    assert_true(mine > 5);
    assert_int_equal(mine + COUNT(.view = EPO_DESK_UNASSIGNED, .office = EPO_SPAN("umo-3")), 40);
    assert_int_equal(COUNT(.view = EPO_DESK_OF_PERSON, .person = epo_span(clerk.id),
                           .office = EPO_SPAN("umo-3"), .open = true),
                     mine - 1);
    /* a colleague of another office is no way into its cases */
    assert_int_equal(COUNT(.view = EPO_DESK_OF_PERSON, .person = epo_span(other.id),
                           .office = EPO_SPAN("umo-3")),
                     0);
    const struct epo_json *cases = list(
        (struct epo_desk_filter){.view = EPO_DESK_OF_PERSON, .person = epo_span(clerk.id)}, &page);
    assert_true(epo_span_is(epo_json_get_text(cases->items[0], "assignee_id"), clerk.id));
    assert_true(epo_desk_states(&portal, db, pool, EPO_SPAN("umo-3"), &states, &error));
    assert_int_equal(states->count, 2);
    assert_int_equal(epo_json_get_integer(states->items[0], "count", 0), 1);
    assert_int_equal(epo_json_get_integer(states->items[1], "count", 0), 39);
    assert_int_equal(COUNT(.office = EPO_SPAN("umo-3"), .open = true), 39);
    assert_true(epo_desk_people(&portal, db, pool, EPO_SPAN("umo-4"), &people, &error));
    assert_int_equal(people->count, 1);
    assert_true(epo_span_is(epo_json_get_text(people->items[0], "id"), other.id));
    assert_true(epo_desk_closed(EPO_SPAN("accepted")));
    assert_false(epo_desk_closed(EPO_SPAN("")) || epo_desk_closed(EPO_SPAN("accepted approved")));
}

/* With 100 000 cases in one office each list walks a stretch of one index, and no more. */
static const struct epo_statement PLANS[] = {
    {"plan.group",
     "EXPLAIN QUERY PLAN SELECT c.number, COALESCE(c.due, '9999-12-31')\n" EPO_DESK_GROUP
     "ORDER BY c.number DESC LIMIT $13",
     NULL},
    {"plan.count", "EXPLAIN QUERY PLAN SELECT COUNT(*)\n" EPO_DESK_GROUP, NULL},
    {"plan.deep",
     "EXPLAIN QUERY PLAN SELECT c.number\n" EPO_DESK_GROUP EPO_DESK_DEEP
     "ORDER BY c.number DESC LIMIT $13",
     NULL},
    {"plan.person",
     "EXPLAIN QUERY PLAN SELECT c.number\n" EPO_DESK_PERSON "ORDER BY c.number DESC LIMIT $13",
     NULL},
};

static void lists_walk_an_index_and_sort_nothing(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof PLANS / sizeof *PLANS; i++) {
        struct epo_desk_filter filter = {.limit = 1};
        struct epo_desk_asked asked;
        struct epo_error error = {0};
        assert_true(epo_desk_ask(&portal, db, pool, &filter, &asked, &error));
        struct epo_rows *rows = epo_desk_query(db, &PLANS[i], &asked, &asked.groups[0], 1);
        const char *plan = "";
        while (epo_rows_next(rows))
            plan = epo_pool_printf(pool, "%s | %.*s", plan, EPO_ARG(epo_rows_text(rows, 3)));
        assert_true(epo_rows_end(rows, &error));
        if (strstr(plan, "SCAN") != NULL || strstr(plan, "TEMP B-TREE") != NULL)
            fail_msg("%s:%s", PLANS[i].name, plan);
        if (i < 2)
            assert_non_null(strstr(plan, "COVERING INDEX cases_desk"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_by_office_agenda_and_words),
        cmocka_unit_test(pages_show_each_case_once_in_each_order),
        cmocka_unit_test(days_bound_the_numbers),
        cmocka_unit_test(a_box_is_a_box_on_the_map),
        cmocka_unit_test(mine_and_nobodys_make_the_whole),
        cmocka_unit_test(lists_walk_an_index_and_sort_nothing),
    };
    return cmocka_run_group_tests(tests, file_many, tear_down);
}
