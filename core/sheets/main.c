/* epo-sheets: a form's spreadsheet read and written in a process of its own, so that the portal
 * itself neither opens foreign .xlsx nor loads GDAL (which makes each printf of a process slower
 * for good).
 *
 *   epo-sheets read    an .xlsx on the standard input: {"definition", "notes": [{"where", "text",
 *                      "fault"}]} as epo_xlsform_read has them, or {"error"}
 *   epo-sheets write   a .csv (epo_sheets_write_csv) on the standard input: an .xlsx
 *
 * Ends with 0; with 2 where what came cannot be read, 3 where the machine failed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jail.h"
#include "base/limits.h"
#include "forms/xlsform.h"

enum { GOOD, WRONG = 2, BROKEN = 3 };

static bool say(struct epo_span bytes) {
    return fwrite(bytes.at, 1, bytes.len, stdout) == bytes.len && fflush(stdout) == 0;
}

static int refuse(struct epo_pool *pool, const struct epo_error *error) {
    struct epo_json *said = epo_json_object(pool);
    epo_json_set_string(pool, said, "error", error->text);
    return !say(epo_json_print(pool, said)) || error->kind == EPO_ERROR_BROKEN ? BROKEN : WRONG;
}

static int read_form(struct epo_pool *pool, struct epo_span bytes) {
    struct epo_error error = {0};
    struct epo_sheets *sheets = EPO_NEW(pool, struct epo_sheets);
    struct epo_xlsform_note *notes = NULL;
    if (!epo_sheets_read_xlsx(pool, bytes, sheets, &error))
        return refuse(pool, &error);
    struct epo_json *said = epo_json_object(pool);
    struct epo_json *definition = epo_xlsform_read(pool, sheets, &notes);
    if (definition != NULL)
        epo_json_set(pool, said, "definition", definition);
    epo_json_set(pool, said, "notes", epo_xlsform_notes_json(pool, notes));
    return say(epo_json_print(pool, said)) ? GOOD : BROKEN;
}

static int write_form(struct epo_pool *pool, struct epo_span bytes) {
    struct epo_error error = {0};
    struct epo_span made;
    struct epo_sheets *sheets = EPO_NEW(pool, struct epo_sheets);
    if (!epo_sheets_read_csv(pool, bytes, sheets, &error))
        return WRONG;
    return epo_sheets_write_xlsx(pool, sheets, &made, &error) && say(made) ? GOOD : BROKEN;
}

int main(int count, char **words) {
    epo_jail(EPO_SHEETS_MS, EPO_SHEETS_MEMORY_MAX);
    size_t len = 0, got;
    char *bytes = malloc(EPO_SHEET_FILE_MAX + 1);
    if (bytes == NULL || count != 2)
        _exit(BROKEN);
    while (len <= EPO_SHEET_FILE_MAX &&
           (got = fread(bytes + len, 1, EPO_SHEET_FILE_MAX + 1 - len, stdin)) > 0)
        len += got;
    if (len > EPO_SHEET_FILE_MAX)
        _exit(WRONG);
    struct epo_span input = {bytes, len};
    struct epo_pool *pool = epo_pool_create();
    _exit(strcmp(words[1], "read") == 0 ? read_form(pool, input)
          : strcmp(words[1], "write") == 0
              ? write_form(pool, input)
              : BROKEN); /* what libraries hold ends with the process */
}
