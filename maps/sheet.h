/* Tables of text cells: the sheets of an .xlsx, or a .csv whose first column names the sheet. For
 * forms that people keep in a spreadsheet (forms/xlsform.h). Any thread. */
#ifndef EPO_MAPS_SHEET_H
#define EPO_MAPS_SHEET_H

#include "base/error.h"
#include "base/pool.h"
#include "base/text.h"

#define EPO_SHEET_FILE_MAX (8u << 20) /* bytes: a thousand questions are some 100 kB */
#define EPO_SHEETS_MAX 20
#define EPO_SHEET_ROWS_MAX 5000
#define EPO_SHEET_COLUMNS_MAX 200
#define EPO_SHEET_CELL_MAX 32767 /* bytes; Excel's own limit */

struct epo_sheet {
    const char *name;
    uint32_t columns, rows, room;
    struct epo_span *cells; /* rows * columns, in order; empty where there is nothing */
    uint32_t *lines;        /* of each row, as a spreadsheet numbers them, from 1 */
};
struct epo_sheets {
    uint32_t count;
    struct epo_sheet sheets[EPO_SHEETS_MAX];
};

/* A sheet without rows; NULL where there are EPO_SHEETS_MAX. name is copied. */
struct epo_sheet *epo_sheet_add(struct epo_pool *pool, struct epo_sheets *sheets, const char *name,
                                uint32_t columns);
/* The cells of a new row (columns of them, empty), to be filled; NULL at EPO_SHEET_ROWS_MAX. */
struct epo_span *epo_sheet_add_row(struct epo_pool *pool, struct epo_sheet *sheet, uint32_t line);
const struct epo_sheet *epo_sheet_find(const struct epo_sheets *sheets, const char *name);
static inline struct epo_span epo_sheet_cell(const struct epo_sheet *sheet, uint32_t row,
                                             uint32_t column) {
    return sheet->cells[(size_t)row * sheet->columns + column];
}

/* Reads .xlsx (by GDAL) or .csv; cells in the pool, without white space at their ends. BAD_INPUT
 * "sheet.…" where the file is no such, or over a limit. */
bool epo_sheets_read(struct epo_pool *pool, const char *path, struct epo_sheets *sheets,
                     struct epo_error *error);
/* The bytes of a .csv, and of an .xlsx (which loads GDAL). */
bool epo_sheets_read_csv(struct epo_pool *pool, struct epo_span bytes, struct epo_sheets *sheets,
                         struct epo_error *error);
bool epo_sheets_read_xlsx(struct epo_pool *pool, struct epo_span bytes, struct epo_sheets *sheets,
                          struct epo_error *error);
/* As a .csv that epo_sheets_read_csv reads; in the pool. */
struct epo_span epo_sheets_write_csv(struct epo_pool *pool, const struct epo_sheets *sheets);
/* As an .xlsx, in the pool; the first row of each sheet is its heading. BROKEN "sheet.write". Loads
 * GDAL. */
bool epo_sheets_write_xlsx(struct epo_pool *pool, const struct epo_sheets *sheets,
                           struct epo_span *bytes, struct epo_error *error);
/* The same as a file, put in place whole. */
bool epo_sheets_write(const struct epo_sheets *sheets, const char *path, struct epo_error *error);

#endif
