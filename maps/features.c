#include "maps/features.h"

#include <math.h>

#include "base/clock.h"
#include "maps/mapbase.h"
#include "maps/reader.h"
#include "maps/window.h"

enum {
    SMALL_LAYER = 2000,    /* looked through whole: the R*Tree holds all layers of the shape */
    COUNT_ROWS_MAX = 5000, /* behind the page, to say how many fit */
    ROWS_A_POOL = 256,
    REQUEST_MS_MAX = 4000 /* less than a job's deadline */
};

/* How the rows are found: all of a layer in order; those whose box meets a box; the one of an id,
 * which is its code or, where codes repeat, its key. */
enum way { WAY_ALL, WAY_BOX, WAY_CODE, WAY_KEY, WAYS };
#define SELECT_FROM(table, properties, fields)                                                     \
    "SELECT id, code, AsBinary(geometry), " properties                                             \
    ", MbrMinX(geometry), MbrMinY(geometry), MbrMaxX(geometry), MbrMaxY(geometry), " fields        \
    " FROM " table " WHERE geometry IS NOT NULL AND "
/* What SQL can leave out before anything else of a row is looked at: three text columns. */
#define WHERE_EQUAL(one, a, two, b, three, c)                                                      \
    " AND (" a " IS NULL OR " one " = " a ") AND (" b " IS NULL OR " two " = " b ")"               \
    " AND (" c " IS NULL OR " three " = " c ")"
#define READ_WAYS(table, properties, fields, layer, one, two, three)                               \
    {                                                                                              \
        [WAY_ALL] = {"map.all_" table,                                                             \
                     SELECT_FROM(table, properties, fields) layer " AND id > $2" WHERE_EQUAL(      \
                         one, "$4", two, "$5", three, "$6") " ORDER BY id LIMIT -1 OFFSET $3",     \
                     NULL},                                                                        \
        [WAY_BOX] =                                                                                \
            {"map.box_" table,                                                                     \
             SELECT_FROM(table, properties, fields) layer                                          \
             " AND id > $2 AND id IN (SELECT pkid FROM idx_" table "_geometry"                     \
             " WHERE xmax >= $3 AND ymax >= $4 AND xmin <= $5 AND ymin <= $6)" WHERE_EQUAL(        \
                 one, "$7", two, "$8", three, "$9") " ORDER BY id",                                \
             NULL},                                                                                \
        [WAY_CODE] = {"map.code_" table,                                                           \
                      SELECT_FROM(table, properties, fields) layer                                 \
                      " AND code = $2 ORDER BY id LIMIT 1",                                        \
                      NULL},                                                                       \
        [WAY_KEY] = {                                                                              \
            "map.key_" table,                                                                      \
            SELECT_FROM(table, properties, fields) layer " AND id = $2",                           \
            NULL                                                                                   \
        }                                                                                          \
    }
static const struct epo_statement READ[EPO_TABLES][WAYS] = {
    [EPO_TABLE_AREA] = READ_WAYS("area", "properties", "name, kind, belongs, measure", "layer = $1",
                                 "name", "kind", "belongs"),
    [EPO_TABLE_LINE] = READ_WAYS("line", "properties", "name, kind, belongs, measure", "layer = $1",
                                 "name", "kind", "belongs"),
    [EPO_TABLE_POINT] = READ_WAYS("point", "properties", "name, kind, belongs, measure",
                                  "layer = $1", "name", "kind", "belongs"),
    [EPO_TABLE_ADDRESS] = READ_WAYS("address", "''",
                                    "street, conscription, orientation, letter, evidence, part,"
                                    " postcode, city, district",
                                    "$1 = 0", "street", "postcode", "district"),
};
enum { EQUALS_IN_SQL = 3 };
static const int EQUAL_COLUMNS[EPO_TABLES][EQUALS_IN_SQL] = {
    [EPO_TABLE_AREA] = {EPO_COLUMN_FIELDS, EPO_COLUMN_FIELDS + 1, EPO_COLUMN_FIELDS + 2},
    [EPO_TABLE_LINE] = {EPO_COLUMN_FIELDS, EPO_COLUMN_FIELDS + 1, EPO_COLUMN_FIELDS + 2},
    [EPO_TABLE_POINT] = {EPO_COLUMN_FIELDS, EPO_COLUMN_FIELDS + 1, EPO_COLUMN_FIELDS + 2},
    [EPO_TABLE_ADDRESS] = {EPO_COLUMN_FIELDS, EPO_COLUMN_FIELDS + 6, EPO_COLUMN_FIELDS + 8},
};

