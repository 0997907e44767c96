/* Cells of CSV files for spreadsheets. */
#ifndef EPO_HTTP_CSV_H
#define EPO_HTTP_CSV_H

#include "base/text.h"

/* Appends a quoted cell, which no spreadsheet takes for a formula. Any thread. */
void epo_csv_cell(struct epo_buffer *out, struct epo_span text);

#endif
