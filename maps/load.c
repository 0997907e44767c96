/* map.db into packed arrays. */
#include "maps/load.h"

#include <malloc.h>
#include <math.h>
#include <stdlib.h>

#include "maps/metric.h"
#include "maps/packed.h"
#include "maps/reader.h"
#include "maps/route.h"

static const struct epo_statement META = {"map.meta", "SELECT key, value FROM meta", NULL};
static const struct epo_statement LAYERS = {
    "map.layers",
    "SELECT id, name, title_cs, title_en, shape, role, visible, public_fields"
    " FROM layer ORDER BY id",
    NULL};
static const struct epo_statement FEATURES[] = {
    [EPO_SHAPE_AREA] = {"map.areas",
                        "SELECT code, name, kind, belongs, measure, AsBinary(geometry), properties"
                        " FROM area WHERE layer = $1 AND geometry IS NOT NULL ORDER BY id",
                        NULL},
    [EPO_SHAPE_LINE] = {"map.lines",
                        "SELECT code, name, kind, belongs, measure, AsBinary(geometry), properties"
                        " FROM line WHERE layer = $1 AND geometry IS NOT NULL ORDER BY id",
                        NULL},
    [EPO_SHAPE_POINT] = {"map.points",
                         "SELECT code, name, kind, belongs, measure, AsBinary(geometry), properties"
                         " FROM point WHERE layer = $1 AND geometry IS NOT NULL ORDER BY id",
                         NULL},
};
static const struct epo_statement COUNTS[] = {
    [EPO_SHAPE_AREA] = {"map.count_areas", "SELECT count(*) FROM area WHERE layer = $1", NULL},
    [EPO_SHAPE_LINE] = {"map.count_lines", "SELECT count(*) FROM line WHERE layer = $1", NULL},
    [EPO_SHAPE_POINT] = {"map.count_points", "SELECT count(*) FROM point WHERE layer = $1", NULL},
};
static const struct epo_statement SOMEWHERE = {
    "map.somewhere",
    "SELECT * FROM (SELECT xmin, ymin FROM idx_area_geometry LIMIT 1)"
    " UNION ALL SELECT * FROM (SELECT xmin, ymin FROM idx_line_geometry LIMIT 1)"
    " UNION ALL SELECT * FROM (SELECT xmin, ymin FROM idx_point_geometry LIMIT 1)"
    " UNION ALL SELECT * FROM (SELECT xmin, ymin FROM idx_address_geometry LIMIT 1)"
    " LIMIT 1",
    NULL};
static const struct {
    const char *word;
    enum epo_layer_role role;
} ROLES[] = {
    {"fact", EPO_ROLE_FACT},         {"city", EPO_ROLE_CITY},
    {"district", EPO_ROLE_DISTRICT}, {"cadastral_area", EPO_ROLE_CADASTRAL_AREA},
    {"parcel", EPO_ROLE_PARCEL},     {"public_space", EPO_ROLE_PUBLIC_SPACE},
    {"street", EPO_ROLE_STREET},     {"picture", EPO_ROLE_PICTURE},
};

bool epo_layer_role_read(struct epo_span word, enum epo_layer_role *role) {
    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++)
        if (epo_span_is(word, ROLES[i].word)) {
            *role = ROLES[i].role;
            return true;
        }
    return false;
}

const char *epo_layer_role_word(enum epo_layer_role role) {
    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++)
        if (ROLES[i].role == role)
            return ROLES[i].word;
    return "fact";
}

static bool load_meta(struct epo_snapshot *s, struct epo_db *db, struct epo_error *error) {
    int64_t schema = 1; /* before the number was kept */
    const char *crs = "";
    struct epo_span prefix = EPO_SPAN("content.");
    s->versions = epo_json_object(s->pool);
    struct epo_rows *rows = epo_db_query(db, &META, EPO_BIND_NONE);
    while (epo_rows_next(rows)) {
        struct epo_span key = epo_rows_text(rows, 0);
        if (epo_span_is(key, "content"))
            snprintf(s->version, sizeof s->version, "%.16s",
                     epo_pool_string(s->pool, epo_rows_text(rows, 1)));
        else if (epo_span_starts(key, prefix))
            epo_json_set_text(s->pool, s->versions,
                              epo_pool_string(s->pool, (struct epo_span){key.at + prefix.len,
                                                                         key.len - prefix.len}),
                              epo_rows_text(rows, 1));
        else if (epo_span_is(key, "city"))
            s->city_name = epo_pool_string(s->pool, epo_rows_text(rows, 1));
        else if (epo_span_is(key, "crs"))
            crs = epo_pool_string(s->pool, epo_rows_text(rows, 1));
        else if (epo_span_is(key, "demo"))
            s->demo = epo_span_is(epo_rows_text(rows, 1), "1");
        else if (epo_span_is(key, "schema") && !epo_span_integer(epo_rows_text(rows, 1), &schema))
            schema = 0;
    }
    if (!epo_rows_end(rows, error))
        return false;
    if (schema > EPO_MAP_SCHEMA)
        return epo_fail(error, EPO_ERROR_BROKEN, "map.newer",
                        "map.db was made by a newer program: use that, or import again");
    if (schema != EPO_MAP_SCHEMA)
        return epo_fail(
            error, EPO_ERROR_BROKEN, "map.older",
            "map.db was made by an older program: start the portal again, it upgrades it");
    return epo_map_system_agrees(epo_span(crs), error);
}

