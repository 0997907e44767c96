/* One person in an agenda for a clerk: what is recorded, owed and paid, and noting a remission or
 * the reversal of an entry with its reason. Every look and every entry is in the audit trail. */
#include "base/clock.h"
#include "forms/format.h"
#include "http/audited.h"
#include "http/person_view.h"
#include "portal/casework.h"
#include "portal/ledger.h"
#include "portal/routing.h"

struct looking {
    struct epo_person_view view;
    const struct epo_account *clerk;
    struct epo_span fault; /* beside the form, or empty */
    int status;
    struct epo_ledger_entry entry; /* being noted */
};

/* A clerk of an office sees those whose records lie in its district, or whose agenda is the
 * office's; a clerk of the whole city and an admin everybody. */
static bool may_see(struct epo_request *request, const struct looking *looking) {
    struct epo_viewer viewer = epo_page_viewer(looking->clerk, EPO_SPAN(""));
    const struct epo_json *settings = epo_portal_settings(request->portal);
    const struct epo_json *routing =
        epo_json_get(epo_agenda_manifest(looking->view.agenda), "routing");
    struct epo_span office, wish = epo_json_get_text(routing, "office");
    if (!epo_casework_scope(&viewer, &office))
        return false;
    if (office.len == 0)
        return true;
    for (uint32_t i = 0; i < looking->view.records->count; i++) {
        const struct epo_json *data = epo_json_get(looking->view.records->items[i], "data");
        struct epo_span district = epo_json_get_text(data, "district");
        if ((district.len > 0 || !epo_span_is(wish, "district")) &&
            epo_span_equal(epo_routing_office(settings, wish, district), office))
            return true;
    }
    return looking->view.records->count == 0 && wish.len > 0 && epo_span_equal(wish, office);
}

/* NULL: *response says why. One whom the clerk may not see is not found. */
static struct looking *open_person(struct epo_request *request, struct epo_response **response) {
    struct looking *looking = EPO_NEW(request->pool, struct looking);
    struct epo_error error = {0};
    looking->clerk = epo_page_account(request);
    looking->status = 200;
    looking->fault = EPO_SPAN("");
    if (!epo_person_view_read(request, request->captures[0], request->captures[1], &looking->view,
                              &error)) {
        *response = error.kind == EPO_ERROR_NOT_FOUND ? epo_page_not_found(request)
                                                      : epo_respond_error(request, &error, NULL);
        return NULL;
    }
    bool known = looking->view.records->count + looking->view.entries->count > 0;
    if (known && may_see(request, looking))
        return looking;
    *response = epo_page_not_found(request);
    return NULL;
}

static struct epo_response *draw(struct epo_request *request, void *arg) {
    struct looking *looking = arg;
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_person_view_model(request, &looking->view);
    epo_json_set_string(pool, model, "path",
                        epo_pool_printf(pool, "/office/persons/%s/%.*s",
                                        epo_agenda_name(looking->view.agenda),
                                        EPO_ARG(looking->view.person)));
    char once[EPO_TOKEN_SIZE];
    epo_token_make(once);
    epo_json_set_string(pool, model, "once", once);
    epo_json_set_text(pool, model, "fault", looking->fault);
    epo_json_set_boolean(pool, model, "noted", epo_request_query(request, "noted").len > 0);
    epo_json_set(pool, model, "page_title", epo_json_get(model, "title"));
    return epo_respond_private(request, looking->status, "web/office_person", model);
}

/* GET /office/persons/{agenda}/{person} */
struct epo_response *epo_office_person_get(struct epo_request *request) {
    struct epo_response *response = NULL;
    struct looking *looking = open_person(request, &response);
    if (looking == NULL)
        return response;
    struct epo_audit_entry entry = {.actor = epo_span(looking->clerk->id),
                                    .action = EPO_SPAN("person.viewed"),
                                    .object = looking->view.person,
                                    .detail = epo_span(epo_agenda_name(looking->view.agenda))};
    return epo_respond_audited(request, &entry, draw, looking);
}

