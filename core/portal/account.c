#include "portal/account.h"

#include <stdio.h>

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/password.h"
#include "portal/registration.h"
#include "portal/routing.h"
#include "portal/throttle.h"

static const struct epo_statement FIND = {
    "account.find",
    "SELECT id, login, name, role, office, disabled, verified_at_us IS NOT NULL,\n"
    "    coalesce(password_until_us, 0), identifies, kind, password\n"
    "FROM accounts\n"
    "WHERE tenant = $1 AND login = $2",
    NULL,
};
static const struct epo_statement LIST = {
    "account.list",
    "SELECT id, login, name, role, office, disabled, verified_at_us IS NOT NULL,\n"
    "    coalesce(password_until_us, 0), identifies, kind\n"
    "FROM accounts\n"
    "WHERE tenant = $1\n"
    "ORDER BY login",
    NULL,
};
static const struct epo_statement INSERT = {
    "account.insert",
    "INSERT INTO accounts (tenant, id, login, name, role, office, password, created_at_us,\n"
    "    password_until_us, identifies, kind)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, 0), $10, $11)\n"
    "ON CONFLICT (tenant, login) DO NOTHING",
    NULL,
};

static void read_account(struct epo_rows *rows, struct epo_account *account) {
    memset(account, 0, sizeof *account);
    epo_span_store(account->id, sizeof account->id, epo_rows_text(rows, 0));
    epo_span_store(account->login, sizeof account->login, epo_rows_text(rows, 1));
    epo_span_store(account->name, sizeof account->name, epo_rows_text(rows, 2));
    epo_span_store(account->role, sizeof account->role, epo_rows_text(rows, 3));
    epo_span_store(account->office, sizeof account->office, epo_rows_text(rows, 4));
    account->disabled = epo_rows_integer(rows, 5) != 0;
    account->verified = epo_rows_integer(rows, 6) != 0;
    account->password_until_us = epo_rows_integer(rows, 7);
    account->identifies = epo_rows_integer(rows, 8) != 0;
    epo_span_store(account->kind, sizeof account->kind, epo_rows_text(rows, 9));
}

struct epo_span epo_account_fold(struct epo_span login, char out[128]) {
    size_t n = 0;
    login = epo_span_trim(login);
    for (; n < login.len && n < 127; n++)
        out[n] = login.at[n] >= 'A' && login.at[n] <= 'Z' ? (char)(login.at[n] + 32) : login.at[n];
    out[n] = '\0';
    return (struct epo_span){out, n};
}

static bool look_up(struct epo_portal *portal, struct epo_db *db, struct epo_span login,
                    struct epo_account *account, char *password, struct epo_error *error) {
    char folded[128];
    bool found = false;
    struct epo_rows *rows = epo_db_query(
        db, &FIND, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(epo_account_fold(login, folded))));
    if (epo_rows_next(rows)) {
        read_account(rows, account);
        if (password != NULL)
            epo_span_store(password, EPO_PASSWORD_HASH_SIZE, epo_rows_text(rows, 10));
        found = true;
    }
    return epo_rows_end(rows, error) && found;
}

bool epo_account_find(struct epo_portal *portal, struct epo_db *db, struct epo_span login,
                      struct epo_account *account, struct epo_error *error) {
    return look_up(portal, db, login, account, NULL, error);
}

bool epo_account_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_json **accounts, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(db, &LIST, EPO_BIND(EPO_STRING(portal->tenant)));
    *accounts = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_account account;
        struct epo_json *row = epo_json_object(pool);
        read_account(rows, &account);
        epo_json_set_string(pool, row, "login", account.login);
        epo_json_set_string(pool, row, "name", account.name);
        epo_json_set_string(pool, row, "role", account.role);
        epo_json_set_string(pool, row, "office", account.office);
        epo_json_set_boolean(pool, row, "disabled", account.disabled);
        epo_json_set_boolean(pool, row, "verified", account.verified);
        epo_json_set_boolean(pool, row, "identifies", account.identifies);
        epo_json_set_string(pool, row, "kind", account.kind);
        epo_json_push(pool, *accounts, row);
    }
    return epo_rows_end(rows, error);
}

/* ---- adding ---- */

