#include "portal/person_letter.h"

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/identity_work.h"
#include "portal/throttle.h"

enum { REASON_CHARS_MAX = 500, FREE_TRIES = 5, HISTORY_MAX = 200 };
static const int64_t DAY_US = 86400 * 1000000LL;

static const struct epo_statement HISTORY = {
    "person_link.history",
    "SELECT l.agenda, l.person, l.how, COALESCE(c.office, ''), l.ended_reason, l.at_us,\n"
    "    COALESCE(l.ended_at_us, 0)\n"
    "FROM person_links AS l\n"
    "LEFT JOIN accounts AS c ON c.tenant = l.tenant AND c.id = l.by_account\n"
    "    AND c.role = 'clerk'\n"
    "WHERE l.tenant = $1 AND l.account = $2 ORDER BY l.at_us DESC LIMIT $3",
    NULL,
};
static const struct epo_statement AT_COUNTER = {
    "person_link.at_counter",
    "SELECT a.id, a.login, a.name, a.kind, COALESCE(b.number, ''), COALESCE(i.birth_date, ''),\n"
    "    COALESCE(i.address, COALESCE(b.seat, ''))\n"
    "FROM accounts AS a\n"
    "LEFT JOIN businesses AS b ON b.tenant = a.tenant AND b.account = a.id\n"
    "LEFT JOIN identities AS i ON i.tenant = a.tenant AND i.account = a.id\n"
    "WHERE a.tenant = $1 AND a.role = 'citizen' AND a.disabled = 0\n"
    "    AND a.verified_at_us IS NOT NULL AND (i.until_us IS NULL OR i.until_us > $3)\n"
    "    AND ((a.kind = 'person' AND a.login = $2)\n"
    "        OR a.id = (SELECT account FROM businesses WHERE tenant = $1 AND number = $2))\n"
    "LIMIT 1",
    NULL,
};
static const struct epo_statement KNOWN = {
    "person_link.known",
    "SELECT EXISTS (SELECT 1 FROM records WHERE tenant = $1 AND agenda = $2 AND person = $3\n"
    "        AND person <> '')\n"
    "    OR EXISTS (SELECT 1 FROM ledger_entries\n"
    "        WHERE tenant = $1 AND agenda = $2 AND person = $3)",
    NULL,
};
static const struct epo_statement FORGET = {
    "link_code.forget",
    "DELETE FROM link_codes\n"
    "WHERE tenant = $1 AND (until_us <= $4 OR (agenda = $2 AND person = $3))",
    NULL,
};
static const struct epo_statement PUT = {
    "link_code.put",
    "INSERT INTO link_codes (tenant, seal, agenda, person, made_at_us, until_us, clerk, office)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    NULL,
};
static const struct epo_statement TAKE = {
    "link_code.take",
    "SELECT agenda, person FROM link_codes WHERE tenant = $1 AND seal = $2 AND until_us > $3",
    NULL,
};
static const struct epo_statement REASON = {
    "person_link.reason",
    "UPDATE person_links SET ended_by = $4, ended_reason = $5\n"
    "WHERE tenant = $1 AND account = $2 AND agenda = $3 AND ended_at_us = (\n"
    "    SELECT MAX(ended_at_us) FROM person_links\n"
    "    WHERE tenant = $1 AND account = $2 AND agenda = $3)",
    NULL,
};

/* ---- reading ---- */

bool epo_person_link_history(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                             struct epo_span account, struct epo_json **links,
                             struct epo_error *error) {
    static const char *const NAMES[] = {"agenda", "person", "how", "office", "ended_reason"};
    struct epo_rows *rows = epo_db_query(
        db, &HISTORY,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_INTEGER(HISTORY_MAX)));
    *links = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        for (int i = 0; i < 5; i++)
            epo_json_set_text(pool, row, NAMES[i], epo_rows_text(rows, i));
        epo_json_set_integer(pool, row, "at_us", epo_rows_integer(rows, 5));
        epo_json_set_integer(pool, row, "ended_at_us", epo_rows_integer(rows, 6));
        epo_json_push(pool, *links, row);
    }
    return epo_rows_end(rows, error);
}

bool epo_person_at_counter(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                           struct epo_span typed, struct epo_json **found,
                           struct epo_error *error) {
    static const char *const NAMES[] = {"id",     "login",      "name",   "kind",
                                        "number", "birth_date", "address"};
    char folded[128];
    struct epo_rows *rows =
        epo_db_query(db, &AT_COUNTER,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(epo_account_fold(typed, folded)),
                              EPO_INTEGER(epo_clock_now_us())));
    *found = epo_rows_next(rows) ? epo_json_object(pool) : NULL;
    for (int i = 0; *found != NULL && i < 7; i++)
        epo_json_set_text(pool, *found, NAMES[i], epo_rows_text(rows, i));
    return epo_rows_end(rows, error);
}

static bool is_known(const struct epo_person_deed *deed, struct epo_db *db,
                     struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &KNOWN,
        EPO_BIND(EPO_STRING(deed->portal->tenant), EPO_TEXT(deed->agenda), EPO_TEXT(deed->person)));
    bool known = epo_rows_next(rows) && epo_rows_integer(rows, 0) != 0;
    return epo_rows_end(rows, error) &&
           (known || epo_fail(error, EPO_ERROR_NOT_FOUND, "link.nothing",
                              "Nothing is kept in this agenda under that number."));
}

/* ---- at the counter ---- */

