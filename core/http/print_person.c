/* All that is held on a person as a PDF for reading, with the same as JSON attached. */
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "http/person.h"
#include "http/print.h"
#include "portal/routing.h"
#include "portal/submission.h"

/* Half of what a document may hold: what goes over it stays in the JSON. */
enum { LINES_MAX = EPO_DOCUMENT_PAGES_MAX * 45 / 2, ROW_CHARS = 60, COLUMNS_MAX = 6 };

struct printing {
    struct epo_request *request;
    struct epo_document *document;
    struct epo_span account;
    const struct epo_json *data;
    size_t lines; /* as many as there may be, by guess */
    bool cut;
};

/* Parts that are a table each. Names of columns are those of the export. */
static const struct table {
    const char *part, *columns[COLUMNS_MAX];
    double shares[COLUMNS_MAX];
} SESSIONS = {"sessions", {"created_at", "seen_at", "expires_at", "about"}, {3, 3, 3, 5}},
  DECISIONS = {"decisions",
               {"reference", "title", "issued_at", "office", "appeal_days", "sha256"},
               {4, 4, 3, 4, 3, 4}},
  FILES = {"files", {"number", "of", "name", "type", "bytes", "sha256"}, {4, 3, 4, 4, 2, 4}};

/* False once too much was drawn: the caller leaves out the rest. */
static bool spend(struct printing *printing, size_t bytes, size_t line) {
    printing->lines += 2 + bytes / line; /* with the space between two rows */
    printing->cut = printing->cut || printing->lines > LINES_MAX;
    return !printing->cut;
}

static struct epo_span local_time(struct printing *printing, struct epo_span rfc3339) {
    struct epo_pool *pool = printing->request->pool;
    struct tm at = {0};
    char text[EPO_TIME_SIZE];
    if (strptime(epo_pool_string(pool, rfc3339), "%Y-%m-%dT%H:%M:%S", &at) == NULL)
        return rfc3339;
    return epo_pool_copy(pool, epo_span(epo_time_local((int64_t)timegm(&at) * 1000000,
                                                       printing->request->lang, text)));
}

static struct epo_span value_text(struct printing *printing, const struct epo_json *value) {
    if (value == NULL || value->type == EPO_JSON_NULL)
        return EPO_SPAN("");
    return epo_json_is_text(value) ? value->text : epo_json_print(printing->request->pool, value);
}

/* A column of a row, in words. */
static struct epo_span cell(struct printing *printing, const struct epo_json *row,
                            const char *name) {
    struct epo_request *request = printing->request;
    struct epo_span text = value_text(printing, epo_json_get(row, name));
    size_t len = strlen(name);
    if (text.len == 0)
        return text;
    if (strcmp(name, "at") == 0 || (len > 3 && strcmp(name + len - 3, "_at") == 0))
        return local_time(printing, text);
    if (strcmp(name, "office") == 0)
        return epo_routing_name(epo_portal_settings(request->portal), text, request->lang);
    if (strcmp(name, "role") == 0)
        return epo_page_text(request, epo_pool_printf(request->pool, "role.%.*s", EPO_ARG(text)));
    if (strcmp(name, "document") == 0)
        return epo_page_text(
            request, epo_pool_printf(request->pool, "identity.document.%.*s", EPO_ARG(text)));
    if (strcmp(name, "of") == 0)
        return epo_page_text(request,
                             epo_pool_printf(request->pool, "person.of.%.*s", EPO_ARG(text)));
    return text;
}

static struct epo_span label(struct printing *printing, const char *name) {
    return epo_page_text(printing->request,
                         epo_pool_printf(printing->request->pool, "person.field.%s", name));
}

static void add_row(struct printing *printing, struct epo_span name, struct epo_span text) {
    if (text.len > 0 && spend(printing, text.len + name.len, ROW_CHARS))
        epo_document_row(printing->document, name, text);
}

/* The rows of a part below its heading, or that there is nothing. No rows once too much was drawn.
 */
static const struct epo_json *begin_part(struct printing *printing, const char *part) {
    const struct epo_json *rows = epo_json_get(printing->data, part);
    struct epo_request *request = printing->request;
    if (printing->cut)
        return epo_json_array(request->pool);
    epo_document_heading(
        printing->document, 2,
        epo_page_text(request, epo_pool_printf(request->pool, "person.part.%s", part)));
    if (rows->count == 0)
        epo_document_paragraph(printing->document, epo_page_text(request, "person.none"));
    return rows;
}

static void add_table(struct printing *printing, const struct table *table) {
    const struct epo_json *rows = begin_part(printing, table->part);
    struct epo_span cells[COLUMNS_MAX];
    size_t count = 0;
    for (; count < COLUMNS_MAX && table->columns[count] != NULL; count++)
        cells[count] = label(printing, table->columns[count]);
    if (rows->count > 0)
        epo_document_table(printing->document, cells, table->shares, count);
    for (uint32_t i = 0; i < rows->count; i++) {
        size_t longest = 0;
        for (size_t k = 0; k < count; k++) {
            cells[k] = cell(printing, rows->items[i], table->columns[k]);
            longest = cells[k].len > longest ? cells[k].len : longest;
        }
        if (!spend(printing, longest, ROW_CHARS / 5))
            return;
        epo_document_cells(printing->document, cells, count);
    }
}

