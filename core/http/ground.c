/* Tiles of backgrounds that the settings let the portal fetch for its citizens: the other server
 * learns nothing of them, and they are asked for by number, never by address. */
#include "http/internal.h"
#include "http/pages.h"
#include "http/tile_address.h"
#include "portal/background.h"

/* Pictures that a browser draws and that cannot carry a script. */
static const char *const TYPES[] = {"image/png", "image/jpeg", "image/webp", "image/gif",
                                    "image/avif"};

static const char *picture_type(const char *type) {
    struct epo_span rest, name = epo_span_trim(epo_span_cut(epo_span(type), ';', &rest));
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (epo_span_is(name, TYPES[i]))
            return TYPES[i];
    return NULL;
}

static struct epo_response *lost(struct epo_request *request, int status, const char *detail) {
    struct epo_response *response = epo_api_problem(
        request, status, status == 404 ? "background.no_tile" : "background.unavailable",
        epo_status_reason(status), detail, NULL);
    epo_response_header(response, "cache-control", EPO_SPAN("no-store"));
    return response;
}

static struct epo_response *finish(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    struct epo_fetch *fetch = arg;
    if (error != NULL && fetch->handle == NULL)
        return epo_respond_error(request, error, NULL); /* it never went out */
    if (fetch->failed)
        return lost(request, 502, "The server of this background cannot be reached.");
    if (fetch->status == 404 || fetch->status == 204)
        return lost(request, 404, "The background has no such tile.");
    const char *type = picture_type(fetch->type);
    if (fetch->status != 200 || type == NULL || fetch->body.len == 0)
        return lost(request, 502, "The server of this background gave no picture.");
    struct epo_response *response =
        epo_respond(request, 200, type, epo_pool_copy(request->pool, epo_buffer_get(&fetch->body)));
    epo_response_header(response, "cache-control", EPO_SPAN("public, max-age=86400"));
    return response;
}

struct epo_response *epo_ground_tile(struct epo_request *request) {
    struct epo_background background;
    int64_t at[3];
    bool read = epo_tile_address(request->captures + 1, "", at);
    const struct epo_json *settings = epo_portal_settings(request->portal);
    if (!epo_background_find(request->pool, settings, request->captures[0], &background) ||
        !background.proxied)
        return lost(request, 404, "There is no such background.");
    struct epo_span url =
        read ? epo_background_tile(request->pool, &background, at[0], at[1], at[2]) : EPO_SPAN("");
    if (url.len == 0)
        return lost(request, 404, "The background has no such tile.");
    struct epo_fetch *fetch = EPO_NEW(request->pool, struct epo_fetch);
    fetch->url = epo_pool_string(request->pool, url);
    return epo_respond_after_fetch(request, fetch, finish);
}
