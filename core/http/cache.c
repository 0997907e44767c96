#include <brotli/encode.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/limits.h"
#include "base/token.h"
#include "http/internal.h"

#define BUCKETS 1024
/* Pages × languages; a flood of made-up addresses must not fill memory. */
#define ENTRIES_MAX 1000
#define FILE_BYTES_MAX (16u << 20)
#define COMPRESS_FROM 256 /* below, the headers weigh more than the saving */

struct entry {
    struct entry *next;
    struct epo_span key;
    struct epo_blob *blob;
    bool file;
};

struct epo_cache {
    pthread_rwlock_t lock;
    struct entry *buckets[BUCKETS];
    size_t entries;
    uint64_t generation;
};

struct epo_cache *epo_cache_create(void) {
    struct epo_cache *cache = calloc(1, sizeof *cache);
    epo_assert(cache);
    pthread_rwlock_init(&cache->lock, NULL);
    return cache;
}

void epo_blob_release(struct epo_blob *blob) {
    if (blob && atomic_fetch_sub(&blob->references, 1) == 1) {
        free(blob->memory);
        free(blob->gzip);
        free(blob->brotli);
        free(blob);
    }
}

static void forget(struct epo_cache *cache, bool files_too) {
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct entry **at = &cache->buckets[i], *entry; (entry = *at);) {
            if (entry->file && !files_too) {
                at = &entry->next;
                continue;
            }
            *at = entry->next;
            epo_blob_release(entry->blob);
            free(entry);
            cache->entries--;
        }
}

void epo_cache_free(struct epo_cache *cache) {
    if (!cache)
        return;
    forget(cache, true);
    pthread_rwlock_destroy(&cache->lock);
    free(cache);
}

void epo_cache_purge(struct epo_cache *cache) {
    pthread_rwlock_wrlock(&cache->lock);
    cache->generation++;
    forget(cache, false);
    pthread_rwlock_unlock(&cache->lock);
}

uint64_t epo_cache_generation(struct epo_cache *cache) {
    pthread_rwlock_rdlock(&cache->lock);
    uint64_t generation = cache->generation;
    pthread_rwlock_unlock(&cache->lock);
    return generation;
}

static size_t bucket_of(struct epo_span key) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (unsigned char)key.at[i]) * 16777619u;
    return hash % BUCKETS;
}

struct epo_blob *epo_cache_find(struct epo_cache *cache, struct epo_span key) {
    struct epo_blob *blob = NULL;
    size_t bucket = bucket_of(key);
    pthread_rwlock_rdlock(&cache->lock);
    for (struct entry *entry = cache->buckets[bucket]; entry && !blob; entry = entry->next)
        if (epo_span_equal(entry->key, key)) {
            blob = entry->blob;
            atomic_fetch_add(&blob->references, 1);
        }
    pthread_rwlock_unlock(&cache->lock);
    return blob;
}

static bool insert(struct epo_cache *cache, struct epo_span key, uint64_t generation,
                   struct epo_blob *blob, bool file) {
    size_t bucket = bucket_of(key);
    struct entry *entry = calloc(1, sizeof *entry + key.len);
    epo_assert(entry);
    char *at = (char *)(entry + 1);
    memcpy(at, key.at, key.len);
    *entry = (struct entry){.key = {at, key.len}, .blob = blob, .file = file};
    pthread_rwlock_wrlock(&cache->lock);
    bool keep = file || (generation == cache->generation && cache->entries < ENTRIES_MAX);
    for (struct entry *other = cache->buckets[bucket]; other && keep; other = other->next)
        keep = !epo_span_equal(other->key, key);
    if (keep) {
        entry->next = cache->buckets[bucket];
        cache->buckets[bucket] = entry;
        cache->entries++;
    }
    pthread_rwlock_unlock(&cache->lock);
    if (!keep) {
        epo_blob_release(blob);
        free(entry);
    }
    return keep;
}

/* malloc'ed, or empty where the result is no shorter. */
static struct epo_span gzip(struct epo_span body) {
    z_stream stream = {0};
    if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return (struct epo_span){NULL, 0};
    size_t room = deflateBound(&stream, body.len);
    char *to = malloc(room);
    epo_assert(to);
    stream.next_in = (Bytef *)(uintptr_t)body.at;
    stream.avail_in = (uInt)body.len;
    stream.next_out = (Bytef *)to;
    stream.avail_out = (uInt)room;
    int code = deflate(&stream, Z_FINISH);
    size_t len = stream.total_out;
    deflateEnd(&stream);
    if (code == Z_STREAM_END && len < body.len)
        return (struct epo_span){to, len};
    free(to);
    return (struct epo_span){NULL, 0};
}

