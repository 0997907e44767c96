/* Two accounts of one person become one: what one had is the other's afterwards, and nobody signs
 * in to it any more. It cannot be undone. By the person, who proves both and whose verified
 * identities agree, or by a clerk who has seen the document. All in one save: after a crash it has
 * happened whole or not at all. The audit trail keeps both names. */
#ifndef EPO_PORTAL_ACCOUNT_MERGE_H
#define EPO_PORTAL_ACCOUNT_MERGE_H

#include "portal/account.h"

struct epo_account_merging {
    struct epo_portal *portal;
    struct epo_span kept, gone;      /* accounts */
    const struct epo_account *clerk; /* NULL: by the person */
    struct epo_span document;        /* what the clerk saw, in a line */
};
/* Two people as a counter names them: {"kept": {"id","login","name","given_name","family_name",
 * "birth_date","address","verified","submissions"}, "gone": …}, members absent where there is no
 * such account of a person. On a worker. */
bool epo_account_merge_look(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            struct epo_span kept, struct epo_span gone, struct epo_json **both,
                            struct epo_error *error);
/* A write job's part. Both are people, citizens, not disabled: else DENIED "merge.not_people", also
 * for one and the same. By the person: DENIED "merge.unverified" unless both identities are
 * verified and agree. By a clerk: as epo_identity_may says, BAD_INPUT "mandate.document", DENIED
 * "merge.unverified" unless the kept one is verified, "merge.disagree" where what the other says of
 * itself is somebody else. CONFLICT "merge.links" where both are linked to other numbers of one
 * agenda. Both addresses are told. */
bool epo_account_merge(struct epo_db *db, const struct epo_account_merging *merging,
                       struct epo_error *error);

#endif
