/* Records from a CSV file (RFC 4180; comma or semicolon, as its first line has; UTF-8 with or
 * without its mark): the first line names the columns "key", "person", "kind", "from", "until",
 * "lon", "lat" and the ids of the kind's fields; values are typed as people type them ("1. 2.
 * 2026"). Read in steps, so that neither memory nor the writer is held long. On a worker or in the
 * shell. */
#ifndef EPO_PLUGIN_RECORD_CSV_H
#define EPO_PLUGIN_RECORD_CSV_H

#include <stdio.h>

#include "plugin/registers.h"

#define EPO_RECORD_CSV_STEP 500 /* rows in one step: some 10 ms of the writer */
#define EPO_RECORD_CSV_COLUMNS_MAX 200
#define EPO_RECORD_CSV_ROW_MAX (64u << 10) /* bytes of one row */

struct epo_record_csv {
    /* in */
    struct epo_portal *portal;
    struct epo_agenda *agenda; /* held by the caller */
    FILE *file;                /* at its beginning; the caller's */
    const char *lang;
    /* how far it is */
    struct epo_pool *pool; /* of the columns; the caller's */
    const char *columns[EPO_RECORD_CSV_COLUMNS_MAX];
    size_t column_count;
    char separator;
    int64_t line; /* of the row that was read last */
    bool done;
    /* out, so far */
    int64_t rows, added, changed, same, rejected; /* rejected: rows */
};
/* Reads the first line; csv is set but for what it reads. BAD_INPUT "csv.columns" where a column is
 * unknown or stands twice, or "key" or "from" is missing. */
bool epo_record_csv_begin(struct epo_record_csv *csv, struct epo_error *error);
/* The next rows. rejected: {"index" (line of the file),"key","path","code","message"}. False where
 * nothing of the step was kept. */
bool epo_record_csv_step(struct epo_record_csv *csv, struct epo_pool *pool,
                         struct epo_json *rejected, struct epo_error *error);

#endif
