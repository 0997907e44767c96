#include "maps/met.h"

#include "base/token.h"
#include "maps/mapbase.h"
#include "maps/reader.h"

/* The columns are what the hash is made of; the last is the geometry. */
static const struct epo_statement BY_CODE[] = {
    [EPO_SHAPE_AREA] = {"met.area",
                        "SELECT code, name, kind, belongs, measure, properties, geometry"
                        " FROM area WHERE layer = $1 AND code = $2 ORDER BY id",
                        NULL},
    [EPO_SHAPE_LINE] = {"met.line",
                        "SELECT code, name, kind, belongs, measure, properties, geometry"
                        " FROM line WHERE layer = $1 AND code = $2 ORDER BY id",
                        NULL},
    [EPO_SHAPE_POINT] = {"met.point",
                         "SELECT code, name, kind, belongs, measure, properties, geometry"
                         " FROM point WHERE layer = $1 AND code = $2 ORDER BY id",
                         NULL},
};
static const struct epo_statement ADDRESS = {
    "met.address",
    "SELECT code, street, conscription, evidence, orientation, letter, part, postcode, city,"
    " district, geometry FROM address WHERE code = $1",
    NULL};

struct meeting {
    const struct epo_snapshot *snapshot;
    struct epo_pool *pool;
    struct epo_db *db;
    struct epo_json *list;
    struct epo_error *error;
};

/* Every column with its length before it, so that no two features read alike. */
static bool hash_rows(struct meeting *m, struct epo_rows *rows, struct epo_span *hash) {
    uint8_t digest[EPO_SHA256_SIZE];
    char hex[EPO_SHA256_HEX_SIZE];
    struct epo_digest *sum = epo_digest_create();
    bool any = false;
    while (epo_rows_next(rows)) {
        any = true;
        for (int i = 0; i < epo_rows_columns(rows); i++) {
            struct epo_span text = epo_rows_text(rows, i);
            epo_digest_add(sum, epo_span(epo_pool_printf(m->pool, "%zu ", text.len)));
            epo_digest_add(sum, text);
        }
    }
    epo_digest_end(sum, digest);
    epo_digest_free(sum);
    epo_hex(digest, sizeof digest, hex);
    *hash = any ? epo_pool_copy(m->pool, (struct epo_span){hex, 16}) : EPO_SPAN("");
    return epo_rows_end(rows, m->error);
}

static struct epo_json *title_of(struct epo_pool *pool, const char *cs, const char *en) {
    struct epo_json *title = epo_json_object(pool);
    epo_json_set_string(pool, title, "cs", cs);
    epo_json_set_string(pool, title, "en", en);
    return title;
}

static bool is_listed(const struct epo_json *list, struct epo_span layer, struct epo_span id) {
    for (uint32_t i = 0; i < list->count; i++)
        if (epo_span_equal(epo_json_get_text(list->items[i], "id"), id) &&
            epo_span_equal(epo_json_get_text(list->items[i], "layer"), layer))
            return true;
    return false;
}

static void push(struct meeting *m, struct epo_span layer, struct epo_json *title,
                 struct epo_span id, struct epo_span name, struct epo_span hash) {
    struct epo_json *one = epo_json_object(m->pool);
    struct epo_span version =
        hash.len > 0 ? epo_json_get_text(m->snapshot->versions, epo_pool_string(m->pool, layer))
                     : EPO_SPAN("");
    epo_json_set_text(m->pool, one, "layer", layer);
    epo_json_set(m->pool, one, "title", title);
    epo_json_set_text(m->pool, one, "id", id);
    epo_json_set_text(m->pool, one, "name", name);
    epo_json_set_text(m->pool, one, "layerVersion", version);
    epo_json_set_text(m->pool, one, "hash", hash);
    epo_json_push(m->pool, m->list, one);
}

