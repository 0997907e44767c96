#include "portal/published.h"

static const struct epo_statement PUT = {
    "published.put",
    "INSERT INTO published (tenant, number, agenda, layer, first_day, last_day, west, south, "
    "east,\n"
    "    north, geometry, words_cs, words_en, place)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)\n"
    "ON CONFLICT (tenant, number) DO UPDATE SET agenda = excluded.agenda,\n"
    "    layer = excluded.layer, first_day = excluded.first_day, last_day = excluded.last_day,\n"
    "    west = excluded.west, south = excluded.south, east = excluded.east,\n"
    "    north = excluded.north, geometry = excluded.geometry, words_cs = excluded.words_cs,\n"
    "    words_en = excluded.words_en, place = excluded.place",
    NULL,
};
static const struct epo_statement REMOVE = {
    "published.remove", "DELETE FROM published WHERE tenant = $1 AND number = $2", NULL};
static const struct epo_statement FORGET = {
    "published.forget", "DELETE FROM published WHERE tenant = $1 AND agenda = $2", NULL};

/* $1 tenant, $2 layer, $3 today, $4-$7 west south east north */
#define IN_FORCE                                                                                   \
    "FROM published\n"                                                                             \
    "WHERE tenant = $1 AND layer = $2 AND last_day >= $3 AND first_day <= $3\n"                    \
    "    AND east >= $4 AND north >= $5 AND west <= $6 AND south <= $7\n"
static const struct epo_statement COUNT = {"published.count", "SELECT COUNT(*) " IN_FORCE, NULL};
static const struct epo_statement LIST = {
    "published.list",
    "SELECT geometry, CASE WHEN $9 = 'en' THEN words_en ELSE words_cs END\n" IN_FORCE
    "ORDER BY number DESC LIMIT $8",
    NULL,
};
static const struct epo_statement VERSION = {
    "published.version", "SELECT version FROM published_version WHERE tenant = $1 AND layer = $2",
    NULL};
/* The box is looked at exactly, in any system, by whoever asks. */
static const struct epo_statement EACH = {
    "published.each",
    "SELECT p.number, CASE WHEN $6 = 'en' THEN p.words_en ELSE p.words_cs END, p.first_day,\n"
    "    p.last_day, CASE WHEN length(p.place) > 0 THEN p.place ELSE l.geometry END\n"
    "FROM published AS p\n"
    "LEFT JOIN locations AS l\n"
    "    ON l.tenant = p.tenant AND l.number = p.number AND l.routes = 1\n"
    "WHERE p.tenant = $1 AND p.layer = $2 AND p.last_day >= $3 AND p.first_day <= $3\n"
    "    AND p.last_day >= $4 AND p.first_day <= $5\n"
    "ORDER BY p.number LIMIT $7",
    NULL,
};
static const struct epo_statement PERMITS = {
    "published.permits",
    "SELECT p.number, CASE WHEN $6 = 'en' THEN p.words_en ELSE p.words_cs END, p.first_day,\n"
    "    p.last_day, p.geometry, COALESCE(l.district, '')\n"
    "FROM published AS p\n"
    "LEFT JOIN locations AS l\n"
    "    ON l.tenant = p.tenant AND l.number = p.number AND l.routes = 1\n"
    "WHERE p.tenant = $1 AND p.layer = 'permits' AND ($2 = '' OR p.agenda = $2)\n"
    "    AND ($3 = '' OR l.district = $3)\n"
    "    AND ($4 = '' OR (p.first_day <= $4 AND p.last_day >= $4)) AND p.first_day <= $5\n"
    "ORDER BY p.first_day DESC, p.number LIMIT $7",
    NULL,
};
static const struct epo_statement RULES = {
    "published.rules", "SELECT digest FROM published_rules WHERE tenant = $1 AND agenda = $2",
    NULL};
