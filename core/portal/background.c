#include "portal/background.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"

enum { URL_BYTES_MAX = 1000, ZOOM_MAX = 22, RESOLUTIONS_MAX = 32, SIDE_MAX = 1 << 22 };

#define WMTS "SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
#define WMS "SERVICE=WMS&REQUEST=GetMap&VERSION=1.3.0&STYLES=&TRANSPARENT=TRUE&CRS=EPSG:3857"

static bool is_plain(struct epo_span text, const char *more) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (c != '\0' && strchr(more, c) != NULL)))
            return false;
    }
    return text.len > 0;
}

static struct epo_span encoded(struct epo_pool *pool, struct epo_span text) {
    struct epo_buffer buffer;
    epo_buffer_init(&buffer, URL_BYTES_MAX * 3);
    for (size_t i = 0; i < text.len; i++)
        if (is_plain((struct epo_span){text.at + i, 1}, "-._~:/,"))
            epo_buffer_byte(&buffer, text.at[i]);
        else
            epo_buffer_printf(&buffer, "%%%02X", (unsigned char)text.at[i]);
    struct epo_span out = epo_pool_copy(pool, epo_buffer_get(&buffer));
    epo_buffer_clear(&buffer);
    return out;
}

/* Every {name} of the template by its value; an unknown name stays. */
struct filling {
    const char *name;
    struct epo_span value;
};
static struct epo_span filled(struct epo_pool *pool, struct epo_span text,
                              const struct filling *fillings, size_t count) {
    struct epo_buffer buffer;
    epo_buffer_init(&buffer, URL_BYTES_MAX * 4);
    while (text.len > 0) {
        size_t i = 0;
        for (; text.at[0] == '{' && i < count; i++)
            if (epo_span_starts(text, epo_span(fillings[i].name)))
                break;
        if (text.at[0] == '{' && i < count) {
            size_t len = strlen(fillings[i].name);
            epo_buffer_span(&buffer, fillings[i].value);
            text = (struct epo_span){text.at + len, text.len - len};
        } else {
            epo_buffer_byte(&buffer, text.at[0]);
            text = (struct epo_span){text.at + 1, text.len - 1};
        }
    }
    struct epo_span out = epo_pool_copy(pool, epo_buffer_get(&buffer));
    epo_buffer_clear(&buffer);
    return out;
}

static bool has(struct epo_span text, const char *part) {
    return text.len > 0 && memmem(text.at, text.len, part, strlen(part)) != NULL;
}

/* ---- one entry ---- */

/* https, or http to this machine alone: pictures must not travel in the open. */
static const char *read_host(struct epo_pool *pool, struct epo_span url,
                             struct epo_background *background) {
    struct epo_span rest, https = EPO_SPAN("https://"), http = EPO_SPAN("http://");
    bool safe = epo_span_starts(url, https);
    size_t scheme = safe ? https.len : http.len;
    if (!safe && !epo_span_starts(url, http))
        return "\"url\" must begin with https://";
    if (url.len > URL_BYTES_MAX || !is_plain(url, "-._~:/?&=%,;+@!{}[]"))
        return "\"url\" is at most 1000 bytes without spaces and other signs that are to be "
               "percent-encoded";
    struct epo_span host =
        epo_span_cut((struct epo_span){url.at + scheme, url.len - scheme}, '/', &rest);
    struct epo_span name = epo_span_cut(host, ':', &rest);
    if (!is_plain(host, "-.:"))
        return "\"url\" must name a server, without a user, and a \"/\" behind it";
    if (!safe && !epo_span_is(name, "127.0.0.1") && !epo_span_is(name, "localhost"))
        return "\"url\" must begin with https:// (http:// for this machine alone)";
    background->host = epo_pool_copy(pool, (struct epo_span){url.at, scheme + host.len});
    return NULL;
}

static struct epo_span text_or(const struct epo_json *entry, const char *name,
                               const char *otherwise) {
    struct epo_span text = epo_json_get_text(entry, name);
    return text.len > 0 ? text : epo_span(otherwise);
}

static struct epo_span with_query(struct epo_pool *pool, struct epo_span url, const char *query) {
    const char *glue = !has(url, "?")                                             ? "?"
                       : url.at[url.len - 1] == '?' || url.at[url.len - 1] == '&' ? ""
                                                                                  : "&";
    return epo_span(epo_pool_printf(pool, "%.*s%s%s", EPO_ARG(url), glue, query));
}

