/* epo map import … (cli_import.c) | layers | locate LON LAT | export LAYER FILE */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "maps/features.h"

static int layers(struct epo_process *process) {
    struct epo_error error = {0};
    struct epo_json *rows;
    if (!epo_map_layers(process->portal.maps, process->pool, &rows, &error))
        return epo_cli_failed(&error);
    for (uint32_t i = 0; i < rows->count; i++)
        printf("%-20.*s %-10.*s %-14.*s %-8.*s %9lld  %.*s\n",
               EPO_ARG(epo_json_get_text(rows->items[i], "name")),
               EPO_ARG(epo_json_get_text(rows->items[i], "kind")),
               EPO_ARG(epo_json_get_text(rows->items[i], "role")),
               EPO_ARG(epo_json_get_text(rows->items[i], "visible")),
               (long long)epo_json_get_integer(rows->items[i], "features", 0),
               EPO_ARG(epo_json_localized(epo_json_get(rows->items[i], "title"), "cs")));
    return EPO_EXIT_DONE;
}

static int locate(struct epo_process *process, const char *lon, const char *lat) {
    struct epo_error error = {0};
    struct epo_point point;
    struct epo_place place;
    struct epo_json *facts;
    struct epo_pool *pool = process->pool;
    if (!epo_span_real(epo_span(lon), &point.x) || !epo_span_real(epo_span(lat), &point.y))
        return epo_words_usage("map");
    if (!epo_place_read(pool, epo_geojson_point(pool, point), &place, &error) ||
        !epo_locate(process->portal.maps, pool, &place, &facts, &error))
        return epo_cli_failed(&error);
    printf("%.*s\n", EPO_ARG(epo_json_print(pool, facts)));
    return EPO_EXIT_DONE;
}

static int export(struct epo_process *process, const char *layer, const char *file) {
    struct epo_error error = {0};
    struct epo_collection collection;
    enum epo_export kind;
    if (!epo_export_kind(epo_span(file), &kind))
        epo_fail(&error, EPO_ERROR_BAD_INPUT, "export.kind", "%s must end in .geojson or .gpkg",
                 file);
    else if (epo_collection_find(process->portal.maps, process->pool, epo_span(layer), &collection,
                                 &error) &&
             epo_export_write(process->portal.maps, &collection, kind, file, epo_cli_progress,
                              &error))
        return EPO_EXIT_DONE;
    return epo_cli_failed(&error);
}

int epo_cli_map(struct epo_words *words) {
    struct epo_process process;
    const char *what = words->count > 0 ? words->at[0] : "";
    bool lists = strcmp(what, "layers") == 0 && words->count == 1;
    bool locates = strcmp(what, "locate") == 0 && words->count == 3;
    bool exports = strcmp(what, "export") == 0 && words->count == 3;
    if (strcmp(what, "import") == 0)
        return epo_cli_import(words);
    if (strcmp(what, "layers") == 0 && epo_words_flag(words, "--apply"))
        return epo_cli_apply_layers(words);
    if (!lists && !locates && !exports)
        return epo_words_usage("map");
    int code = epo_process_open(&process, words->folder, EPO_PART_MAPS);
    if (code != EPO_EXIT_DONE)
        return code;
    if (lists)
        code = layers(&process);
    else if (locates)
        code = locate(&process, words->at[1], words->at[2]);
    else
        code = export(&process, words->at[1], words->at[2]);
    epo_process_close(&process);
    return code;
}
