/* The rules a location field declares. A new rule is a row of RULES and its function. */
#include <math.h>

#include "maps/overlap.h"

struct asked {
    const struct epo_snapshot *snapshot;
    const struct epo_place *place;
    const struct epo_json *rule;
    const struct epo_layer *layer; /* of rules that name one */
    struct epo_overlap *overlap;
    struct epo_error *error;
    bool failed; /* checking itself failed */
};

static const double ALL_BUT_ROUNDING = 0.9999, NOTHING_BUT_ROUNDING = 0.0001;
static const double NEAR_MOST_M = 5000, APART_MOST_M = 500, SNAPPED_M = 0.05;
static const double CAPACITY_MOST = 1e6;

struct total {
    double amount;
    int features;
};
static void add(const struct epo_feature *feature, double amount, void *arg) {
    struct total *total = arg;
    (void)feature;
    total->amount += amount;
    total->features++;
}

static struct total in_layer(struct asked *a) {
    struct total total = {0, 0};
    if (!epo_overlap_each(a->overlap, a->layer, add, &total, a->error))
        a->failed = true;
    return total;
}

static bool inside(struct asked *a) {
    double share = epo_json_get_real(a->rule, "share", 1);
    return in_layer(a).amount / a->overlap->whole >= fmin(share, ALL_BUT_ROUNDING);
}

static bool outside(struct asked *a) {
    struct total total = in_layer(a);
    if (a->layer->shape != EPO_SHAPE_AREA)
        return total.features == 0;
    return total.amount / a->overlap->whole <= NOTHING_BUT_ROUNDING;
}

static bool min_area(struct asked *a) {
    return a->place->area_m2 >= epo_json_get_real(a->rule, "value", 0);
}

static bool max_area(struct asked *a) {
    return a->place->area_m2 <= epo_json_get_real(a->rule, "value", INFINITY);
}

struct owned {
    const struct epo_json *any;
    double amount;
};
static void add_owned(const struct epo_feature *feature, double amount, void *arg) {
    struct owned *owned = arg;
    for (uint32_t i = 0; i < owned->any->count; i++)
        if (epo_json_is_text(owned->any->items[i]) &&
            epo_span_is(owned->any->items[i]->text, feature->kind)) {
            owned->amount += amount;
            return;
        }
}

static bool owner(struct asked *a) {
    struct owned owned = {epo_json_get(a->rule, "any"), 0};
    double share = epo_json_get_real(a->rule, "share", 1);
    a->layer = a->snapshot->by_role[EPO_ROLE_PARCEL];
    if (a->layer == NULL)
        return false;
    if (!epo_overlap_each(a->overlap, a->layer, add_owned, &owned, a->error))
        a->failed = true;
    return owned.amount / a->overlap->whole >= fmin(share, ALL_BUT_ROUNDING);
}

static bool near(struct asked *a) {
    return epo_overlap_within(a->overlap, a->layer, epo_json_get_real(a->rule, "within_m", 0));
}

/* What was snapped lies on the layer; degrees are rounded to a centimetre. */
static bool snapped(struct asked *a) {
    return isfinite(epo_overlap_distance(a->overlap, a->layer, SNAPPED_M));
}

static bool touching(struct asked *a) {
    return a->place->kind == EPO_PLACE_POINT
               ? isfinite(epo_overlap_distance(a->overlap, a->layer, 0))
               : in_layer(a).features > 0;
}

/* Of lines alone: an area has its perimeter there, a point nothing. */
static bool min_length(struct asked *a) {
    return a->place->kind != EPO_PLACE_LINE ||
           a->place->length_m >= epo_json_get_real(a->rule, "value", 0);
}

static bool max_length(struct asked *a) {
    return a->place->kind != EPO_PLACE_LINE ||
           a->place->length_m <= epo_json_get_real(a->rule, "value", INFINITY);
}

/* Other requests and layers of organizations are no affair of the map: the portal looks. */
static bool left_to_portal(struct asked *a) {
    (void)a;
    return true;
}

