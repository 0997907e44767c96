#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#include "base/limits.h"
#include "codes/codes.h"

static bool is_bounded(unsigned long width, unsigned long height) {
    return width > 0 && height > 0 && width <= EPO_CODES_PIXELS_MAX &&
           height <= EPO_CODES_PIXELS_MAX / width;
}

void grey_free(struct grey *grey) {
    free(grey->at);
    grey->at = NULL;
}

/* ---- JPEG ---- */

struct failing {
    struct jpeg_error_mgr base;
    jmp_buf away;
};

static void leave(j_common_ptr jpeg) {
    struct failing *failing = (struct failing *)jpeg->err;
    longjmp(failing->away, 1);
}

static void say_nothing(j_common_ptr jpeg, int level) {
    (void)jpeg;
    (void)level;
}

/* Twice the pixels of a page at 200 dpi are enough: the decoder halves what is larger. */
static void choose_scale(struct jpeg_decompress_struct *jpeg) {
    unsigned long pixels = (unsigned long)jpeg->image_width * jpeg->image_height;
    jpeg->scale_num = 1;
    jpeg->scale_denom = pixels > 32ul << 20 ? 4 : pixels > 12ul << 20 ? 2 : 1;
}

bool grey_from_jpeg(const unsigned char *bytes, size_t len, struct grey *grey) {
    struct jpeg_decompress_struct jpeg = {0};
    struct failing failing;
    *grey = (struct grey){0};
    jpeg.err = jpeg_std_error(&failing.base);
    failing.base.error_exit = leave;
    failing.base.emit_message = say_nothing;
    if (setjmp(failing.away) != 0) {
        jpeg_destroy_decompress(&jpeg);
        grey_free(grey);
        return false;
    }
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes, len);
    jpeg_read_header(&jpeg, TRUE);
    if (!is_bounded(jpeg.image_width, jpeg.image_height))
        leave((j_common_ptr)&jpeg);
    jpeg.out_color_space = JCS_GRAYSCALE;
    choose_scale(&jpeg);
    jpeg_start_decompress(&jpeg);
    grey->width = jpeg.output_width;
    grey->height = jpeg.output_height;
    grey->at = malloc((size_t)grey->width * grey->height);
    if (grey->at == NULL)
        leave((j_common_ptr)&jpeg);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = grey->at + (size_t)jpeg.output_scanline * grey->width;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    return true;
}

/* ---- PNG ---- */

bool grey_from_png(const unsigned char *bytes, size_t len, struct grey *grey) {
    png_image image = {.version = PNG_IMAGE_VERSION};
    *grey = (struct grey){0};
    bool ok = png_image_begin_read_from_memory(&image, bytes, len) != 0 &&
              is_bounded(image.width, image.height);
    if (ok) {
        png_color white = {255, 255, 255};
        image.format = PNG_FORMAT_GRAY;
        grey->width = image.width;
        grey->height = image.height;
        grey->at = malloc((size_t)image.width * image.height);
        ok = grey->at != NULL && png_image_finish_read(&image, &white, grey->at, 0, NULL) != 0;
    }
    png_image_free(&image);
    if (!ok)
        grey_free(grey);
    return ok;
}

/* ---- smaller ---- */

bool grey_halve(const struct grey *from, struct grey *to) {
    *to = (struct grey){.width = from->width / 2, .height = from->height / 2};
    to->at = to->width > 0 && to->height > 0 ? malloc((size_t)to->width * to->height) : NULL;
    if (to->at == NULL)
        return false;
    for (unsigned y = 0; y < to->height; y++) {
        const unsigned char *above = from->at + (size_t)2 * y * from->width;
        const unsigned char *below = above + from->width;
        unsigned char *out = to->at + (size_t)y * to->width;
        for (unsigned x = 0; x < to->width; x++, above += 2, below += 2)
            out[x] = (unsigned char)((above[0] + above[1] + below[0] + below[1]) / 4);
    }
    return true;
}
