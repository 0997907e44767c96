/* Places that are features of an organization's layer: a stop, a gate, an enclosure. */
#include <math.h>

#include "plugin/organization.h"

struct looking {
    struct epo_pool *pool;
    const struct epo_json *layer;
    struct epo_point at; /* metres */
    const struct epo_json *nearest;
    double distance_m;
};

/* Features are points, or stand for their first position: what a person calls by its name. */
static bool position_of(const struct epo_json *geometry, struct epo_point *metres) {
    const struct epo_json *pair = epo_json_get(geometry, "coordinates");
    while (pair != NULL && pair->type == EPO_JSON_ARRAY && pair->count > 0 &&
           pair->items[0]->type == EPO_JSON_ARRAY)
        pair = pair->items[0];
    if (pair == NULL || pair->type != EPO_JSON_ARRAY || pair->count < 2)
        return false;
    struct epo_point degrees = {epo_json_number(pair->items[0]), epo_json_number(pair->items[1])};
    return epo_transform_to_metres(degrees, metres, NULL);
}

static void look(struct looking *looking) {
    const struct epo_json *features = epo_json_get(looking->layer, "features");
    looking->distance_m = INFINITY;
    for (uint32_t i = 0; features != NULL && i < features->count; i++) {
        struct epo_point at;
        if (!position_of(epo_json_get(features->items[i], "geometry"), &at))
            continue;
        double away = hypot(at.x - looking->at.x, at.y - looking->at.y);
        if (away < looking->distance_m) {
            looking->distance_m = away;
            looking->nearest = features->items[i];
        }
    }
}

static void set_feature(struct epo_pool *pool, struct epo_json *facts,
                        const struct looking *looking) {
    struct epo_json *feature = epo_json_set(pool, facts, "feature", epo_json_object(pool));
    epo_json_set_text(pool, feature, "layer", epo_json_get_text(looking->layer, "id"));
    epo_json_set_text(pool, feature, "id", epo_json_get_text(looking->nearest, "id"));
    epo_json_set(pool, feature, "title",
                 epo_json_copy(pool, epo_json_find(looking->nearest, "properties.title")));
    epo_json_set(pool, feature, "distance_m",
                 epo_json_real(pool, round(looking->distance_m * 10) / 10));
}

bool epo_organization_spots(const struct epo_json *settings, const struct epo_form *form,
                            struct epo_pool *pool, const struct epo_catalog *catalog,
                            const char *lang, struct epo_form_result *result,
                            struct epo_error *error) {
    for (const struct epo_form_place *place = result->places; place != NULL; place = place->next) {
        const struct epo_json *rules = epo_form_rules(form, place->field);
        for (uint32_t i = 0; rules != NULL && i < rules->count; i++) {
            const struct epo_json *rule = rules->items[i];
            if (!epo_span_is(epo_json_get_text(rule, "rule"), "feature") ||
                !epo_place_rule_concerns(rule, place->place.kind))
                continue;
            struct epo_span id = epo_json_get_text(rule, "layer");
            struct looking looking = {.pool = pool,
                                      .layer = epo_organization_find_layer(settings, id),
                                      .at = place->place.anchor_metres};
            if (looking.layer == NULL)
                return epo_fail(error, EPO_ERROR_BROKEN, "organization.layer",
                                "There is no layer %.*s of an organization.", EPO_ARG(id));
            look(&looking);
            double within_m = epo_json_get_real(rule, "within_m", 0);
            struct epo_json *facts = epo_json_get(result->facts, place->field);
            struct epo_json *values = epo_json_object(pool);
            epo_json_set(pool, values, "within_m", epo_json_real(pool, within_m));
            if (looking.distance_m > within_m)
                epo_json_push(pool, result->errors,
                              epo_form_place_error(form, pool, catalog, lang, place, "place.far",
                                                   rule, values));
            else if (facts != NULL)
                set_feature(pool, facts, &looking);
        }
    }
    return true;
}
