/* What there is for others to read: each public layer, its public fields, how many and where. */
#include <math.h>

#include "maps/mapbase.h"
#include "maps/reader.h"

enum { LAYERS_MAX = 256, SIDE_POINTS = 16 };

static const struct epo_statement LAYERS = {
    "map.public_layers",
    "SELECT id, name, title_cs, title_en, shape, role, public_fields FROM layer"
    " WHERE visible = 'public' ORDER BY id",
    NULL};

/* How many, which of the standard columns are used at all, and the box around all. */
static const struct epo_statement FIGURES[EPO_TABLES] = {
    [EPO_TABLE_AREA] = {"map.area_figures",
                        "SELECT COUNT(*), COUNT(DISTINCT code), MAX(name <> ''), MAX(kind <> ''), "
                        "MAX(belongs <> ''),"
                        " MAX(measure <> 0), MIN(MbrMinX(geometry)), MIN(MbrMinY(geometry)),"
                        " MAX(MbrMaxX(geometry)), MAX(MbrMaxY(geometry)) FROM area"
                        " WHERE layer = $1",
                        NULL},
    [EPO_TABLE_LINE] = {"map.line_figures",
                        "SELECT COUNT(*), COUNT(DISTINCT code), MAX(name <> ''), MAX(kind <> ''), "
                        "MAX(belongs <> ''),"
                        " MAX(measure <> 0), MIN(MbrMinX(geometry)), MIN(MbrMinY(geometry)),"
                        " MAX(MbrMaxX(geometry)), MAX(MbrMaxY(geometry)) FROM line"
                        " WHERE layer = $1",
                        NULL},
    [EPO_TABLE_POINT] = {"map.point_figures",
                         "SELECT COUNT(*), COUNT(DISTINCT code), MAX(name <> ''), MAX(kind <> ''), "
                         "MAX(belongs <> ''),"
                         " MAX(measure <> 0), MIN(MbrMinX(geometry)), MIN(MbrMinY(geometry)),"
                         " MAX(MbrMaxX(geometry)), MAX(MbrMaxY(geometry)) FROM point"
                         " WHERE layer = $1",
                         NULL},
    [EPO_TABLE_ADDRESS] =
        {"map.address_figures",
         "SELECT COUNT(*), COUNT(*), 1, 1, 1, 1, MIN(xmin), MIN(ymin), MAX(xmax), MAX(ymax)"
         " FROM idx_address_geometry WHERE $1 = 0",
         NULL},
};

static const struct {
    const char *word, *geometry;
} SHAPES[] = {
    [EPO_TABLE_AREA] = {"area", "MultiPolygon"},
    [EPO_TABLE_LINE] = {"line", "MultiLineString"},
    [EPO_TABLE_POINT] = {"point", "Point"},
    [EPO_TABLE_ADDRESS] = {"address", "Point"},
};

/* The columns that all layers have; what a role calls them where it has a better word. A row for
 * each new word. */
static const struct {
    const char *column;
    enum epo_field_type type;
} STANDARD[] = {{"name", EPO_FIELD_TEXT},
                {"kind", EPO_FIELD_TEXT},
                {"belongs", EPO_FIELD_TEXT},
                {"measure", EPO_FIELD_REAL}};
enum { STANDARDS = sizeof STANDARD / sizeof *STANDARD };
static const struct {
    const char *role, *column, *name;
} WORDS[] = {
    {"parcel", "name", "number"},
    {"parcel", "kind", "owner"},
    {"parcel", "belongs", "cadastral_area"},
    {"parcel", "measure", "area_m2"},
    {"street", "kind", "class"},
    {"street", "measure", "width_m"},
    {"public_space", "kind", "zone"},
    {"public_space", "belongs", "type"},
};

static const struct epo_field ADDRESS_FIELDS[] = {
    {"street", EPO_FIELD_TEXT, EPO_COLUMN_FIELDS},
    {"conscription", EPO_FIELD_INTEGER, EPO_COLUMN_FIELDS + 1},
    {"orientation", EPO_FIELD_INTEGER, EPO_COLUMN_FIELDS + 2},
    {"letter", EPO_FIELD_TEXT, EPO_COLUMN_FIELDS + 3},
    {"evidence", EPO_FIELD_BOOLEAN, EPO_COLUMN_FIELDS + 4},
    {"part", EPO_FIELD_TEXT, EPO_COLUMN_FIELDS + 5},
    {"postcode", EPO_FIELD_TEXT, EPO_COLUMN_FIELDS + 6},
    {"city", EPO_FIELD_TEXT, EPO_COLUMN_FIELDS + 7},
    {"district", EPO_FIELD_TEXT, EPO_COLUMN_FIELDS + 8},
};

