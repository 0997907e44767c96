#include "http/csv.h"

/* RFC 4180; = + - @ and control characters at the beginning start formulas: an apostrophe before
 * them is shown by none and makes the cell a text. */
void epo_csv_cell(struct epo_buffer *out, struct epo_span text) {
    bool formula =
        text.len > 0 && (strchr("=+-@|%", text.at[0]) != NULL || (unsigned char)text.at[0] < ' ');
    epo_buffer_string(out, formula ? "\"'" : "\"");
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"')
            epo_buffer_byte(out, '"');
        epo_buffer_byte(out, text.at[i]);
    }
    epo_buffer_byte(out, '"');
}
