/* The members of a layer in layers.json. */
#include "maps/plan_read.h"

#include <stdio.h>

enum { PROPERTIES_MAX = 32 };

static const char *const FIELD_NAMES[EPO_PLAN_FIELDS] = {
    [EPO_PLAN_ID] = "id",
    [EPO_PLAN_NAME] = "name",
    [EPO_PLAN_KIND] = "kind",
    [EPO_PLAN_BELONGS] = "belongs",
    [EPO_PLAN_MEASURE] = "measure",
    [EPO_PLAN_RANK] = "rank",
    [EPO_PLAN_STREET] = "street",
    [EPO_PLAN_NUMBER] = "number",
    [EPO_PLAN_CONSCRIPTION] = "conscription",
    [EPO_PLAN_ORIENTATION] = "orientation",
    [EPO_PLAN_LETTER] = "letter",
    [EPO_PLAN_EVIDENCE] = "evidence",
    [EPO_PLAN_PART] = "part",
    [EPO_PLAN_POSTCODE] = "postcode",
    [EPO_PLAN_CITY] = "city",
    [EPO_PLAN_DISTRICT] = "district",
};

bool epo_plan_fault(struct epo_plan_reading *r, const struct epo_json *at, const char *format,
                    ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    epo_fail(r->error, EPO_ERROR_BAD_INPUT, "layers.wrong", "%s", text);
    return epo_error_at(r->error, "%s:%u", r->file, at->line > 0 ? at->line : 1);
}

bool epo_plan_is_object(struct epo_plan_reading *r, const struct epo_json *value,
                        const char *what) {
    return value->type == EPO_JSON_OBJECT ||
           epo_plan_fault(r, value, "%s must be an object {…}", what);
}

/* A text, or a list of texts; in the pool, NULL behind. */
static bool read_words(struct epo_plan_reading *r, const struct epo_json *value, const char *what,
                       const char *const **out) {
    bool one = epo_json_is_text(value);
    if (!one && value->type != EPO_JSON_ARRAY)
        return epo_plan_fault(r, value, "%s must be a text or a list of texts", what);
    uint32_t count = one ? 1 : value->count;
    const char **words = EPO_NEW_ARRAY(r->pool, const char *, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        const struct epo_json *item = one ? value : value->items[i];
        if (!epo_json_is_text(item) || item->text.len == 0)
            return epo_plan_fault(r, item, "%s must be a text or a list of texts", what);
        words[i] = epo_pool_string(r->pool, item->text);
    }
    *out = words;
    return true;
}

/* ---- fields ---- */

static bool read_values(struct epo_plan_reading *r, const struct epo_json *values) {
    if (!epo_plan_is_object(r, values, "\"values\""))
        return false;
    for (uint32_t i = 0; i < values->count; i++)
        if (!epo_json_is_text(values->items[i]))
            return epo_plan_fault(r, values->items[i], "a value must be a text");
    return true;
}

/* "column", ["first choice", "second"], {"from": …, "values": {…}, "otherwise": …} or
 * {"value": "always this"}. */
static bool read_origin(struct epo_plan_reading *r, const struct epo_json *value,
                        struct epo_plan_origin *out) {
    static const char *const NONE[] = {NULL};
    *out = (struct epo_plan_origin){0};
    if (value->type != EPO_JSON_OBJECT)
        return read_words(r, value, "a field's origin", &out->columns);
    for (uint32_t i = 0; i < value->count; i++) {
        struct epo_span name = value->names[i];
        const struct epo_json *item = value->items[i];
        if (epo_span_is(name, "from")) {
            if (!read_words(r, item, "\"from\"", &out->columns))
                return false;
        } else if (epo_span_is(name, "values")) {
            if (!read_values(r, item))
                return false;
            out->values = item;
        } else if ((epo_span_is(name, "otherwise") || epo_span_is(name, "value")) &&
                   epo_json_is_text(item)) {
            out->otherwise = epo_pool_string(r->pool, item->text);
            if (epo_span_is(name, "value"))
                out->columns = NONE;
        } else {
            return epo_plan_fault(r, item,
                                  "a field's origin has \"from\", \"values\" and \"otherwise\", or "
                                  "\"value\": not \"%.*s\"",
                                  EPO_ARG(name));
        }
    }
    return out->columns != NULL || epo_plan_fault(r, value, "\"from\" or \"value\" is missing");
}

