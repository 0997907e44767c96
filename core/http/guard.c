#include "http/internal.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/limits.h"

/* ---- the raw head ---- */

static bool named(struct epo_span line, const char *name) {
    size_t len = strlen(name);
    return line.len > len && line.at[len] == ':' && strncasecmp(line.at, name, len) == 0;
}

int epo_guard_head(struct epo_span head) {
    int lengths = 0, codings = 0, hosts = 0, lines = 0;
    bool old = false;
    while (epo_span_starts(
        head, EPO_SPAN("\r\n"))) /* RFC 9112 §2.2: empty lines before the request line */
        head = (struct epo_span){head.at + 2, head.len - 2};
    while (head.len) {
        struct epo_span line = epo_span_cut(head, '\n', &head);
        if (line.len && line.at[line.len - 1] == '\r')
            line.len--;
        else if (head.len || line.len)
            return 400; /* a bare LF ends no line here */
        if (line.len == 0)
            break;
        if (line.at[0] == ' ' || line.at[0] == '\t' || memchr(line.at, '\r', line.len) ||
            memchr(line.at, '\0', line.len))
            return 400;
        if (lines++ == 0) {
            old = line.len > 8 && memcmp(line.at + line.len - 8, "HTTP/1.0", 8) == 0;
            continue;
        }
        lengths += named(line, "content-length");
        codings += named(line, "transfer-encoding");
        hosts += named(line, "host");
    }
    if (lines - 1 > EPO_HEADER_COUNT_MAX)
        return 431;
    return lengths > 1 || codings > 1 || (lengths && codings) || hosts > 1 || (!hosts && !old) ? 400
                                                                                               : 0;
}

/* ---- where a request comes from ---- */

bool epo_guard_same_site(const struct epo_request *request) {
    struct epo_span site = epo_request_header(request, "sec-fetch-site");
    if (site.len)
        return epo_span_is(site, "same-origin") || epo_span_is(site, "none");
    struct epo_span origin = epo_request_header(request, "origin");
    if (!origin.len)
        return true; /* no browser of the last ten years: nothing rides on a cookie unseen */
    const char *own = epo_pool_printf(request->pool, "%s://%.*s",
                                      request->secure ? "https" : "http", EPO_ARG(request->host));
    return epo_span_is(origin, own);
}

#define H(name, value)                                                                             \
    {                                                                                              \
        {(name), sizeof(name) - 1}, {                                                              \
            (value), sizeof(value) - 1                                                             \
        }                                                                                          \
    }
static const struct epo_header HEADERS[] = {
    H("content-security-policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src "
                                 "'self' data:; font-src 'self'; "
                                 "connect-src 'self'; form-action 'self'; base-uri 'none'; "
                                 "object-src 'none'; frame-ancestors 'none'"),
    H("x-content-type-options", "nosniff"),
    H("referrer-policy", "same-origin"),
    H("cross-origin-opener-policy", "same-origin"),
    H("cross-origin-resource-policy", "same-origin"),
    H("permissions-policy", "geolocation=(self), camera=(), microphone=(), payment=()"),
    H("x-frame-options", "DENY"),
    /* last: only where the connection is secure */
    H("strict-transport-security", "max-age=63072000; includeSubDomains"),
};

const struct epo_header *epo_guard_headers(bool secure, size_t *count) {
    *count = sizeof HEADERS / sizeof *HEADERS - (secure ? 0 : 1);
    return HEADERS;
}

/* ---- per address ---- */

#define ADDRESSES 4096 /* slots; a full neighbourhood forgets its oldest */
#define PROBES 8
#define NETS_MAX 32

struct slot {
    char address[46];
    int connections;
    double tokens; /* of the rate limit */
    int64_t seen_us;
};

struct net {
    int family;
    unsigned char bytes[16];
    int bits;
};

struct epo_guard {
    pthread_mutex_t lock;
    struct slot slots[ADDRESSES];
    int connections_max;
    double per_minute; /* 0: no limit */
    struct net trusted[NETS_MAX];
    size_t trusted_count;
};

static bool parse_net(struct epo_span text, struct net *net) {
    char copy[64];
    struct epo_span bits, address = epo_span_cut(text, '/', &bits);
    int64_t wanted;
    if (address.len >= sizeof copy)
        return false;
    snprintf(copy, sizeof copy, "%.*s", EPO_ARG(address));
    net->family = memchr(copy, ':', address.len) ? AF_INET6 : AF_INET;
    int most = net->family == AF_INET6 ? 128 : 32;
    net->bits = most;
    if (bits.len && (!epo_span_integer(bits, &wanted) || wanted < 0 || wanted > most))
        return false;
    if (bits.len)
        net->bits = (int)wanted;
    return inet_pton(net->family, copy, net->bytes) == 1;
}