bool epo_person_link_at_counter(struct epo_db *db, const struct epo_person_deed *deed,
                                struct epo_error *error) {
    struct epo_person_linking linking = {.account = deed->account,
                                         .agenda = deed->agenda,
                                         .person = deed->person,
                                         .how = EPO_SPAN("counter"),
                                         .by = epo_span(deed->clerk->id)};
    if (epo_span_is(deed->account, deed->clerk->id))
        return epo_fail(error, EPO_ERROR_DENIED, "identity.own", "Nobody links their own account.");
    return epo_identity_may(deed->portal, deed->clerk, error) && is_known(deed, db, error) &&
           epo_person_link_make(deed->portal, db, &linking, error);
}

bool epo_person_unlink(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                       struct epo_span agenda, struct epo_span by, struct epo_span reason,
                       struct epo_error *error) {
    if (reason.len > 0 && !epo_identity_line(reason, 3, REASON_CHARS_MAX))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "identity.reason",
                        "Say why, in a sentence on one line.");
    return epo_person_link_end(portal, db, account, agenda, by, error) &&
           epo_db_run(db, &REASON,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_TEXT(agenda),
                               EPO_TEXT(by), EPO_TEXT(reason)),
                      NULL, error);
}

bool epo_person_unlink_at_counter(struct epo_db *db, const struct epo_person_deed *deed,
                                  struct epo_error *error) {
    if (deed->reason.len == 0)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "identity.reason",
                        "Say why, in a sentence on one line.");
    return epo_identity_may(deed->portal, deed->clerk, error) &&
           epo_person_unlink(deed->portal, db, deed->account, deed->agenda,
                             epo_span(deed->clerk->id), deed->reason, error);
}

/* ---- letters ---- */

void epo_letter_code(char out[EPO_LETTER_CODE_SIZE]) {
    char token[EPO_TOKEN_SIZE];
    epo_token_make(token);
    memcpy(out, token, EPO_LETTER_CODE_SIZE - 1);
    out[EPO_LETTER_CODE_SIZE - 1] = '\0';
}

static struct epo_span seal_of(const struct epo_portal *portal, const char *code,
                               char seal[EPO_TOKEN_SIZE]) {
    epo_portal_seal(portal, "letter", epo_span(code), seal);
    return epo_span(seal);
}

bool epo_person_letter(struct epo_db *db, const struct epo_person_deed *deed,
                       struct epo_error *error) {
    char seal[EPO_TOKEN_SIZE];
    int64_t now = epo_clock_now_us();
    struct epo_portal *portal = deed->portal;
    struct epo_value tenant = EPO_STRING(portal->tenant), agenda = EPO_TEXT(deed->agenda);
    return epo_identity_may(portal, deed->clerk, error) && is_known(deed, db, error) &&
           epo_db_run(db, &FORGET,
                      EPO_BIND(tenant, agenda, EPO_TEXT(deed->person), EPO_INTEGER(now)), NULL,
                      error) &&
           epo_db_run(db, &PUT,
                      EPO_BIND(tenant, EPO_TEXT(seal_of(portal, deed->code, seal)), agenda,
                               EPO_TEXT(deed->person), EPO_INTEGER(now),
                               EPO_INTEGER(now + EPO_LETTER_CODE_DAYS * DAY_US),
                               EPO_STRING(deed->clerk->id), EPO_STRING(deed->clerk->office)),
                      NULL, error) &&
           epo_audit_note(portal, db, epo_span(deed->clerk->id), "person.letter", deed->person,
                          deed->agenda, error);
}

static struct epo_throttle throttle_of(struct epo_span account, char key[64]) {
    snprintf(key, 64, "letter %.*s", EPO_ARG(account));
    return (struct epo_throttle){epo_span(key), FREE_TRIES};
}

bool epo_letter_may_try(struct epo_span account, struct epo_error *error) {
    char key[64];
    struct epo_throttle throttle = throttle_of(account, key);
    int wait = epo_throttle_wait(&throttle, epo_clock_now_us());
    return wait == 0 || epo_fail(error, EPO_ERROR_RATE, "account.slow_down",
                                 "Too many wrong codes: wait %d s.", wait);
}

void epo_letter_tried(struct epo_span account, bool good) {
    char key[64];
    struct epo_throttle throttle = throttle_of(account, key);
    if (good)
        epo_throttle_succeeded(&throttle);
    else
        epo_throttle_failed(&throttle, epo_clock_now_us());
}

bool epo_letter_use(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                    struct epo_span by, struct epo_span typed, struct epo_error *error) {
    char code[EPO_LETTER_CODE_SIZE], seal[EPO_TOKEN_SIZE];
    char agenda[128] = "", person[EPO_PERSON_NUMBER_SIZE] = "";
    int64_t now = epo_clock_now_us();
    if (epo_identity_read_code(typed, code, sizeof code)) {
        struct epo_rows *rows =
            epo_db_query(db, &TAKE,
                         EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(seal_of(portal, code, seal)),
                                  EPO_INTEGER(now)));
        if (epo_rows_next(rows)) {
            epo_span_store(agenda, sizeof agenda, epo_rows_text(rows, 0));
            epo_span_store(person, sizeof person, epo_rows_text(rows, 1));
        }
        if (!epo_rows_end(rows, error))
            return false;
    }
    if (person[0] == '\0')
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "link.code",
                        "No letter has this code, or it has expired.");
    struct epo_person_linking linking = {.account = account,
                                         .agenda = epo_span(agenda),
                                         .person = epo_span(person),
                                         .how = EPO_SPAN("letter"),
                                         .by = by};
    return epo_person_link_make(portal, db, &linking, error) &&
           epo_db_run(db, &FORGET,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda), EPO_STRING(person),
                               EPO_INTEGER(now)),
                      NULL, error);
}
