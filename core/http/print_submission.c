/* A filed form with its receipt as PDF: for who sent it, who holds its key or receipt, and the
 * clerk. The same answers give the same file as long as nothing happens to the case. */
#include "base/limits.h"
#include "http/audited.h"
#include "http/print.h"
#include "portal/casework.h"
#include "portal/submission.h"

static void add_row(struct epo_request *request, struct epo_document *document, const char *key,
                    struct epo_span text) {
    if (text.len > 0)
        epo_document_row(document, epo_page_text(request, key), text);
}

static void add_receipt(struct epo_request *request, struct epo_document *document,
                        const struct epo_json *submission) {
    struct epo_span state = epo_json_get_text(submission, "state_key");
    epo_print_heading(request, document, EPO_SPAN(""), "submission.receipt_title");
    add_row(request, document, "submission.number", epo_json_get_text(submission, "number"));
    add_row(request, document, "submission.received",
            epo_json_get_text(submission, "received_text"));
    add_row(request, document, "acting.row", epo_json_get_text(submission, "represented"));
    add_row(request, document, "submission.office", epo_json_get_text(submission, "office_name"));
    add_row(request, document, "submission.district",
            epo_json_get_text(submission, "district_name"));
    add_row(request, document, "submission.state_title",
            epo_page_text(request, epo_pool_string(request->pool, state)));
    add_row(request, document, "submission.receipt", epo_json_get_text(submission, "receipt"));
}

static void add_values(struct epo_request *request, struct epo_document *document,
                       const struct epo_json *values) {
    if (values == NULL || values->count == 0)
        return;
    epo_print_heading(request, document, EPO_SPAN(""), "print.values");
    for (uint32_t i = 0; i < values->count; i++)
        epo_document_row(document, epo_json_get_text(values->items[i], "label"),
                         epo_json_get_text(values->items[i], "text"));
    for (uint32_t i = 0; i < values->count; i++) {
        const struct epo_json *lines = epo_json_get(values->items[i], "explain");
        for (uint32_t k = 0; lines != NULL && k < lines->count; k++)
            epo_document_item(document, lines->items[k]->text);
    }
}

static void add_history(struct epo_request *request, struct epo_document *document,
                        const struct epo_json *events) {
    static const double shares[] = {3, 3, 6};
    const struct epo_span headers[] = {epo_page_text(request, "print.when"),
                                       epo_page_text(request, "submission.state_title"),
                                       epo_page_text(request, "print.note")};
    if (events == NULL || events->count == 0)
        return;
    epo_print_heading(request, document, EPO_SPAN(""), "case.history");
    epo_document_table(document, headers, shares, 3);
    for (uint32_t i = events->count; i > 0; i--) { /* oldest first */
        const struct epo_json *event = events->items[i - 1];
        struct epo_span key = epo_json_get_text(event, "state_key");
        const struct epo_span cells[] = {
            epo_json_get_text(event, "at_text"),
            epo_page_text(request, epo_pool_string(request->pool, key)),
            epo_json_get_text(event, "note")};
        epo_document_cells(document, cells, 3);
    }
}

static bool add_picture(struct epo_request *request, struct epo_document *document,
                        const struct epo_json *found, struct epo_error *error) {
    struct epo_span png;
    const struct epo_json *place = epo_json_get(found, "place");
    if (place == NULL || place->type != EPO_JSON_OBJECT)
        return true;
    if (!epo_page_place_png(request, found, &png, error))
        return false;
    epo_document_picture(document, png, 120, epo_page_place_alt(request, found),
                         epo_json_get_text(found, "placeText"));
    return true;
}

/* The address opens the receipt's page: whoever is shown the paper compares number and code. */
static void add_code(struct epo_request *request, struct epo_document *document,
                     const struct epo_json *found) {
    struct epo_span url = epo_span(epo_pool_printf(
        request->pool, "%s/submissions/%.*s?receipt=%.*s", epo_page_own_address(request),
        EPO_ARG(epo_json_get_text(found, "number")), EPO_ARG(epo_json_get_text(found, "receipt"))));
    epo_print_heading(request, document, EPO_SPAN(""), "print.verify_title");
    epo_document_code(document, url, epo_page_text(request, "print.verify_alt"),
                      epo_page_text(request, "print.verify"), url);
}

