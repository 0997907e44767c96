#include "portal/session.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "portal/audit.h"
#include "portal/factor.h"

enum { SEEN_EVERY_S = 300 }; /* how far "last seen" may lag: saves a write for each page */

static const struct epo_statement INSERT = {
    "session.insert",
    "INSERT INTO sessions (tenant, token, account, created_at_us, seen_at_us, expires_at_us,\n"
    "    about, proved_at_us)\n"
    "VALUES ($1, $2, $3, $4, $4, $5, $6, $4)",
    NULL,
};
static const struct epo_statement DELETE = {
    "session.delete",
    "DELETE FROM sessions\n"
    "WHERE tenant = $1 AND token = $2",
    NULL,
};
static const struct epo_statement FIND = {
    "session.find",
    "SELECT a.id, a.login, a.name, a.role, a.office,\n"
    "    a.verified_at_us IS NOT NULL AND NOT EXISTS (\n"
    "        SELECT 1 FROM identities AS i\n"
    "        WHERE i.tenant = a.tenant AND i.account = a.id AND i.until_us <= $3),\n"
    "    s.seen_at_us, coalesce(a.password_until_us, 0), a.identifies, a.kind, s.acting_for,\n"
    "    s.proved_at_us,\n"
    "    EXISTS (SELECT 1 FROM totps AS t WHERE t.tenant = a.tenant AND t.account = a.id)\n"
    "    OR EXISTS (SELECT 1 FROM passkeys AS p WHERE p.tenant = a.tenant AND p.account = a.id)\n"
    "FROM sessions AS s\n"
    "JOIN accounts AS a ON a.tenant = s.tenant AND a.id = s.account\n"
    "WHERE s.tenant = $1 AND s.token = $2 AND s.expires_at_us > $3 AND s.seen_at_us > $4\n"
    "    AND a.disabled = 0",
    NULL,
};
static const struct epo_statement SEEN = {
    "session.seen",
    "UPDATE sessions SET seen_at_us = $3\n"
    "WHERE tenant = $1 AND token = $2 AND seen_at_us < $3",
    NULL,
};
static const struct epo_statement SWEEP = {
    "session.sweep",
    "DELETE FROM sessions\n"
    "WHERE expires_at_us <= $1",
    NULL,
};

static const struct epo_statement END_ONE = {
    "session.end_one",
    "DELETE FROM sessions\n"
    "WHERE tenant = $1 AND account = $2 AND token = $3",
    NULL,
};
static const struct epo_statement ACT = {
    "session.act",
    "UPDATE sessions SET acting_for = $3\n"
    "WHERE tenant = $1 AND token = $2",
    NULL,
};
static const struct epo_statement END_OTHERS = {
    "session.end_others",
    "DELETE FROM sessions\n"
    "WHERE tenant = $1 AND account = $2 AND token <> $3",
    NULL,
};
static const struct epo_statement PROVE = {
    "session.prove",
    "UPDATE sessions SET proved_at_us = $3\n"
    "WHERE tenant = $1 AND token = $2",
    NULL,
};
static const struct epo_statement HISTORY = {
    "session.history",
    "SELECT at_us, action, detail\n"
    "FROM audit\n"
    "WHERE tenant = $1 AND object = $2 AND (action LIKE 'session.%'\n"
    "    OR action LIKE 'factor.%' OR action LIKE 'account.%')\n"
    "ORDER BY sequence DESC\n"
    "LIMIT $3",
    NULL,
};
static const struct epo_statement LIST = {
    "session.list",
    "SELECT token, about, created_at_us, seen_at_us\n"
    "FROM sessions\n"
    "WHERE tenant = $1 AND account = $2 AND expires_at_us > $3 AND seen_at_us > $4\n"
    "ORDER BY seen_at_us DESC",
    NULL,
};

