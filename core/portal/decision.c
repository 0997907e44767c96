#include "portal/decision.h"

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/receipt.h"

static const struct epo_statement COUNT = {
    "decision.count",
    "SELECT COUNT(*) FROM case_decisions WHERE tenant = $1 AND number = $2",
    NULL,
};
static const struct epo_statement INSERT = {
    "decision.insert",
    "INSERT INTO case_decisions (tenant, number, sequence, document, title, file, sha256,\n"
    "    appeal_days, issued_at_us, actor, actor_name, office)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    NULL,
};
static const struct epo_statement LIST = {
    "decision.list",
    "SELECT sequence, document, title, file, sha256, appeal_days, issued_at_us, actor_name, "
    "office\n"
    "FROM case_decisions\n"
    "WHERE tenant = $1 AND number = $2\n"
    "ORDER BY sequence",
    NULL,
};

void epo_decision_owner(int64_t number, int64_t sequence, char out[EPO_DECISION_OWNER_SIZE]) {
    char text[EPO_NUMBER_SIZE];
    epo_number_write(number, text);
    snprintf(out, EPO_DECISION_OWNER_SIZE, "decision/%s/%lld", text, (long long)sequence);
}

static bool check_sequence(struct epo_portal *portal, struct epo_db *db,
                           const struct epo_decision *decision, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &COUNT, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(decision->number)));
    int64_t count = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    if (!epo_rows_end(rows, error))
        return false;
    if (count >= EPO_DECISIONS_MAX)
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "decision.many",
                        "The case has %d decisions: no more are taken.", EPO_DECISIONS_MAX);
    return count + 1 == decision->sequence ||
           epo_fail(error, EPO_ERROR_CONFLICT, "decision.taken",
                    "Somebody issued a decision about this case meanwhile: look at it again.");
}

bool epo_decision_issue(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_decision *decision, struct epo_error *error) {
    char owner[EPO_DECISION_OWNER_SIZE], number[EPO_NUMBER_SIZE];
    int64_t now = epo_clock_now_us();
    epo_decision_owner(decision->number, decision->sequence, owner);
    epo_number_write(decision->number, number);
    struct epo_audit_entry entry = {.actor = decision->actor,
                                    .action = EPO_SPAN("decision.issued"),
                                    .object = epo_span(number),
                                    .detail = epo_span(decision->file.sha256),
                                    .at_us = now};
    return check_sequence(portal, db, decision, error) &&
           epo_attachment_put(portal, db, &decision->file, epo_span(owner), error) &&
           epo_db_run(db, &INSERT,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(decision->number),
                               EPO_INTEGER(decision->sequence), EPO_TEXT(decision->document),
                               EPO_TEXT(decision->title), EPO_STRING(decision->file.id),
                               EPO_STRING(decision->file.sha256),
                               EPO_INTEGER(decision->appeal_days), EPO_INTEGER(now),
                               EPO_TEXT(decision->actor), EPO_TEXT(decision->actor_name),
                               EPO_TEXT(decision->office)),
                      NULL, error) &&
           epo_audit_append(portal, db, &entry, error);
}

bool epo_decision_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       int64_t number, struct epo_json **list, struct epo_error *error) {
    static const char *const TEXTS[] = {"document", "title", "file", "sha256"};
    char at[EPO_TIME_SIZE];
    struct epo_rows *rows =
        epo_db_query(db, &LIST, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number)));
    *list = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_integer(pool, row, "sequence", epo_rows_integer(rows, 0));
        for (int i = 0; i < 4; i++)
            epo_json_set_text(pool, row, TEXTS[i], epo_rows_text(rows, i + 1));
        epo_json_set_integer(pool, row, "appealDays", epo_rows_integer(rows, 5));
        epo_json_set_string(pool, row, "at", epo_time_rfc3339(epo_rows_integer(rows, 6), at));
        epo_json_set_integer(pool, row, "at_us", epo_rows_integer(rows, 6));
        epo_json_set_text(pool, row, "actor", epo_rows_text(rows, 7));
        epo_json_set_text(pool, row, "office", epo_rows_text(rows, 8));
        epo_json_push(pool, *list, row);
    }
    return epo_rows_end(rows, error);
}
