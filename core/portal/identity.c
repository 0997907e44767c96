#include "portal/identity_work.h"

#include "base/clock.h"
#include "base/token.h"
#include "portal/audit.h"
#include "portal/routing.h"

enum { NAME_CHARS_MAX = 60, ADDRESS_CHARS_MAX = 200 };
static const int64_t DAY_US = 86400 * 1000000LL;

#define COLUMNS                                                                                    \
    "SELECT i.account, a.login, a.name, i.given_name, i.family_name, i.birth_date, i.address,\n"   \
    "    i.code, i.asked_at_us, i.code_until_us, COALESCE(i.verified_at_us, 0),\n"                 \
    "    COALESCE(i.until_us, 0), i.office, i.document, i.document_last, i.ended\n"                \
    "FROM identities AS i\n"                                                                       \
    "JOIN accounts AS a ON a.tenant = i.tenant AND a.id = i.account\n"

static const struct epo_statement FIND = {
    "identity.find",
    COLUMNS "WHERE i.tenant = $1 AND i.account = $2",
    NULL,
};
static const struct epo_statement BY_CODE = {
    "identity.by_code",
    COLUMNS "WHERE i.tenant = $1 AND i.code = $2 AND i.code <> '' AND i.code_until_us > $3",
    NULL,
};
static const struct epo_statement ASK = {
    "identity.ask",
    "INSERT INTO identities (tenant, account, given_name, family_name, birth_date, address,\n"
    "    asked_at_us, code, code_until_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)\n"
    "ON CONFLICT (tenant, account) DO UPDATE SET given_name = excluded.given_name,\n"
    "    family_name = excluded.family_name, birth_date = excluded.birth_date,\n"
    "    address = excluded.address, asked_at_us = excluded.asked_at_us, code = excluded.code,\n"
    "    code_until_us = excluded.code_until_us, verified_at_us = NULL, until_us = NULL,\n"
    "    office = '', clerk = '', document = '', document_last = '', ended = ''",
    NULL,
};
static const struct epo_statement WAITING = {
    "identity.waiting",
    "SELECT given_name || ' ' || family_name, birth_date, asked_at_us\n"
    "FROM identities\n"
    "WHERE tenant = $1 AND code <> '' AND code_until_us > $2\n"
    "ORDER BY asked_at_us\n"
    "LIMIT $3",
    NULL,
};
static const struct epo_statement DONE = {
    "identity.done",
    "SELECT account, given_name || ' ' || family_name, verified_at_us, document, ended\n"
    "FROM identities\n"
    "WHERE tenant = $1 AND office = $2 AND office <> ''\n"
    "ORDER BY verified_at_us DESC\n"
    "LIMIT $3",
    NULL,
};

bool epo_identity_office(const struct epo_json *settings, struct epo_span office) {
    return epo_json_get_boolean(epo_routing_find(settings, office), "identification", false);
}

bool epo_identity_may(const struct epo_portal *portal, const struct epo_account *clerk,
                      struct epo_error *error) {
    return (clerk->identifies &&
            epo_identity_office(epo_portal_settings(portal), epo_span(clerk->office))) ||
           epo_fail(error, EPO_ERROR_DENIED, "identity.office",
                    "This clerk or this office does not verify identities.");
}

/* ---- what a person says ---- */

bool epo_identity_line(struct epo_span text, size_t least, size_t most) {
    bool good =
        epo_text_valid(text) && epo_text_length(text) >= least && epo_text_length(text) <= most;
    for (size_t i = 0; good && i < text.len; i++)
        good = (unsigned char)text.at[i] >= ' ' && text.at[i] != 0x7f;
    return good;
}

static void blame(struct epo_pool *pool, struct epo_json *errors, const char *path) {
    struct epo_json *error = epo_json_object(pool);
    epo_json_set_string(pool, error, "path", path);
    epo_json_set_string(pool, error, "code", epo_pool_printf(pool, "identity.%s", path));
    epo_json_push(pool, errors, error);
}

bool epo_identity_check(struct epo_pool *pool, const struct epo_identity *said,
                        struct epo_json *errors) {
    struct epo_date born;
    int64_t today = epo_date_days(epo_clock_today());
    if (!epo_identity_line(said->given_name, 1, NAME_CHARS_MAX))
        blame(pool, errors, "given_name");
    if (!epo_identity_line(said->family_name, 1, NAME_CHARS_MAX))
        blame(pool, errors, "family_name");
    if (!epo_date_parse(said->birth_date, &born) || epo_date_days(born) >= today ||
        born.year < 1900)
        blame(pool, errors, "birth_date");
    if (!epo_identity_line(said->address, 5, ADDRESS_CHARS_MAX))
        blame(pool, errors, "address");
    return errors->count == 0;
}

void epo_identity_code(char out[EPO_IDENTITY_CODE_SIZE]) {
    char token[EPO_TOKEN_SIZE];
    epo_token_make(token);
    memcpy(out, token, EPO_IDENTITY_CODE_SIZE - 1);
    out[EPO_IDENTITY_CODE_SIZE - 1] = '\0';
}

