#include "plugin/record_csv.h"

static const char *const RESERVED[] = {"key", "person", "kind", "from", "until", "lon", "lat"};
#define RESERVED_COUNT (sizeof RESERVED / sizeof *RESERVED)

/* ---- cells ---- */

enum reading { ROW_READ, ROW_NONE, ROW_LONG };

struct cells {
    struct epo_span each[EPO_RECORD_CSV_COLUMNS_MAX];
    size_t count;
};

/* One row with its quoted line ends, as bytes; the line end is left out. */
static enum reading read_row(struct epo_record_csv *csv, struct epo_buffer *row) {
    bool quoted = false, any = false;
    int c;
    while ((c = getc(csv->file)) != EOF) {
        any = true;
        csv->line += c == '\n';
        if (c == '"')
            quoted = !quoted;
        if (c == '\n' && !quoted)
            break;
        epo_buffer_byte(row, (char)c);
    }
    return !any ? ROW_NONE : row->failed ? ROW_LONG : ROW_READ;
}

/* A cell from *at on, which moves behind its separator. */
static struct epo_span read_cell(struct epo_pool *pool, char separator, const char **at,
                                 const char *end) {
    const char *from = *at;
    char *out = epo_pool_alloc(pool, (size_t)(end - from) + 1), *to = out;
    bool quoted = from < end && *from == '"';
    from += quoted;
    while (from < end) {
        if (quoted && *from == '"' && from + 1 < end && from[1] == '"')
            from++;
        else if (quoted && *from == '"') {
            quoted = false;
            from++;
            continue;
        } else if (!quoted && *from == separator)
            break;
        *to++ = *from++;
    }
    *at = from < end ? from + 1 : end + 1;
    return epo_span_trim((struct epo_span){out, (size_t)(to - out)});
}

static bool split(struct epo_pool *pool, char separator, struct epo_span row, struct cells *cells) {
    const char *at = row.at, *end = row.at + row.len;
    cells->count = 0;
    while (at <= end) {
        if (cells->count == EPO_RECORD_CSV_COLUMNS_MAX)
            return false;
        cells->each[cells->count++] = read_cell(pool, separator, &at, end);
    }
    return true;
}

/* ---- columns ---- */

static bool known_column(const struct epo_agenda *agenda, struct epo_span name) {
    for (size_t i = 0; i < RESERVED_COUNT; i++)
        if (epo_span_is(name, RESERVED[i]))
            return true;
    for (size_t i = 0; i < epo_registers_kinds(agenda); i++) {
        const struct epo_json *definition = epo_form_definition(
            epo_registers_kind(agenda, epo_span(epo_registers_kind_id(agenda, i))));
        const struct epo_json *fields = epo_json_find(definition, "sections.0.fields");
        for (uint32_t j = 0; fields != NULL && j < fields->count; j++)
            if (epo_span_equal(epo_json_get_text(fields->items[j], "id"), name))
                return true;
    }
    return false;
}

static bool has_column(const struct epo_record_csv *csv, const char *name) {
    for (size_t i = 0; i < csv->column_count; i++)
        if (strcmp(csv->columns[i], name) == 0)
            return true;
    return false;
}

bool epo_record_csv_begin(struct epo_record_csv *csv, struct epo_error *error) {
    static const char MARK[] = "\xef\xbb\xbf";
    struct epo_buffer row;
    struct cells cells;
    epo_buffer_init(&row, EPO_RECORD_CSV_ROW_MAX);
    enum reading read = read_row(csv, &row);
    struct epo_span line = epo_pool_copy(csv->pool, epo_buffer_get(&row));
    epo_buffer_clear(&row);
    if (epo_span_starts(line, epo_span(MARK)))
        line = (struct epo_span){line.at + 3, line.len - 3};
    csv->separator = memchr(line.at, ';', line.len) != NULL ? ';' : ',';
    bool good =
        read == ROW_READ && epo_text_valid(line) && split(csv->pool, csv->separator, line, &cells);
    for (size_t i = 0; good && i < cells.count; i++) {
        const char *name = epo_pool_string(csv->pool, cells.each[i]);
        if (!known_column(csv->agenda, cells.each[i]) || has_column(csv, name))
            return epo_fail(error, EPO_ERROR_BAD_INPUT, "csv.columns",
                            "The column \"%.60s\" is unknown or stands twice.", name);
        csv->columns[csv->column_count++] = name;
    }
    return (good && has_column(csv, "key") && has_column(csv, "from")) ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "csv.columns",
                    "The first line names the columns; \"key\" and \"from\" are needed.");
}

/* ---- rows ---- */