enum {
    WANTS_LAYER = 1,
    WANTS_VALUE = 2,
    WANTS_ANY = 4,
    WANTS_WITHIN = 8,
    WANTS_DAYS = 16,
    WANTS_UNITS = 32,
    WANTS_FEATURE = 64
};
static const struct {
    const char *name, *code; /* code of the error when it does not hold */
    int wants;
    bool (*holds)(struct asked *a);
} RULES[] = {
    {"inside", "place.outside", WANTS_LAYER, inside},
    {"outside", "place.inside", WANTS_LAYER, outside},
    {"min_area_m2", "place.too_small", WANTS_VALUE, min_area},
    {"max_area_m2", "place.too_large", WANTS_VALUE, max_area},
    {"owner", "place.owner", WANTS_ANY, owner},
    {"near", "place.far", WANTS_LAYER | WANTS_WITHIN, near},
    {"snap", "place.far", WANTS_LAYER | WANTS_WITHIN, snapped},
    {"touching", "place.not_touching", WANTS_LAYER, touching},
    {"min_length_m", "place.too_short", WANTS_VALUE, min_length},
    {"max_length_m", "place.too_long", WANTS_VALUE, max_length},
    {"free", "place.taken", WANTS_DAYS, left_to_portal},
    {"capacity", "place.full", WANTS_DAYS | WANTS_UNITS, left_to_portal},
    {"feature", "place.far", WANTS_FEATURE | WANTS_WITHIN, left_to_portal},
};
enum { RULE_COUNT = sizeof RULES / sizeof *RULES };

static int rule_of(const struct epo_json *rule) {
    for (int i = 0; i < RULE_COUNT; i++)
        if (epo_span_is(epo_json_get_text(rule, "rule"), RULES[i].name))
            return i;
    return -1;
}

static bool wrong(struct epo_error *error, uint32_t index, const char *text) {
    epo_fail(error, EPO_ERROR_BAD_INPUT, "place.rule", "location rule %u: %s", index + 1, text);
    return false;
}

static const char *const SHAPES[] = {
    [EPO_PLACE_POINT] = "point", [EPO_PLACE_LINE] = "line", [EPO_PLACE_AREA] = "area"};

bool epo_place_rule_concerns(const struct epo_json *rule, enum epo_place_kind kind) {
    const struct epo_json *only = epo_json_get(rule, "only");
    for (uint32_t i = 0; only != NULL && i < only->count; i++)
        if (epo_span_is(only->items[i]->text, SHAPES[kind]))
            return true;
    return only == NULL;
}

static bool check_only(const struct epo_json *rule, uint32_t index, struct epo_error *error) {
    const struct epo_json *only = epo_json_get(rule, "only");
    bool good = only == NULL || (only->type == EPO_JSON_ARRAY && only->count > 0);
    for (uint32_t i = 0; good && only != NULL && i < only->count; i++) {
        bool known = false;
        for (int kind = EPO_PLACE_POINT; kind <= EPO_PLACE_AREA; kind++)
            known = known || (epo_json_is_text(only->items[i]) &&
                              epo_span_is(only->items[i]->text, SHAPES[kind]));
        good = known;
    }
    return good || wrong(error, index, "\"only\" must list shapes: point, line, area");
}

static bool is_number_within(const struct epo_json *rule, const char *name, double most) {
    const struct epo_json *value = epo_json_get(rule, name);
    double number = epo_json_get_real(rule, name, -1);
    return value == NULL || (number >= 0 && number <= most);
}

