/* Addresses of tiles, whoever made them up: numbers or nothing; and what goes out to the server of
 * a background is its own address with these numbers in it, never another. */
#include "http/internal.h"
#include "http/tile_address.h"
#include "portal/background.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct epo_route ROUTES[] = {
    {EPO_GET, "/tiles/city/{z}/{x}/{y}", NULL, 0, "tiles"},
    {EPO_GET, "/tiles/background/{id}/{z}/{x}/{y}", NULL, 0, "background"},
};
static const char SETTINGS[] =
    "{\"maps\":{\"backgrounds\":["
    "{\"id\":\"a\",\"title\":{\"cs\":\"A\",\"en\":\"A\"},\"type\":\"xyz\","
    "\"url\":\"https://a.example/{z}/{x}/{y}.png\"},"
    "{\"id\":\"b\",\"title\":{\"cs\":\"B\",\"en\":\"B\"},\"type\":\"wms\","
    "\"url\":\"https://a.example/wms?\",\"layer\":\"x y&z\"},"
    "{\"id\":\"c\",\"title\":{\"cs\":\"C\",\"en\":\"C\"},\"type\":\"wmts\",\"max_zoom\":1,"
    "\"url\":\"https://a.example/{TileMatrix}/{TileRow}/{TileCol}\","
    "\"grid\":{\"srs\":\"EPSG:5514\",\"origin\":[-925000,-920000],\"resolutions\":[9,4]}}]}}";

static void check_url(struct epo_span url) {
    epo_assert(epo_span_starts(url, EPO_SPAN("https://a.example/")));
    for (size_t i = 0; i < url.len; i++)
        epo_assert(url.at[i] > ' ' && url.at[i] < 0x7f && url.at[i] != '{' && url.at[i] != '#' &&
                   url.at[i] != '@');
}

static void ask_background(struct epo_pool *pool, const struct epo_span captures[4]) {
    struct epo_background background;
    struct epo_json *settings = epo_json_parse(pool, epo_span(SETTINGS), NULL);
    int64_t at[3];
    epo_assert(settings != NULL);
    if (!epo_background_find(pool, settings, captures[0], &background) ||
        !epo_tile_address(captures + 1, "", at))
        return;
    struct epo_span url = epo_background_tile(pool, &background, at[0], at[1], at[2]);
    if (url.len > 0)
        check_url(url);
}

/* The input is the path as it was sent. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_span path, captures[4], given = {(const char *)bytes, len};
    int allowed;
    int64_t at[3];
    if (epo_request_decode(pool, given, false, &path) && path.len > 0 && path.at[0] == '/') {
        const struct epo_route *route =
            epo_route_find(ROUTES, 2, EPO_GET, path, pool, captures, &allowed);
        if (route == &ROUTES[0] && epo_tile_address(captures, ".mvt", at))
            epo_assert(at[0] >= 0 && at[0] <= EPO_TILE_ZOOM_MAX && at[1] >= 0 && at[2] >= 0);
        if (route == &ROUTES[1])
            ask_background(pool, captures);
    }
    epo_pool_free(pool);
    return 0;
}