static struct epo_span brotli(struct epo_span body) {
    size_t len = BrotliEncoderMaxCompressedSize(body.len);
    char *to = malloc(len ? len : 1);
    epo_assert(to);
    /* Quality 9: a form page in some milliseconds, once. */
    if (len &&
        BrotliEncoderCompress(9, 22, BROTLI_MODE_TEXT, body.len, (const uint8_t *)body.at, &len,
                              (uint8_t *)to) &&
        len < body.len)
        return (struct epo_span){to, len};
    free(to);
    return (struct epo_span){NULL, 0};
}

/* Moves all bytes of a blob into one piece of memory. */
static struct epo_span pack(char **at, struct epo_span from) {
    if (!from.at)
        return (struct epo_span){NULL, 0};
    memcpy(*at, from.at, from.len);
    struct epo_span to = {*at, from.len};
    *at += from.len;
    return to;
}

static void add_line(struct epo_buffer *lines, struct epo_span name, struct epo_span value) {
    epo_buffer_string(lines, "\r\n");
    epo_buffer_span(lines, name);
    epo_buffer_string(lines, ": ");
    epo_buffer_span(lines, value);
}

static bool has_name(const struct epo_header *headers, size_t count, struct epo_span name) {
    for (size_t i = 0; i < count; i++)
        if (epo_span_equal(headers[i].name, name))
            return true;
    return false;
}

/* The value of "x-content-type-options" with all other lines behind it. A 304 leaves out what tells
 * of bytes that it does not carry (RFC 9110 §15.4.5). */
static void write_lines(struct epo_buffer *lines, const struct epo_header *headers, size_t count,
                        enum epo_encoding encoding, struct epo_span etag, bool whole) {
    static const char *const CODINGS[] = {NULL, "gzip", "br"};
    size_t guards;
    const struct epo_header *guard = epo_guard_headers(false, &guards);
    epo_buffer_string(lines, "nosniff");
    for (size_t i = 0; i < guards; i++)
        if (!epo_span_is(guard[i].name, "x-content-type-options") &&
            !has_name(headers, count, guard[i].name))
            add_line(lines, guard[i].name, guard[i].value);
    for (size_t i = 0; i < count; i++)
        if (whole || !epo_span_is(headers[i].name, "content-type"))
            add_line(lines, headers[i].name, headers[i].value);
    if (CODINGS[encoding] && whole)
        add_line(lines, EPO_SPAN("content-encoding"), epo_span(CODINGS[encoding]));
    if (etag.len)
        add_line(lines, EPO_SPAN("etag"), etag);
}

struct epo_blob *epo_blob_make(int status, const struct epo_header *headers, size_t count,
                               const struct epo_span bodies[3]) {
    static const char *const SUFFIX[] = {"", "-gz", "-br"};
    char etags[3][40] = {"", "", ""}, digest[EPO_SHA256_HEX_SIZE];
    struct epo_buffer lines[3][2];
    size_t size = 0;
    epo_sha256_hex(bodies[EPO_IDENTITY], digest);
    for (int i = 0; i < 3; i++) {
        if (status == 200) /* an error is not kept by anyone */
            snprintf(etags[i], sizeof etags[i], "\"%.20s%s\"", digest, SUFFIX[i]);
        for (int same = 0; same < 2; same++) {
            epo_buffer_init(&lines[i][same], 1u << 16);
            write_lines(&lines[i][same], headers, count, (enum epo_encoding)i, epo_span(etags[i]),
                        !same);
            epo_assert(!lines[i][same].failed);
            size += lines[i][same].len;
        }
        size += bodies[i].len + strlen(etags[i]);
    }
    struct epo_blob *blob = calloc(1, sizeof *blob);
    char *at = malloc(size ? size : 1);
    epo_assert(blob && at);
    blob->memory = at;
    blob->status = status;
    atomic_init(&blob->references, 1);
    atomic_init(&blob->compressed, true);
    for (int i = 0; i < 3; i++) {
        blob->bytes[i] = pack(&at, bodies[i]);
        blob->etags[i] = pack(&at, epo_span(etags[i]));
        blob->whole[i] = pack(&at, epo_buffer_get(&lines[i][0]));
        blob->same[i] = pack(&at, epo_buffer_get(&lines[i][1]));
        epo_buffer_clear(&lines[i][0]);
        epo_buffer_clear(&lines[i][1]);
    }
    return blob;
}

