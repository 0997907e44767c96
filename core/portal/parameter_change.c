#include "portal/parameter_change.h"

#include "base/clock.h"
#include "portal/audit.h"

static const struct epo_statement LIST = {
    "parameter_change.list",
    "SELECT c.version, c.district, c.name, c.value, c.reason_cs, c.reason_en, c.decree,\n"
    "    c.decree_day, c.decree_url, c.from_day, c.until_day, c.at_us, c.actor, c.actor_name,\n"
    "    w.at_us, w.actor_name\n"
    "FROM parameter_changes AS c\n"
    "LEFT JOIN parameter_withdrawals AS w ON w.tenant = c.tenant AND w.version = c.version\n"
    "WHERE c.tenant = $1 AND c.agenda = $2\n"
    "ORDER BY c.from_day DESC, c.version DESC LIMIT $3",
    NULL,
};
static const struct epo_statement ENDS = {
    "parameter_change.ends",
    "SELECT (SELECT coalesce(max(version), 0) FROM parameter_changes WHERE tenant = $1),\n"
    "    (SELECT coalesce(max(version), 0) FROM parameter_changes\n"
    "        WHERE tenant = $1 AND agenda = $2),\n"
    "    (SELECT count(*) FROM parameter_changes WHERE tenant = $1 AND agenda = $2)",
    NULL,
};
static const struct epo_statement INSERT = {
    "parameter_change.insert",
    "INSERT INTO parameter_changes (tenant, version, agenda, district, name, value, reason_cs,\n"
    "    reason_en, decree, decree_day, decree_url, from_day, until_day, at_us, actor, "
    "actor_name)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    NULL,
};
static const struct epo_statement BEGINS = {
    "parameter_change.begins",
    "SELECT c.from_day, w.version IS NOT NULL FROM parameter_changes AS c\n"
    "LEFT JOIN parameter_withdrawals AS w ON w.tenant = c.tenant AND w.version = c.version\n"
    "WHERE c.tenant = $1 AND c.agenda = $2 AND c.version = $3",
    NULL,
};
static const struct epo_statement WITHDRAW = {
    "parameter_change.withdraw",
    "INSERT INTO parameter_withdrawals (tenant, version, at_us, actor, actor_name)\n"
    "VALUES ($1, $2, $3, $4, $5)",
    NULL,
};

static struct epo_span text(struct epo_pool *pool, struct epo_rows *rows, int column) {
    return epo_pool_copy(pool, epo_rows_text(rows, column));
}

bool epo_parameter_changes(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                           const char *agenda, struct epo_parameter_change **changes, size_t *count,
                           struct epo_error *error) {
    struct epo_parameter_change *all = NULL;
    struct epo_rows *rows = epo_db_query(db, &LIST,
                                         EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda),
                                                  EPO_INTEGER(EPO_PARAMETER_CHANGES_MAX)));
    *count = 0;
    while (epo_rows_next(rows)) {
        if (all == NULL)
            all = EPO_NEW_ARRAY(pool, struct epo_parameter_change, EPO_PARAMETER_CHANGES_MAX);
        all[(*count)++] = (struct epo_parameter_change){
            .version = epo_rows_integer(rows, 0),
            .agenda = epo_span(agenda),
            .district = text(pool, rows, 1),
            .name = text(pool, rows, 2),
            .value = text(pool, rows, 3),
            .reason_cs = text(pool, rows, 4),
            .reason_en = text(pool, rows, 5),
            .decree = text(pool, rows, 6),
            .decree_day = text(pool, rows, 7),
            .decree_url = text(pool, rows, 8),
            .from_day = text(pool, rows, 9),
            .until_day = text(pool, rows, 10),
            .at_us = epo_rows_integer(rows, 11),
            .actor = text(pool, rows, 12),
            .actor_name = text(pool, rows, 13),
            .withdrawn_at_us = epo_rows_integer(rows, 14),
            .withdrawn_name = text(pool, rows, 15),
        };
    }
    *changes = all;
    return epo_rows_end(rows, error);
}

bool epo_parameter_change_put(struct epo_portal *portal, struct epo_db *db,
                              struct epo_parameter_change *change, int64_t seen,
                              struct epo_error *error) {
    int64_t last = 0, latest = 0, count = 0;
    char object[200], detail[32];
    struct epo_rows *rows =
        epo_db_query(db, &ENDS, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(change->agenda)));
    if (epo_rows_next(rows)) {
        last = epo_rows_integer(rows, 0);
        latest = epo_rows_integer(rows, 1);
        count = epo_rows_integer(rows, 2);
    }
    if (!epo_rows_end(rows, error))
        return false;
    if (latest != seen)
        return epo_fail(error, EPO_ERROR_CONFLICT, "parameter.changed",
                        "Another value of this agenda was set meanwhile.");
    if (count >= EPO_PARAMETER_CHANGES_MAX)
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "parameter.many",
                        "An agenda keeps at most %d values that were set.",
                        EPO_PARAMETER_CHANGES_MAX);
    change->version = last + 1;
    change->at_us = epo_clock_now_us();
    snprintf(object, sizeof object, "%.*s/%.*s", EPO_ARG(change->agenda), EPO_ARG(change->name));
    snprintf(detail, sizeof detail, "%lld %.*s", (long long)change->version,
             EPO_ARG(change->from_day));
    return epo_db_run(db, &INSERT,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(change->version),
                               EPO_TEXT(change->agenda), EPO_TEXT(change->district),
                               EPO_TEXT(change->name), EPO_TEXT(change->value),
                               EPO_TEXT(change->reason_cs), EPO_TEXT(change->reason_en),
                               EPO_TEXT(change->decree), EPO_TEXT(change->decree_day),
                               EPO_TEXT(change->decree_url), EPO_TEXT(change->from_day),
                               EPO_TEXT(change->until_day), EPO_INTEGER(change->at_us),
                               EPO_TEXT(change->actor), EPO_TEXT(change->actor_name)),
                      NULL, error) &&
           epo_audit_note(portal, db, change->actor, "parameter.set", epo_span(object),
                          epo_span(detail), error);
}

bool epo_parameter_change_withdraw(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                                   int64_t version, const char *today, struct epo_span actor,
                                   struct epo_span actor_name, struct epo_error *error) {
    bool there = false, later = false, gone = false;
    char detail[32];
    struct epo_rows *rows = epo_db_query(
        db, &BEGINS,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda), EPO_INTEGER(version)));
    if (epo_rows_next(rows)) {
        struct epo_span from = epo_rows_text(rows, 0);
        there = true;
        later = from.len == 10 && memcmp(from.at, today, 10) > 0; /* ISO days are in order */
        gone = epo_rows_integer(rows, 1) != 0;
    }
    if (!epo_rows_end(rows, error))
        return false;
    if (!there)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "parameter.none",
                        "No such value was set in this agenda.");
    if (gone) /* pressed twice */
        return true;
    if (!later)
        return epo_fail(error, EPO_ERROR_CONFLICT, "parameter.in_force",
                        "The value is in force already: set another one from a day on.");
    snprintf(detail, sizeof detail, "%lld", (long long)version);
    return epo_db_run(db, &WITHDRAW,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(version),
                               EPO_INTEGER(epo_clock_now_us()), EPO_TEXT(actor),
                               EPO_TEXT(actor_name)),
                      NULL, error) &&
           epo_audit_note(portal, db, actor, "parameter.withdrawn", epo_span(agenda),
                          epo_span(detail), error);
}
