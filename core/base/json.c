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

struct epo_json *epo_json_string(struct epo_pool *pool, const char *value) {
    return value ? epo_json_text(pool, epo_span(value)) : epo_json_null(pool);
}

struct epo_json *epo_json_array(struct epo_pool *pool) {
    return node(pool, EPO_JSON_ARRAY);
}

struct epo_json *epo_json_object(struct epo_pool *pool) {
    return node(pool, EPO_JSON_OBJECT);
}

static void grow(struct epo_pool *pool, struct epo_json *parent) {
    if (parent->count < parent->room)
        return;
    uint32_t room = parent->room ? parent->room * 2 : 4;
    struct epo_json **items = EPO_NEW_ARRAY(pool, struct epo_json *, room);
    if (parent->count)
        memcpy(items, parent->items, parent->count * sizeof *items);
    parent->items = items;
    if (parent->type == EPO_JSON_OBJECT) {
        struct epo_span *names = EPO_NEW_ARRAY(pool, struct epo_span, room);
        if (parent->count)
            memcpy(names, parent->names, parent->count * sizeof *names);
        parent->names = names;
    }
    parent->room = room;
}

void epo_json_push(struct epo_pool *pool, struct epo_json *array, struct epo_json *value) {
    epo_assert(array->type == EPO_JSON_ARRAY && value);
    grow(pool, array);
    array->items[array->count++] = value;
}

struct epo_json *epo_json_put(struct epo_pool *pool, struct epo_json *object, struct epo_span name,
                              struct epo_json *value) {
    epo_assert(object->type == EPO_JSON_OBJECT && value);
    for (uint32_t i = 0; i < object->count; i++)
        if (epo_span_equal(object->names[i], name))
            return object->items[i] = value;
    epo_json_append(pool, object, name, value);
    return value;
}

void epo_json_append(struct epo_pool *pool, struct epo_json *object, struct epo_span name,
                     struct epo_json *value) {
    epo_assert(object->type == EPO_JSON_OBJECT && value);
    grow(pool, object);
    object->names[object->count] = name;
    object->items[object->count++] = value;
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
    made->room = value->count;
    made->items = NULL;
    made->names = NULL;
    if (value->count == 0)
        return made;
    made->items = EPO_NEW_ARRAY(pool, struct epo_json *, value->count);
    if (value->type == EPO_JSON_OBJECT)
        made->names = EPO_NEW_ARRAY(pool, struct epo_span, value->count);
    for (uint32_t i = 0; i < value->count; i++) {
        if (value->type == EPO_JSON_OBJECT)
            made->names[i] = epo_pool_copy(pool, value->names[i]);
        made->items[i] = copy_to_depth(pool, value->items[i], depth + 1);
    }
    return made;
}

struct epo_json *epo_json_copy(struct epo_pool *pool, const struct epo_json *value) {
    return value ? copy_to_depth(pool, value, 0) : epo_json_null(pool);
}

struct epo_json *epo_json_get_span(const struct epo_json *object, struct epo_span name) {
    if (!object || object->type != EPO_JSON_OBJECT)
        return NULL;
    for (uint32_t i = 0; i < object->count; i++)
        if (epo_span_equal(object->names[i], name))
            return object->items[i];
    return NULL;
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
