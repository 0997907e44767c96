#include "portal/occupancy.h"

#include <math.h>

#include "portal/capacity.h"
#include "portal/receipt.h"

/* Coordinates in the box table are rounded outward to about 6 cm; what meets is judged exactly. */
static const double POINT_M = 1; /* radius of a point where the rule says nothing */

/* ---- what a request takes up ---- */

static bool read_day(const struct epo_form_result *result, const struct epo_json *rule,
                     const char *which, int64_t *day) {
    struct epo_span text = {"", 0};
    struct epo_date date;
    const struct epo_json *answer =
        epo_json_get_span(result->answers, epo_json_get_text(rule, which));
    if (epo_json_is_text(answer))
        text = answer->text;
    if (!epo_date_parse(text, &date))
        return false;
    *day = epo_date_days(date);
    return true;
}

static bool add(struct epo_portal *portal, struct epo_pool *pool,
                const struct epo_form_result *result, struct epo_occupant *occupant,
                struct epo_occupant ***last, struct epo_error *error) {
    const struct epo_json *rule = occupant->rule;
    struct epo_span name = epo_json_get_text(rule, "rule");
    bool counts = epo_span_is(name, "capacity");
    if ((!counts && !epo_span_is(name, "free")) ||
        !epo_place_rule_concerns(rule, occupant->place->place.kind) ||
        !read_day(result, rule, "from", &occupant->from_day) ||
        !read_day(result, rule, "to", &occupant->to_day) || occupant->to_day < occupant->from_day)
        return true;
    occupant->apart_m = epo_json_get_real(rule, "buffer_m", 0);
    occupant->agenda_too = epo_pool_string(pool, epo_json_get_text(rule, "agenda"));
    if (!epo_footprint_of(pool, &occupant->place->place,
                          epo_json_get_real(rule, "point_m", POINT_M), &occupant->footprint, error))
        return false;
    if (counts)
        return epo_capacity_add(portal, pool, result, occupant, last, error);
    **last = EPO_NEW(pool, struct epo_occupant);
    ***last = *occupant;
    *last = &(**last)->next;
    return true;
}

bool epo_occupancy_list(struct epo_portal *portal, struct epo_pool *pool, const char *agenda,
                        const struct epo_form *form, const struct epo_form_result *result,
                        struct epo_occupant **list, struct epo_error *error) {
    struct epo_occupant **last = list;
    *list = NULL;
    for (const struct epo_form_place *place = result->places; place != NULL; place = place->next) {
        const struct epo_json *rules = epo_form_rules(form, place->field);
        bool valid = epo_json_get(result->answers, place->field) != NULL && place->place.kind != 0;
        for (uint32_t i = 0; valid && rules != NULL && i < rules->count; i++) {
            struct epo_occupant occupant = {.agenda = agenda,
                                            .form = epo_form_id(form),
                                            .place = place,
                                            .rule = rules->items[i],
                                            .rule_index = i,
                                            .counted = "",
                                            .feature = ""};
            if (!add(portal, pool, result, &occupant, &last, error))
                return false;
        }
    }
    return true;
}

/* ---- who else ---- */

/* $1 tenant, $2 agenda, $3 form, $4 another agenda or '', $5-$8 box, $9 $10 days, $11 own number */
#define THE_OTHERS                                                                                 \
    "SELECT o.geometry, o.from_day, o.to_day, o.min_x, o.min_y, o.max_x, o.max_y\n"                \
    "FROM occupancy_box AS b\n"                                                                    \
    "CROSS JOIN occupancy AS o\n" /* in this order: by place and days, not by tenant */            \
    "WHERE o.id = b.id AND b.min_x <= $7 AND b.max_x >= $5 AND b.min_y <= $8 AND b.max_y >= $6\n"  \
    "    AND b.from_day <= $10 AND b.to_day >= $9\n"                                               \
    "    AND o.tenant = $1 AND o.number <> $11 AND o.most = 0\n"                                   \
    "    AND ((o.agenda = $2 AND o.form = $3) OR (o.agenda = $4 AND $4 <> ''))\n"
static const struct epo_statement OTHERS = {"occupancy.others", THE_OTHERS, NULL};
static const struct epo_statement OTHERS_BY_DAY = {"occupancy.others_by_day",
                                                   THE_OTHERS "ORDER BY o.from_day, o.id", NULL};

