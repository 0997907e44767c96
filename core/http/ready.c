/* The short way: an asset or a kept page goes from memory to the socket on the loop itself, without
 * an exchange, a worker or a header built anew. */
#include "http/send.h"

#define KEY_MAX 512

/* Only the pages' own addresses in their plain form are kept: the query is empty or lang=. */
enum asked { ASKED_OTHERWISE, ASKED_PLAINLY, ASKED_IN_A_LANGUAGE };

static enum asked how_asked(const h2o_req_t *req) {
    if (req->query_at == SIZE_MAX)
        return ASKED_PLAINLY;
    struct epo_span query = {req->path.base + req->query_at + 1, req->path.len - req->query_at - 1};
    if (query.len == 0)
        return ASKED_PLAINLY;
    return epo_span_is(query, "lang=cs") || epo_span_is(query, "lang=en") ? ASKED_IN_A_LANGUAGE
                                                                          : ASKED_OTHERWISE;
}

/* What the bytes depend on: the language, whether it was chosen just now (the answer then sets a
 * cookie), the connection's safety (the cookie's name), the page. */
static size_t write_key(char out[KEY_MAX], const char *lang, bool secure, const h2o_req_t *req) {
    enum asked asked = how_asked(req);
    if (asked == ASKED_OTHERWISE || req->path_normalized.len + 4 > KEY_MAX)
        return 0;
    out[0] = lang[0];
    out[1] = lang[1];
    out[2] = asked == ASKED_IN_A_LANGUAGE ? '?' : ' ';
    out[3] = secure ? 's' : ' ';
    memcpy(out + 4, req->path_normalized.base, req->path_normalized.len);
    return req->path_normalized.len + 4;
}

struct epo_span epo_send_cache_key(struct epo_pool *pool, const char *lang, bool secure,
                                   const h2o_req_t *req) {
    char key[KEY_MAX];
    return epo_pool_copy(pool, (struct epo_span){key, write_key(key, lang, secure, req)});
}

struct wishes { /* the few request headers that choose among ready bytes */
    struct epo_span cookie, language, encoding, match;
};

static struct wishes read_wishes(const h2o_req_t *req) {
    struct wishes wishes = {0};
    for (size_t i = 0; i < req->headers.size; i++) {
        const h2o_header_t *header = &req->headers.entries[i];
        struct epo_span value = {header->value.base, header->value.len};
        if (header->name == &H2O_TOKEN_COOKIE->buf)
            wishes.cookie = value;
        else if (header->name == &H2O_TOKEN_ACCEPT_LANGUAGE->buf)
            wishes.language = value;
        else if (header->name == &H2O_TOKEN_ACCEPT_ENCODING->buf)
            wishes.encoding = value;
        else if (header->name == &H2O_TOKEN_IF_NONE_MATCH->buf)
            wishes.match = value;
    }
    return wishes;
}

static struct epo_blob *find_page(struct epo_loop *loop, const h2o_req_t *req,
                                  const struct wishes *wishes, bool secure) {
    static const char SESSION[] = EPO_SESSION_COOKIE "="; /* with and without __Host- before it */
    char key[KEY_MAX];
    struct epo_span query = {NULL, 0};
    if (wishes->cookie.len &&
        memmem(wishes->cookie.at, wishes->cookie.len, SESSION, sizeof SESSION - 1))
        return NULL;
    if (req->query_at != SIZE_MAX)
        query = (struct epo_span){req->path.base + req->query_at + 1,
                                  req->path.len - req->query_at - 1};
    const char *lang = epo_request_language(query, wishes->cookie, wishes->language);
    size_t len = write_key(key, lang, secure, req);
    return len ? epo_cache_find(loop->server->cache, (struct epo_span){key, len}) : NULL;
}

bool epo_send_ready(struct epo_loop *loop, h2o_req_t *req) {
    struct epo_span method = {req->method.base, req->method.len};
    if (!epo_span_is(method, "GET") && !epo_span_is(method, "HEAD"))
        return false;
    struct wishes wishes = read_wishes(req);
    struct epo_span path = {req->path.base, req->path.len};
    bool secure = epo_send_is_secure(loop, req);
    struct epo_blob *blob = epo_span_starts(path, EPO_SPAN("/assets/"))
                                ? epo_cache_find(loop->server->cache, path)
                                : find_page(loop, req, &wishes, secure);
    if (!blob)
        return false;
    enum epo_encoding encoding = epo_blob_choose(blob, wishes.encoding);
    struct epo_span etag = blob->etags[encoding];
    bool same = wishes.match.len && memmem(wishes.match.at, wishes.match.len, etag.at, etag.len);
    char id[EPO_ID_SIZE];
    int status = same ? 304 : blob->status;
    epo_access_id(loop, id);
    epo_metrics_add(&loop->metrics.cache_hits, 1);
    epo_metrics_count(&loop->metrics, &loop->server->options, blob->route, status, 0);
    epo_access_note(loop, method, blob->route ? blob->route->name : "assets", id, status,
                    same ? 0 : blob->bytes[encoding].len, 0);
    epo_send_blob(req, blob, encoding, same, secure);
    return true;
}
