#include "http/audited.h"

#include "base/clock.h"
#include "http/pages.h"

struct audited {
    struct epo_portal *portal;
    struct epo_audit_entry entry;
    struct epo_response *(*show)(struct epo_request *request, void *arg);
    void *arg;
};

static bool run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct audited *audited = arg;
    audited->entry.at_us = epo_clock_now_us();
    return epo_audit_append(audited->portal, db, &audited->entry, error);
}

static struct epo_response *finish(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    struct audited *audited = arg;
    return error != NULL ? epo_respond_error(request, error, NULL)
                         : audited->show(request, audited->arg);
}

struct epo_response *
epo_respond_audited(struct epo_request *request, const struct epo_audit_entry *entry,
                    struct epo_response *(*show)(struct epo_request *request, void *arg),
                    void *arg) {
    struct audited *audited = EPO_NEW(request->pool, struct audited);
    *audited = (struct audited){request->portal, *entry, show, arg};
    return epo_respond_after_write(request, run, finish, audited);
}

struct epo_response *epo_respond_to_admin(struct epo_request *request, const char *what,
                                          struct epo_response *(*show)(struct epo_request *request,
                                                                       void *arg)) {
    struct epo_viewer viewer = epo_page_viewer(epo_page_account(request), EPO_SPAN(""));
    if (!epo_span_is(viewer.role, "admin"))
        return epo_page_denied(request);
    struct epo_audit_entry entry = {.actor = viewer.account,
                                    .action = EPO_SPAN("admin.viewed"),
                                    .object = EPO_SPAN(""),
                                    .detail = epo_span(what)};
    return epo_respond_audited(request, &entry, show, NULL);
}
