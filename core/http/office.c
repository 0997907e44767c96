/* The clerk's desk: lists of cases beside their map. Every view goes to the audit trail before it
 * is shown. */
#include "http/audited.h"
#include "http/office_handling.h"
#include "http/office_page.h"
#include "portal/receipt.h"
#include "portal/routing.h"

static void set_state_name(struct epo_request *request, struct epo_json *row,
                           struct epo_span agenda_name, struct epo_span state) {
    struct epo_agenda *agenda = epo_registry_find(epo_page_app(request)->registry, agenda_name);
    epo_json_set_string(request->pool, row, "state_key",
                        epo_page_state_name(request, agenda, state));
    if (agenda != NULL)
        epo_agenda_release(agenda);
}

struct epo_json *epo_office_row(struct epo_request *request, const struct epo_json *found) {
    struct epo_pool *pool = request->pool;
    struct epo_json *row = epo_json_object(pool);
    char text[EPO_TIME_SIZE];
    struct epo_date due;
    struct epo_span number = epo_json_get_text(found, "number");
    struct epo_span state = epo_json_get_text(found, "state");
    epo_json_set_text(pool, row, "number", number);
    epo_json_set_string(pool, row, "url",
                        epo_pool_printf(pool, "/office/cases/%.*s", EPO_ARG(number)));
    epo_json_set_text(pool, row, "title", epo_json_get_text(found, "title"));
    epo_json_set_text(pool, row, "address", epo_json_get_text(found, "place"));
    epo_json_set_text(pool, row, "office_name",
                      epo_routing_name(epo_portal_settings(request->portal),
                                       epo_json_get_text(found, "office"), request->lang));
    epo_json_set_text(pool, row, "received_at", epo_json_get_text(found, "receivedAt"));
    epo_json_set_string(
        pool, row, "received_text",
        epo_time_local(epo_json_get_integer(found, "received_at_us", 0), request->lang, text));
    epo_json_set_text(pool, row, "state", state);
    set_state_name(request, row, epo_json_get_text(found, "agenda"), state);
    epo_json_set_text(pool, row, "assignee", epo_json_get_text(found, "assignee"));
    epo_json_set_text(pool, row, "lead", epo_json_get_text(found, "lead"));
    epo_json_set_text(pool, row, "agent", epo_json_get_text(found, "agentName"));
    epo_json_set_text(pool, row, "principal", epo_json_get_text(found, "senderName"));
    epo_json_set_boolean(pool, row, "has_place", epo_json_get(found, "point") != NULL);
    epo_json_set_string(pool, row, "due_text", "");
    epo_json_set_boolean(pool, row, "late", false);
    if (epo_date_parse(epo_json_get_text(found, "due"), &due)) {
        epo_json_set_string(pool, row, "due_text", epo_date_local(due, request->lang, text));
        epo_json_set_boolean(pool, row, "late",
                             !epo_desk_closed(state) &&
                                 epo_date_days(due) < epo_date_days(epo_clock_today()));
    }
    return row;
}

static void add_pages(struct epo_request *request, struct epo_json *model,
                      const struct epo_office_ask *ask, const struct epo_json *page) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *next = epo_json_get(page, "next");
    bool later = ask->filter.after.number > 0;
    if (next == NULL && !later)
        return;
    struct epo_json *pages = epo_json_set(pool, model, "pages", epo_json_object(pool));
    struct epo_span number = epo_json_get_text(next, "number");
    struct epo_span due = epo_json_get_text(next, "due");
    struct epo_span key =
        ask->filter.order == EPO_DESK_DUE
            ? epo_span(epo_pool_printf(pool, "%.*s,%.*s", EPO_ARG(due), EPO_ARG(number)))
            : number;
    epo_json_set_string(pool, pages, "first",
                        later ? epo_office_address(request, "/office", NULL, EPO_SPAN("")) : "");
    epo_json_set_string(pool, pages, "next",
                        next != NULL ? epo_office_address(request, "/office", "after", key) : "");
}

/* The map of those that the list names, not of a page of them; where it can show no more, it says
 * so. */
static void add_map(struct epo_request *request, struct epo_json *model,
                    const struct epo_office_ask *ask) {
    struct epo_pool *pool = request->pool;
    struct epo_span none = EPO_SPAN(""), after = epo_request_query(request, "after");
    epo_json_set_string(pool, model, "geojson_url",
                        epo_office_address(request, "/office/cases.geojson", NULL, none));
    epo_json_set_string(pool, model, "picture_url",
                        epo_office_address(request, "/office/map.png", "after", after));
    epo_json_set_string(pool, model, "view_url",
                        epo_office_address(request, "/office", "bbox", none));
    epo_json_set_boolean(pool, model, "in_box", ask->filter.in_box);
    epo_json_set_string(pool, model, "list_url",
                        epo_office_address(request, "/office", NULL, none));
    epo_json_set_string(pool, model, "export_csv",
                        epo_office_address(request, "/office/export/podani.csv", NULL, none));
    epo_json_set_string(pool, model, "export_geojson",
                        epo_office_address(request, "/office/export/podani.geojson", NULL, none));
}

