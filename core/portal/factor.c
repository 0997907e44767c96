#include "portal/factor_work.h"

#include <stdio.h>

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/registration.h"
#include "portal/throttle.h"

enum { CODE_CHARS = 24, FREE_TRIES = 5 };

static const struct epo_statement FIND = {
    "factor.find",
    "SELECT t.made_at_us, t.used_at_us,\n"
    "    (SELECT COUNT(*) FROM recovery_codes AS r WHERE r.tenant = a.tenant AND r.account = "
    "a.id),\n"
    "    (SELECT COUNT(*) FROM passkeys AS p WHERE p.tenant = a.tenant AND p.account = a.id)\n"
    "FROM accounts AS a\n"
    "LEFT JOIN totps AS t ON t.tenant = a.tenant AND t.account = a.id\n"
    "WHERE a.tenant = $1 AND a.id = $2",
    NULL,
};
static const struct epo_statement PUT_TOTP = {
    "factor.put_totp",
    "INSERT INTO totps (tenant, account, secret, last_step, made_at_us, used_at_us)\n"
    "VALUES ($1, $2, $3, $4, $5, 0)\n"
    "ON CONFLICT (tenant, account) DO UPDATE SET secret = excluded.secret,\n"
    "    last_step = excluded.last_step, made_at_us = excluded.made_at_us, used_at_us = 0",
    NULL,
};
static const struct epo_statement DROP_TOTP = {
    "factor.drop_totp",
    "DELETE FROM totps\n"
    "WHERE tenant = $1 AND account = $2",
    NULL,
};
static const struct epo_statement PUT_CODE = {
    "factor.put_code",
    "INSERT INTO recovery_codes (tenant, account, code)\n"
    "VALUES ($1, $2, $3)",
    NULL,
};
static const struct epo_statement DROP_CODES = {
    "factor.drop_codes",
    "DELETE FROM recovery_codes\n"
    "WHERE tenant = $1 AND account = $2",
    NULL,
};
static const struct epo_statement DROP_PASSKEYS = {
    "factor.drop_passkeys",
    "DELETE FROM passkeys\n"
    "WHERE tenant = $1 AND account = $2",
    NULL,
};
static const struct epo_statement DROP_SESSIONS = {
    "factor.drop_sessions",
    "DELETE FROM sessions\n"
    "WHERE tenant = $1 AND account = $2",
    NULL,
};
static const struct epo_statement SECRET = {
    "factor.secret",
    "SELECT secret, last_step\n"
    "FROM totps\n"
    "WHERE tenant = $1 AND account = $2",
    NULL,
};
static const struct epo_statement CODE = {
    "factor.code",
    "SELECT 1\n"
    "FROM recovery_codes\n"
    "WHERE tenant = $1 AND account = $2 AND code = $3",
    NULL,
};
static const struct epo_statement USE_STEP = {
    "factor.use_step",
    "UPDATE totps SET last_step = $3, used_at_us = $4\n"
    "WHERE tenant = $1 AND account = $2 AND last_step < $3",
    NULL,
};
static const struct epo_statement USE_CODE = {
    "factor.use_code",
    "DELETE FROM recovery_codes\n"
    "WHERE tenant = $1 AND account = $2 AND code = $3",
    NULL,
};

/* ---- what there is ---- */

bool epo_factor_find(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                     struct epo_factors *factors, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &FIND, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account)));
    *factors = (struct epo_factors){.totp = false};
    if (epo_rows_next(rows))
        *factors = (struct epo_factors){.totp = epo_rows_integer(rows, 0) > 0,
                                        .totp_made_at_us = epo_rows_integer(rows, 0),
                                        .totp_used_at_us = epo_rows_integer(rows, 1),
                                        .codes = epo_rows_integer(rows, 2),
                                        .passkeys = epo_rows_integer(rows, 3)};
    return epo_rows_end(rows, error);
}

bool epo_factor_any(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                    bool *any, struct epo_error *error) {
    struct epo_factors factors;
    bool good = epo_factor_find(portal, db, account, &factors, error);
    *any = factors.totp || factors.passkeys > 0;
    return good;
}

bool epo_factor_required(const struct epo_portal *portal, struct epo_span role) {
    return !epo_span_is(role, "citizen") &&
           epo_span_is(epo_json_get_text(epo_portal_settings(portal), "staff_second_factor"),
                       "required");
}

/* ---- changes ---- */

