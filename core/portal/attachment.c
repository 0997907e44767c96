#include "portal/attachment.h"

#include "base/clock.h"
#include "base/limits.h"

static const struct epo_setting ROWS[] = {
    {"file_bytes", EPO_JSON_INTEGER, 1 << 10, EPO_ATTACHMENT_BYTES_MAX, 10 << 20, false, false,
     "bytes of one file that people send"},
    {"request_bytes", EPO_JSON_INTEGER, 1 << 10, 4LL * EPO_ATTACHMENT_BYTES_MAX, 20 << 20, false,
     false, "bytes of all files sent at once from one page; each such request is held in memory"},
    {"waiting_bytes", EPO_JSON_INTEGER, 1 << 20, INT64_C(1) << 40, INT64_C(2) << 30, false, false,
     "bytes of all files together that are sent but not yet part of a request; above it new ones "
     "wait"},
    {"waiting_hours", EPO_JSON_INTEGER, 1, 24 * 60, 48, false, false,
     "how long a file is kept that did not become part of a request"},
    {"clamd", EPO_JSON_TEXT, 0, 0, 0, false, false,
     "virus scanner: \"/run/clamav/clamd.ctl\" or \"127.0.0.1:3310\"; not set: files are not "
     "scanned"},
};
const struct epo_setting_group epo_attachment_settings = {"attachments", ROWS,
                                                          sizeof ROWS / sizeof *ROWS};

static int64_t setting(const struct epo_portal *portal, const char *name) {
    return epo_setting_get(&epo_attachment_settings,
                           epo_json_get(epo_portal_settings(portal), "attachments"), name);
}

int64_t epo_attachment_bytes_max(const struct epo_portal *portal) {
    return setting(portal, "file_bytes");
}

int64_t epo_attachment_request_max(const struct epo_portal *portal) {
    int64_t request = setting(portal, "request_bytes"), file = setting(portal, "file_bytes");
    return (request > file ? request : file) + EPO_BODY_BYTES_MAX;
}

/* ---- ids and tickets ---- */

void epo_attachment_reference(const struct epo_portal *portal, const char *id,
                              char out[EPO_ATTACHMENT_REFERENCE_SIZE]) {
    char ticket[EPO_TOKEN_SIZE];
    epo_portal_seal(portal, "attachment", epo_span(id), ticket);
    snprintf(out, EPO_ATTACHMENT_REFERENCE_SIZE, "%s.%s", id, ticket);
}

static bool is_id(struct epo_span text) {
    bool good = text.len == EPO_TOKEN_SIZE - 1;
    for (size_t i = 0; good && i < text.len; i++)
        good = (text.at[i] >= 'a' && text.at[i] <= 'z') || (text.at[i] >= '0' && text.at[i] <= '9');
    return good;
}

bool epo_attachment_read_reference(const struct epo_portal *portal, struct epo_span reference,
                                   char id[EPO_TOKEN_SIZE]) {
    char right[EPO_ATTACHMENT_REFERENCE_SIZE];
    struct epo_span ticket, given = epo_span_cut(reference, '.', &ticket);
    if (!is_id(given) || !is_id(ticket))
        return false;
    memcpy(id, given.at, given.len);
    id[given.len] = '\0';
    epo_attachment_reference(portal, id, right);
    return epo_token_equal(reference, epo_span(right));
}

/* ---- putting ---- */

static const struct epo_statement WAITING = {
    "attachment.waiting",
    "SELECT COALESCE(SUM(bytes), 0) FROM attachments WHERE tenant = $1 AND owner = ''",
    NULL,
};
static const struct epo_statement PUT = {
    "attachment.put",
    "INSERT INTO attachments (tenant, id, owner, name, type, bytes, sha256, made_at_us,\n"
    "    expires_at_us, content)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    NULL,
};

void epo_attachment_prepare(struct epo_attachment *file) {
    epo_token_make(file->id);
    file->bytes = (int64_t)file->content.len;
    epo_sha256_hex(file->content, file->sha256);
    file->made_at_us = epo_clock_now_us();
}

static bool has_room(struct epo_portal *portal, struct epo_db *db, int64_t bytes,
                     struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(db, &WAITING, EPO_BIND(EPO_STRING(portal->tenant)));
    int64_t waiting = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    if (!epo_rows_end(rows, error))
        return false;
    return waiting + bytes <= setting(portal, "waiting_bytes") ||
           epo_fail(error, EPO_ERROR_BUSY, "attachment.full",
                    "Too many files wait to become part of a request: try again later.");
}

