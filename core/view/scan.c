#include "view/program.h"

void epo_scan_start(struct epo_scan *scan, struct epo_span source) {
    *scan = (struct epo_scan){.rest = source, .line = 1, .at_line_start = true};
}

static void take(struct epo_scan *scan, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (scan->rest.at[i] == '\n')
            scan->line++;
    scan->rest.at += len;
    scan->rest.len -= len;
}

static size_t find_open(struct epo_span text) {
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.at[i] == '{' && text.at[i + 1] == '{')
            return i;
    return text.len;
}

/* Bytes from "{{" up to and including "}}", 0 if it is not closed. A "}}" in quotes does not count.
 */
static size_t tag_length(struct epo_span text) {
    bool quoted = false, comment = text.len > 2 && text.at[2] == '!';
    for (size_t i = 2; i + 1 < text.len; i++) {
        if (text.at[i] == '"' && !comment)
            quoted = !quoted;
        if (!quoted && text.at[i] == '}' && text.at[i + 1] == '}')
            return i + 2;
    }
    return 0;
}

static bool takes_its_line(struct epo_span tag) {
    return tag.len > 0 && (strchr("#/!>", tag.at[0]) != NULL || epo_span_is(tag, "else"));
}

/* White space up to the end of the line and the line feed, or 0 if anything else follows. */
static size_t line_rest(struct epo_span text, bool *ends) {
    size_t i = 0;
    while (i < text.len && (text.at[i] == ' ' || text.at[i] == '\t' || text.at[i] == '\r'))
        i++;
    *ends = i == text.len || text.at[i] == '\n';
    if (i < text.len && text.at[i] == '\n')
        i++;
    return *ends ? i : 0;
}

/* Where the white space begins that leads up to the end of text on its last line; text.len if there
 * is something else on the line. */
static size_t line_lead(struct epo_span text, bool at_line_start, bool *leads) {
    size_t i = text.len;
    while (i > 0 && (text.at[i - 1] == ' ' || text.at[i - 1] == '\t'))
        i--;
    *leads = i > 0 ? text.at[i - 1] == '\n' : at_line_start;
    return *leads ? i : text.len;
}

bool epo_scan_next(struct epo_scan *scan, struct epo_piece *piece, struct epo_error *error) {
    if (scan->rest.len == 0)
        return false;
    size_t open = find_open(scan->rest);
    struct epo_span before = {scan->rest.at, open};
    *piece = (struct epo_piece){.is_tag = open == 0, .text = before, .line = scan->line};
    if (open == scan->rest.len) {
        take(scan, open);
        return true;
    }
    struct epo_span tag_on = {scan->rest.at + open, scan->rest.len - open};
    size_t len = tag_length(tag_on);
    if (len == 0) {
        take(scan, open);
        epo_fail(error, EPO_ERROR_BAD_INPUT, "view.tag_open",
                 "\"{{\" without \"}}\": close the tag");
        return false;
    }
    struct epo_span tag = epo_span_trim((struct epo_span){tag_on.at + 2, len - 4});
    bool leads = false, ends = false;
    size_t lead = line_lead(before, scan->at_line_start, &leads);
    size_t after = line_rest((struct epo_span){tag_on.at + len, tag_on.len - len}, &ends);
    bool alone = takes_its_line(tag) && leads && ends;
    if (open > 0 && !(alone && lead == 0)) {
        piece->text.len = alone ? lead : open;
        scan->at_line_start = leads;
        take(scan, open);
        return true;
    }
    take(scan, open);
    *piece = (struct epo_piece){.is_tag = true, .text = tag, .line = scan->line};
    take(scan, len + (alone ? after : 0));
    scan->at_line_start = alone;
    return true;
}
