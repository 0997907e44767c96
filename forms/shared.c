/* Shared sections: {"use": "applicant"} stands for the section in sections/applicant.json, of the
 * portal's folder or else of the program. The definition is kept with the section written out, so
 * that what was sent stays readable when the shared one changes. */
#include <stdio.h>

#include "base/limits.h"
#include "forms/shared.h"

static const char *folders[2]; /* set before threads begin */

void epo_form_share_sections(const char *portal, const char *program) {
    folders[0] = portal;
    folders[1] = program;
}

static bool read_file(struct epo_pool *pool, const char *path, struct epo_span *text) {
    struct epo_buffer buffer;
    char block[4096];
    size_t got;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    epo_buffer_init(&buffer, EPO_BODY_BYTES_MAX);
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        epo_buffer_append(&buffer, block, got);
    bool good = !ferror(file) && !buffer.failed;
    fclose(file);
    *text = epo_pool_copy(pool, epo_buffer_get(&buffer));
    epo_buffer_clear(&buffer);
    return good;
}

/* A name that cannot leave the folder. */
static bool is_name(struct epo_span name) {
    bool good = name.len > 0 && name.len <= 64;
    for (size_t i = 0; good && i < name.len; i++)
        good = (name.at[i] >= 'a' && name.at[i] <= 'z') ||
               (name.at[i] >= '0' && name.at[i] <= '9') || name.at[i] == '_';
    return good;
}

static struct epo_json *find(struct epo_reader *reader, const struct epo_json *use,
                             const char **label) {
    struct epo_pool *pool = reader->form->pool;
    struct epo_span text = {0};
    struct epo_error error = {0};
    *label = epo_pool_printf(reader->pool, "sections/%.*s.json", EPO_ARG(use->text));
    bool found = false;
    for (size_t i = 0; i < 2 && !found; i++)
        found = folders[i] != NULL &&
                read_file(pool, epo_pool_printf(pool, "%s/%s", folders[i], *label), &text);
    if (!found) {
        epo_reader_fault(reader, use, "there is no shared section \"%.*s\" (%s)",
                         EPO_ARG(use->text), *label);
        return NULL;
    }
    struct epo_json *section = epo_json_parse(pool, text, &error);
    if (section == NULL || section->type != EPO_JSON_OBJECT)
        epo_reader_fault(reader, use, "%s:%s: %s", *label, error.where,
                         section == NULL ? error.text : "a section is an object");
    return section != NULL && section->type == EPO_JSON_OBJECT ? section : NULL;
}

struct epo_json *epo_form_shared(struct epo_reader *reader, const struct epo_json *definition,
                                 const char **file) {
    static const char *const known[] = {"use", "id", "title", "intro", "when", NULL};
    const struct epo_json *use = epo_json_get(definition, "use");
    if (!epo_json_is_text(use) || !is_name(use->text)) {
        epo_reader_fault(reader, use, "\"use\" wants the name of a shared section");
        return NULL;
    }
    epo_reader_members(reader, definition, known, NULL);
    struct epo_json *section = find(reader, use, file);
    for (uint32_t i = 0; section != NULL && i < definition->count; i++)
        if (definition->items[i] != use)
            epo_json_put(reader->form->pool, section, definition->names[i], definition->items[i]);
    return section;
}
