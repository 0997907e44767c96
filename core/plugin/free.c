/* The rules "free" and "capacity" of a form, on the worker: who else is there on these days, and
 * what is offered instead: the nearest place that is free and that form and agenda would take, and
 * the next days on which this one is free. */
#include <math.h>

#include "base/clock.h"
#include "plugin/agenda.h"
#include "portal/occupancy.h"

static const double OFFERED_WITHIN_M = 300, OTHER_FEATURE_WITHIN_M = 1000;
enum { SPOTS_MAX = 20 };

/* ---- trying an offer ---- */

/* The intake once more with other answers. An offer is good when nothing is said against what it
 * changes, nor against the whole. */
static bool would_do(struct epo_intake *intake, const struct epo_json *instead) {
    struct epo_pool *pool = intake->pool;
    struct epo_intake trial = *intake;
    struct epo_json *raw = epo_json_copy(pool, intake->raw);
    struct epo_error error = {0};
    for (uint32_t i = 0; i < instead->count; i++) {
        const struct epo_json *value = instead->items[i];
        bool as_text = intake->source == EPO_ANSWERS_FROM_HTML && !epo_json_is_text(value);
        epo_json_set(pool, raw, epo_pool_string(pool, instead->names[i]),
                     as_text ? epo_json_text(pool, epo_json_print(pool, value))
                             : epo_json_copy(pool, value));
        if (as_text)
            epo_form_forget_search(pool, raw, instead->names[i]);
    }
    trial.raw = raw;
    trial.trial = true;
    trial.occupants = NULL;
    if (!epo_intake_check(&trial, &error))
        return false;
    for (uint32_t i = 0; i < trial.result.errors->count; i++) {
        struct epo_span path = epo_json_get_text(trial.result.errors->items[i], "path");
        if (path.len == 0 || epo_json_get_span(instead, path) != NULL)
            return false;
    }
    return true;
}

/* The field's whole answer with this place in it. */
static struct epo_json *answer_with(struct epo_intake *intake, const struct epo_form_place *place,
                                    const struct epo_json *geometry) {
    struct epo_pool *pool = intake->pool;
    const struct epo_json *now = epo_json_get(intake->result.answers, place->field);
    struct epo_json *features = epo_json_get(now, "features");
    if (features == NULL)
        return epo_json_copy(pool, geometry);
    struct epo_json *answer = epo_json_copy(pool, now);
    struct epo_json *feature = epo_json_get(answer, "features")->items[place->index];
    struct epo_json *properties = epo_json_object(pool);
    const struct epo_json *said = epo_json_get(epo_json_get(feature, "properties"), "description");
    if (said != NULL)
        epo_json_set(pool, properties, "description", epo_json_copy(pool, said));
    epo_json_set(pool, feature, "geometry", epo_json_copy(pool, geometry));
    epo_json_set(pool, feature, "properties", properties);
    return answer;
}

/* ---- another place ---- */

struct offering {
    struct epo_intake *intake;
    const struct epo_occupant *occupant;
    struct epo_json *instead;
};

static bool accepts(void *arg, const struct epo_place *candidate) {
    struct offering *offering = arg;
    struct epo_pool *pool = offering->intake->pool;
    const struct epo_form_place *place = offering->occupant->place;
    struct epo_json *instead = epo_json_object(pool);
    epo_json_set(pool, instead, place->field,
                 answer_with(offering->intake, place, candidate->geojson));
    if (!would_do(offering->intake, instead))
        return false;
    offering->instead = instead;
    return true;
}

/* What the map knows by its id does not move. */
static bool can_move(const struct epo_form_place *place) {
    struct epo_span kind = epo_json_get_text(place->properties, "kind");
    return epo_span_is(kind, "drawn") || epo_span_is(kind, "circle");
}

/* What would have to be kept away from, or, where units are counted on a feature, where else to
 * look: other features around. */
static bool look_around(struct epo_intake *intake, const struct epo_occupant *occupant,
                        struct epo_alternative *wanted, struct epo_error *error) {
    struct epo_pool *pool = intake->pool;
    const struct epo_place *place = &occupant->place->place;
    struct epo_span layer = epo_json_get_text(occupant->rule, "layer");
    struct epo_footprint *taken;
    struct epo_met *met;
    if (occupant->feature[0] == '\0') {
        if (!epo_occupancy_near(intake->portal, intake->db, pool, occupant, OFFERED_WITHIN_M,
                                &taken, &wanted->taken_count, error))
            return false;
        wanted->taken = taken;
        return true;
    }
    if (!epo_place_meets(intake->portal->maps, pool, layer, place, &met, &wanted->spot_count,
                         error))
        return false;
    struct epo_spot *spots = EPO_NEW_ARRAY(pool, struct epo_spot, SPOTS_MAX);
    wanted->spot_count =
        epo_spots_near(intake->portal->maps, layer, place->anchor_metres, OTHER_FEATURE_WITHIN_M,
                       met, wanted->spot_count, spots, SPOTS_MAX);
    wanted->spots = spots;
    return true;
}