static bool check_login(struct epo_span login, struct epo_error *error) {
    bool good = login.len >= 3 && login.len < 128;
    for (size_t i = 0; good && i < login.len; i++) {
        char c = login.at[i];
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               (c != '\0' && strchr(".@_+-", c) != NULL);
    }
    return good || epo_fail(error, EPO_ERROR_BAD_INPUT, "account.login",
                            "A login is an e-mail address or a name of 3 to 127 lower-case "
                            "letters, digits and . _ + - @.");
}

bool epo_account_check_role(const struct epo_portal *portal, struct epo_span role,
                            struct epo_span office, bool identifies, struct epo_error *error) {
    bool clerk = epo_span_is(role, "clerk");
    if (!clerk && !epo_span_is(role, "citizen") && !epo_span_is(role, "admin"))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "account.role",
                        "The role is \"citizen\", \"clerk\" or \"admin\", not \"%.*s\".",
                        EPO_ARG(role));
    if (identifies && !clerk)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "account.role",
                        "Only a clerk may verify identities.");
    if (!clerk && office.len > 0)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "account.office",
                        "Only a clerk has an office.");
    if (clerk && !epo_span_is(office, "*") &&
        epo_routing_find(epo_portal_settings(portal), office) == NULL)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "account.office",
                        "A clerk needs an office that stands in epo.json, or \"*\" for the whole "
                        "city; there is no \"%.*s\".",
                        EPO_ARG(office));
    return true;
}

bool epo_account_insert(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_account *account, const char *hash, struct epo_span actor,
                        struct epo_error *error) {
    int64_t changes = 0, now = epo_clock_now_us();
    if (!epo_db_run(db, &INSERT,
                    EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(account->id),
                             EPO_STRING(account->login), EPO_STRING(account->name),
                             EPO_STRING(account->role), EPO_STRING(account->office),
                             EPO_STRING(hash), EPO_INTEGER(now),
                             EPO_INTEGER(account->password_until_us),
                             EPO_INTEGER(account->identifies),
                             EPO_STRING(account->kind[0] != '\0' ? account->kind : "person")),
                    &changes, error))
        return false;
    if (changes == 0)
        return epo_fail(error, EPO_ERROR_CONFLICT, "account.exists",
                        "There is an account \"%s\" already.", account->login);
    return epo_audit_append(portal, db,
                            &(struct epo_audit_entry){.actor = actor,
                                                      .action = EPO_SPAN("account.added"),
                                                      .object = epo_span(account->id),
                                                      .detail = epo_span(account->role),
                                                      .at_us = now},
                            error);
}

struct adding {
    struct epo_portal *portal;
    const struct epo_account *account;
    const char *hash;
    struct epo_span actor;
};
static bool run_add(struct epo_db *db, void *arg, struct epo_error *error) {
    struct adding *adding = arg;
    return epo_account_insert(adding->portal, db, adding->account, adding->hash, adding->actor,
                              error);
}

bool epo_account_add(struct epo_portal *portal, struct epo_account *account,
                     struct epo_span password, struct epo_span actor, struct epo_error *error) {
    char hash[EPO_PASSWORD_HASH_SIZE], folded[128];
    struct epo_span login = epo_account_fold(epo_span(account->login), folded);
    epo_span_store(account->login, sizeof account->login, login);
    if (!check_login(login, error) ||
        !epo_account_check_role(portal, epo_span(account->role), epo_span(account->office),
                                account->identifies, error) ||
        !epo_password_prepare(portal, password, login, hash, error))
        return false;
    if (account->name[0] == '\0')
        epo_span_store(account->name, sizeof account->name, login);
    epo_token_make(account->id);
    struct adding adding = {portal, account, hash, actor};
    return epo_store_write(portal->store, run_add, &adding, error);
}

void epo_account_generate_password(char out[25]) {
    char token[EPO_TOKEN_SIZE];
    epo_token_make(token);
    int n = 0;
    for (int i = 0; i < 20; i++) {
        if (i > 0 && i % 5 == 0)
            out[n++] = '-';
        out[n++] = token[i];
    }
    out[n] = '\0';
}

/* ---- signing in ---- */

void epo_account_device(const struct epo_portal *portal, struct epo_span login,
                        char out[EPO_TOKEN_SIZE]) {
    char folded[128];
    epo_portal_seal(portal, "device", epo_account_fold(login, folded), out);
}

/* What a failed try counts against: the pair of login and address soon; the login from wherever
 * later, unless this browser has signed in before. */
