#include "portal/mandate_work.h"

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/mail.h"

enum { LIST_MAX = 200 };

/* $4: today. */
#define IN_FORCE                                                                                   \
    "    AND m.accepted_at_us IS NOT NULL AND m.ended_at_us IS NULL\n"                             \
    "    AND m.from_day <= $4 AND (m.until_day = '' OR m.until_day >= $4)\n"
/* $5: rights, $6: agenda or ''. */
#define COVERS                                                                                     \
    "    AND (m.rights & $5) = $5\n"                                                               \
    "    AND (m.all_agendas = 1 OR $6 = '' OR EXISTS (\n"                                          \
    "        SELECT 1 FROM mandate_agendas AS s\n"                                                 \
    "        WHERE s.tenant = m.tenant AND s.mandate = m.id AND s.agenda = $6))\n"

static const struct epo_statement MAY = {
    "mandate.may",
    "SELECT 1 FROM mandates AS m\n"
    "JOIN accounts AS p ON p.tenant = m.tenant AND p.id = m.principal AND p.disabled = 0\n"
    "WHERE m.tenant = $1 AND m.holder = $2 AND m.holder <> '' AND m.principal = $3\n" IN_FORCE
        COVERS "LIMIT 1",
    NULL,
};
static const struct epo_statement BODY = {
    "mandate.body",
    "SELECT 1 FROM mandates AS m\n"
    "WHERE m.tenant = $1 AND m.holder = $2 AND m.holder <> '' AND m.principal = $3\n"
    "    AND m.origin = 'register'\n" IN_FORCE "LIMIT 1",
    NULL,
};
static const struct epo_statement PARTY = {
    "mandate.party",
    "SELECT p.id, p.login, p.name, p.kind, COALESCE(b.number, ''), COALESCE(b.seat, ''),\n"
    "    COALESCE(b.data_box, ''), p.verified_at_us IS NOT NULL\n"
    "FROM mandates AS m\n"
    "JOIN accounts AS p ON p.tenant = m.tenant AND p.id = m.principal AND p.disabled = 0\n"
    "LEFT JOIN businesses AS b ON b.tenant = p.tenant AND b.account = p.id\n"
    "WHERE m.tenant = $1 AND m.holder = $2 AND m.holder <> '' AND m.principal = $3\n" IN_FORCE
    "LIMIT 1",
    NULL,
};
static const struct epo_statement PARTIES = {
    "mandate.parties",
    "SELECT DISTINCT p.id, p.name, p.kind, COALESCE(b.number, '')\n"
    "FROM mandates AS m\n"
    "JOIN accounts AS p ON p.tenant = m.tenant AND p.id = m.principal AND p.disabled = 0\n"
    "LEFT JOIN businesses AS b ON b.tenant = p.tenant AND b.account = p.id\n"
    "WHERE m.tenant = $1 AND m.holder = $2 AND m.holder <> ''\n" IN_FORCE COVERS
    "ORDER BY p.name, p.id LIMIT 200",
    NULL,
};

#define COLUMNS                                                                                    \
    "SELECT m.id, m.origin, m.principal, p.name, m.holder, COALESCE(h.name, ''), m.offered_to,\n"  \
    "    m.from_day, m.until_day, m.office, m.document, m.ended_reason, m.rights,\n"               \
    "    m.all_agendas, COALESCE(m.accepted_at_us, 0), COALESCE(m.ended_at_us, 0)\n"               \
    "FROM mandates AS m\n"                                                                         \
    "JOIN accounts AS p ON p.tenant = m.tenant AND p.id = m.principal\n"                           \
    "LEFT JOIN accounts AS h ON h.tenant = m.tenant AND h.id = m.holder AND m.holder <> ''\n"      \
    "WHERE m.tenant = $1 AND "
#define LATEST "\nORDER BY m.made_at_us DESC LIMIT $3"
static const struct epo_statement OF_PRINCIPAL = {
    "mandate.of_principal",
    COLUMNS "m.principal = $2" LATEST,
    NULL,
};
static const struct epo_statement OF_OFFICE = {
    "mandate.of_office",
    COLUMNS "m.office = $2 AND m.office <> ''" LATEST,
    NULL,
};
static const struct epo_statement OF_HOLDER = {
    "mandate.of_holder",
    COLUMNS "((m.holder = $2 AND m.holder <> '')\n"
            "    OR (m.holder = '' AND m.offered_to = $4 AND m.offered_to <> ''))" LATEST,
    NULL,
};
static const struct epo_statement AGENDAS = {
    "mandate.agendas",
    "SELECT agenda FROM mandate_agendas WHERE tenant = $1 AND mandate = $2 ORDER BY agenda",
    NULL,
};

