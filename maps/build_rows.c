/* Rows of a map base: compared, written, taken away, with their places in the R*Tree. */
#include <stdio.h>
#include <stdlib.h>

#include "maps/blob.h"
#include "maps/build.h"

#define BLOB_BYTES_MAX (64u << 20) /* one geometry: four million corners */

/* A table by shape; addresses have their own columns. A feature's are layer $1, code $2, name $3,
 * kind $4, belongs $5, measure $6, rank $7, properties $8, geometry $9, id $10. */
#define FEATURE_ROW                                                                                \
    "SELECT id, code, name, kind, belongs, properties, measure, rank, geometry FROM "
static const struct table {
    struct epo_statement last, rows, add, alter, place, remove, index, unindex, kept;
} TABLES[] = {
    [0] = {{"map.last_address", "SELECT COALESCE(max(id), 0) FROM address", NULL},
           {"map.old_addresses",
            "SELECT id, code, street, part, postcode, city, district, letter, conscription,"
            " orientation, evidence, geometry FROM address WHERE $1 = 0 ORDER BY id",
            NULL},
           {"map.add_address",
            "INSERT INTO address (code, street, part, postcode, city, district, letter,"
            " conscription, orientation, evidence, geometry, id)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
            " ON CONFLICT (code) DO NOTHING",
            NULL},
           {"map.alter_address",
            "UPDATE address SET code = $1, street = $2, part = $3, postcode = $4, city = $5,"
            " district = $6, letter = $7, conscription = $8, orientation = $9, evidence = $10,"
            " geometry = $11 WHERE id = $12",
            NULL},
           {"map.address_place", "SELECT geometry FROM address WHERE id = $1", NULL},
           {"map.remove_address", "DELETE FROM address WHERE id = $1", NULL},
           {"map.index_address", "INSERT INTO idx_address_geometry VALUES ($1, $2, $3, $4, $5)",
            NULL},
           {"map.unindex_address", "DELETE FROM idx_address_geometry WHERE pkid = $1", NULL},
           {"map.kept_address",
            "SELECT street, part, postcode, city, district, letter, evidence FROM address"
            " WHERE id = $1",
            NULL}},
    [EPO_SHAPE_AREA] =
        {{"map.last_area", "SELECT COALESCE(max(id), 0) FROM area", NULL},
         {"map.old_areas", FEATURE_ROW "area WHERE layer = $1 ORDER BY id", NULL},
         {"map.add_area",
          "INSERT INTO area (layer, code, name, kind, belongs, measure, rank, properties, geometry,"
          " id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          NULL},
         {"map.alter_area",
          "UPDATE area SET layer = $1, code = $2, name = $3, kind = $4, belongs = $5, measure = $6,"
          " rank = $7, properties = $8, geometry = $9 WHERE id = $10",
          NULL},
         {"map.area_place", "SELECT geometry FROM area WHERE id = $1", NULL},
         {"map.remove_area", "DELETE FROM area WHERE id = $1", NULL},
         {"map.index_area", "INSERT INTO idx_area_geometry VALUES ($1, $2, $3, $4, $5)", NULL},
         {"map.unindex_area", "DELETE FROM idx_area_geometry WHERE pkid = $1", NULL},
         {"map.kept_area", "SELECT kind FROM area WHERE id = $1", NULL}},
    [EPO_SHAPE_LINE] =
        {{"map.last_line", "SELECT COALESCE(max(id), 0) FROM line", NULL},
         {"map.old_lines", FEATURE_ROW "line WHERE layer = $1 ORDER BY id", NULL},
         {"map.add_line",
          "INSERT INTO line (layer, code, name, kind, belongs, measure, rank, properties, geometry,"
          " id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          NULL},
         {"map.alter_line",
          "UPDATE line SET layer = $1, code = $2, name = $3, kind = $4, belongs = $5, measure = $6,"
          " rank = $7, properties = $8, geometry = $9 WHERE id = $10",
          NULL},
         {"map.line_place", "SELECT geometry FROM line WHERE id = $1", NULL},
         {"map.remove_line", "DELETE FROM line WHERE id = $1", NULL},
         {"map.index_line", "INSERT INTO idx_line_geometry VALUES ($1, $2, $3, $4, $5)", NULL},
         {"map.unindex_line", "DELETE FROM idx_line_geometry WHERE pkid = $1", NULL},
         {"map.kept_line", "SELECT kind FROM line WHERE id = $1", NULL}},
    [EPO_SHAPE_POINT] =
        {{"map.last_point", "SELECT COALESCE(max(id), 0) FROM point", NULL},
         {"map.old_points", FEATURE_ROW "point WHERE layer = $1 ORDER BY id", NULL},
         {"map.add_point",
          "INSERT INTO point (layer, code, name, kind, belongs, measure, rank, properties,"
          " geometry, id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          NULL},
         {"map.alter_point",
          "UPDATE point SET layer = $1, code = $2, name = $3, kind = $4, belongs = $5,"
          " measure = $6, rank = $7, properties = $8, geometry = $9 WHERE id = $10",
          NULL},
         {"map.point_place", "SELECT geometry FROM point WHERE id = $1", NULL},
         {"map.remove_point", "DELETE FROM point WHERE id = $1", NULL},
         {"map.index_point", "INSERT INTO idx_point_geometry VALUES ($1, $2, $3, $4, $5)", NULL},
         {"map.unindex_point", "DELETE FROM idx_point_geometry WHERE pkid = $1", NULL},
         {"map.kept_point", "SELECT kind FROM point WHERE id = $1", NULL}},
};
enum { TABLE_COUNT = sizeof TABLES / sizeof *TABLES };

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

static const char *or_empty(const char *text) {
    return text == NULL ? "" : text;
}

/* ---- what a row holds ---- */

static void stir(struct epo_build *build, struct epo_value value) {
    if (value.type == EPO_VALUE_INTEGER)
        epo_digest_add(build->digest, (struct epo_span){(const char *)&value.integer, 8});
    else if (value.type == EPO_VALUE_REAL)
        epo_digest_add(build->digest, (struct epo_span){(const char *)&value.real, 8});
    else
        epo_digest_add(build->digest, value.bytes);
    epo_digest_add(build->digest, EPO_SPAN("\0"));
}

static void hash_end(struct epo_build *build, uint64_t hash[2]) {
    uint8_t digest[EPO_SHA256_SIZE];
    epo_digest_end(build->digest, digest);
    memcpy(hash, digest, 16);
}

/* The sum of a layer's hashes says what it holds, in whatever order the rows came. */
static void count_in(struct epo_build_open *open, const uint64_t hash[2]) {
    open->sum[0] += hash[0];
    open->sum[1] += hash[1];
}
static void count_out(struct epo_build_open *open, const uint64_t hash[2]) {
    open->sum[0] -= hash[0];
    open->sum[1] -= hash[1];
}

static void note_change(struct epo_build *build, const struct epo_extent *box) {
    epo_changes_add(&build->changes, box);
}

/* ---- layers ---- */

bool epo_build_start(struct epo_build *build, struct epo_error *error) {
    build->digest = epo_digest_create();
    epo_buffer_init(&build->blob, BLOB_BYTES_MAX);
    for (int i = 0; i < TABLE_COUNT; i++) {
        struct epo_rows *rows = epo_db_query(build->db, &TABLES[i].last, EPO_BIND_NONE);
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
        epo_db_query(build->db, &TABLES[shape].rows, EPO_BIND(EPO_INTEGER(open->id)));
    while (epo_rows_next(rows)) {
        uint64_t hash[2];
        for (int i = 1; i < epo_rows_columns(rows); i++)
            stir(build, epo_rows_value(rows, i));
        hash_end(build, hash);
        epo_known_add(&open->known, epo_rows_text(rows, 1), epo_rows_integer(rows, 0), hash);
        count_in(open, hash);
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

static struct epo_build_open *find_open(struct epo_build *build, int64_t id) {
    for (size_t i = 0; i < build->open_count; i++)
        if (build->open[i]->id == id)
            return build->open[i];
    return NULL;
}

/* Takes away a row that was known before. */
static bool drop_row(struct epo_build *build, struct epo_build_open *open, int shape,
                     struct epo_known_row *row, struct epo_error *error) {
    const struct table *table = &TABLES[shape];
    struct epo_extent box;
    struct epo_rows *rows = epo_db_query(build->db, &table->place, EPO_BIND(EPO_INTEGER(row->id)));
    if (epo_rows_next(rows) && epo_blob_box(epo_rows_text(rows, 0), &box))
        note_change(build, &box);
    row->seen = true;
    count_out(open, row->hash);
    build->counts.removed++;
    return epo_rows_end(rows, error) &&
           epo_db_run(build->db, &table->remove, EPO_BIND(EPO_INTEGER(row->id)), NULL, error) &&
           epo_db_run(build->db, &table->unindex, EPO_BIND(EPO_INTEGER(row->id)), NULL, error);
}

static bool drop_unseen(struct epo_build *build, struct epo_build_open *open, int shape,
                        struct epo_error *error) {
    for (size_t i = 0; i < open->known.count; i++)
        if (!open->known.rows[i].seen && !drop_row(build, open, shape, &open->known.rows[i], error))
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
    epo_assert(find_open(build, *id) == NULL);
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

static struct epo_build_open *open_addresses(struct epo_build *build, bool keep,
                                             struct epo_error *error) {
    struct epo_build_open *open = open_layer(build, "address", 0, 0, keep, error);
    return open != NULL && read_known(build, open, 0, error) ? open : NULL;
}

bool epo_build_addresses_anew(struct epo_build *build, struct epo_error *error) {
    return open_addresses(build, false, error) != NULL;
}

/* ---- rows ---- */

static bool place_row(struct epo_build *build, int shape, int64_t id, const struct epo_extent *box,
                      struct epo_error *error) {
    note_change(build, box);
    return epo_db_run(build->db, &TABLES[shape].index,
                      EPO_BIND(EPO_INTEGER(id), EPO_REAL(box->min_x), EPO_REAL(box->max_x),
                               EPO_REAL(box->min_y), EPO_REAL(box->max_y)),
                      NULL, error);
}

static bool alter_row(struct epo_build *build, const struct table *table,
                      struct epo_build_open *open, struct epo_known_row *row, struct epo_bind bind,
                      struct epo_error *error) {
    struct epo_extent box;
    struct epo_rows *rows = epo_db_query(build->db, &table->place, EPO_BIND(EPO_INTEGER(row->id)));
    if (epo_rows_next(rows) && epo_blob_box(epo_rows_text(rows, 0), &box))
        note_change(build, &box);
    row->seen = true;
    count_out(open, row->hash);
    build->counts.altered++;
    return epo_rows_end(rows, error) && epo_db_run(build->db, &table->alter, bind, NULL, error) &&
           epo_db_run(build->db, &table->unindex, EPO_BIND(EPO_INTEGER(row->id)), NULL, error);
}

/* values: those of the table's statement, with room for the id behind them. All but the id were
 * stirred in. */
static bool write_row(struct epo_build *build, struct epo_build_open *open, const char *code,
                      struct epo_value *values, size_t count, const struct epo_extent *box,
                      struct epo_error *error) {
    const struct table *table = &TABLES[open->shape];
    int64_t added = 1;
    uint64_t hash[2];
    hash_end(build, hash);
    struct epo_known_row *row = epo_known_find(&open->known, code);
    if (row != NULL && row->hash[0] == hash[0] && row->hash[1] == hash[1]) {
        row->seen = true;
        build->counts.same++;
        return true;
    }
    int64_t id = row != NULL ? row->id : build->last_id[open->shape] + 1;
    values[count] = EPO_INTEGER(id);
    struct epo_bind bind = {values, count + 1};
    if (row != NULL ? !alter_row(build, table, open, row, bind, error)
                    : !epo_db_run(build->db, &table->add, bind, &added, error))
        return false;
    if (added == 0) {
        build->counts.doubled++;
        return true;
    }
    if (row == NULL) {
        build->last_id[open->shape] = id;
        build->counts.added++;
    }
    count_in(open, hash);
    return place_row(build, open->shape, id, box, error);
}

static bool make_blob(struct epo_build *build, struct epo_span wkb, bool multi, const char *code,
                      struct epo_extent *box, struct epo_error *error) {
    build->blob.len = 0;
    return epo_blob_write(&build->blob, wkb, multi, box) ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "map.geometry",
                    "the geometry of %.100s is malformed or empty", code);
}

/* What a row does not say stays as the row of that code had it: `texts` that are NULL, in the order
 * of the table's statement, and *flag behind them. The pool is NULL where nothing was kept. */
static bool keep_texts(struct epo_build *build, struct epo_build_open *open, const char *code,
                       const char **texts, int count, bool *flag, struct epo_pool **pool,
                       struct epo_error *error) {
    const struct epo_known_row *row = epo_known_find(&open->known, code);
    *pool = NULL;
    if (row == NULL)
        return true;
    *pool = epo_pool_create();
    struct epo_rows *rows =
        epo_db_query(build->db, &TABLES[open->shape].kept, EPO_BIND(EPO_INTEGER(row->id)));
    if (epo_rows_next(rows)) {
        for (int i = 0; i < count; i++)
            if (texts[i] == NULL)
                texts[i] = epo_pool_string(*pool, epo_rows_text(rows, i));
        if (flag != NULL)
            *flag = epo_rows_integer(rows, count) != 0;
    }
    return epo_rows_end(rows, error);
}

bool epo_build_feature(struct epo_build *build, const struct epo_build_feature *f,
                       struct epo_error *error) {
    struct epo_build_open *open = find_open(build, f->layer);
    struct epo_extent box;
    const char *code = or_empty(f->code);
    const char *kind = f->kind;
    struct epo_pool *kept = NULL;
    epo_assert(open != NULL && open->shape != 0);
    if (!make_blob(build, f->wkb, true, code, &box, error) ||
        (kind == NULL && !keep_texts(build, open, code, &kind, 1, NULL, &kept, error)))
        return false;
    struct epo_value values[] = {EPO_INTEGER(f->layer),
                                 EPO_STRING(code),
                                 EPO_STRING(or_empty(f->name)),
                                 EPO_STRING(or_empty(kind)),
                                 EPO_STRING(or_empty(f->belongs)),
                                 EPO_REAL(f->measure),
                                 EPO_INTEGER(f->rank),
                                 EPO_STRING(or_empty(f->properties)),
                                 EPO_BLOB(epo_buffer_get(&build->blob)),
                                 EPO_NULL};
    static const int ORDER[] = {1, 2, 3, 4, 7, 5, 6, 8}; /* as FEATURE_ROW reads them */
    for (size_t i = 0; i < sizeof ORDER / sizeof *ORDER; i++)
        stir(build, values[ORDER[i]]);
    bool ok = write_row(build, open, code, values, sizeof values / sizeof *values - 1, &box, error);
    epo_pool_free(kept);
    return ok;
}

bool epo_build_address(struct epo_build *build, const struct epo_build_address *a,
                       struct epo_error *error) {
    enum { STREET, PART, POSTCODE, CITY, DISTRICT, LETTER, TEXTS };
    const char *t[TEXTS] = {a->street, a->part, a->postcode, a->city, a->district, a->letter};
    struct epo_build_open *open = find_open(build, 0);
    struct epo_extent box;
    struct epo_pool *kept = NULL;
    bool evidence = a->evidence, unsaid = a->keeps_evidence;
    for (int i = 0; i < TEXTS; i++)
        unsaid = unsaid || t[i] == NULL;
    if (open == NULL && (open = open_addresses(build, true, error)) == NULL)
        return false;
    if (!make_blob(build, a->wkb, false, a->code, &box, error) ||
        (unsaid && !keep_texts(build, open, a->code, t, TEXTS, a->keeps_evidence ? &evidence : NULL,
                               &kept, error)))
        return false;
    struct epo_value values[] = {EPO_STRING(a->code),
                                 EPO_STRING(or_empty(t[STREET])),
                                 EPO_STRING(or_empty(t[PART])),
                                 EPO_STRING(or_empty(t[POSTCODE])),
                                 EPO_STRING(or_empty(t[CITY])),
                                 EPO_STRING(or_empty(t[DISTRICT])),
                                 EPO_STRING(or_empty(t[LETTER])),
                                 EPO_INTEGER(a->conscription),
                                 EPO_INTEGER(a->orientation),
                                 EPO_INTEGER(evidence),
                                 EPO_BLOB(epo_buffer_get(&build->blob)),
                                 EPO_NULL};
    size_t count = sizeof values / sizeof *values - 1;
    for (size_t i = 0; i < count; i++)
        stir(build, values[i]);
    bool ok = write_row(build, open, a->code, values, count, &box, error);
    epo_pool_free(kept);
    return ok;
}

bool epo_build_remove(struct epo_build *build, int64_t layer, const char *code,
                      struct epo_error *error) {
    struct epo_build_open *open = find_open(build, layer);
    if (open == NULL && layer == 0)
        open = open_addresses(build, true, error);
    struct epo_known_row *row = open == NULL ? NULL : epo_known_find(&open->known, code);
    return row == NULL ? open != NULL : drop_row(build, open, open->shape, row, error);
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