bool epo_session_begin(struct epo_portal *portal, struct epo_db *db, struct epo_span account_id,
                       struct epo_span token, struct epo_span previous, struct epo_span about,
                       const char *by, struct epo_error *error) {
    struct epo_hash digest;
    char detail[120];
    int64_t now = epo_clock_now_us();
    snprintf(detail, sizeof detail, "%s %.*s", by, EPO_ARG(about));
    if (previous.len > 0 && !epo_session_end(portal, db, previous, error))
        return false;
    if (!epo_db_run(db, &SWEEP, EPO_BIND(EPO_INTEGER(now)), NULL, error) ||
        !epo_db_run(db, &INSERT,
                    EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(epo_hash_of(token, &digest)),
                             EPO_TEXT(account_id), EPO_INTEGER(now),
                             EPO_INTEGER(now + EPO_SESSION_ABSOLUTE_S * 1000000LL),
                             EPO_TEXT(about)),
                    NULL, error))
        return false;
    return epo_audit_append(portal, db,
                            &(struct epo_audit_entry){.actor = account_id,
                                                      .action = EPO_SPAN("session.begun"),
                                                      .object = account_id,
                                                      .detail = epo_span(detail),
                                                      .at_us = now},
                            error);
}

bool epo_session_end(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                     struct epo_error *error) {
    struct epo_hash digest;
    return epo_db_run(db, &DELETE,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(epo_hash_of(token, &digest))),
                      NULL, error);
}

bool epo_session_act(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                     struct epo_span principal, struct epo_error *error) {
    struct epo_hash digest;
    return epo_db_run(db, &ACT,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(epo_hash_of(token, &digest)),
                               EPO_TEXT(principal)),
                      NULL, error);
}

bool epo_session_prove(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                       struct epo_error *error) {
    struct epo_hash digest;
    return epo_db_run(db, &PROVE,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(epo_hash_of(token, &digest)),
                               EPO_INTEGER(epo_clock_now_us())),
                      NULL, error);
}

bool epo_session_end_others(struct epo_portal *portal, struct epo_db *db,
                            struct epo_span account_id, struct epo_span token,
                            struct epo_error *error) {
    struct epo_hash digest;
    return epo_db_run(db, &END_OTHERS,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account_id),
                               EPO_BLOB(epo_hash_of(token, &digest))),
                      NULL, error) &&
           epo_audit_note(portal, db, account_id, "session.ended", account_id, EPO_SPAN("others"),
                          error);
}

/* ---- what happened ---- */

bool epo_session_history(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span account_id, int limit, struct epo_json **list,
                         struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &HISTORY,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account_id), EPO_INTEGER(limit)));
    *list = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_integer(pool, row, "at_us", epo_rows_integer(rows, 0));
        epo_json_set_text(pool, row, "action", epo_rows_text(rows, 1));
        epo_json_set_text(pool, row, "detail", epo_rows_text(rows, 2));
        epo_json_push(pool, *list, row);
    }
    return epo_rows_end(rows, error);
}

struct seeing {
    struct epo_portal *portal;
    struct epo_hash digest;
    int64_t now_us;
};
static bool run_seen(struct epo_db *db, void *arg, struct epo_error *error) {
    struct seeing *seeing = arg;
    struct epo_span token = {(const char *)seeing->digest.bytes, EPO_SHA256_SIZE};
    return epo_db_run(
        db, &SEEN,
        EPO_BIND(EPO_STRING(seeing->portal->tenant), EPO_BLOB(token), EPO_INTEGER(seeing->now_us)),
        NULL, error);
}
static void done_seen(void *arg, const struct epo_error *error) {
    if (error != NULL)
        epo_log_error(EPO_LOG_WARN, "session.seen", error);
    free(arg);
}

/* Losing this write only makes the session end sooner, so nobody waits for it. */
static void mark_seen(struct epo_portal *portal, const struct epo_hash *digest, int64_t now_us) {
    struct epo_error error = {0};
    struct seeing *seeing = malloc(sizeof *seeing);
    if (seeing == NULL)
        return;
    *seeing = (struct seeing){portal, *digest, now_us};
    if (!epo_store_submit(portal->store, run_seen, done_seen, seeing, &error))
        free(seeing);
}