static void add_fields(struct printing *printing, const struct epo_json *row,
                       const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        add_row(printing, label(printing, names[i]), cell(printing, row, names[i]));
}

static void add_person(struct printing *printing) {
    static const char *const ACCOUNT[] = {"login",  "name",        "role",
                                          "office", "verified_at", "created_at"};
    static const char *const IDENTITY[] = {"given_name", "family_name",   "birth_date", "address",
                                           "asked_at",   "verified_at",   "until_at",   "office",
                                           "document",   "document_last", "ended"};
    epo_document_heading(printing->document, 2,
                         epo_page_text(printing->request, "person.part.account"));
    add_fields(printing, epo_json_get(printing->data, "account"), ACCOUNT,
               sizeof ACCOUNT / sizeof *ACCOUNT);
    const struct epo_json *rows = begin_part(printing, "identity");
    for (uint32_t i = 0; i < rows->count; i++)
        add_fields(printing, rows->items[i], IDENTITY, sizeof IDENTITY / sizeof *IDENTITY);
}

/* ---- requests ---- */

static void add_history(struct printing *printing, const struct epo_json *events) {
    struct epo_request *request = printing->request;
    if (events != NULL && events->count > 0)
        epo_document_heading(printing->document, 3, epo_page_text(request, "case.history"));
    for (uint32_t i = events != NULL ? events->count : 0; i > 0; i--) { /* oldest first */
        const struct epo_json *event = events->items[i - 1];
        struct epo_span note = epo_json_get_text(event, "note");
        struct epo_span state = epo_page_text(
            request, epo_pool_string(request->pool, epo_json_get_text(event, "state_key")));
        add_row(printing, epo_json_get_text(event, "at_text"),
                epo_span(epo_pool_printf(request->pool, "%.*s%s%.*s", EPO_ARG(state),
                                         note.len > 0 ? ": " : "", EPO_ARG(note))));
    }
}

static bool add_submission(struct printing *printing, const struct epo_json *row,
                           struct epo_error *error) {
    struct epo_request *request = printing->request;
    const struct epo_viewer viewer = {.account = printing->account};
    struct epo_span number = epo_json_get_text(row, "number");
    struct epo_json *found;
    if (!epo_submission_find(request->portal, request->db, request->pool, number, &viewer, &found,
                             error))
        return false;
    const struct epo_json *model = epo_page_submission(request, found),
                          *head = epo_json_get(model, "submission"),
                          *sections = epo_json_get(model, "sections"),
                          *values = epo_json_get(model, "values");
    size_t bytes = epo_json_print(request->pool, model).len;
    if (!spend(printing, bytes, ROW_CHARS))
        return true;
    epo_document_heading(printing->document, 2,
                         epo_span(epo_pool_printf(request->pool, "%.*s %.*s", EPO_ARG(number),
                                                  EPO_ARG(epo_json_get_text(head, "title")))));
    add_row(printing, epo_page_text(request, "submission.received"),
            epo_json_get_text(head, "received_text"));
    add_row(printing, epo_page_text(request, "submission.office"),
            epo_json_get_text(head, "office_name"));
    add_row(printing, epo_page_text(request, "submission.receipt"),
            epo_json_get_text(head, "receipt"));
    for (uint32_t i = 0; sections != NULL && i < sections->count; i++) {
        struct epo_span title = epo_json_get_text(sections->items[i], "section");
        epo_document_heading(printing->document, 3,
                             title.len > 0 ? title : epo_page_text(request, "submission.answers"));
        epo_print_rows(request, printing->document, sections->items[i]);
    }
    for (uint32_t i = 0; values != NULL && i < values->count; i++)
        add_row(printing, epo_json_get_text(values->items[i], "label"),
                epo_json_get_text(values->items[i], "text"));
    add_history(printing, epo_json_get(model, "history"));
    return true;
}

static bool add_submissions(struct printing *printing, struct epo_error *error) {
    const struct epo_json *rows = epo_json_get(printing->data, "submissions");
    bool ok = true;
    if (rows->count == 0)
        begin_part(printing, "submissions");
    for (uint32_t i = 0; ok && !printing->cut && i < rows->count; i++)
        ok = add_submission(printing, rows->items[i], error);
    return ok;
}

static void add_messages(struct printing *printing) {
    const struct epo_json *rows = begin_part(printing, "messages");
    for (uint32_t i = 0; i < rows->count; i++) {
        const struct epo_json *row = rows->items[i];
        struct epo_span office = cell(printing, row, "office");
        if (office.len == 0)
            office = epo_page_text(printing->request, "person.applicant");
        add_row(printing,
                epo_span(epo_pool_printf(printing->request->pool, "%.*s, %.*s, %.*s",
                                         EPO_ARG(epo_json_get_text(row, "number")),
                                         EPO_ARG(cell(printing, row, "at")), EPO_ARG(office))),
                epo_json_get_text(row, "text"));
    }
}

