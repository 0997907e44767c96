#include "portal/located.h"

#include "base/limits.h"

/* ---- of checked answers ---- */

static struct epo_span district_of(const struct epo_json *facts) {
    return epo_json_get_text(epo_json_get(facts, "district"), "code");
}

static struct epo_located *append(struct epo_pool *pool, struct epo_located ***last,
                                  const struct epo_form_place *place) {
    struct epo_located *one = EPO_NEW(pool, struct epo_located);
    *one = (struct epo_located){.field = place->field, .parts = 1, .place = place->place};
    **last = one;
    *last = &one->next;
    return one;
}

/* The places of one field, which follow each other. */
static void add_field(struct epo_pool *pool, struct epo_located ***last,
                      const struct epo_form_place *const *places, size_t count,
                      const struct epo_json *facts) {
    struct epo_located *whole = append(pool, last, places[0]);
    const struct epo_json *each = epo_json_get(facts, "features");
    whole->district = district_of(facts);
    if (count == 1)
        return;
    const struct epo_place **all = EPO_NEW_ARRAY(pool, const struct epo_place *, count);
    for (size_t i = 0; i < count; i++) {
        struct epo_located *one = append(pool, last, places[i]);
        one->part = (int64_t)i + 1;
        one->district = district_of(each != NULL && i < each->count ? each->items[i] : NULL);
        all[i] = &places[i]->place;
    }
    epo_place_join(pool, all, count, &whole->place);
    whole->parts = (int64_t)count;
}

struct epo_located *epo_located_of(struct epo_pool *pool, const struct epo_form *form,
                                   const struct epo_form_result *result) {
    struct epo_located *list = NULL, **last = &list;
    const struct epo_form_place *run[EPO_PLACES_MAX];
    const char *routing = epo_form_place_field(form);
    for (const struct epo_form_place *place = result->places; place != NULL;) {
        const char *field = place->field;
        size_t count = 0;
        for (; place != NULL && strcmp(place->field, field) == 0; place = place->next)
            if (place->place.kind != 0 && count < EPO_PLACES_MAX)
                run[count++] = place;
        if (count == 0)
            continue;
        struct epo_located **whole = last;
        add_field(pool, &last, run, count, epo_json_get(result->facts, field));
        (*whole)->routes = routing != NULL && strcmp(field, routing) == 0;
    }
    return list;
}

/* ---- the store ---- */

static const struct epo_statement INSERT = {
    "location.insert_more",
    "INSERT INTO locations (tenant, number, field, part, parts, routes, kind, geometry, anchor_x,\n"
    "    anchor_y, area_m2, length_m, district, map_version)\n"
    "VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, $12, $13)",
    NULL,
};
static const struct epo_statement READ = {
    "location.read",
    "SELECT field, part, parts, routes, kind, geometry, anchor_x, anchor_y, district\n"
    "FROM locations WHERE tenant = $1 AND number = $2 ORDER BY field, part",
    NULL,
};
static const struct epo_statement MORE = {
    "location.more",
    "SELECT number, field, anchor_x, anchor_y FROM locations\n"
    "WHERE tenant = $1 AND number BETWEEN $2 AND $3 AND routes = 0 AND parts = 1\n"
    "ORDER BY number LIMIT $4",
    NULL,
};

bool epo_located_put(struct epo_portal *portal, struct epo_db *db, int64_t number,
                     const struct epo_located *list, struct epo_span map_version,
                     struct epo_error *error) {
    bool ok = true;
    for (const struct epo_located *one = list; one != NULL && ok; one = one->next) {
        const struct epo_place *place = &one->place;
        if (!one->routes)
            ok = epo_db_run(
                db, &INSERT,
                EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number), EPO_STRING(one->field),
                         EPO_INTEGER(one->part), EPO_INTEGER(one->parts), EPO_INTEGER(place->kind),
                         EPO_BLOB(place->wkb_metres), EPO_REAL(place->anchor_metres.x),
                         EPO_REAL(place->anchor_metres.y), EPO_REAL(place->area_m2),
                         EPO_REAL(place->length_m), EPO_TEXT(one->district), EPO_TEXT(map_version)),
                NULL, error);
    }
    return ok;
}

bool epo_located_read(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      int64_t number, struct epo_located **list, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &READ, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number)));
    *list = NULL;
    while (epo_rows_next(rows)) {
        struct epo_located *one = *list = EPO_NEW(pool, struct epo_located);
        one->field = epo_pool_string(pool, epo_rows_text(rows, 0));
        one->part = epo_rows_integer(rows, 1);
        one->parts = epo_rows_integer(rows, 2);
        one->routes = epo_rows_integer(rows, 3) != 0;
        one->place.kind = (enum epo_place_kind)epo_rows_integer(rows, 4);
        one->place.wkb_metres = epo_pool_copy(pool, epo_rows_text(rows, 5));
        one->place.anchor_metres =
            (struct epo_point){epo_rows_real(rows, 6), epo_rows_real(rows, 7)};
        one->district = epo_pool_copy(pool, epo_rows_text(rows, 8));
        list = &one->next;
    }
    return epo_rows_end(rows, error);
}

bool epo_located_more(struct epo_portal *portal, struct epo_db *db, int64_t first, int64_t last,
                      void (*each)(int64_t number, struct epo_span field, struct epo_point lon_lat,
                                   void *arg),
                      void *arg, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &MORE,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(first), EPO_INTEGER(last),
                              EPO_INTEGER(EPO_LOCATED_MORE_MAX)));
    while (epo_rows_next(rows)) {
        struct epo_point metres = {epo_rows_real(rows, 2), epo_rows_real(rows, 3)}, lon_lat;
        if (epo_transform_to_4326(metres, &lon_lat, NULL))
            each(epo_rows_integer(rows, 0), epo_rows_text(rows, 1), lon_lat, arg);
    }
    return epo_rows_end(rows, error);
}
