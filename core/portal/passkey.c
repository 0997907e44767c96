/* The store's side of passkeys; what is signed is checked in passkey_check.c. */
#include "portal/passkey.h"

#include "base/clock.h"
#include "portal/factor_work.h"

static const struct epo_statement FIND = {
    "passkey.find",
    "SELECT p.id, p.account, a.login, p.name, p.algorithm, p.public_key, p.counter\n"
    "FROM passkeys AS p\n"
    "JOIN accounts AS a ON a.tenant = p.tenant AND a.id = p.account\n"
    "WHERE p.tenant = $1 AND p.credential = $2 AND a.disabled = 0",
    NULL,
};
static const struct epo_statement LIST = {
    "passkey.list",
    "SELECT id, name, credential, made_at_us, used_at_us\n"
    "FROM passkeys\n"
    "WHERE tenant = $1 AND account = $2\n"
    "ORDER BY made_at_us",
    NULL,
};
static const struct epo_statement PUT = {
    "passkey.put",
    "INSERT INTO passkeys (tenant, id, account, credential, name, algorithm, public_key, counter,\n"
    "    made_at_us, used_at_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)\n"
    "ON CONFLICT DO NOTHING",
    NULL,
};
static const struct epo_statement DROP = {
    "passkey.drop",
    "DELETE FROM passkeys\n"
    "WHERE tenant = $1 AND account = $2 AND id = $3",
    NULL,
};
static const struct epo_statement USED = {
    "passkey.used",
    "UPDATE passkeys SET counter = $3, used_at_us = $4\n"
    "WHERE tenant = $1 AND id = $2 AND (counter < $3 OR (counter = 0 AND $3 = 0))",
    NULL,
};

static bool unknown(struct epo_error *error) {
    return epo_fail(error, EPO_ERROR_UNAUTHENTICATED, "passkey.answer",
                    "This passkey is not known here, or its answer does not fit.");
}

bool epo_passkey_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span credential, struct epo_passkey *passkey,
                      struct epo_error *error) {
    struct epo_span bytes;
    if (!epo_base64url_read(pool, credential, &bytes))
        return unknown(error);
    struct epo_rows *rows =
        epo_db_query(db, &FIND, EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(bytes)));
    bool found = epo_rows_next(rows);
    if (found) {
        *passkey = (struct epo_passkey){.credential = bytes,
                                        .name = epo_pool_copy(pool, epo_rows_text(rows, 3)),
                                        .algorithm = epo_rows_integer(rows, 4),
                                        .public_key = epo_pool_copy(pool, epo_rows_text(rows, 5)),
                                        .counter = epo_rows_integer(rows, 6)};
        epo_span_store(passkey->id, sizeof passkey->id, epo_rows_text(rows, 0));
        epo_span_store(passkey->account, sizeof passkey->account, epo_rows_text(rows, 1));
        epo_span_store(passkey->login, sizeof passkey->login, epo_rows_text(rows, 2));
    }
    return epo_rows_end(rows, error) && (found || unknown(error));
}

bool epo_passkey_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span account, struct epo_json **list, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &LIST, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account)));
    *list = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "id", epo_rows_text(rows, 0));
        epo_json_set_text(pool, row, "name", epo_rows_text(rows, 1));
        epo_json_set_string(pool, row, "credential", epo_base64url(pool, epo_rows_text(rows, 2)));
        epo_json_set_integer(pool, row, "made_at_us", epo_rows_integer(rows, 3));
        epo_json_set_integer(pool, row, "used_at_us", epo_rows_integer(rows, 4));
        epo_json_push(pool, *list, row);
    }
    return epo_rows_end(rows, error);
}

bool epo_passkey_put(struct epo_db *db, const struct epo_factor_change *change,
                     const struct epo_passkey *passkey, bool *codes, struct epo_error *error) {
    struct epo_factors before;
    int64_t changes = 0;
    if (!epo_factor_find(change->portal, db, epo_span(change->account->id), &before, error))
        return false;
    if (before.passkeys >= EPO_PASSKEYS_MAX)
        return epo_fail(error, EPO_ERROR_CONFLICT, "passkey.many",
                        "An account has at most %d passkeys.", EPO_PASSKEYS_MAX);
    if (!epo_db_run(db, &PUT,
                    EPO_BIND(EPO_STRING(change->portal->tenant), EPO_STRING(passkey->id),
                             EPO_STRING(change->account->id), EPO_BLOB(passkey->credential),
                             EPO_TEXT(passkey->name), EPO_INTEGER(passkey->algorithm),
                             EPO_BLOB(passkey->public_key), EPO_INTEGER(passkey->counter),
                             EPO_INTEGER(epo_clock_now_us())),
                    &changes, error))
        return false;
    if (changes == 0)
        return epo_fail(error, EPO_ERROR_CONFLICT, "passkey.known",
                        "This passkey is an account's already.");
    *codes = before.codes == 0;
    return (!*codes || epo_factor_codes(db, change, error)) &&
           epo_factor_tell(db, change, "passkey_on", error);
}

bool epo_passkey_drop(struct epo_db *db, const struct epo_factor_change *change, struct epo_span id,
                      struct epo_error *error) {
    int64_t changes = 0;
    if (!epo_db_run(db, &DROP,
                    EPO_BIND(EPO_STRING(change->portal->tenant), EPO_STRING(change->account->id),
                             EPO_TEXT(id)),
                    &changes, error))
        return false;
    return changes == 0 || (epo_factor_no_codes(db, change, error) &&
                            epo_factor_tell(db, change, "passkey_off", error));
}

bool epo_passkey_used(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_passkey *passkey, int64_t counter, struct epo_error *error) {
    int64_t changes = 0;
    return epo_db_run(db, &USED,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(passkey->id),
                               EPO_INTEGER(counter), EPO_INTEGER(epo_clock_now_us())),
                      &changes, error) &&
           (changes > 0 || unknown(error));
}
