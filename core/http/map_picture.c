/* GET /api/v1/map.png: the map drawn here, for pages without JavaScript and for programs. */
#include "base/token.h"
#include "http/pages.h"
#include "http/picture_ask.h"

void epo_picture_words(struct epo_request *request, struct epo_picture *picture) {
    picture->north = epo_pool_string(request->pool, epo_page_text(request, "picture.north"));
    if (request->portal->demo)
        picture->note =
            epo_pool_string(request->pool, epo_page_text(request, "frame.demo_tag_small"));
}

/* The same question of the same map gives the same bytes: known before anything is drawn. */
static struct epo_span etag_of(struct epo_request *request) {
    char hash[EPO_SHA256_HEX_SIZE];
    struct epo_span version = epo_tiles_version(request->portal->maps, request->pool);
    epo_sha256_hex(
        epo_span(epo_pool_printf(request->pool, "%s %.*s %s %.*s", epo_page_app(request)->version,
                                 EPO_ARG(version), request->lang, EPO_ARG(request->raw_query))),
        hash);
    return epo_span(epo_pool_printf(request->pool, "\"%.32s\"", hash));
}

struct epo_response *epo_map_picture(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_picture picture;
    struct epo_response *response;
    if (!epo_picture_ask(request, &picture, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_span etag = etag_of(request);
    if (epo_span_equal(epo_request_header(request, "if-none-match"), etag)) {
        response = epo_respond(request, 304, "image/png", EPO_SPAN(""));
    } else {
        epo_picture_words(request, &picture);
        if (!epo_picture_draw(request->portal->maps, epo_page_app(request)->looks, request->pool,
                              &picture, &error))
            return epo_respond_error(request, &error, NULL);
        response = epo_respond(request, 200, "image/png", picture.png);
    }
    epo_response_header(response, "etag", etag);
    epo_response_header(response, "cache-control", EPO_SPAN("public, max-age=300"));
    epo_response_header(response, "vary", EPO_SPAN("accept-language, cookie"));
    return response;
}
