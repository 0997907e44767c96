#include "portal/message.h"

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/receipt.h"

/* $2 number, $3 key, $4 whether the office writes */
static const struct epo_statement BEFORE = {
    "message.before",
    "SELECT\n"
    "    (SELECT COUNT(*) FROM cases WHERE tenant = $1 AND number = $2),\n"
    "    (SELECT COUNT(*) FROM case_messages WHERE tenant = $1 AND number = $2),\n"
    "    (SELECT COUNT(*) FROM case_messages WHERE tenant = $1 AND number = $2\n"
    "        AND seen_at_us IS NULL AND (office <> '') = $4),\n"
    "    (SELECT COUNT(*) FROM case_messages WHERE tenant = $1 AND number = $2\n"
    "        AND idempotency = $3)",
    NULL,
};
static const struct epo_statement INSERT = {
    "message.insert",
    "INSERT INTO case_messages (tenant, number, sequence, at_us, office, actor, actor_name, text,\n"
    "    idempotency)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    NULL,
};
/* Notices of moves have the numbers from 0, those of messages the ones below. */
static const struct epo_statement INSERT_OUTBOX = {
    "outbox.message",
    "INSERT INTO outbox (tenant, number, sequence, kind, at_us)\n"
    "VALUES ($1, $2, $3, 'case.message', $4)",
    NULL,
};
static const struct epo_statement LIST = {
    "message.list",
    "SELECT sequence, at_us, office, actor_name, text, seen_at_us FROM case_messages\n"
    "WHERE tenant = $1 AND number = $2\n"
    "ORDER BY sequence",
    NULL,
};
static const struct epo_statement SEEN = {
    "message.seen",
    "UPDATE case_messages SET seen_at_us = $4\n"
    "WHERE tenant = $1 AND number = $2 AND seen_at_us IS NULL AND (office <> '') <> $3",
    NULL,
};

/* Those of one case: owners from $2 up to $3, excluded. */
static const struct epo_statement FILES = {
    "message.files",
    "SELECT owner, id, name, type, bytes FROM attachments\n"
    "WHERE tenant = $1 AND owner <> '' AND owner >= $2 AND owner < $3\n"
    "ORDER BY rowid",
    NULL,
};
static const struct epo_statement FILE_COUNT = {
    "message.file_count",
    "SELECT COUNT(*) FROM attachments\n"
    "WHERE tenant = $1 AND owner <> '' AND owner >= $2 AND owner < $3",
    NULL,
};

/* "message/2026-000123/4" is the owner of what came with the fourth; '0' follows '/'. */
struct owners {
    char first[EPO_NUMBER_SIZE + 16], end[EPO_NUMBER_SIZE + 16];
};
static struct owners owners_of(int64_t number) {
    struct owners owners;
    char text[EPO_NUMBER_SIZE];
    epo_number_write(number, text);
    snprintf(owners.first, sizeof owners.first, "message/%s/", text);
    snprintf(owners.end, sizeof owners.end, "message/%s0", text);
    return owners;
}

static void hash_key(const struct epo_message *message, uint8_t hash[EPO_SHA256_SIZE]) {
    struct epo_digest *digest = epo_digest_create();
    epo_digest_add(digest, message->office);
    epo_digest_add(digest, EPO_SPAN("\n"));
    epo_digest_add(digest, message->key);
    epo_digest_add(digest, EPO_SPAN("\n"));
    epo_digest_add(digest, message->text);
    epo_digest_end(digest, hash);
    epo_digest_free(digest);
}

struct before {
    int64_t cases, all, waiting, same;
};

static bool look(struct epo_portal *portal, struct epo_db *db, const struct epo_message *message,
                 struct epo_span key, struct before *before, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &BEFORE,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(message->number),
                              EPO_BLOB(key), EPO_INTEGER(message->office.len > 0)));
    if (epo_rows_next(rows))
        *before = (struct before){epo_rows_integer(rows, 0), epo_rows_integer(rows, 1),
                                  epo_rows_integer(rows, 2), epo_rows_integer(rows, 3)};
    return epo_rows_end(rows, error);
}

/* Is there room for the files that come with it? */
static bool have_room(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_message *message, struct epo_error *error) {
    struct owners owners = owners_of(message->number);
    if (message->file_count == 0)
        return true;
    struct epo_rows *rows = epo_db_query(
        db, &FILE_COUNT,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(owners.first), EPO_STRING(owners.end)));
    int64_t count = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    if (!epo_rows_end(rows, error))
        return false;
    return count + (int64_t)message->file_count <= EPO_MESSAGES_FILES_MAX ||
           epo_fail(error, EPO_ERROR_TOO_LARGE, "message.files",
                    "Messages of a case may have %d files together.", EPO_MESSAGES_FILES_MAX);
}

static bool put_files(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_message *message, int64_t sequence,
                      struct epo_error *error) {
    char owner[EPO_NUMBER_SIZE + 40];
    snprintf(owner, sizeof owner, "%s%lld", owners_of(message->number).first, (long long)sequence);
    for (size_t i = 0; i < message->file_count; i++)
        if (!epo_attachment_put(portal, db, &message->files[i], epo_span(owner), error))
            return false;
    return true;
}

