/* What the files of mandates share. Private to them. */
#ifndef EPO_PORTAL_MANDATE_WORK_H
#define EPO_PORTAL_MANDATE_WORK_H

#include "portal/mandate.h"

struct epo_mandate_row {
    const char *origin, *id;
    struct epo_span principal, holder, offered_to, made_by, office, document;
    const struct epo_mandate_terms *terms;
    bool accepted;
};
/* A write job's part: keeps it with its agendas; BUSY "mandate.many". */
bool epo_mandate_put(struct epo_portal *portal, struct epo_db *db,
                     const struct epo_mandate_row *row, struct epo_error *error);
/* A write job's part: tells the account by mail where it has an address. kind: "mandate_ended". */
bool epo_mandate_tell(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                      const char *kind, struct epo_span lang, struct epo_error *error);
/* A write job's part: ended now by this account; false and NOT_FOUND "mandate.gone" where it is not
 * open. */
bool epo_mandate_close(struct epo_portal *portal, struct epo_db *db, struct epo_span id,
                       struct epo_span by, struct epo_span reason, struct epo_error *error);

/* One open mandate, texts in the pool. */
struct epo_mandate_open {
    struct epo_span origin, principal, holder, offered_to, office;
    bool accepted;
};
bool epo_mandate_find_open(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                           struct epo_span id, struct epo_mandate_open *open,
                           struct epo_error *error);

#endif
