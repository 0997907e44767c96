/* epo form import | export: forms as spreadsheets (XLSForm). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "forms/xlsform.h"

/* Prints what was left out, or what is wrong; how many of the latter. */
static int print_notes(const char *file, const struct epo_xlsform_note *note) {
    int faults = 0;
    for (; note != NULL; note = note->next) {
        fprintf(stderr, "%s: %s: %s%s\n", file, note->where,
                note->fault ? "" : "note: ", note->text);
        faults += note->fault;
    }
    return faults;
}

/* Whether the portal takes what was made; faults with the id of what they are about. */
static bool check(struct epo_pool *pool, const char *file, const struct epo_json *definition) {
    struct epo_form_fault *faults;
    struct epo_form *form =
        epo_form_read(pool, epo_json_print(pool, definition), "form", NULL, &faults);
    for (; faults != NULL; faults = faults->next)
        fprintf(stderr, "%s: %s\n", file, faults->text);
    bool good = form != NULL;
    epo_form_free(form);
    return good;
}

static int save(struct epo_pool *pool, const char *folder, const char *agenda,
                const struct epo_json *definition, bool force) {
    struct epo_span id = epo_json_get_text(definition, "id");
    const char *path =
        epo_pool_printf(pool, "%s/agendas/%s/forms/%.*s.json", folder, agenda, EPO_ARG(id));
    FILE *out = fopen(path, force ? "we" : "wxe");
    if (out == NULL) {
        fprintf(stderr, "epo: %s cannot be written: %s%s\n", path, strerror(errno),
                errno == EEXIST   ? "; --force writes over it"
                : errno == ENOENT ? "; epo agenda new makes an agenda"
                                  : "");
        return EPO_EXIT_WRONG;
    }
    fprintf(out, "%.*s", EPO_ARG(epo_json_print_lines(pool, definition)));
    if (fclose(out) != 0) {
        fprintf(stderr, "epo: %s cannot be written: %s\n", path, strerror(errno));
        return EPO_EXIT_MACHINE;
    }
    printf("%s is written: \"forms/%.*s.json\" under \"forms\" of its manifest.json takes it in\n",
           path, EPO_ARG(id));
    return EPO_EXIT_DONE;
}

static int import(struct epo_pool *pool, const char *folder, const char *file, const char *agenda,
                  bool force) {
    struct epo_error error = {0};
    struct epo_sheets *sheets = EPO_NEW(pool, struct epo_sheets);
    struct epo_xlsform_note *notes = NULL;
    if (!epo_sheets_read(pool, file, sheets, &error))
        return epo_cli_failed(&error);
    const struct epo_json *definition = epo_xlsform_read(pool, sheets, &notes);
    if (print_notes(file, notes) > 0 || definition == NULL || !check(pool, file, definition))
        return EPO_EXIT_WRONG;
    if (agenda != NULL)
        return save(pool, folder, agenda, definition, force);
    printf("%.*s", EPO_ARG(epo_json_print_lines(pool, definition)));
    return EPO_EXIT_DONE;
}

static int export(struct epo_process *process, const char *name, const char *id, const char *file) {
    struct epo_pool *pool = process->pool;
    struct epo_error error = {0};
    struct epo_sheets *sheets = EPO_NEW(pool, struct epo_sheets);
    struct epo_xlsform_note *notes = NULL;
    struct epo_agenda *agenda = epo_registry_find(process->registry, epo_span(name));
    const struct epo_form *form =
        agenda != NULL ? epo_agenda_find_form(agenda, epo_span(id)) : NULL;
    int code = EPO_EXIT_DONE;
    if (form == NULL) {
        fprintf(stderr, "epo: there is no form %s of an agenda %s\n", id, name);
        code = EPO_EXIT_WRONG;
    } else {
        epo_xlsform_write(pool, epo_form_definition(form), process->portal.catalog, sheets, &notes);
        if (!epo_sheets_write(sheets, file, &error))
            code = epo_cli_failed(&error);
        else
            print_notes(file, notes);
    }
    epo_agenda_release(agenda);
    return code;
}

int epo_cli_form(struct epo_words *words) {
    struct epo_process process;
    const char *agenda = epo_words_option(words, "--into");
    bool force = epo_words_flag(words, "--force");
    if (words->count == 2 && strcmp(words->at[0], "import") == 0) {
        struct epo_pool *pool = epo_pool_create();
        int code = import(pool, words->folder, words->at[1], agenda, force);
        epo_pool_free(pool);
        return code;
    }
    if (words->count != 4 || strcmp(words->at[0], "export") != 0)
        return epo_words_usage("form");
    int code = epo_process_open(&process, words->folder,
                                EPO_PART_STORE | EPO_PART_VIEW | EPO_PART_MAPS | EPO_PART_AGENDAS |
                                    EPO_PART_QUIET);
    if (code != EPO_EXIT_DONE)
        return code;
    code = export(&process, words->at[1], words->at[2], words->at[3]);
    epo_process_close(&process);
    return code;
}
