/* One form for the whole city: where what districts supply to it differs, and why. */
#include "http/audited.h"
#include "http/parameter_changes.h"

enum { AGENDAS_MAX = 256 };

struct epo_json *epo_page_parameter_rows(struct epo_request *request,
                                         const struct epo_parameter_set *set, bool public_only,
                                         const char *day) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *rows = epo_parameter_rows(set, pool, request->lang, public_only, day);
    struct epo_json *shown = epo_json_array(pool);
    for (uint32_t i = 0; i < rows->count; i++) {
        struct epo_json *districts = epo_json_get(rows->items[i], "districts"), *kept;
        kept = epo_json_array(pool);
        for (uint32_t j = 0; j < districts->count; j++) {
            struct epo_json *one = districts->items[j];
            struct epo_span when = epo_json_get_text(one, "when");
            if (public_only && epo_span_is(when, "ended"))
                continue;
            epo_json_set_boolean(pool, one, "later", epo_span_is(when, "later"));
            epo_json_set_boolean(pool, one, "ended", epo_span_is(when, "ended"));
            epo_json_push(pool, kept, one);
        }
        epo_json_set(pool, rows->items[i], "districts", kept);
        bool own = epo_json_get_text(rows->items[i], "reason").len > 0 ||
                   epo_json_get_text(rows->items[i], "decree").len > 0;
        bool coming = epo_json_get(rows->items[i], "coming")->count > 0;
        if (kept->count > 0 || coming || (own && !public_only))
            epo_json_push(pool, shown, rows->items[i]);
    }
    return shown;
}

struct epo_json *epo_page_parameters(struct epo_request *request, const struct epo_agenda *agenda,
                                     bool public_only) {
    char today[EPO_TIME_SIZE];
    return epo_page_parameter_rows(request, epo_agenda_parameter_set(agenda), public_only,
                                   epo_date_iso(epo_clock_today(), today));
}

static struct epo_json *agenda_rows(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *all = epo_json_array(pool);
    struct epo_agenda **agendas = EPO_NEW_ARRAY(pool, struct epo_agenda *, AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, agendas, AGENDAS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct epo_json *row = epo_json_object(pool), *forms;
        epo_json_set_string(pool, row, "id", epo_agenda_name(agendas[i]));
        epo_json_set_text(pool, row, "title", epo_agenda_title(agendas[i], request->lang));
        forms = epo_json_set(pool, row, "forms", epo_json_array(pool));
        for (size_t j = 0; j < epo_agenda_form_count(agendas[i]); j++) {
            struct epo_json *form = epo_json_object(pool);
            const struct epo_form *each = epo_agenda_form(agendas[i], j);
            epo_json_set_text(pool, form, "title", epo_form_title(each, request->lang));
            epo_json_set_string(pool, form, "situation", epo_agenda_situation(agendas[i], j));
            epo_json_push(pool, forms, form);
        }
        epo_json_set(pool, row, "rows", epo_page_parameters(request, agendas[i], false));
        epo_json_push(pool, all, row);
        epo_agenda_release(agendas[i]);
    }
    return all;
}

static struct epo_response *show(struct epo_request *request, void *arg) {
    struct epo_json *model = epo_json_object(request->pool);
    (void)arg;
    epo_json_set(request->pool, model, "agendas", agenda_rows(request));
    epo_json_set_text(request->pool, model, "page_title",
                      epo_page_text(request, "parameters.title"));
    return epo_respond_private(request, 200, "web/parameters", model);
}

struct epo_response *epo_admin_parameters(struct epo_request *request) {
    return epo_respond_to_admin(request, "parameters", show);
}
