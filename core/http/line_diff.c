#include "http/line_diff.h"

enum { AROUND = 3, CELLS_MAX = 4 << 20 }; /* of the table: 2000 x 2000 lines, 8 MiB */

struct lines {
    struct epo_span *at;
    size_t count;
};

struct diff {
    struct epo_pool *pool;
    struct epo_json *rows;
    struct lines before, after;
};

static struct lines split(struct epo_pool *pool, struct epo_span text) {
    struct lines lines = {NULL, 0};
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.at[i] == '\n';
    lines.at = EPO_NEW_ARRAY(pool, struct epo_span, count);
    while (text.len > 0)
        lines.at[lines.count++] = epo_span_cut(text, '\n', &text);
    return lines;
}

static void add(struct diff *diff, const char *kind, struct epo_span text) {
    struct epo_json *row = epo_json_object(diff->pool);
    epo_json_set_string(diff->pool, row, "kind", kind);
    epo_json_set_boolean(diff->pool, row, "gone", strcmp(kind, "gone") == 0);
    epo_json_set_boolean(diff->pool, row, "new", strcmp(kind, "new") == 0);
    epo_json_set_boolean(diff->pool, row, "gap", strcmp(kind, "gap") == 0);
    epo_json_set_text(diff->pool, row, "text", text);
    epo_json_push(diff->pool, diff->rows, row);
}

/* Lines [from, to) of before are the same in both: of a long run only its ends are shown. */
static void add_same(struct diff *diff, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        if (i < from + AROUND || i + AROUND >= to)
            add(diff, "same", diff->before.at[i]);
        else if (i == from + AROUND)
            add(diff, "gap", EPO_SPAN(""));
    }
}

/* longest[i][j]: of the common lines of before from i and after from j. */
static void write_middle(struct diff *diff, size_t start, size_t before_end, size_t after_end) {
    size_t rows = before_end - start, columns = after_end - start, width = columns + 1;
    bool small = (rows + 1) * width <= CELLS_MAX;
    uint16_t *longest = small ? EPO_NEW_ARRAY(diff->pool, uint16_t, (rows + 1) * width) : NULL;
    const struct epo_span *before = diff->before.at + start, *after = diff->after.at + start;
    for (size_t i = rows; small && i-- > 0;)
        for (size_t j = columns; j-- > 0;) {
            uint16_t down = longest[(i + 1) * width + j], right = longest[i * width + j + 1];
            longest[i * width + j] = epo_span_equal(before[i], after[j])
                                         ? (uint16_t)(longest[(i + 1) * width + j + 1] + 1)
                                     : down > right ? down
                                                    : right;
        }
    size_t i = 0, j = 0;
    while (i < rows || j < columns) {
        size_t from = i;
        while (small && i < rows && j < columns && epo_span_equal(before[i], after[j]))
            i++, j++;
        if (i > from)
            add_same(diff, start + from, start + i);
        else if (i < rows && (!small || j == columns ||
                              longest[(i + 1) * width + j] >= longest[i * width + j + 1]))
            add(diff, "gone", before[i++]);
        else
            add(diff, "new", after[j++]);
    }
}

struct epo_json *epo_line_diff(struct epo_pool *pool, struct epo_span before,
                               struct epo_span after) {
    struct diff diff = {.pool = pool,
                        .rows = epo_json_array(pool),
                        .before = split(pool, before),
                        .after = split(pool, after)};
    size_t start = 0, before_end = diff.before.count, after_end = diff.after.count;
    while (start < before_end && start < after_end &&
           epo_span_equal(diff.before.at[start], diff.after.at[start]))
        start++;
    while (before_end > start && after_end > start &&
           epo_span_equal(diff.before.at[before_end - 1], diff.after.at[after_end - 1]))
        before_end--, after_end--;
    if (start == before_end && start == after_end)
        return diff.rows;
    for (size_t i = start > AROUND ? start - AROUND : 0; i < start; i++)
        add(&diff, "same", diff.before.at[i]);
    write_middle(&diff, start, before_end, after_end);
    for (size_t i = before_end; i < before_end + AROUND && i < diff.before.count; i++)
        add(&diff, "same", diff.before.at[i]);
    return diff.rows;
}
