/* A question to OGC API: what is read keeps its bounds, and a box of it is a window that says the
 * same of a point and of that point as a geometry. The first line is the Accept header, the rest
 * the query; behind "WKB\n" stands a geometry instead: what is written of it is JSON. */
#include <math.h>

#include "http/internal.h"
#include "http/ogc.h"
#include "maps/window.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_windows(const struct epo_feature_query *query) {
    epo_assert(query->box_count <= EPO_FEATURE_BOXES_MAX);
    for (size_t i = 0; i < query->box_count; i++) {
        const struct epo_bounds *box = &query->boxes[i];
        epo_assert(isfinite(box->min_x) && isfinite(box->max_y));
        epo_assert(box->min_x <= box->max_x && box->min_y <= box->max_y);
        struct epo_window *window = epo_window_make(query->box_crs, *box);
        if (window == NULL)
            continue;
        struct epo_bounds around = epo_window_box(window);
        struct epo_point middle = {(around.min_x + around.max_x) / 2,
                                   (around.min_y + around.max_y) / 2};
        char wkb[21] = {1, 1};
        memcpy(wkb + 5, &middle, sizeof middle);
        epo_assert(around.min_x <= around.max_x && around.min_y <= around.max_y);
        epo_assert(epo_window_has(window, middle) ==
                   epo_window_meets(window,
                                    (struct epo_bounds){middle.x, middle.y, middle.x, middle.y},
                                    (struct epo_span){wkb, sizeof wkb}));
        epo_assert(!epo_window_has(window, (struct epo_point){around.max_x + 1, middle.y}));
        epo_window_free(window);
    }
}

static void ask(struct epo_pool *pool, struct epo_span accept, struct epo_span text) {
    static const struct epo_field FIELDS[] = {{"owner", EPO_FIELD_TEXT, 8},
                                              {"area_m2", EPO_FIELD_REAL, 11}};
    static const struct epo_collection PARCELS = {
        .name = "parcel", .fields = FIELDS, .field_count = sizeof FIELDS / sizeof *FIELDS};
    struct epo_error error = {0};
    struct epo_pairs pairs;
    struct epo_ogc_ask out;
    struct epo_header header = {EPO_SPAN("accept"), accept};
    if (!epo_request_read_pairs(pool, text, &pairs, &error))
        return;
    struct epo_request request = {.pool = pool,
                                  .query = pairs.pairs,
                                  .query_count = pairs.count,
                                  .headers = &header,
                                  .header_count = 1};
    for (int kind = EPO_OGC_PAGE; kind <= EPO_OGC_ITEMS; kind++) {
        error.code[0] = '\0';
        if (!epo_ogc_read(&request, (enum epo_ogc_kind)kind, &PARCELS, &out, &error)) {
            epo_assert(strncmp(error.code, "ogc.", 4) == 0 && epo_text_valid(epo_span(error.text)));
            continue;
        }
        epo_assert(out.limit >= 1 && out.limit <= EPO_OGC_LIMIT_MAX);
        epo_assert(out.query.skip >= 0 && out.query.skip <= EPO_OGC_SKIP_MAX);
        epo_assert(out.query.after >= 0 && out.query.equals_count <= EPO_FEATURE_EQUALS_MAX);
        epo_assert(!out.timed || out.when.from_us <= out.when.until_us);
        check_windows(&out.query);
    }
}

static void write(struct epo_pool *pool, struct epo_span wkb) {
    for (int crs = 0; crs < EPO_CRS_COUNT; crs++) {
        struct epo_error error = {0};
        struct epo_buffer out;
        epo_buffer_init(&out, 1u << 22);
        if (epo_geometry_write(&out, wkb, (enum epo_crs)crs, &error) && !out.failed)
            epo_assert(epo_json_parse(pool, epo_buffer_get(&out), &error) != NULL);
        else
            epo_assert(out.failed || error.code[0] != '\0');
        epo_buffer_clear(&out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_span rest,
        first = epo_span_cut((struct epo_span){(const char *)bytes, len}, '\n', &rest);
    if (epo_span_is(first, "WKB"))
        write(pool, rest);
    else
        ask(pool, first, rest);
    epo_pool_free(pool);
    return 0;
}
