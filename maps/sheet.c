#include "maps/sheet.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#include "maps/gdal.h"

struct epo_sheet *epo_sheet_add(struct epo_pool *pool, struct epo_sheets *sheets, const char *name,
                                uint32_t columns) {
    if (sheets->count == EPO_SHEETS_MAX || columns > EPO_SHEET_COLUMNS_MAX)
        return NULL;
    struct epo_sheet *sheet = &sheets->sheets[sheets->count++];
    *sheet = (struct epo_sheet){.name = epo_pool_string(pool, epo_span(name)), .columns = columns};
    return sheet;
}

struct epo_span *epo_sheet_add_row(struct epo_pool *pool, struct epo_sheet *sheet, uint32_t line) {
    if (sheet->rows == EPO_SHEET_ROWS_MAX)
        return NULL;
    if (sheet->rows == sheet->room) {
        uint32_t room = sheet->room ? 2 * sheet->room : 64;
        struct epo_span *cells =
            EPO_NEW_ARRAY(pool, struct epo_span, (size_t)room * sheet->columns);
        uint32_t *lines = EPO_NEW_ARRAY(pool, uint32_t, room);
        if (sheet->rows) {
            memcpy(cells, sheet->cells, (size_t)sheet->rows * sheet->columns * sizeof *cells);
            memcpy(lines, sheet->lines, sheet->rows * sizeof *lines);
        }
        sheet->cells = cells;
        sheet->lines = lines;
        sheet->room = room;
    }
    struct epo_span *row = sheet->cells + (size_t)sheet->rows * sheet->columns;
    for (uint32_t i = 0; i < sheet->columns; i++)
        row[i] = EPO_SPAN("");
    sheet->lines[sheet->rows++] = line;
    return row;
}

const struct epo_sheet *epo_sheet_find(const struct epo_sheets *sheets, const char *name) {
    for (uint32_t i = 0; i < sheets->count; i++)
        if (strcasecmp(sheets->sheets[i].name, name) == 0)
            return &sheets->sheets[i];
    return NULL;
}

/* ---- reading ---- */

static bool wrong(struct epo_error *error, const char *what) {
    return epo_fail(error, EPO_ERROR_BAD_INPUT, "sheet.file", "%s", what);
}

static bool read_row(struct epo_pool *pool, struct epo_sheet *sheet, OGRFeatureH feature,
                     uint32_t line, struct epo_error *error) {
    bool empty = true;
    struct epo_span *row = epo_sheet_add_row(pool, sheet, line);
    if (!row)
        return wrong(error, "a sheet has too many rows");
    for (uint32_t i = 0; i < sheet->columns; i++) {
        if (!gdal.OGR_F_IsFieldSetAndNotNull(feature, (int)i))
            continue;
        struct epo_span cell =
            epo_span_trim(epo_span(gdal.OGR_F_GetFieldAsString(feature, (int)i)));
        if (cell.len > EPO_SHEET_CELL_MAX || !epo_text_valid(cell))
            return wrong(error, "a cell is too long or not UTF-8");
        row[i] = epo_pool_copy(pool, cell);
        empty = empty && cell.len == 0;
    }
    sheet->rows -= empty; /* its place is taken by the next */
    return true;
}

static bool read_layer(struct epo_pool *pool, struct epo_sheets *sheets, OGRLayerH layer,
                       struct epo_error *error) {
    int columns = gdal.OGR_FD_GetFieldCount(gdal.OGR_L_GetLayerDefn(layer));
    struct epo_sheet *sheet =
        columns <= EPO_SHEET_COLUMNS_MAX
            ? epo_sheet_add(pool, sheets, gdal.OGR_L_GetName(layer), (uint32_t)columns)
            : NULL;
    OGRFeatureH feature;
    bool ok = sheet || wrong(error, "too many sheets or columns");
    uint32_t line = 0;
    while (ok && (feature = gdal.OGR_L_GetNextFeature(layer)) != NULL) {
        ok = read_row(pool, sheet, feature, ++line, error);
        gdal.OGR_F_Destroy(feature);
    }
    return ok;
}

