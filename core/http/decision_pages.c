/* Decisions: written by the clerk from the agenda's words, looked at, issued as a document that the
 * applicant downloads. They are in Czech, the language of proceedings (administrative code
 * 500/2004, section 16). */
#include "http/decisions.h"

#include "base/log.h"
#include "base/workday.h"
#include "http/office_case.h"
#include "http/own_case.h"
#include "http/print.h"
#include "portal/completion.h"
#include "portal/decision.h"
#include "portal/routing.h"

#define LANG "cs"

struct deciding {
    struct epo_office_case *handled;
    struct epo_portal *portal;
    struct epo_agenda *agenda;
    const struct epo_form *form;
    const struct epo_allowed_move *allowed;
    const struct epo_json *template; /* of the manifest */
    struct epo_span text;
    struct epo_decision decision;
    struct epo_move move;
    epo_write_run_fn run;
    void *arg;
};

/* ---- words ---- */

static void take_rows(struct epo_pool *pool, struct epo_json *values, const struct epo_json *rows) {
    for (uint32_t i = 0; rows != NULL && i < rows->count; i++)
        epo_json_set_text(pool, values,
                          epo_pool_string(pool, epo_json_get_text(rows->items[i], "id")),
                          epo_json_get_text(rows->items[i], "text"));
}

/* What may stand in the paragraphs, see plugin/decisions.h. */
static struct epo_json *values_of(struct epo_request *request, const struct deciding *deciding) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *found = deciding->handled->found;
    const struct epo_json *answers = epo_completion_current(found, "answers");
    const struct epo_catalog *catalog = epo_agenda_catalog(deciding->agenda);
    struct epo_json *values = epo_json_object(pool);
    char text[EPO_TIME_SIZE];
    const struct epo_json *sections = epo_form_summary(deciding->form, pool, LANG, catalog, answers,
                                                       epo_completion_current(found, "facts"));
    for (uint32_t i = 0; i < sections->count; i++)
        take_rows(pool, values, epo_json_get(sections->items[i], "rows"));
    take_rows(pool, values,
              epo_form_computed(deciding->form, pool, LANG, catalog,
                                epo_completion_current(found, "values")));
    epo_json_set_text(pool, values, "number", epo_json_get_text(found, "number"));
    epo_json_set_text(pool, values, "title", epo_form_title(deciding->form, LANG));
    epo_json_set_text(pool, values, "applicant", epo_form_applicant(deciding->form, pool, answers));
    epo_json_set_text(pool, values, "place", epo_json_get_text(found, "placeText"));
    epo_json_set_text(pool, values, "district",
                      epo_page_district(request, epo_completion_current(found, "facts"),
                                        epo_json_get_text(found, "district")));
    epo_json_set_text(pool, values, "office",
                      epo_routing_name(epo_portal_settings(request->portal),
                                       epo_json_get_text(found, "office"), LANG));
    int64_t received_at_us = epo_json_get_integer(found, "received_at_us", 0);
    epo_json_set_string(pool, values, "received",
                        epo_date_local(epo_date_of_us(received_at_us), LANG, text));
    epo_json_set_string(pool, values, "today", epo_date_local(epo_clock_today(), LANG, text));
    return values;
}

static struct epo_span first_text(struct epo_request *request, const struct deciding *deciding,
                                  const struct epo_json *values) {
    const struct epo_json *body = epo_json_get(deciding->template, "body");
    struct epo_buffer text;
    epo_buffer_init(&text, 1u << 20);
    for (uint32_t i = 0; i < body->count; i++) {
        epo_buffer_string(&text, i > 0 ? "\n\n" : "");
        epo_buffer_span(
            &text, epo_text_fill(request->pool, epo_json_localized(body->items[i], LANG), values));
    }
    struct epo_span all = epo_pool_copy(request->pool, epo_buffer_get(&text));
    epo_buffer_clear(&text);
    return all;
}

static struct epo_span appeal_text(struct epo_request *request, const struct deciding *deciding) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *appeal = epo_json_get(deciding->template, "appeal");
    struct epo_json *values = epo_json_object(pool);
    if (appeal == NULL)
        return epo_catalog_text(request->portal->catalog, LANG, "decision.no_appeal");
    epo_json_set_integer(pool, values, "days", epo_json_get_integer(appeal, "days", 0));
    epo_json_set_text(pool, values, "to", epo_json_localized(epo_json_get(appeal, "to"), LANG));
    return epo_catalog_format(request->portal->catalog, pool, LANG, "decision.appeal", values);
}

/* ---- the document ---- */

static void add_row(struct epo_request *request, struct epo_document *document, const char *key,
                    struct epo_span text) {
    if (text.len > 0)
        epo_document_row(document, epo_page_text(request, key), text);
}

