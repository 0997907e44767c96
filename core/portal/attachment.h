/* Files that people send (photos, proofs, drawings) and files the portal makes for them. They lie
 * in the store, so that backup holds them and a save refers to them all or not at all.
 *
 * A file is put first and has no owner: its id alone opens nothing. Who put it gets a ticket,
 * sealed with the portal's secret, and names both ("id.ticket") to attach it; ids that stand in
 * addresses and answers are therefore worth nothing to others. The save that refers to it claims it
 * for its owner; then no other owner can have it, and it is read through its owner only. What
 * nobody claims expires. Owners: "submission/2026-000123", "message/…", "decision/…": whoever may
 * see the owner may see its files, which the caller checks. */
#ifndef EPO_PORTAL_ATTACHMENT_H
#define EPO_PORTAL_ATTACHMENT_H

#include "base/error.h"
#include "base/json.h"
#include "base/token.h"
#include "forms/form.h"
#include "portal/portal.h"
#include "portal/setting.h"

#define EPO_ATTACHMENT_NAME_CHARS 120
/* "id.ticket" and NUL */
#define EPO_ATTACHMENT_REFERENCE_SIZE (2 * EPO_TOKEN_SIZE)

struct epo_attachment {
    char id[EPO_TOKEN_SIZE];
    struct epo_span name, type; /* clean file name; media type by content */
    int64_t bytes;
    char sha256[EPO_SHA256_HEX_SIZE];
    int64_t made_at_us;
    struct epo_span owner;   /* empty: none yet */
    struct epo_span content; /* empty where only the description was asked for */
};

/* "attachments" in epo.json. */
extern const struct epo_setting_group epo_attachment_settings;
/* Bytes that one file may have, and the body of a request with files. */
int64_t epo_attachment_bytes_max(const struct epo_portal *portal);
int64_t epo_attachment_request_max(const struct epo_portal *portal);

/* A name for saving, of whatever a client called the file: the last part of a path, without
 * control, direction and reserved characters, not hidden, at most EPO_ATTACHMENT_NAME_CHARS with
 * its extension kept; "soubor" where nothing is left. Pure; pool copy. */
struct epo_span epo_attachment_name(struct epo_pool *pool, struct epo_span given);

/* On a worker: bytes as somebody sent them, as a file to be put (attachment_take.c): what it is by
 * its content, shown to the virus scanner, photos without what they say beside the picture.
 * Prepared. Fails as epo_filetype_of, epo_photo_strip and epo_scan do, and with "attachment.size".
 */
bool epo_attachment_take(struct epo_portal *portal, struct epo_pool *pool, struct epo_span name,
                         struct epo_span content, struct epo_attachment *file,
                         struct epo_error *error);
/* On a worker: id, bytes and hash of name, type and content, which must be set and outlive the
 * save. */
void epo_attachment_prepare(struct epo_attachment *file);
/* A write job's part: stores a prepared file. owner empty: it expires unless it is claimed.
 * TOO_LARGE "attachment.size"; BUSY "attachment.full" while too much waits without an owner. Made
 * again after a rollback it is the same row. */
bool epo_attachment_put(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_attachment *file, struct epo_span owner,
                        struct epo_error *error);

/* What proves that this file was put by who says so: "id.ticket". */
void epo_attachment_reference(const struct epo_portal *portal, const char *id,
                              char out[EPO_ATTACHMENT_REFERENCE_SIZE]);
/* Reads "id.ticket"; false where the ticket is not the id's. */
bool epo_attachment_read_reference(const struct epo_portal *portal, struct epo_span reference,
                                   char id[EPO_TOKEN_SIZE]);

/* The description without content, in the pool. NOT_FOUND "attachment.gone" (never was, expired).
 */
bool epo_attachment_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span id, struct epo_attachment *found, struct epo_error *error);
/* The same with content, of exactly this owner (empty: one that nothing refers to yet); else
 * NOT_FOUND. BROKEN "attachment.damaged" where content and hash do not fit. */
bool epo_attachment_get(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        struct epo_span id, struct epo_span owner, struct epo_attachment *found,
                        struct epo_error *error);
/* [{"id","name","type","bytes","sha256"}] of an owner, oldest first. */
bool epo_attachment_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span owner, struct epo_json **list, struct epo_error *error);
/* {"id","name","type","bytes","sha256"}: how answers and messages refer to it. */
struct epo_json *epo_attachment_json(struct epo_pool *pool, const struct epo_attachment *file);

/* A write job's part: makes it the owner's for good. CONFLICT "attachment.gone" where it has
 * expired or belongs to another. Fine where it is this owner's already. */
bool epo_attachment_claim(struct epo_portal *portal, struct epo_db *db, struct epo_span id,
                          struct epo_span owner, struct epo_error *error);
/* What epo_form_check_with asks; in the pool, for one worker's connection. */
struct epo_form_files *epo_attachment_files(struct epo_portal *portal, struct epo_db *db,
                                            struct epo_pool *pool);
/* A write job's part: claims all of epo_form_result.files. */
bool epo_attachment_claim_all(struct epo_portal *portal, struct epo_db *db,
                              const struct epo_json *files, struct epo_span owner,
                              struct epo_error *error);
/* A write job's part: one without an owner expires not before this time. For drafts that hold it.
 * Fine if there is none. */
bool epo_attachment_keep(struct epo_portal *portal, struct epo_db *db, struct epo_span id,
                         int64_t until_us, struct epo_error *error);
/* A write job's part: keeps all whose references stand as texts in this JSON (a draft's answers).
 */
bool epo_attachment_keep_all(struct epo_portal *portal, struct epo_db *db, struct epo_span json,
                             int64_t until_us, struct epo_error *error);
/* A write job's part: removes one that nothing refers to; fine if there is none. */
bool epo_attachment_drop(struct epo_portal *portal, struct epo_db *db, struct epo_span id,
                         struct epo_error *error);
/* A write job's part: removes all files of an owner (retention, erasure). */
bool epo_attachment_drop_of(struct epo_portal *portal, struct epo_db *db, struct epo_span owner,
                            int64_t *removed, struct epo_error *error);
/* A write job's part: removes some of what has expired by now_us; *removed 0: nothing is left. */
bool epo_attachment_expire(struct epo_portal *portal, struct epo_db *db, int64_t now_us,
                           int64_t *removed, struct epo_error *error);

#endif