/* Files in memory that GDAL knows by name: one each at a time. */
static const char *memory_name(struct epo_pool *pool) {
    static atomic_uint count;
    return epo_pool_printf(pool, "/vsimem/epo-sheet-%u.xlsx", atomic_fetch_add(&count, 1));
}

bool epo_sheets_read_xlsx(struct epo_pool *pool, struct epo_span bytes, struct epo_sheets *sheets,
                          struct epo_error *error) {
    static const char *const drivers[] = {"XLSX", NULL};
    const char *name = memory_name(pool);
    sheets->count = 0;
    if (!epo_gdal_load(error))
        return false;
    gdal.CPLPushErrorHandler(gdal.CPLQuietErrorHandler); /* of this thread */
    gdal.CPLSetThreadLocalConfigOption("OGR_XLSX_HEADERS", "DISABLE");
    gdal.CPLSetThreadLocalConfigOption("OGR_XLSX_FIELD_TYPES", "STRING");
    VSILFILE *file = gdal.VSIFileFromMemBuffer(name, (GByte *)(uintptr_t)bytes.at, bytes.len, 0);
    GDALDatasetH data =
        file ? gdal.GDALOpenEx(name, GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, NULL, NULL) : NULL;
    bool ok = data != NULL || wrong(error, "is no .xlsx that can be read");
    int count = data ? gdal.GDALDatasetGetLayerCount(data) : 0;
    for (int i = 0; ok && i < count; i++)
        ok = read_layer(pool, sheets, gdal.GDALDatasetGetLayer(data, i), error);
    if (data)
        gdal.GDALClose(data);
    if (file)
        gdal.VSIFCloseL(file);
    gdal.VSIUnlink(name);
    gdal.CPLSetThreadLocalConfigOption("OGR_XLSX_HEADERS", NULL);
    gdal.CPLSetThreadLocalConfigOption("OGR_XLSX_FIELD_TYPES", NULL);
    gdal.CPLPopErrorHandler();
    return ok;
}

static bool ends_with(const char *path, const char *ending) {
    size_t len = strlen(path), end = strlen(ending);
    return len > end && strcasecmp(path + len - end, ending) == 0;
}

/* The bytes of a file, or a reason. */
static bool read_file(const char *path, char *bytes, size_t *len, struct epo_error *error) {
    FILE *file = fopen(path, "re");
    if (!file)
        return wrong(error, strerror(errno));
    *len = fread(bytes, 1, EPO_SHEET_FILE_MAX + 1, file);
    bool ok = !ferror(file);
    fclose(file);
    return (ok || wrong(error, "cannot be read")) &&
           (*len <= EPO_SHEET_FILE_MAX || wrong(error, "is over 8 MiB"));
}

bool epo_sheets_read(struct epo_pool *pool, const char *path, struct epo_sheets *sheets,
                     struct epo_error *error) {
    char *bytes = malloc(EPO_SHEET_FILE_MAX + 1);
    size_t len = 0;
    sheets->count = 0;
    epo_assert(bytes);
    bool ok = read_file(path, bytes, &len, error), csv = ends_with(path, ".csv");
    if (ok && csv)
        ok = epo_sheets_read_csv(pool, epo_pool_copy(pool, (struct epo_span){bytes, len}), sheets,
                                 error);
    else if (ok)
        ok = ends_with(path, ".xlsx")
                 ? epo_sheets_read_xlsx(pool, (struct epo_span){bytes, len}, sheets, error)
                 : wrong(error, "is neither .xlsx nor .csv");
    free(bytes);
    return ok || (!csv && epo_error_at(error, "%s", path));
}

/* ---- writing ---- */

