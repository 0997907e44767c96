/* Building and reading of trees; parsing is in json_parse.c, writing in json_write.c. */
#include "base/json.h"

#include "base/limits.h"

static struct epo_json *node(struct epo_pool *pool, enum epo_json_type type) {
    struct epo_json *value = EPO_NEW(pool, struct epo_json);
    value->type = type;
    return value;
}

struct epo_json *epo_json_null(struct epo_pool *pool) {
    return node(pool, EPO_JSON_NULL);
}

struct epo_json *epo_json_boolean(struct epo_pool *pool, bool value) {
    struct epo_json *made = node(pool, EPO_JSON_BOOLEAN);
    made->boolean = value;
    return made;
}

struct epo_json *epo_json_integer(struct epo_pool *pool, int64_t value) {
    struct epo_json *made = node(pool, EPO_JSON_INTEGER);
    made->integer = value;
    return made;
}

struct epo_json *epo_json_real(struct epo_pool *pool, double value) {
    struct epo_json *made = node(pool, EPO_JSON_REAL);
    made->real = value;
    return made;
}

struct epo_json *epo_json_text(struct epo_pool *pool, struct epo_span value) {
    struct epo_json *made = node(pool, EPO_JSON_TEXT);
    made->text = epo_pool_copy(pool, value);
    return made;
}

struct epo_json *epo_json_link(struct epo_pool *pool, struct epo_span value) {
    struct epo_json *made = node(pool, EPO_JSON_TEXT);
    made->text = value;
    return made;
}

struct epo_json *epo_json_string(struct epo_pool *pool, const char *value) {
    return value ? epo_json_text(pool, epo_span(value)) : epo_json_null(pool);
}

struct epo_json *epo_json_array(struct epo_pool *pool) {
    return node(pool, EPO_JSON_ARRAY);
}

struct epo_json *epo_json_object(struct epo_pool *pool) {
    return node(pool, EPO_JSON_OBJECT);
}

/* ---- members ----
 * A large object (a form as it was posted, a catalog) finds its members by a table of places that
 * stands behind its names: 0, or the place + 1, at the hash of the name or a free slot soon after.
 * Room is then a power of two. Whoever sends names that all meet at one slot gets an object without
 * a table (SPOILT in its first slot): looked through from its start, as small ones are. */
enum { PLAIN_MAX = 64, PROBES_MAX = 64 };
static const uint32_t SPOILT = UINT32_MAX;

static uint32_t *table_of(const struct epo_json *object) {
    return object->room > PLAIN_MAX ? (uint32_t *)(object->names + object->room) : NULL;
}

