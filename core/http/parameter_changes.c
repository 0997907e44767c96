/* What an admin has set of an agenda's parameters: shown, and taken back while it is to come. */
#include "http/parameter_changes.h"

#include "base/log.h"
#include "http/audited.h"
#include "http/replays.h"
#include "portal/routing.h"

struct epo_span epo_parameter_where(struct epo_request *request, struct epo_span district) {
    const struct epo_json *settings = epo_portal_settings(request->portal);
    struct epo_span office = epo_routing_office(settings, EPO_SPAN("district"), district);
    return district.len > 0 ? epo_routing_name(settings, office, request->lang)
                            : epo_page_text(request, "parameters.city");
}

/* Of those that have begun and not ended the first of the list counts. */
static const char *state_of(const struct epo_parameter_change *changes, size_t at,
                            const char *today) {
    const struct epo_parameter_change *one = &changes[at];
    if (one->withdrawn_at_us > 0)
        return "parameters.state_withdrawn";
    if (memcmp(one->from_day.at, today, 10) > 0)
        return "parameters.state_coming";
    if (one->until_day.len > 0 && memcmp(one->until_day.at, today, 10) < 0)
        return "parameters.state_ended";
    for (size_t i = 0; i < at; i++)
        if (epo_span_equal(changes[i].name, one->name) &&
            epo_span_equal(changes[i].district, one->district) &&
            strcmp(state_of(changes, i, today), "parameters.state_now") == 0)
            return "parameters.state_replaced";
    return "parameters.state_now";
}

static const char *day_text(struct epo_request *request, struct epo_span day) {
    struct epo_date date;
    char text[EPO_TIME_SIZE];
    return epo_date_parse(day, &date)
               ? epo_pool_string(request->pool, epo_span(epo_date_local(date, request->lang, text)))
               : "";
}

static int by_version(const void *a, const void *b) {
    int64_t x = epo_json_get_integer(*(struct epo_json *const *)a, "version", 0);
    int64_t y = epo_json_get_integer(*(struct epo_json *const *)b, "version", 0);
    return (x < y) - (x > y);
}

struct epo_json *epo_parameter_change_rows(struct epo_request *request,
                                           const struct epo_agenda *agenda,
                                           const struct epo_parameter_change *changes,
                                           size_t count) {
    struct epo_pool *pool = request->pool;
    const struct epo_parameter_set *set = epo_agenda_parameter_set(agenda);
    struct epo_json *rows = epo_json_array(pool);
    char today[EPO_TIME_SIZE], text[EPO_TIME_SIZE];
    epo_date_iso(epo_clock_today(), today);
    for (size_t i = 0; i < count; i++) {
        const struct epo_parameter_change *one = &changes[i];
        struct epo_json *row = epo_json_object(pool);
        const char *state = state_of(changes, i, today);
        bool english = request->lang[0] == 'e' && one->reason_en.len > 0;
        epo_json_set_integer(pool, row, "version", one->version);
        epo_json_set_text(pool, row, "label", epo_parameter_label(set, one->name, request->lang));
        epo_json_set_text(pool, row, "where", epo_parameter_where(request, one->district));
        epo_json_set_text(pool, row, "line",
                          epo_parameter_line(set, pool, request->lang, one->name,
                                             epo_json_parse(pool, one->value, NULL)));
        epo_json_set_text(pool, row, "reason", english ? one->reason_en : one->reason_cs);
        epo_json_set_text(pool, row, "decree", one->decree);
        epo_json_set_string(pool, row, "decree_day_text", day_text(request, one->decree_day));
        epo_json_set_text(pool, row, "decree_url", one->decree_url);
        epo_json_set_string(pool, row, "from_text", day_text(request, one->from_day));
        epo_json_set_string(pool, row, "until_text", day_text(request, one->until_day));
        epo_json_set_string(pool, row, "at_text", epo_time_local(one->at_us, request->lang, text));
        epo_json_set_text(pool, row, "actor_name", one->actor_name);
        epo_json_set_text(pool, row, "withdrawn_name", one->withdrawn_name);
        epo_json_set_string(pool, row, "state", state);
        epo_json_set_boolean(pool, row, "withdraw", strcmp(state, "parameters.state_coming") == 0);
        epo_json_push(pool, rows, row);
    }
    if (rows->count > 0)
        qsort(rows->items, rows->count, sizeof *rows->items, by_version);
    return rows;
}

/* ---- the page of an agenda ---- */

/* Every parameter that may be set, with what counts today. */
static struct epo_json *parameter_rows(struct epo_request *request,
                                       const struct epo_agenda *agenda) {
    struct epo_pool *pool = request->pool;
    const struct epo_parameter_set *set = epo_agenda_parameter_set(agenda);
    const struct epo_json *now = epo_agenda_parameters(agenda, pool, EPO_SPAN(""), NULL);
    const struct epo_json *const from[] = {set->types, set->defaults};
    struct epo_json *rows = epo_json_array(pool);
    for (size_t i = 0; i < 2; i++)
        for (uint32_t j = 0; from[i] != NULL && j < from[i]->count; j++) {
            struct epo_span name = from[i]->names[j];
            if (epo_span_is(name, "districts") || (i > 0 && epo_json_get_span(set->types, name)))
                continue;
            struct epo_json *row = epo_json_object(pool);
            epo_json_set_text(pool, row, "label", epo_parameter_label(set, name, request->lang));
            epo_json_set_text(
                pool, row, "line",
                epo_parameter_line(set, pool, request->lang, name, epo_json_get_span(now, name)));
            epo_json_set_string(pool, row, "url",
                                epo_pool_printf(pool, "/admin/parameters/%s/%.*s",
                                                epo_agenda_name(agenda), EPO_ARG(name)));
            epo_json_push(pool, rows, row);
        }
    return rows;
}

