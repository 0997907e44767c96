#include "portal/person.h"

#include "base/clock.h"
#include "portal/audit.h"

/* A number as it stands in the audit trail and in owners of files. */
#define NUMBER_TEXT(n) "(" n " / 1000000000) || '-' || printf('%06d', " n " % 1000000000)"
#define OF_SENDER                                                                                  \
    "JOIN submissions AS s ON s.tenant = t.tenant AND s.number = t.number AND s.sender = $2\n"     \
    "WHERE t.tenant = $1 ORDER BY t.number DESC, t.sequence LIMIT $3"

/* Without figures the planner walks all records by their key. */
#define OWN_RECORDS(hint)                                                                          \
    "SELECT r.agenda, r.key, r.kind, r.data AS json_data, r.place AS json_place, r.from_day,\n"    \
    "    r.until_day\n"                                                                            \
    "FROM person_links AS l\n"                                                                     \
    "JOIN records AS r " hint "ON r.tenant = l.tenant AND r.agenda = l.agenda\n"                   \
    "    AND r.person = l.person AND r.person <> ''\n"                                             \
    "WHERE l.tenant = $1 AND l.account = $2 AND l.ended_at_us IS NULL\n"                           \
    "ORDER BY r.agenda, r.key LIMIT $3"

/* Parts of an export. A column "…_at_us" is a time, "json_…" JSON, others are what they are. */
static const struct part {
    const char *name;
    struct epo_statement rows; /* tenant $1, account $2, rows at most $3 */
} PARTS[] = {
    {"identity",
     {"person.identity",
      "SELECT given_name, family_name, birth_date, address, asked_at_us, verified_at_us, until_us\n"
      "    AS until_at_us, office, document, document_last, ended\n"
      "FROM identities WHERE tenant = $1 AND account = $2 LIMIT $3",
      NULL}},
    {"numbers",
     {"person.numbers",
      "SELECT agenda, person, how, at_us, ended_at_us FROM person_links\n"
      "WHERE tenant = $1 AND account = $2 ORDER BY agenda, at_us LIMIT $3",
      NULL}},
    {"records", {"person.records", OWN_RECORDS("INDEXED BY records_person "), OWN_RECORDS("")}},
    {"ledger",
     {"person.ledger",
      "SELECT e.agenda, e.id, e.kind, e.record, e.period, e.day, e.due, e.haler, e.reference,\n"
      "    e.explain AS json_explain, e.reverses\n"
      "FROM person_links AS l\n"
      "JOIN ledger_entries AS e ON e.tenant = l.tenant AND e.agenda = l.agenda\n"
      "    AND e.person = l.person\n"
      "WHERE l.tenant = $1 AND l.account = $2 AND l.ended_at_us IS NULL\n"
      "ORDER BY e.agenda, e.day DESC, e.id DESC LIMIT $3",
      NULL}},
    {"sessions",
     {"person.sessions",
      "SELECT created_at_us, seen_at_us, expires_at_us, about FROM sessions\n"
      "WHERE tenant = $1 AND account = $2 ORDER BY created_at_us DESC LIMIT $3",
      NULL}},
    {"contact",
     {"person.contact",
      "SELECT phone, address, changed_at_us FROM contacts\n"
      "WHERE tenant = $1 AND account = $2 LIMIT $3",
      NULL}},
    {"factors",
     {"person.factors",
      "SELECT 'totp' AS kind, '' AS name, made_at_us, used_at_us FROM totps\n"
      "WHERE tenant = $1 AND account = $2\n"
      "UNION ALL SELECT 'passkey', name, made_at_us, used_at_us FROM passkeys\n"
      "WHERE tenant = $1 AND account = $2 LIMIT $3",
      NULL}},
    {"submissions",
     {"person.submissions",
      "SELECT " NUMBER_TEXT(
          "s.number") " AS number, s.agenda, s.form, s.form_version, s.lang,\n"
                      "    s.received_at_us, s.receipt, s.answers AS json_answers, s.facts AS "
                      "json_facts,\n"
                      "    s.computed AS json_values, s.parameters AS json_parameters, c.title, "
                      "c.place_text,\n"
                      "    c.state, c.district, c.office, c.due, c.changed_at_us\n"
                      "FROM submissions AS s\n"
                      "JOIN cases AS c ON c.tenant = s.tenant AND c.number = s.number\n"
                      "WHERE s.tenant = $1 AND s.sender = $2 ORDER BY s.number DESC LIMIT $3",
      NULL}},
    {"history",
     {"person.history",
      "SELECT " NUMBER_TEXT("t.number") " AS number, t.at_us AS at_us, t.from_state, t.state,\n"
                                        "    t.note, t.office FROM case_events AS t\n" OF_SENDER,
      NULL}},
    {"messages",
     {"person.messages",
      "SELECT " NUMBER_TEXT("t.number") " AS number, t.at_us AS at_us, t.office, t.text\n"
                                        "FROM case_messages AS t\n" OF_SENDER,
      NULL}},
    {"completions",
     {"person.completions",
      "SELECT " NUMBER_TEXT("t.number") " AS number, t.asked_at_us, t.asked AS json_asked,\n"
                                        "    t.answered_at_us, t.changes AS json_changes FROM "
                                        "case_completions AS t\n" OF_SENDER,
      NULL}},
    {"decisions",
     {"person.decisions",
      "SELECT " NUMBER_TEXT(
          "t.number") " AS number, t.document AS reference, t.title, t.issued_at_us,\n"
                      "    t.office, t.appeal_days, t.sha256\n"
                      "FROM case_decisions AS t\n" OF_SENDER,
      NULL}},
    {"files", /* "<of>/<number>", and those below it: '/' comes before all digits */
     {"person.files",
      "SELECT " NUMBER_TEXT(
          "s.number") " AS number, k.column1 AS of, a.name, a.type, a.bytes, a.sha256,\n"
                      "    a.made_at_us\n"
                      "FROM submissions AS s\n"
                      "JOIN (VALUES ('submission'), ('message'), ('decision')) AS k\n"
                      "JOIN attachments AS a ON a.tenant = s.tenant AND a.owner <> ''\n"
                      "    AND a.owner BETWEEN k.column1 || '/' || " NUMBER_TEXT(
                          "s.number") "\n"
                                      "    AND k.column1 || '/' || " NUMBER_TEXT(
                                          "s.number") " || '/~'\n"
                                                      "WHERE s.tenant = $1 AND s.sender = $2\n"
                                                      "ORDER BY s.number DESC, a.made_at_us LIMIT "
                                                      "$3",
      NULL}},
    {"drafts",
     {"person.drafts",
      "SELECT agenda, form, form_version, lang, created_at_us, changed_at_us,\n"
      "    answers AS json_answers FROM drafts\n"
      "WHERE tenant = $1 AND owner = $2 ORDER BY changed_at_us DESC LIMIT $3",
      NULL}},
};

