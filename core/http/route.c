#include "http/internal.h"

static const struct method {
    const char *name;
    int bit;
} METHODS[] = {
    {"GET", EPO_GET},       {"HEAD", EPO_HEAD},   {"POST", EPO_POST},       {"PUT", EPO_PUT},
    {"DELETE", EPO_DELETE}, {"PATCH", EPO_PATCH}, {"OPTIONS", EPO_OPTIONS},
};

int epo_route_method(struct epo_span name) {
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++)
        if (epo_span_is(name, METHODS[i].name))
            return METHODS[i].bit;
    return 0;
}

struct epo_span epo_route_allow(struct epo_pool *pool, int methods) {
    struct epo_buffer buffer;
    epo_buffer_init(&buffer, 256);
    if (methods & EPO_GET)
        methods |= EPO_HEAD;
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++)
        if (methods & METHODS[i].bit)
            epo_buffer_printf(&buffer, "%s%s", buffer.len ? ", " : "", METHODS[i].name);
    struct epo_span text = epo_pool_copy(pool, epo_buffer_get(&buffer));
    epo_buffer_clear(&buffer);
    return text;
}

/* "{number}" takes any segment, "{number}.pdf" one with that end and something before it. */
static bool capture(struct epo_span wanted, struct epo_span segment, struct epo_span *captured) {
    struct epo_span end;
    epo_span_cut(wanted, '}', &end);
    *captured = (struct epo_span){segment.at, segment.len - end.len};
    return segment.len > end.len &&
           memcmp(segment.at + segment.len - end.len, end.at, end.len) == 0;
}

/* Both are walked segment by segment; captures are spans of the path, which is decoded already. */
static bool fits(const char *pattern, struct epo_span path, struct epo_span captures[4]) {
    struct epo_span left = epo_span(pattern), segment, wanted;
    size_t captured = 0;
    epo_assert(left.len && left.at[0] == '/' && path.len && path.at[0] == '/');
    left = (struct epo_span){left.at + 1, left.len - 1};
    path = (struct epo_span){path.at + 1, path.len - 1};
    for (;;) {
        bool more_wanted = left.len && memchr(left.at, '/', left.len);
        if (!more_wanted && left.len && left.at[0] == '{' && left.at[left.len - 2] == '*') {
            captures[captured] = path;
            return path.len > 0;
        }
        bool more_given = path.len && memchr(path.at, '/', path.len);
        wanted = epo_span_cut(left, '/', &left);
        segment = epo_span_cut(path, '/', &path);
        if (wanted.len && wanted.at[0] == '{') {
            epo_assert(captured < 4);
            if (!capture(wanted, segment, &captures[captured++]))
                return false;
        } else if (!epo_span_equal(wanted, segment)) {
            return false;
        }
        if (more_wanted != more_given)
            return false;
        if (!more_wanted)
            return true;
    }
}

/* Nearly all rows end here: the path does not begin as the pattern does before its first {…}. */
static bool begins(const char *pattern, struct epo_span path) {
    for (size_t i = 0; pattern[i] != '\0' && pattern[i] != '{'; i++)
        if (i == path.len || pattern[i] != path.at[i])
            return false;
    return true;
}

const struct epo_route *epo_route_find(const struct epo_route *routes, size_t count, int method,
                                       struct epo_span path, struct epo_pool *pool,
                                       struct epo_span captures[4], int *allowed) {
    const char *claimed = NULL; /* the first pattern that fits: what comes later is more general */
    *allowed = 0;
    if (path.len == 0 || path.at[0] != '/')
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (!begins(routes[i].pattern, path))
            continue;
        struct epo_span found[4] = {{0}};
        if ((claimed != NULL && strcmp(routes[i].pattern, claimed) != 0) ||
            !fits(routes[i].pattern, path, found))
            continue;
        claimed = routes[i].pattern;
        int methods = routes[i].methods | (routes[i].methods & EPO_GET ? EPO_HEAD : 0);
        if (methods & method) {
            for (int c = 0; c < 4; c++)
                captures[c] = found[c].at ? epo_pool_copy(pool, found[c]) : EPO_SPAN("");
            return &routes[i];
        }
        *allowed |= methods;
    }
    return NULL;
}
