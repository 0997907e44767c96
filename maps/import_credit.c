/* What a map base says of itself: whose data it holds, which their licences want shown with it, and
 * the city's name. */
#include <string.h>

#include "maps/import.h"

/* Sources as they stand in layer.source. A source that asks for nothing has no row. */
static const struct {
    const char *source, *credit;
} CREDITS[] = {
    {"demo", EPO_CREDIT_DEMO},
    {"ruian_csv", "© ČÚZK – RÚIAN, CC BY 4.0"},
    {"vfr", "© ČÚZK – RÚIAN, CC BY 4.0"},
    {"osm", "© přispěvatelé OpenStreetMap, ODbL"},
};

static const struct epo_statement SOURCES = {
    "import.sources",
    "SELECT source FROM layer WHERE visible = 'public'"
    " UNION SELECT value FROM meta WHERE key = 'source.address' ORDER BY 1",
    NULL};
static const struct epo_statement CITY_NAME = {
    "import.city_name",
    "SELECT max(a.name) FROM area a JOIN layer l ON l.id = a.layer WHERE l.role = 'city'"
    " HAVING count(*) = 1",
    NULL};

static bool set_credit(struct epo_build *build, struct epo_error *error) {
    char text[190] = ""; /* tiles carry it in a field of this size */
    struct epo_rows *rows = epo_db_query(build->db, &SOURCES, EPO_BIND_NONE);
    while (epo_rows_next(rows))
        for (size_t i = 0; i < sizeof CREDITS / sizeof *CREDITS; i++) {
            size_t len = strlen(text);
            if (epo_span_is(epo_rows_text(rows, 0), CREDITS[i].source) &&
                strstr(text, CREDITS[i].credit) == NULL)
                snprintf(text + len, sizeof text - len, "%s%s", len > 0 ? "; " : "",
                         CREDITS[i].credit);
        }
    return epo_rows_end(rows, error) && epo_build_meta(build, "attribution", text, error);
}

static bool set_city(struct epo_build *build, struct epo_error *error) {
    static const char *const KEYS[] = {"city", "name_cs", "name_en"};
    struct epo_pool *pool = epo_pool_create();
    struct epo_rows *rows = epo_db_query(build->db, &CITY_NAME, EPO_BIND_NONE);
    const char *name = "";
    if (epo_rows_next(rows))
        name = epo_pool_string(pool, epo_rows_text(rows, 0));
    bool ok = epo_rows_end(rows, error);
    for (size_t i = 0; ok && name[0] != '\0' && i < sizeof KEYS / sizeof *KEYS; i++)
        ok = epo_build_meta(build, KEYS[i], name, error);
    epo_pool_free(pool);
    return ok;
}

bool epo_import_credit(struct epo_build *build, const char *addresses_from, bool city_came,
                       struct epo_error *error) {
    if (addresses_from != NULL && !epo_build_meta(build, "source.address", addresses_from, error))
        return false;
    return set_credit(build, error) && (!city_came || set_city(build, error));
}
