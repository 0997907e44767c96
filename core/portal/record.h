/* The register behind an agenda: one record is {"key" (unique within the agenda), "person" (number
 * of the person in this agenda, or ""), "kind" (declared by its manifest), "data": {…},
 * "place": GeoJSON (EPSG:4326)|null, "from": day, "until": day (the last one)|null}. What a kind
 * wants of its data is checked above (plugin/registers.h). Reading on a worker's connection,
 * writing inside a write job. */
#ifndef EPO_PORTAL_RECORD_H
#define EPO_PORTAL_RECORD_H

#include "base/error.h"
#include "base/json.h"
#include "portal/portal.h"

#define EPO_RECORD_KEY_MAX 80      /* bytes */
#define EPO_RECORD_PERSON_MAX 40   /* bytes */
#define EPO_RECORD_DATA_MAX 16384  /* bytes of "data" as JSON */
#define EPO_RECORD_PLACE_MAX 65536 /* bytes of "place" as JSON */
#define EPO_RECORDS_PAGE_MAX 1000  /* of one reading */

struct epo_record {
    struct epo_span agenda, key, person, kind;
    struct epo_span data;        /* canonical JSON, an object */
    struct epo_span place;       /* JSON, or empty */
    struct epo_span from, until; /* ISO days; until empty: it goes on */
};

/* Is it a key, a person's number (may be empty)? Printable UTF-8 without white space at its ends.
 */
bool epo_record_is_key(struct epo_span key);
bool epo_record_is_person(struct epo_span person);

/* What a put did. */
enum epo_record_put { EPO_RECORD_ADDED, EPO_RECORD_CHANGED, EPO_RECORD_SAME };

/* In a write job: adds the record or puts it in the place of the one with its key. */
bool epo_record_put(struct epo_portal *portal, struct epo_db *db, const struct epo_record *record,
                    enum epo_record_put *done, struct epo_error *error);
/* In a write job: its last day. NOT_FOUND "record.unknown"; BAD_INPUT "record.ends_before" where it
 * would end before it begins. */
bool epo_record_end(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                    struct epo_span key, struct epo_span day, struct epo_error *error);

/* One record as above, with "changed_at_us", in the pool; *found NULL where there is none. */
bool epo_record_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span agenda, struct epo_span key, struct epo_json **found,
                     struct epo_error *error);

struct epo_record_query {
    struct epo_span agenda;
    struct epo_span person; /* empty: of all */
    struct epo_span kind;   /* empty: of all */
    struct epo_span after;  /* only keys behind it; empty: from the first */
    int limit;              /* at most EPO_RECORDS_PAGE_MAX */
};
/* Array of records in order of their keys. */
bool epo_records_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      const struct epo_record_query *query, struct epo_json **records,
                      struct epo_error *error);
/* How many there are in an agenda. Counts the rows of an index: some 50 ms for a million. */
bool epo_records_count(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                       int64_t *count, struct epo_error *error);

#endif
