/* Walking through ISO WKB (2D, little endian), one piece after the other, never behind its end.
 * Pure. Internal to maps. Once `bad` is set every further piece is 0. */
#ifndef EPO_MAPS_WKB_H
#define EPO_MAPS_WKB_H

#include "base/text.h"
#include "maps/maps.h"

enum epo_wkb_type {
    EPO_WKB_POINT = 1,
    EPO_WKB_LINE,
    EPO_WKB_POLYGON,
    EPO_WKB_POINTS,
    EPO_WKB_LINES,
    EPO_WKB_POLYGONS,
    EPO_WKB_COLLECTION
};
struct epo_wkb {
    const unsigned char *at;
    size_t left;
    bool bad;
};

static inline struct epo_wkb epo_wkb_of(struct epo_span bytes) {
    return (struct epo_wkb){(const unsigned char *)bytes.at, bytes.len, false};
}

static inline uint32_t epo_wkb_u32(struct epo_wkb *r) {
    uint32_t value = 0;
    if (r->bad || r->left < 4) {
        r->bad = true;
        return 0;
    }
    memcpy(&value, r->at, 4); /* little endian, as this machine: checked at each byte-order mark */
    r->at += 4;
    r->left -= 4;
    return value;
}

/* Byte order and type. */
static inline uint32_t epo_wkb_head(struct epo_wkb *r) {
    if (r->left < 1 || *r->at != 1) {
        r->bad = true;
        return 0;
    }
    r->at++;
    r->left--;
    return epo_wkb_u32(r);
}

/* Whether that many points can still follow. */
static inline bool epo_wkb_points(struct epo_wkb *r, uint32_t count) {
    r->bad = r->bad || count > r->left / 16;
    return !r->bad;
}

/* The next point; only after epo_wkb_points said that it is there. */
static inline struct epo_point epo_wkb_point(struct epo_wkb *r) {
    struct epo_point p;
    memcpy(&p.x, r->at, 8);
    memcpy(&p.y, r->at + 8, 8);
    r->at += 16;
    r->left -= 16;
    return p;
}

#endif
