/* What people may ask about their own data: who looked at it, all of it, and that it be erased. */
#include "http/audited.h"
#include "http/own_case.h"
#include "http/pages.h"
#include "http/person.h"
#include "plugin/retention.h"
#include "portal/person.h"
#include "portal/routing.h"

enum { PAGE_ROWS = 50 };

/* ---- who has seen it ---- */

/* A text by key, or the general one where there is none of its own. */
static struct epo_span text_or(struct epo_request *request, const char *key,
                               const char *otherwise) {
    struct epo_span text = epo_page_text(request, key);
    return epo_span_is(text, key) ? epo_page_text(request, otherwise) : text;
}

/* Role and office; names of clerks only where the portal says so. */
static struct epo_span who(struct epo_request *request, const struct epo_json *row,
                           struct epo_span own) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *settings = epo_portal_settings(request->portal);
    struct epo_span actor = epo_json_get_text(row, "actor"), role = epo_json_get_text(row, "role");
    struct epo_span office = epo_json_get_text(row, "office"),
                    name = epo_json_get_text(row, "name");
    if (own.len > 0 && epo_span_equal(actor, own))
        return epo_page_text(request, "seen.you");
    if (actor.len == 0)
        return epo_page_text(request, "seen.visitor");
    if (role.len == 0)
        return epo_page_text(request, "seen.portal");
    struct epo_span words =
        epo_page_text(request, epo_pool_printf(pool, "role.%.*s", EPO_ARG(role)));
    if (office.len > 0 && !epo_span_is(office, "*"))
        words =
            epo_span(epo_pool_printf(pool, "%.*s, %.*s", EPO_ARG(words),
                                     EPO_ARG(epo_routing_name(settings, office, request->lang))));
    bool named =
        !epo_span_is(role, "citizen") && epo_json_get_boolean(settings, "audit_names", false);
    return named ? epo_span(epo_pool_printf(pool, "%.*s (%.*s)", EPO_ARG(name), EPO_ARG(words)))
                 : words;
}

struct epo_json *epo_page_seen(struct epo_request *request, const struct epo_json *rows,
                               struct epo_span own) {
    struct epo_pool *pool = request->pool;
    struct epo_json *shown = epo_json_array(pool);
    char text[EPO_TIME_SIZE];
    for (uint32_t i = 0; i < rows->count; i++) {
        const struct epo_json *row = rows->items[i];
        struct epo_span action = epo_json_get_text(row, "action");
        struct epo_json *one = epo_json_object(pool);
        epo_json_set_text(pool, one, "at", epo_json_get_text(row, "at"));
        epo_json_set_string(
            pool, one, "at_text",
            epo_time_local(epo_json_get_integer(row, "at_us", 0), request->lang, text));
        epo_json_set_text(pool, one, "who", who(request, row, own));
        epo_json_set_text(
            pool, one, "what",
            text_or(request, epo_pool_printf(pool, "seen.%.*s", EPO_ARG(action)), "seen.other"));
        struct epo_span object = epo_json_get_text(row, "object");
        epo_json_set_text(pool, one, "object", epo_span_equal(object, own) ? EPO_SPAN("") : object);
        epo_json_push(pool, shown, one);
    }
    return shown;
}

/* One page of the trail. path: of the page itself, without its query; token of a link, or empty. */
static struct epo_response *show_trail(struct epo_request *request, struct epo_span own,
                                       struct epo_span number, const char *path,
                                       struct epo_span token) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *rows, *model = epo_json_object(pool);
    int64_t before = 0;
    epo_span_integer(epo_request_query(request, "before"), &before);
    if (!epo_person_audit(request->portal, request->db, pool, own, number, before, PAGE_ROWS + 1,
                          &rows, &error))
        return epo_respond_error(request, &error, NULL);
    if (rows->count > PAGE_ROWS) {
        rows->count = PAGE_ROWS;
        epo_json_set_string(pool, model, "older",
                            epo_pool_printf(pool, "%s?before=%lld%s%.*s", path,
                                            (long long)epo_json_get_integer(
                                                rows->items[PAGE_ROWS - 1], "sequence", 0),
                                            token.len > 0 ? "&key=" : "", EPO_ARG(token)));
    }
    epo_json_set_text(pool, model, "number", number);
    epo_json_set(pool, model, "seen", epo_page_seen(request, rows, own));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "seen.title"));
    struct epo_response *response = epo_respond_page(request, 200, "web/seen", model);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    epo_response_header(response, "referrer-policy", EPO_SPAN("no-referrer"));
    return response;
}

