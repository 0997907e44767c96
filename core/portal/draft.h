/* Drafts: forms that somebody began, kept so that they go on another day or on another device. A
 * draft belongs to an account or to a link; its reference is "id" (the owner's) or "id.key" (anyone
 * who has it). Each save counts one up: a page that knows an older number is refused, so that two
 * pages never overwrite each other unseen. Reading on a worker, writing in a write job. */
#ifndef EPO_PORTAL_DRAFT_H
#define EPO_PORTAL_DRAFT_H

#include "base/error.h"
#include "base/json.h"
#include "base/token.h"
#include "portal/portal.h"
#include "portal/setting.h"

#define EPO_DRAFT_REFERENCE_SIZE (2 * EPO_TOKEN_SIZE) /* "id.key" and NUL */
#define EPO_DRAFT_BYTES_MAX (256u << 10) /* what one may hold; a place of 2000 corners is 80 kB */

struct epo_draft {
    char id[EPO_TOKEN_SIZE];
    char key[EPO_TOKEN_SIZE]; /* as it came along or was just made; empty: not known */
    struct epo_span owner;    /* account id, or empty */
    struct epo_span agenda, form, form_version, lang, saved_by;
    struct epo_span acting_for; /* account that it is filled in for, or empty: for oneself */
    struct epo_span answers;    /* JSON text: name -> text or array of texts, as typed */
    int64_t version;            /* 0: not saved yet */
    int64_t created_at_us, changed_at_us;
};

/* "drafts" in epo.json. */
extern const struct epo_setting_group epo_draft_settings;
/* When a draft changed then is removed (UTC µs). */
int64_t epo_draft_until_us(const struct epo_portal *portal, int64_t changed_at_us);

/* "id.key", or "id" where the key is not known. */
void epo_draft_reference(const struct epo_draft *draft, char out[EPO_DRAFT_REFERENCE_SIZE]);
/* The draft of a reference, in the pool. NOT_FOUND "draft.gone" where there is none (sent, removed,
 * over its time) or the key is wrong; UNAUTHENTICATED "draft.signed_out" where it is an account's,
 * the reference has no key, and nobody is signed in. account: id or empty. */
bool epo_draft_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                    struct epo_span reference, struct epo_span account, struct epo_draft *draft,
                    struct epo_error *error);
/* [{"id","agenda","form","changed_at_us"}] of an account, newest first; agenda empty: of all. */
bool epo_draft_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                    struct epo_span account, struct epo_span agenda, struct epo_json **list,
                    struct epo_error *error);

/* On the worker, for a new one: makes id and key. */
void epo_draft_prepare(struct epo_draft *draft);
/* Write job: a prepared draft becomes version 1. BUSY "draft.full" where the account, or all who
 * are nobody, have too many. */
bool epo_draft_create(struct epo_portal *portal, struct epo_db *db, struct epo_draft *draft,
                      struct epo_error *error);
/* Write job: answers, form_version, lang, owner and saved_by over what is kept; version is the one
 * that the page knows; one more is kept. One without an owner becomes the given owner's;
 * one that has an owner keeps it. CONFLICT "draft.changed" where another page has saved; NOT_FOUND
 * "draft.gone". TOO_LARGE "draft.size". */
bool epo_draft_save(struct epo_portal *portal, struct epo_db *db, struct epo_draft *draft,
                    struct epo_error *error);
/* Write job: removes it because it is being sent: exactly this version, else CONFLICT
 * "draft.changed" or "draft.gone". */
bool epo_draft_sent(struct epo_portal *portal, struct epo_db *db, const struct epo_draft *draft,
                    struct epo_error *error);
/* Write job: removes it, whatever its version; fine if there is none. */
bool epo_draft_drop(struct epo_portal *portal, struct epo_db *db, const char *id,
                    struct epo_error *error);
/* Write job: removes some that nobody has changed for the time of the setting; *removed 0: none is
 * left. */
bool epo_draft_expire(struct epo_portal *portal, struct epo_db *db, int64_t now_us,
                      int64_t *removed, struct epo_error *error);

#endif
