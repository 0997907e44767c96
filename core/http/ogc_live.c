/* Collections that are not of the map base: permits in force and requests under way, as far as an
 * agenda's manifest lets them out, today. A feature's id is made from the case's number and the
 * portal's secret: it names the same feature tomorrow, and nobody finds the number by it. */
#include "base/token.h"
#include "http/ogc.h"
#include "maps/window.h"
#include "portal/published.h"

#include <math.h>

/* In force on one day in a large city: some thousands. */
enum { ROWS_MAX = 20000, DAYS_MAX = 2932896 }; /* the last: of 9999-12-31 */
static const int64_t DAY_US = 86400 * 1000000LL;

static const char *const LAYERS[] = {"permits", "requests"};
static const struct epo_field FIELDS[] = {
    {"title", EPO_FIELD_TEXT, 0},    {"text", EPO_FIELD_TEXT, 0},  {"agenda", EPO_FIELD_TEXT, 0},
    {"form", EPO_FIELD_TEXT, 0},     {"state", EPO_FIELD_TEXT, 0}, {"first_day", EPO_FIELD_TEXT, 0},
    {"last_day", EPO_FIELD_TEXT, 0},
};

struct reading {
    struct epo_request *request;
    const struct epo_feature_query *query;
    struct epo_window *windows[EPO_FEATURE_BOXES_MAX];
    size_t window_count;
    epo_feature_fn visit;
    void *arg;
    enum epo_feature_verdict verdict;
    int64_t fitting;
};

bool epo_ogc_is_live(const struct epo_collection *collection) {
    return collection->layer == EPO_OGC_LIVE;
}

/* ---- what there is ---- */

static struct epo_collection describe(const char *name) {
    return (struct epo_collection){.map_version = "",
                                   .name = name,
                                   .title_cs = "",
                                   .title_en = "",
                                   .role = "live",
                                   .geometry = "Geometry",
                                   .count = -1,
                                   .fields = FIELDS,
                                   .field_count = sizeof FIELDS / sizeof *FIELDS,
                                   .id_is_code = true,
                                   .layer = EPO_OGC_LIVE};
}

bool epo_ogc_find(struct epo_request *request, struct epo_span name,
                  struct epo_collection *collection, struct epo_error *error) {
    for (size_t i = 0; i < sizeof LAYERS / sizeof *LAYERS; i++)
        if (epo_span_is(name, LAYERS[i]) && epo_layer_is_fed(request, LAYERS[i])) {
            *collection = describe(LAYERS[i]);
            return true;
        }
    return epo_collection_find(request->portal->maps, request->pool, name, collection, error);
}

bool epo_ogc_all(struct epo_request *request, struct epo_collection **list, size_t *count,
                 struct epo_error *error) {
    enum { MORE = sizeof LAYERS / sizeof *LAYERS };
    struct epo_collection *of_map;
    if (!epo_collections(request->portal->maps, request->pool, &of_map, count, error))
        return false;
    *list = EPO_NEW_ARRAY(request->pool, struct epo_collection, *count + MORE);
    memcpy(*list, of_map, *count * sizeof *of_map);
    for (size_t i = 0; i < MORE; i++)
        if (epo_layer_is_fed(request, LAYERS[i]))
            (*list)[(*count)++] = describe(LAYERS[i]);
    return true;
}

/* ---- one row ---- */

void epo_live_id(const struct epo_request *request, int64_t number, char out[EPO_LIVE_ID_SIZE]) {
    char text[64], digest[EPO_SHA256_HEX_SIZE];
    struct epo_buffer buffer;
    int len = snprintf(text, sizeof text, "published:%lld:", (long long)number);
    epo_buffer_init(&buffer, 256);
    epo_buffer_append(&buffer, text, (size_t)len);
    epo_buffer_append(&buffer, request->portal->secret, sizeof request->portal->secret);
    epo_sha256_hex(epo_buffer_get(&buffer), digest);
    epo_buffer_clear(&buffer);
    snprintf(out, EPO_LIVE_ID_SIZE, "%.24s", digest);
}

static struct epo_json *day(struct epo_pool *pool, struct epo_span text) {
    return text.len == 10 ? epo_json_text(pool, text) : epo_json_null(pool);
}