struct reading {
    const struct epo_collection *collection;
    const struct epo_feature_query *query;
    struct epo_window *windows[EPO_FEATURE_BOXES_MAX];
    size_t window_count;
    enum way way;
    bool plain; /* nothing but the order decides: skipping and counting need no looking */
    struct epo_rows *rows;
    struct epo_pool *pool; /* of some rows */
    int64_t left;          /* still to be skipped */
    int64_t fitting, counted;
    int64_t until_us;
};

/* ---- one row ---- */

static struct epo_json *value_of(struct epo_pool *pool, struct epo_rows *rows,
                                 const struct epo_field *field, const struct epo_json *properties) {
    if (field->column == 0) {
        struct epo_json *value = epo_json_get(properties, field->name);
        return value != NULL ? epo_json_copy(pool, value) : epo_json_null(pool);
    }
    struct epo_span text;
    double real;
    int64_t integer;
    switch (field->type) {
    case EPO_FIELD_INTEGER:
        integer = epo_rows_integer(rows, field->column);
        return integer != 0 ? epo_json_integer(pool, integer) : epo_json_null(pool);
    case EPO_FIELD_BOOLEAN:
        return epo_json_boolean(pool, epo_rows_integer(rows, field->column) != 0);
    case EPO_FIELD_REAL:
        real = epo_rows_real(rows, field->column);
        return real != 0 ? epo_json_real(pool, real) : epo_json_null(pool);
    default:
        text = epo_rows_text(rows, field->column);
        return text.len > 0 ? epo_json_text(pool, text) : epo_json_null(pool);
    }
}

static struct epo_json *properties_of(const struct reading *r) {
    const struct epo_collection *c = r->collection;
    struct epo_json *out = epo_json_object(r->pool), *properties = NULL;
    struct epo_span text = epo_rows_text(r->rows, EPO_COLUMN_PROPERTIES);
    if (text.len > 0)
        properties = epo_json_parse(r->pool, text, NULL);
    for (size_t i = 0; i < c->field_count; i++)
        epo_json_append(r->pool, out, epo_span(c->fields[i].name),
                        value_of(r->pool, r->rows, &c->fields[i], properties));
    return out;
}

static bool same(const struct epo_json *value, struct epo_span wanted) {
    double number;
    if (value == NULL || value->type == EPO_JSON_NULL)
        return wanted.len == 0;
    switch (value->type) {
    case EPO_JSON_TEXT:
        return epo_span_equal(value->text, wanted);
    case EPO_JSON_BOOLEAN:
        return epo_span_is(wanted, value->boolean ? "true" : "false");
    case EPO_JSON_INTEGER:
        return epo_span_real(wanted, &number) && number == (double)value->integer;
    case EPO_JSON_REAL:
        return epo_span_real(wanted, &number) && number == value->real;
    default:
        return false;
    }
}

static bool is_in_a_window(const struct reading *r) {
    if (r->window_count == 0)
        return true;
    struct epo_bounds box = {
        epo_rows_real(r->rows, EPO_COLUMN_MIN_X), epo_rows_real(r->rows, EPO_COLUMN_MIN_Y),
        epo_rows_real(r->rows, EPO_COLUMN_MAX_X), epo_rows_real(r->rows, EPO_COLUMN_MAX_Y)};
    for (size_t i = 0; i < r->window_count; i++)
        if (epo_window_meets(r->windows[i], box, epo_rows_text(r->rows, EPO_COLUMN_WKB)))
            return true;
    return false;
}

