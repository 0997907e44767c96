#include <stdlib.h>

#include "http/internal.h"

/* Upper bounds of the latency histogram in microseconds; the last bucket is +Inf. */
static const int64_t BOUNDS_US[11] = {100,   250,   500,    1000,   2500,   5000,
                                      10000, 25000, 100000, 500000, 2000000};

void epo_metrics_count(struct epo_metrics *metrics, const struct epo_server_options *options,
                       const struct epo_route *route, int status, int64_t took_us) {
    size_t row = route ? (size_t)(route - options->routes) : EPO_METRIC_ROUTES_MAX;
    if (row > EPO_METRIC_ROUTES_MAX)
        row = EPO_METRIC_ROUTES_MAX;
    int column = status / 100 < 6 ? status / 100 : 5, bucket = 0;
    while (bucket < 11 && took_us > BOUNDS_US[bucket])
        bucket++;
    epo_metrics_add(&metrics->by_route[row][column], 1);
    epo_metrics_add(&metrics->latency[bucket], 1);
    epo_metrics_add(&metrics->latency_us, (unsigned long long)took_us);
}

/* A struct of counters is an array of counters: summed without naming each. */
_Static_assert(sizeof(struct epo_metrics) % sizeof(atomic_ullong) == 0, "only counters");
#define COUNTERS (sizeof(struct epo_metrics) / sizeof(atomic_ullong))

static void sum(struct epo_metrics *total, const struct epo_metrics *const *each, size_t count) {
    atomic_ullong *to = (atomic_ullong *)total;
    for (size_t i = 0; i < count; i++) {
        const atomic_ullong *from = (const atomic_ullong *)each[i];
        for (size_t c = 0; c < COUNTERS; c++)
            epo_metrics_add(&to[c], atomic_load_explicit(&from[c], memory_order_relaxed));
    }
}

static unsigned long long read(atomic_ullong *counter) {
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void write_requests(struct epo_metrics *total, const struct epo_server_options *options,
                           struct epo_buffer *out) {
    epo_buffer_string(out, "# HELP epo_requests_total Requests answered, by route and class of "
                           "status.\n# TYPE epo_requests_total counter\n");
    for (size_t row = 0; row <= EPO_METRIC_ROUTES_MAX; row++)
        for (int column = 1; column < 6; column++) {
            unsigned long long count = read(&total->by_route[row][column]);
            const char *name = row < options->route_count ? options->routes[row].name : "none";
            if (count)
                epo_buffer_printf(out, "epo_requests_total{route=\"%s\",status=\"%dxx\"} %llu\n",
                                  name, column, count);
        }
}

static void write_latency(struct epo_metrics *total, struct epo_buffer *out) {
    unsigned long long below = 0;
    epo_buffer_string(out, "# HELP epo_request_seconds From the whole request to the answer handed "
                           "to the kernel.\n# TYPE epo_request_seconds histogram\n");
    for (int i = 0; i < 12; i++) {
        below += read(&total->latency[i]);
        if (i < 11)
            epo_buffer_printf(out, "epo_request_seconds_bucket{le=\"%g\"} %llu\n",
                              (double)BOUNDS_US[i] / 1e6, below);
        else
            epo_buffer_printf(out, "epo_request_seconds_bucket{le=\"+Inf\"} %llu\n", below);
    }
    epo_buffer_printf(out, "epo_request_seconds_sum %.6f\nepo_request_seconds_count %llu\n",
                      (double)read(&total->latency_us) / 1e6, below);
}

void epo_metrics_write(const struct epo_metrics *const *each, size_t count,
                       const struct epo_server_options *options, size_t waiting,
                       struct epo_buffer *out) {
    struct epo_metrics *total = calloc(1, sizeof *total);
    epo_assert(total);
    sum(total, each, count);
    write_requests(total, options, out);
    write_latency(total, out);
    epo_buffer_printf(out,
                      "# TYPE epo_connections_open gauge\nepo_connections_open %llu\n"
                      "# TYPE epo_connections_total counter\nepo_connections_total %llu\n"
                      "# TYPE epo_connections_refused_total counter\n"
                      "epo_connections_refused_total %llu\n"
                      "# TYPE epo_requests_open gauge\nepo_requests_open %llu\n"
                      "# TYPE epo_requests_abandoned_total counter\n"
                      "epo_requests_abandoned_total %llu\n"
                      "# TYPE epo_cache_hits_total counter\nepo_cache_hits_total %llu\n"
                      "# TYPE epo_worker_queue gauge\nepo_worker_queue %zu\n",
                      read(&total->connections) - read(&total->connections_closed),
                      read(&total->connections), read(&total->refused),
                      read(&total->exchanges) - read(&total->exchanges_over),
                      read(&total->abandoned), read(&total->cache_hits), waiting);
    free(total);
}
