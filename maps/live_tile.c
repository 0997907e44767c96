#include "maps/live_tile.h"

#include <math.h>

enum { EXTENT = 4096, MARGIN = 64, KEYS_MAX = 64, VALUE_SLOTS = 4096, SMALL = 16 };
enum { POINTS = 1, LINES, AREAS };
enum { MOVE_TO = 1, LINE_TO = 2, CLOSE_PATH = 7 };
/* Far outside of any tile, and differences still fit 32 bits. */
static const double FARTHEST = 1 << 28;

struct epo_live_tile {
    struct epo_pool *pool;
    const char *layer;
    int z;
    double x, y;
    struct epo_buffer features, keys, values, geometry, tags;
    const char *names[KEYS_MAX];
    uint32_t name_count, value_count, feature_count;
    struct { /* values written before, by their bytes */
        uint32_t index;
        struct epo_span bytes;
    } seen[VALUE_SLOTS];
    int64_t at_x, at_y; /* where the pen is */
};

/* ---- protocol buffers ---- */

static void put_varint(struct epo_buffer *out, uint64_t value) {
    for (; value >= 0x80; value >>= 7)
        epo_buffer_byte(out, (char)(value | 0x80));
    epo_buffer_byte(out, (char)value);
}

static void put_signed(struct epo_buffer *out, int64_t value) {
    put_varint(out, ((uint64_t)value << 1) ^ (uint64_t)(value >> 63));
}

enum { VARINT = 0, FIXED64 = 1, BYTES = 2 };
static void put_key(struct epo_buffer *out, unsigned field, unsigned wire) {
    put_varint(out, field << 3 | wire);
}

static void put_bytes(struct epo_buffer *out, unsigned field, struct epo_span bytes) {
    put_key(out, field, BYTES);
    put_varint(out, bytes.len);
    epo_buffer_append(out, bytes.at, bytes.len);
}

/* ---- where it lies ---- */

static double lon_of(int z, double x) {
    return x / ldexp(1, z) * 360 - 180;
}

static double lat_of(int z, double y) {
    return atan(sinh(M_PI * (1 - 2 * y / ldexp(1, z)))) * 180 / M_PI;
}

struct epo_tile_sides epo_live_tile_sides(int z, int64_t x, int64_t y) {
    double margin = (double)MARGIN / EXTENT, left = (double)x, top = (double)y;
    return (struct epo_tile_sides){lon_of(z, left - margin), lat_of(z, top + 1 + margin),
                                   lon_of(z, left + 1 + margin), lat_of(z, top - margin)};
}

struct spot {
    int64_t x, y;
};

static bool spot_of(const struct epo_live_tile *tile, const struct epo_json *pair,
                    struct spot *spot) {
    if (pair == NULL || pair->type != EPO_JSON_ARRAY || pair->count < 2)
        return false;
    double lon = epo_json_number(pair->items[0]), lat = epo_json_number(pair->items[1]);
    double side = ldexp(1, tile->z), turn = lat * M_PI / 180;
    double x = ((lon + 180) / 360 * side - tile->x) * EXTENT;
    double y = ((1 - asinh(tan(turn)) / M_PI) / 2 * side - tile->y) * EXTENT;
    if (!isfinite(x) || !isfinite(y))
        return false;
    spot->x = (int64_t)round(fmin(fmax(x, -FARTHEST), FARTHEST));
    spot->y = (int64_t)round(fmin(fmax(y, -FARTHEST), FARTHEST));
    return true;
}

/* The positions of a line or a ring, without those that fall on the one before. */
static struct spot *spots_of(const struct epo_live_tile *tile, const struct epo_json *list,
                             size_t *count) {
    uint32_t room = list != NULL && list->type == EPO_JSON_ARRAY ? list->count : 0;
    struct spot *spots = EPO_NEW_ARRAY(tile->pool, struct spot, room + 1);
    *count = 0;
    for (uint32_t i = 0; i < room; i++) {
        struct spot *next = &spots[*count];
        if (spot_of(tile, list->items[i], next) &&
            (*count == 0 || next[-1].x != next->x || next[-1].y != next->y))
            ++*count;
    }
    return spots;
}

/* ---- geometry ---- */

static void command(struct epo_live_tile *tile, unsigned id, size_t times) {
    put_varint(&tile->geometry, id | (uint64_t)times << 3);
}

static void pen_to(struct epo_live_tile *tile, struct spot to) {
    put_signed(&tile->geometry, to.x - tile->at_x);
    put_signed(&tile->geometry, to.y - tile->at_y);
    tile->at_x = to.x;
    tile->at_y = to.y;
}

static void draw(struct epo_live_tile *tile, const struct spot *spots, size_t count) {
    command(tile, MOVE_TO, 1);
    pen_to(tile, spots[0]);
    command(tile, LINE_TO, count - 1);
    for (size_t i = 1; i < count; i++)
        pen_to(tile, spots[i]);
}