static enum epo_layer_shape shape_of(struct epo_span word) {
    return epo_span_is(word, "point")  ? EPO_SHAPE_POINT
           : epo_span_is(word, "line") ? EPO_SHAPE_LINE
                                       : EPO_SHAPE_AREA;
}

static bool load_layer_list(struct epo_snapshot *s, struct epo_db *db, struct epo_error *error) {
    enum { ROOM = 256 };
    s->layers = EPO_NEW_ARRAY(s->pool, struct epo_layer, ROOM);
    struct epo_rows *rows = epo_db_query(db, &LAYERS, EPO_BIND_NONE);
    while (epo_rows_next(rows) && s->layer_count < ROOM) {
        struct epo_layer *layer = &s->layers[s->layer_count];
        if (!epo_layer_role_read(epo_rows_text(rows, 5), &layer->role))
            layer->role = EPO_ROLE_FACT;
        layer->id = epo_rows_integer(rows, 0);
        layer->name = epo_pool_string(s->pool, epo_rows_text(rows, 1));
        layer->title_cs = epo_pool_string(s->pool, epo_rows_text(rows, 2));
        layer->title_en = epo_pool_string(s->pool, epo_rows_text(rows, 3));
        layer->shape = shape_of(epo_rows_text(rows, 4));
        layer->is_public = epo_span_is(epo_rows_text(rows, 6), "public");
        layer->public_fields = epo_pool_string(s->pool, epo_rows_text(rows, 7));
        s->layer_count++;
    }
    return epo_rows_end(rows, error);
}

static void *kept(struct epo_pool *pool, void *from, size_t count, size_t size) {
    void *to = epo_pool_alloc(pool, count * size + size);
    if (count > 0)
        memcpy(to, from, count * size);
    free(from);
    return to;
}

struct reading { /* one layer, growing */
    struct epo_packing packing;
    struct epo_feature *features;
    struct epo_box *boxes;
    size_t count, feature_room, box_room;
};

static void read_feature(struct reading *r, struct epo_texts *texts, struct epo_rows *rows) {
    uint32_t first_ring = (uint32_t)r->packing.ring_count;
    if (!epo_wkb_pack(epo_rows_text(rows, 5), &r->packing)) /* not of this layer's shape */
        return;
    r->features = epo_grown(r->features, r->count, &r->feature_room, sizeof *r->features);
    r->boxes = epo_grown(r->boxes, r->count, &r->box_room, sizeof *r->boxes);
    r->boxes[r->count] = r->packing.box;
    r->features[r->count++] =
        (struct epo_feature){.code = epo_texts_add(texts, epo_rows_text(rows, 0)),
                             .name = epo_texts_share(texts, epo_rows_text(rows, 1)),
                             .kind = epo_texts_share(texts, epo_rows_text(rows, 2)),
                             .belongs = epo_texts_share(texts, epo_rows_text(rows, 3)),
                             .properties = epo_texts_share(texts, epo_rows_text(rows, 6)),
                             .measure = epo_rows_real(rows, 4),
                             .first_ring = first_ring};
}

static bool load_features(struct epo_snapshot *s, struct epo_layer *layer, struct epo_texts *texts,
                          struct epo_db *db, struct epo_error *error) {
    struct reading r = {.count = 0};
    struct epo_rows *rows =
        epo_db_query(db, &FEATURES[layer->shape], EPO_BIND(EPO_INTEGER(layer->id)));
    while (epo_rows_next(rows))
        read_feature(&r, texts, rows);
    struct epo_packing *p = &r.packing;
    layer->count = r.count;
    layer->features = kept(s->pool, r.features, r.count, sizeof *r.features);
    layer->features[r.count].first_ring = (uint32_t)p->ring_count;
    layer->rings = kept(s->pool, p->rings, p->ring_count, sizeof *p->rings);
    layer->rings[p->ring_count] = (uint32_t)p->vertex_count;
    layer->vertices = kept(s->pool, p->vertices, p->vertex_count, sizeof *p->vertices);
    epo_index_build(&layer->index, s->pool, r.boxes, r.count);
    free(r.boxes);
    return epo_rows_end(rows, error);
}

