#include <strings.h>

#include "base/limits.h"
#include "http/internal.h"

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool epo_request_decode(struct epo_pool *pool, struct epo_span text, bool plus_is_space,
                        struct epo_span *out) {
    char *to = epo_pool_alloc(pool, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '%') {
            int high = i + 2 < text.len ? hex_digit(text.at[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_digit(text.at[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        to[len++] = c;
    }
    *out = (struct epo_span){to, len};
    return epo_text_valid(*out);
}

struct list {
    struct epo_pair *pairs;
    size_t count, room;
    struct epo_upload *files; /* EPO_FILES_MAX, made for the first one */
    size_t file_count;
};

static bool append(struct epo_pool *pool, struct list *list, struct epo_pair pair,
                   struct epo_error *error) {
    if (list->count == EPO_FIELD_COUNT_MAX)
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "http.fields", "more than %d fields",
                        EPO_FIELD_COUNT_MAX);
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 16;
        struct epo_pair *pairs = EPO_NEW_ARRAY(pool, struct epo_pair, room);
        if (list->count)
            memcpy(pairs, list->pairs, list->count * sizeof *pairs);
        list->pairs = pairs;
        list->room = room;
    }
    list->pairs[list->count++] = pair;
    return true;
}

bool epo_request_read_pairs(struct epo_pool *pool, struct epo_span text, struct epo_pairs *pairs,
                            struct epo_error *error) {
    struct list list = {0};
    while (text.len) {
        struct epo_span part = epo_span_cut(text, '&', &text), value;
        struct epo_span name = epo_span_cut(part, '=', &value);
        struct epo_pair pair;
        if (part.len == 0)
            continue;
        if (!epo_request_decode(pool, name, true, &pair.name) ||
            !epo_request_decode(pool, value, true, &pair.value))
            return epo_fail(error, EPO_ERROR_BAD_INPUT, "http.encoding",
                            "a field is not valid UTF-8 in form encoding");
        if (!append(pool, &list, pair, error))
            return false;
    }
    *pairs = (struct epo_pairs){.pairs = list.pairs, .count = list.count};
    return true;
}

static struct epo_span find(struct epo_span text, struct epo_span what) {
    const char *at = text.len >= what.len ? memmem(text.at, text.len, what.at, what.len) : NULL;
    return at ? (struct epo_span){at, text.len - (size_t)(at - text.at)}
              : (struct epo_span){NULL, 0};
}

/* One "name=value" or "name="value"" off the front of *rest. A quoted value ends at the next quote:
 * browsers write one inside a name as %22. */
static struct epo_span cut_parameter(struct epo_span *rest, struct epo_span *value) {
    struct epo_span key = epo_span_cut(*rest, '=', value);
    const char *semicolon = memchr(key.at, ';', key.len);
    if (semicolon) { /* without a value */
        key = epo_span_cut(*rest, ';', rest);
        *value = EPO_SPAN("");
        return epo_span_trim(key);
    }
    struct epo_span trimmed = epo_span_trim(*value);
    if (trimmed.len && trimmed.at[0] == '"') {
        *value = epo_span_cut((struct epo_span){trimmed.at + 1, trimmed.len - 1}, '"', rest);
        epo_span_cut(*rest, ';', rest);
    } else {
        *value = epo_span_trim(epo_span_cut(*value, ';', rest));
    }
    return epo_span_trim(key);
}

/* The value of name="…" or name=… in a header's parameters; at is NULL where there is none. */
static struct epo_span parameter(struct epo_span header, const char *name) {
    struct epo_span rest = header;
    epo_span_cut(rest, ';', &rest);
    while (rest.len) {
        struct epo_span value, key = cut_parameter(&rest, &value);
        if (key.len == strlen(name) && strncasecmp(key.at, name, key.len) == 0)
            return value.at ? value : EPO_SPAN("");
    }
    return (struct epo_span){NULL, 0};
}

/* Not copied: it may be large, and lies in the request's body. */
static bool append_file(struct epo_pool *pool, struct list *list, struct epo_upload file,
                        struct epo_error *error) {
    if (file.content.len == 0 && file.name.len == 0)
        return true; /* nothing was chosen */
    if (list->file_count == EPO_FILES_MAX)
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "http.files", "more than %d files",
                        EPO_FILES_MAX);
    if (!list->files)
        list->files = EPO_NEW_ARRAY(pool, struct epo_upload, EPO_FILES_MAX);
    list->files[list->file_count++] = file;
    return true;
}

/* One part between boundaries: headers, blank line, content. */
static bool read_part(struct epo_pool *pool, struct epo_span part, struct list *list,
                      struct epo_error *error) {
    struct epo_span content = find(part, EPO_SPAN("\r\n\r\n"));
    if (!content.at)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "http.multipart",
                        "a part of the form has no end of its headers");
    struct epo_span headers = {part.at, (size_t)(content.at - part.at)};
    content = (struct epo_span){content.at + 4, content.len - 4};
    struct epo_span name = {NULL, 0}, file = {NULL, 0};
    while (headers.len) {
        struct epo_span line = epo_span_cut(headers, '\n', &headers), value;
        struct epo_span key = epo_span_trim(epo_span_cut(line, ':', &value));
        if (key.len == 19 && strncasecmp(key.at, "content-disposition", 19) == 0) {
            name = parameter(value, "name");
            file = parameter(value, "filename");
        }
    }
    if (!name.at)
        return true;
    if (!epo_text_valid(name) || (!file.at && !epo_text_valid(content)))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "http.encoding", "a field is not valid UTF-8");
    if (file.at)
        return append_file(pool, list,
                           (struct epo_upload){epo_pool_copy(pool, name), file, content}, error);
    return append(pool, list,
                  (struct epo_pair){epo_pool_copy(pool, name), epo_pool_copy(pool, content)},
                  error);
}

