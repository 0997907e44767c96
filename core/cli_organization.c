/* epo organization key | pack | verify | install | update | remove | list | rights */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "plugin/organization.h"
#include "plugin/organization_use.h"
#include "plugin/package.h"

/* "tables,layers" as an array; NULL without the option. */
static struct epo_json *read_grant(struct epo_pool *pool, struct epo_words *words) {
    const char *option = epo_words_option(words, "--grant");
    struct epo_span rest = epo_span(option);
    if (option == NULL)
        return NULL;
    struct epo_json *grant = epo_json_array(pool);
    while (rest.len > 0) {
        struct epo_span right = epo_span_trim(epo_span_cut(rest, ',', &rest));
        if (right.len > 0)
            epo_json_push(pool, grant, epo_json_text(pool, right));
    }
    return grant;
}

static void print_list(const char *what, const struct epo_json *list) {
    printf("%s", what);
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        printf("%s%.*s", i > 0 ? ", " : " ", EPO_ARG(list->items[i]->text));
    printf("%s\n", list == NULL || list->count == 0 ? " none" : "");
}

static void print_about(const struct epo_json *about) {
    const struct epo_json *row = epo_json_get(about, "row");
    printf("%.*s %.*s: %.*s\n", EPO_ARG(epo_json_get_text(about, "name")),
           EPO_ARG(epo_json_get_text(about, "version")),
           EPO_ARG(epo_json_localized(epo_json_get(row, "title"), "cs")));
    print_list("  agendas:", epo_json_get(row, "agendas"));
    print_list("  asks for:", epo_json_get(row, "rights"));
}

static int key(const char *file) {
    struct epo_error error = {0};
    char public_key[EPO_PACKAGE_KEY_SIZE];
    if (!epo_package_key(file, public_key, &error))
        return epo_cli_failed(&error);
    printf("%s is the private key: keep it. The city puts into epo.json:\n"
           "  \"organization_keys\": {\"<name>\": \"%s\"}\n",
           file, public_key);
    return EPO_EXIT_DONE;
}

static int pack(struct epo_pool *pool, const char *folder, const char *key_file, const char *to) {
    struct epo_error error = {0};
    const char *made;
    if (!epo_package_pack(pool, folder, key_file, to != NULL ? to : ".", &made, &error))
        return epo_cli_failed(&error);
    printf("%s\n", made);
    return EPO_EXIT_DONE;
}

static int verify(struct epo_process *process, const char *file) {
    struct epo_error error = {0};
    struct epo_json *about;
    if (!epo_package_verify(process->pool, file, epo_portal_settings(&process->portal), &about,
                            &error))
        return epo_cli_failed(&error);
    print_about(about);
    return EPO_EXIT_DONE;
}

static int take(struct epo_process *process, const char *file, bool update,
                const struct epo_json *grant) {
    struct epo_error error = {0};
    struct epo_json *about = NULL;
    bool good = epo_package_install(process->pool, process->portal.folder,
                                    epo_portal_settings(&process->portal), file, update, grant,
                                    &about, &error);
    if (about != NULL && epo_json_get(about, "row") != NULL)
        print_about(about);
    if (!good) {
        int code = epo_cli_failed(&error);
        if (strcmp(error.code, "package.rights") == 0)
            fprintf(stderr, "epo: --grant right,right grants them\n");
        return code;
    }
    puts("in place; a portal that serves takes it at SIGHUP");
    return EPO_EXIT_DONE;
}

/* What stays of an organization that is gone. */
static void print_kept(struct epo_process *process, struct epo_span name) {
    struct epo_error error = {0};
    struct epo_organization_use use = {0};
    struct epo_db *db = epo_store_connect(process->portal.store, &error);
    if (db != NULL && epo_organization_count(&process->portal, db, name, &use, &error))
        printf("removed; %lld requests stay readable, and its tables stay; a portal that serves "
               "lets go of it at SIGHUP\n",
               (long long)use.submissions);
    if (db != NULL)
        epo_db_close(db);
}

static int take_out(struct epo_process *process, struct epo_span name) {
    struct epo_error error = {0};
    if (!epo_package_remove(process->pool, process->portal.folder, name, &error))
        return epo_cli_failed(&error);
    print_kept(process, name);
    return EPO_EXIT_DONE;
}

