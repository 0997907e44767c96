/* Parts of the pages' models that several handlers share. */
#include "http/pages.h"

#include "base/log.h"
#include "portal/completion.h"
#include "portal/definitions.h"
#include "portal/routing.h"
#include "portal/session.h"

struct epo_app *epo_page_app(struct epo_request *request) {
    epo_assert(request->app != NULL);
    return request->app;
}

const struct epo_account *epo_page_account(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_account *account;
    if (request->session.len == 0)
        return NULL;
    account = EPO_NEW(request->pool, struct epo_account);
    return epo_session_find(request->portal, request->db, request->session, account, &error)
               ? account
               : NULL;
}

struct epo_json *epo_page_account_json(struct epo_request *request,
                                       const struct epo_account *account) {
    if (account == NULL)
        return NULL;
    struct epo_json *who = epo_json_object(request->pool);
    epo_json_set_string(request->pool, who, "id", account->id);
    epo_json_set_string(request->pool, who, "name", account->name);
    epo_json_set_string(request->pool, who, "role", account->role);
    return who;
}

struct epo_viewer epo_page_viewer(const struct epo_account *account, struct epo_span token) {
    struct epo_viewer viewer = {.token = token};
    if (account != NULL) {
        viewer.account = epo_span(account->id);
        viewer.role = epo_span(account->role);
        viewer.office = epo_span(account->office);
    }
    return viewer;
}

const char *epo_page_own_address(struct epo_request *request) {
    return epo_pool_printf(request->pool, "%s://%.*s", request->secure ? "https" : "http",
                           EPO_ARG(request->host));
}

/* "Mo,We 08:00-17:00" for people: "po, st 8:00–17:00". */
static void write_opening(struct epo_request *request, struct epo_buffer *out,
                          struct epo_span text) {
    struct epo_span hours, days = epo_span_cut(text, ' ', &hours), until;
    struct epo_span from = epo_span_cut(hours, '-', &until);
    for (const char *sep = out->len > 0 ? "; " : ""; days.len > 0; sep = ", ") {
        struct epo_span day = epo_span_cut(days, ',', &days);
        const char *key = epo_pool_printf(request->pool, "day.%.*s", EPO_ARG(day));
        epo_buffer_string(out, sep);
        epo_buffer_span(out, epo_page_text(request, key));
    }
    size_t from_zero = from.len > 0 && from.at[0] == '0',
           until_zero = until.len > 0 && until.at[0] == '0';
    epo_buffer_printf(out, " %.*s–%.*s", (int)(from.len - from_zero), from.at + from_zero,
                      (int)(until.len - until_zero), until.at + until_zero);
}

