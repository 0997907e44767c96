/* OpenStreetMap, PBF and XML: what of it goes where stands in layers.json, which tags are read in
 * osm.ini. */
#include <ctype.h>
#include <strings.h>

#include "maps/import.h"

static bool ends(const char *name, const char *end) {
    size_t len = strlen(name), tail = strlen(end);
    return len > tail && strcasecmp(name + len - tail, end) == 0;
}

/* A PBF begins with the length of a header blob that says "OSMHeader". */
static bool recognise(struct epo_span head, const char *shown) {
    bool xml = head.len > 5 && memmem(head.at, head.len, "<osm", 4) != NULL && head.at[0] == '<';
    bool pbf = head.len > 16 && memmem(head.at, 32 < head.len ? 32 : head.len, "OSMHeader", 9);
    return xml || pbf || ends(shown, ".osm.pbf");
}

static bool read_file(const struct epo_import_source *source, struct epo_error *error) {
    static const char *const DRIVERS[] = {"OSM", NULL};
    static const char *const PREFIXES[] = {
        "points", "osm_id",        "n",          "lines", "osm_id", "w", "multipolygons", "osm_id",
        "r",      "multipolygons", "osm_way_id", "w",     NULL};
    const char *options[] = {
        epo_pool_printf(source->pool, "CONFIG_FILE=%s/osm.ini", source->options->share), NULL};
    struct epo_gdal_how how = {.format = "osm",
                               .drivers = DRIVERS,
                               .options = options,
                               .interleaved = true,
                               .prefixes = PREFIXES};
    return epo_gdal_read(source, &how, error);
}

const struct epo_import_format epo_import_osm = {"osm", recognise, read_file, true};