static void add_paragraphs(struct epo_document *document, struct epo_span text) {
    while (text.len > 0) {
        struct epo_span line = epo_span_trim(epo_span_cut(text, '\n', &text));
        if (line.len > 0)
            epo_document_paragraph(document, line);
    }
}

static struct epo_document *compose(struct epo_request *request, const struct deciding *deciding,
                                    const struct epo_json *values, bool draft) {
    const struct epo_decision *decision = &deciding->decision;
    struct epo_document *document =
        epo_print_begin(request, decision->title, decision->document, epo_clock_now_us());
    epo_document_title(document, decision->title, epo_json_get_text(values, "office"));
    if (draft)
        epo_document_small(document, epo_page_text(request, "decision.draft"));
    add_row(request, document, "decision.document", decision->document);
    add_row(request, document, "submission.number", epo_json_get_text(values, "number"));
    add_row(request, document, "decision.applicant", epo_json_get_text(values, "applicant"));
    add_row(request, document, "case.place", epo_json_get_text(values, "place"));
    add_row(request, document, "decision.day", epo_json_get_text(values, "today"));
    add_row(request, document, "decision.by", decision->actor_name);
    epo_document_heading(document, 2, epo_page_text(request, "decision.text"));
    add_paragraphs(document, deciding->text);
    epo_document_heading(document, 2, epo_page_text(request, "decision.appeal_title"));
    epo_document_paragraph(document, appeal_text(request, deciding));
    return document;
}

/* ---- opening ---- */

static const struct epo_allowed_move *move_to(const struct deciding *deciding, struct epo_span to) {
    const struct epo_json *found = deciding->handled->found;
    const struct epo_state *state =
        epo_agenda_state_of(deciding->agenda, epo_json_get_text(found, "state"));
    unsigned who = epo_mover_of(deciding->handled->viewer.role);
    for (size_t i = 0; i < state->move_count; i++)
        if (epo_span_equal(state->moves[i].to_id, to) && (state->moves[i].by & who) &&
            state->moves[i].decision.len > 0)
            return &state->moves[i];
    return NULL;
}

/* False and the answer where no decision leads there now. */
static bool start(struct epo_request *request, struct deciding *deciding, struct epo_span to,
                  struct epo_response **answer) {
    struct epo_error error = {0};
    struct epo_json *before;
    struct epo_pool *pool = request->pool;
    struct epo_office_case *handled = deciding->handled = epo_office_case_open(request, &error);
    if (handled == NULL ||
        !epo_decision_list(request->portal, request->db, pool, handled->id, &before, &error)) {
        *answer = epo_respond_error(request, &error, NULL);
        return false;
    }
    deciding->portal = request->portal;
    deciding->form = epo_page_filed_form(request, handled->found, &deciding->agenda);
    deciding->allowed = deciding->form && deciding->agenda ? move_to(deciding, to) : NULL;
    if (deciding->allowed == NULL) {
        *answer = epo_office_case_refuse(request, handled, 409, "move",
                                         epo_page_text(request, "error.state.not_allowed"));
        return false;
    }
    deciding->template =
        epo_json_get_span(epo_json_get(epo_agenda_manifest(deciding->agenda), "decisions"),
                          deciding->allowed->decision);
    int64_t sequence = before->count + 1;
    deciding->decision = (struct epo_decision){
        .number = handled->id,
        .sequence = sequence,
        .document = epo_span(epo_pool_printf(pool, "%.*s/%lld",
                                             EPO_ARG(epo_json_get_text(handled->found, "number")),
                                             (long long)sequence)),
        .title = epo_json_localized(epo_json_get(deciding->template, "title"), LANG),
        .appeal_days = epo_json_get_integer(epo_json_get(deciding->template, "appeal"), "days", 0),
        .actor = epo_span(handled->account->id),
        .actor_name = epo_span(handled->account->name),
        .office = epo_json_get_text(handled->found, "office")};
    return true;
}

static struct epo_response *show(struct epo_request *request, const struct deciding *deciding,
                                 int status, struct epo_span trouble) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    const struct epo_json *found = deciding->handled->found;
    struct epo_span number = epo_json_get_text(found, "number");
    epo_json_set_text(pool, model, "number", number);
    epo_json_set_string(pool, model, "back",
                        epo_pool_printf(pool, "/office/cases/%.*s", EPO_ARG(number)));
    epo_json_set_string(pool, model, "action",
                        epo_pool_printf(pool, "/office/cases/%.*s/decision", EPO_ARG(number)));
    epo_json_set_text(pool, model, "from", epo_json_get_text(found, "state"));
    epo_json_set_text(pool, model, "to", deciding->allowed->to_id);
    epo_json_set_string(pool, model, "to_key",
                        epo_page_state_name(request, deciding->agenda, deciding->allowed->to_id));
    epo_json_set_text(pool, model, "title", deciding->decision.title);
    epo_json_set_text(pool, model, "document", deciding->decision.document);
    epo_json_set_text(pool, model, "text", deciding->text);
    epo_json_set_text(pool, model, "appeal", appeal_text(request, deciding));
    epo_json_set_text(pool, model, "error", trouble);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "decision.write"));
    return epo_respond_private(request, status, "web/decision", model);
}