static const char *read_wmts(struct epo_pool *pool, const struct epo_json *entry,
                             struct epo_span url, struct epo_background *background) {
    struct epo_span set = encoded(pool, epo_json_get_text(entry, "matrix_set"));
    struct epo_span layer = encoded(pool, epo_json_get_text(entry, "layer"));
    struct epo_span style = encoded(pool, text_or(entry, "style", "default"));
    struct epo_span format = encoded(pool, text_or(entry, "format", "image/png"));
    struct epo_span prefix = encoded(pool, epo_json_get_text(entry, "matrix_prefix"));
    struct epo_span matrix = epo_span(epo_pool_printf(pool, "%.*s{z}", EPO_ARG(prefix)));
    if (has(url, "{TileMatrix}")) {
        const struct filling fillings[] = {
            {"{TileMatrixSet}", set},
            {"{TileMatrix}", matrix},
            {"{TileRow}", EPO_SPAN("{y}")},
            {"{TileCol}", EPO_SPAN("{x}")},
            {"{Style}", style},
            {"{style}", style},
            {"{Layer}", layer},
        };
        background->url = filled(pool, url, fillings, sizeof fillings / sizeof *fillings);
        return NULL;
    }
    if (set.len == 0 || layer.len == 0)
        return "a wmts without {TileMatrix} in its \"url\" needs \"layer\" and \"matrix_set\"";
    background->url =
        with_query(pool, url,
                   epo_pool_printf(pool,
                                   WMTS "&LAYER=%.*s&STYLE=%.*s&FORMAT=%.*s&TILEMATRIXSET=%.*s"
                                        "&TILEMATRIX=%.*s&TILEROW={y}&TILECOL={x}",
                                   EPO_ARG(layer), EPO_ARG(style), EPO_ARG(format), EPO_ARG(set),
                                   EPO_ARG(matrix)));
    return NULL;
}

static const char *read_wms(struct epo_pool *pool, const struct epo_json *entry,
                            struct epo_span url, struct epo_background *background) {
    struct epo_span layer = encoded(pool, epo_json_get_text(entry, "layer"));
    struct epo_span format = encoded(pool, text_or(entry, "format", "image/png"));
    if (layer.len == 0)
        return "a wms needs its \"layer\"";
    if (background->grid != NULL)
        return "a wms draws in web mercator: leave \"grid\" out";
    background->url = with_query(
        pool, url,
        epo_pool_printf(
            pool, WMS "&LAYERS=%.*s&FORMAT=%.*s&WIDTH=%d&HEIGHT=%d&BBOX={bbox-epsg-3857}",
            EPO_ARG(layer), EPO_ARG(format), background->tile_size, background->tile_size));
    return NULL;
}

static bool all_numbers(const struct epo_json *list, uint32_t least, uint32_t most) {
    bool good =
        list != NULL && list->type == EPO_JSON_ARRAY && list->count >= least && list->count <= most;
    for (uint32_t i = 0; good && i < list->count; i++)
        good = list->items[i]->type == EPO_JSON_INTEGER || list->items[i]->type == EPO_JSON_REAL;
    return good;
}

static const char *read_grid(const struct epo_json *entry, struct epo_background *background) {
    const struct epo_json *grid = epo_json_get(entry, "grid");
    background->grid = grid;
    if (grid == NULL)
        return NULL;
    if (!epo_span_is(epo_json_get_text(grid, "srs"), "EPSG:5514") ||
        !all_numbers(epo_json_get(grid, "origin"), 2, 2) ||
        !all_numbers(epo_json_get(grid, "resolutions"), 1, RESOLUTIONS_MAX))
        return "\"grid\" is {\"srs\": \"EPSG:5514\", \"origin\": [x, y], \"resolutions\": [metres "
               "a pixel, …]}";
    background->max_zoom = (int)epo_json_get(grid, "resolutions")->count - 1;
    return NULL;
}

static const char *read_numbers(const struct epo_json *entry, struct epo_background *background) {
    int64_t most = background->grid != NULL ? background->max_zoom : ZOOM_MAX;
    int64_t otherwise = background->grid != NULL ? most : 19;
    int64_t min_zoom = epo_json_get_integer(entry, "min_zoom", 0);
    int64_t max_zoom = epo_json_get_integer(entry, "max_zoom", otherwise);
    int64_t size = epo_json_get_integer(entry, "tile_size", 256);
    if (min_zoom < 0 || max_zoom < min_zoom || max_zoom > most)
        return "\"min_zoom\" and \"max_zoom\" are from 0 to 22, in order, and of the \"grid\"";
    if (size != 256 && size != 512)
        return "\"tile_size\" is 256 or 512";
    background->min_zoom = (int)min_zoom;
    background->max_zoom = (int)max_zoom;
    background->tile_size = (int)size;
    return NULL;
}