/* Whether "from" and "to" are dates of the form is the form's to check. */
static bool check_free(const struct epo_json *rule, uint32_t index, struct epo_error *error) {
    const struct epo_json *states = epo_json_get(rule, "states");
    bool listed = states == NULL || (states->type == EPO_JSON_ARRAY && states->count > 0);
    for (uint32_t i = 0; listed && states != NULL && i < states->count; i++)
        listed = epo_json_is_text(states->items[i]) && states->items[i]->text.len > 0 &&
                 memchr(states->items[i]->text.at, ' ', states->items[i]->text.len) == NULL;
    if (epo_json_get_text(rule, "from").len == 0 || epo_json_get_text(rule, "to").len == 0)
        return wrong(error, index, "\"from\" and \"to\" must name date fields of the form");
    if (!listed)
        return wrong(error, index, "\"states\" must list states of a case that keep others out");
    if (epo_json_get(rule, "agenda") != NULL && epo_json_get_text(rule, "agenda").len == 0)
        return wrong(error, index, "\"agenda\" must name an agenda");
    return (is_number_within(rule, "buffer_m", APART_MOST_M) &&
            is_number_within(rule, "point_m", APART_MOST_M)) ||
           wrong(error, index, "\"buffer_m\" and \"point_m\" must be 0 to 500 metres");
}

/* Whether "units" is a number of the form is the form's to check. */
static bool check_capacity(const struct epo_snapshot *snapshot, const struct epo_json *rule,
                           uint32_t index, struct epo_error *error) {
    const struct epo_json *units = epo_json_get(rule, "units"), *of = epo_json_get(rule, "of");
    struct epo_span name = epo_json_get_text(rule, "layer");
    double limit = epo_json_get_real(rule, "limit", 0),
           number = epo_json_get_real(rule, "units", 0);
    double within_m = epo_json_get_real(rule, "within_m", -1);
    if (!(limit > 0 && limit <= CAPACITY_MOST))
        return wrong(error, index, "\"limit\" must be over 0 and at most a million units");
    if (units != NULL && epo_json_get_text(rule, "units").len == 0 &&
        !(number > 0 && number <= CAPACITY_MOST))
        return wrong(error, index,
                     "\"units\" must be a number over 0, \"m2\", or the id of a number field");
    if (of != NULL && (epo_json_get_text(rule, "of").len == 0))
        return wrong(error, index, "\"of\" must name what is counted");
    if ((name.len > 0) == (epo_json_get(rule, "within_m") != NULL))
        return wrong(error, index,
                     "either \"layer\" or \"within_m\" must say where units are counted together");
    if (name.len == 0)
        return (within_m > 0 && within_m <= APART_MOST_M) ||
               wrong(error, index, "\"within_m\" must be over 0 and at most 500 metres");
    const struct epo_layer *layer = snapshot == NULL ? NULL : epo_snapshot_layer(snapshot, name);
    return snapshot == NULL ||
           (layer != NULL && layer->role != EPO_ROLE_PICTURE && layer->shape == EPO_SHAPE_AREA) ||
           wrong(error, index,
                 "the map base has no such layer of areas: `epo map layers` lists them");
}