static bool count_features(struct epo_layer *layer, struct epo_db *db, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &COUNTS[layer->shape], EPO_BIND(EPO_INTEGER(layer->id)));
    if (epo_rows_next(rows))
        layer->count = (size_t)epo_rows_integer(rows, 0);
    return epo_rows_end(rows, error);
}

/* Where the map lies: any one of its places says it well enough. */
static bool find_centre(struct epo_db *db, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(db, &SOMEWHERE, EPO_BIND_NONE);
    if (epo_rows_next(rows))
        epo_metric_centre((struct epo_point){epo_rows_real(rows, 0), epo_rows_real(rows, 1)});
    return epo_rows_end(rows, error);
}

static bool load_all(struct epo_snapshot *s, struct epo_texts *texts, struct epo_db *db,
                     struct epo_error *error) {
    if (!load_meta(s, db, error) || !load_layer_list(s, db, error) || !find_centre(db, error))
        return false;
    for (size_t i = 0; i < s->layer_count; i++) {
        struct epo_layer *layer = &s->layers[i];
        if (s->by_role[layer->role] == NULL)
            s->by_role[layer->role] = layer;
        if (layer->role == EPO_ROLE_PICTURE ? !count_features(layer, db, error)
                                            : !load_features(s, layer, texts, db, error))
            return false;
        epo_pool_rest(s->pool);
    }
    if (!epo_snapshot_load_addresses(s, texts, db, error))
        return false;
    epo_pool_rest(s->pool);
    epo_snapshot_order(s);
    epo_pool_rest(s->pool);
    epo_snapshot_name(s, texts);
    return true;
}

struct epo_snapshot *epo_snapshot_load(const char *folder, struct epo_error *error) {
    /* A country's map lies on disk, for while one is taken in there are two. A town's stays in
     * memory, where no failing disk can hurt it. */
    enum { IN_MEMORY = 64 << 20 };
    struct epo_pool *pool = epo_pool_create_on_disk(folder, IN_MEMORY);
    struct epo_snapshot *s = EPO_NEW(pool, struct epo_snapshot);
    s->pool = pool;
    s->city_name = "";
    s->ways = epo_ways_make();
    s->folder = epo_pool_string(pool, epo_span(folder));
    const char *path = epo_pool_printf(pool, "%s/map.db", folder);
    struct epo_store *store =
        epo_store_open(path,
                       &(struct epo_store_options){
                           .spatial = true, .read_only = true, .unchanging = true, .label = "map"},
                       error);
    struct epo_db *db = store == NULL ? NULL : epo_store_connect(store, error);
    struct epo_texts *texts = epo_texts_open(pool);
    bool ok = db != NULL && load_all(s, texts, db, error);
    epo_texts_close(texts);
    epo_pool_rest(pool);
    malloc_trim(0); /* what was only needed to make it */
    if (db != NULL)
        s->reader = epo_reader_make(store, db, s->version);
    else
        epo_store_close(store);
    if (ok) {
        struct epo_error no_tiles; /* a portal without a picture still takes requests */
        s->tiles = epo_tiles_open(folder, &no_tiles);
        return s;
    }
    epo_snapshot_free(s);
    return NULL;
}

void epo_snapshot_free(struct epo_snapshot *snapshot) {
    if (snapshot == NULL)
        return;
    epo_tiles_close(snapshot->tiles);
    epo_reader_free(snapshot->reader);
    epo_ways_free(snapshot->ways);
    epo_pool_free(snapshot->pool);
}

bool epo_layer_seen(const struct epo_layer *layer, enum epo_audience audience) {
    return layer->is_public || audience == EPO_AUDIENCE_CLERKS;
}

bool epo_layer_shows(const struct epo_layer *layer, enum epo_audience audience, const char *field) {
    if (audience == EPO_AUDIENCE_CLERKS)
        return true;
    size_t len = strlen(field);
    for (const char *at = layer->public_fields; layer->is_public && *at != '\0';
         at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (word == len && memcmp(at, field, len) == 0)
            return true;
        at += word;
    }
    return false;
}

const struct epo_layer *epo_snapshot_layer(const struct epo_snapshot *snapshot,
                                           struct epo_span name) {
    for (size_t i = 0; i < snapshot->layer_count; i++)
        if (epo_span_is(name, snapshot->layers[i].name))
            return &snapshot->layers[i];
    return NULL;
}
