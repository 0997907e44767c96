#include "portal/handover.h"

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/desk.h"
#include "portal/receipt.h"

enum { TRAIL_SHOWN = 50 };

static const struct epo_statement CASE = {
    "handover.case",
    "SELECT c.office, c.state, a.account,\n"
    "    (SELECT COUNT(*) FROM handovers AS h WHERE h.tenant = $1 AND h.number = $2)\n"
    "FROM cases AS c\n"
    "LEFT JOIN assignments AS a ON a.tenant = c.tenant AND a.number = c.number\n"
    "WHERE c.tenant = $1 AND c.number = $2",
    NULL,
};
static const struct epo_statement PERSON = {
    "handover.person",
    "SELECT 1 FROM accounts\n"
    "WHERE tenant = $1 AND id = $2 AND disabled = 0\n"
    "    AND (role = 'admin' OR (role = 'clerk' AND office IN ($3, '*')))",
    NULL,
};
static const struct epo_statement OFFICE = {
    "handover.office",
    "UPDATE cases SET office = $3, changed_at_us = $4 WHERE tenant = $1 AND number = $2",
    NULL,
};
static const struct epo_statement ASSIGN = {
    "handover.assign",
    "INSERT INTO assignments (tenant, number, account, at_us) VALUES ($1, $2, $3, $4)\n"
    "ON CONFLICT (tenant, number) DO UPDATE SET account = excluded.account, at_us = excluded.at_us",
    NULL,
};
static const struct epo_statement LEAVE = {
    "handover.leave",
    "DELETE FROM assignments WHERE tenant = $1 AND number = $2",
    NULL,
};
static const struct epo_statement TRAIL = {
    "handover.trail",
    "INSERT INTO handovers (tenant, number, sequence, at_us, actor, to_account, from_office,\n"
    "    to_office, note)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    NULL,
};

struct standing { /* the case as it stands inside this transaction */
    char office[64], account[64];
    bool found, closed;
    int64_t steps;
};

static bool read_standing(struct epo_portal *portal, struct epo_db *db,
                          const struct epo_handover *handover, struct standing *now,
                          struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &CASE, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(handover->number)));
    *now = (struct standing){.found = false};
    if (epo_rows_next(rows)) {
        struct epo_span office = epo_rows_text(rows, 0), account = epo_rows_text(rows, 2);
        now->found = handover->scope.len == 0 || epo_span_equal(handover->scope, office);
        now->closed = epo_desk_closed(epo_rows_text(rows, 1));
        now->steps = epo_rows_integer(rows, 3);
        snprintf(now->office, sizeof now->office, "%.*s", EPO_ARG(office));
        snprintf(now->account, sizeof now->account, "%.*s", EPO_ARG(account));
    }
    return epo_rows_end(rows, error);
}

static bool may_have(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                     const char *office, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &PERSON, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_STRING(office)));
    bool good = epo_rows_next(rows);
    if (!epo_rows_end(rows, error))
        return false;
    return good || epo_fail(error, EPO_ERROR_BAD_INPUT, "handover.person",
                            "This account may not handle cases of that office.");
}

static bool check(const struct epo_handover *handover, const struct standing *now,
                  struct epo_span to, const char *office, struct epo_error *error) {
    if (!now->found)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "case.not_found",
                        "There is no such case in this office.");
    if (now->closed)
        return epo_fail(error, EPO_ERROR_CONFLICT, "handover.closed", "This case is closed.");
    if (epo_span_is(to, now->account) && strcmp(office, now->office) == 0)
        return epo_fail(error, EPO_ERROR_CONFLICT, "handover.same",
                        "The case is there already: nothing would change.");
    if (handover->take && now->account[0] != '\0')
        return epo_fail(error, EPO_ERROR_CONFLICT, "handover.taken",
                        "A colleague has this case: it must be passed on.");
    return true;
}