/* More parts, of whom one acts for and who acts for one. */
static const struct part MANDATES[] = {
    {"mandates",
     {"person.mandates",
      "SELECT origin, CASE WHEN principal = $2 THEN 'principal' ELSE 'holder' END AS side,\n"
      "    offered_to, rights, all_agendas, from_day, until_day, made_at_us, office, document,\n"
      "    accepted_at_us, ended_at_us, ended_reason FROM mandates\n"
      "WHERE tenant = $1 AND (principal = $2 OR holder = $2) ORDER BY made_at_us DESC LIMIT $3",
      NULL}},
    {"businesses",
     {"person.businesses",
      "SELECT kind, number, name, seat, data_box, asked_at_us, outcome, reason, decided_at_us,\n"
      "    office FROM business_claims\n"
      "WHERE tenant = $1 AND account = $2 ORDER BY asked_at_us DESC LIMIT $3",
      NULL}},
    {"sent_for_others",
     {"person.sent_for",
      "SELECT " NUMBER_TEXT("number") " AS number, sender_name FROM represented_filings\n"
                                      "WHERE tenant = $1 AND agent = $2 ORDER BY number DESC "
                                      "LIMIT $3",
      NULL}},
};

static const struct epo_statement ACCOUNT = {
    "person.account",
    "SELECT id, login, name, role, office, disabled, verified_at_us, created_at_us FROM accounts\n"
    "WHERE tenant = $1 AND id = $2",
    NULL,
};
#define AUDIT                                                                                      \
    "SELECT a.sequence, a.at_us, a.action, a.object, a.actor, p.name, p.role, p.office\n"          \
    "FROM audit AS a\n"                                                                            \
    "LEFT JOIN accounts AS p ON p.tenant = a.tenant AND p.id = a.actor\n"                          \
    "WHERE a.tenant = $1 AND a.sequence < $3 AND "
static const struct epo_statement AUDIT_OF_ONE = {
    "person.audit_of_one", AUDIT "a.object = $2 ORDER BY a.sequence DESC LIMIT $4", NULL};