static bool write_sheet(struct epo_pool *pool, GDALDatasetH data, const struct epo_sheet *sheet) {
    OGRLayerH layer = gdal.GDALDatasetCreateLayer(data, sheet->name, NULL, wkbNone, NULL);
    bool ok = layer != NULL && sheet->rows > 0;
    for (uint32_t i = 0; ok && i < sheet->columns; i++) {
        OGRFieldDefnH field =
            gdal.OGR_Fld_Create(epo_pool_string(pool, epo_sheet_cell(sheet, 0, i)), OFTString);
        ok = gdal.OGR_L_CreateField(layer, field, 1) == OGRERR_NONE;
        gdal.OGR_Fld_Destroy(field);
    }
    for (uint32_t row = 1; ok && row < sheet->rows; row++) {
        OGRFeatureH feature = gdal.OGR_F_Create(gdal.OGR_L_GetLayerDefn(layer));
        for (uint32_t i = 0; i < sheet->columns; i++) {
            struct epo_span cell = epo_sheet_cell(sheet, row, i);
            if (cell.len)
                gdal.OGR_F_SetFieldString(feature, (int)i, epo_pool_string(pool, cell));
        }
        ok = gdal.OGR_L_CreateFeature(layer, feature) == OGRERR_NONE;
        gdal.OGR_F_Destroy(feature);
    }
    return ok;
}

static bool write_all(struct epo_pool *pool, const struct epo_sheets *sheets, const char *name) {
    GDALDriverH driver = gdal.GDALGetDriverByName("XLSX");
    GDALDatasetH data =
        driver == NULL ? NULL : gdal.GDALCreate(driver, name, 0, 0, 0, GDT_Unknown, NULL);
    bool ok = data != NULL;
    for (uint32_t i = 0; ok && i < sheets->count; i++)
        ok = write_sheet(pool, data, &sheets->sheets[i]);
    gdal.CPLErrorReset();
    if (data != NULL)
        gdal.GDALClose(data); /* here it is written */
    return ok && gdal.CPLGetLastErrorType() != CE_Failure;
}

bool epo_sheets_write_xlsx(struct epo_pool *pool, const struct epo_sheets *sheets,
                           struct epo_span *bytes, struct epo_error *error) {
    const char *name = memory_name(pool);
    vsi_l_offset len = 0;
    if (!epo_gdal_load(error))
        return false;
    gdal.CPLPushErrorHandler(gdal.CPLQuietErrorHandler); /* of this thread */
    bool ok = write_all(pool, sheets, name);
    GByte *made = gdal.VSIGetMemFileBuffer(name, &len, 1);
    gdal.CPLPopErrorHandler();
    if (ok && made != NULL)
        *bytes = epo_pool_copy(pool, (struct epo_span){(const char *)made, len});
    gdal.VSIFree(made);
    return (ok && made != NULL) ||
           epo_fail(error, EPO_ERROR_BROKEN, "sheet.write", "the .xlsx cannot be made: %s",
                    gdal.CPLGetLastErrorMsg());
}

static bool write_file(const char *path, struct epo_span bytes) {
    FILE *file = fopen(path, "we");
    bool ok = file != NULL && fwrite(bytes.at, 1, bytes.len, file) == bytes.len;
    return (file != NULL && fclose(file) == 0) && ok;
}

bool epo_sheets_write(const struct epo_sheets *sheets, const char *path, struct epo_error *error) {
    char aside[1024];
    struct epo_span bytes;
    int len = snprintf(aside, sizeof aside, "%s.part", path);
    if (len < 0 || (size_t)len >= sizeof aside || !ends_with(path, ".xlsx"))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "sheet.file",
                        "%s: must be named *.xlsx, and not too long", path);
    struct epo_pool *pool = epo_pool_create();
    bool ok = epo_sheets_write_xlsx(pool, sheets, &bytes, error);
    if (ok && (!write_file(aside, bytes) || rename(aside, path) != 0)) {
        ok = epo_fail(error, EPO_ERROR_BROKEN, "sheet.write", "%s cannot be written: %s", path,
                      strerror(errno));
        unlink(aside);
    }
    epo_pool_free(pool);
    return ok;
}
