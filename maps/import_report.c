/* What an import left out or mended: a CSV beside the file, and the first of each reason. */
#include <stdio.h>
#include <stdlib.h>

#include "maps/import.h"

enum { LISTED_MAX = 100000 }; /* more is counted and not listed */

struct epo_report {
    FILE *file; /* opened at the first row; NULL when it cannot be */
    char path[512], elsewhere[512];
    int64_t listed, count[2]; /* mended, left out */
    struct epo_import_result reasons;
};

struct epo_report *epo_report_open(const struct epo_import_options *options, const char *folder) {
    struct epo_report *report = calloc(1, sizeof *report);
    epo_assert(report != NULL);
    if (options->report != NULL)
        snprintf(report->path, sizeof report->path, "%s", options->report);
    else
        snprintf(report->path, sizeof report->path, "%s.rejected.csv", options->file);
    /* a file on a read-only disk: the list goes beside the map */
    if (options->report == NULL) {
        const char *name = strrchr(options->file, '/');
        snprintf(report->elsewhere, sizeof report->elsewhere, "%s/%s.rejected.csv", folder,
                 name != NULL ? name + 1 : options->file);
    }
    return report;
}

static void begin(struct epo_report *report) {
    report->file = fopen(report->path, "we");
    if (report->file == NULL && report->elsewhere[0] != '\0') {
        snprintf(report->path, sizeof report->path, "%s", report->elsewhere);
        report->file = fopen(report->path, "we");
    }
    if (report->file == NULL)
        report->path[0] = '\0';
    else
        fputs("file,row,id,what,reason\n", report->file);
}

/* With quotes, so that a spreadsheet reads back what stood there; "=" and the like would be taken
 * for a formula. */
static void put(FILE *file, const char *text, char end) {
    fputc('"', file);
    if (text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL)
        fputc('\'', file);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputc('"', file);
    fputc(end, file);
}

static void count_reason(struct epo_report *report, const char *file, int64_t row,
                         const char *reason) {
    struct epo_import_result *r = &report->reasons;
    for (int i = 0; i < EPO_IMPORT_REASONS; i++) {
        if (r->reasons[i].count == 0)
            snprintf(r->reasons[i].text, sizeof r->reasons[i].text, "%.60s:%lld: %s", file,
                     (long long)row, reason);
        const char *known = strstr(r->reasons[i].text, reason);
        if (known != NULL && strcmp(known, reason) == 0) {
            r->reasons[i].count++;
            return;
        }
    }
    r->reasons[EPO_IMPORT_REASONS - 1].count++;
}

void epo_report_add(struct epo_report *report, const char *file, int64_t row, const char *code,
                    const char *what, const char *reason) {
    bool left_out = strcmp(what, "left out") == 0;
    const char *name = strrchr(file, '/');
    name = name != NULL ? name + 1 : file;
    report->count[left_out]++;
    count_reason(report, name, row, reason);
    if (report->listed == 0)
        begin(report);
    if (report->listed++ >= LISTED_MAX || report->file == NULL)
        return;
    put(report->file, name, ',');
    fprintf(report->file, "%lld,", (long long)row);
    put(report->file, code, ',');
    put(report->file, what, ',');
    put(report->file, reason, '\n');
}

void epo_report_close(struct epo_report *report, struct epo_import_result *result) {
    if (report->file != NULL && fclose(report->file) != 0)
        report->path[0] = '\0';
    result->mended = report->count[0];
    result->left_out = report->count[1];
    memcpy(result->reasons, report->reasons.reasons, sizeof result->reasons);
    snprintf(result->report, sizeof result->report, "%s", report->listed > 0 ? report->path : "");
    free(report);
}