bool epo_plan_read_fields(struct epo_plan_reading *r, const struct epo_json *value,
                          struct epo_plan_origin fields[EPO_PLAN_FIELDS]) {
    if (!epo_plan_is_object(r, value, "\"fields\""))
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        int field = 0;
        while (field < EPO_PLAN_FIELDS && !epo_span_is(value->names[i], FIELD_NAMES[field]))
            field++;
        if (field == EPO_PLAN_FIELDS)
            return epo_plan_fault(
                r, value->items[i],
                "there is no field \"%.*s\": further columns go into \"properties\"",
                EPO_ARG(value->names[i]));
        if (!read_origin(r, value->items[i], &fields[field]))
            return false;
    }
    return true;
}

bool epo_plan_is_name(struct epo_span text, size_t max) {
    bool good = text.len > 0 && text.len <= max && text.at[0] >= 'a' && text.at[0] <= 'z';
    for (size_t i = 0; good && i < text.len; i++)
        good = (text.at[i] >= 'a' && text.at[i] <= 'z') ||
               (text.at[i] >= '0' && text.at[i] <= '9') || text.at[i] == '_';
    return good;
}

/* ---- members of a layer ---- */

static bool read_title(struct epo_plan_reading *r, const struct epo_json *value,
                       struct epo_layer_plan *layer) {
    struct epo_span cs = epo_json_get_text(value, "cs"), en = epo_json_get_text(value, "en");
    if (cs.len == 0 || en.len == 0)
        return epo_plan_fault(r, value, "\"title\" must be {\"cs\": …, \"en\": …}");
    layer->title_cs = epo_pool_string(r->pool, cs);
    layer->title_en = epo_pool_string(r->pool, en);
    return true;
}

static bool read_role(struct epo_plan_reading *r, const struct epo_json *value,
                      struct epo_layer_plan *layer) {
    enum epo_layer_role role;
    bool addresses = strcmp(layer->name, "address") == 0;
    if (!epo_json_is_text(value) || (addresses ? !epo_span_is(value->text, "address")
                                               : !epo_layer_role_read(value->text, &role)))
        return epo_plan_fault(r, value,
                              "\"role\" is fact, picture, city, district, cadastral_area, parcel, "
                              "public_space or street; of the layer \"address\" it is address");
    layer->role = epo_pool_string(r->pool, value->text);
    return true;
}

static bool read_shape(struct epo_plan_reading *r, const struct epo_json *value,
                       struct epo_layer_plan *layer) {
    static const char *const SHAPES[] = {
        [EPO_SHAPE_POINT] = "point", [EPO_SHAPE_LINE] = "line", [EPO_SHAPE_AREA] = "area"};
    for (int i = EPO_SHAPE_POINT; i <= EPO_SHAPE_AREA; i++)
        if (epo_json_is_text(value) && epo_span_is(value->text, SHAPES[i])) {
            layer->shape = (enum epo_layer_shape)i;
            return true;
        }
    return epo_plan_fault(r, value, "\"shape\" is point, line or area");
}

static bool read_visible(struct epo_plan_reading *r, const struct epo_json *value,
                         struct epo_layer_plan *layer) {
    layer->clerks_only = epo_json_is_text(value) && epo_span_is(value->text, "clerks");
    return layer->clerks_only || (epo_json_is_text(value) && epo_span_is(value->text, "public")) ||
           epo_plan_fault(r, value, "\"visible\" is public or clerks");
}

static bool read_public_fields(struct epo_plan_reading *r, const struct epo_json *value,
                               struct epo_layer_plan *layer) {
    struct epo_buffer words;
    if (value->type != EPO_JSON_ARRAY)
        return epo_plan_fault(r, value, "\"public_fields\" must be a list: [\"name\", \"kind\"]");
    epo_buffer_init(&words, 4096);
    bool good = true;
    for (uint32_t i = 0; i < value->count && good; i++) {
        const struct epo_json *item = value->items[i];
        good = epo_json_is_text(item) && epo_plan_is_name(item->text, 47);
        if (good && i > 0)
            epo_buffer_byte(&words, ' ');
        if (good)
            epo_buffer_span(&words, item->text);
        else
            epo_plan_fault(r, item,
                           "a public field is name, kind, belongs, measure or a property's name");
    }
    layer->public_fields = epo_pool_string(r->pool, epo_buffer_get(&words));
    epo_buffer_clear(&words);
    return good;
}

static bool read_own_fields(struct epo_plan_reading *r, const struct epo_json *value,
                            struct epo_layer_plan *layer) {
    return epo_plan_read_fields(r, value, layer->fields);
}

