/* Saved views of the desk: filters that a clerk gave names to, alone or for the whole office.
 * Reading on a worker's connection, writing inside a write job. What a filter may show is decided
 * when it is opened, by who opens it: a saved one widens nobody's sight. */
#ifndef EPO_PORTAL_SAVED_VIEW_H
#define EPO_PORTAL_SAVED_VIEW_H

#include "base/error.h"
#include "base/json.h"
#include "portal/portal.h"

#define EPO_SAVED_VIEW_NAME_CHARS 60
#define EPO_SAVED_VIEW_FILTER_BYTES 2000
#define EPO_SAVED_VIEW_MAX 30 /* of one clerk, and shared within one office */

struct epo_saved_view {
    struct epo_span account; /* who makes it */
    struct epo_span scope;   /* the account's office, as of epo_casework_scope; empty: whole city */
    bool shared;             /* with those who have the same scope */
    struct epo_span name;    /* 1 to EPO_SAVED_VIEW_NAME_CHARS characters */
    struct epo_span filter;  /* "?…" as epo_office_address writes it, or empty */
};
/* Write job. CONFLICT "view.name" where the account has one of that name, "view.full" and
 * "view.office_full" where there are EPO_SAVED_VIEW_MAX already; TOO_LARGE "view.long". */
bool epo_saved_view_add(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_saved_view *view, struct epo_error *error);
/* Write job. An account removes its own ones, and those shared in its office whose maker cannot any
 * more; else NOT_FOUND "view.not_found". */
bool epo_saved_view_remove(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                           struct epo_span scope, struct epo_span id, struct epo_error *error);
/* The account's own and those shared within its scope, by name, in the pool: [{"id","name",
 * "filter","shared":bool,"by": the maker's name or "" of own ones,"removable":bool}]. */
bool epo_saved_view_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span account, struct epo_span scope, struct epo_json **views,
                         struct epo_error *error);

#endif
