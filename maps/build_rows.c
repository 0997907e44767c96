/* Rows of a map base: compared with those that were there, written, and placed in the R*Tree. */
#include "maps/build_rows.h"

static const char *or_empty(const char *text) {
    return text == NULL ? "" : text;
}

static bool place_row(struct epo_build *build, int shape, int64_t id, const struct epo_extent *box,
                      struct epo_error *error) {
    epo_build_note(build, box);
    return epo_db_run(build->db, &EPO_BUILD_TABLES[shape].index,
                      EPO_BIND(EPO_INTEGER(id), EPO_REAL(box->min_x), EPO_REAL(box->max_x),
                               EPO_REAL(box->min_y), EPO_REAL(box->max_y)),
                      NULL, error);
}

static bool alter_row(struct epo_build *build, const struct epo_build_table *table,
                      struct epo_build_open *open, struct epo_known_row *row, struct epo_bind bind,
                      struct epo_error *error) {
    struct epo_extent box;
    struct epo_rows *rows = epo_db_query(build->db, &table->place, EPO_BIND(EPO_INTEGER(row->id)));
    if (epo_rows_next(rows) && epo_blob_box(epo_rows_text(rows, 0), &box))
        epo_build_note(build, &box);
    row->seen = true;
    epo_build_count_out(open, row->hash);
    build->counts.altered++;
    return epo_rows_end(rows, error) && epo_db_run(build->db, &table->alter, bind, NULL, error) &&
           epo_db_run(build->db, &table->unindex, EPO_BIND(EPO_INTEGER(row->id)), NULL, error);
}

/* values: those of the table's statement, with room for the id behind them. All but the id were
 * stirred in. */
static bool write_row(struct epo_build *build, struct epo_build_open *open, const char *code,
                      struct epo_value *values, size_t count, const struct epo_extent *box,
                      struct epo_error *error) {
    const struct epo_build_table *table = &EPO_BUILD_TABLES[open->shape];
    int64_t added = 1;
    uint64_t hash[2];
    epo_build_hash(build, hash);
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
    epo_build_count_in(open, hash);
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
    struct epo_rows *rows = epo_db_query(build->db, &EPO_BUILD_TABLES[open->shape].kept,
                                         EPO_BIND(EPO_INTEGER(row->id)));
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
    struct epo_build_open *open = epo_build_find(build, f->layer);
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
        epo_build_stir(build, values[ORDER[i]]);
    bool ok = write_row(build, open, code, values, sizeof values / sizeof *values - 1, &box, error);
    epo_pool_free(kept);
    return ok;
}

bool epo_build_address(struct epo_build *build, const struct epo_build_address *a,
                       struct epo_error *error) {
    enum { STREET, PART, POSTCODE, CITY, DISTRICT, LETTER, TEXTS };
    const char *t[TEXTS] = {a->street, a->part, a->postcode, a->city, a->district, a->letter};
    struct epo_build_open *open = epo_build_find(build, 0);
    struct epo_extent box;
    struct epo_pool *kept = NULL;
    bool evidence = a->evidence, unsaid = a->keeps_evidence;
    for (int i = 0; i < TEXTS; i++)
        unsaid = unsaid || t[i] == NULL;
    if (open == NULL && (open = epo_build_open_addresses(build, true, error)) == NULL)
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
        epo_build_stir(build, values[i]);
    bool ok = write_row(build, open, a->code, values, count, &box, error);
    epo_pool_free(kept);
    return ok;
}

bool epo_build_remove(struct epo_build *build, int64_t layer, const char *code,
                      struct epo_error *error) {
    struct epo_build_open *open = epo_build_find(build, layer);
    if (open == NULL && layer == 0)
        open = epo_build_open_addresses(build, true, error);
    struct epo_known_row *row = open == NULL ? NULL : epo_known_find(&open->known, code);
    return row == NULL ? open != NULL : epo_build_drop(build, open, open->shape, row, error);
}