static bool offer_place(struct epo_intake *intake, const struct epo_occupant *occupant,
                        struct epo_json *refusal, struct epo_error *error) {
    struct epo_pool *pool = intake->pool;
    struct offering offering = {intake, occupant, NULL};
    struct epo_alternative wanted = {.place = &occupant->place->place,
                                     .footprint = occupant->footprint,
                                     .apart_m = occupant->apart_m,
                                     .within_m = OFFERED_WITHIN_M,
                                     .rules = epo_form_rules(intake->form, occupant->place->field),
                                     .accept = accepts,
                                     .arg = &offering};
    bool found = false;
    if (!can_move(occupant->place))
        return true;
    if (!look_around(intake, occupant, &wanted, error))
        return false;
    if (wanted.taken_count == EPO_OCCUPANCY_NEAR_MAX) /* not all are known: nothing is promised */
        return true;
    if (!epo_alternative_find(intake->portal->maps, pool, &wanted, &found, error))
        return false;
    if (!found)
        return true;
    struct epo_json *offer = epo_json_set(pool, refusal, "alternative", epo_json_object(pool));
    epo_json_set(pool, offer, "geometry", epo_json_copy(pool, wanted.found.geojson));
    epo_json_set(pool, offer, "distance_m",
                 epo_json_real(pool, (double)(int64_t)(wanted.distance_m + 0.5)));
    epo_json_set(pool, offer, "answers", offering.instead);
    return true;
}

/* ---- other days ---- */

static bool offer_days(struct epo_intake *intake, const struct epo_occupant *occupant,
                       struct epo_json *refusal, struct epo_error *error) {
    struct epo_pool *pool = intake->pool;
    int64_t from, length = occupant->to_day - occupant->from_day;
    char day[EPO_TIME_SIZE];
    struct epo_json *instead = epo_json_object(pool);
    if (!epo_occupancy_later(intake->portal, intake->db, intake->occupants, occupant, &from, error))
        return false;
    if (from == 0)
        return true;
    const char *first =
        epo_pool_string(pool, epo_span(epo_date_iso(epo_date_from_days(from), day)));
    const char *last =
        epo_pool_string(pool, epo_span(epo_date_iso(epo_date_from_days(from + length), day)));
    epo_json_set_string(pool, instead,
                        epo_pool_string(pool, epo_json_get_text(occupant->rule, "from")), first);
    epo_json_set_string(pool, instead,
                        epo_pool_string(pool, epo_json_get_text(occupant->rule, "to")), last);
    if (!would_do(intake, instead))
        return true;
    epo_json_set_string(pool, refusal, "free_from", first);
    epo_json_set_string(pool, refusal, "free_to", last);
    epo_json_set(pool, refusal, "free_answers", instead);
    return true;
}

/* ---- ---- */

/* In whole units, or to a hundredth. */
static void set_units(struct epo_intake *intake, struct epo_json *values, const char *name,
                      double units) {
    bool whole = fabs(units - round(units)) < 0.005;
    epo_json_set_text(intake->pool, values, name,
                      epo_form_number(intake->pool, intake->lang, units, whole ? 0 : 2));
}

static struct epo_json *refuse(struct epo_intake *intake, const struct epo_occupant *occupant,
                               const struct epo_taken *taken) {
    struct epo_pool *pool = intake->pool;
    struct epo_json *values = epo_json_object(pool);
    char day[EPO_TIME_SIZE];
    epo_json_set_string(pool, values, "first",
                        epo_date_local(epo_date_from_days(taken->from_day), intake->lang, day));
    epo_json_set_string(pool, values, "last",
                        epo_date_local(epo_date_from_days(taken->to_day), intake->lang, day));
    set_units(intake, values, "limit", occupant->most);
    set_units(intake, values, "left", fmax(occupant->most - taken->units, 0));
    set_units(intake, values, "units", occupant->units);
    struct epo_json *refusal = epo_form_place_error(
        intake->form, pool, intake->agenda->catalog, intake->lang, occupant->place,
        occupant->most > 0 ? "place.full" : "place.taken", occupant->rule, values);
    epo_json_set_integer(pool, refusal, "rule", occupant->rule_index);
    epo_json_push(pool, intake->result.errors, refusal);
    return refusal;
}

bool epo_intake_free(struct epo_intake *intake, struct epo_error *error) {
    if (!epo_occupancy_list(intake->portal, intake->pool, intake->agenda->manifest->name,
                            intake->form, &intake->result, &intake->occupants, error))
        return false;
    for (const struct epo_occupant *o = intake->occupants; o != NULL; o = o->next) {
        struct epo_taken taken;
        if (!epo_occupancy_ask(intake->portal, intake->db, intake->occupants, o, &taken, error))
            return false;
        if (!taken.any)
            continue;
        struct epo_json *refusal = refuse(intake, o, &taken);
        if (!intake->trial &&
            (!offer_place(intake, o, refusal, error) || !offer_days(intake, o, refusal, error)))
            return false;
    }
    return true;
}
