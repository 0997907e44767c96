/* The exchange format of RÚIAN (VFR), taken apart: vfr_xml.c finds the features and their texts,
 * import_vfr.c makes rows of them. Internal to this reader. */
#ifndef EPO_MAPS_VFR_H
#define EPO_MAPS_VFR_H

#include "base/error.h"
#include "base/text.h"

enum epo_vfr_field {
    EPO_VFR_CODE, /* Kod, of a parcel Id, of something gone PrvekId */
    EPO_VFR_NAME,
    EPO_VFR_STEM, /* parcel 12/3: 12 */
    EPO_VFR_SUBDIVISION,
    EPO_VFR_SERIES, /* 1: building parcels, numbered apart */
    EPO_VFR_AREA,
    EPO_VFR_CADASTRAL_AREA,
    EPO_VFR_CITY,
    EPO_VFR_PART,
    EPO_VFR_DISTRICT,
    EPO_VFR_STREET,
    EPO_VFR_BUILDING,
    EPO_VFR_NUMBER,
    EPO_VFR_ORIENTATION,
    EPO_VFR_LETTER,
    EPO_VFR_POSTCODE,
    EPO_VFR_SORT, /* of a building: 1 with a house number, 2 with a number of evidence */
    EPO_VFR_USE,
    EPO_VFR_UNTIL,
    EPO_VFR_KIND, /* of something gone: PA, SO … */
    EPO_VFR_FIELDS
};
enum { EPO_VFR_PLACES = 3 };
struct epo_vfr_kind {                   /* a kind of feature: a row of the table in import_vfr.c */
    const char *collection, *element;   /* vf:Parcely, vf:Parcela */
    const char *code;                   /* "PA" */
    const char *layer;                  /* of the map base; NULL: something gone */
    const char *places[EPO_VFR_PLACES]; /* elements with its geometry, the best first */
};
struct epo_vfr_feature { /* texts live as long as the call */
    const struct epo_vfr_kind *kind;
    const char *texts[EPO_VFR_FIELDS]; /* NULL where the element is missing */
    const char *gml;                   /* its geometry without namespaces, or NULL */
    const char *fault;                 /* constant text, or NULL */
    bool changes;                      /* the file holds what has changed, not all there is */
};
typedef bool (*epo_vfr_take_fn)(void *arg, const struct epo_vfr_feature *feature,
                                struct epo_error *error);

struct epo_vfr;
struct epo_vfr *epo_vfr_create(const struct epo_vfr_kind *kinds, size_t kind_count,
                               epo_vfr_take_fn take, void *arg);
/* A further piece of the file; `last` with the end of it (may be empty). Errors carry the line in
 * where. */
bool epo_vfr_feed(struct epo_vfr *vfr, struct epo_span piece, bool last, struct epo_error *error);
void epo_vfr_free(struct epo_vfr *vfr);

#endif
