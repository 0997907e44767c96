/* Accounts, for the admin: who there is, with what rights; changing them. */
#include "http/admin_accounts.h"

#include "http/audited.h"
#include "portal/account_admin.h"
#include "portal/routing.h"

enum { SHOWN = 50, WORDS_MAX = 100 };

static struct epo_json *offices(struct epo_request *request, struct epo_span chosen) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *settings = epo_portal_settings(request->portal);
    const struct epo_json *all = epo_json_get(settings, "offices");
    struct epo_json *rows = epo_json_array(pool), *city = epo_json_object(pool);
    epo_json_set_string(pool, city, "id", "*");
    epo_json_set_text(pool, city, "name", epo_page_text(request, "accounts.city"));
    epo_json_set_boolean(pool, city, "selected", epo_span_is(chosen, "*"));
    epo_json_push(pool, rows, city);
    for (uint32_t i = 0; all != NULL && i < all->count; i++) {
        struct epo_span id = epo_json_get_text(all->items[i], "id");
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "id", id);
        epo_json_set_text(pool, row, "name", epo_routing_name(settings, id, request->lang));
        epo_json_set_boolean(pool, row, "selected", epo_span_equal(id, chosen));
        epo_json_push(pool, rows, row);
    }
    return rows;
}

static void describe(struct epo_request *request, struct epo_json *row) {
    struct epo_pool *pool = request->pool;
    struct epo_span office = epo_json_get_text(row, "office");
    struct epo_span kind = epo_json_get_text(row, "kind");
    bool person = epo_span_is(kind, "person");
    epo_json_set_boolean(pool, row, "person", person);
    epo_json_set_string(
        pool, row, "role_key",
        person ? epo_pool_printf(pool, "role.%.*s", EPO_ARG(epo_json_get_text(row, "role")))
               : epo_pool_printf(pool, "business.kind.%.*s", EPO_ARG(kind)));
    epo_json_set_text(
        pool, row, "office_name",
        epo_span_is(office, "*")
            ? epo_page_text(request, "accounts.city")
            : epo_routing_name(epo_portal_settings(request->portal), office, request->lang));
    epo_json_set_string(pool, row, "url",
                        epo_pool_printf(pool, "/admin/accounts?account=%.*s",
                                        EPO_ARG(epo_json_get_text(row, "id"))));
}

static bool add_list(struct epo_request *request, struct epo_json *model, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *list;
    struct epo_account_search search = {.words = epo_span_trim(epo_request_query(request, "q")),
                                        .role = epo_request_query(request, "role"),
                                        .after = epo_request_query(request, "after"),
                                        .limit = SHOWN + 1};
    if (search.words.len > WORDS_MAX)
        search.words.len = 0;
    if (!epo_account_search(request->portal, request->db, pool, &search, &list, error))
        return false;
    if (list->count > SHOWN) {
        list->count = SHOWN;
        epo_json_set_text(pool, model, "after", epo_json_get_text(list->items[SHOWN - 1], "login"));
    }
    for (uint32_t i = 0; i < list->count; i++)
        describe(request, list->items[i]);
    epo_json_set(pool, model, "accounts", list);
    epo_json_set_text(pool, model, "q", search.words);
    epo_json_set_text(pool, model, "role", search.role);
    return true;
}

static bool add_chosen(struct epo_request *request, struct epo_json *model,
                       struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_span id = epo_request_query(request, "account");
    struct epo_json *account;
    if (id.len == 0)
        id = epo_request_form(request, "account");
    if (id.len == 0)
        return true;
    if (!epo_account_by_id(request->portal, request->db, pool, id, &account, error))
        return false;
    if (account == NULL)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "account.unknown", "There is no such account.");
    describe(request, account);
    epo_json_set(pool, model, "chosen", account);
    epo_json_set(pool, model, "offices", offices(request, epo_json_get_text(account, "office")));
    return true;
}

struct shown {
    int status;
    struct epo_span fault;
};

static struct epo_response *draw(struct epo_request *request, const struct shown *shown) {
    struct epo_error error = {0};
    struct epo_json *model = epo_json_object(request->pool);
    if (!add_list(request, model, &error) || !add_chosen(request, model, &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set_text(request->pool, model, "fault", shown->fault);
    epo_json_set_text(request->pool, model, "done", epo_request_query(request, "done"));
    epo_json_set_text(request->pool, model, "page_title", epo_page_text(request, "accounts.title"));
    return epo_respond_private(request, shown->status, "web/accounts", model);
}

static struct epo_response *show(struct epo_request *request, void *arg) {
    (void)arg;
    return draw(request, &(struct shown){.status = 200, .fault = EPO_SPAN("")});
}

struct epo_response *epo_admin_accounts_get(struct epo_request *request) {
    return epo_respond_to_admin(request, "accounts", show);
}

static bool run_change(struct epo_db *db, void *arg, struct epo_error *error) {
    return epo_account_change(db, arg, error);
}

static struct epo_response *changed(struct epo_request *request, void *arg,
                                    const struct epo_error *error) {
    const struct epo_account_change *change = arg;
    if (error == NULL)
        return epo_respond_redirect(
            request, 303,
            epo_span(epo_pool_printf(request->pool, "/admin/accounts?account=%.*s&done=1",
                                     EPO_ARG(change->id))));
    if (error->kind == EPO_ERROR_NOT_FOUND)
        return epo_respond_error(request, error, NULL);
    return draw(request,
                &(struct shown){.status = error->kind == EPO_ERROR_BAD_INPUT ? 422
                                          : error->kind == EPO_ERROR_DENIED  ? 403
                                                                             : 503,
                                .fault = epo_page_error_text(request, error, "account.unsaved")});
}

struct epo_response *epo_admin_accounts_post(struct epo_request *request) {
    static const struct {
        const char *name;
        enum epo_account_deed deed;
    } DEEDS[] = {{"role", EPO_ACCOUNT_ROLE},
                 {"disable", EPO_ACCOUNT_DISABLE},
                 {"enable", EPO_ACCOUNT_ENABLE},
                 {"sign_out", EPO_ACCOUNT_SIGN_OUT}};
    const struct epo_account *admin = epo_page_account(request);
    struct epo_account_change *change = EPO_NEW(request->pool, struct epo_account_change);
    struct epo_span what = epo_request_form(request, "do");
    size_t i = 0;
    while (i < sizeof DEEDS / sizeof *DEEDS && !epo_span_is(what, DEEDS[i].name))
        i++;
    if (admin == NULL || strcmp(admin->role, "admin") != 0)
        return epo_page_denied(request);
    if (i == sizeof DEEDS / sizeof *DEEDS)
        return epo_page_not_found(request);
    struct epo_span role = epo_request_form(request, "role");
    bool clerk = epo_span_is(role, "clerk");
    *change = (struct epo_account_change){
        .portal = request->portal,
        .admin = admin,
        .id = epo_request_form(request, "account"),
        .deed = DEEDS[i].deed,
        .role = role,
        .office = clerk ? epo_request_form(request, "office") : EPO_SPAN(""),
        .identifies = clerk && epo_span_is(epo_request_form(request, "identifies"), "1")};
    return epo_respond_after_write(request, run_change, changed, change);
}
