#include "maps/plan.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "base/limits.h"

enum { FILE_BYTES_MAX = 1 << 20, LAYERS_MAX = 256, PROPERTIES_MAX = 32 };

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

struct reading {
    struct epo_pool *pool;
    const char *file;
    struct epo_plan *plan;
    struct epo_layer_plan *layers; /* room for LAYERS_MAX */
    struct epo_error *error;
};

__attribute__((format(printf, 3, 4))) static bool
fault(struct reading *r, const struct epo_json *at, const char *format, ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    epo_fail(r->error, EPO_ERROR_BAD_INPUT, "layers.wrong", "%s", text);
    return epo_error_at(r->error, "%s:%u", r->file, at->line > 0 ? at->line : 1);
}

static bool is_object(struct reading *r, const struct epo_json *value, const char *what) {
    return value->type == EPO_JSON_OBJECT || fault(r, value, "%s must be an object {…}", what);
}

/* A text, or a list of texts; in the pool, NULL behind. */
static bool read_words(struct reading *r, const struct epo_json *value, const char *what,
                       const char *const **out) {
    bool one = epo_json_is_text(value);
    if (!one && value->type != EPO_JSON_ARRAY)
        return fault(r, value, "%s must be a text or a list of texts", what);
    uint32_t count = one ? 1 : value->count;
    const char **words = EPO_NEW_ARRAY(r->pool, const char *, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        const struct epo_json *item = one ? value : value->items[i];
        if (!epo_json_is_text(item) || item->text.len == 0)
            return fault(r, item, "%s must be a text or a list of texts", what);
        words[i] = epo_pool_string(r->pool, item->text);
    }
    *out = words;
    return true;
}

/* ---- fields ---- */

static bool read_values(struct reading *r, const struct epo_json *values) {
    if (!is_object(r, values, "\"values\""))
        return false;
    for (uint32_t i = 0; i < values->count; i++)
        if (!epo_json_is_text(values->items[i]))
            return fault(r, values->items[i], "a value must be a text");
    return true;
}

/* "column", ["first choice", "second"], {"from": …, "values": {…}, "otherwise": …} or
 * {"value": "always this"}. */
static bool read_origin(struct reading *r, const struct epo_json *value,
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
            return fault(r, item,
                         "a field's origin has \"from\", \"values\" and \"otherwise\", or "
                         "\"value\": not \"%.*s\"",
                         EPO_ARG(name));
        }
    }
    return out->columns != NULL || fault(r, value, "\"from\" or \"value\" is missing");
}

static bool read_fields(struct reading *r, const struct epo_json *value,
                        struct epo_plan_origin fields[EPO_PLAN_FIELDS]) {
    if (!is_object(r, value, "\"fields\""))
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        int field = 0;
        while (field < EPO_PLAN_FIELDS && !epo_span_is(value->names[i], FIELD_NAMES[field]))
            field++;
        if (field == EPO_PLAN_FIELDS)
            return fault(r, value->items[i],
                         "there is no field \"%.*s\": further columns go into \"properties\"",
                         EPO_ARG(value->names[i]));
        if (!read_origin(r, value->items[i], &fields[field]))
            return false;
    }
    return true;
}

static bool is_name(struct epo_span text, size_t max) {
    bool good = text.len > 0 && text.len <= max && text.at[0] >= 'a' && text.at[0] <= 'z';
    for (size_t i = 0; good && i < text.len; i++)
        good = (text.at[i] >= 'a' && text.at[i] <= 'z') ||
               (text.at[i] >= '0' && text.at[i] <= '9') || text.at[i] == '_';
    return good;
}

/* ---- members of a layer ---- */

static bool read_title(struct reading *r, const struct epo_json *value,
                       struct epo_layer_plan *layer) {
    struct epo_span cs = epo_json_get_text(value, "cs"), en = epo_json_get_text(value, "en");
    if (cs.len == 0 || en.len == 0)
        return fault(r, value, "\"title\" must be {\"cs\": …, \"en\": …}");
    layer->title_cs = epo_pool_string(r->pool, cs);
    layer->title_en = epo_pool_string(r->pool, en);
    return true;
}

static bool read_role(struct reading *r, const struct epo_json *value,
                      struct epo_layer_plan *layer) {
    enum epo_layer_role role;
    bool addresses = strcmp(layer->name, "address") == 0;
    if (!epo_json_is_text(value) || (addresses ? !epo_span_is(value->text, "address")
                                               : !epo_layer_role_read(value->text, &role)))
        return fault(r, value,
                     "\"role\" is fact, picture, city, district, cadastral_area, parcel, "
                     "public_space or street; of the layer \"address\" it is address");
    layer->role = epo_pool_string(r->pool, value->text);
    return true;
}

