/* For those who watch over the portal. */
#include <malloc.h>

#include "base/log.h"
#include "http/pages.h"
#include "plugin/organization_use.h"
#include "portal/mail.h"

struct epo_response *epo_health_get(struct epo_request *request) {
    struct epo_error error = {0};
    bool healthy = epo_store_healthy(request->portal->store, &error);
    struct epo_response *response =
        healthy ? epo_respond(request, 200, "text/plain; charset=utf-8", EPO_SPAN("ok\n"))
                : epo_respond(request, 503, "text/plain; charset=utf-8",
                              epo_span(epo_pool_printf(request->pool, "%s\n", error.code)));
    if (!healthy)
        epo_log_error(EPO_LOG_ERROR, "health.failed", &error);
    epo_response_header(response, "cache-control", EPO_SPAN("no-store"));
    return response;
}

static void line(struct epo_buffer *text, const char *name, const char *type, const char *help,
                 double value) {
    epo_buffer_printf(text, "# HELP %s %s\n# TYPE %s %s\n%s %.17g\n", name, help, name, type, name,
                      value);
}

struct epo_response *epo_metrics_get(struct epo_request *request) {
    struct epo_app *app = epo_page_app(request);
    struct epo_store_figures figures;
    struct mallinfo2 memory = mallinfo2();
    struct epo_buffer text;
    struct epo_error ignored = {0};
    int64_t mails = 0;
    epo_store_figures(request->portal->store, &figures);
    epo_buffer_init(&text, 1 << 20);
    epo_server_metrics(app->server, &text);
    epo_meters_write(&text);
    line(&text, "epo_store_commits_total", "counter", "Commits (each one fsync).",
         (double)figures.commits);
    line(&text, "epo_store_jobs_total", "counter", "Write jobs that were committed.",
         (double)figures.jobs);
    line(&text, "epo_store_failed_total", "counter", "Write jobs that were rolled back.",
         (double)figures.failed);
    line(&text, "epo_store_queue", "gauge", "Write jobs that wait.", (double)figures.queue);
    line(&text, "epo_store_fsync_seconds_total", "counter", "Time spent in commits.",
         (double)figures.fsync_us / 1e6);
    if (epo_mail_waiting(request->portal, request->db, &mails, &ignored))
        line(&text, "epo_mails_waiting", "gauge", "Mails not yet handed over.", (double)mails);
    line(&text, "epo_heap_bytes", "gauge", "Memory handed out by malloc.",
         (double)memory.uordblks + (double)memory.hblkhd);
    line(&text, "epo_uptime_seconds", "gauge", "Since the process started.",
         (double)(epo_clock_now_us() - app->started_at_us) / 1e6);
    struct epo_span body = epo_pool_copy(request->pool, epo_buffer_get(&text));
    epo_buffer_clear(&text);
    struct epo_response *response =
        epo_respond(request, 200, "text/plain; version=0.0.4; charset=utf-8", body);
    epo_response_header(response, "cache-control", EPO_SPAN("no-store"));
    return response;
}
