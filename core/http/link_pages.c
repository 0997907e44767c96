/* With which numbers in the city's registers an account is linked, by whom; and linking it with the
 * code of a letter. */
#include "http/acting.h"
#include "http/links.h"
#include "portal/person_letter.h"
#include "portal/routing.h"

static struct epo_span title_of(struct epo_request *request, struct epo_span name) {
    struct epo_agenda *agenda = epo_registry_find(epo_page_app(request)->registry, name);
    struct epo_span title = name;
    if (agenda != NULL)
        title = epo_pool_copy(request->pool, epo_agenda_title(agenda, request->lang));
    epo_agenda_release(agenda);
    return title;
}

void epo_link_rows(struct epo_request *request, struct epo_json *links) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *settings = epo_portal_settings(request->portal);
    char text[EPO_TIME_SIZE];
    for (uint32_t i = 0; i < links->count; i++) {
        struct epo_json *row = links->items[i], *names = epo_json_object(pool);
        struct epo_span how = epo_json_get_text(row, "how");
        int64_t ended = epo_json_get_integer(row, "ended_at_us", 0);
        epo_json_set_text(pool, row, "agenda_title",
                          title_of(request, epo_json_get_text(row, "agenda")));
        epo_json_set_text(
            pool, names, "office",
            epo_routing_name(settings, epo_json_get_text(row, "office"), request->lang));
        epo_json_set_text(pool, row, "who",
                          epo_catalog_format(request->portal->catalog, pool, request->lang,
                                             epo_pool_printf(pool, "link.how.%.*s", EPO_ARG(how)),
                                             names));
        epo_json_set_string(
            pool, row, "at_text",
            epo_time_local(epo_json_get_integer(row, "at_us", 0), request->lang, text));
        epo_json_set_string(pool, row, "ended_text",
                            ended > 0 ? epo_time_local(ended, request->lang, text) : "");
        epo_json_set_boolean(pool, row, "open", ended == 0);
    }
}

/* For a business links who speaks for it; another's registers are not linked by a mandate. */
static bool whose(struct epo_request *request, const struct epo_account *account,
                  struct epo_acting *acting, struct epo_error *error) {
    bool body = false;
    if (!epo_acting_now(request, account, EPO_SPAN(""), EPO_MANDATE_BOTH, acting, error))
        return false;
    if (!acting->other)
        return true;
    if (!epo_mandate_is_body(request->portal, request->db, epo_span(account->id),
                             epo_acting_id(acting), &body, error))
        return false;
    acting->other = body;
    return true;
}

static struct epo_response *show(struct epo_request *request, int status, struct epo_span fault) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_acting acting;
    struct epo_json *links, *model = epo_json_object(pool);
    const struct epo_account *account = epo_page_account(request);
    if (!whose(request, account, &acting, &error) ||
        !epo_person_link_history(request->portal, request->db, pool, epo_acting_id(&acting), &links,
                                 &error))
        return epo_respond_error(request, &error, NULL);
    epo_link_rows(request, links);
    epo_json_set(pool, model, "links", links);
    epo_json_set_text(pool, model, "whose", epo_acting_name(&acting));
    epo_json_set_boolean(pool, model, "other", acting.other);
    epo_json_set_text(pool, model, "done", epo_request_query(request, "done"));
    epo_json_set_text(pool, model, "fault", fault);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "link.title"));
    return epo_respond_private(request, status, "web/links", model);
}

static struct epo_response *not_here(struct epo_request *request) {
    return epo_page_account(request) != NULL
               ? epo_page_denied(request)
               : epo_respond_redirect(request, 303, EPO_SPAN("/login?next=/account/registers"));
}

static bool is_citizen(const struct epo_account *account) {
    return account != NULL && strcmp(account->role, "citizen") == 0;
}

struct epo_response *epo_links_get(struct epo_request *request) {
    return is_citizen(epo_page_account(request)) ? show(request, 200, EPO_SPAN(""))
                                                 : not_here(request);
}

struct linking {
    struct epo_portal *portal;
    struct epo_span self, account, code, agenda, reason; /* agenda: it ends there */
};

static bool run_link(struct epo_db *db, void *arg, struct epo_error *error) {
    struct linking *linking = arg;
    return linking->agenda.len > 0
               ? epo_person_unlink(linking->portal, db, linking->account, linking->agenda,
                                   linking->self, linking->reason, error)
               : epo_letter_use(linking->portal, db, linking->account, linking->self, linking->code,
                                error);
}

static int status_of(const struct epo_error *error) {
    return error->kind == EPO_ERROR_BAD_INPUT   ? 422
           : error->kind == EPO_ERROR_NOT_FOUND ? 404
           : error->kind == EPO_ERROR_CONFLICT  ? 409
           : error->kind == EPO_ERROR_RATE      ? 429
                                                : 503;
}

static struct epo_response *linked(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    struct linking *linking = arg;
    bool by_code = linking->agenda.len == 0;
    if (by_code && (error == NULL || error->kind == EPO_ERROR_NOT_FOUND))
        epo_letter_tried(linking->self, error == NULL);
    if (error != NULL)
        return show(request, status_of(error),
                    epo_page_error_text(request, error, "account.unsaved"));
    return epo_respond_redirect(request, 303,
                                by_code ? EPO_SPAN("/account/registers?done=linked")
                                        : EPO_SPAN("/account/registers?done=ended"));
}

struct epo_response *epo_links_post(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_acting acting;
    const struct epo_account *account = epo_page_account(request);
    struct linking *linking = EPO_NEW(request->pool, struct linking);
    if (!is_citizen(account))
        return not_here(request);
    if (!whose(request, account, &acting, &error))
        return epo_respond_error(request, &error, NULL);
    *linking = (struct linking){.portal = request->portal,
                                .self = epo_span(account->id),
                                .account = epo_pool_copy(request->pool, epo_acting_id(&acting)),
                                .code = epo_request_form(request, "code"),
                                .agenda = epo_request_form(request, "agenda"),
                                .reason = epo_span_trim(epo_request_form(request, "reason"))};
    if (linking->agenda.len == 0 && !epo_letter_may_try(linking->self, &error))
        return show(request, 429, epo_page_error_text(request, &error, "account.unsaved"));
    return epo_respond_after_write(request, run_link, linked, linking);
}
