#include "portal/casework.h"

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/merging.h"
#include "portal/occupancy.h"

#define OWN_COLUMNS                                                                                \
    "SELECT c.number, c.agenda, c.form, c.title, c.place_text, c.state, c.district, c.office,\n"   \
    "    c.due, c.received_at_us, s.sender, COALESCE(r.agent_name, ''),\n"                         \
    "    COALESCE(r.sender_name, '')\n"                                                            \
    "FROM submissions AS s\n"                                                                      \
    "JOIN cases AS c ON c.tenant = s.tenant AND c.number = s.number\n"                             \
    "LEFT JOIN represented_filings AS r ON r.tenant = s.tenant AND r.number = s.number\n"
/* Mandates of $2, today $5; rights and principal follow. */
#define BY_MANDATE                                                                                 \
    "EXISTS (SELECT 1 FROM mandates AS m\n"                                                        \
    "    WHERE m.tenant = s.tenant AND m.holder = $2 AND m.holder <> ''\n"                         \
    "        AND m.principal = s.sender\n"                                                         \
    "        AND m.accepted_at_us IS NOT NULL AND m.ended_at_us IS NULL AND m.from_day <= $5\n"    \
    "        AND (m.until_day = '' OR m.until_day >= $5)\n"                                        \
    "        AND (m.all_agendas = 1 OR EXISTS (SELECT 1 FROM mandate_agendas AS g\n"               \
    "            WHERE g.tenant = m.tenant AND g.mandate = m.id AND g.agenda = s.agenda))\n"       \
    "        AND ((m.rights & 1) = 1 OR r.agent = $2))\n"

static const struct epo_statement OF_SENDER = {
    "case.of_sender",
    OWN_COLUMNS "WHERE s.tenant = $1 AND s.number < $3 AND ((s.sender = $2 AND s.sender <> '')\n"
                "    OR (s.number IN (SELECT number FROM represented_filings AS f\n"
                "            WHERE f.tenant = $1 AND f.agent = $2)\n"
                "        AND " BY_MANDATE "))\n"
                "ORDER BY s.number DESC LIMIT $4",
    NULL,
};
static const struct epo_statement OF_PRINCIPAL = {
    "case.of_principal",
    OWN_COLUMNS "WHERE s.tenant = $1 AND s.sender = $6 AND s.sender <> '' AND s.number < $3\n"
                "    AND " BY_MANDATE "ORDER BY s.number DESC LIMIT $4",
    NULL,
};

bool epo_casework_scope(const struct epo_viewer *viewer, struct epo_span *office) {
    *office = (struct epo_span){"", 0};
    if (epo_span_is(viewer->role, "admin"))
        return true;
    if (!epo_span_is(viewer->role, "clerk") || viewer->office.len == 0)
        return false;
    if (!epo_span_is(viewer->office, "*"))
        *office = viewer->office;
    return true;
}

bool epo_casework_allows(const struct epo_viewer *viewer, struct epo_span office) {
    struct epo_span scope;
    return epo_casework_scope(viewer, &scope) && (scope.len == 0 || epo_span_equal(scope, office));
}

static struct epo_json *read_case(struct epo_pool *pool, struct epo_rows *rows) {
    char text[EPO_TIME_SIZE], number[EPO_NUMBER_SIZE];
    static const char *const names[] = {"agenda", "form",     "title",  "place",
                                        "state",  "district", "office", "due"};
    struct epo_json *row = epo_json_object(pool);
    epo_number_write(epo_rows_integer(rows, 0), number);
    epo_json_set_string(pool, row, "number", number);
    for (int i = 0; i < 8; i++)
        epo_json_set_text(pool, row, names[i], epo_rows_text(rows, i + 1));
    int64_t received_at_us = epo_rows_integer(rows, 9);
    epo_json_set_string(pool, row, "receivedAt", epo_time_rfc3339(received_at_us, text));
    epo_json_set_integer(pool, row, "received_at_us", received_at_us);
    epo_json_set_text(pool, row, "sender", epo_rows_text(rows, 10));
    epo_json_set_text(pool, row, "agentName", epo_rows_text(rows, 11));
    epo_json_set_text(pool, row, "senderName", epo_rows_text(rows, 12));
    return row;
}

/* One row more than the page is asked for: whether there is a next page, and from where. */
static bool read_page(struct epo_pool *pool, struct epo_rows *rows, int limit,
                      struct epo_json **page, struct epo_error *error) {
    struct epo_json *cases = epo_json_array(pool);
    bool more = false;
    while (epo_rows_next(rows)) {
        if (cases->count == (uint32_t)limit) {
            more = true;
            break;
        }
        epo_json_push(pool, cases, read_case(pool, rows));
    }
    *page = epo_json_object(pool);
    epo_json_set(pool, *page, "cases", cases);
    if (more)
        epo_json_set_text(pool, *page, "next",
                          epo_json_get_text(cases->items[cases->count - 1], "number"));
    return epo_rows_end(rows, error);
}

