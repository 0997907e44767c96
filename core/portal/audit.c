#include "portal/audit.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"

static const struct epo_statement LAST = {
    "audit.last",
    "SELECT sequence, hash FROM audit\n"
    "WHERE tenant = $1\n"
    "ORDER BY sequence DESC LIMIT 1",
    NULL,
};
static const struct epo_statement APPEND = {
    "audit.append",
    "INSERT INTO audit (tenant, sequence, at_us, actor, action, object, detail, hash)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    NULL,
};
static const struct epo_statement ALL = {
    "audit.all",
    "SELECT sequence, at_us, actor, action, object, detail, hash FROM audit\n"
    "WHERE tenant = $1\n"
    "ORDER BY sequence",
    NULL,
};
static const struct epo_statement LATEST = {
    "audit.latest",
    "SELECT a.sequence, a.at_us, a.actor, a.action, a.object, a.detail, p.name\n"
    "FROM audit AS a\n"
    "LEFT JOIN accounts AS p ON p.tenant = a.tenant AND p.id = a.actor\n"
    "WHERE a.tenant = $1\n"
    "ORDER BY a.sequence DESC LIMIT $2",
    NULL,
};
static const struct epo_statement LATEST_OF = {
    "audit.latest_of",
    "SELECT a.sequence, a.at_us, a.actor, a.action, a.object, a.detail, p.name\n"
    "FROM audit AS a\n"
    "LEFT JOIN accounts AS p ON p.tenant = a.tenant AND p.id = a.actor\n"
    "WHERE a.tenant = $1 AND a.object = $2\n"
    "ORDER BY a.sequence DESC LIMIT $3",
    NULL,
};

/* Every field as "length:bytes," so that no two rows spell the same text. */
static void field(struct epo_buffer *text, struct epo_span value) {
    epo_buffer_integer(text, (int64_t)value.len);
    epo_buffer_byte(text, ':');
    epo_buffer_span(text, value);
    epo_buffer_byte(text, ',');
}

static bool hash_row(const struct epo_portal *portal, int64_t sequence, struct epo_span previous,
                     const struct epo_audit_entry *entry, uint8_t out[EPO_SHA256_SIZE]) {
    struct epo_buffer text;
    epo_buffer_init(&text, 8192);
    field(&text, previous);
    field(&text, epo_span(portal->tenant));
    epo_buffer_integer(&text, sequence);
    epo_buffer_byte(&text, ',');
    epo_buffer_integer(&text, entry->at_us);
    epo_buffer_byte(&text, ',');
    field(&text, entry->actor);
    field(&text, entry->action);
    field(&text, entry->object);
    field(&text, entry->detail);
    bool fits = !text.failed;
    if (fits)
        epo_sha256(epo_buffer_get(&text), out);
    epo_buffer_clear(&text);
    return fits;
}

bool epo_audit_append_after(struct epo_portal *portal, struct epo_db *db, int64_t last_sequence,
                            struct epo_span last_hash, const struct epo_audit_entry *entry,
                            struct epo_error *error) {
    uint8_t hash[EPO_SHA256_SIZE];
    if (!hash_row(portal, last_sequence + 1, last_hash, entry, hash))
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "audit.too_large",
                        "An audit entry is over 8 kB: it may hold codes and numbers only.");
    struct epo_span bytes = {(const char *)hash, sizeof hash};
    return epo_db_run(db, &APPEND,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(last_sequence + 1),
                               EPO_INTEGER(entry->at_us), EPO_TEXT(entry->actor),
                               EPO_TEXT(entry->action), EPO_TEXT(entry->object),
                               EPO_TEXT(entry->detail), EPO_BLOB(bytes)),
                      NULL, error);
}

