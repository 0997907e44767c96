/* ESRI Shapefile. Where no .cpg says the encoding, GDAL would take Czech letters for western ones:
 * texts then come as they stand and are decoded as those of other files. */
#include <strings.h>

#include "maps/gdal.h"
#include "maps/import.h"

static bool recognise(struct epo_span head, const char *shown) {
    size_t len = strlen(shown);
    return head.len >= 4 && memcmp(head.at, "\0\0\x27\x0a", 4) == 0 && len > 4 &&
           strcasecmp(shown + len - 4, ".shp") == 0;
}

static bool says_encoding(const struct epo_import_source *source) {
    static const char *const ENDS[] = {"cpg", "CPG", "cst"};
    const char *path = source->input->path;
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        VSIStatBufL about;
        if (gdal.VSIStatL(
                epo_pool_printf(source->pool, "%.*s%s", (int)strlen(path) - 3, path, ENDS[i]),
                &about) == 0)
            return true;
    }
    return false;
}

static bool read_file(const struct epo_import_source *source, struct epo_error *error) {
    static const char *const DRIVERS[] = {"ESRI Shapefile", NULL};
    static const char *const AS_IT_STANDS[] = {"ENCODING=", NULL};
    struct epo_gdal_how how = {.format = "shapefile",
                               .drivers = DRIVERS,
                               .options = says_encoding(source) ? NULL : AS_IT_STANDS};
    return epo_gdal_read(source, &how, error);
}

const struct epo_import_format epo_import_shapefile = {"shapefile", recognise, read_file, false};
