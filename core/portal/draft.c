#include "portal/draft.h"

#include "base/clock.h"
#include "portal/attachment.h"

#define DAY_US (86400 * 1000000LL)
enum { OF_ACCOUNT_MAX = 100, OF_NOBODY_MAX = 20000, DAYS = 30 };

static const struct epo_setting ROWS[] = {
    {"days", EPO_JSON_INTEGER, 1, 365, DAYS, false, false,
     "a form that was begun is kept so many days after its last change"},
};
const struct epo_setting_group epo_draft_settings = {"drafts", ROWS, sizeof ROWS / sizeof *ROWS};

static const struct epo_statement FIND = {
    "draft.find",
    "SELECT key_hash, owner, agenda, form, form_version, lang, version, saved_by, created_at_us,\n"
    "    changed_at_us, answers, acting_for\n"
    "FROM drafts WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement LIST = {
    "draft.list",
    "SELECT id, agenda, form, changed_at_us FROM drafts\n"
    "WHERE tenant = $1 AND owner = $2 AND owner <> '' AND ($3 = '' OR agenda = $3)\n"
    "ORDER BY changed_at_us DESC LIMIT 100",
    NULL,
};
static const struct epo_statement MANY = {
    "draft.many",
    "SELECT 1 FROM drafts WHERE tenant = $1 AND owner = $2 AND owner <> '' LIMIT 1 OFFSET $3",
    NULL,
};
static const struct epo_statement MANY_OF_NOBODY = {
    "draft.many_of_nobody",
    "SELECT 1 FROM drafts WHERE tenant = $1 AND owner = '' LIMIT 1 OFFSET $2",
    NULL,
};
static const struct epo_statement INSERT = {
    "draft.insert",
    "INSERT INTO drafts (tenant, id, key_hash, owner, agenda, form, form_version, lang, version,\n"
    "    saved_by, created_at_us, changed_at_us, answers, acting_for)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $10, $11, $12)",
    NULL,
};
/* The version after that of the page is its own where it repeats a save whose answer it never got.
 */
static const struct epo_statement SAVE = {
    "draft.save",
    "UPDATE drafts SET owner = CASE owner WHEN '' THEN $3 ELSE owner END, form_version = $4,\n"
    "    lang = $5, saved_by = $6, changed_at_us = $7, answers = $8, version = $9 + 1,\n"
    "    acting_for = $10\n"
    "WHERE tenant = $1 AND id = $2\n"
    "    AND (version = $9 OR (version = $9 + 1 AND saved_by = $6 AND saved_by <> ''))",
    NULL,
};
static const struct epo_statement IS_THERE = {
    "draft.is_there",
    "SELECT 1 FROM drafts WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement SENT = {
    "draft.sent",
    "DELETE FROM drafts WHERE tenant = $1 AND id = $2 AND version = $3",
    NULL,
};
static const struct epo_statement DROP = {
    "draft.drop",
    "DELETE FROM drafts WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement EXPIRE = {
    "draft.expire",
    "DELETE FROM drafts WHERE rowid IN (\n"
    "    SELECT rowid FROM drafts WHERE tenant = $1 AND changed_at_us <= $2\n"
    "    ORDER BY changed_at_us LIMIT 100)",
    NULL,
};

static int64_t kept_us(const struct epo_portal *portal) {
    const struct epo_json *settings = epo_json_get(epo_portal_settings(portal), "drafts");
    return epo_setting_get(&epo_draft_settings, settings, "days") * DAY_US;
}

int64_t epo_draft_until_us(const struct epo_portal *portal, int64_t changed_at_us) {
    return changed_at_us + kept_us(portal);
}

/* ---- reading ---- */

void epo_draft_reference(const struct epo_draft *draft, char out[EPO_DRAFT_REFERENCE_SIZE]) {
    snprintf(out, EPO_DRAFT_REFERENCE_SIZE, "%s%s%s", draft->id, draft->key[0] ? "." : "",
             draft->key);
}

static bool has_key(struct epo_span key, struct epo_span hash) {
    struct epo_hash digest;
    return key.len > 0 && epo_token_equal(epo_hash_of(key, &digest), hash);
}

static bool gone(struct epo_error *error) {
    return epo_fail(error, EPO_ERROR_NOT_FOUND, "draft.gone",
                    "There is no such draft: it was sent, removed, or its time is over.");
}

