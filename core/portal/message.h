/* What the applicant and the office write to each other about a case. Writing inside a write job,
 * reading on a worker. */
#ifndef EPO_PORTAL_MESSAGE_H
#define EPO_PORTAL_MESSAGE_H

#include "base/error.h"
#include "base/json.h"
#include "portal/attachment.h"
#include "portal/portal.h"

#define EPO_MESSAGE_CHARS_MAX 4000
#define EPO_MESSAGES_MAX 300        /* of one case, both sides together */
#define EPO_MESSAGES_WAITING_MAX 20 /* of one side that the other has not opened yet */
#define EPO_MESSAGE_FILES_MAX 5     /* with one message */
#define EPO_MESSAGES_FILES_MAX 60   /* with all of one case, both sides together */

struct epo_message {
    int64_t number;
    struct epo_span office; /* that writes; empty: the applicant */
    struct epo_span actor, actor_name;
    struct epo_span text;               /* trimmed, not empty, at most EPO_MESSAGE_CHARS_MAX */
    const struct epo_attachment *files; /* prepared; they outlive the save */
    size_t file_count;                  /* at most EPO_MESSAGE_FILES_MAX */
    struct epo_span key; /* of the page it was written on: a second press sends nothing again */
};
/* In a write job, with its files (owner "message/2026-000123/4"), its audit row (the hash of the
 * text) and its notice. A message with the key
 * and text of one before is that one. TOO_LARGE "message.many" over EPO_MESSAGES_MAX and
 * "message.files" over EPO_MESSAGES_FILES_MAX, RATE "message.waiting" over
 * EPO_MESSAGES_WAITING_MAX, NOT_FOUND where there is no such case. */
bool epo_message_send(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_message *message, struct epo_error *error);
/* Oldest first: [{"sequence","at","at_us","office": id or "","actor","text","seen":bool,
 * "files":[{"id","name","type","bytes"}]}]. In the pool. */
bool epo_message_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      int64_t number, struct epo_json **list, struct epo_error *error);
/* Does the list hold something that this side has not opened yet? */
bool epo_message_unread(const struct epo_json *list, bool by_office);
/* In a write job: this side has opened what the other wrote. */
bool epo_message_seen(struct epo_portal *portal, struct epo_db *db, int64_t number, bool by_office,
                      struct epo_error *error);

#endif
