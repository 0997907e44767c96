/* What an admin has set, in the grammar of epo.json: read as everything else is. */
#include "plugin/agenda.h"

static void set_text(struct epo_pool *pool, struct epo_json *part, const char *name,
                     struct epo_span text) {
    if (text.len)
        epo_json_put(pool, part, epo_span(name), epo_json_text(pool, text));
}

static struct epo_json *part_of(struct epo_pool *pool, const struct epo_parameter_change *change) {
    struct epo_json *part = epo_json_object(pool), *reason;
    struct epo_json *value = epo_json_parse(pool, change->value, NULL);
    if (!value) /* written by this program alone, and checked before */
        return NULL;
    /* faults name what was set by its number, as they name a line of a file */
    part->line = value->line = (uint32_t)change->version;
    epo_json_set(pool, part, "value", value);
    reason = epo_json_set(pool, part, "reason", epo_json_object(pool));
    set_text(pool, reason, "cs", change->reason_cs);
    set_text(pool, reason, "en", change->reason_en);
    set_text(pool, part, "decree", change->decree);
    set_text(pool, part, "decree_day", change->decree_day);
    set_text(pool, part, "decree_url", change->decree_url);
    set_text(pool, part, "from", change->from_day);
    set_text(pool, part, "until", change->until_day);
    return part;
}

static struct epo_json *member(struct epo_pool *pool, struct epo_json *object, struct epo_span name,
                               enum epo_json_type type) {
    struct epo_json *found = epo_json_get_span(object, name);
    if (found)
        return found;
    found = type == EPO_JSON_ARRAY ? epo_json_array(pool) : epo_json_object(pool);
    return epo_json_put(pool, object, epo_pool_copy(pool, name), found);
}

/* The parts of this value in the city or a district, made where there are none. */
static struct epo_json *parts_of(struct epo_pool *pool, struct epo_json *changed,
                                 const struct epo_parameter_change *change) {
    struct epo_json *values = changed;
    if (change->district.len)
        values = member(pool, member(pool, changed, EPO_SPAN("districts"), EPO_JSON_OBJECT),
                        change->district, EPO_JSON_OBJECT);
    return member(pool, values, change->name, EPO_JSON_ARRAY);
}

bool epo_parameters_changed(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            const char *agenda, const struct epo_json **changed,
                            struct epo_error *error) {
    struct epo_parameter_change *changes;
    struct epo_json *tree = epo_json_object(pool);
    size_t count;
    *changed = NULL;
    if (!epo_parameter_changes(portal, db, pool, agenda, &changes, &count, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct epo_json *part = changes[i].withdrawn_at_us ? NULL : part_of(pool, &changes[i]);
        if (part)
            epo_json_push(pool, parts_of(pool, tree, &changes[i]), part);
    }
    *changed = tree->count ? tree : NULL;
    return true;
}

const struct epo_json *epo_parameters_over(struct epo_pool *pool, const struct epo_json *changed,
                                           const struct epo_json *more) {
    struct epo_json *tree = changed ? epo_json_copy(pool, changed) : epo_json_object(pool);
    const struct epo_json *copy = epo_json_copy(pool, more);
    for (uint32_t i = 0; i < copy->count; i++) {
        const struct epo_json *values = copy->items[i];
        if (!epo_span_is(copy->names[i], "districts")) {
            epo_json_put(pool, tree, copy->names[i], copy->items[i]);
            continue;
        }
        struct epo_json *all = member(pool, tree, EPO_SPAN("districts"), EPO_JSON_OBJECT);
        for (uint32_t j = 0; values->type == EPO_JSON_OBJECT && j < values->count; j++) {
            if (values->items[j]->type != EPO_JSON_OBJECT)
                continue;
            struct epo_json *own = member(pool, all, values->names[j], EPO_JSON_OBJECT);
            for (uint32_t k = 0; k < values->items[j]->count; k++)
                epo_json_put(pool, own, values->items[j]->names[k], values->items[j]->items[k]);
        }
    }
    return tree;
}

const struct epo_json *epo_parameters_with(struct epo_pool *pool, const struct epo_json *changed,
                                           const struct epo_parameter_change *more) {
    struct epo_json *tree = changed ? epo_json_copy(pool, changed) : epo_json_object(pool);
    struct epo_json *parts = parts_of(pool, tree, more), *part = part_of(pool, more);
    epo_assert(part);
    epo_json_push(pool, parts, part);
    /* before the first that did not begin later */
    for (uint32_t i = parts->count - 1; i > 0; i--) {
        struct epo_span from = epo_json_get_text(parts->items[i - 1], "from");
        if (memcmp(from.at, more->from_day.at, 10) > 0)
            break;
        parts->items[i] = parts->items[i - 1];
        parts->items[i - 1] = part;
    }
    return tree;
}
