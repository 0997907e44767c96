#include "view/files.h"
#include "view/program.h"
#include "view/table.h"

struct epo_templates {
    struct epo_pool *pool;
    const struct epo_catalog *catalog;
    const struct epo_templates *parent;
    struct epo_table table; /* name -> struct epo_program */
};

struct epo_templates *epo_templates_create(const struct epo_catalog *catalog) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_templates *templates = EPO_NEW(pool, struct epo_templates);
    templates->pool = pool;
    templates->catalog = catalog;
    return templates;
}

struct epo_templates *epo_templates_child(const struct epo_templates *parent,
                                          const struct epo_catalog *catalog) {
    struct epo_templates *templates = epo_templates_create(catalog);
    templates->parent = parent;
    return templates;
}

void epo_templates_free(struct epo_templates *templates) {
    if (templates != NULL)
        epo_pool_free(templates->pool);
}

struct adding {
    struct epo_templates *templates;
    const char *prefix;
    bool trusted;
};

static bool add_file(void *arg, const char *path, struct epo_span inner, struct epo_error *error) {
    struct adding *adding = arg;
    struct epo_pool *pool = adding->templates->pool;
    struct epo_span source;
    if (!epo_view_file_read(pool, path, EPO_VIEW_FILE_MAX, &source, error))
        return false;
    struct epo_program *program = EPO_NEW(pool, struct epo_program);
    program->name = epo_pool_printf(pool, "%s/%.*s", adding->prefix, EPO_ARG(inner));
    program->file = epo_pool_string(pool, epo_span(path));
    program->trusted = adding->trusted;
    if (!epo_program_compile(pool, program, source, error))
        return false;
    epo_table_set(pool, &adding->templates->table, epo_span(program->name), program);
    return true;
}

bool epo_templates_add(struct epo_templates *templates, const char *folder, const char *prefix,
                       bool trusted, struct epo_error *error) {
    struct adding adding = {templates, prefix, trusted};
    return epo_view_files_each(folder, ".html", add_file, &adding, error);
}

const struct epo_program *epo_templates_find(const struct epo_templates *templates,
                                             struct epo_span name) {
    const struct epo_program *found = NULL;
    for (; templates != NULL && found == NULL; templates = templates->parent)
        found = epo_table_get(&templates->table, name);
    return found;
}

static bool link_program(const struct epo_templates *templates, struct epo_program *program,
                         struct epo_error *error) {
    for (uint32_t i = 0; i < program->count; i++) {
        struct epo_instruction *at = &program->list[i];
        if (at->op != EPO_OP_PARTIAL && at->op != EPO_OP_LAYOUT)
            continue;
        at->target = epo_templates_find(templates, at->text);
        if (at->target == NULL) {
            epo_fail(error, EPO_ERROR_BAD_INPUT, "view.unknown_template",
                     "there is no template \"%.*s\"", EPO_ARG(at->text));
            return epo_error_at(error, "%s:%u", program->file, at->line);
        }
    }
    program->linked = true;
    return true;
}

bool epo_templates_link(struct epo_templates *templates, struct epo_error *error) {
    for (size_t i = 0; i < templates->table.room; i++)
        if (templates->table.rows[i].value != NULL &&
            !link_program(templates, templates->table.rows[i].value, error))
            return false;
    return true;
}

struct epo_span epo_templates_text(const struct epo_templates *templates, const char *lang,
                                   struct epo_span key, bool *found) {
    struct epo_span text = key;
    bool has = false;
    for (; templates != NULL && !has; templates = templates->parent)
        has = epo_catalog_find(templates->catalog, lang, key, &text);
    if (found != NULL)
        *found = has;
    return text;
}

bool epo_templates_render(const struct epo_templates *templates, const char *name, const char *lang,
                          const struct epo_json *model, struct epo_buffer *out,
                          struct epo_error *error) {
    const struct epo_program *program = epo_templates_find(templates, epo_span(name));
    if (program == NULL)
        return epo_fail(error, EPO_ERROR_BROKEN, "view.unknown_template",
                        "there is no template \"%s\"", name);
    if (!program->linked)
        return epo_fail(error, EPO_ERROR_BROKEN, "view.not_linked",
                        "templates were added after epo_templates_link: \"%s\"", name);
    return epo_program_run(templates, program, lang, model, out, error);
}