bool epo_attachment_put(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_attachment *file, struct epo_span owner,
                        struct epo_error *error) {
    epo_assert(is_id(epo_span(file->id)) && (size_t)file->bytes == file->content.len);
    if (file->bytes > epo_attachment_bytes_max(portal))
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "attachment.size",
                        "The file has %lld bytes; at most %lld are taken.", (long long)file->bytes,
                        (long long)epo_attachment_bytes_max(portal));
    if (owner.len == 0 && !has_room(portal, db, file->bytes, error))
        return false;
    int64_t kept_us = setting(portal, "waiting_hours") * 3600 * INT64_C(1000000);
    return epo_db_run(db, &PUT,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(file->id), EPO_TEXT(owner),
                               EPO_TEXT(file->name), EPO_TEXT(file->type), EPO_INTEGER(file->bytes),
                               EPO_STRING(file->sha256), EPO_INTEGER(file->made_at_us),
                               EPO_INTEGER(owner.len == 0 ? file->made_at_us + kept_us : 0),
                               EPO_BLOB(file->content)),
                      NULL, error);
}

/* ---- reading ---- */

static const struct epo_statement FIND = {
    "attachment.find",
    "SELECT id, owner, name, type, bytes, sha256, made_at_us FROM attachments\n"
    "WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement CONTENT = {
    "attachment.content",
    "SELECT content FROM attachments WHERE tenant = $1 AND id = $2 AND owner = $3",
    NULL,
};
static const struct epo_statement LIST = {
    "attachment.list",
    "SELECT id, owner, name, type, bytes, sha256, made_at_us FROM attachments\n"
    "WHERE tenant = $1 AND owner = $2 AND owner <> '' ORDER BY made_at_us, id",
    NULL,
};

static void copy_text(char *to, size_t size, struct epo_span text) {
    epo_assert(text.len < size);
    memcpy(to, text.at, text.len);
    to[text.len] = '\0';
}

static void read_row(struct epo_pool *pool, struct epo_rows *rows, struct epo_attachment *file) {
    *file = (struct epo_attachment){0};
    copy_text(file->id, sizeof file->id, epo_rows_text(rows, 0));
    file->owner = epo_pool_copy(pool, epo_rows_text(rows, 1));
    file->name = epo_pool_copy(pool, epo_rows_text(rows, 2));
    file->type = epo_pool_copy(pool, epo_rows_text(rows, 3));
    file->bytes = epo_rows_integer(rows, 4);
    copy_text(file->sha256, sizeof file->sha256, epo_rows_text(rows, 5));
    file->made_at_us = epo_rows_integer(rows, 6);
}

static bool gone(struct epo_error *error, enum epo_error_kind kind) {
    return epo_fail(error, kind, "attachment.gone",
                    "There is no such file any more: send it once more.");
}

bool epo_attachment_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span id, struct epo_attachment *found,
                         struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &FIND, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id)));
    bool there = epo_rows_next(rows);
    if (there)
        read_row(pool, rows, found);
    if (!epo_rows_end(rows, error))
        return false;
    return there || gone(error, EPO_ERROR_NOT_FOUND);
}

bool epo_attachment_get(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        struct epo_span id, struct epo_span owner, struct epo_attachment *found,
                        struct epo_error *error) {
    char hash[EPO_SHA256_HEX_SIZE];
    if (!epo_attachment_find(portal, db, pool, id, found, error))
        return false;
    struct epo_rows *rows = epo_db_query(
        db, &CONTENT, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id), EPO_TEXT(owner)));
    bool there = epo_rows_next(rows);
    if (there)
        found->content = epo_pool_copy(pool, epo_rows_text(rows, 0));
    if (!epo_rows_end(rows, error))
        return false;
    if (!there)
        return gone(error, EPO_ERROR_NOT_FOUND);
    epo_sha256_hex(found->content, hash);
    return strcmp(hash, found->sha256) == 0 ||
           epo_fail(error, EPO_ERROR_BROKEN, "attachment.damaged",
                    "the file %s is not the one that was recorded", found->id);
}