static struct epo_rows *others(const struct epo_statement *statement, struct epo_portal *portal,
                               struct epo_db *db, const struct epo_occupant *o, double within_m,
                               int64_t from_day, int64_t to_day, int64_t own) {
    const struct epo_footprint *at = &o->footprint;
    return epo_db_query(db, statement,
                        EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(o->agenda),
                                 EPO_STRING(o->form), EPO_STRING(o->agenda_too),
                                 EPO_REAL(at->min_x - within_m), EPO_REAL(at->min_y - within_m),
                                 EPO_REAL(at->max_x + within_m), EPO_REAL(at->max_y + within_m),
                                 EPO_INTEGER(from_day), EPO_INTEGER(to_day), EPO_INTEGER(own)));
}

static bool ask(struct epo_portal *portal, struct epo_db *db, const struct epo_occupant *list,
                const struct epo_occupant *o, int64_t own, struct epo_taken *taken,
                struct epo_error *error) {
    if (o->most > 0)
        return epo_capacity_ask(portal, db, list, o, own, taken, error);
    struct epo_rows *rows = others(&OTHERS, portal, db, o, o->apart_m, o->from_day, o->to_day, own);
    bool ok = true;
    *taken = (struct epo_taken){.any = false};
    while (ok && epo_rows_next(rows)) {
        int64_t from = epo_rows_integer(rows, 1), to = epo_rows_integer(rows, 2);
        bool meet;
        ok =
            epo_footprints_meet(o->footprint.wkb, epo_rows_text(rows, 0), o->apart_m, &meet, error);
        if (!ok || !meet)
            continue;
        taken->from_day = taken->any && taken->from_day < from ? taken->from_day : from;
        taken->to_day = taken->any && taken->to_day > to ? taken->to_day : to;
        taken->any = true;
    }
    return epo_rows_end(rows, ok ? error : NULL) && ok;
}

bool epo_occupancy_ask(struct epo_portal *portal, struct epo_db *db,
                       const struct epo_occupant *list, const struct epo_occupant *occupant,
                       struct epo_taken *taken, struct epo_error *error) {
    return ask(portal, db, list, occupant, 0, taken, error);
}

bool epo_occupancy_near(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        const struct epo_occupant *occupant, double within_m,
                        struct epo_footprint **list, size_t *count, struct epo_error *error) {
    struct epo_rows *rows =
        others(&OTHERS_BY_DAY, portal, db, occupant, within_m + occupant->apart_m,
               occupant->from_day, occupant->to_day, 0);
    *list = EPO_NEW_ARRAY(pool, struct epo_footprint, EPO_OCCUPANCY_NEAR_MAX);
    *count = 0;
    while (*count < EPO_OCCUPANCY_NEAR_MAX && epo_rows_next(rows))
        (*list)[(*count)++] = (struct epo_footprint){
            epo_pool_copy(pool, epo_rows_text(rows, 0)), epo_rows_real(rows, 3),
            epo_rows_real(rows, 4), epo_rows_real(rows, 5), epo_rows_real(rows, 6)};
    return epo_rows_end(rows, error);
}

/* By their first days: wherever one is in the way, the search goes on the day after its last. */
bool epo_occupancy_later(struct epo_portal *portal, struct epo_db *db,
                         const struct epo_occupant *list, const struct epo_occupant *occupant,
                         int64_t *from_day, struct epo_error *error) {
    if (occupant->most > 0)
        return epo_capacity_later(portal, db, list, occupant, from_day, error);
    int64_t day = occupant->from_day, length = occupant->to_day - occupant->from_day;
    int64_t last = occupant->from_day + EPO_OCCUPANCY_LATER_DAYS;
    struct epo_rows *rows = others(&OTHERS_BY_DAY, portal, db, occupant, occupant->apart_m,
                                   occupant->from_day, last + length, 0);
    bool ok = true;
    while (ok && epo_rows_next(rows)) {
        int64_t from = epo_rows_integer(rows, 1), to = epo_rows_integer(rows, 2);
        bool meet = false;
        if (to < day || from > day + length)
            continue;
        ok = epo_footprints_meet(occupant->footprint.wkb, epo_rows_text(rows, 0), occupant->apart_m,
                                 &meet, error);
        if (ok && meet)
            day = to + 1;
    }
    *from_day = day <= last ? day : 0;
    return epo_rows_end(rows, ok ? error : NULL) && ok;
}

/* ---- taking it, in the save ---- */

static const struct epo_statement INSERT = {
    "occupancy.insert",
    "INSERT INTO occupancy (tenant, number, agenda, form, field, place, rule, geometry,\n"
    "    min_x, min_y, max_x, max_y, apart_m, from_day, to_day, states, counted, feature, units,\n"
    "    most, agenda_too, active)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
    "$19,\n"
    "    $20, $21, $22)",
    NULL,
};
static const struct epo_statement INSERT_BOX = {
    /* of the row just inserted; from values, since from a SELECT the engine copies them first */
    "occupancy.insert_box",
    "INSERT INTO occupancy_box (id, min_x, max_x, min_y, max_y, from_day, to_day)\n"
    "VALUES ((SELECT id FROM occupancy\n"
    "    WHERE tenant = $1 AND number = $2 AND field = $3 AND place = $4 AND rule = $5),\n"
    "    $6, $7, $8, $9, $10, $11)",
    NULL,
};
/* Into the box table and out of it: the rows of a number whose state keeps others out ($3 with
 * spaces around; '' in states: all but two). */