static const struct epo_statement AUDIT_OF_ALL = {
    "person.audit_of_all",
    AUDIT "a.object IN (SELECT $2 UNION ALL\n"
          "    SELECT gone FROM account_merges WHERE tenant = $1 AND kept = $2 UNION ALL\n"
          "    SELECT " NUMBER_TEXT("number") " FROM submissions\n"
                                              "    WHERE tenant = $1 AND sender = $2)\n"
                                              "ORDER BY a.sequence DESC LIMIT $4",
    NULL,
};
static const struct epo_statement HELD = {
    "person.held",
    "SELECT " NUMBER_TEXT(
        "c.number") " AS number, c.agenda, c.title, c.state,\n"
                    "    c.received_at_us AS received, c.changed_at_us AS changed\n"
                    "FROM submissions AS s\n"
                    "JOIN cases AS c ON c.tenant = s.tenant AND c.number = s.number\n"
                    "WHERE s.tenant = $1 AND s.sender = $2 ORDER BY s.number DESC LIMIT 500",
    NULL,
};
static const struct epo_statement MAY_ERASE = {
    "person.may_erase",
    "SELECT role = 'citizen', EXISTS (SELECT 1 FROM submissions AS s\n"
    "    WHERE s.tenant = p.tenant AND s.sender = p.id)\n"
    "FROM accounts AS p WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement NO_DRAFTS = {
    "person.no_drafts", "DELETE FROM drafts WHERE tenant = $1 AND owner = $2", NULL};
static const struct epo_statement GONE[] = {
    {"person.no_sessions", "DELETE FROM sessions WHERE tenant = $1 AND account = $2", NULL},
    {"person.no_views", "DELETE FROM desk_views WHERE tenant = $1 AND account = $2", NULL},
    {"person.no_links", "DELETE FROM person_links WHERE tenant = $1 AND account = $2", NULL},
    {"person.no_claims", "DELETE FROM business_claims WHERE tenant = $1 AND account = $2", NULL},
    {"person.no_mandate_agendas",
     "DELETE FROM mandate_agendas WHERE tenant = $1 AND mandate IN (SELECT id FROM mandates\n"
     "    WHERE tenant = $1 AND (principal = $2 OR holder = $2))",
     NULL},
    {"person.no_mandates",
     "DELETE FROM mandates WHERE tenant = $1 AND (principal = $2 OR holder = $2)", NULL},
    {"person.no_contact", "DELETE FROM contacts WHERE tenant = $1 AND account = $2", NULL},
    {"person.no_totp", "DELETE FROM totps WHERE tenant = $1 AND account = $2", NULL},
    {"person.no_codes", "DELETE FROM recovery_codes WHERE tenant = $1 AND account = $2", NULL},
    {"person.no_passkeys", "DELETE FROM passkeys WHERE tenant = $1 AND account = $2", NULL},
    {"person.no_proofs", "DELETE FROM proofs WHERE tenant = $1 AND account = $2", NULL},
    {"person.no_identity", "DELETE FROM identities WHERE tenant = $1 AND account = $2", NULL},
    {"person.no_tickets",
     "DELETE FROM tickets WHERE tenant = $1\n"
     "    AND login = (SELECT login FROM accounts WHERE tenant = $1 AND id = $2)",
     NULL},
    /* those that became this one: nobody's from now on */
    {"person.no_merged",
     "UPDATE accounts SET login = id, name = '' WHERE tenant = $1\n"
     "    AND id IN (SELECT gone FROM account_merges WHERE tenant = $1 AND kept = $2)",
     NULL},
    {"person.no_merges", "DELETE FROM account_merges WHERE tenant = $1 AND kept = $2", NULL},
    {"person.no_account", "DELETE FROM accounts WHERE tenant = $1 AND id = $2", NULL},
};

/* ---- rows as JSON ---- */

static bool ends_with(const char *name, const char *ending) {
    size_t len = strlen(name), end = strlen(ending);
    return len >= end && strcmp(name + len - end, ending) == 0;
}

static void set_column(struct epo_pool *pool, struct epo_json *row, const char *name,
                       struct epo_value value) {
    char at[EPO_TIME_SIZE];
    if (value.type == EPO_VALUE_NULL)
        epo_json_set(pool, row, name, epo_json_null(pool));
    else if (value.type == EPO_VALUE_INTEGER && ends_with(name, "at_us"))
        epo_json_set_string(pool, row, epo_pool_printf(pool, "%.*s", (int)(strlen(name) - 3), name),
                            epo_time_rfc3339(value.integer, at));
    else if (value.type == EPO_VALUE_INTEGER)
        epo_json_set_integer(pool, row, name, value.integer);
    else if (strncmp(name, "json_", 5) == 0) {
        struct epo_json *parsed = epo_json_parse(pool, value.bytes, NULL);
        epo_json_set(pool, row, name + 5, parsed != NULL ? parsed : epo_json_null(pool));
    } else
        epo_json_set_text(pool, row, name, value.bytes);
}

static bool read_rows(struct epo_pool *pool, struct epo_rows *rows, struct epo_json *list,
                      struct epo_error *error) {
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        for (int i = 0; i < epo_rows_columns(rows); i++)
            set_column(pool, row, epo_pool_string(pool, epo_span(epo_rows_name(rows, i))),
                       epo_rows_value(rows, i));
        epo_json_push(pool, list, row);
    }
    return epo_rows_end(rows, error);
}