static int rights(struct epo_process *process, struct epo_span name, const struct epo_json *grant) {
    struct epo_error error = {0};
    struct epo_pool *pool = process->pool;
    const struct epo_json *settings = epo_portal_settings(&process->portal);
    const struct epo_json *row = epo_organization_find(settings, name);
    const struct epo_json *refused = epo_json_get(settings, "organizations_refused");
    for (uint32_t i = 0; row == NULL && i < refused->count; i++)
        if (epo_span_equal(epo_json_get_text(refused->items[i], "name"), name))
            row = refused->items[i];
    if (row == NULL) {
        epo_fail(&error, EPO_ERROR_NOT_FOUND, "organization.unknown",
                 "there is no organization \"%.*s\" in order", EPO_ARG(name));
        return epo_cli_failed(&error);
    }
    if (grant != NULL && !epo_package_grant(pool, process->portal.folder, name, grant, &error))
        return epo_cli_failed(&error);
    struct epo_json *granted =
        epo_organization_granted(pool, process->portal.folder, settings, name);
    print_list("asks for:", epo_json_get(row, "rights"));
    print_list("granted:", granted);
    print_list("missing:", epo_organization_missing(pool, row, granted));
    return EPO_EXIT_DONE;
}

static int list(struct epo_process *process) {
    const struct epo_json *settings = epo_portal_settings(&process->portal);
    const struct epo_json *all = epo_organizations_of(settings);
    const struct epo_json *faults = epo_json_get(settings, "organization_faults");
    for (uint32_t i = 0; i < all->count; i++)
        printf("%-20.*s %-8.*s %.*s\n", EPO_ARG(epo_json_get_text(all->items[i], "name")),
               EPO_ARG(epo_json_get_text(all->items[i], "version")),
               EPO_ARG(epo_json_localized(epo_json_get(all->items[i], "title"), "cs")));
    for (uint32_t i = 0; i < faults->count; i++) {
        int64_t line = epo_json_get_integer(faults->items[i], "line", 0);
        fprintf(stderr, "%.*s:%lld: %.*s\n", EPO_ARG(epo_json_get_text(faults->items[i], "file")),
                (long long)(line > 0 ? line : 1),
                EPO_ARG(epo_json_get_text(faults->items[i], "text")));
    }
    return faults->count > 0 ? EPO_EXIT_WRONG : EPO_EXIT_DONE;
}

static int run(struct epo_process *process, struct epo_words *words, const struct epo_json *grant) {
    const char *what = words->at[0], *named = words->count == 2 ? words->at[1] : NULL;
    if (strcmp(what, "list") == 0 && named == NULL)
        return list(process);
    if (named == NULL)
        return epo_words_usage("organization");
    if (strcmp(what, "verify") == 0)
        return verify(process, named);
    if (strcmp(what, "install") == 0 || strcmp(what, "update") == 0)
        return take(process, named, what[0] == 'u', grant);
    if (strcmp(what, "remove") == 0)
        return take_out(process, epo_span(named));
    if (strcmp(what, "rights") == 0)
        return rights(process, epo_span(named), grant);
    return epo_words_usage("organization");
}

int epo_cli_organization(struct epo_words *words) {
    struct epo_process process;
    struct epo_pool *pool = epo_pool_create();
    const char *key_file = epo_words_option(words, "--key"), *to = epo_words_option(words, "--to");
    const struct epo_json *grant = read_grant(pool, words);
    int code = EPO_EXIT_USAGE;
    if (words->count == 2 && strcmp(words->at[0], "key") == 0) {
        code = key(words->at[1]);
    } else if (words->count == 2 && key_file != NULL && strcmp(words->at[0], "pack") == 0) {
        code = pack(pool, words->at[1], key_file, to);
    } else if (words->count == 0) {
        code = epo_words_usage("organization");
    } else {
        code = epo_process_open(&process, words->folder, EPO_PART_STORE | EPO_PART_QUIET);
        if (code == EPO_EXIT_DONE) {
            code = run(&process, words, grant);
            epo_process_close(&process);
        }
    }
    epo_pool_free(pool);
    return code;
}
