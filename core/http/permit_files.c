/* The public register of permits for programs, for spreadsheets and as a picture. */
#include "http/csv.h"
#include "http/permits.h"
#include "http/picture_ask.h"

enum { FILE_ROWS_MAX = 5000, FILE_BYTES_MAX = 8 << 20 };

static struct epo_json *feature_of(struct epo_pool *pool, const struct epo_permit *one) {
    static const char *const WORDS[] = {"title", "text", "agenda", "form"};
    struct epo_json *feature = epo_json_object(pool), *properties = epo_json_object(pool);
    struct epo_json *geometry = epo_json_parse(pool, one->geometry, NULL);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        epo_json_set_text(pool, properties, WORDS[i], epo_json_get_text(one->words, WORDS[i]));
    epo_json_set_text(pool, properties, "first_day", one->first_day);
    epo_json_set_text(pool, properties, "last_day", one->last_day);
    epo_json_set_text(pool, properties, "district", one->district);
    epo_json_set_string(pool, feature, "type", "Feature");
    epo_json_set_string(pool, feature, "id", one->id);
    epo_json_set(pool, feature, "geometry", geometry != NULL ? geometry : epo_json_null(pool));
    epo_json_set(pool, feature, "properties", properties);
    return feature;
}

struct epo_response *epo_api_permits(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_permit_listing l;
    if (!epo_permits_ask(request, &l, &error) || !epo_permits_list(&l, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_json *all = epo_json_object(pool), *features = epo_json_array(pool);
    for (size_t i = 0; i < l.count; i++)
        epo_json_push(pool, features, feature_of(pool, &l.found[i]));
    epo_json_set_string(pool, all, "type", "FeatureCollection");
    epo_json_set(pool, all, "features", features);
    epo_json_set_integer(pool, all, "numberReturned", (int64_t)l.count);
    epo_json_set(pool, all, "next",
                 l.more ? epo_json_text(pool, epo_permits_next(&l)) : epo_json_null(pool));
    struct epo_response *response =
        epo_respond(request, 200, "application/geo+json", epo_json_print(pool, all));
    epo_response_header(response, "cache-control", EPO_SPAN("public, no-cache"));
    epo_response_header(response, "access-control-allow-origin", EPO_SPAN("*"));
    return response;
}

static void write_csv(const struct epo_permit_listing *l, struct epo_buffer *out) {
    static const char *const HEAD[] = {"id", "named", "text", "agenda", "from", "to", "district"};
    epo_buffer_string(out, "\xef\xbb\xbf");
    for (size_t i = 0; i < sizeof HEAD / sizeof *HEAD; i++) {
        epo_buffer_string(out, i > 0 ? "," : "");
        epo_csv_cell(out, epo_page_text(l->request,
                                        epo_pool_printf(l->request->pool, "permits.%s", HEAD[i])));
    }
    epo_buffer_string(out, "\r\n");
    for (size_t i = 0; i < l->count; i++) {
        const struct epo_permit *one = &l->found[i];
        const struct epo_span cells[] = {epo_span(one->id),
                                         epo_json_get_text(one->words, "title"),
                                         epo_json_get_text(one->words, "text"),
                                         epo_json_get_text(one->words, "agenda"),
                                         one->first_day,
                                         one->last_day,
                                         epo_permits_district(l->request, one->district)};
        for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
            epo_buffer_string(out, k > 0 ? "," : "");
            epo_csv_cell(out, cells[k]);
        }
        epo_buffer_string(out, "\r\n");
    }
}

/* A file that left something out without a word would be worse than none. */
struct epo_response *epo_permits_csv(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_buffer out;
    struct epo_permit_listing l;
    if (!epo_permits_ask(request, &l, &error))
        return epo_respond_error(request, &error, NULL);
    l.limit = FILE_ROWS_MAX;
    if (!epo_permits_list(&l, &error))
        return epo_respond_error(request, &error, NULL);
    epo_buffer_init(&out, FILE_BYTES_MAX);
    write_csv(&l, &out);
    bool whole = !l.more && !out.failed;
    struct epo_span bytes = epo_pool_copy(request->pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    if (!whole) {
        epo_fail(&error, EPO_ERROR_TOO_LARGE, "permits.many", "narrow the choice");
        return epo_respond_error(request, &error, NULL);
    }
    struct epo_response *response = epo_respond(request, 200, "text/csv; charset=utf-8", bytes);
    epo_response_header(response, "content-disposition",
                        EPO_SPAN("attachment; filename=\"permits.csv\""));
    return response;
}

/* /permits.png: where the permits of one page lie, numbered as in its list; for pages without a
 * script, for paper, and until a map has drawn itself. */
struct epo_response *epo_permits_picture(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_permit_listing l;
    struct epo_picture picture = {
        .width = EPO_PICTURE_WIDTH, .height = EPO_PICTURE_HEIGHT, .style = "light", .frame = true};
    if (!epo_permits_ask(request, &l, &error))
        return epo_respond_error(request, &error, NULL);
    l.limit = EPO_PERMITS_PAGE;
    if (!epo_permits_list(&l, &error))
        return epo_respond_error(request, &error, NULL);
    const struct epo_json **marks = EPO_NEW_ARRAY(pool, const struct epo_json *, l.limit);
    for (size_t i = 0; i < l.count; i++) {
        struct epo_place place;
        struct epo_json *geometry = epo_json_parse(pool, l.found[i].geometry, NULL);
        marks[i] = NULL; /* keeps its number */
        if (geometry != NULL && epo_place_read(pool, geometry, &place, NULL))
            marks[i] = place.geojson;
    }
    picture.marks = marks;
    picture.mark_count = l.count;
    epo_picture_words(request, &picture);
    if (!epo_picture_draw(request->portal->maps, epo_page_app(request)->looks, pool, &picture,
                          &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_response *response = epo_respond(request, 200, "image/png", picture.png);
    epo_response_header(response, "cache-control", EPO_SPAN("public, max-age=60"));
    epo_response_header(response, "vary", EPO_SPAN("accept-language, cookie"));
    return response;
}