/* ---- where ---- */

/* The sides of a box in metres are curves in degrees: their extremes lie between the corners. */
static bool add_extent(struct epo_collection *c, struct epo_bounds box) {
    double *e = c->extent_crs84;
    e[0] = e[1] = INFINITY;
    e[2] = e[3] = -INFINITY;
    for (int i = 0; i <= SIDE_POINTS; i++) {
        double x = box.min_x + (box.max_x - box.min_x) * i / SIDE_POINTS;
        double y = box.min_y + (box.max_y - box.min_y) * i / SIDE_POINTS;
        struct epo_point around[4] = {
            {x, box.min_y}, {x, box.max_y}, {box.min_x, y}, {box.max_x, y}};
        for (int j = 0; j < 4; j++) {
            struct epo_point p;
            if (!epo_transform_to_4326(around[j], &p, NULL))
                return false;
            e[0] = fmin(e[0], floor(p.x * 1e6) / 1e6);
            e[1] = fmin(e[1], floor(p.y * 1e6) / 1e6);
            e[2] = fmax(e[2], ceil(p.x * 1e6) / 1e6);
            e[3] = fmax(e[3], ceil(p.y * 1e6) / 1e6);
        }
    }
    return true;
}

static bool add_figures(struct epo_collection *c, struct epo_db *db, bool used[STANDARDS],
                        struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(db, &FIGURES[c->table], EPO_BIND(EPO_INTEGER(c->layer)));
    if (epo_rows_next(rows)) {
        c->count = epo_rows_integer(rows, 0);
        for (int i = 0; i < STANDARDS; i++)
            used[i] = epo_rows_integer(rows, 2 + i) != 0;
        c->id_is_code = epo_rows_integer(rows, 1) == c->count;
        struct epo_bounds box = {epo_rows_real(rows, 6), epo_rows_real(rows, 7),
                                 epo_rows_real(rows, 8), epo_rows_real(rows, 9)};
        c->extent_metres = box;
        c->has_extent = c->count > 0 && add_extent(c, box);
    }
    return epo_rows_end(rows, error);
}

/* ---- fields ---- */

static const char *word_for(const char *role, const char *column) {
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp(WORDS[i].role, role) == 0 && strcmp(WORDS[i].column, column) == 0)
            return WORDS[i].name;
    return column;
}

static bool has_field(const struct epo_collection *c, const char *name) {
    for (size_t i = 0; i < c->field_count; i++)
        if (strcmp(c->fields[i].name, name) == 0)
            return true;
    return false;
}

/* From the layer's list of public fields: standard columns that are used, and properties. */
static void add_fields(struct epo_collection *c, struct epo_pool *pool, struct epo_span public,
                       const bool used[STANDARDS]) {
    struct epo_field *fields = EPO_NEW_ARRAY(pool, struct epo_field, EPO_FIELDS_MAX);
    c->fields = fields;
    while (public.len > 0) {
        struct epo_span word = epo_span_cut(public, ' ', &public);
        struct epo_field field = {.type = EPO_FIELD_ANY};
        bool wanted = word.len > 0;
        for (int i = 0; i < STANDARDS; i++)
            if (epo_span_is(word, STANDARD[i].column)) {
                field = (struct epo_field){word_for(c->role, STANDARD[i].column), STANDARD[i].type,
                                           EPO_COLUMN_FIELDS + i};
                wanted = used[i];
            }
        if (field.name == NULL)
            field.name = epo_pool_string(pool, word);
        if (wanted && c->field_count < EPO_FIELDS_MAX && !has_field(c, field.name))
            fields[c->field_count++] = field;
    }
}

/* ---- all ---- */

