/* What was found as GeoJSON features (Point, EPSG:4326) with the properties that
 * epo_addresses_search names; NULL for what lies out of range. Internal to maps; one thread. */
#ifndef EPO_MAPS_FOUND_H
#define EPO_MAPS_FOUND_H

#include "maps/offices.h"
#include "maps/search.h"

struct epo_answer {
    const struct epo_snapshot *s;
    const struct epo_offices *offices; /* NULL where there are none */
    struct epo_pool *pool;             /* of the features */
};
struct epo_json *epo_found_feature(const struct epo_answer *x, const struct epo_found *found);
struct epo_json *epo_found_address(const struct epo_answer *x, const struct epo_address *address);
/* A street, or a part of a town. */
struct epo_json *epo_found_group(const struct epo_answer *x, bool street,
                                 const struct epo_group *group);
struct epo_json *epo_found_parcel(const struct epo_answer *x, const struct epo_layer *layer,
                                  uint32_t item);
struct epo_json *epo_found_place(const struct epo_answer *x, const struct epo_layer *layer,
                                 uint32_t item);
struct epo_json *epo_found_office(const struct epo_answer *x, uint32_t item);
/* "Americká, Plzeň", also the id of a street or a part. */
const char *epo_found_label(const struct epo_answer *x, const struct epo_group *group);

#endif