bool epo_request_read_multipart(struct epo_pool *pool, struct epo_span content_type,
                                struct epo_span body, struct epo_pairs *pairs,
                                struct epo_error *error) {
    struct list list = {0}; /* what was read before a fault is given to nobody */
    struct epo_span boundary = parameter(content_type, "boundary");
    if (boundary.len == 0 || boundary.len > 70) /* RFC 2046 §5.1.1 */
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "http.multipart", "the form has no boundary");
    struct epo_span mark = epo_span(epo_pool_printf(pool, "\r\n--%.*s", EPO_ARG(boundary)));
    struct epo_span first = {mark.at + 2, mark.len - 2};
    if (!epo_span_starts(body, first))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "http.multipart",
                        "the form does not begin with its boundary");
    struct epo_span rest = {body.at + first.len, body.len - first.len};
    while (!epo_span_starts(rest, EPO_SPAN("--"))) {
        struct epo_span next = find(rest, mark);
        /* "\r\n--boundary" right behind a boundary: a part without even a line end of its own */
        if (!epo_span_starts(rest, EPO_SPAN("\r\n")) || !next.at || next.at - rest.at < 2)
            return epo_fail(error, EPO_ERROR_BAD_INPUT, "http.multipart",
                            "the form ends in the middle of a part");
        struct epo_span part = {rest.at + 2, (size_t)(next.at - rest.at) - 2};
        if (!read_part(pool, part, &list, error))
            return false;
        rest = (struct epo_span){next.at + mark.len, next.len - mark.len};
    }
    *pairs = (struct epo_pairs){list.pairs, list.count, list.files, list.file_count};
    return true;
}

static bool is_type(struct epo_span header, const char *type) {
    struct epo_span rest;
    struct epo_span is = epo_span_trim(epo_span_cut(header, ';', &rest));
    return is.len == strlen(type) && strncasecmp(is.at, type, is.len) == 0;
}