struct epo_blob *epo_cache_put(struct epo_cache *cache, struct epo_span key, uint64_t generation,
                               const struct epo_response *response, const struct epo_route *route) {
    struct epo_header headers[EPO_RESPONSE_HEADERS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < response->header_count; i++)
        if (!epo_span_is(response->headers[i].name, "cache-control"))
            headers[count++] = response->headers[i];
    if (count + 2 > EPO_RESPONSE_HEADERS_MAX)
        return NULL;
    headers[count++] = (struct epo_header){EPO_SPAN("cache-control"), EPO_SPAN("no-cache")};
    headers[count++] =
        (struct epo_header){EPO_SPAN("vary"), EPO_SPAN("accept-encoding, accept-language, cookie")};
    struct epo_span bodies[3] = {response->body};
    struct epo_blob *blob = epo_blob_make(response->status, headers, count, bodies);
    blob->route = route;
    atomic_store(&blob->compressed, false);
    atomic_fetch_add(&blob->references, 1);
    if (insert(cache, key, generation, blob, false))
        return blob;
    epo_blob_release(blob);
    return NULL;
}

void epo_blob_compress(struct epo_blob *blob) {
    if (atomic_load(&blob->compressed) || blob->bytes[EPO_IDENTITY].len < COMPRESS_FROM)
        return;
    blob->bytes[EPO_GZIP] = gzip(blob->bytes[EPO_IDENTITY]);
    blob->bytes[EPO_BROTLI] = brotli(blob->bytes[EPO_IDENTITY]);
    blob->gzip = (char *)(uintptr_t)blob->bytes[EPO_GZIP].at;
    blob->brotli = (char *)(uintptr_t)blob->bytes[EPO_BROTLI].at;
    atomic_store_explicit(&blob->compressed, true, memory_order_release);
}

static struct epo_span read_file(const char *path, bool *missing) {
    FILE *file = fopen(path, "re");
    *missing = !file;
    if (!file)
        return (struct epo_span){NULL, 0};
    struct epo_buffer buffer;
    epo_buffer_init(&buffer, FILE_BYTES_MAX);
    char piece[65536];
    for (size_t len; (len = fread(piece, 1, sizeof piece, file)) > 0;)
        epo_buffer_append(&buffer, piece, len);
    fclose(file);
    if (!buffer.failed)
        return epo_buffer_get(&buffer);
    epo_buffer_clear(&buffer);
    return (struct epo_span){NULL, 0};
}

static const struct type {
    const char *end, *type;
} TYPES[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
};

bool epo_cache_put_file(struct epo_cache *cache, struct epo_span key, const char *path,
                        struct epo_error *error) {
    static const char *const ENDS[] = {"", ".gz", ".br"};
    const char *type = "application/octet-stream";
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        size_t len = strlen(TYPES[i].end);
        if (key.len > len && memcmp(key.at + key.len - len, TYPES[i].end, len) == 0)
            type = TYPES[i].type;
    }
    struct epo_header headers[] = {
        {EPO_SPAN("content-type"), epo_span(type)},
        {EPO_SPAN("cache-control"), EPO_SPAN("public, max-age=31536000, immutable")},
        {EPO_SPAN("vary"), EPO_SPAN("accept-encoding")},
    };
    struct epo_span bodies[3];
    bool missing = false, first_missing = false;
    for (int i = 0; i < 3; i++) {
        char name[1200];
        snprintf(name, sizeof name, "%s%s", path, ENDS[i]);
        bodies[i] = read_file(name, &missing);
        if (i == 0)
            first_missing = missing;
    }
    if (!first_missing)
        insert(cache, key, 0, epo_blob_make(200, headers, sizeof headers / sizeof *headers, bodies),
               true);
    for (int i = 0; i < 3; i++)
        free((char *)(uintptr_t)bodies[i].at);
    return !first_missing ||
           epo_fail(error, EPO_ERROR_BROKEN, "http.asset", "%s cannot be read", path);
}

static bool mentions(struct epo_span accept, const char *coding) {
    while (accept.len) {
        struct epo_span rest, part = epo_span_cut(accept, ',', &accept);
        if (epo_span_is(epo_span_trim(epo_span_cut(part, ';', &rest)), coding))
            return !memmem(rest.at, rest.len, "q=0", 3) || memmem(rest.at, rest.len, "q=0.", 4);
    }
    return false;
}

enum epo_encoding epo_blob_choose(struct epo_blob *blob, struct epo_span accept_encoding) {
    if (accept_encoding.len == 0 || !atomic_load_explicit(&blob->compressed, memory_order_acquire))
        return EPO_IDENTITY;
    if (blob->bytes[EPO_BROTLI].len && mentions(accept_encoding, "br"))
        return EPO_BROTLI;
    return blob->bytes[EPO_GZIP].len && mentions(accept_encoding, "gzip") ? EPO_GZIP : EPO_IDENTITY;
}