/* What the office says of its hours, or its opening hours in words. */
static struct epo_span hours_of(struct epo_request *request, const struct epo_json *office) {
    struct epo_span said = epo_json_localized(epo_json_get(office, "hours"), request->lang);
    const struct epo_json *opening = epo_json_get(office, "opening");
    struct epo_buffer out;
    if (said.len > 0 || opening == NULL)
        return said;
    epo_buffer_init(&out, 1024);
    for (uint32_t i = 0; i < opening->count; i++)
        write_opening(request, &out, opening->items[i]->text);
    said = epo_pool_copy(request->pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return said;
}

struct epo_json *epo_page_office(struct epo_request *request, struct epo_span id) {
    static const char *const CONTACTS[] = {"address", "phone", "email"};
    struct epo_pool *pool = request->pool;
    const struct epo_json *settings = epo_portal_settings(request->portal);
    const struct epo_json *office = epo_routing_find(settings, id);
    struct epo_json *row = epo_json_object(pool);
    epo_json_set_text(pool, row, "id", id);
    epo_json_set_text(pool, row, "name", epo_routing_name(settings, id, request->lang));
    for (size_t i = 0; i < sizeof CONTACTS / sizeof *CONTACTS; i++)
        epo_json_set_text(pool, row, CONTACTS[i],
                          epo_json_localized(epo_json_get(office, CONTACTS[i]), request->lang));
    epo_json_set_text(pool, row, "hours", hours_of(request, office));
    const struct epo_json *point = epo_json_get(office, "point");
    epo_json_set_string(pool, row, "map_url",
                        point == NULL ? ""
                                      : epo_pool_printf(pool, "/place?place=%.6f,%.6f",
                                                        epo_json_number(point->items[0]),
                                                        epo_json_number(point->items[1])));
    return row;
}

struct epo_span epo_page_text(struct epo_request *request, const char *key) {
    return epo_catalog_text(request->portal->catalog, request->lang, key);
}

struct epo_span epo_page_error_text(struct epo_request *request, const struct epo_error *error,
                                    const char *otherwise) {
    const char *key = epo_pool_printf(request->pool, "error.%s", error->code);
    struct epo_span text = epo_page_text(request, key);
    return epo_span_is(text, key) ? epo_page_text(request, otherwise) : text;
}

bool epo_page_place_lost(const struct epo_error *error) {
    return strcmp(error->code, "place.taken") == 0 || strcmp(error->code, "place.full") == 0 ||
           strcmp(error->code, "place.changed") == 0;
}

static void release(void *arg) {
    epo_agenda_release(arg);
}

struct epo_agenda *epo_page_agenda_named(struct epo_request *request, struct epo_span name) {
    struct epo_agenda *agenda = epo_registry_find(epo_page_app(request)->registry, name);
    if (agenda != NULL)
        epo_pool_defer(request->pool, release, agenda);
    return agenda;
}

struct epo_agenda *epo_page_agenda(struct epo_request *request) {
    return epo_page_agenda_named(request, request->captures[0]);
}

const struct epo_form *epo_page_form(struct epo_request *request, const struct epo_agenda *agenda) {
    return agenda != NULL ? epo_agenda_find_form(agenda, request->captures[1]) : NULL;
}

struct epo_response *epo_page_not_found(struct epo_request *request) {
    struct epo_error error = {0};
    epo_fail(&error, EPO_ERROR_NOT_FOUND, "http.not_found", "There is nothing at this address.");
    return epo_respond_error(request, &error, NULL);
}

struct epo_response *epo_page_denied(struct epo_request *request) {
    struct epo_error error = {0};
    epo_fail(&error, EPO_ERROR_DENIED, "http.denied", "This account may not see this.");
    return epo_respond_error(request, &error, NULL);
}

struct epo_span epo_agenda_title(const struct epo_agenda *agenda, const char *lang) {
    return epo_json_localized(epo_json_get(epo_agenda_manifest(agenda), "title"), lang);
}

void epo_page_set_crumb(struct epo_request *request, struct epo_json *model,
                        const struct epo_agenda *agenda) {
    struct epo_pool *pool = request->pool;
    epo_json_set_text(pool, model, "agenda_title", epo_agenda_title(agenda, request->lang));
    epo_json_set_string(pool, model, "agenda_url",
                        epo_pool_printf(pool, "/agendas/%s", epo_agenda_name(agenda)));
}

const char *epo_page_state_key(struct epo_request *request, struct epo_span state) {
    return epo_pool_printf(request->pool, "state.%.*s", EPO_ARG(state));
}

const char *epo_page_state_name(struct epo_request *request, const struct epo_agenda *agenda,
                                struct epo_span state) {
    const char *key = epo_page_state_key(request, state);
    if (agenda == NULL)
        return key;
    const struct epo_state *rules = epo_states_find(epo_agenda_states(agenda), state);
    struct epo_span title = epo_json_localized(rules ? rules->title : NULL, request->lang);
    return epo_pool_string(
        request->pool,
        title.len > 0 ? title : epo_catalog_text(epo_agenda_catalog(agenda), request->lang, key));
}

/* ---- computed values ---- */

static bool is_money(const struct epo_form *form, struct epo_span id) {
    const struct epo_json *computed = epo_json_get(epo_form_definition(form), "computed");
    for (uint32_t i = 0; computed != NULL && i < computed->count; i++)
        if (epo_span_equal(epo_json_get_text(computed->items[i], "id"), id))
            return epo_span_is(epo_json_get_text(computed->items[i], "type"), "money");
    return false;
}

struct epo_json *epo_page_values(struct epo_request *request, const struct epo_agenda *agenda,
                                 const struct epo_form *form, const struct epo_json *values) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows =
        epo_form_computed(form, pool, request->lang, request->portal->catalog, values);
    struct epo_json *last = NULL;
    for (uint32_t i = 0; rows != NULL && i < rows->count; i++) {
        struct epo_json *row = rows->items[i];
        bool money = is_money(form, epo_json_get_text(row, "id"));
        epo_json_set_boolean(pool, row, "amount", money);
        epo_json_set(pool, row, "explain", epo_json_array(pool));
        if (last == NULL || money)
            last = row;
    }
    if (last != NULL && agenda != NULL)
        epo_json_set(pool, last, "explain",
                     epo_agenda_explain(agenda, pool, request->lang, values));
    return rows != NULL ? rows : epo_json_array(pool);
}

/* ---- submissions ---- */

struct epo_span epo_page_district(struct epo_request *request, const struct epo_json *facts,
                                  struct epo_span code) {
    for (uint32_t i = 0; facts != NULL && i < facts->count; i++) {
        const struct epo_json *district = epo_json_get(facts->items[i], "district");
        if (epo_span_equal(epo_json_get_text(district, "code"), code))
            return epo_json_get_text(district, "name");
    }
    (void)request;
    return code;
}