bool epo_request_read_form(struct epo_request *request, struct epo_error *error) {
    struct epo_span type = epo_request_header(request, "content-type");
    struct epo_pairs pairs = {0};
    if (is_type(type, "application/x-www-form-urlencoded")) {
        if (!epo_request_read_pairs(request->pool, request->body, &pairs, error))
            return false;
    } else if (is_type(type, "multipart/form-data")) {
        if (!epo_request_read_multipart(request->pool, type, request->body, &pairs, error))
            return false;
    }
    request->form = pairs.pairs;
    request->form_count = pairs.count;
    request->files = pairs.files;
    request->file_count = pairs.file_count;
    return true;
}

struct epo_span epo_request_header(const struct epo_request *request, const char *name) {
    size_t len = strlen(name);
    for (size_t i = 0; i < request->header_count; i++)
        if (request->headers[i].name.len == len &&
            memcmp(request->headers[i].name.at, name, len) == 0)
            return request->headers[i].value;
    return EPO_SPAN("");
}

static struct epo_span find_pair(const struct epo_pair *pairs, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (epo_span_is(pairs[i].name, name))
            return pairs[i].value;
    return EPO_SPAN("");
}

struct epo_span epo_request_query(const struct epo_request *request, const char *name) {
    return find_pair(request->query, request->query_count, name);
}

struct epo_span epo_request_form(const struct epo_request *request, const char *name) {
    return find_pair(request->form, request->form_count, name);
}

struct epo_span epo_request_find_cookie(struct epo_span header, const char *name) {
    while (header.len) {
        struct epo_span value, part = epo_span_trim(epo_span_cut(header, ';', &header));
        if (epo_span_is(epo_span_cut(part, '=', &value), name))
            return value;
    }
    return EPO_SPAN("");
}

/* Cookies carry the __Host- prefix where the connection is secure (RFC 6265bis §4.1.3.2). */
struct epo_span epo_request_cookie(const struct epo_request *request, const char *name) {
    struct epo_span header = epo_request_header(request, "cookie");
    return epo_request_find_cookie(
        header, request->secure ? epo_pool_printf(request->pool, "__Host-%s", name) : name);
}

static const char *known(struct epo_span tag) {
    if (tag.len >= 2 && strncasecmp(tag.at, "cs", 2) == 0)
        return "cs";
    if (tag.len >= 2 && strncasecmp(tag.at, "sk", 2) == 0)
        return "cs"; /* Slovaks read Czech sooner than English */
    return tag.len >= 2 && strncasecmp(tag.at, "en", 2) == 0 ? "en" : NULL;
}

/* RFC 9110 §12.5.4, by quality; others than cs and en do not count. */
static const char *accepted_language(struct epo_span header) {
    const char *best = NULL;
    double best_quality = 0;
    while (header.len) {
        struct epo_span rest, part = epo_span_cut(header, ',', &header);
        const char *lang = known(epo_span_trim(epo_span_cut(part, ';', &rest)));
        struct epo_span q = parameter(part, "q");
        double quality = 1;
        if (q.at && !epo_span_real(q, &quality))
            quality = 0;
        if (lang && quality > best_quality) {
            best = lang;
            best_quality = quality;
        }
    }
    return best;
}

const char *epo_request_language(struct epo_span query, struct epo_span cookies,
                                 struct epo_span accepted) {
    while (query.len) {
        struct epo_span value, part = epo_span_cut(query, '&', &query);
        if (epo_span_is(epo_span_cut(part, '=', &value), "lang") && value.len == 2 && known(value))
            return known(value);
    }
    struct epo_span cookie = epo_request_find_cookie(cookies, "lang");
    if (cookie.len == 0)
        cookie = epo_request_find_cookie(cookies, "__Host-lang");
    if (cookie.len == 2 && known(cookie))
        return known(cookie);
    const char *lang = accepted_language(accepted);
    return lang ? lang : "cs";
}
