/* Where identity is verified: the offices of epo.json that do, with their hours, on a map that
 * needs no script. */
#include "http/admin_accounts.h"
#include "portal/identity.h"

enum { MARKS_MAX = 25 }; /* what the address of the picture has room for */

/* JSON as one value of a query. */
static struct epo_span encoded(struct epo_pool *pool, struct epo_span text) {
    struct epo_buffer out;
    epo_buffer_init(&out, 64u << 10);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     c == '.' || c == '-';
        if (plain)
            epo_buffer_byte(&out, text.at[i]);
        else
            epo_buffer_printf(&out, "%%%02X", c);
    }
    struct epo_span result = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return result;
}

/* A point as the picture takes it: the office's own, of epo.json. */
static void add_mark(struct epo_pool *pool, struct epo_json *features,
                     const struct epo_json *point) {
    struct epo_json *feature = epo_json_object(pool), *at = epo_json_array(pool);
    for (uint32_t i = 0; i < 2; i++)
        epo_json_push(pool, at, epo_json_real(pool, epo_json_number(point->items[i])));
    epo_json_set_string(pool, feature, "type", "Point");
    epo_json_set(pool, feature, "coordinates", at);
    epo_json_push(pool, features, feature);
}

struct epo_response *epo_identification_get(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *settings = epo_portal_settings(request->portal);
    const struct epo_json *all = epo_json_get(settings, "offices");
    struct epo_json *model = epo_json_object(pool), *places = epo_json_array(pool);
    struct epo_json *collection = epo_json_object(pool), *features = epo_json_array(pool);
    for (uint32_t i = 0; all != NULL && i < all->count; i++) {
        struct epo_span id = epo_json_get_text(all->items[i], "id");
        const struct epo_json *point = epo_json_get(all->items[i], "point");
        if (!epo_identity_office(settings, id))
            continue;
        struct epo_json *row = epo_page_office(request, id);
        if (point != NULL && features->count < MARKS_MAX) {
            add_mark(pool, features, point);
            epo_json_set_integer(pool, row, "mark", features->count);
        }
        epo_json_push(pool, places, row);
    }
    epo_json_set_string(pool, collection, "type", "FeatureCollection");
    epo_json_set(pool, collection, "features", features);
    if (features->count > 0)
        epo_json_set_string(
            pool, model, "picture",
            epo_pool_printf(pool, "/api/v1/map.png?frame=1&size=640x480&place=%.*s",
                            EPO_ARG(encoded(pool, epo_json_print(pool, collection)))));
    epo_json_set(pool, model, "places", places);
    epo_json_set_text(pool, model, "description", epo_page_text(request, "identification.lead"));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "identification.title"));
    struct epo_response *response = epo_respond_page(request, 200, "web/identification", model);
    epo_response_cacheable(response);
    return response;
}
