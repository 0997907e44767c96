#include "portal/account_admin.h"

#include "portal/audit.h"

#define COLUMNS                                                                                    \
    "SELECT id, login, name, role, office, kind, disabled, verified_at_us IS NOT NULL,\n"          \
    "    identifies\n"                                                                             \
    "FROM accounts\n"
static const struct epo_statement SEARCH = {
    "account.search",
    COLUMNS "WHERE tenant = $1 AND login > $2 AND ($3 = '' OR role = $3)\n"
            "    AND ($4 = '' OR office = $4)\n"
            "    AND ($5 = '' OR login LIKE $5 ESCAPE '\\' OR name LIKE $5 ESCAPE '\\')\n"
            "ORDER BY login LIMIT $6",
    NULL,
};
static const struct epo_statement BY_ID = {
    "account.by_id",
    COLUMNS "WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement SET_ROLE = {
    "account.admin_role",
    "UPDATE accounts SET role = $3, office = $4, identifies = $5 WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement SET_DISABLED = {
    "account.admin_disabled",
    "UPDATE accounts SET disabled = $3 WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement END_SESSIONS = {
    "account.admin_sign_out",
    "DELETE FROM sessions WHERE tenant = $1 AND account = $2",
    NULL,
};

static struct epo_json *read_row(struct epo_pool *pool, struct epo_rows *rows) {
    static const char *const TEXTS[] = {"id", "login", "name", "role", "office", "kind"};
    static const char *const FLAGS[] = {"disabled", "verified", "identifies"};
    struct epo_json *row = epo_json_object(pool);
    for (int i = 0; i < 6; i++)
        epo_json_set_text(pool, row, TEXTS[i], epo_rows_text(rows, i));
    for (int i = 0; i < 3; i++)
        epo_json_set_boolean(pool, row, FLAGS[i], epo_rows_integer(rows, 6 + i) != 0);
    return row;
}

/* The words as they stand: their % and _ match themselves. */
static struct epo_span pattern_of(struct epo_pool *pool, struct epo_span words) {
    char *out = epo_pool_alloc(pool, 2 * words.len + 3);
    size_t len = 0;
    if (words.len == 0)
        return words;
    out[len++] = '%';
    for (size_t i = 0; i < words.len; i++) {
        if (words.at[i] == '%' || words.at[i] == '_' || words.at[i] == '\\')
            out[len++] = '\\';
        out[len++] = words.at[i];
    }
    out[len++] = '%';
    return (struct epo_span){out, len};
}

bool epo_account_search(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        const struct epo_account_search *search, struct epo_json **list,
                        struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &SEARCH,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(search->after), EPO_TEXT(search->role),
                 EPO_TEXT(search->office), EPO_TEXT(pattern_of(pool, search->words)),
                 EPO_INTEGER(search->limit)));
    *list = epo_json_array(pool);
    while (epo_rows_next(rows))
        epo_json_push(pool, *list, read_row(pool, rows));
    return epo_rows_end(rows, error);
}

bool epo_account_by_id(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       struct epo_span id, struct epo_json **account, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &BY_ID, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id)));
    *account = epo_rows_next(rows) ? read_row(pool, rows) : NULL;
    return epo_rows_end(rows, error);
}

/* ---- changing ---- */

static bool check(const struct epo_account_change *change, const struct epo_json *account,
                  struct epo_error *error) {
    bool role = change->deed == EPO_ACCOUNT_ROLE, self = epo_span_is(change->id, change->admin->id);
    if (strcmp(change->admin->role, "admin") != 0)
        return epo_fail(error, EPO_ERROR_DENIED, "http.denied", "Only an admin changes accounts.");
    if (account == NULL)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "account.unknown", "There is no such account.");
    if (self && (role || change->deed == EPO_ACCOUNT_DISABLE))
        return epo_fail(error, EPO_ERROR_DENIED, "account.self",
                        "An admin does not take the own rights: another one does.");
    if (role && !epo_span_is(epo_json_get_text(account, "kind"), "person"))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "account.business",
                        "An account that stands for a business has no role.");
    return !role || epo_account_check_role(change->portal, change->role, change->office,
                                           change->identifies, error);
}

static bool apply(struct epo_db *db, struct epo_pool *pool, const struct epo_account_change *change,
                  struct epo_error *error) {
    struct epo_value tenant = EPO_STRING(change->portal->tenant), id = EPO_TEXT(change->id);
    struct epo_span admin = epo_span(change->admin->id);
    const char *what =
        epo_pool_printf(pool, "%.*s %.*s%s", EPO_ARG(change->role), EPO_ARG(change->office),
                        change->identifies ? " identifies" : "");
    switch (change->deed) {
    case EPO_ACCOUNT_ROLE:
        return epo_db_run(db, &SET_ROLE,
                          EPO_BIND(tenant, id, EPO_TEXT(change->role), EPO_TEXT(change->office),
                                   EPO_INTEGER(change->identifies)),
                          NULL, error) &&
               epo_db_run(db, &END_SESSIONS, EPO_BIND(tenant, id), NULL, error) &&
               epo_audit_note(change->portal, db, admin, "account.role", change->id, epo_span(what),
                              error);
    case EPO_ACCOUNT_DISABLE:
        return epo_db_run(db, &SET_DISABLED, EPO_BIND(tenant, id, EPO_INTEGER(1)), NULL, error) &&
               epo_db_run(db, &END_SESSIONS, EPO_BIND(tenant, id), NULL, error) &&
               epo_audit_note(change->portal, db, admin, "account.disabled", change->id,
                              EPO_SPAN(""), error);
    case EPO_ACCOUNT_ENABLE:
        return epo_db_run(db, &SET_DISABLED, EPO_BIND(tenant, id, EPO_INTEGER(0)), NULL, error) &&
               epo_audit_note(change->portal, db, admin, "account.enabled", change->id,
                              EPO_SPAN(""), error);
    default:
        return epo_db_run(db, &END_SESSIONS, EPO_BIND(tenant, id), NULL, error) &&
               epo_audit_note(change->portal, db, admin, "account.signed_out", change->id,
                              EPO_SPAN(""), error);
    }
}

bool epo_account_change(struct epo_db *db, const struct epo_account_change *change,
                        struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *account;
    bool ok = epo_account_by_id(change->portal, db, pool, change->id, &account, error) &&
              check(change, account, error) && apply(db, pool, change, error);
    epo_pool_free(pool);
    return ok;
}
