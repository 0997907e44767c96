/* A layer of an organization: a GeoJSON file, read whole and kept as features for the map. */
#include "base/limits.h"
#include "plugin/manifest.h"
#include "plugin/organization.h"

struct layer {
    struct epo_pool *pool;
    struct epo_faults *faults;
    const char *label;
    struct epo_json *features;
};

/* A text in both languages, or one that is the same in both (a name). */
static struct epo_json *words_of(struct epo_pool *pool, const struct epo_json *value) {
    struct epo_json *words = epo_json_object(pool);
    epo_json_set_text(pool, words, "cs", epo_json_localized(value, "cs"));
    epo_json_set_text(pool, words, "en", epo_json_localized(value, "en"));
    return words;
}

static bool is_id(struct epo_span text) {
    bool good = text.len > 0 && text.len <= 40;
    for (size_t i = 0; good && i < text.len; i++)
        good = (text.at[i] >= 'a' && text.at[i] <= 'z') ||
               (text.at[i] >= '0' && text.at[i] <= '9') || text.at[i] == '-' || text.at[i] == '_';
    return good;
}

static bool is_known(const struct epo_json *features, struct epo_span id) {
    for (uint32_t i = 0; i < features->count; i++)
        if (epo_span_equal(epo_json_get_text(features->items[i], "id"), id))
            return true;
    return false;
}

static void read_feature(struct layer *layer, const struct epo_json *given) {
    struct epo_pool *pool = layer->pool;
    const struct epo_json *properties = epo_json_get(given, "properties");
    const struct epo_json *name = epo_json_get(properties, "name");
    struct epo_span id = epo_json_get_text(properties, "id");
    struct epo_error error = {0};
    struct epo_place place;
    if (!is_id(id) || epo_json_localized(name, "cs").len == 0 ||
        epo_json_localized(name, "cs").len > 200) {
        epo_fault_add(layer->faults, layer->label, (int)given->line,
                      "a feature has properties \"id\" (lower-case letters, digits, - and _) and "
                      "\"name\" (a text, or {cs, en})");
        return;
    }
    if (is_known(layer->features, id)) {
        epo_fault_add(layer->faults, layer->label, (int)given->line,
                      "the feature \"%.*s\" stands twice", EPO_ARG(id));
        return;
    }
    if (!epo_place_read(pool, epo_json_get(given, "geometry"), &place, &error)) {
        epo_fault_add(layer->faults, layer->label, (int)given->line, "\"%.*s\": %s", EPO_ARG(id),
                      error.text);
        return;
    }
    struct epo_json *feature = epo_json_object(pool);
    epo_json_set_string(pool, feature, "type", "Feature");
    epo_json_set_text(pool, feature, "id", id);
    epo_json_set(pool, feature, "geometry", epo_json_copy(pool, place.geojson));
    struct epo_json *said = epo_json_set(pool, feature, "properties", epo_json_object(pool));
    epo_json_set(pool, said, "title", words_of(pool, name));
    epo_json_set(pool, said, "text", words_of(pool, epo_json_get(properties, "text")));
    epo_json_push(pool, layer->features, feature);
}

struct epo_json *epo_organization_layer(struct epo_pool *pool, const char *file, const char *label,
                                        struct epo_faults *faults) {
    struct layer layer = {pool, faults, label, epo_json_array(pool)};
    struct epo_error error = {0};
    struct epo_span bytes;
    const char *why;
    if (!epo_file_read(pool, file, EPO_ORGANIZATION_LAYER_BYTES_MAX, &bytes, &why)) {
        epo_fault_add(faults, label, 0, "%s", why);
        return NULL;
    }
    const struct epo_json *tree = epo_json_parse(pool, bytes, &error);
    const struct epo_json *list = epo_json_get(tree, "features");
    if (tree == NULL)
        epo_fault_error(faults, label, &error);
    else if (list == NULL || list->type != EPO_JSON_ARRAY ||
             list->count > EPO_ORGANIZATION_FEATURES_MAX)
        epo_fault_add(faults, label, 1, "a layer is a FeatureCollection of at most %d features",
                      EPO_ORGANIZATION_FEATURES_MAX);
    else
        for (uint32_t i = 0; i < list->count; i++)
            read_feature(&layer, list->items[i]);
    return layer.features;
}
