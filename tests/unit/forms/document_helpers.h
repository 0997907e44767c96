/* PDF files for the programs that judge them. */
#ifndef EPO_TESTS_DOCUMENT_HELPERS_H
#define EPO_TESTS_DOCUMENT_HELPERS_H

#include "forms_helpers.h"

#include <cairo/cairo.h>

#include "folder.h"
#include "forms/document.h"

static inline char *write_pdf(struct epo_pool *pool, const struct test_folder *folder,
                              struct epo_span pdf) {
    char *path = epo_pool_printf(pool, "%s/document.pdf", folder->path);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(pdf.at, 1, pdf.len, file), pdf.len);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* What the program prints; it must succeed. */
static inline const char *ask(struct epo_pool *pool, const char *command, const char *file) {
    char line[512], block[4096];
    struct epo_buffer out;
    size_t len;
    /* The tests' own memory checker is not for these programs. */
    int used = snprintf(line, sizeof line, "unset LD_PRELOAD; LC_ALL=C.UTF-8 TZ=UTC ");
    const char *mark = strstr(command, "%s");
    assert_non_null(mark);
    snprintf(line + used, sizeof line - (size_t)used, "%.*s%s%s 2>&1", (int)(mark - command),
             command, file, mark + 2);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    epo_buffer_init(&out, 16 << 20);
    while ((len = fread(block, 1, sizeof block, pipe)) > 0)
        epo_buffer_append(&out, block, len);
    const char *text = epo_pool_string(pool, epo_buffer_get(&out));
    if (pclose(pipe) != 0)
        fail_msg("%s: %s", line, text);
    epo_buffer_clear(&out);
    return text;
}

static inline void assert_contains(const char *text, const char *piece) {
    if (strstr(text, piece) == NULL)
        fail_msg("\"%s\" is not in:\n%s", piece, text);
}

static inline void assert_lacks(const char *text, const char *piece) {
    if (strstr(text, piece) != NULL)
        fail_msg("\"%s\" is in:\n%s", piece, text);
}

static inline cairo_status_t append_png(void *arg, const unsigned char *bytes, unsigned len) {
    epo_buffer_append(arg, bytes, len);
    return CAIRO_STATUS_SUCCESS;
}

/* A picture with a circle. */
static inline struct epo_span drawn_png(struct epo_pool *pool) {
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 120, 80);
    cairo_t *cr = cairo_create(surface);
    struct epo_buffer out;
    cairo_set_source_rgb(cr, 0.8, 0.9, 0.8);
    cairo_paint(cr);
    cairo_arc(cr, 60, 40, 25, 0, 6.3);
    cairo_set_source_rgb(cr, 0.1, 0.3, 0.6);
    cairo_fill(cr);
    epo_buffer_init(&out, 1 << 20);
    cairo_surface_write_to_png_stream(surface, append_png, &out);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    struct epo_span png = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return png;
}

#endif
