/* Which format a file has, and which files of an archive are meant. */
#include <stdio.h>
#include <strings.h>

#include "maps/gdal.h"
#include "maps/import.h"

/* A new format is a row; the first that knows the file reads it. The last takes what is left. */
static const struct epo_import_format *const FORMATS[] = {
    &epo_import_ruian_csv, &epo_import_vfr,       &epo_import_osm,
    &epo_import_csv,       &epo_import_shapefile, &epo_import_gdal,
};

static bool fill_head(const char *path, char *head, size_t *len) {
    VSILFILE *file = gdal.VSIFOpenL(path, "rb");
    if (file == NULL)
        return false;
    *len = gdal.VSIFReadL(head, 1, EPO_IMPORT_HEAD_BYTES, file);
    gdal.VSIFCloseL(file);
    return true;
}

static const struct epo_import_format *format_of(const char *path, const char *shown) {
    char head[EPO_IMPORT_HEAD_BYTES];
    size_t len;
    if (!fill_head(path, head, &len))
        return NULL;
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
        if (FORMATS[i]->recognise((struct epo_span){head, len}, shown))
            return FORMATS[i];
    return NULL;
}

static bool add_input(struct epo_pool *pool, struct epo_import_input *list, size_t *count,
                      const char *path, const char *shown) {
    const struct epo_import_format *format = format_of(path, shown);
    if (format == NULL)
        return false;
    list[(*count)++] = (struct epo_import_input){epo_pool_string(pool, epo_span(path)),
                                                 epo_pool_string(pool, epo_span(shown)), format};
    return true;
}

static bool add_members(struct epo_pool *pool, const char *path, struct epo_import_input *list,
                        size_t *count, struct epo_error *error) {
    const char *archive = epo_pool_printf(pool, "/vsizip/%s", path);
    char **names = gdal.VSIReadDirRecursive(archive);
    bool ok = true;
    for (char **name = names; name != NULL && *name != NULL && ok; name++) {
        struct epo_pool *one = epo_pool_create();
        ok = *count < EPO_IMPORT_INPUTS_MAX ||
             epo_fail(error, EPO_ERROR_TOO_LARGE, "import.archive", "more than %d files in %s",
                      EPO_IMPORT_INPUTS_MAX, path);
        if (ok)
            add_input(pool, list, count, epo_pool_printf(one, "%s/%s", archive, *name),
                      epo_pool_printf(one, "%s:%s", path, *name));
        epo_pool_free(one);
    }
    gdal.CSLDestroy(names);
    return ok && (*count > 0 ||
                  epo_fail(error, EPO_ERROR_BAD_INPUT, "import.archive",
                           "%s is damaged, or holds no file of a format that can be read", path));
}

bool epo_import_inputs(struct epo_pool *pool, const char *path,
                       const struct epo_import_input **inputs, size_t *count,
                       struct epo_error *error) {
    char head[EPO_IMPORT_HEAD_BYTES];
    size_t len = 0;
    struct epo_import_input *list =
        EPO_NEW_ARRAY(pool, struct epo_import_input, EPO_IMPORT_INPUTS_MAX);
    *inputs = list;
    *count = 0;
    /* A name that begins with "/vsi" would make GDAL fetch from elsewhere. */
    if (strncmp(path, "/vsi", 4) == 0 || !fill_head(path, head, &len))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "import.open", "%s cannot be read", path);
    if (len >= 4 && memcmp(head, "PK\3\4", 4) == 0)
        return add_members(pool, path, list, count, error);
    bool packed = len >= 2 && memcmp(head, "\x1f\x8b", 2) == 0;
    const char *from = packed ? epo_pool_printf(pool, "/vsigzip/%s", path) : path;
    return add_input(pool, list, count, from, path) ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "import.format",
                    "%s is of no format that can be read: GeoPackage, Shapefile, GeoJSON, GML, "
                    "FlatGeobuf, CSV, OpenStreetMap, RÚIAN (CSV, VFR); also in zip and gz",
                    path);
}