/* What was asked for, and each answer before and after. */
static void add_completions(struct printing *printing) {
    struct epo_pool *pool = printing->request->pool;
    const struct epo_json *rows = begin_part(printing, "completions");
    for (uint32_t i = 0; i < rows->count; i++) {
        const struct epo_json *row = rows->items[i], *asked = epo_json_get(row, "asked"),
                              *changes = epo_json_get(row, "changes");
        add_row(printing, label(printing, "number"), epo_json_get_text(row, "number"));
        add_row(printing, label(printing, "asked_at"), cell(printing, row, "asked_at"));
        for (uint32_t k = 0; asked != NULL && k < asked->count; k++)
            add_row(printing, epo_json_get_text(asked->items[k], "field"),
                    epo_json_get_text(asked->items[k], "reason"));
        add_row(printing, label(printing, "answered_at"), cell(printing, row, "answered_at"));
        for (uint32_t k = 0; changes != NULL && k < changes->count; k++) {
            const struct epo_json *change = changes->items[k];
            add_row(printing, epo_json_get_text(change, "field"),
                    epo_span(epo_pool_printf(
                        pool, "%.*s → %.*s",
                        EPO_ARG(value_text(printing, epo_json_get(change, "before"))),
                        EPO_ARG(value_text(printing, epo_json_get(change, "after"))))));
        }
    }
}

/* As it was typed, which nobody has checked yet. */
static void add_drafts(struct printing *printing) {
    const struct epo_json *rows = begin_part(printing, "drafts");
    for (uint32_t i = 0; !printing->cut && i < rows->count; i++) {
        const struct epo_json *row = rows->items[i], *answers = epo_json_get(row, "answers");
        epo_document_heading(printing->document, 3,
                             epo_span(epo_pool_printf(printing->request->pool, "%.*s/%.*s",
                                                      EPO_ARG(epo_json_get_text(row, "agenda")),
                                                      EPO_ARG(epo_json_get_text(row, "form")))));
        add_row(printing, label(printing, "changed_at"), cell(printing, row, "changed_at"));
        for (uint32_t k = 0; answers->type == EPO_JSON_OBJECT && k < answers->count; k++)
            add_row(printing, answers->names[k], value_text(printing, answers->items[k]));
    }
}

static void add_audit(struct printing *printing, const struct epo_json *seen) {
    static const char *const KEYS[] = {"seen.when", "seen.who", "seen.what", "seen.object"};
    static const double shares[] = {3, 4, 4, 3};
    struct epo_request *request = printing->request;
    struct epo_span cells[4];
    if (printing->cut)
        return;
    for (size_t i = 0; i < 4; i++)
        cells[i] = epo_page_text(request, KEYS[i]);
    epo_document_heading(printing->document, 2, epo_page_text(request, "seen.title"));
    epo_document_table(printing->document, cells, shares, 4);
    for (uint32_t i = 0; i < seen->count && spend(printing, 1, 1); i++) {
        const struct epo_json *row = seen->items[i];
        cells[0] = epo_json_get_text(row, "at_text");
        cells[1] = epo_json_get_text(row, "who");
        cells[2] = epo_json_get_text(row, "what");
        cells[3] = epo_json_get_text(row, "object");
        epo_document_cells(printing->document, cells, 4);
    }
}

struct epo_response *epo_print_person(struct epo_request *request, struct epo_span account,
                                      const struct epo_json *data, const struct epo_json *seen) {
    struct epo_error error = {0};
    struct epo_span title = epo_page_text(request, "person.pdf_title");
    struct printing printing = {.request = request, .account = account, .data = data};
    struct epo_span login = epo_json_get_text(epo_json_get(data, "account"), "login");
    printing.document = epo_print_begin(request, title, login, epo_clock_now_us());
    epo_document_title(printing.document, title, epo_page_text(request, "person.pdf_below"));
    epo_document_paragraph(printing.document, epo_page_text(request, "person.pdf_attached"));
    add_person(&printing);
    if (!add_submissions(&printing, &error))
        return epo_respond_error(request, &error, NULL);
    add_table(&printing, &DECISIONS);
    add_table(&printing, &FILES);
    add_messages(&printing);
    add_completions(&printing);
    add_drafts(&printing);
    add_table(&printing, &SESSIONS);
    add_audit(&printing, seen);
    if (printing.cut)
        epo_document_paragraph(printing.document, epo_page_text(request, "person.pdf_more"));
    epo_document_attach(printing.document, EPO_SPAN("data.json"), "application/json",
                        epo_json_print(request->pool, data),
                        epo_page_text(request, "person.pdf_json"));
    return epo_print_respond(request, printing.document, "data.pdf");
}