const char *epo_background_read(struct epo_pool *pool, const struct epo_json *entry,
                                struct epo_background *background) {
    *background = (struct epo_background){.entry = entry, .id = epo_json_get_text(entry, "id")};
    struct epo_span type = epo_json_get_text(entry, "type"), url = epo_json_get_text(entry, "url");
    if (!is_plain(background->id, "-_") || background->id.len > 40)
        return "a background needs an \"id\" of at most 40 letters, digits, - and _";
    const struct epo_json *title = epo_json_get(entry, "title");
    if (epo_json_get_text(title, "cs").len == 0 || epo_json_get_text(title, "en").len == 0)
        return "a background needs \"title\": {\"cs\": …, \"en\": …}";
    const char *wrong = read_host(pool, url, background);
    if (wrong == NULL)
        wrong = read_grid(entry, background);
    if (wrong == NULL)
        wrong = read_numbers(entry, background);
    if (wrong != NULL)
        return wrong;
    background->proxied = epo_json_get_boolean(entry, "proxy", true);
    background->overlay = epo_json_get_boolean(entry, "overlay", false);
    background->url = url;
    if (epo_span_is(type, "wmts"))
        return read_wmts(pool, entry, url, background);
    if (epo_span_is(type, "wms"))
        return read_wms(pool, entry, url, background);
    if (!epo_span_is(type, "xyz"))
        return "\"type\" is xyz, wmts or wms";
    return has(url, "{z}") && has(url, "{x}") && has(url, "{y}")
               ? NULL
               : "the \"url\" of an xyz holds {z}, {x} and {y}";
}

/* ---- all of them ---- */

static const struct epo_json *entries(const struct epo_json *settings) {
    return epo_json_get(epo_json_get(settings, "maps"), "backgrounds");
}

bool epo_background_find(struct epo_pool *pool, const struct epo_json *settings, struct epo_span id,
                         struct epo_background *background) {
    const struct epo_json *list = entries(settings);
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        if (epo_span_equal(epo_json_get_text(list->items[i], "id"), id))
            return epo_background_read(pool, list->items[i], background) == NULL;
    return false;
}

struct epo_span epo_background_tile(struct epo_pool *pool, const struct epo_background *background,
                                    int64_t z, int64_t x, int64_t y) {
    const double half = 20037508.342789244; /* of web mercator's square, metres */
    if (z < background->min_zoom || z > background->max_zoom || x < 0 || y < 0)
        return EPO_SPAN("");
    int64_t side = background->grid != NULL ? SIDE_MAX : (int64_t)1 << z;
    if (x >= side || y >= side)
        return EPO_SPAN("");
    double step = 2 * half / (double)side;
    const struct filling fillings[] = {
        {"{z}", epo_span(epo_pool_printf(pool, "%d", (int)z))},
        {"{x}", epo_span(epo_pool_printf(pool, "%d", (int)x))},
        {"{y}", epo_span(epo_pool_printf(pool, "%d", (int)y))},
        {"{bbox-epsg-3857}",
         epo_span(epo_pool_printf(pool, "%.3f,%.3f,%.3f,%.3f", -half + (double)x * step,
                                  half - (double)(y + 1) * step, -half + (double)(x + 1) * step,
                                  half - (double)y * step))},
    };
    return filled(pool, background->url, fillings, sizeof fillings / sizeof *fillings);
}

static struct epo_json *describe(struct epo_pool *pool, const struct epo_background *background,
                                 const char *lang) {
    struct epo_json *one = epo_json_object(pool);
    epo_json_set_text(pool, one, "id", background->id);
    epo_json_set_text(pool, one, "title",
                      epo_json_localized(epo_json_get(background->entry, "title"), lang));
    epo_json_set_text(pool, one, "attribution",
                      epo_json_get_text(background->entry, "attribution"));
    if (background->proxied)
        epo_json_set_string(
            pool, one, "url",
            epo_pool_printf(pool, "/tiles/background/%.*s/{z}/{x}/{y}", EPO_ARG(background->id)));
    else
        epo_json_set_text(pool, one, "url", background->url);
    epo_json_set_boolean(pool, one, "overlay", background->overlay);
    epo_json_set_integer(pool, one, "min_zoom", background->min_zoom);
    epo_json_set_integer(pool, one, "max_zoom", background->max_zoom);
    epo_json_set_integer(pool, one, "tile_size", background->tile_size);
    if (background->grid != NULL)
        epo_json_set(pool, one, "grid", epo_json_copy(pool, background->grid));
    return one;
}

struct epo_json *epo_backgrounds_describe(struct epo_pool *pool, const struct epo_json *settings,
                                          const char *lang) {
    struct epo_json *all = epo_json_array(pool);
    const struct epo_json *list = entries(settings);
    struct epo_background background;
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        if (epo_background_read(pool, list->items[i], &background) == NULL)
            epo_json_push(pool, all, describe(pool, &background, lang));
    return all;
}

struct epo_span epo_backgrounds_hosts(struct epo_pool *pool, const struct epo_json *settings) {
    const struct epo_json *list = entries(settings);
    struct epo_span hosts = EPO_SPAN("");
    struct epo_background background;
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        if (epo_background_read(pool, list->items[i], &background) != NULL || background.proxied)
            continue;
        const char *more = epo_pool_printf(pool, " %.*s", EPO_ARG(background.host));
        if (!has(hosts, more))
            hosts = epo_span(epo_pool_printf(pool, "%.*s%s", EPO_ARG(hosts), more));
    }
    return hosts;
}