/* ---- the question ---- */

static bool any(struct epo_rows *rows, bool *found, struct epo_error *error) {
    *found = epo_rows_next(rows);
    return epo_rows_end(rows, error);
}

bool epo_mandate_may(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                     struct epo_span principal, struct epo_span agenda,
                     enum epo_mandate_right right, bool *may, struct epo_error *error) {
    char today[EPO_TIME_SIZE];
    *may = account.len > 0 && epo_span_equal(account, principal);
    if (*may || account.len == 0 || principal.len == 0)
        return true;
    epo_date_iso(epo_clock_today(), today);
    return any(
        epo_db_query(db, &MAY,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_TEXT(principal),
                              EPO_STRING(today), EPO_INTEGER(right), EPO_TEXT(agenda))),
        may, error);
}

bool epo_mandate_is_body(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                         struct epo_span principal, bool *body, struct epo_error *error) {
    char today[EPO_TIME_SIZE];
    epo_date_iso(epo_clock_today(), today);
    return any(epo_db_query(db, &BODY,
                            EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account),
                                     EPO_TEXT(principal), EPO_STRING(today))),
               body, error);
}

bool epo_mandate_party(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                       struct epo_span principal, struct epo_party *party, bool *found,
                       struct epo_error *error) {
    char today[EPO_TIME_SIZE];
    epo_date_iso(epo_clock_today(), today);
    struct epo_rows *rows = epo_db_query(db, &PARTY,
                                         EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account),
                                                  EPO_TEXT(principal), EPO_STRING(today)));
    *party = (struct epo_party){.verified = false};
    *found = epo_rows_next(rows);
    if (*found) {
        epo_span_store(party->id, sizeof party->id, epo_rows_text(rows, 0));
        epo_span_store(party->login, sizeof party->login, epo_rows_text(rows, 1));
        epo_span_store(party->name, sizeof party->name, epo_rows_text(rows, 2));
        epo_span_store(party->kind, sizeof party->kind, epo_rows_text(rows, 3));
        epo_span_store(party->number, sizeof party->number, epo_rows_text(rows, 4));
        epo_span_store(party->seat, sizeof party->seat, epo_rows_text(rows, 5));
        epo_span_store(party->data_box, sizeof party->data_box, epo_rows_text(rows, 6));
        party->verified = epo_rows_integer(rows, 7) != 0;
    }
    return epo_rows_end(rows, error);
}

bool epo_mandate_parties(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span account, struct epo_span agenda,
                         enum epo_mandate_right right, struct epo_json **parties,
                         struct epo_error *error) {
    static const char *const NAMES[] = {"id", "name", "kind", "number"};
    char today[EPO_TIME_SIZE];
    epo_date_iso(epo_clock_today(), today);
    struct epo_rows *rows =
        epo_db_query(db, &PARTIES,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_STRING(""),
                              EPO_STRING(today), EPO_INTEGER(right), EPO_TEXT(agenda)));
    *parties = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        for (int i = 0; i < 4; i++)
            epo_json_set_text(pool, row, NAMES[i], epo_rows_text(rows, i));
        epo_json_push(pool, *parties, row);
    }
    return epo_rows_end(rows, error);
}

/* ---- lists ---- */

/* ISO dates, all of one length. */
static bool is_before(struct epo_span day, struct epo_span other) {
    return memcmp(day.at, other.at, day.len < other.len ? day.len : other.len) < 0;
}

static const char *state_of(const struct epo_json *row, struct epo_span today) {
    struct epo_span from = epo_json_get_text(row, "from"), until = epo_json_get_text(row, "until");
    if (epo_json_get_integer(row, "ended_at_us", 0) > 0)
        return "ended";
    if (until.len > 0 && is_before(until, today))
        return "over";
    if (epo_json_get_integer(row, "accepted_at_us", 0) == 0)
        return "offered";
    return is_before(today, from) ? "later" : "in_force";
}

