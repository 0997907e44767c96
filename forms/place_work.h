/* Naming a place on a page without a script: every step is a post, and all that was named so far
 * travels in the page. Private to this room; what is posted is listed in form.h. */
#ifndef EPO_FORMS_PLACE_WORK_H
#define EPO_FORMS_PLACE_WORK_H

#include "forms/place.h"
#include "maps/look.h"

enum { EPO_PLAIN_KINDS_MAX = 8 };

/* One location field of one post. */
struct epo_place_work {
    struct epo_pool *pool;
    struct epo_maps *maps; /* may be NULL: then only what needs no map can be named */
    const struct epo_field *field;
    struct epo_json *raw;   /* changed in place */
    struct epo_json *notes; /* field id -> key of the text that says what the step did */
    struct epo_error *error;
    bool settling; /* the form goes on: what is over the limit is for the check to refuse */
};

/* ---- place_given.c: what was named becomes a part of the value ---- */
/* The kinds that the field offers, as the picker does (maps/web/kinds.mjs); the first is begun
 * with. */
size_t epo_plain_kinds(const struct epo_field *field, const char *kinds[EPO_PLAIN_KINDS_MAX]);
/* The one that is on. */
const char *epo_plain_kind(const struct epo_json *raw, const struct epo_field *field);
/* "<id>.<part>" becomes the text. */
void epo_plain_set(const struct epo_place_work *work, const char *part, struct epo_span text);
void epo_plain_note(const struct epo_place_work *work, const char *key);
/* The value as it stands: a geometry, a Feature, a FeatureCollection; NULL where there is none. */
struct epo_json *epo_plain_value(struct epo_pool *pool, const struct epo_json *raw,
                                 const struct epo_field *field);
/* A spot for the kind that is on: the place itself, the next corner, the parcel under it. False
 * only when the map broke. */
bool epo_plain_give(const struct epo_place_work *work, struct epo_point spot);
/* What the search found. */
bool epo_plain_give_found(const struct epo_place_work *work, const struct epo_json *found);
/* GeoJSON as it came. */
void epo_plain_put(const struct epo_place_work *work, struct epo_json *place);
/* Takes the place of that number (from 1) out of the value. */
void epo_plain_remove(const struct epo_place_work *work, int64_t number);

/* ---- place_sketch.c: corners of a line, an area or a route that is not done yet ---- */
/* As a GeoJSON LineString or Point; NULL where there is none. count may be NULL. */
struct epo_json *epo_sketch_read(struct epo_pool *pool, const struct epo_json *raw,
                                 const struct epo_field *field, uint32_t *count);
bool epo_sketch_is_kind(const char *kind);
/* So many corners the kind needs. */
uint32_t epo_sketch_needs(const char *kind);
void epo_sketch_add(const struct epo_place_work *work, const char *kind, struct epo_point spot);
void epo_sketch_back(const struct epo_place_work *work);
/* False where it has too few corners. */
bool epo_sketch_close(const struct epo_place_work *work);

/* ---- place_steps.c ---- */
/* Where the picture looks: as posted, at the value, as the form says, or at the whole city. */
void epo_plain_look(struct epo_pool *pool, struct epo_maps *maps, const struct epo_json *raw,
                    const struct epo_field *field, struct epo_look *look);

#endif