/* NULL where a property is not as it should be. */
static struct epo_json *wanted_properties(const struct reading *r) {
    struct epo_json *properties = properties_of(r);
    for (size_t i = 0; i < r->query->equals_count; i++)
        if (!same(epo_json_get(properties, r->query->equals[i].field), r->query->equals[i].value))
            return NULL;
    return properties;
}

/* ---- all rows ---- */

static struct epo_json *id_of(const struct reading *r) {
    if (r->collection->id_is_code)
        return epo_json_text(r->pool, epo_rows_text(r->rows, EPO_COLUMN_CODE));
    long long key = epo_rows_integer(r->rows, EPO_COLUMN_KEY);
    return epo_json_string(r->pool, epo_pool_printf(r->pool, "%lld", key));
}

static enum epo_feature_verdict show(struct reading *r, struct epo_json *properties,
                                     epo_feature_fn visit, void *arg) {
    struct epo_feature_row row = {
        .key = epo_rows_integer(r->rows, EPO_COLUMN_KEY),
        .id = id_of(r),
        .properties = properties,
        .wkb_metres = epo_rows_text(r->rows, EPO_COLUMN_WKB),
    };
    return visit(&row, arg);
}

static bool in_time(const struct reading *r, struct epo_error *error) {
    return r->query->unhurried || epo_clock_monotonic_us() < r->until_us ||
           epo_fail(error, EPO_ERROR_BUSY, "map.too_long",
                    "looking through the layer takes too long: ask for a smaller box");
}

static bool each_row(struct reading *r, epo_feature_fn visit, void *arg, struct epo_error *error) {
    enum epo_feature_verdict verdict = EPO_FEATURE_NEXT;
    bool ok = true;
    for (int64_t seen = 0; ok && verdict != EPO_FEATURE_STOP && epo_rows_next(r->rows); seen++) {
        if (seen % ROWS_A_POOL == 0) {
            epo_pool_free(r->pool);
            r->pool = epo_pool_create();
            ok = in_time(r, error);
        }
        if (verdict == EPO_FEATURE_COUNT && ++r->counted > COUNT_ROWS_MAX) {
            r->fitting = -1;
            break;
        }
        struct epo_json *properties = is_in_a_window(r) ? wanted_properties(r) : NULL;
        if (!ok || properties == NULL)
            continue;
        r->fitting++;
        if (verdict == EPO_FEATURE_COUNT || r->left-- > 0)
            continue;
        verdict = show(r, properties, visit, arg);
        if (verdict == EPO_FEATURE_COUNT && r->plain)
            break; /* how many there are is known */
        if (verdict == EPO_FEATURE_STOP)
            r->fitting = -1;
    }
    return ok;
}

static struct epo_bounds around_windows(const struct reading *r) {
    struct epo_bounds box = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < r->window_count; i++) {
        struct epo_bounds one = epo_window_box(r->windows[i]);
        box = (struct epo_bounds){fmin(box.min_x, one.min_x), fmin(box.min_y, one.min_y),
                                  fmax(box.max_x, one.max_x), fmax(box.max_y, one.max_y)};
    }
    return box;
}

/* The wanted text of a column, or NULL where any will do. */
static struct epo_value wanted_of(const struct reading *r, int place) {
    const struct epo_collection *c = r->collection;
    for (size_t i = 0; i < r->query->equals_count; i++)
        for (size_t k = 0; k < c->field_count; k++)
            if (c->fields[k].column == EQUAL_COLUMNS[c->table][place] &&
                strcmp(c->fields[k].name, r->query->equals[i].field) == 0)
                return EPO_TEXT(r->query->equals[i].value);
    return EPO_NULL;
}