bool epo_identity_ask(struct epo_portal *portal, struct epo_db *db, const struct epo_identity *said,
                      const char *code, struct epo_error *error) {
    struct epo_value tenant = EPO_STRING(portal->tenant), account = EPO_TEXT(said->account);
    int64_t now = epo_clock_now_us();
    return epo_db_run(db, &ASK,
                      EPO_BIND(tenant, account, EPO_TEXT(said->given_name),
                               EPO_TEXT(said->family_name), EPO_TEXT(said->birth_date),
                               EPO_TEXT(said->address), EPO_INTEGER(now), EPO_STRING(code),
                               EPO_INTEGER(now + EPO_IDENTITY_CODE_DAYS * DAY_US)),
                      NULL, error) &&
           epo_identity_mark(portal, db, said->account, 0, error) &&
           epo_audit_note(portal, db, said->account, "identity.asked", said->account, EPO_SPAN(""),
                          error);
}

/* ---- reading ---- */

static void read_identity(struct epo_rows *rows, struct epo_pool *pool,
                          struct epo_identity *identity) {
    struct epo_span *texts[] = {
        &identity->account,     &identity->login,      &identity->name,   &identity->given_name,
        &identity->family_name, &identity->birth_date, &identity->address};
    struct epo_span *ends[] = {&identity->office, &identity->document, &identity->document_last,
                               &identity->ended};
    for (int i = 0; i < 7; i++)
        *texts[i] = epo_pool_copy(pool, epo_rows_text(rows, i));
    for (int i = 0; i < 4; i++)
        *ends[i] = epo_pool_copy(pool, epo_rows_text(rows, 12 + i));
    struct epo_span code = epo_rows_text(rows, 7);
    identity->asked_at_us = epo_rows_integer(rows, 8);
    identity->code_until_us = epo_rows_integer(rows, 9);
    identity->verified_at_us = epo_rows_integer(rows, 10);
    identity->until_us = epo_rows_integer(rows, 11);
    if (code.len == EPO_IDENTITY_CODE_SIZE - 1 && identity->code_until_us > epo_clock_now_us())
        identity->code = epo_span(epo_pool_printf(pool, "%.4s-%.4s", code.at, code.at + 4));
}

static bool find_one(struct epo_db *db, struct epo_pool *pool, struct epo_rows *rows,
                     struct epo_identity *identity, bool *found, struct epo_error *error) {
    (void)db;
    *identity = (struct epo_identity){.verified_at_us = 0};
    *found = epo_rows_next(rows);
    if (*found)
        read_identity(rows, pool, identity);
    return epo_rows_end(rows, error);
}

bool epo_identity_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       struct epo_span account, struct epo_identity *identity, bool *found,
                       struct epo_error *error) {
    return find_one(
        db, pool, epo_db_query(db, &FIND, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account))),
        identity, found, error);
}

/* As Crockford's base 32 is read out. */
bool epo_identity_read_code(struct epo_span typed, char *out, size_t size) {
    size_t n = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.at[i];
        if (c == ' ' || c == '-')
            continue;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        c = c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c;
        if (n >= size - 1 || !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')))
            return false;
        out[n++] = c;
    }
    out[n] = '\0';
    return n == size - 1;
}

bool epo_identity_by_code(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          struct epo_span typed, struct epo_identity *identity,
                          struct epo_error *error) {
    char code[EPO_IDENTITY_CODE_SIZE];
    bool found = false;
    if (epo_identity_read_code(typed, code, sizeof code) &&
        !find_one(db, pool,
                  epo_db_query(db, &BY_CODE,
                               EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(code),
                                        EPO_INTEGER(epo_clock_now_us()))),
                  identity, &found, error))
        return false;
    return found || epo_fail(error, EPO_ERROR_NOT_FOUND, "identity.no_code",
                             "Nobody waits with this code, or it has expired.");
}

bool epo_identity_waiting(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          int limit, struct epo_json **list, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &WAITING,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(epo_clock_now_us()), EPO_INTEGER(limit)));
    *list = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "name", epo_rows_text(rows, 0));
        epo_json_set_text(pool, row, "birth_date", epo_rows_text(rows, 1));
        epo_json_set_integer(pool, row, "asked_at_us", epo_rows_integer(rows, 2));
        epo_json_push(pool, *list, row);
    }
    return epo_rows_end(rows, error);
}

bool epo_identity_done(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       struct epo_span office, int limit, struct epo_json **list,
                       struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &DONE, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(office), EPO_INTEGER(limit)));
    *list = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "account", epo_rows_text(rows, 0));
        epo_json_set_text(pool, row, "name", epo_rows_text(rows, 1));
        epo_json_set_integer(pool, row, "at_us", epo_rows_integer(rows, 2));
        epo_json_set_text(pool, row, "document", epo_rows_text(rows, 3));
        epo_json_set_text(pool, row, "ended", epo_rows_text(rows, 4));
        epo_json_push(pool, *list, row);
    }
    return epo_rows_end(rows, error);
}