/* GET ?to=accepted: the agenda's words, filled in. */
struct epo_response *epo_decision_get(struct epo_request *request) {
    struct epo_response *answer;
    struct deciding deciding = {0};
    if (!start(request, &deciding, epo_request_query(request, "to"), &answer))
        return answer;
    deciding.text = first_text(request, &deciding, values_of(request, &deciding));
    return show(request, &deciding, 200, EPO_SPAN(""));
}

/* ---- issuing ---- */

static bool run_issue(struct epo_db *db, void *arg, struct epo_error *error) {
    struct deciding *deciding = arg;
    return epo_decision_issue(deciding->portal, db, &deciding->decision, error) &&
           deciding->run(db, deciding->arg, error);
}

static struct epo_response *finish_issue(struct epo_request *request, void *arg,
                                         const struct epo_error *error) {
    struct deciding *deciding = arg;
    if (error == NULL)
        return epo_office_case_back(request, deciding->handled, "moved=1");
    bool refused = error->kind == EPO_ERROR_CONFLICT || error->kind == EPO_ERROR_BAD_INPUT ||
                   error->kind == EPO_ERROR_TOO_LARGE;
    if (!refused)
        epo_log_error(EPO_LOG_ERROR, "decision.unsaved", error);
    return show(request, deciding, refused ? 409 : 503,
                epo_page_error_text(request, error, refused ? "case.refused" : "case.not_saved"));
}

static struct epo_response *issue(struct epo_request *request, struct deciding *deciding,
                                  struct epo_span pdf) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_office_case *handled = deciding->handled;
    struct epo_decision *decision = &deciding->decision;
    struct epo_state_change *change = EPO_NEW(pool, struct epo_state_change);
    decision->file.name = epo_span(epo_pool_printf(
        pool, "rozhodnuti-%.*s-%lld.pdf", EPO_ARG(epo_json_get_text(handled->found, "number")),
        (long long)decision->sequence));
    decision->file.type = EPO_SPAN("application/pdf");
    decision->file.content = pdf;
    epo_attachment_prepare(&decision->file);
    deciding->move = (struct epo_move){
        .number = handled->id,
        .from = epo_json_get_text(handled->found, "state"),
        .to = deciding->allowed->to_id,
        .note = epo_span(epo_pool_printf(pool, "%.*s (%.*s)", EPO_ARG(decision->title),
                                         EPO_ARG(decision->document))),
        .actor = decision->actor,
        .actor_name = decision->actor_name,
        .office = handled->scope};
    *change = (struct epo_state_change){.portal = request->portal,
                                        .db = request->db,
                                        .pool = pool,
                                        .agenda = deciding->agenda,
                                        .lang = request->lang,
                                        .submission = handled->found,
                                        .to = deciding->move.to,
                                        .note = deciding->move.note,
                                        .account = epo_page_account_json(request, handled->account),
                                        .has_decision = true};
    if (!epo_agenda_state(change, &error) ||
        !epo_agenda_state_file(change, &deciding->move, &deciding->run, &deciding->arg, &error)) {
        const struct epo_json *reasons = change->failures;
        return reasons != NULL && reasons->count > 0
                   ? show(request, deciding, 422, epo_json_get_text(reasons->items[0], "message"))
                   : finish_issue(request, deciding, &error);
    }
    return epo_respond_after_write(request, run_issue, finish_issue, deciding);
}

/* _action "preview": the document as it would be; "issue": for good. */
struct epo_response *epo_decision_post(struct epo_request *request) {
    struct epo_response *answer;
    struct epo_error error = {0};
    struct epo_span pdf;
    struct deciding *deciding = EPO_NEW(request->pool, struct deciding);
    bool draft = !epo_span_is(epo_request_form(request, "_action"), "issue");
    const char *lang = request->lang;
    if (!start(request, deciding, epo_request_form(request, "to"), &answer))
        return answer;
    deciding->text = epo_span_trim(epo_request_form(request, "text"));
    if (!epo_span_equal(epo_request_form(request, "from"),
                        epo_json_get_text(deciding->handled->found, "state")))
        return show(request, deciding, 409, epo_page_text(request, "error.case.moved"));
    if (deciding->text.len == 0 || epo_text_length(deciding->text) > EPO_DECISION_CHARS_MAX)
        return show(request, deciding, 422, epo_page_text(request, "decision.length"));
    request->lang = LANG;
    struct epo_document *document = compose(request, deciding, values_of(request, deciding), draft);
    struct epo_response *shown =
        draft ? epo_print_respond(request, document, "navrh-rozhodnuti.pdf") : NULL;
    bool drawn = draft || epo_print_draw(document, &pdf, &error);
    request->lang = lang;
    if (draft)
        return shown;
    return drawn ? issue(request, deciding, pdf) : finish_issue(request, deciding, &error);
}

