/* A picture as PNG with a palette of its own: a map has few colours and many shades between them,
 * so that 256 well chosen ones, and for each other its nearest, can hardly be told from all of
 * them, in a third of the bytes. They are kept with every submission. */
#include <png.h>
#include <stdlib.h>

#include "base/limits.h"
#include "maps/picture_parts.h"

enum { SHADES = 256, SLOTS = 1 << 16, FREE = -1 }; /* of the table of shades; a power of two */

struct shade {
    int32_t colour;      /* 0xrrggbb; FREE */
    uint32_t count, off; /* off: how far the nearest of the palette is */
    uint8_t at;          /* which one that is */
};
struct shades {
    struct shade *slots;
    struct shade **used;
    size_t count;
    int32_t palette[SHADES];
    int palette_count;
};

/* Of 64 Ki slots at most half are used: what is over is counted with its nearest multiple of 8. */
static struct shade *shade_of(struct shades *shades, int32_t colour) {
    for (int pass = 0;; pass++) {
        uint32_t slot = (uint32_t)colour * 2654435769u >> 16;
        while (shades->slots[slot].colour != FREE && shades->slots[slot].colour != colour)
            slot = (slot + 1) % SLOTS;
        struct shade *found = &shades->slots[slot];
        if (found->colour == colour)
            return found;
        if (shades->count < SLOTS / 2 || (pass > 0 && shades->count < SLOTS - 1)) {
            found->colour = colour;
            shades->used[shades->count++] = found;
            return found;
        }
        colour &= 0xf8f8f8; /* 32768 of these at most, which is what is left */
    }
}

static uint32_t apart(int32_t one, int32_t other) {
    int red = (one >> 16) - (other >> 16), green = (one >> 8 & 255) - (other >> 8 & 255);
    int blue = (one & 255) - (other & 255);
    return (uint32_t)(3 * red * red + 6 * green * green + blue * blue); /* as the eye sees them */
}

static int32_t pixel(const uint32_t *row, int x) {
    return (int32_t)(row[x] & 0xffffff);
}

static const uint32_t *row_of(cairo_surface_t *surface, int y) {
    return (const uint32_t *)(const void *)(cairo_image_surface_get_data(surface) +
                                            (ptrdiff_t)y * cairo_image_surface_get_stride(surface));
}

/* The shade that would be most wrong without: by how often it is there and how far from all that
 * have been chosen. False when none would be. */
static bool add_to_palette(struct shades *shades) {
    const struct shade *worst = NULL;
    for (size_t i = 0; i < shades->count; i++) {
        const struct shade *shade = shades->used[i];
        if (shade->off > 0 && (worst == NULL || (uint64_t)shade->count * shade->off >
                                                    (uint64_t)worst->count * worst->off))
            worst = shade;
    }
    if (worst == NULL)
        return false;
    int32_t colour = worst->colour;
    for (size_t i = 0; i < shades->count; i++) {
        uint32_t off = apart(shades->used[i]->colour, colour);
        if (off < shades->used[i]->off) {
            shades->used[i]->off = off;
            shades->used[i]->at = (uint8_t)shades->palette_count;
        }
    }
    shades->palette[shades->palette_count++] = colour;
    return true;
}

static void choose(struct shades *shades, cairo_surface_t *surface) {
    int width = cairo_image_surface_get_width(surface);
    for (int y = 0; y < cairo_image_surface_get_height(surface); y++)
        for (int x = 0; x < width; x++)
            shade_of(shades, pixel(row_of(surface, y), x))->count++;
    for (size_t i = 0; i < shades->count; i++)
        shades->used[i]->off = UINT32_MAX;
    while (shades->palette_count < SHADES && add_to_palette(shades))
        continue;
}

static void append(png_structp png, png_bytep bytes, size_t len) {
    epo_buffer_append(png_get_io_ptr(png), bytes, len);
}

static void flush(png_structp png) {
    (void)png;
}

static void write_rows(png_structp png, png_infop info, struct shades *shades,
                       cairo_surface_t *surface) {
    png_color palette[SHADES];
    png_byte row[EPO_PICTURE_SIDE_MAX];
    int width = cairo_image_surface_get_width(surface);
    int height = cairo_image_surface_get_height(surface);
    for (int i = 0; i < shades->palette_count; i++) {
        int32_t colour = shades->palette[i];
        palette[i] = (png_color){(png_byte)(colour >> 16), (png_byte)(colour >> 8 & 255),
                                 (png_byte)(colour & 255)};
    }
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_PALETTE,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_PLTE(png, info, palette, shades->palette_count);
    png_write_info(png, info);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++)
            row[x] = shade_of(shades, pixel(row_of(surface, y), x))->at;
        png_write_row(png, row);
    }
    png_write_end(png, info);
}

bool epo_picture_png(struct epo_pool *pool, cairo_surface_t *surface, struct epo_span *bytes,
                     struct epo_error *error) {
    struct shades shades = {.slots = EPO_NEW_ARRAY(pool, struct shade, SLOTS),
                            .used = EPO_NEW_ARRAY(pool, struct shade *, SLOTS)};
    struct epo_buffer out;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    epo_assert(info != NULL);
    epo_buffer_init(&out, EPO_PICTURE_BYTES_MAX);
    for (int i = 0; i < SLOTS; i++)
        shades.slots[i].colour = FREE;
    cairo_surface_flush(surface);
    choose(&shades, surface);
    bool ok = false;
    if (setjmp(png_jmpbuf(png)) == 0) {
        png_set_write_fn(png, &out, append, flush);
        write_rows(png, info, &shades, surface);
        ok = true;
    }
    png_destroy_write_struct(&png, &info);
    if (ok && !out.failed)
        *bytes = epo_pool_copy(pool, epo_buffer_get(&out));
    ok = ok && !out.failed;
    epo_buffer_clear(&out);
    return ok || epo_fail(error, EPO_ERROR_BROKEN, "picture.png", "the picture cannot be written");
}
