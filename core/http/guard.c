#include "http/internal.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/limits.h"

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
#define POLICY "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
#define POLICY_REST                                                                                \
    "; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src "      \
    "'none'; frame-ancestors 'none'"
static const struct epo_header HEADERS[] = {
    H("content-security-policy", POLICY POLICY_REST),
    H("x-content-type-options", "nosniff"),
    H("referrer-policy", "same-origin"),
    H("cross-origin-opener-policy", "same-origin"),
    H("cross-origin-resource-policy", "same-origin"),
    H("permissions-policy", "geolocation=(self), camera=(), microphone=(), payment=()"),
    H("x-frame-options", "DENY"),
    /* last: only where the connection is secure */
    H("strict-transport-security", "max-age=63072000; includeSubDomains"),
};

void epo_guard_pictures(struct epo_response *response, struct epo_span hosts) {
    if (hosts.len > 0)
        epo_response_header(response, "content-security-policy",
                            epo_span(epo_pool_printf(response->request->pool,
                                                     POLICY "%.*s" POLICY_REST, EPO_ARG(hosts))));
}

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
    double tokens[EPO_RATES]; /* what is left of the rate limits */
    int64_t seen_us, taken_us[EPO_RATES];
};

struct net {
    int family;
    unsigned char bytes[16];
    int bits;
};

/* The proxies whose word is believed. Loops read it without a lock: a reload puts a new list in
 * front of the old ones, which stay until the end. */
struct nets {
    struct nets *before;
    size_t count;
    struct net each[NETS_MAX];
};

struct epo_guard {
    pthread_mutex_t lock;
    struct slot slots[ADDRESSES];
    int connections_max;
    double per_minute[EPO_RATES]; /* 0: no limit */
    _Atomic(struct nets *) trusted;
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

static struct nets *read_nets(const struct epo_json *list, struct epo_error *error) {
    struct nets *nets = calloc(1, sizeof *nets);
    epo_assert(nets);
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct epo_json *row = list->items[i];
        if (nets->count < NETS_MAX && epo_json_is_text(row) &&
            parse_net(row->text, &nets->each[nets->count])) {
            nets->count++;
            continue;
        }
        epo_fail(error, EPO_ERROR_BAD_INPUT, "settings.trusted_proxies",
                 "http.trusted_proxies: entry %u is not an address or a network like 10.0.0.0/8",
                 i + 1);
        free(nets);
        return NULL;
    }
    return nets;
}

bool epo_guard_update(struct epo_guard *guard, const struct epo_json *settings,
                      struct epo_error *error) {
    struct nets *nets = read_nets(epo_json_get(settings, "trusted_proxies"), error);
    if (!nets)
        return false;
    pthread_mutex_lock(&guard->lock);
    guard->connections_max = (int)epo_http_setting(settings, "connections_per_address");
    guard->per_minute[EPO_RATE_LIMITED] = (double)epo_http_setting(settings, "limited_per_minute");
    guard->per_minute[EPO_RATE_DRAWN] = (double)epo_http_setting(settings, "pictures_per_minute");
    nets->before = atomic_load(&guard->trusted);
    atomic_store(&guard->trusted, nets);
    pthread_mutex_unlock(&guard->lock);
    return true;
}

struct epo_guard *epo_guard_create(const struct epo_json *settings, struct epo_error *error) {
    struct epo_guard *guard = calloc(1, sizeof *guard);
    epo_assert(guard);
    pthread_mutex_init(&guard->lock, NULL);
    if (epo_guard_update(guard, settings, error))
        return guard;
    epo_guard_free(guard);
    return NULL;
}

void epo_guard_free(struct epo_guard *guard) {
    if (!guard)
        return;
    for (struct nets *nets = atomic_load(&guard->trusted), *before; nets; nets = before) {
        before = nets->before;
        free(nets);
    }
    pthread_mutex_destroy(&guard->lock);
    free(guard);
}

/* Who counts as one: an IPv4 address; of IPv6 the /64 that one household is given. */
static struct epo_span who(struct epo_span address, char out[INET6_ADDRSTRLEN]) {
    struct in6_addr six;
    if (!memchr(address.at ? address.at : "", ':', address.len) || address.len >= INET6_ADDRSTRLEN)
        return address;
    snprintf(out, INET6_ADDRSTRLEN, "%.*s", EPO_ARG(address));
    if (inet_pton(AF_INET6, out, &six) != 1)
        return address;
    memset(six.s6_addr + 8, 0, 8);
    inet_ntop(AF_INET6, &six, out, INET6_ADDRSTRLEN);
    return epo_span(out);
}

/* The address's slot, or the stalest of its neighbourhood without connections. Lock held. */
static struct slot *slot_of(struct epo_guard *guard, struct epo_span of) {
    char network[INET6_ADDRSTRLEN];
    struct epo_span address = who(of, network);
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
        *stalest = (struct slot){.seen_us = epo_clock_monotonic_us()};
        for (int i = 0; i < EPO_RATES; i++) {
            stalest->tokens[i] = guard->per_minute[i];
            stalest->taken_us[i] = stalest->seen_us;
        }
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

bool epo_guard_allow(struct epo_guard *guard, struct epo_span address, enum epo_rate rate,
                     int *wait_s) {
    bool ok = true;
    pthread_mutex_lock(&guard->lock);
    double per_minute = guard->per_minute[rate];
    struct slot *slot = per_minute > 0 ? slot_of(guard, address) : NULL;
    if (slot) {
        double *tokens = &slot->tokens[rate];
        int64_t now_us = epo_clock_monotonic_us();
        *tokens += (double)(now_us - slot->taken_us[rate]) / 60e6 * per_minute;
        if (*tokens > per_minute)
            *tokens = per_minute;
        slot->seen_us = slot->taken_us[rate] = now_us;
        ok = *tokens >= 1;
        if (ok)
            *tokens -= 1;
        *wait_s = (int)((1 - *tokens) * 60 / per_minute) + 1;
    }
    pthread_mutex_unlock(&guard->lock);
    return ok;
}

bool epo_guard_trusts(struct epo_guard *guard, struct epo_span address) {
    const struct nets *trusted = atomic_load_explicit(&guard->trusted, memory_order_acquire);
    struct net own;
    if (trusted->count == 0 || !parse_net(address, &own))
        return false;
    for (size_t i = 0; i < trusted->count; i++) {
        const struct net *net = &trusted->each[i];
        int whole = net->bits / 8, rest = net->bits % 8;
        if (net->family == own.family && memcmp(net->bytes, own.bytes, (size_t)whole) == 0 &&
            (!rest || (net->bytes[whole] ^ own.bytes[whole]) >> (8 - rest) == 0))
            return true;
    }
    return false;
}