static bool check_rule(const struct epo_snapshot *snapshot, const struct epo_json *rule,
                       uint32_t index, struct epo_error *error) {
    int kind = rule == NULL || rule->type != EPO_JSON_OBJECT ? -1 : rule_of(rule);
    if (kind < 0)
        return wrong(error, index,
                     "\"rule\" must be inside, outside, touching, near, snap, owner, min_area_m2, "
                     "max_area_m2, min_length_m, max_length_m, free, capacity or feature");
    int wants = RULES[kind].wants;
    struct epo_span layer = epo_json_get_text(rule, "layer");
    double share = epo_json_get_real(rule, "share", 1);
    double within_m = epo_json_get_real(rule, "within_m", -1);
    const struct epo_json *any = epo_json_get(rule, "any");
    if ((wants & WANTS_FEATURE) && (layer.len == 0 || memchr(layer.at, '.', layer.len) == NULL))
        return wrong(error, index, "\"layer\" must name one of an organization: \"zoo.places\"");
    if ((wants & WANTS_LAYER) && layer.len == 0)
        return wrong(error, index, "\"layer\" is missing");
    if ((wants & WANTS_LAYER) && snapshot != NULL) {
        const struct epo_layer *found = epo_snapshot_layer(snapshot, layer);
        if (found == NULL || found->role == EPO_ROLE_PICTURE)
            return wrong(error, index,
                         "the map base has no such layer: `epo map layers` lists them");
    }
    if ((wants & WANTS_VALUE) && !(epo_json_get_real(rule, "value", -1) >= 0))
        return wrong(error, index, "\"value\" must be a number of (square) metres, 0 or more");
    if ((wants & WANTS_WITHIN) && !(within_m > 0 && within_m <= NEAR_MOST_M))
        return wrong(error, index, "\"within_m\" must be over 0 and at most 5000 metres");
    if ((wants & WANTS_ANY) && (any == NULL || any->type != EPO_JSON_ARRAY || any->count == 0))
        return wrong(error, index, "\"any\" must list owners: city, state, private");
    if ((wants & WANTS_DAYS) && !check_free(rule, index, error))
        return false;
    if ((wants & WANTS_UNITS) && !check_capacity(snapshot, rule, index, error))
        return false;
    if (!(share > 0 && share <= 1))
        return wrong(error, index, "\"share\" must be over 0 and at most 1");
    return check_only(rule, index, error);
}

bool epo_place_rules_check(struct epo_maps *maps, const struct epo_json *rules,
                           struct epo_error *error) {
    if (rules == NULL)
        return true;
    if (rules->type != EPO_JSON_ARRAY)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "place.rule", "location rules must be a list");
    unsigned slot = 0;
    const struct epo_snapshot *snapshot = maps == NULL ? NULL : epo_maps_hold(maps, &slot);
    bool ok = true;
    for (uint32_t i = 0; i < rules->count && ok; i++)
        ok = check_rule(snapshot, rules->items[i], i, error);
    if (maps != NULL)
        epo_maps_drop(maps, slot);
    return ok;
}

static void report(struct epo_pool *pool, struct epo_json *errors, const struct epo_json *rule,
                   int kind, uint32_t index) {
    struct epo_json *error = epo_json_object(pool);
    epo_json_set_string(pool, error, "code", RULES[kind].code);
    epo_json_set_integer(pool, error, "rule", index);
    static const char *const COPIED[] = {"layer", "value", "share", "any", "within_m", "message"};
    for (size_t i = 0; i < sizeof COPIED / sizeof *COPIED; i++) {
        const struct epo_json *value = epo_json_get(rule, COPIED[i]);
        if (value != NULL)
            epo_json_set(pool, error, COPIED[i], epo_json_copy(pool, value));
    }
    epo_json_push(pool, errors, error);
}

bool epo_place_rules_apply(struct epo_maps *maps, struct epo_pool *pool,
                           const struct epo_json *rules, const struct epo_place *place,
                           struct epo_json *errors, struct epo_error *error) {
    if (rules == NULL || rules->type != EPO_JSON_ARRAY)
        return true;
    unsigned slot;
    struct epo_overlap overlap;
    struct asked a = {.snapshot = epo_maps_hold(maps, &slot),
                      .place = place,
                      .overlap = &overlap,
                      .error = error};
    bool ok = epo_overlap_begin(&overlap, place, error);
    for (uint32_t i = 0; i < rules->count && ok; i++) {
        a.rule = rules->items[i];
        ok = check_rule(a.snapshot, a.rule, i, error);
        if (!ok)
            break;
        if (!epo_place_rule_concerns(a.rule, place->kind))
            continue;
        int kind = rule_of(a.rule);
        a.layer = epo_snapshot_layer(a.snapshot, epo_json_get_text(a.rule, "layer"));
        bool holds = RULES[kind].holds(&a);
        ok = !a.failed;
        if (ok && !holds)
            report(pool, errors, a.rule, kind, i);
    }
    epo_overlap_end(&overlap);
    epo_maps_drop(maps, slot);
    return ok;
}