static struct epo_rows *ask(struct reading *r, struct epo_db *db) {
    const struct epo_feature_query *q = r->query;
    const struct epo_statement *statement = &READ[r->collection->table][r->way];
    struct epo_value layer = EPO_INTEGER(r->collection->layer);
    int64_t key = 0; /* of no row, as is an id that is no number */
    if (r->way == WAY_KEY && epo_span_integer(q->id, &key))
        return epo_db_query(db, statement, EPO_BIND(layer, EPO_INTEGER(key)));
    if (r->way == WAY_CODE || r->way == WAY_KEY)
        return epo_db_query(db, statement, EPO_BIND(layer, EPO_TEXT(q->id)));
    if (r->way == WAY_ALL)
        return epo_db_query(db, statement,
                            EPO_BIND(layer, EPO_INTEGER(q->after),
                                     EPO_INTEGER(r->plain ? q->skip : 0), wanted_of(r, 0),
                                     wanted_of(r, 1), wanted_of(r, 2)));
    struct epo_bounds box = around_windows(r);
    return epo_db_query(db, statement,
                        EPO_BIND(layer, EPO_INTEGER(q->after), EPO_REAL(box.min_x),
                                 EPO_REAL(box.min_y), EPO_REAL(box.max_x), EPO_REAL(box.max_y),
                                 wanted_of(r, 0), wanted_of(r, 1), wanted_of(r, 2)));
}

static enum way way_of(const struct reading *r) {
    if (r->query->id.len > 0)
        return r->collection->id_is_code ? WAY_CODE : WAY_KEY;
    return r->window_count > 0 && r->collection->count > SMALL_LAYER ? WAY_BOX : WAY_ALL;
}

static void close_windows(struct reading *r) {
    while (r->window_count > 0)
        epo_window_free(r->windows[--r->window_count]);
}

/* False where nothing can meet a box. A box around the whole layer is none. */
static bool open_windows(struct reading *r) {
    const struct epo_feature_query *q = r->query;
    bool all = false;
    for (size_t i = 0; i < q->box_count; i++) {
        struct epo_window *window = epo_window_make(q->box_crs, q->boxes[i]);
        if (window == NULL)
            continue;
        r->windows[r->window_count++] = window;
        all = all || (r->collection->has_extent &&
                      epo_window_covers(window, r->collection->extent_metres));
    }
    bool some = q->box_count == 0 || r->window_count > 0;
    if (all)
        close_windows(r);
    return some;
}

static bool read_rows(struct reading *r, struct epo_db *db, epo_feature_fn visit, void *arg,
                      int64_t *matched, struct epo_error *error) {
    const struct epo_feature_query *q = r->query;
    if (!open_windows(r)) {
        *matched = 0;
        return true;
    }
    r->plain = r->window_count == 0 && q->equals_count == 0 && q->id.len == 0;
    r->left = r->plain ? 0 : q->skip;
    r->way = way_of(r);
    r->rows = ask(r, db);
    bool ok = each_row(r, visit, arg, error);
    *matched = r->plain ? r->collection->count : q->after > 0 ? -1 : r->fitting;
    return epo_rows_end(r->rows, ok ? error : NULL) && ok;
}

bool epo_features_each(struct epo_maps *maps, const struct epo_collection *collection,
                       const struct epo_feature_query *query, epo_feature_fn visit, void *arg,
                       int64_t *matched, struct epo_error *error) {
    struct reading r = {.collection = collection,
                        .query = query,
                        .until_us = epo_clock_monotonic_us() + REQUEST_MS_MAX * 1000LL};
    unsigned slot;
    const struct epo_snapshot *snapshot = epo_maps_hold(maps, &slot);
    bool ok = strcmp(snapshot->version, collection->map_version) == 0 ||
              epo_fail(error, EPO_ERROR_CONFLICT, "map.replaced",
                       "the map was just replaced by a newer one: ask again");
    struct epo_db *db = ok ? epo_reader_take(snapshot->reader, error) : NULL;
    ok = db != NULL && read_rows(&r, db, visit, arg, matched, error);
    close_windows(&r);
    epo_pool_free(r.pool);
    if (db != NULL)
        epo_reader_give(snapshot->reader, db);
    epo_maps_drop(maps, slot);
    return ok;
}