#define KEEPS_OUT                                                                                  \
    "(CASE WHEN states = '' THEN $3 NOT IN (' refused ', ' withdrawn ')\n"                         \
    "    ELSE instr(states, $3) > 0 END)"
static const struct epo_statement ENTER_BOX = {
    "occupancy.enter_box",
    "INSERT INTO occupancy_box (id, min_x, max_x, min_y, max_y, from_day, to_day)\n"
    "SELECT id, min_x, max_x, min_y, max_y, from_day, to_day FROM occupancy\n"
    "WHERE tenant = $1 AND number = $2 AND active = 0 AND " KEEPS_OUT,
    NULL,
};
static const struct epo_statement LEAVE_BOX = {
    "occupancy.leave_box",
    "DELETE FROM occupancy_box WHERE id IN (\n"
    "    SELECT id FROM occupancy\n"
    "    WHERE tenant = $1 AND number = $2 AND active = 1 AND NOT " KEEPS_OUT ")",
    NULL,
};
static const struct epo_statement SET_ACTIVE = {
    "occupancy.set_active",
    "UPDATE occupancy SET active = " KEEPS_OUT " WHERE tenant = $1 AND number = $2",
    NULL,
};
static const struct epo_statement COMING_BACK = {
    "occupancy.coming_back",
    "SELECT agenda, form, geometry, min_x, min_y, max_x, max_y, apart_m, from_day, to_day,\n"
    "    counted, feature, units, most, agenda_too\n"
    "FROM occupancy\n"
    "WHERE tenant = $1 AND number = $2 AND active = 0 AND " KEEPS_OUT,
    NULL,
};

static bool is_taken(const struct epo_occupant *o, struct epo_error *error) {
    if (o->most > 0)
        return epo_fail(error, EPO_ERROR_CONFLICT, "place.full",
                        "Others have taken too much of this place on these days.");
    return epo_fail(error, EPO_ERROR_CONFLICT, "place.taken",
                    "Another request takes up this place on these days.");
}

/* " received accepted ", so that a state is found with its spaces; *received: whether a request
 * just filed keeps others out. */
static void read_states(const struct epo_json *rule, struct epo_buffer *text, bool *received) {
    const struct epo_json *states = epo_json_get(rule, "states");
    *received = states == NULL || states->count == 0;
    epo_buffer_init(text, 1 << 12);
    for (uint32_t i = 0; states != NULL && i < states->count; i++) {
        epo_buffer_byte(text, ' ');
        epo_buffer_span(text, states->items[i]->text);
        *received = *received || epo_span_is(states->items[i]->text, "received");
    }
    if (text->len > 0)
        epo_buffer_byte(text, ' ');
}

static bool insert(struct epo_portal *portal, struct epo_db *db, int64_t number,
                   const struct epo_occupant *o, struct epo_error *error) {
    const struct epo_footprint *at = &o->footprint;
    struct epo_buffer states;
    bool received;
    read_states(o->rule, &states, &received);
    bool ok = epo_db_run(
        db, &INSERT,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number), EPO_STRING(o->agenda),
                 EPO_STRING(o->form), EPO_STRING(o->place->field), EPO_INTEGER(o->place->index),
                 EPO_INTEGER(o->rule_index), EPO_BLOB(at->wkb), EPO_REAL(at->min_x),
                 EPO_REAL(at->min_y), EPO_REAL(at->max_x), EPO_REAL(at->max_y),
                 EPO_REAL(o->apart_m), EPO_INTEGER(o->from_day), EPO_INTEGER(o->to_day),
                 EPO_TEXT(epo_buffer_get(&states)), EPO_STRING(o->counted), EPO_STRING(o->feature),
                 EPO_REAL(o->units), EPO_REAL(o->most), EPO_STRING(o->agenda_too),
                 EPO_INTEGER(received)),
        NULL, error);
    epo_buffer_clear(&states);
    return ok && (!received ||
                  epo_db_run(db, &INSERT_BOX,
                             EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number),
                                      EPO_STRING(o->place->field), EPO_INTEGER(o->place->index),
                                      EPO_INTEGER(o->rule_index), EPO_REAL(at->min_x),
                                      EPO_REAL(at->max_x), EPO_REAL(at->min_y), EPO_REAL(at->max_y),
                                      EPO_INTEGER(o->from_day), EPO_INTEGER(o->to_day)),
                             NULL, error));
}

