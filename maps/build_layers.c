/* The layers that a build writes: what they held before, and what is left when it is done. */
#include <stdio.h>
#include <stdlib.h>

#include "maps/build_rows.h"

#define BLOB_BYTES_MAX (64u << 20) /* one geometry: four million corners */

static const struct epo_statement ADD_LAYER = {
    "map.add_layer",
    "INSERT INTO layer (name, title_cs, title_en, shape, role, source, visible, public_fields)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    " ON CONFLICT (name) DO UPDATE SET title_cs = excluded.title_cs, title_en = excluded.title_en,"
    " shape = excluded.shape, role = excluded.role, source = excluded.source,"
    " visible = excluded.visible, public_fields = excluded.public_fields",
    NULL};
static const struct epo_statement FIND_LAYER = {
    "map.find_layer", "SELECT id, shape, visible, public_fields FROM layer WHERE name = $1", NULL};

/* ---- what a row holds ---- */

void epo_build_stir(struct epo_build *build, struct epo_value value) {
    if (value.type == EPO_VALUE_INTEGER)
        epo_digest_add(build->digest, (struct epo_span){(const char *)&value.integer, 8});
    else if (value.type == EPO_VALUE_REAL)
        epo_digest_add(build->digest, (struct epo_span){(const char *)&value.real, 8});
    else
        epo_digest_add(build->digest, value.bytes);
    epo_digest_add(build->digest, EPO_SPAN("\0"));
}

void epo_build_hash(struct epo_build *build, uint64_t hash[2]) {
    uint8_t digest[EPO_SHA256_SIZE];
    epo_digest_end(build->digest, digest);
    memcpy(hash, digest, 16);
}

void epo_build_count_in(struct epo_build_open *open, const uint64_t hash[2]) {
    open->sum[0] += hash[0];
    open->sum[1] += hash[1];
}
void epo_build_count_out(struct epo_build_open *open, const uint64_t hash[2]) {
    open->sum[0] -= hash[0];
    open->sum[1] -= hash[1];
}

void epo_build_note(struct epo_build *build, const struct epo_extent *box) {
    epo_changes_add(&build->changes, box);
}

/* ---- layers ---- */

bool epo_build_start(struct epo_build *build, struct epo_error *error) {
    build->digest = epo_digest_create();
    epo_buffer_init(&build->blob, BLOB_BYTES_MAX);
    for (int i = 0; i < EPO_BUILD_TABLE_COUNT; i++) {
        struct epo_rows *rows = epo_db_query(build->db, &EPO_BUILD_TABLES[i].last, EPO_BIND_NONE);
        if (epo_rows_next(rows))
            build->last_id[i] = epo_rows_integer(rows, 0);
        if (!epo_rows_end(rows, error))
            return false;
    }
    return true;
}

void epo_build_clear(struct epo_build *build) {
    for (size_t i = 0; i < build->open_count; i++) {
        epo_known_clear(&build->open[i]->known);
        free(build->open[i]);
    }
    build->open_count = 0;
    epo_buffer_clear(&build->blob);
    epo_changes_clear(&build->changes);
    epo_digest_free(build->digest);
    build->digest = NULL;
}

static bool read_known(struct epo_build *build, struct epo_build_open *open, int shape,
                       struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(build->db, &EPO_BUILD_TABLES[shape].rows, EPO_BIND(EPO_INTEGER(open->id)));
    while (epo_rows_next(rows)) {
        uint64_t hash[2];
        for (int i = 1; i < epo_rows_columns(rows); i++)
            epo_build_stir(build, epo_rows_value(rows, i));
        epo_build_hash(build, hash);
        epo_known_add(&open->known, epo_rows_text(rows, 1), epo_rows_integer(rows, 0), hash);
        epo_build_count_in(open, hash);
    }
    return epo_rows_end(rows, error);
}

static struct epo_build_open *open_layer(struct epo_build *build, const char *name, int64_t id,
                                         enum epo_layer_shape shape, bool keep,
                                         struct epo_error *error) {
    if (build->open_count == EPO_BUILD_LAYERS_MAX) {
        epo_fail(error, EPO_ERROR_TOO_LARGE, "map.layers", "more than %d layers",
                 EPO_BUILD_LAYERS_MAX);
        return NULL;
    }
    struct epo_build_open *open = calloc(1, sizeof *open);
    epo_assert(open != NULL);
    open->id = id;
    open->shape = shape;
    open->keep = keep;
    snprintf(open->name, sizeof open->name, "%s", name);
    build->open[build->open_count++] = open;
    return open;
}

struct epo_build_open *epo_build_find(struct epo_build *build, int64_t id) {
    for (size_t i = 0; i < build->open_count; i++)
        if (build->open[i]->id == id)
            return build->open[i];
    return NULL;
}

