/* What is due to be anonymised or removed, for the admin. */
#include "http/audited.h"
#include "http/pages.h"
#include "plugin/retention.h"

enum { AGENDAS_MAX = 256 };

static struct epo_json *case_rows(struct epo_request *request,
                                  const struct epo_retention_batch *batch) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    char text[EPO_TIME_SIZE], number[EPO_NUMBER_SIZE];
    for (size_t i = 0; i < batch->count; i++) {
        const struct epo_retention_case *one = &batch->cases[i];
        struct epo_json *row = epo_json_object(pool);
        epo_number_write(one->number, number);
        epo_json_set_string(pool, row, "number", number);
        epo_json_set_string(pool, row, "state_key", epo_page_state_key(request, one->state));
        epo_json_set_text(pool, row, "state", one->state);
        epo_json_set_string(
            pool, row, "changed_text",
            epo_date_local(epo_date_of_us(one->changed_at_us), request->lang, text));
        epo_json_push(pool, rows, row);
    }
    return rows;
}

static bool agenda_row(struct epo_request *request, struct epo_agenda *agenda,
                       struct epo_json *rows, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_retention_batch batch = {0};
    const struct epo_json *rule = epo_agenda_retention(agenda);
    struct epo_json *row = epo_json_object(pool);
    int64_t done;
    if (!epo_retention_due(agenda, request->portal, request->db, pool, &batch, error) ||
        !epo_retention_count(request->portal, request->db, epo_agenda_name(agenda), &done, error))
        return false;
    epo_json_set_string(pool, row, "id", epo_agenda_name(agenda));
    epo_json_set_text(pool, row, "title", epo_agenda_title(agenda, request->lang));
    if (rule != NULL) {
        bool remove = epo_span_is(epo_json_get_text(rule, "then"), "remove");
        bool decided = epo_span_is(epo_json_get_text(rule, "after"), "decided");
        epo_json_set_boolean(pool, row, "rule", true);
        epo_json_set_string(pool, row, "then_key",
                            remove ? "retention.remove" : "retention.anonymise");
        epo_json_set_string(pool, row, "after_key",
                            decided ? "retention.decided" : "retention.received");
        epo_json_set_integer(pool, row, "years", epo_json_get_integer(rule, "years", 0));
        epo_json_set_text(pool, row, "reason",
                          epo_json_localized(epo_json_get(rule, "reason"), request->lang));
    }
    epo_json_set(pool, row, "due", case_rows(request, &batch));
    epo_json_set_boolean(pool, row, "more", batch.more);
    epo_json_set_integer(pool, row, "done", done);
    epo_json_push(pool, rows, row);
    return true;
}

static struct epo_response *show(struct epo_request *request, void *arg) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool), *rows = epo_json_array(pool);
    struct epo_agenda **agendas = EPO_NEW_ARRAY(pool, struct epo_agenda *, AGENDAS_MAX);
    struct epo_error error = {0};
    (void)arg;
    size_t count = epo_registry_list(epo_page_app(request)->registry, agendas, AGENDAS_MAX);
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        ok = ok && agenda_row(request, agendas[i], rows, &error);
        epo_agenda_release(agendas[i]);
    }
    if (!ok)
        return epo_respond_error(request, &error, NULL);
    epo_json_set(pool, model, "agendas", rows);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "retention.title"));
    return epo_respond_private(request, 200, "web/retention", model);
}

struct epo_response *epo_admin_retention(struct epo_request *request) {
    return epo_respond_to_admin(request, "retention", show);
}
