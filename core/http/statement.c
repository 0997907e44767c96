/* Statements of one person in an agenda: PDF and CSV. */
#include "base/clock.h"
#include "http/csv.h"
#include "http/person_view.h"
#include "http/print.h"

#define FILE_BYTES_MAX (8u << 20)

/* ---- PDF ---- */

static struct epo_span format(struct epo_request *request, const char *key, const char *name,
                              struct epo_span value) {
    struct epo_json *values = epo_json_object(request->pool);
    epo_json_set_text(request->pool, values, name, value);
    return epo_catalog_format(request->portal->catalog, request->pool, request->lang, key, values);
}

static void add_sums(struct epo_request *request, struct epo_document *document,
                     const struct epo_json *model) {
    static const struct {
        const char *member, *key;
    } SUMS[] = {{"overdue_text", "ledger.overdue"},
                {"interest_text", "ledger.interest"},
                {"credit_text", "ledger.credit"}};
    bool overpaid = epo_json_get_boolean(model, "overpaid", false);
    const struct epo_json *next = epo_json_get(model, "next");
    epo_document_row(document, epo_page_text(request, overpaid ? "ledger.overpaid" : "ledger.owed"),
                     epo_json_get_text(model, "balance_text"));
    for (size_t i = 0; i < sizeof SUMS / sizeof *SUMS; i++)
        if (epo_json_get_text(model, SUMS[i].member).len > 0)
            epo_document_row(document, epo_page_text(request, SUMS[i].key),
                             epo_json_get_text(model, SUMS[i].member));
    if (next != NULL)
        epo_document_row(document,
                         format(request, "ledger.next", "due", epo_json_get_text(next, "due_text")),
                         epo_json_get_text(next, "amount_text"));
}

static void add_payment(struct epo_request *request, struct epo_document *document,
                        const struct epo_json *payment) {
    if (payment == NULL)
        return;
    epo_document_heading(document, 2, epo_page_text(request, "ledger.pay"));
    if (epo_json_get_text(payment, "local").len > 0)
        epo_document_row(document, epo_page_text(request, "ledger.account"),
                         epo_json_get_text(payment, "local"));
    epo_document_row(document, EPO_SPAN("IBAN"), epo_json_get_text(payment, "iban"));
    if (epo_json_get_text(payment, "symbol").len > 0)
        epo_document_row(document, epo_page_text(request, "ledger.symbol"),
                         epo_json_get_text(payment, "symbol"));
    epo_document_row(document, epo_page_text(request, "ledger.amount"),
                     epo_json_get_text(payment, "amount_text"));
    epo_document_code(document, epo_json_get_text(payment, "code"),
                      epo_page_text(request, "ledger.code_alt"),
                      epo_page_text(request, "ledger.code"), EPO_SPAN(""));
}

static void add_dues(struct epo_request *request, struct epo_document *document,
                     const struct epo_json *dues) {
    static const double SHARES[] = {0.17, 0.33, 0.25, 0.25};
    struct epo_span heads[4] = {
        epo_page_text(request, "ledger.due"), epo_page_text(request, "ledger.what"),
        epo_page_text(request, "ledger.amount"), epo_page_text(request, "ledger.open")};
    if (dues->count == 0)
        return;
    epo_document_heading(document, 2, epo_page_text(request, "ledger.dues"));
    epo_document_table(document, heads, SHARES, 4);
    for (uint32_t i = 0; i < dues->count; i++) {
        const struct epo_json *due = dues->items[i];
        bool paid = epo_json_get_boolean(due, "paid", false);
        struct epo_span cells[4] = {
            epo_json_get_text(due, "due_text"),
            epo_span(epo_pool_printf(request->pool, "%.*s %.*s",
                                     EPO_ARG(epo_json_get_text(due, "kind")),
                                     EPO_ARG(epo_json_get_text(due, "period")))),
            epo_json_get_text(due, "amount_text"),
            paid ? epo_page_text(request, "ledger.paid") : epo_json_get_text(due, "open_text")};
        epo_document_cells(document, cells, 4);
    }
}