static bool read_row(struct epo_pool *pool, struct epo_rows *rows, struct epo_span account,
                     struct epo_span key, struct epo_draft *draft, struct epo_error *error) {
    struct epo_span *const texts[] = {&draft->owner, &draft->agenda, &draft->form,
                                      &draft->form_version, &draft->lang};
    bool opens = has_key(key, epo_rows_text(rows, 0));
    for (int i = 0; i < 5; i++)
        *texts[i] = epo_pool_copy(pool, epo_rows_text(rows, i + 1));
    draft->version = epo_rows_integer(rows, 6);
    draft->saved_by = epo_pool_copy(pool, epo_rows_text(rows, 7));
    draft->created_at_us = epo_rows_integer(rows, 8);
    draft->changed_at_us = epo_rows_integer(rows, 9);
    draft->answers = epo_pool_copy(pool, epo_rows_text(rows, 10));
    draft->acting_for = epo_pool_copy(pool, epo_rows_text(rows, 11));
    if (opens)
        snprintf(draft->key, sizeof draft->key, "%.*s", EPO_ARG(key));
    if (opens || (account.len > 0 && epo_span_equal(account, draft->owner)))
        return true;
    if (account.len == 0 && key.len == 0 && draft->owner.len > 0)
        return epo_fail(error, EPO_ERROR_UNAUTHENTICATED, "draft.signed_out",
                        "This draft belongs to an account: sign in.");
    return gone(error);
}

bool epo_draft_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                    struct epo_span reference, struct epo_span account, struct epo_draft *draft,
                    struct epo_error *error) {
    struct epo_error why = {0};
    struct epo_span key, id = epo_span_cut(reference, '.', &key);
    *draft = (struct epo_draft){0};
    if (id.len != EPO_TOKEN_SIZE - 1 || key.len > EPO_TOKEN_SIZE - 1)
        return gone(error);
    memcpy(draft->id, id.at, id.len);
    struct epo_rows *rows =
        epo_db_query(db, &FIND, EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(draft->id)));
    bool found = epo_rows_next(rows) ? read_row(pool, rows, account, key, draft, &why) : gone(&why);
    if (!epo_rows_end(rows, error))
        return false;
    if (found && epo_draft_until_us(portal, draft->changed_at_us) <= epo_clock_now_us())
        found = gone(&why);
    if (!found && error != NULL)
        *error = why;
    return found;
}

bool epo_draft_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                    struct epo_span account, struct epo_span agenda, struct epo_json **list,
                    struct epo_error *error) {
    *list = epo_json_array(pool);
    struct epo_rows *rows = epo_db_query(
        db, &LIST, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_TEXT(agenda)));
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "id", epo_rows_text(rows, 0));
        epo_json_set_text(pool, row, "agenda", epo_rows_text(rows, 1));
        epo_json_set_text(pool, row, "form", epo_rows_text(rows, 2));
        epo_json_set_integer(pool, row, "changed_at_us", epo_rows_integer(rows, 3));
        epo_json_push(pool, *list, row);
    }
    return epo_rows_end(rows, error);
}

/* ---- writing ---- */

void epo_draft_prepare(struct epo_draft *draft) {
    epo_token_make(draft->id);
    epo_token_make(draft->key);
}

static bool too_large(const struct epo_draft *draft, struct epo_error *error) {
    return draft->answers.len > EPO_DRAFT_BYTES_MAX &&
           !epo_fail(error, EPO_ERROR_TOO_LARGE, "draft.size",
                     "What was filled in is over %u bytes.", EPO_DRAFT_BYTES_MAX);
}

static bool some(struct epo_rows *rows, bool *any, struct epo_error *error) {
    *any = epo_rows_next(rows);
    return epo_rows_end(rows, error);
}

static bool is_there(struct epo_portal *portal, struct epo_db *db, const char *id, bool *there,
                     struct epo_error *error) {
    return some(epo_db_query(db, &IS_THERE, EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(id))),
                there, error);
}

/* Files that the answers refer to stay as long as the draft. */
static bool keep_files(struct epo_portal *portal, struct epo_db *db, const struct epo_draft *draft,
                       struct epo_error *error) {
    return epo_attachment_keep_all(portal, db, draft->answers,
                                   epo_draft_until_us(portal, draft->changed_at_us), error);
}

