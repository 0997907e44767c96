/* Mandates in words, and the part of a form that says what one covers. */
#include "http/mandates.h"

static struct epo_span day_text(struct epo_request *request, struct epo_span iso) {
    struct epo_date day;
    char text[EPO_TIME_SIZE];
    return epo_date_parse(iso, &day)
               ? epo_pool_copy(request->pool, epo_span(epo_date_local(day, request->lang, text)))
               : iso;
}

static struct epo_span agenda_title(struct epo_request *request, struct epo_span name) {
    struct epo_agenda *agenda = epo_registry_find(epo_page_app(request)->registry, name);
    struct epo_span title = name;
    if (agenda != NULL)
        title = epo_pool_copy(request->pool, epo_agenda_title(agenda, request->lang));
    epo_agenda_release(agenda);
    return title;
}

static struct epo_span scope_of(struct epo_request *request, const struct epo_json *row) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *agendas = epo_json_get(row, "agendas");
    struct epo_span what =
        epo_page_text(request, epo_pool_printf(pool, "mandate.rights.%d",
                                               (int)epo_json_get_integer(row, "rights", 0)));
    struct epo_buffer out;
    epo_buffer_init(&out, 64u << 10);
    epo_buffer_span(&out, what);
    epo_buffer_string(&out, ": ");
    if (epo_json_get_boolean(row, "all", false))
        epo_buffer_span(&out, epo_page_text(request, "mandate.all"));
    for (uint32_t i = 0; agendas != NULL && i < agendas->count; i++) {
        epo_buffer_string(&out, i > 0 ? ", " : "");
        epo_buffer_span(&out, agenda_title(request, agendas->items[i]->text));
    }
    struct epo_span text = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return text;
}

void epo_mandate_rows(struct epo_request *request, struct epo_json *list) {
    struct epo_pool *pool = request->pool;
    for (uint32_t i = 0; i < list->count; i++) {
        struct epo_json *row = list->items[i], *days = epo_json_object(pool);
        struct epo_span state = epo_json_get_text(row, "state");
        struct epo_span until = epo_json_get_text(row, "until");
        epo_json_set_text(pool, days, "from", day_text(request, epo_json_get_text(row, "from")));
        epo_json_set_text(pool, days, "until", day_text(request, until));
        epo_json_set_text(pool, row, "scope", scope_of(request, row));
        epo_json_set_text(
            pool, row, "period",
            epo_catalog_format(request->portal->catalog, pool, request->lang,
                               until.len > 0 ? "mandate.period" : "mandate.period_open", days));
        epo_json_set_string(pool, row, "state_key",
                            epo_pool_printf(pool, "mandate.state.%.*s", EPO_ARG(state)));
        epo_json_set_string(pool, row, "origin_key",
                            epo_pool_printf(pool, "mandate.origin.%.*s",
                                            EPO_ARG(epo_json_get_text(row, "origin"))));
        epo_json_set_boolean(pool, row, "open",
                             !epo_span_is(state, "ended") && !epo_span_is(state, "over"));
    }
}

/* ---- the form ---- */

static bool posted(struct epo_request *request, const char *name, struct epo_span value) {
    for (size_t i = 0; i < request->form_count; i++)
        if (epo_span_is(request->form[i].name, name) &&
            epo_span_equal(request->form[i].value, value))
            return true;
    return false;
}

static struct epo_span posted_day(struct epo_request *request, const char *name) {
    struct epo_span typed = epo_span_trim(epo_request_form(request, name));
    struct epo_date day;
    char iso[EPO_TIME_SIZE];
    return epo_date_parse_loose(typed, &day)
               ? epo_pool_copy(request->pool, epo_span(epo_date_iso(day, iso)))
               : typed;
}

/* Agendas that run: others cannot be ticked. */
static struct epo_json *agendas(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    struct epo_agenda **all = EPO_NEW_ARRAY(pool, struct epo_agenda *, EPO_AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, all, EPO_AGENDAS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct epo_json *row = epo_json_object(pool);
        struct epo_span name = epo_span(epo_agenda_name(all[i]));
        epo_json_set_text(pool, row, "id", name);
        epo_json_set_text(pool, row, "title", epo_agenda_title(all[i], request->lang));
        epo_json_set_boolean(pool, row, "checked", posted(request, "agenda", name));
        epo_json_push(pool, rows, row);
        epo_agenda_release(all[i]);
    }
    return rows;
}

struct epo_mandate_terms epo_mandate_terms_read(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *chosen = epo_json_array(pool);
    const struct epo_json *offered = agendas(request);
    char today[EPO_TIME_SIZE];
    for (uint32_t i = 0; i < offered->count; i++)
        if (epo_json_get_boolean(offered->items[i], "checked", false))
            epo_json_push(pool, chosen,
                          epo_json_text(pool, epo_json_get_text(offered->items[i], "id")));
    struct epo_span from = posted_day(request, "from");
    if (from.len == 0)
        from = epo_pool_copy(pool, epo_span(epo_date_iso(epo_clock_today(), today)));
    return (struct epo_mandate_terms){
        .rights = (posted(request, "rights", EPO_SPAN("read")) ? EPO_MANDATE_READ : 0) |
                  (posted(request, "rights", EPO_SPAN("file")) ? EPO_MANDATE_FILE : 0),
        .all = epo_span_is(epo_request_form(request, "scope"), "all"),
        .agendas = chosen,
        .from = from,
        .until = posted_day(request, "until")};
}

void epo_mandate_terms_model(struct epo_request *request, struct epo_json *model) {
    struct epo_pool *pool = request->pool;
    struct epo_json *terms = epo_json_set(pool, model, "terms", epo_json_object(pool));
    bool blank = request->method != EPO_POST;
    struct epo_span scope = epo_request_form(request, "scope");
    epo_json_set_boolean(pool, terms, "read", blank || posted(request, "rights", EPO_SPAN("read")));
    epo_json_set_boolean(pool, terms, "file", blank || posted(request, "rights", EPO_SPAN("file")));
    epo_json_set_boolean(pool, terms, "all", epo_span_is(scope, "all"));
    epo_json_set_boolean(pool, terms, "some", blank || epo_span_is(scope, "some"));
    epo_json_set(pool, terms, "agendas", agendas(request));
    epo_json_set_text(pool, terms, "from", epo_request_form(request, "from"));
    epo_json_set_text(pool, terms, "until", epo_request_form(request, "until"));
}

void epo_mandate_fault(struct epo_request *request, struct epo_json *model, const char *id,
                       struct epo_span text) {
    struct epo_pool *pool = request->pool;
    struct epo_json *faults = epo_json_get(model, "faults"), *fault = epo_json_object(pool);
    if (faults == NULL)
        faults = epo_json_set(pool, model, "faults", epo_json_array(pool));
    epo_json_set_string(pool, fault, "id", id);
    epo_json_set_text(pool, fault, "text", text);
    epo_json_push(pool, faults, fault);
    epo_json_set_text(pool, model, epo_pool_printf(pool, "wrong_%s", id), text);
}

void epo_mandate_faults(struct epo_request *request, struct epo_json *model,
                        const struct epo_json *errors) {
    struct epo_pool *pool = request->pool;
    for (uint32_t i = 0; i < errors->count; i++) {
        struct epo_span code = epo_json_get_text(errors->items[i], "code");
        epo_mandate_fault(
            request, model, epo_pool_string(pool, epo_json_get_text(errors->items[i], "path")),
            epo_page_text(request, epo_pool_printf(pool, "error.%.*s", EPO_ARG(code))));
    }
}