bool epo_audit_append(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_audit_entry *entry, struct epo_error *error) {
    uint8_t last[EPO_SHA256_SIZE];
    struct epo_span hash = {NULL, 0};
    int64_t sequence = 0;
    struct epo_rows *rows = epo_db_query(db, &LAST, EPO_BIND(EPO_STRING(portal->tenant)));
    if (epo_rows_next(rows)) {
        struct epo_span bytes = epo_rows_text(rows, 1);
        sequence = epo_rows_integer(rows, 0);
        epo_assert(bytes.len == sizeof last);
        memcpy(last, bytes.at, sizeof last);
        hash = (struct epo_span){(const char *)last, sizeof last};
    }
    return epo_rows_end(rows, error) &&
           epo_audit_append_after(portal, db, sequence, hash, entry, error);
}

bool epo_audit_note(struct epo_portal *portal, struct epo_db *db, struct epo_span actor,
                    const char *action, struct epo_span object, struct epo_span detail,
                    struct epo_error *error) {
    return epo_audit_append(portal, db,
                            &(struct epo_audit_entry){.actor = actor,
                                                      .action = epo_span(action),
                                                      .object = object,
                                                      .detail = detail,
                                                      .at_us = epo_clock_now_us()},
                            error);
}

bool epo_audit_verify(struct epo_portal *portal, struct epo_db *db, int64_t *count,
                      struct epo_error *error) {
    uint8_t last[EPO_SHA256_SIZE], hash[EPO_SHA256_SIZE];
    struct epo_span previous = {NULL, 0};
    int64_t expected = 0, broken = 0;
    struct epo_rows *rows = epo_db_query(db, &ALL, EPO_BIND(EPO_STRING(portal->tenant)));
    while (broken == 0 && epo_rows_next(rows)) {
        struct epo_audit_entry entry = {.at_us = epo_rows_integer(rows, 1),
                                        .actor = epo_rows_text(rows, 2),
                                        .action = epo_rows_text(rows, 3),
                                        .object = epo_rows_text(rows, 4),
                                        .detail = epo_rows_text(rows, 5)};
        struct epo_span stored = epo_rows_text(rows, 6);
        expected++;
        if (epo_rows_integer(rows, 0) != expected ||
            !hash_row(portal, expected, previous, &entry, hash) || stored.len != sizeof hash ||
            memcmp(stored.at, hash, sizeof hash) != 0) {
            broken = expected;
            break;
        }
        memcpy(last, hash, sizeof last);
        previous = (struct epo_span){(const char *)last, sizeof last};
    }
    if (!epo_rows_end(rows, error))
        return false;
    *count = expected;
    return broken == 0 || epo_fail(error, EPO_ERROR_BROKEN, "audit.broken",
                                   "The audit trail does not fit from row %" PRId64
                                   " on: a row was changed or removed. Compare with a backup.",
                                   broken);
}

bool epo_audit_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                    struct epo_span object, int limit, struct epo_json **list,
                    struct epo_error *error) {
    char at[EPO_TIME_SIZE];
    struct epo_value tenant = EPO_STRING(portal->tenant);
    struct epo_rows *rows =
        object.len > 0
            ? epo_db_query(db, &LATEST_OF, EPO_BIND(tenant, EPO_TEXT(object), EPO_INTEGER(limit)))
            : epo_db_query(db, &LATEST, EPO_BIND(tenant, EPO_INTEGER(limit)));
    *list = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_integer(pool, row, "sequence", epo_rows_integer(rows, 0));
        epo_json_set_string(pool, row, "at", epo_time_rfc3339(epo_rows_integer(rows, 1), at));
        epo_json_set_integer(pool, row, "at_us", epo_rows_integer(rows, 1));
        epo_json_set_text(pool, row, "actor", epo_rows_text(rows, 2));
        epo_json_set_text(pool, row, "action", epo_rows_text(rows, 3));
        epo_json_set_text(pool, row, "object", epo_rows_text(rows, 4));
        epo_json_set_text(pool, row, "detail", epo_rows_text(rows, 5));
        epo_json_set_text(pool, row, "name", epo_rows_text(rows, 6));
        epo_json_push(pool, *list, row);
    }
    return epo_rows_end(rows, error);
}
