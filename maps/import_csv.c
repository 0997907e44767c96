/* CSV with coordinates in two columns, or with a geometry as WKT. */
#include <strings.h>

#include "maps/import.h"

static bool recognise(struct epo_span head, const char *shown) {
    size_t len = strlen(shown);
    return head.len > 0 && len > 4 &&
           (strcasecmp(shown + len - 4, ".csv") == 0 || strcasecmp(shown + len - 4, ".tsv") == 0);
}

static bool read_file(const struct epo_import_source *source, struct epo_error *error) {
    static const char *const DRIVERS[] = {"CSV", NULL};
    static const char *const OPTIONS[] = {
        "GEOM_POSSIBLE_NAMES=WKT,geom,geometry,the_geom,wkb_geometry,geometrie,shape",
        "KEEP_GEOM_COLUMNS=NO", "AUTODETECT_TYPE=NO", "EMPTY_STRING_AS_NULL=YES", NULL};
    static const struct epo_gdal_how HOW = {.format = "csv",
                                            .drivers = DRIVERS,
                                            .options = OPTIONS,
                                            .coordinate_columns = true,
                                            .header_rows = 1};
    return epo_gdal_read(source, &HOW, error);
}

const struct epo_import_format epo_import_csv = {"csv", recognise, read_file, false};
