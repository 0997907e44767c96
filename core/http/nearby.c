#include "http/nearby.h"

#include "base/log.h"
#include "portal/desk.h"
#include "portal/nearby.h"

static struct epo_json *shown(struct epo_request *request, const struct epo_agenda *agenda,
                              const struct epo_json *row) {
    struct epo_pool *pool = request->pool;
    struct epo_json *one = epo_json_object(pool);
    const struct epo_json *at = epo_json_get(row, "at");
    struct epo_span token = epo_json_get_text(row, "token");
    struct epo_date day;
    char text[EPO_TIME_SIZE] = "";
    if (epo_date_parse(epo_json_get_text(row, "received"), &day))
        epo_date_local(day, request->lang, text);
    epo_json_set_text(pool, one, "title", epo_json_get_text(row, "title"));
    epo_json_set_text(pool, one, "text", epo_json_get_text(row, "text"));
    epo_json_set_string(pool, one, "received_text", text);
    epo_json_set_text(pool, one, "state", epo_json_get_text(row, "state"));
    epo_json_set_string(pool, one, "state_key",
                        epo_page_state_name(request, agenda, epo_json_get_text(row, "state")));
    epo_json_set_string(
        pool, one, "metres",
        epo_pool_printf(pool, "%lld", (long long)epo_json_get_integer(row, "metres", 0)));
    const char *place = epo_pool_printf(pool, "%.7f,%.7f", epo_json_number(at->items[0]),
                                        epo_json_number(at->items[1]));
    epo_json_set_string(pool, one, "follow",
                        epo_pool_printf(pool, "/nearby/%s?place=%s&one=%.*s",
                                        epo_agenda_name(agenda), place, EPO_ARG(token)));
    epo_json_set_string(
        pool, one, "picture",
        epo_pool_printf(pool,
                        "/api/v1/map.png?size=320x200&zoom=17&place=%%7B%%22type%%22"
                        "%%3A%%22Point%%22%%2C%%22coordinates%%22%%3A%%5B%s%%5D%%7D",
                        place));
    return one;
}

static bool find(struct epo_request *request, const struct epo_agenda *agenda, struct epo_point at,
                 struct epo_span token, struct epo_json **rows, struct epo_error *error) {
    struct epo_json *found;
    struct epo_nearby nearby = {
        .agenda = epo_agenda_name(agenda), .at = at, .one = token, .lang = request->lang};
    *rows = epo_json_array(request->pool);
    if (!epo_agenda_nearby(agenda, &nearby.metres, &nearby.days))
        return true;
    if (!epo_nearby_list(request->portal, request->db, request->pool, &nearby, &found, error))
        return false;
    for (uint32_t i = 0; i < found->count; i++)
        epo_json_push(request->pool, *rows, shown(request, agenda, found->items[i]));
    return true;
}

void epo_page_near(struct epo_request *request, struct epo_json *model,
                   const struct epo_agenda *agenda, struct epo_point at) {
    struct epo_error error = {0};
    struct epo_json *rows;
    if (!find(request, agenda, at, EPO_SPAN(""), &rows, &error))
        epo_log_error(EPO_LOG_WARN, "nearby.unread", &error);
    else if (rows->count > 0)
        epo_json_set(request->pool, model, "near", rows);
}

/* /nearby/{agenda}?place=lon,lat: what lies near; with one=: that one, for who follows it. */
struct epo_response *epo_nearby_get(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *rows, *model = epo_json_object(pool);
    struct epo_agenda *agenda = epo_page_agenda(request);
    struct epo_span one = epo_request_query(request, "one");
    struct epo_point at;
    int64_t metres, days;
    if (agenda == NULL || !epo_page_place(request, &at) ||
        !epo_agenda_nearby(agenda, &metres, &days))
        return epo_page_not_found(request);
    if (!find(request, agenda, at, one, &rows, &error))
        return epo_respond_error(request, &error, NULL);
    epo_page_set_crumb(request, model, agenda);
    epo_json_set(pool, model, "near", rows);
    epo_json_set_boolean(pool, model, "one", one.len > 0);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "near.title"));
    return epo_respond_page(request, 200, "web/nearby", model);
}
