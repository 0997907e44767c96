/* Offices that the search knows beside the map: named by the settings, lying on the map where their
 * address does. Internal to maps. */
#ifndef EPO_MAPS_OFFICES_H
#define EPO_MAPS_OFFICES_H

#include "maps/search.h"

enum { EPO_OFFICE_WORDS = 16 };
struct epo_office {
    const char *id, *address;               /* "" if unknown */
    const char *name[2];                    /* cs, en */
    const char *words[2][EPO_OFFICE_WORDS]; /* of the names, folded, and of the id */
    int word_count[2], name_words[2];
    bool has_point;
    struct epo_mm point; /* as the settings say it */
};
struct epo_offices { /* immutable once in place; any thread */
    struct epo_pool *pool;
    struct epo_office *all;
    uint32_t count;
    struct epo_offices *before; /* older ones, that a search may still read; until the maps close */
};
struct epo_offices *epo_offices_make(const struct epo_json *settings);
void epo_offices_free(struct epo_offices *offices); /* with those before; NULL is allowed */
/* mapbase.c: those in force now, or NULL. */
const struct epo_offices *epo_maps_offices(struct epo_maps *maps);

/* Where it lies: as the settings say, or where the map knows its address. False if nowhere. */
bool epo_office_place(const struct epo_office *office, const struct epo_snapshot *snapshot,
                      struct epo_pool *pool, struct epo_mm *at);
/* What it costs to take the query for this office (search.c), INFINITY if it does not fit. costs:
 * by how words match. */
float epo_office_judge(const struct epo_office *office, const struct epo_query *query,
                       const float *costs, bool similar);

#endif
