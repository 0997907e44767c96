#include "portal/evidence.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "maps/met.h"
#include "portal/audit.h"
#include "portal/receipt.h"

/* ---- the map in service ---- */

static const struct epo_statement NOTE_MAP = {
    "evidence.note_map",
    "INSERT INTO map_versions (tenant, version, layers, since_us)\n"
    "VALUES ($1, $2, $3, $4)\n"
    "ON CONFLICT (tenant, version) DO NOTHING",
    NULL,
};

struct noting {
    struct epo_portal *portal;
    struct epo_span version, layers;
};

static bool note(struct epo_db *db, void *arg, struct epo_error *error) {
    const struct noting *noting = arg;
    return epo_db_run(db, &NOTE_MAP,
                      EPO_BIND(EPO_STRING(noting->portal->tenant), EPO_TEXT(noting->version),
                               EPO_TEXT(noting->layers), EPO_INTEGER(epo_clock_now_us())),
                      NULL, error);
}

bool epo_evidence_note_map(struct epo_portal *portal, struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct noting noting = {.portal = portal};
    noting.layers = epo_json_print(pool, epo_met_layers(portal->maps, pool, &noting.version));
    bool ok = epo_store_write(portal->store, note, &noting, error);
    epo_pool_free(pool);
    return ok;
}

/* ---- the picture ---- */

struct marks {
    struct epo_pool *pool;
    const struct epo_json *list[EPO_PLACES_MAX];
    size_t count;
};

/* One place: a geometry, a Feature around one, or a FeatureCollection of several. */
static void add_marks(struct marks *marks, const struct epo_json *value) {
    const struct epo_json *features = epo_json_get(value, "features");
    struct epo_place place;
    if (features != NULL && features->type == EPO_JSON_ARRAY) {
        for (uint32_t i = 0; i < features->count; i++)
            if (epo_json_get(features->items[i], "features") == NULL)
                add_marks(marks, features->items[i]);
        return;
    }
    if (marks->count < EPO_PLACES_MAX && epo_place_read(marks->pool, value, &place, NULL))
        marks->list[marks->count++] = place.geojson;
}

bool epo_evidence_draw(struct epo_portal *portal, struct epo_pool *pool,
                       const struct epo_looks *looks, const struct epo_json *answers,
                       const struct epo_json *facts, struct epo_picture *picture,
                       struct epo_error *error) {
    struct marks marks = {.pool = pool};
    for (uint32_t i = 0; facts != NULL && i < facts->count; i++)
        add_marks(&marks, epo_json_get_span(answers, facts->names[i]));
    if (marks.count == 0)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "evidence.no_place",
                        "This submission has no place.");
    *picture = (struct epo_picture){
        .width = EPO_PICTURE_WIDTH,
        .height = EPO_PICTURE_HEIGHT,
        .style = "light",
        .marks = marks.list,
        .mark_count = marks.count,
        .frame = true,
        .north = epo_pool_string(pool, epo_catalog_text(portal->catalog, "cs", "picture.north")),
        .note = portal->demo ? epo_pool_string(pool, epo_catalog_text(portal->catalog, "cs",
                                                                      "frame.demo_tag_small"))
                             : NULL};
    return epo_picture_draw(portal->maps, looks, pool, picture, error);
}

/* ---- the record ---- */

static const struct epo_statement MISSING = {
    "evidence.missing",
    "SELECT l.number FROM locations AS l\n"
    "WHERE l.tenant = $1 AND l.number > $2 AND NOT EXISTS (\n"
    "    SELECT 1 FROM evidence AS e WHERE e.tenant = l.tenant AND e.number = l.number)\n"
    "ORDER BY l.number LIMIT 1",
    NULL,
};
static const struct epo_statement FILED = {
    "evidence.filed",
    "SELECT answers, facts FROM submissions WHERE tenant = $1 AND number = $2",
    NULL,
};
static const struct epo_statement KEEP = {
    "evidence.keep",
    "INSERT INTO evidence (tenant, number, made_at_us, map_version, features, picture,\n"
    "    picture_hash)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7)\n"
    "ON CONFLICT (tenant, number) DO NOTHING",
    NULL,
};

bool epo_evidence_missing(struct epo_portal *portal, struct epo_db *db, int64_t after,
                          int64_t *number, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &MISSING, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(after)));
    *number = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    return epo_rows_end(rows, error);
}

struct making {
    struct epo_portal *portal;
    int64_t number;
    struct epo_json *answers, *facts, *features;
    struct epo_picture picture;
    struct epo_span features_text;
    char hash[EPO_SHA256_HEX_SIZE];
};

static bool read_filed(struct making *making, struct epo_db *db, struct epo_pool *pool,
                       struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &FILED, EPO_BIND(EPO_STRING(making->portal->tenant), EPO_INTEGER(making->number)));
    if (epo_rows_next(rows)) {
        making->answers = epo_json_parse(pool, epo_rows_text(rows, 0), NULL);
        making->facts = epo_json_parse(pool, epo_rows_text(rows, 1), NULL);
    }
    return epo_rows_end(rows, error);
}