struct step {
    struct epo_record_csv *csv;
    struct epo_pool *pool;
    struct epo_record records[EPO_RECORD_CSV_STEP];
    size_t count;
    int64_t added, changed, same;
};

static void add_point(struct epo_pool *pool, struct epo_json *row, struct epo_span lon,
                      struct epo_span lat) {
    double x, y;
    if (lon.len == 0 && lat.len == 0)
        return;
    epo_json_set(pool, row, "place",
                 epo_span_real(lon, &x) && epo_span_real(lat, &y)
                     ? epo_geojson_point(pool, (struct epo_point){x, y})
                     : epo_json_text(pool, lon));
}

static struct epo_json *make_row(struct step *step, const struct cells *cells) {
    struct epo_pool *pool = step->pool;
    struct epo_json *row = epo_json_object(pool), *data = epo_json_object(pool);
    struct epo_span lon = {"", 0}, lat = {"", 0};
    for (size_t i = 0; i < step->csv->column_count && i < cells->count; i++) {
        const char *name = step->csv->columns[i];
        size_t reserved = 0;
        while (reserved < RESERVED_COUNT && strcmp(name, RESERVED[reserved]) != 0)
            reserved++;
        if (strcmp(name, "lon") == 0)
            lon = cells->each[i];
        else if (strcmp(name, "lat") == 0)
            lat = cells->each[i];
        else
            epo_json_set_text(pool, reserved < RESERVED_COUNT ? row : data, name, cells->each[i]);
    }
    add_point(pool, row, lon, lat);
    epo_json_set(pool, row, "data", data);
    return row;
}

static void reject(struct step *step, struct epo_json *rejected, struct epo_span key,
                   const struct epo_json *error) {
    struct epo_json *row = epo_json_object(step->pool);
    epo_json_set_integer(step->pool, row, "index", step->csv->line);
    epo_json_set_text(step->pool, row, "key", key);
    epo_json_set_text(step->pool, row, "path", epo_json_get_text(error, "path"));
    epo_json_set_text(step->pool, row, "code", epo_json_get_text(error, "code"));
    epo_json_set_text(step->pool, row, "message", epo_json_get_text(error, "message"));
    epo_json_push(step->pool, rejected, row);
}

static bool take_row(struct step *step, enum reading read, struct epo_span line,
                     struct epo_json *rejected, struct epo_error *error) {
    struct epo_json *errors = epo_json_array(step->pool), *row = NULL;
    struct cells cells;
    if (read == ROW_READ && epo_text_valid(line) &&
        split(step->pool, step->csv->separator, line, &cells))
        row = make_row(step, &cells);
    /* a row that is none is told as one */
    if (!epo_registers_check(step->csv->agenda, step->pool, EPO_ANSWERS_FROM_HTML, step->csv->lang,
                             row, &step->records[step->count], errors, error))
        return false;
    for (uint32_t i = 0; i < errors->count; i++)
        reject(step, rejected, epo_json_get_text(row, "key"), errors->items[i]);
    step->count += errors->count == 0;
    step->csv->rejected += errors->count > 0;
    return true;
}

static bool put_all(struct epo_db *db, void *arg, struct epo_error *error) {
    struct step *step = arg;
    step->added = step->changed = step->same = 0;
    for (size_t i = 0; i < step->count; i++) {
        enum epo_record_put done;
        if (!epo_record_put(step->csv->portal, db, &step->records[i], &done, error))
            return false;
        step->added += done == EPO_RECORD_ADDED;
        step->changed += done == EPO_RECORD_CHANGED;
        step->same += done == EPO_RECORD_SAME;
    }
    return true;
}

bool epo_record_csv_step(struct epo_record_csv *csv, struct epo_pool *pool,
                         struct epo_json *rejected, struct epo_error *error) {
    struct step *step = EPO_NEW(pool, struct step);
    bool good = true;
    step->csv = csv;
    step->pool = pool;
    for (int i = 0; good && i < EPO_RECORD_CSV_STEP && !csv->done; i++) {
        struct epo_buffer row;
        epo_buffer_init(&row, EPO_RECORD_CSV_ROW_MAX);
        enum reading read = read_row(csv, &row);
        struct epo_span line = epo_span_trim(epo_pool_copy(pool, epo_buffer_get(&row)));
        epo_buffer_clear(&row);
        csv->done = read == ROW_NONE;
        if (csv->done || (read == ROW_READ && line.len == 0))
            continue;
        csv->rows++;
        good = take_row(step, read, line, rejected, error);
    }
    if (!good || (step->count > 0 && !epo_store_write(csv->portal->store, put_all, step, error)))
        return false;
    csv->added += step->added;
    csv->changed += step->changed;
    csv->same += step->same;
    return true;
}
