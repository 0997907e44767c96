#include "view/escape.h"

#include <inttypes.h>
#include <strings.h>

static const char *const entities[256] = {
    ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
};

void epo_escape_html(struct epo_buffer *out, struct epo_span text) {
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = entities[(unsigned char)text.at[i]];
        if (entity == NULL)
            continue;
        epo_buffer_append(out, text.at + from, i - from);
        epo_buffer_string(out, entity);
        from = i + 1;
    }
    if (from < text.len)
        epo_buffer_append(out, text.at + from, text.len - from);
}

static bool unreserved(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void epo_escape_url(struct epo_buffer *out, struct epo_span text) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (unreserved(c)) {
            epo_buffer_byte(out, (char)c);
        } else {
            char coded[3] = {'%', digits[c >> 4], digits[c & 15]};
            epo_buffer_append(out, coded, sizeof(coded));
        }
    }
}

/* Browsers skip control characters and white space inside a scheme ("java\nscript:"), so anything
 * but letters, digits, "+", "-" and "." before a colon makes the address unsafe. */
static bool link_is_safe(struct epo_span text) {
    static const char *const schemes[] = {"http", "https", "mailto", "tel", "geo"};
    size_t i = 0;
    while (i < text.len && strchr("/?#:", text.at[i]) == NULL)
        i++;
    if (i == text.len || text.at[i] != ':') {
        /* relative, but "\\host" and "//host" in front of a slash lead elsewhere */
        return !(text.len >= 2 &&
                 (text.at[0] == '\\' || (text.at[0] == '/' && text.at[1] == '\\')));
    }
    for (size_t s = 0; s < sizeof(schemes) / sizeof(schemes[0]); s++)
        if (strlen(schemes[s]) == i && strncasecmp(schemes[s], text.at, i) == 0)
            return true;
    return false;
}

void epo_escape_link(struct epo_buffer *out, struct epo_span text) {
    if (link_is_safe(text))
        epo_escape_html(out, text);
    else
        epo_buffer_byte(out, '#');
}

struct epo_span epo_plain_text(const struct epo_json *value, struct epo_buffer *scratch) {
    if (value == NULL || value->type == EPO_JSON_NULL)
        return (struct epo_span){"", 0};
    if (value->type == EPO_JSON_TEXT)
        return value->text;
    size_t from = scratch->len;
    epo_json_write(scratch, value);
    if (scratch->failed)
        return (struct epo_span){"", 0};
    return (struct epo_span){scratch->at + from, scratch->len - from};
}
