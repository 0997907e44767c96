#include "base/limits.h"
#include "view/escape.h"
#include "view/view.h"

struct epo_span epo_text_fill(struct epo_pool *pool, struct epo_span text,
                              const struct epo_json *values) {
    struct epo_buffer out, scratch;
    epo_buffer_init(&out, EPO_BODY_BYTES_MAX);
    epo_buffer_init(&scratch, EPO_BODY_BYTES_MAX);
    while (text.len > 0) {
        const char *open = memchr(text.at, '{', text.len);
        const char *close = open ? memchr(open, '}', text.len - (size_t)(open - text.at)) : NULL;
        if (close == NULL) {
            epo_buffer_span(&out, text);
            break;
        }
        struct epo_span name = {open + 1, (size_t)(close - open) - 1};
        const struct epo_json *value = epo_json_get_span(values, name);
        const char *literal_end = value != NULL ? open : close + 1;
        epo_buffer_append(&out, text.at, (size_t)(literal_end - text.at));
        if (value != NULL) {
            scratch.len = 0;
            epo_buffer_span(&out, epo_plain_text(value, &scratch));
        }
        text.len -= (size_t)(close + 1 - text.at);
        text.at = close + 1;
    }
    struct epo_span filled = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&scratch);
    epo_buffer_clear(&out);
    return filled;
}
