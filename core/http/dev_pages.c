/* For authors of agendas, with `epo serve --dev` alone: tells an open page that something was
 * saved. */
#include <stdatomic.h>
#include <time.h>

#include "http/pages.h"

enum { WAIT_MS = 8000, STEP_MS = 50 }; /* below the deadline of a job */

static atomic_bool somebody_waits; /* one page may hold a worker, no more */

void epo_dev_changed(struct epo_app *app) {
    atomic_fetch_add(&app->changes, 1);
}

static const char *stamp_of(struct epo_request *request) {
    struct epo_app *app = epo_page_app(request);
    return epo_pool_printf(request->pool, "%lld-%lld", (long long)app->started_at_us,
                           (long long)atomic_load(&app->changes));
}

/* GET /dev/changes?since=: as soon as another stamp is there, or after a while: {"stamp","faults"}.
 */
struct epo_response *epo_dev_changes(struct epo_request *request) {
    const struct timespec step = {0, STEP_MS * 1000000L};
    struct epo_span since = epo_request_query(request, "since");
    if (!request->portal->dev)
        return epo_page_not_found(request);
    if (!atomic_exchange(&somebody_waits, true)) {
        for (int ms = 0; ms < WAIT_MS && epo_span_is(since, stamp_of(request)); ms += STEP_MS)
            nanosleep(&step, NULL);
        atomic_store(&somebody_waits, false);
    }
    struct epo_json *said = epo_json_object(request->pool);
    epo_json_set_string(request->pool, said, "stamp", stamp_of(request));
    epo_json_set(request->pool, said, "faults",
                 epo_registry_faults(epo_page_app(request)->registry, request->pool));
    struct epo_response *response = epo_respond_json(request, 200, said);
    epo_response_header(response, "cache-control", EPO_SPAN("no-store"));
    return response;
}
