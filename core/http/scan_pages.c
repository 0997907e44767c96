/* At the counter: a form on paper comes back. What a hand scanner types, or what stands in the
 * codes of a photograph, opens the form as it was typed; the clerk fills in the rest for the
 * citizen. */
#include "base/limits.h"
#include "base/log.h"
#include "forms/paper.h"
#include "http/audited.h"
#include "http/codes.h"
#include "http/counter.h"

enum { SCANS_MAX = 4 }; /* files at once: pages of one paper */

struct opening {
    struct epo_paper paper;
    size_t missing;
};

static struct epo_response *show_page(struct epo_request *request, int status,
                                      struct epo_span codes, struct epo_span trouble) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    epo_json_set_text(pool, model, "codes", codes);
    epo_json_set_text(pool, model, "error", trouble);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "scan.title"));
    return epo_respond_private(request, status, "web/office_scan", model);
}

/* GET /office/scan */
struct epo_response *epo_scan_get(struct epo_request *request) {
    return show_page(request, 200, EPO_SPAN(""), EPO_SPAN(""));
}

/* POST /office/scan/read: a file as the body; what stands in its codes, for the page's script. */
struct epo_response *epo_scan_read(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_span text;
    if (!epo_codes_read(request->pool, request->body, &text, &error)) {
        if (error.kind == EPO_ERROR_BROKEN)
            epo_log_error(EPO_LOG_ERROR, "codes.read", &error);
        return epo_respond_error(request, &error, NULL);
    }
    struct epo_json *body = epo_json_object(request->pool);
    epo_json_set_text(request->pool, body, "text", text);
    return epo_respond_json(request, 200, body);
}

/* ---- opening the form ---- */

static bool is_known(const struct epo_json *hidden, struct epo_span name) {
    for (uint32_t i = 0; i < hidden->count; i++)
        if (epo_span_equal(epo_json_get_text(hidden->items[i], "name"), name))
            return true;
    return false;
}

static struct epo_span typed_text(struct epo_pool *pool, const struct epo_json *value) {
    return epo_json_is_text(value) ? value->text : epo_json_print(pool, value);
}

/* What the paper says and today's form does not ask: told to the clerk, never dropped unseen. */
static struct epo_json *lost_answers(struct epo_request *request, const struct epo_form *form,
                                     const struct epo_json *raw) {
    struct epo_pool *pool = request->pool;
    struct epo_json *lost = epo_json_array(pool);
    const struct epo_json *hidden = epo_form_hidden(form, pool, raw);
    for (uint32_t i = 0; i < raw->count; i++) {
        struct epo_span text = typed_text(pool, raw->items[i]);
        if (is_known(hidden, raw->names[i]) || text.len == 0)
            continue;
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "name", raw->names[i]);
        epo_json_set_text(pool, row, "text", text);
        epo_json_push(pool, lost, row);
    }
    return lost;
}

static struct epo_response *open_form(struct epo_request *request, void *arg) {
    struct opening *opening = arg;
    struct epo_pool *pool = request->pool;
    const struct epo_form *form = epo_page_form(request, epo_page_agenda(request));
    struct epo_json *note = epo_json_object(pool), *values = epo_json_object(pool);
    if (form == NULL)
        return show_page(request, 409, EPO_SPAN(""), epo_page_text(request, "scan.unknown"));
    bool older = !epo_span_is(opening->paper.version, epo_form_version(form));
    epo_json_set_integer(pool, values, "missing", (int64_t)opening->missing);
    epo_json_set_boolean(pool, note, "older", older);
    epo_json_set_text(pool, note, "missing",
                      opening->missing == 0
                          ? EPO_SPAN("")
                          : epo_catalog_format(request->portal->catalog, pool, request->lang,
                                               "scan.missing", values));
    epo_json_set(pool, note, "lost", lost_answers(request, form, opening->paper.raw));
    return epo_form_at_counter(request, opening->paper.raw, note);
}

/* What stands in the files that came along, each file's codes in lines of their own; then what a
 * scanner typed. */
static bool add_files(struct epo_request *request, struct epo_span *text, struct epo_error *error) {
    for (size_t i = 0; i < request->file_count && i < SCANS_MAX; i++) {
        struct epo_span codes;
        if (!epo_codes_read(request->pool, request->files[i].content, &codes, error))
            return false;
        *text = epo_span(epo_pool_printf(request->pool, "%.*s%s%.*s", EPO_ARG(codes),
                                         text->len > 0 ? "\n" : "", EPO_ARG(*text)));
    }
    return true;
}

/* The text of all codes, or the JSON of our own PDF. */
static bool read_codes(struct epo_request *request, struct epo_span text, struct opening *opening,
                       struct epo_error *error) {
    struct epo_span trimmed = epo_span_trim(text);
    return epo_span_starts(trimmed, EPO_SPAN("{"))
               ? epo_paper_from_json(request->pool, trimmed, &opening->paper, error)
               : epo_paper_decode(request->pool, text, &opening->paper, &opening->missing, error);
}

/* POST /office/scan: on record who opened which form from a paper; then the form. */
struct epo_response *epo_scan_post(struct epo_request *request) {
    struct epo_error error = {0};
    const struct epo_account *account = epo_page_account(request);
    struct opening *opening = EPO_NEW(request->pool, struct opening);
    struct epo_span text = epo_request_form(request, "codes");
    if (!add_files(request, &text, &error) || !read_codes(request, text, opening, &error))
        return show_page(request, 422, text, epo_page_error_text(request, &error, "scan.nothing"));
    request->captures[0] = opening->paper.agenda;
    request->captures[1] = opening->paper.form;
    if (epo_page_form(request, epo_page_agenda(request)) == NULL)
        return show_page(request, 422, text, epo_page_text(request, "scan.unknown"));
    struct epo_audit_entry entry = {.actor = epo_span(account->id),
                                    .action = EPO_SPAN("paper.read"),
                                    .object = epo_span(epo_pool_printf(
                                        request->pool, "%.*s/%.*s", EPO_ARG(opening->paper.agenda),
                                        EPO_ARG(opening->paper.form))),
                                    .detail = EPO_SPAN("")};
    return epo_respond_audited(request, &entry, open_form, opening);
}