static void add_entries(struct epo_request *request, struct epo_document *document,
                        const struct epo_json *model) {
    static const double SHARES[] = {0.17, 0.43, 0.2, 0.2};
    const struct epo_json *entries = epo_json_get(model, "entries");
    struct epo_span opening = epo_json_get_text(model, "opening_text");
    struct epo_span heads[4] = {
        epo_page_text(request, "ledger.day"), epo_page_text(request, "ledger.what"),
        epo_page_text(request, "ledger.plus"), epo_page_text(request, "ledger.minus")};
    epo_document_heading(document, 2, epo_page_text(request, "ledger.entries"));
    if (opening.len > 0)
        epo_document_row(document, epo_page_text(request, "ledger.opening"), opening);
    if (entries->count > 0)
        epo_document_table(document, heads, SHARES, 4);
    for (uint32_t i = 0; i < entries->count; i++) {
        const struct epo_json *entry = entries->items[i];
        bool reversed = epo_json_get_boolean(entry, "reversed", false);
        struct epo_span cells[4] = {
            epo_json_get_text(entry, "day_text"),
            epo_span(epo_pool_printf(
                request->pool, "%.*s %.*s%s%.*s", EPO_ARG(epo_json_get_text(entry, "kind")),
                EPO_ARG(epo_json_get_text(entry, "period")), reversed ? " – " : "",
                EPO_ARG(reversed ? epo_page_text(request, "ledger.reversed") : EPO_SPAN("")))),
            epo_json_get_text(entry, "plus_text"), epo_json_get_text(entry, "minus_text")};
        epo_document_cells(document, cells, 4);
    }
    epo_document_row(document, epo_page_text(request, "ledger.closing"),
                     epo_json_get_text(model, "closing_text"));
}

struct epo_response *epo_statement_pdf(struct epo_request *request,
                                       const struct epo_person_view *view) {
    struct epo_json *model = epo_person_view_model(request, view);
    struct epo_span title = epo_json_get_text(model, "title");
    struct epo_span person = format(request, "ledger.person", "number", view->person);
    char day[EPO_TIME_SIZE];
    struct epo_document *document =
        epo_print_begin(request,
                        epo_span(epo_pool_printf(
                            request->pool, "%.*s – %.*s",
                            EPO_ARG(epo_page_text(request, "ledger.statement")), EPO_ARG(title))),
                        person, epo_clock_now_us());
    epo_document_title(
        document, epo_page_text(request, "ledger.statement"),
        epo_span(epo_pool_printf(request->pool, "%.*s, %.*s", EPO_ARG(title), EPO_ARG(person))));
    epo_document_paragraph(document,
                           format(request, "ledger.as_of", "day",
                                  epo_span(epo_date_local(epo_clock_today(), request->lang, day))));
    add_sums(request, document, model);
    add_payment(request, document, epo_json_get(model, "payment"));
    add_dues(request, document, epo_json_get(model, "dues"));
    add_entries(request, document, model);
    return epo_print_respond(request, document, "statement.pdf");
}

/* ---- CSV ---- */

static void add_cell(struct epo_buffer *out, struct epo_span text) {
    epo_csv_cell(out, text);
    epo_buffer_byte(out, ',');
}

/* Crowns as the language's spreadsheets read them: "1234,50" or "1234.50"; never below zero. */
static void add_amount(struct epo_request *request, struct epo_buffer *out, int64_t haler,
                       const char *end) {
    char text[40] = "";
    if (haler > 0)
        snprintf(text, sizeof text, "%lld%s%02lld", (long long)(haler / 100),
                 strcmp(request->lang, "cs") == 0 ? "," : ".", (long long)(haler % 100));
    epo_csv_cell(out, epo_span(text));
    epo_buffer_string(out, end);
}

struct epo_response *epo_statement_csv(struct epo_request *request,
                                       const struct epo_person_view *view) {
    static const char *const HEADS[] = {"day",       "what", "period", "record",
                                        "reference", "due",  "plus",   "minus"};
    static const char *const CELLS[] = {"day", "kind", "period", "record", "reference", "due"};
    struct epo_json *model = epo_person_view_model(request, view);
    const struct epo_json *entries = epo_json_get(model, "entries");
    struct epo_error error = {0};
    struct epo_buffer out;
    epo_buffer_init(&out, FILE_BYTES_MAX);
    epo_buffer_string(&out, "\xef\xbb\xbf");
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++) {
        epo_csv_cell(&out,
                     epo_page_text(request, epo_pool_printf(request->pool, "ledger.%s", HEADS[i])));
        epo_buffer_string(&out, i + 1 < sizeof HEADS / sizeof *HEADS ? "," : "\r\n");
    }
    for (uint32_t i = 0; i < entries->count; i++) {
        const struct epo_json *entry = entries->items[i];
        int64_t haler = epo_json_get_integer(entry, "haler", 0);
        for (size_t j = 0; j < sizeof CELLS / sizeof *CELLS; j++)
            add_cell(&out, epo_json_get_text(entry, CELLS[j]));
        add_amount(request, &out, haler, ",");
        add_amount(request, &out, -haler, "\r\n");
    }
    bool whole = !out.failed;
    struct epo_span bytes = epo_pool_copy(request->pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    if (!whole) {
        epo_fail(&error, EPO_ERROR_TOO_LARGE, "ledger.large", "Narrow the days of the statement.");
        return epo_respond_error(request, &error, NULL);
    }
    struct epo_response *response = epo_respond(request, 200, "text/csv; charset=utf-8", bytes);
    epo_response_header(response, "content-disposition",
                        EPO_SPAN("attachment; filename=\"statement.csv\""));
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}
