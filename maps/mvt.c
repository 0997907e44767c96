#include "maps/mvt.h"

/* Protocol buffers: a message is a run of fields, each with a number and one of four wire types. */
enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };
enum { COORDINATE_MOST = 1 << 24, EXTENT_MOST = 1 << 16 };

struct message {
    const unsigned char *at, *end;
    bool bad;
};
struct field {
    uint64_t number, value; /* value: of a varint */
    int wire;
    struct epo_span bytes; /* of WIRE_BYTES */
};

static struct message message_of(struct epo_span bytes) {
    const unsigned char *at = (const unsigned char *)bytes.at;
    return (struct message){at, at + bytes.len, false};
}

static uint64_t varint(struct message *m) {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (m->at == m->end)
            break;
        unsigned char byte = *m->at++;
        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return value;
    }
    m->bad = true;
    return 0;
}

/* False at the end and where the message is broken. */
static bool next(struct message *m, struct field *field) {
    if (m->bad || m->at == m->end)
        return false;
    uint64_t key = varint(m), len = 0;
    *field = (struct field){.number = key >> 3, .wire = (int)(key & 7)};
    if (field->wire == WIRE_VARINT) {
        field->value = varint(m);
        return !m->bad;
    }
    if (field->wire == WIRE_BYTES)
        len = varint(m);
    else if (field->wire == WIRE_FIXED64)
        len = 8;
    else if (field->wire == WIRE_FIXED32)
        len = 4;
    else
        m->bad = true;
    if (m->bad || len > (uint64_t)(m->end - m->at)) {
        m->bad = true;
        return false;
    }
    field->bytes = (struct epo_span){(const char *)m->at, (size_t)len};
    m->at += len;
    return true;
}