static struct epo_json *properties_of(struct epo_pool *pool, const struct epo_published_row *row) {
    const struct epo_json *words = epo_json_parse(pool, row->words, NULL);
    struct epo_json *out = epo_json_object(pool);
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        const struct epo_json *value = epo_json_get(words, FIELDS[i].name);
        epo_json_set(pool, out, FIELDS[i].name,
                     value != NULL ? epo_json_copy(pool, value) : epo_json_null(pool));
    }
    epo_json_set(pool, out, "first_day", day(pool, row->first_day));
    epo_json_set(pool, out, "last_day", day(pool, row->last_day));
    return out;
}

static bool is_in_a_window(const struct reading *r, struct epo_span wkb) {
    static const struct epo_bounds ANYWHERE = {-INFINITY, -INFINITY, INFINITY, INFINITY};
    for (size_t i = 0; i < r->window_count; i++)
        if (epo_window_meets(r->windows[i], ANYWHERE, wkb))
            return true;
    return r->query->box_count == 0;
}

static bool is_asked_for(const struct reading *r, const char *id,
                         const struct epo_json *properties) {
    if (r->query->id.len > 0 && !epo_span_is(r->query->id, id))
        return false;
    for (size_t i = 0; i < r->query->equals_count; i++)
        if (!epo_span_equal(epo_json_get_text(properties, r->query->equals[i].field),
                            r->query->equals[i].value))
            return false;
    return true;
}

static bool look(const struct epo_published_row *row, void *arg) {
    struct reading *r = arg;
    struct epo_pool *pool = r->request->pool;
    char id[EPO_LIVE_ID_SIZE];
    epo_live_id(r->request, row->number, id);
    struct epo_json *properties = properties_of(pool, row);
    if (!is_asked_for(r, id, properties) || !is_in_a_window(r, row->wkb_metres))
        return true;
    if (r->fitting++ < r->query->skip || r->verdict == EPO_FEATURE_COUNT)
        return true;
    struct epo_feature_row feature = {
        .id = epo_json_string(pool, id), .properties = properties, .wkb_metres = row->wkb_metres};
    r->verdict = r->visit(&feature, r->arg);
    return r->verdict != EPO_FEATURE_STOP;
}

/* ---- all rows ---- */

/* The UTC day of an instant as ISO date; `open` at an end that is open or beyond the calendar. */
static struct epo_span day_of(struct epo_pool *pool, int64_t at_us, const char *open) {
    char text[EPO_TIME_SIZE];
    int64_t days = at_us / DAY_US - (at_us % DAY_US < 0);
    if (days < 0 || days > DAYS_MAX)
        return epo_span(days < 0 ? "" : open);
    return epo_pool_copy(pool, epo_span(epo_date_iso(epo_date_from_days(days), text)));
}

bool epo_ogc_each(struct epo_request *request, const struct epo_collection *collection,
                  const struct epo_ogc_ask *ask, epo_feature_fn visit, void *arg, int64_t *matched,
                  struct epo_error *error) {
    const struct epo_feature_query *query = &ask->query;
    if (!epo_ogc_is_live(collection))
        return epo_features_each(request->portal->maps, collection, query, visit, arg, matched,
                                 error);
    char today[EPO_TIME_SIZE];
    struct reading r = {.request = request, .query = query, .visit = visit, .arg = arg};
    struct epo_live_query live = {.layer = epo_span(collection->name),
                                  .today = epo_span(epo_date_iso(epo_clock_today(), today)),
                                  .limit = ROWS_MAX,
                                  .lang = request->lang};
    struct epo_span first = EPO_SPAN(""), last = EPO_SPAN("9999-99-99");
    if (ask->timed) {
        first = day_of(request->pool, ask->when.from_us, "9999-99-99");
        last = day_of(request->pool, ask->when.until_us, "9999-99-99");
    }
    for (size_t i = 0; i < query->box_count; i++) {
        struct epo_window *window = epo_window_make(query->box_crs, query->boxes[i]);
        if (window != NULL)
            r.windows[r.window_count++] = window;
    }
    bool ok = epo_published_each(request->portal, request->db, &live, first, last, look, &r, error);
    for (size_t i = 0; i < r.window_count; i++)
        epo_window_free(r.windows[i]);
    *matched = r.verdict == EPO_FEATURE_STOP ? -1 : r.fitting;
    return ok;
}