static struct epo_response *draw(struct epo_request *request, const struct epo_agenda *agenda,
                                 int status, struct epo_span trouble) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    struct epo_parameter_change *changes;
    struct epo_error error = {0};
    size_t count;
    if (!epo_parameter_changes(request->portal, request->db, pool, epo_agenda_name(agenda),
                               &changes, &count, &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set_string(pool, model, "id", epo_agenda_name(agenda));
    epo_json_set_text(pool, model, "title", epo_agenda_title(agenda, request->lang));
    epo_json_set_text(pool, model, "trouble", trouble);
    epo_json_set_text(pool, model, "done", epo_request_query(request, "done"));
    epo_json_set(pool, model, "parameters", parameter_rows(request, agenda));
    epo_json_set(pool, model, "changes",
                 epo_parameter_change_rows(request, agenda, changes, count));
    epo_json_set(pool, model, "rows", epo_page_parameters(request, agenda, false));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "parameters.set_title"));
    return epo_respond_private(request, status, "web/admin_parameters", model);
}

static struct epo_response *show(struct epo_request *request, void *arg) {
    (void)arg;
    struct epo_agenda *agenda = epo_page_agenda(request);
    return agenda == NULL ? epo_page_not_found(request) : draw(request, agenda, 200, EPO_SPAN(""));
}

struct epo_response *epo_admin_parameters_of(struct epo_request *request) {
    return epo_respond_to_admin(request, "parameters.of", show);
}

/* ---- taking back ---- */

struct taking {
    struct epo_request *request;
    const struct epo_account *account;
    struct epo_agenda *agenda;
    int64_t version;
};

static bool run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct taking *taking = arg;
    char today[EPO_TIME_SIZE];
    return epo_parameter_change_withdraw(
        taking->request->portal, db, epo_agenda_name(taking->agenda), taking->version,
        epo_date_iso(epo_clock_today(), today), epo_span(taking->account->id),
        epo_span(taking->account->name), error);
}

static struct epo_response *finish(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    struct taking *taking = arg;
    if (error != NULL)
        return draw(request, taking->agenda,
                    error->kind == EPO_ERROR_CONFLICT    ? 409
                    : error->kind == EPO_ERROR_NOT_FOUND ? 404
                                                         : 503,
                    epo_page_error_text(request, error, "editor.unsaved"));
    epo_parameters_changed_now(request, taking->agenda);
    return epo_respond_redirect(
        request, 303,
        epo_span(epo_pool_printf(request->pool, "/admin/parameters/%s?done=withdrawn",
                                 epo_agenda_name(taking->agenda))));
}

void epo_parameters_changed_now(struct epo_request *request, const struct epo_agenda *agenda) {
    struct epo_app *app = epo_page_app(request);
    struct epo_error error = {0};
    if (!epo_registry_reload(app->registry, epo_agenda_name(agenda), &error))
        epo_log_error(EPO_LOG_ERROR, "parameters.reload", &error);
    epo_server_purge(app->server);
}

/* All that is set and to come, on what was filed in the last year. */
static struct epo_response *try_coming(struct taking *taking) {
    struct epo_request *request = taking->request;
    struct epo_parameter_change *changes;
    struct epo_error error = {0};
    struct epo_span last = EPO_SPAN("");
    size_t count;
    if (!epo_parameter_changes(request->portal, request->db, request->pool,
                               epo_agenda_name(taking->agenda), &changes, &count, &error))
        return epo_respond_error(request, &error, NULL);
    for (size_t i = 0; i < count && last.len == 0; i++) /* the last day stands first */
        if (changes[i].withdrawn_at_us == 0)
            last = changes[i].from_day;
    return epo_replay_begin(request, taking->account, epo_agenda_name(taking->agenda),
                            epo_json_object(request->pool), last,
                            epo_page_text(request, "replay.coming"));
}

struct epo_response *epo_admin_parameters_withdraw(struct epo_request *request) {
    struct taking *taking = EPO_NEW(request->pool, struct taking);
    *taking = (struct taking){request, epo_page_account(request), epo_page_agenda(request), 0};
    if (taking->account == NULL || strcmp(taking->account->role, "admin") != 0)
        return epo_page_denied(request);
    if (taking->agenda == NULL)
        return epo_page_not_found(request);
    if (epo_span_is(epo_request_form(request, "_action"), "try"))
        return try_coming(taking);
    epo_span_integer(epo_request_form(request, "withdraw"), &taking->version);
    return epo_respond_after_write(request, run, finish, taking);
}