bool epo_casework_of_sender(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            struct epo_span account, int64_t before, int limit,
                            struct epo_json **page, struct epo_error *error) {
    char today[EPO_TIME_SIZE];
    epo_date_iso(epo_clock_today(), today);
    struct epo_rows *rows = epo_db_query(db, &OF_SENDER,
                                         EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account),
                                                  EPO_INTEGER(before > 0 ? before : INT64_MAX),
                                                  EPO_INTEGER(limit + 1), EPO_STRING(today)));
    return read_page(pool, rows, limit, page, error);
}

bool epo_casework_of_principal(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                               struct epo_span viewer, struct epo_span principal, int64_t before,
                               int limit, struct epo_json **page, struct epo_error *error) {
    char today[EPO_TIME_SIZE];
    epo_date_iso(epo_clock_today(), today);
    struct epo_rows *rows =
        epo_db_query(db, &OF_PRINCIPAL,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(viewer),
                              EPO_INTEGER(before > 0 ? before : INT64_MAX), EPO_INTEGER(limit + 1),
                              EPO_STRING(today), EPO_TEXT(principal)));
    return read_page(pool, rows, limit, page, error);
}

/* ---- moving ---- */

static const struct epo_statement STATE = {
    "case.state",
    "SELECT state, office,\n"
    "    (SELECT COUNT(*) FROM case_events WHERE tenant = $1 AND number = $2),\n"
    "    due, answer_by, due_fixed, due_working, left_days\n"
    "FROM cases\n"
    "WHERE tenant = $1 AND number = $2",
    NULL,
};
static const struct epo_statement MOVE = {
    "case.move",
    "UPDATE cases SET state = $4, changed_at_us = $5, due = $6, answer_by = $7, due_working = $8,\n"
    "    left_days = $9\n"
    "WHERE tenant = $1 AND number = $2 AND state = $3",
    NULL,
};
static const struct epo_statement INSERT_EVENT = {
    "case.event",
    "INSERT INTO case_events (tenant, number, sequence, at_us, from_state, state, note, actor,\n"
    "    actor_name, office)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    NULL,
};
static const struct epo_statement INSERT_OUTBOX = {
    "outbox.moved",
    "INSERT INTO outbox (tenant, number, sequence, kind, at_us)\n"
    "VALUES ($1, $2, $3, 'case.moved', $4)",
    NULL,
};

static void read_deadline(struct epo_rows *rows, struct epo_deadline *deadline) {
    snprintf(deadline->due, sizeof deadline->due, "%.*s", EPO_ARG(epo_rows_text(rows, 3)));
    snprintf(deadline->answer_by, sizeof deadline->answer_by, "%.*s",
             EPO_ARG(epo_rows_text(rows, 4)));
    deadline->fixed = epo_rows_integer(rows, 5) != 0;
    deadline->working = epo_rows_integer(rows, 6) != 0;
    deadline->suspended = epo_rows_value(rows, 7).type == EPO_VALUE_INTEGER;
    deadline->left = (int)epo_rows_integer(rows, 7);
}

static bool set_state(struct epo_portal *portal, struct epo_db *db, const struct epo_move *move,
                      const struct epo_deadline *deadline, int64_t now, struct epo_error *error) {
    return epo_db_run(db, &MOVE,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(move->number),
                               EPO_TEXT(move->from), EPO_TEXT(move->to), EPO_INTEGER(now),
                               deadline->due[0] ? EPO_STRING(deadline->due) : EPO_NULL,
                               deadline->answer_by[0] ? EPO_STRING(deadline->answer_by) : EPO_NULL,
                               EPO_INTEGER(deadline->working),
                               deadline->suspended ? EPO_INTEGER(deadline->left) : EPO_NULL),
                      NULL, error);
}

/* The case as it stands inside this transaction: nobody can change it before the commit. */
static bool check_still(struct epo_portal *portal, struct epo_db *db, const struct epo_move *move,
                        char office[64], int64_t *events, struct epo_deadline *deadline,
                        struct epo_error *error) {
    bool found = false, still = false;
    struct epo_rows *rows =
        epo_db_query(db, &STATE, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(move->number)));
    if (epo_rows_next(rows)) {
        struct epo_span of = epo_rows_text(rows, 1);
        found = (move->office.len == 0 || epo_span_equal(move->office, of)) && of.len < 64;
        still = epo_span_equal(epo_rows_text(rows, 0), move->from);
        *events = epo_rows_integer(rows, 2);
        read_deadline(rows, deadline);
        if (found && of.len > 0)
            memcpy(office, of.at, of.len);
    }
    if (!epo_rows_end(rows, error))
        return false;
    if (!found)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "case.not_found",
                        "There is no such case in this office.");
    return still || epo_fail(error, EPO_ERROR_CONFLICT, "case.moved",
                             "Somebody has moved this case meanwhile: look at it again.");
}