void epo_recovery_codes(char codes[EPO_RECOVERY_CODES][EPO_RECOVERY_CODE_SIZE]) {
    char token[EPO_TOKEN_SIZE];
    for (int i = 0; i < EPO_RECOVERY_CODES; i++) {
        epo_token_make(token);
        for (int k = 0, n = 0; k < CODE_CHARS; k++) {
            if (k > 0 && k % 4 == 0)
                codes[i][n++] = '-';
            codes[i][n++] = token[k];
        }
        codes[i][EPO_RECOVERY_CODE_SIZE - 1] = '\0';
    }
}

/* As Crockford's base 32 is read out: case, spaces, dashes and look-alikes do not matter. */
static bool hash_code(struct epo_span account, struct epo_span typed, struct epo_hash *hash) {
    char text[EPO_TOKEN_SIZE + 1 + CODE_CHARS + 1];
    int n = snprintf(text, sizeof text, "%.*s ", EPO_ARG(account)), all = n + CODE_CHARS;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.at[i];
        if (c == ' ' || c == '-')
            continue;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        c = c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c;
        if (n == all || !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')))
            return false;
        text[n++] = c;
    }
    epo_hash_of((struct epo_span){text, (size_t)n}, hash);
    return n == all;
}

static struct epo_bind owner(const struct epo_factor_change *change, struct epo_value values[2]) {
    values[0] = EPO_STRING(change->portal->tenant);
    values[1] = EPO_STRING(change->account->id);
    return (struct epo_bind){values, 2};
}

bool epo_factor_codes(struct epo_db *db, const struct epo_factor_change *change,
                      struct epo_error *error) {
    struct epo_value values[2];
    struct epo_hash hash;
    struct epo_span account = epo_span(change->account->id);
    bool good = epo_db_run(db, &DROP_CODES, owner(change, values), NULL, error);
    for (int i = 0; good && i < EPO_RECOVERY_CODES; i++) {
        bool made = hash_code(account, epo_span(change->codes[i]), &hash);
        epo_assert(made);
        struct epo_span bytes = {(const char *)hash.bytes, sizeof hash.bytes};
        good =
            epo_db_run(db, &PUT_CODE, EPO_BIND(values[0], values[1], EPO_BLOB(bytes)), NULL, error);
    }
    return good;
}

bool epo_factor_tell(struct epo_db *db, const struct epo_factor_change *change, const char *kind,
                     struct epo_error *error) {
    struct epo_span id = epo_span(change->account->id);
    char action[40];
    snprintf(action, sizeof action, "factor.%s", kind);
    return epo_audit_note(change->portal, db, id, action, id, EPO_SPAN(""), error) &&
           epo_account_tell(change->portal, db, change->account, kind, change->lang, error);
}

bool epo_factor_put_totp(struct epo_db *db, const struct epo_factor_change *change,
                         struct epo_error *error) {
    epo_assert(change->secret.len == EPO_TOTP_SECRET_BYTES);
    return epo_db_run(db, &PUT_TOTP,
                      EPO_BIND(EPO_STRING(change->portal->tenant), EPO_STRING(change->account->id),
                               EPO_BLOB(change->secret), EPO_INTEGER(change->step),
                               EPO_INTEGER(epo_clock_now_us())),
                      NULL, error) &&
           epo_factor_codes(db, change, error) && epo_factor_tell(db, change, "totp_on", error);
}

bool epo_factor_put_codes(struct epo_db *db, const struct epo_factor_change *change,
                          struct epo_error *error) {
    return epo_factor_codes(db, change, error) && epo_factor_tell(db, change, "codes", error);
}

bool epo_factor_no_codes(struct epo_db *db, const struct epo_factor_change *change,
                         struct epo_error *error) {
    struct epo_value values[2];
    bool any;
    return epo_factor_any(change->portal, db, epo_span(change->account->id), &any, error) &&
           (any || epo_db_run(db, &DROP_CODES, owner(change, values), NULL, error));
}

bool epo_factor_drop_totp(struct epo_db *db, const struct epo_factor_change *change,
                          struct epo_error *error) {
    struct epo_value values[2];
    return epo_db_run(db, &DROP_TOTP, owner(change, values), NULL, error) &&
           epo_factor_no_codes(db, change, error) && epo_factor_tell(db, change, "totp_off", error);
}

