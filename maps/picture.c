#include "maps/picture.h"

#include <math.h>
#include <zlib.h>

#include "base/limits.h"
#include "maps/mapbase.h"
#include "maps/picture_parts.h"

#define LAT_MOST 85.0511 /* where web mercator ends */
enum { ZOOM_OF_A_SPOT = 17, ZOOM_ALONE = 16, MARGIN = 48 };

/* Pixels of the whole world at that zoom. */
static double world(int zoom) {
    return ldexp(256, zoom);
}

static struct epo_point to_world(struct epo_point lon_lat, int zoom) {
    double lat = fmax(-LAT_MOST, fmin(LAT_MOST, lon_lat.y)), s = sin(lat * M_PI / 180);
    return (struct epo_point){(lon_lat.x + 180) / 360 * world(zoom),
                              (0.5 - log((1 + s) / (1 - s)) / (4 * M_PI)) * world(zoom)};
}

static struct epo_point from_world(struct epo_point at, int zoom) {
    return (struct epo_point){at.x / world(zoom) * 360 - 180,
                              atan(sinh(M_PI * (1 - 2 * at.y / world(zoom)))) * 180 / M_PI};
}

struct epo_point epo_canvas_at(const struct epo_canvas *canvas, struct epo_point lon_lat) {
    struct epo_point at = to_world(lon_lat, canvas->zoom);
    return (struct epo_point){at.x - canvas->left, at.y - canvas->top};
}

struct epo_point epo_tile_at(const struct epo_tile_drawn *tile,
                             const struct epo_mvt_feature *feature, uint32_t point) {
    double unit = tile->size / feature->extent;
    return (struct epo_point){tile->left + feature->xy[2 * point] * unit,
                              tile->top + feature->xy[2 * point + 1] * unit};
}

/* ---- what is in sight ---- */

static int zoom_that_fits(const struct epo_picture *picture, const struct epo_rect *box) {
    int zoom = ZOOM_OF_A_SPOT;
    for (; zoom > EPO_PICTURE_ZOOM_MIN; zoom--) {
        struct epo_point from = to_world((struct epo_point){box->left, box->bottom}, zoom);
        struct epo_point to = to_world((struct epo_point){box->right, box->top}, zoom);
        if (to.x - from.x <= fmax(picture->width - 2 * MARGIN, 16) &&
            to.y - from.y <= fmax(picture->height - 2 * MARGIN, 16))
            break;
    }
    return zoom;
}

void epo_picture_settle(struct epo_maps *maps, struct epo_picture *picture) {
    struct epo_rect box;
    bool marked = epo_picture_extent(picture, &box);
    if (picture->zoom == 0)
        picture->zoom = marked ? zoom_that_fits(picture, &box) : ZOOM_ALONE;
    if (picture->centred)
        return;
    if (marked) {
        struct epo_point from = to_world((struct epo_point){box.left, box.bottom}, picture->zoom);
        struct epo_point to = to_world((struct epo_point){box.right, box.top}, picture->zoom);
        picture->center =
            from_world((struct epo_point){(from.x + to.x) / 2, (from.y + to.y) / 2}, picture->zoom);
    } else {
        unsigned slot;
        const struct epo_snapshot *snapshot = epo_maps_hold(maps, &slot);
        picture->center = epo_tiles_center(snapshot->tiles);
        epo_maps_drop(maps, slot);
    }
    picture->centred = true;
}

/* ---- tiles ---- */

/* gzip as MBTiles keep it. */
static bool inflate_tile(struct epo_pool *pool, struct epo_span packed, struct epo_span *bytes,
                         struct epo_error *error) {
    struct epo_buffer out;
    z_stream stream = {.next_in = (unsigned char *)packed.at, .avail_in = (unsigned)packed.len};
    unsigned char piece[16384];
    int said = inflateInit2(&stream, 16 + MAX_WBITS);
    epo_buffer_init(&out, EPO_PICTURE_TILE_BYTES_MAX);
    while (said == Z_OK && !out.failed) {
        stream.next_out = piece;
        stream.avail_out = sizeof piece;
        said = inflate(&stream, Z_NO_FLUSH);
        epo_buffer_append(&out, piece, sizeof piece - stream.avail_out);
    }
    inflateEnd(&stream);
    bool ok = said == Z_STREAM_END && !out.failed;
    if (ok)
        *bytes = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return ok || epo_fail(error, EPO_ERROR_BROKEN, "tiles.damaged",
                          "a tile of the map cannot be unpacked, or is over %u bytes",
                          EPO_PICTURE_TILE_BYTES_MAX);
}

