#include "portal/retention.h"

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/published.h"
#include "portal/receipt.h"

#define CASES                                                                                      \
    "SELECT c.number, c.form, c.state, c.title, c.received_at_us, c.changed_at_us,\n"              \
    "    COALESCE((SELECT k.answers FROM case_completions AS k\n"                                  \
    "        WHERE k.tenant = c.tenant AND k.number = c.number AND k.answers IS NOT NULL\n"        \
    "        ORDER BY k.sequence DESC LIMIT 1), s.answers)\n"                                      \
    "FROM cases AS c\n"                                                                            \
    "JOIN submissions AS s ON s.tenant = c.tenant AND s.number = c.number\n"                       \
    "WHERE c.tenant = $1 AND c.agenda = $2 AND c.number > $3 AND "
#define NOT_YET                                                                                    \
    " < $4\n"                                                                                      \
    "    AND NOT EXISTS (SELECT 1 FROM retained AS r\n"                                            \
    "        WHERE r.tenant = c.tenant AND r.number = c.number)\n"                                 \
    "ORDER BY c.number LIMIT $5"
static const struct epo_statement RECEIVED = {"retention.received",
                                              CASES "c.received_at_us" NOT_YET, NULL};
static const struct epo_statement DECIDED = {"retention.decided", CASES "c.changed_at_us" NOT_YET,
                                             NULL};
static const struct epo_statement STILL = {
    "retention.still",
    "SELECT 1 FROM cases WHERE tenant = $1 AND number = $2 AND state = $3 AND changed_at_us = $4",
    NULL,
};
static const struct epo_statement RECORD = {
    "retention.record",
    "INSERT INTO retained (tenant, number, at_us, then_what, rule) VALUES ($1, $2, $3, $4, $5)",
    NULL,
};
static const struct epo_statement EMPTY_SUBMISSION = {
    "retention.submission",
    "UPDATE submissions SET answers = $3, facts = '{}', computed = '{}', parameters = '{}',\n"
    "    place_field = '', sender = '', idempotency = NULL\n"
    "WHERE tenant = $1 AND number = $2",
    NULL,
};
static const struct epo_statement EMPTY_CASE = {
    "retention.case",
    "UPDATE cases SET place_text = '', search = $3 WHERE tenant = $1 AND number = $2",
    NULL,
};
static const struct epo_statement FILES = {
    "retention.files",
    "DELETE FROM attachments\n"
    "WHERE tenant = $1 AND owner <> '' AND (owner LIKE '%/' || $2 OR owner LIKE '%/' || $2 || "
    "'/%')",
    NULL,
};
static const struct epo_statement COUNT = {
    "retention.count",
    "SELECT count(*) FROM retained AS r\n"
    "JOIN submissions AS s ON s.tenant = r.tenant AND s.number = r.number\n"
    "WHERE r.tenant = $1 AND s.agenda = $2",
    NULL,
};

/* Of tenant $1 and number $2: what goes with places and words. */
static const struct epo_statement EMPTYING[] = {
    {"retention.box",
     "DELETE FROM occupancy_box WHERE id IN\n"
     "    (SELECT id FROM occupancy WHERE tenant = $1 AND number = $2)",
     NULL},
    {"retention.occupancy", "DELETE FROM occupancy WHERE tenant = $1 AND number = $2", NULL},
    {"retention.evidence", "DELETE FROM evidence WHERE tenant = $1 AND number = $2", NULL},
    {"retention.locations", "DELETE FROM locations WHERE tenant = $1 AND number = $2", NULL},
    {"retention.outbox", "DELETE FROM outbox WHERE tenant = $1 AND number = $2", NULL},
    {"retention.assignments", "DELETE FROM assignments WHERE tenant = $1 AND number = $2", NULL},
    {"retention.handovers", "UPDATE handovers SET note = '' WHERE tenant = $1 AND number = $2",
     NULL},
    {"retention.events",
     "UPDATE case_events SET note = '', actor_name = '' WHERE tenant = $1 AND number = $2", NULL},
    {"retention.decisions", "DELETE FROM case_decisions WHERE tenant = $1 AND number = $2", NULL},
    {"retention.person", "DELETE FROM case_persons WHERE tenant = $1 AND number = $2", NULL},
    {"retention.agent", "DELETE FROM represented_filings WHERE tenant = $1 AND number = $2", NULL},
    {"retention.completions", "DELETE FROM case_completions WHERE tenant = $1 AND number = $2",
     NULL},
    {"retention.messages",
     "UPDATE case_messages SET text = '', actor = '', actor_name = ''\n"
     "WHERE tenant = $1 AND number = $2",
     NULL},
};
static const struct epo_statement REMOVING[] = {
    {"retention.no_handovers", "DELETE FROM handovers WHERE tenant = $1 AND number = $2", NULL},
    {"retention.no_events", "DELETE FROM case_events WHERE tenant = $1 AND number = $2", NULL},
    {"retention.no_messages", "DELETE FROM case_messages WHERE tenant = $1 AND number = $2", NULL},
    {"retention.no_lead", "DELETE FROM merged WHERE tenant = $1 AND (number = $2 OR lead = $2)",
     NULL},
    {"retention.no_case", "DELETE FROM cases WHERE tenant = $1 AND number = $2", NULL},
};