/* The answers exactly as their hash in the receipt was made (RFC 8785), and what else it is made
 * of. */
static void attach(struct epo_request *request, struct epo_document *document,
                   const struct epo_json *found) {
    static const char *const SAME[] = {"number",     "agenda",  "form",  "formVersion",
                                       "receivedAt", "receipt", "state", "office"};
    struct epo_pool *pool = request->pool;
    struct epo_json *facts = epo_json_object(pool);
    struct epo_buffer out;
    epo_buffer_init(&out, EPO_DOCUMENT_TEXT_MAX);
    epo_json_write_canonical(&out, epo_json_get(found, "answers"));
    epo_document_attach(document, EPO_SPAN("answers.json"), "application/json",
                        epo_buffer_get(&out), epo_page_text(request, "print.answers_file"));
    epo_buffer_clear(&out);
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++)
        epo_json_set_text(pool, facts, SAME[i], epo_json_get_text(found, SAME[i]));
    if (epo_json_get(found, "values") != NULL)
        epo_json_set(pool, facts, "values", epo_json_copy(pool, epo_json_get(found, "values")));
    epo_document_attach(document, EPO_SPAN("submission.json"), "application/json",
                        epo_json_print(pool, facts), epo_page_text(request, "print.facts_file"));
}

static struct epo_response *print(struct epo_request *request, const struct epo_json *found) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    const struct epo_json *model = epo_page_submission(request, found);
    const struct epo_json *submission = epo_json_get(model, "submission");
    struct epo_span number = epo_json_get_text(found, "number");
    struct epo_span title = epo_json_get_text(submission, "title");
    struct epo_document *document =
        epo_print_begin(request, title,
                        epo_span(epo_pool_printf(pool, "%.*s · %.*s", EPO_ARG(number),
                                                 EPO_ARG(epo_json_get_text(found, "receipt")))),
                        epo_json_get_integer(found, "received_at_us", 0));
    epo_document_title(document, title, epo_json_get_text(submission, "agenda_title"));
    add_receipt(request, document, submission);
    epo_print_sections(request, document, epo_json_get(model, "sections"));
    if (!add_picture(request, document, found, &error))
        return epo_respond_error(request, &error, NULL);
    add_values(request, document, epo_json_get(model, "values"));
    add_history(request, document, epo_json_get(model, "history"));
    add_code(request, document, found);
    attach(request, document, found);
    return epo_print_respond(request, document, epo_pool_printf(pool, "%.*s.pdf", EPO_ARG(number)));
}

/* GET /submissions/{number}.pdf?key= or ?receipt= */
struct epo_response *epo_submission_pdf(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_json *found;
    struct epo_span key = epo_request_query(request, "key");
    struct epo_viewer viewer = epo_page_viewer(
        epo_page_account(request), key.len > 0 ? key : epo_request_query(request, "receipt"));
    /* A clerk prints cases under /office, where each view is audited. */
    if (!epo_span_is(viewer.role, "citizen"))
        viewer.role = (struct epo_span){"", 0};
    if (!epo_submission_find(request->portal, request->db, request->pool, request->captures[0],
                             &viewer, &found, &error))
        return epo_respond_error(request, &error, NULL);
    return print(request, found);
}

static struct epo_response *print_case(struct epo_request *request, void *arg) {
    return print(request, arg);
}

/* GET /office/cases/{number}.pdf */
struct epo_response *epo_office_pdf(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_json *found;
    struct epo_span office;
    const struct epo_account *account = epo_page_account(request);
    struct epo_viewer viewer = epo_page_viewer(account, EPO_SPAN(""));
    if (!epo_casework_scope(&viewer, &office))
        return epo_page_denied(request);
    struct epo_audit_entry entry = {.actor = viewer.account,
                                    .action = EPO_SPAN("case.printed"),
                                    .object = request->captures[0],
                                    .detail = EPO_SPAN("")};
    viewer.account = EPO_SPAN(""); /* as a clerk, not as its sender */
    if (!epo_submission_find(request->portal, request->db, request->pool, request->captures[0],
                             &viewer, &found, &error))
        return epo_respond_error(request, &error, NULL);
    return epo_respond_audited(request, &entry, print_case, found);
}
