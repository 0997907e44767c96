#include "portal/capacity.h"

#include <math.h>
#include <stdlib.h>

static const double ROUNDING = 1e-6; /* of units that were added up */

/* ---- what a place takes ---- */

/* False where it is not answered. */
static bool read_units(const struct epo_form_result *result, const struct epo_json *rule,
                       double area_m2, double *units) {
    struct epo_span name = epo_json_get_text(rule, "units");
    if (epo_span_is(name, "m2"))
        *units = area_m2;
    else if (name.len > 0)
        *units = epo_json_get_real(result->answers, name.at, 0);
    else
        *units = epo_json_get_real(rule, "units", 1);
    return *units > 0;
}

static void append(struct epo_pool *pool, const struct epo_occupant *occupant,
                   struct epo_occupant ***last) {
    **last = EPO_NEW(pool, struct epo_occupant);
    ***last = *occupant;
    *last = &(**last)->next;
}

bool epo_capacity_add(struct epo_portal *portal, struct epo_pool *pool,
                      const struct epo_form_result *result, const struct epo_occupant *occupant,
                      struct epo_occupant ***last, struct epo_error *error) {
    struct epo_occupant one = *occupant;
    const struct epo_place *place = &one.place->place;
    struct epo_span layer = epo_json_get_text(one.rule, "layer");
    struct epo_met *met;
    size_t count;
    one.most = epo_json_get_real(one.rule, "limit", 0);
    one.counted = epo_pool_string(pool, epo_json_get_text(one.rule, "of"));
    if (layer.len == 0) {
        one.apart_m = epo_json_get_real(one.rule, "within_m", 0);
        if (read_units(result, one.rule, place->area_m2, &one.units))
            append(pool, &one, last);
        return true;
    }
    if (portal->maps == NULL)
        return true;
    if (!epo_place_meets(portal->maps, pool, layer, place, &met, &count, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        bool area = place->kind == EPO_PLACE_AREA;
        if (!read_units(result, one.rule, area ? met[i].amount : 0, &one.units))
            continue;
        one.feature = epo_pool_printf(pool, "%.*s/%s", EPO_ARG(layer), met[i].code);
        append(pool, &one, last);
    }
    return true;
}

/* ---- who else ---- */

#define COUNTS_TOO                                                                                 \
    "((o.agenda = $2 AND o.form = $3) OR (o.agenda = $4 AND $4 <> '')) AND o.counted = $5"         \
    " AND o.number <> $6"
/* $1 tenant, $2 agenda, $3 form, $4 another agenda or '', $5 what is counted, $6 own number, $7 $8
 * days, $9 feature */
static const struct epo_statement ON_FEATURE = {
    "capacity.on_feature",
    "SELECT o.units, o.from_day, o.to_day FROM occupancy AS o\n"
    "WHERE o.tenant = $1 AND o.feature = $9 AND o.feature <> '' AND o.to_day >= $7\n"
    "    AND o.from_day <= $8 AND o.active = 1 AND o.most > 0 AND " COUNTS_TOO,
    NULL,
};
/* $9-$12 box */
static const struct epo_statement AROUND = {
    "capacity.around",
    "SELECT o.units, o.from_day, o.to_day, o.geometry\n"
    "FROM occupancy_box AS b\n"
    "CROSS JOIN occupancy AS o\n" /* in this order: by place and days, not by tenant */
    "WHERE o.id = b.id AND b.min_x <= $11 AND b.max_x >= $9 AND b.min_y <= $12 AND b.max_y >= $10\n"
    "    AND b.from_day <= $8 AND b.to_day >= $7\n"
    "    AND o.tenant = $1 AND o.feature = '' AND o.most > 0 AND " COUNTS_TOO,
    NULL,
};

/* The units taken change on a day; events in order of days tell how many there are on each. */
struct event {
    int64_t day;
    double change;
};
struct counting {
    const struct epo_occupant *of;
    int64_t from_day, to_day; /* looked at */
    struct event *events;     /* malloc'd */
    size_t count, room;
};

static void count_in(struct counting *c, double units, int64_t from_day, int64_t to_day) {
    if (from_day > c->to_day || to_day < c->from_day)
        return;
    if (c->count + 2 > c->room) {
        c->room = c->room == 0 ? 64 : c->room * 2;
        c->events = realloc(c->events, c->room * sizeof *c->events);
        epo_assert(c->events != NULL);
    }
    c->events[c->count++] = (struct event){from_day > c->from_day ? from_day : c->from_day, units};
    c->events[c->count++] = (struct event){to_day + 1, -units};
}

/* What the same request takes there at its other places; its days move all together. */
static bool count_list(struct counting *c, const struct epo_occupant *list, bool moving,
                       struct epo_error *error) {
    for (const struct epo_occupant *o = list; o != NULL; o = o->next) {
        bool meet = o != c->of && o->most > 0 && strcmp(o->counted, c->of->counted) == 0 &&
                    strcmp(o->feature, c->of->feature) == 0;
        if (meet && o->feature[0] == '\0' &&
            !epo_footprints_meet(c->of->footprint.wkb, o->footprint.wkb, c->of->apart_m, &meet,
                                 error))
            return false;
        if (meet)
            count_in(c, o->units, moving ? c->from_day : o->from_day,
                     moving ? c->to_day : o->to_day);
    }
    return true;
}

static bool count_rows(struct epo_portal *portal, struct epo_db *db, struct counting *c,
                       int64_t own, struct epo_error *error) {
    const struct epo_occupant *o = c->of;
    const struct epo_footprint *at = &o->footprint;
    bool on_feature = o->feature[0] != '\0', ok = true;
    struct epo_value values[] = {EPO_STRING(portal->tenant),
                                 EPO_STRING(o->agenda),
                                 EPO_STRING(o->form),
                                 EPO_STRING(o->agenda_too),
                                 EPO_STRING(o->counted),
                                 EPO_INTEGER(own),
                                 EPO_INTEGER(c->from_day),
                                 EPO_INTEGER(c->to_day),
                                 EPO_REAL(at->min_x - o->apart_m),
                                 EPO_REAL(at->min_y - o->apart_m),
                                 EPO_REAL(at->max_x + o->apart_m),
                                 EPO_REAL(at->max_y + o->apart_m)};
    if (on_feature)
        values[8] = EPO_STRING(o->feature);
    struct epo_rows *rows = epo_db_query(db, on_feature ? &ON_FEATURE : &AROUND,
                                         (struct epo_bind){values, on_feature ? 9 : 12});
    while (ok && c->count < 2 * EPO_CAPACITY_ROWS_MAX && epo_rows_next(rows)) {
        bool meet = true;
        if (!on_feature)
            ok = epo_footprints_meet(at->wkb, epo_rows_text(rows, 3), o->apart_m, &meet, error);
        if (ok && meet)
            count_in(c, epo_rows_real(rows, 0), epo_rows_integer(rows, 1),
                     epo_rows_integer(rows, 2));
    }
    if (c->count >= 2 * EPO_CAPACITY_ROWS_MAX)
        count_in(c, c->of->most, c->from_day, c->to_day);
    return epo_rows_end(rows, ok ? error : NULL) && ok;
}

static int by_day(const void *one, const void *two) {
    const struct event *a = one, *b = two;
    return a->day < b->day ? -1 : a->day > b->day;
}

/* Days on which there is too little left, run by run. */
struct runs {
    const struct counting *counting;
    size_t next;
    double used;
    bool ended;
};
struct run {
    int64_t from_day, to_day;
    double used; /* by others, on the worst day */
};

static bool next_run(struct runs *runs, struct run *run) {
    const struct counting *c = runs->counting;
    double spare = c->of->most - c->of->units + ROUNDING;
    int64_t day = runs->next > 0 ? c->events[runs->next - 1].day : c->from_day;
    bool open = false;
    while (!runs->ended) {
        for (; runs->next < c->count && c->events[runs->next].day <= day; runs->next++)
            runs->used += c->events[runs->next].change;
        bool over = runs->used > spare;
        if (over && !open)
            *run = (struct run){day, c->to_day, 0};
        if (open && !over) {
            run->to_day = day - 1;
            return true;
        }
        open = over;
        if (open)
            run->used = fmax(run->used, runs->used);
        runs->ended = runs->next == c->count;
        if (!runs->ended)
            day = c->events[runs->next].day;
    }
    return open;
}

static bool count(struct epo_portal *portal, struct epo_db *db, struct counting *c,
                  const struct epo_occupant *list, bool moving, int64_t own,
                  struct epo_error *error) {
    if (!count_list(c, list, moving, error) || !count_rows(portal, db, c, own, error))
        return false;
    if (c->count > 0)
        qsort(c->events, c->count, sizeof *c->events, by_day);
    return true;
}

bool epo_capacity_ask(struct epo_portal *portal, struct epo_db *db, const struct epo_occupant *list,
                      const struct epo_occupant *occupant, int64_t own, struct epo_taken *taken,
                      struct epo_error *error) {
    struct counting c = {
        .of = occupant, .from_day = occupant->from_day, .to_day = occupant->to_day};
    bool ok = count(portal, db, &c, list, false, own, error);
    struct runs runs = {.counting = &c};
    struct run run;
    *taken = (struct epo_taken){.any = false};
    while (ok && next_run(&runs, &run)) {
        taken->from_day = taken->any ? taken->from_day : run.from_day;
        taken->to_day = run.to_day < occupant->to_day ? run.to_day : occupant->to_day;
        taken->units = fmax(taken->units, run.used);
        taken->any = true;
    }
    free(c.events);
    return ok;
}

bool epo_capacity_later(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_occupant *list, const struct epo_occupant *occupant,
                        int64_t *from_day, struct epo_error *error) {
    int64_t day = occupant->from_day, length = occupant->to_day - occupant->from_day;
    int64_t last = day + EPO_OCCUPANCY_LATER_DAYS;
    struct counting c = {.of = occupant, .from_day = day, .to_day = last + length};
    bool ok = count(portal, db, &c, list, true, 0, error);
    struct runs runs = {.counting = &c};
    struct run run;
    while (ok && next_run(&runs, &run) && run.from_day <= day + length)
        day = run.to_day + 1;
    free(c.events);
    *from_day = day <= last ? day : 0;
    return ok;
}
