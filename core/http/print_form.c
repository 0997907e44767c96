/* A form as PDF to be filled in by hand: empty at its own address, or with what was typed so far
 * from the form's page ("Print and bring"). Codes at its end carry that to the counter. */
#include "base/clock.h"
#include "base/log.h"
#include "forms/paper.h"
#include "http/print.h"
#include "portal/attachment.h"

enum { IN_A_ROW = 3 }; /* codes, as epo_document_codes draws them */

struct printing {
    struct epo_request *request;
    const struct epo_agenda *agenda;
    const struct epo_form *form;
    const struct epo_json *raw; /* NULL: empty */
    struct epo_document *document;
};

static struct epo_span text(const struct printing *printing, const char *key) {
    return epo_page_text(printing->request, key);
}

/* The model of the form's page, with what is known of a place that was typed. */
static struct epo_json *view_of(const struct printing *printing) {
    struct epo_request *request = printing->request;
    struct epo_pool *pool = request->pool;
    struct epo_form_result result = {0};
    struct epo_error error = {0};
    bool checked = printing->raw != NULL;
    if (checked && !epo_form_check_with(printing->form, pool, EPO_ANSWERS_FROM_HTML, printing->raw,
                                        request->portal->maps,
                                        epo_attachment_files(request->portal, request->db, pool),
                                        request->portal->catalog, request->lang, &result, &error)) {
        epo_log_error(EPO_LOG_ERROR, "print.check", &error); /* printed as it was typed, then */
        result = (struct epo_form_result){.answers = epo_json_object(pool),
                                          .errors = epo_json_array(pool),
                                          .facts = epo_json_object(pool),
                                          .found = epo_json_object(pool),
                                          .raw = epo_json_copy(pool, printing->raw)};
    }
    struct epo_json *view = epo_form_view(printing->form, pool, request->lang,
                                          request->portal->catalog, checked ? &result : NULL);
    epo_agenda_fill_view(printing->agenda, pool, request->lang,
                         epo_agenda_parameters(printing->agenda, pool, EPO_SPAN(""), NULL), view);
    return view;
}

static void add_head(const struct printing *printing, const struct epo_json *view) {
    struct epo_request *request = printing->request;
    const struct epo_json *manifest = epo_agenda_manifest(printing->agenda);
    const struct epo_json *laws = epo_json_get(manifest, "law");
    struct epo_span intro = epo_json_get_text(view, "intro");
    epo_document_title(printing->document, epo_json_get_text(view, "title"),
                       epo_agenda_title(printing->agenda, request->lang));
    if (intro.len > 0)
        epo_document_paragraph(printing->document, intro);
    epo_document_row(printing->document, text(printing, "paper.where"),
                     text(printing, "paper.where_text"));
    for (uint32_t i = 0; laws != NULL && laws->type == EPO_JSON_ARRAY && i < laws->count; i++)
        epo_document_row(printing->document, i == 0 ? text(printing, "paper.law") : EPO_SPAN(""),
                         epo_json_localized(laws->items[i], request->lang));
    epo_document_row(printing->document, text(printing, "paper.how"),
                     text(printing, printing->raw != NULL ? "paper.how_typed" : "paper.how_empty"));
    epo_document_row(
        printing->document, text(printing, "paper.online"),
        epo_span(epo_pool_printf(request->pool, "%s/agendas/%s/%s", epo_page_own_address(request),
                                 epo_agenda_name(printing->agenda), epo_form_id(printing->form))));
}

static void add_signature(const struct printing *printing, const struct epo_json *view) {
    struct epo_span declaration = epo_json_get_text(view, "declaration");
    struct epo_document_field day = {
        .label = text(printing, "paper.day"), .cells = "2.2.4", .width_mm = 50, .lines = 1};
    struct epo_document_field hand = {
        .label = text(printing, "paper.signature"), .width_mm = 90, .lines = 2};
    epo_print_heading(printing->request, printing->document, EPO_SPAN(""), "paper.end");
    if (declaration.len > 0)
        epo_document_paragraph(printing->document, declaration);
    epo_document_field(printing->document, &day);
    epo_document_field(printing->document, &hand);
}

/* Answers too long for the codes stay on the paper alone; the first code opens the form then. */
static void add_codes(const struct printing *printing) {
    struct epo_pool *pool = printing->request->pool;
    struct epo_json *nothing = epo_json_object(pool);
    struct epo_paper paper = {epo_span(epo_agenda_name(printing->agenda)),
                              epo_span(epo_form_id(printing->form)),
                              epo_span(epo_form_version(printing->form)),
                              printing->raw != NULL ? epo_json_copy(pool, printing->raw) : nothing};
    struct epo_span codes[EPO_PAPER_CODES_MAX], alts[EPO_PAPER_CODES_MAX];
    size_t count;
    bool all = epo_paper_encode(pool, &paper, codes, &count, NULL);
    struct epo_json *json = epo_paper_json(pool, &paper);
    if (!all) {
        paper.raw = nothing;
        epo_paper_encode(pool, &paper, codes, &count, NULL);
    }
    for (size_t i = 0; i < count; i++) {
        struct epo_json *values = epo_json_object(pool);
        epo_json_set_integer(pool, values, "number", (int64_t)i + 1);
        epo_json_set_integer(pool, values, "count", (int64_t)count);
        alts[i] = epo_catalog_format(printing->request->portal->catalog, pool,
                                     printing->request->lang, "paper.code_alt", values);
    }
    if (count > IN_A_ROW) /* so that one photograph has them all */
        epo_document_new_page(printing->document);
    epo_print_heading(printing->request, printing->document, EPO_SPAN(""), "paper.counter");
    epo_document_small(printing->document, text(printing, all ? "paper.code" : "paper.code_short"));
    epo_document_codes(printing->document, codes, alts, count);
    epo_document_attach(printing->document, EPO_SPAN("form.json"), "application/json",
                        epo_json_print(pool, json), text(printing, "paper.file"));
}

static struct epo_response *print(struct printing *printing) {
    struct epo_request *request = printing->request;
    struct epo_pool *pool = request->pool;
    const struct epo_json *view = view_of(printing);
    int64_t day_us = 86400LL * 1000000; /* the same file all day */
    printing->document = epo_print_begin(
        request, epo_json_get_text(view, "title"),
        epo_span(epo_pool_printf(pool, "%s/%s · %.12s", epo_agenda_name(printing->agenda),
                                 epo_form_id(printing->form), epo_form_version(printing->form))),
        epo_clock_now_us() / day_us * day_us);
    add_head(printing, view);
    epo_paper_draw(printing->form, printing->document, request->lang, request->portal->catalog,
                   view);
    add_signature(printing, view);
    add_codes(printing);
    return epo_print_respond(request, printing->document,
                             epo_pool_printf(pool, "%s.pdf", epo_form_id(printing->form)));
}

struct epo_response *epo_print_typed(struct epo_request *request, const struct epo_agenda *agenda,
                                     const struct epo_form *form, const struct epo_json *raw) {
    struct printing printing = {.request = request, .agenda = agenda, .form = form, .raw = raw};
    return print(&printing);
}

/* GET /agendas/{agenda}/{form}.pdf */
struct epo_response *epo_form_pdf(struct epo_request *request) {
    struct epo_agenda *agenda = epo_page_agenda(request);
    const struct epo_form *form = epo_page_form(request, agenda);
    return form != NULL ? epo_print_typed(request, agenda, form, NULL)
                        : epo_page_not_found(request);
}
