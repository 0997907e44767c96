#include "portal/nearby.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "portal/desk_parts.h"

enum { LOOKED_AT_MAX = 500 };
/* Not smaller than a metre is anywhere in the country. */
static const double LAT_DEGREES = 1.0 / 110000, LON_DEGREES = 1.0 / 69000;

static const struct epo_statement NEAR = {
    "nearby.list",
    "SELECT p.number, CASE WHEN $8 = 'en' THEN p.words_en ELSE p.words_cs END, c.state,\n"
    "    c.received_at_us, p.west, p.south, p.east, p.north\n"
    "FROM published AS p\n"
    "JOIN cases AS c ON c.tenant = p.tenant AND c.number = p.number\n"
    "WHERE p.tenant = $1 AND p.agenda = $2 AND p.number >= $3 AND p.layer = 'requests'\n"
    "    AND p.east >= $4 AND p.north >= $5 AND p.west <= $6 AND p.south <= $7\n"
    "ORDER BY p.number DESC LIMIT $9",
    NULL,
};

struct found {
    int64_t metres;
    struct epo_json *row;
};

static int nearest_first(const void *a, const void *b) {
    const struct found *one = a, *other = b;
    return (one->metres > other->metres) - (one->metres < other->metres);
}

static double between(double value, double low, double high) {
    return value < low ? low : value > high ? high : value;
}

/* Metres to the nearest point of its box; false outside the metric system. */
static bool measure(struct epo_rows *rows, struct epo_point at, int64_t *metres) {
    struct epo_point edge = {between(at.x, epo_rows_real(rows, 4), epo_rows_real(rows, 6)),
                             between(at.y, epo_rows_real(rows, 5), epo_rows_real(rows, 7))};
    struct epo_point here, there;
    if (!epo_transform_to_metres(at, &here, NULL) || !epo_transform_to_metres(edge, &there, NULL))
        return false;
    *metres = llround(hypot(here.x - there.x, here.y - there.y));
    return true;
}

static struct epo_json *read_row(struct epo_portal *portal, struct epo_pool *pool,
                                 struct epo_rows *rows, int64_t metres) {
    char token[EPO_TOKEN_SIZE], number[EPO_NUMBER_SIZE], day[EPO_TIME_SIZE];
    struct epo_error ignored = {0};
    struct epo_json *row = epo_json_object(pool);
    struct epo_json *words =
        epo_json_parse(pool, epo_pool_copy(pool, epo_rows_text(rows, 1)), &ignored);
    struct epo_json *at = epo_json_set(pool, row, "at", epo_json_array(pool));
    epo_number_write(epo_rows_integer(rows, 0), number);
    epo_portal_seal(portal, "nearby", epo_span(number), token);
    epo_json_set_text(pool, row, "title", epo_json_get_text(words, "title"));
    epo_json_set_text(pool, row, "text", epo_json_get_text(words, "text"));
    epo_json_set_text(pool, row, "state", epo_rows_text(rows, 2));
    epo_json_set_integer(pool, row, "metres", metres);
    epo_json_set_string(pool, row, "received",
                        epo_date_iso(epo_date_of_us(epo_rows_integer(rows, 3)), day));
    epo_json_push(pool, at,
                  epo_json_real(pool, (epo_rows_real(rows, 4) + epo_rows_real(rows, 6)) / 2));
    epo_json_push(pool, at,
                  epo_json_real(pool, (epo_rows_real(rows, 5) + epo_rows_real(rows, 7)) / 2));
    epo_json_set_string(pool, row, "token", token);
    return row;
}

bool epo_nearby_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     const struct epo_nearby *nearby, struct epo_json **list,
                     struct epo_error *error) {
    const int64_t day_us = INT64_C(86400000000);
    double east = (double)nearby->metres * LON_DEGREES,
           north = (double)nearby->metres * LAT_DEGREES;
    struct found *found = EPO_NEW_ARRAY(pool, struct found, LOOKED_AT_MAX);
    size_t count = 0;
    int64_t first = 0, metres;
    struct epo_json *rows_out = *list = epo_json_array(pool);
    if (nearby->one.len == 0 &&
        !epo_desk_first_since(portal, db, epo_clock_now_us() - nearby->days * day_us, &first,
                              error))
        return false;
    struct epo_rows *rows = epo_db_query(
        db, &NEAR,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(nearby->agenda), EPO_INTEGER(first),
                 EPO_REAL(nearby->at.x - east), EPO_REAL(nearby->at.y - north),
                 EPO_REAL(nearby->at.x + east), EPO_REAL(nearby->at.y + north),
                 EPO_STRING(nearby->lang), EPO_INTEGER(LOOKED_AT_MAX)));
    while (epo_rows_next(rows)) {
        if (!measure(rows, nearby->at, &metres) || metres > nearby->metres)
            continue;
        struct epo_json *row = read_row(portal, pool, rows, metres);
        if (nearby->one.len == 0 || epo_token_equal(nearby->one, epo_json_get_text(row, "token")))
            found[count++] = (struct found){metres, row};
    }
    if (!epo_rows_end(rows, error))
        return false;
    qsort(found, count, sizeof *found, nearest_first);
    for (size_t i = 0; i < count && i < EPO_NEARBY_SHOWN; i++)
        epo_json_push(pool, rows_out, found[i].row);
    return true;
}