bool epo_handover_run(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_handover *handover, struct epo_error *error) {
    char number[EPO_NUMBER_SIZE], office[64];
    int64_t at_us = epo_clock_now_us();
    struct standing now;
    struct epo_span to = handover->take ? handover->actor : handover->to_account;
    struct epo_value tenant = EPO_STRING(portal->tenant), key = EPO_INTEGER(handover->number);
    if (!read_standing(portal, db, handover, &now, error))
        return false;
    snprintf(office, sizeof office, "%.*s",
             EPO_ARG(handover->to_office.len > 0 ? handover->to_office : epo_span(now.office)));
    if (!check(handover, &now, to, office, error) ||
        (to.len > 0 && !may_have(portal, db, to, office, error)))
        return false;
    epo_number_write(handover->number, number);
    struct epo_audit_entry entry = {.actor = handover->actor,
                                    .action = handover->take ? EPO_SPAN("case.taken")
                                                             : EPO_SPAN("case.passed"),
                                    .object = epo_span(number),
                                    .detail = to.len > 0 ? to : epo_span(office),
                                    .at_us = at_us};
    bool moves = strcmp(office, now.office) != 0;
    return (!moves ||
            epo_db_run(db, &OFFICE, EPO_BIND(tenant, key, EPO_STRING(office), EPO_INTEGER(at_us)),
                       NULL, error)) &&
           epo_db_run(db, to.len > 0 ? &ASSIGN : &LEAVE,
                      EPO_BIND(tenant, key, EPO_TEXT(to), EPO_INTEGER(at_us)), NULL, error) &&
           epo_db_run(db, &TRAIL,
                      EPO_BIND(tenant, key, EPO_INTEGER(now.steps + 1), EPO_INTEGER(at_us),
                               EPO_TEXT(handover->actor), EPO_TEXT(to), EPO_STRING(now.office),
                               EPO_STRING(office), EPO_TEXT(handover->note)),
                      NULL, error) &&
           epo_audit_append(portal, db, &entry, error);
}

/* ---- reading ---- */

static const struct epo_statement ASSIGNEE = {
    "handover.assignee",
    "SELECT a.account, p.name FROM assignments AS a\n"
    "JOIN accounts AS p ON p.tenant = a.tenant AND p.id = a.account\n"
    "WHERE a.tenant = $1 AND a.number = $2",
    NULL,
};
static const struct epo_statement STEPS = {
    "handover.steps",
    "SELECT h.at_us, b.name, t.name, h.from_office, h.to_office, h.note FROM handovers AS h\n"
    "LEFT JOIN accounts AS b ON b.tenant = h.tenant AND b.id = h.actor\n"
    "LEFT JOIN accounts AS t ON t.tenant = h.tenant AND t.id = h.to_account\n"
    "WHERE h.tenant = $1 AND h.number = $2\n"
    "ORDER BY h.sequence DESC LIMIT $3",
    NULL,
};

bool epo_handover_read(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       int64_t number, struct epo_json **found, struct epo_error *error) {
    static const char *const NAMES[] = {"by", "to", "from_office", "to_office", "note"};
    struct epo_value tenant = EPO_STRING(portal->tenant), key = EPO_INTEGER(number);
    struct epo_json *all = *found = epo_json_object(pool);
    struct epo_json *trail = epo_json_set(pool, all, "trail", epo_json_array(pool));
    struct epo_rows *rows = epo_db_query(db, &ASSIGNEE, EPO_BIND(tenant, key));
    bool taken = epo_rows_next(rows);
    epo_json_set_text(pool, all, "assignee_id", taken ? epo_rows_text(rows, 0) : EPO_SPAN(""));
    epo_json_set_text(pool, all, "assignee", taken ? epo_rows_text(rows, 1) : EPO_SPAN(""));
    if (!epo_rows_end(rows, error))
        return false;
    rows = epo_db_query(db, &STEPS, EPO_BIND(tenant, key, EPO_INTEGER(TRAIL_SHOWN)));
    while (epo_rows_next(rows)) {
        struct epo_json *step = epo_json_object(pool);
        epo_json_set_integer(pool, step, "at_us", epo_rows_integer(rows, 0));
        for (int i = 0; i < 5; i++)
            epo_json_set_text(pool, step, NAMES[i], epo_rows_text(rows, i + 1));
        epo_json_push(pool, trail, step);
    }
    return epo_rows_end(rows, error);
}