bool epo_retention_cases(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         const char *agenda, bool decided, int64_t before_us, int64_t after,
                         struct epo_retention_case *cases, size_t room, size_t *count,
                         struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, decided ? &DECIDED : &RECEIVED,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda), EPO_INTEGER(after),
                              EPO_INTEGER(before_us), EPO_INTEGER((int64_t)room)));
    *count = 0;
    while (*count < room && epo_rows_next(rows))
        cases[(*count)++] =
            (struct epo_retention_case){.number = epo_rows_integer(rows, 0),
                                        .form = epo_pool_copy(pool, epo_rows_text(rows, 1)),
                                        .state = epo_pool_copy(pool, epo_rows_text(rows, 2)),
                                        .title = epo_pool_copy(pool, epo_rows_text(rows, 3)),
                                        .received_at_us = epo_rows_integer(rows, 4),
                                        .changed_at_us = epo_rows_integer(rows, 5),
                                        .answers = epo_pool_copy(pool, epo_rows_text(rows, 6))};
    return epo_rows_end(rows, error);
}

static bool run_all(struct epo_portal *portal, struct epo_db *db, int64_t number,
                    const struct epo_statement *statements, size_t count, struct epo_error *error) {
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = epo_db_run(db, &statements[i],
                        EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number)), NULL, error);
    return ok;
}

static bool record(struct epo_portal *portal, struct epo_db *db,
                   const struct epo_retention_end *end, const char *number,
                   struct epo_error *error) {
    struct epo_audit_entry entry = {.actor = end->actor,
                                    .action = end->remove ? EPO_SPAN("retention.removed")
                                                          : EPO_SPAN("retention.anonymised"),
                                    .object = epo_span(number),
                                    .detail = end->codes,
                                    .at_us = epo_clock_now_us()};
    return epo_db_run(db, &RECORD,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(end->of->number),
                               EPO_INTEGER(entry.at_us),
                               EPO_STRING(end->remove ? "removed" : "anonymised"),
                               EPO_TEXT(end->rule)),
                      NULL, error) &&
           epo_audit_append(portal, db, &entry, error);
}

static bool empty(struct epo_portal *portal, struct epo_db *db, const struct epo_retention_end *end,
                  const char *number, struct epo_error *error) {
    struct epo_value tenant = EPO_STRING(portal->tenant), key = EPO_INTEGER(end->of->number);
    struct epo_pool *pool = epo_pool_create();
    bool ok =
        epo_published_set(portal, db, end->of->number, NULL, error) &&
        epo_db_run(db, &FILES, EPO_BIND(tenant, EPO_STRING(number)), NULL, error) &&
        run_all(portal, db, end->of->number, EMPTYING, sizeof EMPTYING / sizeof *EMPTYING, error) &&
        epo_db_run(db, &EMPTY_SUBMISSION, EPO_BIND(tenant, key, EPO_TEXT(end->answers)), NULL,
                   error) &&
        epo_db_run(db, &EMPTY_CASE,
                   EPO_BIND(tenant, key, EPO_TEXT(epo_text_fold(pool, end->of->title))), NULL,
                   error);
    epo_pool_free(pool);
    return ok;
}

bool epo_retention_apply(struct epo_portal *portal, struct epo_db *db,
                         struct epo_retention_end *end, struct epo_error *error) {
    char number[EPO_NUMBER_SIZE];
    struct epo_rows *rows =
        epo_db_query(db, &STILL,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(end->of->number),
                              EPO_TEXT(end->of->state), EPO_INTEGER(end->of->changed_at_us)));
    end->done = epo_rows_next(rows);
    if (!epo_rows_end(rows, error))
        return false;
    epo_number_write(end->of->number, number);
    return !end->done || (empty(portal, db, end, number, error) &&
                          (!end->remove || run_all(portal, db, end->of->number, REMOVING,
                                                   sizeof REMOVING / sizeof *REMOVING, error)) &&
                          record(portal, db, end, number, error));
}

bool epo_retention_count(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                         int64_t *count, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &COUNT, EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda)));
    *count = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    return epo_rows_end(rows, error);
}