static bool read_properties(struct epo_plan_reading *r, const struct epo_json *value,
                            struct epo_layer_plan *layer) {
    if (!epo_plan_is_object(r, value, "\"properties\""))
        return false;
    if (value->count > PROPERTIES_MAX)
        return epo_plan_fault(r, value, "at most %d properties", PROPERTIES_MAX);
    struct epo_plan_property *list =
        EPO_NEW_ARRAY(r->pool, struct epo_plan_property, value->count + 1);
    for (uint32_t i = 0; i < value->count; i++) {
        if (!epo_plan_is_name(value->names[i], 47))
            return epo_plan_fault(r, value->items[i],
                                  "a property's name is lower-case letters, digits and _");
        list[i].name = epo_pool_string(r->pool, value->names[i]);
        if (!read_origin(r, value->items[i], &list[i].origin))
            return false;
    }
    layer->properties = list;
    layer->property_count = value->count;
    return true;
}

static bool read_where(struct epo_plan_reading *r, const struct epo_json *value,
                       struct epo_plan_source *source) {
    if (!epo_plan_is_object(r, value, "\"where\""))
        return false;
    struct epo_plan_condition *list =
        EPO_NEW_ARRAY(r->pool, struct epo_plan_condition, value->count + 1);
    for (uint32_t i = 0; i < value->count; i++) {
        const struct epo_json *item = value->items[i];
        list[i].column = epo_pool_string(r->pool, value->names[i]);
        if (item->type == EPO_JSON_BOOLEAN)
            list[i].present = item->boolean;
        else if (!read_words(r, item, "a condition", &list[i].any))
            return false;
    }
    source->where = list;
    source->where_count = value->count;
    return true;
}

static bool read_source(struct epo_plan_reading *r, const struct epo_json *value,
                        struct epo_plan_source *source) {
    if (!epo_plan_is_object(r, value, "a source"))
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        struct epo_span name = value->names[i];
        const struct epo_json *item = value->items[i];
        bool text = epo_json_is_text(item), good = true;
        if (epo_span_is(name, "format") && text)
            source->format = epo_pool_string(r->pool, item->text);
        else if (epo_span_is(name, "layer") && text)
            source->layer = epo_pool_string(r->pool, item->text);
        else if (epo_span_is(name, "where"))
            good = read_where(r, item, source);
        else if (epo_span_is(name, "fields"))
            good = epo_plan_read_fields(r, item, source->fields);
        else
            return epo_plan_fault(
                r, item,
                "a source has \"layer\", \"format\", \"where\" and \"fields\": not "
                "\"%.*s\"",
                EPO_ARG(name));
        if (!good)
            return false;
    }
    return source->layer != NULL ||
           epo_plan_fault(r, value, "a source needs the \"layer\" of the file");
}

static bool read_sources(struct epo_plan_reading *r, const struct epo_json *value,
                         struct epo_layer_plan *layer) {
    if (value->type != EPO_JSON_ARRAY)
        return epo_plan_fault(r, value, "\"sources\" must be a list");
    struct epo_plan_source *list = EPO_NEW_ARRAY(r->pool, struct epo_plan_source, value->count + 1);
    for (uint32_t i = 0; i < value->count; i++)
        if (!read_source(r, value->items[i], &list[i]))
            return false;
    layer->sources = list;
    layer->source_count = value->count;
    return true;
}

/* A further member of a layer is a row. */
static const struct {
    const char *name;
    bool (*read)(struct epo_plan_reading *r, const struct epo_json *value,
                 struct epo_layer_plan *layer);
} MEMBERS[] = {
    {"title", read_title},           {"role", read_role},
    {"shape", read_shape},           {"visible", read_visible},
    {"fields", read_own_fields},     {"public_fields", read_public_fields},
    {"properties", read_properties}, {"sources", read_sources},
};
enum { MEMBER_COUNT = sizeof MEMBERS / sizeof *MEMBERS };

bool epo_plan_read_member(struct epo_plan_reading *r, struct epo_span name,
                          const struct epo_json *value, struct epo_layer_plan *layer) {
    for (int member = 0; member < MEMBER_COUNT; member++)
        if (epo_span_is(name, MEMBERS[member].name))
            return MEMBERS[member].read(r, value, layer);
    return epo_plan_fault(r, value,
                          "a layer has title, role, shape, visible, public_fields, fields, "
                          "properties and sources: not \"%.*s\"",
                          EPO_ARG(name));
}