static struct epo_json *read_mandate(struct epo_pool *pool, struct epo_rows *rows) {
    static const char *const NAMES[] = {"id",     "origin",      "principal",  "principal_name",
                                        "holder", "holder_name", "offered_to", "from",
                                        "until",  "office",      "document",   "ended_reason"};
    struct epo_json *row = epo_json_object(pool);
    char today[EPO_TIME_SIZE];
    for (int i = 0; i < 12; i++)
        epo_json_set_text(pool, row, NAMES[i], epo_rows_text(rows, i));
    epo_json_set_integer(pool, row, "rights", epo_rows_integer(rows, 12));
    epo_json_set_boolean(pool, row, "all", epo_rows_integer(rows, 13) != 0);
    epo_json_set_integer(pool, row, "accepted_at_us", epo_rows_integer(rows, 14));
    epo_json_set_integer(pool, row, "ended_at_us", epo_rows_integer(rows, 15));
    epo_json_set_string(pool, row, "state",
                        state_of(row, epo_span(epo_date_iso(epo_clock_today(), today))));
    return row;
}

static bool read_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_rows *rows, struct epo_json **list, struct epo_error *error) {
    *list = epo_json_array(pool);
    while (epo_rows_next(rows))
        epo_json_push(pool, *list, read_mandate(pool, rows));
    if (!epo_rows_end(rows, error))
        return false;
    for (uint32_t i = 0; i < (*list)->count; i++) {
        struct epo_json *row = (*list)->items[i];
        struct epo_json *agendas = epo_json_set(pool, row, "agendas", epo_json_array(pool));
        rows = epo_db_query(
            db, &AGENDAS,
            EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(epo_json_get_text(row, "id"))));
        while (epo_rows_next(rows))
            epo_json_push(pool, agendas, epo_json_text(pool, epo_rows_text(rows, 0)));
        if (!epo_rows_end(rows, error))
            return false;
    }
    return true;
}

bool epo_mandate_of_principal(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                              struct epo_span principal, struct epo_json **list,
                              struct epo_error *error) {
    return read_list(portal, db, pool,
                     epo_db_query(db, &OF_PRINCIPAL,
                                  EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(principal),
                                           EPO_INTEGER(LIST_MAX))),
                     list, error);
}

bool epo_mandate_of_office(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                           struct epo_span office, struct epo_json **list,
                           struct epo_error *error) {
    return read_list(
        portal, db, pool,
        epo_db_query(db, &OF_OFFICE,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(office), EPO_INTEGER(LIST_MAX))),
        list, error);
}

bool epo_mandate_of_holder(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                           const struct epo_account *account, struct epo_json **list,
                           struct epo_error *error) {
    return read_list(portal, db, pool,
                     epo_db_query(db, &OF_HOLDER,
                                  EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(account->id),
                                           EPO_INTEGER(LIST_MAX), EPO_STRING(account->login))),
                     list, error);
}

/* ---- terms ---- */

static void blame(struct epo_pool *pool, struct epo_json *errors, const char *path) {
    struct epo_json *error = epo_json_object(pool);
    epo_json_set_string(pool, error, "path", path);
    epo_json_set_string(pool, error, "code", epo_pool_printf(pool, "mandate.%s", path));
    epo_json_push(pool, errors, error);
}

bool epo_mandate_terms_check(struct epo_pool *pool, const struct epo_mandate_terms *terms,
                             struct epo_json *errors) {
    struct epo_date from, until;
    int64_t today = epo_date_days(epo_clock_today());
    uint32_t agendas = terms->agendas != NULL ? terms->agendas->count : 0;
    if (terms->rights < EPO_MANDATE_READ || terms->rights > EPO_MANDATE_BOTH)
        blame(pool, errors, "rights");
    if (!terms->all && (agendas == 0 || agendas > EPO_MANDATE_AGENDAS_MAX))
        blame(pool, errors, "agendas");
    bool begins = epo_date_parse(terms->from, &from);
    if (!begins)
        blame(pool, errors, "from");
    if (terms->until.len > 0 &&
        (!epo_date_parse(terms->until, &until) || epo_date_days(until) < today ||
         (begins && epo_date_days(until) < epo_date_days(from))))
        blame(pool, errors, "until");
    return errors->count == 0;
}
