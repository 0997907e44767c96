/* The settings of "http" in epo.json. */
#include "base/limits.h"
#include "http/internal.h"

static const struct epo_setting ROWS[] = {
    {"access_log", EPO_JSON_BOOLEAN, 0, 1, 1, false, true, "one line in the log for each request"},
    {"body_bytes", EPO_JSON_INTEGER, 4096, 64 << 20, EPO_BODY_BYTES_MAX, false, true,
     "a larger body of a request is refused before it is read (413)"},
    {"connections_per_address", EPO_JSON_INTEGER, 1, 1000000, EPO_CONNECTIONS_PER_ADDRESS, false,
     false, "more at once from one address are closed; a trusted proxy may have any number"},
    {"deadline_ms", EPO_JSON_INTEGER, 100, 600000, EPO_JOB_DEADLINE_MS, false, false,
     "a request that has waited longer for a worker is answered 503"},
    {"idle_timeout_s", EPO_JSON_INTEGER, 1, 3600, 75, false, false,
     "a connection may rest so long between requests; more than the proxy's own"},
    {"limited_per_minute", EPO_JSON_INTEGER, 0, 1000000, 60, false, false,
     "sign-ins, filings and look-ups of one address; 0: any number"},
    {"loops", EPO_JSON_INTEGER, 0, 64, 0, false, true, "event loops; 0: one for each core"},
    {"queue", EPO_JSON_INTEGER, 1, 1000000, EPO_QUEUE_JOBS_MAX, false, true,
     "requests that may wait for a worker; more are answered 503 with Retry-After"},
    {"pictures_per_minute", EPO_JSON_INTEGER, 0, 1000000, 240, false, false,
     "pictures of the map drawn for one address; 0: any number"},
    {"request_timeout_s", EPO_JSON_INTEGER, 1, 3600, 60, false, false,
     "a whole request must have come within; a trickle is cut sooner"},
    {"requests_per_connection", EPO_JSON_INTEGER, 1, 1000000000, 10000, false, false,
     "then it is closed, so that loops stay evenly loaded"},
    {"tls", EPO_JSON_OBJECT, 0, 0, 0, false, false,
     "{\"certificate\": chain.pem, \"key\": key.pem}, paths from the portal folder; on or off at "
     "the start, other files at SIGHUP"},
    {"trusted_proxies", EPO_JSON_ARRAY, 0, 0, 0, false, false,
     "addresses or networks (10.0.0.0/8) whose X-Forwarded-* is believed"},
    {"workers", EPO_JSON_INTEGER, 0, 256, 0, false, true,
     "threads that answer requests; 0: two for each core"},
    {"write_timeout_s", EPO_JSON_INTEGER, 1, 3600, 60, false, false,
     "a client must take a piece of its answer within"},
};
const struct epo_setting_group epo_http_settings = {"http", ROWS, sizeof ROWS / sizeof *ROWS};

int64_t epo_http_setting(const struct epo_json *settings, const char *name) {
    return epo_setting_get(&epo_http_settings, settings, name);
}