bool epo_build_drop(struct epo_build *build, struct epo_build_open *open, int shape,
                    struct epo_known_row *row, struct epo_error *error) {
    const struct epo_build_table *table = &EPO_BUILD_TABLES[shape];
    struct epo_extent box;
    struct epo_rows *rows = epo_db_query(build->db, &table->place, EPO_BIND(EPO_INTEGER(row->id)));
    if (epo_rows_next(rows) && epo_blob_box(epo_rows_text(rows, 0), &box))
        epo_build_note(build, &box);
    row->seen = true;
    epo_build_count_out(open, row->hash);
    build->counts.removed++;
    return epo_rows_end(rows, error) &&
           epo_db_run(build->db, &table->remove, EPO_BIND(EPO_INTEGER(row->id)), NULL, error) &&
           epo_db_run(build->db, &table->unindex, EPO_BIND(EPO_INTEGER(row->id)), NULL, error);
}

static bool drop_unseen(struct epo_build *build, struct epo_build_open *open, int shape,
                        struct epo_error *error) {
    for (size_t i = 0; i < open->known.count; i++)
        if (!open->known.rows[i].seen &&
            !epo_build_drop(build, open, shape, &open->known.rows[i], error))
            return false;
    return true;
}

static int shape_of(struct epo_span word) {
    return epo_span_is(word, "point")  ? EPO_SHAPE_POINT
           : epo_span_is(word, "line") ? EPO_SHAPE_LINE
                                       : EPO_SHAPE_AREA;
}

struct found { /* a layer as it stands in the table */
    int64_t id;
    int shape; /* 0: there is none of that name */
    char seen[600];
};

static bool find_layer(struct epo_build *build, const char *name, struct found *found,
                       struct epo_error *error) {
    *found = (struct found){0};
    struct epo_rows *rows = epo_db_query(build->db, &FIND_LAYER, EPO_BIND(EPO_STRING(name)));
    if (epo_rows_next(rows)) {
        found->id = epo_rows_integer(rows, 0);
        found->shape = shape_of(epo_rows_text(rows, 1));
        struct epo_span visible = epo_rows_text(rows, 2), fields = epo_rows_text(rows, 3);
        snprintf(found->seen, sizeof found->seen, "%.*s %.*s", EPO_ARG(visible), EPO_ARG(fields));
    }
    return epo_rows_end(rows, error);
}

/* What is drawn changes with it in places where no row does: other fields or none may be shown; a
 * map that says itself where names stand has no others. */
static bool looks_change(const char *name, const struct found *before, const struct found *now) {
    return before->shape == 0 ? strcmp(name, "place_label") == 0
                              : strcmp(before->seen, now->seen) != 0;
}

bool epo_build_layer(struct epo_build *build, const struct epo_build_layer *layer, int64_t *id,
                     struct epo_error *error) {
    static const char *const SHAPES[] = {
        [EPO_SHAPE_POINT] = "point", [EPO_SHAPE_LINE] = "line", [EPO_SHAPE_AREA] = "area"};
    const char *fields = layer->public_fields != NULL ? layer->public_fields : EPO_FIELDS_STANDARD;
    struct found before, now;
    if (!find_layer(build, layer->name, &before, error) ||
        !epo_db_run(build->db, &ADD_LAYER,
                    EPO_BIND(EPO_STRING(layer->name), EPO_STRING(layer->title_cs),
                             EPO_STRING(layer->title_en), EPO_STRING(SHAPES[layer->shape]),
                             EPO_STRING(layer->role), EPO_STRING(layer->source),
                             EPO_STRING(layer->clerks_only ? "clerks" : "public"),
                             EPO_STRING(fields)),
                    NULL, error) ||
        !find_layer(build, layer->name, &now, error))
        return false;
    *id = now.id;
    epo_assert(epo_build_find(build, *id) == NULL);
    build->changes.everything |= looks_change(layer->name, &before, &now);
    struct epo_build_open *open =
        open_layer(build, layer->name, *id, layer->shape, layer->keep, error);
    if (open == NULL || (before.shape != 0 && !read_known(build, open, before.shape, error)))
        return false;
    if (before.shape == 0 || before.shape == now.shape)
        return true;
    bool ok = drop_unseen(build, open, before.shape, error); /* another shape: another table */
    epo_known_clear(&open->known);
    return ok;
}

struct epo_build_open *epo_build_open_addresses(struct epo_build *build, bool keep,
                                                struct epo_error *error) {
    struct epo_build_open *open = open_layer(build, "address", 0, 0, keep, error);
    return open != NULL && read_known(build, open, 0, error) ? open : NULL;
}

bool epo_build_addresses_anew(struct epo_build *build, struct epo_error *error) {
    return epo_build_open_addresses(build, false, error) != NULL;
}

bool epo_build_close_layers(struct epo_build *build, struct epo_error *error) {
    for (size_t i = 0; i < build->open_count; i++) {
        struct epo_build_open *open = build->open[i];
        char key[64], sum[33];
        if (!open->keep && !drop_unseen(build, open, open->shape, error))
            return false;
        snprintf(key, sizeof key, "content.%s", open->name);
        snprintf(sum, sizeof sum, "%016llx%016llx", (unsigned long long)open->sum[0],
                 (unsigned long long)open->sum[1]);
        if (!epo_build_meta(build, key, sum, error))
            return false;
    }
    return true;
}
