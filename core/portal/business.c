#include "portal/business.h"

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/identity_work.h"

static const int64_t DAY_US = 86400 * 1000000LL;
enum { LIST_MAX = 100 };

static const struct epo_statement INSERT = {
    "business.claim",
    "INSERT INTO business_claims (tenant, id, account, kind, number, name, seat, data_box,\n"
    "    asked_at_us, code, code_until_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    NULL,
};
static const struct epo_statement COUNT = {
    "business.claim_count",
    "SELECT COUNT(*) FROM business_claims\n"
    "WHERE tenant = $1 AND account = $2 AND code <> '' AND code_until_us > $3",
    NULL,
};
static const struct epo_statement DROP = {
    "business.drop",
    "UPDATE business_claims SET outcome = 'dropped', code = '', decided_at_us = $4\n"
    "WHERE tenant = $1 AND account = $2 AND id = $3 AND outcome = ''",
    NULL,
};
static const struct epo_statement CLAIMS = {
    "business.claims",
    "SELECT id, kind, number, name, seat, data_box, outcome, reason, code, code_until_us\n"
    "FROM business_claims\n"
    "WHERE tenant = $1 AND account = $2 AND outcome <> 'dropped'\n"
    "ORDER BY asked_at_us DESC LIMIT $3",
    NULL,
};
static const struct epo_statement WAITING = {
    "business.waiting",
    "SELECT c.name, a.name, c.asked_at_us\n"
    "FROM business_claims AS c\n"
    "JOIN accounts AS a ON a.tenant = c.tenant AND a.id = c.account\n"
    "WHERE c.tenant = $1 AND c.code <> '' AND c.code_until_us > $2\n"
    "ORDER BY c.asked_at_us LIMIT $3",
    NULL,
};

bool epo_business_claim(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                        const struct epo_business *business, const char *code,
                        struct epo_error *error) {
    char id[EPO_TOKEN_SIZE];
    int64_t now = epo_clock_now_us(), waiting = 0;
    struct epo_value tenant = EPO_STRING(portal->tenant);
    struct epo_rows *rows =
        epo_db_query(db, &COUNT, EPO_BIND(tenant, EPO_TEXT(account), EPO_INTEGER(now)));
    if (epo_rows_next(rows))
        waiting = epo_rows_integer(rows, 0);
    if (!epo_rows_end(rows, error))
        return false;
    if (waiting >= EPO_BUSINESS_CLAIMS_MAX)
        return epo_fail(error, EPO_ERROR_BUSY, "business.many",
                        "%d businesses wait for a clerk already.", EPO_BUSINESS_CLAIMS_MAX);
    epo_token_make(id);
    return epo_db_run(db, &INSERT,
                      EPO_BIND(tenant, EPO_STRING(id), EPO_TEXT(account), EPO_TEXT(business->kind),
                               EPO_TEXT(business->number), EPO_TEXT(business->name),
                               EPO_TEXT(business->seat), EPO_TEXT(business->data_box),
                               EPO_INTEGER(now), EPO_STRING(code),
                               EPO_INTEGER(now + EPO_IDENTITY_CODE_DAYS * DAY_US)),
                      NULL, error) &&
           epo_audit_note(portal, db, account, "business.claimed", account, business->number,
                          error);
}

bool epo_business_drop(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                       struct epo_span id, struct epo_error *error) {
    int64_t changes = 0;
    return epo_db_run(db, &DROP,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_TEXT(id),
                               EPO_INTEGER(epo_clock_now_us())),
                      &changes, error) &&
           (changes > 0 || epo_fail(error, EPO_ERROR_NOT_FOUND, "business.no_claim",
                                    "There is no such claim of this account."));
}

bool epo_business_claims(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span account, struct epo_json **list, struct epo_error *error) {
    static const char *const NAMES[] = {"id",   "kind",     "number",  "name",
                                        "seat", "data_box", "outcome", "reason"};
    struct epo_rows *rows = epo_db_query(
        db, &CLAIMS,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_INTEGER(LIST_MAX)));
    int64_t now = epo_clock_now_us();
    *list = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        struct epo_span code = epo_rows_text(rows, 8);
        bool good = code.len == EPO_IDENTITY_CODE_SIZE - 1 && epo_rows_integer(rows, 9) > now;
        for (int i = 0; i < 8; i++)
            epo_json_set_text(pool, row, NAMES[i], epo_rows_text(rows, i));
        epo_json_set_string(pool, row, "code",
                            good ? epo_pool_printf(pool, "%.4s-%.4s", code.at, code.at + 4) : "");
        epo_json_set_integer(pool, row, "code_until_us", epo_rows_integer(rows, 9));
        epo_json_push(pool, *list, row);
    }
    return epo_rows_end(rows, error);
}

bool epo_business_waiting(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          int limit, struct epo_json **list, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &WAITING,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(epo_clock_now_us()), EPO_INTEGER(limit)));
    *list = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "name", epo_rows_text(rows, 0));
        epo_json_set_text(pool, row, "person", epo_rows_text(rows, 1));
        epo_json_set_integer(pool, row, "asked_at_us", epo_rows_integer(rows, 2));
        epo_json_push(pool, *list, row);
    }
    return epo_rows_end(rows, error);
}
