/* From bytes that somebody sent to a file that may be put: what it is, whether it is harmless, and
 * what forms are told about files that were put before. */
#include "base/limits.h"
#include "portal/attachment.h"
#include "portal/filetype.h"
#include "portal/scan.h"

/* "scan" -> "scan.pdf" */
static struct epo_span with_extension(struct epo_pool *pool, struct epo_span name,
                                      const struct epo_filetype *type) {
    struct epo_span rest;
    if (memchr(name.at, '.', name.len) != NULL)
        return name;
    struct epo_span usual = epo_span_cut(epo_span(type->extensions + 1), '.', &rest);
    return epo_span(epo_pool_printf(pool, "%.*s.%.*s", EPO_ARG(name), EPO_ARG(usual)));
}

bool epo_attachment_take(struct epo_portal *portal, struct epo_pool *pool, struct epo_span name,
                         struct epo_span content, struct epo_attachment *file,
                         struct epo_error *error) {
    *file = (struct epo_attachment){.name = epo_attachment_name(pool, name)};
    if ((int64_t)content.len > epo_attachment_bytes_max(portal))
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "attachment.size",
                        "The file has %zu bytes; at most %lld are taken.", content.len,
                        (long long)epo_attachment_bytes_max(portal));
    const struct epo_filetype *type = epo_filetype_of(pool, file->name, content, error);
    if (type == NULL || !epo_photo_strip(pool, type, content, &file->content, error) ||
        !epo_scan(portal, content, error))
        return false;
    file->name = with_extension(pool, file->name, type);
    file->type = epo_span(type->type);
    epo_attachment_prepare(file);
    return true;
}

/* ---- what forms ask ---- */

struct looking {
    struct epo_portal *portal;
    struct epo_db *db;
};

static bool find(void *arg, struct epo_pool *pool, struct epo_span reference,
                 struct epo_json **description, struct epo_error *error) {
    const struct looking *looking = arg;
    struct epo_attachment file;
    struct epo_error why = {0};
    char id[EPO_TOKEN_SIZE];
    *description = NULL;
    if (!epo_attachment_read_reference(looking->portal, reference, id))
        return true;
    if (epo_attachment_find(looking->portal, looking->db, pool, epo_span(id), &file, &why)) {
        *description = epo_attachment_json(pool, &file);
        return true;
    }
    if (why.kind == EPO_ERROR_NOT_FOUND)
        return true;
    if (error != NULL)
        *error = why;
    return false;
}

struct epo_form_files *epo_attachment_files(struct epo_portal *portal, struct epo_db *db,
                                            struct epo_pool *pool) {
    struct epo_form_files *files = EPO_NEW(pool, struct epo_form_files);
    struct looking *looking = EPO_NEW(pool, struct looking);
    *looking = (struct looking){portal, db};
    *files = (struct epo_form_files){find, looking};
    return files;
}

bool epo_attachment_claim_all(struct epo_portal *portal, struct epo_db *db,
                              const struct epo_json *files, struct epo_span owner,
                              struct epo_error *error) {
    for (uint32_t i = 0; files != NULL && i < files->count; i++)
        for (uint32_t k = 0; k < files->items[i]->count; k++)
            if (!epo_attachment_claim(
                    portal, db, epo_json_get_text(files->items[i]->items[k], "id"), owner, error))
                return false;
    return true;
}