static bool insert(struct epo_portal *portal, struct epo_db *db, const struct epo_message *message,
                   struct epo_span key, int64_t sequence, struct epo_error *error) {
    char number[EPO_NUMBER_SIZE], hash[EPO_SHA256_HEX_SIZE];
    int64_t now = epo_clock_now_us();
    struct epo_value tenant = EPO_STRING(portal->tenant), of = EPO_INTEGER(message->number);
    epo_number_write(message->number, number);
    epo_sha256_hex(message->text, hash);
    struct epo_audit_entry entry = {.actor = message->actor,
                                    .action = EPO_SPAN("message.sent"),
                                    .object = epo_span(number),
                                    .detail = epo_span(hash),
                                    .at_us = now};
    return epo_db_run(db, &INSERT,
                      EPO_BIND(tenant, of, EPO_INTEGER(sequence), EPO_INTEGER(now),
                               EPO_TEXT(message->office), EPO_TEXT(message->actor),
                               EPO_TEXT(message->actor_name), EPO_TEXT(message->text),
                               EPO_BLOB(key)),
                      NULL, error) &&
           epo_db_run(db, &INSERT_OUTBOX,
                      EPO_BIND(tenant, of, EPO_INTEGER(-sequence), EPO_INTEGER(now)), NULL,
                      error) &&
           put_files(portal, db, message, sequence, error) &&
           epo_audit_append(portal, db, &entry, error);
}

bool epo_message_send(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_message *message, struct epo_error *error) {
    uint8_t hash[EPO_SHA256_SIZE];
    struct epo_span key = {(const char *)hash, sizeof hash};
    struct before before = {0};
    epo_assert(message->text.len > 0 && epo_text_length(message->text) <= EPO_MESSAGE_CHARS_MAX);
    epo_assert(message->file_count <= EPO_MESSAGE_FILES_MAX);
    hash_key(message, hash);
    if (!look(portal, db, message, key, &before, error))
        return false;
    if (before.cases == 0)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "case.not_found", "There is no such case.");
    if (before.same > 0)
        return true;
    if (before.all >= EPO_MESSAGES_MAX)
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "message.many",
                        "The case has %d messages: no more are taken.", EPO_MESSAGES_MAX);
    if (before.waiting >= EPO_MESSAGES_WAITING_MAX)
        return epo_fail(
            error, EPO_ERROR_RATE, "message.waiting",
            "%d messages wait for the other side: more are taken once it has seen them.",
            EPO_MESSAGES_WAITING_MAX);
    return have_room(portal, db, message, error) &&
           insert(portal, db, message, key, before.all + 1, error);
}

/* Messages are numbered from 1 and none is ever taken out. */
static bool add_files(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      int64_t number, struct epo_json *list, struct epo_error *error) {
    struct owners owners = owners_of(number);
    struct epo_rows *rows = epo_db_query(
        db, &FILES,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(owners.first), EPO_STRING(owners.end)));
    while (epo_rows_next(rows)) {
        struct epo_span owner = epo_rows_text(rows, 0);
        size_t skip = strlen(owners.first);
        int64_t n = 0;
        if (!epo_span_integer((struct epo_span){owner.at + skip, owner.len - skip}, &n) || n < 1 ||
            n > (int64_t)list->count)
            continue;
        struct epo_json *file = epo_json_object(pool);
        epo_json_set_text(pool, file, "id", epo_rows_text(rows, 1));
        epo_json_set_text(pool, file, "name", epo_rows_text(rows, 2));
        epo_json_set_text(pool, file, "type", epo_rows_text(rows, 3));
        epo_json_set_integer(pool, file, "bytes", epo_rows_integer(rows, 4));
        epo_json_push(pool, epo_json_get(list->items[n - 1], "files"), file);
    }
    return epo_rows_end(rows, error);
}

bool epo_message_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      int64_t number, struct epo_json **list, struct epo_error *error) {
    char at[EPO_TIME_SIZE];
    struct epo_rows *rows =
        epo_db_query(db, &LIST, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number)));
    *list = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        int64_t at_us = epo_rows_integer(rows, 1);
        epo_json_set_integer(pool, row, "sequence", epo_rows_integer(rows, 0));
        epo_json_set_string(pool, row, "at", epo_time_rfc3339(at_us, at));
        epo_json_set_integer(pool, row, "at_us", at_us);
        epo_json_set_text(pool, row, "office", epo_rows_text(rows, 2));
        epo_json_set_text(pool, row, "actor", epo_rows_text(rows, 3));
        epo_json_set_text(pool, row, "text", epo_rows_text(rows, 4));
        epo_json_set_boolean(pool, row, "seen", epo_rows_value(rows, 5).type != EPO_VALUE_NULL);
        epo_json_set(pool, row, "files", epo_json_array(pool));
        epo_json_push(pool, *list, row);
    }
    return epo_rows_end(rows, error) && add_files(portal, db, pool, number, *list, error);
}

bool epo_message_unread(const struct epo_json *list, bool by_office) {
    for (uint32_t i = 0; i < list->count; i++)
        if (!epo_json_get_boolean(list->items[i], "seen", true) &&
            (epo_json_get_text(list->items[i], "office").len == 0) == by_office)
            return true;
    return false;
}

bool epo_message_seen(struct epo_portal *portal, struct epo_db *db, int64_t number, bool by_office,
                      struct epo_error *error) {
    return epo_db_run(db, &SEEN,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number),
                               EPO_INTEGER(by_office), EPO_INTEGER(epo_clock_now_us())),
                      NULL, error);
}