static const struct epo_statement SET_RULES = {
    "published.set_rules",
    "INSERT INTO published_rules (tenant, agenda, digest) VALUES ($1, $2, $3)\n"
    "ON CONFLICT (tenant, agenda) DO UPDATE SET digest = excluded.digest",
    NULL,
};
static const struct epo_statement CASES = {
    "published.cases",
    "SELECT c.number, c.form, c.state, s.answers\n"
    "FROM cases AS c\n"
    "JOIN submissions AS s ON s.tenant = c.tenant AND s.number = c.number\n"
    "WHERE c.tenant = $1 AND c.agenda = $2 AND c.number > $3\n"
    "    AND NOT EXISTS (SELECT 1 FROM merged AS m\n"
    "        WHERE m.tenant = c.tenant AND m.number = c.number)\n"
    "ORDER BY c.number LIMIT $4",
    NULL,
};
static const struct epo_statement STATE = {
    "published.state", "SELECT state FROM cases WHERE tenant = $1 AND number = $2", NULL};

bool epo_published_set(struct epo_portal *portal, struct epo_db *db, int64_t number,
                       const struct epo_publication *p, struct epo_error *error) {
    if (p == NULL)
        return epo_db_run(db, &REMOVE, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number)),
                          NULL, error);
    return epo_db_run(db, &PUT,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number),
                               EPO_STRING(p->agenda), EPO_STRING(p->layer), EPO_TEXT(p->first_day),
                               EPO_TEXT(p->last_day.len > 0 ? p->last_day : EPO_SPAN("9999")),
                               EPO_REAL(p->west), EPO_REAL(p->south), EPO_REAL(p->east),
                               EPO_REAL(p->north), EPO_TEXT(p->geometry), EPO_TEXT(p->words_cs),
                               EPO_TEXT(p->words_en), EPO_BLOB(p->wkb_metres)),
                      NULL, error);
}

static bool count_matching(struct epo_portal *portal, struct epo_db *db,
                           const struct epo_live_query *q, int64_t *count,
                           struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &COUNT,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(q->layer), EPO_TEXT(q->today),
                 EPO_REAL(q->west), EPO_REAL(q->south), EPO_REAL(q->east), EPO_REAL(q->north)));
    *count = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    return epo_rows_end(rows, error);
}

bool epo_published_show(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_live_query *q,
                        void (*show)(struct epo_span geometry, struct epo_span words, void *arg),
                        void *arg, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &LIST,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(q->layer), EPO_TEXT(q->today),
                              EPO_REAL(q->west), EPO_REAL(q->south), EPO_REAL(q->east),
                              EPO_REAL(q->north), EPO_INTEGER(q->limit), EPO_STRING(q->lang)));
    while (epo_rows_next(rows))
        show(epo_rows_text(rows, 0), epo_rows_text(rows, 1), arg);
    return epo_rows_end(rows, error);
}

struct writing {
    struct epo_buffer *out;
    int64_t returned;
};
static void write_one(struct epo_span geometry, struct epo_span words, void *arg) {
    struct writing *writing = arg;
    struct epo_buffer *out = writing->out;
    epo_buffer_string(out, writing->returned++ > 0 ? ",{\"type\":\"Feature\",\"geometry\":"
                                                   : "{\"type\":\"Feature\",\"geometry\":");
    epo_buffer_span(out, geometry);
    epo_buffer_string(out, ",\"properties\":");
    epo_buffer_span(out, words);
    epo_buffer_byte(out, '}');
}

bool epo_published_write(struct epo_portal *portal, struct epo_db *db,
                         const struct epo_live_query *q, struct epo_buffer *out,
                         struct epo_error *error) {
    struct writing writing = {out, 0};
    int64_t matched;
    if (!count_matching(portal, db, q, &matched, error))
        return false;
    epo_buffer_string(out, "{\"type\":\"FeatureCollection\",\"features\":[");
    if (!epo_published_show(portal, db, q, write_one, &writing, error))
        return false;
    epo_buffer_printf(out, "],\"numberMatched\":%lld,\"numberReturned\":%lld}", (long long)matched,
                      (long long)writing.returned);
    return true;
}

bool epo_published_version(struct epo_portal *portal, struct epo_db *db, struct epo_span layer,
                           int64_t *version, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &VERSION, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(layer)));
    *version = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    return epo_rows_end(rows, error);
}

