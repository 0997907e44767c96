/* Files that people send: whatever the bytes, they are refused with a word for it, or taken as one
 * of the kinds with a photo that reads the same once more. */
#include "portal/attachment.h"
#include "portal/filetype.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_photo(struct epo_pool *pool, const struct epo_filetype *type,
                        struct epo_span content) {
    struct epo_error error = {0};
    struct epo_span once, twice;
    if (!epo_photo_strip(pool, type, content, &once, &error)) {
        epo_assert(epo_span_starts(epo_span(error.code), EPO_SPAN("attachment.")));
        return;
    }
    epo_assert(epo_photo_strip(pool, type, once, &twice, &error) && epo_span_equal(once, twice));
}

/* The first line is the name, the rest the content. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error = {0};
    struct epo_span content,
        given = epo_span_cut((struct epo_span){(const char *)bytes, len}, '\n', &content);
    struct epo_span name = epo_attachment_name(pool, given);
    epo_assert(epo_text_valid(name) && name.len > 0 &&
               epo_text_length(name) <= EPO_ATTACHMENT_NAME_CHARS);
    epo_assert(memchr(name.at, '/', name.len) == NULL && memchr(name.at, '"', name.len) == NULL);
    const struct epo_filetype *type = epo_filetype_of(pool, name, content, &error);
    epo_assert(type != NULL || error.kind == EPO_ERROR_BAD_INPUT);
    check_photo(pool, epo_filetype_find(EPO_SPAN("jpeg")), content);
    check_photo(pool, epo_filetype_find(EPO_SPAN("png")), content);
    epo_zip_check(content, &error);
    epo_pool_free(pool);
    return 0;
}
