/* Forms as spreadsheets in the browser: downloaded by the admin, and taken back as an edit that is
 * still to be published. An .xlsx is read and written by epo-sheets, a process of its own; a .csv
 * here. */
#include "http/form_sheets.h"

#include <stdatomic.h>
#include <sys/wait.h>

#include "base/limits.h"
#include "base/log.h"
#include "forms/xlsform.h"
#include "http/child.h"
#include "portal/attachment.h"
#include "portal/filetype.h"

enum { SAID_MAX = 4 << 20, WRONG = 2 };

static atomic_int running; /* such processes, of this one */

/* epo-sheets over some bytes; what it says is in the pool. */
static bool convert(struct epo_pool *pool, const char *how, struct epo_span input,
                    struct epo_span *said, int *code, struct epo_error *error) {
    const struct epo_child child = {
        .program = "epo-sheets", .argument = how, .input = input, .wait_ms = EPO_SHEETS_MS};
    struct epo_buffer out;
    int status = 0;
    if (atomic_fetch_add(&running, 1) >= EPO_SHEETS_AT_ONCE) {
        atomic_fetch_sub(&running, 1);
        return epo_fail(error, EPO_ERROR_BUSY, "form_sheet.busy",
                        "Another spreadsheet is being read just now; try again.");
    }
    epo_buffer_init(&out, SAID_MAX);
    bool ran = epo_child_run(&child, &out, &status);
    atomic_fetch_sub(&running, 1);
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    ran = ran && !out.failed && (*code == 0 || *code == WRONG);
    if (ran)
        *said = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return ran || epo_fail(error, EPO_ERROR_BROKEN, "form_sheet.program",
                           "epo-sheets cannot be started, or ended with %d.", *code);
}

/* ---- out ---- */

static struct epo_sheets *sheets_of(struct epo_request *request, const struct epo_form *form,
                                    struct epo_xlsform_note **notes) {
    struct epo_sheets *sheets = EPO_NEW(request->pool, struct epo_sheets);
    epo_xlsform_write(request->pool, epo_form_definition(form), request->portal->catalog, sheets,
                      notes);
    return sheets;
}

struct epo_json *epo_form_sheet_losses(struct epo_request *request, const struct epo_form *form) {
    struct epo_xlsform_note *notes = NULL;
    sheets_of(request, form, &notes);
    return epo_xlsform_notes_json(request->pool, notes);
}

static struct epo_response *download(struct epo_request *request, bool xlsx) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_agenda *agenda = epo_page_agenda(request);
    const struct epo_form *form = epo_page_form(request, agenda);
    struct epo_xlsform_note *notes = NULL;
    int code = 0;
    if (form == NULL)
        return epo_page_not_found(request);
    struct epo_span bytes = epo_sheets_write_csv(pool, sheets_of(request, form, &notes));
    if (xlsx && (!convert(pool, "write", bytes, &bytes, &code, &error) ||
                 (code != 0 && !epo_fail(&error, EPO_ERROR_BROKEN, "form_sheet.program",
                                         "epo-sheets does not read what the portal wrote.")))) {
        if (error.kind == EPO_ERROR_BROKEN)
            epo_log_error(EPO_LOG_ERROR, "form_sheet.unwritten", &error);
        return epo_respond_error(request, &error, NULL);
    }
    if (!xlsx) /* by this mark spreadsheet programs know UTF-8 */
        bytes = epo_span(epo_pool_printf(pool, "\xef\xbb\xbf%.*s", EPO_ARG(bytes)));
    struct epo_response *response =
        epo_respond(request, 200,
                    xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                         : "text/csv; charset=utf-8",
                    bytes);
    epo_response_header(
        response, "content-disposition",
        epo_span(epo_pool_printf(pool, "attachment; filename=\"%s-%s.%s\"", epo_agenda_name(agenda),
                                 epo_form_id(form), xlsx ? "xlsx" : "csv")));
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}

struct epo_response *epo_admin_form_xlsx(struct epo_request *request) {
    return download(request, true);
}

struct epo_response *epo_admin_form_csv(struct epo_request *request) {
    return download(request, false);
}

/* ---- in ---- */

/* Of an .xlsx: epo-sheets has read it; its words are ours, its bounds are checked all the same. */
static bool read_xlsx(struct epo_request *request, struct epo_span name, struct epo_span content,
                      const struct epo_json **definition, const struct epo_json **notes,
                      struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_error unread = {0};
    struct epo_span text;
    int code = 0;
    const struct epo_filetype *type = epo_filetype_of(pool, name, content, &unread);
    if (type == NULL || strcmp(type->name, "xlsx") != 0)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "form_sheet.kind",
                        "The file is no .xlsx or .csv.");
    if (!convert(pool, "read", content, &text, &code, error))
        return false;
    const struct epo_json *said = epo_json_parse(pool, text, &unread);
    if (code == WRONG || said == NULL)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "form_sheet.unread",
                        "The spreadsheet cannot be read.");
    *definition = epo_json_get(said, "definition");
    *notes = epo_json_get(said, "notes");
    return true;
}

static bool read_csv(struct epo_request *request, struct epo_span content,
                     const struct epo_json **definition, const struct epo_json **notes,
                     struct epo_json *faults) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_sheets *sheets = EPO_NEW(pool, struct epo_sheets);
    struct epo_xlsform_note *list = NULL;
    if (epo_sheets_read_csv(pool, content, sheets, &error)) {
        *definition = epo_xlsform_read(pool, sheets, &list);
        *notes = epo_xlsform_notes_json(pool, list);
        return true;
    }
    struct epo_json *row = epo_json_object(pool);
    epo_json_set_string(pool, row, "where", error.where);
    epo_json_set_string(pool, row, "text", error.text);
    epo_json_push(pool, faults, row);
    return false;
}

bool epo_form_sheet_take(struct epo_request *request, struct epo_span *source,
                         struct epo_json **sheet, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *definition = NULL, *notes = NULL;
    *source = EPO_SPAN("");
    if (request->file_count == 0 || request->files[0].content.len == 0)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "form_sheet.none", "No file came along.");
    struct epo_span name = request->files[0].name, content = request->files[0].content;
    if (content.len > EPO_SHEET_FILE_MAX)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "form_sheet.size", "The file is too large.");
    *sheet = epo_json_object(pool);
    epo_json_set_text(pool, *sheet, "name", epo_attachment_name(pool, name));
    struct epo_json *faults = epo_json_set(pool, *sheet, "faults", epo_json_array(pool));
    struct epo_json *left = epo_json_set(pool, *sheet, "notes", epo_json_array(pool));
    if (epo_span_starts(content, EPO_SPAN("PK"))) {
        if (!read_xlsx(request, name, content, &definition, &notes, error))
            return false;
    } else if (!read_csv(request, content, &definition, &notes, faults)) {
        return true;
    }
    for (uint32_t i = 0; notes != NULL && i < notes->count; i++)
        epo_json_push(pool, epo_json_get_boolean(notes->items[i], "fault", false) ? faults : left,
                      notes->items[i]);
    if (definition != NULL && faults->count == 0)
        *source = epo_json_print_lines(pool, definition);
    return true;
}
