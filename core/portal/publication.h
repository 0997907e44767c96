/* Forms and folders of agendas that are to count from a day on: kept until then, and after it with
 * what became of them. What is done on that day: plugin/publishing.h. Reading on a worker. */
#ifndef EPO_PORTAL_PUBLICATION_H
#define EPO_PORTAL_PUBLICATION_H

#include "base/error.h"
#include "portal/portal.h"

#define EPO_PUBLICATION_NOTE_CHARS_MAX 500
#define EPO_PUBLICATIONS_SHOWN 200

struct epo_publication_record {
    int64_t id;
    struct epo_span agenda, form /* "": a folder */, definition;
    struct epo_span folder; /* below the portal's */
    struct epo_span note, from_day /* ISO */, actor, actor_name;
    struct epo_span state; /* "waiting", "live", "failed", "cancelled" */
    struct epo_span trouble;
    int64_t at_us, ended_at_us;
};

/* Write job, with its audit row: fills id. */
bool epo_publication_add(struct epo_portal *portal, struct epo_db *db,
                         struct epo_publication_record *record, struct epo_error *error);
/* The latest EPO_PUBLICATIONS_SHOWN, newest first, without definitions; in the pool. */
bool epo_publication_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          struct epo_publication_record **records, size_t *count,
                          struct epo_error *error);
/* NOT_FOUND "publication.none". */
bool epo_publication_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          int64_t id, struct epo_publication_record *record,
                          struct epo_error *error);
/* The first that waits and begins today or before (ISO); id 0: none. */
bool epo_publication_due(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         const char *today, struct epo_publication_record *record,
                         struct epo_error *error);
/* The folder (below the portal's) that serves an agenda since it was published; "" the usual one.
 * In the pool. */
bool epo_publication_folder(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            const char *agenda, struct epo_span *folder, struct epo_error *error);
/* Write job: one that waits has come to "live" or "failed". CONFLICT "publication.ended" where it
 * waits no more. */
bool epo_publication_end(struct epo_portal *portal, struct epo_db *db, int64_t id,
                         const char *state, const char *trouble, struct epo_error *error);
/* Write job: one that could not be opened after all. */
bool epo_publication_fail(struct epo_portal *portal, struct epo_db *db, int64_t id,
                          const char *trouble, struct epo_error *error);
/* Write job, with its audit row: one that waits will not come, a folder that serves gives way to
 * the one before. CONFLICT "publication.ended" for any other. */
bool epo_publication_cancel(struct epo_portal *portal, struct epo_db *db, int64_t id,
                            struct epo_span actor, struct epo_error *error);

#endif
