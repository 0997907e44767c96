#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <poppler.h>

#include "base/limits.h"
#include "codes/codes.h"

#define DPI 200.0
#define OUR_FILE "form.json" /* as core/http/print_form.c names it */

struct kept {
    char *at;
    size_t len;
};

static gboolean keep(const gchar *bytes, gsize len, gpointer arg, GError **error) {
    struct kept *kept = arg;
    (void)error;
    if (len > EPO_PAPER_JSON_MAX - kept->len)
        return FALSE;
    memcpy(kept->at + kept->len, bytes, len);
    kept->len += len;
    return TRUE;
}

static bool print_attached(PopplerDocument *pdf) {
    GList *files = poppler_document_get_attachments(pdf);
    struct kept kept = {.at = malloc(EPO_PAPER_JSON_MAX)};
    bool found = false;
    for (GList *file = files; file != NULL; file = file->next) {
        PopplerAttachment *attached = file->data;
        kept.len = 0;
        if (!found && kept.at != NULL && attached->name != NULL &&
            strcmp(attached->name, OUR_FILE) == 0 &&
            poppler_attachment_save_to_callback(attached, keep, &kept, NULL)) {
            found = true;
            fwrite(kept.at, 1, kept.len, stdout);
        }
        g_object_unref(attached);
    }
    g_list_free(files);
    free(kept.at);
    return found;
}

/* One byte a pixel of what cairo has drawn in four. */
static bool to_grey(cairo_surface_t *surface, struct grey *grey) {
    *grey = (struct grey){.width = (unsigned)cairo_image_surface_get_width(surface),
                          .height = (unsigned)cairo_image_surface_get_height(surface)};
    grey->at = malloc((size_t)grey->width * grey->height);
    if (grey->at == NULL)
        return false;
    cairo_surface_flush(surface);
    for (unsigned y = 0; y < grey->height; y++) {
        const unsigned char *row = cairo_image_surface_get_data(surface) +
                                   (size_t)y * (size_t)cairo_image_surface_get_stride(surface);
        for (unsigned x = 0; x < grey->width; x++)
            grey->at[(size_t)y * grey->width + x] =
                (unsigned char)((row[4 * x] + 2 * row[4 * x + 1] + row[4 * x + 2]) / 4);
    }
    return true;
}

static void read_page(PopplerPage *page) {
    double width, height, scale = DPI / 72;
    struct grey grey;
    poppler_page_get_size(page, &width, &height);
    if (!(width > 1 && height > 1 && width < 20000 && height < 20000))
        return;
    while (width * scale * height * scale > EPO_CODES_PAGE_PIXELS)
        scale /= 2;
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)(width * scale) + 1, (int)(height * scale) + 1);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, scale, scale);
    poppler_page_render(page, cr);
    if (cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS && to_grey(surface, &grey)) {
        find_codes(&grey);
        grey_free(&grey);
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}

bool read_pdf(const unsigned char *bytes, size_t len) {
    GBytes *held = g_bytes_new_static(bytes, len);
    PopplerDocument *pdf = poppler_document_new_from_bytes(held, NULL, NULL);
    if (pdf == NULL) {
        g_bytes_unref(held);
        return false;
    }
    if (!print_attached(pdf)) {
        int pages = poppler_document_get_n_pages(pdf);
        for (int i = 0; i < pages && i < EPO_CODES_PAGES_MAX; i++) {
            PopplerPage *page = poppler_document_get_page(pdf, i);
            if (page == NULL)
                continue;
            read_page(page);
            g_object_unref(page);
        }
    }
    g_object_unref(pdf);
    g_bytes_unref(held);
    return true;
}
