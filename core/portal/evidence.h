/* Evidence: what was chosen on the map, so that a clerk can show it years later, whatever became of
 * the map. The save itself keeps geometry, facts with the features' identifiers, and the version of
 * the map; from these a record is made soon after, outside of the path of filing: the features with
 * their versions, and a picture. A record is made once and never changed; its hash stands in the
 * audit chain. Missing ones are found by what is in the database, also after a crash. */
#ifndef EPO_PORTAL_EVIDENCE_H
#define EPO_PORTAL_EVIDENCE_H

#include "maps/picture.h"
#include "portal/portal.h"

/* Notes which versions the layers of the map in service have. When a map is taken into service; not
 * inside a write job. */
bool epo_evidence_note_map(struct epo_portal *portal, struct epo_error *error);

/* The oldest submission above `after` with a place and no record; 0 if there is none. */
bool epo_evidence_missing(struct epo_portal *portal, struct epo_db *db, int64_t after,
                          int64_t *number, struct epo_error *error);
/* Makes and saves that record; nothing where there is one already. Some 50 ms: on a worker or a
 * thread of its own, not inside a write job. */
bool epo_evidence_make(struct epo_portal *portal, struct epo_db *db, const struct epo_looks *looks,
                       int64_t number, struct epo_error *error);

/* Draws all places of a submission, numbered where there are several. answers and facts as they are
 * stored. NOT_FOUND "evidence.no_place" where there is none. */
bool epo_evidence_draw(struct epo_portal *portal, struct epo_pool *pool,
                       const struct epo_looks *looks, const struct epo_json *answers,
                       const struct epo_json *facts, struct epo_picture *picture,
                       struct epo_error *error);

struct epo_evidence { /* texts in the pool */
    bool made;
    int64_t made_at_us,
        map_since_us; /* since when the map filed under was in service; 0: unknown */
    struct epo_span filed_version, map_version; /* the map it was filed under, and was made from */
    struct epo_span picture, picture_hash;
    struct epo_json *features; /* as map/met.h says, with "field" */
};
/* `made` false where there is no record yet. BROKEN "evidence.damaged" where picture and hash do
 * not fit. */
bool epo_evidence_read(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       int64_t number, struct epo_evidence *evidence, struct epo_error *error);

#endif
