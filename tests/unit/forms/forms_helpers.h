/* What the tests of this room share: files, a catalog, a form from text. */
#ifndef EPO_TESTS_FORMS_HELPERS_H
#define EPO_TESTS_FORMS_HELPERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "forms/form.h"

static inline struct epo_span read_file(struct epo_pool *pool, const char *path) {
    FILE *file = fopen(path, "r");
    struct epo_buffer buffer;
    char block[4096];
    size_t got;
    if (file == NULL)
        fail_msg("cannot read %s", path);
    epo_buffer_init(&buffer, 1 << 22);
    while ((got = fread(block, 1, sizeof(block), file)) > 0)
        epo_buffer_append(&buffer, block, got);
    fclose(file);
    struct epo_span text = epo_pool_copy(pool, epo_buffer_get(&buffer));
    epo_buffer_clear(&buffer);
    return text;
}

static inline struct epo_json *parse_json(struct epo_pool *pool, struct epo_span text) {
    struct epo_error error = {0};
    struct epo_json *value = epo_json_parse(pool, text, &error);
    if (value == NULL)
        fail_msg("%s: %s in %.*s", error.where, error.text, EPO_ARG(text));
    return value;
}

static inline struct epo_catalog *open_catalog(void) {
    struct epo_error error = {0};
    struct epo_catalog *catalog = epo_catalog_create();
    if (!epo_catalog_add(catalog, EPO_SOURCE "/forms/texts", "", &error))
        fail_msg("%s: %s", error.where, error.text);
    return catalog;
}

static inline struct epo_form *read_form(struct epo_pool *pool, struct epo_span source) {
    struct epo_form_fault *faults = NULL;
    struct epo_form *form = epo_form_read(pool, source, "test.json", NULL, &faults);
    if (form == NULL)
        fail_msg("%s: %s", faults->where, faults->text);
    return form;
}

#endif