/* Rows and box follow the state: first out, then in. */
static bool follow(struct epo_portal *portal, struct epo_db *db, int64_t number,
                   struct epo_span state, struct epo_error *error) {
    struct epo_value tenant = EPO_STRING(portal->tenant), key = EPO_INTEGER(number);
    struct epo_value with_spaces = EPO_TEXT(state);
    return epo_db_run(db, &LEAVE_BOX, EPO_BIND(tenant, key, with_spaces), NULL, error) &&
           epo_db_run(db, &ENTER_BOX, EPO_BIND(tenant, key, with_spaces), NULL, error) &&
           epo_db_run(db, &SET_ACTIVE, EPO_BIND(tenant, key, with_spaces), NULL, error);
}

bool epo_occupancy_take(struct epo_portal *portal, struct epo_db *db, const char *number,
                        const struct epo_occupant *list, struct epo_error *error) {
    int64_t key = 0;
    if (list == NULL)
        return true;
    epo_assert(epo_number_read(epo_span(number), &key));
    for (const struct epo_occupant *o = list; o != NULL; o = o->next) {
        struct epo_taken taken;
        if (!ask(portal, db, list, o, key, &taken, error))
            return false;
        if (taken.any)
            return is_taken(o, error);
        if (!insert(portal, db, key, o, error))
            return false;
    }
    return true;
}

static const struct epo_statement DROP_BOX = {
    "occupancy.drop_box",
    "DELETE FROM occupancy_box WHERE id IN (\n"
    "    SELECT id FROM occupancy WHERE tenant = $1 AND number = $2)",
    NULL,
};
static const struct epo_statement DROP = {
    "occupancy.drop", "DELETE FROM occupancy WHERE tenant = $1 AND number = $2", NULL};

bool epo_occupancy_drop(struct epo_portal *portal, struct epo_db *db, int64_t number,
                        struct epo_error *error) {
    struct epo_bind bind = EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number));
    return epo_db_run(db, &DROP_BOX, bind, NULL, error) && epo_db_run(db, &DROP, bind, NULL, error);
}

static bool read_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      int64_t number, struct epo_span state, struct epo_occupant **list,
                      struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &COMING_BACK,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number), EPO_TEXT(state)));
    while (epo_rows_next(rows)) {
        struct epo_occupant *o = *list = EPO_NEW(pool, struct epo_occupant);
        *o = (struct epo_occupant){.agenda = epo_pool_string(pool, epo_rows_text(rows, 0)),
                                   .form = epo_pool_string(pool, epo_rows_text(rows, 1)),
                                   .footprint = {epo_pool_copy(pool, epo_rows_text(rows, 2)),
                                                 epo_rows_real(rows, 3), epo_rows_real(rows, 4),
                                                 epo_rows_real(rows, 5), epo_rows_real(rows, 6)},
                                   .apart_m = epo_rows_real(rows, 7),
                                   .from_day = epo_rows_integer(rows, 8),
                                   .to_day = epo_rows_integer(rows, 9),
                                   .counted = epo_pool_string(pool, epo_rows_text(rows, 10)),
                                   .feature = epo_pool_string(pool, epo_rows_text(rows, 11)),
                                   .units = epo_rows_real(rows, 12),
                                   .most = epo_rows_real(rows, 13),
                                   .agenda_too = epo_pool_string(pool, epo_rows_text(rows, 14))};
        list = &o->next;
    }
    return epo_rows_end(rows, error);
}

/* A case that comes back to life finds its ground as the others have left it. */
static bool still_free(struct epo_portal *portal, struct epo_db *db, int64_t number,
                       struct epo_span state, struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_occupant *list = NULL;
    bool ok = read_list(portal, db, pool, number, state, &list, error);
    for (const struct epo_occupant *o = list; ok && o != NULL; o = o->next) {
        struct epo_taken taken;
        ok = ask(portal, db, list, o, number, &taken, error);
        if (ok && taken.any)
            ok = epo_fail(error, EPO_ERROR_CONFLICT, "case.place_taken",
                          "Others have this place on these days now.");
    }
    epo_pool_free(pool);
    return ok;
}

bool epo_occupancy_move(struct epo_portal *portal, struct epo_db *db, int64_t number,
                        struct epo_span state, struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_span with_spaces = epo_span(epo_pool_printf(pool, " %.*s ", EPO_ARG(state)));
    bool ok = still_free(portal, db, number, with_spaces, error) &&
              follow(portal, db, number, with_spaces, error);
    epo_pool_free(pool);
    return ok;
}