static bool read_shape(struct reading *r, const struct epo_json *value,
                       struct epo_layer_plan *layer) {
    static const char *const SHAPES[] = {
        [EPO_SHAPE_POINT] = "point", [EPO_SHAPE_LINE] = "line", [EPO_SHAPE_AREA] = "area"};
    for (int i = EPO_SHAPE_POINT; i <= EPO_SHAPE_AREA; i++)
        if (epo_json_is_text(value) && epo_span_is(value->text, SHAPES[i])) {
            layer->shape = (enum epo_layer_shape)i;
            return true;
        }
    return fault(r, value, "\"shape\" is point, line or area");
}

static bool read_visible(struct reading *r, const struct epo_json *value,
                         struct epo_layer_plan *layer) {
    layer->clerks_only = epo_json_is_text(value) && epo_span_is(value->text, "clerks");
    return layer->clerks_only || (epo_json_is_text(value) && epo_span_is(value->text, "public")) ||
           fault(r, value, "\"visible\" is public or clerks");
}

static bool read_public_fields(struct reading *r, const struct epo_json *value,
                               struct epo_layer_plan *layer) {
    struct epo_buffer words;
    if (value->type != EPO_JSON_ARRAY)
        return fault(r, value, "\"public_fields\" must be a list: [\"name\", \"kind\"]");
    epo_buffer_init(&words, 4096);
    bool good = true;
    for (uint32_t i = 0; i < value->count && good; i++) {
        const struct epo_json *item = value->items[i];
        good = epo_json_is_text(item) && is_name(item->text, 47);
        if (good && i > 0)
            epo_buffer_byte(&words, ' ');
        if (good)
            epo_buffer_span(&words, item->text);
        else
            fault(r, item, "a public field is name, kind, belongs, measure or a property's name");
    }
    layer->public_fields = epo_pool_string(r->pool, epo_buffer_get(&words));
    epo_buffer_clear(&words);
    return good;
}

static bool read_own_fields(struct reading *r, const struct epo_json *value,
                            struct epo_layer_plan *layer) {
    return read_fields(r, value, layer->fields);
}

static bool read_properties(struct reading *r, const struct epo_json *value,
                            struct epo_layer_plan *layer) {
    if (!is_object(r, value, "\"properties\""))
        return false;
    if (value->count > PROPERTIES_MAX)
        return fault(r, value, "at most %d properties", PROPERTIES_MAX);
    struct epo_plan_property *list =
        EPO_NEW_ARRAY(r->pool, struct epo_plan_property, value->count + 1);
    for (uint32_t i = 0; i < value->count; i++) {
        if (!is_name(value->names[i], 47))
            return fault(r, value->items[i],
                         "a property's name is lower-case letters, digits and _");
        list[i].name = epo_pool_string(r->pool, value->names[i]);
        if (!read_origin(r, value->items[i], &list[i].origin))
            return false;
    }
    layer->properties = list;
    layer->property_count = value->count;
    return true;
}

static bool read_where(struct reading *r, const struct epo_json *value,
                       struct epo_plan_source *source) {
    if (!is_object(r, value, "\"where\""))
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

static bool read_source(struct reading *r, const struct epo_json *value,
                        struct epo_plan_source *source) {
    if (!is_object(r, value, "a source"))
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
            good = read_fields(r, item, source->fields);
        else
            return fault(r, item,
                         "a source has \"layer\", \"format\", \"where\" and \"fields\": not "
                         "\"%.*s\"",
                         EPO_ARG(name));
        if (!good)
            return false;
    }
    return source->layer != NULL || fault(r, value, "a source needs the \"layer\" of the file");
}

static bool read_sources(struct reading *r, const struct epo_json *value,
                         struct epo_layer_plan *layer) {
    if (value->type != EPO_JSON_ARRAY)
        return fault(r, value, "\"sources\" must be a list");
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
    bool (*read)(struct reading *r, const struct epo_json *value, struct epo_layer_plan *layer);
} MEMBERS[] = {
    {"title", read_title},           {"role", read_role},
    {"shape", read_shape},           {"visible", read_visible},
    {"fields", read_own_fields},     {"public_fields", read_public_fields},
    {"properties", read_properties}, {"sources", read_sources},
};
enum { MEMBER_COUNT = sizeof MEMBERS / sizeof *MEMBERS };

/* ---- the file ---- */

static struct epo_layer_plan plain(const char *name) {
    return (struct epo_layer_plan){.name = name,
                                   .title_cs = name,
                                   .title_en = name,
                                   .role = strcmp(name, "address") == 0 ? "address" : "fact",
                                   .public_fields = "name"};
}