/* GET /account/audit */
struct epo_response *epo_account_audit(struct epo_request *request) {
    const struct epo_account *account = epo_page_account(request);
    if (account == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/login?next=/account/audit"));
    return show_trail(request, epo_span(account->id), EPO_SPAN(""), "/account/audit", EPO_SPAN(""));
}

/* GET /submissions/{number}/seen, for who may see the request itself. */
struct epo_response *epo_submission_seen(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_own_case *own = epo_own_case_open(request, &error);
    if (own == NULL)
        return epo_respond_error(request, &error, NULL);
    struct epo_span number = epo_json_get_text(own->found, "number");
    return show_trail(
        request, own->account != NULL ? epo_span(own->account->id) : EPO_SPAN(""), number,
        epo_pool_printf(request->pool, "/submissions/%.*s/seen", EPO_ARG(number)), own->token);
}

/* ---- all of it ---- */

struct exporting {
    struct epo_span account;
    bool pdf;
};

/* Whose data it is learns offices and roles; who of them, only where the portal says so. */
static void hide_names(struct epo_request *request, struct epo_json *rows, struct epo_span own) {
    const struct epo_json *settings = epo_portal_settings(request->portal);
    if (epo_json_get_boolean(settings, "audit_names", false))
        return;
    for (uint32_t i = 0; i < rows->count; i++) {
        struct epo_json *row = rows->items[i];
        if (epo_span_equal(epo_json_get_text(row, "actor"), own))
            continue;
        epo_json_set_string(request->pool, row, "actor", "");
        epo_json_set_string(request->pool, row, "name", "");
    }
}

static struct epo_response *give_data(struct epo_request *request, void *arg) {
    const struct exporting *exporting = arg;
    struct epo_error error = {0};
    struct epo_json *data;
    if (!epo_person_export(request->portal, request->db, request->pool, exporting->account, &data,
                           &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_json *audit = epo_json_get(data, "audit");
    const struct epo_json *seen =
        exporting->pdf ? epo_page_seen(request, audit, exporting->account) : NULL;
    hide_names(request, audit, exporting->account);
    if (exporting->pdf)
        return epo_print_person(request, exporting->account, data, seen);
    struct epo_response *response =
        epo_respond(request, 200, "application/json", epo_json_print(request->pool, data));
    epo_response_header(response, "content-disposition",
                        EPO_SPAN("attachment; filename=\"data.json\""));
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}

static struct epo_response *export_of(struct epo_request *request, struct epo_span actor,
                                      struct epo_span account, bool pdf) {
    struct exporting *exporting = EPO_NEW(request->pool, struct exporting);
    *exporting = (struct exporting){account, pdf};
    struct epo_audit_entry entry = {.actor = actor,
                                    .action = EPO_SPAN("person.exported"),
                                    .object = account,
                                    .detail = EPO_SPAN("")};
    return epo_respond_audited(request, &entry, give_data, exporting);
}

static struct epo_response *own_data(struct epo_request *request, bool pdf) {
    const struct epo_account *account = epo_page_account(request);
    if (account == NULL)
        return epo_respond_redirect(
            request, 303,
            epo_span(pdf ? "/login?next=/account/data.pdf" : "/login?next=/account/data.json"));
    return export_of(request, epo_span(account->id), epo_span(account->id), pdf);
}

/* GET /account/data.json */
struct epo_response *epo_account_data(struct epo_request *request) {
    return own_data(request, false);
}

/* GET /account/data.pdf */
struct epo_response *epo_account_data_pdf(struct epo_request *request) {
    return own_data(request, true);
}

/* For a person whom the admin has identified at a counter. */
static struct epo_response *data_of_login(struct epo_request *request, bool pdf) {
    const struct epo_account *admin = epo_page_account(request);
    struct epo_account *account = EPO_NEW(request->pool, struct epo_account);
    struct epo_error error = {0};
    if (admin == NULL || strcmp(admin->role, "admin") != 0)
        return epo_page_denied(request);
    if (!epo_account_find(request->portal, request->db,
                          epo_span_trim(epo_request_query(request, "login")), account, &error))
        return epo_page_not_found(request);
    return export_of(request, epo_span(admin->id), epo_span(account->id), pdf);
}

/* GET /admin/data.json?login= */
struct epo_response *epo_admin_data(struct epo_request *request) {
    return data_of_login(request, false);
}

/* GET /admin/data.pdf?login= */
struct epo_response *epo_admin_data_pdf(struct epo_request *request) {
    return data_of_login(request, true);
}

/* ---- erasing ---- */

/* Until when a request stands against it: by the rule of its agenda; empty: not said. */
static void add_until(struct epo_request *request, struct epo_json *row) {
    struct epo_pool *pool = request->pool;
    struct epo_agenda *agenda =
        epo_registry_find(epo_page_app(request)->registry, epo_json_get_text(row, "agenda"));
    const struct epo_json *rule = agenda != NULL ? epo_agenda_retention(agenda) : NULL;
    char text[EPO_TIME_SIZE];
    struct epo_date until;
    epo_json_set_string(pool, row, "until_text", "");
    if (agenda != NULL && epo_retention_until(agenda, epo_json_get_text(row, "state"),
                                              epo_json_get_integer(row, "received", 0),
                                              epo_json_get_integer(row, "changed", 0), &until))
        epo_json_set_string(pool, row, "until_text", epo_date_local(until, request->lang, text));
    epo_json_set_text(pool, row, "reason",
                      epo_json_localized(epo_json_get(rule, "reason"), request->lang));
    epo_json_set_boolean(pool, row, "open",
                         agenda != NULL &&
                             !epo_agenda_state_of(agenda, epo_json_get_text(row, "state"))->ends);
    epo_agenda_release(agenda);
}

/* GET /account/erase: what would go, and what stands against the rest. */
struct epo_response *epo_account_erase_get(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *held, *model = epo_json_object(pool);
    const struct epo_account *account = epo_page_account(request);
    if (account == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/login?next=/account/erase"));
    if (!epo_person_held(request->portal, request->db, pool, epo_span(account->id), &held, &error))
        return epo_respond_error(request, &error, NULL);
    for (uint32_t i = 0; i < held->count; i++)
        add_until(request, held->items[i]);
    epo_json_set(pool, model, "held", held);
    epo_json_set_boolean(pool, model, "citizen", strcmp(account->role, "citizen") == 0);
    epo_json_set_boolean(pool, model, "erased", epo_request_query(request, "done").len > 0);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "erase.title"));
    return epo_respond_private(request, 200, "web/erase", model);
}

struct erasing {
    struct epo_portal *portal;
    struct epo_person_erasure erasure;
};

static bool run_erase(struct epo_db *db, void *arg, struct epo_error *error) {
    struct erasing *erasing = arg;
    return epo_person_erase(erasing->portal, db, &erasing->erasure, error);
}

static struct epo_response *finish_erase(struct epo_request *request, void *arg,
                                         const struct epo_error *error) {
    const struct erasing *erasing = arg;
    if (error != NULL)
        return epo_respond_error(request, error, NULL);
    if (!erasing->erasure.account_gone)
        return epo_respond_redirect(request, 303, EPO_SPAN("/account/erase?done=1"));
    struct epo_response *response = epo_respond_redirect(request, 303, EPO_SPAN("/"));
    epo_response_cookie(response, EPO_SESSION_COOKIE, EPO_SPAN(""), 0);
    return response;
}

struct epo_response *epo_account_erase_post(struct epo_request *request) {
    const struct epo_account *account = epo_page_account(request);
    if (account == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/login?next=/account/erase"));
    if (!epo_span_is(epo_request_form(request, "sure"), "yes"))
        return epo_respond_redirect(request, 303, EPO_SPAN("/account/erase"));
    struct erasing *erasing = EPO_NEW(request->pool, struct erasing);
    erasing->portal = request->portal;
    erasing->erasure.account = epo_span(account->id);
    return epo_respond_after_write(request, run_erase, finish_erase, erasing);
}
