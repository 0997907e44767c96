/* A form's spreadsheet as one .csv: the first column names the sheet, and stays empty below. */
#include "maps/sheet.h"

struct reading {
    struct epo_pool *pool;
    struct epo_span rest;
    uint32_t line;
    struct epo_span cells[EPO_SHEET_COLUMNS_MAX];
    uint32_t count;
    struct epo_error *error;
};

static bool wrong(struct reading *reading, const char *what) {
    epo_fail(reading->error, EPO_ERROR_BAD_INPUT, "sheet.csv", "%s", what);
    return epo_error_at(reading->error, "%u", reading->line);
}

/* "a ""quoted"" cell": the text of it, quotes undone; rest stands behind. */
static bool read_quoted(struct reading *reading, struct epo_span *cell) {
    char *made = epo_pool_alloc(reading->pool, reading->rest.len + 1);
    size_t len = 0, at = 1;
    while (at < reading->rest.len) {
        char c = reading->rest.at[at++];
        if (c == '"' && (at == reading->rest.len || reading->rest.at[at] != '"')) {
            *cell = epo_span_trim((struct epo_span){made, len});
            reading->rest = (struct epo_span){reading->rest.at + at, reading->rest.len - at};
            return true;
        }
        at += c == '"';
        reading->line += c == '\n';
        made[len++] = c;
    }
    return wrong(reading, "a quoted cell does not end");
}

/* One row; *end: the last one has been read. */
static bool read_row(struct reading *reading, bool *end) {
    reading->count = 0;
    for (;;) {
        struct epo_span cell = {"", 0};
        if (reading->count == EPO_SHEET_COLUMNS_MAX)
            return wrong(reading, "a row has too many columns");
        if (reading->rest.len && reading->rest.at[0] == '"') {
            if (!read_quoted(reading, &cell))
                return false;
        } else {
            size_t len = 0;
            while (len < reading->rest.len && !strchr(",\n", reading->rest.at[len]))
                len++;
            cell = epo_span_trim((struct epo_span){reading->rest.at, len});
            reading->rest = (struct epo_span){reading->rest.at + len, reading->rest.len - len};
        }
        if (cell.len > EPO_SHEET_CELL_MAX)
            return wrong(reading, "a cell is too long");
        reading->cells[reading->count++] = cell;
        if (reading->rest.len && reading->rest.at[0] == '\r')
            reading->rest = (struct epo_span){reading->rest.at + 1, reading->rest.len - 1};
        *end = reading->rest.len == 0;
        if (*end)
            return true;
        char next = reading->rest.at[0];
        reading->rest = (struct epo_span){reading->rest.at + 1, reading->rest.len - 1};
        if (next == '\n')
            return true;
        if (next != ',')
            return wrong(reading, "a comma or the end of the row must stand behind a quoted cell");
    }
}

static bool is_empty(const struct reading *reading) {
    for (uint32_t i = 0; i < reading->count; i++)
        if (reading->cells[i].len)
            return false;
    return true;
}

bool epo_sheets_read_csv(struct epo_pool *pool, struct epo_span bytes, struct epo_sheets *sheets,
                         struct epo_error *error) {
    struct reading *reading = EPO_NEW(pool, struct reading);
    struct epo_sheet *sheet = NULL;
    bool end = bytes.len == 0;
    *reading = (struct reading){.pool = pool, .rest = bytes, .line = 1, .error = error};
    sheets->count = 0;
    if (!epo_text_valid(bytes))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "sheet.encoding", "the file is not UTF-8");
    if (epo_span_starts(bytes, EPO_SPAN("\xef\xbb\xbf")))
        reading->rest = (struct epo_span){bytes.at + 3, bytes.len - 3};
    while (!end) {
        uint32_t line = reading->line;
        if (!read_row(reading, &end))
            return false;
        reading->line++;
        if (is_empty(reading))
            continue;
        if (reading->cells[0].len) {
            sheet = epo_sheet_add(pool, sheets, epo_pool_string(pool, reading->cells[0]),
                                  EPO_SHEET_COLUMNS_MAX);
            if (!sheet)
                return wrong(reading, "there are too many sheets");
            continue;
        }
        if (!sheet)
            return wrong(reading, "the first column must name a sheet: survey");
        struct epo_span *row = epo_sheet_add_row(pool, sheet, line);
        if (!row)
            return wrong(reading, "a sheet has too many rows");
        memcpy(row, reading->cells + 1, (reading->count - 1) * sizeof *row);
    }
    return true;
}

/* ---- writing ---- */

static void write_cell(struct epo_buffer *out, struct epo_span cell) {
    bool plain = true;
    for (size_t i = 0; i < cell.len; i++)
        plain = plain && !strchr(",\"\r\n", cell.at[i]);
    if (plain) {
        epo_buffer_span(out, cell);
        return;
    }
    epo_buffer_byte(out, '"');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.at[i] == '"')
            epo_buffer_byte(out, '"');
        epo_buffer_byte(out, cell.at[i]);
    }
    epo_buffer_byte(out, '"');
}

struct epo_span epo_sheets_write_csv(struct epo_pool *pool, const struct epo_sheets *sheets) {
    struct epo_buffer out;
    epo_buffer_init(&out, 64u << 20);
    for (uint32_t i = 0; i < sheets->count; i++) {
        const struct epo_sheet *sheet = &sheets->sheets[i];
        write_cell(&out, epo_span(sheet->name));
        epo_buffer_byte(&out, '\n');
        for (uint32_t row = 0; row < sheet->rows; row++) {
            for (uint32_t column = 0; column < sheet->columns; column++) {
                epo_buffer_byte(&out, ',');
                write_cell(&out, epo_sheet_cell(sheet, row, column));
            }
            epo_buffer_byte(&out, '\n');
        }
    }
    epo_assert(!out.failed); /* a form's rows are far below that */
    struct epo_span text = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return text;
}