/* layer may be NULL: one that this map does not have (any more), then called `name_of_layer`. */
static bool meet(struct meeting *m, const struct epo_layer *layer, struct epo_span name_of_layer,
                 const struct epo_json *fact) {
    struct epo_span id = epo_json_get_text(fact, "id"), hash = {"", 0};
    struct epo_span name = epo_json_get_text(fact, "name");
    struct epo_span called = layer != NULL ? epo_span(layer->name) : name_of_layer;
    if (id.len == 0)
        id = epo_json_get_text(fact, "code");
    if (name.len == 0)
        name = epo_json_get_text(fact, "number");
    if (id.len == 0 || is_listed(m->list, called, id))
        return true;
    if (layer != NULL && !hash_rows(m,
                                    epo_db_query(m->db, &BY_CODE[layer->shape],
                                                 EPO_BIND(EPO_INTEGER(layer->id), EPO_TEXT(id))),
                                    &hash))
        return false;
    const char *plain = epo_pool_string(m->pool, called);
    push(m, called,
         layer != NULL ? title_of(m->pool, layer->title_cs, layer->title_en)
                       : title_of(m->pool, plain, plain),
         id, name, hash);
    return true;
}

static bool meet_each(struct meeting *m, const struct epo_layer *layer, struct epo_span name,
                      const struct epo_json *facts) {
    if (facts == NULL || facts->type == EPO_JSON_NULL)
        return true;
    if (facts->type != EPO_JSON_ARRAY)
        return meet(m, layer, name, facts);
    for (uint32_t i = 0; i < facts->count; i++)
        if (!meet(m, layer, name, facts->items[i]))
            return false;
    return true;
}

static bool meet_address(struct meeting *m, const struct epo_json *fact) {
    struct epo_span id = epo_json_get_text(fact, "id"), hash, layer = EPO_SPAN("address");
    if (id.len == 0 || is_listed(m->list, layer, id))
        return true;
    if (!hash_rows(m, epo_db_query(m->db, &ADDRESS, EPO_BIND(EPO_TEXT(id))), &hash))
        return false;
    push(m, layer, title_of(m->pool, "Adresa", "Address"), id, epo_json_get_text(fact, "text"),
         hash);
    return true;
}

/* What the facts tell of, by the layer's role (locate.c, locate_parts.c). */
static const struct {
    enum epo_layer_role role;
    const char *one, *several;
} TOLD[] = {
    {EPO_ROLE_DISTRICT, "district", "districts"},
    {EPO_ROLE_CADASTRAL_AREA, "cadastral_area", "cadastral_areas"},
    {EPO_ROLE_PARCEL, "parcel", "parcels"},
    {EPO_ROLE_PUBLIC_SPACE, "public_space", "public_spaces"},
};

static bool meet_all(struct meeting *m, const struct epo_json *facts) {
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof TOLD / sizeof *TOLD; i++) {
        const struct epo_layer *layer = m->snapshot->by_role[TOLD[i].role];
        struct epo_span name = epo_span(TOLD[i].one);
        ok = meet_each(m, layer, name, epo_json_get(facts, TOLD[i].one)) &&
             meet_each(m, layer, name, epo_json_get(facts, TOLD[i].several));
    }
    ok = ok && meet_address(m, epo_json_get(facts, "address"));
    const struct epo_json *layers = epo_json_get(facts, "layers");
    for (uint32_t i = 0; ok && layers != NULL && i < layers->count; i++)
        ok = meet_each(m, epo_snapshot_layer(m->snapshot, layers->names[i]), layers->names[i],
                       layers->items[i]);
    return ok;
}

bool epo_met_list(struct epo_maps *maps, struct epo_pool *pool, const struct epo_json *facts,
                  struct epo_json *list, struct epo_span *version, struct epo_error *error) {
    unsigned slot;
    struct meeting m = {epo_maps_hold(maps, &slot), pool, NULL, list, error};
    *version = epo_pool_copy(pool, epo_span(m.snapshot->version));
    m.db = epo_reader_take(m.snapshot->reader, error);
    bool ok = m.db != NULL && meet_all(&m, facts);
    if (m.db != NULL)
        epo_reader_give(m.snapshot->reader, m.db);
    epo_maps_drop(maps, slot);
    return ok;
}

struct epo_json *epo_met_layers(struct epo_maps *maps, struct epo_pool *pool,
                                struct epo_span *version) {
    unsigned slot;
    const struct epo_snapshot *snapshot = epo_maps_hold(maps, &slot);
    struct epo_json *versions = epo_json_copy(pool, snapshot->versions);
    *version = epo_pool_copy(pool, epo_span(snapshot->version));
    epo_maps_drop(maps, slot);
    return versions;
}