static void push_move(struct epo_request *request, struct epo_json *moves,
                      const struct epo_agenda *agenda, const struct epo_allowed_move *move) {
    struct epo_pool *pool = request->pool;
    for (uint32_t i = 0; i < moves->count; i++)
        if (epo_span_equal(epo_json_get_text(moves->items[i], "value"), move->to_id))
            return;
    struct epo_json *row = epo_json_object(pool);
    epo_json_set_text(pool, row, "value", move->to_id);
    epo_json_set_string(pool, row, "key", epo_page_state_name(request, agenda, move->to_id));
    epo_json_push(pool, moves, row);
}

/* What some of the rows may be moved to; a decision is made on the case's own page. */
static struct epo_json *moves_of(struct epo_request *request, const struct epo_office_ask *ask,
                                 const struct epo_json *cases) {
    struct epo_json *moves = epo_json_array(request->pool);
    for (uint32_t i = 0; i < cases->count; i++) {
        struct epo_agenda *agenda = epo_registry_find(epo_page_app(request)->registry,
                                                      epo_json_get_text(cases->items[i], "agenda"));
        if (agenda == NULL)
            continue;
        const struct epo_state *state =
            epo_agenda_state_of(agenda, epo_json_get_text(cases->items[i], "state"));
        for (size_t j = 0; j < state->move_count; j++)
            if ((state->moves[j].by & epo_mover_of(ask->viewer.role)) &&
                !state->moves[j].needs_decision)
                push_move(request, moves, agenda, &state->moves[j]);
        epo_agenda_release(agenda);
    }
    return moves;
}

/* What can be done with ticked rows. */
static bool add_bulk(struct epo_request *request, struct epo_json *model,
                     const struct epo_office_ask *ask, const struct epo_json *cases,
                     struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *receivers,
        *handling = epo_json_set(pool, model, "handling", epo_json_object(pool));
    if (!epo_office_receivers(request, ask->filter.office, &receivers, error))
        return false;
    epo_json_set(pool, handling, "receivers", receivers);
    epo_json_set(pool, model, "moves", moves_of(request, ask, cases));
    epo_json_set_string(
        pool, model, "back",
        epo_office_address(request, "/office", "after", epo_request_query(request, "after")));
    return true;
}

/* Newer than the newest case there is, whether this clerk may see it or not: no page of the list,
 * no filter changes what is new. */
static bool add_news(struct epo_request *request, struct epo_json *model, struct epo_error *error) {
    char number[EPO_NUMBER_SIZE];
    int64_t newest;
    if (!epo_desk_newest(request->portal, request->db, &newest, error))
        return false;
    epo_number_write(newest, number);
    epo_json_set_string(
        request->pool, model, "news_url",
        newest > 0 ? epo_office_address(request, "/office/news", "since", epo_span(number)) : "");
    return true;
}

static struct epo_response *show_inbox(struct epo_request *request, void *arg) {
    const struct epo_office_ask *ask = arg;
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *page, *model = epo_json_object(pool), *rows = epo_json_array(pool);
    int64_t total;
    if (!epo_desk_list(request->portal, request->db, pool, &ask->filter, &page, &error) ||
        !epo_desk_count(request->portal, request->db, &ask->filter, &total, &error) ||
        !epo_office_choices(request, ask, model, &error) ||
        !epo_office_views(request, ask, model, &error))
        return epo_respond_error(request, &error, NULL);
    const struct epo_json *cases = epo_json_get(page, "cases");
    if (!add_bulk(request, model, ask, cases, &error))
        return epo_respond_error(request, &error, NULL);
    bool placed = false;
    for (uint32_t i = 0, marks = 0; i < cases->count; i++) {
        struct epo_json *row = epo_office_row(request, cases->items[i]);
        if (epo_json_get(cases->items[i], "point") != NULL)
            epo_json_set_integer(pool, row, "mark", ++marks), placed = true;
        epo_json_push(pool, rows, row);
    }
    epo_json_set_text(pool, model, "office_name",
                      ask->filter.office.len > 0
                          ? epo_routing_name(epo_portal_settings(request->portal),
                                             ask->filter.office, request->lang)
                          : epo_page_text(request, "office.whole_city"));
    epo_json_set_text(pool, model, "total_text", epo_office_count_text(request, total));
    epo_json_set(pool, model, "cases", rows);
    epo_json_set_boolean(pool, model, "placed", placed);
    if (!add_news(request, model, &error))
        return epo_respond_error(request, &error, NULL);
    add_map(request, model, ask);
    add_pages(request, model, ask, page);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "office.title"));
    return epo_respond_private(request, 200, "web/office", model);
}

struct epo_response *epo_office_look(struct epo_request *request, struct epo_office_ask *ask,
                                     struct epo_span action, struct epo_span detail,
                                     struct epo_response *(*show)(struct epo_request *request,
                                                                  void *arg)) {
    struct epo_audit_entry entry = {.actor = ask->viewer.account,
                                    .action = action,
                                    .object = ask->filter.office,
                                    .detail = detail};
    return epo_respond_audited(request, &entry, show, ask);
}

struct epo_response *epo_office_inbox(struct epo_request *request) {
    struct epo_office_ask *ask = EPO_NEW(request->pool, struct epo_office_ask);
    struct epo_response *refused = epo_office_ask(request, ask);
    ask->filter.limit = EPO_DESK_PAGE;
    return refused != NULL ? refused
                           : epo_office_look(request, ask, EPO_SPAN("inbox.viewed"),
                                             ask->filter.state, show_inbox);
}