enum { FREE_FROM_ADDRESS = 4, FREE_FROM_ANYWHERE = 20 };
struct tries {
    char pair[256], login[160];
    struct epo_throttle throttles[2];
    size_t count;
};

static void make_tries(const struct epo_portal *portal, struct epo_span login,
                       struct epo_span client, struct epo_span device, struct tries *tries) {
    char known[EPO_TOKEN_SIZE];
    epo_account_device(portal, login, known);
    bool is_known = epo_token_equal(device, epo_span(known));
    struct epo_span from = is_known ? epo_span(known) : client;
    snprintf(tries->pair, sizeof tries->pair, "%s %.*s %.*s", portal->tenant, EPO_ARG(login),
             (int)(from.len < 60 ? from.len : 60), from.at);
    snprintf(tries->login, sizeof tries->login, "%s %.*s", portal->tenant, EPO_ARG(login));
    tries->throttles[0] = (struct epo_throttle){epo_span(tries->pair), FREE_FROM_ADDRESS};
    tries->throttles[1] = (struct epo_throttle){epo_span(tries->login), FREE_FROM_ANYWHERE};
    tries->count = is_known ? 1 : 2;
}

bool epo_account_verify(struct epo_portal *portal, struct epo_db *db, struct epo_span login,
                        struct epo_span password, struct epo_span client, struct epo_span device,
                        struct epo_account *account, int *wait_s, struct epo_error *error) {
    char hash[EPO_PASSWORD_HASH_SIZE] = "", folded[128];
    struct tries tries;
    struct epo_error inner = {0};
    login = epo_account_fold(login, folded);
    *wait_s = 0;
    make_tries(portal, login, client, device, &tries);
    for (size_t i = 0; i < tries.count; i++) {
        int wait = epo_throttle_wait(&tries.throttles[i], epo_clock_now_us());
        *wait_s = wait > *wait_s ? wait : *wait_s;
    }
    if (*wait_s > 0)
        return epo_fail(error, EPO_ERROR_RATE, "account.slow_down",
                        "Too many failed tries: wait %d s.", *wait_s);
    bool found = look_up(portal, db, login, account, hash, &inner);
    if (inner.kind == EPO_ERROR_NONE && epo_password_verify(password, hash, &inner) && found &&
        !account->disabled && strcmp(account->kind, "person") == 0) {
        for (size_t i = 0; i < tries.count; i++)
            epo_throttle_succeeded(&tries.throttles[i]);
        return account->password_until_us == 0 || account->password_until_us > epo_clock_now_us() ||
               epo_fail(error, EPO_ERROR_UNAUTHENTICATED, "account.first_ended",
                        "The password that was made for you has ended: set your own.");
    }
    memset(account, 0, sizeof *account);
    if (inner.kind != EPO_ERROR_NONE) {
        *error = inner;
        return false;
    }
    for (size_t i = 0; i < tries.count; i++)
        epo_throttle_failed(&tries.throttles[i], epo_clock_now_us());
    return epo_fail(error, EPO_ERROR_UNAUTHENTICATED, "account.wrong",
                    "The name or the password does not fit.");
}

/* ---- changes ---- */

static const struct epo_statement SET_ROLE = {
    "account.set_role",
    "UPDATE accounts SET role = $3, office = $4, identifies = $5\n"
    "WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement SET_PASSWORD = {
    "account.set_password",
    "UPDATE accounts SET password = $3, password_until_us = nullif($4, 0)\n"
    "WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement SET_VERIFIED = {
    "account.set_verified",
    "UPDATE accounts SET verified_at_us = $3\n"
    "WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement SET_DISABLED = {
    "account.set_disabled",
    "UPDATE accounts SET disabled = $3\n"
    "WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement END_SESSIONS = {
    "account.end_sessions",
    "DELETE FROM sessions\n"
    "WHERE tenant = $1 AND account = $2",
    NULL,
};

static const struct epo_statement END_OTHERS = {
    "account.end_others",
    "DELETE FROM sessions\n"
    "WHERE tenant = $1 AND account = $2 AND token <> $3",
    NULL,
};