/* Of every place of every field; which field stands with each. */
static bool meet(struct making *making, struct epo_pool *pool, struct epo_span *version,
                 struct epo_error *error) {
    making->features = epo_json_array(pool);
    for (uint32_t i = 0; making->facts != NULL && i < making->facts->count; i++) {
        const struct epo_json *facts = making->facts->items[i];
        const struct epo_json *several = epo_json_get(facts, "features");
        uint32_t before = making->features->count, count = several != NULL ? several->count : 1;
        for (uint32_t k = 0; k < count; k++)
            if (!epo_met_list(making->portal->maps, pool,
                              several != NULL ? several->items[k] : facts, making->features,
                              version, error))
                return false;
        for (uint32_t k = before; k < making->features->count; k++)
            epo_json_set_text(pool, making->features->items[k], "field", making->facts->names[i]);
    }
    return true;
}

static bool keep(struct epo_db *db, void *arg, struct epo_error *error) {
    struct making *making = arg;
    char number[EPO_NUMBER_SIZE];
    int64_t added = 0, now_us = epo_clock_now_us();
    epo_number_write(making->number, number);
    struct epo_audit_entry entry = {.at_us = now_us,
                                    .actor = EPO_SPAN(""),
                                    .action = EPO_SPAN("evidence.made"),
                                    .object = epo_span(number),
                                    .detail = epo_span(making->hash)};
    return epo_db_run(db, &KEEP,
                      EPO_BIND(EPO_STRING(making->portal->tenant), EPO_INTEGER(making->number),
                               EPO_INTEGER(now_us), EPO_TEXT(making->picture.map_version),
                               EPO_TEXT(making->features_text), EPO_BLOB(making->picture.png),
                               EPO_STRING(making->hash)),
                      &added, error) &&
           (added == 0 || epo_audit_append(making->portal, db, &entry, error));
}

static bool make(struct making *making, struct epo_db *db, struct epo_pool *pool,
                 const struct epo_looks *looks, struct epo_error *error) {
    enum { TRIES = 3 }; /* a map may be put in place between picture and features */
    struct epo_span version = {"", 0};
    bool same = false;
    if (!read_filed(making, db, pool, error))
        return false;
    for (int i = 0; i < TRIES && !same; i++) {
        if (!epo_evidence_draw(making->portal, pool, looks, making->answers, making->facts,
                               &making->picture, error) ||
            !meet(making, pool, &version, error))
            return false;
        same = epo_span_equal(version, making->picture.map_version);
    }
    if (!same)
        return epo_fail(error, EPO_ERROR_BUSY, "evidence.map", "the map is being replaced");
    epo_sha256_hex(making->picture.png, making->hash);
    making->features_text = epo_json_print(pool, making->features);
    return epo_store_write(making->portal->store, keep, making, error);
}

bool epo_evidence_make(struct epo_portal *portal, struct epo_db *db, const struct epo_looks *looks,
                       int64_t number, struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct making making = {.portal = portal, .number = number};
    bool ok = make(&making, db, pool, looks, error);
    epo_pool_free(pool);
    return ok;
}

/* ---- reading ---- */

static const struct epo_statement READ = {
    "evidence.read",
    "SELECT l.map_version, v.since_us, e.made_at_us, e.map_version, e.features, e.picture,\n"
    "    e.picture_hash\n"
    "FROM locations AS l\n"
    "LEFT JOIN map_versions AS v ON v.tenant = l.tenant AND v.version = l.map_version\n"
    "LEFT JOIN evidence AS e ON e.tenant = l.tenant AND e.number = l.number\n"
    "WHERE l.tenant = $1 AND l.number = $2",
    NULL,
};

static void read_row(struct epo_pool *pool, struct epo_rows *rows, struct epo_evidence *evidence) {
    evidence->filed_version = epo_pool_copy(pool, epo_rows_text(rows, 0));
    evidence->map_since_us = epo_rows_integer(rows, 1);
    evidence->made_at_us = epo_rows_integer(rows, 2);
    evidence->made = evidence->made_at_us > 0;
    evidence->map_version = epo_pool_copy(pool, epo_rows_text(rows, 3));
    if (evidence->made)
        evidence->features = epo_json_parse(pool, epo_rows_text(rows, 4), NULL);
    evidence->picture = epo_pool_copy(pool, epo_rows_text(rows, 5));
    evidence->picture_hash = epo_pool_copy(pool, epo_rows_text(rows, 6));
}

bool epo_evidence_read(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       int64_t number, struct epo_evidence *evidence, struct epo_error *error) {
    char hash[EPO_SHA256_HEX_SIZE];
    *evidence = (struct epo_evidence){0};
    struct epo_rows *rows =
        epo_db_query(db, &READ, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number)));
    if (epo_rows_next(rows))
        read_row(pool, rows, evidence);
    if (!epo_rows_end(rows, error))
        return false;
    epo_sha256_hex(evidence->picture, hash);
    return !evidence->made || epo_span_is(evidence->picture_hash, hash) ||
           epo_fail(error, EPO_ERROR_BROKEN, "evidence.damaged",
                    "the picture of submission %lld is not the one that was recorded",
                    (long long)number);
}