static bool read_tile(struct epo_canvas *canvas, struct epo_tiles *tiles, int zoom, int x, int y,
                      double size, struct epo_error *error) {
    struct epo_span packed, bytes;
    if (!epo_tiles_copy(tiles, canvas->pool, zoom, x, y, &packed, error))
        return false;
    if (packed.len == 0)
        return true;
    struct epo_tile_drawn *tile = &canvas->tiles[canvas->tile_count++];
    *tile = (struct epo_tile_drawn){
        .left = x * size - canvas->left, .top = y * size - canvas->top, .size = size};
    return inflate_tile(canvas->pool, packed, &bytes, error) &&
           epo_mvt_read(canvas->pool, bytes, &tile->mvt, error);
}

/* A tile is drawn 512 pixels wide, as in the browser; wider beyond the last zoom that there is. */
static bool read_tiles(struct epo_canvas *canvas, struct epo_tiles *tiles,
                       struct epo_error *error) {
    int least, most;
    epo_tiles_zooms(tiles, &least, &most);
    int zoom = canvas->zoom - 1;
    zoom = zoom < least ? least : zoom > most ? most : zoom;
    double size = ldexp(256, canvas->zoom - zoom), last = ldexp(1, zoom) - 1;
    int from_x = (int)fmax(floor(canvas->left / size), 0);
    int from_y = (int)fmax(floor(canvas->top / size), 0);
    int to_x = (int)fmin(floor((canvas->left + canvas->width - 1) / size), last);
    int to_y = (int)fmin(floor((canvas->top + canvas->height - 1) / size), last);
    if (size < 64 || to_x < from_x || to_y < from_y)
        return true; /* tiles of so near a zoom alone would be too many; or beside the world */
    canvas->tiles = EPO_NEW_ARRAY(canvas->pool, struct epo_tile_drawn,
                                  (size_t)(to_x - from_x + 1) * (size_t)(to_y - from_y + 1));
    bool ok = true;
    for (int y = from_y; ok && y <= to_y; y++)
        for (int x = from_x; ok && x <= to_x; x++)
            ok = read_tile(canvas, tiles, zoom, x, y, size, error);
    return ok;
}

/* ---- the picture ---- */

static void keep_frame(const struct epo_picture *picture, struct epo_rect kept[4], size_t *count) {
    double right = picture->width, bottom = picture->height;
    *count = 0;
    if (picture->frame) {
        kept[(*count)++] = (struct epo_rect){0, bottom - 42, 170, bottom};
        kept[(*count)++] = (struct epo_rect){right - 42, 0, right, 60};
        kept[(*count)++] = (struct epo_rect){right - 300, bottom - 42, right, bottom};
    }
    if (picture->crosshair)
        kept[(*count)++] =
            (struct epo_rect){right / 2 - 22, bottom / 2 - 22, right / 2 + 22, bottom / 2 + 22};
}

static bool draw(struct epo_canvas *canvas, struct epo_picture *picture,
                 const struct epo_snapshot *snapshot, struct epo_error *error) {
    struct epo_rect kept[4];
    size_t kept_count;
    if (snapshot->tiles != NULL && !read_tiles(canvas, snapshot->tiles, error))
        return false;
    epo_picture_layers(canvas);
    epo_picture_shapes(canvas, picture);
    keep_frame(picture, kept, &kept_count);
    epo_picture_labels(canvas, kept, kept_count);
    epo_picture_pins(canvas, picture);
    if (picture->crosshair)
        epo_picture_crosshair(canvas);
    if (picture->frame)
        epo_picture_frame(canvas, picture, epo_tiles_attribution(snapshot->tiles));
    return true;
}

bool epo_picture_draw(struct epo_maps *maps, const struct epo_looks *looks, struct epo_pool *pool,
                      struct epo_picture *picture, struct epo_error *error) {
    epo_assert(picture->width <= EPO_PICTURE_SIDE_MAX && picture->height <= EPO_PICTURE_SIDE_MAX);
    epo_picture_settle(maps, picture);
    struct epo_point middle = to_world(picture->center, picture->zoom);
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, picture->width, picture->height);
    struct epo_canvas canvas = {
        .cr = cairo_create(surface),
        .pool = pool,
        .looks = looks,
        .palette = epo_json_get(epo_json_get(looks->json, "palettes"), picture->style),
        .zoom = picture->zoom,
        .width = picture->width,
        .height = picture->height,
        /* whole pixels: edges of tiles then fall between pixels */
        .left = round(middle.x - picture->width / 2.0),
        .top = round(middle.y - picture->height / 2.0)};
    unsigned slot;
    const struct epo_snapshot *snapshot = epo_maps_hold(maps, &slot);
    picture->map_version = epo_pool_copy(pool, epo_span(snapshot->version));
    picture->version = epo_pool_copy(pool, epo_tiles_version_of(snapshot->tiles));
    bool ok = draw(&canvas, picture, snapshot, error) &&
              epo_picture_png(pool, surface, &picture->png, error);
    epo_maps_drop(maps, slot);
    cairo_destroy(canvas.cr);
    cairo_surface_destroy(surface);
    return ok;
}