bool epo_account_put_password(struct epo_portal *portal, struct epo_db *db, struct epo_span id,
                              const char *hash, struct epo_span keep, struct epo_error *error) {
    struct epo_hash digest;
    struct epo_span kept = epo_hash_of(keep, &digest);
    return epo_db_run(
               db, &SET_PASSWORD,
               EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id), EPO_STRING(hash), EPO_INTEGER(0)),
               NULL, error) &&
           epo_db_run(db, &END_OTHERS,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id), EPO_BLOB(kept)), NULL,
                      error) &&
           epo_audit_note(portal, db, id, "account.password", id, EPO_SPAN(""), error);
}

struct change {
    struct epo_portal *portal;
    const struct epo_statement *statement;
    struct epo_span login, actor, action, detail;
    struct epo_value values[3]; /* $3 and on */
    bool ends_sessions;
};

static bool run_change(struct epo_db *db, void *arg, struct epo_error *error) {
    struct change *change = arg;
    struct epo_account account;
    struct epo_error inner = {0};
    struct epo_value tenant = EPO_STRING(change->portal->tenant);
    if (!look_up(change->portal, db, change->login, &account, NULL, &inner)) {
        if (inner.kind != EPO_ERROR_NONE) {
            *error = inner;
            return false;
        }
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "account.unknown",
                        "There is no account \"%.*s\".", EPO_ARG(change->login));
    }
    struct epo_value id = EPO_STRING(account.id);
    if (change->statement != NULL &&
        !epo_db_run(db, change->statement,
                    EPO_BIND(tenant, id, change->values[0], change->values[1], change->values[2]),
                    NULL, error))
        return false;
    if (change->ends_sessions && !epo_db_run(db, &END_SESSIONS, EPO_BIND(tenant, id), NULL, error))
        return false;
    return epo_audit_append(change->portal, db,
                            &(struct epo_audit_entry){.actor = change->actor,
                                                      .action = change->action,
                                                      .object = epo_span(account.id),
                                                      .detail = change->detail,
                                                      .at_us = epo_clock_now_us()},
                            error);
}

bool epo_account_set_role(struct epo_portal *portal, struct epo_span login, struct epo_span role,
                          struct epo_span office, bool identifies, struct epo_span actor,
                          struct epo_error *error) {
    if (!epo_account_check_role(portal, role, office, identifies, error))
        return false;
    struct change change = {portal,
                            &SET_ROLE,
                            login,
                            actor,
                            EPO_SPAN("account.role"),
                            role,
                            {EPO_TEXT(role), EPO_TEXT(office), EPO_INTEGER(identifies)},
                            true};
    return epo_store_write(portal->store, run_change, &change, error);
}

bool epo_account_sign_out(struct epo_portal *portal, struct epo_span login, struct epo_span actor,
                          struct epo_error *error) {
    struct change change = {portal,  NULL,       login, actor, EPO_SPAN("account.signed_out"),
                            {"", 0}, {EPO_NULL}, true};
    return epo_store_write(portal->store, run_change, &change, error);
}

bool epo_account_set_password(struct epo_portal *portal, struct epo_span login,
                              struct epo_span password, int64_t until_us, struct epo_span actor,
                              struct epo_error *error) {
    char hash[EPO_PASSWORD_HASH_SIZE];
    if (!epo_password_prepare(portal, password, login, hash, error))
        return false;
    struct change change = {portal,
                            &SET_PASSWORD,
                            login,
                            actor,
                            EPO_SPAN("account.password"),
                            {"", 0},
                            {EPO_STRING(hash), EPO_INTEGER(until_us)},
                            true};
    return epo_store_write(portal->store, run_change, &change, error);
}

bool epo_account_set_verified(struct epo_portal *portal, struct epo_span login,
                              struct epo_span actor, struct epo_error *error) {
    struct change change = {portal,
                            &SET_VERIFIED,
                            login,
                            actor,
                            EPO_SPAN("account.verified"),
                            {"", 0},
                            {EPO_INTEGER(epo_clock_now_us())},
                            false};
    return epo_store_write(portal->store, run_change, &change, error);
}

bool epo_account_set_disabled(struct epo_portal *portal, struct epo_span login, bool disabled,
                              struct epo_span actor, struct epo_error *error) {
    struct change change = {portal,
                            &SET_DISABLED,
                            login,
                            actor,
                            disabled ? EPO_SPAN("account.disabled") : EPO_SPAN("account.enabled"),
                            {"", 0},
                            {EPO_INTEGER(disabled)},
                            disabled};
    return epo_store_write(portal->store, run_change, &change, error);
}
