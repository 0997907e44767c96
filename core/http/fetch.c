#include "http/fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/limits.h"

enum { CONNECT_MS = 3000, POLL_MS = 60000 };

struct epo_fetcher {
    const char *agent;
    CURLM *multi;
    pthread_t thread;
    bool begun;
    pthread_mutex_t lock; /* over what follows */
    struct epo_fetch *first, **last;
    int waiting;
    bool stopping;
    /* of the thread alone */
    struct epo_fetch *under_way;
    int under_way_count;
};

static size_t take_bytes(char *bytes, size_t size, size_t count, void *arg) {
    struct epo_fetch *fetch = arg;
    epo_buffer_append(&fetch->body, bytes, size * count);
    return fetch->body.failed ? 0 : size * count; /* 0 ends the transfer */
}

static void set_up(const struct epo_fetcher *fetcher, struct epo_fetch *fetch, CURL *curl) {
    curl_easy_setopt(curl, CURLOPT_URL, fetch->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)EPO_FETCH_MS);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)EPO_FETCH_BYTES_MAX);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, fetcher->agent);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch);
    curl_easy_setopt(curl, CURLOPT_PRIVATE, fetch);
}

static void begin(struct epo_fetcher *fetcher, struct epo_fetch *fetch) {
    CURL *curl = curl_easy_init();
    epo_assert(curl != NULL);
    epo_buffer_init(&fetch->body, EPO_FETCH_BYTES_MAX);
    set_up(fetcher, fetch, curl);
    fetch->handle = curl;
    fetch->next = fetcher->under_way;
    fetcher->under_way = fetch;
    fetcher->under_way_count++;
    curl_multi_add_handle(fetcher->multi, curl);
}

static void end(struct epo_fetcher *fetcher, struct epo_fetch *fetch, const char *why) {
    struct epo_fetch **at = &fetcher->under_way;
    const char *type = NULL;
    long status = 0;
    while (*at != fetch)
        at = &(*at)->next;
    *at = fetch->next;
    fetcher->under_way_count--;
    curl_easy_getinfo(fetch->handle, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(fetch->handle, CURLINFO_CONTENT_TYPE, &type);
    fetch->status = (int)status;
    snprintf(fetch->type, sizeof fetch->type, "%s", type == NULL ? "" : type);
    curl_multi_remove_handle(fetcher->multi, fetch->handle);
    curl_easy_cleanup(fetch->handle);
    fetch->failed = why != NULL;
    if (fetch->failed)
        epo_fail(&fetch->error, EPO_ERROR_BUSY, "fetch.failed", "%s", why);
    fetch->done(fetch->arg); /* it may be gone from here on */
}

/* True when it is time to stop. */
static bool take_waiting(struct epo_fetcher *fetcher) {
    pthread_mutex_lock(&fetcher->lock);
    while (fetcher->first != NULL && fetcher->under_way_count < EPO_FETCHES_MAX) {
        struct epo_fetch *fetch = fetcher->first;
        fetcher->first = fetch->next;
        if (fetcher->first == NULL)
            fetcher->last = &fetcher->first;
        fetcher->waiting--;
        begin(fetcher, fetch);
    }
    bool stopping = fetcher->stopping;
    pthread_mutex_unlock(&fetcher->lock);
    return stopping;
}

static void *fetcher_main(void *arg) {
    struct epo_fetcher *fetcher = arg;
    int running, left;
    while (!take_waiting(fetcher)) {
        curl_multi_perform(fetcher->multi, &running);
        for (CURLMsg *message; (message = curl_multi_info_read(fetcher->multi, &left)) != NULL;) {
            struct epo_fetch *fetch = NULL;
            CURLcode code = message->data.result;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&fetch);
            end(fetcher, fetch, code == CURLE_OK ? NULL : curl_easy_strerror(code));
            running = -1; /* room for one that waits */
        }
        if (running >= 0)
            curl_multi_poll(fetcher->multi, NULL, 0, POLL_MS, NULL);
    }
    for (bool more = true; more; more = fetcher->under_way != NULL) {
        take_waiting(fetcher);
        while (fetcher->under_way != NULL)
            end(fetcher, fetcher->under_way, "the portal is stopping");
    }
    return NULL;
}

struct epo_fetcher *epo_fetcher_create(const char *agent) {
    struct epo_fetcher *fetcher = calloc(1, sizeof *fetcher);
    epo_assert(fetcher != NULL);
    fetcher->agent = agent;
    fetcher->last = &fetcher->first;
    pthread_mutex_init(&fetcher->lock, NULL);
    return fetcher;
}

/* Under the lock. */
static void begin_thread(struct epo_fetcher *fetcher) {
    epo_assert(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    fetcher->multi = curl_multi_init();
    epo_assert(fetcher->multi != NULL);
    epo_assert(pthread_create(&fetcher->thread, NULL, fetcher_main, fetcher) == 0);
    fetcher->begun = true;
}

bool epo_fetcher_submit(struct epo_fetcher *fetcher, struct epo_fetch *fetch,
                        struct epo_error *error) {
    pthread_mutex_lock(&fetcher->lock);
    bool room = fetcher->waiting < EPO_FETCHES_WAITING_MAX && !fetcher->stopping;
    if (room && !fetcher->begun)
        begin_thread(fetcher);
    if (room) {
        fetch->next = NULL;
        *fetcher->last = fetch;
        fetcher->last = &fetch->next;
        fetcher->waiting++;
        curl_multi_wakeup(fetcher->multi);
    }
    pthread_mutex_unlock(&fetcher->lock);
    return room || epo_fail(error, EPO_ERROR_BUSY, "fetch.busy",
                            "too much is being fetched from other servers: try again shortly");
}

void epo_fetcher_free(struct epo_fetcher *fetcher) {
    if (fetcher == NULL)
        return;
    pthread_mutex_lock(&fetcher->lock);
    fetcher->stopping = true;
    if (fetcher->begun)
        curl_multi_wakeup(fetcher->multi);
    pthread_mutex_unlock(&fetcher->lock);
    if (fetcher->begun) {
        pthread_join(fetcher->thread, NULL);
        curl_multi_cleanup(fetcher->multi);
        curl_global_cleanup();
    }
    pthread_mutex_destroy(&fetcher->lock);
    free(fetcher);
}
