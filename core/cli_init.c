/* epo init: a portal folder, empty or with the demo city. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "maps/metric.h"
#include "portal/demo.h"

#define DEMO_SEED 20261124

static bool make_folder(struct epo_pool *pool, const char *folder, const char *name,
                        struct epo_error *error) {
    const char *path = name[0] ? epo_pool_printf(pool, "%s/%s", folder, name) : folder;
    return mkdir(path, 0750) == 0 || errno == EEXIST ||
           epo_fail(error, EPO_ERROR_BROKEN, "init.folder", "%s cannot be made: %s.", path,
                    strerror(errno));
}

/* The folders above it, as mkdir -p makes them. */
static bool make_parents(struct epo_pool *pool, const char *folder, struct epo_error *error) {
    char *path = epo_pool_printf(pool, "%s", folder);
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = make_folder(pool, path, "", error);
        *slash = '/';
        if (!made)
            return false;
    }
    return true;
}

/* The metric system as the first member, before the others. */
static bool put_settings(FILE *out, const char *bytes, size_t len, const char *crs) {
    size_t brace = crs != NULL ? 1 : 0;
    return (crs == NULL || (bytes[0] == '{' && fprintf(out, "{\n  \"crs\": \"%s\",", crs) > 0)) &&
           fwrite(bytes + brace, 1, len - brace, out) == len - brace;
}

static bool copy_settings(struct epo_pool *pool, const char *folder, bool demo, const char *crs,
                          struct epo_error *error) {
    char bytes[16384];
    const char *from = epo_pool_printf(pool, "%s/demo/%s", epo_share_folder(),
                                       demo ? "epo.json" : "epo.empty.json");
    const char *to = epo_pool_printf(pool, "%s/epo.json", folder);
    FILE *in = fopen(from, "re"), *out = in != NULL ? fopen(to, "wxe") : NULL;
    size_t len = in != NULL ? fread(bytes, 1, sizeof bytes, in) : 0;
    bool good = out != NULL && len > 0 && len < sizeof bytes && put_settings(out, bytes, len, crs);
    if (out != NULL)
        good = fclose(out) == 0 && good;
    if (in != NULL)
        fclose(in);
    return good || epo_fail(error, EPO_ERROR_BROKEN, "init.settings",
                            "%s cannot be made from %s: %s.", to, from, strerror(errno));
}

static bool make_map(struct epo_pool *pool, const char *folder, struct epo_error *error) {
    const char *map = epo_pool_printf(pool, "%s/map", folder);
    return epo_transform_check(error) &&
           epo_demo_city_build(map, DEMO_SEED, epo_cli_progress, error) &&
           epo_tiles_build(map, epo_cli_progress, error);
}

/* epo.json comes last but for what reads it, so that a folder half made is not taken for a portal;
 * what failed can simply be run again. */
static int make(struct epo_pool *pool, const char *folder, bool demo, const char *crs) {
    static const char *const inside[] = {"", "agendas", "plugins", "organizations", "map"};
    struct epo_error error = {0};
    struct epo_process process;
    if (!make_parents(pool, folder, &error))
        return epo_cli_failed(&error);
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
        if (!make_folder(pool, folder, inside[i], &error))
            return epo_cli_failed(&error);
    if ((demo && !make_map(pool, folder, &error)) ||
        (demo &&
         !epo_folder_copy(pool, epo_pool_printf(pool, "%s/demo/organizations", epo_share_folder()),
                          epo_pool_printf(pool, "%s/organizations", folder), &error)) ||
        !copy_settings(pool, folder, demo, crs, &error))
        return epo_cli_failed(&error);
    int code = epo_process_open(&process, folder,
                                demo ? EPO_PART_STORE | EPO_PART_MAPS | EPO_PART_VIEW |
                                           EPO_PART_AGENDAS | EPO_PART_QUIET
                                     : EPO_PART_STORE);
    if (code == EPO_EXIT_DONE) {
        if (demo && (!epo_demo_accounts_make(&process.portal, &error) ||
                     !epo_demo_registers_make(&process, &error)))
            code = epo_cli_failed(&error);
        epo_process_close(&process);
    }
    if (code != EPO_EXIT_DONE)
        unlink(epo_pool_printf(pool, "%s/epo.json", folder));
    return code;
}

int epo_cli_init(struct epo_words *words) {
    struct epo_error error = {0};
    bool demo = epo_words_flag(words, "--demo");
    const char *crs = epo_words_option(words, "--crs");
    if (crs != NULL && !epo_metric_use(epo_span(crs), &error))
        return epo_cli_failed(&error);
    if (demo && !epo_metric_is_krovak()) {
        epo_fail(&error, EPO_ERROR_BAD_INPUT, "init.crs", "the demo city is in EPSG:5514");
        return epo_cli_failed(&error);
    }
    if (words->count != 1 || words->at[0][0] == '-')
        return epo_words_usage("init");
    const char *folder = words->at[0];
    struct epo_pool *pool = epo_pool_create();
    if (access(epo_pool_printf(pool, "%s/epo.json", folder), F_OK) == 0) {
        fprintf(stderr, "%s/epo.json:1: there is a portal here already\n", folder);
        epo_pool_free(pool);
        return EPO_EXIT_WRONG;
    }
    int code = make(pool, folder, demo, crs);
    if (code == EPO_EXIT_DONE)
        printf(demo ? "%s is ready: epo serve -C %s shows it\n"
                    : "%s is ready: edit epo.json, import a map base (epo map import … -C %s), "
                      "add accounts\n",
               folder, folder);
    epo_pool_free(pool);
    return code;
}