static bool move_one(struct epo_portal *portal, struct epo_db *db, const struct epo_move *move,
                     struct epo_error *error) {
    char office[64] = "", number[EPO_NUMBER_SIZE];
    int64_t events = 0, now = epo_clock_now_us();
    struct epo_value tenant = EPO_STRING(portal->tenant), key = EPO_INTEGER(move->number);
    struct epo_deadline deadline = {0};
    if (!check_still(portal, db, move, office, &events, &deadline, error))
        return false;
    epo_deadline_enter(&deadline, &move->deadline, epo_clock_today());
    epo_number_write(move->number, number);
    struct epo_audit_entry entry = {.actor = move->actor,
                                    .action = EPO_SPAN("case.moved"),
                                    .object = epo_span(number),
                                    .detail = move->to,
                                    .at_us = now};
    return set_state(portal, db, move, &deadline, now, error) &&
           epo_db_run(db, &INSERT_EVENT,
                      EPO_BIND(tenant, key, EPO_INTEGER(events + 1), EPO_INTEGER(now),
                               EPO_TEXT(move->from), EPO_TEXT(move->to), EPO_TEXT(move->note),
                               EPO_TEXT(move->actor), EPO_TEXT(move->actor_name),
                               EPO_STRING(move->by_applicant ? "" : office)),
                      NULL, error) &&
           epo_db_run(db, &INSERT_OUTBOX,
                      EPO_BIND(tenant, key, EPO_INTEGER(events + 1), EPO_INTEGER(now)), NULL,
                      error) &&
           epo_occupancy_move(portal, db, move->number, move->to, error) &&
           epo_audit_append(portal, db, &entry, error);
}

/* Those that follow the case go with it, wherever they stand; what was said to its sender is not
 * said to theirs. */
static bool move_followers(struct epo_portal *portal, struct epo_db *db,
                           const struct epo_move *move, struct epo_error *error) {
    int64_t numbers[EPO_MERGED_MAX];
    size_t count;
    bool ok = epo_merging_followers(portal, db, move->number, numbers, &count, error);
    for (size_t i = 0; ok && i < count; i++) {
        struct epo_move follower = *move;
        char from[64] = "";
        struct epo_rows *rows =
            epo_db_query(db, &STATE, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(numbers[i])));
        if (epo_rows_next(rows))
            snprintf(from, sizeof from, "%.*s", EPO_ARG(epo_rows_text(rows, 0)));
        if (!epo_rows_end(rows, error))
            return false;
        follower.number = numbers[i];
        follower.from = epo_span(from);
        follower.note = follower.office = EPO_SPAN("");
        if (strcmp(from, "withdrawn") == 0) /* its sender has taken it back */
            continue;
        ok = epo_span_is(move->to, from) || move_one(portal, db, &follower, error);
    }
    return ok;
}

bool epo_casework_move(struct epo_portal *portal, struct epo_db *db, const struct epo_move *move,
                       struct epo_error *error) {
    int64_t lead;
    if (!epo_merging_lead(portal, db, move->number, &lead, error))
        return false;
    if (lead != 0 && !move->by_applicant)
        return epo_fail(error, EPO_ERROR_CONFLICT, "case.follows",
                        "This case follows another one and moves with it.");
    return move_one(portal, db, move, error) && move_followers(portal, db, move, error);
}

static const struct epo_statement QUEUE = {
    "case.queue",
    "SELECT\n"
    "    (SELECT COUNT(*) FROM cases WHERE tenant = $1 AND office = $2 AND state = 'received'),\n"
    "    (SELECT COUNT(*) FROM cases WHERE tenant = $1 AND office = $2 AND state = 'in_progress')",
    NULL,
};

bool epo_casework_queue(struct epo_portal *portal, struct epo_db *db, struct epo_span office,
                        struct epo_queue *queue, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &QUEUE, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(office)));
    *queue = (struct epo_queue){0};
    if (epo_rows_next(rows))
        *queue = (struct epo_queue){epo_rows_integer(rows, 0), epo_rows_integer(rows, 1)};
    return epo_rows_end(rows, error);
}