/* Whose turn it is, until when, and what comes next. */
static struct epo_json *now(struct epo_request *request, const struct epo_agenda *agenda,
                            const struct epo_json *found) {
    static const char *const TURNS[] = {"turn.office", "turn.citizen", "turn.nobody"};
    struct epo_pool *pool = request->pool;
    const struct epo_state *state = epo_agenda_state_of(agenda, epo_json_get_text(found, "state"));
    struct epo_json *shown = epo_json_object(pool);
    enum epo_ball ball = state->deadline.ball;
    const char *key = epo_pool_printf(pool, "state.%.*s.next", EPO_ARG(state->id));
    struct epo_span next = epo_json_localized(state->next, request->lang);
    struct epo_date until;
    char text[EPO_TIME_SIZE];
    if (next.len == 0)
        next = epo_catalog_text(epo_agenda_catalog(agenda), request->lang, key);
    epo_json_set_text(pool, shown, "next", epo_span_is(next, key) ? EPO_SPAN("") : next);
    epo_json_set_boolean(pool, shown, "yours", ball == EPO_BALL_CITIZEN);
    epo_json_set_string(pool, shown, "turn_key", TURNS[ball]);
    epo_json_set_string(pool, shown, "until", "");
    if (ball == EPO_BALL_CITIZEN && epo_date_parse(epo_json_get_text(found, "answerBy"), &until)) {
        epo_json_set_string(pool, shown, "until", epo_date_local(until, request->lang, text));
        epo_json_set_boolean(pool, shown, "late",
                             epo_date_days(until) < epo_date_days(epo_clock_today()));
    }
    return shown;
}

static struct epo_json *head(struct epo_request *request, const struct epo_agenda *agenda,
                             const struct epo_json *found) {
    static const char *const same[] = {"number", "title", "receipt", "state"};
    struct epo_pool *pool = request->pool;
    const struct epo_json *settings = epo_portal_settings(request->portal);
    struct epo_json *submission = epo_json_object(pool);
    char text[EPO_TIME_SIZE];
    struct epo_date due;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        epo_json_set_text(pool, submission, same[i], epo_json_get_text(found, same[i]));
    struct epo_span state = epo_json_get_text(found, "state");
    struct epo_span office = epo_json_get_text(found, "office");
    int64_t received_at_us = epo_json_get_integer(found, "received_at_us", 0);
    epo_json_set_string(pool, submission, "state_key", epo_page_state_name(request, agenda, state));
    epo_json_set_text(pool, submission, "form_version", epo_json_get_text(found, "formVersion"));
    epo_json_set_text(pool, submission, "received_at", epo_json_get_text(found, "receivedAt"));
    epo_json_set_string(pool, submission, "received_text",
                        epo_time_local(received_at_us, request->lang, text));
    epo_json_set_text(pool, submission, "office_name",
                      epo_routing_name(settings, office, request->lang));
    epo_json_set_text(pool, submission, "office_contact",
                      epo_json_get_text(epo_routing_find(settings, office), "email"));
    epo_json_set_text(pool, submission, "district_name",
                      epo_page_district(request, epo_json_get(found, "facts"),
                                        epo_json_get_text(found, "district")));
    epo_json_set_boolean(pool, submission, "at_counter",
                         epo_span_is(epo_json_get_text(found, "source"), "counter"));
    struct epo_span agent = epo_json_get_text(found, "agentName");
    struct epo_json *names = epo_json_object(pool);
    epo_json_set_text(pool, names, "agent", agent);
    epo_json_set_text(pool, names, "sender", epo_json_get_text(found, "senderName"));
    epo_json_set_text(pool, submission, "represented",
                      agent.len > 0 ? epo_catalog_format(request->portal->catalog, pool,
                                                         request->lang, "acting.represented", names)
                                    : agent);
    epo_json_set_string(pool, submission, "due_text", "");
    epo_json_set_string(pool, submission, "link", "");
    bool over = agenda != NULL && epo_agenda_state_of(agenda, state)->ends;
    if (!over && epo_date_parse(epo_json_get_text(found, "due"), &due)) {
        epo_json_set_string(pool, submission, "due_text", epo_date_local(due, request->lang, text));
        epo_json_set_boolean(pool, submission, "late",
                             epo_date_days(due) < epo_date_days(epo_clock_today()));
    }
    return submission;
}