/* Twice the area; positive where the ring runs clockwise on the screen. */
static double area_of(const struct spot *ring, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const struct spot *a = &ring[i], *b = &ring[(i + 1) % count];
        sum += (double)(a->x - ring[0].x) * (double)(b->y - ring[0].y) -
               (double)(b->x - ring[0].x) * (double)(a->y - ring[0].y);
    }
    return sum;
}

/* False for a ring that has shrunk to nothing. */
static bool draw_ring(struct epo_live_tile *tile, const struct epo_json *list, bool outer) {
    size_t count;
    struct spot *ring = spots_of(tile, list, &count);
    if (count > 1 && ring[0].x == ring[count - 1].x && ring[0].y == ring[count - 1].y)
        count--;
    double area = count < 3 ? 0 : area_of(ring, count);
    if (area == 0 || (outer && fabs(area) < 2 * SMALL * SMALL))
        return false;
    for (size_t i = 0; (area > 0) != outer && i < count / 2; i++) {
        struct spot swap = ring[i];
        ring[i] = ring[count - 1 - i];
        ring[count - 1 - i] = swap;
    }
    draw(tile, ring, count);
    command(tile, CLOSE_PATH, 1);
    return true;
}

static bool draw_polygon(struct epo_live_tile *tile, const struct epo_json *rings) {
    if (rings == NULL || rings->type != EPO_JSON_ARRAY || rings->count == 0 ||
        !draw_ring(tile, rings->items[0], true))
        return false;
    for (uint32_t i = 1; i < rings->count; i++)
        draw_ring(tile, rings->items[i], false);
    return true;
}

static bool draw_line(struct epo_live_tile *tile, const struct epo_json *list) {
    size_t count;
    const struct spot *spots = spots_of(tile, list, &count);
    if (count < 2)
        return false;
    draw(tile, spots, count);
    return true;
}

static bool draw_points(struct epo_live_tile *tile, const struct epo_json *list) {
    size_t count;
    const struct spot *spots = spots_of(tile, list, &count);
    if (count == 0)
        return false;
    command(tile, MOVE_TO, count);
    for (size_t i = 0; i < count; i++)
        pen_to(tile, spots[i]);
    return true;
}

/* The first position of whatever shape: where what is too small is shown. */
static bool draw_anchor(struct epo_live_tile *tile, const struct epo_json *coordinates) {
    const struct epo_json *at = coordinates;
    struct spot spot;
    while (at != NULL && at->type == EPO_JSON_ARRAY && at->count > 0 &&
           at->items[0]->type == EPO_JSON_ARRAY)
        at = at->items[0];
    if (!spot_of(tile, at, &spot))
        return false;
    command(tile, MOVE_TO, 1);
    pen_to(tile, spot);
    return true;
}

/* What was drawn: POINTS, LINES or AREAS, or 0 for nothing. */
static unsigned draw_shape(struct epo_live_tile *tile, struct epo_span type,
                           const struct epo_json *coordinates) {
    static const struct {
        const char *name;
        unsigned kind;
        bool multi;
        bool (*draw)(struct epo_live_tile *tile, const struct epo_json *coordinates);
    } SHAPES[] = {
        {"Point", POINTS, false, draw_anchor},   {"MultiPoint", POINTS, false, draw_points},
        {"LineString", LINES, false, draw_line}, {"MultiLineString", LINES, true, draw_line},
        {"Polygon", AREAS, false, draw_polygon}, {"MultiPolygon", AREAS, true, draw_polygon}};
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        if (!epo_span_is(type, SHAPES[i].name))
            continue;
        bool any = !SHAPES[i].multi && SHAPES[i].draw(tile, coordinates);
        for (uint32_t k = 0; SHAPES[i].multi && coordinates != NULL && k < coordinates->count; k++)
            any = SHAPES[i].draw(tile, coordinates->items[k]) || any;
        return any ? SHAPES[i].kind : draw_anchor(tile, coordinates) ? POINTS : 0;
    }
    return 0;
}

/* ---- properties ---- */

static bool key_of(struct epo_live_tile *tile, struct epo_span name, uint32_t *index) {
    for (*index = 0; *index < tile->name_count; ++*index)
        if (epo_span_is(name, tile->names[*index]))
            return true;
    if (tile->name_count == KEYS_MAX)
        return false;
    tile->names[tile->name_count++] = epo_pool_string(tile->pool, name);
    put_bytes(&tile->keys, 3, name);
    return true;
}

static bool write_value(struct epo_buffer *out, const struct epo_json *value) {
    switch (value->type) {
    case EPO_JSON_TEXT:
        put_bytes(out, 1, value->text);
        return true;
    case EPO_JSON_REAL:
        put_key(out, 3, FIXED64);
        epo_buffer_append(out, &value->real, sizeof value->real);
        return true;
    case EPO_JSON_INTEGER:
        put_key(out, 6, VARINT);
        put_signed(out, value->integer);
        return true;
    case EPO_JSON_BOOLEAN:
        put_key(out, 7, VARINT);
        put_varint(out, value->boolean);
        return true;
    default:
        return false;
    }
}