struct epo_json *epo_attachment_json(struct epo_pool *pool, const struct epo_attachment *file) {
    struct epo_json *json = epo_json_object(pool);
    epo_json_set_string(pool, json, "id", file->id);
    epo_json_set_text(pool, json, "name", file->name);
    epo_json_set_text(pool, json, "type", file->type);
    epo_json_set_integer(pool, json, "bytes", file->bytes);
    epo_json_set_string(pool, json, "sha256", file->sha256);
    return json;
}

bool epo_attachment_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span owner, struct epo_json **list, struct epo_error *error) {
    struct epo_attachment file;
    *list = epo_json_array(pool);
    struct epo_rows *rows =
        epo_db_query(db, &LIST, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(owner)));
    while (epo_rows_next(rows)) {
        read_row(pool, rows, &file);
        epo_json_push(pool, *list, epo_attachment_json(pool, &file));
    }
    return epo_rows_end(rows, error);
}

/* ---- owning and removing ---- */

static const struct epo_statement CLAIM = {
    "attachment.claim",
    "UPDATE attachments SET owner = $3, expires_at_us = 0\n"
    "WHERE tenant = $1 AND id = $2 AND (owner = '' OR owner = $3)",
    NULL,
};
static const struct epo_statement KEEP = {
    "attachment.keep",
    "UPDATE attachments SET expires_at_us = $3\n"
    "WHERE tenant = $1 AND id = $2 AND owner = '' AND expires_at_us < $3",
    NULL,
};
static const struct epo_statement DROP = {
    "attachment.drop",
    "DELETE FROM attachments WHERE tenant = $1 AND id = $2 AND owner = ''",
    NULL,
};
static const struct epo_statement DROP_OF = {
    "attachment.drop_of",
    "DELETE FROM attachments WHERE tenant = $1 AND owner = $2 AND owner <> ''",
    NULL,
};
/* Some at a time: pages of large files given back at once would hold up other saves. */
static const struct epo_statement EXPIRE = {
    "attachment.expire",
    "DELETE FROM attachments WHERE rowid IN (\n"
    "    SELECT rowid FROM attachments\n"
    "    WHERE tenant = $1 AND owner = '' AND expires_at_us <= $2\n"
    "    ORDER BY expires_at_us LIMIT 10)",
    NULL,
};

bool epo_attachment_claim(struct epo_portal *portal, struct epo_db *db, struct epo_span id,
                          struct epo_span owner, struct epo_error *error) {
    int64_t changed = 0;
    epo_assert(owner.len > 0);
    return epo_db_run(db, &CLAIM,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id), EPO_TEXT(owner)), &changed,
                      error) &&
           (changed == 1 || gone(error, EPO_ERROR_CONFLICT));
}

bool epo_attachment_keep(struct epo_portal *portal, struct epo_db *db, struct epo_span id,
                         int64_t until_us, struct epo_error *error) {
    return epo_db_run(db, &KEEP,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id), EPO_INTEGER(until_us)),
                      NULL, error);
}

/* Read as text, not as a tree: this runs in the save, and a reference needs no escapes. */
bool epo_attachment_keep_all(struct epo_portal *portal, struct epo_db *db, struct epo_span json,
                             int64_t until_us, struct epo_error *error) {
    enum { LEN = EPO_ATTACHMENT_REFERENCE_SIZE - 1 };
    char id[EPO_TOKEN_SIZE];
    int kept = 0;
    for (size_t at = 0; at + LEN < json.len && kept < EPO_FILES_MAX; at++) {
        struct epo_span text = {json.at + at + 1, LEN};
        if (json.at[at] != '"' || text.at[EPO_TOKEN_SIZE - 1] != '.' ||
            !epo_attachment_read_reference(portal, text, id))
            continue;
        if (!epo_attachment_keep(portal, db, epo_span(id), until_us, error))
            return false;
        kept++;
    }
    return true;
}

bool epo_attachment_drop(struct epo_portal *portal, struct epo_db *db, struct epo_span id,
                         struct epo_error *error) {
    return epo_db_run(db, &DROP, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id)), NULL, error);
}

bool epo_attachment_drop_of(struct epo_portal *portal, struct epo_db *db, struct epo_span owner,
                            int64_t *removed, struct epo_error *error) {
    return epo_db_run(db, &DROP_OF, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(owner)), removed,
                      error);
}

bool epo_attachment_expire(struct epo_portal *portal, struct epo_db *db, int64_t now_us,
                           int64_t *removed, struct epo_error *error) {
    return epo_db_run(db, &EXPIRE, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(now_us)),
                      removed, error);
}