static struct epo_json *history(struct epo_request *request, const struct epo_agenda *agenda,
                                const struct epo_json *found) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *events = epo_json_get(found, "history");
    struct epo_json *rows = epo_json_array(pool);
    char text[EPO_TIME_SIZE];
    for (uint32_t i = events != NULL ? events->count : 0; i > 0; i--) { /* newest first */
        const struct epo_json *event = events->items[i - 1];
        struct epo_json *row = epo_json_object(pool);
        struct epo_span by = epo_json_get_text(event, "by");
        epo_json_set_text(pool, row, "at", epo_json_get_text(event, "at"));
        epo_json_set_string(
            pool, row, "at_text",
            epo_time_local(epo_json_get_integer(event, "at_us", 0), request->lang, text));
        epo_json_set_string(
            pool, row, "state_key",
            epo_page_state_name(request, agenda, epo_json_get_text(event, "state")));
        epo_json_set_text(pool, row, "note", epo_json_get_text(event, "note"));
        if (by.len == 0 && epo_json_get_text(event, "from").len > 0)
            epo_json_set_text(pool, row, "by", epo_page_text(request, "history.applicant"));
        else
            epo_json_set_text(pool, row, "by",
                              by.len > 0 ? epo_routing_name(epo_portal_settings(request->portal),
                                                            by, request->lang)
                                         : by);
        epo_json_push(pool, rows, row);
    }
    return rows;
}

const struct epo_form *epo_page_filed_form(struct epo_request *request,
                                           const struct epo_json *found,
                                           struct epo_agenda **agenda) {
    struct epo_span version = epo_json_get_text(found, "formVersion");
    const struct epo_form *form = NULL, *kept = NULL;
    struct epo_error error = {0};
    *agenda =
        epo_registry_find(epo_page_app(request)->registry, epo_json_get_text(found, "agenda"));
    if (*agenda != NULL) {
        epo_pool_defer(request->pool, release, *agenda);
        form = epo_agenda_find_form(*agenda, epo_json_get_text(found, "form"));
    }
    if (form != NULL && epo_span_is(version, epo_form_version(form)))
        return form;
    if (!epo_definitions_form(request->portal, request->db, request->pool, version, NULL, &kept,
                              &error))
        epo_log_error(EPO_LOG_ERROR, "definitions.read", &error);
    return kept != NULL ? kept : form;
}

struct epo_json *epo_page_submission(struct epo_request *request, const struct epo_json *found) {
    struct epo_pool *pool = request->pool;
    const struct epo_catalog *catalog = request->portal->catalog;
    struct epo_json *model = epo_json_object(pool);
    struct epo_agenda *agenda;
    const struct epo_form *form = epo_page_filed_form(request, found, &agenda);
    struct epo_json *submission =
        epo_json_set(pool, model, "submission", head(request, agenda, found));
    const struct epo_json *facts = epo_completion_current(found, "facts");
    const struct epo_json *place = epo_json_get_span(facts, epo_json_get_text(found, "placeField"));
    if (agenda != NULL) {
        epo_page_set_crumb(request, submission, agenda);
        epo_json_set(pool, model, "now", now(request, agenda, found));
    }
    if (form != NULL) {
        epo_json_set_text(pool, submission, "title", epo_form_title(form, request->lang));
        epo_json_set(pool, model, "sections",
                     epo_form_summary(form, pool, request->lang, catalog,
                                      epo_completion_current(found, "answers"), facts));
        if (agenda != NULL)
            epo_agenda_fill_view(agenda, pool, request->lang, epo_json_get(found, "parameters"),
                                 epo_json_get(model, "sections"));
        epo_json_set(
            pool, model, "values",
            epo_page_values(request, agenda, form, epo_completion_current(found, "values")));
    }
    if (place != NULL)
        epo_json_set(pool, model, "place_words",
                     epo_form_words(pool, request->lang, catalog, place));
    epo_json_set(pool, model, "history", history(request, agenda, found));
    return model;
}

struct epo_response *epo_api_problem(struct epo_request *request, int status, const char *code,
                                     const char *title, const char *detail,
                                     const struct epo_json *errors) {
    struct epo_pool *pool = request->pool;
    struct epo_json *problem = epo_json_object(pool);
    epo_json_set_string(pool, problem, "type", "about:blank");
    epo_json_set_string(pool, problem, "title", title);
    epo_json_set_integer(pool, problem, "status", status);
    epo_json_set_string(pool, problem, "code", code);
    if (detail != NULL && detail[0] != '\0')
        epo_json_set_string(pool, problem, "detail", detail);
    epo_json_set(pool, problem, "errors",
                 errors != NULL ? epo_json_copy(pool, errors) : epo_json_array(pool));
    return epo_respond(request, status, "application/problem+json", epo_json_print(pool, problem));
}
