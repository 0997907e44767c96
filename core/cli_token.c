/* epo token: keys of the city's own systems. A token is printed once and kept as a hash. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli.h"
#include "portal/api_token.h"

struct job {
    struct epo_portal *portal;
    struct epo_api_token token;
    struct epo_span id;
};

static bool run_add(struct epo_db *db, void *arg, struct epo_error *error) {
    struct job *job = arg;
    return epo_api_token_add(job->portal, db, &job->token, error);
}

static bool run_revoke(struct epo_db *db, void *arg, struct epo_error *error) {
    struct job *job = arg;
    return epo_api_token_revoke(job->portal, db, job->id, EPO_SPAN("shell"), error);
}

static int add(struct epo_portal *portal, const char *name, const char *agenda, const char *right) {
    struct epo_error error = {0};
    struct job job = {.portal = portal,
                      .token = {.name = epo_span(name),
                                .agenda = epo_span(agenda),
                                .right = epo_span(right),
                                .by = EPO_SPAN("shell")}};
    if (!epo_store_write(portal->store, run_add, &job, &error))
        return epo_cli_failed(&error);
    printf("%s  %s\n", job.token.id, job.token.token);
    return EPO_EXIT_DONE;
}

static int revoke(struct epo_portal *portal, const char *id) {
    struct epo_error error = {0};
    struct job job = {.portal = portal, .id = epo_span(id)};
    return epo_store_write(portal->store, run_revoke, &job, &error) ? EPO_EXIT_DONE
                                                                    : epo_cli_failed(&error);
}

static int list(struct epo_portal *portal) {
    struct epo_error error = {0};
    struct epo_pool *pool = epo_pool_create();
    struct epo_db *db = epo_store_connect(portal->store, &error);
    struct epo_json *tokens = NULL;
    bool good = db != NULL && epo_api_token_list(portal, db, pool, &tokens, &error);
    for (uint32_t i = 0; good && i < tokens->count; i++) {
        const struct epo_json *token = tokens->items[i];
        char made[EPO_TIME_SIZE];
        printf("%.*s  %s  %.*s %.*s  %.*s%s\n", EPO_ARG(epo_json_get_text(token, "id")),
               epo_time_rfc3339(epo_json_get_integer(token, "made_at_us", 0), made),
               EPO_ARG(epo_json_get_text(token, "agenda")),
               EPO_ARG(epo_json_get_text(token, "right")),
               EPO_ARG(epo_json_get_text(token, "name")),
               epo_json_get_integer(token, "revoked_at_us", 0) > 0 ? "  revoked" : "");
    }
    if (db != NULL)
        epo_db_close(db);
    epo_pool_free(pool);
    return good ? EPO_EXIT_DONE : epo_cli_failed(&error);
}

int epo_cli_token(struct epo_words *words) {
    struct epo_process process;
    const char *agenda = epo_words_option(words, "--agenda");
    const char *right = epo_words_option(words, "--right");
    const char *what = words->count > 0 ? words->at[0] : "";
    bool adding = words->count == 2 && strcmp(what, "add") == 0 && agenda != NULL;
    bool revoking = words->count == 2 && strcmp(what, "revoke") == 0;
    bool listing = words->count == 1 && strcmp(what, "list") == 0;
    if (!adding && !revoking && !listing)
        return epo_words_usage("token");
    int code = epo_process_open(&process, words->folder, EPO_PART_STORE | EPO_PART_QUIET);
    if (code != EPO_EXIT_DONE)
        return code;
    code = listing ? list(&process.portal)
           : revoking
               ? revoke(&process.portal, words->at[1])
               : add(&process.portal, words->at[1], agenda, right != NULL ? right : "records");
    epo_process_close(&process);
    return code;
}
