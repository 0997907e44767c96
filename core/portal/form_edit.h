/* Definitions of forms that an admin published from the browser: numbered versions, none is ever
 * changed; the last one is in force and wins over the agenda's file. Reading on a worker. */
#ifndef EPO_PORTAL_FORM_EDIT_H
#define EPO_PORTAL_FORM_EDIT_H

#include "base/error.h"
#include "base/json.h"
#include "portal/portal.h"

#define EPO_FORM_EDIT_NOTE_CHARS_MAX 500

struct epo_form_edit {
    int64_t version; /* from 1; 0: the agenda's own file, nothing was published */
    int64_t at_us;
    struct epo_span actor, actor_name, note;
    struct epo_span definition; /* as it was typed; empty: the agenda's own file */
};

/* The version in force, in the pool. */
bool epo_form_edit_current(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                           const char *agenda, const char *form, struct epo_form_edit *edit,
                           struct epo_error *error);
/* One version; NOT_FOUND "form_edit.none". */
bool epo_form_edit_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        const char *agenda, const char *form, int64_t version,
                        struct epo_form_edit *edit, struct epo_error *error);
/* [{"version","at_us","actor_name","note","own_file":bool}], newest first, at most 200. */
bool epo_form_edit_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        const char *agenda, const char *form, struct epo_json **list,
                        struct epo_error *error);
/* Write job: the next version, and its audit row. edit->version is the one that the admin saw:
 * CONFLICT "form_edit.changed" where another has been published since. */
bool epo_form_edit_publish(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                           const char *form, const struct epo_form_edit *edit,
                           struct epo_error *error);

#endif
