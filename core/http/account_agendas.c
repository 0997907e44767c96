/* What the city's agendas hold of the person who is signed in. */
#include "base/clock.h"
#include "forms/format.h"
#include "http/acting.h"
#include "http/person_view.h"
#include "http/sign_in.h"

static struct epo_response *to_login(struct epo_request *request, const char *next) {
    return epo_respond_redirect(request, 303,
                                epo_span(epo_next_url(request, "/login", epo_span(next))));
}

/* ---- all of them ---- */

static struct epo_json *agenda_row(struct epo_request *request, const struct epo_json *link,
                                   struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_person_view *view = EPO_NEW(pool, struct epo_person_view);
    struct epo_json *row = epo_json_object(pool);
    struct epo_span agenda = epo_json_get_text(link, "agenda");
    if (!epo_person_view_read(request, agenda, epo_json_get_text(link, "person"), view, error))
        return NULL;
    struct epo_json *model = epo_person_view_model(request, view);
    static const char *const TAKEN[] = {"title",    "person", "balance_text", "owes",
                                        "overpaid", "next",   "overdue_text"};
    for (size_t i = 0; i < sizeof TAKEN / sizeof *TAKEN; i++)
        if (epo_json_get(model, TAKEN[i]) != NULL)
            epo_json_set(pool, row, TAKEN[i], epo_json_get(model, TAKEN[i]));
    int64_t paid = 0;
    const struct epo_json *dues = epo_json_get(view->dues, "dues");
    for (uint32_t i = 0; i < dues->count; i++)
        paid += epo_json_get_integer(dues->items[i], "paid", 0);
    epo_json_set_text(pool, row, "paid_text", epo_format_money(pool, request->lang, paid));
    epo_json_set_string(pool, row, "url",
                        epo_pool_printf(pool, "/account/agendas/%.*s", EPO_ARG(agenda)));
    return row;
}

/* GET /account/agendas */
struct epo_response *epo_account_agendas(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *links = NULL, *model = epo_json_object(pool), *rows = epo_json_array(pool);
    const struct epo_account *account = epo_page_account(request);
    struct epo_acting acting;
    if (account == NULL)
        return to_login(request, "/account/agendas");
    if (!epo_acting_now(request, account, EPO_SPAN(""), EPO_MANDATE_READ, &acting, &error) ||
        !epo_acting_model(request, &acting, EPO_SPAN(""), EPO_MANDATE_READ,
                          acting.account != NULL ? "/account/agendas" : NULL, model, &error) ||
        !epo_person_links(request->portal, request->db, pool, epo_acting_id(&acting), &links,
                          &error))
        return epo_respond_error(request, &error, NULL);
    for (uint32_t i = 0; i < links->count; i++) {
        struct epo_span agenda = epo_json_get_text(links->items[i], "agenda");
        char person[EPO_PERSON_NUMBER_SIZE];
        if (!epo_person_whose(request, agenda, person, &error))
            return epo_respond_error(request, &error, NULL);
        struct epo_json *row =
            person[0] != '\0' ? agenda_row(request, links->items[i], &error) : NULL;
        if (row != NULL)
            epo_json_push(pool, rows, row);
        else if (error.kind != EPO_ERROR_NONE && error.kind != EPO_ERROR_NOT_FOUND)
            return epo_respond_error(request, &error, NULL);
    }
    epo_json_set(pool, model, "agendas", rows);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "ledger.mine"));
    return epo_respond_private(request, 200, "web/account_agendas", model);
}

/* ---- one ---- */

/* NULL: *response says why. */
static struct epo_person_view *open_own(struct epo_request *request,
                                        struct epo_response **response) {
    struct epo_error error = {0};
    struct epo_span agenda = request->captures[0];
    struct epo_person_view *view = EPO_NEW(request->pool, struct epo_person_view);
    char person[EPO_PERSON_NUMBER_SIZE];
    if (epo_page_account(request) == NULL)
        *response = to_login(
            request, epo_pool_printf(request->pool, "/account/agendas/%.*s", EPO_ARG(agenda)));
    else if (!epo_person_whose(request, agenda, person, &error) ||
             !epo_person_view_read(request, agenda, epo_span(person), view, &error))
        *response = error.kind == EPO_ERROR_NOT_FOUND ? epo_page_not_found(request)
                                                      : epo_respond_error(request, &error, NULL);
    else
        return view;
    return NULL;
}

/* The statement's addresses, with the days of the filter. */
static void add_addresses(struct epo_request *request, const struct epo_person_view *view,
                          struct epo_json *model) {
    struct epo_pool *pool = request->pool;
    const char *path = epo_pool_printf(pool, "/account/agendas/%s", epo_agenda_name(view->agenda));
    const char *query = view->from.len + view->until.len > 0
                            ? epo_pool_printf(pool, "?from=%.*s&until=%.*s", EPO_ARG(view->from),
                                              EPO_ARG(view->until))
                            : "";
    epo_json_set_string(pool, model, "path", path);
    epo_json_set_string(pool, model, "pdf_url",
                        epo_pool_printf(pool, "%s/statement.pdf%s", path, query));
    epo_json_set_string(pool, model, "csv_url",
                        epo_pool_printf(pool, "%s/statement.csv%s", path, query));
}

/* GET /account/agendas/{agenda} */
struct epo_response *epo_account_agenda(struct epo_request *request) {
    struct epo_response *response = NULL;
    struct epo_person_view *view = open_own(request, &response);
    if (view == NULL)
        return response;
    struct epo_json *model = epo_person_view_model(request, view);
    add_addresses(request, view, model);
    epo_json_set(request->pool, model, "page_title", epo_json_get(model, "title"));
    return epo_respond_private(request, 200, "web/account_agenda", model);
}

/* GET /account/agendas/{agenda}/{statement.pdf|statement.csv} */
struct epo_response *epo_account_statement(struct epo_request *request) {
    struct epo_response *response = NULL;
    bool pdf = epo_span_is(request->captures[1], "statement.pdf");
    if (!pdf && !epo_span_is(request->captures[1], "statement.csv"))
        return epo_page_not_found(request);
    struct epo_person_view *view = open_own(request, &response);
    if (view == NULL)
        return response;
    return pdf ? epo_statement_pdf(request, view) : epo_statement_csv(request, view);
}