static int64_t zigzag(uint64_t value) {
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* ---- values ---- */

struct value {
    struct epo_span text;
    int64_t integer;
};

static struct value read_value(struct epo_span bytes, bool *bad) {
    struct message m = message_of(bytes);
    struct value value = {0};
    struct field field;
    while (next(&m, &field)) {
        if (field.number == 1 && field.wire == WIRE_BYTES)
            value.text = field.bytes;
        else if ((field.number == 4 || field.number == 5) && field.wire == WIRE_VARINT)
            value.integer = (int64_t)field.value;
        else if (field.number == 6 && field.wire == WIRE_VARINT)
            value.integer = zigzag(field.value);
    }
    *bad |= m.bad;
    return value;
}

/* ---- layers ---- */

struct layer {
    struct epo_pool *pool;
    struct epo_span name;
    uint32_t extent;
    struct epo_span *keys;
    struct value *values;
    size_t key_count, value_count, feature_count;
    bool bad;
};

static void count_parts(struct layer *layer, struct epo_span bytes) {
    struct message m = message_of(bytes);
    struct field field;
    while (next(&m, &field)) {
        if (field.number == 5 && field.wire == WIRE_VARINT)
            layer->extent = field.value > EXTENT_MOST ? 0 : (uint32_t)field.value;
        if (field.wire != WIRE_BYTES)
            continue;
        if (field.number == 1)
            layer->name = field.bytes;
        layer->feature_count += field.number == 2;
        layer->key_count += field.number == 3;
        layer->value_count += field.number == 4;
    }
    layer->bad |= m.bad || layer->extent == 0;
}

static void read_words(struct layer *layer, struct epo_span bytes) {
    struct message m = message_of(bytes);
    struct field field;
    size_t keys = 0, values = 0;
    layer->keys = EPO_NEW_ARRAY(layer->pool, struct epo_span, layer->key_count + 1);
    layer->values = EPO_NEW_ARRAY(layer->pool, struct value, layer->value_count + 1);
    while (next(&m, &field)) {
        if (field.wire == WIRE_BYTES && field.number == 3)
            layer->keys[keys++] = field.bytes;
        if (field.wire == WIRE_BYTES && field.number == 4)
            layer->values[values++] = read_value(field.bytes, &layer->bad);
    }
}

static void read_tags(struct layer *layer, struct epo_span bytes, struct epo_mvt_feature *feature) {
    struct message m = message_of(bytes);
    while (m.at < m.end && !m.bad) {
        uint64_t key = varint(&m), at = varint(&m);
        if (m.bad || key >= layer->key_count || at >= layer->value_count) {
            layer->bad = true;
            return;
        }
        const struct value *value = &layer->values[at];
        struct epo_span name = layer->keys[key];
        if (epo_span_is(name, "name"))
            feature->name = value->text;
        else if (epo_span_is(name, "kind") || epo_span_is(name, "class"))
            feature->kind = value->text;
        else if (epo_span_is(name, "number"))
            feature->number = value->text;
        else if (epo_span_is(name, "rank"))
            feature->rank = value->integer > 0 && value->integer < 100 ? (int)value->integer : 0;
    }
    layer->bad |= m.bad;
}

/* ---- geometry ---- */

enum { MOVE = 1, LINE = 2, CLOSE = 7 };

static bool step(struct message *m, int64_t *at) {
    int64_t by = zigzag(varint(m));
    if (by < -COORDINATE_MOST || by > COORDINATE_MOST)
        return false;
    *at += by;
    return *at >= -COORDINATE_MOST && *at <= COORDINATE_MOST;
}

/* The pen moves by differences. A point takes at least two bytes, so that what is allocated is
 * bounded by what came. */
static void read_geometry(struct layer *layer, struct epo_span bytes,
                          struct epo_mvt_feature *feature) {
    struct message m = message_of(bytes);
    size_t room = bytes.len / 2 + 1, points = 0;
    int32_t *xy = EPO_NEW_ARRAY(layer->pool, int32_t, 2 * room);
    uint32_t *end = EPO_NEW_ARRAY(layer->pool, uint32_t, room);
    int64_t x = 0, y = 0;
    while (m.at < m.end && !m.bad) {
        uint64_t command = varint(&m), count = command >> 3;
        int what = (int)(command & 7);
        m.bad |= what == CLOSE ? count != 1 : (what != MOVE && what != LINE) || count == 0;
        for (uint64_t i = 0; what != CLOSE && i < count && !m.bad; i++) {
            m.bad |= !step(&m, &x) || !step(&m, &y) || points == room;
            m.bad |= what == LINE && points == 0;
            if (m.bad)
                break;
            if (what == MOVE && points > 0)
                end[feature->parts++] = (uint32_t)points;
            xy[2 * points] = (int32_t)x;
            xy[2 * points + 1] = (int32_t)y;
            points++;
        }
    }
    if (points > 0)
        end[feature->parts++] = (uint32_t)points;
    feature->xy = xy;
    feature->end = end;
    layer->bad |= m.bad;
}

static void read_feature(struct layer *layer, struct epo_span bytes,
                         struct epo_mvt_feature *feature) {
    struct message m = message_of(bytes);
    struct field field;
    *feature = (struct epo_mvt_feature){.layer = layer->name, .extent = layer->extent};
    while (next(&m, &field)) {
        if (field.number == 2 && field.wire == WIRE_BYTES)
            read_tags(layer, field.bytes, feature);
        else if (field.number == 3 && field.wire == WIRE_VARINT)
            feature->type = field.value <= EPO_MVT_AREA ? (enum epo_mvt_type)field.value : 0;
        else if (field.number == 4 && field.wire == WIRE_BYTES && feature->parts == 0)
            read_geometry(layer, field.bytes, feature);
    }
    layer->bad |= m.bad;
}

static size_t read_layer(struct layer *layer, struct epo_span bytes,
                         struct epo_mvt_feature *features) {
    struct message m = message_of(bytes);
    struct field field;
    size_t count = 0;
    read_words(layer, bytes);
    while (!layer->bad && next(&m, &field)) {
        if (field.number != 2 || field.wire != WIRE_BYTES)
            continue;
        read_feature(layer, field.bytes, &features[count]);
        if (features[count].type != 0 && features[count].parts > 0)
            count++;
    }
    return count;
}

bool epo_mvt_read(struct epo_pool *pool, struct epo_span bytes, struct epo_mvt *tile,
                  struct epo_error *error) {
    size_t most = 0;
    struct field field;
    *tile = (struct epo_mvt){0};
    for (int pass = 0; pass < 2; pass++) {
        struct message m = message_of(bytes);
        if (pass == 1)
            tile->features = EPO_NEW_ARRAY(pool, struct epo_mvt_feature, most + 1);
        while (next(&m, &field)) {
            if (field.number != 3 || field.wire != WIRE_BYTES)
                continue;
            struct layer layer = {.pool = pool, .extent = 4096};
            count_parts(&layer, field.bytes);
            most += pass == 0 ? layer.feature_count : 0;
            if (pass == 1 && !layer.bad)
                tile->count += read_layer(&layer, field.bytes, &tile->features[tile->count]);
            m.bad |= layer.bad;
        }
        if (m.bad)
            return epo_fail(error, EPO_ERROR_BAD_INPUT, "tiles.damaged", "this is no vector tile");
    }
    return true;
}