/* ---- reading ---- */

void epo_page_decisions(struct epo_request *request, struct epo_json *model,
                        const struct epo_json *list, const char *address, const char *query) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_set(pool, model, "decisions", epo_json_array(pool));
    char text[EPO_TIME_SIZE];
    for (uint32_t i = 0; i < list->count; i++) {
        const struct epo_json *one = list->items[i];
        struct epo_json *row = epo_json_object(pool);
        int64_t at_us = epo_json_get_integer(one, "at_us", 0);
        int64_t days = epo_json_get_integer(one, "appealDays", 0);
        epo_json_set_text(pool, row, "title", epo_json_get_text(one, "title"));
        epo_json_set_text(pool, row, "document", epo_json_get_text(one, "document"));
        epo_json_set_text(pool, row, "sha256", epo_json_get_text(one, "sha256"));
        epo_json_set_string(pool, row, "at_text", epo_time_local(at_us, request->lang, text));
        epo_json_set_string(pool, row, "url",
                            epo_pool_printf(pool, "%s/decisions/%lld%s", address,
                                            (long long)epo_json_get_integer(one, "sequence", 0),
                                            query));
        epo_json_set_string(pool, row, "appeal_until", "");
        if (days > 0)
            epo_json_set_string(pool, row, "appeal_until",
                                epo_date_local(epo_workday_due(epo_date_of_us(at_us), (int)days),
                                               request->lang, text));
        epo_json_push(pool, rows, row);
    }
}

void epo_page_decide(struct epo_request *request, struct epo_json *model,
                     const struct epo_json *found, struct epo_span role) {
    struct epo_pool *pool = request->pool;
    struct epo_json *links = epo_json_set(pool, model, "decide", epo_json_array(pool));
    struct epo_agenda *agenda;
    if (epo_page_filed_form(request, found, &agenda) == NULL || agenda == NULL)
        return;
    const struct epo_json *all = epo_json_get(epo_agenda_manifest(agenda), "decisions");
    const struct epo_state *state = epo_agenda_state_of(agenda, epo_json_get_text(found, "state"));
    for (size_t i = 0; i < state->move_count; i++) {
        const struct epo_allowed_move *move = &state->moves[i];
        if (move->decision.len == 0 || !(move->by & epo_mover_of(role)))
            continue;
        struct epo_json *link = epo_json_object(pool);
        epo_json_set_string(pool, link, "url",
                            epo_pool_printf(pool, "/office/cases/%.*s/decision?to=%.*s",
                                            EPO_ARG(epo_json_get_text(found, "number")),
                                            EPO_ARG(move->to_id)));
        epo_json_set_text(
            pool, link, "title",
            epo_json_localized(epo_json_get(epo_json_get_span(all, move->decision), "title"),
                               request->lang));
        epo_json_push(pool, links, link);
    }
}

static struct epo_response *give(struct epo_request *request, int64_t number) {
    struct epo_error error = {0};
    struct epo_attachment file;
    struct epo_json *list;
    int64_t sequence;
    char owner[EPO_DECISION_OWNER_SIZE];
    if (!epo_span_integer(request->captures[1], &sequence))
        return epo_page_not_found(request);
    if (!epo_decision_list(request->portal, request->db, request->pool, number, &list, &error))
        return epo_respond_error(request, &error, NULL);
    if (sequence < 1 || sequence > list->count)
        return epo_page_not_found(request);
    epo_decision_owner(number, sequence, owner);
    if (!epo_attachment_get(request->portal, request->db, request->pool,
                            epo_json_get_text(list->items[sequence - 1], "file"), epo_span(owner),
                            &file, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_response *response = epo_respond(request, 200, "application/pdf", file.content);
    epo_response_header(response, "content-disposition",
                        epo_span(epo_pool_printf(request->pool, "attachment; filename=\"%.*s\"",
                                                 EPO_ARG(file.name))));
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    epo_response_header(response, "referrer-policy", EPO_SPAN("no-referrer"));
    return response;
}

struct epo_response *epo_decision_own(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_own_case *own = epo_own_case_open(request, &error);
    return own != NULL ? give(request, own->number) : epo_respond_error(request, &error, NULL);
}

struct epo_response *epo_decision_office(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_office_case *handled = epo_office_case_open(request, &error);
    return handled != NULL ? give(request, handled->id) : epo_respond_error(request, &error, NULL);
}
