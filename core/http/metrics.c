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
    atomic_fetch_add_explicit(&metrics->by_route[row][column], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->latency[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->latency_us, (unsigned long long)took_us,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->requests, 1, memory_order_relaxed);
}

static unsigned long long read(atomic_ullong *counter) {
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void epo_metrics_write(struct epo_metrics *metrics, const struct epo_server_options *options,
                       size_t waiting, struct epo_buffer *out) {
    epo_buffer_string(out, "# TYPE epo_requests_total counter\n");
    for (size_t row = 0; row <= EPO_METRIC_ROUTES_MAX; row++)
        for (int column = 1; column < 6; column++) {
            unsigned long long count = read(&metrics->by_route[row][column]);
            const char *name = row < options->route_count ? options->routes[row].name : "none";
            if (count)
                epo_buffer_printf(out, "epo_requests_total{route=\"%s\",status=\"%dxx\"} %llu\n",
                                  name, column, count);
        }
    epo_buffer_string(out, "# TYPE epo_request_seconds histogram\n");
    unsigned long long total = 0;
    for (int i = 0; i < 12; i++) {
        total += read(&metrics->latency[i]);
        if (i < 11)
            epo_buffer_printf(out, "epo_request_seconds_bucket{le=\"%g\"} %llu\n",
                              (double)BOUNDS_US[i] / 1e6, total);
        else
            epo_buffer_printf(out, "epo_request_seconds_bucket{le=\"+Inf\"} %llu\n", total);
    }
    epo_buffer_printf(out, "epo_request_seconds_sum %.6f\nepo_request_seconds_count %llu\n",
                      (double)read(&metrics->latency_us) / 1e6, total);
    epo_buffer_printf(
        out,
        "# TYPE epo_connections_open gauge\nepo_connections_open %llu\n"
        "# TYPE epo_connections_total counter\nepo_connections_total %llu\n"
        "# TYPE epo_connections_refused_total counter\nepo_connections_refused_total %llu\n"
        "# TYPE epo_cache_hits_total counter\nepo_cache_hits_total %llu\n"
        "# TYPE epo_worker_queue gauge\nepo_worker_queue %zu\n",
        read(&metrics->connections_open), read(&metrics->connections), read(&metrics->refused),
        read(&metrics->cache_hits), waiting);
}
