/* File names as they may be offered for saving. */
#include "base/limits.h"
#include "portal/attachment.h"

/* The length of one character of valid UTF-8. */
static size_t character(const char *at) {
    unsigned char c = (unsigned char)*at;
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* Characters that mislead: those that change the direction of writing ("gpj.exe" shown as
 * "exe.jpg") and those that cannot be seen. U+200B-200F, 202A-202E, 2028-2029, 2060-2069, FEFF. */
static bool misleads(struct epo_span c) {
    const unsigned char *at = (const unsigned char *)c.at;
    if (c.len == 2)
        return at[0] == 0xc2 && at[1] < 0xa0; /* U+0080-9F */
    if (c.len != 3)
        return false;
    if (at[0] == 0xef)
        return at[1] == 0xbb && at[2] == 0xbf;
    return at[0] == 0xe2 && ((at[1] == 0x80 && ((at[2] >= 0x8b && at[2] <= 0x8f) ||
                                                (at[2] >= 0xa8 && at[2] <= 0xae))) ||
                             (at[1] == 0x81 && at[2] >= 0xa0 && at[2] <= 0xa9));
}

/* Reserved in some file system, or with a meaning in a shell or a header. */
static bool reserved(struct epo_span c) {
    return c.len == 1 &&
           (strchr("<>:\"|?*;`$", c.at[0]) != NULL || c.at[0] < 0x20 || c.at[0] == 0x7f);
}

/* "…/a.b.pdf" -> ".pdf"; an extension of more than eight characters is none. */
static struct epo_span extension(struct epo_span name) {
    const char *dot = name.len > 0 ? memrchr(name.at, '.', name.len) : NULL;
    size_t len = dot != NULL ? name.len - (size_t)(dot - name.at) : 0;
    return len >= 2 && len <= 9 && dot > name.at ? (struct epo_span){dot, len}
                                                 : (struct epo_span){"", 0};
}

static struct epo_span shorten(struct epo_pool *pool, struct epo_span name) {
    struct epo_span end = extension(name);
    size_t room = EPO_ATTACHMENT_NAME_CHARS - epo_text_length(end), len = 0;
    for (size_t count = 0; count < room && len < name.len - end.len; count++)
        len += character(name.at + len);
    return epo_span(epo_pool_printf(pool, "%.*s%.*s", (int)len, name.at, EPO_ARG(end)));
}

struct epo_span epo_attachment_name(struct epo_pool *pool, struct epo_span given) {
    char *out = epo_pool_alloc(pool, given.len + 1);
    size_t len = 0;
    if (!epo_text_valid(given))
        return EPO_SPAN("soubor");
    for (size_t i = 0; i < given.len;) {
        struct epo_span c = {given.at + i, character(given.at + i)};
        i += c.len;
        if (c.at[0] == '/' || c.at[0] == '\\')
            len = 0; /* only the last part of a path */
        else if (!misleads(c) && !reserved(c)) {
            memcpy(out + len, c.at, c.len);
            len += c.len;
        }
    }
    struct epo_span name = epo_span_trim((struct epo_span){out, len});
    while (name.len > 0 && (name.at[0] == '.' || name.at[0] == ' '))
        name = (struct epo_span){name.at + 1, name.len - 1};
    while (name.len > 0 && (name.at[name.len - 1] == '.' || name.at[name.len - 1] == ' '))
        name.len--;
    if (name.len == 0)
        return EPO_SPAN("soubor");
    return epo_text_length(name) > EPO_ATTACHMENT_NAME_CHARS ? shorten(pool, name) : name;
}
