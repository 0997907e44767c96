#include "http/office_handling.h"

#include "base/clock.h"
#include "portal/desk.h"
#include "portal/handover.h"
#include "portal/merging.h"
#include "portal/routing.h"

static void push_receiver(struct epo_pool *pool, struct epo_json *list, const char *kind,
                          struct epo_span id, struct epo_span text) {
    struct epo_json *row = epo_json_object(pool);
    epo_json_set_string(pool, row, "value", epo_pool_printf(pool, "%s:%.*s", kind, EPO_ARG(id)));
    epo_json_set_text(pool, row, "text", text);
    epo_json_push(pool, list, row);
}

bool epo_office_receivers(struct epo_request *request, struct epo_span office,
                          struct epo_json **receivers, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *settings = epo_portal_settings(request->portal);
    const struct epo_json *offices = epo_json_get(settings, "offices");
    struct epo_json *people, *all = *receivers = epo_json_object(pool);
    struct epo_json *to_people = epo_json_set(pool, all, "people", epo_json_array(pool));
    struct epo_json *to_offices = epo_json_set(pool, all, "offices", epo_json_array(pool));
    if (!epo_desk_people(request->portal, request->db, pool, office, &people, error))
        return false;
    for (uint32_t i = 0; i < people->count; i++)
        push_receiver(pool, to_people, "person", epo_json_get_text(people->items[i], "id"),
                      epo_json_get_text(people->items[i], "name"));
    for (uint32_t i = 0; offices != NULL && i < offices->count; i++) {
        struct epo_span id = epo_json_get_text(offices->items[i], "id");
        push_receiver(pool, to_offices, "office", id,
                      epo_routing_name(settings, id, request->lang));
    }
    return true;
}

static void add_trail(struct epo_request *request, struct epo_json *handling,
                      const struct epo_json *trail) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *settings = epo_portal_settings(request->portal);
    struct epo_json *shown = epo_json_set(pool, handling, "trail", epo_json_array(pool));
    char text[EPO_TIME_SIZE];
    for (uint32_t i = 0; i < trail->count; i++) {
        const struct epo_json *step = trail->items[i];
        struct epo_json *row = epo_json_object(pool);
        struct epo_span to = epo_json_get_text(step, "to");
        struct epo_span office = epo_json_get_text(step, "to_office");
        epo_json_set_string(
            pool, row, "at_text",
            epo_time_local(epo_json_get_integer(step, "at_us", 0), request->lang, text));
        epo_json_set_text(pool, row, "by", epo_json_get_text(step, "by"));
        epo_json_set_text(pool, row, "to",
                          to.len > 0 ? to : epo_routing_name(settings, office, request->lang));
        epo_json_set_text(pool, row, "note", epo_json_get_text(step, "note"));
        epo_json_push(pool, shown, row);
    }
}

static struct epo_json *link_to(struct epo_request *request, int64_t number) {
    struct epo_pool *pool = request->pool;
    struct epo_json *row = epo_json_object(pool);
    char text[EPO_NUMBER_SIZE];
    epo_number_write(number, text);
    epo_json_set_string(pool, row, "number", text);
    epo_json_set_string(pool, row, "url", epo_pool_printf(pool, "/office/cases/%s", text));
    return row;
}

static bool add_merged(struct epo_request *request, struct epo_json *handling, int64_t number,
                       struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *followers = epo_json_set(pool, handling, "followers", epo_json_array(pool));
    int64_t lead, numbers[EPO_MERGED_MAX];
    size_t count;
    if (!epo_merging_lead(request->portal, request->db, number, &lead, error) ||
        !epo_merging_followers(request->portal, request->db, number, numbers, &count, error))
        return false;
    if (lead != 0)
        epo_json_set(pool, handling, "lead", link_to(request, lead));
    for (size_t i = 0; i < count; i++)
        epo_json_push(pool, followers, link_to(request, numbers[i]));
    return true;
}

bool epo_office_handling(struct epo_request *request, struct epo_json *model,
                         const struct epo_office_case *handled, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *found, *receivers, *similar;
    struct epo_json *handling = epo_json_set(pool, model, "handling", epo_json_object(pool));
    struct epo_span office = epo_json_get_text(handled->found, "office");
    if (!epo_handover_read(request->portal, request->db, pool, handled->id, &found, error) ||
        !epo_office_receivers(request, office, &receivers, error) ||
        !epo_merging_similar(request->portal, request->db, pool, handled->id, &similar, error) ||
        !add_merged(request, handling, handled->id, error))
        return false;
    struct epo_span who = epo_json_get_text(found, "assignee_id");
    bool open = !epo_desk_closed(epo_json_get_text(handled->found, "state"));
    epo_json_set_text(pool, handling, "number", handled->number);
    epo_json_set_text(pool, handling, "assignee", epo_json_get_text(found, "assignee"));
    epo_json_set_boolean(pool, handling, "mine", epo_span_is(who, handled->account->id));
    epo_json_set_boolean(pool, handling, "open", open);
    epo_json_set(pool, handling, "receivers", receivers);
    epo_json_set_integer(pool, handling, "similar", open ? similar->count : 0);
    epo_json_set_string(pool, handling, "similar_text",
                        epo_pool_printf(pool, "%u", (unsigned)similar->count));
    add_trail(request, handling, epo_json_get(found, "trail"));
    return true;
}