static bool read_layer(struct reading *r, struct epo_span name, const struct epo_json *value) {
    struct epo_layer_plan *layer = r->layers;
    while (layer < r->layers + r->plan->layer_count && !epo_span_is(name, layer->name))
        layer++;
    if (!is_name(name, 47))
        return fault(r, value, "a layer's name is at most 47 lower-case letters, digits and _");
    if (!is_object(r, value, "a layer"))
        return false;
    if (layer == r->layers + r->plan->layer_count) {
        if (r->plan->layer_count == LAYERS_MAX)
            return fault(r, value, "more than %d layers", LAYERS_MAX);
        *layer = plain(epo_pool_string(r->pool, name));
        r->plan->layer_count++;
    }
    for (uint32_t i = 0; i < value->count; i++) {
        int member = 0;
        while (member < MEMBER_COUNT && !epo_span_is(value->names[i], MEMBERS[member].name))
            member++;
        if (member == MEMBER_COUNT)
            return fault(r, value->items[i],
                         "a layer has title, role, shape, visible, public_fields, fields, "
                         "properties and sources: not \"%.*s\"",
                         EPO_ARG(value->names[i]));
        if (!MEMBERS[member].read(r, value->items[i], layer))
            return false;
    }
    return true;
}

static bool read_tree(struct reading *r, const struct epo_json *tree) {
    if (!is_object(r, tree, "the file"))
        return false;
    for (uint32_t i = 0; i < tree->count; i++) {
        const struct epo_json *value = tree->items[i];
        if (epo_span_is(tree->names[i], "layers")) {
            if (!is_object(r, value, "\"layers\""))
                return false;
            for (uint32_t k = 0; k < value->count; k++)
                if (!read_layer(r, value->names[k], value->items[k]))
                    return false;
        } else if (epo_span_is(tree->names[i], "fields")) {
            if (!read_fields(r, value, r->plan->fields))
                return false;
        } else if (!epo_span_is(tree->names[i], "$schema")) {
            return fault(r, value, "the file has \"layers\" and \"fields\": not \"%.*s\"",
                         EPO_ARG(tree->names[i]));
        }
    }
    return true;
}

static bool read_file(struct reading *r, const struct epo_plan_file *from) {
    FILE *file = fopen(from->path, "re");
    if (file == NULL && errno == ENOENT && !from->required)
        return true;
    if (file == NULL)
        return epo_fail(r->error, EPO_ERROR_BAD_INPUT, "layers.file", "%s cannot be read: %s",
                        from->path, strerror(errno));
    char *bytes = epo_pool_alloc(r->pool, FILE_BYTES_MAX + 1);
    struct epo_span text = {bytes, fread(bytes, 1, FILE_BYTES_MAX + 1, file)};
    bool whole = !ferror(file) && text.len <= FILE_BYTES_MAX;
    fclose(file);
    if (!whole)
        return epo_fail(r->error, EPO_ERROR_BAD_INPUT, "layers.file",
                        "%s cannot be read, or is over 1 MiB", from->path);
    r->file = from->path;
    struct epo_json *tree = epo_json_parse(r->pool, text, r->error);
    if (tree != NULL)
        return read_tree(r, tree);
    char where[64];
    snprintf(where, sizeof where, "%.60s", r->error->where);
    return epo_error_at(r->error, "%s:%s", from->path, where);
}

struct epo_plan *epo_plan_read(struct epo_pool *pool, const struct epo_plan_file *files,
                               size_t count, struct epo_error *error) {
    struct epo_error local;
    struct epo_plan *plan = EPO_NEW(pool, struct epo_plan);
    struct reading r = {.pool = pool,
                        .plan = plan,
                        .layers = EPO_NEW_ARRAY(pool, struct epo_layer_plan, LAYERS_MAX + 1),
                        .error = error != NULL ? error : &local};
    plan->pool = pool;
    plan->layers = r.layers;
    for (size_t i = 0; i < count; i++)
        if (!read_file(&r, &files[i]))
            return NULL;
    return plan;
}

const struct epo_layer_plan *epo_plan_layer(const struct epo_plan *plan, const char *name,
                                            struct epo_error *error) {
    for (size_t i = 0; i < plan->layer_count; i++)
        if (strcmp(plan->layers[i].name, name) == 0)
            return &plan->layers[i];
    if (!is_name(epo_span(name), 47)) {
        epo_fail(error, EPO_ERROR_BAD_INPUT, "import.layer",
                 "a layer's name is at most 47 lower-case letters, digits and _, a letter first");
        return NULL;
    }
    struct epo_layer_plan *made = EPO_NEW(plan->pool, struct epo_layer_plan);
    *made = plain(epo_pool_string(plan->pool, epo_span(name)));
    return made;
}

const char *epo_plan_value(const struct epo_plan_origin *origin, const char *text) {
    for (uint32_t i = 0; origin->values != NULL && i < origin->values->count; i++)
        if (epo_span_is(origin->values->names[i], text))
            return origin->values->items[i]->text.at;
    if (origin->otherwise != NULL && (origin->values != NULL || text[0] == '\0'))
        return origin->otherwise;
    return text;
}