/* ---- noting ---- */

struct noting {
    struct epo_portal *portal;
    struct looking *looking;
};

static bool run_note(struct epo_db *db, void *arg, struct epo_error *error) {
    struct noting *noting = arg;
    const struct epo_ledger_entry *entry = &noting->looking->entry;
    struct epo_ledger_posted posted;
    char detail[80];
    if (!epo_ledger_post(noting->portal, db, entry, &posted, error))
        return false;
    snprintf(detail, sizeof detail, "%.*s %lld", EPO_ARG(entry->agenda), (long long)posted.id);
    return epo_audit_note(noting->portal, db, entry->by,
                          entry->kind == EPO_LEDGER_REVERSAL ? "ledger.reversed"
                                                             : "ledger.remitted",
                          entry->person, epo_span(detail), error);
}

static struct epo_response *finish_note(struct epo_request *request, void *arg,
                                        const struct epo_error *error) {
    struct noting *noting = arg;
    struct looking *looking = noting->looking;
    if (error == NULL)
        return epo_respond_redirect(
            request, 303,
            epo_span(epo_pool_printf(request->pool, "/office/persons/%s/%.*s?noted=1",
                                     epo_agenda_name(looking->view.agenda),
                                     EPO_ARG(looking->view.person))));
    looking->status = error->kind == EPO_ERROR_CONFLICT ? 409 : 503;
    looking->fault = epo_page_error_text(request, error, "account.unsaved");
    return draw(request, looking);
}

/* Fills the entry from the posted form; the key of what is wrong, or NULL. */
static const char *read_entry(struct epo_request *request, struct looking *looking) {
    struct epo_ledger_entry *entry = &looking->entry;
    bool reversal = epo_span_is(epo_request_form(request, "what"), "reversal");
    char day[EPO_TIME_SIZE];
    *entry = (struct epo_ledger_entry){
        .kind = reversal ? EPO_LEDGER_REVERSAL : EPO_LEDGER_REMISSION,
        .agenda = epo_span(epo_agenda_name(looking->view.agenda)),
        .person = looking->view.person,
        .day = epo_pool_copy(request->pool, epo_span(epo_date_iso(epo_clock_today(), day))),
        .by = epo_span(looking->clerk->id),
        .note = epo_span_trim(epo_request_form(request, "note"))};
    if (entry->note.len == 0 || entry->note.len > EPO_LEDGER_NOTE_MAX)
        return "ledger.note_needed";
    if (reversal && (!epo_span_integer(epo_request_form(request, "entry"), &entry->reverses) ||
                     entry->reverses <= 0))
        return "ledger.entry_needed";
    if (!reversal && (!epo_format_read_money(epo_request_form(request, "amount"), &entry->haler) ||
                      entry->haler <= 0 || entry->haler > EPO_LEDGER_HALER_MAX))
        return "ledger.amount_needed";
    /* of the page that was shown: sent twice, it is noted once */
    struct epo_span once = epo_request_form(request, "once");
    if (once.len == 0 || once.len > EPO_TOKEN_SIZE)
        return "ledger.entry_needed";
    entry->reference = epo_span(epo_pool_printf(request->pool, "desk/%.*s", EPO_ARG(once)));
    return NULL;
}

/* POST /office/persons/{agenda}/{person}: what (remission, reversal), amount or entry, note, once
 */
struct epo_response *epo_office_person_post(struct epo_request *request) {
    struct epo_response *response = NULL;
    struct looking *looking = open_person(request, &response);
    if (looking == NULL)
        return response;
    const char *wrong = read_entry(request, looking);
    if (wrong != NULL) {
        looking->status = 422;
        looking->fault = epo_page_text(request, wrong);
        return draw(request, looking);
    }
    struct noting *noting = EPO_NEW(request->pool, struct noting);
    *noting = (struct noting){request->portal, looking};
    return epo_respond_after_write(request, run_note, finish_note, noting);
}