static bool add_parts(struct epo_db *db, struct epo_pool *pool, const struct part *parts,
                      size_t count, struct epo_value tenant, struct epo_value id,
                      struct epo_json *all, struct epo_error *error) {
    for (size_t i = 0; i < count; i++) {
        struct epo_rows *rows = epo_db_query(
            db, &parts[i].rows, EPO_BIND(tenant, id, EPO_INTEGER(EPO_PERSON_ROWS_MAX)));
        struct epo_json *list = epo_json_set(pool, all, parts[i].name, epo_json_array(pool));
        if (!read_rows(pool, rows, list, error))
            return false;
    }
    return true;
}

bool epo_person_export(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       struct epo_span account, struct epo_json **data, struct epo_error *error) {
    struct epo_json *all = epo_json_object(pool), *list = epo_json_array(pool);
    struct epo_value tenant = EPO_STRING(portal->tenant), id = EPO_TEXT(account);
    if (!read_rows(pool, epo_db_query(db, &ACCOUNT, EPO_BIND(tenant, id)), list, error))
        return false;
    if (list->count == 0)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "account.unknown", "There is no such account.");
    epo_json_set(pool, all, "account", list->items[0]);
    if (!add_parts(db, pool, PARTS, sizeof PARTS / sizeof *PARTS, tenant, id, all, error) ||
        !add_parts(db, pool, MANDATES, sizeof MANDATES / sizeof *MANDATES, tenant, id, all, error))
        return false;
    if (!epo_person_audit(portal, db, pool, account, (struct epo_span){"", 0}, 0,
                          EPO_PERSON_ROWS_MAX, &list, error))
        return false;
    epo_json_set(pool, all, "audit", list);
    *data = all;
    return true;
}

bool epo_person_audit(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span account, struct epo_span number, int64_t before, int limit,
                      struct epo_json **rows, struct epo_error *error) {
    static const char *const NAMES[] = {"action", "object", "actor", "name", "role", "office"};
    struct epo_rows *found = epo_db_query(
        db, number.len > 0 ? &AUDIT_OF_ONE : &AUDIT_OF_ALL,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(number.len > 0 ? number : account),
                 EPO_INTEGER(before > 0 ? before : INT64_MAX), EPO_INTEGER(limit)));
    char at[EPO_TIME_SIZE];
    *rows = epo_json_array(pool);
    while (epo_rows_next(found)) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_integer(pool, row, "sequence", epo_rows_integer(found, 0));
        epo_json_set_string(pool, row, "at", epo_time_rfc3339(epo_rows_integer(found, 1), at));
        epo_json_set_integer(pool, row, "at_us", epo_rows_integer(found, 1));
        for (int i = 0; i < 6; i++)
            epo_json_set_text(pool, row, NAMES[i], epo_rows_text(found, i + 2));
        epo_json_push(pool, *rows, row);
    }
    return epo_rows_end(found, error);
}

bool epo_person_held(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span account, struct epo_json **requests, struct epo_error *error) {
    *requests = epo_json_array(pool);
    return read_rows(
        pool, epo_db_query(db, &HELD, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account))),
        *requests, error);
}

bool epo_person_erase(struct epo_portal *portal, struct epo_db *db,
                      struct epo_person_erasure *erasure, struct epo_error *error) {
    struct epo_value tenant = EPO_STRING(portal->tenant), id = EPO_TEXT(erasure->account);
    struct epo_rows *rows = epo_db_query(db, &MAY_ERASE, EPO_BIND(tenant, id));
    bool citizen = epo_rows_next(rows) && epo_rows_integer(rows, 0) != 0;
    erasure->account_gone = citizen && epo_rows_integer(rows, 1) == 0;
    if (!epo_rows_end(rows, error))
        return false;
    if (!citizen)
        return epo_fail(error, EPO_ERROR_DENIED, "person.not_citizen",
                        "Accounts of the office are ended by an admin.");
    struct epo_audit_entry entry = {.actor = erasure->account,
                                    .action = erasure->account_gone
                                                  ? EPO_SPAN("person.erased")
                                                  : EPO_SPAN("person.drafts_erased"),
                                    .object = erasure->account,
                                    .detail = EPO_SPAN(""),
                                    .at_us = epo_clock_now_us()};
    bool ok = epo_db_run(db, &NO_DRAFTS, EPO_BIND(tenant, id), NULL, error);
    for (size_t i = 0; ok && erasure->account_gone && i < sizeof GONE / sizeof *GONE; i++)
        ok = epo_db_run(db, &GONE[i], EPO_BIND(tenant, id), NULL, error);
    return ok && epo_audit_append(portal, db, &entry, error);
}
