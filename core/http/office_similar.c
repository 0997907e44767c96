/* Cases like one another side by side, for deciding whether they tell of one thing. Each that is
 * shown is on record as seen. */
#include "http/office_case.h"
#include "portal/audit.h"
#include "portal/merging.h"

enum { SHOWN_MAX = 6 };

struct comparing {
    struct epo_portal *portal;
    struct epo_office_case *handled;
    struct epo_json *similar; /* rows of epo_merging_similar, the case itself first */
    struct epo_json *found[SHOWN_MAX];
};

static bool run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct comparing *comparing = arg;
    bool ok = true;
    for (uint32_t i = 0; ok && i < comparing->similar->count; i++) {
        struct epo_audit_entry entry = {
            .actor = comparing->handled->viewer.account,
            .action = EPO_SPAN("case.viewed"),
            .object = epo_json_get_text(comparing->similar->items[i], "number"),
            .detail = EPO_SPAN("similar"),
            .at_us = epo_clock_now_us()};
        ok = epo_audit_append(comparing->portal, db, &entry, error);
    }
    return ok;
}

static struct epo_response *show(struct epo_request *request, void *arg,
                                 const struct epo_error *error) {
    struct comparing *comparing = arg;
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    struct epo_json *cases = epo_json_set(pool, model, "cases", epo_json_array(pool));
    if (error != NULL)
        return epo_respond_error(request, error, NULL);
    for (uint32_t i = 0; i < comparing->similar->count; i++) {
        const struct epo_json *row = comparing->similar->items[i];
        struct epo_json *one = epo_page_submission(request, comparing->found[i]);
        struct epo_span number = epo_json_get_text(row, "number");
        epo_json_set_text(pool, one, "number", number);
        epo_json_set_string(pool, one, "url",
                            epo_pool_printf(pool, "/office/cases/%.*s", EPO_ARG(number)));
        epo_json_set_text(pool, one, "place", epo_json_get_text(row, "place"));
        epo_json_set_boolean(pool, one, "itself", i == 0);
        epo_json_set_string(
            pool, one, "metres",
            epo_pool_printf(pool, "%lld", (long long)epo_json_get_integer(row, "metres", 0)));
        epo_json_push(pool, cases, one);
    }
    epo_json_set_text(pool, model, "number", comparing->handled->number);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "similar.title"));
    return epo_respond_private(request, 200, "web/office_similar", model);
}

struct epo_response *epo_office_similar(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_pool *pool = request->pool;
    struct epo_json *near;
    struct comparing *comparing = EPO_NEW(pool, struct comparing);
    struct epo_office_case *handled = epo_office_case_open(request, &error);
    if (handled == NULL ||
        !epo_merging_similar(request->portal, request->db, pool, handled->id, &near, &error))
        return epo_respond_error(request, &error, NULL);
    *comparing = (struct comparing){request->portal, handled, epo_json_array(pool), {NULL}};
    struct epo_json *itself = epo_json_object(pool);
    struct epo_viewer viewer = {.role = handled->viewer.role, .office = handled->viewer.office};
    epo_json_set_text(pool, itself, "number", handled->number);
    epo_json_push(pool, comparing->similar, itself);
    comparing->found[0] = handled->found;
    for (uint32_t i = 0; i < near->count && comparing->similar->count < SHOWN_MAX; i++) {
        uint32_t at = comparing->similar->count;
        if (!epo_submission_find(request->portal, request->db, pool,
                                 epo_json_get_text(near->items[i], "number"), &viewer,
                                 &comparing->found[at], &error))
            return epo_respond_error(request, &error, NULL);
        epo_json_push(pool, comparing->similar, near->items[i]);
    }
    return epo_respond_after_write(request, run, show, comparing);
}