bool epo_factor_drop_all(struct epo_portal *portal, struct epo_db *db,
                         const struct epo_account *account, struct epo_span actor,
                         struct epo_error *error) {
    static const struct epo_statement *const ALL[] = {&DROP_TOTP, &DROP_CODES, &DROP_PASSKEYS,
                                                      &DROP_SESSIONS};
    struct epo_factor_change change = {
        .portal = portal, .account = account, .lang = EPO_SPAN("cs")};
    struct epo_value values[2];
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++)
        if (!epo_db_run(db, ALL[i], owner(&change, values), NULL, error))
            return false;
    return epo_audit_note(portal, db, actor, "factor.dropped", epo_span(account->id), EPO_SPAN(""),
                          error) &&
           epo_account_tell(portal, db, account, "factors_off", change.lang, error);
}

/* ---- a code is typed ---- */

static bool find_secret(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                        uint8_t secret[EPO_TOTP_SECRET_BYTES], int64_t *last_step, bool *found,
                        struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &SECRET, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account)));
    *found = epo_rows_next(rows) && epo_rows_text(rows, 0).len == EPO_TOTP_SECRET_BYTES;
    if (*found) {
        memcpy(secret, epo_rows_text(rows, 0).at, EPO_TOTP_SECRET_BYTES);
        *last_step = epo_rows_integer(rows, 1);
    }
    return epo_rows_end(rows, error);
}

static bool matches(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                    struct epo_span typed, struct epo_factor_use *use, bool *good,
                    struct epo_error *error) {
    uint8_t secret[EPO_TOTP_SECRET_BYTES];
    int64_t last_step = 0;
    *use = (struct epo_factor_use){.step = 0};
    if (!find_secret(portal, db, account, secret, &last_step, good, error))
        return false;
    if (*good && epo_totp_match((struct epo_span){(const char *)secret, sizeof secret}, typed,
                                epo_clock_now_us(), last_step, &use->step))
        return true;
    *good = false;
    if (!hash_code(account, typed, &use->code))
        return true;
    struct epo_span hash = {(const char *)use->code.bytes, sizeof use->code.bytes};
    struct epo_rows *rows = epo_db_query(
        db, &CODE, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_BLOB(hash)));
    *good = epo_rows_next(rows);
    return epo_rows_end(rows, error);
}

bool epo_factor_check(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_account *account, struct epo_span typed,
                      struct epo_span device, struct epo_factor_use *use, int *wait_s,
                      struct epo_error *error) {
    char known[EPO_TOKEN_SIZE], key[200];
    bool good = false;
    epo_account_device(portal, epo_span(account->login), known);
    struct epo_span from = epo_token_equal(device, epo_span(known)) ? device : EPO_SPAN("");
    snprintf(key, sizeof key, "second %s %s %.*s", portal->tenant, account->id,
             (int)(from.len < 60 ? from.len : 60), from.at);
    struct epo_throttle tries = {epo_span(key), FREE_TRIES};
    *wait_s = epo_throttle_wait(&tries, epo_clock_now_us());
    if (*wait_s > 0)
        return epo_fail(error, EPO_ERROR_RATE, "account.slow_down",
                        "Too many failed tries: wait %d s.", *wait_s);
    if (!matches(portal, db, epo_span(account->id), epo_span_trim(typed), use, &good, error))
        return false;
    if (good) {
        epo_throttle_succeeded(&tries);
        return true;
    }
    epo_throttle_failed(&tries, epo_clock_now_us());
    return epo_fail(error, EPO_ERROR_UNAUTHENTICATED, "factor.wrong",
                    "The code does not fit, or it was used already.");
}

bool epo_factor_take(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                     const struct epo_factor_use *use, struct epo_error *error) {
    struct epo_value tenant = EPO_STRING(portal->tenant), id = EPO_TEXT(account);
    struct epo_span hash = {(const char *)use->code.bytes, sizeof use->code.bytes};
    int64_t changes = 0;
    bool done = use->step > 0 ? epo_db_run(db, &USE_STEP,
                                           EPO_BIND(tenant, id, EPO_INTEGER(use->step),
                                                    EPO_INTEGER(epo_clock_now_us())),
                                           &changes, error)
                              : epo_db_run(db, &USE_CODE, EPO_BIND(tenant, id, EPO_BLOB(hash)),
                                           &changes, error);
    return done && (changes > 0 || epo_fail(error, EPO_ERROR_UNAUTHENTICATED, "factor.wrong",
                                            "The code does not fit, or it was used already."));
}
