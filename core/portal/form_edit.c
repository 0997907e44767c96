#include "portal/form_edit.h"

#include "base/clock.h"
#include "portal/audit.h"

static const struct epo_statement CURRENT = {
    "form_edit.current",
    "SELECT version, at_us, actor, actor_name, note, definition FROM form_edits\n"
    "WHERE tenant = $1 AND agenda = $2 AND form = $3\n"
    "ORDER BY version DESC LIMIT 1",
    NULL,
};
static const struct epo_statement FIND = {
    "form_edit.find",
    "SELECT version, at_us, actor, actor_name, note, definition FROM form_edits\n"
    "WHERE tenant = $1 AND agenda = $2 AND form = $3 AND version = $4",
    NULL,
};
static const struct epo_statement LIST = {
    "form_edit.list",
    "SELECT version, at_us, actor_name, note, definition = '' FROM form_edits\n"
    "WHERE tenant = $1 AND agenda = $2 AND form = $3\n"
    "ORDER BY version DESC LIMIT 200",
    NULL,
};
static const struct epo_statement INSERT = {
    "form_edit.insert",
    "INSERT INTO form_edits (tenant, agenda, form, version, at_us, actor, actor_name, note,\n"
    "    definition)\n"
    "SELECT $1, $2, $3, $4 + 1, $5, $6, $7, $8, $9\n"
    "WHERE $4 = (SELECT coalesce(max(version), 0) FROM form_edits\n"
    "    WHERE tenant = $1 AND agenda = $2 AND form = $3)",
    NULL,
};

static bool read_one(struct epo_pool *pool, struct epo_rows *rows, struct epo_form_edit *edit,
                     struct epo_error *error) {
    *edit = (struct epo_form_edit){0};
    if (epo_rows_next(rows)) {
        edit->version = epo_rows_integer(rows, 0);
        edit->at_us = epo_rows_integer(rows, 1);
        edit->actor = epo_pool_copy(pool, epo_rows_text(rows, 2));
        edit->actor_name = epo_pool_copy(pool, epo_rows_text(rows, 3));
        edit->note = epo_pool_copy(pool, epo_rows_text(rows, 4));
        edit->definition = epo_pool_copy(pool, epo_rows_text(rows, 5));
    }
    return epo_rows_end(rows, error);
}

bool epo_form_edit_current(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                           const char *agenda, const char *form, struct epo_form_edit *edit,
                           struct epo_error *error) {
    return read_one(
        pool,
        epo_db_query(db, &CURRENT,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda), EPO_STRING(form))),
        edit, error);
}

bool epo_form_edit_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        const char *agenda, const char *form, int64_t version,
                        struct epo_form_edit *edit, struct epo_error *error) {
    return read_one(pool,
                    epo_db_query(db, &FIND,
                                 EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda),
                                          EPO_STRING(form), EPO_INTEGER(version))),
                    edit, error) &&
           (edit->version > 0 || epo_fail(error, EPO_ERROR_NOT_FOUND, "form_edit.none",
                                          "There is no such version of the form."));
}

bool epo_form_edit_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        const char *agenda, const char *form, struct epo_json **list,
                        struct epo_error *error) {
    *list = epo_json_array(pool);
    struct epo_rows *rows = epo_db_query(
        db, &LIST, EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda), EPO_STRING(form)));
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_integer(pool, row, "version", epo_rows_integer(rows, 0));
        epo_json_set_integer(pool, row, "at_us", epo_rows_integer(rows, 1));
        epo_json_set_text(pool, row, "actor_name", epo_rows_text(rows, 2));
        epo_json_set_text(pool, row, "note", epo_rows_text(rows, 3));
        epo_json_set_boolean(pool, row, "own_file", epo_rows_integer(rows, 4) != 0);
        epo_json_push(pool, *list, row);
    }
    return epo_rows_end(rows, error);
}

bool epo_form_edit_publish(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                           const char *form, const struct epo_form_edit *edit,
                           struct epo_error *error) {
    int64_t changes = 0, now_us = epo_clock_now_us();
    char object[200], detail[32];
    snprintf(object, sizeof object, "%s/%s", agenda, form);
    snprintf(detail, sizeof detail, "%lld", (long long)edit->version + 1);
    if (!epo_db_run(db, &INSERT,
                    EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda), EPO_STRING(form),
                             EPO_INTEGER(edit->version), EPO_INTEGER(now_us), EPO_TEXT(edit->actor),
                             EPO_TEXT(edit->actor_name), EPO_TEXT(edit->note),
                             EPO_TEXT(edit->definition)),
                    &changes, error))
        return false;
    if (changes == 0)
        return epo_fail(error, EPO_ERROR_CONFLICT, "form_edit.changed",
                        "Another version of the form was published meanwhile.");
    struct epo_audit_entry entry = {.actor = edit->actor,
                                    .action = EPO_SPAN("form.published"),
                                    .object = epo_span(object),
                                    .detail = epo_span(detail),
                                    .at_us = now_us};
    return epo_audit_append(portal, db, &entry, error);
}