struct epo_guard *epo_guard_create(const struct epo_json *settings, struct epo_error *error) {
    struct epo_guard *guard = calloc(1, sizeof *guard);
    epo_assert(guard);
    pthread_mutex_init(&guard->lock, NULL);
    guard->connections_max =
        (int)epo_json_get_integer(settings, "connections_per_address", EPO_CONNECTIONS_PER_ADDRESS);
    guard->per_minute = (double)epo_json_get_integer(settings, "limited_per_minute", 60);
    const struct epo_json *proxies = epo_json_get(settings, "trusted_proxies");
    for (uint32_t i = 0; proxies && i < proxies->count; i++) {
        const struct epo_json *row = proxies->items[i];
        if (guard->trusted_count == NETS_MAX || !epo_json_is_text(row) ||
            !parse_net(row->text, &guard->trusted[guard->trusted_count])) {
            epo_fail(
                error, EPO_ERROR_BAD_INPUT, "settings.trusted_proxies",
                "http.trusted_proxies: entry %u is not an address or a network like 10.0.0.0/8",
                i + 1);
            epo_guard_free(guard);
            return NULL;
        }
        guard->trusted_count++;
    }
    return guard;
}

void epo_guard_free(struct epo_guard *guard) {
    if (!guard)
        return;
    pthread_mutex_destroy(&guard->lock);
    free(guard);
}

/* The address's slot, or the stalest of its neighbourhood without connections. Lock held. */
static struct slot *slot_of(struct epo_guard *guard, struct epo_span address) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < address.len; i++)
        hash = (hash ^ (unsigned char)address.at[i]) * 16777619u;
    struct slot *stalest = NULL;
    for (uint32_t i = 0; i < PROBES; i++) {
        struct slot *slot = &guard->slots[(hash + i) % ADDRESSES];
        if (epo_span_is(address, slot->address))
            return slot;
        if (slot->connections == 0 && (!stalest || slot->seen_us < stalest->seen_us))
            stalest = slot;
    }
    if (stalest) {
        *stalest = (struct slot){.tokens = guard->per_minute, .seen_us = epo_clock_monotonic_us()};
        snprintf(stalest->address, sizeof stalest->address, "%.*s", EPO_ARG(address));
    }
    return stalest;
}

bool epo_guard_connect(struct epo_guard *guard, struct epo_span address) {
    pthread_mutex_lock(&guard->lock);
    struct slot *slot = slot_of(guard, address);
    bool ok =
        !slot || slot->connections < guard->connections_max || epo_guard_trusts(guard, address);
    if (ok && slot)
        slot->connections++;
    pthread_mutex_unlock(&guard->lock);
    return ok;
}

void epo_guard_disconnect(struct epo_guard *guard, struct epo_span address) {
    pthread_mutex_lock(&guard->lock);
    struct slot *slot = slot_of(guard, address);
    if (slot && slot->connections > 0)
        slot->connections--;
    pthread_mutex_unlock(&guard->lock);
}

bool epo_guard_allow(struct epo_guard *guard, struct epo_span address, int *wait_s) {
    if (guard->per_minute <= 0)
        return true;
    pthread_mutex_lock(&guard->lock);
    struct slot *slot = slot_of(guard, address);
    bool ok = true;
    if (slot) {
        int64_t now_us = epo_clock_monotonic_us();
        slot->tokens += (double)(now_us - slot->seen_us) / 60e6 * guard->per_minute;
        if (slot->tokens > guard->per_minute)
            slot->tokens = guard->per_minute;
        slot->seen_us = now_us;
        ok = slot->tokens >= 1;
        if (ok)
            slot->tokens -= 1;
        *wait_s = (int)((1 - slot->tokens) * 60 / guard->per_minute) + 1;
    }
    pthread_mutex_unlock(&guard->lock);
    return ok;
}

bool epo_guard_trusts(const struct epo_guard *guard, struct epo_span address) {
    struct net own;
    if (!parse_net(address, &own))
        return false;
    for (size_t i = 0; i < guard->trusted_count; i++) {
        const struct net *net = &guard->trusted[i];
        int whole = net->bits / 8, rest = net->bits % 8;
        if (net->family == own.family && memcmp(net->bytes, own.bytes, (size_t)whole) == 0 &&
            (!rest || (net->bytes[whole] ^ own.bytes[whole]) >> (8 - rest) == 0))
            return true;
    }
    return false;
}
