/* The public register of permits as pages. */
#include "http/permits.h"
#include "plugin/public.h"

enum { AGENDAS_MAX = 256 };

static struct epo_span local_day(struct epo_request *request, struct epo_span iso) {
    struct epo_date day;
    char text[EPO_TIME_SIZE] = "";
    if (epo_date_parse(iso, &day))
        epo_date_local(day, request->lang, text);
    return epo_pool_copy(request->pool, epo_span(text));
}

static void add_choice(struct epo_pool *pool, struct epo_json *choices, struct epo_span value,
                       struct epo_span text, struct epo_span chosen) {
    struct epo_json *choice = epo_json_object(pool);
    epo_json_set_text(pool, choice, "value", value);
    epo_json_set_text(pool, choice, "text", text);
    epo_json_set_boolean(pool, choice, "selected", epo_span_equal(value, chosen));
    epo_json_push(pool, choices, choice);
}

static void set_choices(const struct epo_permit_listing *l, struct epo_json *model) {
    struct epo_request *request = l->request;
    struct epo_pool *pool = request->pool;
    struct epo_agenda **all = EPO_NEW_ARRAY(pool, struct epo_agenda *, AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, all, AGENDAS_MAX);
    struct epo_json *agendas = epo_json_set(pool, model, "agendas", epo_json_array(pool));
    struct epo_json *districts = epo_json_set(pool, model, "districts", epo_json_array(pool));
    const struct epo_json *offices = epo_json_get(epo_portal_settings(request->portal), "offices");
    add_choice(pool, agendas, EPO_SPAN(""), epo_page_text(request, "permits.all_agendas"),
               l->query.agenda);
    for (size_t i = 0; i < count; i++) {
        if (epo_public_has(all[i], "permits"))
            add_choice(pool, agendas, epo_span(epo_agenda_name(all[i])),
                       epo_agenda_title(all[i], request->lang), l->query.agenda);
        epo_agenda_release(all[i]);
    }
    add_choice(pool, districts, EPO_SPAN(""), epo_page_text(request, "permits.all_districts"),
               l->query.district);
    for (uint32_t i = 0; offices != NULL && i < offices->count; i++) {
        const struct epo_json *codes = epo_json_get(offices->items[i], "districts");
        for (uint32_t k = 0; codes != NULL && k < codes->count; k++)
            if (epo_json_is_text(codes->items[k]))
                add_choice(pool, districts, codes->items[k]->text,
                           epo_permits_district(request, codes->items[k]->text), l->query.district);
    }
}

static struct epo_json *rows_of(const struct epo_permit_listing *l) {
    struct epo_request *request = l->request;
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    for (size_t i = 0; i < l->count; i++) {
        struct epo_permit *one = &l->found[i];
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_string(pool, row, "id", one->id);
        epo_json_set_text(pool, row, "title", epo_json_get_text(one->words, "title"));
        epo_json_set_text(pool, row, "text", epo_json_get_text(one->words, "text"));
        epo_json_set_text(pool, row, "first_text", local_day(request, one->first_day));
        epo_json_set_text(pool, row, "last_text", local_day(request, one->last_day));
        epo_json_set_text(pool, row, "district_name", epo_permits_district(request, one->district));
        epo_json_push(pool, rows, row);
    }
    return rows;
}

struct epo_response *epo_permits_get(struct epo_request *request) {
    static const char *const KEPT[] = {"q", "agenda", "district", "day", "after"};
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_permit_listing l;
    if (!epo_permits_ask(request, &l, &error) || !epo_permits_list(&l, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_json *model = epo_json_object(pool), *kept = epo_json_object(pool);
    for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++)
        epo_json_set_text(pool, kept, KEPT[i], epo_request_query(request, KEPT[i]));
    epo_json_set(pool, model, "kept", kept);
    set_choices(&l, model);
    epo_json_set(pool, model, "permits", rows_of(&l));
    epo_json_set_text(pool, model, "next", epo_permits_next(&l));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "permits.title"));
    return epo_respond_page(request, 200, "web/permits", model);
}

/* /permits/{permit} */
struct epo_response *epo_permit_get(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_permit_listing l = {.request = request, .limit = 1, .id = request->captures[0]};
    epo_permits_after(&l, EPO_SPAN(""));
    if (l.id.len != EPO_LIVE_ID_SIZE - 1)
        return epo_page_not_found(request);
    if (!epo_permits_list(&l, &error))
        return epo_respond_error(request, &error, NULL);
    if (l.count == 0)
        return epo_page_not_found(request);
    struct epo_json *model = epo_json_object(pool);
    epo_json_set_string(pool, model, "one", l.found[0].id);
    epo_json_set(pool, model, "permits", rows_of(&l));
    epo_json_set_text(pool, model, "page_title", epo_json_get_text(l.found[0].words, "title"));
    return epo_respond_page(request, 200, "web/permits", model);
}