static uint32_t slot_of(const struct epo_json *object, struct epo_span name) {
    uint64_t mixed = name.len, word;
    for (; name.len > 0; name.at += sizeof word, name.len -= sizeof word) {
        word = 0;
        memcpy(&word, name.at, name.len < sizeof word ? name.len : sizeof word);
        mixed = (mixed ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        mixed ^= mixed >> 32;
        if (name.len < sizeof word)
            break;
    }
    return (uint32_t)mixed & (object->room * 2 - 1);
}

/* Its place, or count. */
static uint32_t place_of(const struct epo_json *object, struct epo_span name) {
    const uint32_t *table = table_of(object);
    uint32_t place = 0;
    if (table != NULL && table[0] != SPOILT) {
        uint32_t slot = slot_of(object, name);
        for (int probes = 0; probes < PROBES_MAX && table[slot] != 0; probes++) {
            if (epo_span_equal(object->names[table[slot] - 1], name))
                return table[slot] - 1;
            slot = (slot + 1) & (object->room * 2 - 1);
        }
        return object->count;
    }
    while (place < object->count && !epo_span_equal(object->names[place], name))
        place++;
    return place;
}

static void note_place(struct epo_json *object, uint32_t place) {
    uint32_t *table = table_of(object);
    if (table == NULL || table[0] == SPOILT)
        return;
    uint32_t slot = slot_of(object, object->names[place]);
    int probes = 0;
    while (probes < PROBES_MAX && table[slot] != 0)
        slot = (slot + 1) & (object->room * 2 - 1), probes++;
    if (probes < PROBES_MAX)
        table[slot] = place + 1;
    else
        table[0] = SPOILT;
}

/* Room for so many children, those that are there taken along. */
static void make_room(struct epo_pool *pool, struct epo_json *parent, uint32_t room) {
    struct epo_json **items = EPO_NEW_ARRAY(pool, struct epo_json *, room);
    if (parent->count > 0)
        memcpy(items, parent->items, parent->count * sizeof *items);
    parent->items = items;
    parent->room = room;
    if (parent->type != EPO_JSON_OBJECT)
        return;
    size_t table = room > PLAIN_MAX ? room * 2 * sizeof(uint32_t) : 0;
    struct epo_span *names = epo_pool_alloc(pool, room * sizeof *names + table);
    if (parent->count > 0)
        memcpy(names, parent->names, parent->count * sizeof *names);
    parent->names = names;
    for (uint32_t i = 0; i < parent->count; i++)
        note_place(parent, i);
}

static uint32_t room_for(uint32_t count) {
    uint32_t room = PLAIN_MAX;
    while (count > PLAIN_MAX && room < count)
        room *= 2;
    return count > PLAIN_MAX ? room : count;
}

struct epo_json *epo_json_object_for(struct epo_pool *pool, uint32_t room) {
    struct epo_json *made = node(pool, EPO_JSON_OBJECT);
    if (room > 0)
        make_room(pool, made, room_for(room));
    return made;
}

static void grow(struct epo_pool *pool, struct epo_json *parent) {
    if (parent->count == parent->room)
        make_room(pool, parent, parent->room > 0 ? room_for(parent->room * 2) : 4);
}

void epo_json_push(struct epo_pool *pool, struct epo_json *array, struct epo_json *value) {
    epo_assert(array->type == EPO_JSON_ARRAY && value);
    grow(pool, array);
    array->items[array->count++] = value;
}

struct epo_json *epo_json_put(struct epo_pool *pool, struct epo_json *object, struct epo_span name,
                              struct epo_json *value) {
    epo_assert(object->type == EPO_JSON_OBJECT && value);
    uint32_t place = place_of(object, name);
    if (place == object->count)
        epo_json_append(pool, object, name, value);
    else
        object->items[place] = value;
    return value;
}

void epo_json_append(struct epo_pool *pool, struct epo_json *object, struct epo_span name,
                     struct epo_json *value) {
    epo_assert(object->type == EPO_JSON_OBJECT && value);
    grow(pool, object);
    object->names[object->count] = name;
    object->items[object->count] = value;
    note_place(object, object->count++);
}

static struct epo_json *copy_to_depth(struct epo_pool *pool, const struct epo_json *value,
                                      int depth) {
    epo_assert(depth <=
               EPO_JSON_DEPTH_MAX + 16); /* trees come from the bounded parser or our code */
    struct epo_json *made = node(pool, value->type);
    *made = *value;
    if (value->type == EPO_JSON_TEXT)
        made->text = epo_pool_copy(pool, value->text);
    if (value->type != EPO_JSON_ARRAY && value->type != EPO_JSON_OBJECT)
        return made;
    made->room = made->count = 0;
    made->items = NULL;
    made->names = NULL;
    if (value->count > 0)
        make_room(pool, made, room_for(value->count));
    for (uint32_t i = 0; i < value->count; i++) {
        struct epo_json *child = copy_to_depth(pool, value->items[i], depth + 1);
        if (value->type == EPO_JSON_OBJECT)
            epo_json_append(pool, made, epo_pool_copy(pool, value->names[i]), child);
        else
            epo_json_push(pool, made, child);
    }
    return made;
}

struct epo_json *epo_json_copy(struct epo_pool *pool, const struct epo_json *value) {
    return value ? copy_to_depth(pool, value, 0) : epo_json_null(pool);
}

struct epo_json *epo_json_get_span(const struct epo_json *object, struct epo_span name) {
    if (!object || object->type != EPO_JSON_OBJECT)
        return NULL;
    uint32_t place = place_of(object, name);
    return place < object->count ? object->items[place] : NULL;
}

struct epo_json *epo_json_find(const struct epo_json *root, const char *path) {
    struct epo_span rest = epo_span(path);
    const struct epo_json *at = root;
    while (at && rest.len) {
        struct epo_span step = epo_span_cut(rest, '.', &rest);
        int64_t index;
        if (at->type == EPO_JSON_ARRAY)
            at = epo_span_integer(step, &index) && index >= 0 && index < at->count
                     ? at->items[index]
                     : NULL;
        else
            at = epo_json_get_span(at, step);
    }
    return (struct epo_json *)at;
}

struct epo_span epo_json_get_text(const struct epo_json *object, const char *name) {
    const struct epo_json *value = epo_json_get(object, name);
    return epo_json_is_text(value) ? value->text : EPO_SPAN("");
}

int64_t epo_json_get_integer(const struct epo_json *object, const char *name, int64_t otherwise) {
    const struct epo_json *value = epo_json_get(object, name);
    return value && value->type == EPO_JSON_INTEGER ? value->integer : otherwise;
}

double epo_json_number(const struct epo_json *value) {
    if (value && value->type == EPO_JSON_INTEGER)
        return (double)value->integer;
    return value && value->type == EPO_JSON_REAL ? value->real : 0;
}

double epo_json_get_real(const struct epo_json *object, const char *name, double otherwise) {
    const struct epo_json *value = epo_json_get(object, name);
    if (value && value->type == EPO_JSON_INTEGER)
        return (double)value->integer;
    return value && value->type == EPO_JSON_REAL ? value->real : otherwise;
}

bool epo_json_get_boolean(const struct epo_json *object, const char *name, bool otherwise) {
    const struct epo_json *value = epo_json_get(object, name);
    return value && value->type == EPO_JSON_BOOLEAN ? value->boolean : otherwise;
}

bool epo_json_is_text(const struct epo_json *value) {
    return value && value->type == EPO_JSON_TEXT;
}

struct epo_span epo_json_localized(const struct epo_json *value, const char *lang) {
    if (epo_json_is_text(value))
        return value->text;
    const struct epo_json *text = epo_json_get(value, lang);
    if (epo_json_is_text(text))
        return text->text;
    if (value && value->type == EPO_JSON_OBJECT && value->count &&
        epo_json_is_text(value->items[0]))
        return value->items[0]->text;
    return EPO_SPAN("");
}
