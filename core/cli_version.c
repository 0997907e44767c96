#include <stdio.h>

#include "cli.h"
#include "include/epo.h"

static void add(struct epo_pool *pool, struct epo_json *rows, struct epo_span label,
                struct epo_span text) {
    struct epo_json *row = epo_json_object(pool);
    epo_json_set_text(pool, row, "label", label);
    epo_json_set_text(pool, row, "text", text);
    epo_json_push(pool, rows, row);
}

struct epo_json *epo_cli_versions(struct epo_pool *pool) {
    struct epo_json *rows = epo_json_array(pool);
    struct epo_span rest = epo_span(EPO_LIBRARIES); /* "libh2o 2.2.5 lua5.4 5.4.4 …", by CMake */
    add(pool, rows, EPO_SPAN("epo"), EPO_SPAN(EPO_VERSION));
    add(pool, rows, EPO_SPAN("ABI"),
        epo_span(epo_pool_printf(pool, "%d.%d", EPO_ABI_MAJOR, EPO_ABI_MINOR)));
    while (rest.len > 0) {
        struct epo_span name = epo_span_cut(rest, ' ', &rest);
        add(pool, rows, name, epo_span_cut(rest, ' ', &rest));
    }
    return rows;
}

int epo_cli_version(struct epo_words *words) {
    if (words->count != 0)
        return epo_words_usage("version");
    struct epo_pool *pool = epo_pool_create();
    const struct epo_json *rows = epo_cli_versions(pool);
    for (uint32_t i = 0; i < rows->count; i++)
        printf("%-16.*s %.*s\n", EPO_ARG(epo_json_get_text(rows->items[i], "label")),
               EPO_ARG(epo_json_get_text(rows->items[i], "text")));
    epo_pool_free(pool);
    return EPO_EXIT_DONE;
}