bool epo_session_find(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                      struct epo_account *account, struct epo_error *error) {
    struct epo_hash digest;
    int64_t now = epo_clock_now_us(), seen_at = 0;
    bool found = false;
    memset(account, 0, sizeof *account);
    if (token.len != EPO_TOKEN_SIZE - 1)
        return false;
    struct epo_rows *rows =
        epo_db_query(db, &FIND,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(epo_hash_of(token, &digest)),
                              EPO_INTEGER(now), EPO_INTEGER(now - EPO_SESSION_IDLE_S * 1000000LL)));
    if (epo_rows_next(rows)) {
        epo_span_store(account->id, sizeof account->id, epo_rows_text(rows, 0));
        epo_span_store(account->login, sizeof account->login, epo_rows_text(rows, 1));
        epo_span_store(account->name, sizeof account->name, epo_rows_text(rows, 2));
        epo_span_store(account->role, sizeof account->role, epo_rows_text(rows, 3));
        epo_span_store(account->office, sizeof account->office, epo_rows_text(rows, 4));
        account->verified = epo_rows_integer(rows, 5) != 0;
        seen_at = epo_rows_integer(rows, 6);
        account->password_until_us = epo_rows_integer(rows, 7);
        account->identifies = epo_rows_integer(rows, 8) != 0;
        epo_span_store(account->kind, sizeof account->kind, epo_rows_text(rows, 9));
        epo_span_store(account->acting_for, sizeof account->acting_for, epo_rows_text(rows, 10));
        account->proved_at_us = epo_rows_integer(rows, 11);
        account->second = epo_rows_integer(rows, 12) != 0;
        found = true;
    }
    if (!epo_rows_end(rows, error))
        return false;
    if (found && !account->second && epo_factor_required(portal, epo_span(account->role))) {
        account->held = true;
        account->identifies = false;
        snprintf(account->role, sizeof account->role, "citizen");
        account->office[0] = '\0';
    }
    if (found && now - seen_at > SEEN_EVERY_S * 1000000LL)
        mark_seen(portal, &digest, now);
    return found;
}

bool epo_session_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span account_id, struct epo_span token, struct epo_json **list,
                      struct epo_error *error) {
    char id[EPO_SHA256_HEX_SIZE], current[EPO_SHA256_HEX_SIZE];
    int64_t now = epo_clock_now_us();
    epo_sha256_hex(token, current);
    struct epo_rows *rows =
        epo_db_query(db, &LIST,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account_id), EPO_INTEGER(now),
                              EPO_INTEGER(now - EPO_SESSION_IDLE_S * 1000000LL)));
    *list = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        struct epo_span hash = epo_rows_text(rows, 0);
        if (hash.len != EPO_SHA256_SIZE)
            continue;
        epo_hex((const uint8_t *)hash.at, hash.len, id);
        epo_json_set_string(pool, row, "id", id);
        epo_json_set_text(pool, row, "about", epo_rows_text(rows, 1));
        epo_json_set_integer(pool, row, "began_at_us", epo_rows_integer(rows, 2));
        epo_json_set_integer(pool, row, "seen_at_us", epo_rows_integer(rows, 3));
        epo_json_set_boolean(pool, row, "current", strcmp(id, current) == 0);
        epo_json_push(pool, *list, row);
    }
    return epo_rows_end(rows, error);
}

static bool read_id(struct epo_span id, struct epo_hash *digest) {
    static const char DIGITS[] = "0123456789abcdef";
    bool good = id.len == EPO_SHA256_HEX_SIZE - 1;
    for (size_t i = 0; good && i < id.len; i++) {
        const char *at = id.at[i] != '\0' ? strchr(DIGITS, id.at[i]) : NULL;
        good = at != NULL;
        if (good)
            digest->bytes[i / 2] = (uint8_t)(digest->bytes[i / 2] << 4 | (at - DIGITS));
    }
    return good;
}

bool epo_session_end_one(struct epo_portal *portal, struct epo_db *db, struct epo_span account_id,
                         struct epo_span id, struct epo_error *error) {
    struct epo_hash digest = {{0}};
    if (!read_id(id, &digest))
        return true;
    struct epo_span token = {(const char *)digest.bytes, sizeof digest.bytes};
    return epo_db_run(db, &END_ONE,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account_id), EPO_BLOB(token)),
                      NULL, error) &&
           epo_audit_note(portal, db, account_id, "session.ended", account_id, EPO_SPAN(""), error);
}