static struct epo_collection *begin(struct epo_catalogue *catalogue, const char *version,
                                    int table) {
    struct epo_collection *c = &catalogue->list[catalogue->count++];
    c->map_version = epo_pool_string(catalogue->pool, epo_span(version));
    c->table = table;
    c->geometry = SHAPES[table].geometry;
    return c;
}

static int table_of(struct epo_span shape) {
    int table = EPO_TABLE_AREA;
    for (int i = 0; i < EPO_TABLE_ADDRESS; i++)
        if (epo_span_is(shape, SHAPES[i].word))
            table = i;
    return table;
}

bool epo_catalogue_read(struct epo_catalogue *catalogue, struct epo_db *db, const char *version,
                        struct epo_error *error) {
    struct epo_pool *pool = catalogue->pool;
    bool used[STANDARDS], ok = true;
    catalogue->list = EPO_NEW_ARRAY(pool, struct epo_collection, LAYERS_MAX + 1);
    struct epo_rows *rows = epo_db_query(db, &LAYERS, EPO_BIND_NONE);
    while (ok && catalogue->count < LAYERS_MAX && epo_rows_next(rows)) {
        struct epo_collection *c = begin(catalogue, version, table_of(epo_rows_text(rows, 4)));
        c->layer = epo_rows_integer(rows, 0);
        c->name = epo_pool_string(pool, epo_rows_text(rows, 1));
        c->title_cs = epo_pool_string(pool, epo_rows_text(rows, 2));
        c->title_en = epo_pool_string(pool, epo_rows_text(rows, 3));
        c->role = epo_pool_string(pool, epo_rows_text(rows, 5));
        ok = add_figures(c, db, used, error);
        if (ok)
            add_fields(c, pool, epo_rows_text(rows, 6), used);
    }
    if (!epo_rows_end(rows, ok ? error : NULL) || !ok)
        return false;
    struct epo_collection *c = begin(catalogue, version, EPO_TABLE_ADDRESS);
    c->name = c->role = "address";
    c->title_cs = c->title_en = "";
    c->fields = ADDRESS_FIELDS;
    c->field_count = sizeof ADDRESS_FIELDS / sizeof *ADDRESS_FIELDS;
    return add_figures(c, db, used, error);
}

static void copy_collection(struct epo_pool *pool, const struct epo_collection *from,
                            struct epo_collection *to) {
    struct epo_field *fields = EPO_NEW_ARRAY(pool, struct epo_field, from->field_count + 1);
    *to = *from;
    to->map_version = epo_pool_string(pool, epo_span(from->map_version));
    to->name = epo_pool_string(pool, epo_span(from->name));
    to->title_cs = epo_pool_string(pool, epo_span(from->title_cs));
    to->title_en = epo_pool_string(pool, epo_span(from->title_en));
    to->role = epo_pool_string(pool, epo_span(from->role));
    for (size_t i = 0; i < from->field_count; i++) {
        fields[i] = from->fields[i];
        fields[i].name = epo_pool_string(pool, epo_span(from->fields[i].name));
    }
    to->fields = fields;
}

bool epo_collections(struct epo_maps *maps, struct epo_pool *pool, struct epo_collection **list,
                     size_t *count, struct epo_error *error) {
    unsigned slot;
    struct epo_reader *reader = epo_maps_hold(maps, &slot)->reader;
    struct epo_db *db = epo_reader_take(reader, error);
    const struct epo_catalogue *catalogue =
        db == NULL ? NULL : epo_reader_catalogue(reader, db, error);
    if (db != NULL)
        epo_reader_give(reader, db);
    *count = 0;
    if (catalogue != NULL) {
        *list = EPO_NEW_ARRAY(pool, struct epo_collection, catalogue->count);
        for (; *count < catalogue->count; ++*count)
            copy_collection(pool, &catalogue->list[*count], &(*list)[*count]);
    }
    epo_maps_drop(maps, slot);
    return catalogue != NULL;
}

bool epo_collection_find(struct epo_maps *maps, struct epo_pool *pool, struct epo_span name,
                         struct epo_collection *collection, struct epo_error *error) {
    struct epo_collection *list;
    size_t count;
    if (!epo_collections(maps, pool, &list, &count, error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (epo_span_is(name, list[i].name)) {
            *collection = list[i];
            return true;
        }
    return epo_fail(error, EPO_ERROR_NOT_FOUND, "map.no_layer", "there is no such public layer");
}
