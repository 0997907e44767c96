/* Saved views of the desk: the filter of the address, kept under a name. The form that saves one is
 * sent to an address with the filter in it, so that the reader of the lists reads it here too. */
#include "base/log.h"
#include "http/office_page.h"
#include "portal/casework.h"
#include "portal/saved_view.h"

bool epo_office_views(struct epo_request *request, const struct epo_office_ask *ask,
                      struct epo_json *model, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_span none = EPO_SPAN("");
    struct epo_span filter = epo_span(epo_office_address(request, "", NULL, none));
    struct epo_json *views;
    bool removable = false;
    if (!epo_saved_view_list(request->portal, request->db, pool, epo_span(ask->account->id),
                             ask->scope, &views, error))
        return false;
    for (uint32_t i = 0; i < views->count; i++) {
        struct epo_json *view = views->items[i];
        struct epo_span kept = epo_json_get_text(view, "filter");
        const char *path = epo_pool_printf(pool, "/office/views/%.*s/remove",
                                           EPO_ARG(epo_json_get_text(view, "id")));
        epo_json_set_string(pool, view, "url", epo_pool_printf(pool, "/office%.*s", EPO_ARG(kept)));
        epo_json_set_string(pool, view, "remove_url",
                            epo_office_address(request, path, NULL, none));
        epo_json_set_boolean(pool, view, "current", epo_span_equal(kept, filter));
        removable = removable || epo_json_get_boolean(view, "removable", false);
    }
    epo_json_set(pool, model, "views", views);
    epo_json_set_boolean(pool, model, "views_removable", removable);
    epo_json_set_string(pool, model, "save_url",
                        filter.len > 0 ? epo_office_address(request, "/office/views", NULL, none)
                                       : "");
    return true;
}

/* ---- changing ---- */

struct viewing {
    struct epo_portal *portal;
    struct epo_office_ask ask;
    struct epo_saved_view view; /* of saving */
    struct epo_span id;         /* of removing */
};

static struct epo_response *refuse(struct epo_request *request, int status,
                                   struct epo_span trouble) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    epo_json_set_text(pool, model, "trouble", trouble);
    epo_json_set_string(pool, model, "back",
                        epo_office_address(request, "/office", NULL, EPO_SPAN("")));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "office.saved_title"));
    struct epo_response *response = epo_respond_page(request, status, "web/office_done", model);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}

static struct epo_response *finish(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    (void)arg;
    if (error == NULL)
        return epo_respond_redirect(
            request, 303, epo_span(epo_office_address(request, "/office", NULL, EPO_SPAN(""))));
    int status = error->kind == EPO_ERROR_CONFLICT    ? 409
                 : error->kind == EPO_ERROR_TOO_LARGE ? 422
                 : error->kind == EPO_ERROR_NOT_FOUND ? 404
                                                      : 503;
    if (status == 503)
        epo_log_error(EPO_LOG_ERROR, "saved_view.unsaved", error);
    return refuse(request, status, epo_page_error_text(request, error, "case.not_saved"));
}

static bool run_add(struct epo_db *db, void *arg, struct epo_error *error) {
    struct viewing *viewing = arg;
    return epo_saved_view_add(viewing->portal, db, &viewing->view, error);
}

static bool run_remove(struct epo_db *db, void *arg, struct epo_error *error) {
    struct viewing *viewing = arg;
    return epo_saved_view_remove(viewing->portal, db, epo_span(viewing->ask.account->id),
                                 viewing->ask.scope, viewing->id, error);
}

static struct epo_response *begin(struct epo_request *request, struct viewing **viewing) {
    *viewing = EPO_NEW(request->pool, struct viewing);
    **viewing = (struct viewing){.portal = request->portal};
    return epo_office_ask(request, &(*viewing)->ask);
}

struct epo_response *epo_office_view_save(struct epo_request *request) {
    struct viewing *viewing;
    struct epo_response *refused = begin(request, &viewing);
    if (refused != NULL)
        return refused;
    struct epo_span name = epo_span_trim(epo_request_form(request, "name"));
    size_t chars = epo_text_length(name);
    if (chars == 0 || chars > EPO_SAVED_VIEW_NAME_CHARS)
        return refuse(request, 422, epo_page_text(request, "office.saved_no_name"));
    viewing->view = (struct epo_saved_view){
        .account = epo_span(viewing->ask.account->id),
        .scope = viewing->ask.scope,
        .shared = epo_request_form(request, "shared").len > 0,
        .name = name,
        .filter = epo_span(epo_office_address(request, "", NULL, EPO_SPAN("")))};
    return epo_respond_after_write(request, run_add, finish, viewing);
}

struct epo_response *epo_office_view_remove(struct epo_request *request) {
    struct viewing *viewing;
    struct epo_response *refused = begin(request, &viewing);
    if (refused != NULL)
        return refused;
    viewing->id = request->captures[0];
    return epo_respond_after_write(request, run_remove, finish, viewing);
}