/* The same value is written once, as far as the table of those seen goes. */
static bool value_of(struct epo_live_tile *tile, const struct epo_json *value, uint32_t *index) {
    struct epo_buffer one;
    uint32_t hash = 2166136261u;
    epo_buffer_init(&one, EPO_LIVE_TILE_BYTES_MAX);
    bool good = write_value(&one, value) && !one.failed;
    struct epo_span bytes = epo_buffer_get(&one);
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (unsigned char)bytes.at[i]) * 16777619u;
    hash %= VALUE_SLOTS;
    if (good && epo_span_equal(tile->seen[hash].bytes, bytes)) {
        *index = tile->seen[hash].index;
    } else if (good) {
        *index = tile->value_count++;
        put_bytes(&tile->values, 4, bytes);
        tile->seen[hash].index = *index;
        tile->seen[hash].bytes = epo_pool_copy(tile->pool, bytes);
    }
    epo_buffer_clear(&one);
    return good;
}

static void write_tags(struct epo_live_tile *tile, const struct epo_json *properties) {
    uint32_t key, value;
    epo_buffer_clear(&tile->tags);
    for (uint32_t i = 0; properties != NULL && i < properties->count; i++)
        if (value_of(tile, properties->items[i], &value) &&
            key_of(tile, properties->names[i], &key)) {
            put_varint(&tile->tags, key);
            put_varint(&tile->tags, value);
        }
}

/* ---- the tile ---- */

struct epo_live_tile *epo_live_tile_begin(struct epo_pool *pool, const char *layer, int z,
                                          int64_t x, int64_t y) {
    struct epo_live_tile *tile = EPO_NEW(pool, struct epo_live_tile);
    struct epo_buffer *all[] = {&tile->features, &tile->keys, &tile->values, &tile->geometry,
                                &tile->tags};
    *tile = (struct epo_live_tile){
        .pool = pool, .layer = layer, .z = z, .x = (double)x, .y = (double)y};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        epo_buffer_init(all[i], EPO_LIVE_TILE_BYTES_MAX);
    return tile;
}

static void add_one(struct epo_live_tile *tile, const struct epo_json *geometry) {
    struct epo_buffer feature;
    epo_buffer_clear(&tile->geometry);
    tile->at_x = tile->at_y = 0;
    unsigned kind = draw_shape(tile, epo_json_get_text(geometry, "type"),
                               epo_json_get(geometry, "coordinates"));
    if (kind == 0 || tile->geometry.failed || tile->tags.failed)
        return;
    epo_buffer_init(&feature, EPO_LIVE_TILE_BYTES_MAX);
    put_bytes(&feature, 2, epo_buffer_get(&tile->tags));
    put_key(&feature, 3, VARINT);
    put_varint(&feature, kind);
    put_bytes(&feature, 4, epo_buffer_get(&tile->geometry));
    put_bytes(&tile->features, 2, epo_buffer_get(&feature));
    epo_buffer_clear(&feature);
    tile->feature_count++;
}

void epo_live_tile_add(struct epo_live_tile *tile, const struct epo_json *geometry,
                       const struct epo_json *properties) {
    const struct epo_json *members = epo_json_get(geometry, "geometries");
    write_tags(tile, properties);
    if (members == NULL)
        add_one(tile, geometry);
    for (uint32_t i = 0; members != NULL && i < members->count; i++)
        add_one(tile, members->items[i]);
}

bool epo_live_tile_end(struct epo_live_tile *tile, struct epo_span *bytes) {
    struct epo_buffer layer, all;
    epo_buffer_init(&layer, EPO_LIVE_TILE_BYTES_MAX);
    epo_buffer_init(&all, EPO_LIVE_TILE_BYTES_MAX);
    put_key(&layer, 15, VARINT);
    put_varint(&layer, 2);
    put_bytes(&layer, 1, epo_span(tile->layer));
    epo_buffer_span(&layer, epo_buffer_get(&tile->features));
    epo_buffer_span(&layer, epo_buffer_get(&tile->keys));
    epo_buffer_span(&layer, epo_buffer_get(&tile->values));
    put_key(&layer, 5, VARINT);
    put_varint(&layer, EXTENT);
    put_bytes(&all, 3, epo_buffer_get(&layer));
    bool good = !layer.failed && !all.failed && !tile->features.failed && !tile->keys.failed &&
                !tile->values.failed;
    *bytes = good && tile->feature_count > 0 ? epo_pool_copy(tile->pool, epo_buffer_get(&all))
                                             : EPO_SPAN("");
    struct epo_buffer *used[] = {
        &layer, &all, &tile->features, &tile->keys, &tile->values, &tile->geometry, &tile->tags};
    for (size_t i = 0; i < sizeof used / sizeof *used; i++)
        epo_buffer_clear(used[i]);
    return good;
}
