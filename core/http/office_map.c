/* The map of the desk: the cases that the filter matches as GeoJSON for scripts, those of one page
 * of the list as a picture for who has none. */
#include <math.h>

#include "http/office_page.h"
#include "http/picture_ask.h"
#include "portal/located.h"
#include "portal/receipt.h"

static const double SAME_DEGREES = 1e-7;

static bool point_of(const struct epo_json *found, struct epo_point *at) {
    const struct epo_json *pair = epo_json_get(found, "point");
    if (pair == NULL)
        return false;
    *at = (struct epo_point){epo_json_number(pair->items[0]), epo_json_number(pair->items[1])};
    return true;
}

static void push_case(struct epo_request *request, struct epo_json *features,
                      const struct epo_json *found, struct epo_point at) {
    struct epo_pool *pool = request->pool;
    struct epo_json *feature = epo_json_object(pool);
    epo_json_set_string(pool, feature, "type", "Feature");
    epo_json_set_text(pool, feature, "id", epo_json_get_text(found, "number"));
    epo_json_set(pool, feature, "geometry", epo_geojson_point(pool, at));
    epo_json_set(pool, feature, "properties", epo_office_row(request, found));
    epo_json_push(pool, features, feature);
}

/* ---- further places of the cases ---- */

struct numbered {
    int64_t number;
    const struct epo_json *found;
};
struct placing {
    struct epo_request *request;
    struct numbered *cases; /* by number */
    uint32_t count;
    struct epo_json *features;
};

static int by_number(const void *a, const void *b) {
    const struct numbered *one = a, *other = b;
    return (one->number > other->number) - (one->number < other->number);
}

static void place_more(int64_t number, struct epo_span field, struct epo_point at, void *arg) {
    struct placing *placing = arg;
    struct numbered key = {number, NULL};
    struct epo_point first;
    (void)field;
    const struct numbered *found =
        bsearch(&key, placing->cases, placing->count, sizeof key, by_number);
    if (found == NULL)
        return; /* not one of those that the filter matches */
    if (!point_of(found->found, &first) || fabs(first.x - at.x) > SAME_DEGREES ||
        fabs(first.y - at.y) > SAME_DEGREES) /* the first of several stands for all already */
        push_case(placing->request, placing->features, found->found, at);
}

static bool add_further(struct epo_request *request, const struct epo_json *cases,
                        struct epo_json *features, struct epo_error *error) {
    struct placing placing = {request, EPO_NEW_ARRAY(request->pool, struct numbered, cases->count),
                              cases->count, features};
    if (cases->count == 0)
        return true;
    for (uint32_t i = 0; i < cases->count; i++) {
        placing.cases[i].found = cases->items[i];
        epo_number_read(epo_json_get_text(cases->items[i], "number"), &placing.cases[i].number);
    }
    qsort(placing.cases, placing.count, sizeof *placing.cases, by_number);
    return epo_located_more(request->portal, request->db, placing.cases[0].number,
                            placing.cases[placing.count - 1].number, place_more, &placing, error);
}

static struct epo_response *show_geojson(struct epo_request *request, void *arg) {
    const struct epo_office_ask *ask = arg;
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *page, *collection = epo_json_object(pool), *features = epo_json_array(pool);
    int64_t matched;
    if (!epo_desk_list(request->portal, request->db, pool, &ask->filter, &page, &error) ||
        !epo_desk_count(request->portal, request->db, &ask->filter, &matched, &error))
        return epo_respond_error(request, &error, NULL);
    const struct epo_json *cases = epo_json_get(page, "cases");
    for (uint32_t i = 0; i < cases->count; i++) {
        struct epo_point at;
        if (point_of(cases->items[i], &at))
            push_case(request, features, cases->items[i], at);
    }
    if (!add_further(request, cases, features, &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set_string(pool, collection, "type", "FeatureCollection");
    epo_json_set(pool, collection, "features", features);
    epo_json_set_text(pool, collection, "matched", epo_office_count_text(request, matched));
    epo_json_set_integer(pool, collection, "shown", cases->count);
    epo_json_set_boolean(pool, collection, "complete", epo_json_get(page, "next") == NULL);
    struct epo_response *response =
        epo_respond(request, 200, "application/geo+json", epo_json_print(pool, collection));
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}

/* ---- without a script ---- */

static struct epo_response *show_picture(struct epo_request *request, void *arg) {
    const struct epo_office_ask *ask = arg;
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *page;
    struct epo_picture picture = {
        .width = EPO_PICTURE_WIDTH, .height = EPO_PICTURE_HEIGHT, .style = "light", .frame = true};
    if (!epo_desk_list(request->portal, request->db, pool, &ask->filter, &page, &error))
        return epo_respond_error(request, &error, NULL);
    const struct epo_json *cases = epo_json_get(page, "cases");
    const struct epo_json **marks =
        EPO_NEW_ARRAY(pool, const struct epo_json *, cases->count > 0 ? cases->count : 1);
    for (uint32_t i = 0; i < cases->count; i++) {
        struct epo_point at;
        if (point_of(cases->items[i], &at))
            marks[picture.mark_count++] = epo_geojson_point(pool, at);
    }
    picture.marks = marks;
    epo_picture_words(request, &picture);
    if (!epo_picture_draw(request->portal->maps, epo_page_app(request)->looks, pool, &picture,
                          &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_response *response = epo_respond(request, 200, "image/png", picture.png);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}

static struct epo_response *look(struct epo_request *request, int limit,
                                 struct epo_response *(*show)(struct epo_request *, void *)) {
    struct epo_office_ask *ask = EPO_NEW(request->pool, struct epo_office_ask);
    struct epo_response *refused = epo_office_ask(request, ask);
    ask->filter.limit = limit;
    return refused != NULL
               ? refused
               : epo_office_look(request, ask, EPO_SPAN("inbox.viewed"), ask->filter.state, show);
}

struct epo_response *epo_office_geojson(struct epo_request *request) {
    return look(request, EPO_DESK_PLACES, show_geojson);
}

struct epo_response *epo_office_picture(struct epo_request *request) {
    return look(request, EPO_DESK_PAGE, show_picture);
}
