/* The page of a life situation: one order of items for every agenda, the same facts for people and,
 * as JSON-LD (life_ld.c), for machines. */
#include "http/drafting.h"
#include "http/life.h"
#include "plugin/life.h"
#include "plugin/organization.h"
#include "plugin/public.h"
#include "portal/routing.h"

static struct epo_json *texts_of(struct epo_request *request, const struct epo_json *list) {
    struct epo_json *texts = epo_json_array(request->pool);
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        epo_json_push(
            request->pool, texts,
            epo_json_text(request->pool, epo_json_localized(list->items[i], request->lang)));
    return texts;
}

static struct epo_json *parts(struct epo_request *request, const struct epo_json *situation) {
    struct epo_pool *pool = request->pool;
    struct epo_json *all = epo_json_array(pool);
    for (size_t i = 0; i < epo_life_item_count; i++) {
        const char *id = epo_life_items[i].id;
        const struct epo_json *item = epo_json_get(situation, id);
        if (item == NULL)
            continue;
        struct epo_json *part = epo_json_object(pool);
        struct epo_span title = epo_json_localized(epo_json_get(item, "title"), request->lang);
        epo_json_set_string(pool, part, "id", id);
        epo_json_set_text(
            pool, part, "title",
            title.len > 0 ? title : epo_page_text(request, epo_pool_printf(pool, "life.%s", id)));
        epo_json_set(pool, part, "paragraphs", texts_of(request, epo_json_get(item, "paragraphs")));
        epo_json_set(pool, part, "items", texts_of(request, epo_json_get(item, "items")));
        epo_json_push(pool, all, part);
    }
    return all;
}

struct epo_span epo_life_short(struct epo_request *request, const struct epo_agenda *agenda,
                               const char *item) {
    const struct epo_json *situation = epo_json_get(epo_agenda_manifest(agenda), "life_situation");
    return epo_agenda_fill(
        agenda, request->pool, request->lang,
        epo_agenda_parameters(agenda, request->pool, EPO_SPAN(""), NULL),
        epo_json_localized(epo_json_get(epo_json_get(situation, item), "short"), request->lang));
}

static void add_answer(struct epo_request *request, struct epo_json *answers, const char *id,
                       struct epo_span text) {
    struct epo_pool *pool = request->pool;
    struct epo_json *row = epo_json_object(pool);
    epo_json_set_text(pool, row, "label",
                      epo_page_text(request, epo_pool_printf(pool, "life.short.%s", id)));
    epo_json_set_text(pool, row, "text", text);
    epo_json_push(pool, answers, row);
}

/* The box at the top: what most people come to look up. */
static struct epo_json *answers(struct epo_request *request, const struct epo_agenda *agenda,
                                const struct epo_json *situation) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    const struct epo_json *channels = epo_json_get(situation, "channels");
    struct epo_buffer how;
    if (situation == NULL)
        return rows;
    for (size_t i = 0; i < epo_life_item_count; i++)
        if (epo_life_items[i].has_short)
            add_answer(request, rows, epo_life_items[i].id,
                       epo_life_short(request, agenda, epo_life_items[i].id));
    epo_buffer_init(&how, 400);
    for (uint32_t i = 0; channels != NULL && i < channels->count; i++) {
        const char *key =
            epo_pool_printf(pool, "life.channel.%.*s", EPO_ARG(channels->items[i]->text));
        epo_buffer_string(&how, i > 0 ? ", " : "");
        epo_buffer_span(&how, epo_page_text(request, key));
    }
    add_answer(request, rows, "channels", epo_pool_copy(pool, epo_buffer_get(&how)));
    epo_buffer_clear(&how);
    return rows;
}

static struct epo_json *laws(struct epo_request *request, const struct epo_json *law) {
    struct epo_pool *pool = request->pool;
    struct epo_json *all = epo_json_array(pool);
    for (uint32_t i = 0; law != NULL && law->type == EPO_JSON_ARRAY && i < law->count; i++) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "title", epo_json_localized(law->items[i], request->lang));
        epo_json_set_text(pool, row, "url", epo_json_get_text(law->items[i], "url"));
        epo_json_push(pool, all, row);
    }
    return all;
}

struct epo_json *epo_page_agenda_offices(struct epo_request *request,
                                         const struct epo_agenda *agenda) {
    const struct epo_json *settings = epo_portal_settings(request->portal);
    const struct epo_json *offices = epo_json_get(settings, "offices");
    struct epo_json *all = epo_json_array(request->pool);
    struct epo_span wish =
        epo_json_get_text(epo_json_get(epo_agenda_manifest(agenda), "routing"), "office");
    bool by_district = epo_span_is(wish, "district");
    const struct epo_json *owner = epo_agenda_organization(agenda);
    struct epo_span only = epo_routing_office(settings, wish, (struct epo_span){"", 0});
    for (uint32_t i = 0; offices != NULL && i < offices->count; i++) {
        const struct epo_json *office = offices->items[i];
        const struct epo_json *districts = epo_json_get(office, "districts");
        if (owner != NULL ? !epo_organization_has_office(owner, epo_json_get_text(office, "id"))
            : by_district ? districts == NULL || districts->count == 0
                          : !epo_span_equal(epo_json_get_text(office, "id"), only))
            continue;
        epo_json_push(request->pool, all, epo_json_copy(request->pool, office));
    }
    return all;
}

struct epo_response *epo_page_of_agenda(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_agenda *agenda = epo_page_agenda(request);
    if (agenda == NULL)
        return epo_page_not_found(request);
    const struct epo_json *manifest = epo_agenda_manifest(agenda);
    const struct epo_json *situation = epo_json_get(manifest, "life_situation");
    const struct epo_json *offices = epo_page_agenda_offices(request, agenda);
    struct epo_json *model = epo_json_object(pool), *where = epo_json_array(pool);
    struct epo_json *row =
        epo_json_set(pool, model, "agenda", epo_page_agenda_row(request, agenda));
    for (uint32_t i = 0; i < offices->count; i++)
        epo_json_push(pool, where,
                      epo_page_office(request, epo_json_get_text(offices->items[i], "id")));
    epo_json_set(pool, row, "answers", answers(request, agenda, situation));
    epo_json_set(pool, row, "parts", parts(request, situation));
    epo_json_set(pool, row, "laws", laws(request, epo_json_get(manifest, "law")));
    epo_json_set(pool, row, "where", where);
    epo_json_set(pool, row, "rows", epo_page_parameters(request, agenda, true));
    epo_json_set_boolean(pool, model, "permits", epo_public_has(agenda, "permits"));
    epo_json_set(pool, model, "linked_data", epo_life_linked_data(request, agenda));
    epo_agenda_fill_view(agenda, pool, request->lang,
                         epo_agenda_parameters(agenda, pool, EPO_SPAN(""), NULL), model);
    epo_json_set_text(pool, model, "page_title", epo_agenda_title(agenda, request->lang));
    epo_json_set_text(pool, model, "description", epo_json_get_text(row, "summary"));
    const struct epo_account *account = epo_page_account(request);
    struct epo_json *drafts;
    struct epo_error error = {0};
    if (account != NULL &&
        !epo_drafting_list(request, account, epo_span(epo_agenda_name(agenda)), &drafts, &error))
        return epo_respond_error(request, &error, NULL);
    if (account != NULL)
        epo_json_set(pool, model, "drafts", drafts);
    struct epo_response *response = epo_respond_page(request, 200, "web/agenda", model);
    epo_response_cacheable(response);
    return response;
}
