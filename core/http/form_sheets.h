/* A form as a spreadsheet, for the page that edits it. On workers. */
#ifndef EPO_HTTP_FORM_SHEETS_H
#define EPO_HTTP_FORM_SHEETS_H

#include "http/pages.h"

/* What the spreadsheet of a form leaves out: [{"where","text"}]. */
struct epo_json *epo_form_sheet_losses(struct epo_request *request, const struct epo_form *form);
/* The spreadsheet that came with the request (.xlsx or .csv): its definition as text, and
 * {"name", "faults" [{"where","text"}], "notes" [{"where","text"}]} of what is wrong with it and of
 * what it leaves out; *source is empty where there is a fault. BAD_INPUT "form_sheet.…" where it
 * cannot be read at all, BUSY "form_sheet.busy", BROKEN "form_sheet.program". Up to EPO_SHEETS_MS.
 */
bool epo_form_sheet_take(struct epo_request *request, struct epo_span *source,
                         struct epo_json **sheet, struct epo_error *error);

#endif
