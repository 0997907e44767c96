/* A request's body and query: names and values come out as clean text or the request is refused. */
#include "base/limits.h"
#include "http/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check(const struct epo_pairs *pairs) {
    epo_assert(pairs->count <= EPO_FIELD_COUNT_MAX);
    for (size_t i = 0; i < pairs->count; i++)
        epo_assert(epo_text_valid(pairs->pairs[i].name) && epo_text_valid(pairs->pairs[i].value));
}

/* The first line is the content type, the rest the body. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error = {0};
    struct epo_pairs pairs = {0};
    struct epo_span body,
        type = epo_span_cut((struct epo_span){(const char *)bytes, len}, '\n', &body);
    if (epo_span_starts(type, EPO_SPAN("multipart/"))) {
        if (epo_request_read_multipart(pool, type, body, &pairs, &error))
            check(&pairs);
    } else if (epo_request_read_pairs(pool, body, &pairs, &error)) {
        check(&pairs);
    }
    const char *language = epo_request_language(type, body, body);
    epo_assert(strcmp(language, "cs") == 0 || strcmp(language, "en") == 0);
    epo_pool_free(pool);
    return 0;
}
