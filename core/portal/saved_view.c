#include "portal/saved_view.h"

#include "base/clock.h"
#include "base/token.h"

/* Of a shared view: its maker may still handle cases of that office, and so may remove it. */
#define MAKER_IS_THERE                                                                             \
    "EXISTS (SELECT 1 FROM accounts AS m\n"                                                        \
    "    WHERE m.tenant = v.tenant AND m.id = v.account AND m.disabled = 0\n"                      \
    "        AND (m.role = 'admin' OR (m.role = 'clerk' AND m.office IN (v.office, '*'))))"

static const struct epo_statement LIST = {
    "saved_view.list",
    "SELECT v.id, v.name, v.filter, v.office <> '', v.account = $2, p.name,\n"
    "    v.account = $2 OR NOT " MAKER_IS_THERE "\n"
    "FROM desk_views AS v\n"
    "JOIN accounts AS p ON p.tenant = v.tenant AND p.id = v.account\n"
    "WHERE v.tenant = $1 AND (v.account = $2 OR (v.office = $3 AND v.office <> ''))\n"
    "ORDER BY v.name, v.id",
    NULL,
};
static const struct epo_statement STANDING = {
    "saved_view.standing",
    "SELECT\n"
    "    (SELECT COUNT(*) FROM desk_views WHERE tenant = $1 AND account = $2),\n"
    "    (SELECT COUNT(*) FROM desk_views WHERE tenant = $1 AND office = $3 AND office <> ''),\n"
    "    EXISTS (SELECT 1 FROM desk_views WHERE tenant = $1 AND account = $2 AND name = $4)",
    NULL,
};
static const struct epo_statement ADD = {
    "saved_view.add",
    "INSERT INTO desk_views (tenant, id, account, office, name, filter, made_at_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7)",
    NULL,
};
static const struct epo_statement REMOVE = {
    "saved_view.remove",
    "DELETE FROM desk_views AS v\n"
    "WHERE v.tenant = $1 AND v.id = $2\n"
    "    AND (v.account = $3 OR (v.office = $4 AND NOT " MAKER_IS_THERE "))",
    NULL,
};

/* As accounts say it: clerks of the whole city have "*". */
static struct epo_span office_of(struct epo_span scope) {
    return scope.len > 0 ? scope : EPO_SPAN("*");
}

static bool check(struct epo_portal *portal, struct epo_db *db, const struct epo_saved_view *view,
                  struct epo_span office, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &STANDING,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(view->account), EPO_TEXT(office),
                              EPO_TEXT(view->name)));
    bool there = epo_rows_next(rows);
    int64_t own = there ? epo_rows_integer(rows, 0) : 0;
    int64_t shared = there ? epo_rows_integer(rows, 1) : 0;
    bool same = there && epo_rows_integer(rows, 2) != 0;
    if (!epo_rows_end(rows, error))
        return false;
    if (view->filter.len > EPO_SAVED_VIEW_FILTER_BYTES)
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "view.long", "The filter is too long to keep.");
    if (same)
        return epo_fail(error, EPO_ERROR_CONFLICT, "view.name",
                        "This account has a view of that name.");
    if (own >= EPO_SAVED_VIEW_MAX)
        return epo_fail(error, EPO_ERROR_CONFLICT, "view.full",
                        "This account has as many views as it may.");
    if (view->shared && shared >= EPO_SAVED_VIEW_MAX)
        return epo_fail(error, EPO_ERROR_CONFLICT, "view.office_full",
                        "This office shares as many views as it may.");
    return true;
}

bool epo_saved_view_add(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_saved_view *view, struct epo_error *error) {
    char id[EPO_TOKEN_SIZE];
    struct epo_span office = view->shared ? office_of(view->scope) : EPO_SPAN("");
    epo_token_make(id);
    return check(portal, db, view, office, error) &&
           epo_db_run(db, &ADD,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(id), EPO_TEXT(view->account),
                               EPO_TEXT(office), EPO_TEXT(view->name), EPO_TEXT(view->filter),
                               EPO_INTEGER(epo_clock_now_us())),
                      NULL, error);
}

bool epo_saved_view_remove(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                           struct epo_span scope, struct epo_span id, struct epo_error *error) {
    int64_t removed = 0;
    if (!epo_db_run(db, &REMOVE,
                    EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id), EPO_TEXT(account),
                             EPO_TEXT(office_of(scope))),
                    &removed, error))
        return false;
    return removed > 0 || epo_fail(error, EPO_ERROR_NOT_FOUND, "view.not_found",
                                   "There is no such view, or another made it.");
}

bool epo_saved_view_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span account, struct epo_span scope, struct epo_json **views,
                         struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &LIST,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_TEXT(office_of(scope))));
    *views = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *view = epo_json_object(pool);
        bool own = epo_rows_integer(rows, 4) != 0;
        epo_json_set_text(pool, view, "id", epo_rows_text(rows, 0));
        epo_json_set_text(pool, view, "name", epo_rows_text(rows, 1));
        epo_json_set_text(pool, view, "filter", epo_rows_text(rows, 2));
        epo_json_set_boolean(pool, view, "shared", epo_rows_integer(rows, 3) != 0);
        epo_json_set_text(pool, view, "by", own ? EPO_SPAN("") : epo_rows_text(rows, 5));
        epo_json_set_boolean(pool, view, "removable", epo_rows_integer(rows, 6) != 0);
        epo_json_push(pool, *views, view);
    }
    return epo_rows_end(rows, error);
}
