/* Draws one template without a server, for those who write templates:
 *
 *   support_render web=core/web,forms=forms/web core/web/texts,forms/texts cs web/home < model.json
 *
 * Template folders as prefix=folder, then folders of texts, the language, the template. */
#include <stdio.h>

#include "base/limits.h"
#include "view/view.h"

static int fail(const struct epo_error *error) {
    fprintf(stderr, "%s: %s\n", error->where, error->text);
    return 1;
}

static bool add_texts(struct epo_catalog *catalog, struct epo_pool *pool, const char *folders,
                      struct epo_error *error) {
    struct epo_span rest = epo_span(folders);
    while (rest.len > 0) {
        struct epo_span folder = epo_span_cut(rest, ',', &rest);
        if (!epo_catalog_add(catalog, epo_pool_string(pool, folder), "", error))
            return false;
    }
    return true;
}

static bool add_templates(struct epo_templates *templates, struct epo_pool *pool,
                          const char *folders, struct epo_error *error) {
    struct epo_span rest = epo_span(folders);
    while (rest.len > 0) {
        struct epo_span folder, prefix = epo_span_cut(epo_span_cut(rest, ',', &rest), '=', &folder);
        if (!epo_templates_add(templates, epo_pool_string(pool, folder),
                               epo_pool_string(pool, prefix), true, error))
            return false;
    }
    return epo_templates_link(templates, error);
}

static struct epo_json *read_model(struct epo_pool *pool, struct epo_error *error) {
    struct epo_buffer buffer;
    epo_buffer_init(&buffer, EPO_PAGE_BYTES_MAX);
    char block[8192];
    size_t got;
    while ((got = fread(block, 1, sizeof(block), stdin)) > 0)
        epo_buffer_append(&buffer, block, got);
    struct epo_json *model = epo_json_parse(pool, epo_buffer_get(&buffer), error);
    epo_buffer_clear(&buffer);
    return model;
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fputs("usage: support_render PREFIX=FOLDER,… TEXTS,… LANG TEMPLATE < model.json\n", stderr);
        return 2;
    }
    struct epo_error error = {0};
    struct epo_pool *pool = epo_pool_create();
    struct epo_catalog *catalog = epo_catalog_create();
    struct epo_templates *templates = epo_templates_create(catalog);
    struct epo_buffer out;
    epo_buffer_init(&out, EPO_PAGE_BYTES_MAX);
    struct epo_json *model = NULL;
    bool done = add_texts(catalog, pool, argv[2], &error) &&
                add_templates(templates, pool, argv[1], &error) &&
                (model = read_model(pool, &error)) != NULL &&
                epo_templates_render(templates, argv[4], argv[3], model, &out, &error);
    if (done)
        fwrite(out.at, 1, out.len, stdout);
    epo_buffer_clear(&out);
    epo_templates_free(templates);
    epo_catalog_free(catalog);
    epo_pool_free(pool);
    return done ? 0 : fail(&error);
}