bool epo_draft_create(struct epo_portal *portal, struct epo_db *db, struct epo_draft *draft,
                      struct epo_error *error) {
    struct epo_hash digest;
    bool full;
    struct epo_value tenant = EPO_STRING(portal->tenant);
    if (too_large(draft, error))
        return false;
    struct epo_rows *rows =
        draft->owner.len > 0
            ? epo_db_query(
                  db, &MANY,
                  EPO_BIND(tenant, EPO_TEXT(draft->owner), EPO_INTEGER(OF_ACCOUNT_MAX - 1)))
            : epo_db_query(db, &MANY_OF_NOBODY, EPO_BIND(tenant, EPO_INTEGER(OF_NOBODY_MAX - 1)));
    if (!some(rows, &full, error))
        return false;
    if (full)
        return epo_fail(error, EPO_ERROR_BUSY, "draft.full", "There are too many drafts already.");
    draft->created_at_us = draft->changed_at_us = epo_clock_now_us();
    draft->version = 1;
    return epo_db_run(db, &INSERT,
                      EPO_BIND(tenant, EPO_STRING(draft->id),
                               EPO_BLOB(epo_hash_of(epo_span(draft->key), &digest)),
                               EPO_TEXT(draft->owner), EPO_TEXT(draft->agenda),
                               EPO_TEXT(draft->form), EPO_TEXT(draft->form_version),
                               EPO_TEXT(draft->lang), EPO_TEXT(draft->saved_by),
                               EPO_INTEGER(draft->created_at_us), EPO_TEXT(draft->answers),
                               EPO_TEXT(draft->acting_for)),
                      NULL, error) &&
           keep_files(portal, db, draft, error);
}

static bool changed_or_gone(struct epo_portal *portal, struct epo_db *db, const char *id,
                            enum epo_error_kind kind_of_gone, struct epo_error *error) {
    bool there;
    if (!is_there(portal, db, id, &there, error))
        return false;
    if (there)
        return epo_fail(error, EPO_ERROR_CONFLICT, "draft.changed",
                        "Another page has saved this draft meanwhile.");
    gone(error);
    if (error != NULL)
        error->kind = kind_of_gone;
    return false;
}

/* A job may run again from the start: the version in the draft is the page's until it is on disk,
 * so it is counted here, in a copy. */
bool epo_draft_save(struct epo_portal *portal, struct epo_db *db, struct epo_draft *draft,
                    struct epo_error *error) {
    int64_t changes = 0, now_us = epo_clock_now_us();
    if (too_large(draft, error))
        return false;
    if (!epo_db_run(db, &SAVE,
                    EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(draft->id),
                             EPO_TEXT(draft->owner), EPO_TEXT(draft->form_version),
                             EPO_TEXT(draft->lang), EPO_TEXT(draft->saved_by), EPO_INTEGER(now_us),
                             EPO_TEXT(draft->answers), EPO_INTEGER(draft->version),
                             EPO_TEXT(draft->acting_for)),
                    &changes, error))
        return false;
    draft->changed_at_us = now_us;
    return (changes > 0 || changed_or_gone(portal, db, draft->id, EPO_ERROR_NOT_FOUND, error)) &&
           keep_files(portal, db, draft, error);
}

bool epo_draft_sent(struct epo_portal *portal, struct epo_db *db, const struct epo_draft *draft,
                    struct epo_error *error) {
    int64_t changes = 0;
    return epo_db_run(db, &SENT,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(draft->id),
                               EPO_INTEGER(draft->version)),
                      &changes, error) &&
           (changes > 0 || changed_or_gone(portal, db, draft->id, EPO_ERROR_CONFLICT, error));
}

bool epo_draft_drop(struct epo_portal *portal, struct epo_db *db, const char *id,
                    struct epo_error *error) {
    return epo_db_run(db, &DROP, EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(id)), NULL, error);
}

bool epo_draft_expire(struct epo_portal *portal, struct epo_db *db, int64_t now_us,
                      int64_t *removed, struct epo_error *error) {
    return epo_db_run(db, &EXPIRE,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(now_us - kept_us(portal))),
                      removed, error);
}
