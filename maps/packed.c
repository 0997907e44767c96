#include "maps/packed.h"

#include <math.h>
#include <stdlib.h>

#include "maps/wkb.h"

void *epo_grown(void *at, size_t count, size_t *room, size_t size) {
    if (count < *room)
        return at;
    *room = *room == 0 ? 1024 : *room * 2;
    at = realloc(at, *room * size);
    epo_assert(at != NULL);
    return at;
}

static bool to_mm(struct epo_point metres, struct epo_mm *mm) {
    bool holds = epo_mm_holds(metres);
    if (holds)
        *mm = epo_mm_of(metres);
    return holds;
}

static void widen(struct epo_box *box, struct epo_mm p) {
    box->min_x = p.x < box->min_x ? p.x : box->min_x;
    box->min_y = p.y < box->min_y ? p.y : box->min_y;
    box->max_x = p.x > box->max_x ? p.x : box->max_x;
    box->max_y = p.y > box->max_y ? p.y : box->max_y;
}

static void read_ring(struct epo_wkb *r, uint32_t count, uint32_t least, uint32_t outer,
                      struct epo_packing *out) {
    if (!epo_wkb_points(r, count) || count < least || out->vertex_count + count >= EPO_RING_OUTER) {
        r->bad = true;
        return;
    }
    out->rings = epo_grown(out->rings, out->ring_count, &out->ring_room, sizeof *out->rings);
    out->rings[out->ring_count++] = (uint32_t)out->vertex_count | outer;
    for (uint32_t i = 0; i < count && !r->bad; i++) {
        struct epo_mm p;
        struct epo_point metres = epo_wkb_point(r);
        if (!to_mm(metres, &p)) {
            r->bad = true;
            return;
        }
        out->vertices =
            epo_grown(out->vertices, out->vertex_count, &out->vertex_room, sizeof *out->vertices);
        out->vertices[out->vertex_count++] = p;
        widen(&out->box, p);
    }
}

static void read_simple(struct epo_wkb *r, uint32_t type, struct epo_packing *out) {
    if (type == EPO_WKB_POINT) {
        read_ring(r, 1, 1, EPO_RING_OUTER, out);
    } else if (type == EPO_WKB_LINE) {
        read_ring(r, epo_wkb_u32(r), 2, EPO_RING_OUTER, out);
    } else if (type == EPO_WKB_POLYGON) {
        uint32_t rings = epo_wkb_u32(r);
        for (uint32_t i = 0; i < rings && !r->bad; i++)
            read_ring(r, epo_wkb_u32(r), 4, i == 0 ? EPO_RING_OUTER : 0, out);
    } else {
        r->bad = true;
    }
}

bool epo_wkb_pack(struct epo_span wkb, struct epo_packing *out) {
    struct epo_wkb r = epo_wkb_of(wkb);
    size_t vertices_before = out->vertex_count, rings_before = out->ring_count;
    out->box = (struct epo_box){INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN};
    uint32_t type = epo_wkb_head(&r);
    if (type >= EPO_WKB_POINTS && type <= EPO_WKB_POLYGONS) {
        uint32_t parts = epo_wkb_u32(&r);
        for (uint32_t i = 0; i < parts && !r.bad; i++)
            read_simple(&r, epo_wkb_head(&r), out);
    } else {
        read_simple(&r, type, out);
    }
    if (!r.bad && r.left == 0 && out->ring_count > rings_before)
        return true;
    out->vertex_count = vertices_before; /* nothing of it stays */
    out->ring_count = rings_before;
    return false;
}

/* ---- GEOS ---- */

static GEOSCoordSequence *sequence(GEOSContextHandle_t g, const struct epo_layer *layer,
                                   uint32_t ring) {
    uint32_t from = epo_ring_from(layer, ring), end = epo_ring_from(layer, ring + 1);
    GEOSCoordSequence *s = GEOSCoordSeq_create_r(g, end - from, 2);
    for (uint32_t i = from; s != NULL && i < end; i++) {
        struct epo_point metres = epo_metres_of(layer->vertices[i]);
        GEOSCoordSeq_setXY_r(g, s, i - from, metres.x, metres.y);
    }
    return s;
}

/* The polygon whose outer ring is `ring`; *next is the ring behind it. */
static GEOSGeometry *polygon(GEOSContextHandle_t g, const struct epo_layer *layer, uint32_t ring,
                             uint32_t end, uint32_t *next) {
    uint32_t last = ring + 1, holes = 0;
    while (last < end && !(layer->rings[last] & EPO_RING_OUTER))
        last++;
    GEOSGeometry **inner = calloc(last - ring, sizeof *inner);
    epo_assert(inner != NULL);
    GEOSGeometry *outer = GEOSGeom_createLinearRing_r(g, sequence(g, layer, ring)), *made = NULL;
    bool ok = outer != NULL;
    for (uint32_t i = ring + 1; i < last && ok; i++) {
        inner[holes] = GEOSGeom_createLinearRing_r(g, sequence(g, layer, i));
        ok = inner[holes] != NULL;
        holes += ok;
    }
    if (ok) {
        made = GEOSGeom_createPolygon_r(g, outer, inner, holes);
    } else {
        GEOSGeom_destroy_r(g, outer);
        for (uint32_t i = 0; i < holes; i++)
            GEOSGeom_destroy_r(g, inner[i]);
    }
    free(inner);
    *next = last;
    return made;
}

GEOSGeometry *epo_feature_geos(const struct epo_layer *layer, uint32_t feature) {
    static const int MULTI[] = {[EPO_SHAPE_POINT] = GEOS_MULTIPOINT,
                                [EPO_SHAPE_LINE] = GEOS_MULTILINESTRING,
                                [EPO_SHAPE_AREA] = GEOS_MULTIPOLYGON};
    GEOSContextHandle_t g = epo_geos();
    uint32_t ring = layer->features[feature].first_ring,
             end = layer->features[feature + 1].first_ring, count = 0;
    GEOSGeometry **parts = calloc(end - ring + 1, sizeof *parts), *made = NULL;
    epo_assert(parts != NULL);
    bool ok = true;
    while (ring < end && ok) {
        uint32_t next = ring + 1;
        parts[count] = layer->shape == EPO_SHAPE_AREA ? polygon(g, layer, ring, end, &next)
                       : layer->shape == EPO_SHAPE_LINE
                           ? GEOSGeom_createLineString_r(g, sequence(g, layer, ring))
                           : GEOSGeom_createPoint_r(g, sequence(g, layer, ring));
        ok = parts[count] != NULL;
        count += ok;
        ring = next;
    }
    if (ok && count == 1)
        made = parts[0];
    else if (ok)
        made = GEOSGeom_createCollection_r(g, MULTI[layer->shape], parts, count);
    for (uint32_t i = 0; i < count && !ok; i++)
        GEOSGeom_destroy_r(g, parts[i]);
    free(parts);
    return made;
}
