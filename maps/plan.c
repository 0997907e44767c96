#include "maps/plan.h"

#include <errno.h>
#include <stdio.h>

#include "maps/plan_read.h"

enum { FILE_BYTES_MAX = 1 << 20, LAYERS_MAX = 256 };

static struct epo_layer_plan plain(const char *name) {
    return (struct epo_layer_plan){.name = name,
                                   .title_cs = name,
                                   .title_en = name,
                                   .role = strcmp(name, "address") == 0 ? "address" : "fact",
                                   .public_fields = "name"};
}

static bool read_layer(struct epo_plan_reading *r, struct epo_span name,
                       const struct epo_json *value) {
    struct epo_layer_plan *layer = r->layers;
    while (layer < r->layers + r->plan->layer_count && !epo_span_is(name, layer->name))
        layer++;
    if (!epo_plan_is_name(name, 47))
        return epo_plan_fault(r, value,
                              "a layer's name is at most 47 lower-case letters, digits and _");
    if (!epo_plan_is_object(r, value, "a layer"))
        return false;
    if (layer == r->layers + r->plan->layer_count) {
        if (r->plan->layer_count == LAYERS_MAX)
            return epo_plan_fault(r, value, "more than %d layers", LAYERS_MAX);
        *layer = plain(epo_pool_string(r->pool, name));
        r->plan->layer_count++;
    }
    for (uint32_t i = 0; i < value->count; i++)
        if (!epo_plan_read_member(r, value->names[i], value->items[i], layer))
            return false;
    return true;
}

static bool read_tree(struct epo_plan_reading *r, const struct epo_json *tree) {
    if (!epo_plan_is_object(r, tree, "the file"))
        return false;
    for (uint32_t i = 0; i < tree->count; i++) {
        const struct epo_json *value = tree->items[i];
        if (epo_span_is(tree->names[i], "layers")) {
            if (!epo_plan_is_object(r, value, "\"layers\""))
                return false;
            for (uint32_t k = 0; k < value->count; k++)
                if (!read_layer(r, value->names[k], value->items[k]))
                    return false;
        } else if (epo_span_is(tree->names[i], "fields")) {
            if (!epo_plan_read_fields(r, value, r->plan->fields))
                return false;
        } else if (!epo_span_is(tree->names[i], "$schema")) {
            return epo_plan_fault(r, value, "the file has \"layers\" and \"fields\": not \"%.*s\"",
                                  EPO_ARG(tree->names[i]));
        }
    }
    return true;
}

static bool read_file(struct epo_plan_reading *r, const struct epo_plan_file *from) {
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
    struct epo_plan_reading r = {.pool = pool,
                                 .plan = plan,
                                 .layers =
                                     EPO_NEW_ARRAY(pool, struct epo_layer_plan, LAYERS_MAX + 1),
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
    if (!epo_plan_is_name(epo_span(name), 47)) {
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
