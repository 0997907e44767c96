/* The layout (SpatiaLite's "BLOB-Geometry"): 00 01, SRID, four doubles of the extent, 7C, the class
 * and body as in WKB, FE; each member of a multi begins with 69 and its class. All little endian.
 */
#include "maps/blob.h"

#include <math.h>

#include "maps/metric.h"

enum { START = 0, LITTLE = 1, EXTENT_END = 0x7C, MEMBER = 0x69, END = 0xFE };
enum { POINT = 1, LINE = 2, POLYGON = 3, MULTI = 3 /* a multi's class is its member's + 3 */ };
enum { EXTENT_AT = 6, CLASS_AT = 39 };

struct walk {
    const char *at;
    size_t left;
    struct epo_buffer *out;
    struct epo_extent *box;
};

static bool take(struct walk *w, void *to, size_t len) {
    if (w->left < len)
        return false;
    memcpy(to, w->at, len);
    w->at += len;
    w->left -= len;
    return true;
}

static bool take_count(struct walk *w, uint32_t *count) {
    if (!take(w, count, 4) || *count == 0)
        return false;
    epo_buffer_append(w->out, count, 4);
    return true;
}

static bool positions(struct walk *w, uint32_t count) {
    if (w->left / 16 < count)
        return false;
    epo_buffer_append(w->out, w->at, (size_t)count * 16);
    for (uint32_t i = 0; i < count; i++) {
        double at[2];
        take(w, at, sizeof at);
        if (!isfinite(at[0]) || !isfinite(at[1]))
            return false;
        w->box->min_x = fmin(w->box->min_x, at[0]);
        w->box->max_x = fmax(w->box->max_x, at[0]);
        w->box->min_y = fmin(w->box->min_y, at[1]);
        w->box->max_y = fmax(w->box->max_y, at[1]);
    }
    return true;
}

/* What follows the class of a simple geometry. */
static bool simple(struct walk *w, uint32_t class) {
    uint32_t count = 1, rings = 1;
    if (class == POINT)
        return positions(w, 1);
    if (class == POLYGON && !take_count(w, &rings))
        return false;
    for (uint32_t i = 0; i < rings; i++)
        if (!take_count(w, &count) || !positions(w, count))
            return false;
    return true;
}

static bool head(struct walk *w, uint32_t *class) {
    uint8_t order;
    return take(w, &order, 1) && order == LITTLE && take(w, class, 4);
}

static void put_class(struct walk *w, uint32_t class) {
    epo_buffer_append(w->out, &class, 4);
}

static bool body(struct walk *w, bool multi) {
    uint32_t class, count = 1, member;
    if (!head(w, &class) || class < POINT || class > POLYGON + MULTI)
        return false;
    if (class <= POLYGON && !multi) {
        put_class(w, class);
        return simple(w, class);
    }
    if (class <= POLYGON) {
        put_class(w, class + MULTI);
        epo_buffer_append(w->out, &count, 4);
        epo_buffer_byte(w->out, MEMBER);
        put_class(w, class);
        return simple(w, class);
    }
    put_class(w, class);
    if (!take_count(w, &count))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!head(w, &member) || member != class - MULTI)
            return false;
        epo_buffer_byte(w->out, MEMBER);
        put_class(w, member);
        if (!simple(w, member))
            return false;
    }
    return true;
}

bool epo_blob_write(struct epo_buffer *buffer, struct epo_span wkb, bool multi,
                    struct epo_extent *box) {
    size_t before = buffer->len;
    int32_t srid = epo_metric()->epsg;
    *box = (struct epo_extent){INFINITY, INFINITY, -INFINITY, -INFINITY};
    struct walk walk = {wkb.at, wkb.len, buffer, box};
    epo_buffer_byte(buffer, START);
    epo_buffer_byte(buffer, LITTLE);
    epo_buffer_append(buffer, &srid, 4);
    epo_buffer_append(buffer, box, sizeof *box); /* its place: filled in below */
    epo_buffer_byte(buffer, EXTENT_END);
    bool ok = body(&walk, multi) && walk.left == 0;
    epo_buffer_byte(buffer, (char)END);
    if (!ok || buffer->failed) {
        buffer->len = before;
        return false;
    }
    memcpy(buffer->at + before + EXTENT_AT, box, sizeof *box);
    return true;
}

bool epo_blob_box(struct epo_span blob, struct epo_extent *box) {
    if (blob.len <= CLASS_AT || blob.at[0] != START || blob.at[1] != LITTLE ||
        blob.at[CLASS_AT - 1] != EXTENT_END)
        return false;
    memcpy(box, blob.at + EXTENT_AT, sizeof *box);
    return true;
}