bool epo_published_each(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_live_query *q, struct epo_span first, struct epo_span last,
                        bool (*visit)(const struct epo_published_row *row, void *arg), void *arg,
                        struct epo_error *error) {
    bool more = true;
    struct epo_rows *rows = epo_db_query(
        db, &EACH,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(q->layer), EPO_TEXT(q->today),
                 EPO_TEXT(first), EPO_TEXT(last), EPO_STRING(q->lang), EPO_INTEGER(q->limit)));
    while (more && epo_rows_next(rows)) {
        struct epo_published_row row = {.number = epo_rows_integer(rows, 0),
                                        .words = epo_rows_text(rows, 1),
                                        .first_day = epo_rows_text(rows, 2),
                                        .last_day = epo_rows_text(rows, 3),
                                        .wkb_metres = epo_rows_text(rows, 4)};
        more = visit(&row, arg);
    }
    return epo_rows_end(rows, error);
}

bool epo_published_permits(struct epo_portal *portal, struct epo_db *db,
                           const struct epo_permit_query *q,
                           bool (*visit)(const struct epo_permit_row *row, void *arg), void *arg,
                           struct epo_error *error) {
    bool more = true;
    struct epo_rows *rows =
        epo_db_query(db, &PERMITS,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(q->agenda),
                              EPO_TEXT(q->district), EPO_TEXT(q->day), EPO_TEXT(q->first_to),
                              EPO_STRING(q->lang), EPO_INTEGER(q->limit)));
    while (more && epo_rows_next(rows)) {
        struct epo_permit_row row = {.number = epo_rows_integer(rows, 0),
                                     .words = epo_rows_text(rows, 1),
                                     .first_day = epo_rows_text(rows, 2),
                                     .last_day = epo_rows_text(rows, 3),
                                     .geometry = epo_rows_text(rows, 4),
                                     .district = epo_rows_text(rows, 5)};
        more = visit(&row, arg);
    }
    return epo_rows_end(rows, error);
}

/* ---- making it again ---- */

bool epo_published_rules(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         const char *agenda, struct epo_span *digest, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &RULES, EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda)));
    *digest = epo_rows_next(rows) ? epo_pool_copy(pool, epo_rows_text(rows, 0)) : EPO_SPAN("");
    return epo_rows_end(rows, error);
}

bool epo_published_forget(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                          struct epo_error *error) {
    return epo_db_run(db, &FORGET, EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda)), NULL,
                      error) &&
           epo_published_done(portal, db, agenda, EPO_SPAN(""), error);
}

bool epo_published_done(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                        struct epo_span digest, struct epo_error *error) {
    return epo_db_run(db, &SET_RULES,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda), EPO_TEXT(digest)),
                      NULL, error);
}

bool epo_published_cases(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         const char *agenda, int64_t after, struct epo_stored_case *cases,
                         size_t room, size_t *count, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(db, &CASES,
                                         EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda),
                                                  EPO_INTEGER(after), EPO_INTEGER((int64_t)room)));
    for (*count = 0; *count < room && epo_rows_next(rows); (*count)++)
        cases[*count] =
            (struct epo_stored_case){.number = epo_rows_integer(rows, 0),
                                     .form = epo_pool_copy(pool, epo_rows_text(rows, 1)),
                                     .state = epo_pool_copy(pool, epo_rows_text(rows, 2)),
                                     .answers = epo_pool_copy(pool, epo_rows_text(rows, 3))};
    bool ok = epo_rows_end(rows, error);
    for (size_t i = 0; i < *count && ok; i++)
        ok = epo_located_read(portal, db, pool, cases[i].number, &cases[i].places, error);
    return ok;
}

bool epo_published_set_if(struct epo_portal *portal, struct epo_db *db,
                          const struct epo_stored_case *stored,
                          const struct epo_publication *publication, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &STATE, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(stored->number)));
    bool same = epo_rows_next(rows) && epo_span_equal(epo_rows_text(rows, 0), stored->state);
    if (!epo_rows_end(rows, error))
        return false;
    return !same || epo_published_set(portal, db, stored->number, publication, error);
}
